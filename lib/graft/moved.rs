//! Places that a graft's links and directories went to since, and things that stand in the old ones.

use std::collections::BTreeSet;

use super::apply::apply;
use super::error::GraftError;
use super::finding::Finding;
use crate::edit::Edit;
use crate::guest::{FileKind, Guest, GuestError, Metadata, resolve_parent};
use crate::links::Done;
use crate::path::GuestPath;

/// Most names looked through for a directory that was moved.
const MAX_NAMES: usize = 256;
/// Most displaced directories that are looked for: a guest writes its receipt as it likes.
pub(super) const MAX_SOUGHT: usize = 64;
/// Most names tried for what is moved out of the way.
const MAX_TRIES: u32 = 100;
/// Behind the name of what of the guest's own is moved out of the way.
const KEPT: &str = ".osgraft-kept";
/// Directories that a merged `/usr` holds in the root's place (hier(7)).
const MERGED: &[&[u8]] = &[b"bin", b"lib", b"lib32", b"lib64", b"libx32", b"sbin"];

/// Steps that were done about places that are taken.
#[derive(Debug, Default)]
pub(super) struct Moved {
    pub(super) edits: Vec<Edit>,
    pub(super) told: Vec<Finding>,
    /// Links whose places hold the guest's own directory again.
    pub(super) restored: Vec<GuestPath>,
}

/// Corrects a record where directories on the way to its paths became links, or links became
/// directories: `/lib` and `/usr/lib` that were made one, a mount point that was moved and linked.
pub(super) fn follow(guest: &mut dyn Guest, done: &mut Done) -> Result<bool, GraftError> {
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
) -> Result<(), GraftError> {
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

/// Places that a path, and its twin in `/usr` or above it, lead to now.
fn places(guest: &mut dyn Guest, path: &GuestPath) -> Result<Vec<GuestPath>, GraftError> {
    let mut places = Vec::new();
    for path in std::iter::once(path.clone()).chain(twin(path)) {
        places.extend(place(guest, &path)?);
    }
    places.retain(|place| place != path);
    Ok(places)
}

/// Place that a path leads to, the links on the way resolved.
fn place(guest: &mut dyn Guest, path: &GuestPath) -> Result<Option<GuestPath>, GraftError> {
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

/// Place that a displaced directory went to with a mount point that was renamed: the one
/// directory beside the mount point that has the same path below it.
pub(super) fn sought(
    guest: &mut dyn Guest,
    mount_point: &GuestPath,
    done: &Done,
    local: &GuestPath,
) -> Result<Option<GuestPath>, GraftError> {
    let (Some(folder), Some(tail)) = (
        mount_point.parent(),
        local.as_bytes().strip_prefix(mount_point.as_bytes()),
    ) else {
        return Ok(None);
    };
    if tail.is_empty() || look(guest, local)?.is_some() || !is_directory(guest, &folder)? {
        return Ok(None);
    }
    let mut found = None;
    for name in names(guest, &folder)?.into_iter().take(MAX_NAMES) {
        let Ok(beside) = folder.join(name) else {
            continue;
        };
        let Ok(place) = GuestPath::new([beside.as_bytes(), tail].concat()) else {
            continue;
        };
        let is_own = done
            .links
            .iter()
            .any(|link| place == link.at || twin(&link.at).as_ref() == Some(&place));
        if is_own || !is_directory(guest, &place)? {
            continue;
        }
        if found.is_some() {
            return Ok(None);
        }
        found = Some(place);
    }
    Ok(found)
}

/// Finds displaced directories that went with a renamed mount point, and has the record say so.
pub(super) fn find(
    guest: &mut dyn Guest,
    mount_point: &GuestPath,
    done: &mut Done,
) -> Result<Vec<Finding>, GraftError> {
    let mut told = Vec::new();
    for number in 0..done.links.len().min(MAX_SOUGHT) {
        let Some(local) = done.links[number].displaced_to.clone() else {
            continue;
        };
        if let Some(place) = sought(guest, mount_point, done, &local)? {
            told.push(found_elsewhere(&local, &place));
            done.links[number].displaced_to = Some(place);
        }
    }
    Ok(told)
}

/// Finding for a displaced directory that lies elsewhere.
pub(super) fn found_elsewhere(local: &GuestPath, place: &GuestPath) -> Finding {
    let text = format!("{local} is {place} now: the guest moved its own directory there");
    Finding::new("local-moved", text)
}

/// Moves away what stands in a link's place and is no directory, so that the displaced directory
/// can come back. It is kept under another name.
pub(super) fn clear(guest: &mut dyn Guest, done: &Done) -> Result<Moved, GraftError> {
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
    pub(super) fn step(&mut self, guest: &mut dyn Guest, edit: Edit) -> Result<(), GraftError> {
        apply(std::slice::from_ref(&edit), guest)?;
        self.edits.push(edit);
        Ok(())
    }
}

/// A name beside a path that nothing has.
pub(super) fn free_name(
    guest: &mut dyn Guest,
    path: &GuestPath,
) -> Result<Option<GuestPath>, GraftError> {
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

pub(super) fn names(
    guest: &mut dyn Guest,
    directory: &GuestPath,
) -> Result<BTreeSet<Vec<u8>>, GuestError> {
    let entries = guest.read_dir(directory)?;
    Ok(entries.into_iter().map(|entry| entry.name).collect())
}

/// Metadata of a path, taken literally.
pub(super) fn look(
    guest: &mut dyn Guest,
    path: &GuestPath,
) -> Result<Option<Metadata>, GuestError> {
    match guest.lstat(path) {
        Ok(found) => Ok(Some(found)),
        Err(GuestError::NotFound(_) | GuestError::NotADirectory(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) fn is_directory(guest: &mut dyn Guest, path: &GuestPath) -> Result<bool, GuestError> {
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

pub(super) fn is_mount_point(
    guest: &mut dyn Guest,
    path: &GuestPath,
    found: &Metadata,
) -> Result<bool, GuestError> {
    let parent = path.parent().unwrap_or_else(GuestPath::root);
    Ok(guest.lstat(&parent)?.filesystem != found.filesystem)
}
