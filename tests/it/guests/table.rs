//! What is expected of each small guest, family by family as in `fixtures/INDEX.md`.

use osgraft::ErrorKind;

use crate::support::graft::Expected;
use crate::support::servers::Serving;

/// One guest and what comes of preparing it.
pub(super) struct Guest {
    pub(super) name: &'static str,
    pub(super) serving: Serving,
    pub(super) outcome: Outcome,
}

pub(super) enum Outcome {
    Edited(Expected),
    Refused(ErrorKind, &'static [&'static str]),
}

const USR_LINK: &str = "/usr/lib/modules symlink 0777 0:0 -> /shared/lib/modules";
const LIB_LINK: &str = "/lib/modules symlink 0777 0:0 -> /shared/lib/modules";
const SHARED: &str = "/shared directory 0755 0:0";
const SHARED_LIB: &str = "/shared/lib directory 0755 0:0";
const RECEIPT_FOLDER: &str = "/var/lib/osgraft directory 0755 0:0";
const RECEIPT: &str = "/var/lib/osgraft/receipt.json regular 0600 0:0";
/// The unit that lets go of the share, in guests without a folder of units.
const UNIT: [&str; 5] = [
    "/etc/systemd directory 0755 0:0",
    "/etc/systemd/system directory 0755 0:0",
    "/etc/systemd/system/osgraft-shared.service regular 0644 0:0",
    "/etc/systemd/system/shared.mount.wants directory 0755 0:0",
    "/etc/systemd/system/shared.mount.wants/osgraft-shared.service symlink 0777 0:0 -> /etc/systemd/system/osgraft-shared.service",
];

/// Edited as Debian 12 in one partition is.
fn edited(name: &'static str) -> Guest {
    Guest {
        name,
        serving: Serving::WhatItHas,
        outcome: Outcome::Edited(Expected {
            at: 1,
            fstab: "/etc/fstab",
            before: None,
            link: "/usr/lib/modules",
            displaced: true,
            came: [
                &[USR_LINK, SHARED, SHARED_LIB, RECEIPT_FOLDER, RECEIPT][..],
                &UNIT,
            ]
            .concat(),
            warnings: &[],
        }),
    }
}

/// Refused because of the guest, for these reasons.
fn refused(name: &'static str, codes: &'static [&'static str]) -> Guest {
    Guest {
        name,
        serving: Serving::WhatItHas,
        outcome: Outcome::Refused(ErrorKind::Guest, codes),
    }
}

/// Refused because no server has what it needs.
fn unserved(name: &'static str) -> Guest {
    Guest {
        name,
        serving: Serving::WhatItHas,
        outcome: Outcome::Refused(ErrorKind::NoServer, &[]),
    }
}

impl Guest {
    fn but(mut self, change: impl FnOnce(&mut Expected)) -> Self {
        if let Outcome::Edited(expected) = &mut self.outcome {
            change(expected);
        }
        self
    }

    fn at(self, mib: u64) -> Self {
        self.but(|expected| expected.at = mib)
    }

    fn by_any_server(mut self) -> Self {
        self.serving = Serving::Anything;
        self
    }

    /// Brought up by another init than systemd.
    fn without_unit(self) -> Self {
        self.but(|expected| expected.came.retain(|line| !UNIT.contains(line)))
    }

    fn with_split_lib(self) -> Self {
        self.but(|expected| {
            expected.link = "/lib/modules";
            expected.came[0] = LIB_LINK;
        })
    }
}

pub(super) fn all() -> impl Iterator<Item = Guest> {
    [
        distributions(),
        disks(),
        file_systems(),
        fstabs(),
        preflights(),
    ]
    .into_iter()
    .flatten()
}

pub(super) fn distributions() -> Vec<Guest> {
    vec![
        edited("debian12"),
        edited("debian-split-lib").with_split_lib(),
        edited("ubuntu2204"),
        edited("alpine").with_split_lib().without_unit(),
    ]
}

pub(super) fn disks() -> Vec<Guest> {
    vec![
        edited("disk-bare").at(0),
        edited("disk-mbr"),
        edited("disk-mbr-logical").at(3),
        edited("disk-gpt-generic").at(15),
        edited("disk-gpt-wrong-type").at(15),
        edited("disk-boot-partition").at(11),
        refused(
            "disk-usr-partition",
            &["nfs-client-missing", "separate-file-system"],
        )
        .by_any_server(),
        edited("disk-stream.vmdk"),
        edited("disk-sparse.vmdk"),
        refused("disk-two-roots", &["ambiguous-root"]),
        refused("disk-two-roots-generic", &["ambiguous-root"]),
        refused("disk-lvm", &["no-root"]),
        refused("disk-luks", &["no-root"]),
        refused("disk-xfs", &["no-root"]),
        refused("disk-btrfs", &["no-root"]),
        refused("disk-swap-only", &["no-root"]),
        refused("disk-blank", &["no-root"]),
        refused("disk-past-the-end", &["partition-beyond-disk"]),
        refused("disk-hibernated", &["hibernated"]),
        refused("disk-hibernated-file", &["hibernated"]),
        refused("disk-raid-leg", &["raid-leg"]),
        refused("disk-raid-leg-090", &["raid-leg"]),
        refused("disk-raid-type", &["raid-type"]),
        refused("disk-raid-whole", &["raid-disk"]),
        refused("disk-raid-firmware", &["raid-disk"]),
        refused("disk-verity", &["verity"]),
        refused("disk-verity-behind", &["verity"]),
        refused("disk-read-only", &["read-only-partition"]),
    ]
}

pub(super) fn file_systems() -> Vec<Guest> {
    vec![
        edited("ext4-indexed"),
        edited("ext4-indexed-deep"),
        edited("ext4-1k"),
        edited("ext4-inode128"),
        edited("ext4-uninit-bg"),
        edited("ext4-no-journal"),
        edited("ext4-orphan-file"),
        edited("ext4-verity"),
        edited("ext3"),
        edited("ext2"),
        refused("ext4-no-free-blocks", &["guest-no-space"]),
        refused("ext4-no-free-inodes", &["guest-no-space"]),
        refused("ext4-immutable-modules", &["guest-unsupported"]),
        refused("ext4-inline-data", &["inline-data"]),
        refused("ext4-bigalloc", &["bigalloc"]),
        refused("ext4-quota", &["quota"]),
        refused("ext4-project", &["quota"]),
        refused("ext4-casefold", &["guest-unsupported"]),
        refused("ext4-encrypted", &["guest-unsupported"]),
        refused("ext4-mmp", &["mmp"]),
        refused("ext4-journal-elsewhere", &["external-journal"]),
        refused("ext4-unknown-incompat", &["unknown-feature"]),
        refused("ext4-unknown-ro-compat", &["unknown-feature"]),
        refused("ext4-needs-recovery", &["needs-recovery"]),
        refused("ext2-unclean", &["not-clean"]),
        refused("ext4-error-state", &["error-state"]),
        refused("ext4-orphans", &["orphans-pending"]),
        refused("ext4-damaged-directory", &["guest-damaged"]),
    ]
}

pub(super) fn fstabs() -> Vec<Guest> {
    let not_plain = |name| refused(name, &["fstab-not-plain"]);
    vec![
        edited("fstab-link").but(|expected| expected.fstab = "/usr/share/fstab"),
        edited("fstab-link-out-of-tree").but(|expected| expected.fstab = "/etc/passwd"),
        not_plain("fstab-link-dangling"),
        refused("fstab-link-loop", &["guest-link-loop"]),
        edited("fstab-missing").but(|expected| expected.came.push("/etc/fstab regular 0644 0:0")),
        edited("fstab-empty"),
        edited("fstab-crlf"),
        edited("fstab-no-final-newline"),
        edited("fstab-not-utf8"),
        edited("fstab-long"),
        edited("fstab-owned"),
        not_plain("fstab-fifo"),
        not_plain("fstab-directory"),
        not_plain("fstab-block-device"),
        not_plain("fstab-char-device"),
        not_plain("fstab-4gib"),
        not_plain("fstab-hardlinked"),
        not_plain("fstab-immutable"),
    ]
}

pub(super) fn preflights() -> Vec<Guest> {
    vec![
        refused("nfs-client-missing", &["nfs-client-missing"]),
        edited("selinux").but(|expected| {
            expected.came = vec![
                r#"/etc/systemd directory 0755 0:0 security.selinux (27) = "system_u:object_r:etc_t:s0\000""#,
                r#"/etc/systemd/system directory 0755 0:0 security.selinux (27) = "system_u:object_r:etc_t:s0\000""#,
                r#"/etc/systemd/system/osgraft-shared.service regular 0644 0:0 security.selinux (27) = "system_u:object_r:etc_t:s0\000""#,
                r#"/etc/systemd/system/shared.mount.wants directory 0755 0:0 security.selinux (27) = "system_u:object_r:etc_t:s0\000""#,
                r#"/etc/systemd/system/shared.mount.wants/osgraft-shared.service symlink 0777 0:0 security.selinux (27) = "system_u:object_r:etc_t:s0\000" -> /etc/systemd/system/osgraft-shared.service"#,
                r#"/usr/lib/modules symlink 0777 0:0 security.selinux (27) = "system_u:object_r:lib_t:s0\000" -> /shared/lib/modules"#,
                r#"/shared directory 0755 0:0 security.selinux (28) = "system_u:object_r:root_t:s0\000""#,
                r#"/shared/lib directory 0755 0:0 security.selinux (28) = "system_u:object_r:root_t:s0\000""#,
                r#"/var/lib/osgraft directory 0755 0:0 security.selinux (31) = "system_u:object_r:var_lib_t:s0\000""#,
                r#"/var/lib/osgraft/receipt.json regular 0600 0:0 security.selinux (31) = "system_u:object_r:var_lib_t:s0\000""#,
            ];
            expected.warnings = &["selinux-label"];
        }),
        unserved("arm64"),
        edited("os-release-missing"),
        refused("no-os", &["no-os", "nfs-client-missing"]).by_any_server(),
        refused("usr-elsewhere", &["usr-elsewhere", "nfs-client-missing"]).by_any_server(),
        refused("root-in-a-file", &["mount-option"]),
        unserved("two-kernels"),
        edited("modules-missing").but(|expected| {
            expected.displaced = false;
            expected.came.retain(|line| *line != SHARED_LIB);
            expected.warnings = &["kernel-without-modules", "no-local-fallback-missing"];
        }),
        refused("modules-foreign-link", &["link-foreign-symlink"]),
        refused("modules-file", &["link-not-a-directory"]),
        edited("shared-empty").but(|expected| expected.came.retain(|line| *line != SHARED)),
        refused("shared-occupied", &["link-fallback-occupied"]),
        refused("shared-file", &["mount-point-not-a-directory"]),
        refused("shared-link", &["mount-point-not-a-directory"]),
        refused("shared-in-fstab", &["fstab-mount-point-taken"]),
        edited("shared-below-in-fstab")
            .but(|expected| expected.before = Some("tmpfs /shared/scratch ")),
    ]
}
