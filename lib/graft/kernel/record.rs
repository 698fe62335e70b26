//! The record of a kernel in a guest's `/boot`.

use serde::{Deserialize, Serialize};

use crate::path::GuestPath;

/// Record of a kernel that was written into a guest.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KernelReceipt {
    /// The release that it is of.
    pub release: String,
    /// The kernel's release, as `uname -r` says it.
    pub kernel: String,
    /// Digests of the release's files, in the order in which they are booted.
    pub made_from: Vec<String>,
    /// The files in the guest: the kernel, then the parts of its initramfs.
    pub files: Vec<KernelFile>,
    /// Folder that was made for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<GuestPath>,
    /// Entry of the boot loader.
    pub custom: CustomReceipt,
}

/// A file of a kernel in a guest.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KernelFile {
    /// The file, links resolved.
    pub path: GuestPath,
    /// Its bytes.
    pub size: u64,
    /// SHA-256 of them, in hexadecimal digits.
    pub sha256: String,
}

/// Record of the entry in `custom.cfg`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomReceipt {
    /// The file, links resolved.
    pub path: GuestPath,
    /// True where there was no such file before.
    pub is_made: bool,
    /// True where a newline was put before the block.
    pub has_newline: bool,
    /// SHA-256 of the block, in hexadecimal digits.
    pub sha256: String,
}
