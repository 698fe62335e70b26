//! Where a graft's links and directories went since, and what stands in their places.

use std::collections::BTreeSet;

use super::edit::Edit;
use super::preparer::apply;
use super::report::Finding;
use crate::error::Error;
use crate::guest::{FileKind, Guest, GuestError, Metadata, resolve_parent};
use crate::links::Done;
use crate::path::GuestPath;

/// Most names that are moved from one directory into another.
const MAX_NAMES: usize = 4096;
/// Most names tried for what is moved out of the way.
const MAX_TRIES: u32 = 100;
/// Behind the name of what of the guest's own is moved out of the way.
const KEPT: &str = ".osgraft-kept";
/// Directories that a merged `/usr` holds in the root's place (hier(7)).
const MERGED: &[&[u8]] = &[b"bin", b"lib", b"lib32", b"lib64", b"libx32", b"sbin"];

/// What was done about places that are taken.
#[derive(Debug, Default)]
pub(super) struct Moved {
    pub(super) edits: Vec<Edit>,
    pub(super) told: Vec<Finding>,
    /// Links whose places hold the guest's own directory again.
    pub(super) restored: Vec<GuestPath>,
}

/// Corrects a record where directories on the way to its paths became links, or links became
/// directories: `/lib` and `/usr/lib` that were made one, a mount point that was moved and linked.
pub(super) fn follow(guest: &mut dyn Guest, done: &mut Done) -> Result<bool, Error> {
    let before = done.clone();
    for link in &mut done.links {
        if !is_link(guest, &link.at, &link.target)? {
            let places = places(guest, &link.at)?;
            let mut found = None;
            for place in &places {
                if is_link(guest, place, &link.target)? {
                    found = Some(place);
                    break;
                }
            }
            if let Some(place) = found.cloned() {
                link.at = place;
            } else if !has_parent(guest, &link.at)?
                && let Some(place) = place(guest, &link.at)?
            {
                link.at = place;
            }
        }
        let at = link.at.clone();
        for path in [&mut link.displaced_to, &mut link.set_aside]
            .into_iter()
            .flatten()
        {
            follow_directory(guest, path, &at)?;
        }
    }
    for path in &mut done.directories {
        follow_directory(guest, path, &GuestPath::root())?;
    }
    let mut seen = BTreeSet::new();
    done.directories.retain(|path| seen.insert(path.clone()));
    Ok(*done != before)
}

fn follow_directory(
    guest: &mut dyn Guest,
    path: &mut GuestPath,
    but: &GuestPath,
) -> Result<(), Error> {
    if look(guest, path)?.is_some() {
        return Ok(());
    }
    for place in places(guest, path)? {
        if place != *but && is_directory(guest, &place)? {
            *path = place;
            break;
        }
    }
    Ok(())
}

/// Where a path leads now, and its twin in `/usr` or above it.
fn places(guest: &mut dyn Guest, path: &GuestPath) -> Result<Vec<GuestPath>, Error> {
    let mut places = Vec::new();
    for path in std::iter::once(path.clone()).chain(twin(path)) {
        places.extend(place(guest, &path)?);
    }
    places.retain(|place| place != path);
    Ok(places)
}

/// Where a path leads, the links on the way resolved.
fn place(guest: &mut dyn Guest, path: &GuestPath) -> Result<Option<GuestPath>, Error> {
    match resolve_parent(guest, path) {
        Ok(place) => Ok(Some(place.path)),
        Err(error @ GuestError::Io { .. }) => Err(error.into()),
        Err(_) => Ok(None),
    }
}

fn twin(path: &GuestPath) -> Option<GuestPath> {
    let names: Vec<&[u8]> = path.components().collect();
    let twin = match names[..] {
        [b"usr", first, ..] if MERGED.contains(&first) => names[1..].join(&b'/'),
        [first, ..] if MERGED.contains(&first) => [b"usr/", &names.join(&b'/')[..]].concat(),
        _ => return None,
    };
    GuestPath::new([b"/", &twin[..]].concat()).ok()
}

/// Brings a directory that stands in a link's place together with the one that the link displaced:
/// a package wrote it there since. Names that only the displaced one has go into it; the rest of
/// that one goes beside it.
pub(super) fn merge(guest: &mut dyn Guest, done: &mut Done) -> Result<Moved, Error> {
    let mut moved = Moved::default();
    for link in &mut done.links {
        let Some(local) = link.displaced_to.clone() else {
            continue;
        };
        let (Some(new), Some(old)) = (look(guest, &link.at)?, look(guest, &local)?) else {
            continue;
        };
        if new.kind != FileKind::Directory
            || old.kind != FileKind::Directory
            || new.filesystem != old.filesystem
            || link.at.starts_with(&local)
            || local.starts_with(&link.at)
            || is_mount_point(guest, &link.at, &new)?
            || is_mount_point(guest, &local, &old)?
        {
            continue;
        }
        let at = link.at.clone();
        if !merge_one(guest, &local, &at, &mut moved)? {
            continue;
        }
        link.displaced_to = None;
        if let Some(aside) = link.set_aside.take()
            && is_directory(guest, &aside)?
        {
            moved.step(
                guest,
                Edit::Rename {
                    from: aside,
                    to: local,
                },
            )?;
        }
        moved.restored.push(at);
    }
    Ok(moved)
}

/// Whether it was done.
fn merge_one(
    guest: &mut dyn Guest,
    local: &GuestPath,
    at: &GuestPath,
    moved: &mut Moved,
) -> Result<bool, Error> {
    let old = names(guest, local)?;
    let new = names(guest, at)?;
    if old.len() > MAX_NAMES {
        return Ok(false);
    }
    let both = old.intersection(&new).count();
    let rest = match both {
        0 => None,
        _ => match free_name(guest, at)? {
            Some(free) => Some(free),
            None => return Ok(false),
        },
    };
    if new.is_empty() {
        moved.step(guest, Edit::Remove { path: at.clone() })?;
        let (from, to) = (local.clone(), at.clone());
        moved.step(guest, Edit::Rename { from, to })?;
    } else {
        for name in old.difference(&new) {
            let from = local.join(name).map_err(super::unfit::Unfit::from)?;
            let to = at.join(name).map_err(super::unfit::Unfit::from)?;
            moved.step(guest, Edit::Rename { from, to })?;
        }
        let path = local.clone();
        moved.step(
            guest,
            match &rest {
                None => Edit::Remove { path },
                Some(rest) => Edit::Rename {
                    from: path,
                    to: rest.clone(),
                },
            },
        )?;
    }
    let mut text = format!(
        "{at}: the guest put a directory in the place of osgraft's link; what only {local} had \
         was moved into it"
    );
    if let Some(rest) = rest {
        text.push_str(&format!("; what both had is kept as {rest}"));
    }
    moved.told.push(Finding::new("link-replaced-merged", text));
    Ok(true)
}

/// Moves away what stands in a link's place and is no directory, so that the displaced directory
/// can come back. It is kept under another name.
pub(super) fn clear(guest: &mut dyn Guest, done: &Done) -> Result<Moved, Error> {
    let mut moved = Moved::default();
    for link in &done.links {
        let Some(local) = &link.displaced_to else {
            continue;
        };
        let Some(found) = look(guest, &link.at)? else {
            continue;
        };
        if found.kind == FileKind::Directory
            || is_link(guest, &link.at, &link.target)?
            || !is_directory(guest, local)?
        {
            continue;
        }
        let Some(free) = free_name(guest, &link.at)? else {
            continue;
        };
        let text = format!(
            "{}: the guest replaced osgraft's link; kept as {free}",
            link.at
        );
        moved.told.push(Finding::new("link-replaced", text));
        let (from, to) = (link.at.clone(), free);
        moved.step(guest, Edit::Rename { from, to })?;
    }
    Ok(moved)
}

impl Moved {
    fn step(&mut self, guest: &mut dyn Guest, edit: Edit) -> Result<(), Error> {
        apply(std::slice::from_ref(&edit), guest)?;
        self.edits.push(edit);
        Ok(())
    }
}

/// A name beside a path that nothing has.
pub(super) fn free_name(
    guest: &mut dyn Guest,
    path: &GuestPath,
) -> Result<Option<GuestPath>, Error> {
    let folder = path.parent().unwrap_or_else(GuestPath::root);
    for number in 1..=MAX_TRIES {
        let mut name = path.file_name().unwrap_or_default().to_vec();
        name.extend_from_slice(KEPT.as_bytes());
        if number > 1 {
            name.extend_from_slice(format!("-{number}").as_bytes());
        }
        let Ok(free) = folder.join(name) else {
            return Ok(None);
        };
        if look(guest, &free)?.is_none() {
            return Ok(Some(free));
        }
    }
    Ok(None)
}

fn names(guest: &mut dyn Guest, directory: &GuestPath) -> Result<BTreeSet<Vec<u8>>, GuestError> {
    let entries = guest.read_dir(directory)?;
    Ok(entries.into_iter().map(|entry| entry.name).collect())
}

/// What lies there, taken literally.
fn look(guest: &mut dyn Guest, path: &GuestPath) -> Result<Option<Metadata>, GuestError> {
    match guest.lstat(path) {
        Ok(found) => Ok(Some(found)),
        Err(GuestError::NotFound(_) | GuestError::NotADirectory(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_directory(guest: &mut dyn Guest, path: &GuestPath) -> Result<bool, GuestError> {
    Ok(look(guest, path)?.is_some_and(|found| found.kind == FileKind::Directory))
}

fn is_link(
    guest: &mut dyn Guest,
    path: &GuestPath,
    target: &GuestPath,
) -> Result<bool, GuestError> {
    match look(guest, path)? {
        Some(found) if found.kind == FileKind::Symlink => {
            Ok(guest.read_link(path)? == target.as_bytes())
        }
        _ => Ok(false),
    }
}

fn has_parent(guest: &mut dyn Guest, path: &GuestPath) -> Result<bool, GuestError> {
    is_directory(guest, &path.parent().unwrap_or_else(GuestPath::root))
}

fn is_mount_point(
    guest: &mut dyn Guest,
    path: &GuestPath,
    found: &Metadata,
) -> Result<bool, GuestError> {
    let parent = path.parent().unwrap_or_else(GuestPath::root);
    Ok(guest.lstat(&parent)?.filesystem != found.filesystem)
}
