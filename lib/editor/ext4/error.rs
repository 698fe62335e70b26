//! Reasons why an ext4 guest was not opened or not finished.

use std::io;

use serde::{Deserialize, Serialize};

use super::Refusal;
use crate::guest::wire;
use crate::host::Cause;

/// A failure of the file system as a whole; one of a path is a
/// [`GuestError`](crate::guest::GuestError).
#[derive(Debug, thiserror::Error, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Ext4Error {
    /// No ext2 magic where it would be.
    #[error("no ext2, ext3 or ext4 file system is there")]
    NotExt4,
    /// This editor leaves it to the appliance.
    #[error("the ext4 file system cannot be edited in process: {0}")]
    Refused(#[from] Refusal),
    /// libext2fs would not have it.
    #[error("libext2fs refuses the file system ({0}); check it with e2fsck")]
    Library(#[serde(deserialize_with = "wire::text")] String),
    /// The installed libext2fs is not laid out as this program was built for.
    #[error("the installed libext2fs does not match its headers of 1.46 and newer; reinstall it")]
    Layout,
    /// A change failed half-way before, so nothing is to be kept.
    #[error("an earlier change failed half-way: discard this edit and begin again")]
    HalfDone,
    /// The device below failed.
    #[error("cannot reach the guest's disk: {}", Cause::of(.0))]
    Io(
        #[from]
        #[serde(with = "wire::host_error")]
        io::Error,
    ),
}

impl Ext4Error {
    /// A stable name for scripts, in kebab-case; of a refusal that of its reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::NotExt4 => "not-ext4",
            Self::Library(_) => "libext2fs-call",
            Self::Layout => "libext2fs-layout",
            Self::HalfDone => "half-done",
            Self::Io(_) => "io",
        }
    }
}
