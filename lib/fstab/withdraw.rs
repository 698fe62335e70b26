//! Taking our entry out of a file in which the guest may have taken the block apart.

use super::Fstab;
use super::entry::Entry;
use super::error::FstabError;
use super::line::{Line, Lines};
use super::mend::Known;
use super::undo::{Undo, Ungraft};
use crate::path::escape;

impl Fstab {
    /// [`ungraft`](Self::ungraft) for a file in which the guest may have taken the block apart, as far as `known`
    /// tells what is ours ([`Fstab::mend`]). With `force` an entry that was edited goes as well.
    /// Markers without an entry go too; the answer is then [`Ungraft::Missing`].
    ///
    /// # Errors
    /// As for [`ungraft`](Self::ungraft).
    pub fn withdraw(
        &mut self,
        known: &Known,
        undo: &Undo,
        force: bool,
    ) -> Result<Ungraft, FstabError> {
        let mut whole = self.clone();
        let mended = whole.mend(known);
        let mut ungraft = whole.take_out(undo, force)?;
        match &mut ungraft {
            // Its number in the file as it stands, which stays.
            Ungraft::Edited { line, text } => {
                let at = mended.iter().find(|mended| mended.text == *text);
                *line = at.map_or(*line, |mended| mended.line);
            }
            Ungraft::Missing => return Ok(self.withdraw_moved(whole, known, undo, force)),
            Ungraft::Removed { .. } => *self = whole,
        }
        Ok(ungraft)
    }

    /// Our entry may stand without its markers and on another mount point; `whole` has none else.
    fn withdraw_moved(
        &mut self,
        mut whole: Self,
        known: &Known,
        undo: &Undo,
        force: bool,
    ) -> Ungraft {
        let moved = |line: &Line<'_>| Entry::read(line).is_some_and(|e| known.is_moved(&e));
        let found = Lines::new(&self.bytes).find(moved);
        if let (Some(line), false) = (&found, force) {
            return Ungraft::Edited {
                line: line.number,
                text: escape(line.body()),
            };
        }
        let range = Lines::new(&whole.bytes)
            .find(moved)
            .map(|line| line.range());
        let ungraft = match range {
            None => Ungraft::Missing,
            Some(range) => {
                whole.bytes.drain(range);
                let remove_file = undo.created() && whole.bytes.is_empty();
                Ungraft::Removed { remove_file }
            }
        };
        *self = whole;
        ungraft
    }
}
