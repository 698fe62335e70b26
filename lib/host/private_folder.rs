//! A folder of osgraft's own.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{AtFlags, Mode, OFlags, fchmod, mkdirat, openat, renameat, unlinkat};
use rustix::io::Errno;

use super::cause::Cause;
use super::chain::{self, Flaw, FlawKind};
use super::file_id::FileId;
use crate::path::escape;

/// Mode of a folder that is made.
const FOLDER: Mode = Mode::RWXU;

/// A folder that belongs to this process' own user and that no other user may write to, held open.
/// Made, it has mode 0700 whatever the umask is; so have the missing folders above it.
///
/// Everything in it is reached through the open folder, never by its path again: a name that is
/// changed afterwards leads nobody astray.
///
/// ```
/// use osgraft::host::PrivateFolder;
///
/// # let temporary = tempfile::tempdir()?;
/// # let place = temporary.path().join("state");
/// assert!(PrivateFolder::open(&place)?.is_none());
/// let folder = PrivateFolder::make(&place)?;
/// folder.write("note", b"kept")?;
/// assert_eq!(folder.read("note", 100)?.as_deref(), Some(&b"kept"[..]));
/// assert!(folder.remove("note")?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct PrivateFolder {
    path: PathBuf,
    folder: OwnedFd,
}

/// Reason that a folder is not used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PrivateFolderError {
    /// It cannot be made or looked at.
    #[error("cannot use the folder {}: {}; fix that, or remove it so that it is made anew", shown(.path), Cause::at(.path, .source))]
    Io {
        /// The folder.
        path: PathBuf,
        /// The host's error.
        source: io::Error,
    },
    /// Another user may change what is in it.
    #[error("the folder {} is not used, because {flaw}: remove it so that it is made anew, or give it back by chown and chmod go-w", shown(.path))]
    Others {
        /// The folder.
        path: PathBuf,
        /// Step of its path that another user may change.
        flaw: Flaw,
    },
}

impl PrivateFolderError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "private-folder",
            Self::Others { .. } => "private-folder-shared",
        }
    }
}

fn shown(path: &Path) -> String {
    escape(path.as_os_str().as_encoded_bytes())
}

impl PrivateFolder {
    /// Opens a folder; `None` where it is missing. Nothing is made.
    ///
    /// # Errors
    /// [`PrivateFolderError`]: it is no folder, belongs to another user, or another user may write
    /// to it or to a folder above it. Such a folder is not to be trusted.
    pub fn open(path: impl AsRef<Path>) -> Result<Option<Self>, PrivateFolderError> {
        let path = path.as_ref();
        match Self::open_checked(path) {
            Err(PrivateFolderError::Io { source, .. })
                if source.kind() == io::ErrorKind::NotFound =>
            {
                Ok(None)
            }
            opened => opened.map(Some),
        }
    }

    /// Opens a folder, which is made where it is missing.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn make(path: impl AsRef<Path>) -> Result<Self, PrivateFolderError> {
        let path = path.as_ref();
        if let Some(there) = Self::open(path)? {
            return Ok(there);
        }
        make_missing(path).map_err(|source| PrivateFolderError::Io {
            path: path.to_owned(),
            source,
        })?;
        Self::open_checked(path)
    }

    fn open_checked(path: &Path) -> Result<Self, PrivateFolderError> {
        let failed = |source| PrivateFolderError::Io {
            path: path.to_owned(),
            source,
        };
        let steps = chain::walk(path).map_err(failed)?;
        if let Some(flaw) = chain::first_flaw(&steps, false) {
            return Err(PrivateFolderError::Others {
                path: path.to_owned(),
                flaw,
            });
        }
        let flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC;
        let folder =
            rustix::fs::open(path, flags, Mode::empty()).map_err(|error| failed(error.into()))?;
        // The path is safe, so what was opened is what was looked at, unless it was made since.
        let opened = File::from(folder);
        let metadata = opened.metadata().map_err(failed)?;
        let own = metadata.uid() == rustix::process::geteuid().as_raw();
        let last = steps
            .last()
            .filter(|last| FileId::of(&last.metadata) == FileId::of(&metadata));
        if last.is_none() {
            return Err(failed(io::Error::other(
                "it was replaced while it was opened",
            )));
        }
        if !own || metadata.mode() & 0o022 != 0 {
            let kind = match own {
                false => FlawKind::Owner(metadata.uid()),
                true if metadata.mode() & 0o002 != 0 => FlawKind::Everybody,
                true => FlawKind::Group(metadata.gid()),
            };
            return Err(PrivateFolderError::Others {
                path: path.to_owned(),
                flaw: Flaw {
                    path: path.to_owned(),
                    kind,
                },
            });
        }
        Ok(Self {
            path: path.to_owned(),
            folder: opened.into(),
        })
    }

    /// The path that it was opened by.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// True if it holds nothing.
    ///
    /// # Errors
    /// The host's.
    pub fn is_empty(&self) -> io::Result<bool> {
        for entry in rustix::fs::Dir::read_from(&self.folder)? {
            if !matches!(entry?.file_name().to_bytes(), b"." | b"..") {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Reads a file of at most `most` bytes; `None` where it is missing.
    ///
    /// # Errors
    /// The host's; and where it is no plain file of this user's own, can be written by others, or
    /// is larger.
    pub fn read(&self, name: &str, most: u64) -> io::Result<Option<Vec<u8>>> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = match openat(&self.folder, name, flags, Mode::empty()) {
            Ok(file) => File::from(file),
            Err(Errno::NOENT) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let metadata = file.metadata()?;
        let own = metadata.uid() == rustix::process::geteuid().as_raw();
        if !metadata.is_file() || !own || metadata.mode() & 0o022 != 0 {
            let path = shown(&self.path.join(name));
            return Err(io::Error::other(format!(
                "{path} is no plain file that its owner alone may write: remove it"
            )));
        }
        let mut bytes = Vec::new();
        file.take(most + 1).read_to_end(&mut bytes)?;
        match bytes.len() as u64 > most {
            true => Err(io::ErrorKind::FileTooLarge.into()),
            false => Ok(Some(bytes)),
        }
    }

    /// Puts a file in place, whole or not at all, with mode 0600. It is durable afterwards.
    ///
    /// # Errors
    /// The host's; what was there before is there still.
    pub fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let new = format!(".new-{}-{number}", std::process::id());
        // One of that name was left by a process that was killed.
        let _ = unlinkat(&self.folder, &new, AtFlags::empty());
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR;
        let mut file = File::from(openat(&self.folder, &new, flags, mode)?);
        let written = fchmod(&file, mode)
            .map_err(io::Error::from)
            .and_then(|()| file.write_all(bytes))
            .and_then(|()| file.sync_all())
            .and_then(|()| Ok(renameat(&self.folder, &new, &self.folder, name)?));
        if written.is_err() {
            let _ = unlinkat(&self.folder, &new, AtFlags::empty());
        }
        written?;
        Ok(rustix::fs::fsync(&self.folder)?)
    }

    /// Removes a file; whether it was there.
    ///
    /// # Errors
    /// The host's.
    pub fn remove(&self, name: &str) -> io::Result<bool> {
        match unlinkat(&self.folder, name, AtFlags::empty()) {
            Ok(()) => Ok(true),
            Err(Errno::NOENT) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

impl AsFd for PrivateFolder {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.folder.as_fd()
    }
}

/// Makes a folder and those above it that are missing. One that others may have made meanwhile is
/// left for the look that follows.
fn make_missing(path: &Path) -> io::Result<()> {
    let path = std::path::absolute(path)?;
    let mut missing = Vec::new();
    let mut above = path.as_path();
    let there = loop {
        let flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC;
        match rustix::fs::open(above, flags, Mode::empty()) {
            Ok(folder) => break folder,
            Err(Errno::NOENT) => {}
            Err(error) => return Err(error.into()),
        }
        missing.push(above.file_name().ok_or(io::ErrorKind::NotFound)?);
        above = above.parent().ok_or(io::ErrorKind::NotFound)?;
    };
    let mut folder = there;
    for name in missing.into_iter().rev() {
        let made = match mkdirat(&folder, name, FOLDER) {
            Ok(()) => true,
            Err(Errno::EXIST) => false,
            Err(error) => return Err(error.into()),
        };
        let flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        folder = openat(&folder, name, flags, Mode::empty())?;
        if made {
            // The umask takes away, and a default access control list may add.
            fchmod(&folder, FOLDER)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, chown, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o7777
    }

    fn chmod(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn what_is_made_is_closed_to_others() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a/b");
        assert!(PrivateFolder::open(&path).unwrap().is_none());
        assert!(!root.path().join("a").exists(), "a look makes nothing");
        let folder = PrivateFolder::make(&path).unwrap();
        folder.write("f", b"one").unwrap();
        folder.write("f", b"two").unwrap();
        assert_eq!(mode(&root.path().join("a")), 0o700);
        assert_eq!(mode(&path), 0o700);
        assert_eq!(mode(&path.join("f")), 0o600);
        assert_eq!(folder.read("f", 3).unwrap().unwrap(), b"two");
        assert!(folder.read("f", 2).is_err(), "it is larger");
        assert_eq!(folder.read("g", 3).unwrap(), None);
        assert!(!folder.is_empty().unwrap());
        assert!(folder.remove("f").unwrap());
        assert!(!folder.remove("f").unwrap());
        assert!(folder.is_empty().unwrap());
    }

    #[test]
    fn what_others_may_write_is_never_used() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a/b");
        PrivateFolder::make(&path).unwrap();
        for (open, mode) in [(&path, 0o777), (&path, 0o770), (&path, 0o1777)] {
            chmod(open, mode);
            let error = PrivateFolder::make(&path).unwrap_err();
            assert!(
                matches!(error, PrivateFolderError::Others { .. }),
                "{mode:o}: {error}"
            );
            assert!(PrivateFolder::open(&path).is_err());
            chmod(open, 0o700);
        }
        chmod(&root.path().join("a"), 0o777);
        let error = PrivateFolder::open(&path).unwrap_err().to_string();
        assert!(error.contains("a can be written by everybody"), "{error}");
        chmod(&root.path().join("a"), 0o755);
        chmod(&path, 0o755);
        assert!(
            PrivateFolder::open(&path).unwrap().is_some(),
            "others may only read it"
        );
    }

    #[test]
    fn what_is_no_folder_or_anothers_is_an_error() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(PrivateFolder::make(&file).is_err());
        assert!(PrivateFolder::make(file.join("below")).is_err());
        let dangling = root.path().join("dangling");
        symlink("nowhere", &dangling).unwrap();
        assert!(PrivateFolder::make(&dangling).is_err());
        if rustix::process::geteuid().is_root() {
            let given = root.path().join("given");
            PrivateFolder::make(&given).unwrap();
            chown(&given, Some(65534), None).unwrap();
            let error = PrivateFolder::make(&given).unwrap_err().to_string();
            assert!(error.contains("given belongs to user 65534"), "{error}");
        }
    }

    #[test]
    fn a_link_a_fifo_or_anothers_file_in_it_is_not_read() {
        let root = tempfile::tempdir().unwrap();
        let folder = PrivateFolder::make(root.path().join("a")).unwrap();
        let at = |name: &str| folder.path().join(name);
        folder.write("f", b"x").unwrap();
        symlink("f", at("link")).unwrap();
        let made = std::process::Command::new("mkfifo")
            .arg(at("fifo"))
            .status();
        assert!(made.unwrap().success());
        folder.write("open", b"x").unwrap();
        chmod(&at("open"), 0o622);
        for name in ["link", "fifo", "open"] {
            assert!(folder.read(name, 10).is_err(), "{name}");
        }
        // A link in the way is replaced, never written through.
        folder.write("link", b"new").unwrap();
        assert_eq!(folder.read("f", 10).unwrap().unwrap(), b"x");
        assert_eq!(folder.read("link", 10).unwrap().unwrap(), b"new");
    }
}
