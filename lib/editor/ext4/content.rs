//! Content of files and links.

#![allow(unsafe_code)]

use std::ffi::c_void;
use std::ptr;

use super::ffi::{self, Inode};
use super::fs::{Filesystem, Trouble, check};

/// Bytes that one call of libext2fs is asked for.
const CHUNK: usize = 1 << 20;

/// An open file of libext2fs, which is freed in any case.
struct OpenFile(*mut c_void);

impl OpenFile {
    fn open(fs: &Filesystem<'_>, ino: u32, flags: i32) -> Result<Self, Trouble> {
        let mut file = ptr::null_mut();
        // SAFETY: the handle is valid and outlives the file.
        check(unsafe { ffi::ext2fs_file_open(fs.raw(), ino, flags, &mut file) })?;
        Ok(Self(file))
    }

    /// Writes the last block out.
    fn close(mut self) -> Result<(), Trouble> {
        let file = std::mem::replace(&mut self.0, ptr::null_mut());
        // SAFETY: open until now, and not used again.
        Ok(check(unsafe { ffi::ext2fs_file_close(file) })?)
    }
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: open until now. Its error would hide the one that led here.
            unsafe { ffi::ext2fs_file_close(self.0) };
        }
    }
}

/// The whole content of an inode with blocks, which the caller has bounded.
pub(super) fn read(fs: &Filesystem<'_>, ino: u32, inode: &Inode) -> Result<Vec<u8>, Trouble> {
    let size = usize::try_from(inode.size()).map_err(|_| Trouble::OutOfMemory)?;
    read_start(fs, ino, size)
}

/// The first `size` bytes of an inode with blocks that has as many.
pub(super) fn read_start(fs: &Filesystem<'_>, ino: u32, size: usize) -> Result<Vec<u8>, Trouble> {
    read_part(fs, ino, 0, size)
}

/// So many bytes from `offset` on of an inode with blocks that has as many.
pub(super) fn read_part(
    fs: &Filesystem<'_>,
    ino: u32,
    offset: u64,
    size: usize,
) -> Result<Vec<u8>, Trouble> {
    let mut content = Vec::new();
    content
        .try_reserve_exact(size)
        .map_err(|_| Trouble::OutOfMemory)?;
    content.resize(size, 0);
    let file = OpenFile::open(fs, ino, 0)?;
    if offset != 0 {
        let mut position = 0;
        // SAFETY: the file is open.
        check(unsafe { ffi::ext2fs_file_llseek(file.0, offset, ffi::SEEK_SET, &mut position) })?;
    }
    let mut done = 0;
    while done < size {
        let chunk = &mut content[done..];
        let wanted = chunk.len().min(CHUNK) as u32;
        let mut got = 0;
        // SAFETY: the file is open and the buffer at least as long as wanted.
        check(unsafe {
            ffi::ext2fs_file_read(file.0, chunk.as_mut_ptr().cast(), wanted, &mut got)
        })?;
        if got == 0 {
            return Err(Trouble::Damaged("a file that ends before its size"));
        }
        done += got as usize;
    }
    file.close()?;
    Ok(content)
}

/// Replaces the whole content; the blocks it had are free first.
pub(super) fn write(fs: &mut Filesystem<'_>, ino: u32, content: &[u8]) -> Result<(), Trouble> {
    let file = OpenFile::open(fs, ino, ffi::FILE_WRITE)?;
    // SAFETY: the file is open.
    check(unsafe { ffi::ext2fs_file_set_size2(file.0, 0) })?;
    for chunk in content.chunks(CHUNK) {
        let mut done = 0;
        while done < chunk.len() {
            let rest = &chunk[done..];
            let mut written = 0;
            // SAFETY: the file is open and the buffer as long as said.
            check(unsafe {
                let data = rest.as_ptr().cast();
                ffi::ext2fs_file_write(file.0, data, rest.len() as u32, &mut written)
            })?;
            if written == 0 {
                return Err(Trouble::Damaged("a file that takes no more bytes"));
            }
            done += written as usize;
        }
    }
    file.close()
}

/// A symbolic link's target.
pub(super) fn target(fs: &Filesystem<'_>, ino: u32, inode: &Inode) -> Result<Vec<u8>, Trouble> {
    inode.check_readable()?;
    let size = inode.size();
    // The kernel takes the target from the inode when no block is counted but that of its
    // attributes; it and libext2fs write none of 60 bytes or more there.
    let target = if size < 60 && inode.flags & super::inode::EXTENTS == 0 {
        let words = inode.block.iter().flat_map(|word| word.to_le_bytes());
        words.take(size as usize).collect()
    } else if size < fs.block_size() as u64 {
        read(fs, ino, inode)?
    } else {
        return Err(Trouble::Damaged("a link longer than a block"));
    };
    if target.is_empty() || target.contains(&0) {
        return Err(Trouble::Damaged("a link with an impossible target"));
    }
    Ok(target)
}
