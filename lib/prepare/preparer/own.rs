//! Identities of children in a row: the graft of one child, filled with what another is to have.

use super::{Graft, Pins, Preparer, random};
use crate::codes::Allowed;
use crate::editor::Edited;
use crate::error::Error;
use crate::graft::{Checks, entry_for};
use crate::identity::{Fresh, Identity};
use crate::image::{Fingerprint, OpenChild, Redo};
use crate::prepare::assignment::Assignment;
use crate::prepare::cache::{CachedNeeds, Key, Records, Slotted};
use crate::registry::{Registry, Server};

impl<R: Registry> Preparer<R> {
    /// The graft of a child whose like was grafted in this row, with an identity of its own.
    pub(super) fn recall_filled(
        &self,
        open: &OpenChild,
        assignment: &mut Assignment<'_>,
        wanted: &Identity,
    ) -> Result<Option<(Graft, Redo)>, Error> {
        let (Some(row), Some(child)) = (&self.row, open.fingerprint()?) else {
            return Ok(None);
        };
        let Some(known) = row.needs(&Key::of_needs(&child, self.share.links())) else {
            return Ok(None);
        };
        let found = known.pin.clone();
        let needs = known.of_child(assignment.known_as());
        let selection = assignment.select(&needs, found.as_deref())?;
        let kept = assignment.pin_after(found.as_deref());
        let (server, pin) = (&selection.server, kept.as_deref());
        let none = Allowed::default();
        let template = |allowed: &Allowed| {
            let checks = Checks {
                allowed,
                nics: assignment.nics(),
                is_deep: self.is_deep,
            };
            Ok::<_, Error>(row.template(&self.key(&child, server, pin, &checks)?))
        };
        let slotted = match template(&none)? {
            None if !self.allowed.is_empty() => template(&self.allowed)?,
            slotted => slotted,
        };
        let Some(slotted) = slotted else {
            return Ok(None);
        };
        let mut random = random;
        let Some(filled) = slotted.template.fill(wanted, &mut Fresh::new(&mut random)) else {
            return Ok(None);
        };
        let mut redo = slotted.redo.clone();
        for number in filled.differs {
            let (Some(slot), Some(content)) =
                (slotted.slots[number], filled.edits[number].content())
            else {
                return Ok(None);
            };
            redo.fill(slot, content);
        }
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
            is_allowed: slotted.is_allowed,
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
        let template = graft.template.take();
        let template = template.filter(|_| edited.reached.holds_any_content);
        let (Some(row), Some(template), Some(child)) = (&self.row, template, open.fingerprint()?)
        else {
            return Ok(());
        };
        let none = Allowed::default();
        let allowed = match graft.is_allowed {
            true => &self.allowed,
            false => &none,
        };
        let checks = Checks {
            allowed,
            nics: &graft.nics,
            is_deep: self.is_deep,
        };
        let pin = graft.pins.kept.as_deref();
        let key = self.key(&child, &graft.server, pin, &checks)?;
        let needs = CachedNeeds::from(&graft.needs).pinned(graft.pins.found.as_deref());
        let slotted = Slotted::new(template, edited.redo.clone(), graft.is_allowed);
        let needs_key = Key::of_needs(&child, self.share.links());
        row.keep_template((needs_key, needs), (key, slotted));
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
