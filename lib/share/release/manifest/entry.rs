//! One file of a release.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::super::content::{ContentSum, LARGE};
use super::super::raw::{Digest, Raw};
use super::super::{BOOT, TREE};
use crate::guest::Time;
use crate::path::{NAME_MAX, PATH_MAX};

/// Kinds of files in a release.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
}

impl Kind {
    /// Its name in a sentence.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "regular file",
            Self::Directory => "directory",
            Self::Symlink => "symbolic link",
        }
    }
}

/// One file, directory or link of a release.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// Its path below the release's folder, as in `tree/lib/modules`.
    pub path: Raw,
    /// Its kind.
    pub kind: Kind,
    /// Permission bits with set-uid, set-gid and sticky, written in octal.
    #[serde(serialize_with = "octal", deserialize_with = "of_octal")]
    pub mode: u32,
    /// Owning user.
    pub uid: u32,
    /// Owning group.
    pub gid: u32,
    /// Time of its last change: seconds since 1970, and nanoseconds.
    #[serde(serialize_with = "pair", deserialize_with = "of_pair")]
    pub mtime: Time,
    /// Bytes of a regular file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Digest of a regular file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Digest>,
    /// Digest of a regular file of more than 1 GiB, in place of `sha256`: that of its
    /// [blocks](ContentSum::Blocks).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256_blocks: Option<Digest>,
    /// Target of a link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Raw>,
    /// Number that all names of one file have; missing where it has one name alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<u64>,
    /// Extended attributes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub xattrs: BTreeMap<Raw, Raw>,
}

/// Reasons why an entry is none of a release.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// Its path could lead elsewhere.
    #[error("a path that is not one below tree/ or boot/")]
    Path,
    /// It does not come after the one before.
    #[error("a path out of order")]
    Order,
    /// Nothing before it is the directory that it lies in.
    #[error("a path without its directory")]
    NoDirectory,
    /// Mode or time out of range.
    #[error("a mode or a time out of range")]
    Range,
    /// Fields that do not go with its kind.
    #[error("fields that do not belong to its kind")]
    Fields,
}

impl FileEntry {
    /// Names of its path.
    pub fn names(&self) -> impl Iterator<Item = &[u8]> {
        names(&self.path.0)
    }

    /// Order of the list: that of a walk which takes each directory's names in byte order.
    pub fn order(&self, other: &Self) -> Ordering {
        self.names().cmp(other.names())
    }

    /// Digest of its content, of a regular file.
    pub fn sum(&self) -> Option<ContentSum> {
        let blocks = self.sha256_blocks.map(ContentSum::Blocks);
        blocks.or(self.sha256.map(ContentSum::Whole))
    }

    pub(crate) fn set_sum(&mut self, sum: ContentSum) {
        (self.sha256, self.sha256_blocks) = match sum {
            ContentSum::Whole(digest) => (Some(digest), None),
            ContentSum::Blocks(digest) => (None, Some(digest)),
        };
    }

    /// That it can be an entry.
    pub(super) fn check(&self) -> Result<(), Fault> {
        check_path(&self.path.0)?;
        if self.mode > 0o7777 || self.mtime.nanoseconds >= 1_000_000_000 {
            return Err(Fault::Range);
        }
        let is_target = |target: &Raw| !target.0.is_empty() && !target.0.contains(&0);
        let fits = match self.kind {
            Kind::File => {
                let is_large = self.size.is_some_and(|size| size > LARGE);
                self.size.is_some()
                    && self.sha256.is_some() != is_large
                    && self.sha256_blocks.is_some() == is_large
                    && self.target.is_none()
            }
            Kind::Directory => {
                self.size.is_none()
                    && self.sum().is_none()
                    && self.target.is_none()
                    && self.group.is_none()
            }
            Kind::Symlink => {
                self.size.is_none()
                    && self.sum().is_none()
                    && self.target.as_ref().is_some_and(is_target)
            }
        };
        match fits {
            true => Ok(()),
            false => Err(Fault::Fields),
        }
    }
}

/// Names of a path below a release's folder.
pub(crate) fn names(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.split(|byte| *byte == b'/')
}

fn check_path(path: &[u8]) -> Result<(), Fault> {
    let is_name = |name: &[u8]| {
        !matches!(name, b"" | b"." | b"..") && name.len() <= NAME_MAX && !name.contains(&0)
    };
    let first = names(path).next().unwrap_or_default();
    let is_ours = first == TREE.as_bytes() || first == BOOT.as_bytes();
    match is_ours && path.len() <= PATH_MAX && names(path).all(is_name) {
        true => Ok(()),
        false => Err(Fault::Path),
    }
}

/// Check of a list, entry by entry.
#[derive(Debug, Default)]
pub(super) struct Sequence {
    last: Option<Vec<u8>>,
    /// The directories that the last entry lies in, and itself where it is one.
    directories: Vec<Vec<u8>>,
}

impl Sequence {
    /// That an entry may follow those before it.
    pub(super) fn check(&mut self, entry: &FileEntry) -> Result<(), Fault> {
        entry.check()?;
        let path = &entry.path.0;
        if let Some(last) = &self.last
            && names(last).cmp(names(path)) != Ordering::Less
        {
            return Err(Fault::Order);
        }
        if let Some(end) = path.iter().rposition(|byte| *byte == b'/') {
            let above = &path[..end];
            while self.directories.last().is_some_and(|known| known != above) {
                self.directories.pop();
            }
            if self.directories.is_empty() {
                return Err(Fault::NoDirectory);
            }
        } else {
            self.directories.clear();
        }
        if entry.kind == Kind::Directory {
            self.directories.push(path.clone());
        }
        self.last = Some(path.clone());
        Ok(())
    }
}

fn octal<S: Serializer>(mode: &u32, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&format!("{mode:04o}"))
}

fn of_octal<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    let text = String::deserialize(from)?;
    let is_octal = text.len() == 4 && text.bytes().all(|c| matches!(c, b'0'..=b'7'));
    let mode = u32::from_str_radix(&text, 8).ok().filter(|_| is_octal);
    mode.ok_or_else(|| serde::de::Error::custom("a mode has four octal digits"))
}

fn pair<S: Serializer>(time: &Time, to: S) -> Result<S::Ok, S::Error> {
    (time.seconds, time.nanoseconds).serialize(to)
}

fn of_pair<'de, D: Deserializer<'de>>(from: D) -> Result<Time, D::Error> {
    let (seconds, nanoseconds) = Deserialize::deserialize(from)?;
    Ok(Time {
        seconds,
        nanoseconds,
    })
}
