//! Overlays that lie beside an image and have it as their backing file: an edit of it would break
//! their disks.
//!
//! Their headers are looked at and nothing else, 4 KiB of each, and each folder once for all children
//! of one [`Masters`](super::Masters) as long as no name in it changes.

use std::collections::HashMap;
use std::fs::File;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{DirEntryExt, FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::fs::{Mode, OFlags, openat};

use super::header::backing_name;
use super::walk;
use crate::host::FileId;

/// Names of a folder that are looked at.
const MAX_NAMES: usize = 4096;
/// Bytes of each file that are read.
const HEAD: usize = 4096;

/// Seconds and nanoseconds since 1970.
pub(super) type Time = (i64, i64);

/// Overlays that were found in some folders. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Siblings(Arc<Mutex<HashMap<PathBuf, Folder>>>);

/// The memory of folders makes no difference to what is allowed.
impl PartialEq for Siblings {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Siblings {}

#[derive(Debug)]
struct Folder {
    /// Time of the last change of a name in it.
    changed: Time,
    /// Of each backing file, the overlay on it that changed last.
    overlays: HashMap<FileId, Overlay>,
}

#[derive(Debug)]
struct Overlay {
    path: PathBuf,
    /// Time of its last change, its attributes included.
    changed: Time,
}

impl Siblings {
    /// An overlay in one of these folders, links resolved, on the image of this identity that was
    /// written to at `modified`.
    ///
    /// An overlay that has not changed since then is none that is in use: its backing file was
    /// written to behind its back, as after its content was committed there. A folder that cannot be read
    /// tells of none.
    pub(super) fn overlay_on(
        &self,
        image: FileId,
        modified: Time,
        folders: &[PathBuf],
    ) -> Option<PathBuf> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for path in folders {
            let Ok(held) = walk::without_links(path) else {
                continue;
            };
            let Ok(now) = held.metadata() else { continue };
            let changed = (now.mtime(), now.mtime_nsec());
            if known
                .get(path)
                .is_none_or(|folder| folder.changed != changed)
            {
                let overlays = overlays(&held, path).unwrap_or_default();
                known.insert(path.clone(), Folder { changed, overlays });
            }
            let overlay = known.get(path).and_then(|f| f.overlays.get(&image));
            if let Some(overlay) = overlay.filter(|overlay| overlay.changed >= modified) {
                return Some(overlay.path.clone());
            }
        }
        None
    }
}

/// The overlays of a folder by their backing files.
fn overlays(held: &File, path: &Path) -> std::io::Result<HashMap<FileId, Overlay>> {
    let mut found: HashMap<FileId, Overlay> = HashMap::new();
    // Most name the same few masters.
    let mut named: HashMap<Vec<u8>, Option<FileId>> = HashMap::new();
    let listed = std::fs::read_dir(format!("/proc/self/fd/{}", held.as_raw_fd()))?;
    for entry in listed.take(MAX_NAMES).flatten() {
        if !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        let flags =
            OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let Ok(file) = openat(held, entry.file_name(), flags, Mode::empty()) else {
            continue;
        };
        let file = File::from(file);
        let mut head = [0; HEAD];
        let Ok(metadata) = file.metadata() else {
            continue;
        };
        if !metadata.is_file() || metadata.ino() != entry.ino() {
            continue;
        }
        let Ok(len) = file.read_at(&mut head, 0) else {
            continue;
        };
        let Some(name) = backing_name(&head[..len]) else {
            continue;
        };
        let identity = named
            .entry(name.to_vec())
            .or_insert_with(|| identity_of(name, path));
        let Some(identity) = *identity else { continue };
        let overlay = Overlay {
            path: path.join(entry.file_name()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        };
        let last = found.entry(identity).or_insert_with(|| Overlay {
            path: PathBuf::new(),
            changed: (i64::MIN, 0),
        });
        if last.changed < overlay.changed {
            *last = overlay;
        }
    }
    Ok(found)
}

/// The file that a backing name leads to, which is not opened; `None` for a protocol's name.
fn identity_of(name: &[u8], folder: &Path) -> Option<FileId> {
    let name = std::str::from_utf8(name).ok()?;
    let name = name.strip_prefix("file:").unwrap_or(name);
    if name
        .split('/')
        .next()
        .is_some_and(|part| part.contains(':'))
        || name.contains('\0')
    {
        return None;
    }
    let metadata = std::fs::metadata(folder.join(name)).ok()?;
    Some(FileId::of(&metadata))
}
