//! Guests in the libguestfs appliance, judged by guestfish and the file systems' own checkers.
//!
//! A launch takes many seconds, so each test does much with one. They need `.ci/setup appliance`.

/// One launch for many children.
mod cache;
/// The seam's own cases on ext4, XFS and btrfs, and what a hostile guest may hold.
mod contract;
/// Prepared, read back, reverted: XFS, btrfs, LVM, RAID, and ext4 that is handed on.
mod edit;
/// Beside the in-process editor.
mod ext4;
/// Windows, and what is no system at all.
#[cfg(feature = "cli")]
mod foreign;
/// A child whose name is exchanged, and what QEMU may open and use.
mod held;
/// Hostile guests.
mod hostile;
/// The root that a kernel command line names.
mod kernel_root;
/// Identities of a row of children on XFS.
mod own;
/// What it can open, and must not edit.
mod refused;
/// A thin copy of a master on XFS.
mod thin;
/// Deadlines, kills, broken KVM.
mod trouble;
/// On a VMDK master.
mod vmdk;

/// A directory of a guest as a guest of its own.
mod below;
/// The guests and tools that these tests share.
mod bench;
/// A tree out of an archive.
mod tarball;
