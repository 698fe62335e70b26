//! Shared trees: releases that a file server exports, made from a master and kept.
//!
//! A **release** is a folder `OUT/<release>/` with `tree/` (what servers export), an optional `boot/`
//! (kernels and their initramfs), and `manifest.json`, which tells every file of both. It never
//! changes in place: a patched tree is a new release under a new name.
//!
//! [`extract`] makes a release from a master's guest. [`thin`] copies a master without the modules that a
//! release brings. [`release`] names, lists, checks and removes releases; nothing of it opens an image. [`savings`] tells what all of that takes on the host's disk.

mod error;
pub mod extract;
pub mod release;
pub mod savings;
pub mod thin;

pub use error::ShareError;
