//! Places of file content in a redo record, which another content of the same length may take.
//!
//! A file system that keeps no checksum over file content (XFS) does not notice: what it wrote about
//! the file stays true of any content of that length.

use serde::{Deserialize, Serialize};

use super::header::SECTOR;
use super::redo::Redo;

/// Place of a content in a record.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Slot {
    extent: usize,
    at: usize,
    len: usize,
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
