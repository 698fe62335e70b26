//! Tables of internal snapshots.

use std::ops::Range;

use super::view::{L1, Tables};
use crate::image::error::ImageError;
use crate::image::refcounts::MAX_SEARCHED;
use crate::image::refusal::Refusal;

/// Bytes of an entry before its parts of variable length.
const FIXED: usize = 40;
/// Bounds past which QEMU does not open an image (block/qcow2.h).
const MAX_EXTRA: u64 = 1024;
/// Extra data that an entry of a version 3 image has at least.
const MIN_EXTRA: u64 = 16;
const MAX_TABLE: u64 = 64 << 20;

/// The internal snapshots of an image.
pub(super) struct Snapshots {
    /// The clusters of the table that lists them.
    pub(super) table: Range<u64>,
    pub(super) l1: Vec<L1>,
}

impl Tables<'_> {
    pub(super) fn snapshots(&self) -> Result<Snapshots, ImageError> {
        let start = self.header.snapshots_offset;
        let mut at = start;
        let (mut l1, mut bytes) = (Vec::new(), 0);
        for _ in 0..self.header.snapshots {
            let mut entry = [0; FIXED];
            self.read(at, &mut entry)?;
            let number = |at: usize, len: usize| {
                let bytes = &entry[at..at + len];
                bytes
                    .iter()
                    .fold(0, |n: u64, byte| n << 8 | u64::from(*byte))
            };
            let (offset, entries) = (number(0, 8), number(8, 4));
            if entries > 0 {
                self.cluster_at(offset, "a snapshot's L1 table lies where none can")?;
                bytes += entries * 8;
                if bytes > MAX_SEARCHED {
                    return Err(ImageError::refused(
                        self.file.path(),
                        Refusal::TooManyTables,
                    ));
                }
                l1.push(L1 { offset, entries });
            }
            if self.header.version >= 3 && number(36, 4) < MIN_EXTRA {
                let what = "an entry of the snapshot table is incomplete";
                return Err(self.refused(what, at / self.cluster));
            }
            if number(36, 4) > MAX_EXTRA || at - start > MAX_TABLE {
                let what = "the snapshot table holds more than QEMU takes";
                return Err(self.refused(what, at / self.cluster));
            }
            let variable = number(12, 2) + number(14, 2) + number(36, 4);
            at += (FIXED as u64 + variable).next_multiple_of(8);
            if at.div_ceil(self.cluster) > self.clusters {
                let what = "the snapshot table reaches behind the file's end";
                return Err(self.refused(what, at / self.cluster));
            }
        }
        let table = if at > start {
            self.span(start, at - start)
        } else {
            0..0
        };
        Ok(Snapshots { table, l1 })
    }
}
