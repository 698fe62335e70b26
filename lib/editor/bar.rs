//! Guests that may be read and must not be changed, though an editor could.

use std::fmt;
use std::io;

use serde::{Deserialize, Serialize};

use super::partition::{Layout, Partition, PartitionType};
use super::signature;
use crate::guest::wire;
use crate::image::BlockDevice;

/// Reasons why a guest is not changed. It is read all the same: one in which there is nothing to change is
/// left as it is.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Bar {
    /// Its memory is saved on the disk, file systems that are in use included. The resumed kernel
    /// would write over an edit, and destroy both.
    Hibernated {
        /// The swap space that holds the memory, escaped.
        #[serde(deserialize_with = "wire::text")]
        place: String,
    },
    /// The hashes of dm-verity cover it, and would no longer match.
    Verity {
        /// The place where that is seen, escaped.
        #[serde(deserialize_with = "wire::text")]
        place: String,
    },
    /// Its partition is to be mounted read-only, which images with dm-verity ask for.
    ReadOnly {
        /// The partition.
        partition: Partition,
    },
}

impl Bar {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Hibernated { .. } => "hibernated",
            Self::Verity { .. } => "verity",
            Self::ReadOnly { .. } => "read-only-partition",
        }
    }

    /// The state in a few words, for a guest that is left alone.
    pub(super) fn state(&self) -> &'static str {
        match self {
            Self::Hibernated { .. } => "the guest is hibernated",
            Self::Verity { .. } => "the guest is under dm-verity",
            Self::ReadOnly { .. } => "the root's partition is marked read-only",
        }
    }
}

impl fmt::Display for Bar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hibernated { place } => write!(
                f,
                "the guest is hibernated, its memory saved in {place}, and an edit would destroy \
                 its file systems when it resumes: start it without preparing it and shut it down, \
                 or, if the saved memory may be lost, make the swap space anew with mkswap"
            ),
            Self::Verity { place } => write!(
                f,
                "the guest's files are under dm-verity ({place}), and it would not boot after an \
                 edit: make the edit where the image is built"
            ),
            Self::ReadOnly { partition } => write!(
                f,
                "{partition} holds the root and is marked read-only in the GPT (attribute bit 60): \
                 make the edit where the image is built, or clear the bit with sgdisk"
            ),
        }
    }
}

/// The first bytes of what dm-verity's hashes lie in (`veritysetup`).
const VERITY: &[u8] = b"verity\0\0";

/// Reads the partitions of a disk: a hibernated guest's memory, dm-verity. `root` is the one
/// with the root, if that is known; nothing of it is read.
pub(super) fn of_disk(
    device: &mut dyn BlockDevice,
    layout: &Layout,
    root: Option<&Partition>,
) -> io::Result<Option<Bar>> {
    let others = layout
        .partitions
        .iter()
        .filter(|partition| Some(*partition) != root && !partition.is_for_firmware());
    let mut verity = None;
    for partition in others {
        let place = || partition.to_string();
        if is_hibernated(device, partition)? {
            return Ok(Some(Bar::Hibernated { place: place() }));
        }
        if let PartitionType::Guid(guid) = partition.kind
            && let Some(name) = guid.verity_name()
        {
            let place = format!("{partition} is of type {name}");
            verity.get_or_insert(Bar::Verity { place });
        } else if has(device, partition, 0, VERITY)? {
            let place = format!("{partition} holds its hashes");
            verity.get_or_insert(Bar::Verity { place });
        }
    }
    let read_only = root
        .filter(|root| root.read_only)
        .map(|root| Bar::ReadOnly {
            partition: root.clone(),
        });
    Ok(verity.or(read_only))
}

/// The bar of a root behind whose file system, of `size` bytes, lie its hashes.
pub(super) fn behind(
    device: &mut dyn BlockDevice,
    root: &Partition,
    size: u64,
) -> io::Result<Option<Bar>> {
    Ok(has(device, root, size, VERITY)?.then(|| Bar::Verity {
        place: format!("its hashes lie in {root}, behind the file system"),
    }))
}

fn is_hibernated(device: &mut dyn BlockDevice, partition: &Partition) -> io::Result<bool> {
    let mut failed = None;
    let mut last: Option<(usize, [u8; signature::SWAP_SIGNATURE])> = None;
    let found = signature::is_hibernated(|at, wanted| {
        // Each place is read once, for all that may lie there.
        let bytes = match last {
            Some((read, bytes)) if read == at => bytes,
            _ => match bytes_at(device, partition, at as u64) {
                Ok(bytes) => bytes,
                Err(error) => {
                    failed.get_or_insert(error);
                    return false;
                }
            },
        };
        last = Some((at, bytes));
        bytes.starts_with(wanted)
    });
    match failed {
        Some(error) => Err(error),
        None => Ok(found),
    }
}

fn has(
    device: &mut dyn BlockDevice,
    partition: &Partition,
    at: u64,
    wanted: &[u8],
) -> io::Result<bool> {
    Ok(bytes_at(device, partition, at)?.starts_with(wanted))
}

/// The ten bytes at an offset of a partition; zeros behind its end.
fn bytes_at(
    device: &mut dyn BlockDevice,
    partition: &Partition,
    at: u64,
) -> io::Result<[u8; signature::SWAP_SIGNATURE]> {
    let mut bytes = [0; signature::SWAP_SIGNATURE];
    let range = &partition.range;
    if at.saturating_add(bytes.len() as u64) <= range.end - range.start {
        device.read_at(range.start + at, &mut bytes)?;
    }
    Ok(bytes)
}
