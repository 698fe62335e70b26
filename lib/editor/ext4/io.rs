//! The io_manager: how libext2fs reaches a disk that is no file.
//!
//! libext2fs opens by name. The disk it is to open waits in a slot of this thread instead, which
//! `open` empties as its first act; so no pointer travels as text, and guests can be opened on
//! any number of threads, even by a device's own read.
//!
//! Source: `ext2fs/ext2_io.h` and `lib/ext2fs/unix_io.c` for what the calls mean.

#![allow(unsafe_code)]

use std::cell::Cell;
use std::ffi::{c_char, c_int, c_long, c_ulong, c_ulonglong, c_void};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use super::ffi::{
    ET_INVALID_ARGUMENT, ET_MAGIC_IO_CHANNEL, ET_MAGIC_IO_MANAGER, ET_SHORT_READ, ET_SHORT_WRITE,
    ET_UNIMPLEMENTED, Errcode, IoChannel, IoManager,
};
use super::pages::Pages;

/// Reads and writes that one call on a guest may take. A directory of a million entries takes a
/// tenth of it; block maps that run in circles take all.
const CALLS_PER_OPERATION: u32 = 1 << 17;

/// State that a channel works on. It outlives the channel.
pub(super) struct Disk<'d> {
    pub(super) pages: Pages<'d>,
    /// The first error since it was last taken; libext2fs has only a number for it.
    error: Option<io::Error>,
    calls: u32,
    writable: bool,
}

impl<'d> Disk<'d> {
    pub(super) fn new(pages: Pages<'d>, writable: bool) -> Self {
        Self {
            pages,
            error: None,
            calls: 0,
            writable,
        }
    }

    /// Begins another call on the guest.
    pub(super) fn begin(&mut self) {
        self.calls = 0;
        self.error = None;
    }

    /// From here on nothing is written, whatever libext2fs still wants.
    pub(super) fn seal(&mut self) {
        self.writable = false;
    }

    /// The error below the number that libext2fs returned, when the disk was the cause.
    pub(super) fn take_error(&mut self) -> Option<io::Error> {
        self.error.take()
    }

    /// True where this call on the guest used up its reads and writes.
    pub(super) fn is_exhausted(&self) -> bool {
        self.calls >= CALLS_PER_OPERATION
    }

    fn transfer(&mut self, run: impl FnOnce(&mut Pages<'d>) -> io::Result<()>) -> bool {
        if self.is_exhausted() {
            return false;
        }
        self.calls += 1;
        let pages = &mut self.pages;
        // A panic of the device must not cross C; the pages are plain memory, whole at any time.
        let result = catch_unwind(AssertUnwindSafe(|| run(pages)))
            .unwrap_or_else(|_| Err(io::Error::other("the block device panicked")));
        match result {
            Ok(()) => true,
            Err(error) => {
                self.error.get_or_insert(error);
                false
            }
        }
    }
}

thread_local! {
    static WAITING: Cell<*mut c_void> = const { Cell::new(ptr::null_mut()) };
}

/// Puts a disk where the next `open` on this thread finds it; null takes it back.
pub(super) fn offer(disk: *mut Disk<'_>) {
    WAITING.set(disk.cast());
}

/// The one manager; it has no state of its own.
pub(super) static MANAGER: IoManager = IoManager {
    magic: ET_MAGIC_IO_MANAGER,
    name: NAME.as_ptr(),
    open,
    close,
    set_blksize,
    read_blk,
    write_blk,
    flush,
    write_byte,
    set_option: None,
    get_stats: None,
    read_blk64,
    write_blk64,
    discard: Some(discard),
    cache_readahead: Some(cache_readahead),
    zeroout: Some(zeroout),
    reserved: [0; 14],
};

/// Name of the manager and of every channel.
pub(super) const NAME: &std::ffi::CStr = c"osgraft";

// SAFETY: the only pointers in it are to a constant string and to functions.
unsafe impl Sync for IoManager {}

unsafe extern "C" fn open(_: *const c_char, _: c_int, out: *mut *mut IoChannel) -> Errcode {
    let disk = WAITING.replace(ptr::null_mut());
    if disk.is_null() || out.is_null() {
        return ET_INVALID_ARGUMENT;
    }
    let channel = Box::new(IoChannel {
        magic: ET_MAGIC_IO_CHANNEL,
        manager: &MANAGER,
        name: NAME.as_ptr().cast_mut(),
        block_size: 1024,
        read_error: None,
        write_error: None,
        refcount: 1,
        flags: 0,
        reserved: [0 as c_long; 14],
        private_data: disk,
        app_data: ptr::null_mut(),
        align: 0,
    });
    // SAFETY: `out` is libext2fs' place for the channel, checked for null.
    unsafe { *out = Box::into_raw(channel) };
    0
}

unsafe extern "C" fn close(channel: *mut IoChannel) -> Errcode {
    // SAFETY: libext2fs hands back a channel that `open` made and that is not closed yet.
    unsafe {
        (*channel).refcount -= 1;
        if (*channel).refcount <= 0 {
            drop(Box::from_raw(channel));
        }
    }
    0
}

unsafe extern "C" fn set_blksize(channel: *mut IoChannel, block_size: c_int) -> Errcode {
    if block_size <= 0 {
        return ET_INVALID_ARGUMENT;
    }
    // SAFETY: a live channel of ours.
    unsafe { (*channel).block_size = block_size };
    0
}

unsafe extern "C" fn read_blk64(
    channel: *mut IoChannel,
    block: c_ulonglong,
    count: c_int,
    data: *mut c_void,
) -> Errcode {
    // SAFETY: a live channel of ours; `data` holds as many bytes as block and count tell, and
    // nothing else refers to the disk while libext2fs runs.
    unsafe {
        let Some((offset, len)) = place(channel, block, count) else {
            return ET_INVALID_ARGUMENT;
        };
        // Not every caller's buffer is initialised, which a slice must be.
        ptr::write_bytes(data.cast::<u8>(), 0, len);
        let buf = std::slice::from_raw_parts_mut(data.cast::<u8>(), len);
        match disk(channel).transfer(|pages| pages.read(offset, buf)) {
            true => 0,
            false => ET_SHORT_READ,
        }
    }
}

unsafe extern "C" fn write_blk64(
    channel: *mut IoChannel,
    block: c_ulonglong,
    count: c_int,
    data: *const c_void,
) -> Errcode {
    // SAFETY: as for `read_blk64`.
    unsafe {
        let Some((offset, len)) = place(channel, block, count) else {
            return ET_INVALID_ARGUMENT;
        };
        write(channel, offset, data, len)
    }
}

unsafe extern "C" fn write_byte(
    channel: *mut IoChannel,
    offset: c_ulong,
    len: c_int,
    data: *const c_void,
) -> Errcode {
    let Ok(len) = usize::try_from(len) else {
        return ET_INVALID_ARGUMENT;
    };
    // SAFETY: as for `read_blk64`; here the length is in bytes.
    unsafe { write(channel, offset, data, len) }
}

/// # Safety
/// A live channel of ours, and `len` bytes at `data`.
unsafe fn write(channel: *mut IoChannel, at: u64, data: *const c_void, len: usize) -> Errcode {
    // SAFETY: the caller's promise.
    unsafe {
        let disk = disk(channel);
        if !disk.writable {
            return ET_SHORT_WRITE;
        }
        let data = std::slice::from_raw_parts(data.cast::<u8>(), len);
        match disk.transfer(|pages| pages.write(at, data)) {
            true => 0,
            false => ET_SHORT_WRITE,
        }
    }
}

unsafe extern "C" fn read_blk(
    channel: *mut IoChannel,
    block: c_ulong,
    count: c_int,
    data: *mut c_void,
) -> Errcode {
    // SAFETY: the same contract, with a narrower block number.
    unsafe { read_blk64(channel, block, count, data) }
}

unsafe extern "C" fn write_blk(
    channel: *mut IoChannel,
    block: c_ulong,
    count: c_int,
    data: *const c_void,
) -> Errcode {
    // SAFETY: the same contract, with a narrower block number.
    unsafe { write_blk64(channel, block, count, data) }
}

unsafe extern "C" fn flush(_: *mut IoChannel) -> Errcode {
    0
}

/// Not implemented, which libext2fs takes as "leave it": what was freed keeps its bytes.
unsafe extern "C" fn discard(_: *mut IoChannel, _: c_ulonglong, _: c_ulonglong) -> Errcode {
    ET_UNIMPLEMENTED
}

unsafe extern "C" fn cache_readahead(_: *mut IoChannel, _: c_ulonglong, _: c_ulonglong) -> Errcode {
    0
}

/// Not implemented: libext2fs then writes the zeros itself.
unsafe extern "C" fn zeroout(_: *mut IoChannel, _: c_ulonglong, _: c_ulonglong) -> Errcode {
    ET_UNIMPLEMENTED
}

/// # Safety
/// A live channel of ours, to whose disk nothing else refers while the answer lives.
unsafe fn disk<'a>(channel: *mut IoChannel) -> &'a mut Disk<'a> {
    // SAFETY: `private_data` is what `offer` was given, which outlives the channel.
    unsafe { &mut *(*channel).private_data.cast() }
}

/// Offset and length in bytes; a negative count is a count of bytes.
///
/// # Safety
/// A live channel of ours.
unsafe fn place(channel: *mut IoChannel, block: u64, count: c_int) -> Option<(u64, usize)> {
    // SAFETY: the caller's promise.
    let block_size = unsafe { (*channel).block_size } as u64;
    let len = match u64::try_from(count) {
        Ok(blocks) => blocks * block_size,
        Err(_) => u64::from(count.unsigned_abs()),
    };
    Some((block.checked_mul(block_size)?, len as usize))
}
