//! Extended attributes of an inode, all of them.

#![allow(unsafe_code)]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::{ptr, slice};

use super::ffi;
use super::fs::{Filesystem, Trouble, check};
use crate::guest::{MAX_XATTR, MAX_XATTRS, TOO_MANY_XATTRS};

/// Attributes that hold a file's own content, and are none of the user's.
const INTERNAL: &[u8] = b"system.data";

#[derive(Default)]
struct Collected {
    found: Vec<(Vec<u8>, Vec<u8>)>,
    bytes: usize,
    is_over: bool,
}

/// Takes one attribute; libext2fs calls it for each.
unsafe extern "C" fn take(
    name: *mut c_char,
    value: *mut c_char,
    len: usize,
    into: *mut c_void,
) -> c_int {
    /// `XATTR_ABORT`.
    const ABORT: c_int = 1;
    // SAFETY: `into` is what `all` handed over, which waits meanwhile.
    let into = unsafe { &mut *into.cast::<Collected>() };
    // SAFETY: libext2fs hands over its own string.
    let name = unsafe { CStr::from_ptr(name) }.to_bytes();
    if name == INTERNAL {
        return 0;
    }
    into.bytes = into.bytes.saturating_add(name.len()).saturating_add(len);
    if len > MAX_XATTR || into.bytes > MAX_XATTRS {
        into.is_over = true;
        return ABORT;
    }
    let value = match value.is_null() || len == 0 {
        true => Vec::new(),
        // SAFETY: libext2fs hands over its own buffer of that length.
        false => unsafe { slice::from_raw_parts(value.cast::<u8>(), len) }.to_vec(),
    };
    into.found.push((name.to_vec(), value));
    0
}

/// Names and values, by name.
pub(super) fn all(fs: &Filesystem<'_>, ino: u32) -> Result<Vec<(Vec<u8>, Vec<u8>)>, Trouble> {
    let mut handle = ptr::null_mut();
    let mut collected = Collected::default();
    let into: *mut Collected = &mut collected;
    // SAFETY: the handle is closed on every way out; `take` gets what it takes.
    let read = unsafe {
        check(ffi::ext2fs_xattrs_open(fs.raw(), ino, &mut handle))?;
        let mut read = check(ffi::ext2fs_xattrs_read(handle));
        if read.is_ok() {
            read = check(ffi::ext2fs_xattrs_iterate(handle, take, into.cast()));
        }
        ffi::ext2fs_xattrs_close(&mut handle);
        read
    };
    read?;
    if collected.is_over {
        return Err(Trouble::Unsupported(TOO_MANY_XATTRS));
    }
    let mut found = collected.found;
    found.sort();
    if found.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return Err(Trouble::Damaged(
            "an extended attribute that is there twice",
        ));
    }
    Ok(found)
}
