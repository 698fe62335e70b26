//! DOS partition tables, with logical partitions.
//!
//! Tables and entries are recognised by the kernel's rule
//! (`block/partitions/msdos.c`).

use super::table::{Layout, Partition, PartitionError, PartitionType, Table, check};
use crate::image::BlockDevice;

const SECTOR: u64 = 512;
const ENTRIES: usize = 446;
const ENTRY: usize = 16;
const SIGNATURE: [u8; 2] = [0x55, 0xaa];
const GPT_PROTECTIVE: u8 = 0xee;
/// Types of an extended partition: CHS, LBA, and that of Linux.
const EXTENDED: [u8; 3] = [0x05, 0x0f, 0x85];
/// The kernel's own bound is 256 minors.
const MAX_LOGICAL: u32 = 256;

/// One of a table's four entries.
#[derive(Clone, Copy, Debug)]
struct Entry {
    boot: u8,
    kind: u8,
    /// First sector, from the table's own base on.
    start: u32,
    sectors: u32,
}

impl Entry {
    fn parse(bytes: &[u8; ENTRY]) -> Self {
        let word = |at: usize| {
            u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        Self {
            boot: bytes[0],
            kind: bytes[4],
            start: word(8),
            sectors: word(12),
        }
    }

    fn is_used(&self) -> bool {
        self.kind != 0 && self.sectors != 0
    }

    fn is_extended(&self) -> bool {
        EXTENDED.contains(&self.kind)
    }
}

/// Entries of a sector that ends as a table does.
fn entries(sector: &[u8]) -> Option<[Entry; 4]> {
    let sector: &[u8; SECTOR as usize] = sector.get(..SECTOR as usize)?.try_into().ok()?;
    let (entries, []) = sector[ENTRIES..ENTRIES + 4 * ENTRY].as_chunks::<ENTRY>() else {
        return None;
    };
    let entries: &[[u8; ENTRY]; 4] = entries.try_into().ok()?;
    sector
        .ends_with(&SIGNATURE)
        .then(|| entries.map(|entry| Entry::parse(&entry)))
}

/// A sector that ends like an MBR and whose entries are those of one.
pub(super) struct Header([Entry; 4]);

impl Header {
    pub(super) fn parse(sector: &[u8]) -> Option<Self> {
        let entries = entries(sector)?;
        let sound = entries.iter().all(|entry| matches!(entry.boot, 0 | 0x80));
        sound.then_some(Self(entries))
    }

    pub(super) fn announces_gpt(&self) -> bool {
        self.used().any(|(_, entry)| entry.kind == GPT_PROTECTIVE)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.used().next().is_none()
    }

    /// True where its entries can be partitions of one disk.
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

    fn used(&self) -> impl Iterator<Item = (u32, &Entry)> {
        (1u32..).zip(&self.0).filter(|(_, entry)| entry.is_used())
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

/// Follows the chain of an extended partition. Each link has at most one partition and one further
/// link in its first two entries; what lies in the other two is not looked at, since some programs
/// leave other things there.
fn logical(
    device: &mut dyn BlockDevice,
    extended: &Entry,
    partitions: &mut Vec<Partition>,
) -> Result<(), PartitionError> {
    let damaged = PartitionError::DamagedExtended;
    let start = u64::from(extended.start);
    let end = start + u64::from(extended.sectors);
    let mut link = start;
    let mut number = 5;
    for _ in 0..MAX_LOGICAL {
        let mut sector = [0; SECTOR as usize];
        device.read_at(link * SECTOR, &mut sector)?;
        let Some([first, second, ..]) = entries(&sector) else {
            // An extended partition that was never used has no link at all.
            return match link == start {
                true => Ok(()),
                false => Err(damaged("a link that is none")),
            };
        };
        let used = [first, second].into_iter().filter(Entry::is_used);
        let (links, data): (Vec<_>, Vec<_>) = used.partition(Entry::is_extended);
        if data.len() > 1 || links.len() > 1 {
            return Err(damaged("a link with two partitions or two links"));
        }
        if let Some(data) = data.first() {
            let found = partition(number, link, data);
            if found.range.start <= link * SECTOR || found.range.end > end * SECTOR {
                return Err(damaged("a logical partition outside of it"));
            }
            partitions.push(found);
            number += 1;
        }
        let Some(next) = links.first() else {
            return Ok(());
        };
        let next = start + u64::from(next.start);
        if next <= link || next >= end {
            return Err(damaged("a link that leads back or out"));
        }
        link = next;
    }
    Err(damaged("more than 256 logical partitions"))
}

fn span(number: u32, base: u64, entry: &Entry) -> (u32, u64, u64) {
    let first = base + u64::from(entry.start);
    (number, first, first + u64::from(entry.sectors) - 1)
}

fn partition(number: u32, base: u64, entry: &Entry) -> Partition {
    let (number, first, last) = span(number, base, entry);
    Partition {
        number,
        range: first * SECTOR..(last + 1) * SECTOR,
        kind: PartitionType::System(entry.kind),
        read_only: false,
    }
}
