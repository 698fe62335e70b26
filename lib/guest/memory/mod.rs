//! A guest in memory: for tests, examples and dry runs without a disk.

mod build;
mod failing;
mod fault;
mod snapshot;
mod tree;

pub use fault::{Call, Fault, Op};
pub use snapshot::{Content, Diff, Entry, Snapshot};

use std::ops::{Bound, Range};

use super::{
    Attributes, DirEntry, FileKind, Guest, GuestError, MAX_READ, Metadata, Page, Pager, Ranges,
    Time, TreeEntry,
};
use super::{NO_LABEL, is_label};
use crate::path::GuestPath;
use fault::Calls;
use tree::LABEL;
use tree::{Node, Tree};

/// Longest link target that is taken, in bytes.
const TARGET_MAX: usize = crate::path::PATH_MAX;

/// A [`Guest`] in memory, with every kind of inode, hard links, owners, extended attributes,
/// several file systems, bounded space, and faults on demand.
///
/// It starts as an empty root directory, and is filled by makers that can be chained. They panic
/// where a tree cannot be made as asked, since that is a mistake in the text of a test.
///
/// Beyond what [`Guest`] asks, it refuses as [`GuestError::Unsupported`] what a kernel refuses:
/// changing an immutable inode or the entries of an immutable directory, renaming a directory to
/// below itself, and renaming or removing the root of a file system. A call that fails changes
/// nothing.
///
/// ```
/// use osgraft::guest::{Attributes, Guest, MemoryGuest};
///
/// let mut guest = MemoryGuest::new()
///     .file("/etc/fstab", b"LABEL=root / ext4 defaults 0 1\n")
///     .owner("/etc/fstab", 0, 4)
///     .dir("/usr/lib/modules/6.1.0-37-amd64")
///     .link("/lib", "usr/lib");
/// let before = guest.snapshot();
///
/// let fstab = "/etc/fstab".parse()?;
/// guest.write(&fstab, b"", Attributes::root(0o644))?;
/// assert_eq!(guest.lstat(&fstab)?.gid, 4);
/// assert_eq!(
///     before.diff(&guest.snapshot()).to_string(),
///     "~ /etc/fstab: content “LABEL=root / ext4 defaults 0 1\\x0a” is now “”\n"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct MemoryGuest {
    tree: Tree,
    calls: Calls,
}

impl Default for MemoryGuest {
    fn default() -> Self {
        Self::new()
    }
}

impl Guest for MemoryGuest {
    fn lstat(&mut self, path: &GuestPath) -> Result<Metadata, GuestError> {
        self.calls.enter(Op::Lstat, path)?;
        Ok(self.tree.metadata(self.tree.find(path)?))
    }

    fn read(&mut self, path: &GuestPath, limit: u64) -> Result<Vec<u8>, GuestError> {
        self.calls.enter(Op::Read, path)?;
        match &self.tree.inode(self.tree.find(path)?).node {
            Node::File { size, .. } if *size > limit => Err(GuestError::TooLarge {
                path: path.clone(),
                size: *size,
                limit,
            }),
            Node::File { bytes, size } => {
                let mut content = bytes.clone();
                let size = usize::try_from(*size).map_err(|_| GuestError::TooLarge {
                    path: path.clone(),
                    size: *size,
                    limit: usize::MAX as u64,
                })?;
                content.resize(size, 0);
                Ok(content)
            }
            node => Err(wrong_kind(path, node, FileKind::File)),
        }
    }

    fn read_start(&mut self, path: &GuestPath, len: usize) -> Result<Vec<u8>, GuestError> {
        self.calls.enter(Op::ReadStart, path)?;
        match &self.tree.inode(self.tree.find(path)?).node {
            Node::File { bytes, size } => {
                let len = usize::try_from(*size).map_or(len, |size| size.min(len));
                let mut start = bytes[..bytes.len().min(len)].to_vec();
                start.resize(len, 0);
                Ok(start)
            }
            node => Err(wrong_kind(path, node, FileKind::File)),
        }
    }

    fn read_link(&mut self, path: &GuestPath) -> Result<Vec<u8>, GuestError> {
        self.calls.enter(Op::ReadLink, path)?;
        match &self.tree.inode(self.tree.find(path)?).node {
            Node::Symlink(target) => Ok(target.clone()),
            node => Err(wrong_kind(path, node, FileKind::Symlink)),
        }
    }

    fn read_dir(&mut self, path: &GuestPath) -> Result<Vec<DirEntry>, GuestError> {
        self.calls.enter(Op::ReadDir, path)?;
        match &self.tree.inode(self.tree.find(path)?).node {
            Node::Directory(entries) => {
                let entry = |name: &Vec<u8>| DirEntry { name: name.clone() };
                Ok(entries.keys().map(entry).collect())
            }
            node => Err(wrong_kind(path, node, FileKind::Directory)),
        }
    }

    fn entries(&mut self, path: &GuestPath, after: Option<&[u8]>) -> Result<Page, GuestError> {
        self.calls.enter(Op::Entries, path)?;
        let directory = self.tree.inode(self.tree.find(path)?);
        let Node::Directory(entries) = &directory.node else {
            return Err(wrong_kind(path, &directory.node, FileKind::Directory));
        };
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let mut pager = Pager::default();
        for (name, ino) in entries.range::<[u8], _>((from, Bound::Unbounded)) {
            if pager.is_full() {
                return Ok(pager.page(false));
            }
            let inode = self.tree.inode(*ino);
            let target = match &inode.node {
                Node::Symlink(target) => Some(target.clone()),
                _ => None,
            };
            let xattrs = inode.xattrs.iter();
            pager.push(TreeEntry {
                name: name.clone(),
                metadata: self.tree.metadata(*ino),
                inode: *ino,
                modified: inode.modified,
                allocated: inode.node.cost(),
                target,
                xattrs: xattrs
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect(),
            });
        }
        Ok(pager.page(true))
    }

    fn read_at(
        &mut self,
        path: &GuestPath,
        offset: u64,
        len: usize,
    ) -> Result<Vec<u8>, GuestError> {
        self.calls.enter(Op::ReadAt, path)?;
        match &self.tree.inode(self.tree.find(path)?).node {
            Node::File { bytes, size } => {
                let end = size
                    .min(&offset.saturating_add(len.min(MAX_READ) as u64))
                    .to_owned();
                let len = end.saturating_sub(offset) as usize;
                let start = usize::try_from(offset).map_or(bytes.len(), |at| at.min(bytes.len()));
                let mut part = bytes[start..bytes.len().min(start.saturating_add(len))].to_vec();
                part.resize(len, 0);
                Ok(part)
            }
            node => Err(wrong_kind(path, node, FileKind::File)),
        }
    }

    fn data(&mut self, path: &GuestPath) -> Result<Vec<Range<u64>>, GuestError> {
        self.calls.enter(Op::Data, path)?;
        match &self.tree.inode(self.tree.find(path)?).node {
            Node::File { bytes, size } => {
                let mut ranges = Ranges::default();
                if !bytes.is_empty() {
                    ranges.push(0..bytes.len() as u64);
                }
                Ok(ranges.within(*size))
            }
            node => Err(wrong_kind(path, node, FileKind::File)),
        }
    }

    fn write(
        &mut self,
        path: &GuestPath,
        content: &[u8],
        new: Attributes,
    ) -> Result<(), GuestError> {
        self.calls.enter(Op::Write, path)?;
        match self.tree.find(path) {
            Ok(ino) => match &self.tree.inode(ino).node {
                Node::File { .. } => self.tree.fill(path, ino, content),
                node => Err(wrong_kind(path, node, FileKind::File)),
            },
            Err(GuestError::NotFound(_)) => self.tree.insert(path, Node::file(content), new),
            Err(error) => Err(error),
        }
    }

    fn mkdir(&mut self, path: &GuestPath, new: Attributes) -> Result<(), GuestError> {
        self.calls.enter(Op::Mkdir, path)?;
        self.tree
            .insert(path, Node::Directory(Default::default()), new)
    }

    fn symlink(&mut self, path: &GuestPath, target: &[u8]) -> Result<(), GuestError> {
        self.calls.enter(Op::Symlink, path)?;
        if target.len() > TARGET_MAX {
            return Err(GuestError::TooLong(path.clone()));
        }
        if target.is_empty() || target.contains(&0) {
            return Err(GuestError::Unsupported {
                path: path.clone(),
                what: "a link with an empty target or a NUL byte in it",
            });
        }
        let link = Node::Symlink(target.to_vec());
        self.tree.insert(path, link, Attributes::root(0o777))
    }

    fn rename(&mut self, from: &GuestPath, to: &GuestPath) -> Result<(), GuestError> {
        self.calls.enter(Op::Rename, from)?;
        self.tree.rename(from, to)
    }

    fn remove(&mut self, path: &GuestPath) -> Result<(), GuestError> {
        self.calls.enter(Op::Remove, path)?;
        self.tree.remove(path)
    }

    fn modified(&mut self, path: &GuestPath) -> Result<Time, GuestError> {
        self.calls.enter(Op::Modified, path)?;
        Ok(self.tree.inode(self.tree.find(path)?).modified)
    }

    fn set_modified(&mut self, path: &GuestPath, time: Time) -> Result<(), GuestError> {
        self.calls.enter(Op::SetModified, path)?;
        let ino = self.tree.find(path)?;
        let inode = self.tree.inode_mut(ino);
        match &inode.node {
            Node::File { .. } | Node::Directory(_) => {
                inode.modified = time;
                Ok(())
            }
            node => Err(wrong_kind(path, node, FileKind::File)),
        }
    }

    fn label(&mut self, path: &GuestPath) -> Result<Option<Vec<u8>>, GuestError> {
        self.calls.enter(Op::Label, path)?;
        let inode = self.tree.inode(self.tree.find(path)?);
        Ok(inode.xattrs.get(LABEL).cloned())
    }

    fn set_label(&mut self, path: &GuestPath, label: &[u8]) -> Result<(), GuestError> {
        self.calls.enter(Op::SetLabel, path)?;
        let ino = self.tree.find(path)?;
        self.tree.check_mutable(ino, path)?;
        if !is_label(label) {
            return Err(GuestError::Unsupported {
                path: path.clone(),
                what: NO_LABEL,
            });
        }
        let xattrs = &mut self.tree.inode_mut(ino).xattrs;
        xattrs.insert(LABEL.to_vec(), label.to_vec());
        Ok(())
    }
}

fn wrong_kind(path: &GuestPath, node: &Node, wanted: FileKind) -> GuestError {
    GuestError::WrongKind {
        path: path.clone(),
        found: node.kind(),
        wanted,
    }
}
