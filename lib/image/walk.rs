//! Finding a file in folders that others may change meanwhile.
//!
//! A file is held first (`O_PATH`, open(2)), which opens nothing: neither a FIFO nor a device notices. What
//! is held is judged, and then opened through its own descriptor (`/proc/self/fd`), so that no name
//! is looked up again.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{CWD, FileType, Mode, OFlags, ResolveFlags, fstat, fstatfs, openat, openat2};
use rustix::io::Errno;

use super::error::ImageError;
use super::refusal::Refusal;

/// Links that are followed on one way, as the kernel has it.
const MAX_LINKS: usize = 40;
/// The file system of /proc, whose links lead where their text does not say (statfs(2)).
const PROC: i64 = 0x9fa0;

/// A file that is held and not open.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) file: File,
    /// The folder that it was found in, without links.
    pub(super) folder: PathBuf,
}

/// Holds the file at a path that has no link in it; [`Errno::LOOP`] where one is found all the same.
pub(super) fn without_links(path: &Path) -> Result<File, Errno> {
    let flags = OFlags::PATH | OFlags::CLOEXEC;
    match openat2(CWD, path, flags, Mode::empty(), ResolveFlags::NO_SYMLINKS) {
        Ok(held) => Ok(held.into()),
        // Before Linux 5.6, and where a container forbids what it does not know.
        Err(Errno::NOSYS | Errno::PERM) => Way::new(path, false)?.follow(),
        Err(error) => Err(error),
    }
}

/// Holds the image that the caller names. For root a link on the way must be root's own, or of the
/// user who owns the image: of another user it could lead to any file of the host.
pub(super) fn named(path: &Path) -> Result<Held, ImageError> {
    let failed = |e: Errno| ImageError::open(path, e.into());
    match without_links(path) {
        Ok(file) => {
            let at = location(&file).map_err(|e| ImageError::io("look at", path, e))?;
            let folder = folder_of(&at);
            return Ok(Held { file, folder });
        }
        Err(Errno::LOOP) => {}
        Err(error) => return Err(failed(error)),
    }
    let name = path.file_name().ok_or_else(|| failed(Errno::ISDIR))?;
    let mut way = Way::new(&folder_of(path), true).map_err(failed)?;
    let folder = way.follow().map_err(failed)?;
    way.rest.push_back(name.to_owned());
    let file = way.follow().map_err(failed)?;
    let target = file
        .metadata()
        .map_err(|e| ImageError::io("look at", path, e))?;
    let me = rustix::process::geteuid();
    let foreign = |owner: &&u32| **owner != 0 && **owner != target.uid();
    if me.is_root()
        && let Some(owner) = way.owners.iter().find(foreign)
    {
        return Err(ImageError::refused(path, Refusal::ForeignLink(*owner)));
    }
    let folder = location(&folder).map_err(|e| ImageError::io("look at", path, e))?;
    Ok(Held { file, folder })
}

/// The folder that a path lies in; `.` for a plain name.
pub(super) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Path of a held file, links resolved.
pub(super) fn location(file: &File) -> std::io::Result<PathBuf> {
    std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

/// A path that is followed a component at a time.
struct Way {
    at: OwnedFd,
    rest: VecDeque<OsString>,
    follows: bool,
    followed: usize,
    /// The users who own the links.
    owners: Vec<u32>,
}

impl Way {
    fn new(path: &Path, follows: bool) -> Result<Self, Errno> {
        Ok(Self {
            at: start(path)?,
            rest: components(path),
            follows,
            followed: 0,
            owners: Vec::new(),
        })
    }

    /// The file at the end.
    fn follow(&mut self) -> Result<File, Errno> {
        while let Some(name) = self.rest.pop_front() {
            let next = self.hold(&name)?;
            if FileType::from_raw_mode(fstat(&next)?.st_mode) == FileType::Symlink {
                self.enter(&name, &next)?;
            } else {
                self.at = next;
            }
        }
        let end = self.at.try_clone().map_err(|_| Errno::MFILE)?;
        Ok(end.into())
    }

    fn hold(&self, name: &OsStr) -> Result<OwnedFd, Errno> {
        let flags = OFlags::PATH | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        openat(&self.at, name, flags, Mode::empty())
    }

    fn enter(&mut self, name: &OsStr, link: &OwnedFd) -> Result<(), Errno> {
        self.followed += 1;
        if !self.follows || self.followed > MAX_LINKS {
            return Err(Errno::LOOP);
        }
        if fstatfs(&self.at)?.f_type as i64 == PROC {
            self.at = openat(
                &self.at,
                name,
                OFlags::PATH | OFlags::CLOEXEC,
                Mode::empty(),
            )?;
            return Ok(());
        }
        self.owners.push(fstat(link)?.st_uid);
        let text = rustix::fs::readlinkat(link, "", Vec::new())?.into_bytes();
        let target = PathBuf::from(OsString::from_vec(text));
        if target.is_absolute() {
            self.at = start(&target)?;
        }
        for name in components(&target).into_iter().rev() {
            self.rest.push_front(name);
        }
        Ok(())
    }
}

fn start(path: &Path) -> Result<OwnedFd, Errno> {
    let from = if path.is_absolute() { "/" } else { "." };
    let flags = OFlags::PATH | OFlags::CLOEXEC | OFlags::DIRECTORY;
    openat(CWD, from, flags, Mode::empty())
}

fn components(path: &Path) -> VecDeque<OsString> {
    let parts = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
    });
    parts.collect()
}
