//! Directories, block by block: every entry is checked before it is believed.
//!
//! libext2fs could walk them too; doing it here needs no callback from C, takes any bytes as a
//! name, and says what is wrong with a damaged one.
//!
//! Source: the kernel's `Documentation/filesystems/ext4/directory.rst`, and
//! `ext4_check_dir_entry` in `fs/ext4/dir.c` for what a sane entry is.

#![allow(unsafe_code)]

use std::collections::{HashMap, hash_map};
use std::ops::{ControlFlow, Range};

use super::ffi::{self, Inode};
use super::fs::{Failure, Filesystem, Trouble, check};
use crate::guest::DirEntry;

/// More entries than this are not listed.
const MAX_ENTRIES: usize = 1 << 22;
/// Bytes of an entry before its name.
const HEAD: usize = 8;
/// The entry at a block's end that holds its checksum.
const TAIL: usize = 12;

/// One block of a directory, aligned as libext2fs' structures are.
pub(super) struct Block {
    words: Vec<u64>,
    physical: u64,
}

/// One entry of a block; `ino` 0 for one that is not in use.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Entry {
    at: usize,
    len: usize,
    pub(super) ino: u32,
    name: Range<usize>,
}

impl Entry {
    /// Bytes of it that another entry could have.
    pub(super) fn spare(&self) -> usize {
        match self.ino {
            0 => self.len,
            _ => self.len - room_for(self.name.len()).min(self.len),
        }
    }
}

impl Block {
    /// The `index`th block of a directory, its checksum verified.
    pub(super) fn read(
        fs: &Filesystem<'_>,
        ino: u32,
        inode: &mut Inode,
        index: u64,
    ) -> Result<Self, Trouble> {
        let physical = fs
            .block_of(ino, inode, index)?
            .ok_or(Trouble::Damaged("a directory with a hole"))?;
        let mut block = Self::empty(fs, physical);
        let buf = block.words.as_mut_ptr().cast();
        // SAFETY: the handle is valid and the buffer one block long.
        check(unsafe { ffi::ext2fs_read_dir_block4(fs.raw(), physical, buf, 0, ino) })?;
        Ok(block)
    }

    fn empty(fs: &Filesystem<'_>, physical: u64) -> Self {
        Self {
            words: vec![0; fs.block_size() / 8],
            physical,
        }
    }

    /// A new directory's only block: itself, its parent, and its checksum's place.
    pub(super) fn first(fs: &Filesystem<'_>, physical: u64, ino: u32, parent: u32) -> Self {
        let mut block = Self::empty(fs, physical);
        let tail = if fs.superblock.has_metadata_csum {
            TAIL
        } else {
            0
        };
        let kind = if fs.superblock.has_filetype { 2 } else { 0 };
        let bytes = block.bytes_mut();
        let end = bytes.len() - tail;
        put(bytes, 0, ino, 12, b".", kind);
        put(bytes, 12, parent, end - 12, b"..", kind);
        if tail != 0 {
            put(bytes, end, 0, tail, b"", 0xde);
        }
        block
    }

    /// Writes it back, with its checksum.
    pub(super) fn write(&mut self, fs: &mut Filesystem<'_>, ino: u32) -> Result<(), Failure> {
        let buf = self.words.as_mut_ptr().cast();
        // SAFETY: the handle is valid and the buffer one block long.
        check(unsafe { ffi::ext2fs_write_dir_block4(fs.raw(), self.physical, buf, 0, ino) })
    }

    pub(super) fn bytes(&self) -> &[u8] {
        // SAFETY: the words are that many initialised bytes.
        unsafe { std::slice::from_raw_parts(self.words.as_ptr().cast(), self.words.len() * 8) }
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        let len = self.words.len() * 8;
        // SAFETY: as above, and borrowed alone.
        unsafe { std::slice::from_raw_parts_mut(self.words.as_mut_ptr().cast(), len) }
    }

    /// Its entries, those not in use and those of an index included.
    pub(super) fn entries(&self) -> Result<Vec<Entry>, Trouble> {
        let bytes = self.bytes();
        let mut entries = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let head: [u8; HEAD] = bytes
                .get(at..at + HEAD)
                .and_then(|head| head.try_into().ok())
                .ok_or(Trouble::Damaged("a directory entry across a block's end"))?;
            let ino = u32::from_le_bytes([head[0], head[1], head[2], head[3]]);
            let len = entry_len(u16::from_le_bytes([head[4], head[5]]), bytes.len());
            let name = at + HEAD..at + HEAD + usize::from(head[6]);
            if len < 12 || !len.is_multiple_of(4) || at + len > bytes.len() || name.end > at + len {
                return Err(Trouble::Damaged("a directory entry with a bad length"));
            }
            entries.push(Entry { at, len, ino, name });
            at += len;
        }
        Ok(entries)
    }

    /// The name of an entry in use.
    pub(super) fn name(&self, entry: &Entry) -> Result<&[u8], Trouble> {
        let name = &self.bytes()[entry.name.clone()];
        if name.is_empty() || name.contains(&b'/') || name.contains(&0) {
            return Err(Trouble::Damaged(
                "a directory entry with an impossible name",
            ));
        }
        Ok(name)
    }

    /// Frees the entry at `position` of `entries`, as the kernel does: the one before takes its
    /// room.
    pub(super) fn free(&mut self, entries: &[Entry], position: usize) {
        let entry = &entries[position];
        let block_size = self.words.len() * 8;
        let bytes = self.bytes_mut();
        match position.checked_sub(1).map(|before| &entries[before]) {
            Some(before) => {
                let len = disk_len(before.len + entry.len, block_size);
                bytes[before.at + 4..before.at + 6].copy_from_slice(&len.to_le_bytes());
            }
            None => bytes[entry.at..entry.at + 4].fill(0),
        }
    }

    /// Lets `..` name another directory.
    pub(super) fn set_parent(&mut self, parent: u32) -> Result<(), Trouble> {
        let entries = self.entries()?;
        match entries.as_slice() {
            [dot, dot_dot, ..] if self.name(dot)? == b"." && self.name(dot_dot)? == b".." => {
                let at = dot_dot.at;
                self.bytes_mut()[at..at + 4].copy_from_slice(&parent.to_le_bytes());
                Ok(())
            }
            _ => Err(Trouble::Damaged(
                "a directory that does not begin with “.” and “..”",
            )),
        }
    }
}

/// Visits every entry in use but `.` and `..`, until told to stop.
pub(super) fn visit<B>(
    fs: &Filesystem<'_>,
    ino: u32,
    inode: &Inode,
    mut each: impl FnMut(&[u8], u32) -> Result<ControlFlow<B>, Trouble>,
) -> Result<Option<B>, Trouble> {
    inode.check_directory()?;
    let mut inode = *inode;
    for index in 0..block_count(fs, &inode)? {
        let block = Block::read(fs, ino, &mut inode, index)?;
        for entry in block.entries()?.iter().filter(|entry| entry.ino != 0) {
            let name = block.name(entry)?;
            if name == b"." || name == b".." {
                continue;
            }
            if let ControlFlow::Break(found) = each(name, entry.ino)? {
                return Ok(Some(found));
            }
        }
    }
    Ok(None)
}

/// Blocks of directories that names were looked up in, their checksums verified. Whoever changes the
/// file system forgets them.
#[derive(Default)]
pub(super) struct Blocks(HashMap<(u32, u64), (Block, Vec<Entry>)>);

/// Blocks that are remembered at most.
const MAX_BLOCKS: usize = 64;

impl Blocks {
    /// Forgets all of them.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }

    /// The inode that a directory gives `name`.
    pub(super) fn look_up(
        &mut self,
        fs: &Filesystem<'_>,
        ino: u32,
        inode: &Inode,
        name: &[u8],
    ) -> Result<Option<u32>, Trouble> {
        inode.check_directory()?;
        let mut inode = *inode;
        for index in 0..block_count(fs, &inode)? {
            let (block, entries) = self.block(fs, ino, &mut inode, index)?;
            for entry in entries.iter().filter(|entry| entry.ino != 0) {
                let candidate = block.name(entry)?;
                if candidate != name || candidate == b"." || candidate == b".." {
                    continue;
                }
                let known = fs.superblock.first_inode..=fs.superblock.inodes;
                return match known.contains(&entry.ino) {
                    true => Ok(Some(entry.ino)),
                    false => Err(Trouble::Damaged("a directory entry of a reserved inode")),
                };
            }
        }
        Ok(None)
    }

    fn block(
        &mut self,
        fs: &Filesystem<'_>,
        ino: u32,
        inode: &mut Inode,
        index: u64,
    ) -> Result<&(Block, Vec<Entry>), Trouble> {
        if self.0.len() >= MAX_BLOCKS && !self.0.contains_key(&(ino, index)) {
            self.0.clear();
        }
        Ok(match self.0.entry((ino, index)) {
            hash_map::Entry::Occupied(known) => known.into_mut(),
            hash_map::Entry::Vacant(free) => {
                let block = Block::read(fs, ino, inode, index)?;
                let entries = block.entries()?;
                free.insert((block, entries))
            }
        })
    }
}

/// All entries but `.` and `..`, by name.
pub(super) fn list(fs: &Filesystem<'_>, ino: u32, inode: &Inode) -> Result<Vec<DirEntry>, Trouble> {
    let named = named(fs, ino, inode)?;
    Ok(named
        .into_iter()
        .map(|(name, _)| DirEntry { name })
        .collect())
}

/// The same with their inodes.
pub(super) fn named(
    fs: &Filesystem<'_>,
    ino: u32,
    inode: &Inode,
) -> Result<Vec<(Vec<u8>, u32)>, Trouble> {
    let mut entries = Vec::new();
    visit(fs, ino, inode, |name, ino| {
        if entries.len() == MAX_ENTRIES {
            return Err(Trouble::Unsupported(
                "a directory of more than 4194304 entries",
            ));
        }
        entries.push((name.to_vec(), ino));
        Ok(ControlFlow::<()>::Continue(()))
    })?;
    entries.sort_unstable();
    Ok(entries)
}

/// Takes `name` out of a directory. The blocks stay, as they do under the kernel; an index needs
/// no change, for it only says where a name would be.
pub(super) fn unlink(
    fs: &mut Filesystem<'_>,
    ino: u32,
    inode: &Inode,
    name: &[u8],
) -> Result<(), Trouble> {
    let mut inode = *inode;
    for index in 0..block_count(fs, &inode)? {
        let mut block = Block::read(fs, ino, &mut inode, index)?;
        let entries = block.entries()?;
        let found = entries
            .iter()
            .position(|entry| entry.ino != 0 && block.bytes()[entry.name.clone()] == *name);
        if let Some(position) = found {
            block.free(&entries, position);
            block.write(fs, ino)?;
            return Ok(());
        }
    }
    Err(Trouble::Damaged("a directory entry that went away"))
}

/// The least length of an entry with a name of that many bytes.
pub(super) fn room_for(name_len: usize) -> usize {
    (HEAD + name_len).next_multiple_of(4)
}

/// Number of blocks of a directory.
pub(super) fn block_count(fs: &Filesystem<'_>, inode: &Inode) -> Result<u64, Trouble> {
    let block_size = fs.block_size() as u64;
    let size = inode.size();
    if size == 0 || !size.is_multiple_of(block_size) || size / block_size > fs.superblock.blocks {
        return Err(Trouble::Damaged("a directory of an impossible size"));
    }
    Ok(size / block_size)
}

/// An entry's length as stored: at 64 KiB blocks the lowest two bits are its highest.
pub(super) fn entry_len(stored: u16, block_size: usize) -> usize {
    let stored = usize::from(stored);
    match block_size {
        ..65536 => stored,
        _ if stored == 65535 || stored == 0 => block_size,
        _ => stored & 65532 | (stored & 3) << 16,
    }
}

fn disk_len(len: usize, block_size: usize) -> u16 {
    if len == 65536 && block_size == 65536 {
        65535
    } else {
        len as u16
    }
}

fn put(bytes: &mut [u8], at: usize, ino: u32, len: usize, name: &[u8], kind: u8) {
    let block_size = bytes.len();
    bytes[at..at + 4].copy_from_slice(&ino.to_le_bytes());
    bytes[at + 4..at + 6].copy_from_slice(&disk_len(len, block_size).to_le_bytes());
    bytes[at + 6] = name.len() as u8;
    bytes[at + 7] = kind;
    bytes[at + HEAD..at + HEAD + name.len()].copy_from_slice(name);
}
