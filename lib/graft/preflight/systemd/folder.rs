//! Folders of units.

use crate::path::GuestPath;

/// A folder of units that is there, and the names in it.
pub(super) struct Folder {
    pub(super) path: GuestPath,
    pub(super) names: Vec<Vec<u8>>,
    /// True where it goes before the units that systemd-fstab-generator makes.
    pub(super) is_before_fstab: bool,
}

impl Folder {
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|found| found == name.as_bytes())
    }
}
