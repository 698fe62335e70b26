//! A walk over the components: every file that is to be extracted, before one is.

use std::collections::{BTreeMap, HashMap};

use super::component::unfit_file;
use super::error::ExtractError;
use crate::guest::{FileKind, Guest, Page, Time, TreeEntry};
use crate::path::GuestPath;
use crate::share::ShareError;
use crate::share::release::{FileEntry, Kind, LARGE, Raw};

/// The label of SELinux.
const LABEL: &[u8] = b"security.selinux";
/// Bytes of paths, targets and attributes that are kept in memory at most.
const MAX_TEXT: u64 = 512 << 20;
/// Bytes of directories that are held half-way at most.
const MAX_PENDING: usize = 64 << 20;
/// Paths that a finding names.
const SHOWN: usize = 3;

/// Bounds of an extraction.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Bounds {
    pub(super) files: u64,
    pub(super) bytes: u64,
}

/// A file that is to be extracted.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    /// As the manifest will have it, but for its digest.
    pub(super) entry: FileEntry,
    /// Its place in the guest; `None` for a directory that only leads to a component.
    pub(super) from: Option<GuestPath>,
    /// Bytes that it takes in the guest.
    pub(super) allocated: u64,
    /// Its content, where osgraft makes it.
    pub(super) own: Option<Vec<u8>>,
}

/// Files of all components, in the manifest's order, and what is to be told of them.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) planned: Vec<Planned>,
    /// Links with absolute targets: their number, and the first of them.
    pub(super) absolute: (u64, Vec<GuestPath>),
    /// Files with set-user-ID, set-group-ID or capabilities.
    pub(super) privileged: (u64, Vec<GuestPath>),
    /// Labels that are left out.
    pub(super) labels_left_out: u64,
    bytes: u64,
    text: u64,
    groups: HashMap<(u64, u64), u64>,
}

/// Settings of a walk.
pub(super) struct Walk<'a> {
    pub(super) bounds: Bounds,
    pub(super) keeps_labels: bool,
    pub(super) guest: &'a mut dyn Guest,
}

impl Survey {
    /// Ends the survey: a number of a group that has one name alone is taken back, and the others are counted
    /// from 1 in the list's order.
    pub(super) fn close(&mut self) {
        let mut names: HashMap<u64, u64> = HashMap::new();
        for planned in &self.planned {
            if let Some(group) = planned.entry.group {
                *names.entry(group).or_default() += 1;
            }
        }
        let mut numbers: HashMap<u64, u64> = HashMap::new();
        for planned in &mut self.planned {
            planned.entry.group =
                planned
                    .entry
                    .group
                    .filter(|group| names[group] > 1)
                    .map(|group| {
                        let next = numbers.len() as u64 + 1;
                        *numbers.entry(group).or_insert(next)
                    });
        }
        self.groups = HashMap::new();
    }
}

impl Walk<'_> {
    /// Takes a directory that leads to a component and is none of the guest's.
    pub(super) fn lead(
        &self,
        survey: &mut Survey,
        path: &[u8],
        time: Time,
    ) -> Result<(), ShareError> {
        let entry = FileEntry {
            path: Raw(path.to_vec()),
            kind: Kind::Directory,
            mode: 0o755,
            uid: 0,
            gid: 0,
            mtime: time,
            size: None,
            sha256: None,
            sha256_blocks: None,
            target: None,
            group: None,
            xattrs: BTreeMap::new(),
        };
        survey.planned.push(Planned {
            entry,
            from: None,
            allocated: 0,
            own: None,
        });
        Ok(())
    }

    /// Takes a file that osgraft makes.
    pub(super) fn make(
        &self,
        survey: &mut Survey,
        path: &[u8],
        time: Time,
        content: Vec<u8>,
    ) -> Result<(), ShareError> {
        self.lead(survey, path, time)?;
        if let Some(made) = survey.planned.last_mut() {
            made.entry.kind = Kind::File;
            made.entry.mode = 0o644;
            made.entry.size = Some(content.len() as u64);
            made.allocated = content.len() as u64;
            made.own = Some(content);
        }
        Ok(())
    }

    /// The entry of one path.
    pub(super) fn entry_of(&mut self, path: &GuestPath) -> Result<TreeEntry, ShareError> {
        let missing = || ShareError::from(crate::guest::GuestError::NotFound(path.clone()));
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(missing());
        };
        // The name that comes shortly before it, so that a page begins there.
        let mut before = name.to_vec();
        if let Some(last) = before.last_mut() {
            *last = last.saturating_sub(1);
        }
        before.push(0xff);
        let mut after = Some(before);
        loop {
            let page = self.guest.entries(&parent, after.as_deref())?;
            after = page.entries.last().map(|entry| entry.name.clone());
            let is_last = page.is_last || page.entries.is_empty();
            let found = page.entries.into_iter().find(|entry| entry.name == name);
            if let Some(entry) = found {
                return Ok(entry);
            }
            if is_last || after.as_deref().is_none_or(|after| after > name) {
                return Err(missing());
            }
        }
    }

    /// Takes one entry, as `path` of the release.
    pub(super) fn take(
        &mut self,
        survey: &mut Survey,
        entry: TreeEntry,
        from: GuestPath,
        path: Vec<u8>,
    ) -> Result<(), ShareError> {
        let metadata = &entry.metadata;
        let kind = match metadata.kind {
            FileKind::File => Kind::File,
            FileKind::Directory => Kind::Directory,
            FileKind::Symlink => Kind::Symlink,
            kind => return Err(ExtractError::Special { path: from, kind }.into()),
        };
        let is_program =
            kind == Kind::Symlink || (kind == Kind::File && metadata.mode & 0o111 != 0);
        if let Some(what) = unfit_file(&from, is_program) {
            return Err(ExtractError::Needed { path: from, what }.into());
        }
        let too_large = |limit, unit, option| {
            Err(ShareError::from(ExtractError::TooLarge {
                path: from.clone(),
                limit,
                unit,
                option,
            }))
        };
        if survey.planned.len() as u64 >= self.bounds.files {
            return too_large(self.bounds.files, "files", "--max-files");
        }
        let has_names = kind != Kind::Directory && metadata.links > 1;
        let next = survey.groups.len() as u64;
        let inode = (metadata.filesystem, entry.inode);
        let is_known = has_names && survey.groups.contains_key(&inode);
        let group = has_names.then(|| *survey.groups.entry(inode).or_insert(next));
        if kind == Kind::File && !is_known {
            let bytes = match metadata.size > LARGE {
                true => {
                    let ranges = self.guest.data(&from)?;
                    ranges.iter().map(|range| range.end - range.start).sum()
                }
                false => metadata.size,
            };
            survey.bytes = survey.bytes.saturating_add(bytes);
            if survey.bytes > self.bounds.bytes {
                return too_large(self.bounds.bytes, "bytes", "--max-bytes");
            }
        }
        let mut xattrs = BTreeMap::new();
        for (name, value) in entry.xattrs {
            if name == LABEL && !self.keeps_labels {
                survey.labels_left_out += 1;
                continue;
            }
            survey.text += (name.len() + value.len()) as u64;
            xattrs.insert(Raw(name), Raw(value));
        }
        let has_privilege = kind == Kind::File
            && (metadata.mode & 0o6000 != 0
                || xattrs.contains_key(&Raw(b"security.capability".to_vec())));
        if has_privilege {
            note(&mut survey.privileged, &from);
        }
        if entry
            .target
            .as_ref()
            .is_some_and(|target| target.starts_with(b"/"))
        {
            note(&mut survey.absolute, &from);
        }
        let target = entry.target.as_ref().map_or(0, Vec::len);
        survey.text += (2 * path.len() + target) as u64 + 200;
        if survey.text > MAX_TEXT {
            return too_large(
                MAX_TEXT,
                "bytes of names and attributes",
                "nothing (split them)",
            );
        }
        survey.planned.push(Planned {
            entry: FileEntry {
                path: Raw(path),
                kind,
                mode: metadata.mode & 0o7777,
                uid: metadata.uid,
                gid: metadata.gid,
                mtime: entry.modified,
                size: (kind == Kind::File).then_some(metadata.size),
                sha256: None,
                sha256_blocks: None,
                target: entry.target.map(Raw),
                group,
                xattrs,
            },
            from: Some(from),
            allocated: entry.allocated,
            own: None,
        });
        Ok(())
    }

    /// Takes a directory with all that lies below it.
    pub(super) fn take_all(
        &mut self,
        survey: &mut Survey,
        entry: TreeEntry,
        from: GuestPath,
        path: Vec<u8>,
    ) -> Result<(), ShareError> {
        self.take(survey, entry, from.clone(), path.clone())?;
        let mut open = vec![Open::new(from, path)];
        while let Some(folder) = open.last_mut() {
            let Some(entry) = folder.next(self.guest)? else {
                open.pop();
                continue;
            };
            let pending: usize = open.iter().map(|folder| folder.weight).sum();
            if pending > MAX_PENDING {
                // Folders above are asked again once their turn comes.
                let above = open.len() - 1;
                open[..above].iter_mut().for_each(Open::forget);
            }
            let Some(folder) = open.last_mut() else { break };
            // The seam promises names; what is written below a folder of the host's is judged again.
            let is_name = crate::guest::is_name(&entry.name);
            let from = folder.from.join(&entry.name).ok().filter(|_| is_name);
            let Some(from) = from else {
                return Err(ExtractError::Contradicts {
                    path: folder.from.clone(),
                    detail: "an entry whose name or path is none",
                }
                .into());
            };
            let path = [&folder.path, &b"/"[..], &entry.name].concat();
            let is_directory = entry.metadata.kind == FileKind::Directory;
            self.take(survey, entry, from.clone(), path.clone())?;
            if is_directory {
                open.push(Open::new(from, path));
            }
        }
        Ok(())
    }
}

fn note((count, first): &mut (u64, Vec<GuestPath>), path: &GuestPath) {
    *count += 1;
    if first.len() < SHOWN {
        first.push(path.clone());
    }
}

/// A directory that is being walked through.
#[derive(Debug)]
struct Open {
    from: GuestPath,
    path: Vec<u8>,
    ahead: std::vec::IntoIter<TreeEntry>,
    /// Bytes of the page that it was taken from.
    weight: usize,
    /// The last name of the page that was read last.
    after: Option<Vec<u8>>,
    /// The name that was handed out last.
    taken: Option<Vec<u8>>,
    is_last: bool,
}

impl Open {
    fn new(from: GuestPath, path: Vec<u8>) -> Self {
        Self {
            from,
            path,
            ahead: Vec::new().into_iter(),
            weight: 0,
            after: None,
            taken: None,
            is_last: false,
        }
    }

    /// Drops the page, so that the next entry is asked for again.
    fn forget(&mut self) {
        if self.ahead.as_slice().is_empty() {
            return;
        }
        self.ahead = Vec::new().into_iter();
        self.weight = 0;
        self.after.clone_from(&self.taken);
        self.is_last = false;
    }

    fn next(&mut self, guest: &mut dyn Guest) -> Result<Option<TreeEntry>, ShareError> {
        if self.ahead.as_slice().is_empty() && !self.is_last {
            self.turn(guest)?;
        }
        let entry = self.ahead.next();
        self.taken = entry.as_ref().map(|entry| entry.name.clone());
        Ok(entry)
    }

    fn turn(&mut self, guest: &mut dyn Guest) -> Result<(), ShareError> {
        let page: Page = guest.entries(&self.from, self.after.as_deref())?;
        let mut last = self.after.as_deref();
        for entry in &page.entries {
            if last.is_some_and(|last| last >= entry.name.as_slice()) {
                return Err(ExtractError::Contradicts {
                    path: self.from.clone(),
                    detail: "a directory whose entries do not rise",
                }
                .into());
            }
            last = Some(&entry.name);
        }
        self.after = last.map(<[u8]>::to_vec);
        self.is_last = page.is_last || page.entries.is_empty();
        self.weight = page.entries.iter().map(TreeEntry::weight).sum();
        self.ahead = page.entries.into_iter();
        Ok(())
    }
}
