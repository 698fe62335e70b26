//! Faults of a single value.

use super::key::{Key, MAX_WEIGHT};
use crate::mount::OptionsError;
use crate::path::escape;

/// Characters of a wrong value that an error shows.
const SHOWN: usize = 60;

/// A value that a server cannot have.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{key}: {}{kind}", self.quoted())]
#[non_exhaustive]
pub struct ValueError {
    /// Key whose value it is.
    pub key: Key,
    /// Value, escaped, and cut where it is long.
    pub shown: String,
    /// Place in a list, from 0.
    pub index: Option<usize>,
    /// The fault.
    pub kind: ValueErrorKind,
}

impl ValueError {
    pub(super) fn new(key: Key, value: &str, kind: ValueErrorKind) -> Self {
        let mut shown: String = value.chars().take(SHOWN).map(shown).collect();
        if value.chars().nth(SHOWN).is_some() {
            shown.push('…');
        }
        Self {
            key,
            shown,
            index: None,
            kind,
        }
    }

    pub(super) fn at(self, index: usize) -> Self {
        Self {
            index: Some(index),
            ..self
        }
    }

    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        "server-value"
    }

    /// The value, where the kind does not name the part of it that is wrong.
    fn quoted(&self) -> String {
        match self.kind {
            ValueErrorKind::Options(_) => String::new(),
            _ => format!("“{}” ", self.shown),
        }
    }
}

/// A character such that it cannot be mistaken for another.
fn shown(c: char) -> String {
    let text = c.to_string();
    if c.is_whitespace() && c != ' ' {
        text.bytes().map(|byte| format!("\\x{byte:02x}")).collect()
    } else {
        escape(text.as_bytes())
    }
}

/// Faults of a value, each with what to do.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ValueErrorKind {
    /// No text between the quotes.
    #[error("is empty; write a value, or leave an optional key out")]
    Empty,
    /// A NUL.
    #[error("holds a NUL; remove it")]
    Nul,
    /// A line feed, a carriage return, or what Unicode calls a line or paragraph separator.
    #[error("holds a line break; write one line")]
    LineBreak,
    /// A space, a tab or any other Unicode white space.
    #[error("holds a blank, which no registry value may; remove it or rename what it stands for")]
    Blank,
    /// Another control character, or one that hides or reorders its neighbours.
    #[error("holds a control or invisible character; remove it")]
    Control,
    /// `#` in front, where fstab sees a comment.
    #[error("begins with “#”, which makes a comment in fstab; rename what it stands for")]
    Comment,
    /// Too many bytes.
    #[error("is {len} bytes long; at most {limit} are taken, so shorten it")]
    TooLong {
        /// Its length in bytes.
        len: usize,
        /// The bound in bytes.
        limit: usize,
    },
    /// Not of the characters that a name is made of.
    #[error("is not a name; write letters, digits, “.”, “_” and “-” only")]
    NotAName,
    /// Another system's word for an architecture.
    #[error("is not what uname -m says; write “{0}”")]
    Alias(&'static str),
    /// A kernel release that cannot name a directory.
    #[error("is not a kernel release; write what uname -r says")]
    NotARelease,
    /// A component that leaves the export or is not in its plain form.
    #[error("is not a plain path below the export; write it like “lib/modules”")]
    NotBelow,
    /// No state.
    #[error("is no state; {}", .nearest.map_or_else(
        || "write active, draining or down".to_owned(),
        |near| format!("did you mean “{near}”?"),
    ))]
    NotAState {
        /// The state it is closest to.
        nearest: Option<&'static str>,
    },
    /// Not a number.
    #[error("is not a whole number; write one from 0 to {MAX_WEIGHT}")]
    NotANumber,
    /// A number outside its bounds.
    #[error("is out of range; write 0 to {MAX_WEIGHT}")]
    OutOfRange,
    /// The same value twice in one list.
    #[error("is listed twice; remove one")]
    Twice,
    /// Not an NFS export.
    #[error("is not an NFS export; write “host:/path”")]
    NotAnExport,
    /// A URL in place of an NFS export.
    #[error("is a URL; write “host:/path”")]
    Url,
    /// An IPv6 address that runs into the path.
    #[error("holds an IPv6 address without brackets; write “[fe80::1]:/path”")]
    BareIpv6,
    /// A host that is neither a name nor an address.
    #[error("does not begin with a host name or address; write “host:/path” or “[fe80::1]:/path”")]
    NotAHost,
    /// `.` or `..` as a component of a path.
    #[error("holds a “.” or “..” component; write the path without")]
    Dots,
    /// No disk that a guest could name.
    #[error("names no disk; write LABEL=, UUID=, PARTLABEL=, PARTUUID= or /dev/…")]
    NotADisk,
    /// No mount options.
    #[error(transparent)]
    Options(#[from] OptionsError),
}
