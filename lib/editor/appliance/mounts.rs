//! Mounting the guest: its root, and what its fstab puts below it.

use super::device::{self, Device};
use super::error::ApplianceError;
use super::explain::unwrapped;
use super::subvolume::Subvolume;
use super::tree::Tree;
use crate::editor::declared;
use crate::fstab::{Entry, Fstab};
use crate::guest::{FileKind, Guest, GuestError, resolve};
use crate::path::{GuestPath, escape};

/// Bytes of an fstab that are read.
const MAX_FSTAB: u64 = 1 << 20;
/// Directories that an edit or a look at the facts goes through: a guest that mounts one of them
/// from elsewhere cannot be edited without that.
const NEEDED: [&str; 6] = ["/etc", "/lib", "/usr", "/usr/lib", "/var", "/var/lib"];

/// Mounts below the root.
#[derive(Debug)]
pub(super) struct Below {
    pub(super) at: GuestPath,
    /// The device's.
    pub(super) path: String,
    /// The device, and the subvolume.
    pub(super) shown: String,
}

/// Mounts what the guest's fstab has of this disk, and says where.
pub(super) fn mount_below(
    tree: &mut Tree,
    fstab: &Fstab,
    devices: &[Device],
) -> Result<Vec<Below>, ApplianceError> {
    let mut entries: Vec<(GuestPath, Entry)> = fstab
        .entries()
        .filter(|line| !line.managed && is_local(&line.entry))
        .filter_map(|line| Some((line.entry.mount_point()?, line.entry)))
        .filter(|(at, _)| !at.is_root())
        .collect();
    entries.sort_by_key(|(at, _)| at.components().count());
    let mut mounts: Vec<Below> = Vec::new();
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
        if mounts.iter().any(|below| below.at == place) {
            continue;
        }
        if let Some(option) = elsewhere(&entry, device) {
            match needed {
                true => return Err(refuse_option(at, option)),
                false => continue,
            }
        }
        let wanted = subvolume(&entry, device);
        match mount_one(tree, device, wanted.as_ref(), &place) {
            Ok(()) => mounts.push(Below {
                at: place,
                path: device.path.clone(),
                shown: match wanted {
                    Some(wanted) => format!("{} {}", device.path, wanted.shown()),
                    None => device.shown(),
                },
            }),
            Err(ApplianceError::Call(_)) if !needed => {}
            Err(ApplianceError::Call(failure)) if wanted.is_some() => {
                return Err(ApplianceError::Subvolume {
                    mount_point: at,
                    wanted: wanted.map(|wanted| wanted.shown()).unwrap_or_default(),
                    found: failure.to_string(),
                });
            }
            Err(error) => return Err(error),
        }
    }
    Ok(mounts)
}

/// True where an entry is of a disk, mounted at boot.
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

/// The subvolume that an entry's options name.
pub(super) fn subvolume(entry: &Entry, device: &Device) -> Option<Subvolume> {
    Subvolume::of_options(entry.options()).filter(|_| device.kind == "btrfs")
}

/// The option, escaped, with which an entry mounts something else of a device than this editor
/// would.
pub(super) fn elsewhere(entry: &Entry, device: &Device) -> Option<String> {
    let followed: &[&str] = match device.kind.as_str() {
        "btrfs" => &["subvol", "subvolid"],
        _ => &[],
    };
    declared::elsewhere(entry, followed)
}

pub(super) fn refuse_option(mount_point: GuestPath, option: String) -> ApplianceError {
    ApplianceError::MountOption {
        mount_point,
        option,
    }
}

/// The kernel's options are ours alone; of the guest's, only the subvolume counts.
pub(super) fn mount_one(
    tree: &mut Tree,
    device: &Device,
    subvolume: Option<&Subvolume>,
    at: &GuestPath,
) -> Result<(), ApplianceError> {
    let mut options = match tree.writable {
        true => b"nodev,noatime".to_vec(),
        false => b"ro,nodev,noatime".to_vec(),
    };
    if let Some(subvolume) = subvolume.filter(|_| device.kind == "btrfs") {
        options.extend_from_slice(&subvolume.options());
    }
    let (path, at) = (device.path.clone(), at.as_bytes().to_vec());
    tree.owner
        .call("mount", move |g| g.mount_options(options, path, at))?;
    tree.seen.forget();
    Ok(())
}

/// The guest's fstab; an empty one where none can be read, since preparing judges that by itself.
pub(super) fn read_fstab(tree: &mut Tree) -> Result<Fstab, ApplianceError> {
    let at = resolve(tree, &literal("/etc/fstab"));
    let read = at.and_then(|at| tree.read(&at.path, MAX_FSTAB));
    match read {
        Ok(bytes) => Ok(Fstab::parse(&bytes)),
        Err(GuestError::Io { source, .. }) => Err(unwrapped(source)),
        Err(_) => Ok(Fstab::missing()),
    }
}

pub(super) fn literal(path: &str) -> GuestPath {
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
}
