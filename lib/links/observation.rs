//! Observations of the caller in the guest.

use std::collections::BTreeMap;

use crate::path::GuestPath;

/// A path whose state is needed.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Look {
    /// Path to look at. Taken literally: a link there is found as a link.
    pub path: GuestPath,
    /// True if the names in a directory are needed; else none have to be listed.
    pub names: bool,
}

/// File type at a path itself, no link followed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Found {
    /// Nothing, or something on the way is missing or no directory.
    #[default]
    Missing,
    /// A directory.
    Directory {
        /// Number of the guest's file system that it is on: equal numbers, one file system.
        filesystem: u64,
        /// Its entries' names, where [`Look::names`] asks for them.
        names: Vec<Vec<u8>>,
    },
    /// A symbolic link.
    Symlink {
        /// Its target, byte for byte.
        target: Vec<u8>,
    },
    /// A regular file.
    File,
    /// A device, a FIFO, a socket.
    Special,
}

impl Found {
    /// Name of it in errors.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Missing => "missing path",
            Self::Directory { .. } => "directory",
            Self::Symlink { .. } => "symbolic link",
            Self::File => "regular file",
            Self::Special => "device, FIFO or socket",
        }
    }

    pub(super) fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }

    pub(super) fn is_directory(&self) -> bool {
        matches!(self, Self::Directory { .. })
    }

    pub(super) fn is_link_to(&self, wanted: &GuestPath) -> bool {
        matches!(self, Self::Symlink { target } if target == wanted.as_bytes())
    }

    pub(super) fn names(&self) -> &[Vec<u8>] {
        match self {
            Self::Directory { names, .. } => names,
            _ => &[],
        }
    }

    fn filesystem(&self) -> Option<u64> {
        match self {
            Self::Directory { filesystem, .. } => Some(*filesystem),
            _ => None,
        }
    }
}

/// Findings at every [`Look`]. A path that is not in it counts as missing.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Observation {
    found: BTreeMap<GuestPath, Found>,
}

impl Observation {
    /// Adds what lies at a path.
    pub fn insert(&mut self, path: GuestPath, found: Found) {
        self.found.insert(path, found);
    }

    /// Finding at a path.
    pub fn at(&self, path: &GuestPath) -> &Found {
        self.found.get(path).unwrap_or(&Found::Missing)
    }

    /// The directories above a path that do not exist, the uppermost first.
    pub(super) fn missing_above(&self, path: &GuestPath) -> Vec<GuestPath> {
        let mut missing: Vec<GuestPath> = above(path)
            .take_while(|path| !path.is_root() && self.at(path).is_missing())
            .collect();
        missing.reverse();
        missing
    }

    /// The nearest thing above a path, when it is no directory.
    pub(super) fn blocked(&self, path: &GuestPath) -> Option<GuestPath> {
        above(path)
            .find(|path| !self.at(path).is_missing())
            .filter(|path| !self.at(path).is_directory())
    }

    /// The file system that a name made at `path` would lie on.
    pub(super) fn filesystem_above(&self, path: &GuestPath) -> Option<u64> {
        above(path).find_map(|path| self.at(&path).filesystem())
    }

    /// True if something there is the root of a file system of its own.
    pub(super) fn is_mount_point(&self, path: &GuestPath) -> bool {
        let own = self.at(path).filesystem();
        own.is_some() && own != self.filesystem_above(path)
    }
}

impl FromIterator<(GuestPath, Found)> for Observation {
    fn from_iter<I: IntoIterator<Item = (GuestPath, Found)>>(found: I) -> Self {
        Self {
            found: found.into_iter().collect(),
        }
    }
}

/// The directories above a path, the nearest first, the root last.
pub(super) fn above(path: &GuestPath) -> impl Iterator<Item = GuestPath> + use<> {
    std::iter::successors(path.parent(), GuestPath::parent)
}

/// Looks without repeats; names are listed where any of them asks for it.
#[derive(Default)]
pub(super) struct Looks(BTreeMap<GuestPath, bool>);

impl Looks {
    pub(super) fn add(&mut self, path: &GuestPath, names: bool) {
        *self.0.entry(path.clone()).or_default() |= names;
    }

    pub(super) fn add_with_parents(&mut self, path: &GuestPath, names: bool) {
        self.add(path, names);
        for parent in above(path) {
            self.add(&parent, false);
        }
    }

    pub(super) fn into_vec(self) -> Vec<Look> {
        let looks = self.0.into_iter();
        looks.map(|(path, names)| Look { path, names }).collect()
    }
}
