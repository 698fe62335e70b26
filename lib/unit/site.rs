//! Places of a unit, as the caller found them in the guest.

use std::collections::BTreeMap;

use super::{Places, Unit};
use crate::path::{GuestPath, PathError};

/// Thing that lies at a path itself, no link followed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Found {
    /// Nothing.
    #[default]
    Missing,
    /// A regular file with one name.
    File {
        /// Its first bytes, more than any unit of osgraft's has.
        content: Vec<u8>,
    },
    /// A symbolic link.
    Symlink {
        /// Its target, byte for byte.
        target: Vec<u8>,
    },
    /// A directory.
    Directory {
        /// Names in it.
        names: Vec<Vec<u8>>,
        /// True for mode 0755 and root as the owner, as osgraft makes directories.
        as_made: bool,
    },
    /// Something else.
    Other {
        /// Name of its kind.
        kind: &'static str,
    },
}

/// One guest as far as a unit is concerned.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Site {
    /// The folder of units, links resolved.
    pub folder: GuestPath,
    /// Directories to be made for it, outermost first.
    pub missing: Vec<GuestPath>,
    /// Obstacle where the folder is to be: its path and its kind.
    pub blocked: Option<(GuestPath, &'static str)>,
    /// The first of folder, file and wants that is immutable.
    pub immutable: Option<GuestPath>,
    /// Found at the unit's file.
    pub file: Found,
    /// Found at the directory of what the mount unit pulls in.
    pub wants: Found,
    /// Found at the link in it.
    pub link: Found,
    /// Names in the directories above, as far as a record tells that they were made.
    pub names: BTreeMap<GuestPath, Vec<Vec<u8>>>,
}

impl Site {
    /// A guest whose folder of units is there, with nothing of a unit in it.
    pub fn empty(folder: GuestPath) -> Self {
        Self {
            folder,
            missing: Vec::new(),
            blocked: None,
            immutable: None,
            file: Found::Missing,
            wants: Found::Missing,
            link: Found::Missing,
            names: BTreeMap::new(),
        }
    }

    pub(super) fn places(&self, unit: &Unit) -> Result<Places, PathError> {
        unit.places(&self.folder)
    }

    /// True where the link in the `.wants` directory leads to the unit.
    pub(super) fn is_linked(&self, unit: &Unit) -> bool {
        let Found::Symlink { target } = &self.link else {
            return false;
        };
        let name = unit.name();
        let beside = format!("../{name}");
        let is = |path: Result<GuestPath, PathError>| path.is_ok_and(|p| p.as_bytes() == target);
        *target == beside.as_bytes() || is(unit.target()) || is(self.folder.join(&name))
    }
}

impl Found {
    pub(super) fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }

    /// True for what systemd takes for a masked unit: a link to `/dev/null`, or an empty file.
    pub(super) fn is_mask(&self) -> bool {
        match self {
            Self::Symlink { target } => target == b"/dev/null",
            Self::File { content } => content.is_empty(),
            _ => false,
        }
    }

    /// Name of its kind in an error.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Missing => "missing path",
            Self::File { .. } => "regular file",
            Self::Symlink { .. } => "symbolic link",
            Self::Directory { .. } => "directory",
            Self::Other { kind } => kind,
        }
    }
}
