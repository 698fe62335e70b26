//! Modification times that an edit would change, put back.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::editor::{self, Choice, EditorError};
use crate::guest::{Attributes, DirEntry, FileKind, Guest, GuestError, Metadata, Page, Time};
use crate::image::OpenChild;
use crate::path::GuestPath;

/// A guest that remembers the times of what is edited in it, as they were before.
pub(super) struct Keeper<'g> {
    guest: &'g mut dyn Guest,
    before: BTreeMap<GuestPath, (FileKind, Time)>,
}

impl<'g> Keeper<'g> {
    pub(super) fn new(guest: &'g mut dyn Guest) -> Self {
        Self {
            guest,
            before: BTreeMap::new(),
        }
    }

    /// The times that were remembered.
    pub(super) fn before(self) -> Before {
        Before(self.before)
    }

    fn remember(&mut self, path: &GuestPath) {
        if self.before.contains_key(path) {
            return;
        }
        // What cannot be looked at, or is not there yet, is the edit's own business.
        if let Ok(found) = self.guest.lstat(path)
            && matches!(found.kind, FileKind::File | FileKind::Directory)
            && let Ok(time) = self.guest.modified(path)
        {
            self.before.insert(path.clone(), (found.kind, time));
        }
    }

    fn remember_folder(&mut self, path: &GuestPath) {
        if let Some(folder) = path.parent() {
            self.remember(&folder);
        }
    }
}

/// Times of what an edit reached, as they were before it.
pub(super) struct Before(BTreeMap<GuestPath, (FileKind, Time)>);

impl Before {
    /// Puts times back: that of the master where nothing changed the place since it was `prepared`,
    /// else the one that it had before this edit.
    pub(super) fn restore(
        self,
        guest: &mut dyn Guest,
        prepared: Option<Time>,
        master: &BTreeMap<GuestPath, (FileKind, Time)>,
    ) -> Result<(), GuestError> {
        for (path, (kind, before)) in self.0 {
            let found = match guest.lstat(&path) {
                Ok(found) => found.kind,
                Err(GuestError::NotFound(_) | GuestError::NotADirectory(_)) => continue,
                Err(error) => return Err(error),
            };
            if found != kind {
                continue;
            }
            let time = match master.get(&path) {
                Some((of_kind, time)) if *of_kind == kind && Some(before) == prepared => *time,
                _ => before,
            };
            if guest.modified(&path)? != time {
                guest.set_modified(&path, time)?;
            }
        }
        Ok(())
    }

    /// Times of the same places in the child's master; none where it cannot be read in process.
    pub(super) fn of_master(
        &self,
        child: &OpenChild,
        choice: &Choice,
    ) -> BTreeMap<GuestPath, (FileKind, Time)> {
        let choice = choice.clone().in_process_only();
        let Ok(Some(master)) = child.master_alone() else {
            return BTreeMap::new();
        };
        let look = |guest: &mut dyn Guest| {
            let mut times = BTreeMap::new();
            for path in self.0.keys() {
                if let Ok(found) = guest.lstat(path)
                    && let Ok(time) = guest.modified(path)
                {
                    times.insert(path.clone(), (found.kind, time));
                }
            }
            Ok::<_, EditorError>(times)
        };
        editor::look(&master, &choice, look).map_or_else(|_| BTreeMap::new(), |(times, _)| times)
    }
}

impl Guest for Keeper<'_> {
    fn lstat(&mut self, path: &GuestPath) -> Result<Metadata, GuestError> {
        self.guest.lstat(path)
    }

    fn read(&mut self, path: &GuestPath, limit: u64) -> Result<Vec<u8>, GuestError> {
        self.guest.read(path, limit)
    }

    fn read_start(&mut self, path: &GuestPath, len: usize) -> Result<Vec<u8>, GuestError> {
        self.guest.read_start(path, len)
    }

    fn read_link(&mut self, path: &GuestPath) -> Result<Vec<u8>, GuestError> {
        self.guest.read_link(path)
    }

    fn read_dir(&mut self, path: &GuestPath) -> Result<Vec<DirEntry>, GuestError> {
        self.guest.read_dir(path)
    }

    fn entries(&mut self, path: &GuestPath, after: Option<&[u8]>) -> Result<Page, GuestError> {
        self.guest.entries(path, after)
    }

    fn read_at(
        &mut self,
        path: &GuestPath,
        offset: u64,
        len: usize,
    ) -> Result<Vec<u8>, GuestError> {
        self.guest.read_at(path, offset, len)
    }

    fn data(&mut self, path: &GuestPath) -> Result<Vec<Range<u64>>, GuestError> {
        self.guest.data(path)
    }

    fn write(
        &mut self,
        path: &GuestPath,
        content: &[u8],
        new: Attributes,
    ) -> Result<(), GuestError> {
        self.remember(path);
        self.remember_folder(path);
        self.guest.write(path, content, new)
    }

    fn mkdir(&mut self, path: &GuestPath, new: Attributes) -> Result<(), GuestError> {
        self.remember_folder(path);
        self.guest.mkdir(path, new)
    }

    fn symlink(&mut self, path: &GuestPath, target: &[u8]) -> Result<(), GuestError> {
        self.remember_folder(path);
        self.guest.symlink(path, target)
    }

    fn rename(&mut self, from: &GuestPath, to: &GuestPath) -> Result<(), GuestError> {
        self.remember_folder(from);
        self.remember_folder(to);
        self.guest.rename(from, to)
    }

    fn remove(&mut self, path: &GuestPath) -> Result<(), GuestError> {
        self.remember_folder(path);
        self.guest.remove(path)
    }

    fn modified(&mut self, path: &GuestPath) -> Result<Time, GuestError> {
        self.guest.modified(path)
    }

    fn set_modified(&mut self, path: &GuestPath, time: Time) -> Result<(), GuestError> {
        self.guest.set_modified(path, time)
    }

    fn label(&mut self, path: &GuestPath) -> Result<Option<Vec<u8>>, GuestError> {
        self.guest.label(path)
    }

    fn set_label(&mut self, path: &GuestPath, label: &[u8]) -> Result<(), GuestError> {
        self.guest.set_label(path, label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest::MemoryGuest;

    fn path(text: &str) -> GuestPath {
        text.parse().unwrap()
    }

    fn at(seconds: i64) -> Time {
        Time {
            seconds,
            nanoseconds: 7,
        }
    }

    #[test]
    fn a_place_gets_the_masters_time_unless_the_guest_changed_it_since() {
        let mut guest = MemoryGuest::new()
            .file("/etc/fstab", "a")
            .file("/etc/hosts", "h")
            .file("/opt/own", "o");
        let (prepared, later) = (at(200), at(300));
        for (name, time) in [
            ("/etc", prepared),
            ("/etc/fstab", prepared),
            ("/opt", later),
        ] {
            guest.set_modified(&path(name), time).unwrap();
        }
        let mut keeper = Keeper::new(&mut guest);
        let file = Attributes::root(0o644);
        keeper.write(&path("/etc/fstab"), b"b", file).unwrap();
        keeper.remove(&path("/opt/own")).unwrap();
        keeper.mkdir(&path("/opt/new"), file).unwrap();
        let before = keeper.before();
        // As an editor with a clock leaves them.
        for name in ["/etc/fstab", "/opt", "/opt/new"] {
            guest.set_modified(&path(name), at(400)).unwrap();
        }
        let master = ["/etc", "/etc/fstab", "/opt"].map(|name| {
            let kind = guest.lstat(&path(name)).unwrap().kind;
            (path(name), (kind, at(100)))
        });
        let master = BTreeMap::from(master);
        before.restore(&mut guest, Some(prepared), &master).unwrap();
        for (name, time) in [
            ("/etc", at(100)),
            ("/etc/fstab", at(100)),
            ("/opt", later),
            ("/opt/new", at(400)),
        ] {
            assert_eq!(guest.modified(&path(name)).unwrap(), time, "{name}");
        }
    }
}
