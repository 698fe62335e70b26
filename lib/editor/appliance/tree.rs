//! The guest's tree as the appliance shows it, path by path.
//!
//! libguestfs follows links inside the guest's root; the seam follows none. So every component of
//! a path is looked at before anything is done with it.

use std::ops::Range;

use super::explain::explain;
use super::owner::Owner;
use super::seen::Seen;
use crate::guest::{
    Attributes, DirEntry, FileKind, Guest, GuestError, MAX_READ, Metadata, Page, Time,
};
use crate::guest::{NO_LABEL, is_label};
use crate::path::{GuestPath, PATH_MAX};

/// Bytes in one message, well under the 4 MiB that libguestfs' protocol takes.
const MESSAGE: usize = 2 << 20;

/// Mounts of an appliance.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) owner: Owner,
    /// True where anything was changed.
    pub(super) touched: bool,
    pub(super) writable: bool,
    /// The time of what is made, in seconds since 1970.
    pub(super) time: i64,
    pub(super) seen: Seen,
}

impl Tree {
    pub(super) fn new(owner: Owner, time: i64) -> Self {
        Self {
            owner,
            touched: false,
            writable: false,
            time,
            seen: Seen::default(),
        }
    }

    /// Metadata without the flags, which cost a program in the appliance.
    pub(super) fn look(&mut self, path: &GuestPath) -> Result<Metadata, GuestError> {
        let mut at = GuestPath::root();
        for name in path.components() {
            if self.look_here(&at, path)?.kind != FileKind::Directory {
                return Err(GuestError::NotADirectory(path.clone()));
            }
            at = at
                .join(name)
                .map_err(|_| GuestError::TooLong(path.clone()))?;
        }
        self.look_here(&at, path)
    }

    /// Metadata of what `lstat` found, without the flags.
    pub(super) fn metadata_of(
        stat: &guestfs::StatNS,
        path: &GuestPath,
    ) -> Result<Metadata, GuestError> {
        Ok(Metadata {
            kind: kind(stat.st_mode).ok_or_else(|| GuestError::Damaged {
                path: path.clone(),
                detail: format!("an inode of mode {:o}", stat.st_mode),
            })?,
            mode: (stat.st_mode & 0o7777) as u32,
            uid: stat.st_uid as u32,
            gid: stat.st_gid as u32,
            size: stat.st_size as u64,
            links: stat.st_nlink as u64,
            filesystem: stat.st_dev as u64,
            immutable: false,
        })
    }

    fn look_here(&mut self, at: &GuestPath, whole: &GuestPath) -> Result<Metadata, GuestError> {
        if let Some(metadata) = self.seen.metadata.get(at) {
            return Ok(metadata.clone());
        }
        let name = at.as_bytes().to_vec();
        let stat = self.call(whole, "lstat", move |g| g.lstatns(name))?;
        let metadata = Self::metadata_of(&stat, whole)?;
        self.seen.metadata.insert(at.clone(), metadata.clone());
        Ok(metadata)
    }

    pub(super) fn expect(
        &mut self,
        path: &GuestPath,
        wanted: FileKind,
    ) -> Result<Metadata, GuestError> {
        let metadata = self.look(path)?;
        if metadata.kind == wanted {
            return Ok(metadata);
        }
        Err(GuestError::WrongKind {
            path: path.clone(),
            found: metadata.kind,
            wanted,
        })
    }

    /// The overlay makes the whole edit one step, so a file is written where it lies, and keeps
    /// its inode with all that hangs on it.
    fn fill(&mut self, path: &GuestPath, content: &[u8]) -> Result<(), GuestError> {
        let (first, rest) = content.split_at(content.len().min(MESSAGE));
        let (name, part) = (path.as_bytes().to_vec(), first.to_vec());
        self.change(path, "write", move |g| g.write(name, &part))?;
        for part in rest.chunks(MESSAGE) {
            let (name, part) = (path.as_bytes().to_vec(), part.to_vec());
            self.change(path, "write_append", move |g| g.write_append(name, &part))?;
        }
        Ok(())
    }

    /// That nothing lies at `path`, and that its parent is a directory.
    fn vacancy(&mut self, path: &GuestPath) -> Result<(), GuestError> {
        match self.look(path) {
            Ok(_) => return Err(GuestError::Exists(path.clone())),
            Err(GuestError::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
        let parent = path.parent().unwrap_or_else(GuestPath::root);
        self.look(&parent).map(drop).map_err(|error| match error {
            GuestError::NotFound(_) => GuestError::NotFound(path.clone()),
            other => other,
        })
    }

    /// The first `size` bytes of a regular file that has as many.
    fn read_bytes(&mut self, path: &GuestPath, size: u64) -> Result<Vec<u8>, GuestError> {
        self.read_part(path, 0, size)
    }

    /// So many bytes from `start` on of a regular file that has as many.
    fn read_part(
        &mut self,
        path: &GuestPath,
        start: u64,
        size: u64,
    ) -> Result<Vec<u8>, GuestError> {
        let mut content = Vec::new();
        while (content.len() as u64) < size {
            let name = path.as_bytes().to_vec();
            let offset = (start + content.len() as u64) as i64;
            let count = (size - content.len() as u64).min(MESSAGE as u64) as i32;
            let part = self.call(path, "pread", move |g| g.pread(name, count, offset))?;
            if part.is_empty() {
                return Err(GuestError::Damaged {
                    path: path.clone(),
                    detail: format!("it ends after {offset} of {} bytes", start + size),
                });
            }
            content.extend_from_slice(&part);
        }
        Ok(content)
    }

    pub(super) fn call<T: Send + 'static>(
        &mut self,
        path: &GuestPath,
        name: &'static str,
        work: impl FnOnce(&guestfs::Handle<'static>) -> Result<T, guestfs::Error> + Send + 'static,
    ) -> Result<T, GuestError> {
        self.owner
            .call(name, work)
            .map_err(|error| explain(path, error))
    }

    /// Makes a call that changes `path`.
    pub(super) fn change(
        &mut self,
        path: &GuestPath,
        name: &'static str,
        work: impl FnOnce(&guestfs::Handle<'static>) -> Result<(), guestfs::Error> + Send + 'static,
    ) -> Result<(), GuestError> {
        if !self.writable {
            return Err(GuestError::Unsupported {
                path: path.clone(),
                what: "a guest that was opened for reading",
            });
        }
        self.touched = true;
        self.seen.forget_one(path);
        self.call(path, name, work)
    }
}

impl Guest for Tree {
    fn modified(&mut self, path: &GuestPath) -> Result<Time, GuestError> {
        self.look(path)?;
        let name = path.as_bytes().to_vec();
        let stat = self.call(path, "lstat", move |g| g.lstatns(name))?;
        Ok(Time {
            seconds: stat.st_mtime_sec,
            nanoseconds: stat.st_mtime_nsec as u32,
        })
    }

    fn set_modified(&mut self, path: &GuestPath, time: Time) -> Result<(), GuestError> {
        /// The time of the last access stays as it is (utimensat(2), `UTIME_OMIT`).
        const OMIT: i64 = -2;
        let kind = self.look(path)?.kind;
        if !matches!(kind, FileKind::File | FileKind::Directory) {
            return Err(GuestError::Unsupported {
                path: path.clone(),
                what: "the time of what is neither a file nor a directory",
            });
        }
        let name = path.as_bytes().to_vec();
        let (seconds, nanoseconds) = (time.seconds, time.nanoseconds.into());
        self.change(path, "utimens", move |g| {
            g.utimens(name, 0, OMIT, seconds, nanoseconds)
        })
    }

    fn label(&mut self, path: &GuestPath) -> Result<Option<Vec<u8>>, GuestError> {
        self.look(path)?;
        self.label_of(path)
    }

    fn set_label(&mut self, path: &GuestPath, label: &[u8]) -> Result<(), GuestError> {
        let kind = self.look(path)?.kind;
        self.check_changeable(path, kind)?;
        if !is_label(label) {
            return Err(GuestError::Unsupported {
                path: path.clone(),
                what: NO_LABEL,
            });
        }
        self.seen.labels.remove(path);
        self.put_label(path, label.to_vec())
    }

    fn lstat(&mut self, path: &GuestPath) -> Result<Metadata, GuestError> {
        let mut metadata = self.look(path)?;
        metadata.immutable = self.is_fixed(path, metadata.kind)?;
        Ok(metadata)
    }

    fn read(&mut self, path: &GuestPath, limit: u64) -> Result<Vec<u8>, GuestError> {
        let size = self.expect(path, FileKind::File)?.size;
        if size > limit {
            return Err(GuestError::TooLarge {
                path: path.clone(),
                size,
                limit,
            });
        }
        self.read_bytes(path, size)
    }

    fn read_start(&mut self, path: &GuestPath, len: usize) -> Result<Vec<u8>, GuestError> {
        let size = self.expect(path, FileKind::File)?.size;
        self.read_bytes(path, size.min(len as u64))
    }

    fn read_link(&mut self, path: &GuestPath) -> Result<Vec<u8>, GuestError> {
        self.expect(path, FileKind::Symlink)?;
        let name = path.as_bytes().to_vec();
        self.call(path, "readlink", move |g| g.readlink(name))
    }

    fn read_dir(&mut self, path: &GuestPath) -> Result<Vec<DirEntry>, GuestError> {
        self.expect(path, FileKind::Directory)?;
        let name = path.as_bytes().to_vec();
        let entries = self.call(path, "readdir", move |g| g.readdir(name))?;
        let mut entries: Vec<_> = entries
            .into_iter()
            .map(|entry| DirEntry { name: entry.name })
            .filter(|entry| entry.name != b"." && entry.name != b"..")
            .collect();
        entries.sort();
        Ok(entries)
    }

    fn entries(&mut self, path: &GuestPath, after: Option<&[u8]>) -> Result<Page, GuestError> {
        self.page(path, after)
    }

    fn read_at(
        &mut self,
        path: &GuestPath,
        offset: u64,
        len: usize,
    ) -> Result<Vec<u8>, GuestError> {
        let size = self.expect(path, FileKind::File)?.size;
        let len = size.saturating_sub(offset).min(len.min(MAX_READ) as u64);
        self.read_part(path, offset, len)
    }

    /// No call of libguestfs tells a file's holes.
    fn data(&mut self, path: &GuestPath) -> Result<Vec<Range<u64>>, GuestError> {
        let size = self.expect(path, FileKind::File)?.size;
        Ok(match size {
            0 => Vec::new(),
            size => std::iter::once(0..size).collect(),
        })
    }

    fn write(
        &mut self,
        path: &GuestPath,
        content: &[u8],
        new: Attributes,
    ) -> Result<(), GuestError> {
        match self.expect(path, FileKind::File) {
            Ok(metadata) => {
                self.check_changeable(path, FileKind::File)?;
                // The kernel takes capabilities from a file that is written to.
                let capabilities = self.capabilities(path)?;
                self.fill(path, content)?;
                if !capabilities.is_empty() {
                    let name = path.as_bytes().to_vec();
                    self.change(path, "cap_set_file", move |g| {
                        g.cap_set_file(name, capabilities)
                    })?;
                }
                if metadata.links > 1 {
                    self.seen.forget();
                }
                self.date(path)
            }
            Err(GuestError::NotFound(_)) => {
                self.vacancy(path)?;
                self.fill(path, content)?;
                self.dress(path, new)
            }
            Err(error) => Err(error),
        }
    }

    fn mkdir(&mut self, path: &GuestPath, new: Attributes) -> Result<(), GuestError> {
        self.vacancy(path)?;
        let name = path.as_bytes().to_vec();
        self.change(path, "mkdir", move |g| g.mkdir(name))?;
        self.dress(path, new)
    }

    fn symlink(&mut self, path: &GuestPath, target: &[u8]) -> Result<(), GuestError> {
        if target.len() > PATH_MAX {
            return Err(GuestError::TooLong(path.clone()));
        }
        if target.is_empty() || target.contains(&0) {
            return Err(GuestError::Unsupported {
                path: path.clone(),
                what: "a link with an empty target or a NUL byte in it",
            });
        }
        self.vacancy(path)?;
        let (name, target) = (path.as_bytes().to_vec(), target.to_vec());
        self.change(path, "ln_s", move |g| g.ln_s(target, name))?;
        let name = path.as_bytes().to_vec();
        self.change(path, "lchown", move |g| g.lchown(0, 0, name))?;
        self.inherit_label(path)
    }

    fn rename(&mut self, from: &GuestPath, to: &GuestPath) -> Result<(), GuestError> {
        let moved = self.look(from)?;
        self.vacancy(to)?;
        if to.starts_with(from) {
            return Err(GuestError::Unsupported {
                path: to.clone(),
                what: "a directory so that it lies below itself",
            });
        }
        let (old, new) = (from.as_bytes().to_vec(), to.as_bytes().to_vec());
        let renamed = self.change(from, "rename", move |g| g.rename(old, new));
        if moved.kind == FileKind::Directory {
            self.seen.forget();
        }
        self.seen.forget_one(to);
        renamed.map_err(|error| match error {
            GuestError::CrossDevice { .. } => GuestError::CrossDevice {
                from: from.clone(),
                to: to.clone(),
            },
            other => other,
        })
    }

    fn remove(&mut self, path: &GuestPath) -> Result<(), GuestError> {
        let kind = self.look(path)?.kind;
        if path.is_root() {
            return Err(GuestError::Unsupported {
                path: path.clone(),
                what: "the root directory",
            });
        }
        let name = path.as_bytes().to_vec();
        match kind {
            FileKind::Directory => self.change(path, "rmdir", move |g| g.rmdir(name)),
            _ => self.change(path, "rm", move |g| g.rm(name)),
        }
    }
}

fn kind(mode: i64) -> Option<FileKind> {
    Some(match mode & 0o170_000 {
        0o100_000 => FileKind::File,
        0o040_000 => FileKind::Directory,
        0o120_000 => FileKind::Symlink,
        0o010_000 => FileKind::Fifo,
        0o140_000 => FileKind::Socket,
        0o060_000 => FileKind::BlockDevice,
        0o020_000 => FileKind::CharDevice,
        _ => return None,
    })
}
