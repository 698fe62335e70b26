//! Real places of the paths that lines name.

use std::collections::BTreeMap;

use super::entry::mount_point;
use crate::path::GuestPath;

/// Places that paths of an fstab lead to in one guest, links followed. A path of which nothing is
/// known counts as it is spelled.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Places {
    real: BTreeMap<Vec<u8>, GuestPath>,
}

impl Places {
    /// Keeps where a path leads, which is spelled as the decoded field has it.
    pub fn insert(&mut self, spelled: impl Into<Vec<u8>>, real: GuestPath) {
        self.real.insert(spelled.into(), real);
    }

    /// The places that a decoded field may be: as it is spelled, and where it leads when that is
    /// another one. Empty for what is no absolute path.
    pub fn of(&self, field: &[u8]) -> Vec<GuestPath> {
        let mut places = Vec::from_iter(mount_point(field));
        if let Some(real) = self.real.get(field)
            && !places.contains(real)
        {
            places.push(real.clone());
        }
        places
    }
}
