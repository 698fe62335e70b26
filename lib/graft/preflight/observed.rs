//! Facts that preflight reads of a guest, once.

use super::autofs::{self, Autofs};
use super::boot::Boot;
use super::modules::{Modules, Wanted};
use super::mounts::{self, Mount};
use super::nfs_version::NfsVersion;
use super::other_init::NetworkMounts;
use super::security::Security;
use super::sought::Sought;
use super::systemd::Systemd;
use super::upgrades::{self, Upgrades};
use crate::fstab::{Fstab, Places};
use crate::graft::checks::Checks;
use crate::guest::facts::{Init, NfsClient, Probe};
use crate::guest::{Guest, GuestError, GuestFacts};
use crate::mount::Options;
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
    pub(super) boot: Boot,
    pub(super) security: Security,
    /// True where the mount comes to NFSv3 with locks, and the program for them is missing.
    pub(super) lacks_statd: bool,
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
        checks: &Checks<'_>,
    ) -> Result<Self, GuestError> {
        let probe = &mut Probe::new(guest)?;
        let fstab = fstab.map_or_else(Fstab::missing, Fstab::parse);
        let places = mounts::places(probe, sought, &fstab)?;
        let etc = probe.directory("/etc")?;
        let etc = etc.map(|(_, names)| names).unwrap_or_default();
        let boot = Boot::read(probe, facts, &etc)?;
        let wanted = Wanted {
            sought,
            facts,
            etc: &etc,
            boot: &boot,
            nics: checks.nics,
            is_deep: checks.is_deep,
            unpacked: checks.unpacked,
        };
        let mut found = Self {
            mounts: mounts::read(probe, &fstab, &places)?,
            places,
            modules: Modules::read(probe, &wanted)?,
            security: Security::read(probe, sought, facts, &boot, &etc)?,
            boot,
            lacks_statd: lacks_statd(probe, sought, facts)?,
            autofs: autofs::read(probe, sought, touched, &etc)?,
            ..Self::default()
        };
        match facts.init {
            Some(Init::Systemd) => {
                found.systemd = Systemd::read(probe, sought, touched, facts.merged_usr)?;
            }
            init => found.network_mounts = NetworkMounts::read(probe, init)?,
        }
        if sought.locks_modules() {
            found.upgrades = upgrades::read(probe, facts, &etc)?;
        }
        Ok(found)
    }
}

/// busybox' mount asks for no locks.
fn lacks_statd(
    probe: &mut Probe<'_>,
    sought: &Sought<'_>,
    facts: &GuestFacts,
) -> Result<bool, GuestError> {
    let version = sought.nfs_version();
    let is_old =
        version.is_some_and(|version| matches!(version, NfsVersion::Two | NfsVersion::Three));
    let options = Options::read(sought.entry.options());
    let has_locks = options.last(&["lock", "nolock"]) != Some("nolock");
    let has_client = matches!(facts.nfs_client, NfsClient::Present { .. });
    if !is_old || !has_locks || !has_client {
        return Ok(false);
    }
    let places = [
        "/sbin/rpc.statd",
        "/usr/sbin/rpc.statd",
        "/usr/bin/rpc.statd",
    ];
    Ok(probe.first_file(&places)?.is_none())
}
