//! The files of a guest that its identity stands in.

use std::collections::{BTreeMap, BTreeSet};

use super::error::GraftError;
use super::survey::ReceiptFile;
use super::unfit::Unfit;
use crate::edit::{Edit, Owner};
use crate::guest::{FileKind, Guest, GuestError, Metadata, resolve, resolve_parent};
use crate::identity::{Aside, Done, Files, Flaw, Found, Look, OldFile, Place};
use crate::path::GuestPath;

/// Largest file that is read, in bytes.
const MAX_FILE: u64 = 1 << 20;
/// Most bytes that are read in all.
const MAX_BYTES: u64 = 16 << 20;
/// Most places that the guest's files may lead to. A guest with a hundred NICs leads to some hundreds.
const MAX_PLACES: usize = 4096;
/// Most names that are looked at, in all folders together.
const MAX_NAMES: usize = 32768;
/// Most rounds of files that lead to others; more than any stack follows.
const MAX_ROUNDS: usize = 20;
/// Name of the folder that keeps what an identity replaced.
const ASIDE: &str = "aside";
/// The folder for what lies on another file system than the receipt's folder.
const ASIDE_OF_ETC: &str = "/etc/osgraft";

/// The files of a guest that its identity stands in, as they were found.
#[derive(Debug, Default)]
pub(super) struct IdentitySite {
    /// By the path that was looked at, and by the physical path.
    pub(super) files: Files,
    /// Physical places of the files that lie behind links, by the link's path.
    through: BTreeMap<GuestPath, GuestPath>,
    /// Bytes that were read.
    read: u64,
    /// Names of folders that were looked at.
    names: usize,
}

impl IdentitySite {
    /// Looks at places, and at those that `more` names until it names no new one.
    ///
    /// # Errors
    /// Code `identity-too-many-places` where the guest's files lead to more than are looked at: what was
    /// not seen may configure a NIC as well.
    pub(super) fn look(
        guest: &mut dyn Guest,
        looks: Vec<Look>,
        more: impl Fn(&Files) -> Vec<Look>,
    ) -> Result<Self, GraftError> {
        let mut site = Self::default();
        let most = looks.len() + MAX_PLACES;
        let mut seen = BTreeSet::new();
        let mut next = looks;
        for _ in 0..MAX_ROUNDS {
            next.retain(|look| seen.insert(look.clone()));
            if next.is_empty() {
                return Ok(site);
            }
            if seen.len() > most {
                return Err(too_many(
                    &format!("{MAX_PLACES} other files and folders"),
                    next.last(),
                ));
            }
            for look in &next {
                site.at(guest, look)?;
            }
            next = more(&site.files);
        }
        next.retain(|look| !seen.contains(look));
        match next.last() {
            None => Ok(site),
            last => Err(too_many(&format!("others {MAX_ROUNDS} deep"), last)),
        }
    }

    /// Looks at what an earlier identity did.
    pub(super) fn look_at_done(
        &mut self,
        guest: &mut dyn Guest,
        done: &Done,
    ) -> Result<(), GraftError> {
        for look in done.looks() {
            self.at(guest, &look)?;
        }
        for folder in done.folders() {
            self.at(guest, &Look::Names(folder.clone()))?;
        }
        Ok(())
    }

    /// The files as they were before an earlier identity.
    pub(super) fn before(&self, done: &Done) -> Files {
        self.followed(done.before(&self.files))
    }

    /// The files as these edits leave them.
    pub(super) fn after(&self, edits: &[Edit]) -> Files {
        let mut after = self.files.clone();
        for edit in edits {
            after.apply(edit);
        }
        self.followed(after)
    }

    /// Files whose links have what the files hold that they lead to.
    fn followed(&self, mut files: Files) -> Files {
        for (link, path) in &self.through {
            files.follow(link, path);
        }
        files
    }

    fn at(&mut self, guest: &mut dyn Guest, look: &Look) -> Result<(), GraftError> {
        let path = path_of(look);
        let Some((physical, metadata)) = existing(resolve_parent(guest, path))? else {
            return Ok(());
        };
        let wants_content = matches!(look, Look::File(_) | Look::Folder(_));
        if !matches!(look, Look::Folder(_) | Look::Names(_)) {
            return self.put(guest, path, &physical, &metadata, wants_content);
        }
        // A folder may stand behind a link.
        let Some((folder, metadata)) = existing(resolve(guest, path))? else {
            return Ok(());
        };
        if metadata.kind != FileKind::Directory {
            return Ok(());
        }
        self.files.insert(path.clone(), Found::Directory);
        self.files.insert(folder.clone(), Found::Directory);
        let entries = guest.read_dir(&folder)?;
        self.names += entries.len();
        if self.names > MAX_NAMES {
            return Err(too_many(
                &format!("{MAX_NAMES} names in folders"),
                Some(look),
            ));
        }
        for entry in entries {
            let (Ok(spelled), Ok(physical)) = (path.join(&entry.name), folder.join(&entry.name))
            else {
                continue;
            };
            let metadata = guest.lstat(&physical)?;
            self.put(guest, &spelled, &physical, &metadata, wants_content)?;
        }
        Ok(())
    }

    fn put(
        &mut self,
        guest: &mut dyn Guest,
        path: &GuestPath,
        physical: &GuestPath,
        metadata: &Metadata,
        wants_content: bool,
    ) -> Result<(), GraftError> {
        let found = match metadata.kind {
            FileKind::Directory => Found::Directory,
            FileKind::File => match self.file(guest, physical, metadata, wants_content)? {
                Some(file) => Found::File(file),
                None => Found::Other,
            },
            FileKind::Symlink => {
                let target = guest.read_link(physical)?;
                let end = match wants_content {
                    true => existing(resolve(guest, physical))?,
                    false => None,
                };
                let mut file = None;
                if let Some((end, metadata)) = end
                    && metadata.kind == FileKind::File
                {
                    file = self.file(guest, &end, &metadata, true)?;
                    if let Some(file) = &file {
                        self.files.insert(end.clone(), Found::File(file.clone()));
                        self.through.insert(path.clone(), end.clone());
                        self.through.insert(physical.clone(), end);
                    }
                }
                Found::Link { target, file }
            }
            _ => Found::Other,
        };
        // A look at the kind alone does not take a content away that is known.
        if !wants_content
            && matches!(
                self.files.get(path),
                Some(Found::File(_) | Found::Link { .. })
            )
        {
            return Ok(());
        }
        if physical != path {
            self.files.insert(physical.clone(), found.clone());
        }
        self.files.insert(path.clone(), found);
        Ok(())
    }

    fn file(
        &mut self,
        guest: &mut dyn Guest,
        path: &GuestPath,
        metadata: &Metadata,
        wants_content: bool,
    ) -> Result<Option<OldFile>, GuestError> {
        let content = match wants_content {
            false => Vec::new(),
            true if metadata.size > MAX_FILE || self.read + metadata.size > MAX_BYTES => {
                return Ok(None);
            }
            true => guest.read(path, MAX_FILE)?,
        };
        self.read += content.len() as u64;
        Ok(Some(OldFile {
            content,
            owner: Owner {
                uid: metadata.uid,
                gid: metadata.gid,
                mode: metadata.mode,
            },
            has_other_names: metadata.links > 1,
            is_immutable: metadata.immutable,
        }))
    }
}

fn path_of(look: &Look) -> &GuestPath {
    let (Look::File(path) | Look::Kind(path) | Look::Folder(path) | Look::Names(path)) = look;
    path
}

/// The guest's files lead to more than is looked at.
fn too_many(what: &str, last: Option<&Look>) -> GraftError {
    let last = last.map(|look| format!(", the last {}", path_of(look)));
    let text = format!(
        "the files that configure this guest lead to more than {what}{}, so a part of its network would not \
         be seen: shorten their lists in the master",
        last.unwrap_or_default()
    );
    Unfit::Identity(Flaw::new("identity-too-many-places", text)).into()
}

/// Physical places of these paths: of a file behind a link its own, where it is written.
pub(super) fn places<'a>(
    guest: &mut dyn Guest,
    paths: impl Iterator<Item = (&'a GuestPath, bool)>,
) -> Result<BTreeMap<GuestPath, Place>, GraftError> {
    let mut places = BTreeMap::new();
    for (path, is_written) in paths {
        let resolved = match is_written {
            true => resolve(guest, path),
            false => resolve_parent(guest, path),
        };
        let resolved = match resolved {
            Ok(resolved) => resolved,
            Err(GuestError::NotADirectory(_) | GuestError::LinkLoop(_)) => continue,
            Err(error) => return Err(error.into()),
        };
        let base = guest.lstat(&resolved.base())?;
        let missing = resolved.missing.len().saturating_sub(1);
        let folder = resolved.path.parent().unwrap_or_else(GuestPath::root);
        let place = Place {
            missing: outermost(&folder, missing),
            filesystem: base.filesystem,
            is_immutable: base.immutable,
            path: resolved.path,
        };
        places.insert(path.clone(), place);
    }
    Ok(places)
}

/// The folders that can keep what an identity replaces: beside the receipt, and in `/etc` for what does
/// not lie on that file system.
pub(super) fn asides(
    guest: &mut dyn Guest,
    receipt: &ReceiptFile,
) -> Result<Vec<Aside>, GraftError> {
    let mut asides = Vec::new();
    let of_etc: GuestPath = ASIDE_OF_ETC.parse().expect("a literal guest path");
    for folder in [receipt.folder(), of_etc] {
        let Ok(path) = folder.join(ASIDE) else {
            continue;
        };
        let place = places(guest, std::iter::once((&path, false)))?.remove(&path);
        let Some(mut place) = place else { continue };
        // The receipt's own folders are its own to make.
        place.missing.retain(|path| !receipt.missing.contains(path));
        let names = match guest.read_dir(&place.path) {
            Ok(entries) => entries.into_iter().map(|entry| entry.name).collect(),
            Err(error @ GuestError::Io { .. }) => return Err(error.into()),
            Err(_) => BTreeSet::new(),
        };
        asides.push(Aside { place, names });
    }
    Ok(asides)
}

/// The last `count` directories of a path, outermost first.
fn outermost(path: &GuestPath, count: usize) -> Vec<GuestPath> {
    let above = std::iter::successors(Some(path.clone()), GuestPath::parent);
    let mut paths: Vec<GuestPath> = above.take(count).collect();
    paths.reverse();
    paths
}

fn existing(
    resolved: Result<crate::guest::Resolved, GuestError>,
) -> Result<Option<(GuestPath, Metadata)>, GuestError> {
    match resolved {
        Ok(resolved) => {
            let path = resolved.path;
            Ok(resolved.metadata.map(|metadata| (path, metadata)))
        }
        Err(GuestError::NotADirectory(_) | GuestError::LinkLoop(_) | GuestError::NotFound(_)) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
