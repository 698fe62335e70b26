//! Errors of disk images.

use std::io;
use std::path::{Path, PathBuf};

use super::mended::Mended;
use super::refusal::Refusal;
use crate::host::Cause;

/// A failed call on an image. Each says whether the image is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    /// There is no such file.
    #[error("no image at {}: check the path", .0.display())]
    NotFound(PathBuf),
    /// Something else than a regular file; it was not opened.
    #[error("{} is a {found}, not a regular file: name the image file itself", .path.display())]
    NotAFile {
        /// Place.
        path: PathBuf,
        /// Kind of what is there.
        found: FileKind,
    },
    /// A file that was to be made is there already; it was left alone.
    #[error("{} already exists: remove it or choose another name", .0.display())]
    Exists(PathBuf),
    /// The gate refused the image or one of its backing files.
    #[error("{}: refused: {refusal}", .path.display())]
    Refused {
        /// The image whose header said so.
        path: PathBuf,
        /// Reason for the refusal.
        refusal: Refusal,
    },
    /// Another process uses the image.
    #[error("{} is in use by {by}: stop it first", .path.display())]
    InUse {
        /// Image, of the child and its backing chain.
        path: PathBuf,
        /// Holder, as far as it is known.
        by: Holder,
    },
    /// An edit of this child was interrupted after its commit point, and this call may not write.
    #[error("{} holds an interrupted edit: run “osgraft recover {}”", .0.display(), .0.display())]
    Pending(PathBuf),
    /// A redo record was made for another child, or for this one before it changed.
    #[error("{}: the redo record was made for another state of this disk ({what} differs): make it anew", .path.display())]
    OtherDisk {
        /// The child it was to be applied to.
        path: PathBuf,
        /// Difference.
        what: &'static str,
    },
    /// An edit made elsewhere changes more than the caller takes.
    #[error("{}: the edit changes more than {limit} bytes of the disk: shut the guest down cleanly first, so that little is left to recover", .path.display())]
    TooMuch {
        /// The child.
        path: PathBuf,
        /// The bound in bytes.
        limit: u64,
    },
    /// The guard is set, but the record it points to is not whole. No crash leads here.
    #[error("{} has its edit guard set, but {what}: restore it from a copy; nothing was touched", .path.display())]
    BadRecord {
        /// The child.
        path: PathBuf,
        /// Fault of the record.
        what: &'static str,
    },
    /// An edit passed its commit point and then failed: the guard stays set, so that nothing can
    /// open the image, until `recover` has finished the edit.
    #[error("{}: the edit is recorded but not finished: {}; fix that, then run “osgraft recover {}”", .path.display(), Cause::at(.path, .source), .path.display())]
    Unfinished {
        /// The child.
        path: PathBuf,
        /// Error that stopped it.
        source: io::Error,
    },
    /// `qemu-img check -r all`, which repairs an image that was not closed, did not succeed.
    #[error("{} was not closed cleanly, and “qemu-img check -r all” {what}: repair it by hand first", .path.display())]
    Unrepaired {
        /// The child.
        path: PathBuf,
        /// End of the program.
        what: String,
    },
    /// An edit failed before its commit point: the disk is as it was.
    #[error("cannot write {}: {}; the disk is as it was: fix that and try again", .path.display(), Cause::at(.path, .source))]
    NotCommitted {
        /// The child.
        path: PathBuf,
        /// Error that stopped it.
        source: io::Error,
    },
    /// A call failed after the image was repaired for it, which stays so.
    #[error("{source}; before that, {mended}")]
    AfterMending {
        /// Changes that were made.
        mended: Mended,
        /// Failure that followed.
        source: Box<ImageError>,
    },
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
}

/// Holder of an image.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Holder {
    /// A program that takes QEMU's image locks: a virtual machine, qemu-nbd, qemu-img.
    Qemu,
    /// Another osgraft.
    Osgraft,
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Qemu => "a QEMU process (a running or paused guest, qemu-nbd, qemu-img)",
            Self::Osgraft => {
                "another osgraft, or a program that holds an flock on it (see “lslocks”)"
            }
        })
    }
}

/// Kinds of host files that are no image.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum FileKind {
    /// A directory.
    Directory,
    /// A FIFO.
    Fifo,
    /// A symbolic link, where none is followed.
    Link,
    /// A socket.
    Socket,
    /// A block device.
    BlockDevice,
    /// A character device.
    CharDevice,
}

impl std::fmt::Display for FileKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Directory => "directory",
            Self::Fifo => "FIFO",
            Self::Link => "symbolic link",
            Self::Socket => "socket",
            Self::BlockDevice => "block device",
            Self::CharDevice => "character device",
        })
    }
}

impl ImageError {
    /// Failure itself, without what was done to the image before.
    pub fn cause(&self) -> &Self {
        match self {
            Self::AfterMending { source, .. } => source.cause(),
            error => error,
        }
    }

    /// An error that came after the image was repaired.
    pub(super) fn after(mended: Mended, source: Self) -> Self {
        match mended.is_nothing() {
            true => source,
            false => Self::AfterMending {
                mended,
                source: Box::new(source),
            },
        }
    }

    /// A stable name for scripts, in kebab-case; of a refusal that of its reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::AfterMending { source, .. } => source.code(),
            Self::NotFound(_) => "image-not-found",
            Self::NotAFile { .. } => "image-not-a-file",
            Self::Exists(_) => "image-exists",
            Self::Refused { refusal, .. } => refusal.code(),
            Self::InUse { .. } => "image-in-use",
            Self::Pending(_) => "edit-pending",
            Self::OtherDisk { .. } => "other-disk",
            Self::TooMuch { .. } => "edit-too-large",
            Self::BadRecord { .. } => "bad-record",
            Self::Unfinished { .. } => "edit-unfinished",
            Self::Unrepaired { .. } => "image-unrepaired",
            Self::NotCommitted { .. } => "not-committed",
            Self::Io { .. } => "image-io",
        }
    }

    pub(crate) fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io {
            action,
            path: path.to_owned(),
            source,
        }
    }

    pub(super) fn open(path: &Path, source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::NotFound {
            Self::NotFound(path.to_owned())
        } else {
            Self::io("open", path, source)
        }
    }

    pub(super) fn create(path: &Path, source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::AlreadyExists {
            Self::Exists(path.to_owned())
        } else {
            Self::io("create", path, source)
        }
    }

    pub(super) fn refused(path: &Path, refusal: Refusal) -> Self {
        Self::Refused {
            path: path.to_owned(),
            refusal,
        }
    }
}
