//! A folder for a while, in a folder that may be another user's.

use std::collections::hash_map::RandomState;
use std::ffi::{CStr, OsStr, OsString};
use std::fs::File;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use rustix::fs::{
    AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat, fchmod, fstat, mkdirat, openat, renameat,
    unlinkat,
};
use rustix::io::Errno;

/// Names that are tried for one that is free.
const TRIES: usize = 16;
/// Folders in folders that are removed.
const MAX_DEPTH: usize = 32;
/// Group's and others' permissions.
const OTHERS: u32 = 0o077;

/// A new folder that is closed to all other users (0700), held open, and removed with all that is
/// in it when this is dropped.
///
/// The folder around it may belong to somebody else, who can give this one another name and put
/// something else in its place. So nothing in it is reached by its path: calls go through the open
/// folder, and programs get [`way_in`](Self::way_in).
///
/// ```
/// use osgraft::host::ScratchFolder;
///
/// # let images = tempfile::tempdir()?;
/// # let images = images.path();
/// let scratch = ScratchFolder::make(images, ".scratch-")?;
/// std::io::Write::write_all(&mut scratch.create("notes")?, b"gone with the folder")?;
/// assert!(scratch.way_in().join("notes").exists());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct ScratchFolder {
    /// `None` for a folder of somebody who may still be there.
    removed_from: Option<OwnedFd>,
    name: OsString,
    folder: OwnedFd,
}

impl ScratchFolder {
    /// Makes a folder in `parent`, named by `prefix` and random letters.
    ///
    /// # Errors
    /// The host's; [`io::ErrorKind::PermissionDenied`] when another user put something else in its
    /// place at once.
    pub fn make(parent: &Path, prefix: &str) -> io::Result<Self> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let parent = openat(CWD, parent, flags, Mode::empty())?;
        let name = free_name(prefix, |name| mkdirat(&parent, name, Mode::RWXU))?;
        let folder = match open_folder(&parent, &name) {
            Ok(folder) => folder,
            Err(Errno::LOOP | Errno::NOTDIR) => return Err(taken()),
            Err(error) => return Err(error.into()),
        };
        let mut made = Self {
            removed_from: None,
            name: name.into(),
            folder,
        };
        made.require_new()?;
        made.removed_from = Some(parent);
        // The umask can have taken away from it.
        fchmod(&made.folder, Mode::RWXU)?;
        Ok(made)
    }

    /// Opens a folder of `parent` that belongs to this process' own user and that no other may
    /// write to. It is not removed, unless [`remove`](Self::remove) says so. `None` for whatever
    /// else has that name, which is not looked into.
    ///
    /// # Errors
    /// The host's.
    pub fn open(parent: impl AsFd, name: &OsStr) -> io::Result<Option<Self>> {
        let folder = match open_folder(&parent, name) {
            Ok(folder) => folder,
            Err(Errno::LOOP | Errno::NOTDIR | Errno::NOENT | Errno::ACCESS) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let own = is_own(&fstat(&folder)?);
        Ok(own.then(|| Self {
            removed_from: None,
            name: name.to_owned(),
            folder,
        }))
    }

    /// Has the folder removed, as one that was made here is.
    ///
    /// # Errors
    /// The host's.
    pub fn remove(mut self, parent: impl AsFd) -> io::Result<()> {
        self.removed_from = Some(parent.as_fd().try_clone_to_owned()?);
        Ok(())
    }

    /// Its name in the folder around it, as it was given.
    pub fn name(&self) -> &OsStr {
        &self.name
    }

    /// Gives it another name in the same folder.
    ///
    /// # Errors
    /// The host's.
    pub fn rename(&mut self, name: impl Into<OsString>) -> io::Result<()> {
        let name = name.into();
        if let Some(parent) = &self.removed_from {
            renameat(parent, &self.name, parent, &name)?;
            self.name = name;
        }
        Ok(())
    }

    /// A path that leads into the folder by way of its descriptor, whatever name it has by now; for
    /// this process and for programs of the same user, as long as this value lives.
    pub fn way_in(&self) -> PathBuf {
        let (process, folder) = (std::process::id(), self.folder.as_raw_fd());
        PathBuf::from(format!("/proc/{process}/fd/{folder}"))
    }

    /// Makes a file (0600) under a name that must be free, for reading and writing.
    ///
    /// # Errors
    /// The host's.
    pub fn create(&self, name: &str) -> io::Result<File> {
        let flags = OFlags::RDWR
            | OFlags::CREATE
            | OFlags::EXCL
            | OFlags::NOFOLLOW
            | OFlags::NOCTTY
            | OFlags::CLOEXEC;
        Ok(openat(&self.folder, name, flags, Mode::RUSR | Mode::WUSR)?.into())
    }

    /// Opens a plain file of this user's own for reading; `None` for whatever else has that name,
    /// which is not opened in a way that could wait or act.
    ///
    /// # Errors
    /// The host's.
    pub fn read(&self, name: &str) -> io::Result<Option<File>> {
        let flags =
            OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = match openat(&self.folder, name, flags, Mode::empty()) {
            Ok(file) => file,
            Err(Errno::NOENT | Errno::LOOP | Errno::NXIO) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let stat = fstat(&file)?;
        let plain = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
        Ok((plain && is_own(&stat)).then(|| file.into()))
    }

    /// Makes a folder (0700) under a name that must be free.
    ///
    /// # Errors
    /// The host's.
    pub fn make_folder(&self, name: &str) -> io::Result<()> {
        Ok(mkdirat(&self.folder, name, Mode::RWXU)?)
    }

    /// Removes a file's name, if it is there.
    ///
    /// # Errors
    /// The host's.
    pub fn remove_file(&self, name: &str) -> io::Result<()> {
        match unlinkat(&self.folder, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Requires that this is the folder that was just made: empty, closed, and of the user that this
    /// process' files are given to. (That is another one where a file server maps root to it.)
    fn require_new(&self) -> io::Result<()> {
        let stat = fstat(&self.folder)?;
        let mut names = Dir::read_from(&self.folder)?;
        let holds_any = names.any(|entry| entry.is_ok_and(|entry| !is_dots(entry.file_name())));
        if stat.st_mode & OTHERS != 0 || holds_any {
            return Err(taken());
        }
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let name = random_name("probe-");
        let probe = openat(&self.folder, &name, flags, Mode::RUSR | Mode::WUSR)?;
        let given_to = fstat(&probe)?.st_uid;
        self.remove_file(&name)?;
        match given_to == stat.st_uid {
            true => Ok(()),
            false => Err(taken()),
        }
    }
}

impl AsFd for ScratchFolder {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.folder.as_fd()
    }
}

impl Drop for ScratchFolder {
    /// Best effort: there is nobody to tell.
    fn drop(&mut self) {
        if let Some(parent) = &self.removed_from {
            empty(self.folder.as_fd(), MAX_DEPTH);
            // Of whatever has the name by now, no more than an empty folder is removed.
            let _ = unlinkat(parent, &self.name, AtFlags::REMOVEDIR);
        }
    }
}

/// Removes all that a folder holds. Links are removed, and never followed.
fn empty(folder: BorrowedFd<'_>, depth: usize) {
    let names = Dir::read_from(folder).into_iter().flatten().flatten();
    let names: Vec<_> = names
        .map(|entry| entry.file_name().to_owned())
        .filter(|name| !is_dots(name))
        .collect();
    for name in names {
        if unlinkat(folder, &name, AtFlags::empty()).is_ok() || depth == 0 {
            continue;
        }
        let name = OsString::from_vec(name.into_bytes());
        if let Ok(below) = open_folder(folder, &name) {
            empty(below.as_fd(), depth - 1);
            let _ = unlinkat(folder, &name, AtFlags::REMOVEDIR);
        }
    }
}

fn open_folder(parent: impl AsFd, name: impl AsRef<OsStr>) -> rustix::io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(parent, name.as_ref(), flags, Mode::empty())
}

/// True if something belongs to this process' own user, and no other may write to it.
fn is_own(stat: &Stat) -> bool {
    stat.st_uid == rustix::process::geteuid().as_raw() && stat.st_mode & 0o022 == 0
}

fn is_dots(name: &CStr) -> bool {
    matches!(name.to_bytes(), b"." | b"..")
}

fn free_name(
    prefix: &str,
    mut take: impl FnMut(&str) -> rustix::io::Result<()>,
) -> io::Result<String> {
    for _ in 0..TRIES {
        let name = random_name(prefix);
        match take(&name) {
            Ok(()) => return Ok(name),
            Err(Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn random_name(prefix: &str) -> String {
    format!(
        "{prefix}{:016x}",
        RandomState::new().build_hasher().finish()
    )
}

fn taken() -> io::Error {
    io::Error::new(
        io::ErrorKind::PermissionDenied,
        "another user put something else in the place of the folder that was made",
    )
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    fn count(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn it_is_closed_to_others_and_goes_with_all_that_is_in_it() {
        let around = tempfile::tempdir().unwrap();
        let scratch = ScratchFolder::make(around.path(), ".s-").unwrap();
        let path = around.path().join(scratch.name());
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o700);
        let mut file = scratch.create("file").unwrap();
        file.write_all(b"x").unwrap();
        assert_eq!(file.metadata().unwrap().mode() & 0o7777, 0o600);
        assert!(scratch.create("file").is_err());
        scratch.make_folder("inner").unwrap();
        fs::write(scratch.way_in().join("inner/deep"), "x").unwrap();
        let outside = around.path().join("outside");
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("kept"), "x").unwrap();
        symlink(&outside, path.join("link")).unwrap();
        drop(scratch);
        assert_eq!(count(around.path()), 1);
        assert!(outside.join("kept").exists());
    }

    #[test]
    fn what_takes_its_name_is_neither_used_nor_removed() {
        let around = tempfile::tempdir().unwrap();
        let scratch = ScratchFolder::make(around.path(), ".s-").unwrap();
        let (path, aside) = (
            around.path().join(scratch.name()),
            around.path().join("aside"),
        );
        let other = around.path().join("other");
        fs::create_dir(&other).unwrap();
        fs::write(other.join("kept"), "x").unwrap();
        fs::rename(&path, &aside).unwrap();
        symlink(&other, &path).unwrap();
        scratch.create("file").unwrap();
        assert!(scratch.way_in().join("file").exists());
        drop(scratch);
        assert_eq!((count(&aside), count(&other)), (0, 1));
        assert!(fs::symlink_metadata(&path).unwrap().is_symlink());
    }

    #[test]
    fn nothing_but_a_folder_of_ones_own_is_opened() {
        let around = tempfile::tempdir().unwrap();
        let at = |name: &str| around.path().join(name);
        fs::create_dir(at("own")).unwrap();
        fs::create_dir(at("open")).unwrap();
        fs::set_permissions(at("open"), fs::Permissions::from_mode(0o777)).unwrap();
        fs::write(at("file"), "x").unwrap();
        symlink("own", at("link")).unwrap();
        let parent = File::open(around.path()).unwrap();
        let open = |name: &str| ScratchFolder::open(&parent, name.as_ref()).unwrap();
        for name in ["open", "file", "link", "missing"] {
            assert!(open(name).is_none(), "{name}");
        }
        drop(open("own").unwrap());
        assert!(at("own").exists());
        let fifo = std::process::Command::new("mkfifo")
            .arg(at("own/fifo"))
            .status();
        assert!(fifo.unwrap().success());
        symlink("/etc/passwd", at("own/link")).unwrap();
        fs::write(at("own/plain"), "x").unwrap();
        let own = open("own").unwrap();
        assert!(own.read("fifo").unwrap().is_none());
        assert!(own.read("link").unwrap().is_none());
        assert!(own.read("missing").unwrap().is_none());
        assert!(own.read("plain").unwrap().is_some());
        own.remove(&parent).unwrap();
        assert!(!at("own").exists());
    }
}
