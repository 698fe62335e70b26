//! The header of a sparse file, and the directory of its grain tables.

use super::{DESCRIPTOR_AT, DESCRIPTOR_READ, SECTOR, SPARSE_MAGIC, descriptor};
use crate::image::error::ImageError;
use crate::image::file::HostFile;
use crate::image::refusal::Refusal;

/// Entries of one grain table; the format leaves no choice.
pub(super) const TABLE: usize = 512;
/// Bytes of one grain table.
pub(super) const TABLE_BYTES: u64 = 4 * TABLE as u64;
/// An entry that stands for a grain of zeros, where the header says that there are such.
pub(super) const ZERO_GRAIN: u32 = 1;
/// Bytes before a compressed grain: the disk's sector, then the length.
pub(super) const MARKER: u64 = 12;

/// Sectors of a grain, at least and at most: 4 KiB and 2 MiB. All known programs write 64 KiB.
const GRAIN_SECTORS: std::ops::RangeInclusive<u64> = 8..=4096;
/// Most grain tables: those of 8 TiB in grains of 64 KiB.
const MAX_TABLES: u64 = 1 << 18;
/// Most grain tables that are read through for what the file ends before: those of 256 GiB in
/// grains of 64 KiB. What the others refer to shows when it is read.
const MOST_SEARCHED: usize = 8192;
/// Most sectors of a descriptor. All known programs leave 20 or fewer for it.
const MAX_DESCRIPTOR: u64 = 128;
/// In place of the directory's sector: it is in a second header at the file's end.
const DIRECTORY_IN_FOOTER: u64 = u64::MAX;
/// From the file's end to the marker, the second header and the mark of the stream's end.
const FOOTER: u64 = 3 * SECTOR;
const FOOTER_MARKER: u32 = 3;

mod flag {
    pub(super) const NEWLINES: u32 = 1 << 0;
    pub(super) const SECOND_DIRECTORY: u32 = 1 << 1;
    pub(super) const ZERO_GRAINS: u32 = 1 << 2;
    pub(super) const COMPRESSED: u32 = 1 << 16;
    pub(super) const MARKERS: u32 = 1 << 17;
    pub(super) const KNOWN: u32 = NEWLINES | SECOND_DIRECTORY | ZERO_GRAINS | COMPRESSED | MARKERS;
}

/// A sparse file that passed the gate: where its grains are.
#[derive(Clone, Debug)]
pub(in crate::image) struct Sparse {
    pub(super) size: u64,
    pub(super) grain: u64,
    pub(super) compressed: bool,
    pub(super) zero_grains: bool,
    /// Sector of each grain table; 0 for none.
    pub(super) directory: Vec<u32>,
}

/// The fixed fields of one header.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Fields {
    flags: u32,
    capacity: u64,
    grain: u64,
    descriptor: u64,
    descriptor_sectors: u64,
    directory: u64,
    overhead: u64,
}

impl Sparse {
    /// Reads and judges a file that is stated to be a VMDK: its header, descriptor and tables, and
    /// whether what they point to is there. Opens no other file.
    ///
    /// Reads at most 64 KiB, the directory (1 MiB) and grain tables (16 MiB), one at a time.
    pub(in crate::image) fn read(file: &HostFile) -> Result<Self, ImageError> {
        let io = |e| ImageError::io("read", file.path(), e);
        let refused = |refusal| ImageError::refused(file.path(), refusal);
        let len = file.len().map_err(io)?;
        let whole = DESCRIPTOR_AT + (MAX_DESCRIPTOR * SECTOR) as usize;
        let mut head = vec![0; whole.min(usize::try_from(len).unwrap_or(whole))];
        file.read_at(0, &mut head).map_err(io)?;
        let mut fields = Fields::of_file(&head).map_err(refused)?;
        judge_descriptor(&head, &fields, len).map_err(refused)?;
        if fields.directory == DIRECTORY_IN_FOOTER {
            fields = footer(file, &fields, len)?;
        }
        if fields
            .overhead
            .checked_mul(SECTOR)
            .is_none_or(|end| end > len)
        {
            return Err(refused(Refusal::Truncated("its first grain")));
        }
        let tables = fields.tables();
        let directory = fields.directory.checked_mul(SECTOR);
        let Some(at) = directory.filter(|at| *at >= SECTOR) else {
            return Err(refused(Refusal::VmdkHeader(
                "the place of its grain directory",
            )));
        };
        if at.checked_add(4 * tables).is_none_or(|end| end > len) {
            return Err(refused(Refusal::Truncated("its grain directory")));
        }
        let mut bytes = vec![0; (4 * tables) as usize];
        file.read_at(at, &mut bytes).map_err(io)?;
        let sparse = Self {
            size: fields.capacity * SECTOR,
            grain: fields.grain * SECTOR,
            compressed: fields.flags & flag::COMPRESSED != 0,
            zero_grains: fields.flags & flag::ZERO_GRAINS != 0,
            directory: entries(&bytes).collect(),
        };
        sparse.require_whole(file, len)?;
        Ok(sparse)
    }

    /// The disk's size in bytes.
    pub(in crate::image) fn size(&self) -> u64 {
        self.size
    }

    /// Refuses a file that ends before one of its tables or grains.
    fn require_whole(&self, file: &HostFile, len: u64) -> Result<(), ImageError> {
        let io = |e| ImageError::io("read", file.path(), e);
        let refused = |refusal| ImageError::refused(file.path(), refusal);
        let mut places: Vec<u32> = self
            .directory
            .iter()
            .copied()
            .filter(|at| *at != 0)
            .collect();
        places.sort_unstable();
        places.dedup();
        let behind = places
            .last()
            .map(|at| u64::from(*at) * SECTOR + TABLE_BYTES);
        if behind.is_some_and(|end| end > len) {
            return Err(refused(Refusal::Truncated("a grain table")));
        }
        let mut last = 0;
        let mut bytes = [0; TABLE_BYTES as usize];
        // In a stream a table follows its grains, so the last tables tell of the last grains.
        for place in places.iter().rev().take(MOST_SEARCHED) {
            file.read_at(u64::from(*place) * SECTOR, &mut bytes)
                .map_err(io)?;
            for entry in entries(&bytes) {
                match entry {
                    0 => {}
                    ZERO_GRAIN if self.zero_grains => {}
                    ZERO_GRAIN => return Err(refused(Refusal::VmdkHeader("a grain table entry"))),
                    sector => last = last.max(sector),
                }
            }
        }
        if last == 0 {
            return Ok(());
        }
        let at = u64::from(last) * SECTOR;
        // A grain at the end may be short, as the last cluster of a qcow2 file may.
        let end = match self.compressed {
            false => at + 1,
            true => {
                let mut marker = [0; MARKER as usize];
                file.read_at(at, &mut marker).map_err(io)?;
                at + MARKER + u64::from(le32(&marker, 8))
            }
        };
        match end > len {
            true => Err(refused(Refusal::Truncated("a grain that it refers to"))),
            false => Ok(()),
        }
    }
}

impl Fields {
    /// The header at the start of a file.
    fn of_file(head: &[u8]) -> Result<Self, Refusal> {
        if !head.starts_with(SPARSE_MAGIC) {
            return Err(super::not_sparse(head).unwrap_or(Refusal::NotVmdk));
        }
        match head.first_chunk() {
            Some(sector) => Self::parse(sector),
            None => Err(Refusal::Truncated("its header")),
        }
    }

    fn parse(sector: &[u8; SECTOR as usize]) -> Result<Self, Refusal> {
        let wrong = |what| Err(Refusal::VmdkHeader(what));
        let version = le32(sector, 4);
        if !(1..=3).contains(&version) {
            return Err(Refusal::VmdkVersion(version));
        }
        let fields = Self {
            flags: le32(sector, 8),
            capacity: le64(sector, 12),
            grain: le64(sector, 20),
            descriptor: le64(sector, 28),
            descriptor_sectors: le64(sector, 36),
            directory: le64(sector, 56),
            overhead: le64(sector, 64),
        };
        if fields.flags & !flag::KNOWN != 0 {
            return wrong("its flags");
        }
        // Programs that do not know one of the two marks go by the other.
        let compressed = fields.flags & flag::COMPRESSED != 0;
        let markers = fields.flags & flag::MARKERS != 0;
        if compressed != markers || le16(sector, 77) != u16::from(compressed) {
            return wrong("its compression method");
        }
        if fields.flags & flag::NEWLINES != 0 && sector[73..77] != *b"\n \r\n" {
            return wrong("its newline test, as after a transfer as text,");
        }
        if sector[72] != 0 {
            return Err(Refusal::VmdkUnclean);
        }
        if !GRAIN_SECTORS.contains(&fields.grain) || !fields.grain.is_power_of_two() {
            return wrong("its grain size");
        }
        if le32(sector, 44) as usize != TABLE {
            return wrong("the size of its grain tables");
        }
        // QEMU looks for the extents of a disk without capacity in the descriptor, as it does for
        // those of a disk in several files.
        if fields.capacity == 0 || fields.tables() > MAX_TABLES {
            return wrong("its capacity");
        }
        Ok(fields)
    }

    /// Number of grain tables that cover the disk.
    fn tables(&self) -> u64 {
        self.capacity.div_ceil(self.grain * TABLE as u64)
    }
}

fn judge_descriptor(head: &[u8], fields: &Fields, len: u64) -> Result<(), Refusal> {
    let sectors = fields.descriptor_sectors;
    if fields.descriptor == 0 {
        return Err(Refusal::VmdkType("twoGbMaxExtentSparse".into()));
    }
    // Elsewhere QEMU would not find it.
    if fields.descriptor != DESCRIPTOR_AT as u64 / SECTOR {
        return Err(Refusal::VmdkHeader("the place of its descriptor"));
    }
    if !(1..=MAX_DESCRIPTOR).contains(&sectors) {
        return Err(Refusal::VmdkHeader("the size of its descriptor"));
    }
    let bytes = (sectors * SECTOR) as usize;
    if len < (DESCRIPTOR_AT + bytes) as u64 {
        return Err(Refusal::Truncated("its descriptor"));
    }
    let rest = &head[DESCRIPTOR_AT..];
    if descriptor::names_parent(&rest[..rest.len().min(bytes.max(DESCRIPTOR_READ))]) {
        return Err(Refusal::VmdkDelta);
    }
    descriptor::judge(&rest[..bytes], fields.capacity)
}

/// The header at the end of a file that was written as a stream. It goes before that at the start,
/// from which it may differ by the directory's place alone.
fn footer(file: &HostFile, fields: &Fields, len: u64) -> Result<Fields, ImageError> {
    let refused = |refusal| ImageError::refused(file.path(), refusal);
    if len < DESCRIPTOR_AT as u64 + FOOTER || !len.is_multiple_of(SECTOR) {
        return Err(refused(Refusal::Truncated("its footer")));
    }
    let mut bytes = [0; FOOTER as usize];
    file.read_at(len - FOOTER, &mut bytes)
        .map_err(|e| ImageError::io("read", file.path(), e))?;
    let [marker, header, end] = [0, 512, 1024].map(|at| &bytes[at..at + 512]);
    // A marker: a count of sectors, a length that is 0, its kind; the stream's end is all zeros.
    let marked = le32(marker, 8) == 0 && le32(marker, 12) == FOOTER_MARKER;
    if !marked || end[..16] != [0; 16] || !header.starts_with(SPARSE_MAGIC) {
        return Err(refused(Refusal::Truncated("its footer")));
    }
    let found = Fields::of_file(header).map_err(refused)?;
    let expected = Fields {
        directory: found.directory,
        ..*fields
    };
    if found != expected {
        return Err(refused(Refusal::VmdkHeader("its footer")));
    }
    Ok(found)
}

/// The entries of a directory or a table.
pub(super) fn entries(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).map(|entry| le32(entry, 0))
}

pub(super) fn le32(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

fn le16(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(bytes[at..at + 2].try_into().expect("two bytes"))
}

fn le64(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}
