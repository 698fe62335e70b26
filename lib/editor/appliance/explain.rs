//! A failed call as the guest's failure: by its errno, where it says which.

use std::io;

use super::error::{ApplianceError, Failure};
use crate::guest::GuestError;
use crate::path::GuestPath;

/// True where an attribute is missing, or the file system has none at all.
pub(super) fn is_absent(failure: &Failure) -> bool {
    matches!(failure.errno, libc::ENODATA | libc::EOPNOTSUPP)
        || failure.said.contains("No data available")
        || failure.said.contains("not supported")
}

/// A failed call on a path, by its errno.
pub(super) fn explain(path: &GuestPath, error: ApplianceError) -> GuestError {
    let ApplianceError::Call(failure) = &error else {
        return broken(path, error);
    };
    let path = path.clone();
    match failure.errno {
        libc::ENOENT => GuestError::NotFound(path),
        libc::ENOTDIR | libc::ELOOP => GuestError::NotADirectory(path),
        libc::EEXIST => GuestError::Exists(path),
        libc::ENOTEMPTY => GuestError::NotEmpty(path),
        libc::ENOSPC | libc::EDQUOT => GuestError::NoSpace(path),
        libc::ENAMETOOLONG => GuestError::TooLong(path),
        libc::EXDEV => GuestError::CrossDevice {
            from: path.clone(),
            to: path,
        },
        libc::EPERM | libc::EACCES => GuestError::Unsupported {
            path,
            what: "what is marked immutable or append-only",
        },
        libc::EBUSY => GuestError::Unsupported {
            path,
            what: "a mount point",
        },
        libc::EROFS => GuestError::Unsupported {
            path,
            what: "a file system that is mounted read-only",
        },
        // A directory whose key is not there (fscrypt); one whose key context is missing too.
        libc::ENOKEY | libc::ENODATA => GuestError::Unsupported {
            path,
            what: "an encrypted directory",
        },
        libc::EINVAL | libc::EILSEQ => GuestError::Unsupported {
            path,
            what: "a name that the guest's file system does not take",
        },
        libc::EIO | libc::EUCLEAN | libc::EBADMSG => GuestError::Damaged {
            path,
            detail: failure.said.clone(),
        },
        // What a daemon sends piece by piece carries no errno; it gave up in reading this.
        _ if failure.said.contains("cancelled by daemon") => GuestError::Damaged {
            path,
            detail: failure.said.clone(),
        },
        _ => broken(&path, error),
    }
}

/// The appliance itself failed, or ran out of time.
pub(super) fn broken(path: &GuestPath, error: ApplianceError) -> GuestError {
    let kind = match error {
        ApplianceError::Deadline { .. } => io::ErrorKind::TimedOut,
        _ => io::ErrorKind::Other,
    };
    GuestError::Io {
        path: path.clone(),
        source: io::Error::new(kind, error),
    }
}

/// The appliance's own failure, out of the guest's.
pub(super) fn unwrapped(error: io::Error) -> ApplianceError {
    match error.downcast::<ApplianceError>() {
        Ok(error) => error,
        Err(error) => Failure::new("look", error.to_string()).into(),
    }
}
