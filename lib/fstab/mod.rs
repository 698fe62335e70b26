//! `/etc/fstab` as text and as entries, without loss; and the one block in it that is ours.
//!
//! [`Fstab`] keeps every byte of the file it was made from. All it ever changes is the *managed
//! block*: one entry between `# BEGIN osgraft` and `# END osgraft`, and behind it those that mount
//! components of the share over directories of the guest. [`Fstab::graft`] puts it in,
//! [`Fstab::ungraft`] takes it out again so that the bytes equal those before.
//!
//! ```
//! use osgraft::fstab::{Change, Entry, Fstab};
//!
//! let before = b"UUID=0b5a / ext4 defaults 0 1\n";
//! let mut fstab = Fstab::parse(before);
//! let entry = Entry::new("192.0.2.7:/vol/lib", "/shared", "nfs", "ro,bg,nfsvers=4.1", 0, 0)?;
//! let graft = fstab.graft(&entry)?;
//! assert_eq!(graft.change, Change::Changed);
//! assert_eq!(fstab.graft(&entry)?.change, Change::Unchanged);
//!
//! fstab.ungraft(&graft.undo)?;
//! assert_eq!(fstab.to_bytes(), before);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # How lines are read
//! As the guest's own readers do, and where those differ, so that no entry goes unseen: fields are
//! split at blanks first and octal-decoded after (util-linux, `lib/mangle.c`); a `#` makes a
//! comment only as a line's first byte that is not a blank; fields 4 to 6 are optional
//! (fstab(5)); a NUL byte ends its line's text, as it does for any reader in C.
//!
//! # Line endings
//! The block's lines, and a final newline that had to be added, are a plain LF even in a file of
//! CRLF lines. libmount drops a CR before the LF, but getmntent(3), which systemd's generator
//! reads with, leaves it in the last field; LF is what each of them takes.

mod block;
mod entry;
mod error;
mod field;
mod graft;
mod line;
mod mend;
mod places;
mod undo;
mod withdraw;

use std::fmt;

pub use block::{Component, Managed};
pub use entry::{Entry, EntryError, Field, LINE_MAX};
pub use error::FstabError;
pub use graft::Graft;
pub use line::{BEGIN, END};
pub use mend::{Flaw, Known, Mended};
pub use places::Places;
pub use undo::{Undo, Ungraft};

use line::Lines;

/// Outcome of a call: it changed something, or nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
pub enum Change {
    /// At least one byte is different now.
    Changed,
    /// It was so already.
    Unchanged,
}

/// The text of an fstab file, every byte of it.
#[derive(Clone, Eq, PartialEq)]
pub struct Fstab {
    bytes: Vec<u8>,
    /// There was no file to read: whoever writes this one makes it.
    missing: bool,
}

/// An entry, and where it stands.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Located {
    /// Its line, the first being 1.
    pub line: usize,
    /// The entry, decoded.
    pub entry: Entry,
    /// True if it stands between `# BEGIN osgraft` and the next `# END osgraft`.
    pub managed: bool,
}

impl Fstab {
    /// Takes a file's content. Any bytes are an fstab; a line that makes no sense is kept.
    pub fn parse(bytes: &[u8]) -> Self {
        Self {
            bytes: bytes.to_vec(),
            missing: false,
        }
    }

    /// The fstab of a guest that has no such file. Unlike that of an empty file, its
    /// [`Undo`] says to remove the file again.
    pub fn missing() -> Self {
        Self {
            bytes: Vec::new(),
            missing: true,
        }
    }

    /// The file's content: what was parsed, but for the managed block.
    pub fn to_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Every line that readers take for an entry, in the file's order. A line of fewer than three
    /// fields is none.
    pub fn entries(&self) -> impl Iterator<Item = Located> {
        let mut managed = false;
        Lines::new(&self.bytes).filter_map(move |line| {
            if line.is_begin() {
                managed = true;
            } else if line.is_end() {
                managed = false;
            }
            Some(Located {
                line: line.number,
                entry: Entry::read(&line)?,
                managed,
            })
        })
    }

    /// Every absolute path that a line names as what is mounted or where, decoded.
    pub fn paths(&self) -> impl Iterator<Item = Vec<u8>> {
        Lines::new(&self.bytes).flat_map(|line| {
            let fields = line.fields().into_iter().take(2).map(field::decode);
            fields
                .filter(|path| path.starts_with(b"/"))
                .collect::<Vec<_>>()
        })
    }

    /// The managed block's entry; none when there is no block.
    ///
    /// # Errors
    /// [`FstabError`], when the markers do not enclose exactly one entry and components of it.
    pub fn managed(&self) -> Result<Option<Managed>, FstabError> {
        Ok(block::find(&self.bytes)?.map(|block| block.managed))
    }
}

impl fmt::Debug for Fstab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fstab(“{}”)", crate::path::escape(&self.bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn specs(text: &[u8]) -> Vec<(usize, Vec<u8>)> {
        Fstab::parse(text)
            .entries()
            .map(|found| (found.line, found.entry.spec().to_vec()))
            .collect()
    }

    #[test]
    fn a_hash_comments_only_at_the_start_of_a_line() {
        let text = b"# no / ext4\n \t# no / ext4\nsshfs#me@host: /mnt fuse defaults # 0\n";
        assert_eq!(specs(text), [(3, b"sshfs#me@host:".to_vec())]);
    }

    #[test]
    fn a_byte_order_mark_turns_a_comment_into_an_entry_for_every_reader() {
        assert_eq!(
            specs(b"\xef\xbb\xbf# /etc/fstab: static\n"),
            [(1, b"\xef\xbb\xbf#".to_vec())]
        );
    }

    #[test]
    fn a_nul_ends_the_text_of_its_line() {
        let text = b"a /x ext4\0 junk\nb \0/y ext4 rw\nc /z ext4\n";
        assert_eq!(specs(text), [(1, b"a".to_vec()), (3, b"c".to_vec())]);
    }

    #[test]
    fn entries_say_whether_they_are_ours() {
        let text = b"a /a x\n# BEGIN osgraft\nb /b x\n# END osgraft\r\nc /c x";
        let managed: Vec<bool> = Fstab::parse(text).entries().map(|e| e.managed).collect();
        assert_eq!(managed, [false, true, false]);
    }

    proptest! {
        #[test]
        fn parse_and_print_is_the_identity(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
            let fstab = Fstab::parse(&bytes);
            prop_assert_eq!(fstab.to_bytes(), &bytes[..]);
            // What looks at the lines must neither panic nor lose one on any bytes.
            let _ = fstab.managed();
            let _ = fstab.entries().count();
            let raw: Vec<u8> = Lines::new(&bytes).flat_map(|line| line.raw.to_vec()).collect();
            prop_assert_eq!(raw, bytes);
        }
    }
}
