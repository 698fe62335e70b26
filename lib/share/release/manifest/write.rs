//! Writing a manifest.

use std::collections::HashSet;
use std::io::{self, Write};

use super::super::name::ReleaseName;
use super::super::raw::{Digest, Digester};
use super::entry::{FileEntry, Kind, Sequence};
use super::{CLOSES, Head, MadeFrom, OPENS, SCHEMA};

/// A manifest that is about to be written.
#[derive(Clone, Debug)]
pub struct Draft {
    head: Head,
}

impl Draft {
    /// Sums up a list, which must be sorted.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidData`] for a list that no reader takes.
    pub fn of(release: ReleaseName, made_from: MadeFrom, files: &[FileEntry]) -> io::Result<Self> {
        let (mut digester, mut sequence) = (Digester::default(), Sequence::default());
        let (mut bytes, mut groups) = (0_u64, HashSet::new());
        for entry in files {
            sequence
                .check(entry)
                .map_err(|fault| io::Error::new(io::ErrorKind::InvalidData, fault))?;
            digester.add(serde_json::to_string(entry)?.as_bytes());
            digester.add(b"\n");
            let is_first = entry.group.is_none_or(|group| groups.insert(group));
            if entry.kind == Kind::File && is_first {
                bytes = bytes.saturating_add(entry.size.unwrap_or_default());
            }
        }
        let head = Head {
            schema: SCHEMA,
            release,
            made_from,
            files: files.len() as u64,
            bytes,
            digest: digester.finish(),
        };
        Ok(Self { head })
    }

    /// The head, as it will be written.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Digest of the list.
    pub fn digest(&self) -> Digest {
        self.head.digest
    }
}

/// Writes a manifest of the list that the draft sums up.
///
/// # Errors
/// Those of `to`.
pub fn write(to: &mut impl Write, draft: &Draft, files: &[FileEntry]) -> io::Result<()> {
    let head = serde_json::to_string(&draft.head)?;
    let open = head.strip_suffix('}').unwrap_or(&head);
    writeln!(to, "{open}{OPENS}")?;
    for (number, entry) in files.iter().enumerate() {
        let comma = if number + 1 == files.len() { "" } else { "," };
        writeln!(to, "{}{comma}", serde_json::to_string(entry)?)?;
    }
    writeln!(to, "{CLOSES}")
}
