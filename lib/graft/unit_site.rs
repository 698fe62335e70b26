//! The places of the unit in a guest.

use super::error::GraftError;
use crate::guest::{FileKind, Guest, GuestError, Metadata, Resolved, resolve};
use crate::links::{Links, Physical};
use crate::path::GuestPath;
use crate::unit::{Done, FOLDER, Found, Site, Unit};

/// Bytes read of a file in the unit's place; no unit of osgraft's has as many.
const MAX_UNIT: usize = 64 << 10;

/// A unit, and a guest as far as it is concerned.
#[derive(Debug)]
pub(super) struct UnitSite {
    pub(super) unit: Unit,
    pub(super) site: Site,
}

/// The unit of a share with these components.
pub(super) fn unit_of(links: &Links, physical: &Physical) -> Unit {
    let over = links.mounted(physical).map(|(_, at)| at.clone());
    Unit::of(physical.mount_point()).with_over(over.collect())
}

impl UnitSite {
    /// Looks at the places of a unit, and at what a record of it tells of.
    pub(super) fn look(
        guest: &mut dyn Guest,
        unit: Unit,
        record: Option<&Done>,
    ) -> Result<Self, GraftError> {
        let wanted = FOLDER.parse().expect("a literal guest path");
        let folder = match resolve(guest, &wanted) {
            Ok(folder) => folder,
            Err(error) => {
                let mut site = Site::empty(wanted);
                site.blocked = Some(match error {
                    GuestError::NotADirectory(path) => {
                        let kind = guest.lstat(&path)?.kind.as_str();
                        (path, kind)
                    }
                    GuestError::LinkLoop(path) => (path, "loop of symbolic links"),
                    GuestError::NotFound(path) => (path, "symbolic link to nothing"),
                    other => return Err(other.into()),
                });
                return Ok(Self { unit, site });
            }
        };
        let mut site = Site::empty(folder.path.clone());
        site.blocked = blocked(&folder);
        if site.blocked.is_none() {
            fill(guest, &unit, &folder, &mut site)?;
            list(guest, record, &mut site)?;
        }
        Ok(Self { unit, site })
    }

    /// Every place of it.
    pub(super) fn paths(&self) -> Vec<GuestPath> {
        match self.unit.places(&self.site.folder) {
            Ok(places) => vec![places.file, places.link],
            Err(_) => Vec::new(),
        }
    }
}

/// The obstacle in the place of the folder of units.
fn blocked(folder: &Resolved) -> Option<(GuestPath, &'static str)> {
    match (&folder.metadata, &folder.dangling) {
        (Some(found), _) if found.kind != FileKind::Directory => {
            Some((folder.path.clone(), found.kind.as_str()))
        }
        (None, Some(link)) => Some((link.clone(), "symbolic link to nothing")),
        _ => None,
    }
}

fn fill(
    guest: &mut dyn Guest,
    unit: &Unit,
    folder: &Resolved,
    site: &mut Site,
) -> Result<(), GraftError> {
    let Some(metadata) = &folder.metadata else {
        let base = folder.base();
        if guest.lstat(&base)?.immutable {
            site.immutable = Some(base);
        }
        let made = std::iter::successors(Some(folder.path.clone()), GuestPath::parent);
        site.missing = made.take(folder.missing.len()).collect();
        site.missing.reverse();
        return Ok(());
    };
    let Ok(places) = unit.places(&folder.path) else {
        return Ok(());
    };
    let mut immutable = metadata.immutable.then(|| folder.path.clone());
    site.file = found(guest, &places.file, &mut immutable)?;
    site.wants = found(guest, &places.wants, &mut immutable)?;
    if matches!(site.wants, Found::Directory { .. }) {
        site.link = found(guest, &places.link, &mut immutable)?;
    }
    site.immutable = immutable;
    Ok(())
}

fn found(
    guest: &mut dyn Guest,
    path: &GuestPath,
    immutable: &mut Option<GuestPath>,
) -> Result<Found, GuestError> {
    let metadata = match guest.lstat(path) {
        Ok(metadata) => metadata,
        Err(GuestError::NotFound(_) | GuestError::NotADirectory(_)) => return Ok(Found::Missing),
        Err(error) => return Err(error),
    };
    if metadata.immutable && immutable.is_none() {
        *immutable = Some(path.clone());
    }
    Ok(match metadata.kind {
        FileKind::File if metadata.links > 1 => Found::Other {
            kind: "file with other names",
        },
        FileKind::File => Found::File {
            content: guest.read_start(path, MAX_UNIT)?,
        },
        FileKind::Symlink => Found::Symlink {
            target: guest.read_link(path)?,
        },
        FileKind::Directory => Found::Directory {
            names: names(guest, path)?,
            as_made: is_as_made(&metadata),
        },
        other => Found::Other {
            kind: other.as_str(),
        },
    })
}

/// True for a directory as osgraft makes one.
pub(super) fn is_as_made(found: &Metadata) -> bool {
    found.kind == FileKind::Directory && (found.mode, found.uid, found.gid) == (0o755, 0, 0)
}

/// Lists the directories above the unit that a record tells were made.
fn list(guest: &mut dyn Guest, record: Option<&Done>, site: &mut Site) -> Result<(), GuestError> {
    let made = record.map(Done::directories).unwrap_or_default();
    let folder = &site.folder;
    let above = [Some(folder.clone()), folder.parent()];
    for path in above.into_iter().flatten() {
        if made.contains(&path) && site.missing.is_empty() {
            let names = names(guest, &path)?;
            site.names.insert(path, names);
        }
    }
    Ok(())
}

fn names(guest: &mut dyn Guest, path: &GuestPath) -> Result<Vec<Vec<u8>>, GuestError> {
    let entries = guest.read_dir(path)?;
    Ok(entries.into_iter().map(|entry| entry.name).collect())
}
