//! The entry in the guest's fstab.

use crate::edit::Edit;
use crate::fstab::{Change, Fstab, Graft, Known as Ours, Places, Ungraft};
use crate::graft::error::GraftError;
use crate::graft::finding::Finding;
use crate::graft::known::Known;
use crate::graft::part::{Held, Part, PartPlan, Undoing};
use crate::graft::receipt::{FstabReceipt, Receipt};
use crate::graft::share::Share;
use crate::graft::survey::{self, FstabFile};
use crate::graft::unfit::Unfit;
use crate::guest::Guest;
use crate::path::escape;

/// Permission bits of an fstab that is made.
const MODE: u32 = 0o644;

/// The entry that mounts the share.
pub(super) struct Entry;

impl Part for Entry {
    fn plan(
        &self,
        share: &Share,
        known: &Known<'_>,
        receipt: &mut Receipt,
    ) -> Result<PartPlan, Unfit> {
        let earlier = known.earlier;
        let mut fstab = known.fstab.parse();
        let mended = fstab.mend(&match earlier {
            Some(receipt) => receipt.known(),
            None => Ours::at(share.mount_point().clone()),
        });
        let places = &known.observed.places;
        let graft = fstab.graft_with(known.entry, known.components, places)?;
        let mut plan = PartPlan {
            touched: vec![known.fstab.path.clone()],
            ..PartPlan::default()
        };
        let told = mended.iter();
        plan.told
            .extend(told.map(|mended| Finding::new(mended.flaw.code(), mended.to_string())));
        plan.told.extend(restored(known, &graft, mended.is_empty()));
        let undo = match earlier.and_then(|receipt| receipt.fstab.as_ref()) {
            Some(earlier) => graft.undo.after(&earlier.undo),
            None => graft.undo,
        };
        receipt.fstab = Some(FstabReceipt {
            path: known.fstab.path.clone(),
            undo,
        });
        if known.fstab.content.as_deref() != Some(fstab.to_bytes()) {
            plan.edits.push(Edit::write(
                known.fstab.path.clone(),
                known.fstab.content.clone(),
                fstab.to_bytes().to_vec(),
                MODE,
            ));
        }
        Ok(plan)
    }

    fn undo(
        &self,
        guest: &mut dyn Guest,
        receipt: &Receipt,
        force: bool,
        rest: &mut Receipt,
    ) -> Result<Undoing, GraftError> {
        let (undoing, is_whole) = undo(guest, receipt, force)?;
        if is_whole {
            rest.fstab = None;
        }
        Ok(undoing)
    }

    fn differences(
        &self,
        _: &mut dyn Guest,
        held: &Held<'_>,
        receipt: &mut Receipt,
    ) -> Result<Vec<Finding>, GraftError> {
        Ok(compare(held.fstab, receipt))
    }
}

/// The way back, and true where nothing of the block is left to undo.
fn undo(
    guest: &mut dyn Guest,
    receipt: &Receipt,
    force: bool,
) -> Result<(Undoing, bool), GraftError> {
    let mut undoing = Undoing::default();
    let Some(done) = &receipt.fstab else {
        return Ok((undoing, true));
    };
    let file = survey::fstab(guest)?;
    let path = file.path;
    let Some(content) = file.content else {
        let text = format!("{path}: the guest removed this file, and osgraft's entry with it");
        undoing.kept.push(Finding::new("fstab-gone", text));
        return Ok((undoing, true));
    };
    let mut fstab = Fstab::parse(&content);
    let ungraft = fstab.withdraw(&receipt.known(), &done.undo, force);
    match ungraft.map_err(Unfit::from)? {
        Ungraft::Removed { remove_file: true } => {
            undoing.edits.push(Edit::Remove { path });
            return Ok((undoing, true));
        }
        Ungraft::Removed { .. } => {}
        Ungraft::Missing => {
            let text = format!("{path}: the guest removed osgraft's entry itself");
            undoing.kept.push(Finding::new("fstab-block-gone", text));
        }
        Ungraft::Edited { line, text } => {
            let text = format!(
                "{path} line {line}: the guest changed osgraft's entry to “{text}”; kept: remove \
                 it by hand, or by “osgraft revert --force”"
            );
            undoing.kept.push(Finding::new("fstab-block-edited", text));
            return Ok((undoing, false));
        }
    }
    if fstab.to_bytes() != content {
        let edited = fstab.to_bytes().to_vec();
        undoing
            .edits
            .push(Edit::write(path, Some(content), edited, MODE));
    }
    Ok((undoing, true))
}

/// True where the lines that a block had are not those that were written.
fn differ(written: &[String], had: Option<&[Vec<u8>]>) -> bool {
    had.is_some_and(|had| {
        !had.iter()
            .map(|line| escape(line))
            .eq(written.iter().cloned())
    })
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
        _ if differ(undo.components(), graft.replaced_components.as_deref()) => {
            let text = format!(
                "{path}: the guest changed osgraft's entries for components of the share; they are \
                 written anew"
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

fn compare(file: &FstabFile, receipt: &Receipt) -> Vec<Finding> {
    let mut differences = Vec::new();
    let mut fstab = match &file.content {
        Some(bytes) => Fstab::parse(bytes),
        None => Fstab::missing(),
    };
    let path = &file.path;
    let mended = fstab.mend(&receipt.known());
    for mended in &mended {
        let finding = Finding::new(mended.flaw.code(), mended.to_string());
        differences.push(finding);
    }
    let (code, text) = match (fstab.managed(), &receipt.fstab) {
        (Err(error), _) => (error.code(), error.to_string()),
        (Ok(None), _) => (
            "fstab-block-missing",
            format!("{path} has no osgraft entry"),
        ),
        (Ok(Some(_)), None) => (
            "fstab-block-foreign",
            format!("{path} has an osgraft entry that the receipt does not tell of"),
        ),
        (Ok(Some(managed)), Some(done)) => {
            let now = crate::path::escape(&managed.text);
            let components = managed.components.iter();
            let texts: Vec<Vec<u8>> = components.clone().map(|c| c.text.clone()).collect();
            if now == done.undo.line() && differ(done.undo.components(), Some(&texts)) {
                let text = format!(
                    "{path} line {}: the entries for components of the share behind it are not what \
                     was written",
                    managed.line
                );
                ("fstab-block-edited", text)
            } else if now == done.undo.line() {
                // It serves only while nothing else stands in its way.
                let components: Vec<_> = components.map(|c| c.entry.clone()).collect();
                let none = Places::default();
                match fstab.graft_with(&managed.entry, &components, &none) {
                    Ok(_) => return differences,
                    Err(error) => (error.code(), error.to_string()),
                }
            } else {
                let text = format!(
                    "{path} line {}: “{now}” is not what was written",
                    managed.line
                );
                ("fstab-block-edited", text)
            }
        }
    };
    differences.push(Finding::new(code, text));
    differences
}
