//! Edits that are kept in memory, for a row of children that are made at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Records;
use super::entry::{CachedEdit, CachedNeeds};
use super::key::Key;

/// Edits that are kept at most. There is one for each server that children of one master are given.
const MAX_EDITS: usize = 64;
/// Largest edit that is kept, in bytes; most have less than 1 MiB.
const MAX_BYTES: u64 = 4 << 20;

/// Edits of fresh children of a row, found as those in the cache's folder are. Clones share them.
#[derive(Clone, Debug, Default)]
pub(in crate::prepare) struct Row(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    needs: HashMap<Key, CachedNeeds>,
    edits: HashMap<Key, Arc<CachedEdit>>,
}

impl Row {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
