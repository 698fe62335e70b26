//! The host's files: every call that osgraft makes on an image or its folder.
//!
//! One place, so that what reaches a disk can be read in one sitting, and so that a test can make
//! each call fail ([`Faults`]).

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::{FileExt, FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use nix::fcntl::{AtFlags, FallocateFlags, FcntlArg, OFlag, fcntl};
use rustix::fs::{CWD, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

use super::error::{FileKind, ImageError};
use super::faults::{Faults, Operation, Verdict};
use super::walk::{self, folder_of};
use crate::host::{FileId, FileState};

/// Access to the files of one call; holds the faults of a test.
#[derive(Clone, Debug, Default)]
pub(crate) struct Host {
    faults: Option<Faults>,
}

/// One open regular file.
#[derive(Debug)]
pub(crate) struct HostFile {
    file: File,
    path: PathBuf,
    /// The folder that it was found in, without links, where that was looked for.
    folder: Option<PathBuf>,
    faults: Option<Faults>,
    /// True if locks can be held on it: not on one that another process opened.
    lockable: bool,
}

/// Purpose that a file is opened for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Access {
    Read,
    Write,
}

impl Host {
    pub(crate) fn with_faults(faults: Faults) -> Self {
        Self {
            faults: Some(faults),
        }
    }

    /// Opens a regular file and nothing else, links followed.
    pub(super) fn open(&self, path: &Path, access: Access) -> Result<HostFile, ImageError> {
        let flags = OFlags::PATH | OFlags::CLOEXEC;
        let held = rustix::fs::open(path, flags, Mode::empty());
        let held = held.map_err(|e| ImageError::open(path, e.into()))?;
        self.open_held(&held.into(), path, access)
    }

    /// The same for a name that is to be a file itself: no link at its end is followed.
    pub(super) fn open_itself(&self, path: &Path, access: Access) -> Result<HostFile, ImageError> {
        let flags = OFlags::PATH | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        let held = rustix::fs::open(path, flags, Mode::empty());
        let held = held.map_err(|e| ImageError::open(path, e.into()))?;
        self.open_held(&held.into(), path, access)
    }

    /// Opens the image that the caller names, as [`walk::named`] finds it.
    pub(super) fn open_named(&self, path: &Path, access: Access) -> Result<HostFile, ImageError> {
        let held = walk::named(path)?;
        let mut file = self.open_held(&held.file, path, access)?;
        file.folder = Some(held.folder);
        Ok(file)
    }

    /// Opens a file that is held, if it is a regular one: opening a FIFO waits, and opening a
    /// device may act. `path` is for messages.
    pub(super) fn open_held(
        &self,
        held: &File,
        path: &Path,
        access: Access,
    ) -> Result<HostFile, ImageError> {
        let found = held
            .metadata()
            .map_err(|e| ImageError::io("look at", path, e))?;
        require_regular(path, &found)?;
        let file = reopen(held, access).map_err(|e| ImageError::open(path, e))?;
        Ok(self.wrap(file, path))
    }

    /// Makes a file in `folder` that has no name yet, so that a crash leaves nothing behind.
    /// `None` where the file system has no such files (`O_TMPFILE`, open(2)).
    pub(crate) fn create_unnamed(
        &self,
        folder: &Path,
        name: &Path,
        mode: u32,
    ) -> Result<Option<HostFile>, ImageError> {
        if self.faults.as_ref().is_some_and(Faults::no_unnamed_files) {
            return Ok(None);
        }
        self.proceed(Operation::Create)
            .map_err(|e| ImageError::io("create a file in", folder, e))?;
        let made = OpenOptions::new()
            .read(true)
            .write(true)
            .mode(mode)
            .custom_flags((OFlag::O_CLOEXEC | OFlag::O_TMPFILE).bits())
            .open(folder);
        match made {
            Ok(file) => Ok(Some(self.wrap(file, name))),
            Err(e)
                if matches!(
                    e.raw_os_error(),
                    Some(libc::EOPNOTSUPP | libc::EISDIR | libc::ENOENT)
                ) && folder.is_dir() =>
            {
                Ok(None)
            }
            Err(e) => Err(ImageError::io("create a file in", folder, e)),
        }
    }

    /// Makes a file under a name that must be free.
    pub(super) fn create_new(&self, path: &Path) -> Result<HostFile, ImageError> {
        self.proceed(Operation::Create)
            .map_err(|e| ImageError::create(path, e))?;
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o644)
            .custom_flags(OFlag::O_CLOEXEC.bits())
            .open(path)
            .map_err(|e| ImageError::create(path, e))?;
        Ok(self.wrap(file, path))
    }

    /// Gives a file of [`create_unnamed`](Self::create_unnamed) its name, which must be free.
    pub(crate) fn link_unnamed(&self, file: &HostFile) -> Result<(), ImageError> {
        if !self
            .proceed(Operation::Link)
            .map_err(|e| ImageError::create(&file.path, e))?
        {
            return Ok(());
        }
        let descriptor = format!("/proc/self/fd/{}", file.file.as_raw_fd());
        nix::unistd::linkat(
            nix::fcntl::AT_FDCWD,
            descriptor.as_str(),
            nix::fcntl::AT_FDCWD,
            &file.path,
            AtFlags::AT_SYMLINK_FOLLOW,
        )
        .map_err(|e| ImageError::create(&file.path, e.into()))
    }

    /// Gives a file its final name, which must be free, in place of its first. At once where the
    /// file system can (renameat2(2)): between two steps a kill would leave both names.
    pub(super) fn rename_new(&self, from: &Path, to: &Path) -> Result<(), ImageError> {
        let failed = |e| ImageError::create(to, e);
        if !self.proceed(Operation::Link).map_err(failed)? {
            return Ok(());
        }
        match rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            Ok(()) => Ok(()),
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
                std::fs::hard_link(from, to).map_err(failed)?;
                self.remove(from)
            }
            Err(e) => Err(failed(e.into())),
        }
    }

    /// Removes a name.
    pub(crate) fn remove(&self, path: &Path) -> Result<(), ImageError> {
        let failed = |e| ImageError::io("remove", path, e);
        if self.proceed(Operation::Remove).map_err(failed)? {
            std::fs::remove_file(path).map_err(failed)?;
        }
        Ok(())
    }

    /// Makes the names in a folder durable.
    pub(super) fn sync_folder(&self, folder: &Path) -> Result<(), ImageError> {
        let failed = |e| ImageError::io("flush the folder", folder, e);
        if self.proceed(Operation::SyncFolder).map_err(failed)? {
            File::open(folder)
                .and_then(|f| f.sync_all())
                .map_err(failed)?;
        }
        Ok(())
    }

    fn proceed(&self, operation: Operation) -> io::Result<bool> {
        proceed(self.faults.as_ref(), operation)
    }

    /// Takes a file in memory, which no other process has; `path` is for messages.
    pub(super) fn in_memory(&self, file: File, path: &Path) -> HostFile {
        self.wrap(file, path)
    }

    fn wrap(&self, file: File, path: &Path) -> HostFile {
        HostFile {
            file,
            path: path.to_owned(),
            folder: None,
            faults: self.faults.clone(),
            lockable: true,
        }
    }
}

impl HostFile {
    /// A file that another process opened; `path` is for messages alone.
    pub(super) fn received(file: OwnedFd, path: PathBuf) -> Self {
        Self {
            file: file.into(),
            path,
            folder: None,
            faults: None,
            lockable: false,
        }
    }

    /// The same file opened anew, with locks of its own. Its name is not looked up.
    pub(super) fn reopen(&self, access: Access) -> io::Result<OwnedFd> {
        reopen(&self.file, access).map(OwnedFd::from)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Its path by now, without links.
    pub(super) fn location(&self) -> io::Result<PathBuf> {
        walk::location(&self.file)
    }

    /// The folder that it was found in, without links; where that was not looked for, the one in its
    /// path.
    pub(super) fn folder(&self) -> PathBuf {
        match &self.folder {
            Some(folder) => folder.clone(),
            None => folder_of(&self.path),
        }
    }

    pub(super) fn metadata(&self) -> io::Result<Metadata> {
        self.file.metadata()
    }

    /// The file's identity on this host.
    pub(super) fn identity(&self) -> io::Result<FileId> {
        self.file.metadata().map(|m| FileId::of(&m))
    }

    /// Marks that tell this file's content from an earlier or later one, short of reading it.
    pub(super) fn state(&self) -> io::Result<FileState> {
        self.file.metadata().map(|m| FileState::of(&m))
    }

    /// Asked with the one system call that names no path: a worker is left no other.
    pub(super) fn len(&self) -> io::Result<u64> {
        let stat = rustix::fs::fstat(&self.file)?;
        u64::try_from(stat.st_size).map_err(|_| io::ErrorKind::InvalidData.into())
    }

    /// Bytes of storage that the file takes (`st_blocks`, stat(2)): a hole takes none.
    pub(super) fn allocated(&self) -> io::Result<u64> {
        let stat = rustix::fs::fstat(&self.file)?;
        let blocks = u64::try_from(stat.st_blocks).unwrap_or(0);
        Ok(blocks.saturating_mul(512))
    }

    /// Fills `buf` from `offset` on; what lies past the end reads as zeros, as qcow2 wants it.
    pub(super) fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<()> {
        let mut done = 0;
        while done < buf.len() {
            match self.file.read_at(&mut buf[done..], offset + done as u64) {
                Ok(0) => {
                    buf[done..].fill(0);
                    break;
                }
                Ok(n) => done += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    pub(crate) fn write_at(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        if let Some(faults) = &self.faults {
            let operation = Operation::Write {
                offset,
                data: data.to_vec(),
            };
            match faults.check(operation)? {
                Verdict::Proceed => {}
                Verdict::Skip => return Ok(()),
                Verdict::Torn(bytes, error) => {
                    self.file
                        .write_all_at(&data[..bytes.min(data.len())], offset)?;
                    return Err(error);
                }
            }
        }
        self.file.write_all_at(data, offset)
    }

    /// Reserves the space of a range, so that a later write into it cannot fail for want of it.
    /// A file system without fallocate(2) is left as it is.
    pub(super) fn allocate(&self, offset: u64, len: u64) -> io::Result<()> {
        if !self.proceed(Operation::Allocate)? {
            return Ok(());
        }
        let range = |n: u64| i64::try_from(n).map_err(|_| io::ErrorKind::InvalidInput);
        match nix::fcntl::fallocate(
            &self.file,
            FallocateFlags::FALLOC_FL_KEEP_SIZE,
            range(offset)?,
            range(len)?,
        ) {
            Ok(()) | Err(nix::Error::EOPNOTSUPP | nix::Error::ENOSYS) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }

    pub(super) fn truncate(&self, len: u64) -> io::Result<()> {
        if self.proceed(Operation::Truncate { len })? {
            self.file.set_len(len)?;
        }
        Ok(())
    }

    /// Takes a whole-file flock(2), held until the file is closed; `WouldBlock` when another
    /// open file holds one.
    pub(super) fn try_lock_exclusive(&self) -> io::Result<()> {
        self.file.try_lock().map_err(io::Error::from)
    }

    /// Flushes content and length to stable storage (fdatasync(2) keeps what is needed to read
    /// the content back, the length included).
    pub(super) fn sync(&self) -> io::Result<()> {
        if self.proceed(Operation::Sync)? {
            self.file.sync_data()?;
        }
        Ok(())
    }

    fn proceed(&self, operation: Operation) -> io::Result<bool> {
        proceed(self.faults.as_ref(), operation)
    }
}

impl Drop for HostFile {
    /// Closing alone does not give locks back while another descriptor of the same open file
    /// lives, and a thread that starts a program has one for a moment: fork(2) copies it, and only
    /// execve(2) closes the copy. The next call would find the image in use.
    fn drop(&mut self) {
        if !self.lockable {
            return;
        }
        let all = libc::flock {
            l_type: libc::F_UNLCK as i16,
            l_whence: libc::SEEK_SET as i16,
            l_start: 0,
            l_len: 0,
            l_pid: 0,
        };
        // Neither can fail on a regular file; should it, closing gives them back after all.
        let _ = fcntl(&self.file, FcntlArg::F_OFD_SETLK(&all));
        let _ = self.file.unlock();
    }
}

impl AsFd for HostFile {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

fn proceed(faults: Option<&Faults>, operation: Operation) -> io::Result<bool> {
    match faults {
        None => Ok(true),
        Some(faults) => match faults.check(operation)? {
            Verdict::Proceed => Ok(true),
            Verdict::Skip => Ok(false),
            Verdict::Torn(_, error) => Err(error),
        },
    }
}

/// Opens the very file that a descriptor stands for.
fn reopen(held: &File, access: Access) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(access == Access::Write)
        .custom_flags((OFlag::O_CLOEXEC | OFlag::O_NONBLOCK | OFlag::O_NOCTTY).bits())
        .open(format!("/proc/self/fd/{}", held.as_raw_fd()))
}

/// Refuses whatever is no regular file, by its kind.
pub(super) fn require_regular(path: &Path, metadata: &Metadata) -> Result<(), ImageError> {
    let kind = metadata.file_type();
    let found = if kind.is_file() {
        return Ok(());
    } else if kind.is_dir() {
        FileKind::Directory
    } else if kind.is_fifo() {
        FileKind::Fifo
    } else if kind.is_symlink() {
        FileKind::Link
    } else if kind.is_socket() {
        FileKind::Socket
    } else if kind.is_block_device() {
        FileKind::BlockDevice
    } else {
        FileKind::CharDevice
    };
    Err(ImageError::NotAFile {
        path: path.to_owned(),
        found,
    })
}
