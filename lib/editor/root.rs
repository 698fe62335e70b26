//! The partition that holds the guest's root file system.

use std::fmt;
use std::io;

use serde::{Deserialize, Serialize};

use super::EditorError;
use super::bar::{self, Bar};
use super::declared::{self, Search};
use super::ext4::{
    Ext4Error, Ext4Guest, Options, SUPERBLOCK_LENGTH, SUPERBLOCK_OFFSET, Superblock,
};
use super::holding::Holding;
use super::lvm;
use super::partition::{Layout, Partition, PartitionError, PartitionType, partitions};
use super::raid::{self, RaidRefusal};
use super::signature::{self, Content};
use crate::guest::facts::unreached::{self, Unreached};
use crate::guest::{FileKind, Guest, GuestError, Known, wire};
use crate::image::BlockDevice;
use crate::path::GuestPath;

/// Reasons why a partition was taken as the root.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Reason {
    /// Its type GUID is the only one that says so; this is its name, as `root-x86-64`.
    TypeGuid(#[serde(deserialize_with = "wire::known")] Known),
    /// It is the only one with `/etc/fstab` or an os-release file.
    Content,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TypeGuid(name) => write!(f, "by its type GUID, {name}"),
            Self::Content => f.write_str("by its /etc/fstab or os-release"),
        }
    }
}

/// The partition with the guest's root, not yet opened.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Root {
    /// Partition table of the disk.
    pub layout: Layout,
    /// The part of it that is the root.
    pub partition: Partition,
    /// Reason why it is that one.
    pub reason: Reason,
}

impl Root {
    /// An error of its file system, with its place.
    pub(crate) fn failed(&self, source: Ext4Error) -> EditorError {
        EditorError::Ext4 {
            partition: self.partition.clone(),
            source,
        }
    }
}

impl fmt::Display for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.partition, self.reason)
    }
}

/// Finds the root: by type GUID when exactly one says so, else by content. Nothing is written.
/// A type GUID on a sound file system that holds no system is not believed. LVM, LUKS and RAID are
/// looked for before any file system, at both ends.
///
/// A file system that only needs recovery or checking is looked into all the same, so that it is
/// found; [`Ext4Guest::open`] then refuses it by name.
///
/// # Errors
/// [`EditorError::AmbiguousRoot`] when two fit, [`EditorError::NoRoot`] when none does;
/// [`EditorError::Raid`] when an edit would reach a part of an array alone;
/// [`EditorError::Partition`].
pub fn find_root(device: &mut dyn BlockDevice) -> Result<Root, EditorError> {
    let layout = partitions(device)?;
    let refusal = raid::refuse_whole(device, &layout).map_err(PartitionError::from)?;
    if let Some(refusal) = refusal {
        return Err(refusal.into());
    }
    let typed: Vec<_> = layout
        .partitions
        .iter()
        .filter_map(|partition| match partition.kind {
            PartitionType::Guid(guid) => Some((partition.clone(), guid.root_name()?)),
            _ => None,
        })
        .collect();
    if let [(partition, name)] = typed.as_slice()
        && !holds_no_system(device, partition)
    {
        let (partition, reason) = (partition.clone(), Reason::TypeGuid(name));
        return Ok(Root {
            layout,
            partition,
            reason,
        });
    }

    let mut held = Vec::new();
    for partition in &layout.partitions {
        held.push((partition.clone(), look(device, partition)?));
    }
    let mut roots = held.iter().filter(|(_, holding)| *holding == Holding::Root);
    let mut refused = held
        .iter()
        .filter_map(|(partition, holding)| match holding {
            Holding::Refused(refusal) => Some((partition, refusal)),
            _ => None,
        });
    match (roots.next(), roots.next()) {
        (Some((first, _)), Some((second, _))) => Err(EditorError::AmbiguousRoot {
            first: first.clone(),
            second: second.clone(),
        }),
        (Some((partition, _)), None) if partition.is_of_raid_type() => {
            let partition = partition.clone();
            Err(RaidRefusal::Type { partition }.into())
        }
        (Some((partition, _)), None) => {
            let (partition, reason) = (partition.clone(), Reason::Content);
            Ok(Root {
                layout,
                partition,
                reason,
            })
        }
        (None, _) => match (refused.next(), refused.next()) {
            (Some((partition, refusal)), None) => Err(EditorError::Ext4 {
                partition: partition.clone(),
                source: refusal.clone().into(),
            }),
            _ => Err(no_root(device, &layout, &held)?),
        },
    }
}

/// No root, and what stands there instead. An array with members elsewhere is no root either.
fn no_root(
    device: &mut dyn BlockDevice,
    layout: &Layout,
    held: &[(Partition, Holding)],
) -> Result<EditorError, EditorError> {
    let raid = Holding::Other(Content::MdRaid);
    let others = |holding: &Holding| match holding {
        Holding::Refused(_) => true,
        Holding::Other(content) => content.may_hold_root() && *holding != raid,
        _ => false,
    };
    if held.iter().any(|(_, holding)| *holding == raid)
        && !held.iter().any(|(_, holding)| others(holding))
    {
        let members = raid::members(device, layout).map_err(PartitionError::from)?;
        let mut legs = raid::legs(&members);
        if legs.len() == members.len()
            && let Some((refusal, _)) = legs.pop()
        {
            return Ok(refusal.into());
        }
    }
    for (partition, holding) in held {
        if *holding == Holding::Ext4
            && let Some(system) = unreached_system(device, partition)?
        {
            let partition = partition.clone();
            return Ok(EditorError::Unreached { partition, system });
        }
    }
    Ok(EditorError::NoRoot {
        held: held.to_vec(),
    })
}

/// The system whose root lies somewhere in this file system, where no edit reaches it.
fn unreached_system(
    device: &mut dyn BlockDevice,
    partition: &Partition,
) -> Result<Option<Unreached>, EditorError> {
    let Ok(mut guest) = Ext4Guest::open_read_only(device, partition.range.clone()) else {
        return Ok(None);
    };
    match unreached::of_tree(&mut guest) {
        Err(GuestError::Io { source, .. }) => Err(EditorError::Ext4 {
            partition: partition.clone(),
            source: source.into(),
        }),
        Err(_) => Ok(None),
        found => Ok(found.unwrap_or_default()),
    }
}

/// Finds the root and opens it for writing.
///
/// # Errors
/// As for [`find_root`]; [`EditorError::OtherRoot`] when the type GUID's partition holds something
/// else; [`EditorError::Barred`] when it may be read alone; [`EditorError::MountOption`] and
/// [`EditorError::SwapFile`] for what its own fstab says; [`EditorError::Ext4`].
pub fn open_root(
    device: &mut dyn BlockDevice,
    options: Options,
) -> Result<(Ext4Guest<'_>, Root), EditorError> {
    let root = find_root(device)?;
    let superblock = check_ext4(device, &root)?;
    if let Some(bar) = bar(device, &root, superblock.as_ref())? {
        return Err(bar.into());
    }
    let range = root.partition.range.clone();
    // A hibernated guest was not shut down either, and that it is hibernated says more.
    if superblock.is_some_and(|superblock| superblock.state().is_some())
        && let Ok(mut guest) = Ext4Guest::open_read_only(device, range.clone())
    {
        declared::judge(&mut guest, Search::Thorough)?;
    }
    let opened = Ext4Guest::open(device, range, options);
    let mut guest = opened.map_err(|source| root.failed(source))?;
    declared::judge(&mut guest, Search::Usual)?;
    Ok((guest, root))
}

/// Finds the root and opens it for reading: nothing is written, and a file system that needs
/// recovery or checking is read as it stands.
///
/// # Errors
/// As for [`open_root`].
pub fn open_root_read_only(
    device: &mut dyn BlockDevice,
) -> Result<(Ext4Guest<'_>, Root), EditorError> {
    let root = find_root(device)?;
    check_ext4(device, &root)?;
    let guest =
        Ext4Guest::open_read_only(device, root.partition.range.clone()).map_err(|source| {
            EditorError::Ext4 {
                partition: root.partition.clone(),
                source,
            }
        })?;
    Ok((guest, root))
}

/// A root by type GUID may hold anything; its name makes the better refusal. Hands back the
/// superblock, where it is of a file system that can be looked into.
fn check_ext4(
    device: &mut dyn BlockDevice,
    root: &Root,
) -> Result<Option<Superblock>, EditorError> {
    let range = &root.partition.range;
    let whose = |error: io::Error| root.failed(error.into());
    let content = match raid::container(device, range).map_err(whose)? {
        Some(Content::MdRaid) => {
            let members = raid::members(device, &root.layout).map_err(whose)?;
            let own = |(refusal, _): &(RaidRefusal, _)| matches!(refusal, RaidRefusal::Leg { partition, .. } if *partition == root.partition);
            if let Some((leg, _)) = raid::legs(&members).into_iter().find(own) {
                return Err(leg.into());
            }
            Some(Content::MdRaid)
        }
        content => content,
    };
    let content = match content {
        Some(content) => Some(sealed_in(device, &root.partition, content)?),
        None => None,
    };
    let mut superblock = [0; SUPERBLOCK_LENGTH];
    if range.end - range.start >= SUPERBLOCK_OFFSET + superblock.len() as u64 {
        device
            .read_at(range.start + SUPERBLOCK_OFFSET, &mut superblock)
            .map_err(whose)?;
    }
    if content.is_none() && Superblock::is_ext(&superblock) {
        return Ok(Superblock::parse(&superblock, range.end - range.start).ok());
    }
    let holding = match content {
        Some(content) => Holding::Other(content),
        None => look(device, &root.partition)?,
    };
    match holding {
        Holding::Other(content) => Err(EditorError::OtherRoot {
            partition: root.partition.clone(),
            content,
        }),
        _ => Ok(None),
    }
}

/// Reason why the root may be read and not be changed, as the disk around its file system says.
fn bar(
    device: &mut dyn BlockDevice,
    root: &Root,
    superblock: Option<&Superblock>,
) -> Result<Option<Bar>, EditorError> {
    let whose = |error: io::Error| root.failed(error.into());
    if let Some(bar) = bar::of_disk(device, &root.layout, Some(&root.partition)).map_err(whose)? {
        return Ok(Some(bar));
    }
    let Some(superblock) = superblock else {
        return Ok(None);
    };
    let size = superblock
        .blocks
        .saturating_mul(superblock.block_size.into());
    bar::behind(device, &root.partition, size).map_err(whose)
}

/// Content of an array or a physical volume, where that is LUKS and nothing in it may be a root in the
/// clear; else the content as it was.
fn sealed_in(
    device: &mut dyn BlockDevice,
    partition: &Partition,
    content: Content,
) -> Result<Content, EditorError> {
    let whose = |error: io::Error| EditorError::Ext4 {
        partition: partition.clone(),
        source: error.into(),
    };
    let range = partition.range.clone();
    match content {
        Content::Lvm2 => {
            let volumes = lvm::volumes(device, &range).map_err(whose)?;
            Ok(match holds_luks_alone(device, partition, volumes)? {
                true => Content::LuksOnLvm,
                false => content,
            })
        }
        Content::MdRaid => {
            let member = raid::member(device, &range).map_err(whose)?;
            let start = member.and_then(|member| range.start.checked_add(member.data));
            let Some(start) = start.filter(|start| *start < range.end) else {
                return Ok(content);
            };
            let inside = Partition {
                range: start..range.end,
                ..partition.clone()
            };
            let mut head = [0; 8];
            if inside.range.end - start < head.len() as u64 {
                return Ok(content);
            }
            device.read_at(start, &mut head).map_err(whose)?;
            if signature::identify(&head, &[]).is_some_and(|found| found.luks().is_some()) {
                return Ok(Content::LuksOnRaid);
            }
            let volumes = lvm::volumes(device, &inside.range).map_err(whose)?;
            Ok(match holds_luks_alone(device, &inside, volumes)? {
                true => Content::LuksOnLvm,
                false => content,
            })
        }
        content => Ok(content),
    }
}

/// True where one of these volumes is LUKS, and none of the others may hold a root.
fn holds_luks_alone(
    device: &mut dyn BlockDevice,
    partition: &Partition,
    volumes: Option<Vec<lvm::Volume>>,
) -> Result<bool, EditorError> {
    let mut luks = false;
    for volume in volumes.into_iter().flatten() {
        let inside = Partition {
            range: volume.start,
            ..partition.clone()
        };
        // What lies in pieces is known by its first bytes alone.
        match look_at(device, &inside)? {
            Holding::Other(found) if found.luks().is_some() => luks = true,
            Holding::Other(found) if found.may_hold_root() => return Ok(false),
            Holding::Root | Holding::Refused(_) => return Ok(false),
            _ if !volume.is_whole => return Ok(false),
            _ => {}
        }
    }
    Ok(luks)
}

fn look(device: &mut dyn BlockDevice, partition: &Partition) -> Result<Holding, EditorError> {
    Ok(match look_at(device, partition)? {
        Holding::Other(content) => Holding::Other(sealed_in(device, partition, content)?),
        holding => holding,
    })
}

/// The same without what lies in an array or a physical volume.
fn look_at(device: &mut dyn BlockDevice, partition: &Partition) -> Result<Holding, EditorError> {
    let whose = |source| EditorError::Ext4 {
        partition: partition.clone(),
        source,
    };
    let container = raid::container(device, &partition.range);
    if let Some(content) = container.map_err(|error| whose(error.into()))? {
        return Ok(Holding::Other(content));
    }
    match Ext4Guest::open_read_only(device, partition.range.clone()) {
        Ok(mut guest) => match holds_root(&mut guest) {
            Ok(true) => return Ok(Holding::Root),
            Ok(false) => return Ok(Holding::Ext4),
            Err(GuestError::Io { source, .. }) => return Err(whose(source.into())),
            // Damage is met again, and told, by whoever opens it as the root.
            Err(_) => return Ok(Holding::Ext4),
        },
        Err(Ext4Error::NotExt4) => {}
        Err(Ext4Error::Refused(refusal)) => return Ok(Holding::Refused(refusal)),
        Err(Ext4Error::Io(error)) => return Err(whose(error.into())),
        Err(_) => return Ok(Holding::Ext4),
    }
    let read = |device: &mut dyn BlockDevice, from_end: bool, len: usize| {
        let size = partition.range.end - partition.range.start;
        let len = size.min(len as u64);
        let offset = match from_end {
            true => partition.range.end - len,
            false => partition.range.start,
        };
        let mut bytes = vec![0; len as usize];
        device.read_at(offset, &mut bytes).map(|()| bytes)
    };
    let head = read(device, false, signature::HEAD).map_err(|error| whose(error.into()))?;
    let tail = read(device, true, signature::TAIL).map_err(|error| whose(error.into()))?;
    Ok(match signature::identify(&head, &tail) {
        Some(content) => Holding::Other(content),
        None => Holding::Unknown,
    })
}

/// True where a file system was looked into and is none of a system's. What cannot be looked into may
/// well be one.
fn holds_no_system(device: &mut dyn BlockDevice, partition: &Partition) -> bool {
    match Ext4Guest::open_read_only(device, partition.range.clone()) {
        Ok(mut guest) => matches!(holds_root(&mut guest), Ok(false)),
        Err(_) => false,
    }
}

fn holds_root(guest: &mut Ext4Guest<'_>) -> Result<bool, GuestError> {
    for path in ["/etc/fstab", "/etc/os-release", "/usr/lib/os-release"] {
        let path = GuestPath::new(path).expect("a literal absolute path");
        match guest.lstat(&path) {
            // A link may lead to where another file system will be mounted; it counts.
            Ok(metadata) if metadata.kind != FileKind::Directory => return Ok(true),
            Ok(_) | Err(GuestError::NotFound(_) | GuestError::NotADirectory(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}
