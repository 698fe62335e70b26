//! From what is wanted and what is there to the edits, as values.

use super::edit::Edit;
use super::finding::Finding;
use super::preflight::{Observed, Preflight, Situation, Sought};
use super::receipt::{FstabReceipt, Receipt};
use super::share::Share;
use super::survey::{FstabFile, ReceiptFile};
use super::unfit::Unfit;
use super::unit::UnitSite;
use crate::codes::Allowed;
use crate::fstab::{Change, Entry, Fstab, Graft, Known as Ours};
use crate::guest::GuestFacts;
use crate::links::{self, Done, Observation, Physical};
use crate::path::{GuestPath, escape};
use crate::registry::Selection;
use crate::unit;

/// Permission bits of an fstab that is made.
const FSTAB_MODE: u32 = 0o644;
/// Permission bits of the receipt.
const RECEIPT_MODE: u32 = 0o600;

/// What of one guest the plan rests on.
pub(super) struct Known<'a> {
    pub(super) facts: &'a GuestFacts,
    pub(super) fstab: &'a FstabFile,
    pub(super) receipt: &'a ReceiptFile,
    /// Record of an earlier graft, as far as it is still there.
    pub(super) earlier: Option<&'a Receipt>,
    /// The server that the receipt is to hold the child to.
    pub(super) pin: Option<String>,
    pub(super) physical: &'a Physical,
    pub(super) observation: &'a Observation,
    pub(super) entry: &'a Entry,
    pub(super) observed: &'a Observed,
    /// Blockers that are to be warnings.
    pub(super) allowed: &'a Allowed,
    /// The unit that the guest is to have; `None` where it needs none.
    pub(super) unit: Option<&'a UnitSite>,
}

/// What is to be done to a guest.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// In order, the receipt left out; none when everything is in place.
    pub(super) edits: Vec<Edit>,
    /// The receipt once they are done.
    pub(super) receipt: Receipt,
    pub(super) warnings: Vec<Finding>,
    /// True if something would block it that is allowed.
    pub(super) is_allowed: bool,
}

impl Plan {
    /// Plans the graft of `share`, served by the selected server.
    pub(super) fn new(
        share: &Share,
        selection: &Selection,
        known: &Known<'_>,
    ) -> Result<Self, Unfit> {
        let server = &selection.server;
        let earlier = known.earlier;
        let mut before = match &known.fstab.content {
            Some(bytes) => Fstab::parse(bytes),
            None => Fstab::missing(),
        };
        let mended = before.mend(&match earlier {
            Some(receipt) => receipt.known(),
            None => Ours::at(share.mount_point().clone()),
        });
        let decision = links::decide(
            share.links(),
            known.physical,
            known.observation,
            earlier.map(|receipt| &receipt.links),
        )?;
        let mut fstab = before.clone();
        let graft = fstab.graft_in(known.entry, &known.observed.places)?;
        let changed = known.fstab.content.as_deref() != Some(fstab.to_bytes());
        let mut preflight = Preflight::check(&Situation {
            facts: known.facts,
            touched: &touched_by(known, &decision.done),
            fstab: &before,
            server,
            entry: known.entry,
            sought: &Sought {
                links: share.links(),
                physical: known.physical,
                entry: known.entry,
            },
            observed: known.observed,
        });
        let is_allowed = preflight.allow(known.allowed);
        if !preflight.blockers.is_empty() {
            return Err(Unfit::Preflight(preflight.blockers));
        }

        let mut warnings: Vec<Finding> = mended
            .iter()
            .map(|mended| Finding::new(mended.flaw.code(), mended.to_string()))
            .collect();
        warnings.extend(restored(known, &graft, mended.is_empty()));

        let undo = match earlier.and_then(|receipt| receipt.fstab.as_ref()) {
            Some(earlier) => graft.undo.after(&earlier.undo),
            None => graft.undo,
        };
        let mut receipt = Receipt::new(
            share.mount_point().clone(),
            server.name(),
            server.source().fs_spec(),
        )
        .pinned(known.pin.clone());
        receipt.fstab = Some(FstabReceipt {
            path: known.fstab.path.clone(),
            undo,
        });
        receipt.links = match earlier {
            Some(earlier) => decision.done.after(&earlier.links),
            None => decision.done,
        };
        receipt.folders =
            earlier.map_or_else(|| known.receipt.missing.clone(), |r| r.folders.clone());

        let unit = known.unit.map(|found| {
            let earlier = earlier.and_then(|receipt| receipt.unit.as_ref());
            unit::decide(&found.unit, &found.site, earlier)
        });
        let unit = unit.unwrap_or_default();
        let goes = unit.done.is_none();
        let receipt = receipt.with_unit(unit.done);

        let mut edits: Vec<Edit> = decision.actions.into_iter().map(Edit::from).collect();
        let steps = unit.steps.into_iter().map(Edit::from);
        // What is left of a unit goes before a link moves the folder that it is in.
        let at = if goes { 0 } else { edits.len() };
        edits.splice(at..at, steps);
        if changed {
            edits.push(Edit::write(
                known.fstab.path.clone(),
                known.fstab.content.clone(),
                fstab.to_bytes().to_vec(),
                FSTAB_MODE,
            ));
        }

        let selection = selection.warnings.iter();
        warnings.extend(selection.map(|warning| Finding::new(warning.code(), warning.to_string())));
        warnings.extend(preflight.warnings);
        let links = decision.warnings.iter();
        warnings.extend(links.map(|warning| Finding::new(warning.code(), warning.to_string())));
        warnings.extend(unit.told.iter().map(Finding::from));
        Ok(Self {
            edits,
            receipt,
            warnings,
            is_allowed,
        })
    }
}

/// Finding for an entry that the guest changed or took out, and that is written anew.
fn restored(known: &Known<'_>, graft: &Graft, is_whole: bool) -> Option<Finding> {
    let path = &known.fstab.path;
    let undo = &known.earlier?.fstab.as_ref()?.undo;
    match &graft.replaced {
        Some(text) if escape(text) != undo.line() => {
            let text = escape(text);
            let text = format!(
                "{path}: the guest changed osgraft's entry to “{text}”; it is written anew"
            );
            Some(Finding::new("fstab-block-edited", text))
        }
        None if is_whole && graft.change == Change::Changed => {
            let text = format!("{path}: the guest removed osgraft's entry; it is put back");
            Some(Finding::new("fstab-block-gone", text))
        }
        _ => None,
    }
}

/// Every physical path that a graft works on, but for what it displaces.
pub(super) fn touched(
    physical: &Physical,
    receipt: &ReceiptFile,
    fstab: &FstabFile,
) -> Vec<GuestPath> {
    let mut paths: Vec<GuestPath> = physical.ats().cloned().collect();
    paths.push(receipt.path.clone());
    paths.push(fstab.path.clone());
    paths
}

/// The same, and what is displaced.
fn touched_by(known: &Known<'_>, done: &Done) -> Vec<GuestPath> {
    let links = done.links.iter().flat_map(|link| {
        [Some(&link.at), link.displaced_to.as_ref()]
            .into_iter()
            .flatten()
    });
    let mut paths = touched(known.physical, known.receipt, known.fstab);
    paths.extend(links.cloned());
    paths.extend(known.unit.map(UnitSite::paths).into_iter().flatten());
    paths
}

/// The receipt's folders and the receipt, where they are not so already.
pub(super) fn receipt_edits(file: &ReceiptFile, receipt: &Receipt) -> Vec<Edit> {
    let bytes = receipt.to_bytes();
    let before = file.bytes().map(<[u8]>::to_vec);
    if before.as_ref() == Some(&bytes) {
        return Vec::new();
    }
    let folders = file.missing.iter().cloned();
    let mut edits: Vec<Edit> = folders
        .map(|path| Edit::MakeDirectory { path, mode: 0o755 })
        .collect();
    edits.push(Edit::write(file.path.clone(), before, bytes, RECEIPT_MODE));
    edits
}
