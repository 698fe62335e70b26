//! VMs that are suspended to disk, and the disks that they go on with.

use std::fs;
use std::path::{Path, PathBuf};

use super::MAX_BYTES;
use super::conf::{Conf, Drive};
use super::storage::file_of;
use crate::hook::plain;
use crate::host::FileId;
use crate::image::{MAX_CHAIN, backing_file};
use crate::prepare::SavedMemory;

/// Most configurations that are looked at.
const MAX_FILES: usize = 1 << 16;

/// Folder in which a node keeps the configurations of its VMs and of its storages.
#[derive(Clone, Debug)]
pub struct Suspended {
    conf: PathBuf,
    storage: PathBuf,
}

impl Suspended {
    /// The VMs with a configuration in the folder `conf`, on the storages of the file `storage`.
    pub fn under(conf: PathBuf, storage: PathBuf) -> Self {
        Self { conf, storage }
    }

    /// The suspended VM that has a disk, or an overlay on it. A folder that does not exist or cannot
    /// be read tells nothing, and neither does a configuration.
    pub fn of(&self, disk: &Path) -> Option<SavedMemory> {
        let wanted = fs::metadata(disk).map(|disk| FileId::of(&disk)).ok()?;
        let files = fs::read_dir(&self.conf).ok()?.take(MAX_FILES);
        let mut files: Vec<PathBuf> = files.filter_map(|file| Some(file.ok()?.path())).collect();
        files.retain(|path| {
            path.extension()
                .is_some_and(|extension| extension == "conf")
        });
        files.sort();
        let mut storages = None;
        files.into_iter().find_map(|file| {
            let text = plain::read(&file, MAX_BYTES).ok()?;
            let text = String::from_utf8_lossy(&text);
            let conf = Conf::new(&text);
            let lock = conf.get("lock").unwrap_or_default();
            if !matches!(lock, "suspended" | "suspending") && conf.get("vmstate").is_none() {
                return None;
            }
            let storages = storages.get_or_insert_with(|| {
                let text = plain::read(&self.storage, MAX_BYTES).unwrap_or_default();
                String::from_utf8_lossy(&text).into_owned()
            });
            let drives = conf.drives();
            let mut images = drives.iter().filter_map(|drive| image(drive, storages));
            let vmid = file.file_stem().unwrap_or_default().to_string_lossy();
            let vmid = crate::path::escape(vmid.as_bytes());
            let remedy = format!("start it (“qm start {vmid}”) and shut it down");
            let is_it = images.any(|image| leads_to(image, wanted));
            is_it.then(|| SavedMemory::new(format!("VM {vmid}"), &file, remedy))
        })
    }
}

fn image(drive: &Drive<'_>, storages: &str) -> Option<PathBuf> {
    match drive.volume() {
        path if path.starts_with('/') => Some(path.into()),
        volume => file_of(volume, storages).ok(),
    }
}

/// True if a disk is this image, or behind it.
fn leads_to(image: PathBuf, wanted: FileId) -> bool {
    let mut next = Some(image);
    for _ in 0..=MAX_CHAIN {
        let Some(path) = next.take() else {
            return false;
        };
        match fs::metadata(&path).map(|file| FileId::of(&file)) {
            Ok(found) if found == wanted => return true,
            Ok(_) => next = backing_file(&path).ok().flatten(),
            Err(_) => return false,
        }
    }
    false
}
