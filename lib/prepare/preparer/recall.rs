//! Edits that are kept, and given back for a child whose like was edited before.

use super::{Graft, Pins, Preparer};
use crate::codes::Allowed;
use crate::editor::{self, Reached};
use crate::error::Error;
use crate::graft::{Checks, entry_for};
use crate::image::{OpenChild, Redo};
use crate::prepare::assignment::Assignment;
use crate::prepare::cache::{CachedEdit, CachedNeeds, Claim, Key, Records};
use crate::registry::Registry;

impl<R: Registry> Preparer<R> {
    /// The graft of a child whose like was grafted before, or the claim to be the one who makes
    /// it: of many fresh children at once, one needs the appliance.
    pub(super) fn recall_or_claim(
        &self,
        open: &OpenChild,
        assignment: &mut Assignment<'_>,
        claim: &mut Option<Claim>,
    ) -> Result<Option<(Graft, Redo)>, Error> {
        let known = self.recall(open, assignment, self.cache.as_ref())?;
        let (None, Some(cache), Some(child)) = (&known, &self.cache, open.fingerprint()?) else {
            return Ok(known);
        };
        *claim = cache.claim(&Key::of_needs(&child, self.share.links()));
        self.recall(open, assignment, Some(cache))
    }

    /// The graft of a child whose like was grafted in this row, whatever editor that took.
    pub(super) fn recall_from_row(
        &self,
        open: &OpenChild,
        assignment: &mut Assignment<'_>,
    ) -> Result<Option<editor::Edited<Graft>>, Error> {
        // The edit that was kept for a child like this one does not tell its root.
        if self.editor.names_root() {
            return Ok(None);
        }
        let found = self.recall(open, assignment, self.row.as_ref())?;
        Ok(found.map(|(value, redo)| editor::Edited {
            value,
            redo,
            reached: Reached::again("a child of this row was edited before it"),
        }))
    }

    fn recall(
        &self,
        open: &OpenChild,
        assignment: &mut Assignment<'_>,
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
        let needs = known.of_child(assignment.known_as());
        let selection = assignment.select(&needs, found.as_deref())?;
        let entry = entry_for(&self.share, &selection.server)?;
        let kept = assignment.pin_after(found.as_deref());
        // An edit that nothing would block is good for every call; any other for those alone that allow
        // the same.
        let edit = |allowed: &Allowed| {
            let (server, pin) = (&selection.server, kept.as_deref());
            let checks = Checks {
                allowed,
                nics: assignment.nics(),
                is_deep: self.is_deep,
                unpacked: None,
                kernels: None,
            };
            let key = Key::of_edit(&child, links, server, &entry, pin, &checks);
            Some((records.edit(&key)?, !allowed.is_empty()))
        };
        let known = edit(&Allowed::default()).or_else(|| match self.allowed.is_empty() {
            true => None,
            false => edit(&self.allowed),
        });
        Ok(known.map(|(edit, is_allowed)| {
            let graft = Graft {
                server: selection.server,
                reason: selection.reason,
                edits: edit.edits,
                ssh_host_keys: Vec::new(),
                warnings: edit.warnings,
                template: None,
                needs,
                pins: Pins { found, kept },
                nics: assignment.nics().to_vec(),
                is_allowed,
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
        let key = Key::of_edit(&child, links, &graft.server, &entry, pin, &checks);
        records.keep((Key::of_needs(&child, links), needs), (key, edit));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::guest::MemoryGuest;
    use crate::image::{Child, MasterFormat, Overlay};
    use crate::prepare::{Cache, Share};
    use crate::registry::{MemoryRegistry, Server, Servers, Source};

    /// A Debian without mount.nfs; with it, nothing blocks the graft.
    fn guest(has_client: bool) -> MemoryGuest {
        let guest = MemoryGuest::new()
            .file("/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n")
            .file("/etc/fstab", "UUID=0a / ext4 defaults 0 1\n")
            .file("/usr/lib/systemd/systemd", "")
            .link("/sbin", "usr/sbin")
            .link("/usr/sbin/init", "../lib/systemd/systemd")
            .dir("/var/lib");
        match has_client {
            true => guest.file("/usr/sbin/mount.nfs", ""),
            false => guest,
        }
    }

    #[test]
    fn an_edit_that_was_allowed_is_recalled_by_those_alone_that_allow_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("master.img"), vec![0; 1 << 20]).unwrap();
        // A master that was just written has no fingerprint.
        std::thread::sleep(Duration::from_millis(2100));
        let overlay = Overlay::new(at("master.img")).format(MasterFormat::Raw);
        overlay.create(at("child.qcow2")).unwrap();
        let child = Child::open(at("child.qcow2"), &at("master.img")).unwrap();
        let open = child.read().unwrap();
        let redo = open.scratch().unwrap().finish().unwrap();

        let server = Server::new("a", Source::nfs("192.0.2.1:/v").unwrap()).unwrap();
        let servers = Servers::new(vec![server]).unwrap();
        let preparer = |cache: &str, allowed: &[&str]| {
            let share = Share::at("/shared").unwrap();
            Preparer::new(MemoryRegistry::new(servers.clone()), share)
                .cache(Cache::open(at(cache)).unwrap())
                .allow(&Allowed::of(allowed).unwrap())
        };
        let recall = |cache: &str, allowed: &[&str]| {
            let preparer = preparer(cache, allowed);
            let mut assignment = Assignment::new("c", &preparer.server, &servers);
            let known = preparer
                .recall(&open, &mut assignment, preparer.cache.as_ref())
                .unwrap();
            known.map(|(graft, _)| graft)
        };
        let keep = |cache: &str, allowed: &[&str], has_client: bool| {
            let preparer = preparer(cache, allowed);
            let graft = preparer.graft(&mut guest(has_client), "c").unwrap();
            preparer
                .remember(&open, &graft, &redo, preparer.cache.as_ref())
                .unwrap();
        };

        let (missing, barred) = ("nfs-client-missing", "module-blocked");
        keep("allowed", &[missing], false);
        let known = recall("allowed", &[missing]).expect("the premise: it is kept");
        let kept = known
            .warnings
            .iter()
            .find(|warning| warning.code == missing);
        let kept = kept.expect("the report keeps what was allowed");
        assert!(kept.text.contains("allowed"), "{}", kept.text);
        assert!(known.is_allowed);
        assert!(recall("allowed", &[]).is_none());
        assert!(recall("allowed", &[barred]).is_none());
        assert!(recall("allowed", &[missing, barred]).is_none());

        // What nothing blocks is good for all.
        keep("free", &[missing], true);
        for allowed in [&[][..], &[missing], &[barred]] {
            let known = recall("free", allowed).expect("nothing blocks it");
            assert!(known.warnings.is_empty() && !known.is_allowed);
        }
    }
}
