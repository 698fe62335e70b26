//! Files that the release before has already.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat, openat2};

use crate::share::release::{FileEntry, Kind, ReleaseName, list, open, sum_of, xattrs_of};

/// The release before: its files that may be shared, by their paths.
pub(super) struct Before {
    pub(super) name: ReleaseName,
    folder: File,
    files: HashMap<Vec<u8>, FileEntry>,
}

impl Before {
    /// The newest release of a folder that can be read and has no more files than are extracted at most;
    /// none where there is none.
    pub(super) fn newest(out: &Path, except: &ReleaseName, most: u64) -> Option<Self> {
        let listed = list(out).ok()?.releases;
        let dated = listed.into_iter().filter_map(|listed| {
            let name = listed.head.release;
            let path: PathBuf = out.join(name.as_str());
            let made =
                std::fs::symlink_metadata(path.join(crate::share::release::MANIFEST)).ok()?;
            let is_fit = name != *except && listed.head.files <= most;
            is_fit.then(|| ((made.mtime(), made.mtime_nsec(), name.clone()), name))
        });
        let (_, name) = dated.max_by(|a, b| a.0.cmp(&b.0))?;
        Self::open(out, name)
    }

    fn open(out: &Path, name: ReleaseName) -> Option<Self> {
        let path = out.join(name.as_str());
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let folder = openat(CWD, &path, flags, Mode::empty()).ok()?;
        let mut files = HashMap::new();
        for entry in open(&path).ok()?.files() {
            let entry = entry.ok()?;
            // An empty file is not worth it, and names of one file would be tied to those of another release.
            if entry.kind == Kind::File && entry.size != Some(0) && entry.group.is_none() {
                files.insert(entry.path.0.clone(), entry);
            }
        }
        Some(Self {
            name,
            folder: folder.into(),
            files,
        })
    }

    /// The file that may be that of a new entry, whose digest is not known yet.
    pub(super) fn candidate(&self, new: &FileEntry) -> Option<&FileEntry> {
        let old = self.files.get(&new.path.0)?;
        let is_alike = new.kind == Kind::File
            && new.group.is_none()
            && (old.size, old.mode, old.uid, old.gid, old.mtime)
                == (new.size, new.mode, new.uid, new.gid, new.mtime)
            && old.xattrs == new.xattrs;
        is_alike.then_some(old)
    }

    /// That file, opened and held against its entry: content, mode, owner, time and attributes; `None`
    /// where it is not what it was.
    pub(super) fn sound(&self, old: &FileEntry) -> Option<File> {
        let check = || -> io::Result<Option<File>> {
            let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_XDEV;
            let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
            let path = old.path.0.as_slice();
            let file: File = openat2(&self.folder, path, flags, Mode::empty(), resolve)?.into();
            let found = file.metadata()?;
            let is_same = found.is_file()
                && Some(found.len()) == old.size
                && found.mode() & 0o7777 == old.mode
                && (found.uid(), found.gid()) == (old.uid, old.gid)
                && found.mtime() == old.mtime.seconds
                && found.mtime_nsec() == i64::from(old.mtime.nanoseconds)
                && xattrs_of(&file)? == old.xattrs
                && Some(sum_of(&file, found.len())?) == old.sum();
            Ok(is_same.then_some(file))
        };
        check().ok().flatten()
    }
}
