//! Memory of the guest's tree. Nobody else changes it meanwhile, so it holds until a change
//! of our own.

use std::collections::HashMap;

use crate::guest::Metadata;
use crate::path::GuestPath;

/// By path: metadata without the flags, the flags, and labels; the directory that is being told.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) metadata: HashMap<GuestPath, Metadata>,
    /// True where the immutable or the append-only flag is set; nothing here sets any.
    pub(super) fixed: HashMap<GuestPath, bool>,
    /// As the inode holds them, with the NUL byte that may end them.
    pub(super) labels: HashMap<GuestPath, Option<Vec<u8>>>,
    /// Names of the directory that is told page by page, sorted.
    pub(super) told: Option<(GuestPath, Vec<Vec<u8>>)>,
}

impl Seen {
    /// Forgets everything, as after a mount.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Forgets what a change of one path makes untrue; of a directory, not what lies below.
    pub(super) fn forget_one(&mut self, path: &GuestPath) {
        self.metadata.remove(path);
        self.fixed.remove(path);
        self.labels.remove(path);
        self.told = None;
        if let Some(parent) = path.parent() {
            self.metadata.remove(&parent);
        }
    }
}
