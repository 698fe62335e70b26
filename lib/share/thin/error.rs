//! Reasons why a master is not thinned.

use std::path::PathBuf;

use crate::editor::EditorError;
use crate::error::{Error, ErrorKind};
use crate::guest::GuestError;
use crate::image::ImageError;
use crate::path::GuestPath;

/// A failed thinning. The master is as it was, and nothing lies under the name of the new disk.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ThinError {
    /// The image, the editor, or a call in the guest.
    #[error(transparent)]
    Master(#[from] Error),
    /// There is no module tree.
    #[error("the guest has no kernel modules in /lib/modules: name a master with a kernel")]
    NoModules,
    /// A tree has no list of its modules.
    #[error(
        "{0}: the module tree has no usable modules.dep, so nothing tells which modules need which: run \
         depmod in the master"
    )]
    NoDep(GuestPath),
    /// A kernel cannot mount the share in the way that was asked for.
    #[error(
        "kernel {kernel} has no module {module} ({reason}): ask for another --transport, or install a \
         kernel that has it in the master"
    )]
    TransportMissing {
        /// The kernel's version, escaped.
        kernel: String,
        /// The module.
        module: String,
        /// The reason that it is needed for.
        reason: String,
    },
    /// A module that was to be kept is not there.
    #[error("no kernel has a module {0}: correct the name after --keep")]
    ModuleUnknown(String),
    /// A tree holds more files than are looked at.
    #[error("{0}: the module tree holds more than 200000 entries: no kernel's own tree does")]
    TooMany(GuestPath),
    /// An index would grow larger than its format.
    #[error("{0}: this index grows larger than kmod's format: run depmod in the master")]
    Index(GuestPath),
    /// The new disk is the master.
    #[error("{} is the master itself: name another file for the thinned disk", .0.display())]
    SameFile(PathBuf),
    /// Blocks that the guest gave back are still there.
    #[error(
        "{}: the thinned disk takes {after} bytes and the whole one {before}, so that nothing is saved: \
         use the master as it is", path.display()
    )]
    NotSmaller {
        /// The new disk.
        path: PathBuf,
        /// Allocated bytes of the same disk without the thinning.
        before: u64,
        /// Allocated bytes of the thinned disk.
        after: u64,
    },
}

impl ThinError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Master(error) => error.code(),
            Self::NoModules => "thin-no-modules",
            Self::NoDep(_) => "thin-no-modules-dep",
            Self::TransportMissing { .. } => "thin-transport-missing",
            Self::ModuleUnknown(_) => "thin-module-unknown",
            Self::TooMany(_) => "thin-too-many-files",
            Self::Index(_) => "thin-index-too-large",
            Self::SameFile(_) => "thin-onto-master",
            Self::NotSmaller { .. } => "thin-not-smaller",
        }
    }

    /// Next step of the caller.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Master(error) => error.kind(),
            Self::NoModules
            | Self::NoDep(_)
            | Self::TransportMissing { .. }
            | Self::TooMany(_)
            | Self::Index(_)
            | Self::NotSmaller { .. } => ErrorKind::Guest,
            Self::ModuleUnknown(_) | Self::SameFile(_) => ErrorKind::Usage,
        }
    }
}

impl From<ImageError> for ThinError {
    fn from(error: ImageError) -> Self {
        Self::Master(error.into())
    }
}

impl From<EditorError> for ThinError {
    fn from(error: EditorError) -> Self {
        Self::Master(error.into())
    }
}

impl From<GuestError> for ThinError {
    fn from(error: GuestError) -> Self {
        Self::Master(error.into())
    }
}
