//! Edits that the record cache keeps, and gives back for a child whose like was edited before.

use super::{Graft, Pins, Preparer};
use crate::codes::Allowed;
use crate::error::Error;
use crate::graft::entry_for;
use crate::image::{OpenChild, Redo};
use crate::prepare::assignment::Assignment;
use crate::prepare::cache::{CachedEdit, CachedNeeds, Claim, Key};
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
        let known = self.recall(open, assignment)?;
        let (None, Some(cache), Some(child)) = (&known, &self.cache, open.fingerprint()?) else {
            return Ok(known);
        };
        *claim = cache.claim(&Key::of_needs(&child, self.share.links()));
        self.recall(open, assignment)
    }

    fn recall(
        &self,
        open: &OpenChild,
        assignment: &mut Assignment<'_>,
    ) -> Result<Option<(Graft, Redo)>, Error> {
        let Some(cache) = &self.cache else {
            return Ok(None);
        };
        let Some(child) = open.fingerprint()? else {
            return Ok(None);
        };
        let links = self.share.links();
        let Some(known) = cache.needs(&Key::of_needs(&child, links)) else {
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
            let key = Key::of_edit(&child, links, server, &entry, pin, allowed);
            Some((cache.edit(&key)?, !allowed.is_empty()))
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
                warnings: edit.warnings,
                needs,
                pins: Pins { found, kept },
                is_allowed,
            };
            (graft, edit.redo)
        }))
    }

    /// Puts a graft that took an appliance into the cache.
    pub(super) fn remember(
        &self,
        open: &OpenChild,
        graft: &Graft,
        redo: &Redo,
    ) -> Result<(), Error> {
        let Some(cache) = &self.cache else {
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
        cache.keep_needs(
            &Key::of_needs(&child, links),
            &CachedNeeds::from(&graft.needs).pinned(graft.pins.found.as_deref()),
        );
        let pin = graft.pins.kept.as_deref();
        let none = Allowed::default();
        let allowed = match graft.is_allowed {
            true => &self.allowed,
            false => &none,
        };
        let key = Key::of_edit(&child, links, &graft.server, &entry, pin, allowed);
        cache.keep_edit(&key, &edit);
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
            let known = preparer.recall(&open, &mut assignment).unwrap();
            known.map(|(graft, _)| graft)
        };
        let keep = |cache: &str, allowed: &[&str], has_client: bool| {
            let preparer = preparer(cache, allowed);
            let graft = preparer.graft(&mut guest(has_client), "c").unwrap();
            preparer.remember(&open, &graft, &redo).unwrap();
        };

        let (missing, barred) = ("nfs-client-missing", "nfs-barred");
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
