//! The folder of one appliance: the overlay, libguestfs' temporary files, the socket of the child's
//! disk, and a note of what lies elsewhere.
//!
//! It is closed to other users, and so is the overlay. A folder is locked for as long as its program
//! lives. One that is not locked was left behind by a program that was killed, and whoever comes
//! next removes it, with what its note names. What does not belong to this user is not looked into.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::error::ApplianceError;
use super::export::Export;
use super::process;
use crate::host::{PrivateFolder, ScratchFolder, others_may_change};
use crate::image::{Overlay, Scratch};

const PREFIX: &str = "osgraft-appliance-";
/// Under which a folder is made, before it is locked.
const UNBORN: &str = ".osgraft-appliance-";
const LOCK: &str = "lock";
const OVERLAY: &str = "overlay.qcow2";
const SOCKET: &str = "disk";
const NOTE: &str = "started";
/// Bytes of a note: it is one path.
const MAX_NOTE: u64 = 4096;
/// Clusters of the overlay: the grain in which an edit's changes are found.
const CLUSTER: u64 = 4096;

/// A folder of its own, removed when dropped.
#[derive(Debug)]
pub(super) struct Workspace {
    scratch: ScratchFolder,
    /// By its name, for libguestfs: nobody else may change a folder on the way.
    path: PathBuf,
    sockets: Option<PathBuf>,
    _lock: File,
}

impl Workspace {
    /// Removes what killed programs left in `parent`, which is made where it is missing, and makes a
    /// new folder there.
    pub(super) fn create(parent: &Path) -> Result<Self, ApplianceError> {
        let failed = |e| ApplianceError::Host {
            action: "make a folder in",
            path: parent.to_owned(),
            source: e,
        };
        if fs::symlink_metadata(parent).is_err_and(|e| e.kind() == io::ErrorKind::NotFound) {
            PrivateFolder::make(parent)?;
        }
        // QEMU is told names in it, and looks them up again.
        if let Some(flaw) = others_may_change(parent).map_err(failed)? {
            return Err(ApplianceError::WorkFolder {
                path: parent.to_owned(),
                flaw,
            });
        }
        sweep(parent);
        let mut scratch = ScratchFolder::make(parent, UNBORN).map_err(failed)?;
        let lock = scratch.create(LOCK).map_err(failed)?;
        lock.try_lock().map_err(|e| failed(e.into()))?;
        scratch.make_folder("tmp").map_err(failed)?;
        let name = scratch.name().to_string_lossy().into_owned();
        let born = scratch.rename(name.trim_start_matches('.'));
        born.map_err(failed)?;
        let parent = parent.canonicalize().map_err(failed)?;
        Ok(Self {
            path: parent.join(scratch.name()),
            scratch,
            sockets: None,
            _lock: lock,
        })
    }

    /// Place of the overlay.
    pub(super) fn overlay(&self) -> PathBuf {
        self.path.join(OVERLAY)
    }

    /// Serves the disk on a socket in here, and puts an empty overlay on it in place of what an
    /// earlier launch left; the overlay's file, open.
    pub(super) fn serve(&self, disk: Scratch, size: u64) -> Result<(Export, File), ApplianceError> {
        let failed = |e| ApplianceError::Host {
            action: "make an overlay in",
            path: self.path.clone(),
            source: e,
        };
        let serve = || -> io::Result<_> {
            self.scratch.remove_file(OVERLAY)?;
            self.scratch.remove_file(SOCKET)?;
            // Short, whatever the folder's path: a socket's has 107 bytes at most (unix(7)).
            let socket = self.scratch.way_in().join(SOCKET);
            let export = Export::start(disk, &socket)?;
            let overlay = self.scratch.create(OVERLAY)?;
            let socket = socket.display();
            let backing = format!(
                r#"json:{{"driver":"raw","file":{{"driver":"nbd","server":{{"type":"unix","path":"{socket}"}}}}}}"#
            );
            Overlay::write_empty(&overlay, size, CLUSTER, &backing)?;
            Ok((export, overlay))
        };
        serve().map_err(failed)
    }

    /// Folder in which libguestfs may put what it likes.
    pub(super) fn temporary(&self) -> PathBuf {
        self.path.join("tmp")
    }

    /// The folder itself.
    pub(super) fn folder(&self) -> &Path {
        &self.path
    }

    /// Writes down where QEMU's sockets are, for whoever comes after a kill.
    pub(super) fn note(&mut self, sockets: PathBuf) -> io::Result<()> {
        if self.sockets.as_ref() != Some(&sockets) {
            self.scratch.remove_file(NOTE)?;
            let mut note = self.scratch.create(NOTE)?;
            note.write_all(sockets.as_os_str().as_encoded_bytes())?;
            self.sockets = Some(sockets);
        }
        Ok(())
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        remove_sockets(self.sockets.as_deref());
    }
}

/// Removes what killed programs left in `parent`; whether a QEMU of theirs was still there.
///
/// Best effort: what cannot be looked at or removed now is met again by the next call.
pub(super) fn sweep(parent: &Path) -> bool {
    // As QEMU was given it.
    let Ok(path) = parent.canonicalize() else {
        return false;
    };
    let Ok(parent) = File::open(&path) else {
        return false;
    };
    let entries = fs::read_dir(&path).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name());
    let names = names.filter(|name| name.to_string_lossy().starts_with(PREFIX));
    let mut ended = false;
    for name in names {
        let Ok(Some(left)) = ScratchFolder::open(&parent, &name) else {
            continue;
        };
        let Ok(Some(lock)) = left.read(LOCK) else {
            continue;
        };
        if lock.try_lock().is_err() {
            continue;
        }
        let running = process::end_qemu_on(&path.join(&name).join(OVERLAY));
        ended |= running.is_some();
        remove_sockets(running.or_else(|| noted(&left)).as_deref());
        let _ = left.remove(&parent);
    }
    ended
}

fn noted(left: &ScratchFolder) -> Option<PathBuf> {
    let mut bytes = Vec::new();
    let note = left.read(NOTE).ok()??;
    note.take(MAX_NOTE).read_to_end(&mut bytes).ok()?;
    Some(PathBuf::from(OsString::from_vec(bytes)))
}

/// Removes the folder of libguestfs' sockets. It lies in `/tmp`, where nobody may take the place of
/// what belongs to this user.
fn remove_sockets(sockets: Option<&Path>) {
    let Some(sockets) = sockets else {
        return;
    };
    let me = rustix::process::geteuid().as_raw();
    let named = sockets
        .file_name()
        .is_some_and(|n| n.to_string_lossy().starts_with("libguestfs"));
    if named && fs::symlink_metadata(sockets).is_ok_and(|m| m.is_dir() && m.uid() == me) {
        let _ = fs::remove_dir_all(sockets);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

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
        let mode = fs::metadata(workspace.folder()).unwrap().mode();
        assert_eq!(mode & 0o7777, 0o700);
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

    /// Things that others put there under the name of a folder of ours: its lock is a FIFO, which waits,
    /// or a link to a file of root's; or the folder is a link, or open to all.
    #[test]
    fn what_is_not_of_ones_own_is_neither_opened_nor_removed() {
        let parent = tempfile::tempdir().unwrap();
        let at = |name: &str| parent.path().join(format!("{PREFIX}{name}"));
        let victim = parent.path().join("victim");
        fs::write(&victim, "x").unwrap();
        for name in ["fifo", "link", "open", "target"] {
            fs::create_dir(at(name)).unwrap();
        }
        let fifo = std::process::Command::new("mkfifo")
            .arg(at("fifo").join(LOCK))
            .status();
        assert!(fifo.unwrap().success());
        symlink(&victim, at("link").join(LOCK)).unwrap();
        fs::write(at("open").join(LOCK), "").unwrap();
        fs::set_permissions(at("open"), fs::Permissions::from_mode(0o777)).unwrap();
        fs::rename(at("target"), parent.path().join("target")).unwrap();
        fs::write(parent.path().join("target").join(LOCK), "").unwrap();
        symlink(parent.path().join("target"), at("folder-link")).unwrap();
        let began = std::time::Instant::now();
        drop(Workspace::create(parent.path()).unwrap());
        assert!(began.elapsed().as_secs() < 5);
        for name in ["fifo", "link", "open", "folder-link"] {
            assert!(fs::symlink_metadata(at(name)).is_ok(), "{name} was removed");
        }
        assert!(parent.path().join("target").join(LOCK).exists());
    }

    #[test]
    fn a_work_folder_that_is_missing_is_made_closed_to_others() {
        let parent = tempfile::tempdir().unwrap();
        let work = parent.path().join("osgraft/appliance");
        assert!(!sweep(&work) && !work.exists());
        drop(Workspace::create(&work).unwrap());
        for made in [work.as_path(), work.parent().unwrap()] {
            assert_eq!(fs::metadata(made).unwrap().mode() & 0o7777, 0o700);
        }
    }

    #[test]
    fn a_work_folder_that_others_may_change_is_refused_by_name() {
        let parent = tempfile::tempdir().unwrap();
        let work = parent.path().join("work");
        fs::create_dir(&work).unwrap();
        fs::set_permissions(&work, fs::Permissions::from_mode(0o777)).unwrap();
        let error = Workspace::create(&work).unwrap_err();
        assert_eq!(error.code(), "work-folder");
        assert!(error.to_string().contains("everybody"), "{error}");
        assert_eq!(names(&work), Vec::<String>::new());
        // As `/var/tmp` is.
        fs::set_permissions(&work, fs::Permissions::from_mode(0o1777)).unwrap();
        Workspace::create(&work).unwrap();
    }
}
