//! Kernels that the hypervisor loads itself: those of the release that a machine's server has.
//!
//! A module tree fits one kernel, and that kernel lies on the child's disk. So a new tree alone patches
//! no kernel. With *direct boot* the hypervisor loads kernel and initramfs from files of its own, which a
//! [`BootFolder`] keeps: a link for each machine, that is pointed at its release's files before the
//! hypervisor opens them. The child's disk is not written for it.
//!
//! ```text
//! /var/lib/osgraft/boot/
//!   web-7 → .kernels/3f9c…         one link for each machine
//!   .kernels/3f9c…/vmlinuz         the release's kernel
//!                 /initrd          its initramfs, and the supplement
//!                 /origin.json     which release and kernel they are of
//! ```
//!
//! *Into the child*: [`BootReleases`] is the [`KernelSource`](crate::graft::KernelSource) of kernels that are
//! written into the children's own `/boot` instead.
//!
//! The modules of that kernel are in the share alone, and the share is mounted with modules: NFS, the
//! network card. A [`Supplement`] brings these: an archive behind the initramfs, out of the release's own
//! module tree.

mod child;
mod command_line;
mod error;
mod folder;
mod releases;
mod snippet;
mod supplement;

pub use command_line::command_line;
pub use error::BootError;
pub use folder::{BootFolder, KernelFiles, Origin, Piece, Pointed};
pub use releases::BootReleases;
pub use snippet::Snippet;
pub use supplement::{Initramfs, Supplement};
