//! Partition tables: GPT, MBR, or none.
//!
//! A table is hostile input: every number is checked against the disk and the other entries
//! before it is used, and the work is bounded whatever the table says.

mod gpt;
mod identity;
mod mbr;
mod table;
mod type_guid;
mod verity;

use super::ext4::Superblock;
use super::signature;
use crate::image::BlockDevice;

pub(super) use identity::{PartitionIdentity, identity};
pub(super) use table::head;
pub use table::{Layout, Partition, PartitionError, PartitionType, Table};
pub use type_guid::TypeGuid;

/// Finds the partitions of a disk.
///
/// A GPT counts when an MBR announces it, as the kernel has it; its second copy is used when the
/// first is damaged. An MBR is read with sectors of 512 bytes.
///
/// # Errors
/// [`PartitionError`]; never for a disk that has no table.
pub fn partitions(device: &mut dyn BlockDevice) -> Result<Layout, PartitionError> {
    let head = head(device, 4096)?;
    let holds_ext4 = Superblock::is_ext(head.get(1024..).unwrap_or_default())
        && Superblock::parse(&head[1024..], device.size()).is_ok();
    let whole = || Layout {
        table: Table::None,
        sector_size: 512,
        partitions: vec![Partition {
            number: 0,
            range: 0..device.size(),
            kind: PartitionType::Whole,
            read_only: false,
        }],
    };
    // Boot sectors of these end in the same two bytes as an MBR.
    let is_boot_sector = matches!(
        signature::identify(&head[..head.len().min(512)], &[]),
        Some(signature::Content::Vfat | signature::Content::Ntfs | signature::Content::ExFat)
            | Some(signature::Content::BitLocker)
    );
    let Some(header) = mbr::Header::parse(&head).filter(|_| !is_boot_sector) else {
        return Ok(whole());
    };
    let sectors = device.size() / 512;
    let layout = if header.announces_gpt() {
        gpt::read(device)?
    } else if header.is_plausible(sectors) {
        mbr::read(device, &header)?
    } else if holds_ext4 || header.is_empty() {
        // Code of a boot loader where the table would be.
        return Ok(whole());
    } else {
        header.refuse(sectors)?;
        return Ok(whole());
    };
    if holds_ext4 {
        return Err(PartitionError::TableOrFilesystem);
    }
    Ok(layout)
}
