//! Looking at a guest that may be hostile.

use std::fmt;

use serde::Serialize;

use super::super::{
    FileKind, Guest, GuestError, Metadata, Resolved, Time, resolve, resolve_parent, resolve_spelled,
};
use crate::path::GuestPath;

/// Notes of what was passed over that are kept; the rest would say nothing new.
const NOTES: usize = 64;

/// Something that had to be passed over.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Unreadable {
    /// The path that was looked for.
    pub path: GuestPath,
    /// Reason why it was passed over.
    pub reason: Reason,
    /// The same in words.
    pub detail: String,
}

/// Reasons why something was passed over.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Reason {
    /// It is a FIFO, a device node, a directory or otherwise of the wrong kind.
    WrongKind,
    /// It is larger than such a file sensibly is.
    TooLarge,
    /// The links on the way are too many, too long, or lead through what is no directory.
    Links,
    /// The file system contradicts itself there, or the editor cannot read it.
    FileSystem,
    /// There are more of them than a guest sensibly has; the rest was left out.
    TooMany,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.detail)
    }
}

/// A directory's physical path, and the names in it.
pub(crate) type Listing = (GuestPath, Vec<Vec<u8>>);

/// A guest, looked at by fixed paths with all links followed.
///
/// The methods answer `Ok(None)` or the like for what is missing or odd, note the latter, and
/// fail only where the disk does.
pub(crate) struct Probe<'a> {
    guest: &'a mut dyn Guest,
    unreadable: Vec<Unreadable>,
}

impl<'a> Probe<'a> {
    pub(crate) fn new(guest: &'a mut dyn Guest) -> Result<Self, GuestError> {
        guest.lstat(&GuestPath::root())?;
        Ok(Self {
            guest,
            unreadable: Vec::new(),
        })
    }

    pub(crate) fn take_unreadable(&mut self) -> Vec<Unreadable> {
        std::mem::take(&mut self.unreadable)
    }

    pub(crate) fn resolve(&mut self, path: &str) -> Result<Option<Resolved>, GuestError> {
        self.resolve_at(&fixed(path))
    }

    pub(crate) fn resolve_at(&mut self, path: &GuestPath) -> Result<Option<Resolved>, GuestError> {
        let resolved = resolve(self.guest, path);
        self.noted(path, resolved)
    }

    pub(crate) fn resolve_parent(&mut self, path: &str) -> Result<Option<Resolved>, GuestError> {
        let path = fixed(path);
        let resolved = resolve_parent(self.guest, &path);
        self.noted(&path, resolved)
    }

    pub(crate) fn exists(&mut self, path: &str) -> Result<bool, GuestError> {
        Ok(self.resolve(path)?.is_some_and(|at| at.exists()))
    }

    /// The physical path and size of what `path` leads to, if that is a regular file.
    pub(crate) fn file(&mut self, path: &str) -> Result<Option<(GuestPath, u64)>, GuestError> {
        self.file_at(&fixed(path))
    }

    pub(crate) fn file_at(
        &mut self,
        path: &GuestPath,
    ) -> Result<Option<(GuestPath, u64)>, GuestError> {
        let Some(at) = self.resolve_at(path)? else {
            return Ok(None);
        };
        match at.metadata {
            None => Ok(None),
            Some(found) if found.kind == FileKind::File => Ok(Some((at.path, found.size))),
            Some(found) => {
                let odd = GuestError::WrongKind {
                    path: at.path,
                    found: found.kind,
                    wanted: FileKind::File,
                };
                self.noted(path, Err(odd))
            }
        }
    }

    /// The first of `paths` that leads to a regular file, and where.
    pub(crate) fn first_file(
        &mut self,
        paths: &[&str],
    ) -> Result<Option<(GuestPath, u64)>, GuestError> {
        for path in paths {
            let found = self.file(path)?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// The content of the regular file that `path` leads to, and its physical path.
    pub(crate) fn content(
        &mut self,
        path: &str,
        limit: u64,
    ) -> Result<Option<(GuestPath, Vec<u8>)>, GuestError> {
        let Some((at, _)) = self.file(path)? else {
            return Ok(None);
        };
        let content = self.content_at(&at, limit)?;
        Ok(content.map(|content| (at, content)))
    }

    /// The content of the regular file at a physical path.
    pub(crate) fn content_at(
        &mut self,
        path: &GuestPath,
        limit: u64,
    ) -> Result<Option<Vec<u8>>, GuestError> {
        let content = self.guest.read(path, limit);
        self.noted(path, content)
    }

    /// Time of the last change of the file at a physical path.
    pub(crate) fn modified_at(&mut self, path: &GuestPath) -> Result<Option<Time>, GuestError> {
        let time = self.guest.modified(path);
        self.noted(path, time)
    }

    /// The first bytes of the regular file at a physical path.
    pub(crate) fn start_at(
        &mut self,
        path: &GuestPath,
        len: usize,
    ) -> Result<Option<Vec<u8>>, GuestError> {
        let start = self.guest.read_start(path, len);
        self.noted(path, start)
    }

    /// The content of an entry of a directory at a physical path; a link there is followed.
    pub(crate) fn content_of_entry(
        &mut self,
        path: &GuestPath,
        limit: u64,
    ) -> Result<Option<Vec<u8>>, GuestError> {
        match self.guest.read(path, limit) {
            Err(GuestError::WrongKind {
                found: FileKind::Symlink,
                ..
            }) => match self.file_at(path)? {
                Some((path, _)) => self.content_at(&path, limit),
                None => Ok(None),
            },
            content => self.noted(path, content),
        }
    }

    /// The names in the directory at a physical path; none where it is no directory.
    pub(crate) fn names(&mut self, path: &GuestPath) -> Result<Vec<Vec<u8>>, GuestError> {
        let entries = match self.guest.read_dir(path) {
            Err(GuestError::WrongKind { .. }) => return Ok(Vec::new()),
            entries => self.noted(path, entries)?,
        };
        let entries = entries.unwrap_or_default();
        Ok(entries.into_iter().map(|entry| entry.name).collect())
    }

    /// The directory that `path` leads to, and the names in it.
    pub(crate) fn directory(&mut self, path: &str) -> Result<Option<Listing>, GuestError> {
        let at = match self.resolve(path)? {
            Some(at) if at.kind() == Some(FileKind::Directory) => at.path,
            _ => return Ok(None),
        };
        let names = self.names(&at)?;
        Ok(Some((at, names)))
    }

    /// The target of the link at a physical path; none where it is no link.
    pub(crate) fn link_at(&mut self, path: &GuestPath) -> Result<Option<Vec<u8>>, GuestError> {
        let found = self.guest.lstat(path);
        match self.noted(path, found)? {
            Some(found) if found.kind == FileKind::Symlink => {
                let target = self.guest.read_link(path);
                self.noted(path, target)
            }
            _ => Ok(None),
        }
    }

    /// Looks at a path as the guest spells it, `..` in it included.
    pub(crate) fn resolve_spelled(&mut self, path: &[u8]) -> Result<Option<Resolved>, GuestError> {
        let resolved = resolve_spelled(self.guest, path);
        self.noted(&GuestPath::root(), resolved)
    }

    /// Looks at a physical path itself.
    pub(crate) fn look_at(&mut self, path: &GuestPath) -> Result<Option<Metadata>, GuestError> {
        let found = self.guest.lstat(path);
        self.noted(path, found)
    }

    pub(crate) fn note(&mut self, path: &GuestPath, reason: Reason, detail: String) {
        let path = path.clone();
        let note = Unreadable {
            path,
            reason,
            detail,
        };
        if self.unreadable.len() < NOTES && !self.unreadable.contains(&note) {
            self.unreadable.push(note);
        }
    }

    fn noted<T>(
        &mut self,
        path: &GuestPath,
        result: Result<T, GuestError>,
    ) -> Result<Option<T>, GuestError> {
        let error = match result {
            Ok(value) => return Ok(Some(value)),
            Err(error) => error,
        };
        let reason = match &error {
            GuestError::Io { .. } => return Err(error),
            GuestError::NotFound(_) => return Ok(None),
            GuestError::NotADirectory(_) | GuestError::LinkLoop(_) | GuestError::TooLong(_) => {
                Reason::Links
            }
            GuestError::WrongKind { .. } => Reason::WrongKind,
            GuestError::TooLarge { .. } => Reason::TooLarge,
            _ => Reason::FileSystem,
        };
        self.note(path, reason, error.to_string());
        Ok(None)
    }
}

fn fixed(path: &str) -> GuestPath {
    path.parse()
        .expect("the paths that facts are read from are well formed")
}
