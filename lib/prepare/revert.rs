//! `revert`: the exact way back.

use super::edit::Edit;
use super::preparer::{apply, options};
use super::report::{Clock, EditorChoice, Finding, Outcome, Report};
use super::survey::{self, not_prepared};
use super::undo::undo;
use crate::editor;
use crate::error::Error;
use crate::guest::Guest;
use crate::image::Child;

/// What [`ungraft`] did to a guest's tree.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Ungrafted {
    /// What was done, in order.
    pub edits: Vec<Edit>,
    /// What stays, because the guest changed it since.
    pub kept: Vec<Finding>,
}

/// Takes a child's graft back: fstab's other bytes exactly, what was displaced to its old place,
/// and of what was made only what is still as it was made. What the guest changed since stays,
/// and [`Report::kept`] tells it.
///
/// Without a receipt there is nothing to take back, and `kept` says so.
///
/// # Errors
/// As for [`Preparer::prepare`](super::Preparer::prepare).
pub fn revert(child: &Child) -> Result<Report, Error> {
    let mut clock = Clock::start();
    let locked = child.lock()?;
    clock.lap("lock");
    let mut scratch = locked.scratch()?;
    let (mut guest, root) = editor::open_root(&mut scratch, options(None))?;
    clock.lap("open");
    let undone = ungraft(&mut guest)?;
    guest.finish().map_err(|source| root.failed(source))?;
    clock.lap("edit");
    let redo = scratch.finish()?;
    clock.lap("redo");
    let master = locked.as_open().master().unwrap_or(child.path()).to_owned();
    let recovered = locked.recovered();
    locked.commit(&redo)?;
    clock.lap("commit");
    Ok(Report {
        outcome: Outcome::of(&redo),
        child: child.path().to_owned(),
        master,
        server: None,
        editor: EditorChoice::ext4(&root),
        edits: undone.edits,
        warnings: Vec::new(),
        kept: undone.kept,
        recovered,
        redo_bytes: redo.bytes(),
        timings_ms: clock.finish(),
    })
}

/// Takes the graft of a guest's tree back, whatever holds it.
///
/// # Errors
/// As for [`revert`]; the tree may then be half done and has to be dropped.
pub fn ungraft(guest: &mut dyn Guest) -> Result<Ungrafted, Error> {
    let file = survey::receipt(guest)?;
    let Some((_, receipt)) = &file.now else {
        return Ok(Ungrafted {
            edits: Vec::new(),
            kept: vec![not_prepared(&file)],
        });
    };
    let undoing = undo(guest, &file, receipt)?;
    apply(&undoing.edits, guest)?;
    Ok(Ungrafted {
        edits: undoing.edits,
        kept: undoing.kept,
    })
}
