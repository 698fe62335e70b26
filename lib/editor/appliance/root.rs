//! Finding the guest's root among the file systems of the disk, and mounting the guest.
//!
//! The root is found by content, as in process: it holds `/etc/fstab` or an os-release file. What
//! belongs below it is mounted by the guest's own fstab, read with our own parser, with options of
//! ours.

use std::fmt;

use super::candidate::{Looked, add_subvolumes, keep_booted_subvolume, look_into};
use super::command_line::CommandLines;
use super::device::{self, Device};
use super::disk::{self, Disk};
use super::error::ApplianceError;
use super::explain::unwrapped;
use super::mounts::{Below, elsewhere, mount_below, mount_one, read_fstab, refuse_option};
use super::passphrase::Passphrase;
use super::subvolume::Subvolume;
use super::tree::Tree;
use crate::editor::Bar;
use crate::editor::declared::{self, Search};
use crate::fstab::Fstab;
use crate::guest::GuestError;
use crate::path::GuestPath;

/// LUKS volumes within each other that are opened at most.
const MAX_SEALS: usize = 4;
/// File systems that are looked into at most.
const MAX_CANDIDATES: usize = 64;

/// Place of the guest's root, and what else is mounted.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ApplianceRoot {
    /// The root's device in the appliance, where the disk is `/dev/sda`; and its subvolume.
    pub device: String,
    /// Its file system's type.
    pub kind: String,
    /// Other mounts: the mount point and the device.
    pub mounts: Vec<(GuestPath, String)>,
}

impl ApplianceRoot {
    /// True for XFS, where nothing is mounted that may keep checksums over the files of `/etc` and `/var`.
    pub(crate) fn holds_any_content(&self) -> bool {
        let apart = |at: &GuestPath| {
            let first = at.components().next().unwrap_or_default();
            matches!(first, b"etc" | b"var")
        };
        self.kind == "xfs" && !self.mounts.iter().any(|(at, _)| apart(at))
    }
}

impl fmt::Display for ApplianceRoot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.kind, self.device)?;
        for (mount_point, device) in &self.mounts {
            write!(f, ", {mount_point} on {device}")?;
        }
        Ok(())
    }
}

/// Finds the root and mounts the guest, and says why it may not be changed, where it may not.
pub(super) fn mount(
    tree: &mut Tree,
    disk: &Disk,
    passphrase: Option<&Passphrase>,
) -> Result<(ApplianceRoot, Option<Bar>), ApplianceError> {
    let mut devices = match passphrase {
        Some(passphrase) => unseal(tree, passphrase)?,
        None => device::list(&mut tree.owner)?,
    };
    add_subvolumes(tree, &mut devices)?;
    let mut held = Vec::new();
    let mut candidates = Vec::new();
    let mut unreached = None;
    for device in &devices {
        let mut kind = device.kind.clone();
        let may_be_named = device
            .subvolume
            .as_ref()
            .is_none_or(|name| !name.contains(&b','));
        if device.may_be_root() && may_be_named && candidates.len() < MAX_CANDIDATES {
            match look_into(tree, device) {
                Ok(Looked::Candidate(candidate)) => candidates.push(candidate),
                Ok(Looked::Unreached(system)) => {
                    unreached.get_or_insert((device.shown(), system));
                }
                Ok(Looked::Other) => {}
                Err(ApplianceError::Call(failure)) => {
                    kind = format!("{kind}, which cannot be mounted ({})", failure.said);
                }
                Err(error) => return Err(error),
            }
        }
        held.push((device.shown(), kind));
    }
    if let Some(typed) = disk.typed_root()
        && candidates.iter().any(|found| found.device.path == typed)
    {
        candidates.retain(|found| found.device.path == typed);
    }
    keep_booted_subvolume(&mut candidates)?;
    let root = match candidates.as_slice() {
        // An array that lacks an active member may not be put together at all.
        [] => match (disk.leg(), unreached) {
            (Some(leg), _) => return Err(leg.clone().into()),
            (None, Some((device, system))) => {
                return Err(ApplianceError::Unreached { device, system });
            }
            (None, None) => return Err(no_root(tree, &devices, held)?),
        },
        [only] => only.device,
        [first, second, ..] => {
            return Err(ApplianceError::AmbiguousRoot {
                first: first.device.shown(),
                second: second.device.shown(),
                remedy: disk.which_root(&first.device.path, &second.device.path),
            });
        }
    };
    let (fstab, mut mounts) = mount_all(tree, root, &devices)?;
    let said = CommandLines::read(tree)?;
    if root.kind == "btrfs" && refuse_other_subvolume(tree, root, &said)? {
        (_, mounts) = mount_all(tree, root, &devices)?;
    }
    let mut used: Vec<&str> = mounts.iter().map(|below| below.path.as_str()).collect();
    used.push(&root.path);
    disk.refuse_parts(&mut tree.owner, &used)?;
    let bar = bar(tree, disk, &devices, &root.path, &fstab, said.verity)?;
    let root = ApplianceRoot {
        device: root.shown(),
        kind: root.kind.clone(),
        mounts: mounts
            .into_iter()
            .map(|below| (below.at, below.shown))
            .collect(),
    };
    Ok((root, bar))
}

/// Mounts the root, and what its fstab has below it.
fn mount_all(
    tree: &mut Tree,
    root: &Device,
    devices: &[Device],
) -> Result<(Fstab, Vec<Below>), ApplianceError> {
    let own = Subvolume::of_device(root);
    mount_one(tree, root, own.as_ref(), &GuestPath::root())?;
    let fstab = read_fstab(tree)?;
    for line in fstab.entries() {
        if line.entry.mount_point().is_some_and(|at| at.is_root())
            && let Some(option) = elsewhere(&line.entry, root)
        {
            return Err(refuse_option(GuestPath::root(), option));
        }
    }
    let mounts = mount_below(tree, &fstab, devices)?;
    Ok((fstab, mounts))
}

/// Refuses a btrfs of which the boot loader mounts another subvolume than the one that was chosen:
/// its word goes before that of fstab. Tells whether everything was unmounted for it.
fn refuse_other_subvolume(
    tree: &mut Tree,
    root: &Device,
    said: &CommandLines,
) -> Result<bool, ApplianceError> {
    let plain = |wanted: &Subvolume| wanted.is_plainly(root);
    let told: Option<Vec<bool>> = said.subvolumes.iter().map(plain).collect();
    let unmounted = told.is_none();
    let is = match told {
        Some(told) => told,
        None => {
            tree.owner.call("umount_all", |g| g.umount_all())?;
            tree.seen.forget();
            let wanted = said.subvolumes.iter();
            wanted
                .map(|wanted| wanted.is(tree, root))
                .collect::<Result<_, _>>()?
        }
    };
    let boots = match said.first_boots {
        true => is.first() == Some(&true),
        false => is.is_empty() || is.contains(&true),
    };
    let wanted = said.subvolumes.first();
    match wanted.filter(|_| !boots) {
        Some(wanted) => Err(ApplianceError::Subvolume {
            mount_point: GuestPath::root(),
            wanted: format!("rootflags={}", wanted.shown()),
            found: format!("fstab and content name {}", root.shown()),
        }),
        None => Ok(unmounted),
    }
}

/// Reason why the guest may be read and not be changed. That it is hibernated goes before all else.
fn bar(
    tree: &mut Tree,
    disk: &Disk,
    devices: &[Device],
    root: &str,
    fstab: &Fstab,
    verity: Option<String>,
) -> Result<Option<Bar>, ApplianceError> {
    if let Some(bar @ Bar::Hibernated { .. }) = &disk.bar {
        return Ok(Some(bar.clone()));
    }
    if let Some(bar) = disk::hibernated(&mut tree.owner, devices)? {
        return Ok(Some(bar));
    }
    let in_file = match declared::hibernated(tree, fstab, Search::Thorough) {
        Err(GuestError::Io { source, .. }) => return Err(unwrapped(source)),
        in_file => in_file.map_err(ApplianceError::SwapFile)?,
    };
    Ok(in_file
        .or_else(|| disk.bar.clone())
        .or_else(|| verity.map(|place| Bar::Verity { place }))
        .or_else(|| disk.of_root(root)))
}

/// Opens the LUKS volumes that the passphrase is of, and lists what there is then: file systems and
/// logical volumes in them. In a volume that is opened lie others at times.
///
/// # Errors
/// [`ApplianceError::Passphrase`], where it opens none of them.
fn unseal(tree: &mut Tree, passphrase: &Passphrase) -> Result<Vec<Device>, ApplianceError> {
    let (mut tried, mut opened, mut failed) = (Vec::new(), Vec::new(), None);
    for _ in 0..MAX_SEALS {
        let sealed = device::sealed(&mut tree.owner)?;
        let new: Vec<_> = sealed
            .into_iter()
            .filter(|device| !tried.contains(&device.path))
            .collect();
        if new.is_empty() {
            break;
        }
        for device in new {
            let (path, name) = (device.path.clone(), format!("osgraft{}", tried.len()));
            let (key, mapper) = (passphrase.bytes().to_vec(), format!("/dev/mapper/{name}"));
            tried.push(device.path.clone());
            let open = move |g: &guestfs::Handle<'static>| g.luks_open(path, key, name);
            match tree.owner.call("luks_open", open) {
                Ok(()) => opened.push(mapper),
                // Another volume than the root's may have a passphrase of its own.
                Err(ApplianceError::Call(failure)) => {
                    let device = device.shown();
                    failed.get_or_insert(ApplianceError::Passphrase { device, failure });
                }
                Err(other) => return Err(other),
            }
        }
        tree.owner.call("lvm_scan", |g| g.lvm_scan(true))?;
    }
    if let (Some(error), true) = (failed, opened.is_empty()) {
        return Err(error);
    }
    let mut devices = device::list(&mut tree.owner)?;
    for path in opened {
        device::add(&mut tree.owner, &mut devices, path)?;
    }
    Ok(devices)
}

fn no_root(
    tree: &mut Tree,
    devices: &[Device],
    held: Vec<(String, String)>,
) -> Result<ApplianceError, ApplianceError> {
    let of_kind = |kind: &str| devices.iter().find(|device| device.kind == kind);
    let luks = device::sealed(&mut tree.owner)?;
    let luks = luks.first().map(|device| (device, "LUKS"));
    let bitlocker = of_kind("BitLocker").map(|device| (device, "BitLocker"));
    if let Some((device, kind)) = luks.or(bitlocker) {
        return Ok(ApplianceError::Encrypted {
            device: device.shown(),
            kind,
        });
    }
    Ok(match of_kind("ntfs") {
        Some(device) => ApplianceError::Windows {
            device: device.shown(),
        },
        None => ApplianceError::NoRoot { held },
    })
}
