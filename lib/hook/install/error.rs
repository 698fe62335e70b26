//! Reason for which a hook cannot be put in place or taken away.

use std::io;
use std::path::PathBuf;

use crate::host::{Cause, Flaw};

/// Reason for which a hook cannot be put in place or taken away.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InstallError {
    /// A call on a file or a folder failed.
    #[error("cannot {action} {}: {}", .path.display(), Cause::at(.path, .source))]
    Io {
        /// Action that was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// The host's error.
        source: io::Error,
    },
    /// Somebody else's file lies where osgraft's would.
    #[error("{} is not osgraft's: move it elsewhere first; it was left alone", .0.display())]
    Foreign(PathBuf),
    /// Two hooks could be the one that was there before.
    #[error("{} was moved aside, and {} is not osgraft's any more: keep one of them; both were left alone", .kept.display(), .hook.display())]
    Replaced {
        /// The hook that was moved aside.
        kept: PathBuf,
        /// The one that is there now.
        hook: PathBuf,
    },
    /// Someone other than root may change the program, which root would run.
    #[error("root must not run {}, because {flaw}: put the program where only root can write, and call that one: install -o root -g root -m 755 {} /usr/bin/osgraft && /usr/bin/osgraft hook install …", .path.display(), .path.display())]
    UnsafeProgram {
        /// The program.
        path: PathBuf,
        /// Step of its path that another user may change.
        flaw: Flaw,
    },
    /// Someone other than root may change the configuration, which root would obey.
    #[error("root must not use the configuration {}, because {flaw}: put it where only root can write: install -D -o root -g root -m 644 {} /etc/osgraft/config.toml", .path.display(), .path.display())]
    UnsafeConfig {
        /// The configuration.
        path: PathBuf,
        /// Step of its path that another user may change.
        flaw: Flaw,
    },
    /// Someone other than root may change the folder of the hookscript, which root would run.
    #[error("root must not run a hookscript in {}, because {flaw}: name a folder where only root can write, or chown and chmod it", .path.display())]
    UnsafeFolder {
        /// The folder.
        path: PathBuf,
        /// Step of its path that another user may change.
        flaw: Flaw,
    },
    /// A name that a shell script cannot hold.
    #[error("{} is not text: call osgraft by a name that is", .0.display())]
    NotText(PathBuf),
    /// The program's place is relative.
    #[error("{} is not absolute: hypervisors call their hooks from anywhere", .0.display())]
    Relative(PathBuf),
    /// The folder that Proxmox' snippets are in is missing.
    #[error("{} is no folder: enable snippets on a directory storage, and name its folder", .0.display())]
    NoFolder(PathBuf),
}

impl InstallError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "install-io",
            Self::Foreign(_) => "install-foreign",
            Self::Replaced { .. } => "install-replaced",
            Self::UnsafeProgram { .. } => "unsafe-program",
            Self::UnsafeConfig { .. } => "unsafe-config",
            Self::UnsafeFolder { .. } => "unsafe-folder",
            Self::NotText(_) => "program-not-text",
            Self::Relative(_) => "program-relative",
            Self::NoFolder(_) => "snippets-folder",
        }
    }
}
