//! The disk as a file.

mod block;

pub use block::BlockDevice;
