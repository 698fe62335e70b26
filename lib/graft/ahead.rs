//! Places that a graft looks at in most guests, named beforehand.

use super::receipt::{RECEIPT_FOLDER, RECEIPT_NAME};
use super::share::Share;
use crate::guest::Ahead;
use crate::identity::{self, Identity, Look};
use crate::path::GuestPath;
use crate::unit::{FOLDER, Unit};

/// Places that are the same for every share.
const PLACES: [&str; 22] = [
    "/etc/fstab",
    "/etc/NIXOS",
    "/ostree/deploy",
    "/etc",
    "/etc/modprobe.d",
    "/usr/local/lib/modprobe.d",
    "/usr/lib/modprobe.d",
    "/etc/systemd",
    "/etc/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/etc/systemd/system-generators/systemd-fstab-generator",
    "/usr/lib/systemd/system-generators/systemd-fstab-generator",
    "/etc/systemd/system/multi-user.target.wants/remote-fs.target",
    "/etc/systemd/system/timers.target.wants",
    "/etc/apt/apt.conf.d",
    "/etc/apt/apt.conf",
    "/usr/lib/modules",
    "/boot/grub",
    "/boot/grub/grub.cfg",
    "/etc/default/grub",
    "/etc/kernel/cmdline",
];

/// Folders of a kernel's module tree, where what the mount needs usually lies.
const IN_TREE: [&str; 9] = [
    "kernel/fs/nfs",
    "kernel/net/sunrpc",
    "kernel/fs/lockd",
    "kernel/fs/nfs_common",
    "kernel/fs/netfs",
    "kernel/net/dns_resolver",
    "kernel/fs/fscache",
    "kernel/drivers/net",
    "kernel/net/core",
];

/// Questions that a graft of this share, and the identity that a child is to have, will ask its guest.
pub(crate) fn ahead_of(share: &Share, identity: Option<&Identity>) -> Ahead {
    let ahead = ahead_of_share(share);
    let Some(identity) = identity else {
        return ahead;
    };
    let (mut places, mut folders) = (Vec::new(), Vec::new());
    for look in identity::looks(identity) {
        match look {
            Look::File(path) | Look::Kind(path) => places.push(path),
            Look::Folder(path) => folders.push((path, true)),
            Look::Names(path) => folders.push((path, false)),
        }
    }
    places.sort();
    places.dedup();
    folders.sort();
    folders.dedup();
    ahead.places(places).folders(folders)
}

fn ahead_of_share(share: &Share) -> Ahead {
    let fixed = PLACES.iter().map(|place| (*place).to_owned());
    let receipt = format!("{RECEIPT_FOLDER}/{RECEIPT_NAME}");
    let fixed = fixed
        .chain([receipt])
        .filter_map(|place| place.parse().ok());
    let mount_point = share.mount_point();
    let links = share.links().iter();
    let links = links.flat_map(|link| [Some(link.at().clone()), link.to().below(mount_point).ok()]);
    let folder: GuestPath = FOLDER.parse().expect("a literal guest path");
    let unit = Unit::of(mount_point).places(&folder);
    let unit = unit.into_iter().flat_map(|unit| [unit.file, unit.link]);
    Ahead::facts()
        .in_tree(IN_TREE.map(str::to_owned))
        .places(fixed)
        .places([mount_point.clone()])
        .places(links.flatten())
        .places(unit)
}
