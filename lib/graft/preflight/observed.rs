//! Facts that preflight reads of a guest, once.

use super::autofs::{self, Autofs};
use super::is_modules;
use super::modules::Modules;
use super::mounts::{self, Mount};
use super::nfs_version::NfsVersion;
use super::other_init::NetworkMounts;
use super::systemd::Systemd;
use super::upgrades::{self, Upgrades};
use crate::fstab::{Entry, Fstab, Places};
use crate::guest::facts::{Init, Probe};
use crate::guest::{Guest, GuestError, GuestFacts};
use crate::links::{Links, Physical};
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

/// Facts of one guest.
#[derive(Clone, Debug, Default)]
pub(in crate::graft) struct Observed {
    /// Places that the paths in the guest's fstab lead to.
    pub(in crate::graft) places: Places,
    pub(super) mounts: Vec<Mount>,
    pub(super) systemd: Systemd,
    pub(super) network_mounts: NetworkMounts,
    pub(super) autofs: Vec<Autofs>,
    pub(super) modules: Modules,
    pub(super) upgrades: Option<Upgrades>,
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
        mounts::is_network_type(self.entry.vfstype())
            || Options::read(self.entry.options()).has("_netdev")
    }

    /// True where the boot itself reads through the mount.
    pub(super) fn is_boot_critical(&self) -> bool {
        self.links.iter().any(|link| is_modules(link.at()))
    }

    /// The version of NFS; none where it is mounted otherwise.
    pub(super) fn nfs_version(&self) -> Option<NfsVersion> {
        let vfstype = self.entry.vfstype();
        let is_nfs = matches!(vfstype, b"nfs" | b"nfs4");
        is_nfs.then(|| NfsVersion::of(vfstype, &Options::read(self.entry.options())))
    }
}

impl Observed {
    /// Reads a guest. `touched` is what the edit works on, as far as it is known before.
    ///
    /// # Errors
    /// [`GuestError::Io`], and whatever the guest says of its root directory.
    pub(in crate::graft) fn read(
        guest: &mut dyn Guest,
        facts: &GuestFacts,
        fstab: Option<&[u8]>,
        sought: &Sought<'_>,
        touched: &[GuestPath],
    ) -> Result<Self, GuestError> {
        let probe = &mut Probe::new(guest)?;
        let fstab = fstab.map_or_else(Fstab::missing, Fstab::parse);
        let places = mounts::places(probe, sought, &fstab)?;
        let etc = probe.directory("/etc")?;
        let etc = etc.map(|(_, names)| names).unwrap_or_default();
        let mut found = Self {
            mounts: mounts::read(probe, &fstab, &places)?,
            places,
            modules: Modules::read(probe, sought, facts, &etc)?,
            autofs: autofs::read(probe, sought, touched, &etc)?,
            ..Self::default()
        };
        match facts.init {
            Some(Init::Systemd) => {
                found.systemd = Systemd::read(probe, sought, touched, facts.merged_usr)?;
            }
            init => found.network_mounts = NetworkMounts::read(probe, init)?,
        }
        if sought.is_boot_critical() {
            found.upgrades = upgrades::read(probe, facts, &etc)?;
        }
        Ok(found)
    }
}
