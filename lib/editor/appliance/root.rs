//! Finding the guest's root among the file systems of the disk, and mounting the guest.
//!
//! The root is found by content, as in process: it holds `/etc/fstab` or an os-release file. What
//! belongs below it is mounted by the guest's own fstab, read with our own parser, with options of
//! ours.

use std::fmt;

use super::device::{self, Device};
use super::error::ApplianceError;
use super::tree::Tree;
use crate::fstab::{Entry, Fstab};
use crate::guest::{FileKind, Guest, GuestError, resolve};
use crate::path::{GuestPath, escape};

/// File systems that are looked into at most.
const MAX_CANDIDATES: usize = 64;
/// Names at the top of a btrfs that are tried as subvolumes at most.
const MAX_TOP: usize = 16;
/// Bytes of an fstab that are read.
const MAX_FSTAB: u64 = 1 << 20;
/// Directories that an edit or a look at the facts goes through: a guest that mounts one of them
/// from elsewhere cannot be edited without that.
const NEEDED: [&str; 6] = ["/etc", "/lib", "/usr", "/usr/lib", "/var", "/var/lib"];

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

struct Candidate<'d> {
    device: &'d Device,
    /// What its own fstab says of the root's subvolume.
    wants: Option<Vec<u8>>,
}

/// Finds the root and mounts the guest; `typed` is the partition that its type says is the root.
pub(super) fn mount(tree: &mut Tree, typed: Option<&str>) -> Result<ApplianceRoot, ApplianceError> {
    let mut devices = device::list(&mut tree.owner)?;
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
        [] => return Err(no_root(&devices, held)),
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

/// libguestfs lists a btrfs without its subvolumes where its own look at them fails, and says
/// nothing of it. What lies at the top is then taken for one; mounting says whether it is.
fn add_subvolumes(tree: &mut Tree, devices: &mut Vec<Device>) -> Result<(), ApplianceError> {
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
        tree.forget();
        let names = match tree.read_dir(&GuestPath::root()) {
            Err(GuestError::Io { source, .. }) => return Err(unwrapped(source)),
            names => names.unwrap_or_default(),
        };
        tree.owner.call("umount_all", |g| g.umount_all())?;
        tree.forget();
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

fn look_into<'d>(
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
    tree.forget();
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
fn keep_booted_subvolume(candidates: &mut Vec<Candidate<'_>>) {
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

fn no_root(devices: &[Device], held: Vec<(String, String)>) -> ApplianceError {
    let of_kind = |kind: &str| devices.iter().find(|device| device.kind == kind);
    for (kind, name) in [("crypto_LUKS", "LUKS"), ("BitLocker", "BitLocker")] {
        if let Some(device) = of_kind(kind) {
            return ApplianceError::Encrypted {
                device: device.shown(),
                kind: name,
            };
        }
    }
    match of_kind("ntfs") {
        Some(device) => ApplianceError::Windows {
            device: device.shown(),
        },
        None => ApplianceError::NoRoot { held },
    }
}

fn mount_below(
    tree: &mut Tree,
    devices: &[Device],
) -> Result<Vec<(GuestPath, String)>, ApplianceError> {
    let fstab = read_fstab(tree)?;
    let mut entries: Vec<(GuestPath, Entry)> = fstab
        .entries()
        .filter(|line| !line.managed && is_local(&line.entry))
        .filter_map(|line| Some((line.entry.mount_point()?, line.entry)))
        .filter(|(at, _)| !at.is_root())
        .collect();
    entries.sort_by_key(|(at, _)| at.components().count());
    let mut mounts: Vec<(GuestPath, String)> = Vec::new();
    for (at, entry) in entries {
        let needed = NEEDED.iter().any(|path| literal(path) == at);
        let Some(device) = device::resolve(devices, entry.spec()).filter(|d| d.may_be_mounted())
        else {
            if needed {
                return Err(ApplianceError::MissingMount {
                    mount_point: at,
                    spec: escape(entry.spec()),
                });
            }
            continue;
        };
        let place = match resolve(tree, &at) {
            Ok(place) if place.kind() == Some(FileKind::Directory) => place.path,
            Err(GuestError::Io { source, .. }) => return Err(unwrapped(source)),
            // A guest whose mount point is missing does not mount it either.
            _ => continue,
        };
        if mounts.iter().any(|(taken, _)| *taken == place) {
            continue;
        }
        match mount_one(tree, device, subvolume(&entry).as_deref(), &place) {
            Ok(()) => mounts.push((place, device.shown())),
            Err(ApplianceError::Call(_)) if !needed => {}
            Err(error) => return Err(error),
        }
    }
    Ok(mounts)
}

/// Whether an entry is of a disk, mounted at boot.
fn is_local(entry: &Entry) -> bool {
    let off = [&b"noauto"[..], b"bind", b"rbind", b"remount"];
    let kinds = [
        "auto", "ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "jfs", "reiserfs", "nilfs2", "vfat",
    ];
    let kind = entry.vfstype();
    kinds.iter().any(|known| known.as_bytes() == kind)
        && !entry
            .options()
            .split(|b| *b == b',')
            .any(|option| off.contains(&option))
}

/// The subvolume that an entry's options name, without a leading slash.
fn subvolume(entry: &Entry) -> Option<Vec<u8>> {
    let mut options = entry.options().split(|b| *b == b',');
    let value = options.find_map(|option| option.strip_prefix(b"subvol="))?;
    let start = value.iter().take_while(|b| **b == b'/').count();
    Some(value[start..].to_vec()).filter(|name| !name.is_empty())
}

/// The kernel's options are ours alone; of the guest's, only the subvolume counts.
fn mount_one(
    tree: &mut Tree,
    device: &Device,
    subvolume: Option<&[u8]>,
    at: &GuestPath,
) -> Result<(), ApplianceError> {
    let mut options = match tree.writable {
        true => b"nodev,noatime".to_vec(),
        false => b"ro,nodev,noatime".to_vec(),
    };
    if let Some(subvolume) = subvolume.filter(|_| device.kind == "btrfs") {
        options.extend_from_slice(b",subvol=");
        options.extend_from_slice(subvolume);
    }
    let (path, at) = (device.path.clone(), at.as_bytes().to_vec());
    tree.owner
        .call("mount", move |g| g.mount_options(options, path, at))?;
    tree.forget();
    Ok(())
}

/// The guest's fstab; an empty one where none can be read, since preparing judges that by itself.
fn read_fstab(tree: &mut Tree) -> Result<Fstab, ApplianceError> {
    let at = resolve(tree, &literal("/etc/fstab"));
    let read = at.and_then(|at| tree.read(&at.path, MAX_FSTAB));
    match read {
        Ok(bytes) => Ok(Fstab::parse(&bytes)),
        Err(GuestError::Io { source, .. }) => Err(unwrapped(source)),
        Err(_) => Ok(Fstab::missing()),
    }
}

/// The appliance's own failure, out of the guest's.
fn unwrapped(error: std::io::Error) -> ApplianceError {
    match error.downcast::<ApplianceError>() {
        Ok(error) => error,
        Err(error) => super::error::Failure::new("look", error.to_string()).into(),
    }
}

fn literal(path: &str) -> GuestPath {
    GuestPath::new(path).expect("a literal absolute path")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(line: &str) -> Entry {
        Fstab::parse(line.as_bytes())
            .entries()
            .next()
            .unwrap()
            .entry
    }

    #[test]
    fn only_disks_that_are_mounted_at_boot_are_local() {
        assert!(is_local(&entry("UUID=1 /var xfs defaults 0 0")));
        assert!(is_local(&entry("/dev/vda1 /boot/efi vfat umask=0077")));
        for line in [
            "UUID=1 /var xfs noauto 0 0",
            "/srv/x /var none bind 0 0",
            "/srv/x /var ext4 rw,bind 0 0",
            "h:/x /var nfs defaults 0 0",
            "tmpfs /tmp tmpfs defaults 0 0",
            "UUID=1 none swap sw 0 0",
        ] {
            assert!(!is_local(&entry(line)), "{line}");
        }
    }

    #[test]
    fn a_subvolume_is_named_without_its_slash() {
        let named = |options: &str| subvolume(&entry(&format!("UUID=1 / btrfs {options} 0 0")));
        assert_eq!(named("rw,subvol=/@"), Some(b"@".to_vec()));
        assert_eq!(
            named("subvol=@/.snapshots/1/snapshot"),
            Some(b"@/.snapshots/1/snapshot".to_vec())
        );
        assert_eq!(named("subvol=/"), None);
        assert_eq!(named("defaults"), None);
    }

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
