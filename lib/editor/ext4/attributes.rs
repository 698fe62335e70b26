//! Extended attributes of an inode, all of them.

#![allow(unsafe_code)]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::{ptr, slice};

use super::ffi;
use super::fs::{Failure, Filesystem, Trouble, check};
use crate::guest::{MAX_XATTR, MAX_XATTRS, TOO_MANY_XATTRS};

/// Attributes that hold a file's own content, and are none of the user's.
const INTERNAL: &[u8] = b"system.data";
/// Beginning of the names of access lists (acl(5)).
const LISTS: &[u8] = b"system.posix_acl_";

/// Name and value.
type Attribute = (Vec<u8>, Vec<u8>);

#[derive(Default)]
struct Collected {
    found: Vec<Attribute>,
    bytes: usize,
    is_over: bool,
}

/// Takes one attribute; libext2fs calls it for each.
///
/// # Safety
/// `name` is a string, `value` has `len` bytes, `into` is a [`Collected`] of nobody else.
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

/// Gives access lists the form that the kernel hands out, which is not the one on the disk.
///
/// # Safety
/// `handle` is open and read.
unsafe fn convert(handle: *mut c_void, found: &mut [Attribute]) -> Result<(), Failure> {
    let lists = found.iter_mut().filter(|(name, _)| name.starts_with(LISTS));
    for (name, value) in lists {
        // It came from a string of C, so there is no NUL in it.
        let Ok(name) = CString::new(name.as_slice()) else {
            continue;
        };
        let (mut converted, mut len): (*mut c_void, usize) = (ptr::null_mut(), 0);
        // SAFETY: the handle is open; the value is libext2fs' own copy, which is the caller's to free.
        unsafe {
            let got = ffi::ext2fs_xattr_get(handle, name.as_ptr(), &mut converted, &mut len);
            check(got)?;
            *value = match converted.is_null() {
                true => Vec::new(),
                false => slice::from_raw_parts(converted.cast::<u8>(), len).to_vec(),
            };
            libc::free(converted);
        }
        name_nobody(value);
    }
    Ok(())
}

/// Entries of a list that are of nobody by name have the number that the kernel gives them
/// (`ACL_UNDEFINED_ID`), where libext2fs has 0.
fn name_nobody(list: &mut [u8]) {
    const HEAD: usize = 4;
    const USER: u16 = 0x02;
    const GROUP: u16 = 0x08;
    let entries = list.get_mut(HEAD..).unwrap_or_default();
    for entry in entries.chunks_exact_mut(8) {
        let tag = u16::from_le_bytes([entry[0], entry[1]]);
        if tag != USER && tag != GROUP {
            entry[4..].fill(0xff);
        }
    }
}

/// Names and values, by name.
pub(super) fn all(fs: &Filesystem<'_>, ino: u32) -> Result<Vec<Attribute>, Trouble> {
    let mut handle = ptr::null_mut();
    let mut collected = Collected::default();
    let into: *mut Collected = &mut collected;
    // SAFETY: the handle is closed on every way out; `take` gets what it takes, and is done with it
    // before the lists are converted.
    let read = unsafe {
        check(ffi::ext2fs_xattrs_open(fs.raw(), ino, &mut handle))?;
        let mut read = check(ffi::ext2fs_xattrs_read(handle));
        if read.is_ok() {
            read = check(ffi::ext2fs_xattrs_iterate(handle, take, into.cast()));
        }
        if read.is_ok() {
            read = convert(handle, &mut collected.found);
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
