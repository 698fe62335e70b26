//! Ranges of a file that hold data.

#![allow(unsafe_code)]

use std::ffi::{c_int, c_void};
use std::ops::Range;
use std::ptr;

use super::ffi::{self, Filsys, Inode};
use super::fs::{Failure, Filesystem, Trouble, check};
use super::inode::EXTENTS;
use crate::guest::Ranges;

const OUT_OF_ORDER: Trouble = Trouble::Damaged("a file whose blocks are not in order");

/// Ranges of bytes that are mapped and written.
pub(super) fn data(
    fs: &Filesystem<'_>,
    ino: u32,
    inode: &Inode,
) -> Result<Vec<Range<u64>>, Trouble> {
    let size = inode.size();
    if size == 0 {
        return Ok(Vec::new());
    }
    let ranges = match inode.flags & EXTENTS {
        0 => by_blocks(fs, ino)?,
        _ => by_extents(fs, ino, inode)?,
    };
    Ok(ranges.within(size))
}

fn by_extents(fs: &Filesystem<'_>, ino: u32, inode: &Inode) -> Result<Ranges, Trouble> {
    let mut inode = *inode;
    let mut handle = ptr::null_mut();
    // SAFETY: the handle is valid. An inode that has its extents already is not written.
    check(unsafe { ffi::ext2fs_extent_open2(fs.raw(), ino, &mut inode, &mut handle) })?;
    let ranges = walk(fs.block_size() as u64, handle);
    // SAFETY: opened above, and not used again.
    unsafe { ffi::ext2fs_extent_free(handle) };
    ranges
}

fn walk(block_size: u64, handle: *mut c_void) -> Result<Ranges, Trouble> {
    let mut ranges = Ranges::default();
    let mut step = ffi::EXTENT_ROOT;
    loop {
        let mut extent = ffi::Extent::default();
        // SAFETY: the handle is open.
        match check(unsafe { ffi::ext2fs_extent_get(handle, step, &mut extent) }) {
            Ok(()) => {}
            Err(Failure(ffi::ET_EXTENT_NO_NEXT | ffi::ET_NO_CURRENT_NODE)) => return Ok(ranges),
            Err(failure) => return Err(failure.into()),
        }
        step = ffi::EXTENT_NEXT;
        let is_leaf = extent.flags & ffi::EXTENT_FLAGS_LEAF != 0;
        let is_again = extent.flags & ffi::EXTENT_FLAGS_SECOND_VISIT != 0;
        let is_unwritten = extent.flags & ffi::EXTENT_FLAGS_UNINIT != 0;
        if !is_leaf || is_again || is_unwritten || extent.len == 0 {
            continue;
        }
        let end = extent.logical.checked_add(extent.len.into());
        let bytes = |block: u64| block.checked_mul(block_size);
        let range = end.and_then(|end| Some(bytes(extent.logical)?..bytes(end)?));
        if !range.is_some_and(|range| ranges.push(range)) {
            return Err(OUT_OF_ORDER);
        }
    }
}

struct Walk {
    ranges: Ranges,
    block_size: u64,
    is_damaged: bool,
}

/// Takes one mapped block; libext2fs calls it for each.
///
/// # Safety
/// `into` is a [`Walk`] of nobody else.
unsafe extern "C" fn take(
    _: *mut Filsys,
    _: *mut u64,
    index: i64,
    _: u64,
    _: c_int,
    into: *mut c_void,
) -> c_int {
    // SAFETY: `into` is what `by_blocks` handed over, which waits meanwhile.
    let walk = unsafe { &mut *into.cast::<Walk>() };
    let start = u64::try_from(index).ok();
    let start = start.and_then(|index| index.checked_mul(walk.block_size));
    let range = start.and_then(|start| Some(start..start.checked_add(walk.block_size)?));
    walk.is_damaged = !range.is_some_and(|range| walk.ranges.push(range));
    match walk.is_damaged {
        true => ffi::BLOCK_ABORT,
        false => 0,
    }
}

fn by_blocks(fs: &Filesystem<'_>, ino: u32) -> Result<Ranges, Trouble> {
    let mut walk = Walk {
        ranges: Ranges::default(),
        block_size: fs.block_size() as u64,
        is_damaged: false,
    };
    let into: *mut Walk = &mut walk;
    let flags = ffi::BLOCK_FLAG_DATA_ONLY | ffi::BLOCK_FLAG_READ_ONLY;
    // SAFETY: the handle is valid; libext2fs allocates its own buffer for null.
    check(unsafe {
        ffi::ext2fs_block_iterate3(fs.raw(), ino, flags, ptr::null_mut(), take, into.cast())
    })?;
    match walk.is_damaged {
        true => Err(OUT_OF_ORDER),
        false => Ok(walk.ranges),
    }
}
