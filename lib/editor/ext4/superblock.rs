//! The superblock, judged before libext2fs sees the disk.
//!
//! Pure over its 1,024 bytes. Whatever passes here is within what libext2fs was written for;
//! everything else gets a name ([`Refusal`]) and goes to the appliance.
//!
//! Source: `struct ext2_super_block` in `ext2fs/ext2_fs.h`; the kernel's
//! `Documentation/filesystems/ext4/super.rst`.

use super::Refusal;
use super::features;

/// Start of the superblock, in bytes from the file system's start.
pub const OFFSET: u64 = 1024;
/// Its length, in bytes.
pub const LENGTH: usize = 1024;

const MAGIC: u16 = 0xef53;
/// More groups than this are no guest's disk; at 4 KiB blocks it is 128 TiB.
const MAX_GROUPS: u64 = 1 << 20;

/// Facts of a superblock that the editor accepted.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Superblock {
    /// Bytes in a block: 1 KiB to 64 KiB, a power of two.
    pub block_size: u32,
    /// Blocks in the whole file system.
    pub blocks: u64,
    /// Inodes in the whole file system.
    pub inodes: u32,
    /// Bytes in an inode, a power of two of at least 128.
    pub inode_size: u16,
    /// The first block that the file system counts: 1 for 1 KiB blocks, else 0.
    pub first_data_block: u32,
    /// First inode that is not reserved.
    pub first_inode: u32,
    /// Block groups.
    pub groups: u32,
    /// Blocks of one group's inode table.
    pub inode_blocks_per_group: u32,
    /// The file system's UUID, as stored.
    pub uuid: [u8; 16],
    /// Seed of the directory hash.
    pub(crate) hash_seed: [u32; 4],
    /// True where the directory hash takes bytes as unsigned; `None` when the file system does not say.
    pub(crate) hash_unsigned: Option<bool>,
    /// Reason against writing, but not against looking.
    pub(crate) state: Option<Refusal>,
    pub(crate) has_filetype: bool,
    pub(crate) has_extents: bool,
    pub(crate) has_xattr: bool,
    pub(crate) has_dir_index: bool,
    pub(crate) has_dir_nlink: bool,
    pub(crate) has_large_dir: bool,
    pub(crate) has_metadata_csum: bool,
    pub(crate) has_group_csum: bool,
}

impl Superblock {
    /// True where these first bytes of a file system bear the ext2 magic.
    pub fn is_ext(superblock: &[u8]) -> bool {
        superblock.len() >= LENGTH && u16_at(superblock, 0x38) == MAGIC
    }

    /// Judges the 1,024 bytes at [`OFFSET`] of a device of `device_len` bytes.
    ///
    /// # Errors
    /// A [`Refusal`], unless its [`is_state`](Refusal::is_state): those are kept for whoever
    /// wants to write.
    ///
    /// # Panics
    /// If given fewer than [`LENGTH`] bytes.
    pub fn parse(bytes: &[u8], device_len: u64) -> Result<Self, Refusal> {
        let bytes = &bytes[..LENGTH];
        let features = features::Features {
            compat: u32_at(bytes, 0x5c),
            incompat: u32_at(bytes, 0x60),
            ro_compat: u32_at(bytes, 0x64),
        };
        let revision = u32_at(bytes, 0x4c);
        if revision > 1 {
            return Err(Refusal::Revision(revision));
        }
        // Feature bits, inode size and first inode exist from revision 1 on.
        let features = if revision == 0 {
            features::Features::default()
        } else {
            features
        };
        if features.has_metadata_csum() {
            let algorithm = bytes[0x175];
            if algorithm != 1 || crc32c(!0, &bytes[..0x3fc]) != u32_at(bytes, 0x3fc) {
                return Err(Refusal::SuperblockChecksum);
            }
        }
        features.judge()?;
        let journal_uuid_set = bytes[0xd0..0xe0].iter().any(|b| *b != 0);
        if features.has_journal() && u32_at(bytes, 0xe0) == 0 {
            // No journal inode: then the journal is the one of that UUID or device number.
            if journal_uuid_set || u32_at(bytes, 0xe4) != 0 {
                return Err(Refusal::ExternalJournal);
            }
            return Err(Refusal::Geometry("a journal without an inode"));
        }
        if features.has_journal() && u32_at(bytes, 0xe4) != 0 {
            return Err(Refusal::ExternalJournal);
        }
        let creator = u32_at(bytes, 0x48);
        if !matches!(creator, 0 | 3) {
            return Err(Refusal::ForeignOs(creator));
        }
        let flags = u32_at(bytes, 0x160);
        if flags & 0x70 != 0 || u32_at(bytes, 0x180) != 0 {
            return Err(Refusal::Snapshot);
        }
        let geometry = geometry(bytes, revision, &features, device_len)?;
        let word = |at: usize| u32_at(bytes, at);
        Ok(Self {
            uuid: std::array::from_fn(|i| bytes[0x68 + i]),
            hash_seed: [word(0xec), word(0xf0), word(0xf4), word(0xf8)],
            hash_unsigned: match flags & 3 {
                1 => Some(false),
                2 => Some(true),
                _ => None,
            },
            state: state(bytes, &features),
            has_filetype: features.has_filetype(),
            has_extents: features.has_extents(),
            has_xattr: features.has_xattr(),
            has_dir_index: features.has_dir_index(),
            has_dir_nlink: features.has_dir_nlink(),
            has_large_dir: features.has_large_dir(),
            has_metadata_csum: features.has_metadata_csum(),
            has_group_csum: features.has_group_csum(),
            ..geometry
        })
    }

    /// Reason against writing now; it may still be read.
    pub fn state(&self) -> Option<&Refusal> {
        self.state.as_ref()
    }
}

/// `s_state` and its companions, worst first.
fn state(bytes: &[u8], features: &features::Features) -> Option<Refusal> {
    const VALID: u16 = 1;
    const ERROR: u16 = 2;
    const ORPHANS: u16 = 4;
    const FAST_COMMIT_REPLAY: u16 = 0x20;
    let state = u16_at(bytes, 0x3a);
    if features.needs_recovery() || state & FAST_COMMIT_REPLAY != 0 {
        Some(Refusal::NeedsRecovery)
    } else if state & ERROR != 0 {
        Some(Refusal::ErrorState)
    } else if state & VALID == 0 {
        Some(Refusal::NotClean)
    } else if u32_at(bytes, 0xe8) != 0 || state & ORPHANS != 0 || features.orphan_present() {
        Some(Refusal::OrphansPending)
    } else {
        None
    }
}

/// The numbers, each checked against the others and the device.
fn geometry(
    bytes: &[u8],
    revision: u32,
    features: &features::Features,
    device_len: u64,
) -> Result<Superblock, Refusal> {
    let ensure = |sane: bool, what: &'static str| {
        if sane {
            Ok(())
        } else {
            Err(Refusal::Geometry(what))
        }
    };
    let log_block_size = u32_at(bytes, 0x18);
    ensure(log_block_size <= 6, "block size")?;
    ensure(u32_at(bytes, 0x1c) == log_block_size, "cluster size")?;
    let block_size = 1024u32 << log_block_size;
    let (inode_size, first_inode) = match revision {
        0 => (128, 11),
        _ => (u16_at(bytes, 0x58), u32_at(bytes, 0x54)),
    };
    ensure(
        inode_size >= 128 && inode_size.is_power_of_two() && u32::from(inode_size) <= block_size,
        "inode size",
    )?;
    let descriptor_size = match features.has_64bit() {
        true => u32::from(u16_at(bytes, 0xfe)),
        false => 32,
    };
    ensure(
        descriptor_size.is_power_of_two()
            && descriptor_size <= 1024
            && (!features.has_64bit() || descriptor_size >= 64),
        "descriptor size",
    )?;

    let blocks_hi = if features.has_64bit() {
        u32_at(bytes, 0x150)
    } else {
        0
    };
    let blocks = u64::from(blocks_hi) << 32 | u64::from(u32_at(bytes, 0x04));
    let first_data_block = u32_at(bytes, 0x14);
    ensure(
        first_data_block == u32::from(block_size == 1024),
        "first block",
    )?;
    ensure(blocks > u64::from(first_data_block), "block count")?;
    let claimed = u128::from(blocks) * u128::from(block_size);
    if claimed > u128::from(device_len) {
        return Err(Refusal::LargerThanDevice {
            claimed,
            device: device_len,
        });
    }

    // One bitmap block describes a group, and its 16-bit counters leave out the last 8 bits.
    let bits = block_size * 8;
    let blocks_per_group = u32_at(bytes, 0x20);
    ensure(
        blocks_per_group >= 256 && blocks_per_group.is_multiple_of(8) && blocks_per_group <= bits,
        "blocks per group",
    )?;
    ensure(
        u32_at(bytes, 0x24) == blocks_per_group,
        "clusters per group",
    )?;
    let inodes_per_group = u32_at(bytes, 0x28);
    let inodes_per_block = block_size / u32::from(inode_size);
    ensure(
        inodes_per_group >= 8
            && inodes_per_group >= inodes_per_block.min(8)
            && inodes_per_group.is_multiple_of(8)
            && inodes_per_group <= bits,
        "inodes per group",
    )?;
    let groups = (blocks - u64::from(first_data_block)).div_ceil(u64::from(blocks_per_group));
    ensure(groups <= MAX_GROUPS, "number of groups")?;
    let inodes = u32_at(bytes, 0x00);
    ensure(
        groups * u64::from(inodes_per_group) == u64::from(inodes),
        "inode count",
    )?;
    ensure((11..inodes).contains(&first_inode), "first inode")?;
    let table = (u64::from(inodes_per_group) * u64::from(inode_size)).div_ceil(block_size.into());
    ensure(table + 2 < u64::from(blocks_per_group), "inode table size")?;
    let descriptors = (groups * u64::from(descriptor_size)).div_ceil(block_size.into());
    ensure(
        descriptors + u64::from(first_data_block) + 1 < blocks,
        "descriptor blocks",
    )?;
    if features.has_meta_bg() {
        ensure(
            u64::from(u32_at(bytes, 0x104)) <= descriptors,
            "first meta group",
        )?;
    }
    ensure(
        u32::from(u16_at(bytes, 0xce)) <= block_size / 4,
        "reserved descriptor blocks",
    )?;
    ensure(bytes[0x174] <= 31, "flex group size")?;

    Ok(Superblock {
        block_size,
        blocks,
        inodes,
        inode_size,
        first_data_block,
        first_inode,
        groups: groups as u32,
        inode_blocks_per_group: table as u32,
        uuid: [0; 16],
        hash_seed: [0; 4],
        hash_unsigned: None,
        state: None,
        has_filetype: false,
        has_extents: false,
        has_xattr: false,
        has_dir_index: false,
        has_dir_nlink: false,
        has_large_dir: false,
        has_metadata_csum: false,
        has_group_csum: false,
    })
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(std::array::from_fn(|i| bytes[at + i]))
}

/// CRC-32C (Castagnoli), reflected, without the final inversion, as ext4 stores it.
fn crc32c(seed: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(seed, |mut crc, byte| {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0x82f6_3b78 & (crc & 1).wrapping_neg());
        }
        crc
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A 16 MiB file system of 4 KiB blocks in one group, as small as a superblock can be.
    fn sane() -> Vec<u8> {
        let mut sb = vec![0u8; LENGTH];
        let mut put = |at: usize, value: u32| sb[at..at + 4].copy_from_slice(&value.to_le_bytes());
        put(0x00, 1024); // inodes
        put(0x04, 4096); // blocks
        put(0x18, 2);
        put(0x1c, 2);
        put(0x20, 32768);
        put(0x24, 32768);
        put(0x28, 1024);
        put(0x38, u32::from(MAGIC) | 1 << 16);
        put(0x4c, 1);
        put(0x54, 11);
        put(0x58, 256);
        sb
    }

    fn with(at: usize, bytes: &[u8]) -> Result<Superblock, Refusal> {
        let mut sb = sane();
        sb[at..at + bytes.len()].copy_from_slice(bytes);
        Superblock::parse(&sb, 16 << 20)
    }

    #[test]
    fn a_plain_superblock_is_read() {
        let sb = with(0, &[]).unwrap();
        assert_eq!(
            (sb.block_size, sb.blocks, sb.groups, sb.inode_size),
            (4096, 4096, 1, 256)
        );
        assert_eq!(sb.state(), None);
    }

    #[test]
    fn states_are_kept_and_the_rest_refused() {
        let state = |at, bytes: &[u8]| with(at, bytes).unwrap().state.unwrap().code();
        assert_eq!(state(0x3a, &[0]), "not-clean");
        assert_eq!(state(0x3a, &[3]), "error-state");
        assert_eq!(state(0x3a, &[5]), "orphans-pending");
        assert_eq!(state(0xe8, &[12]), "orphans-pending");
        assert_eq!(state(0x60, &[4]), "needs-recovery");
    }

    #[test]
    fn hostile_numbers_are_refused_without_arithmetic_trouble() {
        let max = [0xff; 4];
        for at in [0x00, 0x04, 0x14, 0x18, 0x1c, 0x20, 0x24, 0x28, 0x4c, 0x54] {
            assert!(with(at, &max).is_err(), "{at:#x} of all ones");
            assert!(
                with(at, &[0; 4]).is_err() || at == 0x14 || at == 0x4c,
                "{at:#x} of zeros"
            );
        }
        for size in [0u16, 1, 127, 129, 384, 8192, 0xffff] {
            assert_eq!(
                with(0x58, &size.to_le_bytes()),
                Err(Refusal::Geometry("inode size"))
            );
        }
        assert!(matches!(
            with(0x04, &4097u32.to_le_bytes()),
            Err(Refusal::LargerThanDevice { .. })
        ));
    }

    #[test]
    fn the_checksum_is_the_castagnoli_one() {
        assert_eq!(!crc32c(!0, b"123456789"), 0xe306_9283);
    }
}
