//! Reasons why no export is configured.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::ErrorKind;
use crate::host::{Cause, WriteStep};

/// A failed call on a server's configuration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The folder's path cannot be written into a server's configuration.
    #[error("{}: a server's configuration takes no path with quotation marks, backslashes or control characters: rename the folder", .0.display())]
    Path(PathBuf),
    /// The folder is none.
    #[error("{} is no folder: name the one that holds the releases", .0.display())]
    NoFolder(PathBuf),
    /// A client that no configuration takes.
    #[error("client “{0}” is no host name, address or network: write it as 192.0.2.0/24")]
    Client(String),
    /// The server is not installed.
    #[error("{} is missing: install {package} first", folder.display())]
    NotInstalled {
        /// Folder of its configuration.
        folder: PathBuf,
        /// Package that brings it.
        package: &'static str,
    },
    /// Another call writes the same file.
    #[error("{}: another osgraft writes it: wait for it, or end it", .0.display())]
    Busy(PathBuf),
    /// The file cannot be written.
    #[error("{}: cannot {step}: {}; {}", path.display(), Cause::at(path, source), step.state())]
    Write {
        /// The file.
        path: PathBuf,
        /// The step that failed.
        step: WriteStep,
        /// The host's error.
        source: io::Error,
    },
}

impl ServeError {
    pub(super) fn write(path: &Path, (step, source): (WriteStep, io::Error)) -> Self {
        Self::Write {
            path: path.to_owned(),
            step,
            source,
        }
    }

    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Path(_) => "serve-path",
            Self::NoFolder(_) => "serve-no-folder",
            Self::Client(_) => "serve-client",
            Self::NotInstalled { .. } => "serve-not-installed",
            Self::Busy(_) => "serve-busy",
            Self::Write { .. } => "serve-write",
        }
    }

    /// Next step of the caller.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Path(_) | Self::NoFolder(_) | Self::Client(_) => ErrorKind::Usage,
            Self::NotInstalled { .. } | Self::Busy(_) | Self::Write { .. } => ErrorKind::Host,
        }
    }
}
