//! New inodes, their names, and the end of both.

#![allow(unsafe_code)]

use std::ffi::{CStr, CString, c_void};
use std::ptr;

use super::directory::Block;
use super::ffi::{self, Inode};
use super::fs::{Filesystem, Trouble, check};
use super::index::check_index;
use super::inode::{EXTENTS, Touch, entry_type};
use super::{content, directory};
use crate::guest::{Attributes, FileKind};

const LABEL: &CStr = c"security.selinux";
/// A link's target of fewer bytes lies in its inode.
const FAST_LINK: usize = 60;

/// Makes a regular file.
pub(super) fn file(
    fs: &mut Filesystem<'_>,
    parent: u32,
    name: &[u8],
    content: &[u8],
    new: Attributes,
) -> Result<(), Trouble> {
    let (ino, _) = allocate(fs, parent, FileKind::File, new, true)?;
    content::write(fs, ino, content)?;
    born(fs, ino)?;
    name_it(fs, parent, name, ino, FileKind::File)
}

/// Makes a symbolic link.
pub(super) fn symlink(
    fs: &mut Filesystem<'_>,
    parent: u32,
    name: &[u8],
    target: &[u8],
) -> Result<(), Trouble> {
    let fast = target.len() < FAST_LINK;
    let new = Attributes::root(0o777);
    let (ino, mut inode) = allocate(fs, parent, FileKind::Symlink, new, !fast)?;
    if fast {
        let mut words = [0; FAST_LINK];
        words[..target.len()].copy_from_slice(target);
        for (word, bytes) in inode.block.iter_mut().zip(words.chunks_exact(4)) {
            *word = u32::from_le_bytes(std::array::from_fn(|i| bytes[i]));
        }
        inode.set_size(target.len() as u64);
        fs.set_inode(ino, &mut inode)?;
    } else {
        content::write(fs, ino, target)?;
        born(fs, ino)?;
    }
    name_it(fs, parent, name, ino, FileKind::Symlink)
}

/// Makes an empty directory.
pub(super) fn directory(
    fs: &mut Filesystem<'_>,
    parent: u32,
    name: &[u8],
    new: Attributes,
) -> Result<(), Trouble> {
    let (ino, mut inode) = allocate(fs, parent, FileKind::Directory, new, true)?;
    let mut physical = 0;
    // SAFETY: the handle is valid; libext2fs allocates its own buffer for null.
    check(unsafe {
        ffi::ext2fs_bmap2(
            fs.raw(),
            ino,
            &mut inode,
            ptr::null_mut(),
            ffi::BMAP_ALLOC,
            0,
            ptr::null_mut(),
            &mut physical,
        )
    })?;
    Block::first(fs, physical, ino, parent).write(fs, ino)?;
    let mut inode = fs.inode(ino)?;
    inode.set_size(fs.block_size() as u64);
    fs.set_inode(ino, &mut inode)?;
    name_it(fs, parent, name, ino, FileKind::Directory)?;
    let mut above = fs.inode(parent)?;
    above.gain_subdirectory(fs)?;
    fs.set_inode(parent, &mut above)?;
    Ok(())
}

/// Gives an inode a name in a directory, which becomes larger where it must.
pub(super) fn name_it(
    fs: &mut Filesystem<'_>,
    parent: u32,
    name: &[u8],
    ino: u32,
    kind: FileKind,
) -> Result<(), Trouble> {
    let text = CString::new(name).map_err(|_| Trouble::Damaged("a name with a NUL byte"))?;
    let above = fs.inode(parent)?;
    if above.is_indexed() {
        check_index(fs, parent, &above, name)?;
    }
    // SAFETY: the handle is valid, the name ends in NUL, and an index was checked.
    let link = |fs: &mut Filesystem<'_>| unsafe {
        check(ffi::ext2fs_link(
            fs.raw(),
            parent,
            text.as_ptr(),
            ino,
            entry_type(kind),
        ))
    };
    match link(fs) {
        Err(failure) if failure.0 == ffi::ET_DIR_NO_SPACE && !above.is_indexed() => {
            // SAFETY: the handle is valid.
            check(unsafe { ffi::ext2fs_expand_dir(fs.raw(), parent) })?;
            link(fs)?;
        }
        linked => linked?,
    }
    touch(fs, parent, Touch::Content)
}

/// Takes a name away, and with the last one the inode.
pub(super) fn remove(
    fs: &mut Filesystem<'_>,
    parent: u32,
    name: &[u8],
    ino: u32,
) -> Result<(), Trouble> {
    let above = fs.inode(parent)?;
    directory::unlink(fs, parent, &above, name)?;
    touch(fs, parent, Touch::Content)?;
    let mut inode = fs.inode(ino)?;
    let is_directory = inode.kind()? == FileKind::Directory;
    if !is_directory && inode.links_count > 1 {
        inode.links_count -= 1;
        inode.touch(Touch::Inode, fs.now());
        fs.set_inode(ino, &mut inode)?;
        return Ok(());
    }
    // SAFETY: the handle is valid; the inode is of the size that libext2fs expects here.
    unsafe {
        check(ffi::ext2fs_free_ext_attr(fs.raw(), ino, &mut inode))?;
        if ffi::ext2fs_inode_has_valid_blocks2(fs.raw(), &mut inode) != 0 {
            check(ffi::ext2fs_punch(
                fs.raw(),
                ino,
                &mut inode,
                ptr::null_mut(),
                0,
                u64::MAX,
            ))?;
        }
    }
    inode.links_count = 0;
    inode.dtime = fs.now().clamp(1, u32::MAX.into()) as u32;
    fs.set_inode(ino, &mut inode)?;
    // SAFETY: the handle is valid and the inode number was read with.
    unsafe { ffi::ext2fs_inode_alloc_stats2(fs.raw(), ino, -1, is_directory.into()) };
    if is_directory {
        let mut above = fs.inode(parent)?;
        above.lose_subdirectory();
        fs.set_inode(parent, &mut above)?;
    }
    Ok(())
}

/// Gives an inode other times.
pub(super) fn touch(fs: &mut Filesystem<'_>, ino: u32, touch: Touch) -> Result<(), Trouble> {
    let mut inode = fs.inode(ino)?;
    inode.touch(touch, fs.now());
    Ok(fs.set_inode(ino, &mut inode)?)
}

/// A file just written counts as made now, not as changed.
fn born(fs: &mut Filesystem<'_>, ino: u32) -> Result<(), Trouble> {
    touch(fs, ino, Touch::Birth)
}

/// An inode without a name, labelled as its directory is.
fn allocate(
    fs: &mut Filesystem<'_>,
    parent: u32,
    kind: FileKind,
    new: Attributes,
    has_blocks: bool,
) -> Result<(u32, Inode), Trouble> {
    let mut inode = Inode::new(kind, new, fs.now());
    let mut ino = 0;
    let is_directory = kind == FileKind::Directory;
    // SAFETY: the handle is valid, its bitmaps are loaded, and each pointer is to a local.
    unsafe {
        check(ffi::ext2fs_new_inode(
            fs.raw(),
            parent,
            inode.mode.into(),
            ptr::null_mut(),
            &mut ino,
        ))?;
        check(ffi::ext2fs_write_new_inode(fs.raw(), ino, &mut inode))?;
        ffi::ext2fs_inode_alloc_stats2(fs.raw(), ino, 1, is_directory.into());
    }
    let mut inode = fs.inode(ino)?;
    inode.touch(Touch::Birth, fs.now());
    fs.set_inode(ino, &mut inode)?;
    if has_blocks && fs.superblock.has_extents {
        inode.flags |= EXTENTS;
        let mut handle = ptr::null_mut();
        // SAFETY: as above; opening writes an empty extent tree into the inode.
        unsafe {
            check(ffi::ext2fs_extent_open2(
                fs.raw(),
                ino,
                &mut inode,
                &mut handle,
            ))?;
            ffi::ext2fs_extent_free(handle);
        }
        fs.set_inode(ino, &mut inode)?;
    }
    if fs.superblock.has_xattr
        && let Some(label) = label(fs, parent)?
    {
        set_label(fs, ino, &label)?;
        inode = fs.inode(ino)?;
    }
    Ok((ino, inode))
}

/// The SELinux label of an inode.
pub(super) fn label(fs: &Filesystem<'_>, ino: u32) -> Result<Option<Vec<u8>>, Trouble> {
    let mut handle = ptr::null_mut();
    let (mut value, mut len): (*mut c_void, usize) = (ptr::null_mut(), 0);
    // SAFETY: the handle is closed on every way out; the value is libext2fs' own copy, which is
    // the caller's to free.
    unsafe {
        check(ffi::ext2fs_xattrs_open(fs.raw(), ino, &mut handle))?;
        let mut found = check(ffi::ext2fs_xattrs_read(handle));
        if found.is_ok() {
            found = check(ffi::ext2fs_xattr_get(
                handle,
                LABEL.as_ptr(),
                &mut value,
                &mut len,
            ));
        }
        ffi::ext2fs_xattrs_close(&mut handle);
        match found {
            Ok(()) => {
                let label = match value.is_null() {
                    true => Vec::new(),
                    false => std::slice::from_raw_parts(value.cast::<u8>(), len).to_vec(),
                };
                libc::free(value);
                Ok(Some(label))
            }
            Err(failure) if failure.0 == ffi::ET_EA_KEY_NOT_FOUND => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }
}

pub(super) fn set_label(fs: &mut Filesystem<'_>, ino: u32, label: &[u8]) -> Result<(), Trouble> {
    let mut handle = ptr::null_mut();
    // SAFETY: as for `label`; libext2fs copies the value.
    unsafe {
        check(ffi::ext2fs_xattrs_open(fs.raw(), ino, &mut handle))?;
        let mut set = check(ffi::ext2fs_xattrs_read(handle));
        if set.is_ok() {
            let value = label.as_ptr().cast();
            set = check(ffi::ext2fs_xattr_set(
                handle,
                LABEL.as_ptr(),
                value,
                label.len(),
            ));
        }
        ffi::ext2fs_xattrs_close(&mut handle);
        Ok(set?)
    }
}
