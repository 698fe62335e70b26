//! Superblocks of software and firmware RAID, at both ends of a disk or partition.
//!
//! One member of a mirror whose superblock lies at its end looks like the file system that the
//! whole array holds. Edited alone, it differs from its mirror, and either of the two may win when
//! the array is put together. So members are known before any file system is looked for.
//!
//! Sources: `include/uapi/linux/raid/md_p.h` in the kernel; md(4); util-linux
//! `libblkid/src/superblocks/`.

use std::io;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::partition::{Layout, Partition, Table};
use super::signature::{self, Content};
use crate::guest::{Known, wire};
use crate::image::BlockDevice;

/// Reasons why an array, or a member of one, is not edited.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error, Serialize, Deserialize)]
#[non_exhaustive]
pub enum RaidRefusal {
    /// Some of the array's members lie elsewhere.
    #[error(
        "{partition} is a member of a Linux software RAID of {active} active members, {here} of \
         them on this disk, and an edit of these alone would differ from the others: fail and \
         remove the others with mdadm, or, if the array is no more, run mdadm --zero-superblock"
    )]
    Leg {
        /// The partition.
        partition: Partition,
        /// Number of members that hold the array's data, as its superblock has it.
        active: u32,
        /// Number of them that were found.
        here: u32,
    },
    /// The disk's partitions lie in an array of whole disks.
    #[error(
        "the whole disk is a member of a RAID ({kind}), and its partitions lie in that: prepare \
         the array's own guest, or, if the array is no more, run mdadm --zero-superblock on the disk"
    )]
    WholeDisk {
        /// Kind of the RAID.
        #[serde(deserialize_with = "wire::known")]
        kind: Known,
    },
    /// The table says that it is a member, and no superblock was found.
    #[error(
        "{partition} has the type of a RAID member and no superblock of one: if it is a plain file \
         system, give it the type of one with sfdisk --part-type"
    )]
    Type {
        /// The partition.
        partition: Partition,
    },
}

impl RaidRefusal {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Leg { .. } => "raid-leg",
            Self::WholeDisk { .. } => "raid-disk",
            Self::Type { .. } => "raid-type",
        }
    }
}

/// One member of a Linux software RAID.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Member {
    /// The array's UUID.
    pub(super) array: [u8; 16],
    /// Number of members that hold the array's data; a failed or missing one is not counted.
    active: u32,
    /// True where this is one of them, and no spare.
    is_active: bool,
    /// Start of its data, in bytes from the member's start.
    pub(super) data: u64,
    /// True where its superblock says where it lies, as those of version 1 do.
    is_placed: bool,
}

const MAGIC: u32 = 0xa92b_4efc;
/// A superblock of either version, as far as it is looked at.
const LENGTH: usize = 4096;
const SECTOR: u64 = 512;
/// Bytes that the superblock of version 0.90 takes, and that its place is a multiple of.
const RESERVED: u64 = 64 << 10;
/// Roles in a superblock of version 1 that its 4 KiB have room for.
const MAX_ROLES: usize = (LENGTH - 256) / 2;
/// Roles from here on are none of a member with data: spare, faulty, journal.
const NO_DATA: u16 = 0xfd00;
/// A member's state in version 0.90: active, and in sync.
const IN_SYNC: u32 = 0b110;

/// Bytes from the start that are looked at: superblocks of version 1.1 and 1.2.
const HEAD: u64 = 8192;

/// The array that the bytes `range` are a member of.
pub(super) fn member(
    device: &mut dyn BlockDevice,
    range: &Range<u64>,
) -> io::Result<Option<Member>> {
    let head = head(device, range)?;
    member_of(device, range, &head)
}

/// The same, where the start was read.
fn member_of(
    device: &mut dyn BlockDevice,
    range: &Range<u64>,
    head: &[u8],
) -> io::Result<Option<Member>> {
    let starts = head.chunks_exact(LENGTH).zip([0, LENGTH as u64]);
    if let Some(member) = starts.into_iter().find_map(|(b, at)| version_1(b, at)) {
        return Ok(Some(member));
    }
    let length = range.end - range.start;
    let sectors = length / SECTOR;
    // Version 1.0.
    if let Some(sector) = sectors.checked_sub(16) {
        let at = (sector & !7) * SECTOR;
        let bytes = superblock(device, range, at)?;
        if let Some(member) = bytes.and_then(|bytes| version_1(&bytes, at)) {
            return Ok(Some(member));
        }
    }
    let Some(at) = (length & !(RESERVED - 1)).checked_sub(RESERVED) else {
        return Ok(None);
    };
    let bytes = superblock(device, range, at)?;
    Ok(bytes.and_then(|bytes| version_0(&bytes)))
}

fn head(device: &mut dyn BlockDevice, range: &Range<u64>) -> io::Result<Vec<u8>> {
    let mut head = vec![0; (range.end - range.start).min(HEAD) as usize];
    device.read_at(range.start, &mut head)?;
    Ok(head)
}

/// Superblock at `at` of `range`, if the bytes begin as one does.
fn superblock(
    device: &mut dyn BlockDevice,
    range: &Range<u64>,
    at: u64,
) -> io::Result<Option<Vec<u8>>> {
    let left = range.end - range.start;
    if at + LENGTH as u64 > left {
        return Ok(None);
    }
    let mut magic = [0; 4];
    device.read_at(range.start + at, &mut magic)?;
    if ![u32::from_le_bytes(magic), u32::from_be_bytes(magic)].contains(&MAGIC) {
        return Ok(None);
    }
    let mut bytes = vec![0; LENGTH];
    device.read_at(range.start + at, &mut bytes)?;
    Ok(Some(bytes))
}

/// Little-endian, whatever the host. It says where it lies, so that the superblock of a disk's
/// last partition is not taken for one of the disk.
fn version_1(bytes: &[u8], at: u64) -> Option<Member> {
    let u32_at = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("4 bytes"));
    let role = |number: usize| {
        let at = 256 + 2 * number;
        u16::from_le_bytes([bytes[at], bytes[at + 1]])
    };
    let place = u64::from_le_bytes(bytes[144..152].try_into().expect("8 bytes"));
    if u32_at(0) != MAGIC || u32_at(4) != 1 || place.checked_mul(SECTOR) != Some(at) {
        return None;
    }
    let roles = MAX_ROLES.min(u32_at(220) as usize);
    let active = (0..roles).filter(|number| role(*number) < NO_DATA).count();
    let own = u32_at(160) as usize;
    Some(Member {
        array: bytes[16..32].try_into().expect("16 bytes"),
        active: active as u32,
        is_active: own < roles && role(own) < NO_DATA,
        // Its superblock's `data_offset`.
        data: u64::from_le_bytes(bytes[128..136].try_into().expect("8 bytes"))
            .saturating_mul(SECTOR),
        is_placed: true,
    })
}

/// In the byte order of the host that made it.
fn version_0(bytes: &[u8]) -> Option<Member> {
    let word = |number: usize| {
        bytes[4 * number..4 * number + 4]
            .try_into()
            .expect("4 bytes")
    };
    let read = match u32::from_le_bytes(word(0)) == MAGIC {
        true => u32::from_le_bytes,
        false => u32::from_be_bytes,
    };
    if read(word(0)) != MAGIC || read(word(1)) != 0 {
        return None;
    }
    let parts = [5, 13, 14, 15].map(word);
    let mut array = [0; 16];
    array.copy_from_slice(&parts.concat());
    Some(Member {
        array,
        active: read(word(34)),
        is_active: read(word(992 + 4)) & IN_SYNC == IN_SYNC,
        data: 0,
        is_placed: false,
    })
}

/// Layer that has to be opened before a file system in it: LVM, LUKS, a RAID, whatever else the bytes
/// look like.
pub(super) fn container(
    device: &mut dyn BlockDevice,
    range: &Range<u64>,
) -> io::Result<Option<Content>> {
    let head = head(device, range)?;
    if member_of(device, range, &head)?.is_some() {
        return Ok(Some(Content::MdRaid));
    }
    Ok(signature::container(&head))
}

/// Refuses a disk with partitions that is itself a member of a RAID.
pub(super) fn refuse_whole(
    device: &mut dyn BlockDevice,
    layout: &Layout,
) -> io::Result<Option<RaidRefusal>> {
    let whole = 0..device.size();
    if let Some(kind) = firmware(device)? {
        return Ok(Some(RaidRefusal::WholeDisk { kind }));
    }
    if layout.table == Table::None {
        return Ok(None);
    }
    let Some(member) = member(device, &whole)? else {
        return Ok(None);
    };
    // What lies in a partition is that partition's, unless it says that it is the disk's.
    let at = (whole.end & !(RESERVED - 1)).saturating_sub(RESERVED);
    let inside = layout.partitions.iter().any(|p| p.range.contains(&at));
    let kind = "Linux software RAID";
    Ok((member.is_placed || !inside).then_some(RaidRefusal::WholeDisk { kind }))
}

/// The RAID of a disk's firmware, whose metadata ends the disk.
fn firmware(device: &mut dyn BlockDevice) -> io::Result<Option<Known>> {
    const DDF: &[u8] = b"\xde\x11\xde\x11";
    const SIGNATURES: [(u64, &[u8], Known); 4] = [
        (2, b"Intel Raid ISM Cfg Sig. ", "Intel Matrix RAID"),
        (1, DDF, "DDF"),
        (2, b"NVIDIA  ", "NVIDIA RAID"),
        (1, b"$XIDE$", "LSI MegaRAID"),
    ];
    let sectors = device.size() / SECTOR;
    let Some(last_two) = sectors.checked_sub(2) else {
        return Ok(None);
    };
    let mut end = [0; 2 * SECTOR as usize];
    device.read_at(last_two * SECTOR, &mut end)?;
    let is = |(from_end, signature, _): &&(u64, &[u8], Known)| {
        end[((2 - from_end) * SECTOR) as usize..].starts_with(signature)
    };
    if let Some((_, _, kind)) = SIGNATURES.iter().find(is) {
        return Ok(Some(kind));
    }
    // DDF's header may lie before a workspace.
    let mut header = [0; DDF.len()];
    if let Some(sector) = sectors.checked_sub(257) {
        device.read_at(sector * SECTOR, &mut header)?;
    }
    Ok((header == DDF).then_some("DDF"))
}

/// The partitions of a disk that are members of arrays, and of which arrays.
pub(super) fn members(
    device: &mut dyn BlockDevice,
    layout: &Layout,
) -> io::Result<Vec<(Partition, Member)>> {
    let mut members = Vec::new();
    for partition in &layout.partitions {
        if let Some(member) = member(device, &partition.range)? {
            members.push((partition.clone(), member));
        }
    }
    Ok(members)
}

/// The members whose array has others elsewhere.
pub(super) fn legs(members: &[(Partition, Member)]) -> Vec<(RaidRefusal, [u8; 16])> {
    let leg = |(partition, member): &(Partition, Member)| {
        let same = members.iter().filter(|(_, m)| m.array == member.array);
        let here = same.filter(|(_, m)| m.is_active).count() as u32;
        let refusal = RaidRefusal::Leg {
            partition: partition.clone(),
            active: member.active,
            here,
        };
        (member.active > here).then_some((refusal, member.array))
    };
    members.iter().filter_map(leg).collect()
}
