//! Services that mount network file systems where systemd does not run.

use super::sought::Sought;
use super::verdict::Preflight;
use crate::guest::facts::{Init, Probe};
use crate::guest::{FileKind, GuestError};
use crate::path::GuestPath;

/// Run levels, services and links in them that are looked at.
const MOST: usize = 64;
/// OpenRC's run levels that no boot goes through.
const NOT_BOOTED: [&[u8]; 4] = [b"single", b"nonetwork", b"shutdown", b"recovery"];
/// Run levels of SysV init that a boot goes through.
const LEVELS: [&str; 14] = [
    "/etc/rcS.d",
    "/etc/rc1.d",
    "/etc/rc2.d",
    "/etc/rc3.d",
    "/etc/rc4.d",
    "/etc/rc5.d",
    "/etc/rc.d/rcS.d",
    "/etc/rc.d/rc2.d",
    "/etc/rc.d/rc3.d",
    "/etc/rc.d/rc4.d",
    "/etc/rc.d/rc5.d",
    "/etc/init.d/rc3.d",
    "/etc/init.d/rc5.d",
    "/etc/init.d/boot.d",
];
/// Scripts of SysV init that mount network file systems, without their `S` and number: Debian's, Red
/// Hat's, SUSE's.
const SCRIPTS: [&str; 6] = [
    "mountnfs.sh",
    "mountnfs",
    "netfs",
    "nfs",
    "nfsmount",
    "netmount",
];
/// Debian's mounts them as an interface comes up.
const IF_UP: &str = "/etc/network/if-up.d/mountnfs";

/// Knowledge of how an init mounts network file systems.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum NetworkMounts {
    /// A service does, or nothing else is known.
    #[default]
    Usual,
    /// OpenRC has neither `netmount` nor `nfsmount` in a run level.
    OpenRcLacks,
    /// No script of a run level does.
    SysVLacks,
    /// The init has no service for it that osgraft knows.
    Unsure(Init),
}

impl NetworkMounts {
    pub(super) fn read(probe: &mut Probe<'_>, init: Option<Init>) -> Result<Self, GuestError> {
        match init {
            Some(Init::OpenRc) => openrc(probe),
            Some(Init::SysV) => sysv(probe),
            Some(Init::Upstart) => upstart(probe),
            Some(Init::Runit) => runit(probe),
            Some(init @ (Init::Busybox | Init::S6 | Init::Dinit)) => Ok(Self::Unsure(init)),
            _ => Ok(Self::Usual),
        }
    }
}

fn openrc(probe: &mut Probe<'_>) -> Result<NetworkMounts, GuestError> {
    let Some((levels, names)) = probe.directory("/etc/runlevels")? else {
        return Ok(NetworkMounts::OpenRcLacks);
    };
    let booted = names.iter().filter(|name| !NOT_BOOTED.contains(&&name[..]));
    for name in booted.take(MOST) {
        for service in ["netmount", "nfsmount"] {
            let Ok(link) = levels.join(name).and_then(|level| level.join(service)) else {
                continue;
            };
            let at = probe.resolve_at(&link)?;
            if at.is_some_and(|at| at.kind() == Some(FileKind::File)) {
                return Ok(NetworkMounts::Usual);
            }
        }
    }
    Ok(NetworkMounts::OpenRcLacks)
}

fn sysv(probe: &mut Probe<'_>) -> Result<NetworkMounts, GuestError> {
    if probe.exists(IF_UP)? {
        return Ok(NetworkMounts::Usual);
    }
    Ok(match scripts(probe)? {
        // Slackware and others have no run levels of links; their scripts are not read.
        None => NetworkMounts::Unsure(Init::SysV),
        Some(true) => NetworkMounts::Usual,
        Some(false) => NetworkMounts::SysVLacks,
    })
}

/// Ubuntu's mountall mounts them by itself; CentOS 6 has a script for it.
fn upstart(probe: &mut Probe<'_>) -> Result<NetworkMounts, GuestError> {
    let has_script = probe.exists("/etc/rc.d/init.d/netfs")?;
    Ok(match has_script && scripts(probe)? == Some(false) {
        true => NetworkMounts::SysVLacks,
        false => NetworkMounts::Usual,
    })
}

/// True where a script of a run level mounts them; `None` where there are no run levels.
fn scripts(probe: &mut Probe<'_>) -> Result<Option<bool>, GuestError> {
    let mut has_levels = false;
    for level in LEVELS {
        let Some((_, names)) = probe.directory(level)? else {
            continue;
        };
        has_levels = true;
        let starts = |name: &Vec<u8>| {
            let script = name.strip_prefix(b"S").and_then(|rest| rest.get(2..));
            script.is_some_and(|script| SCRIPTS.iter().any(|known| known.as_bytes() == script))
        };
        if names.iter().any(starts) {
            return Ok(Some(true));
        }
    }
    Ok(has_levels.then_some(false))
}

/// Void's and Artix' run levels, where a service `netmount` can be.
fn runit(probe: &mut Probe<'_>) -> Result<NetworkMounts, GuestError> {
    let levels = ["/etc/runit/runsvdir/default", "/etc/runit/runsvdir/current"];
    for level in levels.into_iter().chain(["/var/service", "/etc/service"]) {
        let path: GuestPath = format!("{level}/netmount").parse().expect("a literal path");
        if probe.resolve_at(&path)?.is_some_and(|at| at.exists()) {
            return Ok(NetworkMounts::Usual);
        }
    }
    Ok(NetworkMounts::Unsure(Init::Runit))
}

impl Preflight {
    pub(super) fn network_mounts(&mut self, sought: &Sought<'_>, found: NetworkMounts) {
        if !sought.is_network() {
            return;
        }
        match found {
            NetworkMounts::Usual => {}
            NetworkMounts::OpenRcLacks => self.block(
                "remote-mounts-off",
                "OpenRC has neither netmount nor nfsmount in a run level, so that nothing mounts \
                 network file systems at boot: rc-update add netmount default in the master",
            ),
            NetworkMounts::SysVLacks => self.block(
                "remote-mounts-off",
                "no run level of the guest's has a script that mounts network file systems \
                 (mountnfs.sh, netfs): enable it in the master (update-rc.d, chkconfig)",
            ),
            NetworkMounts::Unsure(init) => self.warn(
                "network-mounts-unsure",
                format!(
                    "osgraft knows no service of the guest's init ({}) that mounts network file \
                     systems at boot: make sure in the master that its scripts do",
                    init.as_str()
                ),
            ),
        }
    }
}
