//! Making a guest in memory.

use super::super::{Attributes, FileKind, GuestError};
use super::MemoryGuest;
use super::fault::Calls;
use super::tree::{Ino, Node, Tree};
use crate::path::GuestPath;

/// Makers. Paths are literal and in [`GuestPath`]'s text form; directories that are missing on the
/// way are made, 0755 and owned by root. All panic when the tree cannot be made as asked.
impl MemoryGuest {
    /// A guest that holds an empty root directory and nothing else.
    pub fn new() -> Self {
        Self {
            tree: Tree::new(),
            calls: Calls::default(),
        }
    }

    /// A regular file, 0644 and owned by root; where one is already, its new content.
    #[must_use]
    pub fn file(mut self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let at = parse(path);
        if let Ok(ino) = self.tree.find(&at)
            && self.tree.inode(ino).node.kind() == FileKind::File
        {
            made(path, self.tree.fill(&at, ino, content.as_ref()));
            return self;
        }
        self.put(path, Node::file(content.as_ref()), 0o644)
    }

    /// A regular file of `size` bytes that is one hole.
    #[must_use]
    pub fn hole(self, path: &str, size: u64) -> Self {
        let bytes = Vec::new();
        self.put(path, Node::File { bytes, size }, 0o644)
    }

    /// A directory, 0755 and owned by root; one that is there already stays as it is.
    #[must_use]
    pub fn dir(mut self, path: &str) -> Self {
        self.directories(&parse(path));
        self
    }

    /// A symbolic link. Its target may be anything, as on a disk that a hostile guest has made.
    #[must_use]
    pub fn link(self, path: &str, target: impl AsRef<[u8]>) -> Self {
        self.put(path, Node::Symlink(target.as_ref().to_vec()), 0o777)
    }

    /// A FIFO, 0644 and owned by root.
    #[must_use]
    pub fn fifo(self, path: &str) -> Self {
        self.put(path, Node::Fifo, 0o644)
    }

    /// A socket, 0755 and owned by root.
    #[must_use]
    pub fn socket(self, path: &str) -> Self {
        self.put(path, Node::Socket, 0o755)
    }

    /// A block device node, 0660 and owned by root.
    #[must_use]
    pub fn block_device(self, path: &str, major: u32, minor: u32) -> Self {
        self.put(path, Node::BlockDevice(major, minor), 0o660)
    }

    /// A character device node, 0660 and owned by root.
    #[must_use]
    pub fn char_device(self, path: &str, major: u32, minor: u32) -> Self {
        self.put(path, Node::CharDevice(major, minor), 0o660)
    }

    /// One more name, `path`, for what lies at `existing`.
    #[must_use]
    pub fn hard_link(mut self, path: &str, existing: &str) -> Self {
        let ino = self.at(existing);
        let kind = self.tree.inode(ino).node.kind();
        assert!(
            kind != FileKind::Directory,
            "{existing}: a directory has one name"
        );
        let at = parse(path);
        self.directories(&at.parent().unwrap_or_else(GuestPath::root));
        made(path, self.tree.hard_link(&at, ino));
        self
    }

    /// Sets permission bits (`0o7777`).
    #[must_use]
    pub fn mode(mut self, path: &str, mode: u32) -> Self {
        let ino = self.at(path);
        self.tree.inode_mut(ino).attributes.mode = mode;
        self
    }

    /// Sets the owner.
    #[must_use]
    pub fn owner(mut self, path: &str, uid: u32, gid: u32) -> Self {
        let ino = self.at(path);
        let attributes = &mut self.tree.inode_mut(ino).attributes;
        attributes.uid = uid;
        attributes.gid = gid;
        self
    }

    /// Sets an extended attribute, by its full name (`security.selinux`).
    #[must_use]
    pub fn xattr(mut self, path: &str, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        let ino = self.at(path);
        let (name, value) = (name.as_ref().to_vec(), value.as_ref().to_vec());
        self.tree.inode_mut(ino).xattrs.insert(name, value);
        self
    }

    /// Marks an inode immutable, as `chattr +i` does. Makers heed it too: set it last.
    #[must_use]
    pub fn immutable(mut self, path: &str) -> Self {
        let ino = self.at(path);
        self.tree.inode_mut(ino).immutable = true;
        self
    }

    /// Mounts an empty file system with this number on the directory `path`, which is made when
    /// it is missing. The root's file system is number 1.
    #[must_use]
    pub fn mount(mut self, path: &str, filesystem: u64) -> Self {
        let ino = self.directories(&parse(path));
        let inode = self.tree.inode_mut(ino);
        assert!(
            matches!(&inode.node, Node::Directory(entries) if entries.is_empty()),
            "{path}: mount before the files below are made"
        );
        inode.filesystem = filesystem;
        inode.mount_point = true;
        self
    }

    /// Leaves that file system this many free bytes; none was counted before. Files, directories
    /// and links of 60 bytes and more take blocks of 4096 bytes; holes and everything else are
    /// free.
    #[must_use]
    pub fn free(mut self, filesystem: u64, bytes: u64) -> Self {
        self.tree.free.insert(filesystem, bytes);
        self
    }

    fn put(mut self, path: &str, node: Node, mode: u32) -> Self {
        let at = parse(path);
        self.directories(&at.parent().unwrap_or_else(GuestPath::root));
        made(path, self.tree.insert(&at, node, Attributes::root(mode)));
        self
    }

    fn directories(&mut self, path: &GuestPath) -> Ino {
        let mut at = GuestPath::root();
        for name in path.components() {
            at = made(&path.to_string(), at.join(name));
            if let Err(GuestError::NotFound(_)) = self.tree.find(&at) {
                let directory = Node::Directory(Default::default());
                let new = Attributes::root(0o755);
                made(&at.to_string(), self.tree.insert(&at, directory, new));
            }
        }
        let ino = made(&path.to_string(), self.tree.find(path));
        let kind = self.tree.inode(ino).node.kind();
        assert!(
            kind == FileKind::Directory,
            "{path} is a {kind}, not a directory"
        );
        ino
    }

    fn at(&self, path: &str) -> Ino {
        made(path, self.tree.find(&parse(path)))
    }
}

pub(super) fn parse(path: &str) -> GuestPath {
    made(path, path.parse())
}

fn made<T, E: std::fmt::Display>(path: &str, result: Result<T, E>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("this guest cannot be made, at {path}: {error}"),
    }
}
