//! Ways into a real guest.
//!
//! [`edit`] and [`look`] open a child's guest with the editor that a [`Choice`] names or that is the
//! cheapest that fits, say which it was, and hand an edit back as a value.
//!
//! Below them, [`open_root`] finds the root file system of a disk and opens it as a
//! [`Guest`](crate::guest::Guest); what it refuses, it refuses by name
//! ([`EditorError::code`]), so that the caller can go to another editor and say why.
//!
//! Some guests may be read and must not be changed: a [`Bar`] says why. Others look like something
//! that they are not, above all one member of a RAID ([`RaidRefusal`]).
//!
//! In process, nothing opens a file: a disk is any [`BlockDevice`](crate::image::BlockDevice), and
//! what an editor writes goes there and nowhere else.
//!
//! ```no_run
//! use osgraft::editor::{ext4::Options, open_root};
//! use osgraft::guest::Guest;
//!
//! # let scratch = Vec::<u8>::new();
//! let mut disk: Vec<u8> = scratch;
//! let (mut guest, root) = open_root(&mut disk, Options { time: 1_800_000_000 })?;
//! let fstab = guest.read(&"/etc/fstab".parse()?, 1 << 20)?;
//! let outcome = guest.finish()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "appliance")]
pub mod appliance;
mod bar;
mod choice;
mod copied;
mod declared;
mod error;
pub mod ext4;
mod free;
#[cfg(feature = "appliance")]
mod handover;
mod holding;
mod in_process;
mod kernel_root;
mod lock;
mod lvm;
pub mod partition;
mod raid;
mod root;
pub mod signature;
mod work;
pub mod worker;

pub use bar::Bar;
pub use choice::{BootNeed, Choice, Reached};
pub use copied::{Copied, edit_copy};
pub use error::EditorError;
pub use holding::Holding;
pub use kernel_root::KernelRoot;
pub use lock::{lock, recover};
pub use raid::RaidRefusal;
pub use root::{Reason, Root, find_root, open_root, open_root_read_only};
pub use work::{Edited, edit, edit_or_recall, look, look_settled};
pub use worker::{Worker, WorkerError};
