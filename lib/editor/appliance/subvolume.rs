//! The subvolume of a btrfs that is meant.

use super::device::Device;
use super::error::ApplianceError;
use super::tree::Tree;
use crate::path::escape;

/// The top of a btrfs, which 0 means too (btrfs(5), `subvolid`).
const TOP: u64 = 5;

/// A subvolume as mount options name it. With both, they must be of one (the kernel refuses else).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Subvolume {
    /// Its path without leading and trailing slashes; empty for the top.
    name: Option<Vec<u8>>,
    /// Its number; one that is no number is none of any subvolume.
    id: Option<u64>,
}

impl Subvolume {
    /// The one that a device stands for; `None` where that is the default one.
    pub(super) fn of_device(device: &Device) -> Option<Self> {
        let name = device.subvolume.clone()?;
        Some(Self {
            name: Some(name),
            id: None,
        })
    }

    /// The one that mount options name, the last of several.
    pub(super) fn of_options(options: &[u8]) -> Option<Self> {
        let mut found = Self::default();
        for option in options.split(|byte| *byte == b',') {
            if let Some(name) = option.strip_prefix(b"subvol=") {
                let start = name.iter().take_while(|byte| **byte == b'/').count();
                let end = name.iter().rev().take_while(|byte| **byte == b'/').count();
                let name = name.get(start..name.len() - end).unwrap_or_default();
                found.name = Some(name.to_vec());
            } else if let Some(id) = option.strip_prefix(b"subvolid=") {
                let id = number(id).unwrap_or(u64::MAX);
                found.id = Some(if id == 0 { TOP } else { id });
            }
        }
        (found != Self::default()).then_some(found)
    }

    /// As options of a mount.
    pub(super) fn options(&self) -> Vec<u8> {
        let mut options = Vec::new();
        if let Some(id) = self.id {
            options.extend_from_slice(format!(",subvolid={id}").as_bytes());
        }
        if let Some(name) = &self.name {
            options.extend_from_slice(b",subvol=/");
            options.extend_from_slice(name);
        }
        options
    }

    /// As a message shows it, escaped.
    pub(super) fn shown(&self) -> String {
        escape(self.options().strip_prefix(b",").unwrap_or_default())
    }

    /// True where it is the very one that a device stands for; `None` where that takes a mount to tell.
    pub(super) fn is_plainly(&self, device: &Device) -> Option<bool> {
        match (&self.name, self.id, &device.subvolume) {
            (Some(name), _, Some(own)) if name != own => Some(false),
            (Some(_), None, Some(_)) => Some(true),
            _ => None,
        }
    }

    /// The same, told by the kernel. Nothing may be mounted.
    pub(super) fn is(&self, tree: &mut Tree, device: &Device) -> Result<bool, ApplianceError> {
        if let Some(plain) = self.is_plainly(device) {
            return Ok(plain);
        }
        let Some(own) = &device.subvolume else {
            return self.is_default(tree, device);
        };
        match self.id {
            Some(id) => has_id(tree, device, own, id),
            None => Ok(true),
        }
    }

    fn is_default(&self, tree: &mut Tree, device: &Device) -> Result<bool, ApplianceError> {
        let path = device.path.clone();
        let call = move |g: &guestfs::Handle<'static>| g.btrfs_subvolume_get_default(path);
        let default = match tree.owner.call("btrfs_subvolume_get_default", call) {
            Err(ApplianceError::Call(_)) => return Ok(false),
            default => u64::try_from(default?).unwrap_or(TOP),
        };
        if self.id.is_some_and(|id| id != default) {
            return Ok(false);
        }
        match &self.name {
            None => Ok(true),
            Some(name) if name.is_empty() => Ok(default == TOP),
            Some(name) => has_id(tree, device, name, default),
        }
    }
}

/// True where a subvolume of this path has this number: the kernel mounts no other with both.
fn has_id(tree: &mut Tree, device: &Device, name: &[u8], id: u64) -> Result<bool, ApplianceError> {
    // An option ends at a comma.
    if name.contains(&b',') {
        return Ok(false);
    }
    let both = Subvolume {
        name: Some(name.to_vec()),
        id: Some(id),
    };
    let options = [b"ro,nodev,noatime".to_vec(), both.options()].concat();
    let path = device.path.clone();
    let mount = move |g: &guestfs::Handle<'static>| g.mount_options(options, path, "/");
    match tree.owner.call("mount", mount) {
        Err(ApplianceError::Call(_)) => return Ok(false),
        mounted => mounted?,
    }
    tree.owner.call("umount_all", |g| g.umount_all())?;
    tree.seen.forget();
    Ok(true)
}

/// As the kernel reads it: decimal, or with a prefix octal or hexadecimal.
fn number(text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?;
    match (text.strip_prefix("0x"), text.strip_prefix('0')) {
        (Some(digits), _) => u64::from_str_radix(digits, 16).ok(),
        (_, Some(digits)) if !digits.is_empty() => u64::from_str_radix(digits, 8).ok(),
        _ => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(options: &str) -> Option<String> {
        Subvolume::of_options(options.as_bytes()).map(|found| found.shown())
    }

    #[test]
    fn a_subvolume_is_named_by_path_by_number_or_both() {
        for (options, shown) in [
            ("rw,subvol=/@", Some("subvol=/@")),
            (
                "subvol=@/.snapshots/1/snapshot",
                Some("subvol=/@/.snapshots/1/snapshot"),
            ),
            (
                "subvol=//@//,subvolid=0x100",
                Some("subvolid=256,subvol=/@"),
            ),
            ("subvolid=0400", Some("subvolid=256")),
            ("subvolid=5,noatime", Some("subvolid=5")),
            ("subvolid=0", Some("subvolid=5")),
            ("subvol=/", Some("subvol=/")),
            ("subvol=a,subvol=b", Some("subvol=/b")),
            ("subvolid=x", Some("subvolid=18446744073709551615")),
            ("defaults", None),
            ("", None),
        ] {
            assert_eq!(named(options).as_deref(), shown, "{options}");
        }
    }

    #[test]
    fn what_needs_no_mount_to_be_told_is_told_without() {
        let device = |own: Option<&str>| Device {
            subvolume: own.map(|own| own.as_bytes().to_vec()),
            ..Device::default()
        };
        let plain = |options: &str, own| {
            let wanted = Subvolume::of_options(options.as_bytes()).unwrap();
            wanted.is_plainly(&device(own))
        };
        assert_eq!(plain("subvol=@", Some("@")), Some(true));
        assert_eq!(plain("subvol=@", Some("b")), Some(false));
        assert_eq!(plain("subvol=@,subvolid=256", Some("b")), Some(false));
        assert_eq!(plain("subvol=@,subvolid=256", Some("@")), None);
        assert_eq!(plain("subvolid=256", Some("@")), None);
        assert_eq!(plain("subvol=@", None), None);
    }
}
