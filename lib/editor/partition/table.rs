//! Partitions as a table of any kind describes them.

use std::fmt;
use std::io;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::type_guid::TypeGuid;
use crate::guest::{Known, wire};
use crate::host::Cause;
use crate::image::BlockDevice;

/// Partition table of the disk.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Table {
    /// A GUID partition table (UEFI specification, chapter 5).
    Gpt,
    /// A DOS table, with logical partitions where it has an extended one.
    Mbr,
    /// None: a file system, if any, begins at offset 0.
    None,
}

/// Type of a partition, as the table says it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum PartitionType {
    /// The type GUID of a GPT entry.
    Guid(TypeGuid),
    /// The system byte of an MBR entry.
    System(u8),
    /// The whole disk, which has no table.
    Whole,
}

/// One partition.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Partition {
    /// Its number, as in `/dev/vda1`; 0 for the whole disk.
    pub number: u32,
    /// Its bytes on the disk, never empty.
    pub range: Range<u64>,
    /// Type, as the table says it.
    pub kind: PartitionType,
    /// True if a GPT says that it is to be mounted read-only (attribute bit 60 of the
    /// Discoverable Partitions Specification).
    pub read_only: bool,
}

impl Partition {
    /// True if its type is that of a member of a Linux software RAID.
    pub(in crate::editor) fn is_of_raid_type(&self) -> bool {
        match self.kind {
            PartitionType::Guid(guid) => guid.is_raid(),
            PartitionType::System(byte) => byte == 0xfd,
            PartitionType::Whole => false,
        }
    }

    /// True if its type says that firmware reads it, so that it holds nothing of Linux' own.
    pub(in crate::editor) fn is_for_firmware(&self) -> bool {
        match self.kind {
            PartitionType::Guid(guid) => guid.is_firmware(),
            PartitionType::System(byte) => byte == 0xef,
            PartitionType::Whole => false,
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            PartitionType::Whole => f.write_str("the whole disk"),
            _ => write!(f, "partition {}", self.number),
        }
    }
}

/// A disk's partitions, by number.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Layout {
    /// Kind of table.
    pub table: Table,
    /// Bytes in the unit that the table counts in.
    pub sector_size: u32,
    /// The partitions that are in use; for [`Table::None`] the whole disk.
    pub partitions: Vec<Partition>,
}

/// Reason that a partition table is not used.
#[derive(Debug, thiserror::Error, Serialize, Deserialize)]
#[non_exhaustive]
pub enum PartitionError {
    /// An MBR says that a GPT follows, and neither of its copies is whole.
    #[error("the disk's GPT is damaged in both copies ({0}): repair it with sgdisk or gdisk")]
    DamagedGpt(#[serde(deserialize_with = "wire::known")] Known),
    /// A chain of logical partitions that cannot be followed.
    #[error("the disk's extended partition is damaged ({0}): repair it with sfdisk or fdisk")]
    DamagedExtended(#[serde(deserialize_with = "wire::known")] Known),
    /// Both a partition table and a file system that begins at offset 0.
    #[error(
        "the disk bears both a partition table and an ext4 file system at offset 0: remove one with wipefs"
    )]
    TableOrFilesystem,
    /// A partition that reaches past the disk, or ends before it begins.
    #[error(
        "partition {number} reaches from sector {first} to {last}, on a disk of {sectors} sectors: the image is truncated, or repair the table"
    )]
    BeyondDisk {
        /// Partition.
        number: u32,
        /// First sector.
        first: u64,
        /// Last sector.
        last: u64,
        /// Sectors of the disk.
        sectors: u64,
    },
    /// Two partitions with common sectors.
    #[error("partitions {0} and {1} overlap: repair the table with sfdisk or sgdisk")]
    Overlap(u32, u32),
    /// The disk cannot be read.
    #[error("cannot read the disk's partition table: {}", Cause::of(.0))]
    Io(
        #[from]
        #[serde(with = "wire::host_error")]
        io::Error,
    ),
}

impl PartitionError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::DamagedGpt(_) => "damaged-gpt",
            Self::DamagedExtended(_) => "damaged-extended",
            Self::TableOrFilesystem => "table-or-filesystem",
            Self::BeyondDisk { .. } => "partition-beyond-disk",
            Self::Overlap(..) => "partitions-overlap",
            Self::Io(_) => "io",
        }
    }
}

/// Checks entries (number, first sector, last sector) against the disk and each other.
pub(super) fn check(entries: &[(u32, u64, u64)], sectors: u64) -> Result<(), PartitionError> {
    for &(number, first, last) in entries {
        if first > last || last >= sectors || first == 0 {
            return Err(PartitionError::BeyondDisk {
                number,
                first,
                last,
                sectors,
            });
        }
    }
    let mut sorted: Vec<_> = entries.iter().collect();
    sorted.sort_unstable_by_key(|(_, first, _)| *first);
    match sorted.windows(2).find(|pair| pair[0].2 >= pair[1].1) {
        Some(pair) => {
            let (a, b) = (pair[0].0, pair[1].0);
            Err(PartitionError::Overlap(a.min(b), a.max(b)))
        }
        None => Ok(()),
    }
}

/// The first `len` bytes, or as many as there are.
pub(in crate::editor) fn head(device: &mut dyn BlockDevice, len: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; len.min(usize::try_from(device.size()).unwrap_or(usize::MAX))];
    device.read_at(0, &mut bytes)?;
    Ok(bytes)
}
