//! From a receipt to the edits that take a graft back.

use super::edit::Edit;
use super::error::GraftError;
use super::finding::Finding;
use super::receipt::Receipt;
use super::survey::{self, ReceiptFile};
use super::unfit::Unfit;
use super::unit::UnitSite;
use crate::fstab::{Fstab, Ungraft};
use crate::guest::{Guest, GuestError};
use crate::links::{Done, DoneLink, Kept, Reason};
use crate::path::GuestPath;

/// What takes a graft back, and what of it stays because the guest changed it.
#[derive(Clone, Debug, Default)]
pub(super) struct Undoing {
    pub(super) edits: Vec<Edit>,
    pub(super) kept: Vec<Finding>,
}

/// Plans the way back from what a receipt tells. With `force` an entry that the guest edited goes
/// as well.
pub(super) fn undo(
    guest: &mut dyn Guest,
    file: &ReceiptFile,
    receipt: &Receipt,
    force: bool,
) -> Result<Undoing, GraftError> {
    let mut undoing = Undoing::default();
    let mut rest = receipt.clone();
    if undo_fstab(guest, receipt, force, &mut undoing)? {
        rest.fstab = None;
    }
    let observation = survey::done(guest, &receipt.links)?;
    let links = receipt.links.undo(&observation);
    undoing
        .edits
        .extend(links.actions.into_iter().map(Edit::from));
    rest.links = remaining(&receipt.links, &links.kept);
    for kept in links.kept {
        undoing
            .kept
            .push(Finding::new(kept.why.code(), kept.to_string()));
    }
    if undo_unit(guest, receipt, force, &mut undoing)? {
        rest = rest.with_unit(None);
    }
    undo_receipt(guest, file, &rest, &mut undoing)?;
    Ok(undoing)
}

/// Whether nothing of the block is left to undo.
fn undo_fstab(
    guest: &mut dyn Guest,
    receipt: &Receipt,
    force: bool,
    undoing: &mut Undoing,
) -> Result<bool, GraftError> {
    let Some(done) = &receipt.fstab else {
        return Ok(true);
    };
    let file = survey::fstab(guest)?;
    let path = file.path;
    let Some(content) = file.content else {
        let text = format!("{path}: the guest removed this file, and osgraft's entry with it");
        undoing.kept.push(Finding::new("fstab-gone", text));
        return Ok(true);
    };
    let mut fstab = Fstab::parse(&content);
    let ungraft = fstab.withdraw(&receipt.known(), &done.undo, force);
    match ungraft.map_err(Unfit::from)? {
        Ungraft::Removed { remove_file: true } => {
            undoing.edits.push(Edit::Remove { path });
            return Ok(true);
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
            return Ok(false);
        }
    }
    if fstab.to_bytes() != content {
        let edited = fstab.to_bytes().to_vec();
        undoing
            .edits
            .push(Edit::write(path, Some(content), edited, 0o644));
    }
    Ok(true)
}

/// Whether nothing of the unit is left to undo.
pub(super) fn undo_unit(
    guest: &mut dyn Guest,
    receipt: &Receipt,
    force: bool,
    undoing: &mut Undoing,
) -> Result<bool, GraftError> {
    let Some(done) = &receipt.unit else {
        return Ok(true);
    };
    let found = UnitSite::look(guest, done.unit(), Some(done))?;
    let undo = done.undo(&found.site, force);
    undoing.edits.extend(undo.steps.into_iter().map(Edit::from));
    undoing.kept.extend(undo.kept.iter().map(Finding::from));
    Ok(!undo.remains)
}

/// What a later revert could still undo: what the guest put something in the way of.
fn remaining(done: &Done, kept: &[Kept]) -> Done {
    let blocked = |path: &GuestPath| {
        kept.iter().any(|kept| {
            kept.path == *path
                && matches!(
                    kept.why,
                    Reason::LinkReplaced
                        | Reason::LinkNeeded
                        | Reason::LocalReplaced
                        | Reason::NoWayBack
                        | Reason::OtherFileSystem
                )
        })
    };
    let is_blocked = |link: &&DoneLink| {
        [
            Some(&link.at),
            link.displaced_to.as_ref(),
            link.set_aside.as_ref(),
        ]
        .into_iter()
        .flatten()
        .any(blocked)
    };
    let mut rest = done.clone();
    rest.links.retain(|link| is_blocked(&link));
    if rest.links.is_empty() {
        rest.directories.clear();
    }
    rest
}

/// The receipt goes with the last thing that it tells of; its folders, where nothing else is in
/// them.
fn undo_receipt(
    guest: &mut dyn Guest,
    file: &ReceiptFile,
    rest: &Receipt,
    undoing: &mut Undoing,
) -> Result<(), GuestError> {
    if rest.fstab.is_some() || !rest.links.is_empty() || rest.unit.is_some() {
        let before = file.bytes().map(<[u8]>::to_vec);
        let bytes = rest.to_bytes();
        if before.as_ref() != Some(&bytes) {
            let folders = file.missing.iter().cloned();
            let folders = folders.map(|path| Edit::MakeDirectory { path, mode: 0o755 });
            undoing.edits.extend(folders);
            undoing
                .edits
                .push(Edit::write(file.path.clone(), before, bytes, 0o600));
        }
        return Ok(());
    }
    if file.bytes().is_some() {
        undoing.edits.push(Edit::Remove {
            path: file.path.clone(),
        });
    }
    let mut gone = file.path.clone();
    for folder in rest.folders.iter().rev() {
        if gone.parent().as_ref() != Some(folder) {
            break;
        }
        let names = match guest.read_dir(folder) {
            Ok(names) => names,
            Err(error @ GuestError::Io { .. }) => return Err(error),
            Err(_) => break,
        };
        if names
            .iter()
            .any(|entry| Some(entry.name.as_slice()) != gone.file_name())
        {
            break;
        }
        undoing.edits.push(Edit::Remove {
            path: folder.clone(),
        });
        gone = folder.clone();
    }
    Ok(())
}
