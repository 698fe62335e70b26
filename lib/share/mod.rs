//! Shared trees: releases that a file server exports, made from a master and kept.
//!
//! A **release** is a folder `OUT/<release>/` with `tree/` (what servers export), an optional `boot/`
//! (kernels and their initramfs), and `manifest.json`, which tells every file of both. It never
//! changes in place: a patched tree is a new release under a new name.
//!
//! [`extract`] makes a release from a master's guest. [`release`] names, lists, checks and removes releases;
//! nothing of it opens an image. [`serve`] configures the NFS servers that export them.
//! [`server_disk`] makes the disk of a server.
//! [`disk_image`] makes a disk of a release, and [`snippet`] the devices by which a machine has it.
//! [`boot`] keeps the kernels of releases that a hypervisor loads itself.
//! [`thin`] copies a master without the modules that a release brings.
//! [`credentials`] gives a share to a guest that is not edited.
//! [`savings`] tells what all of that takes on the host's disk.

pub mod boot;
pub mod credentials;
pub mod disk_image;
mod error;
pub mod extract;
pub mod release;
pub mod savings;
pub mod serve;
pub mod server_disk;
pub mod snippet;
pub mod thin;

pub use error::ShareError;
