//! GUID partition tables.
//!
//! `gptman` decodes and checks the checksums; what it would trust is checked before: it reserves
//! memory for as many entries as a header claims, and asserts their size.

use std::io::Cursor;

use gptman::{GPTHeader, GPTPartitionEntry};

use super::table::{Layout, Partition, PartitionError, PartitionType, Table, check};
use super::type_guid::TypeGuid;
use crate::image::BlockDevice;

/// Eight times what sgdisk makes; the specification sets a least number only.
const MAX_ENTRIES: u32 = 1024;
const ENTRY: u64 = 128;
/// Attribute bit of the Discoverable Partitions Specification.
const READ_ONLY: u64 = 1 << 60;

/// Reads the table from whichever copy is whole, the first before the second.
pub(super) fn read(device: &mut dyn BlockDevice) -> Result<Layout, PartitionError> {
    let (entries, sector_size, sectors) = entries(device)?;
    layout(&entries, sector_size, sectors)
}

/// The entries, the sector size and the number of sectors.
pub(super) fn entries(
    device: &mut dyn BlockDevice,
) -> Result<(Vec<GPTPartitionEntry>, u64, u64), PartitionError> {
    let mut reason = "no header";
    for sector_size in [512, 4096] {
        let sectors = device.size() / sector_size;
        if sectors < 3 {
            continue;
        }
        for lba in [1, sectors - 1] {
            match copy(device, sector_size, sectors, lba)? {
                Ok(entries) => return Ok((entries, sector_size, sectors)),
                Err("no header") => {}
                Err(why) => reason = why,
            }
        }
    }
    Err(PartitionError::DamagedGpt(reason))
}

/// One copy's entries, or why it is not whole.
fn copy(
    device: &mut dyn BlockDevice,
    sector_size: u64,
    sectors: u64,
    lba: u64,
) -> Result<Result<Vec<GPTPartitionEntry>, &'static str>, PartitionError> {
    let mut sector = vec![0; sector_size as usize];
    device.read_at(lba * sector_size, &mut sector)?;
    let mut header = match GPTHeader::read_from(&mut Cursor::new(&sector)) {
        Ok(header) => header,
        Err(gptman::Error::InvalidSignature) => return Ok(Err("no header")),
        Err(gptman::Error::InvalidChecksum(..)) => return Ok(Err("bad header checksum")),
        Err(_) => return Ok(Err("unknown header revision or size")),
    };
    if header.primary_lba != lba {
        return Ok(Err("a header that is not where it says"));
    }
    let count = header.number_of_partition_entries;
    if u64::from(header.size_of_partition_entry) != ENTRY || !(1..=MAX_ENTRIES).contains(&count) {
        return Ok(Err("an unusual number or size of entries"));
    }
    let len = u64::from(count) * ENTRY;
    let first = header.partition_entry_lba;
    if first < 2 || first > sectors || first * sector_size + len > sectors * sector_size {
        return Ok(Err("entries beyond the disk"));
    }
    let mut array = vec![0; len as usize];
    device.read_at(first * sector_size, &mut array)?;
    // gptman reads as much as an entry takes in memory, which is more than it has on disk.
    array.resize(array.len() + size_of::<GPTPartitionEntry>(), 0);
    header.partition_entry_lba = 0;
    Ok(header
        .read_partitions(&mut Cursor::new(&array), sector_size)
        .map_err(|_| "bad checksum of the entries"))
}

fn layout(
    entries: &[GPTPartitionEntry],
    sector_size: u64,
    sectors: u64,
) -> Result<Layout, PartitionError> {
    let used: Vec<_> = (1u32..)
        .zip(entries)
        .filter(|(_, entry)| entry.is_used())
        .collect();
    let spans: Vec<_> = used
        .iter()
        .map(|(number, entry)| (*number, entry.starting_lba, entry.ending_lba))
        .collect();
    check(&spans, sectors)?;
    let partition = |(number, entry): (u32, &GPTPartitionEntry)| Partition {
        number,
        range: entry.starting_lba * sector_size..(entry.ending_lba + 1) * sector_size,
        kind: PartitionType::Guid(TypeGuid(entry.partition_type_guid)),
        read_only: entry.attribute_bits & READ_ONLY != 0,
    };
    Ok(Layout {
        table: Table::Gpt,
        sector_size: sector_size as u32,
        partitions: used.into_iter().map(partition).collect(),
    })
}
