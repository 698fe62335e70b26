//! The files of one extraction: digested, written, shared with the release before, named.

use std::collections::HashMap;
use std::fs::File;

use rustix::io::Errno;

use super::copy;
use super::disk::Refusal;
use super::error::ExtractError;
use super::reuse::Before;
use super::run::Run;
use super::survey::{Planned, Survey};
use crate::path::{GuestPath, escape};
use crate::share::ShareError;
use crate::share::release::manifest::{self, Draft};
use crate::share::release::{ContentDigest, ContentSum, FileEntry, Kind, MANIFEST, ReleaseName};

impl Run<'_> {
    /// Digests every file, and writes none.
    pub(super) fn digest(&mut self, survey: &mut Survey) -> Result<Vec<FileEntry>, ShareError> {
        let mut files = Vec::with_capacity(survey.planned.len());
        let mut known: HashMap<u64, ContentSum> = HashMap::new();
        for planned in &survey.planned {
            let mut entry = planned.entry.clone();
            if let Some(own) = &planned.own {
                let mut sum = ContentDigest::of(own.len() as u64);
                sum.add(0, own);
                entry.set_sum(sum.finish());
            }
            if let (Kind::File, Some(from)) = (entry.kind, &planned.from) {
                let group = entry.group.and_then(|group| known.get(&group).copied());
                let sum = match group {
                    Some(sum) => sum,
                    None => copy::read(self.guest, from, planned, &mut |_, _| Ok(()))?,
                };
                known.extend(entry.group.map(|group| (group, sum)));
                entry.set_sum(sum);
            }
            files.push(entry);
        }
        Ok(files)
    }

    /// Writes every file into the hidden folder.
    pub(super) fn copy(
        &mut self,
        survey: &mut Survey,
        before: Option<&Before>,
    ) -> Result<Vec<FileEntry>, ShareError> {
        let mut files: Vec<FileEntry> = Vec::with_capacity(survey.planned.len());
        // The first file of each group.
        let mut first: HashMap<u64, usize> = HashMap::new();
        for planned in &survey.planned {
            let mut entry = planned.entry.clone();
            let failed = self.failed(planned);
            let twin = entry.group.and_then(|group| first.get(&group).copied());
            match (entry.kind, &planned.from, twin) {
                (_, _, Some(twin)) => {
                    let twin = &files[twin];
                    let linked = self.building.link(&entry.path.0, &twin.path.0);
                    linked.map_err(|error| failed(error.into()))?;
                    if let Some(sum) = twin.sum() {
                        entry.set_sum(sum);
                    }
                }
                (Kind::File, None, None) => {
                    let sum = self.write_own(planned, &failed)?;
                    entry.set_sum(sum);
                }
                (Kind::Directory, _, _) | (_, None, _) => {
                    let made = self.building.mkdir(&entry.path.0);
                    made.map_err(|error| failed(error.into()))?;
                }
                (Kind::Symlink, _, _) => self.building.symlink(&entry).map_err(&failed)?,
                (Kind::File, Some(from), _) => {
                    let sum = self.copy_file(from, planned, before, &failed)?;
                    entry.set_sum(sum);
                }
            }
            if let (Some(group), None) = (entry.group, twin) {
                first.insert(group, files.len());
            }
            files.push(entry);
        }
        // A directory's time changes with each name in it, and its mode may close it.
        for planned in survey.planned.iter().rev() {
            if planned.entry.kind == Kind::Directory {
                let failed = self.failed(planned);
                let folder = self.building.directory(&planned.entry.path.0);
                let folder = folder.map_err(|error| failed(error.into()))?;
                self.building
                    .dress(folder, &planned.entry)
                    .map_err(failed)?;
            }
        }
        Ok(files)
    }

    /// Writes a file that osgraft makes.
    fn write_own(
        &mut self,
        planned: &Planned,
        failed: &dyn Fn(Refusal) -> ShareError,
    ) -> Result<ContentSum, ShareError> {
        let own = planned.own.as_deref().unwrap_or_default();
        let file = self.building.create(&planned.entry.path.0);
        let file = file.map_err(|error| failed(error.into()))?;
        let written = self.building.write(&file, 0, own);
        written.map_err(|error| failed(error.into()))?;
        self.building.dress(&file, &planned.entry).map_err(failed)?;
        self.sums.copied.add(own.len() as u64);
        let mut sum = ContentDigest::of(own.len() as u64);
        sum.add(0, own);
        Ok(sum.finish())
    }

    fn copy_file(
        &mut self,
        from: &GuestPath,
        planned: &Planned,
        before: Option<&Before>,
        failed: &dyn Fn(Refusal) -> ShareError,
    ) -> Result<ContentSum, ShareError> {
        let entry = &planned.entry;
        let size = entry.size.unwrap_or_default();
        if let Some(before) = before
            && let Some(old) = before.candidate(entry)
        {
            let sum = copy::read(self.guest, from, planned, &mut |_, _| Ok(()))?;
            let same = old.sum() == Some(sum);
            if let Some(file) = same.then(|| before.sound(old)).flatten()
                && self.share(entry, &file, failed)?
            {
                return Ok(sum);
            }
        }
        let file = self.building.create(&entry.path.0);
        let file = file.map_err(|error| failed(error.into()))?;
        let sum = copy::write(self.guest, from, planned, &self.building, &file, failed)?;
        self.building.dress(&file, entry).map_err(failed)?;
        self.sums.copied.add(size);
        Ok(sum)
    }

    /// Lets a new file share that of the release before: its blocks, else its inode. False where the host
    /// can do neither.
    fn share(
        &mut self,
        entry: &FileEntry,
        old: &File,
        failed: &dyn Fn(Refusal) -> ShareError,
    ) -> Result<bool, ShareError> {
        let size = entry.size.unwrap_or_default();
        let path = &entry.path.0;
        let file = self.building.create(path);
        let file = file.map_err(|error| failed(error.into()))?;
        if self.building.clone_blocks(&file, old).is_ok() {
            self.building.dress(&file, entry).map_err(failed)?;
            self.sums.cloned.add(size);
            return Ok(true);
        }
        drop(file);
        let removed = self.building.remove(path);
        removed.map_err(|error| failed(error.into()))?;
        match self.building.link_file(path, old) {
            Ok(()) => {
                self.sums.linked.add(size);
                Ok(true)
            }
            // Another file system, or no more names for it.
            Err(error) if self.building.is_dead() => Err(failed(error.into())),
            Err(_) => Ok(false),
        }
    }

    pub(super) fn publish(
        &mut self,
        release: &ReleaseName,
        draft: &Draft,
        files: &[FileEntry],
        survey: &Survey,
    ) -> Result<(), ShareError> {
        let out = &self.settings.out;
        self.building
            .seal(MANIFEST, |mut to| manifest::write(&mut to, draft, files))
            .map_err(ExtractError::io("write the manifest in", out))?;
        let mode = match survey.privileged.0 {
            0 => 0o755,
            _ => 0o700,
        };
        let published = self.building.publish(release.as_str(), mode);
        Ok(published.map_err(ExtractError::io("name the release in", out))?)
    }

    /// The error of a call on the host, as said of one file.
    pub(super) fn failed(&self, planned: &Planned) -> impl Fn(Refusal) -> ShareError + use<> {
        let out = self.settings.out.clone();
        let shown = planned.entry.path.to_string();
        let (uid, gid) = (planned.entry.uid, planned.entry.gid);
        let from = planned.from.clone().unwrap_or_else(GuestPath::root);
        move |refusal| {
            let at = out.join(&shown);
            ShareError::from(match refusal {
                Refusal::Io(error)
                    if error.raw_os_error() == Some(Errno::PERM.raw_os_error())
                        && !rustix::process::geteuid().is_root() =>
                {
                    ExtractError::NotRoot {
                        path: from.clone(),
                        uid,
                        gid,
                    }
                }
                Refusal::Io(source) => ExtractError::io("write", &at)(source),
                Refusal::Attribute(name, source) => ExtractError::Attribute {
                    path: from.clone(),
                    attribute: escape(&name),
                    folder: out.clone(),
                    source,
                },
            })
        }
    }
}
