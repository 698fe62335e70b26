//! The record of a kernel in a guest's `/boot`.

use serde::{Deserialize, Serialize};

use crate::path::GuestPath;

/// Folder of the kernel's files in `/boot`.
pub(super) const FOLDER: &str = "osgraft";
/// Name of GRUB's file for entries of the operator's own.
pub(super) const CUSTOM: &str = "custom.cfg";
/// Folders of GRUB in `/boot`.
pub(super) const GRUB: [&str; 2] = ["grub", "grub2"];
/// Largest kernel with its initramfs that is written into a child, in bytes.
pub(super) const LIMIT: u64 = 256 << 20;
/// Largest kernel alone, in bytes.
pub(super) const IMAGE_MAX: u64 = 48 << 20;
/// Most files of a kernel: the image, and more parts of an initramfs than [`LIMIT`] makes.
const MOST_FILES: usize = 64;

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

impl KernelReceipt {
    /// Reason why this is no record of osgraft's; `None` for one that may be. A guest can write its receipt,
    /// and nothing but the places of a kernel is removed or read by it.
    pub(in crate::graft) fn fault(&self) -> Option<&'static str> {
        if self.files.len() > MOST_FILES {
            return Some("it lists more files than a kernel has");
        }
        let sizes = self.files.iter().map(|file| file.size);
        if sizes.fold(0, u64::saturating_add) > LIMIT {
            return Some("it lists a larger kernel than is written");
        }
        let Some(folder) = self.files.first().and_then(|file| file.path.parent()) else {
            return self.fault_of_entry(None);
        };
        let is_ours = |file: &KernelFile| {
            file.path.parent().as_ref() == Some(&folder)
                && file.size <= IMAGE_MAX
                && file.path.file_name().is_some_and(is_of_kernel)
        };
        if folder.file_name() != Some(FOLDER.as_bytes()) || !self.files.iter().all(is_ours) {
            return Some("it lists a file that is none of a kernel in /boot/osgraft");
        }
        self.fault_of_entry(Some(&folder))
    }

    fn fault_of_entry(&self, folder: Option<&GuestPath>) -> Option<&'static str> {
        if let Some(made) = &self.folder
            && (folder.is_some_and(|folder| folder != made)
                || made.file_name() != Some(FOLDER.as_bytes()))
        {
            return Some("it names a folder that is not the one of its kernel");
        }
        let grub = self.custom.path.parent();
        let grub = grub.as_ref().and_then(GuestPath::file_name);
        let is_grub = GRUB.iter().any(|name| grub == Some(name.as_bytes()));
        if !is_grub || self.custom.path.file_name() != Some(CUSTOM.as_bytes()) {
            return Some("it names an entry that is not in GRUB's custom.cfg");
        }
        None
    }
}

/// True for the name of a file that osgraft gives to a kernel or to a part of its initramfs.
pub(super) fn is_of_kernel(name: &[u8]) -> bool {
    name.starts_with(b"vmlinuz-") || name.starts_with(b"initrd-")
}
