//! The root that a kernel command line names, held against the root that was found.

use std::fmt;

use super::EditorError;
use super::ext4::{SUPERBLOCK_LENGTH, SUPERBLOCK_OFFSET, Superblock};
use super::partition::{Partition, PartitionIdentity, identity};
use super::root::Root;
use crate::image::{BlockDevice, OpenChild};
use crate::path::escape;

/// The root that a kernel command line names. An edit of a guest with another root is refused.
///
/// ```
/// use osgraft::editor::KernelRoot;
/// assert!(KernelRoot::by_content("UUID=4dea22b3-1d52-d8f3-2516-782e98ab3fa0").is_some());
/// assert!(KernelRoot::by_content("/dev/vda1").is_none());
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KernelRoot {
    said: String,
    by: By,
    subvolume: Option<String>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum By {
    /// A partition's number; 0 for the whole disk.
    Partition(u32),
    Uuid(String),
    Label(String),
    PartUuid(String),
    PartLabel(String),
    /// The name of a logical volume or of a RAID.
    Volume(String),
}

type MakeBy = fn(String) -> By;

impl KernelRoot {
    /// A partition of the disk by its number, or the whole disk by 0. `said` is what messages show.
    pub fn partition(said: &str, number: u32) -> Self {
        Self::new(said, By::Partition(number))
    }

    /// A root that is named by its content or its label: `UUID=`, `LABEL=`, `PARTUUID=`, `PARTLABEL=`, the
    /// links of `/dev/disk` for them, a logical volume, a RAID. `None` for anything else.
    pub fn by_content(said: &str) -> Option<Self> {
        let tags: [(_, _, MakeBy); 4] = [
            ("UUID=", "/dev/disk/by-uuid/", By::Uuid),
            ("LABEL=", "/dev/disk/by-label/", By::Label),
            ("PARTUUID=", "/dev/disk/by-partuuid/", By::PartUuid),
            ("PARTLABEL=", "/dev/disk/by-partlabel/", By::PartLabel),
        ];
        for (prefix, folder, by) in tags {
            let value = said.strip_prefix(prefix).map(str::to_owned);
            let value = value.or_else(|| {
                let name = said.strip_prefix(folder)?;
                String::from_utf8(unescaped(name.as_bytes())).ok()
            });
            if let Some(value) = value {
                // The kernel takes an offset behind a slash, which names another partition.
                let is_value = !value.is_empty() && (prefix != "PARTUUID=" || !value.contains('/'));
                return is_value.then(|| Self::new(said, by(value)));
            }
        }
        let device = said.strip_prefix("/dev/")?;
        let mapped = device
            .strip_prefix("mapper/")
            .is_some_and(|name| !name.is_empty());
        let raid = device
            .strip_prefix("md")
            .is_some_and(|rest| !rest.is_empty());
        let volume = device.split_once('/').is_some_and(|(group, volume)| {
            let folders = ["disk", "mapper", "md", "block", "char", "pts", "shm", "fd"];
            !folders.contains(&group) && !matches!(volume, "" | "." | "..") && !volume.contains('/')
        });
        (mapped || raid || volume).then(|| Self::new(said, By::Volume(said.to_owned())))
    }

    /// The same root in a btrfs subvolume, named without a leading slash.
    #[must_use]
    pub fn subvolume(mut self, name: &str) -> Self {
        self.subvolume = Some(name.to_owned());
        self
    }

    fn new(said: &str, by: By) -> Self {
        Self {
            said: said.to_owned(),
            by,
            subvolume: None,
        }
    }

    /// Holds it against a root that is edited in process.
    ///
    /// # Errors
    /// [`EditorError::OtherKernelRoot`]; [`EditorError::Image`].
    pub(super) fn require(&self, child: &OpenChild, root: &Root) -> Result<(), EditorError> {
        // A partition's number is known, and what is read here lies at fixed places.
        let is_it = self.subvolume.is_none()
            && match &self.by {
                By::Partition(number) => root.partition.number == *number,
                By::Volume(_) => false,
                By::Uuid(_) | By::Label(_) => self.is_file_system(&mut child.scratch()?, root)?,
                By::PartUuid(_) | By::PartLabel(_) => {
                    self.is_partition(&mut child.scratch()?, &root.partition)?
                }
            };
        match is_it {
            true => Ok(()),
            false => Err(self.other(&root.partition.to_string())),
        }
    }

    fn is_file_system(&self, disk: &mut dyn BlockDevice, root: &Root) -> Result<bool, EditorError> {
        let mut bytes = [0; SUPERBLOCK_LENGTH];
        disk.read_at(root.partition.range.start + SUPERBLOCK_OFFSET, &mut bytes)
            .map_err(|error| root.failed(error.into()))?;
        if !Superblock::is_ext(&bytes) {
            return Ok(false);
        }
        Ok(match &self.by {
            By::Uuid(uuid) => uuid_text(&bytes[0x68..0x78]).eq_ignore_ascii_case(uuid),
            By::Label(label) => {
                let name = &bytes[0x78..0x88];
                let end = name
                    .iter()
                    .position(|byte| *byte == 0)
                    .unwrap_or(name.len());
                name[..end] == *label.as_bytes()
            }
            _ => false,
        })
    }

    fn is_partition(
        &self,
        disk: &mut dyn BlockDevice,
        partition: &Partition,
    ) -> Result<bool, EditorError> {
        let found: Option<PartitionIdentity> = identity(disk, partition.number)?;
        Ok(found.is_some_and(|found| match &self.by {
            By::PartUuid(uuid) => found.uuid.eq_ignore_ascii_case(uuid),
            By::PartLabel(label) => found.name.as_ref() == Some(label),
            _ => false,
        }))
    }

    /// The error for another root.
    pub(super) fn other(&self, found: &str) -> EditorError {
        EditorError::OtherKernelRoot {
            wanted: escape(self.to_string().as_bytes()),
            found: found.to_owned(),
        }
    }

    /// The name that fstab(5) would have for it in an appliance whose one disk is `/dev/sda`; none
    /// for the whole of a RAID, whose number the appliance chooses.
    #[cfg(feature = "appliance")]
    pub(super) fn spec(&self) -> Option<String> {
        Some(match &self.by {
            By::Partition(0) => "/dev/sda".to_owned(),
            By::Partition(number) => format!("/dev/sda{number}"),
            By::Uuid(value) => format!("UUID={value}"),
            By::Label(value) => format!("LABEL={value}"),
            By::PartUuid(value) => format!("PARTUUID={value}"),
            By::PartLabel(value) => format!("PARTLABEL={value}"),
            By::Volume(name) if name.starts_with("/dev/md") => return None,
            By::Volume(name) => name.clone(),
        })
    }

    /// The subvolume that it names.
    #[cfg(feature = "appliance")]
    pub(super) fn wanted_subvolume(&self) -> Option<&str> {
        self.subvolume.as_deref()
    }
}

impl fmt::Display for KernelRoot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "root={}", self.said)?;
        match &self.subvolume {
            Some(subvolume) => write!(f, " rootflags=subvol={subvolume}"),
            None => Ok(()),
        }
    }
}

/// A UUID in its usual form.
fn uuid_text(bytes: &[u8]) -> String {
    let mut text = String::new();
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// udev writes what is not plain in a link's name as `\xNN`.
pub(super) fn unescaped(name: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = name;
    while let Some((first, behind)) = rest.split_first() {
        let hex = rest.strip_prefix(b"\\x").and_then(|hex| hex.get(..2));
        let code = hex.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match code {
            Some(byte) => {
                out.push(byte);
                rest = &rest[4..];
            }
            None => {
                out.push(*first);
                rest = behind;
            }
        }
    }
    out
}
