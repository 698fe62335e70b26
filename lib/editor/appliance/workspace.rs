//! The folder of one appliance: the overlay, libguestfs' temporary files, and a note of what lies
//! elsewhere.
//!
//! A folder is locked for as long as its program lives. One that is not locked was left behind by
//! a program that was killed, and whoever comes next removes it, with what its note names.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use super::error::ApplianceError;
use super::process;

const PREFIX: &str = "osgraft-appliance-";
/// Under which a folder is made, before it is locked.
const UNBORN: &str = ".osgraft-appliance-";
const LOCK: &str = "lock";
const OVERLAY: &str = "overlay.qcow2";
const NOTE: &str = "started";

/// A folder of its own, removed when dropped.
#[derive(Debug)]
pub(super) struct Workspace {
    folder: PathBuf,
    sockets: Option<PathBuf>,
    _lock: File,
}

impl Workspace {
    /// Removes what killed programs left in `parent`, and makes a new folder there.
    pub(super) fn create(parent: &Path) -> Result<Self, ApplianceError> {
        sweep(parent);
        let failed = |e| ApplianceError::Host {
            action: "make a folder in",
            path: parent.to_owned(),
            source: e,
        };
        let unborn = tempfile::Builder::new()
            .prefix(UNBORN)
            .tempdir_in(parent)
            .map_err(failed)?;
        let lock = File::create_new(unborn.path().join(LOCK)).map_err(failed)?;
        lock.try_lock().map_err(|e| failed(e.into()))?;
        let temporary = unborn.path().join("tmp");
        fs::DirBuilder::new()
            .mode(0o700)
            .create(temporary)
            .map_err(failed)?;
        let name = unborn
            .path()
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        let folder = parent.join(name.trim_start_matches('.'));
        fs::rename(unborn.path(), &folder).map_err(failed)?;
        let _ = unborn.keep();
        let folder = folder.canonicalize().map_err(failed)?;
        Ok(Self {
            folder,
            sockets: None,
            _lock: lock,
        })
    }

    /// Where the overlay lies.
    pub(super) fn overlay(&self) -> PathBuf {
        self.folder.join(OVERLAY)
    }

    /// Removes what an earlier launch did to its overlay.
    pub(super) fn clear_overlay(&self) -> Result<(), ApplianceError> {
        match fs::remove_file(self.overlay()) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(ApplianceError::Host {
                action: "remove",
                path: self.overlay(),
                source: e,
            }),
            _ => Ok(()),
        }
    }

    /// Where libguestfs may put what it likes.
    pub(super) fn temporary(&self) -> PathBuf {
        self.folder.join("tmp")
    }

    /// The folder itself.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes down where QEMU's sockets are, for whoever comes after a kill.
    pub(super) fn note(&mut self, sockets: PathBuf) -> io::Result<()> {
        if self.sockets.as_ref() != Some(&sockets) {
            fs::write(
                self.folder.join(NOTE),
                sockets.as_os_str().as_encoded_bytes(),
            )?;
            self.sockets = Some(sockets);
        }
        Ok(())
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        remove(&self.folder, self.sockets.as_deref());
    }
}

/// Removes what killed programs left in `parent`; whether a QEMU of theirs was still there, which
/// is then about to let go of its child.
///
/// Best effort: what cannot be looked at or removed now is met again by the next call.
pub(super) fn sweep(parent: &Path) -> bool {
    let me = rustix::process::geteuid().as_raw();
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let mut ended = false;
    for entry in entries.filter(|e| e.file_name().to_string_lossy().starts_with(PREFIX)) {
        // As QEMU was given it.
        let Ok(folder) = entry.path().canonicalize() else {
            continue;
        };
        let is_mine = fs::symlink_metadata(entry.path()).is_ok_and(|m| m.is_dir() && m.uid() == me);
        let Ok(lock) = File::open(folder.join(LOCK)) else {
            continue;
        };
        if !is_mine || lock.try_lock().is_err() {
            continue;
        }
        let running = process::end_qemu_on(&folder.join(OVERLAY));
        ended |= running.is_some();
        let noted = fs::read(folder.join(NOTE)).ok();
        let noted = noted.map(|path| PathBuf::from(OsString::from_vec(path)));
        remove(&folder, running.or(noted).as_deref());
    }
    ended
}

fn remove(folder: &Path, sockets: Option<&Path>) {
    if let Some(sockets) = sockets {
        let me = rustix::process::geteuid().as_raw();
        let named = sockets
            .file_name()
            .is_some_and(|n| n.to_string_lossy().starts_with("libguestfs"));
        if named && fs::symlink_metadata(sockets).is_ok_and(|m| m.is_dir() && m.uid() == me) {
            let _ = fs::remove_dir_all(sockets);
        }
    }
    let _ = fs::remove_dir_all(folder);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn a_folder_goes_with_its_owner() {
        let parent = tempfile::tempdir().unwrap();
        let workspace = Workspace::create(parent.path()).unwrap();
        fs::write(workspace.overlay(), "x").unwrap();
        drop(workspace);
        assert_eq!(names(parent.path()), Vec::<String>::new());
    }

    #[test]
    fn what_a_killed_program_left_is_removed_and_what_lives_is_not() {
        let parent = tempfile::tempdir().unwrap();
        let sockets = parent.path().join("libguestfsABCDEF");
        fs::create_dir(&sockets).unwrap();
        let stale = parent.path().join(format!("{PREFIX}stale"));
        fs::create_dir(&stale).unwrap();
        fs::write(stale.join(LOCK), "").unwrap();
        fs::write(stale.join(NOTE), sockets.to_str().unwrap()).unwrap();
        let first = Workspace::create(parent.path()).unwrap();
        assert!(!stale.exists() && !sockets.exists());
        let second = Workspace::create(parent.path()).unwrap();
        assert!(first.temporary().is_dir() && second.temporary().is_dir());
    }

    #[test]
    fn a_note_that_names_another_folder_removes_nothing_there() {
        let parent = tempfile::tempdir().unwrap();
        let precious = parent.path().join("precious");
        fs::create_dir(&precious).unwrap();
        let stale = parent.path().join(format!("{PREFIX}stale"));
        fs::create_dir(&stale).unwrap();
        fs::write(stale.join(LOCK), "").unwrap();
        fs::write(stale.join(NOTE), precious.to_str().unwrap()).unwrap();
        drop(Workspace::create(parent.path()).unwrap());
        assert!(precious.exists() && !stale.exists());
    }
}
