//! The share that a guest is to have, as preflight looks for what stands against it.

use super::network_type::is_network_type;
use super::nfs_version::NfsVersion;
use crate::fstab::Entry;
use crate::links::{Form, Links, Physical};
use crate::mount::Options;
use crate::path::GuestPath;

/// The share that a guest is to have, and where its paths are there.
#[derive(Clone, Copy)]
pub(in crate::graft) struct Sought<'a> {
    pub(in crate::graft) links: &'a Links,
    pub(in crate::graft) physical: &'a Physical,
    /// The entry for its fstab.
    pub(in crate::graft) entry: &'a Entry,
}

impl Sought<'_> {
    /// The mount point, as it is spelled and where it is.
    pub(super) fn own(&self) -> impl Iterator<Item = &GuestPath> {
        [self.links.mount_point(), self.physical.mount_point()].into_iter()
    }

    /// True for a place below the mount point, or below a link and so below it once that is made.
    pub(super) fn is_in_share(&self, place: &GuestPath) -> bool {
        let mut above = self.own().chain(self.physical.ats());
        above.any(|above| place != above && place.starts_with(above))
    }

    /// True for the mount point and each path below it.
    pub(super) fn is_of_share(&self, path: &GuestPath) -> bool {
        self.own().any(|own| path.starts_with(own))
    }

    /// True where the share needs the network, so that it is mounted after it.
    pub(super) fn is_network(&self) -> bool {
        is_network(self.entry)
    }

    /// True where its options name what starts the mount, in place of the target of all network mounts.
    pub(super) fn is_wanted_elsewhere(&self) -> bool {
        let options = Options::read(self.entry.options());
        options.has("x-systemd.wanted-by") || options.has("x-systemd.required-by")
    }

    /// True where the boot itself reads through the mount.
    pub(super) fn is_boot_critical(&self) -> bool {
        self.links.iter().any(|link| is_modules(link.at()))
    }

    /// True where the guest's own tree of modules is moved, so that it is found by way of the link.
    pub(super) fn moves_modules(&self) -> bool {
        let mut links = self.links.iter();
        links.any(|link| link.form() == Form::Link && is_modules(link.at()))
    }

    /// True where nothing can write into the tree of modules while the share is mounted.
    pub(super) fn locks_modules(&self) -> bool {
        let mut links = self.links.iter();
        links.any(|link| link.form() != Form::Overlay && is_modules(link.at()))
    }

    /// True where a component has this form.
    pub(super) fn has_form(&self, form: Form) -> bool {
        self.links.iter().any(|link| link.form() == form)
    }

    /// The version of NFS; none where it is mounted otherwise.
    pub(super) fn nfs_version(&self) -> Option<NfsVersion> {
        let vfstype = self.entry.vfstype();
        let is_nfs = matches!(vfstype, b"nfs" | b"nfs4");
        is_nfs.then(|| NfsVersion::of(vfstype, &Options::read(self.entry.options())))
    }
}

/// True for a mount that needs the network.
pub(in crate::graft) fn is_network(entry: &Entry) -> bool {
    is_network_type(entry.vfstype()) || Options::read(entry.options()).has("_netdev")
}

/// True where a link replaces the tree that the kernel's modules are loaded from.
pub(super) fn is_modules(at: &GuestPath) -> bool {
    let modules = [&b"/lib/modules"[..], b"/usr/lib/modules"];
    modules.iter().any(|tree| {
        let tree = GuestPath::new(tree).expect("a literal guest path");
        tree.starts_with(at)
    })
}
