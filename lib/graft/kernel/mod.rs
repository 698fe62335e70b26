//! The kernel of a release in a child's own `/boot`, and the entry that has its GRUB start it.
//!
//! The files lie in a folder of their own, `/boot/osgraft`, which no package owns and in which the guest's
//! tools look for no kernels. The entry is a block of `custom.cfg`, which every grub.cfg takes in at its end
//! (`/etc/grub.d/41_custom`): the guest may make its grub.cfg anew as often as it likes. It is a copy of the
//! guest's own default entry, with another kernel and initramfs. A guest whose grub.cfg takes its entries
//! from `/boot/loader/entries` (Fedora, RHEL) gets its copy from there.
//!
//! A [`KernelSource`] has the kernels; nothing here knows where they come from.

mod flaw;
mod held;
mod loader;
mod record;
mod site;
mod source;

pub use flaw::KernelFlaw;
pub use record::{CustomReceipt, KernelFile, KernelReceipt};
pub use source::{ChildKernel, KernelFault, KernelPiece, KernelSource};

pub(super) use held::{adopt, differences, undo};
pub(super) use site::{PlannedKernel, WantedKernel};
