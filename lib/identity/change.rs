//! One change of a guest's files, as the rooms of an identity decide on it.

use std::fmt;

use super::files::Files;
pub use crate::edit::Owner;
use crate::path::GuestPath;

/// One change of a guest's files. Paths are spelled as the guest does; the caller resolves them.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// A file's whole new content. A file that is there keeps its owner, mode and label.
    Write {
        /// The file.
        path: GuestPath,
        /// Its content afterwards.
        content: Vec<u8>,
        /// Owner and mode, should it be made. Its folder is made as well, with mode 0755.
        new: Owner,
        /// True for a private key or another secret: it is never shown.
        is_secret: bool,
    },
    /// A file that goes: it is moved into osgraft's folder, and `revert` moves it back.
    Aside {
        /// The file, or the symbolic link itself.
        path: GuestPath,
    },
    /// A symbolic link that is made where nothing is.
    Symlink {
        /// The link.
        path: GuestPath,
        /// Its target.
        target: Vec<u8>,
    },
}

impl Change {
    /// A text file, made as root's with mode 0644.
    pub fn text(path: &str, content: impl Into<Vec<u8>>) -> Self {
        Self::file(path, content, Owner::root(0o644))
    }

    /// A file, made with this owner.
    ///
    /// # Panics
    /// If `path` is no absolute path: it is a literal.
    pub fn file(path: &str, content: impl Into<Vec<u8>>, new: Owner) -> Self {
        Self::Write {
            path: path.parse().expect("a literal guest path"),
            content: content.into(),
            new,
            is_secret: false,
        }
    }

    /// New content for a file that is there.
    pub fn rewrite(path: &GuestPath, content: impl Into<Vec<u8>>) -> Self {
        Self::Write {
            path: path.clone(),
            content: content.into(),
            new: Owner::root(0o644),
            is_secret: false,
        }
    }

    /// The place that it is about.
    pub fn path(&self) -> &GuestPath {
        match self {
            Self::Write { path, .. } | Self::Aside { path } | Self::Symlink { path, .. } => path,
        }
    }

    /// Does it to a copy of the guest's files, as the edit will do it to the guest.
    pub fn apply(&self, files: &mut Files) {
        match self {
            Self::Write {
                path, content, new, ..
            } => files.write(path, content, *new),
            Self::Aside { path } => files.remove(path),
            Self::Symlink { path, target } => files.link(path, target),
        }
    }
}

/// A secret is told by its size alone.
impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Write {
                path,
                content,
                is_secret: true,
                ..
            } => write!(f, "Write {path}: a secret of {} bytes", content.len()),
            Self::Write { path, content, .. } => {
                write!(f, "Write {path}: {}", crate::path::escape(content))
            }
            Self::Aside { path } => write!(f, "Aside {path}"),
            Self::Symlink { path, target } => {
                write!(f, "Symlink {path} -> {}", crate::path::escape(target))
            }
        }
    }
}
