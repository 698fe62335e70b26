//! The host's side: a folder that is filled, and nothing beside it.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use rustix::fs::{
    AtFlags, CWD, Gid, Mode, OFlags, RenameFlags, ResolveFlags, Timespec, Timestamps, UTIME_OMIT,
    Uid, XattrFlags, chownat, fchmod, fchown, fsetxattr, fsync, ftruncate, futimens, ioctl_ficlone,
    linkat, lsetxattr, mkdirat, openat, openat2, renameat_with, symlinkat, syncfs, utimensat,
};

use crate::guest::Time;
use crate::share::release::{FileEntry, clear};

/// A process that is killed at some change of the host's: for tests, which read afterwards what is
/// left. Clones share the count.
#[derive(Clone, Debug, Default)]
pub struct Dying(Option<Arc<AtomicI64>>);

impl Dying {
    /// Killed before the change of that number, from 0: it and all later ones fail, and nothing is tidied up.
    pub fn at(change: i64) -> Self {
        Self(Some(Arc::new(AtomicI64::new(change))))
    }

    /// True once it died. A sweep that never struck proves nothing.
    pub fn is_dead(&self) -> bool {
        self.0
            .as_ref()
            .is_some_and(|left| left.load(Ordering::Relaxed) < 0)
    }

    /// One more change.
    pub(super) fn check(&self) -> io::Result<()> {
        let Some(left) = &self.0 else { return Ok(()) };
        match left.fetch_sub(1, Ordering::Relaxed) {
            ..=0 => Err(io::Error::other("killed, as a test wants it")),
            _ => Ok(()),
        }
    }
}

/// The hidden folder of a release in the making.
#[derive(Debug)]
pub(super) struct Building {
    /// The folder that holds the releases.
    out: OwnedFd,
    /// This one.
    root: OwnedFd,
    name: String,
    dying: Dying,
    /// The directory that was written into last.
    last: Option<(Vec<u8>, OwnedFd)>,
}

/// Reason why an entry could not be given what it has.
#[derive(Debug)]
pub(super) enum Refusal {
    Io(io::Error),
    /// This attribute is not kept.
    Attribute(Vec<u8>, io::Error),
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<rustix::io::Errno> for Refusal {
    fn from(error: rustix::io::Errno) -> Self {
        Self::Io(error.into())
    }
}

impl Building {
    /// Makes the hidden folder `name`, closed to others.
    pub(super) fn make(out: &Path, name: &str, dying: Dying) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let out = openat(CWD, out, flags, Mode::empty())?;
        dying.check()?;
        mkdirat(&out, name, Mode::RWXU)?;
        let root = openat(&out, name, flags | OFlags::NOFOLLOW, Mode::empty())?;
        // The umask can have taken away from it.
        fchmod(&root, Mode::RWXU)?;
        // Nothing that is made here is to inherit an access list of the folder around it.
        for list in ["system.posix_acl_access", "system.posix_acl_default"] {
            let _ = rustix::fs::fremovexattr(&root, list);
        }
        Ok(Self {
            out,
            root,
            name: name.to_owned(),
            dying,
            last: None,
        })
    }

    /// True where its file system keeps SELinux labels that this process sets.
    pub(super) fn keeps_labels(&self) -> io::Result<bool> {
        const PROBE: &str = ".probe";
        self.dying.check()?;
        let file = self.create_in(&self.root, PROBE.as_bytes())?;
        let label = b"system_u:object_r:usr_t:s0\0";
        let kept = fsetxattr(&file, "security.selinux", label, XattrFlags::empty()).is_ok();
        rustix::fs::unlinkat(&self.root, PROBE, AtFlags::empty())?;
        Ok(kept)
    }

    /// The directory that a path of the release lies in, and the path's last name.
    fn folder<'p>(&mut self, path: &'p [u8]) -> io::Result<(&OwnedFd, &'p [u8])> {
        let end = path.iter().rposition(|byte| *byte == b'/');
        let (above, name) = match end {
            Some(end) => (&path[..end], &path[end + 1..]),
            None => return Ok((&self.root, path)),
        };
        if self.last.as_ref().is_none_or(|(known, _)| known != above) {
            let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
            let folder = openat2(&self.root, above, flags, Mode::empty(), BELOW)?;
            self.last = Some((above.to_vec(), folder));
        }
        let folder = self.last.as_ref().map(|(_, folder)| folder);
        Ok((folder.unwrap_or(&self.root), name))
    }

    fn create_in(&self, folder: impl AsFd, name: &[u8]) -> io::Result<File> {
        let flags =
            OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = openat2(folder, name, flags, Mode::RUSR | Mode::WUSR, BELOW)?;
        Ok(file.into())
    }

    /// Makes a file that holds nothing yet.
    pub(super) fn create(&mut self, path: &[u8]) -> io::Result<File> {
        self.dying.check()?;
        let (folder, name) = self.folder(path)?;
        let folder = folder.try_clone()?;
        self.create_in(folder, name)
    }

    /// Writes a part of a file.
    pub(super) fn write(&self, file: &File, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.dying.check()?;
        file.write_all_at(bytes, offset)
    }

    /// Sets a file's length, so that what was not written is a hole.
    pub(super) fn set_len(&self, file: &File, len: u64) -> io::Result<()> {
        self.dying.check()?;
        Ok(ftruncate(file, len)?)
    }

    /// Lets a file share the blocks of another.
    pub(super) fn clone_blocks(&self, file: &File, from: &File) -> io::Result<()> {
        self.dying.check()?;
        Ok(ioctl_ficlone(file, from)?)
    }

    /// Makes a directory, which gets its attributes once it is full.
    pub(super) fn mkdir(&mut self, path: &[u8]) -> io::Result<()> {
        self.dying.check()?;
        let (folder, name) = self.folder(path)?;
        Ok(mkdirat(folder, name, Mode::RWXU)?)
    }

    /// Makes a symbolic link, with its attributes.
    pub(super) fn symlink(&mut self, entry: &FileEntry) -> Result<(), Refusal> {
        self.dying.check()?;
        let target = entry.target.as_ref().map(|target| target.0.as_slice());
        let (folder, name) = self.folder(&entry.path.0)?;
        symlinkat(target.unwrap_or_default(), folder, name)?;
        let (uid, gid) = owner(entry);
        chownat(folder, name, uid, gid, AtFlags::SYMLINK_NOFOLLOW)?;
        for (attribute, value) in &entry.xattrs {
            // No call sets an attribute of a link in an open folder.
            let way = [
                format!("/proc/self/fd/{}/", folder.as_raw_fd()).as_bytes(),
                name,
            ]
            .concat();
            let set = lsetxattr(way, attribute.0.as_slice(), &value.0, XattrFlags::empty());
            set.map_err(|error| Refusal::Attribute(attribute.0.clone(), error.into()))?;
        }
        utimensat(folder, name, &times(entry.mtime), AtFlags::SYMLINK_NOFOLLOW)?;
        Ok(())
    }

    /// Removes a file of this release.
    pub(super) fn remove(&mut self, path: &[u8]) -> io::Result<()> {
        self.dying.check()?;
        let (folder, name) = self.folder(path)?;
        Ok(rustix::fs::unlinkat(folder, name, AtFlags::empty())?)
    }

    /// True once a test had it killed.
    pub(super) fn is_dead(&self) -> bool {
        self.dying.is_dead()
    }

    /// One more name for a file of this release.
    pub(super) fn link(&mut self, path: &[u8], existing: &[u8]) -> io::Result<()> {
        self.dying.check()?;
        let (folder, name) = self.folder(existing)?;
        let (folder, name) = (folder.try_clone()?, name.to_vec());
        let (to, new) = self.folder(path)?;
        Ok(linkat(&folder, name.as_slice(), to, new, AtFlags::empty())?)
    }

    /// One more name for a file of another release, which is open.
    pub(super) fn link_file(&mut self, path: &[u8], existing: &File) -> io::Result<()> {
        self.dying.check()?;
        let (to, new) = self.folder(path)?;
        let way = format!("/proc/self/fd/{}", existing.as_raw_fd());
        Ok(linkat(CWD, way, to, new, AtFlags::SYMLINK_FOLLOW)?)
    }

    /// Gives an open file or directory what its entry has. A change of owner takes set-user-ID and
    /// capabilities away, so it comes first; the time comes last.
    pub(super) fn dress(&self, file: impl AsFd, entry: &FileEntry) -> Result<(), Refusal> {
        self.dying.check()?;
        let (uid, gid) = owner(entry);
        fchown(&file, uid, gid)?;
        fchmod(&file, Mode::from_raw_mode(entry.mode))?;
        for (attribute, value) in &entry.xattrs {
            let set = fsetxattr(&file, attribute.0.as_slice(), &value.0, XattrFlags::empty());
            set.map_err(|error| Refusal::Attribute(attribute.0.clone(), error.into()))?;
        }
        Ok(futimens(&file, &times(entry.mtime))?)
    }

    /// Opens a directory of this release.
    pub(super) fn directory(&self, path: &[u8]) -> io::Result<OwnedFd> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(openat2(&self.root, path, flags, Mode::empty(), BELOW)?)
    }

    /// Brings all of it to the disk, and then the file that is written last.
    pub(super) fn seal(
        &self,
        name: &str,
        write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
    ) -> io::Result<()> {
        self.dying.check()?;
        syncfs(&self.root)?;
        let mut file =
            io::BufWriter::with_capacity(1 << 16, self.create_in(&self.root, name.as_bytes())?);
        self.dying.check()?;
        write(&mut file)?;
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        fchmod(&file, Mode::from_raw_mode(0o644))?;
        self.dying.check()?;
        fsync(&file)?;
        Ok(fsync(&self.root)?)
    }

    /// Gives the folder its name, which is free.
    pub(super) fn publish(&self, name: &str, mode: u32) -> io::Result<()> {
        self.dying.check()?;
        fchmod(&self.root, Mode::from_raw_mode(mode))?;
        self.dying.check()?;
        renameat_with(
            &self.out,
            self.name.as_str(),
            &self.out,
            name,
            RenameFlags::NOREPLACE,
        )?;
        self.dying.check()?;
        Ok(fsync(&self.out)?)
    }

    /// Removes what was built.
    pub(super) fn drop_all(&self, out: &Path) {
        if !self.dying.is_dead() {
            let _ = clear(&out.join(&self.name));
        }
    }
}

/// Nothing outside of the folder is reached, whatever a name in it leads to.
const BELOW: ResolveFlags = ResolveFlags::BENEATH
    .union(ResolveFlags::NO_SYMLINKS)
    .union(ResolveFlags::NO_XDEV)
    .union(ResolveFlags::NO_MAGICLINKS);

fn owner(entry: &FileEntry) -> (Option<Uid>, Option<Gid>) {
    (
        Some(Uid::from_raw(entry.uid)),
        Some(Gid::from_raw(entry.gid)),
    )
}

fn times(time: Time) -> Timestamps {
    Timestamps {
        last_access: Timespec {
            tv_sec: 0,
            tv_nsec: UTIME_OMIT as _,
        },
        last_modification: Timespec {
            tv_sec: time.seconds,
            tv_nsec: time.nanoseconds as _,
        },
    }
}
