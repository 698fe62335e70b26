//! Reasons why a guest cannot be prepared as asked.

use super::finding::Finding;
use super::kernel::KernelFlaw;
use super::receipt::ReceiptError;
use crate::fstab::{EntryError, FstabError};
use crate::guest::facts::SERVER_DISK;
use crate::identity::Flaw;
use crate::links::LinksError;
use crate::path::{GuestPath, PathError};

/// This guest cannot be prepared as asked. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unfit {
    /// The file that fstab is cannot be edited.
    #[error("the guest's fstab {path} {what}: put a plain file in its place")]
    Fstab {
        /// The file, links resolved.
        path: GuestPath,
        /// The obstacle.
        what: &'static str,
    },
    /// The text of fstab leaves no place for the share.
    #[error(transparent)]
    FstabText(#[from] FstabError),
    /// Something stands where a link or the mount point is to be.
    #[error(transparent)]
    Links(#[from] LinksError),
    /// The server's export and options make no line for fstab.
    #[error("server “{server}”: {source}")]
    Entry {
        /// The server.
        server: String,
        /// The fault.
        source: EntryError,
    },
    /// The receipt cannot be used.
    #[error(transparent)]
    Receipt(#[from] ReceiptError),
    /// It is an OS server.
    #[error(
        "the guest is an OS server, whose share is its own ({SERVER_DISK}): prepare and revert the disks of \
         children alone"
    )]
    ServerDisk,
    /// A path grew too long.
    #[error(transparent)]
    Path(#[from] PathError),
    /// It cannot be given the identity.
    #[error(transparent)]
    Identity(Flaw),
    /// It cannot be given the kernel of a release.
    #[error(transparent)]
    Kernel(KernelFlaw),
    /// It would not boot, or boot without its share.
    #[error("{}", joined(.0))]
    Preflight(Vec<Finding>),
}

impl Unfit {
    /// A stable name for scripts, in kebab-case; of several the first.
    pub fn code(&self) -> &'static str {
        self.codes().first().copied().unwrap_or("preflight")
    }

    /// Stable names for scripts; of preflight one for each blocker.
    pub fn codes(&self) -> Vec<&'static str> {
        match self {
            Self::Fstab { .. } => vec!["fstab-not-plain"],
            Self::FstabText(error) => vec![error.code()],
            Self::Links(error) => vec![error.code()],
            Self::Entry { .. } => vec!["server-entry"],
            Self::Receipt(error) => vec![error.code()],
            Self::ServerDisk => vec!["server-disk"],
            Self::Path(_) => vec!["path"],
            Self::Identity(flaw) => vec![flaw.code()],
            Self::Kernel(flaw) => vec![flaw.code()],
            Self::Preflight(blockers) => blockers.iter().map(|b| b.code).collect(),
        }
    }
}

fn joined(blockers: &[Finding]) -> String {
    let texts: Vec<&str> = blockers.iter().map(|b| b.text.as_str()).collect();
    texts.join("; ")
}
