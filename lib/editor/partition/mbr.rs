//! DOS partition tables, with logical partitions.
//!
//! `mbrman` decodes each sector. The chain of an extended partition is followed here: it is
//! bounded, and the sums of what it says are too large for 32 bits.

use std::io::Cursor;

use mbrman::{MBRHeader, MBRPartitionEntry};

use super::{Layout, Partition, PartitionError, PartitionType, Table, check};
use crate::image::BlockDevice;

const SECTOR: u64 = 512;
const GPT_PROTECTIVE: u8 = 0xee;
/// The kernel's own bound is 256 minors.
const MAX_LOGICAL: u32 = 256;

/// A sector that ends like an MBR and decodes like one.
pub(super) struct Header(MBRHeader);

impl Header {
    pub(super) fn parse(sector: &[u8]) -> Option<Self> {
        let sector = sector.get(..SECTOR as usize)?;
        MBRHeader::read_from(&mut Cursor::new(sector))
            .ok()
            .map(Self)
    }

    pub(super) fn announces_gpt(&self) -> bool {
        self.used().any(|(_, entry)| entry.sys == GPT_PROTECTIVE)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.used().next().is_none()
    }

    /// Whether its entries can be partitions of one disk.
    pub(super) fn is_plausible(&self, sectors: u64) -> bool {
        !self.is_empty() && self.refuse(sectors).is_ok()
    }

    /// Says what is wrong with its entries.
    pub(super) fn refuse(&self, sectors: u64) -> Result<(), PartitionError> {
        let spans: Vec<_> = self
            .used()
            .map(|(number, entry)| span(number, 0, entry))
            .collect();
        check(&spans, sectors)
    }

    fn used(&self) -> impl Iterator<Item = (u32, &MBRPartitionEntry)> {
        let Self(header) = self;
        let all = [
            &header.partition_1,
            &header.partition_2,
            &header.partition_3,
            &header.partition_4,
        ];
        (1u32..)
            .zip(all)
            .filter(|(_, entry)| entry.sys != 0 && entry.sectors != 0)
    }
}

/// Primary and logical partitions of a plausible header.
pub(super) fn read(
    device: &mut dyn BlockDevice,
    header: &Header,
) -> Result<Layout, PartitionError> {
    let mut partitions = Vec::new();
    for (number, entry) in header.used() {
        if entry.is_extended() {
            logical(device, entry, &mut partitions)?;
        } else {
            partitions.push(partition(number, 0, entry));
        }
    }
    partitions.sort_unstable_by_key(|partition| partition.number);
    let spans: Vec<_> = partitions
        .iter()
        .map(|p| (p.number, p.range.start / SECTOR, p.range.end / SECTOR - 1))
        .collect();
    check(&spans, device.size() / SECTOR)?;
    Ok(Layout {
        table: Table::Mbr,
        sector_size: SECTOR as u32,
        partitions,
    })
}

/// Follows the chain of an extended partition: each link's first entry is a partition, its second
/// the next link.
fn logical(
    device: &mut dyn BlockDevice,
    extended: &MBRPartitionEntry,
    partitions: &mut Vec<Partition>,
) -> Result<(), PartitionError> {
    let start = u64::from(extended.starting_lba);
    let end = start + u64::from(extended.sectors);
    let mut link = start;
    let mut number = 5;
    for _ in 0..MAX_LOGICAL {
        let mut sector = [0; SECTOR as usize];
        device.read_at(link * SECTOR, &mut sector)?;
        let Some(Header(header)) = Header::parse(&sector) else {
            // An extended partition that was never used has no link at all.
            return match link == start {
                true => Ok(()),
                false => Err(PartitionError::DamagedExtended("a link that is none")),
            };
        };
        let (data, next) = (&header.partition_1, &header.partition_2);
        if data.sys != 0 && data.sectors != 0 {
            let found = partition(number, link, data);
            if found.range.start <= link * SECTOR || found.range.end > end * SECTOR {
                return Err(PartitionError::DamagedExtended(
                    "a logical partition outside of it",
                ));
            }
            partitions.push(found);
            number += 1;
        }
        if next.sys == 0 || next.sectors == 0 {
            return Ok(());
        }
        let next = start + u64::from(next.starting_lba);
        if next <= link || next >= end {
            return Err(PartitionError::DamagedExtended(
                "a link that leads back or out",
            ));
        }
        link = next;
    }
    Err(PartitionError::DamagedExtended(
        "more than 256 logical partitions",
    ))
}

fn span(number: u32, base: u64, entry: &MBRPartitionEntry) -> (u32, u64, u64) {
    let first = base + u64::from(entry.starting_lba);
    (number, first, first + u64::from(entry.sectors) - 1)
}

fn partition(number: u32, base: u64, entry: &MBRPartitionEntry) -> Partition {
    let (number, first, last) = span(number, base, entry);
    Partition {
        number,
        range: first * SECTOR..(last + 1) * SECTOR,
        kind: PartitionType::System(entry.sys),
        read_only: false,
    }
}
