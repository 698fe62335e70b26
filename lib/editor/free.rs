//! Ranges that the root's file system holds nothing in.

use std::ops::Range;

use super::root::Root;

/// The most ranges that are told; what is left out counts as used.
pub(super) const MAX_FREE: usize = 1 << 20;

/// Ranges of the root's file system as ranges of the disk; `None` where they do not rise, or reach out of
/// the root.
pub(super) fn in_root(root: &Root, free: Vec<Range<u64>>) -> Option<Vec<Range<u64>>> {
    let place = &root.partition.range;
    let len = place.end - place.start;
    let mut last = 0;
    free.into_iter()
        .map(|range| {
            let fits = range.start >= last && range.start < range.end && range.end <= len;
            last = range.end;
            fits.then_some(place.start + range.start..place.start + range.end)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::Reason;
    use crate::editor::partition::{Layout, Partition, PartitionType, Table};

    fn in_a_root(free: &[Range<u64>]) -> Option<Vec<Range<u64>>> {
        let partition = Partition {
            number: 1,
            range: 4096..16384,
            kind: PartitionType::Whole,
            read_only: false,
        };
        let root = Root {
            layout: Layout {
                table: Table::None,
                sector_size: 512,
                partitions: vec![partition.clone()],
            },
            partition,
            reason: Reason::Content,
        };
        in_root(&root, free.to_vec())
    }

    #[test]
    fn ranges_are_moved_to_their_place_on_the_disk() {
        let moved = in_a_root(&[0..1024, 2048..12288]);
        assert_eq!(moved, Some(vec![4096..5120, 6144..16384]));
    }

    #[test]
    fn ranges_that_no_file_system_tells_are_refused() {
        for free in [
            (0..12289, 0..0),
            (1024..1024, 0..0),
            (2048..4096, 1024..2048),
        ] {
            let free = match free.1.end {
                0 => vec![free.0],
                _ => vec![free.0, free.1],
            };
            assert_eq!(in_a_root(&free), None, "{free:?}");
        }
    }
}
