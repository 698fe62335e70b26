//! File systems of a disk that could be the root, by their content.

use super::device::Device;
use super::error::ApplianceError;
use super::explain::unwrapped;
use super::mounts::{literal, mount_one, read_fstab, subvolume};
use super::subvolume::Subvolume;
use super::tree::Tree;
use crate::guest::facts::unreached::{self, Unreached};
use crate::guest::{FileKind, Guest, GuestError};
use crate::path::GuestPath;

/// Names at the top of a btrfs that are tried as subvolumes at most.
const MAX_TOP: usize = 16;

/// A file system that holds a root.
#[derive(Debug)]
pub(super) struct Candidate<'d> {
    pub(super) device: &'d Device,
    /// Text of its own fstab on the root's subvolume, for messages.
    wants: Option<String>,
    /// True where its own fstab mounts it as the root; where that names none, for the default.
    is_booted: bool,
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

/// Content that was found in a file system.
#[derive(Debug)]
pub(super) enum Looked<'d> {
    Candidate(Candidate<'d>),
    /// A root somewhere below, where no edit reaches it.
    Unreached(Unreached),
    Other,
}

/// Mounts a file system for reading, and unmounts it again.
pub(super) fn look_into<'d>(
    tree: &mut Tree,
    device: &'d Device,
) -> Result<Looked<'d>, ApplianceError> {
    let writable = std::mem::replace(&mut tree.writable, false);
    let own = Subvolume::of_device(device);
    let mounted = mount_one(tree, device, own.as_ref(), &GuestPath::root());
    tree.writable = writable;
    mounted?;
    let found = holds_root(tree)?;
    let wants = match found {
        true => read_fstab(tree)?
            .entries()
            .find(|line| line.entry.mount_point().is_some_and(|at| at.is_root()))
            .and_then(|line| subvolume(&line.entry, device)),
        false => None,
    };
    let unreached = match found {
        true => None,
        false => match unreached::of_tree(tree) {
            Err(GuestError::Io { source, .. }) => return Err(unwrapped(source)),
            unreached => unreached.unwrap_or_default(),
        },
    };
    tree.owner.call("umount_all", |g| g.umount_all())?;
    tree.seen.forget();
    if !found {
        return Ok(unreached.map_or(Looked::Other, Looked::Unreached));
    }
    let is_booted = match &wants {
        Some(wants) => wants.is(tree, device)?,
        None => device.subvolume.is_none(),
    };
    Ok(Looked::Candidate(Candidate {
        device,
        wants: wants.map(|wants| wants.shown()),
        is_booted,
    }))
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

/// Of one btrfs, what its own fstab mounts as the root is kept; snapshots name the subvolume that
/// they were taken of, and are none. Where no fstab says so, the default subvolume is what the
/// kernel mounts.
///
/// # Errors
/// [`ApplianceError::Subvolume`], where the subvolume that is named is none of those with a root.
pub(super) fn keep_booted_subvolume(
    candidates: &mut Vec<Candidate<'_>>,
) -> Result<(), ApplianceError> {
    let booted: Vec<(String, bool)> = candidates
        .iter()
        .filter(|found| found.is_booted)
        .map(|found| {
            let by_name = found.device.subvolume.is_some();
            (found.device.path.clone(), by_name)
        })
        .collect();
    let of_path = |path: &str| booted.iter().any(|(booted, _)| booted == path);
    let by_name = |path: &str| booted.iter().any(|(b, by_name)| b == path && *by_name);
    // Of a btrfs without a booted one, others on the disk are believed.
    let any = !booted.is_empty();
    candidates.retain(|found| {
        let path = found.device.path.as_str();
        match (&found.device.subvolume, &found.wants) {
            // The default one under its own name is the same.
            (None, Some(_)) if found.is_booted => !by_name(path),
            _ if of_path(path) || any => found.is_booted,
            _ => true,
        }
    });
    let astray = candidates
        .iter()
        .find_map(|found| Some((found.device, found.wants.as_ref()?, found.is_booted)));
    match astray {
        Some((device, wants, false)) => Err(ApplianceError::Subvolume {
            mount_point: GuestPath::root(),
            wanted: wants.clone(),
            found: format!("{} holds a root", device.shown()),
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Own subvolume, what the fstab wants, and whether the two are one.
    type Of<'a> = (Option<&'a str>, Option<&'a str>, bool);

    fn kept(of: &[Of<'_>]) -> Result<Vec<Option<String>>, String> {
        let devices: Vec<_> = of
            .iter()
            .map(|(own, ..)| Device {
                path: "/dev/sda1".into(),
                subvolume: own.map(|own| own.as_bytes().to_vec()),
                kind: "btrfs".into(),
                ..Device::default()
            })
            .collect();
        let candidate = |(device, (_, wants, is_booted)): (_, &Of<'_>)| Candidate {
            device,
            wants: wants.map(ToOwned::to_owned),
            is_booted: *is_booted,
        };
        let mut candidates: Vec<_> = devices.iter().zip(of).map(candidate).collect();
        keep_booted_subvolume(&mut candidates).map_err(|error| error.code().to_owned())?;
        let name = |found: &Candidate<'_>| found.device.subvolume.clone();
        let names = candidates.iter().map(name);
        Ok(names
            .map(|n| n.map(|n| String::from_utf8(n).unwrap()))
            .collect())
    }

    #[test]
    fn of_snapshots_and_subvolumes_the_booted_one_is_kept() {
        let at = Some("@");
        let only_at = Ok(vec![Some("@".to_owned())]);
        assert_eq!(kept(&[(at, None, false)]), only_at);
        let snapshots = [
            (at, at, true),
            (Some("@snap/1"), at, false),
            (Some("old"), at, false),
        ];
        assert_eq!(kept(&snapshots), only_at);
        let default = [
            (None, None, true),
            (Some("@/.snapshots/2/snapshot"), None, false),
        ];
        assert_eq!(kept(&default), Ok(vec![None]));
        // The default one, which the fstab names too.
        assert_eq!(kept(&[(None, at, true), (at, at, true)]), only_at);
        // By number: the one that has it, and none of its snapshots.
        let id = Some("subvolid=256");
        assert_eq!(kept(&[(at, id, true), (Some("s"), id, false)]), only_at);
        assert_eq!(kept(&[(None, id, false), (at, id, true)]), only_at);
    }

    #[test]
    fn two_that_are_booted_are_left_to_be_refused() {
        let (a, b) = (Some("a"), Some("b"));
        assert_eq!(kept(&[(a, a, true), (b, b, true)]).unwrap().len(), 2);
        assert_eq!(kept(&[(None, None, true), (b, b, true)]).unwrap().len(), 2);
        assert_eq!(
            kept(&[(a, None, false), (b, None, false)]).unwrap().len(),
            2
        );
    }

    #[test]
    fn a_subvolume_that_is_named_and_holds_no_root_is_refused() {
        let id = Some("subvolid=256");
        let refused = Err("subvolume".to_owned());
        assert_eq!(kept(&[(Some("@"), id, false)]), refused);
        assert_eq!(kept(&[(None, id, false)]), refused);
        assert_eq!(kept(&[(None, id, false), (Some("s"), id, false)]), refused);
    }
}
