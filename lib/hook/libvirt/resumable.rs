//! Memories that a start may go on from though libvirt's hooks are not told: a managed save, and
//! the snapshots with memory that a domain can be reverted to.
//!
//! `prepare begin` of a revert is like that of a cold start. What tells the two apart is the disk:
//! a revert to an external snapshot makes a new overlay, in which nothing is written yet.
//!
//! # Source
//! `qemuSnapshotRevertActive` and `qemuDomainObjStart` of libvirt 11; “Snapshot XML format” of its
//! documentation.

use std::fs;
use std::path::{Path, PathBuf};

use super::xml::{self, MAX_BYTES};
use crate::hook::plain;
use crate::image::is_untouched;
use crate::path::escape;
use crate::prepare::SavedMemory;

/// Most snapshots of a domain that are looked at.
const MAX_FILES: usize = 4096;

/// The folders in which libvirt keeps managed saves, and descriptions of snapshots.
#[derive(Clone, Debug)]
pub struct Resumable {
    saved: Vec<PathBuf>,
    snapshots: Vec<PathBuf>,
}

impl Resumable {
    /// Managed saves in `saved`, `NAME.save`; snapshots in `snapshots`, `NAME/SNAPSHOT.xml`.
    pub fn under(saved: Vec<PathBuf>, snapshots: Vec<PathBuf>) -> Self {
        Self { saved, snapshots }
    }

    /// The memory that a domain may go on from as it starts with this disk.
    pub fn of(&self, domain: &str, disk: &Path) -> Option<SavedMemory> {
        if domain.is_empty() || domain.starts_with('.') || domain.contains(['/', '\0']) {
            return None;
        }
        self.saved_of(domain)
            .or_else(|| self.snapshot_of(domain, disk))
    }

    /// libvirt removes a managed save before a start that does not go on from it.
    fn saved_of(&self, domain: &str) -> Option<SavedMemory> {
        let files = self.saved.iter();
        let mut files = files.map(|folder| folder.join(format!("{domain}.save")));
        let file = files.find(|file| file.is_file())?;
        let shown = escape(domain.as_bytes());
        let remedy =
            format!("start it again, or drop its memory with “virsh managedsave-remove {shown}”");
        Some(SavedMemory::new(shown, file, remedy))
    }

    fn snapshot_of(&self, domain: &str, disk: &Path) -> Option<SavedMemory> {
        let folders = self.snapshots.iter();
        let files = folders
            .filter_map(|folder| fs::read_dir(folder.join(domain)).ok())
            .flatten()
            .take(MAX_FILES)
            .filter_map(|file| Some(file.ok()?.path()));
        let mut files: Vec<PathBuf> = files
            .filter(|file| file.extension().is_some_and(|extension| extension == "xml"))
            .collect();
        // An image that cannot be read may be a new one.
        if files.is_empty() || !is_untouched(disk).unwrap_or(true) {
            return None;
        }
        files.sort();
        let file = files.into_iter().find(|file| may_have_memory(file))?;
        let shown = escape(domain.as_bytes());
        let snapshot = file.file_stem().unwrap_or_default();
        let snapshot = escape(snapshot.as_encoded_bytes());
        let remedy = format!(
            "to go on from it, let this machine start unprepared (on-failure); else remove it with \
             “virsh snapshot-delete {shown} {snapshot}”"
        );
        let why = "is a snapshot with memory, and the disk a new overlay, as a revert makes it";
        Some(SavedMemory::new(shown, file, remedy).in_doubt(why))
    }
}

/// True if a snapshot has a memory outside of the disk; one that cannot be judged may have.
fn may_have_memory(file: &Path) -> bool {
    let Ok(text) = plain::read(file, MAX_BYTES) else {
        return true;
    };
    let Ok(document) = xml::parse(&text) else {
        return true;
    };
    let mut elements = document.root_element().children();
    elements
        .any(|node| node.has_tag_name("memory") && node.attribute("snapshot") == Some("external"))
}
