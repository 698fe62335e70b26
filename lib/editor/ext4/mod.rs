//! ext2, ext3 and ext4, edited in this process by libext2fs.
//!
//! The superblock is judged first ([`Superblock::parse`]); what it may not be has a name in
//! [`Refusal`]. libext2fs then reaches the disk through an io_manager of ours, so that it opens
//! no file and writes nowhere but into the [`BlockDevice`](crate::image::BlockDevice) it is given.
//!
//! Guests can be open on any number of threads. libext2fs has few variables outside of a handle: in the
//! test, undo and inode io_managers, `ext2fs_max_extent_depth`, the error table's list, the journal
//! and directory-block-list code, and for group descriptors that were not loaded. No call made here
//! reaches one of them.

mod attributes;
mod content;
mod directory;
mod errcode;
mod error;
mod extents;
mod features;
mod ffi;
mod fs;
mod guest;
mod index;
mod inode;
mod io;
mod make;
mod pages;
mod refusal;
mod superblock;

pub use error::Ext4Error;
pub use fs::library_version;
pub use guest::{Ext4Guest, Options, Outcome};
pub use refusal::Refusal;
pub use superblock::{LENGTH as SUPERBLOCK_LENGTH, OFFSET as SUPERBLOCK_OFFSET, Superblock};
