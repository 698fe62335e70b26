//! A directory that a package put in a link's place, and the one that the link displaced.

use super::error::GraftError;
use super::finding::Finding;
use super::moved::{Moved, free_name, is_directory, is_mount_point, look, names};
use super::unfit::Unfit;
use crate::edit::Edit;
use crate::guest::{FileKind, Guest, GuestError};
use crate::links::Done;
use crate::path::GuestPath;

/// Most pairs of directories that are gone through.
const MAX_DIRECTORIES: usize = 4096;

/// Brings a directory that stands in a link's place together with the one that the link displaced:
/// a package wrote it there since. Names that only the displaced one has go into it; the rest of
/// that one goes beside it.
pub(super) fn merge(guest: &mut dyn Guest, done: &mut Done) -> Result<Moved, GraftError> {
    let mut moved = Moved::default();
    for link in &mut done.links {
        let Some(local) = link.displaced_to.clone() else {
            continue;
        };
        if link.at.starts_with(&local)
            || local.starts_with(&link.at)
            || !are_directories(guest, &link.at, &local)?
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

/// Brings two directories together; false where that is left undone.
fn merge_one(
    guest: &mut dyn Guest,
    local: &GuestPath,
    at: &GuestPath,
    moved: &mut Moved,
) -> Result<bool, GraftError> {
    let Some(free) = free_name(guest, at)? else {
        return Ok(false);
    };
    let mut budget = MAX_DIRECTORIES;
    let mut text = format!(
        "{at}: the guest put a directory in the place of osgraft's link; what only {local} had \
         was moved into it"
    );
    if !join(guest, local, at, moved, &mut budget)? {
        let (from, to) = (local.clone(), free.clone());
        moved.step(guest, Edit::Rename { from, to })?;
        text.push_str(&format!("; its other files are kept as {free}"));
    }
    moved.told.push(Finding::new("link-replaced-merged", text));
    Ok(true)
}

/// Moves into `to` what only `from` has, directory by directory, and removes `from` if nothing is
/// left in it; false where something is.
fn join(
    guest: &mut dyn Guest,
    from: &GuestPath,
    to: &GuestPath,
    moved: &mut Moved,
    budget: &mut usize,
) -> Result<bool, GraftError> {
    let (old, new) = (names(guest, from)?, names(guest, to)?);
    if new.is_empty() {
        moved.step(guest, Edit::Remove { path: to.clone() })?;
        let (from, to) = (from.clone(), to.clone());
        moved.step(guest, Edit::Rename { from, to })?;
        return Ok(true);
    }
    let mut left = false;
    for name in &old {
        let from = from.join(name).map_err(Unfit::from)?;
        let to = to.join(name).map_err(Unfit::from)?;
        if !new.contains(name) {
            moved.step(guest, Edit::Rename { from, to })?;
            continue;
        }
        let fit = *budget > 0 && are_directories(guest, &from, &to)?;
        *budget = budget.saturating_sub(1);
        left |= !fit || !join(guest, &from, &to, moved, budget)?;
    }
    if !left {
        moved.step(guest, Edit::Remove { path: from.clone() })?;
    }
    Ok(!left)
}

/// True for two directories between which names can be moved.
fn are_directories(
    guest: &mut dyn Guest,
    one: &GuestPath,
    other: &GuestPath,
) -> Result<bool, GuestError> {
    let (Some(a), Some(b)) = (look(guest, one)?, look(guest, other)?) else {
        return Ok(false);
    };
    Ok(a.kind == FileKind::Directory
        && b.kind == FileKind::Directory
        && a.filesystem == b.filesystem
        && !is_mount_point(guest, one, &a)?
        && !is_mount_point(guest, other, &b)?)
}
