//! Errors of releases on the host.

use std::io;
use std::path::{Path, PathBuf};

use super::manifest::ManifestError;
use super::name::{NameError, ReleaseName};
use crate::error::ErrorKind;
use crate::host::Cause;

/// A failed call on a release, or on the folder that holds releases.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReleaseError {
    /// A name that is none of a release.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The folder of releases is none.
    #[error("{} is no folder: name the folder that holds the releases", .0.display())]
    NoFolder(PathBuf),
    /// There is no such release.
    #[error("{}: no release lies there: “osgraft share list” tells those that there are", .0.display())]
    NoRelease(PathBuf),
    /// Another call works in the same folder.
    #[error("another osgraft works on the releases in {}: wait for it, or end it", .0.display())]
    Busy(PathBuf),
    /// Something uses it.
    #[error("release {release} is in use by {user}{}: move its guests to another release first, or pass --force", others(*.more))]
    InUse {
        /// The release.
        release: ReleaseName,
        /// The first user.
        user: String,
        /// Number of the others.
        more: usize,
    },
    /// Its manifest cannot be read.
    #[error("{}: {source}: extract the release anew under another name", path.display())]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// The reason.
        source: ManifestError,
    },
    /// The host failed.
    #[error("cannot {doing} {}: {}", path.display(), Cause::at(path, source))]
    Io {
        /// Step that failed, as a verb.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The host's error.
        source: io::Error,
    },
}

impl ReleaseError {
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            doing,
            path,
            source,
        }
    }

    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Name(error) => error.code(),
            Self::NoFolder(_) => "release-no-folder",
            Self::NoRelease(_) => "release-missing",
            Self::Busy(_) => "releases-busy",
            Self::InUse { .. } => "release-in-use",
            Self::Manifest { source, .. } => source.code(),
            Self::Io { .. } => "io",
        }
    }

    /// Next step of the caller.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Name(_) | Self::NoFolder(_) | Self::NoRelease(_) => ErrorKind::Usage,
            Self::Busy(_) | Self::InUse { .. } => ErrorKind::ImageInUse,
            Self::Manifest { .. } | Self::Io { .. } => ErrorKind::Host,
        }
    }
}

fn others(count: usize) -> String {
    match count {
        0 => String::new(),
        count => format!(" and {count} more"),
    }
}
