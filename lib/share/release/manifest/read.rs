//! Reading a manifest, which anybody may have written.

use std::collections::HashSet;
use std::io::{self, BufRead, Read};

use super::super::raw::Digester;
use super::entry::{Fault, FileEntry, Kind, Sequence};
use super::{CLOSES, Head, OPENS, SCHEMA};

/// Longest first line, in bytes.
const MAX_HEAD: u64 = 4 << 20;
/// Longest line of a file, in bytes: a path, a target, and a mebibyte of attributes, all escaped.
const MAX_LINE: u64 = 8 << 20;

/// Reasons why a manifest cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// The host failed.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A later osgraft wrote it.
    #[error("its schema is {0}, and this osgraft reads schema {SCHEMA} alone: use a later osgraft")]
    Schema(u32),
    /// Its first line is none.
    #[error("its first line is no head of a manifest")]
    Head,
    /// A line is no entry.
    #[error("its line {line} is no entry of a list of files")]
    Line {
        /// Number of the line, from 1.
        line: u64,
    },
    /// An entry cannot be one of a release.
    #[error("its line {line} has {fault}")]
    Entry {
        /// Number of the line, from 1.
        line: u64,
        /// The reason.
        fault: Fault,
    },
    /// A line is longer than any that osgraft writes.
    #[error("its line {line} is longer than any entry")]
    TooLong {
        /// Number of the line, from 1.
        line: u64,
    },
    /// It ends too early, or goes on after its end.
    #[error("it is cut short, or goes on after its end")]
    End,
    /// It tells another release than the folder that it lies in.
    #[error("it tells the release “{0}”, and its folder has another name")]
    Name(String),
    /// Its list is not the one that its head sums up.
    #[error("its list of files is not the one that its first line sums up")]
    Digest,
}

impl ManifestError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "io",
            Self::Schema(_) => "manifest-schema",
            _ => "manifest-damaged",
        }
    }
}

#[derive(serde::Deserialize)]
struct Version {
    schema: u32,
}

/// A manifest that is read line by line.
#[derive(Debug)]
pub struct Manifest<R> {
    head: Head,
    from: R,
}

impl<R: BufRead> Manifest<R> {
    /// Reads the head.
    ///
    /// # Errors
    /// [`ManifestError`].
    pub fn open(mut from: R) -> Result<Self, ManifestError> {
        let line = line(&mut from, MAX_HEAD)?.ok_or(ManifestError::Head)?;
        let text = line
            .strip_suffix(OPENS.as_bytes())
            .ok_or(ManifestError::Head)?;
        let text = [text, b"}"].concat();
        let version: Version = serde_json::from_slice(&text).map_err(|_| ManifestError::Head)?;
        if version.schema != SCHEMA {
            return Err(ManifestError::Schema(version.schema));
        }
        let head = serde_json::from_slice(&text).map_err(|_| ManifestError::Head)?;
        Ok(Self { head, from })
    }

    /// Facts of the whole release, which nobody has held against the list yet.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The list. Its end is an error where it is not the list that the head sums up.
    pub fn files(self) -> Files<R> {
        Files {
            head: self.head,
            from: self.from,
            line: 1,
            digester: Digester::default(),
            sequence: Sequence::default(),
            groups: HashSet::new(),
            bytes: 0,
            is_last: false,
            is_over: false,
        }
    }

    /// The whole list, checked.
    ///
    /// # Errors
    /// [`ManifestError`].
    pub fn read_all(self) -> Result<(Head, Vec<FileEntry>), ManifestError> {
        let head = self.head.clone();
        let files = self.files().collect::<Result<_, _>>()?;
        Ok((head, files))
    }
}

/// Entries of a manifest, in order.
pub struct Files<R> {
    head: Head,
    from: R,
    line: u64,
    digester: Digester,
    sequence: Sequence,
    groups: HashSet<u64>,
    bytes: u64,
    /// True once an entry had no comma behind it.
    is_last: bool,
    is_over: bool,
}

impl<R: BufRead> Files<R> {
    fn read(&mut self) -> Result<Option<FileEntry>, ManifestError> {
        self.line += 1;
        let number = self.line;
        let text = match line(&mut self.from, MAX_LINE) {
            Err(ManifestError::TooLong { .. }) => {
                return Err(ManifestError::TooLong { line: number });
            }
            text => text?.ok_or(ManifestError::End)?,
        };
        if text == CLOSES.as_bytes() {
            return self.close().map(|()| None);
        }
        if self.is_last {
            return Err(ManifestError::End);
        }
        let bare = text.strip_suffix(b",");
        self.is_last = bare.is_none();
        let bare = bare.unwrap_or(&text);
        let entry: FileEntry =
            serde_json::from_slice(bare).map_err(|_| ManifestError::Line { line: number })?;
        self.sequence
            .check(&entry)
            .map_err(|fault| ManifestError::Entry {
                line: number,
                fault,
            })?;
        self.digester.add(bare);
        self.digester.add(b"\n");
        let is_first = entry.group.is_none_or(|group| self.groups.insert(group));
        if entry.kind == Kind::File && is_first {
            self.bytes = self.bytes.saturating_add(entry.size.unwrap_or_default());
        }
        // A list that is longer than its head says is not read to its end.
        if number - 1 > self.head.files {
            return Err(ManifestError::Digest);
        }
        Ok(Some(entry))
    }

    fn close(&mut self) -> Result<(), ManifestError> {
        let files = self.line - 2;
        let digest = std::mem::take(&mut self.digester).finish();
        let is_whole = self.is_last || files == 0;
        if !is_whole || !self.from.fill_buf()?.is_empty() {
            return Err(ManifestError::End);
        }
        let sums = (files, self.bytes, digest);
        match sums == (self.head.files, self.head.bytes, self.head.digest) {
            true => Ok(()),
            false => Err(ManifestError::Digest),
        }
    }
}

impl<R: BufRead> Iterator for Files<R> {
    type Item = Result<FileEntry, ManifestError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let next = self.read().transpose();
        self.is_over = !matches!(next, Some(Ok(_)));
        next
    }
}

/// One line without its end; `None` at the end of the text.
fn line(from: &mut impl BufRead, most: u64) -> Result<Option<Vec<u8>>, ManifestError> {
    let mut line = Vec::new();
    from.by_ref().take(most).read_until(b'\n', &mut line)?;
    match line.pop() {
        None => Ok(None),
        Some(b'\n') => Ok(Some(line)),
        Some(_) if line.len() as u64 + 1 == most => Err(ManifestError::TooLong { line: 1 }),
        Some(_) => Err(ManifestError::End),
    }
}
