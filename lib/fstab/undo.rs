//! Taking the block out again.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::block::{self, Managed};
use super::entry::Entry;
use super::error::FstabError;
use super::line::Lines;
use super::{Change, Fstab};
use crate::path::escape;

/// Changes that a graft made to the file besides its lines: kept in a receipt, taken by
/// [`Fstab::ungraft`].
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Undo {
    /// The entry's line as it was written, escaped.
    line: String,
    /// The lines of components behind it, escaped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    components: Vec<String>,
    /// SHA-256 of the line that a final newline was added to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    newline_added_to: Option<String>,
    /// The guest had no such file.
    #[serde(default)]
    pub(super) created: bool,
}

/// Result of [`Fstab::ungraft`].
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
#[must_use]
pub enum Ungraft {
    /// The block is out.
    Removed {
        /// The file did not exist before the graft and would be empty now: remove it.
        remove_file: bool,
    },
    /// There is no block: the guest took it out itself. Nothing was changed.
    Missing,
    /// The block's entry is not the one that was written: somebody edited it since. Nothing was
    /// changed.
    Edited {
        /// Line of the entry, the file's first being 1.
        line: usize,
        /// Text of it now, escaped.
        text: String,
    },
}

impl Ungraft {
    /// Change of the text.
    pub fn change(&self) -> Change {
        match self {
            Self::Removed { .. } => Change::Changed,
            Self::Missing | Self::Edited { .. } => Change::Unchanged,
        }
    }
}

impl Undo {
    pub(super) fn of(line: &[u8], components: &[Vec<u8>]) -> Self {
        Self {
            line: escape(line),
            components: components.iter().map(|line| escape(line)).collect(),
            newline_added_to: None,
            created: false,
        }
    }

    pub(super) fn newline_added_to(&mut self, line: &[u8]) {
        self.newline_added_to = Some(digest(line));
    }

    /// For a block that is found, of whose graft nothing else is known.
    pub fn found(managed: &Managed) -> Self {
        let components = managed.components.iter();
        let components: Vec<_> = components.map(|found| found.entry.to_line()).collect();
        Self::of(&managed.entry.to_line(), &components)
    }

    /// The entry's line as it was written, escaped.
    pub fn line(&self) -> &str {
        &self.line
    }

    /// The lines of components behind it, escaped.
    pub fn components(&self) -> &[String] {
        &self.components
    }

    /// True for the line of a component as it was written, however its fields are spaced.
    pub(super) fn is_component(&self, text: &[u8], entry: &Entry) -> bool {
        let (text, plain) = (escape(text), escape(&entry.to_line()));
        let mut known = self.components.iter();
        known.any(|line| *line == text || *line == plain)
    }

    /// True if the guest had no fstab before.
    pub fn created(&self) -> bool {
        self.created
    }

    /// This undo for a file that an earlier graft had changed already: it reverses both.
    pub fn after(self, earlier: &Self) -> Self {
        Self {
            line: self.line,
            components: self.components,
            newline_added_to: earlier.newline_added_to.clone().or(self.newline_added_to),
            created: earlier.created || self.created,
        }
    }
}

impl Fstab {
    /// Takes the managed block out, so that the bytes equal those before the graft. What the
    /// guest changed elsewhere since stays; so does an added final newline, once the line it was
    /// added to is not the file's last any more.
    ///
    /// # Errors
    /// [`FstabError`], when the block is damaged.
    pub fn ungraft(&mut self, undo: &Undo) -> Result<Ungraft, FstabError> {
        self.take_out(undo, false)
    }

    pub(super) fn take_out(&mut self, undo: &Undo, force: bool) -> Result<Ungraft, FstabError> {
        let Some(block) = block::find(&self.bytes)? else {
            return Ok(Ungraft::Missing);
        };
        let text = escape(&block.managed.text);
        // A tool that aligns columns changes no field.
        let is_written = text == undo.line || escape(&block.managed.entry.to_line()) == undo.line;
        if !is_written && !force {
            return Ok(Ungraft::Edited {
                line: block.managed.line,
                text,
            });
        }
        let mut components = block.managed.components.iter();
        let edited = components.find(|found| !undo.is_component(&found.text, &found.entry));
        if let (Some(edited), false) = (edited, force) {
            return Ok(Ungraft::Edited {
                line: edited.line,
                text: escape(&edited.text),
            });
        }
        self.bytes.drain(block.range);
        let last = Lines::new(&self.bytes).last();
        let added = last.is_some_and(|line| {
            line.raw
                .strip_suffix(b"\n")
                .is_some_and(|body| undo.newline_added_to == Some(digest(body)))
        });
        if added {
            self.bytes.pop();
        }
        Ok(Ungraft::Removed {
            remove_file: undo.created && self.bytes.is_empty(),
        })
    }
}

fn digest(line: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(line) {
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fstab::Entry;
    use proptest::prelude::*;

    fn entry(spec: &str) -> Entry {
        Entry::new(spec, "/shared", "nfs", "ro,bg", 0, 0).unwrap()
    }

    #[test]
    fn a_file_that_we_made_is_to_be_removed_only_when_nothing_is_left() {
        let mut fstab = Fstab::missing();
        let undo = fstab.graft(&entry("a:/v")).unwrap().undo;
        let mut grown = Fstab::parse(&[fstab.to_bytes(), b"x / ext4\n"].concat());
        let removed = |remove_file| Ungraft::Removed { remove_file };
        assert_eq!(fstab.ungraft(&undo).unwrap(), removed(true));
        assert_eq!(grown.ungraft(&undo).unwrap(), removed(false));
        assert_eq!(grown.to_bytes(), b"x / ext4\n");
        let mut empty = Fstab::parse(b"");
        let undo = empty.graft(&entry("a:/v")).unwrap().undo;
        assert_eq!(empty.ungraft(&undo).unwrap(), removed(false));
    }

    #[test]
    fn an_added_newline_goes_unless_a_line_came_behind_it() {
        let before = b"x / ext4";
        let mut fstab = Fstab::parse(before);
        let undo = fstab.graft(&entry("a:/v")).unwrap().undo;
        let mut grown = Fstab::parse(&[fstab.to_bytes(), b"y /y ext4\n"].concat());
        assert_eq!(fstab.ungraft(&undo).unwrap().change(), Change::Changed);
        assert_eq!(fstab.to_bytes(), before);
        assert_eq!(grown.ungraft(&undo).unwrap().change(), Change::Changed);
        assert_eq!(grown.to_bytes(), b"x / ext4\ny /y ext4\n");
    }

    #[test]
    fn an_edited_block_is_told_and_kept() {
        let mut fstab = Fstab::parse(b"x / ext4\n");
        let undo = fstab.graft(&entry("a:/v")).unwrap().undo;
        let text = String::from_utf8(fstab.to_bytes().to_vec()).unwrap();
        let edited = text.replace("ro,bg", "rw,bg");
        assert_ne!(edited, text);
        let mut fstab = Fstab::parse(edited.as_bytes());
        assert!(
            matches!(fstab.ungraft(&undo).unwrap(), Ungraft::Edited { line: 3, text } if text.contains("rw,bg"))
        );
        assert_eq!(fstab.to_bytes(), edited.as_bytes());
        assert_eq!(Fstab::parse(b"").ungraft(&undo).unwrap(), Ungraft::Missing);
    }

    proptest! {
        #[test]
        fn ungraft_restores_any_text_even_after_another_server_took_over(
            bytes in proptest::collection::vec(
                prop_oneof![any::<u8>(), proptest::sample::select(&b"\n\r\t /#a"[..])], 0..256),
        ) {
            let mut fstab = Fstab::parse(&bytes);
            if let Ok(first) = fstab.graft(&entry("a:/v")) {
                let second = fstab.graft(&entry("b:/w")).unwrap();
                prop_assert_eq!(second.change, Change::Changed);
                let undo = second.undo.after(&first.undo);
                let json = serde_json::to_string(&undo).unwrap();
                let undo: Undo = serde_json::from_str(&json).unwrap();
                let removed = matches!(fstab.ungraft(&undo).unwrap(), Ungraft::Removed { remove_file: false });
                prop_assert!(removed);
                prop_assert_eq!(fstab.to_bytes(), &bytes[..]);
            }
        }
    }
}
