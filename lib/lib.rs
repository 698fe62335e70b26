//! Prepares VM disks on the hypervisor, before boot.

pub mod fstab;
pub mod guest;
pub mod image;
pub mod links;
pub mod path;
pub mod registry;
