//! Edits that are kept in memory, for a row of children that are made at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Records;
use super::entry::{CachedEdit, CachedNeeds};
use super::key::Key;
use super::slotted::Slotted;

/// Edits that are kept at most. There is one for each server that children of one master are given.
const MAX_EDITS: usize = 64;
/// Largest edit that is kept, in bytes; most have less than 1 MiB.
const MAX_BYTES: u64 = 4 << 20;
/// Largest record that is kept as a template, in bytes. An appliance writes more than the edit: the log.
const MAX_TEMPLATE: u64 = 64 << 20;

/// Edits of fresh children of a row, found as those in the cache's folder are. Clones share them.
#[derive(Clone, Debug, Default)]
pub(in crate::prepare) struct Row {
    known: Arc<Mutex<Known>>,
    turn: Arc<Mutex<()>>,
}

#[derive(Debug, Default)]
struct Known {
    needs: HashMap<Key, CachedNeeds>,
    edits: HashMap<Key, Arc<CachedEdit>>,
    templates: HashMap<Key, Arc<Slotted>>,
}

impl Row {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The turn of one child: of many that need an appliance at once, the first is waited for, since the
    /// others may need none after it.
    pub(in crate::prepare) fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The template for children of this key.
    pub(in crate::prepare) fn template(&self, key: &Key) -> Option<Arc<Slotted>> {
        self.known().templates.get(key).cloned()
    }

    /// Keeps a template, where there is room; and what its server was selected by.
    pub(in crate::prepare) fn keep_template(
        &self,
        (needs_key, needs): (Key, CachedNeeds),
        (key, slotted): (Key, Arc<Slotted>),
    ) {
        let mut known = self.known();
        if known.templates.len() < MAX_EDITS && slotted.redo.bytes() <= MAX_TEMPLATE {
            known.needs.insert(needs_key, needs);
            known.templates.insert(key, slotted);
        }
    }
}

impl Records for Row {
    fn needs(&self, key: &Key) -> Option<CachedNeeds> {
        self.known().needs.get(key).cloned()
    }

    fn edit(&self, key: &Key) -> Option<CachedEdit> {
        let edit = self.known().edits.get(key).cloned();
        edit.map(|edit| (*edit).clone())
    }

    /// A large edit is not kept, and past the bound the first ones stay.
    fn keep(&self, (needs_key, needs): (Key, CachedNeeds), (key, edit): (Key, CachedEdit)) {
        let mut known = self.known();
        if known.edits.len() < MAX_EDITS && edit.redo.bytes() <= MAX_BYTES {
            known.needs.insert(needs_key, needs);
            known.edits.insert(key, Arc::new(edit));
        }
    }
}
