//! A whole tree as a value that can be compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::MemoryGuest;
use super::tree::{Ino, Node, ROOT};
use crate::path::{GuestPath, escape};

/// Bytes of a content that a difference shows from where it begins.
const SHOWN: usize = 48;

/// Content of an inode.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Content {
    /// A regular file: bytes, and a hole behind them up to `size`.
    File {
        /// Its bytes.
        bytes: Vec<u8>,
        /// Its length.
        size: u64,
    },
    /// A directory.
    Directory,
    /// A link's target.
    Symlink(Vec<u8>),
    /// A FIFO.
    Fifo,
    /// A socket.
    Socket,
    /// A block device node: major and minor number.
    BlockDevice(u32, u32),
    /// A character device node: major and minor number.
    CharDevice(u32, u32),
}

/// One path of a [`Snapshot`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// Its kind and content.
    pub content: Content,
    /// Permission bits.
    pub mode: u32,
    /// Owning user.
    pub uid: u32,
    /// Owning group.
    pub gid: u32,
    /// Extended attributes by name.
    pub xattrs: BTreeMap<Vec<u8>, Vec<u8>>,
    /// True where it is marked immutable.
    pub immutable: bool,
    /// Its file system.
    pub filesystem: u64,
    /// All names of this inode, its own included.
    pub names: BTreeSet<GuestPath>,
}

/// A whole tree at one moment: every path, and all there is to tell of it but times.
///
/// Inode numbers are left out: a file that was moved away and back is as it was.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Snapshot {
    entries: BTreeMap<GuestPath, Entry>,
}

impl MemoryGuest {
    /// The whole tree as it is now. This is no [call](Self::calls).
    pub fn snapshot(&self) -> Snapshot {
        let mut paths = BTreeMap::new();
        self.collect(ROOT, GuestPath::root(), &mut paths);
        let mut names = BTreeMap::<Ino, BTreeSet<GuestPath>>::new();
        for (path, ino) in &paths {
            names.entry(*ino).or_default().insert(path.clone());
        }
        let entry = |ino: Ino| {
            let inode = self.tree.inode(ino);
            Entry {
                content: content(&inode.node),
                mode: inode.attributes.mode,
                uid: inode.attributes.uid,
                gid: inode.attributes.gid,
                xattrs: inode.xattrs.clone(),
                immutable: inode.immutable,
                filesystem: inode.filesystem,
                names: names[&ino].clone(),
            }
        };
        Snapshot {
            entries: paths
                .into_iter()
                .map(|(path, ino)| (path, entry(ino)))
                .collect(),
        }
    }

    fn collect(&self, ino: Ino, path: GuestPath, paths: &mut BTreeMap<GuestPath, Ino>) {
        if let Node::Directory(entries) = &self.tree.inode(ino).node {
            for (name, child) in entries {
                // A rename can push what lies below it past PATH_MAX; no call reaches it there.
                if let Ok(path) = path.join(name) {
                    self.collect(*child, path, paths);
                }
            }
        }
        paths.insert(path, ino);
    }
}

fn content(node: &Node) -> Content {
    match node {
        Node::File { bytes, size } => Content::File {
            bytes: bytes.clone(),
            size: *size,
        },
        Node::Directory(_) => Content::Directory,
        Node::Symlink(target) => Content::Symlink(target.clone()),
        Node::Fifo => Content::Fifo,
        Node::Socket => Content::Socket,
        Node::BlockDevice(major, minor) => Content::BlockDevice(*major, *minor),
        Node::CharDevice(major, minor) => Content::CharDevice(*major, *minor),
    }
}

impl Snapshot {
    /// The node at `path`.
    pub fn get(&self, path: &GuestPath) -> Option<&Entry> {
        self.entries.get(path)
    }

    /// Every path, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&GuestPath, &Entry)> {
        self.entries.iter()
    }

    /// The same without `path` and all that lies below it.
    #[must_use]
    pub fn without(mut self, path: &GuestPath) -> Self {
        self.entries.retain(|at, _| !at.starts_with(path));
        self
    }

    /// Differences between this earlier state and a `later` one: empty when they are equal, else
    /// one line for each difference, the ones of a lower path later.
    pub fn diff(&self, later: &Self) -> Diff {
        let mut lines = Vec::new();
        let paths: BTreeSet<_> = self.entries.keys().chain(later.entries.keys()).collect();
        for path in paths {
            match (self.get(path), later.get(path)) {
                (Some(old), Some(new)) => old.differences(new, |what| {
                    lines.push(format!("~ {path}: {what}"));
                }),
                (Some(old), None) => lines.push(format!("- {path} ({})", old.content)),
                (None, Some(new)) => lines.push(format!("+ {path} ({})", new.content)),
                (None, None) => {}
            }
        }
        Diff { lines }
    }
}

/// Differences of two snapshots; the text has one line for each.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Diff {
    lines: Vec<String>,
}

impl Diff {
    /// True where the two are equal.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The differences, one text for each.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }
}

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl Entry {
    fn differences(&self, later: &Self, mut tell: impl FnMut(String)) {
        let mut changed = |what: &str, old: String, new: String| {
            if old != new {
                tell(format!("{what} {old} is now {new}"));
            }
        };
        if self.content != later.content {
            let (old, new) = self.content.shown_beside(&later.content);
            changed("content", old, new);
        }
        let octal = |entry: &Self| format!("{:04o}", entry.mode);
        changed("mode", octal(self), octal(later));
        let owner = |entry: &Self| format!("{}:{}", entry.uid, entry.gid);
        changed("owner", owner(self), owner(later));
        let flag = |entry: &Self| entry.immutable.to_string();
        changed("immutable", flag(self), flag(later));
        let filesystem = |entry: &Self| entry.filesystem.to_string();
        changed("file system", filesystem(self), filesystem(later));
        let names = |entry: &Self| format!("{:?}", entry.names);
        changed("names", names(self), names(later));
        let xattrs: BTreeSet<_> = self.xattrs.keys().chain(later.xattrs.keys()).collect();
        for name in xattrs {
            let value = |entry: &Self| match entry.xattrs.get(name) {
                Some(value) => format!("“{}”", escape(value)),
                None => "nothing".to_owned(),
            };
            changed(
                &format!("xattr {}", escape(name)),
                value(self),
                value(later),
            );
        }
    }
}

impl Content {
    /// Both as texts; of two files, the part where they begin to differ.
    fn shown_beside(&self, other: &Self) -> (String, String) {
        let (Self::File { bytes: a, size }, Self::File { bytes: b, size: to }) = (self, other)
        else {
            return (self.to_string(), other.to_string());
        };
        let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
        let part = |bytes: &[u8], size: u64| {
            let shown = &bytes[start..bytes.len().min(start + SHOWN)];
            let before = if start > 0 { "…" } else { "" };
            let after = match start + shown.len() {
                end if (end as u64) < size => "…",
                _ => "",
            };
            format!("“{before}{}{after}”", escape(shown))
        };
        let (old, new) = (part(a, *size), part(b, *to));
        if old == new {
            return (format!("{size} bytes"), format!("{to} bytes"));
        }
        (old, new)
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { size, .. } => write!(f, "file of {size} bytes"),
            Self::Directory => f.write_str("directory"),
            Self::Symlink(target) => write!(f, "link to “{}”", escape(target)),
            Self::Fifo => f.write_str("FIFO"),
            Self::Socket => f.write_str("socket"),
            Self::BlockDevice(major, minor) => write!(f, "block device {major}:{minor}"),
            Self::CharDevice(major, minor) => write!(f, "character device {major}:{minor}"),
        }
    }
}
