//! Which of a disk's file systems could be the root, by what they hold.

use super::device::Device;
use super::error::ApplianceError;
use super::explain::unwrapped;
use super::mounts::{literal, mount_one, read_fstab, subvolume};
use super::tree::Tree;
use crate::guest::{FileKind, Guest, GuestError};
use crate::path::GuestPath;

/// Names at the top of a btrfs that are tried as subvolumes at most.
const MAX_TOP: usize = 16;

/// A file system that holds a root.
#[derive(Debug)]
pub(super) struct Candidate<'d> {
    pub(super) device: &'d Device,
    /// What its own fstab says of the root's subvolume.
    wants: Option<Vec<u8>>,
}

/// libguestfs lists a btrfs without its subvolumes where its own look at them fails, and says
/// nothing of it. What lies at the top is then taken for one; mounting says whether it is.
pub(super) fn add_subvolumes(
    tree: &mut Tree,
    devices: &mut Vec<Device>,
) -> Result<(), ApplianceError> {
    let bare = |device: &&Device| {
        let listed = devices.iter().filter(|other| other.path == device.path);
        device.kind == "btrfs" && listed.count() == 1
    };
    let bare: Vec<Device> = devices.iter().filter(bare).cloned().collect();
    for device in bare {
        let path = device.path.clone();
        let top = "ro,nodev,noatime,subvolid=5";
        let mounted = tree
            .owner
            .call("mount", move |g| g.mount_options(top, path, "/"));
        match mounted {
            // Told by whoever looks into it.
            Err(ApplianceError::Call(_)) => continue,
            mounted => mounted?,
        }
        tree.seen.forget();
        let names = match tree.read_dir(&GuestPath::root()) {
            Err(GuestError::Io { source, .. }) => return Err(unwrapped(source)),
            names => names.unwrap_or_default(),
        };
        tree.owner.call("umount_all", |g| g.umount_all())?;
        tree.seen.forget();
        devices.extend(names.into_iter().take(MAX_TOP).filter_map(|entry| {
            // An option ends at a comma.
            let name = Some(entry.name).filter(|name| !name.contains(&b','))?;
            Some(Device {
                subvolume: Some(name),
                ..device.clone()
            })
        }));
    }
    Ok(())
}

/// Mounts a file system for reading, and unmounts it again; none where it holds no root.
pub(super) fn look_into<'d>(
    tree: &mut Tree,
    device: &'d Device,
) -> Result<Option<Candidate<'d>>, ApplianceError> {
    let writable = std::mem::replace(&mut tree.writable, false);
    let mounted = mount_one(
        tree,
        device,
        device.subvolume.as_deref(),
        &GuestPath::root(),
    );
    tree.writable = writable;
    mounted?;
    let found = holds_root(tree)?;
    let wants = match found {
        true => read_fstab(tree)?
            .entries()
            .find(|line| line.entry.mount_point().is_some_and(|at| at.is_root()))
            .and_then(|line| subvolume(&line.entry)),
        false => None,
    };
    tree.owner.call("umount_all", |g| g.umount_all())?;
    tree.seen.forget();
    Ok(found.then_some(Candidate { device, wants }))
}

fn holds_root(tree: &mut Tree) -> Result<bool, ApplianceError> {
    for path in ["/etc/fstab", "/etc/os-release", "/usr/lib/os-release"] {
        match tree.look(&literal(path)) {
            Ok(metadata) if metadata.kind != FileKind::Directory => return Ok(true),
            Err(GuestError::Io { source, .. }) => return Err(unwrapped(source)),
            // Damage is met again by whoever reads it as the root.
            _ => {}
        }
    }
    Ok(false)
}

/// Of one btrfs, the default subvolume is what the kernel mounts; where that holds no root, the
/// one whose own fstab names it. Snapshots name the subvolume that they were taken of.
pub(super) fn keep_booted_subvolume(candidates: &mut Vec<Candidate<'_>>) {
    let defaults: Vec<String> = candidates
        .iter()
        .filter(|found| found.device.subvolume.is_none() && found.wants.is_none())
        .map(|found| found.device.path.clone())
        .collect();
    if candidates.len() < 2 {
        return;
    }
    candidates.retain(|found| match &found.device.subvolume {
        None => true,
        Some(_) if defaults.contains(&found.device.path) => false,
        Some(own) => found.wants.as_ref() == Some(own),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(of: &[(Option<&str>, Option<&str>)]) -> Vec<Option<String>> {
        let bytes = |name: &Option<&str>| name.map(|name| name.as_bytes().to_vec());
        let devices: Vec<_> = of
            .iter()
            .map(|(own, _)| Device {
                path: "/dev/sda1".into(),
                subvolume: bytes(own),
                kind: "btrfs".into(),
                ..Device::default()
            })
            .collect();
        let mut candidates: Vec<_> = devices
            .iter()
            .zip(of)
            .map(|(device, (_, wants))| Candidate {
                device,
                wants: bytes(wants),
            })
            .collect();
        keep_booted_subvolume(&mut candidates);
        let name = |found: &Candidate<'_>| found.device.subvolume.clone();
        let names = candidates.iter().map(name);
        names
            .map(|n| n.map(|n| String::from_utf8(n).unwrap()))
            .collect()
    }

    #[test]
    fn of_snapshots_and_subvolumes_the_booted_one_is_kept() {
        let at = Some("@");
        assert_eq!(kept(&[(at, None)]), [Some("@".to_owned())]);
        assert_eq!(
            kept(&[(at, at), (Some("@snap/1"), at), (Some("old"), at)]),
            [Some("@".to_owned())]
        );
        assert_eq!(
            kept(&[(None, None), (Some("@/.snapshots/2/snapshot"), None)]),
            [None]
        );
        assert_eq!(
            kept(&[(Some("a"), Some("a")), (Some("b"), Some("b"))]).len(),
            2
        );
    }
}
