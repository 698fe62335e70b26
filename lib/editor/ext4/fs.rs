//! One open file system: libext2fs' handle, our disk below it, and the calls on inodes.

#![allow(unsafe_code)]

use std::ffi::c_int;
use std::ops::Range;
use std::ptr;

use super::errcode::describe;
use super::ffi::{self, Errcode, Filsys, Inode};
use super::io::{self, Disk};
use super::pages::Pages;
use super::superblock::{self, Superblock};
use super::{Ext4Error, Refusal};
use crate::guest::GuestError;
use crate::image::BlockDevice;
use crate::path::{GuestPath, escape};

/// The answer that there is no such bit (`ENOENT`).
const NO_ENTRY: Errcode = libc::ENOENT as Errcode;
/// The root directory's inode.
pub(super) const ROOT: u32 = 2;

/// A number of libext2fs that is not 0.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Failure(pub(super) Errcode);

/// Errors that stop a call, before it is known which path to name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Trouble {
    Library(Failure),
    Damaged(&'static str),
    Unsupported(&'static str),
    OutOfMemory,
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Library(failure)
    }
}

/// Turns libext2fs' way of failing into Rust's.
pub(super) fn check(code: Errcode) -> Result<(), Failure> {
    if code == 0 {
        Ok(())
    } else {
        Err(Failure(code))
    }
}

/// The version of the libext2fs that runs, as it tells it: “1.47.0”.
pub fn library_version() -> String {
    let mut version = ptr::null();
    // SAFETY: it sets the pointer to a constant string of its own; null is no date asked for.
    unsafe {
        ffi::ext2fs_get_library_version(&mut version, ptr::null_mut());
        if version.is_null() {
            return String::new();
        }
        escape(std::ffi::CStr::from_ptr(version).to_bytes())
    }
}

/// Owns both the handle and the disk; dropping it writes nothing.
pub(super) struct Filesystem<'d> {
    raw: *mut Filsys,
    disk: *mut Disk<'d>,
    pub(super) superblock: Superblock,
    has_bitmaps: bool,
    /// The first inode that this editor cannot deal with, and what it is.
    pub(super) beyond: Option<(GuestPath, &'static str)>,
}

impl<'d> Filesystem<'d> {
    /// Opens the bytes `range` of `device`; with `time`, for writing.
    pub(super) fn open(
        device: &'d mut dyn BlockDevice,
        range: Range<u64>,
        time: Option<i64>,
    ) -> Result<Self, Ext4Error> {
        let mut pages = Pages::new(device, range)?;
        let mut bytes = [0; superblock::LENGTH];
        if pages.len() < superblock::OFFSET + bytes.len() as u64 {
            return Err(Ext4Error::NotExt4);
        }
        pages.read(superblock::OFFSET, &mut bytes)?;
        if !Superblock::is_ext(&bytes) {
            return Err(Ext4Error::NotExt4);
        }
        let superblock = Superblock::parse(&bytes, pages.len())?;
        if let (Some(_), Some(state)) = (time, superblock.state()) {
            return Err(state.clone().into());
        }

        let mut flags = ffi::FLAG_64BITS | ffi::FLAG_SKIP_MMP | ffi::FLAG_MASTER_SB_ONLY;
        if time.is_some() {
            flags |= ffi::FLAG_RW;
        }
        let mut fs = Self {
            raw: ptr::null_mut(),
            disk: Box::into_raw(Box::new(Disk::new(pages, time.is_some()))),
            superblock,
            has_bitmaps: false,
            beyond: None,
        };
        io::offer(fs.disk);
        // SAFETY: name and manager are static; `fs.disk` outlives the channel, because drop
        // closes the handle first.
        let opened = check(unsafe {
            ffi::ext2fs_open2(
                io::NAME.as_ptr(),
                ptr::null(),
                flags,
                0,
                0,
                &io::MANAGER,
                &mut fs.raw,
            )
        });
        io::offer(ptr::null_mut());
        if let Err(failure) = opened {
            return Err(fs.library(failure));
        }
        // SAFETY: open succeeded, so the handle is valid; the fields lie where the test of the
        // mirrored layout says.
        let (magic, block_size, groups) = unsafe {
            (
                (*fs.raw).magic,
                (*fs.raw).blocksize,
                (*fs.raw).group_desc_count,
            )
        };
        if magic != ffi::ET_MAGIC_FILSYS
            || block_size != fs.superblock.block_size
            || groups != fs.superblock.groups
        {
            return Err(Ext4Error::Layout);
        }
        if let Some(time) = time {
            // SAFETY: as above. 0 would mean the wall clock.
            unsafe { (*fs.raw).now = time.max(1) };
        }
        fs.check_groups()?;
        Ok(fs)
    }

    /// Bitmaps and inode tables: inside the file system, and none on another.
    fn check_groups(&self) -> Result<(), Refusal> {
        let sb = &self.superblock;
        let first = u64::from(sb.first_data_block);
        let mut taken = Vec::with_capacity(sb.groups as usize * 3);
        for group in 0..sb.groups {
            // SAFETY: the handle is valid and the group below its count.
            let (blocks, inodes, table, sound) = unsafe {
                (
                    ffi::ext2fs_block_bitmap_loc(self.raw, group),
                    ffi::ext2fs_inode_bitmap_loc(self.raw, group),
                    ffi::ext2fs_inode_table_loc(self.raw, group),
                    !sb.has_group_csum || ffi::ext2fs_group_desc_csum_verify(self.raw, group) != 0,
                )
            };
            let spans = [
                (blocks, 1),
                (inodes, 1),
                (table, u64::from(sb.inode_blocks_per_group)),
            ];
            for (start, len) in spans {
                let inside =
                    start > first && start.checked_add(len).is_some_and(|end| end <= sb.blocks);
                if !inside || !sound {
                    return Err(Refusal::GroupDescriptor(group));
                }
                taken.push((start, start + len, group));
            }
        }
        taken.sort_unstable();
        match taken.windows(2).find(|pair| pair[0].1 > pair[1].0) {
            Some(pair) => Err(Refusal::GroupDescriptor(pair[1].2)),
            None => Ok(()),
        }
    }

    /// Reads the bitmaps, which only changes need.
    pub(super) fn load_bitmaps(&mut self) -> Result<(), Failure> {
        if !self.has_bitmaps {
            // SAFETY: the handle is valid.
            check(unsafe { ffi::ext2fs_read_bitmaps(self.raw) })?;
            self.has_bitmaps = true;
        }
        Ok(())
    }

    /// Ranges of blocks that the block bitmap says are free, rising, at most `limit` of them; a range that
    /// is left out counts as used.
    pub(super) fn free_blocks(&mut self, limit: usize) -> Result<Vec<Range<u64>>, Failure> {
        self.load_bitmaps()?;
        let last = self.superblock.blocks.saturating_sub(1);
        let mut at = u64::from(self.superblock.first_data_block);
        let mut free = Vec::new();
        while at <= last && free.len() < limit {
            let (mut start, mut end) = (0, 0);
            // SAFETY: the handle is valid, its bitmap was read, and both ends lie in it.
            let found = unsafe {
                ffi::ext2fs_find_first_zero_block_bitmap2(
                    (*self.raw).block_map,
                    at,
                    last,
                    &mut start,
                )
            };
            if found == NO_ENTRY {
                break;
            }
            check(found)?;
            // SAFETY: as above; `start` was found between the two.
            let found = unsafe {
                ffi::ext2fs_find_first_set_block_bitmap2(
                    (*self.raw).block_map,
                    start,
                    last,
                    &mut end,
                )
            };
            if found == NO_ENTRY {
                end = last + 1;
            } else {
                check(found)?;
            }
            if start < at || end <= start {
                return Err(Failure(ffi::ET_INVALID_ARGUMENT));
            }
            free.push(start..end);
            at = end;
        }
        Ok(free)
    }

    /// Writes what libext2fs still holds and closes; says whether any byte changed.
    pub(super) fn close(mut self) -> Result<bool, Ext4Error> {
        self.disk_mut().begin();
        let mut raw = std::mem::replace(&mut self.raw, ptr::null_mut());
        // SAFETY: the handle is valid, and given up whatever the answer.
        check(unsafe { ffi::ext2fs_close_free(&mut raw) }).map_err(|f| self.library(f))?;
        Ok(self.disk_mut().pages.written())
    }

    /// libext2fs' handle, for the calls of the neighbouring files.
    pub(super) fn raw(&self) -> *mut Filsys {
        self.raw
    }

    /// The time that everything new bears, in seconds since 1970.
    pub(super) fn now(&self) -> i64 {
        // SAFETY: the handle is valid.
        unsafe { (*self.raw).now }
    }

    pub(super) fn block_size(&self) -> usize {
        self.superblock.block_size as usize
    }

    /// Begins another call on the guest: its share of reads is whole again.
    pub(super) fn begin(&mut self) {
        self.disk_mut().begin();
    }

    fn disk_mut(&mut self) -> &mut Disk<'d> {
        // SAFETY: made by `Box::into_raw`, freed only in drop; libext2fs is not running now, and
        // it is the only other one to refer to it.
        unsafe { &mut *self.disk }
    }

    pub(super) fn library(&mut self, failure: Failure) -> Ext4Error {
        match self.disk_mut().take_error() {
            Some(error) => error.into(),
            None => Ext4Error::Library(describe(failure.0)),
        }
    }

    /// The error, as said of `path`.
    pub(super) fn explain(&mut self, path: &GuestPath, trouble: Trouble) -> GuestError {
        let path = path.clone();
        let out_of_memory = || std::io::ErrorKind::OutOfMemory.into();
        let failure = match trouble {
            Trouble::Library(failure) => failure,
            Trouble::Damaged(detail) => {
                return GuestError::Damaged {
                    path,
                    detail: detail.to_owned(),
                };
            }
            Trouble::Unsupported(what) => {
                self.beyond.get_or_insert_with(|| (path.clone(), what));
                return GuestError::Unsupported { path, what };
            }
            Trouble::OutOfMemory => {
                return GuestError::Io {
                    path,
                    source: out_of_memory(),
                };
            }
        };
        let disk = self.disk_mut();
        if let Some(source) = disk.take_error() {
            return GuestError::Io { path, source };
        }
        if disk.is_exhausted() {
            let detail = "its block maps seem to run in circles".to_owned();
            return GuestError::Damaged { path, detail };
        }
        match failure.0 {
            ffi::ET_INODE_ALLOC_FAIL => GuestError::NoInodes(path),
            ffi::ET_BLOCK_ALLOC_FAIL | ffi::ET_DIR_NO_SPACE | ffi::ET_EA_NO_SPACE => {
                GuestError::NoSpace(path)
            }
            ffi::ET_FILE_TOO_BIG => GuestError::TooLong(path),
            ffi::ET_NO_MEMORY => GuestError::Io {
                path,
                source: out_of_memory(),
            },
            code => GuestError::Damaged {
                path,
                detail: escape(describe(code).as_bytes()),
            },
        }
    }

    /// The inode, with what lies behind its first 128 bytes where it has that.
    pub(super) fn inode(&self, ino: u32) -> Result<Inode, Failure> {
        let mut inode = Inode::default();
        // SAFETY: the handle is valid, and the buffer is as long as said.
        check(unsafe {
            ffi::ext2fs_read_inode_full(self.raw, ino, &mut inode, size_of::<Inode>() as c_int)
        })?;
        Ok(inode)
    }

    /// Writes an inode back; what lies behind the mirrored fields stays as it is.
    pub(super) fn set_inode(&mut self, ino: u32, inode: &mut Inode) -> Result<(), Failure> {
        // SAFETY: as for `inode`.
        check(unsafe {
            ffi::ext2fs_write_inode_full(self.raw, ino, inode, size_of::<Inode>() as c_int)
        })
    }

    /// The block that holds the `index`th of an inode, when it is mapped and written.
    pub(super) fn block_of(
        &self,
        ino: u32,
        inode: &mut Inode,
        index: u64,
    ) -> Result<Option<u64>, Failure> {
        let (mut flags, mut physical) = (0, 0);
        // SAFETY: the handle is valid; libext2fs allocates its own buffer for null.
        check(unsafe {
            ffi::ext2fs_bmap2(
                self.raw,
                ino,
                inode,
                ptr::null_mut(),
                0,
                index,
                &mut flags,
                &mut physical,
            )
        })?;
        let inside = (u64::from(self.superblock.first_data_block) + 1..self.superblock.blocks)
            .contains(&physical);
        Ok((inside && flags & ffi::BMAP_RET_UNINIT == 0).then_some(physical))
    }
}

impl Drop for Filesystem<'_> {
    fn drop(&mut self) {
        self.disk_mut().seal();
        // SAFETY: the handle is valid or null and used no more; the disk was made by
        // `Box::into_raw` and, the channel being closed, nothing else refers to it.
        unsafe {
            if !self.raw.is_null() {
                ffi::ext2fs_free(self.raw);
            }
            drop(Box::from_raw(self.disk));
        }
    }
}
