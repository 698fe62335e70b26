//! A guest's first process.

use serde::Serialize;

use super::super::GuestError;
use super::probe::Probe;
use crate::path::GuestPath;

/// Programs that bring a guest up.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Init {
    /// systemd.
    Systemd,
    /// OpenRC, under an init of its own, busybox or SysV.
    OpenRc,
    /// SysV init and its run levels.
    SysV,
    /// busybox' init alone.
    Busybox,
    /// runit.
    Runit,
    /// s6.
    S6,
    /// Upstart.
    Upstart,
    /// dinit.
    Dinit,
}

impl Init {
    /// Its name, as JSON has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Systemd => "systemd",
            Self::OpenRc => "openrc",
            Self::SysV => "sysv",
            Self::Busybox => "busybox",
            Self::Runit => "runit",
            Self::S6 => "s6",
            Self::Upstart => "upstart",
            Self::Dinit => "dinit",
        }
    }
}

/// Places of an OpenRC guest's run level program.
const OPENRC: [&str; 4] = [
    "/sbin/openrc",
    "/usr/sbin/openrc",
    "/usr/bin/openrc",
    "/bin/openrc",
];
/// NixOS has no `/sbin/init`: its boot loader names the system profile's.
const NIXOS: &str = "/nix/var/nix/profiles/system/systemd/lib/systemd/systemd";

/// Its init, and the place of the program that the kernel would start.
pub(super) fn gather(
    probe: &mut Probe<'_>,
) -> Result<(Option<Init>, Option<GuestPath>), GuestError> {
    let programs = ["/sbin/init", "/usr/sbin/init", "/usr/bin/init", "/init"];
    let Some((program, _)) = probe.first_file(&programs)? else {
        return match probe.file(NIXOS)? {
            Some((program, _)) => Ok((Some(Init::Systemd), Some(program))),
            None => Ok((None, last_resort(probe)?)),
        };
    };
    Ok((of_program(probe, &program)?, Some(program)))
}

/// The program that the kernel starts where there is no init (`init/main.c`): a guest may have no other.
fn last_resort(probe: &mut Probe<'_>) -> Result<Option<GuestPath>, GuestError> {
    let found = probe.first_file(&["/etc/init", "/bin/init", "/bin/sh"])?;
    Ok(found.map(|(program, _)| program))
}

fn of_program(probe: &mut Probe<'_>, program: &GuestPath) -> Result<Option<Init>, GuestError> {
    let openrc = probe.first_file(&OPENRC)?.is_some();
    let name = program.file_name().unwrap_or_default();
    Ok(match name {
        b"systemd" => Some(Init::Systemd),
        b"openrc-init" => Some(Init::OpenRc),
        b"runit" | b"runit-init" => Some(Init::Runit),
        b"dinit" | b"dinit-init" => Some(Init::Dinit),
        b"upstart" => Some(Init::Upstart),
        _ if name.starts_with(b"busybox") && !openrc => Some(Init::Busybox),
        _ if name.starts_with(b"s6-") || probe.exists("/etc/s6-linux-init")? => Some(Init::S6),
        _ if openrc => Some(Init::OpenRc),
        _ if is_upstart(probe)? => Some(Init::Upstart),
        _ if is_sysv(probe)? => Some(Init::SysV),
        _ => probe.file(NIXOS)?.map(|_| Init::Systemd),
    })
}

/// Upstart's own init is called `init`, too, and CentOS 6 keeps an inittab beside its jobs.
fn is_upstart(probe: &mut Probe<'_>) -> Result<bool, GuestError> {
    Ok(probe.exists("/etc/init/rcS.conf")? || probe.exists("/etc/init/rc-sysinit.conf")?)
}

fn is_sysv(probe: &mut Probe<'_>) -> Result<bool, GuestError> {
    Ok(probe.exists("/etc/inittab")?
        || probe.exists("/etc/init.d/rcS")?
        || probe.exists("/etc/rc.d/rc.sysinit")?)
}
