//! Prepares VM disks on the hypervisor, before boot.

pub mod config;
pub mod editor;
mod error;
pub mod fstab;
pub mod guest;
pub mod image;
pub mod links;
pub mod path;
pub mod prepare;
pub mod registry;

pub use error::{Error, ErrorKind};
