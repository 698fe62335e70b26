//! The disk as a file: what may be opened, who holds it, and how an edit reaches it.
//!
//! A child goes through this room from left to right:
//!
//! ```text
//! Child ──lock──► LockedChild ──scratch──► Scratch ──finish──► Redo ──commit──► done
//!   gate, locks, recovery     writes stay in memory   a value     crash-safe
//! ```
//!
//! Only [`LockedChild::commit`] writes to a child, and only [`Overlay::create`] makes one. [`NewDisk`]
//! copies a disk into a file that has nothing behind it. An edit
//! becomes a [`Redo`] only where the child's tables agree with each other, as `qemu-img check` has
//! it ([`Refusal::Tables`]): through others it could destroy what it rests on.
//!
//! A child is qcow2, whatever its master is: qcow2, raw, or a VMDK, as the child states. A VMDK is
//! admitted as a master when it is one file that holds its whole disk (`monolithicSparse`,
//! `streamOptimized`); types that name other files are refused before any of those is opened. A
//! VMDK that is named as a child is refused in every call ([`Refusal::Vmdk`],
//! [`Refusal::VmdkDelta`]): its header has no place for the guard that makes a commit safe, and the
//! programs that use it take none of QEMU's locks. A qcow2 child on it can be edited instead.

mod backing;
mod bitmaps;
mod block;
mod child;
mod commit;
mod error;
mod faults;
mod file;
mod fingerprint;
mod gate;
mod header;
mod lock;
mod made;
mod master;
mod masters;
mod mended;
mod new_disk;
mod open_child;
mod overlay;
mod pages;
mod passed;
mod record;
mod recover;
mod redo;
mod redo_bytes;
mod refcounts;
mod refusal;
mod repair;
mod scratch;
mod siblings;
mod slot;
mod tables;
mod vmdk;
mod wait;
mod walk;

pub(crate) use backing::{backing_file, is_untouched};
pub use block::BlockDevice;
pub use child::{Child, LockedChild};
pub use error::{FileKind, Holder, ImageError};
pub use faults::{Fault, Faults, Operation};
pub(crate) use file::Host;
pub use fingerprint::Fingerprint;
pub use header::{Backing, Header};
pub use masters::{MasterFormat, Masters};
pub use mended::{Mended, Recovered};
pub use new_disk::{Filled, NewDisk};
pub use open_child::OpenChild;
pub use overlay::{BackingNaming, Overlay};
pub(crate) use passed::Passed;
pub use redo::Redo;
pub use refusal::{MAX_CHAIN, Refusal};
pub(crate) use scratch::BLOCK;
pub use scratch::Scratch;
pub(crate) use slot::Slot;

#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
