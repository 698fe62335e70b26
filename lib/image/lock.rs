//! QEMU's image locks, and osgraft's own.
//!
//! QEMU (block/file-posix.c) takes shared OFD locks on single bytes of an image: byte 100 + n says
//! “I use permission n”, byte 200 + n says “I share permission n with nobody”. The permissions are
//! 0 consistent read, 1 write, 2 write unchanged, 3 resize. Since everybody's locks are shared,
//! taking them never fails; a conflict shows by asking for an exclusive one (`F_OFD_GETLK`).
//!
//! OFD locks belong to the open file description, so they fall with the process, however it ends.

use std::io;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::fcntl::{FcntlArg, fcntl};

use super::error::{Holder, ImageError};
use super::file::HostFile;

const USES: i64 = 100;
const UNSHARES: i64 = 200;

const CONSISTENT_READ: i64 = 0;
const WRITE: i64 = 1;
const RESIZE: i64 = 3;

/// Use that a holder makes of an image.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Role {
    /// Reads it and lets nobody write.
    Reader,
    /// Writes to it and lets nobody else.
    Writer,
}

impl Role {
    fn uses(self) -> &'static [i64] {
        match self {
            Self::Reader => &[CONSISTENT_READ],
            Self::Writer => &[CONSISTENT_READ, WRITE, RESIZE],
        }
    }

    /// Both roles keep others from writing and resizing.
    fn unshares(self) -> &'static [i64] {
        &[WRITE, RESIZE]
    }
}

/// Takes QEMU's locks on an open image, in one role, until the file is closed or
/// [`release_qemu`] is called. A refusal leaves no lock behind.
pub(super) fn lock_qemu(file: &HostFile, role: Role) -> Result<(), ImageError> {
    let taken = take(file, role)
        .and_then(|()| conflict(file, role))
        .map_err(|e| ImageError::io("lock", file.path(), e));
    match taken {
        Ok(false) => Ok(()),
        Ok(true) => {
            release_qemu(file)?;
            Err(ImageError::InUse {
                path: file.path().to_owned(),
                by: Holder::Qemu,
            })
        }
        Err(error) => Err(error),
    }
}

/// Gives QEMU's locks back while the file stays open.
pub(super) fn release_qemu(file: &HostFile) -> Result<(), ImageError> {
    set(file, libc::F_UNLCK, USES, UNSHARES - USES + 4)
        .map_err(|e| ImageError::io("unlock", file.path(), e))
}

/// Keeps osgraft's own processes apart: a whole-file flock(2), which QEMU does not look at. Waits
/// for at most `patience`, since an edit takes milliseconds.
///
/// Whoever may read an image can hold this lock, and keep osgraft from it. He can as well hold QEMU's
/// own, which keep QEMU from it: so a lock elsewhere would gain nothing, and a lock that leaves no
/// file behind is kept.
pub(super) fn lock_own(file: &HostFile, patience: Duration) -> Result<(), ImageError> {
    let deadline = Instant::now() + patience;
    loop {
        match file.try_lock_exclusive() {
            Ok(()) => return Ok(()),
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                if Instant::now() >= deadline {
                    return Err(ImageError::InUse {
                        path: file.path().to_owned(),
                        by: Holder::Osgraft,
                    });
                }
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(e) => return Err(ImageError::io("lock", file.path(), e)),
        }
    }
}

fn take(file: &HostFile, role: Role) -> io::Result<()> {
    for permission in role.uses() {
        set(file, libc::F_RDLCK, USES + permission, 1)?;
    }
    for permission in role.unshares() {
        set(file, libc::F_RDLCK, UNSHARES + permission, 1)?;
    }
    Ok(())
}

/// True if another holder uses what `role` unshares, or unshares what it uses.
fn conflict(file: &HostFile, role: Role) -> io::Result<bool> {
    let used = role.uses().iter().map(|p| UNSHARES + p);
    let unshared = role.unshares().iter().map(|p| USES + p);
    for byte in used.chain(unshared) {
        let mut wanted = byte_range(libc::F_WRLCK, byte, 1);
        fcntl(file.as_fd(), FcntlArg::F_OFD_GETLK(&mut wanted))?;
        if wanted.l_type != libc::F_UNLCK as i16 {
            return Ok(true);
        }
    }
    Ok(false)
}

fn set(file: &HostFile, kind: i32, start: i64, len: i64) -> io::Result<()> {
    let range = byte_range(kind, start, len);
    fcntl(file.as_fd(), FcntlArg::F_OFD_SETLK(&range))?;
    Ok(())
}

fn byte_range(kind: i32, start: i64, len: i64) -> libc::flock {
    libc::flock {
        l_type: kind as i16,
        l_whence: libc::SEEK_SET as i16,
        l_start: start,
        l_len: len,
        l_pid: 0,
    }
}
