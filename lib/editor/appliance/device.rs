//! Devices that the appliance finds on the disk, and those that an fstab means.

use std::collections::HashMap;

use super::error::ApplianceError;
use super::owner::Owner;
use crate::editor::kernel_root::unescaped;
use crate::path::escape;

/// Devices whose tags are asked for at most; a disk of more is not one that a guest boots from.
const MAX_DEVICES: usize = 128;

/// A file system, or something else that was recognised: a partition, a logical volume, a RAID,
/// or a btrfs subvolume of one.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Device {
    /// `/dev/sda1`, `/dev/vg/lv`, `/dev/md127`.
    pub(super) path: String,
    /// The btrfs subvolume's path without a leading slash; `None` for the default one.
    pub(super) subvolume: Option<Vec<u8>>,
    /// As blkid(8) names it.
    pub(super) kind: String,
    pub(super) tags: HashMap<Vec<u8>, Vec<u8>>,
}

impl Device {
    /// True where a Linux root may lie on it.
    pub(super) fn may_be_root(&self) -> bool {
        let linux = [
            "ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "jfs", "reiserfs", "nilfs2",
        ];
        linux.contains(&self.kind.as_str())
    }

    /// True where it can be mounted below the root.
    pub(super) fn may_be_mounted(&self) -> bool {
        self.may_be_root() || self.kind == "vfat"
    }

    /// Its path, and the subvolume.
    pub(super) fn shown(&self) -> String {
        match &self.subvolume {
            Some(subvolume) => format!("{} subvolume {}", self.path, escape(subvolume)),
            None => self.path.clone(),
        }
    }

    fn has(&self, tag: &str, value: &[u8]) -> bool {
        let found = self.tags.get(tag.as_bytes());
        found.is_some_and(|found| match tag {
            "LABEL" | "PART_ENTRY_NAME" => found == value,
            _ => found.eq_ignore_ascii_case(value),
        })
    }
}

/// Everything that is recognised, sorted by path, subvolumes behind their device.
pub(super) fn list(owner: &mut Owner) -> Result<Vec<Device>, ApplianceError> {
    let found = owner.call("list_filesystems", |g| g.list_filesystems())?;
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort();
    found.truncate(MAX_DEVICES);
    let mut devices = Vec::new();
    for (name, kind) in &found {
        if name.starts_with(b"btrfsvol:") {
            continue;
        }
        let asked = name.clone();
        let tags = match owner.call("blkid", move |g| g.blkid(asked)) {
            // A device without any tag.
            Err(ApplianceError::Call(_)) => HashMap::new(),
            tags => tags?,
        };
        devices.push(Device {
            path: String::from_utf8_lossy(name).into_owned(),
            subvolume: None,
            kind: String::from_utf8_lossy(kind).into_owned(),
            tags,
        });
    }
    for (name, kind) in found {
        let Some(name) = name.strip_prefix(b"btrfsvol:") else {
            continue;
        };
        let split = devices.iter().enumerate().find_map(|(at, device)| {
            let rest = name.strip_prefix(device.path.as_bytes())?;
            Some((at, rest.strip_prefix(b"/")?.to_vec()))
        });
        if let Some((at, subvolume)) = split {
            let device = Device {
                subvolume: Some(subvolume),
                kind: String::from_utf8_lossy(&kind).into_owned(),
                ..devices[at].clone()
            };
            devices.push(device);
        }
    }
    devices.sort_by(|a, b| (&a.path, &a.subvolume).cmp(&(&b.path, &b.subvolume)));
    Ok(devices)
}

/// The LUKS volumes on the disk, its partitions, arrays and logical volumes, which are not listed as
/// file systems.
pub(super) fn sealed(owner: &mut Owner) -> Result<Vec<Device>, ApplianceError> {
    let mut paths = owner.call("list_devices", |g| g.list_devices())?;
    paths.extend(owner.call("list_partitions", |g| g.list_partitions())?);
    paths.extend(owner.call("list_md_devices", |g| g.list_md_devices())?);
    paths.extend(owner.call("lvs", |g| g.lvs())?);
    let mut sealed = Vec::new();
    for path in paths.into_iter().take(MAX_DEVICES) {
        let device = recognise(owner, String::from_utf8_lossy(&path).into_owned())?;
        sealed.extend(device.filter(|device| device.kind == "crypto_LUKS"));
    }
    Ok(sealed)
}

/// Adds a device that may not be among those listed, where anything is recognised on it.
pub(super) fn add(
    owner: &mut Owner,
    devices: &mut Vec<Device>,
    path: String,
) -> Result<(), ApplianceError> {
    if devices.iter().all(|device| device.path != path) {
        devices.extend(recognise(owner, path)?);
    }
    Ok(())
}

/// Content of a device, by its tags; `None` where it has none.
fn recognise(owner: &mut Owner, path: String) -> Result<Option<Device>, ApplianceError> {
    let asked = path.clone();
    let tags = match owner.call("blkid", move |g| g.blkid(asked)) {
        Err(ApplianceError::Call(_)) => return Ok(None),
        tags => tags?,
    };
    let kind = tags.get(b"TYPE".as_slice()).map(Vec::as_slice);
    Ok(Some(Device {
        kind: String::from_utf8_lossy(kind.unwrap_or_default()).into_owned(),
        path,
        subvolume: None,
        tags,
    }))
}

/// True where a device is the one that the first field of an fstab entry would mean.
pub(super) fn is_meant(owner: &mut Owner, path: &str, spec: &[u8]) -> Result<bool, ApplianceError> {
    let found = recognise(owner, path.to_owned())?;
    let devices: Vec<Device> = found.into_iter().collect();
    Ok(resolve(&devices, spec).is_some())
}

/// The device that the first field of an fstab entry means, on this one disk: by UUID, label and
/// their kin, by a link of `/dev/disk`, or by name (fstab(5)). Names of other disks than the first
/// mean nothing here.
pub(super) fn resolve<'d>(devices: &'d [Device], spec: &[u8]) -> Option<&'d Device> {
    let whole = || devices.iter().filter(|device| device.subvolume.is_none());
    let by_tag = |tag: &str, value: &[u8]| {
        let mut found = whole().filter(|device| device.has(tag, value));
        // Two of the same label mean neither.
        found.next().filter(|_| found.next().is_none())
    };
    const TAGS: [(&str, &str, &str); 4] = [
        ("UUID=", "/dev/disk/by-uuid/", "UUID"),
        ("LABEL=", "/dev/disk/by-label/", "LABEL"),
        ("PARTUUID=", "/dev/disk/by-partuuid/", "PART_ENTRY_UUID"),
        ("PARTLABEL=", "/dev/disk/by-partlabel/", "PART_ENTRY_NAME"),
    ];
    for (prefix, folder, tag) in TAGS {
        if let Some(value) = spec.strip_prefix(prefix.as_bytes()) {
            return by_tag(tag, unquoted(value));
        }
        if let Some(value) = spec.strip_prefix(folder.as_bytes()) {
            return by_tag(tag, &unescaped(value));
        }
    }
    let name = std::str::from_utf8(spec).ok()?;
    let by_path = |path: &str| whole().find(|device| device.path == path);
    by_path(name)
        .filter(|_| disk_part(name).is_none())
        .or_else(|| {
            let mapper = name.strip_prefix("/dev/mapper/")?;
            whole().find(|device| mapper_name(&device.path).as_deref() == Some(mapper))
        })
        .or_else(|| by_path(&format!("/dev/sda{}", disk_part(name)?)))
}

/// Rest behind the first disk's name: the partition's number, or nothing.
fn disk_part(name: &str) -> Option<&str> {
    let number = |text: &'_ str| text.bytes().all(|b| b.is_ascii_digit());
    for disk in ["/dev/sda", "/dev/vda", "/dev/xvda", "/dev/hda"] {
        if let Some(part) = name.strip_prefix(disk).filter(|part| number(part)) {
            return Some(part);
        }
    }
    for disk in ["/dev/nvme0n1", "/dev/mmcblk0"] {
        if let Some(rest) = name.strip_prefix(disk) {
            let part = rest.strip_prefix('p').filter(|part| !part.is_empty());
            return part
                .or(Some(rest).filter(|r| r.is_empty()))
                .filter(|part| number(part));
        }
    }
    let linked = ["/dev/disk/by-path/", "/dev/disk/by-id/"];
    if linked.iter().any(|folder| name.starts_with(folder)) {
        let (_, part) = name.rsplit_once("-part")?;
        return Some(part).filter(|part| !part.is_empty() && number(part));
    }
    None
}

/// The device mapper's name of a logical volume: dashes doubled (lvm(8), “NAMES”).
fn mapper_name(path: &str) -> Option<String> {
    let (group, volume) = path.strip_prefix("/dev/")?.split_once('/')?;
    Some(format!(
        "{}-{}",
        group.replace('-', "--"),
        volume.replace('-', "--")
    ))
}

/// libmount takes quotes around a tag's value.
fn unquoted(value: &[u8]) -> &[u8] {
    match value {
        [b'"', inner @ .., b'"'] | [b'\'', inner @ .., b'\''] => inner,
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn devices() -> Vec<Device> {
        let device = |path: &str, tags: &[(&str, &str)]| Device {
            path: path.into(),
            subvolume: None,
            kind: "ext4".into(),
            tags: tags
                .iter()
                .map(|(tag, value)| (tag.as_bytes().to_vec(), value.as_bytes().to_vec()))
                .collect(),
        };
        vec![
            device(
                "/dev/sda1",
                &[
                    ("UUID", "ABCD-0001"),
                    ("PART_ENTRY_UUID", "0a5f-01"),
                    ("LABEL", "efi"),
                ],
            ),
            device(
                "/dev/sda2",
                &[
                    ("UUID", "00aa-ff"),
                    ("LABEL", "my root"),
                    ("PART_ENTRY_NAME", "Root"),
                ],
            ),
            device("/dev/sda5", &[("LABEL", "twice")]),
            device("/dev/sda6", &[("LABEL", "twice")]),
            device("/dev/my-vg/root-lv", &[]),
            device("/dev/md127", &[]),
        ]
    }

    #[test]
    fn specs_of_every_kind_name_their_device() {
        for (spec, path) in [
            ("UUID=abcd-0001", "/dev/sda1"),
            ("UUID=\"00AA-FF\"", "/dev/sda2"),
            ("LABEL=my root", "/dev/sda2"),
            ("PARTUUID=0A5F-01", "/dev/sda1"),
            ("PARTLABEL=Root", "/dev/sda2"),
            (r"/dev/disk/by-label/my\x20root", "/dev/sda2"),
            ("/dev/disk/by-uuid/00aa-ff", "/dev/sda2"),
            ("/dev/disk/by-path/pci-0000:00:05.0-part2", "/dev/sda2"),
            ("/dev/vda2", "/dev/sda2"),
            ("/dev/nvme0n1p1", "/dev/sda1"),
            ("/dev/mmcblk0p5", "/dev/sda5"),
            ("/dev/mapper/my--vg-root--lv", "/dev/my-vg/root-lv"),
            ("/dev/my-vg/root-lv", "/dev/my-vg/root-lv"),
            ("/dev/md127", "/dev/md127"),
        ] {
            let devices = devices();
            let found = resolve(&devices, spec.as_bytes()).map(|device| device.path.as_str());
            assert_eq!(found, Some(path), "{spec}");
        }
    }

    #[test]
    fn what_means_no_device_of_this_disk_is_none() {
        for spec in [
            "LABEL=twice",
            "LABEL=MY ROOT",
            "UUID=",
            "/dev/vdb1",
            "/dev/sda9",
            "/dev/nvme0n1",
            "/dev/nvme1n1p1",
            "/dev/mapper/my-vg-root-lv",
            "10.0.0.1:/export",
            "tmpfs",
            "",
            "/dev/disk/by-path/pci-0000:00:05.0",
            r"/dev/disk/by-label/my\x2",
        ] {
            assert_eq!(resolve(&devices(), spec.as_bytes()), None, "{spec}");
        }
    }
}
