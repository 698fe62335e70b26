//! Shared trees: releases that a file server exports, made from a master and kept.
//!
//! A **release** is a folder `OUT/<release>/` with `tree/` (what servers export), an optional `boot/`
//! (kernels and their initramfs), and `manifest.json`, which tells every file of both. It never
//! changes in place: a patched tree is a new release under a new name.
//!
//! [`disk_image`] makes a disk of a release, and [`snippet`] the devices by which a machine has it.
//! [`credentials`] gives a share to a guest that is not edited. [`release`] names, keeps, reads and checks releases. Nothing of it opens an image.

pub mod credentials;
pub mod disk_image;
mod error;
pub mod release;
pub mod snippet;

pub use error::ShareError;
