//! The receipt: what was done to a guest and how to undo it, kept in the guest itself.

use serde::{Deserialize, Serialize};

use crate::fstab::{Known, Undo};
use crate::graft::kernel::KernelReceipt;
use crate::identity;
use crate::links::Done;
use crate::path::{GuestPath, printable};
use crate::unit;

/// The folder that holds the receipt in a guest.
pub const RECEIPT_FOLDER: &str = "/var/lib/osgraft";
/// The receipt's name in it; mode 0600.
pub const RECEIPT_NAME: &str = "receipt.json";
const VERSION: u32 = 1;
/// That of a receipt with a pin: an osgraft that knows no pins refuses it by this number, where it
/// would select another server.
const PINNED_VERSION: u32 = 2;
/// That of a receipt with a unit: an osgraft that knows no units refuses it by this number, where
/// it would leave the unit behind.
const UNIT_VERSION: u32 = 3;
/// That of a receipt with an identity, for the same reason.
const IDENTITY_VERSION: u32 = 4;

/// That of a receipt with components that are mounted over directories, for the same reason.
const COMPONENT_VERSION: u32 = 5;

/// That of a receipt with a kernel in the guest's `/boot`, for the same reason.
const KERNEL_VERSION: u32 = 6;

/// Record of a graft, kept in the guest. It comes from the guest's disk, so nothing in it is trusted further
/// than the guest is: every step back is checked against the tree as it stands.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Receipt {
    /// The form of this file.
    version: u32,
    /// Mount point of the share, as fstab and the links name it.
    pub mount_point: GuestPath,
    /// The server's name in the registry.
    pub server: String,
    /// Source of the mount: an export, a tag, a device.
    pub export: String,
    /// The server that the child stays with until another is asked for; none where one is selected
    /// each time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<String>,
    /// Record of fstab's entry; `None` once that is undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fstab: Option<FstabReceipt>,
    /// Record of the links.
    pub links: Done,
    /// Record of the unit that lets go of the share; `None` where the guest has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<unit::Done>,
    /// Record of the child's identity; `None` where it has its master's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<identity::Done>,
    /// Record of the kernel of a release that the guest boots; `None` where it boots its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel: Option<KernelReceipt>,
    /// Directories made for the receipt itself, outermost first.
    pub folders: Vec<GuestPath>,
}

/// Record of fstab's entry.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FstabReceipt {
    /// The file, links resolved.
    pub path: GuestPath,
    /// The way to take the block out.
    pub undo: Undo,
}

/// Reasons why a receipt cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiptError {
    /// It is not the JSON that osgraft wrote.
    #[error(
        "the receipt {path} is damaged ({why}): prepare writes it anew from what the guest shows, and revert goes by that; a pin is lost with it"
    )]
    Damaged {
        /// Its place in the guest.
        path: GuestPath,
        /// Message of the parser, escaped.
        why: String,
    },
    /// A later osgraft wrote it.
    #[error(
        "the receipt {path} is of version {version}, which this osgraft does not know: use the osgraft that wrote it, or “osgraft revert --force”, which goes by what the guest shows"
    )]
    Version {
        /// Its place in the guest.
        path: GuestPath,
        /// Its version.
        version: u32,
    },
    /// It holds what this osgraft does not know.
    #[error(
        "the receipt {path} is not understood ({why}): use the osgraft that wrote it, or “osgraft revert --force”, which goes by what the guest shows"
    )]
    Unknown {
        /// Its place in the guest.
        path: GuestPath,
        /// Message of the parser, escaped.
        why: String,
    },
    /// It is no regular file, has other names, or is larger than 1 MiB.
    #[error(
        "{path} is no receipt ({what}): remove it in the guest, or let “osgraft revert --force” move it away"
    )]
    NotOurs {
        /// Its place in the guest.
        path: GuestPath,
        /// The fault.
        what: &'static str,
    },
}

impl ReceiptError {
    /// A stable name for scripts.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Damaged { .. } => "receipt-damaged",
            Self::Version { .. } => "receipt-version",
            Self::Unknown { .. } => "receipt-unknown",
            Self::NotOurs { .. } => "receipt-not-ours",
        }
    }
}

impl Receipt {
    pub(super) fn new(mount_point: GuestPath, server: &str, export: &str) -> Self {
        Self {
            version: VERSION,
            mount_point,
            server: server.to_owned(),
            export: export.to_owned(),
            pin: None,
            fstab: None,
            links: Done::default(),
            unit: None,
            identity: None,
            kernel: None,
            folders: Vec::new(),
        }
    }

    /// With this pin, or without any.
    pub(super) fn pinned(mut self, pin: Option<String>) -> Self {
        self.pin = pin;
        self.set_version();
        self
    }

    /// Sets the record of the unit, and the version with it.
    pub(super) fn set_unit(&mut self, unit: Option<unit::Done>) {
        self.unit = unit;
        self.set_version();
    }

    /// Sets the record of the identity, and the version with it.
    pub(super) fn set_identity(&mut self, identity: Option<identity::Done>) {
        self.identity = identity;
        self.set_version();
    }

    /// Sets the record of the kernel, and the version with it.
    pub(super) fn set_kernel(&mut self, kernel: Option<KernelReceipt>) {
        self.kernel = kernel;
        self.set_version();
    }

    /// Sets the record of the links, and the version with it.
    pub(super) fn set_links(&mut self, links: Done) {
        self.links = links;
        self.set_version();
    }

    /// The lowest version that an osgraft has to know to undo all of it.
    fn set_version(&mut self) {
        self.version = match self {
            Self {
                kernel: Some(_), ..
            } => KERNEL_VERSION,
            Self { links, .. } if !links.mounts.is_empty() => COMPONENT_VERSION,
            Self {
                identity: Some(_), ..
            } => IDENTITY_VERSION,
            Self { unit: Some(_), .. } => UNIT_VERSION,
            Self { pin: Some(_), .. } => PINNED_VERSION,
            _ => VERSION,
        };
    }

    /// True where it tells of nothing that could be taken back.
    pub(super) fn is_empty(&self) -> bool {
        self.is_of_share_empty() && self.identity.is_none() && self.kernel.is_none()
    }

    /// True where it tells of nothing that serves a share.
    fn is_of_share_empty(&self) -> bool {
        self.fstab.is_none() && self.links.is_empty() && self.unit.is_none()
    }

    /// Marks of its entry in fstab.
    pub(super) fn known(&self) -> Known {
        let mut known = Known::at(self.mount_point.clone());
        if !self.export.is_empty() {
            known = known.spec(&self.export);
        }
        match &self.fstab {
            Some(done) => known.written(&done.undo),
            None => known,
        }
    }

    /// Reads a receipt's bytes; `path` names it in errors.
    pub(super) fn parse(bytes: &[u8], path: &GuestPath) -> Result<Self, ReceiptError> {
        let damaged = |error: &serde_json::Error| {
            let (path, why) = (path.clone(), printable(&error.to_string()));
            // A crash leaves no whole JSON with a field more; another osgraft may.
            match error.is_data() && why.starts_with("unknown field") {
                true => ReceiptError::Unknown { path, why },
                false => ReceiptError::Damaged { path, why },
            }
        };
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let Versioned { version } = serde_json::from_slice(bytes).map_err(|e| damaged(&e))?;
        if !(VERSION..=KERNEL_VERSION).contains(&version) {
            return Err(ReceiptError::Version {
                path: path.clone(),
                version,
            });
        }
        let receipt: Self = serde_json::from_slice(bytes).map_err(|e| damaged(&e))?;
        match receipt.kernel.as_ref().and_then(KernelReceipt::fault) {
            None => Ok(receipt),
            Some(why) => Err(ReceiptError::Damaged {
                path: path.clone(),
                why: format!("its record of a kernel is none of osgraft's: {why}"),
            }),
        }
    }

    /// The receipt's bytes: the same receipt, the same bytes.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut text = serde_json::to_vec_pretty(self).expect("strings and numbers alone");
        text.push(b'\n');
        text
    }
}
