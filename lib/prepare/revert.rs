//! `revert`: the exact way back.

use tracing::info_span;

use super::boot_need::boot_need;
use super::preparer::{seconds, shown};
use super::progress::{Observer, Progress, Step, Watch};
use super::report::{EditorChoice, Outcome, Report, of_host};
use super::saved::MemoryCheck;
use super::times::Keeper;
use crate::editor::{self, Choice};
use crate::error::Error;
use crate::graft::{Share, Ungraft, Ungrafted, receipt_path};
use crate::guest::Guest;
use crate::image::{Child, LockedChild, OpenChild};

/// Takes grafts back: fstab's other bytes exactly, what was displaced to its old place, and of
/// what was made only what is still as it was made. What the guest changed since stays, and
/// [`Report::kept`] tells it.
///
/// The times of last modification of what it touches become those of the child's master again, where
/// nothing changed the place since it was prepared; else those from before this call. The master's are
/// known where it can be read in process; after an edit in the appliance the latter hold. Times of
/// access and of inodes' own changes are not set back.
///
/// Without a receipt, or with a damaged one, it goes by what the guest shows: the block of fstab,
/// the links, and what lies at their targets. If that shows nothing, there is nothing to take back,
/// and `kept` says so.
#[derive(Clone, Debug, Default)]
pub struct Reverter {
    way: Ungraft,
    editor: Choice,
    memory: MemoryCheck,
    watch: Watch,
}

impl Reverter {
    /// Takes back what a receipt tells, or what can be seen of a share with a link at
    /// `/lib/modules`.
    pub fn new() -> Self {
        Self::default()
    }

    /// The share that children have, to know its links by where a receipt is lost.
    #[must_use]
    pub fn share(mut self, share: Share) -> Self {
        self.way.share = Some(share);
        self
    }

    /// Goes on where a person has to decide. An entry of fstab and a unit that the guest edited are removed. A
    /// file or link in the place of a displaced directory is kept under another name, and the
    /// directory comes back. A receipt that cannot be used, such as one of a later osgraft, is
    /// moved away.
    #[must_use]
    pub fn force(mut self, force: bool) -> Self {
        self.way.force = force;
        self
    }

    /// Editor that opens the guest; the cheapest that fits by default.
    #[must_use]
    pub fn editor(mut self, editor: Choice) -> Self {
        self.editor = editor.needing_boot(boot_need());
        self
    }

    /// Check that no saved memory belongs to the disk; none by default.
    #[must_use]
    pub fn memory(mut self, memory: MemoryCheck) -> Self {
        self.memory = memory;
        self
    }

    /// Observer that is told each step of each child, and may cancel it; none by default.
    #[must_use]
    pub fn observer(mut self, observer: impl Observer + 'static) -> Self {
        self.watch = Watch::new(observer);
        self
    }

    /// Takes a child's graft back.
    ///
    /// # Errors
    /// As for [`Preparer::prepare`](super::Preparer::prepare).
    pub fn revert(&self, child: &Child) -> Result<Report, Error> {
        let whole = info_span!("revert", child = %shown(child));
        let progress = Progress::start(child.path(), &self.watch, whole);
        progress.begin(Step::Lock)?;
        let locked = editor::lock(child, &self.editor)?;
        let mended = locked.mended();
        self.revert_locked(child, locked, &progress)
            .map_err(|error| Error::after(mended, error))
    }

    fn revert_locked(
        &self,
        child: &Child,
        locked: LockedChild,
        progress: &Progress<'_>,
    ) -> Result<Report, Error> {
        progress.begin(Step::Open)?;
        let time = seconds(None);
        // There is nothing to recall; it is asked before an appliance is launched, for which nobody
        // waits who cancelled.
        let wanted = |_: &str| Ok(progress.require_wanted().map(|()| None)?);
        let edited =
            editor::edit_or_recall(locked.as_open(), &self.editor, time, wanted, |guest| {
                let undone = self.ungraft_followed(guest, locked.as_open(), progress);
                undone.inspect_err(|_| progress.reopen())
            })?;
        let (undone, redo) = (edited.value, edited.redo);
        let master = locked.as_open().master().unwrap_or(child.path()).to_owned();
        let recovered = locked.recovered();
        if !redo.is_empty() {
            let memory = self.memory.require_none(child.path());
            memory.map_err(Error::SavedMemory)?;
        }
        progress.begin(Step::Commit)?;
        locked.commit(&redo)?;
        let mut warnings = undone.warnings;
        warnings.extend(of_host(&edited.reached));
        Ok(Report {
            ssh_host_keys: Vec::new(),
            outcome: Outcome::of(&redo),
            child: child.path().to_owned(),
            master,
            server: None,
            editor: EditorChoice::from(&edited.reached),
            edits: undone.edits,
            warnings,
            kept: undone.kept,
            recovered,
            redo_bytes: redo.bytes(),
            timings_ms: progress.finish(),
        })
    }

    fn ungraft_followed(
        &self,
        guest: &mut dyn Guest,
        child: &OpenChild,
        progress: &Progress<'_>,
    ) -> Result<Ungrafted, Error> {
        progress.begin(Step::Edit)?;
        let receipt = receipt_path(guest)?;
        let prepared = guest.modified(&receipt).ok();
        let mut keeper = Keeper::new(guest);
        let undone = self.ungraft(&mut keeper)?;
        let before = keeper.before();
        let master = before.of_master(child, &self.editor);
        before.restore(guest, prepared, &master)?;
        progress.begin(Step::Redo)?;
        Ok(undone)
    }

    /// Takes the graft of a guest's tree back, whatever holds it.
    ///
    /// # Errors
    /// As for [`revert`](Self::revert); the tree may then be half done and has to be dropped.
    pub fn ungraft(&self, guest: &mut dyn Guest) -> Result<Ungrafted, Error> {
        Ok(self.way.apply(guest)?)
    }
}

/// Takes a child's graft back, as a [`Reverter`] does that was told nothing.
///
/// # Errors
/// As for [`Preparer::prepare`](super::Preparer::prepare).
pub fn revert(child: &Child) -> Result<Report, Error> {
    Reverter::new().revert(child)
}

/// Takes the graft of a guest's tree back, whatever holds it.
///
/// # Errors
/// As for [`revert`]; the tree may then be half done and has to be dropped.
pub fn ungraft(guest: &mut dyn Guest) -> Result<Ungrafted, Error> {
    Reverter::new().ungraft(guest)
}
