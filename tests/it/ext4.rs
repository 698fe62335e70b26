//! `editor::ext4` on file systems made by mke2fs; e2fsck and debugfs judge the results.

mod contract;
mod disk;
mod edit;
mod hostile;
mod image;
mod large;
mod limits;
mod mbr;
mod members;
mod refuse;
