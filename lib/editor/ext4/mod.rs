//! ext2, ext3 and ext4, edited in this process by libext2fs.
//!
//! The superblock is judged first ([`Superblock::parse`]); what it may not be has a name in
//! [`Refusal`]. libext2fs then reaches the disk through an io_manager of ours, so that it opens
//! no file and writes nowhere but into the [`BlockDevice`](crate::image::BlockDevice) it is given.

mod content;
mod directory;
mod errcode;
mod error;
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
pub use guest::{Ext4Guest, Options, Outcome};
pub use refusal::Refusal;
pub use superblock::{LENGTH as SUPERBLOCK_LENGTH, OFFSET as SUPERBLOCK_OFFSET, Superblock};
