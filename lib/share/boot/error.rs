//! Errors of the hypervisor's own kernels.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::ErrorKind;
use crate::host::{Cause, Flaw};
use crate::path::escape;
use crate::share::release::ReleaseError;

/// Reason that a machine's kernel is not in place.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BootError {
    /// A machine's name that is no file's name.
    #[error(
        "“{name}” cannot name a machine's kernel: a name is no longer than 200 bytes, has no “/” and does not begin with “.”; rename the machine"
    )]
    Name {
        /// The name, escaped.
        name: String,
    },
    /// Another user may change what a machine boots.
    #[error("the folder {} is not used for kernels, because {flaw}: give it to root by chown and chmod go-w", shown(.path))]
    Others {
        /// The folder, or a release's file.
        path: PathBuf,
        /// Step of its path that another user may change.
        flaw: Flaw,
    },
    /// A file of a release is another than its manifest says.
    #[error("{} is not the file that its release's manifest tells of ({why}): see “osgraft share verify”, and extract the release again", shown(.path))]
    Altered {
        /// The file.
        path: PathBuf,
        /// The difference.
        why: &'static str,
    },
    /// Something that osgraft did not make lies in the place of a machine's link.
    #[error("{} is in the way: osgraft keeps a symbolic link there; move it away", shown(.0))]
    InTheWay(PathBuf),
    /// Another osgraft works on the folder.
    #[error("{} is in use by another osgraft: try again when that has ended", shown(.0))]
    Held(PathBuf),
    /// A release, or the folder of releases, cannot be used.
    #[error(transparent)]
    Release(#[from] ReleaseError),
    /// A release without a kernel.
    #[error("{}: the release has no kernel with an initramfs to boot: extract one with --boot", shown(.0))]
    NoKernel(PathBuf),
    /// The server tells no release.
    #[error(
        "server “{server}” tells no release, so that no kernel of it can be booted: set its release"
    )]
    NoRelease {
        /// The server's name.
        server: String,
    },
    /// The host failed.
    #[error("cannot {step} {}: {}", shown(.path), Cause::at(.path, .source))]
    Io {
        /// The step, as a verb.
        step: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The host's error.
        source: io::Error,
    },
}

impl BootError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Name { .. } => "boot-name",
            Self::Others { .. } => "boot-folder-shared",
            Self::Altered { .. } => "boot-file-altered",
            Self::InTheWay(_) => "boot-link-in-the-way",
            Self::Held(_) => "boot-folder-in-use",
            Self::Release(error) => error.code(),
            Self::NoKernel(_) => "boot-kernel-missing",
            Self::NoRelease { .. } => "boot-release-unknown",
            Self::Io { .. } => "boot-folder",
        }
    }

    /// Next step of the caller.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Name { .. } | Self::NoKernel(_) | Self::NoRelease { .. } => ErrorKind::Usage,
            Self::Release(error) => error.kind(),
            _ => ErrorKind::Host,
        }
    }

    pub(super) fn io(step: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { step, path, source }
    }
}

fn shown(path: &Path) -> String {
    escape(path.as_os_str().as_encoded_bytes())
}
