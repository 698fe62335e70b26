//! One editor of a file at a time.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, OFlags, flock};

/// Time between two attempts.
const PAUSE: Duration = Duration::from_millis(10);

/// The right to replace a file, until dropped.
///
/// It is a flock(2) on a file beside that one, not on itself: an edit puts a new
/// inode in its place, and whoever then waits on the old one would hold a lock that no longer
/// guards anything. For the same reason the lock file is never removed. It is readable by its
/// owner alone, because a lock on a file that anyone can open can be held by anyone.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// Reasons why there is no lock.
#[derive(Debug)]
pub(crate) enum LockError {
    /// Someone else has it.
    Held,
    /// The host failed.
    Io(io::Error),
}

impl Lock {
    /// Takes the lock for `target`, waiting up to `patience` for it.
    pub(crate) fn take(target: &Path, patience: Duration) -> Result<Self, LockError> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .mode(0o600)
            // A link or FIFO that was planted under that name is not followed, and does not hang.
            .custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed())
            .open(lock_path(target))
            .map_err(LockError::Io)?;
        let deadline = Instant::now() + patience;
        loop {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(Self { _file: file }),
                Err(rustix::io::Errno::WOULDBLOCK) if Instant::now() < deadline => {
                    thread::sleep(PAUSE);
                }
                Err(rustix::io::Errno::WOULDBLOCK) => return Err(LockError::Held),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(LockError::Io(error.into())),
            }
        }
    }
}

/// `.NAME.lock` beside the file.
pub(crate) fn lock_path(target: &Path) -> PathBuf {
    beside(target, ".lock")
}

/// A hidden name beside a file, made from its own.
pub(crate) fn beside(target: &Path, suffix: &str) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(suffix);
    target.with_file_name(name)
}
