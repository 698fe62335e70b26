//! Places that no link and no mount point may touch.

use super::error::LinksError;
use crate::path::GuestPath;

/// Ending of the name of what is parked beside its old place.
pub(super) const PARKED: &[u8] = b".osgraft-local";

/// Neither at nor below these: what is made there on the disk is hidden or lost in the boot.
const NOT_ON_DISK: &[(&str, &str)] = &[
    ("/proc", "a kernel file system"),
    ("/sys", "a kernel file system"),
    ("/dev", "a kernel file system"),
    ("/run", "emptied at each boot"),
    ("/var/run", "emptied at each boot"),
    ("/var/lock", "emptied at each boot"),
    ("/tmp", "emptied at each boot"),
    ("/boot", "read by the boot loader"),
    ("/var/lib/osgraft", "osgraft's receipt"),
];

/// No link may be these or hold them. An initramfs checks for the init program before it changes
/// root, so an absolute link on that way leads nowhere.
const NEEDED_FIRST: &[(&str, &str)] = &[
    ("/etc/fstab", "what mounts the share"),
    ("/etc/systemd/system", "the units that systemd reads first"),
    ("/sbin/init", "the init program"),
    ("/usr/sbin/init", "the init program"),
    ("/lib/systemd/systemd", "the init program"),
    ("/usr/lib/systemd/systemd", "the init program"),
];

/// No mount point may be these: a share on top would hide the system (hier(7)).
const SYSTEM: &[&str] = &[
    "/",
    "/bin",
    "/etc",
    "/home",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/root",
    "/sbin",
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/usr/lib64",
    "/usr/sbin",
    "/usr/share",
    "/var",
    "/var/lib",
];

/// Checks a mount point and the places of links, as written or as resolved.
pub(super) fn check(mount_point: &GuestPath, ats: &[&GuestPath]) -> Result<(), LinksError> {
    let is_system = SYSTEM
        .iter()
        .find(|path| mount_point.as_bytes() == path.as_bytes());
    let is_system = is_system.map(|path| (*path, "a directory of the system"));
    if let Some((reserved, why)) = is_system.or_else(|| touches(mount_point)) {
        return Err(LinksError::MountPointReserved {
            path: mount_point.clone(),
            reserved,
            why,
        });
    }
    for (index, at) in ats.iter().copied().enumerate() {
        let holds = NEEDED_FIRST.iter().copied();
        let held = holds
            .into_iter()
            .find(|(path, _)| is_or_below(path.as_bytes(), at));
        if let Some((reserved, why)) = held.or_else(|| touches(at)) {
            return Err(LinksError::Reserved {
                at: at.clone(),
                reserved,
                why,
            });
        }
        if at.starts_with(mount_point) {
            return Err(LinksError::InMountPoint {
                at: at.clone(),
                mount_point: mount_point.clone(),
            });
        }
        if mount_point.starts_with(at) {
            return Err(LinksError::AroundMountPoint {
                at: at.clone(),
                mount_point: mount_point.clone(),
            });
        }
        for earlier in &ats[..index] {
            if at.starts_with(earlier) || earlier.starts_with(at) {
                return Err(LinksError::Nested {
                    a: (*earlier).clone(),
                    b: at.clone(),
                });
            }
        }
    }
    Ok(())
}

/// Place not on the disk that this path is, holds, or lies in.
fn touches(path: &GuestPath) -> Option<(&'static str, &'static str)> {
    let mut places = NOT_ON_DISK.iter().copied();
    places.find(|(place, _)| is_or_below(place.as_bytes(), path) || lies_in(path, place.as_bytes()))
}

fn is_or_below(place: &[u8], path: &GuestPath) -> bool {
    path.is_root() || is_prefix(path.as_bytes(), place)
}

fn lies_in(path: &GuestPath, place: &[u8]) -> bool {
    is_prefix(place, path.as_bytes())
}

fn is_prefix(above: &[u8], below: &[u8]) -> bool {
    let rest = below.strip_prefix(above);
    rest.is_some_and(|rest| matches!(rest.first(), None | Some(b'/')))
}
