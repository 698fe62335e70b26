//! The unit that lets go of the share, in a guest.

use super::{Held, Part, PartPlan};
use crate::graft::GraftError;
use crate::graft::finding::Finding;
use crate::graft::plan::Known;
use crate::graft::receipt::Receipt;
use crate::graft::share::Share;
use crate::graft::undo::Undoing;
use crate::graft::unfit::Unfit;
use crate::guest::facts::Init;
use crate::guest::{FileKind, Guest, GuestError, GuestFacts, Metadata, Resolved, resolve};
use crate::path::GuestPath;
use crate::registry::{Server, Source};
use crate::unit::{self, Done, FOLDER, Found, Site, Told, Unit};

/// Bytes read of a file in the unit's place; no unit of osgraft's has as many.
const MAX_UNIT: usize = 64 << 10;

/// A unit, and a guest as far as it is concerned.
#[derive(Debug)]
pub(in crate::graft) struct UnitSite {
    pub(in crate::graft) unit: Unit,
    pub(in crate::graft) site: Site,
}

/// The unit that lets go of the share at a shutdown.
pub(super) struct LetGo;

impl Part for LetGo {
    fn plan(&self, _: &Share, known: &Known<'_>, receipt: &mut Receipt) -> Result<PartPlan, Unfit> {
        let Some(found) = known.unit else {
            return Ok(PartPlan::default());
        };
        let earlier = known.earlier.and_then(|receipt| receipt.unit.as_ref());
        let decision = unit::decide(&found.unit, &found.site, earlier);
        let steps = decision.edits;
        let (first, edits) = match &decision.done {
            Some(_) => (Vec::new(), steps),
            None => (steps, Vec::new()),
        };
        receipt.set_unit(decision.done);
        Ok(PartPlan {
            first,
            edits,
            told: decision.told.iter().map(Finding::from).collect(),
            touched: found.paths(),
        })
    }

    fn undo(
        &self,
        guest: &mut dyn Guest,
        receipt: &Receipt,
        force: bool,
        rest: &mut Receipt,
    ) -> Result<Undoing, GraftError> {
        let Some(done) = &receipt.unit else {
            return Ok(Undoing::default());
        };
        let found = UnitSite::look(guest, done.unit(), Some(done))?;
        let undo = done.undo(&found.site, force);
        if !undo.remains {
            rest.set_unit(None);
        }
        Ok(Undoing {
            edits: undo.edits,
            kept: undo.kept.iter().map(Finding::from).collect(),
        })
    }

    fn differences(
        &self,
        guest: &mut dyn Guest,
        _: &Held<'_>,
        receipt: &mut Receipt,
    ) -> Result<Vec<Finding>, GraftError> {
        let Some(done) = &receipt.unit else {
            return Ok(Vec::new());
        };
        let found = UnitSite::look(guest, done.unit(), None)?;
        Ok(done
            .differences(&found.site)
            .iter()
            .map(Finding::from)
            .collect())
    }
}

/// The way back of the unit alone.
pub(in crate::graft) fn undo(
    guest: &mut dyn Guest,
    receipt: &Receipt,
) -> Result<Undoing, GraftError> {
    LetGo.undo(guest, receipt, false, &mut receipt.clone())
}

/// True for a guest whose shutdown would wait for the share: systemd stops the network before a
/// share of NFS that is in use is unmounted. Shares without a network are unmounted at the end.
pub(in crate::graft) fn is_needed(facts: &GuestFacts, server: &Server) -> bool {
    facts.init == Some(Init::Systemd) && matches!(server.source(), Source::Nfs(_))
}

impl UnitSite {
    /// Looks at the places of a unit, and at what a record of it tells of.
    pub(in crate::graft) fn look(
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
    pub(in crate::graft) fn paths(&self) -> Vec<GuestPath> {
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
pub(in crate::graft) fn is_as_made(found: &Metadata) -> bool {
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

impl From<&Told> for Finding {
    fn from(told: &Told) -> Self {
        Self::new(told.code(), told.to_string())
    }
}
