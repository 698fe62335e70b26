//! Finding the guest's root among the file systems of the disk, and mounting the guest.
//!
//! The root is found by content, as in process: it holds `/etc/fstab` or an os-release file. What
//! belongs below it is mounted by the guest's own fstab, read with our own parser, with options of
//! ours.

use std::fmt;

use super::candidate::{add_subvolumes, keep_booted_subvolume, look_into};
use super::device::{self, Device};
use super::error::ApplianceError;
use super::mounts::{mount_below, mount_one};
use super::passphrase::Passphrase;
use super::tree::Tree;
use crate::path::GuestPath;

/// File systems that are looked into at most.
const MAX_CANDIDATES: usize = 64;

/// Where the guest's root lies, and what else is mounted.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ApplianceRoot {
    /// The root's device in the appliance, where the disk is `/dev/sda`; and its subvolume.
    pub device: String,
    /// Its file system's type.
    pub kind: String,
    /// What else is mounted: the mount point and the device.
    pub mounts: Vec<(GuestPath, String)>,
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

/// Finds the root and mounts the guest; `typed` is the partition that its type says is the root.
pub(super) fn mount(
    tree: &mut Tree,
    typed: Option<&str>,
    passphrase: Option<&Passphrase>,
) -> Result<ApplianceRoot, ApplianceError> {
    let mut devices = match passphrase {
        Some(passphrase) => unseal(tree, passphrase)?,
        None => device::list(&mut tree.owner)?,
    };
    add_subvolumes(tree, &mut devices)?;
    let mut held = Vec::new();
    let mut candidates = Vec::new();
    for device in &devices {
        let mut kind = device.kind.clone();
        if device.may_be_root() && candidates.len() < MAX_CANDIDATES {
            match look_into(tree, device) {
                Ok(Some(candidate)) => candidates.push(candidate),
                Ok(None) => {}
                Err(ApplianceError::Call(failure)) => {
                    kind = format!("{kind}, which cannot be mounted ({})", failure.said);
                }
                Err(error) => return Err(error),
            }
        }
        held.push((device.shown(), kind));
    }
    if let Some(typed) = typed
        && candidates.iter().any(|found| found.device.path == typed)
    {
        candidates.retain(|found| found.device.path == typed);
    }
    keep_booted_subvolume(&mut candidates);
    let root = match candidates.as_slice() {
        [] => return Err(no_root(tree, &devices, held)?),
        [only] => only.device,
        [first, second, ..] => {
            return Err(ApplianceError::AmbiguousRoot {
                first: first.device.shown(),
                second: second.device.shown(),
            });
        }
    };
    mount_one(tree, root, root.subvolume.as_deref(), &GuestPath::root())?;
    let mounts = mount_below(tree, &devices)?;
    Ok(ApplianceRoot {
        device: root.shown(),
        kind: root.kind.clone(),
        mounts,
    })
}

/// Opens every LUKS volume, and lists what there is then: file systems and logical volumes in them.
fn unseal(tree: &mut Tree, passphrase: &Passphrase) -> Result<Vec<Device>, ApplianceError> {
    let mut opened = Vec::new();
    for (number, device) in device::sealed(&mut tree.owner)?.iter().enumerate() {
        let (path, name) = (device.path.clone(), format!("osgraft{number}"));
        let (key, mapper) = (passphrase.bytes().to_vec(), format!("/dev/mapper/{name}"));
        let open = move |g: &guestfs::Handle<'static>| g.luks_open(path, key, name);
        tree.owner
            .call("luks_open", open)
            .map_err(|error| match error {
                ApplianceError::Call(failure) => ApplianceError::Passphrase {
                    device: device.shown(),
                    failure,
                },
                other => other,
            })?;
        opened.push(mapper);
    }
    tree.owner.call("lvm_scan", |g| g.lvm_scan(true))?;
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
