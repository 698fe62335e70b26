//! Errors inside a guest.

use std::io;

use serde::{Deserialize, Serialize};

use super::{FileKind, Known, wire};
use crate::host::Cause;
use crate::path::GuestPath;

/// A failed call on a [`Guest`](super::Guest). Text made by the guest is escaped.
#[derive(Debug, thiserror::Error, Serialize, Deserialize)]
#[non_exhaustive]
pub enum GuestError {
    /// Nothing is there.
    #[error("{0} does not exist in the guest")]
    NotFound(GuestPath),
    /// A component on the way is not a directory.
    #[error("{0}: a component of this guest path is not a directory")]
    NotADirectory(GuestPath),
    /// Something is there already.
    #[error("{0} already exists in the guest")]
    Exists(GuestPath),
    /// A directory to be removed still has entries.
    #[error("{0} is a directory of the guest that is not empty")]
    NotEmpty(GuestPath),
    /// It is not of the kind that the call works on.
    #[error("{path} is a {found} in the guest, not a {wanted}")]
    WrongKind {
        /// The path.
        path: GuestPath,
        /// Kind of what is there.
        found: FileKind,
        /// Kind that the call takes.
        wanted: FileKind,
    },
    /// A file is larger than the caller's bound; nothing of it was read.
    #[error("{path} holds {size} bytes; at most {limit} are read")]
    TooLarge {
        /// The path.
        path: GuestPath,
        /// Its size in bytes.
        size: u64,
        /// The bound in bytes.
        limit: u64,
    },
    /// More than 40 links on the way (path_resolution(7)).
    #[error("{0}: more than 40 symbolic links on the way, as in a loop")]
    LinkLoop(GuestPath),
    /// A rename from one of the guest's file systems to another.
    #[error("{from} and {to} lie on different file systems of the guest")]
    CrossDevice {
        /// The path that was to be renamed.
        from: GuestPath,
        /// Its new name.
        to: GuestPath,
    },
    /// The guest's file system has no room left: no free block, or where the editor cannot tell them
    /// apart no inode.
    #[error(
        "{0}: the guest's file system is full: remove files in the guest, or enlarge its file system"
    )]
    NoSpace(GuestPath),
    /// The guest's file system has free blocks, perhaps, and no free inode.
    #[error(
        "{0}: the guest's file system has no inode left (“df -i”): remove files in the guest, or make the file system with more inodes (mke2fs -N)"
    )]
    NoInodes(GuestPath),
    /// A name or target is longer than the guest's file system takes.
    #[error("{0}: too long for the guest's file system")]
    TooLong(GuestPath),
    /// The editor cannot do this on this inode; `what` names the feature.
    #[error("{path}: this editor cannot edit {what}")]
    Unsupported {
        /// The path.
        path: GuestPath,
        /// The obstacle, in the file system's own terms.
        #[serde(deserialize_with = "wire::known")]
        what: Known,
    },
    /// The file system's own metadata contradicts itself.
    #[error("{path}: the guest's file system is damaged ({detail}); check it with fsck")]
    Damaged {
        /// The path at which it showed.
        path: GuestPath,
        /// Message of the editor's library, escaped.
        #[serde(deserialize_with = "wire::text")]
        detail: String,
    },
    /// Reading or writing the disk below failed.
    #[error("{path}: cannot reach the guest's disk: {}", Cause::of(.source))]
    Io {
        /// The path that was being worked on.
        path: GuestPath,
        /// The host's error.
        #[serde(with = "wire::host_error")]
        source: io::Error,
    },
}

impl GuestError {
    /// A stable name for scripts.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "guest-not-found",
            Self::NotADirectory(_) => "guest-not-a-directory",
            Self::Exists(_) => "guest-exists",
            Self::NotEmpty(_) => "guest-not-empty",
            Self::WrongKind { .. } => "guest-wrong-kind",
            Self::TooLarge { .. } => "guest-too-large",
            Self::LinkLoop(_) => "guest-link-loop",
            Self::CrossDevice { .. } => "guest-cross-device",
            Self::NoSpace(_) => "guest-no-space",
            Self::NoInodes(_) => "guest-no-inodes",
            Self::TooLong(_) => "guest-too-long",
            Self::Unsupported { .. } => "guest-unsupported",
            Self::Damaged { .. } => "guest-damaged",
            Self::Io { .. } => "guest-io",
        }
    }
}

impl FileKind {
    /// Its name in a sentence.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "regular file",
            Self::Directory => "directory",
            Self::Symlink => "symbolic link",
            Self::Fifo => "FIFO",
            Self::Socket => "socket",
            Self::BlockDevice => "block device node",
            Self::CharDevice => "character device node",
        }
    }
}

impl std::fmt::Display for FileKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
