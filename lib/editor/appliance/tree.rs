//! The guest's tree as the appliance shows it, path by path.
//!
//! libguestfs follows links inside the guest's root; the seam follows none. So every component of
//! a path is looked at before anything is done with it. Nobody else changes the tree meanwhile, so
//! what was seen is remembered until a change of our own.

use std::collections::HashMap;
use std::io;

use super::error::{ApplianceError, Failure};
use super::owner::Owner;
use crate::guest::{Attributes, DirEntry, FileKind, Guest, GuestError, Metadata};
use crate::path::{GuestPath, PATH_MAX};

/// Bytes in one message, well under the 4 MiB that libguestfs' protocol takes.
const MESSAGE: usize = 2 << 20;
const LABEL: &str = "security.selinux";

/// What is mounted in an appliance.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) owner: Owner,
    /// Whether anything was changed.
    pub(super) touched: bool,
    pub(super) writable: bool,
    /// The time of what is made, in seconds since 1970.
    time: i64,
    seen: HashMap<GuestPath, Metadata>,
    /// Flags by path; nothing here sets any.
    flags: HashMap<GuestPath, bool>,
    labels: HashMap<GuestPath, Option<Vec<u8>>>,
}

impl Tree {
    pub(super) fn new(owner: Owner, time: i64) -> Self {
        Self {
            owner,
            touched: false,
            writable: false,
            time,
            seen: HashMap::new(),
            flags: HashMap::new(),
            labels: HashMap::new(),
        }
    }

    /// Forgets everything, as after a mount.
    pub(super) fn forget(&mut self) {
        self.seen.clear();
        self.flags.clear();
        self.labels.clear();
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

    fn look_here(&mut self, at: &GuestPath, whole: &GuestPath) -> Result<Metadata, GuestError> {
        if let Some(metadata) = self.seen.get(at) {
            return Ok(metadata.clone());
        }
        let name = at.as_bytes().to_vec();
        let stat = self.call(whole, "lstat", move |g| g.lstatns(name))?;
        let metadata = Metadata {
            kind: kind(stat.st_mode).ok_or_else(|| GuestError::Damaged {
                path: whole.clone(),
                detail: format!("an inode of mode {:o}", stat.st_mode),
            })?,
            mode: (stat.st_mode & 0o7777) as u32,
            uid: stat.st_uid as u32,
            gid: stat.st_gid as u32,
            size: stat.st_size as u64,
            links: stat.st_nlink as u64,
            filesystem: stat.st_dev as u64,
            immutable: false,
        };
        self.seen.insert(at.clone(), metadata.clone());
        Ok(metadata)
    }

    /// Whether the immutable or append-only flag is set (chattr(1)); no where a file system has
    /// none.
    fn is_fixed(&mut self, path: &GuestPath, kind: FileKind) -> Result<bool, GuestError> {
        if !matches!(kind, FileKind::File | FileKind::Directory) {
            return Ok(false);
        }
        if let Some(fixed) = self.flags.get(path) {
            return Ok(*fixed);
        }
        let name = path.as_bytes().to_vec();
        let fixed = match self.owner.call("get_e2attrs", move |g| g.get_e2attrs(name)) {
            Ok(flags) => flags.iter().any(|flag| matches!(flag, b'i' | b'a')),
            Err(ApplianceError::Call(_)) => false,
            Err(error) => return Err(broken(path, error)),
        };
        self.flags.insert(path.clone(), fixed);
        Ok(fixed)
    }

    fn expect(&mut self, path: &GuestPath, wanted: FileKind) -> Result<Metadata, GuestError> {
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

    fn check_changeable(&mut self, path: &GuestPath) -> Result<(), GuestError> {
        if self.is_fixed(path, FileKind::File)? {
            return Err(GuestError::Unsupported {
                path: path.clone(),
                what: "what is marked immutable or append-only",
            });
        }
        Ok(())
    }

    /// Owner, then mode (a change of owner clears set-uid), label and time of something new.
    fn dress(&mut self, path: &GuestPath, new: Attributes) -> Result<(), GuestError> {
        let name = path.as_bytes().to_vec();
        self.change(path, "chown", move |g| {
            g.lchown(new.uid as i32, new.gid as i32, name.as_slice())?;
            g.chmod((new.mode & 0o7777) as i32, name)
        })?;
        self.flags.insert(path.clone(), false);
        self.label(path)?;
        self.date(path)
    }

    /// Gives something new its directory's label, without the NUL byte that may end it: the kernel
    /// takes both forms.
    fn label(&mut self, path: &GuestPath) -> Result<(), GuestError> {
        let parent = path.parent().unwrap_or_else(GuestPath::root);
        let label = match self.labels.get(&parent) {
            Some(label) => label.clone(),
            None => {
                let label = self.attribute(&parent, LABEL)?.map(without_nul);
                self.labels.insert(parent, label.clone());
                label
            }
        };
        match label {
            Some(label) => self.set_attribute(path, LABEL, label),
            None => Ok(()),
        }
    }

    fn date(&mut self, path: &GuestPath) -> Result<(), GuestError> {
        let (name, time) = (path.as_bytes().to_vec(), self.time);
        self.change(path, "utimens", move |g| g.utimens(name, time, 0, time, 0))
    }

    /// A file's capabilities as text (cap_from_text(3)), since no call sets an attribute with a
    /// NUL byte; none also where the file system has no attributes.
    fn capabilities(&mut self, path: &GuestPath) -> Result<Vec<u8>, GuestError> {
        let name = path.as_bytes().to_vec();
        match self
            .owner
            .call("cap_get_file", move |g| g.cap_get_file(name))
        {
            Err(ApplianceError::Call(failure)) if is_absent(&failure) => Ok(Vec::new()),
            capabilities => capabilities.map_err(|error| explain(path, error)),
        }
    }

    /// An extended attribute's value; none also where the file system has no attributes.
    fn attribute(
        &mut self,
        path: &GuestPath,
        attribute: &'static str,
    ) -> Result<Option<Vec<u8>>, GuestError> {
        let name = path.as_bytes().to_vec();
        match self
            .owner
            .call("lgetxattr", move |g| g.lgetxattr(name, attribute))
        {
            Ok(value) => Ok(Some(value)),
            Err(ApplianceError::Call(failure)) if is_absent(&failure) => Ok(None),
            Err(error) => Err(explain(path, error)),
        }
    }

    fn set_attribute(
        &mut self,
        path: &GuestPath,
        attribute: &'static str,
        value: Vec<u8>,
    ) -> Result<(), GuestError> {
        let name = path.as_bytes().to_vec();
        self.change(path, "lsetxattr", move |g| {
            g.lsetxattr(attribute, &value, name)
        })
    }

    fn call<T: Send + 'static>(
        &mut self,
        path: &GuestPath,
        name: &'static str,
        work: impl FnOnce(&guestfs::Handle<'static>) -> Result<T, guestfs::Error> + Send + 'static,
    ) -> Result<T, GuestError> {
        self.owner
            .call(name, work)
            .map_err(|error| explain(path, error))
    }

    fn change(
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
        self.invalidate(path);
        self.call(path, name, work)
    }

    fn invalidate(&mut self, path: &GuestPath) {
        self.seen.remove(path);
        self.flags.remove(path);
        self.labels.remove(path);
        if let Some(parent) = path.parent() {
            self.seen.remove(&parent);
        }
    }
}

impl Guest for Tree {
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
        let mut content = Vec::new();
        while (content.len() as u64) < size {
            let name = path.as_bytes().to_vec();
            let offset = content.len() as i64;
            let count = (size - content.len() as u64).min(MESSAGE as u64) as i32;
            let part = self.call(path, "pread", move |g| g.pread(name, count, offset))?;
            if part.is_empty() {
                return Err(GuestError::Damaged {
                    path: path.clone(),
                    detail: format!("it ends after {offset} of {size} bytes"),
                });
            }
            content.extend_from_slice(&part);
        }
        Ok(content)
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

    fn write(
        &mut self,
        path: &GuestPath,
        content: &[u8],
        new: Attributes,
    ) -> Result<(), GuestError> {
        match self.expect(path, FileKind::File) {
            Ok(metadata) => {
                self.check_changeable(path)?;
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
                    self.forget();
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
        self.label(path)
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
            self.forget();
        }
        self.invalidate(to);
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

fn without_nul(mut label: Vec<u8>) -> Vec<u8> {
    while label.last() == Some(&0) {
        label.pop();
    }
    label
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

fn is_absent(failure: &Failure) -> bool {
    matches!(failure.errno, libc::ENODATA | libc::EOPNOTSUPP)
        || failure.said.contains("No data available")
        || failure.said.contains("not supported")
}

/// A failed call on a path, by its errno.
fn explain(path: &GuestPath, error: ApplianceError) -> GuestError {
    let ApplianceError::Call(failure) = &error else {
        return broken(path, error);
    };
    let path = path.clone();
    match failure.errno {
        libc::ENOENT => GuestError::NotFound(path),
        libc::ENOTDIR | libc::ELOOP => GuestError::NotADirectory(path),
        libc::EEXIST => GuestError::Exists(path),
        libc::ENOTEMPTY => GuestError::NotEmpty(path),
        libc::ENOSPC | libc::EDQUOT => GuestError::NoSpace(path),
        libc::ENAMETOOLONG => GuestError::TooLong(path),
        libc::EXDEV => GuestError::CrossDevice {
            from: path.clone(),
            to: path,
        },
        libc::EPERM | libc::EACCES => GuestError::Unsupported {
            path,
            what: "what is marked immutable or append-only",
        },
        libc::EBUSY => GuestError::Unsupported {
            path,
            what: "a mount point",
        },
        libc::EROFS => GuestError::Unsupported {
            path,
            what: "a file system that is mounted read-only",
        },
        libc::EINVAL | libc::EILSEQ => GuestError::Unsupported {
            path,
            what: "a name that the guest's file system does not take",
        },
        libc::EIO | libc::EUCLEAN | libc::EBADMSG => GuestError::Damaged {
            path,
            detail: failure.said.clone(),
        },
        _ => broken(&path, error),
    }
}

/// The appliance itself failed, or ran out of time.
fn broken(path: &GuestPath, error: ApplianceError) -> GuestError {
    let kind = match error {
        ApplianceError::Deadline { .. } => io::ErrorKind::TimedOut,
        _ => io::ErrorKind::Other,
    };
    GuestError::Io {
        path: path.clone(),
        source: io::Error::new(kind, error),
    }
}
