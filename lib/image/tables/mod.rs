//! Judgement on a qcow2 image's tables: they agree with each other before an edit goes through them.
//!
//! The library that writes takes the tables at their word: with an L2 table in the place of a
//! refcount block, or a cluster in use that is counted as free, an edit would overwrite what it
//! rests on. So each table has a place of its own, nothing is referred to more often than it is
//! counted, and what claims to be referred to once is. That is what `qemu-img check` calls an image
//! without errors, but for two kinds that harm nothing: counts that are too high, which are leaks,
//! and the missing claim to be referred to once.
//!
//! Source: `docs/interop/qcow2.txt` of QEMU.

mod counts;
mod map;
mod snapshots;
mod view;

use std::ops::Range;

use counts::Counts;
use map::Map;
use snapshots::Snapshots;
use view::{L1, Place, Tables};

use super::bitmaps;
use super::error::ImageError;
use super::file::HostFile;
use super::header::Header;
use super::refcounts::{COMPRESSED, COPIED, MAX_SEARCHED, OFFSET, entries};
use super::refusal::Refusal;

/// Tables that are looked for at most: those of 256 TiB in clusters of 64 KiB, of 1 TiB in
/// clusters of 4 KiB.
const MAX_TABLES: u64 = 1 << 19;
/// Bits that are zero in each entry, the compressed ones of L2 tables left out.
const RESERVED_L1: u64 = 0x7f00_0000_0000_01ff;
const RESERVED_L2: u64 = 0x3f00_0000_0000_01fe;
/// Bytes of an L1 table that are read at once.
const STEP: usize = 1 << 20;

/// Refuses an image whose tables contradict each other.
///
/// Reads the refcount table, the L1 table, the L2 tables up to [`MAX_SEARCHED`] bytes of them, those
/// of internal snapshots too, and the counts of what they refer to. Past that, and past what a
/// [`Map`] holds, data is not looked at.
///
/// # Errors
/// [`Refusal::Tables`]; [`Refusal::TooManyTables`] where there are more tables than [`MAX_TABLES`].
pub(super) fn require_sound(file: &HostFile, header: &Header) -> Result<(), ImageError> {
    let len = file
        .len()
        .map_err(|e| ImageError::io("read", file.path(), e))?;
    let tables = Tables {
        file,
        header,
        cluster: header.cluster_size(),
        clusters: len.div_ceil(header.cluster_size()),
    };
    let mut counts = Counts::new(&tables)?;
    let snapshots = tables.snapshots()?;
    let places = tables.places(&counts.table, &snapshots)?;
    for place in &places {
        tables.judge(place.cluster, 1, place.alone, &mut counts)?;
    }
    let map = tables.references(&places, &snapshots)?;
    for (cluster, references, alone) in map.referred() {
        tables.judge(cluster, references, alone, &mut counts)?;
    }
    Ok(())
}

impl Tables<'_> {
    fn active(&self) -> L1 {
        L1 {
            offset: self.header.l1_offset,
            entries: u64::from(self.header.l1_entries),
        }
    }

    /// Holds how often a cluster is referred to against how often it is counted.
    fn judge(
        &self,
        cluster: u64,
        references: u8,
        alone: bool,
        counts: &mut Counts<'_>,
    ) -> Result<(), ImageError> {
        let count = counts.of(cluster)?;
        if count < references {
            return Err(self.refused("a cluster is in use more often than counted", cluster));
        }
        if alone && (count > 1 || references > 1) {
            let what = "a cluster that is to be in use once is in use more often";
            return Err(self.refused(what, cluster));
        }
        Ok(())
    }

    /// Places of the header and the tables that an edit rests on, in order.
    fn places(
        &self,
        refcount_table: &[u8],
        snapshots: &Snapshots,
    ) -> Result<Vec<Place>, ImageError> {
        let header = self.header;
        let refcounts = u64::from(header.refcount_table_clusters) * self.cluster;
        let mut places = Vec::new();
        self.add(&mut places, 0..1)?;
        self.add(
            &mut places,
            self.span(header.refcount_table_offset, refcounts),
        )?;
        self.add(&mut places, snapshots.table.clone())?;
        for l1 in snapshots.l1.iter().chain([&self.active()]) {
            self.add(&mut places, self.span(l1.offset, l1.entries * 8))?;
        }
        for offset in entries(refcount_table).filter(|offset| *offset != 0) {
            let what = "a refcount block lies where none can";
            let cluster = self.cluster_at(offset, what)?;
            self.add(&mut places, cluster..cluster + 1)?;
        }
        self.each_l2(self.active(), |cluster, alone| {
            self.add(&mut places, cluster..cluster + 1)?;
            if let Some(place) = places.last_mut() {
                place.alone = alone;
            }
            Ok(())
        })?;
        self.add_bitmaps(&mut places)?;
        places.sort_unstable();
        for pair in places.windows(2) {
            if pair[0].cluster == pair[1].cluster {
                return Err(self.refused("two tables share a place", pair[0].cluster));
            }
        }
        Ok(places)
    }

    /// The clusters of the persistent bitmaps: their directory, their tables, and their bits.
    fn add_bitmaps(&self, places: &mut Vec<Place>) -> Result<(), ImageError> {
        let Some(listed) = self.header.bitmaps else {
            return Ok(());
        };
        let io = |e| ImageError::io("read", self.file.path(), e);
        let unsound = || ImageError::refused(self.file.path(), Refusal::Bitmaps);
        let read = |offset, buf: &mut [u8]| self.file.read_at(offset, buf);
        let bitmaps = bitmaps::list(self.header, &read).map_err(io)?;
        let directory = self.span(listed.directory_offset, listed.directory_len);
        self.add(places, directory)?;
        for bitmap in bitmaps.ok_or_else(unsound)? {
            let (table, bytes) = bitmap.table();
            let table = self.span(table, bytes);
            self.add(places, table)?;
            let entries = bitmap.entries(self.header, &read).map_err(io)?;
            for offset in entries
                .ok_or_else(unsound)?
                .into_iter()
                .filter_map(bitmaps::data)
            {
                let cluster = self.cluster_at(offset, "a bitmap lies where none can")?;
                self.add(places, cluster..cluster + 1)?;
            }
        }
        Ok(())
    }

    fn add(&self, places: &mut Vec<Place>, clusters: Range<u64>) -> Result<(), ImageError> {
        if clusters.end > self.clusters {
            let what = "a table reaches behind the file's end";
            return Err(self.refused(what, clusters.start));
        }
        if places.len() as u64 + (clusters.end - clusters.start) > MAX_TABLES {
            return Err(ImageError::refused(
                self.file.path(),
                Refusal::TooManyTables,
            ));
        }
        places.extend(clusters.map(|cluster| Place {
            cluster,
            alone: false,
        }));
        Ok(())
    }

    /// Each L2 table that an L1 table names: its cluster, and whether it is to be in use once.
    fn each_l2(
        &self,
        l1: L1,
        mut visit: impl FnMut(u64, bool) -> Result<(), ImageError>,
    ) -> Result<(), ImageError> {
        let bytes = l1.entries as usize * 8;
        let mut step = vec![0; STEP.min(bytes)];
        for from in (0..bytes).step_by(STEP) {
            let step = &mut step[..STEP.min(bytes - from)];
            self.read(l1.offset + from as u64, step)?;
            for entry in entries(step).filter(|entry| *entry != 0) {
                let cluster = self.cluster_at(entry & OFFSET, "an L2 table lies where none can")?;
                // The header's, which an entry names that names no place.
                if cluster == 0 || entry & RESERVED_L1 != 0 {
                    return Err(self.refused("an L1 entry holds what none can", cluster));
                }
                visit(cluster, entry & COPIED != 0)?;
            }
        }
        Ok(())
    }

    /// Map of the references to each cluster.
    fn references<'p>(
        &self,
        places: &'p [Place],
        snapshots: &Snapshots,
    ) -> Result<Map<'p>, ImageError> {
        let mut map = Map::new(places);
        let mut l2 = vec![0; self.cluster as usize];
        let mut searched = 0;
        let others = snapshots.l1.iter().map(|l1| (*l1, false));
        for (l1, active) in std::iter::once((self.active(), true)).chain(others) {
            self.each_l2(l1, |cluster, _| {
                searched += self.cluster;
                if searched > MAX_SEARCHED {
                    return Ok(());
                }
                if !active && let Some((leaf, within)) = map.leaf(cluster) {
                    leaf.refer(within);
                }
                self.read(cluster * self.cluster, &mut l2)?;
                for entry in entries(&l2).filter(|entry| *entry != 0) {
                    self.refer(&mut map, entry, active)?;
                }
                Ok(())
            })?;
        }
        Ok(map)
    }

    fn refer(&self, map: &mut Map<'_>, entry: u64, active: bool) -> Result<(), ImageError> {
        let nowhere = "data lies where none can";
        let (clusters, alone) = if entry & COMPRESSED == 0 {
            let cluster = self.cluster_at(entry & OFFSET, nowhere)?;
            if entry & RESERVED_L2 != 0 {
                return Err(self.refused("an L2 entry holds what none can", cluster));
            }
            if cluster == 0 {
                return Ok(());
            }
            (cluster..cluster + 1, entry & COPIED != 0)
        } else {
            let (offset, bytes) = self.header.compressed(entry);
            let clusters = self.span(offset, bytes);
            // The last sector of a file may be short of what is written there.
            let end = clusters.end.min(self.clusters);
            if clusters.start >= end {
                return Err(self.refused(nowhere, clusters.start));
            }
            (clusters.start..end, false)
        };
        for cluster in clusters {
            let Some((leaf, within)) = map.leaf(cluster) else {
                continue;
            };
            leaf.refer(within);
            if active && leaf.tables.has(within) {
                return Err(self.refused("data lies over a table", cluster));
            }
            if active && alone {
                leaf.alone.add(within);
            }
        }
        Ok(())
    }
}
