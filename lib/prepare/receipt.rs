//! The receipt: what was done to a guest and how to undo it, kept in the guest itself.

use serde::{Deserialize, Serialize};

use crate::fstab::Undo;
use crate::links::Done;
use crate::path::GuestPath;

/// The folder that holds the receipt in a guest.
pub const RECEIPT_FOLDER: &str = "/var/lib/osgraft";
/// The receipt's name in it; mode 0600.
pub const RECEIPT_NAME: &str = "receipt.json";
const VERSION: u32 = 1;

/// What was done to a guest. It comes from the guest's disk, so nothing in it is trusted further
/// than the guest is: every step back is checked against the tree as it stands.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Receipt {
    /// The form of this file.
    version: u32,
    /// Where the share is mounted, as fstab and the links name it.
    pub mount_point: GuestPath,
    /// The server's name in the registry.
    pub server: String,
    /// What is mounted from it.
    pub export: String,
    /// What was done to fstab; none once that is undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fstab: Option<FstabReceipt>,
    /// What was done for the links.
    pub links: Done,
    /// Directories made for the receipt itself, outermost first.
    pub folders: Vec<GuestPath>,
}

/// What was done to fstab.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FstabReceipt {
    /// The file, links resolved.
    pub path: GuestPath,
    /// How to take the block out.
    pub undo: Undo,
}

/// Why a receipt cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiptError {
    /// It is not the JSON that osgraft wrote.
    #[error(
        "the receipt {path} is damaged ({why}): remove it to prepare anew; what it tells of earlier edits is lost"
    )]
    Damaged {
        /// Where it lies in the guest.
        path: GuestPath,
        /// What the parser says, escaped.
        why: String,
    },
    /// A later osgraft wrote it.
    #[error("the receipt {path} is of version {version}: use the osgraft that wrote it")]
    Version {
        /// Where it lies in the guest.
        path: GuestPath,
        /// Its version.
        version: u32,
    },
    /// It is no regular file, has other names, or is larger than 1 MiB.
    #[error("{path} is no receipt ({what}): remove it from the guest")]
    NotOurs {
        /// Where it lies in the guest.
        path: GuestPath,
        /// What is wrong with it.
        what: &'static str,
    },
}

impl ReceiptError {
    /// A stable name for scripts.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Damaged { .. } => "receipt-damaged",
            Self::Version { .. } => "receipt-version",
            Self::NotOurs { .. } => "receipt-not-ours",
        }
    }
}

impl Receipt {
    pub(super) fn new(
        mount_point: GuestPath,
        server: &str,
        export: &str,
        fstab: FstabReceipt,
        links: Done,
        folders: Vec<GuestPath>,
    ) -> Self {
        Self {
            version: VERSION,
            mount_point,
            server: server.to_owned(),
            export: export.to_owned(),
            fstab: Some(fstab),
            links,
            folders,
        }
    }

    /// Reads a receipt's bytes; `path` names it in errors.
    pub(super) fn parse(bytes: &[u8], path: &GuestPath) -> Result<Self, ReceiptError> {
        let damaged = |error: &serde_json::Error| ReceiptError::Damaged {
            path: path.clone(),
            why: crate::path::printable(&error.to_string()),
        };
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let Versioned { version } = serde_json::from_slice(bytes).map_err(|e| damaged(&e))?;
        if version != VERSION {
            return Err(ReceiptError::Version {
                path: path.clone(),
                version,
            });
        }
        serde_json::from_slice(bytes).map_err(|e| damaged(&e))
    }

    /// The receipt's bytes: the same receipt, the same bytes.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut text = serde_json::to_vec_pretty(self).expect("strings and numbers alone");
        text.push(b'\n');
        text
    }
}
