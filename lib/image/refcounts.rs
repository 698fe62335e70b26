//! The end of a qcow2 file by its own account.
//!
//! Reference counts say which clusters of the file are in use. The last of them tells two things
//! that the header cannot: whether the file lost its end, and which bytes at its end are not in use.

use std::collections::BTreeSet;

use super::error::ImageError;
use super::file::HostFile;
use super::header::Header;
use super::refusal::Refusal;

/// Offset behind the last cluster in use, a multiple of the cluster size.
///
/// Reads the refcount table (at most 8 MiB) and its blocks from the last one on until one counts
/// something, [`MAX_SEARCHED`] bytes at most.
pub(super) fn allocated_end(file: &HostFile, header: &Header) -> Result<u64, ImageError> {
    let io = |e| ImageError::io("read", file.path(), e);
    let cluster = header.cluster_size();
    let len = file.len().map_err(io)?;
    let mut table = vec![0; (u64::from(header.refcount_table_clusters) * cluster) as usize];
    file.read_at(header.refcount_table_offset, &mut table)
        .map_err(io)?;
    let counts_per_block = (cluster * 8) >> header.refcount_order;
    let mut block = vec![0; cluster as usize];
    let mut searched = 0;
    for (index, offset) in entries(&table).enumerate().rev() {
        if offset == 0 {
            continue;
        }
        if !offset.is_multiple_of(cluster) {
            let what = Refusal::Header("a refcount table entry");
            return Err(ImageError::refused(file.path(), what));
        }
        if offset >= len {
            let what = Refusal::Truncated("a refcount block");
            return Err(ImageError::refused(file.path(), what));
        }
        searched += cluster;
        if searched > MAX_SEARCHED {
            break;
        }
        file.read_at(offset, &mut block).map_err(io)?;
        if let Some(last) = last_used(&block, header.refcount_order) {
            return (index as u64)
                .checked_mul(counts_per_block)
                .and_then(|first| (first + last + 1).checked_mul(cluster))
                .ok_or_else(|| {
                    ImageError::refused(file.path(), Refusal::Header("a refcount table entry"))
                });
        }
    }
    let what = Refusal::Header("its refcounts, all zero,");
    Err(ImageError::refused(file.path(), what))
}

/// Refuses a file that lost its end: one that something in use points past.
///
/// A count without a reference is a leak, as a crash of QEMU leaves them, and no loss; so the
/// references are asked only when the counts reach past the end.
pub(super) fn require_whole(file: &HostFile, header: &Header) -> Result<(), ImageError> {
    let io = |e| ImageError::io("read", file.path(), e);
    let len = file.len().map_err(io)?;
    let cluster = header.cluster_size();
    if allocated_end(file, header)? - cluster < len {
        return Ok(());
    }
    let cut = || {
        let what = Refusal::Truncated("a cluster that it refers to");
        ImageError::refused(file.path(), what)
    };
    let mut l1 = vec![0; header.l1_entries as usize * 8];
    file.read_at(header.l1_offset, &mut l1).map_err(io)?;
    let mut tables = BTreeSet::new();
    for table in entries(&l1).map(|e| e & OFFSET).filter(|t| *t != 0) {
        tables.insert(table);
        if tables.len() as u64 * cluster > MAX_SEARCHED {
            return Err(cut());
        }
    }
    let mut l2 = vec![0; cluster as usize];
    for table in tables {
        if table >= len {
            return Err(cut());
        }
        file.read_at(table, &mut l2).map_err(io)?;
        let past_the_end = |entry: u64| {
            let offset = if entry & COMPRESSED == 0 {
                entry & OFFSET
            } else {
                header.compressed(entry).0
            };
            offset >= len
        };
        if entries(&l2).any(past_the_end) {
            return Err(cut());
        }
    }
    Ok(())
}

/// Bits of an L1 or standard L2 entry that hold a file offset.
pub(super) const OFFSET: u64 = 0x00ff_ffff_ffff_fe00;
/// Bit of an L1 or L2 entry that says that nothing else refers to its cluster.
pub(super) const COPIED: u64 = 1 << 63;
/// Bit of an L2 entry that says its cluster is compressed.
pub(super) const COMPRESSED: u64 = 1 << 62;
/// Bytes of tables read at most when a file has to be searched, since one that is almost all hole
/// can claim any number of them: the L2 tables of 1 TiB in clusters of 64 KiB.
pub(super) const MAX_SEARCHED: u64 = 128 << 20;

pub(super) fn entries(table: &[u8]) -> impl DoubleEndedIterator<Item = u64> + ExactSizeIterator {
    table
        .chunks_exact(8)
        .map(|entry| u64::from_be_bytes(entry.try_into().expect("eight bytes")))
}

/// Index of the last count in a refcount block that is not zero. Counts narrower than a byte
/// start at its low bits.
fn last_used(block: &[u8], order: u32) -> Option<u64> {
    // Almost all of a block is zeros; they are passed over a sector at a time.
    let sector = block
        .chunks(512)
        .rposition(|sector| *sector != [0; 512][..sector.len()])?;
    let start = sector * 512;
    let within = &block[start..block.len().min(start + 512)];
    let byte = (start + within.iter().rposition(|byte| *byte != 0)?) as u64;
    if order >= 3 {
        return Some(byte >> (order - 3));
    }
    let highest_bit = 7 - u64::from(block[byte as usize].leading_zeros());
    Some((byte * 8 + highest_bit) >> order)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_count_is_found_at_every_width() {
        let mut block = [0; 64];
        assert_eq!(last_used(&block, 4), None);
        block[5] = 0b0000_1000;
        // One bit wide: bit 3 of byte 5. Two bits: 40..44 bits / 2. Up to 64 bits: byte 5 / 8.
        for (order, want) in [(0, 43), (1, 21), (2, 10), (3, 5), (4, 2), (5, 1), (6, 0)] {
            assert_eq!(last_used(&block, order), Some(want), "order {order}");
        }
    }
}
