//! `revert`: the exact way back.

use std::collections::BTreeMap;

use super::inspect::describe;
use super::preparer::{apply, options};
use super::report::{Clock, EditorChoice, Outcome, Report};
use super::survey;
use super::undo::undo;
use super::unfit::Unfit;
use crate::editor;
use crate::error::Error;
use crate::image::Child;

/// Takes a child's graft back: fstab's other bytes exactly, what was displaced to its old place,
/// and of what was made only what is still as it was made. What the guest changed since stays,
/// and [`Report::kept`] tells it.
///
/// # Errors
/// [`Unfit::NotPrepared`] without a receipt; else as for
/// [`Preparer::prepare`](super::Preparer::prepare).
pub fn revert(child: &Child) -> Result<Report, Error> {
    let mut clock = Clock::start();
    let locked = child.lock()?;
    clock.lap("lock");
    let mut scratch = locked.scratch()?;
    let (mut guest, root) = editor::open_root(&mut scratch, options(None))?;
    clock.lap("open");
    let file = survey::receipt(&mut guest)?;
    let Some((_, receipt)) = &file.now else {
        return Err(Unfit::NotPrepared(file.path).into());
    };
    let undoing = undo(&mut guest, &file, receipt)?;
    clock.lap("plan");
    apply(&undoing.edits, &mut guest)?;
    guest.finish().map_err(|source| root.failed(source))?;
    clock.lap("edit");
    let redo = scratch.finish()?;
    clock.lap("redo");
    let master = locked.as_open().master().unwrap_or(child.path()).to_owned();
    let recovered = locked.recovered();
    locked.commit(&redo)?;
    clock.lap("commit");
    Ok(Report {
        outcome: if redo.is_empty() {
            Outcome::Unchanged
        } else {
            Outcome::Changed
        },
        child: child.path().to_owned(),
        master,
        server: None,
        editor: EditorChoice {
            name: "ext4",
            reason: describe(&root),
        },
        edits: undoing.edits,
        warnings: Vec::new(),
        kept: undoing.kept,
        recovered,
        redo_bytes: redo.bytes(),
        timings_ms: BTreeMap::from_iter(clock.finish()),
    })
}
