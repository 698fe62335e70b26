//! Places of file content in a redo record, which another content of the same length may take.
//!
//! A file system that keeps no checksum over file content (XFS) does not notice: what it wrote about
//! the file stays true of any content of that length.

use serde::{Deserialize, Serialize};

use super::header::{Header, SECTOR};
use super::redo::Redo;

/// Place of a content in a record.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Slot {
    extent: usize,
    at: usize,
    len: usize,
}

impl Slot {
    /// Bytes that it holds.
    pub(crate) fn len(self) -> usize {
        self.len
    }
}

impl Redo {
    /// The one place where a file's whole content begins on a sector; `None` where there is none, or more
    /// than one.
    pub(crate) fn slot_of(&self, content: &[u8]) -> Option<Slot> {
        let sectors = |data: &[u8]| {
            let last = data.len().checked_sub(content.len());
            last.map_or(Vec::new(), |last| {
                let starts = (0..=last).step_by(SECTOR);
                starts
                    .filter(|at| data[*at..*at + content.len()] == *content)
                    .collect()
            })
        };
        if content.is_empty() || self.inside.iter().any(|old| !sectors(&old.data).is_empty()) {
            return None;
        }
        let extents = self.tail.iter().enumerate();
        let mut found = extents.flat_map(|(extent, new)| {
            let len = content.len();
            let places = sectors(&new.data).into_iter();
            places.map(move |at| Slot { extent, at, len })
        });
        let slot = found.next()?;
        found.next().is_none().then_some(slot)
    }

    /// Every place in new clusters where a content begins on a sector.
    pub(crate) fn places_of(&self, content: &[u8]) -> Vec<Slot> {
        let len = content.len();
        let mut places = Vec::new();
        for (extent, new) in self.tail.iter().enumerate() {
            let starts = (0..new.data.len()).step_by(SECTOR);
            let found =
                starts.filter(|at| !content.is_empty() && new.data[*at..].starts_with(content));
            places.extend(found.map(|at| Slot { extent, at, len }));
        }
        places
    }

    /// Offset on the guest's disk of a place, by the tables that the record writes. It is a guess until
    /// the disk is read there.
    pub(crate) fn guest_offset(&self, header: &Header, slot: Slot) -> Option<u64> {
        let cluster = header.cluster_size();
        let host = self.tail.get(slot.extent)?.offset + slot.at as u64;
        let (data, l1) = (host / cluster * cluster, header.l1_offset);
        let l1_end = l1 + u64::from(header.l1_entries) * 8;
        let entry = self.entry_of(data, |_| true)?;
        let table = entry / cluster * cluster;
        let index = self.entry_of(table, |at| (l1..l1_end).contains(&at))?;
        let tables = (index - l1) / 8 * (cluster / 8);
        Some((tables + (entry - table) / 8) * cluster + host - data)
    }

    /// Offset in the file of the table's entry that refers to this cluster and to no other image's.
    fn entry_of(&self, cluster: u64, is_meant: impl Fn(u64) -> bool) -> Option<u64> {
        let entry = (cluster | 1 << 63).to_be_bytes();
        let extents = self.inside.iter().chain(&self.tail);
        let mut places = extents.flat_map(|new| {
            let entries = new.data.chunks_exact(8).enumerate();
            let found = entries.filter(|(_, found)| **found == entry);
            found.map(|(number, _)| new.offset + number as u64 * 8)
        });
        places.find(|at| is_meant(*at))
    }

    /// True if the place is one of this record.
    pub(crate) fn has(&self, slot: Slot) -> bool {
        let extent = self.tail.get(slot.extent);
        let end = slot.at.checked_add(slot.len);
        extent.is_some_and(|new| end.is_some_and(|end| end <= new.data.len()))
    }

    /// Puts zeros into a place.
    pub(crate) fn blank(&mut self, slot: Slot) {
        self.fill(slot, &vec![0; slot.len]);
    }

    /// True if these bytes, which are not empty, stand in the record.
    pub(crate) fn holds(&self, bytes: &[u8]) -> bool {
        let mut extents = self.inside.iter().chain(&self.tail);
        extents.any(|new| {
            let mut starts = new.data.iter().enumerate();
            starts.any(|(at, first)| *first == bytes[0] && new.data[at..].starts_with(bytes))
        })
    }

    /// Puts another content of the same length into a place.
    ///
    /// # Panics
    /// If the length is another, or the place is not one of this record.
    pub(crate) fn fill(&mut self, slot: Slot, content: &[u8]) {
        assert_eq!(slot.len, content.len(), "a place holds its length");
        let data = &mut self.tail[slot.extent].data;
        data[slot.at..slot.at + slot.len].copy_from_slice(content);
    }
}
