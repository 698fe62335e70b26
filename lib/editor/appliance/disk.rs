//! Facts of the disk itself, before and after the appliance has put it together.

use super::device::Device;
use super::error::{ApplianceError, Failure};
use super::owner::Owner;
use crate::editor::bar::{self, Bar};
use crate::editor::partition::{Layout, Partition, PartitionType, partitions};
use crate::editor::raid::{self, RaidRefusal};
use crate::editor::signature::{self, PAGES};
use crate::image::OpenChild;
use crate::path::escape;

/// The disk as its partition table and what stands beside its file systems tell of it.
#[derive(Debug, Default)]
pub(super) struct Disk {
    /// None where the table cannot be read: then it says nothing.
    layout: Option<Layout>,
    /// Reasons of its partitions against an edit.
    pub(super) bar: Option<Bar>,
    /// Members of arrays that have others elsewhere, and the arrays' UUIDs.
    legs: Vec<(RaidRefusal, [u8; 16])>,
}

impl Disk {
    /// Looks at the disk of a child, and refuses one that is itself a member of an array.
    pub(super) fn look(child: &OpenChild) -> Result<Self, ApplianceError> {
        let mut scratch = child.scratch()?;
        let Ok(layout) = partitions(&mut scratch) else {
            return Ok(Self::default());
        };
        let failed =
            |error: std::io::Error| Failure::new("read", escape(error.to_string().as_bytes()));
        if let Some(refusal) = raid::refuse_whole(&mut scratch, &layout).map_err(failed)? {
            return Err(refusal.into());
        }
        let bar = bar::of_disk(&mut scratch, &layout, None).map_err(failed)?;
        let members = raid::members(&mut scratch, &layout).map_err(failed)?;
        Ok(Self {
            bar,
            legs: raid::legs(&members),
            layout: Some(layout),
        })
    }

    /// The partition that alone has the type GUID of a root, as the appliance names it.
    pub(super) fn typed_root(&self) -> Option<String> {
        let layout = self.layout.as_ref()?;
        let mut typed = layout.partitions.iter().filter(|partition| {
            matches!(partition.kind, PartitionType::Guid(guid) if guid.root_name().is_some())
        });
        let only = typed.next().filter(|_| typed.next().is_none())?;
        Some(name_of(only))
    }

    /// Advice that makes one of two roots the only one. Only partitions of a GPT have a type for it.
    pub(super) fn which_root(&self, first: &str, second: &str) -> &'static str {
        let partitions = || self.layout.iter().flat_map(|layout| &layout.partitions);
        let is_typed = |path: &str| {
            partitions().any(|partition| {
                matches!(partition.kind, PartitionType::Guid(_)) && name_of(partition) == path
            })
        };
        match (first == second, is_typed(first) && is_typed(second)) {
            (true, _) => {
                "make the root's subvolume the default one (“btrfs subvolume set-default”), or name it in its fstab"
            }
            (_, true) => "give the root partition, and no other, the type GUID of a root",
            _ => "remove both files from the one that is not the root",
        }
    }

    /// A member of an array that has others elsewhere.
    pub(super) fn leg(&self) -> Option<&RaidRefusal> {
        self.legs.first().map(|(refusal, _)| refusal)
    }

    /// Refuses to edit a part of an array alone: `used` are the devices that are mounted.
    pub(super) fn refuse_parts(
        &self,
        owner: &mut Owner,
        used: &[&str],
    ) -> Result<(), ApplianceError> {
        let partitions = self.layout.iter().flat_map(|layout| &layout.partitions);
        for partition in partitions.filter(|partition| partition.is_of_raid_type()) {
            if used.contains(&name_of(partition).as_str()) {
                let partition = partition.clone();
                return Err(RaidRefusal::Type { partition }.into());
            }
        }
        // Without its array, where the appliance could not assemble that.
        for (refusal, _) in &self.legs {
            if let RaidRefusal::Leg { partition, .. } = refusal
                && used.contains(&name_of(partition).as_str())
            {
                return Err(refusal.clone().into());
            }
        }
        if self.legs.is_empty() {
            return Ok(());
        }
        for path in owner.call("list_md_devices", |g| g.list_md_devices())? {
            let asked = path.clone();
            let detail = owner.call("md_detail", move |g| g.md_detail(asked))?;
            let uuid = detail.get(b"uuid".as_slice());
            let uuid = uuid.map(Vec::as_slice).unwrap_or_default();
            let of_array = |(_, array): &&(RaidRefusal, [u8; 16])| is_uuid(uuid, array);
            let Some((refusal, _)) = self.legs.iter().find(of_array) else {
                continue;
            };
            let name = String::from_utf8_lossy(&path).into_owned();
            // An array that a volume group lies on holds its volumes.
            let tags = match owner.call("blkid", move |g| g.blkid(path)) {
                Err(ApplianceError::Call(_)) => std::collections::HashMap::new(),
                tags => tags?,
            };
            let holds_volumes = tags
                .get(b"TYPE".as_slice())
                .is_some_and(|kind| kind == b"LVM2_member");
            let on_it = |used: &&str| {
                let below = used.strip_prefix(name.as_str());
                let partition = below.is_some_and(|rest| rest.is_empty() || rest.starts_with('p'));
                partition || (holds_volumes && is_volume(used))
            };
            if used.iter().any(on_it) {
                return Err(refusal.clone().into());
            }
        }
        Ok(())
    }

    /// Reason of the root's partition against an edit.
    pub(super) fn of_root(&self, path: &str) -> Option<Bar> {
        let partitions = self.layout.iter().flat_map(|layout| &layout.partitions);
        let mut marked = partitions.filter(|partition| partition.read_only);
        let own = marked.find(|partition| path == name_of(partition));
        own.map(|partition| Bar::ReadOnly {
            partition: partition.clone(),
        })
    }
}

/// A partition as the appliance names it.
fn name_of(partition: &Partition) -> String {
    match partition.number {
        0 => "/dev/sda".to_owned(),
        number => format!("/dev/sda{number}"),
    }
}

/// A logical volume, or what a LUKS volume was opened as.
fn is_volume(path: &str) -> bool {
    let name = path.strip_prefix("/dev/").unwrap_or_default();
    name.contains('/')
}

/// True where mdadm's spelling of a UUID is that of these bytes. It spells each group of four as it
/// lies or as a number, depending on the superblock's version.
fn is_uuid(text: &[u8], bytes: &[u8; 16]) -> bool {
    let groups: Vec<&[u8]> = text.split(|byte| *byte == b':').collect();
    let same = |(group, bytes): (&&[u8], &[u8])| {
        let spelled = |bytes: &mut dyn Iterator<Item = &u8>| {
            bytes.map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        let forward = spelled(&mut bytes.iter());
        let backward = spelled(&mut bytes.iter().rev());
        group.eq_ignore_ascii_case(forward.as_bytes())
            || group.eq_ignore_ascii_case(backward.as_bytes())
    };
    groups.len() == 4 && groups.iter().zip(bytes.chunks(4)).all(same)
}

/// The bar of a guest whose memory is saved in a swap space that only the appliance can reach: a
/// logical volume, an array, what a key opened.
pub(super) fn hibernated(
    owner: &mut Owner,
    devices: &[Device],
) -> Result<Option<Bar>, ApplianceError> {
    let swap = devices.iter().filter(|device| {
        matches!(device.kind.as_str(), "swap" | "swsuspend" | "unknown" | "")
            && device.subvolume.is_none()
    });
    for device in swap {
        let path = device.path.clone();
        let length = PAGES[PAGES.len() - 1] as i32;
        let head = match owner.call("pread_device", move |g| g.pread_device(path, length, 0)) {
            // Shorter than that.
            Err(ApplianceError::Call(_)) => Vec::new(),
            head => head?,
        };
        if device.kind == "swsuspend" || signature::starts_hibernated(&head) {
            let place = escape(device.path.as_bytes());
            return Ok(Some(Bar::Hibernated { place }));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_known_in_both_spellings_of_mdadm() {
        let bytes: [u8; 16] = std::array::from_fn(|at| at as u8);
        assert!(is_uuid(b"00010203:04050607:08090a0b:0c0d0e0f", &bytes));
        assert!(is_uuid(b"03020100:07060504:0B0A0908:0f0e0d0c", &bytes));
        assert!(!is_uuid(b"00010203:04050607:08090a0b:0c0d0e00", &bytes));
        assert!(!is_uuid(b"", &bytes));
    }

    #[test]
    fn volumes_are_told_from_partitions_and_arrays() {
        assert!(is_volume("/dev/os-graft/root") && is_volume("/dev/mapper/osgraft0"));
        assert!(!is_volume("/dev/sda1") && !is_volume("/dev/md127"));
    }
}
