//! The record of one child with an identity, and the places in it where another child's goes.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::edit::Edit;
use crate::graft::Template;
use crate::image::{BlockDevice, ImageError, OpenChild, Redo, Slot};

/// A record of one child with an identity, and the places in it where another's goes.
#[derive(Debug)]
pub(in crate::prepare) struct Slotted {
    pub(in crate::prepare) template: Arc<Template>,
    pub(in crate::prepare) redo: Redo,
    /// The place of what each edit writes, by the edit's number.
    pub(in crate::prepare) slots: Vec<Option<Slot>>,
    /// Places of blocks of the master's beside the new ones that hold its private keys, with their offsets
    /// on the guest's disk. They are blank in a record that was kept.
    holes: Vec<(Slot, u64)>,
    /// True if something would have blocked it that is allowed.
    pub(in crate::prepare) is_allowed: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Places {
    slots: Vec<Option<Slot>>,
    holes: Vec<(Slot, u64)>,
    is_allowed: bool,
}

impl Slotted {
    /// The template with the places of its contents in the record.
    pub(in crate::prepare) fn new(template: Arc<Template>, redo: Redo, is_allowed: bool) -> Self {
        let slot = |edit: &Edit| match edit {
            Edit::Write { content, .. } => redo.slot_of(content),
            _ => None,
        };
        let slots = template.edits().iter().map(slot).collect();
        Self {
            template,
            redo,
            slots,
            holes: Vec::new(),
            is_allowed,
        }
    }

    /// The record, with the master's blocks in it as they are on the disk of this child.
    ///
    /// # Errors
    /// [`ImageError`]: the disk cannot be read.
    pub(in crate::prepare) fn whole(&self, open: &OpenChild) -> Result<Redo, ImageError> {
        let mut redo = self.redo.clone();
        if self.holes.is_empty() {
            return Ok(redo);
        }
        let mut disk = open.scratch()?;
        for (slot, offset) in &self.holes {
            let mut content = vec![0; slot.len()];
            let read = disk.read_at(*offset, &mut content);
            read.map_err(|error| ImageError::io("read", open.path(), error))?;
            redo.fill(*slot, &content);
        }
        Ok(redo)
    }

    /// The content of a cached entry. The places are blank in it. `None` where it would hold a private
    /// key, or something else of the one child.
    pub(super) fn to_bytes(&self, open: &OpenChild) -> Option<Vec<u8>> {
        let template = self
            .template
            .to_bytes(|number| self.slots[number].is_some())?;
        let mut redo = self.redo.clone();
        for number in self.template.own() {
            if let Some(slot) = self.slots[*number] {
                redo.blank(slot);
            }
        }
        let mut holes = Vec::new();
        let mut disk = open.scratch().ok()?;
        for key in self.template.masters_keys() {
            for slot in redo.places_of(key) {
                let offset = redo.guest_offset(open.header(), slot)?;
                let mut there = vec![0; key.len()];
                disk.read_at(offset, &mut there).ok()?;
                if there == key {
                    redo.blank(slot);
                    holes.push((slot, offset));
                }
            }
        }
        // Blocks of the master's beside the new ones are in the record as well.
        let mut keys = self.template.private_keys().flat_map(samples);
        if keys.any(|sample| redo.holds(sample)) {
            tracing::debug!(
                "the record of a child is not kept: it has a private key of its master's in it"
            );
            return None;
        }
        let places = serde_json::to_vec(&Places {
            slots: self.slots.clone(),
            holes,
            is_allowed: self.is_allowed,
        });
        let mut bytes = Vec::new();
        for part in [template, places.ok()?] {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(&part);
        }
        bytes.extend_from_slice(&redo.to_bytes());
        Some(bytes)
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (template, rest) = part(bytes)?;
        let (places, redo) = part(rest)?;
        let places: Places = serde_json::from_slice(places).ok()?;
        let slotted = Self {
            template: Arc::new(Template::from_bytes(template)?),
            redo: Redo::from_bytes(redo)?,
            slots: places.slots,
            holes: places.holes,
            is_allowed: places.is_allowed,
        };
        let count = slotted.template.edits().len();
        let mut slots = slotted.slots.iter().flatten();
        let is_sound = slotted.slots.len() == count
            && slotted.template.own().iter().all(|number| *number < count)
            && slots.all(|slot| slotted.redo.has(*slot))
            && slotted
                .holes
                .iter()
                .all(|(slot, _)| slotted.redo.has(*slot));
        is_sound.then_some(slotted)
    }
}

/// The part that begins with its length, and the rest.
fn part(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = bytes.split_first_chunk::<8>()?;
    rest.split_at_checked(usize::try_from(u64::from_be_bytes(*len)).ok()?)
}

/// Pieces of a private key by which it is found. Its first half is the same in all keys, or public.
fn samples(key: &[u8]) -> impl Iterator<Item = &[u8]> {
    const LEN: usize = 16;
    let at = [key.len() * 2 / 3, key.len() * 3 / 4];
    at.into_iter().filter_map(move |at| key.get(at..at + LEN))
}
