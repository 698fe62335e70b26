//! The inodes of a guest in memory.

use std::collections::BTreeMap;

use super::super::{Attributes, FileKind, GuestError, Metadata, Time};
use crate::path::GuestPath;

pub(super) type Ino = u64;
pub(super) const ROOT: Ino = 2;
/// Number of the root directory's file system.
pub(super) const ROOT_FILESYSTEM: u64 = 1;
/// The label that new inodes take over from their directory.
pub(super) const LABEL: &[u8] = b"security.selinux";
const BLOCK: u64 = 4096;
/// Link targets shorter than this need no block (ext4's inode holds them).
const FAST_LINK: usize = 60;

#[derive(Clone, Debug)]
pub(super) enum Node {
    /// Bytes, and a hole behind them up to `size`.
    File {
        bytes: Vec<u8>,
        size: u64,
    },
    Directory(BTreeMap<Vec<u8>, Ino>),
    Symlink(Vec<u8>),
    Fifo,
    Socket,
    BlockDevice(u32, u32),
    CharDevice(u32, u32),
}

impl Node {
    pub(super) fn file(content: &[u8]) -> Self {
        Self::File {
            bytes: content.to_vec(),
            size: content.len() as u64,
        }
    }

    pub(super) fn kind(&self) -> FileKind {
        match self {
            Self::File { .. } => FileKind::File,
            Self::Directory(_) => FileKind::Directory,
            Self::Symlink(_) => FileKind::Symlink,
            Self::Fifo => FileKind::Fifo,
            Self::Socket => FileKind::Socket,
            Self::BlockDevice(..) => FileKind::BlockDevice,
            Self::CharDevice(..) => FileKind::CharDevice,
        }
    }

    /// Bytes of disk that this takes; a hole takes none.
    pub(super) fn cost(&self) -> u64 {
        match self {
            Self::File { bytes, .. } => (bytes.len() as u64).next_multiple_of(BLOCK),
            Self::Directory(_) => BLOCK,
            Self::Symlink(target) if target.len() >= FAST_LINK => BLOCK,
            _ => 0,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Inode {
    pub(super) node: Node,
    pub(super) attributes: Attributes,
    pub(super) xattrs: BTreeMap<Vec<u8>, Vec<u8>>,
    pub(super) immutable: bool,
    pub(super) filesystem: u64,
    /// True for a directory that another file system is mounted on.
    pub(super) mount_point: bool,
    /// Time of its last modification. Only `set_modified` changes it: there is no clock here.
    pub(super) modified: Time,
    /// Names, of anything but a directory.
    names: u64,
}

#[derive(Clone, Debug)]
pub(super) struct Tree {
    inodes: BTreeMap<Ino, Inode>,
    next: Ino,
    /// Bytes still free, by file system; none: no bound.
    pub(super) free: BTreeMap<u64, u64>,
}

impl Tree {
    pub(super) fn new() -> Self {
        let root = Inode {
            node: Node::Directory(BTreeMap::new()),
            attributes: Attributes::root(0o755),
            xattrs: BTreeMap::new(),
            immutable: false,
            filesystem: ROOT_FILESYSTEM,
            mount_point: true,
            modified: Time::default(),
            names: 1,
        };
        Self {
            inodes: BTreeMap::from([(ROOT, root)]),
            next: ROOT + 1,
            free: BTreeMap::new(),
        }
    }

    pub(super) fn inode(&self, ino: Ino) -> &Inode {
        self.inodes
            .get(&ino)
            .expect("every entry names a live inode")
    }

    pub(super) fn inode_mut(&mut self, ino: Ino) -> &mut Inode {
        self.inodes
            .get_mut(&ino)
            .expect("every entry names a live inode")
    }

    pub(super) fn find(&self, path: &GuestPath) -> Result<Ino, GuestError> {
        let mut at = ROOT;
        for name in path.components() {
            at = *self
                .entries(at, path)?
                .get(name)
                .ok_or_else(|| GuestError::NotFound(path.clone()))?;
        }
        Ok(at)
    }

    fn entries(&self, ino: Ino, path: &GuestPath) -> Result<&BTreeMap<Vec<u8>, Ino>, GuestError> {
        match &self.inode(ino).node {
            Node::Directory(entries) => Ok(entries),
            _ => Err(GuestError::NotADirectory(path.clone())),
        }
    }

    pub(super) fn metadata(&self, ino: Ino) -> Metadata {
        let inode = self.inode(ino);
        let (size, links) = match &inode.node {
            Node::File { size, .. } => (*size, inode.names),
            Node::Symlink(target) => (target.len() as u64, inode.names),
            Node::Directory(entries) => {
                let is_directory =
                    |ino: &&Ino| matches!(self.inode(**ino).node, Node::Directory(_));
                let directories = entries.values().filter(is_directory).count();
                (BLOCK, 2 + directories as u64)
            }
            _ => (0, inode.names),
        };
        Metadata {
            kind: inode.node.kind(),
            mode: inode.attributes.mode,
            uid: inode.attributes.uid,
            gid: inode.attributes.gid,
            size,
            links,
            filesystem: inode.filesystem,
            immutable: inode.immutable,
        }
    }

    /// Makes an inode with one name. It lies on its directory's file system and takes its label.
    pub(super) fn insert(
        &mut self,
        path: &GuestPath,
        node: Node,
        attributes: Attributes,
    ) -> Result<(), GuestError> {
        let directory = self.vacancy(path)?;
        let parent = self.inode(directory);
        let filesystem = parent.filesystem;
        let label = parent.xattrs.get_key_value(LABEL);
        let xattrs = label.map(|(name, value)| (name.clone(), value.clone()));
        self.charge(path, filesystem, 0, node.cost())?;
        let ino = self.next;
        self.next += 1;
        let inode = Inode {
            node,
            attributes,
            xattrs: xattrs.into_iter().collect(),
            immutable: false,
            filesystem,
            mount_point: false,
            modified: Time::default(),
            names: 0,
        };
        self.inodes.insert(ino, inode);
        self.name(directory, path, ino);
        Ok(())
    }

    /// Gives an inode one more name.
    pub(super) fn hard_link(&mut self, path: &GuestPath, ino: Ino) -> Result<(), GuestError> {
        let directory = self.vacancy(path)?;
        self.name(directory, path, ino);
        Ok(())
    }

    /// Replaces the content of the regular file `ino`.
    pub(super) fn fill(
        &mut self,
        path: &GuestPath,
        ino: Ino,
        content: &[u8],
    ) -> Result<(), GuestError> {
        self.check_mutable(ino, path)?;
        let inode = self.inode(ino);
        let node = Node::file(content);
        self.charge(path, inode.filesystem, inode.node.cost(), node.cost())?;
        self.inode_mut(ino).node = node;
        Ok(())
    }

    pub(super) fn rename(&mut self, from: &GuestPath, to: &GuestPath) -> Result<(), GuestError> {
        let ino = self.find(from)?;
        let directory = self.vacancy(to)?;
        self.check_removable(ino, from)?;
        if self.inode(ino).filesystem != self.inode(directory).filesystem {
            return Err(GuestError::CrossDevice {
                from: from.clone(),
                to: to.clone(),
            });
        }
        if to.starts_with(from) {
            return Err(GuestError::Unsupported {
                path: to.clone(),
                what: "a directory so that it lies below itself",
            });
        }
        self.unname(from)?;
        self.name(directory, to, ino);
        Ok(())
    }

    pub(super) fn remove(&mut self, path: &GuestPath) -> Result<(), GuestError> {
        let ino = self.find(path)?;
        if let Node::Directory(entries) = &self.inode(ino).node
            && !entries.is_empty()
        {
            return Err(GuestError::NotEmpty(path.clone()));
        }
        self.check_removable(ino, path)?;
        self.unname(path)?;
        if self.inode(ino).names == 0
            && let Some(inode) = self.inodes.remove(&ino)
        {
            self.charge(path, inode.filesystem, inode.node.cost(), 0)?;
        }
        Ok(())
    }

    /// The directory in which `path` is to be made.
    fn vacancy(&self, path: &GuestPath) -> Result<Ino, GuestError> {
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(GuestError::Exists(path.clone()));
        };
        let directory = self.find(&parent).map_err(|error| match error {
            GuestError::NotFound(_) => GuestError::NotFound(path.clone()),
            _ => GuestError::NotADirectory(path.clone()),
        })?;
        if self.entries(directory, path)?.contains_key(name) {
            return Err(GuestError::Exists(path.clone()));
        }
        self.check_mutable(directory, path)?;
        Ok(directory)
    }

    pub(super) fn check_mutable(&self, ino: Ino, path: &GuestPath) -> Result<(), GuestError> {
        if self.inode(ino).immutable {
            return Err(GuestError::Unsupported {
                path: path.clone(),
                what: "what is marked immutable or append-only",
            });
        }
        Ok(())
    }

    fn check_removable(&self, ino: Ino, path: &GuestPath) -> Result<(), GuestError> {
        if self.inode(ino).mount_point {
            return Err(GuestError::Unsupported {
                path: path.clone(),
                what: "the root of a file system",
            });
        }
        self.check_mutable(ino, path)?;
        if let Some(parent) = path.parent() {
            self.check_mutable(self.find(&parent)?, path)?;
        }
        Ok(())
    }

    /// Takes what `new` costs more than `old` from what is free, or gives back what it costs less.
    fn charge(
        &mut self,
        path: &GuestPath,
        filesystem: u64,
        old: u64,
        new: u64,
    ) -> Result<(), GuestError> {
        if let Some(free) = self.free.get_mut(&filesystem) {
            *free = free
                .saturating_add(old)
                .checked_sub(new)
                .ok_or_else(|| GuestError::NoSpace(path.clone()))?;
        }
        Ok(())
    }

    fn name(&mut self, directory: Ino, path: &GuestPath, ino: Ino) {
        if let (Node::Directory(entries), Some(name)) =
            (&mut self.inode_mut(directory).node, path.file_name())
        {
            entries.insert(name.to_vec(), ino);
            self.inode_mut(ino).names += 1;
        }
    }

    fn unname(&mut self, path: &GuestPath) -> Result<(), GuestError> {
        let directory = self.find(&path.parent().unwrap_or_else(GuestPath::root))?;
        if let (Node::Directory(entries), Some(name)) =
            (&mut self.inode_mut(directory).node, path.file_name())
            && let Some(ino) = entries.remove(name)
        {
            self.inode_mut(ino).names -= 1;
        }
        Ok(())
    }
}
