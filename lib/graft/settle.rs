//! An earlier graft, settled: a record that fits the guest as it stands.
//!
//! A guest changes under a graft: `/lib` and `/usr/lib` become one, a package puts a directory in
//! a link's place, a crash takes the receipt. All of it is settled before a plan is made, so that
//! the plan, the receipt and the guest agree.

use super::apply::apply;
use super::error::GraftError;
use super::evidence;
use super::finding::Finding;
use super::merge;
use super::moved;
use super::parts::links::LEFT_OVER;
use super::parts::unit::undo as undo_unit;
use super::receipt::Receipt;
use super::share::Share;
use super::survey::{self, FstabFile, ReceiptFile, ReceiptState};
use super::undo::undo_share;
use super::unit_site::{UnitSite, unit_of};
use crate::edit::Edit;
use crate::guest::Guest;
use crate::links::{Form, Links, Observation, Physical, Reason};
use crate::path::GuestPath;
use crate::unit;

/// A guest whose earlier graft is settled.
pub(super) struct Settled {
    /// Steps that were done for it.
    pub(super) edits: Vec<Edit>,
    pub(super) warnings: Vec<Finding>,
    pub(super) fstab: FstabFile,
    pub(super) receipt: ReceiptFile,
    /// Record of an earlier graft, as far as it is still there.
    pub(super) earlier: Option<Receipt>,
    pub(super) physical: Physical,
    pub(super) observation: Observation,
    /// The unit that the guest is to have; `None` where it needs none.
    pub(super) unit: Option<UnitSite>,
    /// True where something is not as it was made, so that the new receipt has to be held against the
    /// guest ([`amend`]).
    pub(super) doubtful: bool,
}

/// Settles an earlier graft for a share that is to be mounted from `spec`, and takes it back where
/// it is not part of what is wanted now: another mount point, a link less, or a unit that is not
/// needed.
pub(super) fn settle(
    guest: &mut dyn Guest,
    share: &Share,
    receipt: ReceiptFile,
    spec: &str,
    has_unit: bool,
) -> Result<Settled, GraftError> {
    let links = share.links();
    let fstab = survey::fstab(guest)?;
    let physical = survey::locate(guest, links)?;
    let recorded = receipt.whole().map(|receipt| &receipt.links);
    let observation = survey::links(guest, links, &physical, recorded)?;
    let done = receipt.whole().and_then(|receipt| receipt.unit.as_ref());
    let unit = look_at_unit(guest, (links, &physical), done, has_unit)?;
    let mut settled = Settled {
        edits: Vec::new(),
        warnings: Vec::new(),
        earlier: receipt.whole().cloned(),
        fstab,
        receipt,
        physical,
        observation,
        unit,
        doubtful: false,
    };
    if let ReceiptState::Damaged(_, error) = &settled.receipt.state {
        let warning = Finding::new(error.code(), error.to_string());
        settled.warnings.push(warning);
    }
    if settled.earlier.is_none() {
        settled.earlier = settled.shown(guest, share, spec)?;
        settled.doubtful = settled.earlier.is_some();
    } else if let Some(receipt) = &settled.earlier {
        settled.doubtful = is_doubtful(receipt, &settled.observation);
    }
    let Some(mut earlier) = settled.earlier.take() else {
        return Ok(settled);
    };
    if settled.doubtful {
        moved::follow(guest, &mut earlier.links)?;
        let merged = merge::merge(guest, &mut earlier.links)?;
        settled.edits.extend(merged.edits);
        settled.warnings.extend(merged.told);
    }
    if still_wants(share, &earlier, &settled.physical) {
        settled.earlier = Some(earlier);
    } else {
        let undoing = undo_share(guest, &settled.receipt, &earlier)?;
        apply(&undoing.edits, guest)?;
        settled.doubtful |= !undoing.kept.is_empty();
        settled.edits.extend(undoing.edits);
        settled.warnings.extend(undoing.kept);
        settled.receipt = survey::receipt(guest)?.usable()?;
        settled.earlier = settled.receipt.whole().cloned();
    }
    settled.drop_other_unit(guest)?;
    if !settled.edits.is_empty() {
        settled.fstab = survey::fstab(guest)?;
        settled.physical = survey::locate(guest, links)?;
        let earlier = settled.earlier.as_ref().map(|receipt| &receipt.links);
        settled.observation = survey::links(guest, links, &settled.physical, earlier)?;
        let earlier = settled.earlier.as_ref();
        let done = earlier.and_then(|receipt| receipt.unit.as_ref());
        let places = (links, &settled.physical);
        settled.unit = look_at_unit(guest, places, done, has_unit)?;
    }
    Ok(settled)
}

impl Settled {
    /// The receipt of a graft that the guest shows without one.
    fn shown(
        &mut self,
        guest: &mut dyn Guest,
        share: &Share,
        spec: &str,
    ) -> Result<Option<Receipt>, GraftError> {
        let (receipt, fstab) = (&self.receipt, &self.fstab);
        let unit = self.unit.as_ref();
        let found = match evidence::block_elsewhere(fstab, share.mount_point()) {
            Some(_) => evidence::anywhere(guest, share, receipt, fstab, Some(spec))?,
            None => {
                let shown = (&self.physical, &self.observation, unit);
                let files = (receipt, fstab);
                evidence::of_links(guest, share.links(), shown, files, Some(spec))?
            }
        };
        if found.is_some() && matches!(receipt.state, ReceiptState::Missing) {
            self.warnings.push(survey::lost(receipt));
        }
        Ok(found)
    }

    /// Takes back a unit that was made and that is not the one that the guest is to have.
    fn drop_other_unit(&mut self, guest: &mut dyn Guest) -> Result<(), GraftError> {
        let Some(earlier) = &self.earlier else {
            return Ok(());
        };
        let wanted = self.unit.as_ref().map(|found| &found.unit);
        let made = earlier.unit.as_ref().map(unit::Done::unit);
        if made.is_none() || made.as_ref() == wanted {
            return Ok(());
        }
        let undoing = undo_unit(guest, earlier)?;
        apply(&undoing.edits, guest)?;
        self.edits.extend(undoing.edits);
        self.warnings.extend(undoing.kept);
        let mut rest = earlier.clone();
        rest.set_unit(None);
        self.earlier = Some(rest);
        Ok(())
    }
}

fn look_at_unit(
    guest: &mut dyn Guest,
    (links, physical): (&Links, &Physical),
    done: Option<&unit::Done>,
    has_unit: bool,
) -> Result<Option<UnitSite>, GraftError> {
    if !has_unit {
        return Ok(None);
    }
    let mut found = UnitSite::look(guest, unit_of(links, physical), done)?;
    // systemd reads its units before the share is there.
    let mut moved = physical.ats().chain([physical.mount_point()]);
    if let Some(at) = moved.find(|at| found.site.folder.starts_with(at)) {
        found.site.blocked = Some((at.clone(), "part of the share"));
    }
    Ok(Some(found))
}

/// True where something is not as a receipt tells, or was not when it was written.
fn is_doubtful(receipt: &Receipt, observation: &Observation) -> bool {
    let undo = receipt.links.undo(observation);
    undo.kept.iter().any(|kept| kept.why != Reason::NotEmpty)
        || receipt.links.links.iter().any(|link| !link.told.is_empty())
}

fn still_wants(share: &Share, receipt: &Receipt, physical: &Physical) -> bool {
    let known = receipt.links.links.iter();
    let mut known = known.filter(|done| !done.told.iter().any(|code| code == LEFT_OVER));
    let wants = |place: &GuestPath, target: &GuestPath, form| {
        let mut wanted = physical.ats().zip(share.links().iter());
        wanted.any(|(at, link)| {
            *at == *place
                && link.form() == form
                && link
                    .to()
                    .below(share.mount_point())
                    .is_ok_and(|wanted| wanted == *target)
        })
    };
    let mut mounts = receipt.links.mounts.iter();
    receipt.mount_point == *share.mount_point()
        && known.all(|done| wants(&done.at, &done.target, Form::Link))
        && mounts.all(|done| wants(&done.at, &done.from, done.form))
}

/// Holds a new receipt against the guest that it is written into. What is not as it was made and
/// cannot be mended is told, and the receipt says that it was.
pub(super) fn amend(
    guest: &mut dyn Guest,
    receipt: &mut Receipt,
    physical: &Physical,
) -> Result<Vec<Finding>, GraftError> {
    let done = &mut receipt.links;
    moved::follow(guest, done)?;
    let observation = survey::done(guest, done)?;
    let kept = done.undo(&observation).kept;
    let mut told = Vec::new();
    for link in &mut done.links {
        link.told.clear();
        if !physical.ats().any(|at| *at == link.at) {
            link.told.push(LEFT_OVER.to_owned());
        }
    }
    for kept in kept {
        let code = kept.why.code();
        match kept.why {
            Reason::NotEmpty => continue,
            Reason::DirectoryReplaced => done.directories.retain(|path| *path != kept.path),
            _ => {
                let mut links = done.links.iter_mut();
                let link = links.find(|link| link.paths().any(|path| *path == kept.path));
                if let Some(link) = link
                    && !link.told.iter().any(|known| known == code)
                {
                    link.told.push(code.to_owned());
                }
            }
        }
        told.push(Finding::new(code, kept.to_string()));
        if kept.why == Reason::LocalGone
            && told.len() <= moved::MAX_SOUGHT
            && let Some(place) = moved::sought(guest, &receipt.mount_point, done, &kept.path)?
        {
            told.push(moved::found_elsewhere(&kept.path, &place));
        }
    }
    Ok(told)
}
