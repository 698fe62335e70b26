//! A change to the guest's tree, as a value.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::path::GuestPath;

/// One step. Each holds on its own: what it makes is missing before, what it removes is there.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Action {
    /// Make a directory, owned by root.
    MakeDirectory {
        /// Place.
        path: GuestPath,
        /// Permission bits.
        mode: u32,
    },
    /// Rename a directory to a free name on the same file system.
    Rename {
        /// Its name.
        from: GuestPath,
        /// Its new name.
        to: GuestPath,
    },
    /// Make a symbolic link, owned by root.
    Symlink {
        /// Place.
        at: GuestPath,
        /// Target of the link.
        target: GuestPath,
    },
    /// Remove a symbolic link.
    RemoveSymlink {
        /// Place.
        at: GuestPath,
        /// Target of the link.
        target: GuestPath,
    },
    /// Remove a directory that is empty by then.
    RemoveEmptyDirectory {
        /// Place.
        path: GuestPath,
    },
}

impl Action {
    /// A stable name for scripts and reports; the same as in its serde form.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::MakeDirectory { .. } => "make-directory",
            Self::Rename { .. } => "rename",
            Self::Symlink { .. } => "symlink",
            Self::RemoveSymlink { .. } => "remove-symlink",
            Self::RemoveEmptyDirectory { .. } => "remove-empty-directory",
        }
    }

    /// The path that it is about; of a rename, the old name.
    pub fn path(&self) -> &GuestPath {
        match self {
            Self::MakeDirectory { path, .. } | Self::RemoveEmptyDirectory { path } => path,
            Self::Rename { from, .. } => from,
            Self::Symlink { at, .. } | Self::RemoveSymlink { at, .. } => at,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MakeDirectory { path, mode } => write!(f, "make directory {path} ({mode:04o})"),
            Self::Rename { from, to } => write!(f, "rename {from} to {to}"),
            Self::Symlink { at, target } => write!(f, "link {at} to {target}"),
            Self::RemoveSymlink { at, target } => write!(f, "remove link {at} to {target}"),
            Self::RemoveEmptyDirectory { path } => write!(f, "remove empty directory {path}"),
        }
    }
}
