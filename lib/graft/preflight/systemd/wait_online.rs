//! A boot that waits for systemd-networkd, which has no interface to configure
//! (systemd-networkd-wait-online.service(8)).
//!
//! A preset enables it beside ifupdown or NetworkManager. It then waits for its whole time, and the network
//! file systems wait for it.

use super::folder::Folder;
use crate::guest::GuestError;
use crate::guest::facts::Probe;
use crate::path::GuestPath;

const SERVICE: &str = "systemd-networkd-wait-online.service";
const WANTS: &str = "network-online.target.wants";

/// The link that starts the wait, where nothing ends it early.
pub(super) fn hanging(
    probe: &mut Probe<'_>,
    folders: &[Folder],
) -> Result<Option<GuestPath>, GuestError> {
    let mut own = folders.iter().filter(|folder| folder.is_before_fstab);
    let Some(folder) = own.find(|folder| folder.has(WANTS)) else {
        return Ok(None);
    };
    let Ok(wants) = folder.path.join(WANTS) else {
        return Ok(None);
    };
    if !probe
        .names(&wants)?
        .iter()
        .any(|name| name == SERVICE.as_bytes())
    {
        return Ok(None);
    }
    // A unit of the operator's own, or a drop-in, has its own idea of the wait; a mask ends it.
    let drop_in = format!("{SERVICE}.d");
    let own = [SERVICE, "systemd-networkd.service", &drop_in];
    let is_own =
        |folder: &&Folder| folder.is_before_fstab && own.iter().any(|name| folder.has(name));
    if folders.iter().any(|folder| is_own(&folder)) || configures(probe)? {
        return Ok(None);
    }
    Ok(wants.join(SERVICE).ok())
}

/// True where systemd-networkd may have an interface to configure.
fn configures(probe: &mut Probe<'_>) -> Result<bool, GuestError> {
    for folder in [
        "/etc/systemd/network",
        "/usr/local/lib/systemd/network",
        "/usr/lib/systemd/network",
        "/lib/systemd/network",
    ] {
        let names = probe.directory(folder)?.map(|(_, names)| names);
        // systemd's own are for containers, wireless cards and virtual machines of its own.
        let is_own = |name: &Vec<u8>| name.ends_with(b".network") && !name.starts_with(b"80-");
        if names.unwrap_or_default().iter().any(is_own) {
            return Ok(true);
        }
    }
    for folder in ["/etc/netplan", "/usr/lib/netplan"] {
        let names = probe.directory(folder)?.map(|(_, names)| names);
        if names
            .unwrap_or_default()
            .iter()
            .any(|name| name.ends_with(b".yaml"))
        {
            return Ok(true);
        }
    }
    // It writes the configuration at the boot.
    Ok(probe.exists("/usr/bin/cloud-init")? && !probe.exists("/etc/cloud/cloud-init.disabled")?)
}
