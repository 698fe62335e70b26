//! `revert`: the exact way back.

use super::edit::Edit;
use super::preparer::{apply, seconds};
use super::report::{Clock, EditorChoice, Finding, Outcome, Report};
use super::saved::MemoryCheck;
use super::survey::{self, not_prepared};
use super::undo::undo;
use crate::editor::{self, Choice};
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
    revert_with(child, &Choice::auto())
}

/// The same, with an editor of the caller's choice.
///
/// # Errors
/// As for [`revert`].
pub fn revert_with(child: &Child, editor: &Choice) -> Result<Report, Error> {
    revert_checked(child, editor, &MemoryCheck::default())
}

/// The same, of a disk that no memory belongs to.
///
/// # Errors
/// As for [`revert`]; [`Unfit::SavedMemory`](super::Unfit::SavedMemory).
pub fn revert_checked(
    child: &Child,
    editor: &Choice,
    memory: &MemoryCheck,
) -> Result<Report, Error> {
    let mut clock = Clock::start();
    let locked = editor::lock(child, editor)?;
    clock.lap("lock");
    let edited = editor::edit(locked.as_open(), editor, seconds(None), |guest| {
        clock.lap("open");
        let undone = ungraft(guest)?;
        clock.lap("edit");
        Ok::<_, Error>(undone)
    })?;
    clock.lap("redo");
    let (undone, redo) = (edited.value, edited.redo);
    let master = locked.as_open().master().unwrap_or(child.path()).to_owned();
    let recovered = locked.recovered();
    if !redo.is_empty() {
        memory.require_none(child.path())?;
    }
    locked.commit(&redo)?;
    clock.lap("commit");
    Ok(Report {
        outcome: Outcome::of(&redo),
        child: child.path().to_owned(),
        master,
        server: None,
        editor: EditorChoice::from(&edited.reached),
        edits: undone.edits,
        warnings: Finding::of_host(&edited.reached).into_iter().collect(),
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
