//! Any Linux guest, through the libguestfs appliance.
//!
//! The appliance is a small virtual machine that mounts the guest's file systems with Linux's own
//! drivers. Its disk is a temporary overlay of the child, which is only ever read; what the
//! overlay holds in the end becomes the same redo record as any other edit. One guest per
//! appliance, ever: a guest that breaks into its appliance meets no other guest's files there.
//!
//! ```no_run
//! use osgraft::editor::appliance::{ApplianceGuest, Settings};
//! use osgraft::guest::Guest;
//! use osgraft::image::{Child, Masters};
//!
//! let child = Child::open("web-7.qcow2", Masters::only("rocky9.qcow2"))?;
//! let locked = child.lock()?;
//! let mut guest = ApplianceGuest::open(locked.as_open(), &Settings::new(), 1_800_000_000)?;
//! let fstab = guest.read(&"/etc/fstab".parse()?, 1 << 20)?;
//! let redo = guest.finish(locked.as_open())?;
//! locked.commit(&redo)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The child's bytes
//! QEMU is told no name of the child, nor of what lies behind it: this process serves the disk to it
//! over a socket (`export`), and reads it as the in-process editor does, through the descriptors that
//! the gate judged. So the child's locks stay as they are throughout, whoever owns its folder may do
//! there what he likes, and what QEMU opens and parses is its own overlay alone.
//!
//! # QEMU
//! It runs in QEMU's own sandbox (`-sandbox`), as a user of its own where osgraft is root, and with
//! bounds on its memory and on what it writes (`confine`); each as far as this QEMU knows it. When
//! the overlay grows past what [`Settings::change_limit`] allows, QEMU is ended in the middle of it.
//!
//! The work folder must be one that no other user can exchange; in it each appliance has a folder of
//! its own, closed to others.
//!
//! Should osgraft be killed, its QEMU loses the child's disk at once, and libguestfs ends it within
//! two seconds; the next appliance ends and removes what is left in the work folder. libguestfs keeps its sockets in a folder of its own in `/tmp`,
//! which is noted there as soon as QEMU runs; a kill in the few milliseconds before leaves it.
//!
//! # The binding
//! The `guestfs` crate as published prints to stderr, panics on an error text that is not UTF-8,
//! takes no path, link or name that is not UTF-8, and hands C a length that nothing checks
//! (`lsetxattr`); none of it can be mended from outside, since its handle is private. `vendor/guestfs` is a
//! copy, cut to the calls made here and mended; `MENDED.md` there lists each change. The handle
//! lives on a thread of its own, panics are caught there, and no call outlasts the deadline: QEMU
//! is killed when it does.
//!
//! # Limits
//! One disk per guest. What is encrypted is refused, and so is Windows. Extended attributes are
//! kept where a file is rewritten, and SELinux labels given to what is made; access control lists
//! are inherited as the kernel does it.

mod attributes;
mod candidate;
mod command_line;
mod confine;
mod device;
mod disk;
mod error;
mod explain;
mod export;
mod guest;
mod kvm;
mod launch;
mod mounts;
mod owner;
mod pages;
mod passphrase;
mod process;
mod root;
mod seen;
mod settings;
mod subvolume;
mod tree;
mod workspace;

pub use error::{ApplianceError, Failure};
pub use guest::ApplianceGuest;
pub use kvm::{Kvm, look as look_at_kvm};
pub use passphrase::Passphrase;
pub use root::ApplianceRoot;
pub use settings::{Acceleration, Settings};

/// Ends and removes what killed programs left of their appliances in a work folder; whether any of
/// them still ran.
pub(super) fn end_leftovers(settings: &Settings) -> bool {
    workspace::sweep(&settings.work)
}
