//! Edits of children that were edited before.

use super::super::cache::{CachedEdit, CachedNeeds, Claim, Key, Records};
use super::super::share::entry_for;
use super::{Graft, Pins, Preparer, Wanted};
use crate::editor::{self, Reached};
use crate::error::Error;
use crate::image::{OpenChild, Redo};
use crate::registry::{Registry, Servers};

impl<R: Registry> Preparer<R> {
    /// The graft of a child whose like was grafted before, or the claim to be the one who makes
    /// it: of many fresh children at once, one needs the appliance.
    pub(super) fn recall_or_claim(
        &self,
        open: &OpenChild,
        wanted: &Wanted<'_>,
        servers: &Servers,
        claim: &mut Option<Claim>,
    ) -> Result<Option<(Graft, Redo)>, Error> {
        let known = self.recall(open, wanted, servers, self.cache.as_ref())?;
        let (None, Some(cache), Some(child)) = (&known, &self.cache, open.fingerprint()?) else {
            return Ok(known);
        };
        *claim = cache.claim(&Key::of_needs(&child, self.share.links()));
        self.recall(open, wanted, servers, Some(cache))
    }

    /// The graft of a child whose like was grafted in this row, whatever editor that took.
    pub(super) fn recall_from_row(
        &self,
        open: &OpenChild,
        wanted: &Wanted<'_>,
        servers: &Servers,
    ) -> Result<Option<editor::Edited<Graft>>, Error> {
        // What was kept for a child like this one does not tell its root.
        if self.editor.names_root() {
            return Ok(None);
        }
        let found = self.recall(open, wanted, servers, self.row.as_ref())?;
        Ok(found.map(|(value, redo)| editor::Edited {
            value,
            redo,
            reached: Reached::again("a child of this row was edited before it"),
        }))
    }

    fn recall(
        &self,
        open: &OpenChild,
        wanted: &Wanted<'_>,
        servers: &Servers,
        records: Option<&impl Records>,
    ) -> Result<Option<(Graft, Redo)>, Error> {
        let Some(records) = records else {
            return Ok(None);
        };
        let Some(child) = open.fingerprint()? else {
            return Ok(None);
        };
        let links = self.share.links();
        let Some(known) = records.needs(&Key::of_needs(&child, links)) else {
            return Ok(None);
        };
        let found = known.pin.clone();
        let needs = known.of_child(wanted.known_as);
        let selection = wanted.server.select(servers, &needs, found.as_deref())?;
        let entry = entry_for(&self.share, &selection.server)?;
        let kept = wanted.server.pin_after(found.as_deref());
        let key = Key::of_edit(&child, links, &selection.server, &entry, kept.as_deref());
        Ok(records.edit(&key).map(|edit| {
            let graft = Graft {
                server: selection.server,
                reason: selection.reason,
                edits: edit.edits,
                warnings: edit.warnings,
                needs,
                pins: Pins { found, kept },
            };
            (graft, edit.redo)
        }))
    }

    /// Keeps a graft for children like this one.
    pub(super) fn remember(
        &self,
        open: &OpenChild,
        graft: &Graft,
        redo: &Redo,
        records: Option<&impl Records>,
    ) -> Result<(), Error> {
        let Some(records) = records else {
            return Ok(());
        };
        let Some(child) = open.fingerprint()? else {
            return Ok(());
        };
        let links = self.share.links();
        let entry = entry_for(&self.share, &graft.server)?;
        let edit = CachedEdit {
            redo: redo.clone(),
            edits: graft.edits.clone(),
            warnings: graft.warnings.clone(),
        };
        let needs = CachedNeeds::from(&graft.needs).pinned(graft.pins.found.as_deref());
        let pin = graft.pins.kept.as_deref();
        let key = Key::of_edit(&child, links, &graft.server, &entry, pin);
        records.keep((Key::of_needs(&child, links), needs), (key, edit));
        Ok(())
    }
}
