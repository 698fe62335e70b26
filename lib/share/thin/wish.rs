//! The modules that a guest needs before its share is mounted.

use super::closure::{Reason, Wanted};
use super::lists::{lines, words};

/// A way in which the share comes.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Transport {
    /// NFS, version 3 and 4.
    Nfs,
    /// A read-only disk with EROFS.
    Erofs,
    /// A read-only disk with SquashFS.
    Squashfs,
    /// virtiofs.
    Virtiofs,
}

impl Transport {
    /// Every transport.
    pub const ALL: [Self; 4] = [Self::Nfs, Self::Erofs, Self::Squashfs, Self::Virtiofs];

    /// Its name: `nfs`, `erofs`, `squashfs`, `virtiofs`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nfs => "nfs",
            Self::Erofs => "erofs",
            Self::Squashfs => "squashfs",
            Self::Virtiofs => "virtiofs",
        }
    }

    /// The transport of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }

    /// Modules without which it does not work, then those that it uses where they are there.
    fn modules(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Self::Nfs => (&["nfs"], NFS),
            Self::Erofs => (
                &["erofs"],
                &["lz4_decompress", "zstd_decompress", "overlay"],
            ),
            Self::Squashfs => (&["squashfs"], &["overlay"]),
            Self::Virtiofs => (&["virtiofs"], &["fuse", "virtio_pci", "overlay"]),
        }
    }
}

/// NFS version 4 and 3, the names of servers, Kerberos, and automounts.
const NFS: &[&str] = &[
    "nfsv4",
    "nfsv3",
    "autofs4",
    "dns_resolver",
    "af_packet",
    "rpcsec_gss_krb5",
    "nfs_layout_nfsv41_files",
    "overlay",
];

/// Disks of hypervisors and their controllers.
const DISKS: &[&str] = &[
    "virtio_pci",
    "virtio_mmio",
    "virtio_blk",
    "virtio_scsi",
    "ahci",
    "ata_piix",
    "ata_generic",
    "nvme",
    "sd_mod",
    "sr_mod",
    "sg",
    "vmw_pvscsi",
    "mptspi",
    "mptsas",
    "mpt3sas",
    "megaraid_sas",
    "sym53c8xx",
    "hv_storvsc",
    "xen_blkfront",
    "xen_scsifront",
];

/// Network cards of hypervisors, and what a network is built of.
const NETWORK: &[&str] = &[
    "virtio_net",
    "e1000",
    "e1000e",
    "igb",
    "igbvf",
    "ixgbevf",
    "iavf",
    "8139cp",
    "8139too",
    "pcnet32",
    "ne2k_pci",
    "vmxnet3",
    "hv_netvsc",
    "xen_netfront",
    "ena",
    "gve",
    "bonding",
    "8021q",
    "bridge",
    "ipv6",
    "af_packet",
];

/// Work of every boot: entropy, the hypervisor's bus, the firmware's variables, a seed disk.
const BOOT: &[&str] = &[
    "virtio_rng",
    "virtio_console",
    "hv_vmbus",
    "hv_utils",
    "hid_hyperv",
    "hyperv_keyboard",
    "qemu_fw_cfg",
    "efivarfs",
    "configfs",
    "isofs",
    "vfat",
    "fuse",
    "loop",
];

/// Tables of characters that FAT asks for when it is mounted.
const FAT: &[&str] = &["nls_cp437", "nls_ascii", "nls_iso8859_1", "nls_utf8"];

/// Modules of encrypted volumes. The kernel asks for each cipher by an alias.
const CRYPT: &[&str] = &[
    "dm_crypt",
    "xts",
    "cbc",
    "essiv",
    "aes_generic",
    "aesni_intel",
    "sha256_generic",
    "sha512_generic",
    "algif_skcipher",
    "af_alg",
    "crypto-xts",
    "crypto-aes",
    "crypto-sha256",
    "crypto-ecb",
];

const RAID: &[&str] = &["md_mod", "raid0", "raid1", "raid10", "raid456", "linear"];

const LVM: &[&str] = &[
    "dm_mod",
    "dm_mirror",
    "dm_snapshot",
    "dm_thin_pool",
    "dm_raid",
    "dm_cache",
    "dm_multipath",
    "dm_verity",
    "dm_integrity",
];

/// Files of a guest that name modules, and what stands before a name in them.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct GuestNames {
    /// `/etc/fstab`: device, type and options of each entry.
    pub mounts: Vec<(String, String)>,
    /// The type of the root file system, where the editor knows it.
    pub root: Option<String>,
    /// Module lists such as `/etc/modules`: the file, and its text.
    pub lists: Vec<(String, Vec<u8>)>,
    /// True where `/etc/crypttab` has an entry.
    pub has_crypttab: bool,
    /// True where mdadm's configuration has an array.
    pub has_arrays: bool,
    /// True where the guest has LVM.
    pub has_lvm: bool,
    /// The service by which the guest loads a firewall at boot.
    pub firewall: Option<String>,
}

/// Everything that is kept for a guest.
pub fn wanted(transports: &[Transport], guest: &GuestNames, asked: &[String]) -> Vec<Wanted> {
    let mut wanted = Vec::new();
    let mut want = |names: &[&str], reason: &Reason, is_required: bool| {
        wanted.extend(names.iter().map(|name| Wanted {
            name: name.as_bytes().to_vec(),
            reason: reason.clone(),
            is_required,
        }));
    };
    for name in asked {
        want(&[name.as_str()], &Reason::Asked, true);
    }
    for transport in transports {
        let (needed, used) = transport.modules();
        let reason = Reason::Transport(transport.as_str());
        want(needed, &reason, true);
        want(used, &reason, false);
    }
    let mounts = guest.mounts.iter().map(|(_, kind)| kind);
    for kind in guest.root.iter().chain(mounts) {
        let kind = kind.split('.').next().unwrap_or_default();
        let reason = Reason::Mount(kind.to_owned());
        want(&[&format!("fs-{kind}"), kind], &reason, false);
        if kind == "9p" {
            want(&["9pnet_virtio"], &reason, false);
        }
        if kind == "iso9660" {
            want(&["isofs"], &reason, false);
        }
    }
    want(DISKS, &Reason::Disk, false);
    want(NETWORK, &Reason::Network, false);
    want(BOOT, &Reason::Boot("boot"), false);
    want(FAT, &Reason::Boot("FAT"), false);
    let on = |prefix: &str| {
        guest
            .mounts
            .iter()
            .any(|(device, _)| device.starts_with(prefix))
    };
    want(&["dm_mod"], &Reason::Volume("LVM"), false);
    if guest.has_lvm || on("/dev/mapper/") {
        want(LVM, &Reason::Volume("LVM"), false);
    }
    if guest.has_arrays || on("/dev/md") {
        want(RAID, &Reason::Volume("RAID"), false);
    }
    if guest.has_crypttab {
        want(CRYPT, &Reason::Volume("encryption"), false);
    }
    for (file, text) in &guest.lists {
        let reason = Reason::Named(file.clone());
        for name in lines(text).filter_map(|line| words(line).next()) {
            if !name.starts_with(b";") {
                wanted.push(Wanted {
                    name: name.to_vec(),
                    reason: reason.clone(),
                    is_required: false,
                });
            }
        }
    }
    wanted
}

/// Folders of a tree that a firewall loads its modules from.
pub(super) const FIREWALL: [&[u8]; 4] = [
    b"kernel/net/netfilter/",
    b"kernel/net/ipv4/netfilter/",
    b"kernel/net/ipv6/netfilter/",
    b"kernel/net/bridge/netfilter/",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn names(wanted: &[Wanted], reason: &Reason) -> Vec<String> {
        let wanted = wanted.iter().filter(|wish| wish.reason == *reason);
        wanted
            .map(|wish| String::from_utf8(wish.name.clone()).unwrap())
            .collect()
    }

    #[test]
    fn a_transport_requires_its_own_module() {
        let wanted = wanted(&[Transport::Erofs], &GuestNames::default(), &[]);
        let required: Vec<_> = wanted.iter().filter(|wish| wish.is_required).collect();
        assert_eq!(required.len(), 1);
        assert_eq!(required[0].name, b"erofs");
        assert!(names(&wanted, &Reason::Transport("nfs")).is_empty());
        for transport in Transport::ALL {
            assert_eq!(Transport::named(transport.as_str()), Some(transport));
        }
    }

    #[test]
    fn what_the_guest_names_is_wanted_and_its_comments_are_not() {
        let guest = GuestNames {
            mounts: vec![
                ("/dev/mapper/vg-root".to_owned(), "xfs".to_owned()),
                ("UUID=1".to_owned(), "iso9660".to_owned()),
            ],
            root: Some("btrfs".to_owned()),
            lists: vec![(
                "/etc/modules".to_owned(),
                b"# comment\n; another\nloop max_loop=8\n\n  br_netfilter\n".to_vec(),
            )],
            has_crypttab: true,
            has_arrays: true,
            ..GuestNames::default()
        };
        let wanted = wanted(&[], &guest, &["wireguard".to_owned()]);
        let named = Reason::Named("/etc/modules".to_owned());
        assert_eq!(names(&wanted, &named), ["loop", "br_netfilter"]);
        assert_eq!(names(&wanted, &Reason::Asked), ["wireguard"]);
        let xfs = Reason::Mount("xfs".to_owned());
        assert_eq!(names(&wanted, &xfs), ["fs-xfs", "xfs"]);
        let btrfs = Reason::Mount("btrfs".to_owned());
        assert_eq!(names(&wanted, &btrfs), ["fs-btrfs", "btrfs"]);
        assert!(names(&wanted, &Reason::Volume("LVM")).contains(&"dm_snapshot".to_owned()));
        assert!(names(&wanted, &Reason::Volume("RAID")).contains(&"raid456".to_owned()));
        assert!(names(&wanted, &Reason::Volume("encryption")).contains(&"dm_crypt".to_owned()));
    }
}
