//! Persistent bitmaps, which say what of a disk an incremental backup has to copy.
//!
//! An edit marks what it changes in each bitmap that is in force, as a virtual machine does: a
//! backup that goes on from there has it. A bitmap that was not closed is of no use to anybody and is
//! left as it is, and so is one that does not record.
//!
//! Source: `docs/interop/qcow2.txt` of QEMU; the bounds are those of `block/qcow2-bitmap.c`.

use std::io;
use std::ops::Range;

use super::header::Header;
use super::pages::PageStore;

/// Bytes of a directory's entry before its parts of variable length.
const ENTRY: usize = 24;
/// Bytes of a directory, and entries of a table, that are read at most: far beyond any in use.
const MAX_DIRECTORY: u64 = 1 << 20;
const MAX_TABLE: u64 = 1 << 20;
const MAX_NAME: u64 = 1023;
const DIRTY_TRACKING: u8 = 1;

const IN_USE: u32 = 1 << 0;
/// It records what is written from now on.
const AUTO: u32 = 1 << 1;

/// Bits of a table entry that hold an offset; with none, the lowest says that all bits are set.
const OFFSET: u64 = 0x00ff_ffff_ffff_fe00;
const ALL_ONES: u64 = 1;
/// Bits that no reader of the format knows.
const RESERVED: u64 = !(OFFSET | ALL_ONES);

/// Fills a buffer from an offset of the image's file on.
type Read<'a> = &'a dyn Fn(u64, &mut [u8]) -> io::Result<()>;

/// A bitmap as the directory lists it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Bitmap {
    table: u64,
    entries: u64,
    flags: u32,
    granularity_bits: u32,
}

impl Bitmap {
    /// True for a bitmap that records what is written.
    fn is_in_force(&self) -> bool {
        self.flags & AUTO != 0 && self.flags & IN_USE == 0
    }

    /// Offset and length of its table.
    pub(super) fn table(&self) -> (u64, u64) {
        (self.table, self.entries * 8)
    }

    /// The entries of its table; `None` where one of them cannot be.
    pub(super) fn entries(&self, header: &Header, read: Read<'_>) -> io::Result<Option<Vec<u64>>> {
        let mut bytes = vec![0; self.entries as usize * 8];
        read(self.table, &mut bytes)?;
        let entries: Vec<u64> = super::refcounts::entries(&bytes).collect();
        let sound = entries.iter().all(|entry| {
            let offset = entry & OFFSET;
            entry & RESERVED == 0
                && offset.is_multiple_of(header.cluster_size())
                && (offset == 0 || entry & ALL_ONES == 0)
        });
        Ok(sound.then_some(entries))
    }
}

/// The offset of the cluster that a table's entry names, if it names one.
pub(super) fn data(entry: u64) -> Option<u64> {
    Some(entry & OFFSET).filter(|offset| *offset != 0)
}

/// The bitmaps that an image lists; `None` where the list is not sound.
pub(super) fn list(header: &Header, read: Read<'_>) -> io::Result<Option<Vec<Bitmap>>> {
    let Some(listed) = header.bitmaps else {
        return Ok(Some(Vec::new()));
    };
    if listed.directory_len > MAX_DIRECTORY {
        return Ok(None);
    }
    let mut directory = vec![0; listed.directory_len as usize];
    read(listed.directory_offset, &mut directory)?;
    Ok(parse(header, &directory).filter(|bitmaps| bitmaps.len() == listed.count as usize))
}

fn parse(header: &Header, mut directory: &[u8]) -> Option<Vec<Bitmap>> {
    let mut bitmaps = Vec::new();
    while !directory.is_empty() {
        let entry = directory.get(..ENTRY)?;
        let number = |bytes: Range<usize>| {
            let bytes = entry[bytes].iter();
            bytes.fold(0, |n: u64, byte| n << 8 | u64::from(*byte))
        };
        let bitmap = Bitmap {
            table: number(0..8),
            entries: number(8..12),
            flags: number(12..16) as u32,
            granularity_bits: number(17..18) as u32,
        };
        let (name, extra) = (number(18..20), number(20..24));
        let covered = (bitmap.entries * header.cluster_size() * 8)
            .checked_shl(bitmap.granularity_bits)
            .unwrap_or(u64::MAX);
        let sound = bitmap.table != 0
            && bitmap.table.is_multiple_of(header.cluster_size())
            && (1..=MAX_TABLE).contains(&bitmap.entries)
            && bitmap.flags & !(IN_USE | AUTO) == 0
            && entry[16] == DIRTY_TRACKING
            && (9..=31).contains(&bitmap.granularity_bits)
            && (1..=MAX_NAME).contains(&name)
            && extra == 0
            && (bitmap.flags & IN_USE != 0 || covered >= header.size);
        let len = (ENTRY + name as usize).next_multiple_of(8);
        directory = directory.get(len..).filter(|_| sound)?;
        bitmaps.push(bitmap);
    }
    Some(bitmaps)
}

/// Marks places of the disk, offset and length in bytes, in each bitmap that is in force. False where
/// a bitmap is of a kind that is not known.
///
/// A part of a bitmap without a bit has no cluster, and is given none: all of its bits are set, and
/// the next backup copies more than it had to.
pub(super) fn mark(
    store: &PageStore,
    header: &Header,
    changed: impl Iterator<Item = (u64, u64)> + Clone,
) -> io::Result<bool> {
    let read = |offset, buf: &mut [u8]| store.read_file(offset, buf);
    let Some(bitmaps) = list(header, &read)? else {
        return Ok(false);
    };
    let per_entry = header.cluster_size() * 8;
    for bitmap in bitmaps.iter().filter(|bitmap| bitmap.is_in_force()) {
        let Some(mut entries) = bitmap.entries(header, &read)? else {
            return Ok(false);
        };
        for (offset, len) in changed.clone().filter(|(_, len)| *len > 0) {
            let bits = bitmap.granularity_bits;
            for bit in offset >> bits..=(offset + len - 1) >> bits {
                let index = bit / per_entry;
                let Some(entry) = entries.get_mut(index as usize) else {
                    return Ok(false);
                };
                match data(*entry) {
                    Some(data) => {
                        let (byte, mask) = (data + bit % per_entry / 8, 1 << (bit % 8));
                        let mut now = [0];
                        store.read_file(byte, &mut now)?;
                        if now[0] & mask == 0 {
                            store.write_file(byte, &[now[0] | mask])?;
                        }
                    }
                    None if *entry == ALL_ONES => {}
                    None => {
                        *entry = ALL_ONES;
                        store.write_file(bitmap.table + index * 8, &entry.to_be_bytes())?;
                    }
                }
            }
        }
    }
    Ok(true)
}
