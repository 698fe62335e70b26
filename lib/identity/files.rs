//! The files of a guest that its identity stands in, as they were found.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::edit::{Edit, Owner, hex};
use crate::path::GuestPath;

/// A place that has to be looked at before an identity can be rendered.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub(crate) enum Look {
    /// Thing at this path, with a regular file's content; behind a link the file that it leads to.
    File(GuestPath),
    /// Thing at this path without its content: a program, a large file.
    Kind(GuestPath),
    /// The regular files right in this folder, with their content, and the links.
    Folder(GuestPath),
    /// The names right in this folder, as [`Look::Kind`] each.
    Names(GuestPath),
}

impl Look {
    /// [`Look::File`] of a literal.
    pub(crate) fn file(path: &str) -> Self {
        Self::File(literal(path))
    }

    /// [`Look::Kind`] of a literal.
    pub(crate) fn kind(path: &str) -> Self {
        Self::Kind(literal(path))
    }

    /// [`Look::Folder`] of a literal.
    pub(crate) fn folder(path: &str) -> Self {
        Self::Folder(literal(path))
    }

    /// [`Look::Names`] of a literal.
    pub(crate) fn names(path: &str) -> Self {
        Self::Names(literal(path))
    }
}

/// A regular file. Its content may be a key, so it is shown by its size alone.
#[derive(Clone, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OldFile {
    /// Its content; empty where only its kind was asked for.
    #[serde(with = "hex")]
    pub content: Vec<u8>,
    /// Its owner and permission bits.
    pub owner: Owner,
    /// True where it has other names (hard links).
    pub has_other_names: bool,
    /// True where the immutable or append-only flag is set.
    pub is_immutable: bool,
}

impl OldFile {
    /// root's file of mode 0644.
    pub fn of(content: impl Into<Vec<u8>>) -> Self {
        Self {
            content: content.into(),
            owner: Owner::root(0o644),
            has_other_names: false,
            is_immutable: false,
        }
    }
}

impl fmt::Debug for OldFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Owner { uid, gid, mode } = self.owner;
        write!(f, "{} bytes, {uid}:{gid} {mode:04o}", self.content.len())?;
        if self.has_other_names {
            f.write_str(", has other names")?;
        }
        if self.is_immutable {
            f.write_str(", immutable")?;
        }
        Ok(())
    }
}

/// A place that was looked at.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Found {
    /// A regular file.
    File(OldFile),
    /// A directory.
    Directory,
    /// A symbolic link.
    Link {
        /// Its target as it stands.
        #[serde(with = "hex")]
        target: Vec<u8>,
        /// The file that it leads to; `None` for a folder, for nothing, and for another kind.
        file: Option<OldFile>,
    },
    /// A device, FIFO or socket, or a file too large to be read.
    Other,
}

/// The files of a guest that its identity stands in, by path.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Files {
    pub(super) found: BTreeMap<GuestPath, Found>,
}

impl Files {
    /// Puts in what was found at a path.
    pub fn insert(&mut self, path: GuestPath, found: Found) {
        self.found.insert(path, found);
    }

    /// The place; `None` where nothing is.
    pub fn at(&self, path: &str) -> Option<&Found> {
        self.found.get(&path.parse().ok()?)
    }

    /// The place; `None` where nothing is.
    pub fn get(&self, path: &GuestPath) -> Option<&Found> {
        self.found.get(path)
    }

    /// True where something is, a dangling link too.
    pub fn exists(&self, path: &str) -> bool {
        self.at(path).is_some()
    }

    /// The regular file at a path, links followed.
    pub fn file(&self, path: &str) -> Option<&OldFile> {
        match self.at(path)? {
            Found::File(file) => Some(file),
            Found::Link { file, .. } => file.as_ref(),
            _ => None,
        }
    }

    /// The content of the regular file at a path, links followed.
    pub fn content(&self, path: &str) -> Option<&[u8]> {
        self.file(path).map(|file| file.content.as_slice())
    }

    /// Target of the symbolic link at a path.
    pub fn target(&self, path: &str) -> Option<&[u8]> {
        match self.at(path)? {
            Found::Link { target, .. } => Some(target),
            _ => None,
        }
    }

    /// What lies right in a folder, by path.
    pub fn in_folder(&self, folder: &str) -> impl Iterator<Item = (&GuestPath, &Found)> {
        let folder: Option<GuestPath> = folder.parse().ok();
        self.found
            .iter()
            .filter(move |(path, _)| folder.is_some() && path.parent() == folder)
    }

    /// The regular files right in a folder, links followed, by path.
    pub fn files_in(&self, folder: &str) -> impl Iterator<Item = (&GuestPath, &OldFile)> {
        self.in_folder(folder).filter_map(|(path, found)| {
            let file = match found {
                Found::File(file) => Some(file),
                Found::Link { file, .. } => file.as_ref(),
                _ => None,
            };
            file.map(|file| (path, file))
        })
    }

    /// Everything, by path.
    pub fn iter(&self) -> impl Iterator<Item = (&GuestPath, &Found)> {
        self.found.iter()
    }

    pub(super) fn write(&mut self, path: &GuestPath, content: &[u8], new: Owner) {
        match self.found.get_mut(path) {
            Some(Found::File(file)) => file.content = content.to_vec(),
            Some(Found::Link {
                file: Some(file), ..
            }) => file.content = content.to_vec(),
            _ => {
                let mut file = OldFile::of(content);
                file.owner = new;
                self.found.insert(path.clone(), Found::File(file));
            }
        }
    }

    /// The regular file at a path itself.
    pub(crate) fn plain(&self, path: &GuestPath) -> Option<&OldFile> {
        match self.get(path)? {
            Found::File(file) => Some(file),
            _ => None,
        }
    }

    /// Gives a link the content that the file has that it leads to.
    pub(crate) fn follow(&mut self, link: &GuestPath, path: &GuestPath) {
        let end = self.plain(path).cloned();
        if let Some(Found::Link { file, .. }) = self.found.get_mut(link) {
            *file = end;
        }
    }

    /// True for a folder in which nothing is that was looked at.
    pub(super) fn is_empty_folder(&self, path: &GuestPath) -> bool {
        matches!(self.get(path), Some(Found::Directory))
            && !self
                .found
                .keys()
                .any(|known| known.parent().as_ref() == Some(path))
    }

    /// Does an edit to it, as the guest's tree has it done. Paths are physical.
    pub(crate) fn apply(&mut self, edit: &Edit) {
        match edit {
            Edit::Write {
                path, content, new, ..
            } => self.write(path, content, *new),
            Edit::MakeDirectory { path, .. } => {
                self.found.insert(path.clone(), Found::Directory);
            }
            Edit::Rename { from, to } => {
                if let Some(found) = self.found.remove(from) {
                    self.found.insert(to.clone(), found);
                }
            }
            Edit::Symlink { path, target } => self.link(path, target),
            Edit::Relabel { .. } => {}
            Edit::Remove { path } => self.remove(path),
        }
    }

    pub(super) fn remove(&mut self, path: &GuestPath) {
        self.found.remove(path);
    }

    pub(super) fn link(&mut self, path: &GuestPath, target: &[u8]) {
        let target = target.to_vec();
        self.found
            .insert(path.clone(), Found::Link { target, file: None });
    }
}

fn literal(path: &str) -> GuestPath {
    path.parse().expect("a literal guest path")
}

/// True for the same content, newlines at the ends left out, as padding is made of them.
pub(super) fn is_same_text(one: &[u8], other: &[u8]) -> bool {
    let trimmed = |text: &[u8]| {
        text.iter()
            .rposition(|byte| *byte != b'\n')
            .map(|last| last + 1)
    };
    one[..trimmed(one).unwrap_or(0)] == other[..trimmed(other).unwrap_or(0)]
}
