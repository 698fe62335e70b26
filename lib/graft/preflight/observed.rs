//! Facts that preflight reads of a guest, once.

use super::autofs::{self, Autofs};
use super::modules::Modules;
use super::mounts::{self, Mount};
use super::other_init::NetworkMounts;
use super::sought::Sought;
use super::systemd::Systemd;
use super::upgrades::{self, Upgrades};
use crate::fstab::{Fstab, Places};
use crate::guest::facts::{Init, Probe};
use crate::guest::{Guest, GuestError, GuestFacts};
use crate::path::GuestPath;

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
