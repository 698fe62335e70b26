//! The folder that holds releases: one call at a time, and nothing left half-way.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{AtFlags, CWD, Mode, OFlags, fchmod, openat};

use super::error::ReleaseError;
use super::name::ReleaseName;
use crate::host::{Lock, LockError};

/// End of the name of a release in the making.
pub(crate) const NEW: &str = ".osgraft-new";
/// End of the name of a release that is being removed.
pub(crate) const GONE: &str = ".osgraft-gone";
/// Time that another call in the folder is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Takes the lock on a folder of releases.
pub(crate) fn hold(out: &Path) -> Result<Lock, ReleaseError> {
    if !out.is_dir() {
        return Err(ReleaseError::NoFolder(out.to_owned()));
    }
    Lock::take(&out.join("releases"), PATIENCE).map_err(|error| match error {
        LockError::Held => ReleaseError::Busy(out.to_owned()),
        LockError::Io(source) => ReleaseError::io("lock the releases in", out)(source),
    })
}

/// Removes what killed calls left: the lock says that nobody is at work.
pub(crate) fn clear_leftovers(out: &Path, _held: &Lock) -> Result<(), ReleaseError> {
    let io = |source| ReleaseError::io("tidy up", out)(source);
    for entry in std::fs::read_dir(out).map_err(io)? {
        let entry = entry.map_err(io)?;
        let name = entry.file_name();
        let hidden = name.to_str().and_then(|name| name.strip_prefix('.'));
        let is_left = hidden.is_some_and(|name| {
            let release = [NEW, GONE].iter().find_map(|end| name.strip_suffix(end));
            release.is_some_and(|name| name.parse::<ReleaseName>().is_ok())
        });
        if is_left && entry.file_type().map_err(io)?.is_dir() {
            clear(&entry.path()).map_err(io)?;
        }
    }
    Ok(())
}

/// Removes a folder with all that is in it. No link is followed.
pub(crate) fn clear(folder: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            // A tree keeps the modes of its guest, and a user who is not root has to open it first.
            open_up(folder)?;
            std::fs::remove_dir_all(folder)
        }
        done => done,
    }
}

fn open_up(folder: &Path) -> io::Result<()> {
    let mut ahead: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(folder) = ahead.pop() {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let _ = rustix::fs::chmodat(CWD, &folder, Mode::RWXU, AtFlags::empty());
        let open = openat(CWD, &folder, flags, Mode::empty())?;
        fchmod(&open, Mode::RWXU)?;
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                ahead.push(entry.path());
            }
        }
    }
    Ok(())
}
