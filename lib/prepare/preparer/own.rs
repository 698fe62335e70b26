//! Identities of children in a row: the graft of one child, filled with what another is to have.

use std::sync::Arc;

use super::{Graft, Pins, Preparer, random};
use crate::codes::Allowed;
use crate::editor::Edited;
use crate::error::Error;
use crate::graft::{Checks, Filled, entry_for};
use crate::identity::{Fresh, Identity};
use crate::image::{Fingerprint, OpenChild, Redo};
use crate::prepare::assignment::Assignment;
use crate::prepare::cache::{CachedNeeds, Claim, Key, Records, Slotted};
use crate::registry::{Registry, Server};

impl<R: Registry> Preparer<R> {
    /// The graft of a child whose like was grafted before, with an identity of its own.
    pub(super) fn recall_filled(
        &self,
        open: &OpenChild,
        assignment: &mut Assignment<'_>,
        wanted: &Identity,
    ) -> Result<Option<(Graft, Redo)>, Error> {
        let Some(child) = open.fingerprint()? else {
            return Ok(None);
        };
        if let Some(row) = &self.row {
            let templates = |key: &Key| row.template(key).into_iter().collect();
            let found = self.filled(open, &child, assignment, wanted, row, templates)?;
            if found.is_some() {
                return Ok(found);
            }
        }
        let Some(cache) = &self.cache else {
            return Ok(None);
        };
        let templates = |key: &Key| cache.templates(key).map(Arc::new).collect();
        self.filled(open, &child, assignment, wanted, cache, templates)
    }

    /// The same, or the claim to be the one who makes it: of many children at once, one needs the
    /// appliance.
    pub(super) fn recall_filled_or_claim(
        &self,
        open: &OpenChild,
        assignment: &mut Assignment<'_>,
        wanted: &Identity,
        claim: &mut Option<Claim>,
    ) -> Result<Option<(Graft, Redo)>, Error> {
        let known = self.recall_filled(open, assignment, wanted)?;
        let (None, Some(cache), Some(child)) = (&known, &self.cache, open.fingerprint()?) else {
            return Ok(known);
        };
        // Where each takes an appliance, none waits for another's.
        if cache.is_each(&child) {
            return Ok(None);
        }
        *claim = cache.claim(&Key::of_needs(&child, self.share.links()));
        self.recall_filled(open, assignment, wanted)
    }

    fn filled(
        &self,
        open: &OpenChild,
        child: &Fingerprint,
        assignment: &mut Assignment<'_>,
        wanted: &Identity,
        records: &impl Records,
        templates: impl Fn(&Key) -> Vec<Arc<Slotted>>,
    ) -> Result<Option<(Graft, Redo)>, Error> {
        let Some(known) = records.needs(&Key::of_needs(child, self.share.links())) else {
            return Ok(None);
        };
        let found = known.pin.clone();
        let needs = known.of_child(assignment.known_as());
        let selection = assignment.select(&needs, found.as_deref())?;
        let kept = assignment.pin_after(found.as_deref());
        let (server, pin) = (&selection.server, kept.as_deref());
        let none = Allowed::default();
        let of = |allowed: &Allowed| {
            let checks = Checks {
                allowed,
                nics: assignment.nics(),
                is_deep: self.is_deep,
                unpacked: None,
                kernels: None,
            };
            Ok::<_, Error>(templates(&self.key(child, server, pin, &checks)?))
        };
        let mut all = of(&none)?;
        if !self.allowed.is_empty() {
            all.extend(of(&self.allowed)?);
        }
        let mut filled = all.into_iter().filter_map(|slotted| {
            let (filled, redo) = fill(&slotted, open, wanted)?;
            Some((filled, redo, slotted.is_allowed))
        });
        let Some((filled, redo, is_allowed)) = filled.next() else {
            return Ok(None);
        };
        let graft = Graft {
            server: selection.server,
            reason: selection.reason,
            edits: filled.edits,
            warnings: filled.warnings,
            ssh_host_keys: filled.ssh_host_keys,
            template: None,
            needs,
            pins: Pins { found, kept },
            nics: assignment.nics().to_vec(),
            is_allowed,
        };
        Ok(Some((graft, redo)))
    }

    /// Keeps a graft with an identity as a template, where the file system takes other contents in its
    /// place.
    pub(super) fn remember_template(
        &self,
        open: &OpenChild,
        edited: &mut Edited<Graft>,
    ) -> Result<(), Error> {
        let graft = &mut edited.value;
        let (Some(template), Some(child)) = (graft.template.take(), open.fingerprint()?) else {
            return Ok(());
        };
        if !edited.reached.holds_any_content {
            if let Some(cache) = &self.cache {
                cache.keep_each(&child);
            }
            return Ok(());
        }
        let none = Allowed::default();
        let allowed = match graft.is_allowed {
            true => &self.allowed,
            false => &none,
        };
        let checks = Checks {
            allowed,
            nics: &graft.nics,
            is_deep: self.is_deep,
            unpacked: None,
            kernels: None,
        };
        let pin = graft.pins.kept.as_deref();
        let key = self.key(&child, &graft.server, pin, &checks)?;
        let needs = CachedNeeds::from(&graft.needs).pinned(graft.pins.found.as_deref());
        let slotted = Slotted::new(template, edited.redo.clone(), graft.is_allowed);
        let slotted = Arc::new(slotted);
        let needs_key = Key::of_needs(&child, self.share.links());
        if let Some(cache) = &self.cache {
            cache.keep_template((needs_key, &needs), (key, &slotted), open);
        }
        if let Some(row) = &self.row {
            row.keep_template((needs_key, needs), (key, slotted));
        }
        Ok(())
    }

    fn key(
        &self,
        child: &Fingerprint,
        server: &Server,
        pin: Option<&str>,
        checks: &Checks<'_>,
    ) -> Result<Key, Error> {
        let entry = entry_for(&self.share, server)?;
        let links = self.share.links();
        Ok(Key::of_edit(child, links, server, &entry, pin, checks))
    }
}

/// The edits of another child, and the record with its contents in their places; `None` where they do not
/// fit.
fn fill(slotted: &Slotted, open: &OpenChild, wanted: &Identity) -> Option<(Filled, Redo)> {
    let mut random = random;
    let filled = slotted
        .template
        .fill(wanted, &mut Fresh::new(&mut random))?;
    let mut redo = slotted.whole(open).ok()?;
    for number in &filled.differs {
        redo.fill(slotted.slots[*number]?, filled.edits[*number].content()?);
    }
    Some((filled, redo))
}

#[cfg(test)]
mod tests;
