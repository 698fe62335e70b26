//! The index of a large directory, checked before libext2fs adds to it.
//!
//! `ext2fs_link` keeps the index right but trusts it: counts and limits of a hostile one would
//! lead it outside its buffers. So the way from the root to the leaf is walked here first.
//!
//! Source: the kernel's `Documentation/filesystems/ext4/directory.rst` (hash tree directories)
//! and `dx_probe` in `fs/ext4/namei.c`.

#![allow(unsafe_code)]

use super::directory::{Block, block_count, entry_len, room_for};
use super::ffi::{self, Inode};
use super::fs::{Filesystem, Trouble, check};

const DAMAGED: Trouble = Trouble::Damaged("a directory index that contradicts itself");

/// Walks to the leaf where `name` belongs.
pub(super) fn check_index(
    fs: &Filesystem<'_>,
    ino: u32,
    inode: &Inode,
    name: &[u8],
) -> Result<(), Trouble> {
    let block_size = fs.block_size();
    if !fs.superblock.has_dir_index {
        return Err(DAMAGED);
    }
    if block_size > 32768 {
        return Err(Trouble::Unsupported(
            "an indexed directory with blocks of 64 KiB",
        ));
    }
    if fs.superblock.hash_unsigned.is_none() && !name.is_ascii() {
        return Err(Trouble::Unsupported(
            "an indexed directory whose hash has no stated sign",
        ));
    }
    let mut inode = *inode;
    let blocks = block_count(fs, &inode)?;
    let root = Block::read(fs, ino, &mut inode, 0)?;
    let bytes = root.bytes();
    let [version, info_len, levels, flags] = std::array::from_fn(|i| bytes[28 + i]);
    let deepest = if fs.superblock.has_large_dir { 2 } else { 1 };
    let dots = entry_len(u16_at(bytes, 4), block_size) == 12
        && entry_len(u16_at(bytes, 16), block_size) == block_size - 12;
    if !dots || bytes[24..28] != [0; 4] || info_len != 8 || levels > deepest {
        return Err(DAMAGED);
    }
    if version > 2 || flags != 0 {
        return Err(Trouble::Unsupported("a directory index of an unknown kind"));
    }
    let hash = hash(fs, version, name)?;

    let mut next = descend(fs, bytes, 32, hash)?;
    for _ in 0..levels {
        let node = node(fs, ino, &mut inode, next, blocks)?;
        let bytes = node.bytes();
        if u32_at(bytes, 0) != 0 || entry_len(u16_at(bytes, 4), block_size) != block_size {
            return Err(DAMAGED);
        }
        next = descend(fs, bytes, 8, hash)?;
    }

    let leaf = node(fs, ino, &mut inode, next, blocks)?;
    let entries = leaf.entries()?;
    let mut used = 0;
    let mut has_room = false;
    for entry in &entries {
        if entry.ino != 0 {
            leaf.name(entry)?;
            used += 1;
        }
        has_room |= entry.spare() >= room_for(name.len());
    }
    // A leaf is split between two of its entries. One that holds fewer and yet has no room is
    // none that a kernel made.
    if used < 2 && !has_room {
        return Err(DAMAGED);
    }
    Ok(())
}

/// The `index`th block, which must be another than the root.
fn node(
    fs: &Filesystem<'_>,
    ino: u32,
    inode: &mut Inode,
    index: u32,
    blocks: u64,
) -> Result<Block, Trouble> {
    if index == 0 || u64::from(index) >= blocks {
        return Err(DAMAGED);
    }
    Block::read(fs, ino, inode, index.into())
}

/// The child for `hash` of the entries at `start`, the first of which is count and limit.
fn descend(fs: &Filesystem<'_>, bytes: &[u8], start: usize, hash: u32) -> Result<u32, Trouble> {
    let tail = if fs.superblock.has_metadata_csum {
        8
    } else {
        0
    };
    let limit = usize::from(u16_at(bytes, start));
    let count = usize::from(u16_at(bytes, start + 2));
    if limit != (bytes.len() - start - tail) / 8 || count == 0 || count > limit {
        return Err(DAMAGED);
    }
    let entry = |i: usize| {
        (
            u32_at(bytes, start + i * 8),
            u32_at(bytes, start + i * 8 + 4),
        )
    };
    if (2..count).any(|i| entry(i - 1).0 > entry(i).0) {
        return Err(DAMAGED);
    }
    let child = (1..count)
        .take_while(|i| entry(*i).0 <= hash)
        .last()
        .unwrap_or(0);
    Ok(entry(child).1 & 0x0fff_ffff)
}

fn hash(fs: &Filesystem<'_>, version: u8, name: &[u8]) -> Result<u32, Trouble> {
    let unsigned = fs.superblock.hash_unsigned == Some(true);
    let version = i32::from(version) + if unsigned { 3 } else { 0 };
    let (mut hash, mut minor) = (0, 0);
    // SAFETY: name and seed are as long as libext2fs takes them to be; no charset is asked for.
    check(unsafe {
        ffi::ext2fs_dirhash2(
            version,
            name.as_ptr().cast(),
            name.len() as i32,
            std::ptr::null(),
            0,
            fs.superblock.hash_seed.as_ptr(),
            &mut hash,
            &mut minor,
        )
    })?;
    Ok(hash)
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(std::array::from_fn(|i| bytes[at + i]))
}
