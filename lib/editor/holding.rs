//! Contents of a partition, as far as they concern the search for a root.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ext4::Refusal;
use super::signature::Content;

/// Content that a partition was found to hold.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Holding {
    /// ext2, ext3 or ext4 with `/etc/fstab` or an os-release file.
    Root,
    /// ext2, ext3 or ext4 without.
    Ext4,
    /// ext2, ext3 or ext4 that this editor cannot look into.
    Refused(Refusal),
    /// Something else, by name.
    Other(Content),
    /// Nothing that is known.
    Unknown,
}

impl fmt::Display for Holding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_str("ext4 with /etc/fstab or os-release"),
            Self::Ext4 => f.write_str("ext4 without /etc/fstab or os-release"),
            Self::Refused(refusal) => write!(f, "ext4 ({})", refusal.code()),
            Self::Other(content) => content.fmt(f),
            Self::Unknown => f.write_str("nothing known"),
        }
    }
}
