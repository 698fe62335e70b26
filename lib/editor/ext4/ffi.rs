//! The part of libext2fs that this editor calls, written out by hand.
//!
//! By hand rather than by bindgen: bindgen would make libclang a build dependency of every crate
//! that links this one, for thirty functions and four structures. That these mirrors agree with
//! the installed headers is shown by a test that compiles a C program against them. The layouts
//! are those of e2fsprogs 1.46 and newer, whose soname and public structures have not changed.
//!
//! Source: `ext2fs/ext2fs.h`, `ext2_io.h`, `ext2_fs.h`, `ext2_err.h`.

#![allow(unsafe_code)]

use std::ffi::{c_char, c_int, c_long, c_uint, c_ulong, c_ulonglong, c_void};

/// `errcode_t` (et/com_err.h): 0, an errno, or a number of the ext2 error table.
pub(super) type Errcode = c_long;

/// First number of the ext2 error table.
pub(super) const ET_BASE: Errcode = 2_133_571_328;
pub(super) const ET_MAGIC_FILSYS: Errcode = ET_BASE + 1;
pub(super) const ET_MAGIC_IO_CHANNEL: Errcode = ET_BASE + 5;
pub(super) const ET_MAGIC_IO_MANAGER: Errcode = ET_BASE + 7;
pub(super) const ET_SHORT_READ: Errcode = ET_BASE + 36;
pub(super) const ET_SHORT_WRITE: Errcode = ET_BASE + 37;
pub(super) const ET_DIR_NO_SPACE: Errcode = ET_BASE + 38;
pub(super) const ET_NO_MEMORY: Errcode = ET_BASE + 70;
pub(super) const ET_INVALID_ARGUMENT: Errcode = ET_BASE + 71;
pub(super) const ET_BLOCK_ALLOC_FAIL: Errcode = ET_BASE + 72;
pub(super) const ET_INODE_ALLOC_FAIL: Errcode = ET_BASE + 73;
pub(super) const ET_UNIMPLEMENTED: Errcode = ET_BASE + 80;
pub(super) const ET_FILE_TOO_BIG: Errcode = ET_BASE + 82;
pub(super) const ET_EXTENT_NO_NEXT: Errcode = ET_BASE + 124;
pub(super) const ET_NO_CURRENT_NODE: Errcode = ET_BASE + 128;
pub(super) const ET_EA_KEY_NOT_FOUND: Errcode = ET_BASE + 162;
pub(super) const ET_EA_NO_SPACE: Errcode = ET_BASE + 163;

pub(super) const FLAG_RW: c_int = 0x01;
pub(super) const FLAG_MASTER_SB_ONLY: c_int = 0x200;
pub(super) const FLAG_64BITS: c_int = 0x20000;
pub(super) const FLAG_SKIP_MMP: c_int = 0x10_0000;
pub(super) const FILE_WRITE: c_int = 1;
pub(super) const BMAP_ALLOC: c_int = 1;
pub(super) const BMAP_RET_UNINIT: c_int = 1;
pub(super) const EXTENT_ROOT: c_int = 1;
pub(super) const EXTENT_NEXT: c_int = 9;
pub(super) const EXTENT_FLAGS_LEAF: u32 = 1;
pub(super) const EXTENT_FLAGS_UNINIT: u32 = 2;
pub(super) const EXTENT_FLAGS_SECOND_VISIT: u32 = 4;
pub(super) const BLOCK_FLAG_DATA_ONLY: c_int = 4;
pub(super) const BLOCK_FLAG_READ_ONLY: c_int = 8;
pub(super) const BLOCK_ABORT: c_int = 2;
pub(super) const SEEK_SET: c_int = 0;

/// `struct ext2fs_extent`.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub(super) struct Extent {
    pub(super) physical: u64,
    pub(super) logical: u64,
    pub(super) len: u32,
    pub(super) flags: u32,
}

/// Callback of `ext2fs_block_iterate3`, for each block.
pub(super) type EachBlock =
    unsafe extern "C" fn(*mut Filsys, *mut u64, i64, u64, c_int, *mut c_void) -> c_int;
/// Callback of `ext2fs_xattrs_iterate`, for each attribute.
pub(super) type EachAttribute =
    unsafe extern "C" fn(*mut c_char, *mut c_char, usize, *mut c_void) -> c_int;

/// `struct struct_io_channel`.
#[repr(C)]
pub(super) struct IoChannel {
    pub(super) magic: Errcode,
    pub(super) manager: *const IoManager,
    pub(super) name: *mut c_char,
    pub(super) block_size: c_int,
    pub(super) read_error: Option<unsafe extern "C" fn()>,
    pub(super) write_error: Option<unsafe extern "C" fn()>,
    pub(super) refcount: c_int,
    pub(super) flags: c_int,
    pub(super) reserved: [c_long; 14],
    pub(super) private_data: *mut c_void,
    pub(super) app_data: *mut c_void,
    pub(super) align: c_int,
}

type ReadBlk = unsafe extern "C" fn(*mut IoChannel, c_ulong, c_int, *mut c_void) -> Errcode;
type WriteBlk = unsafe extern "C" fn(*mut IoChannel, c_ulong, c_int, *const c_void) -> Errcode;
type ReadBlk64 = unsafe extern "C" fn(*mut IoChannel, c_ulonglong, c_int, *mut c_void) -> Errcode;
type WriteBlk64 =
    unsafe extern "C" fn(*mut IoChannel, c_ulonglong, c_int, *const c_void) -> Errcode;
type Extent64 = unsafe extern "C" fn(*mut IoChannel, c_ulonglong, c_ulonglong) -> Errcode;

/// `struct struct_io_manager`.
#[repr(C)]
pub(super) struct IoManager {
    pub(super) magic: Errcode,
    pub(super) name: *const c_char,
    pub(super) open: unsafe extern "C" fn(*const c_char, c_int, *mut *mut IoChannel) -> Errcode,
    pub(super) close: unsafe extern "C" fn(*mut IoChannel) -> Errcode,
    pub(super) set_blksize: unsafe extern "C" fn(*mut IoChannel, c_int) -> Errcode,
    pub(super) read_blk: ReadBlk,
    pub(super) write_blk: WriteBlk,
    pub(super) flush: unsafe extern "C" fn(*mut IoChannel) -> Errcode,
    pub(super) write_byte: WriteBlk,
    pub(super) set_option:
        Option<unsafe extern "C" fn(*mut IoChannel, *const c_char, *const c_char) -> Errcode>,
    pub(super) get_stats: Option<unsafe extern "C" fn(*mut IoChannel, *mut *mut c_void) -> Errcode>,
    pub(super) read_blk64: ReadBlk64,
    pub(super) write_blk64: WriteBlk64,
    pub(super) discard: Option<Extent64>,
    pub(super) cache_readahead: Option<Extent64>,
    pub(super) zeroout: Option<Extent64>,
    pub(super) reserved: [c_long; 14],
}

/// The head of `struct struct_ext2_filsys`, down to the last field that is used here.
#[repr(C)]
pub(super) struct Filsys {
    pub(super) magic: Errcode,
    pub(super) io: *mut IoChannel,
    pub(super) flags: c_int,
    pub(super) device_name: *mut c_char,
    pub(super) superblock: *mut c_void,
    pub(super) blocksize: c_uint,
    pub(super) fragsize: c_int,
    pub(super) group_desc_count: u32,
    pub(super) desc_blocks: c_ulong,
    pub(super) group_desc: *mut c_void,
    pub(super) inode_blocks_per_group: c_uint,
    pub(super) inode_map: *mut c_void,
    pub(super) block_map: *mut c_void,
    pub(super) callbacks: [Option<unsafe extern "C" fn()>; 5],
    pub(super) badblocks: *mut c_void,
    pub(super) dblist: *mut c_void,
    pub(super) stride: u32,
    pub(super) orig_super: *mut c_void,
    pub(super) image_header: *mut c_void,
    pub(super) umask: u32,
    pub(super) now: libc::time_t,
}

/// `struct ext2_inode_large`, whose first 128 bytes are `struct ext2_inode`.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub(super) struct Inode {
    pub(super) mode: u16,
    pub(super) uid_low: u16,
    pub(super) size_low: u32,
    pub(super) atime: u32,
    pub(super) ctime: u32,
    pub(super) mtime: u32,
    pub(super) dtime: u32,
    pub(super) gid_low: u16,
    pub(super) links_count: u16,
    pub(super) blocks: u32,
    pub(super) flags: u32,
    pub(super) version: u32,
    pub(super) block: [u32; 15],
    pub(super) generation: u32,
    pub(super) file_acl: u32,
    pub(super) size_high: u32,
    pub(super) faddr: u32,
    pub(super) blocks_hi: u16,
    pub(super) file_acl_high: u16,
    pub(super) uid_high: u16,
    pub(super) gid_high: u16,
    pub(super) checksum_lo: u16,
    pub(super) reserved: u16,
    pub(super) extra_isize: u16,
    pub(super) checksum_hi: u16,
    pub(super) ctime_extra: u32,
    pub(super) mtime_extra: u32,
    pub(super) atime_extra: u32,
    pub(super) crtime: u32,
    pub(super) crtime_extra: u32,
    pub(super) version_hi: u32,
    pub(super) projid: u32,
}

unsafe extern "C" {
    pub(super) fn ext2fs_get_library_version(
        version: *mut *const c_char,
        date: *mut *const c_char,
    ) -> c_int;

    pub(super) fn ext2fs_open2(
        name: *const c_char,
        io_options: *const c_char,
        flags: c_int,
        superblock: c_int,
        block_size: c_uint,
        manager: *const IoManager,
        fs: *mut *mut Filsys,
    ) -> Errcode;
    pub(super) fn ext2fs_close_free(fs: *mut *mut Filsys) -> Errcode;
    pub(super) fn ext2fs_free(fs: *mut Filsys);
    pub(super) fn ext2fs_read_bitmaps(fs: *mut Filsys) -> Errcode;
    pub(super) fn ext2fs_find_first_zero_block_bitmap2(
        bitmap: *mut c_void,
        start: u64,
        end: u64,
        found: *mut u64,
    ) -> Errcode;
    pub(super) fn ext2fs_find_first_set_block_bitmap2(
        bitmap: *mut c_void,
        start: u64,
        end: u64,
        found: *mut u64,
    ) -> Errcode;
    pub(super) fn ext2fs_block_bitmap_loc(fs: *mut Filsys, group: u32) -> u64;
    pub(super) fn ext2fs_inode_bitmap_loc(fs: *mut Filsys, group: u32) -> u64;
    pub(super) fn ext2fs_inode_table_loc(fs: *mut Filsys, group: u32) -> u64;
    pub(super) fn ext2fs_group_desc_csum_verify(fs: *mut Filsys, group: u32) -> c_int;

    pub(super) fn ext2fs_read_inode_full(
        fs: *mut Filsys,
        ino: u32,
        inode: *mut Inode,
        size: c_int,
    ) -> Errcode;
    pub(super) fn ext2fs_write_inode_full(
        fs: *mut Filsys,
        ino: u32,
        inode: *mut Inode,
        size: c_int,
    ) -> Errcode;
    pub(super) fn ext2fs_new_inode(
        fs: *mut Filsys,
        dir: u32,
        mode: c_int,
        map: *mut c_void,
        ino: *mut u32,
    ) -> Errcode;
    pub(super) fn ext2fs_write_new_inode(fs: *mut Filsys, ino: u32, inode: *mut Inode) -> Errcode;
    pub(super) fn ext2fs_inode_alloc_stats2(fs: *mut Filsys, ino: u32, inuse: c_int, dir: c_int);
    pub(super) fn ext2fs_inode_has_valid_blocks2(fs: *mut Filsys, inode: *mut Inode) -> c_int;

    pub(super) fn ext2fs_bmap2(
        fs: *mut Filsys,
        ino: u32,
        inode: *mut Inode,
        block_buf: *mut c_char,
        flags: c_int,
        block: u64,
        ret_flags: *mut c_int,
        physical: *mut u64,
    ) -> Errcode;
    pub(super) fn ext2fs_punch(
        fs: *mut Filsys,
        ino: u32,
        inode: *mut Inode,
        block_buf: *mut c_char,
        start: u64,
        end: u64,
    ) -> Errcode;
    pub(super) fn ext2fs_extent_open2(
        fs: *mut Filsys,
        ino: u32,
        inode: *mut Inode,
        handle: *mut *mut c_void,
    ) -> Errcode;
    pub(super) fn ext2fs_extent_free(handle: *mut c_void);
    pub(super) fn ext2fs_extent_get(
        handle: *mut c_void,
        flags: c_int,
        extent: *mut Extent,
    ) -> Errcode;
    pub(super) fn ext2fs_block_iterate3(
        fs: *mut Filsys,
        ino: u32,
        flags: c_int,
        block_buf: *mut c_char,
        each: EachBlock,
        data: *mut c_void,
    ) -> Errcode;

    pub(super) fn ext2fs_read_dir_block4(
        fs: *mut Filsys,
        block: u64,
        buf: *mut c_void,
        flags: c_int,
        ino: u32,
    ) -> Errcode;
    pub(super) fn ext2fs_write_dir_block4(
        fs: *mut Filsys,
        block: u64,
        buf: *mut c_void,
        flags: c_int,
        ino: u32,
    ) -> Errcode;
    pub(super) fn ext2fs_link(
        fs: *mut Filsys,
        dir: u32,
        name: *const c_char,
        ino: u32,
        flags: c_int,
    ) -> Errcode;
    pub(super) fn ext2fs_expand_dir(fs: *mut Filsys, dir: u32) -> Errcode;
    pub(super) fn ext2fs_dirhash2(
        version: c_int,
        name: *const c_char,
        len: c_int,
        charset: *const c_void,
        hash_flags: c_int,
        seed: *const u32,
        hash: *mut u32,
        minor_hash: *mut u32,
    ) -> Errcode;

    pub(super) fn ext2fs_file_open(
        fs: *mut Filsys,
        ino: u32,
        flags: c_int,
        file: *mut *mut c_void,
    ) -> Errcode;
    pub(super) fn ext2fs_file_read(
        file: *mut c_void,
        buf: *mut c_void,
        wanted: c_uint,
        got: *mut c_uint,
    ) -> Errcode;
    pub(super) fn ext2fs_file_write(
        file: *mut c_void,
        buf: *const c_void,
        len: c_uint,
        written: *mut c_uint,
    ) -> Errcode;
    pub(super) fn ext2fs_file_llseek(
        file: *mut c_void,
        offset: u64,
        whence: c_int,
        position: *mut u64,
    ) -> Errcode;
    pub(super) fn ext2fs_file_set_size2(file: *mut c_void, size: u64) -> Errcode;
    pub(super) fn ext2fs_file_close(file: *mut c_void) -> Errcode;

    pub(super) fn ext2fs_free_ext_attr(fs: *mut Filsys, ino: u32, inode: *mut Inode) -> Errcode;
    pub(super) fn ext2fs_xattrs_open(
        fs: *mut Filsys,
        ino: u32,
        handle: *mut *mut c_void,
    ) -> Errcode;
    pub(super) fn ext2fs_xattrs_read(handle: *mut c_void) -> Errcode;
    pub(super) fn ext2fs_xattrs_iterate(
        handle: *mut c_void,
        each: EachAttribute,
        data: *mut c_void,
    ) -> Errcode;
    pub(super) fn ext2fs_xattr_get(
        handle: *mut c_void,
        key: *const c_char,
        value: *mut *mut c_void,
        len: *mut usize,
    ) -> Errcode;
    pub(super) fn ext2fs_xattr_set(
        handle: *mut c_void,
        key: *const c_char,
        value: *const c_void,
        len: usize,
    ) -> Errcode;
    pub(super) fn ext2fs_xattrs_close(handle: *mut *mut c_void) -> Errcode;
}

#[cfg(test)]
mod tests;
