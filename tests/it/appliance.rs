//! Guests in the libguestfs appliance, judged by guestfish and the file systems' own checkers.
//!
//! A launch takes many seconds, so each test does much with one. They need `.ci/setup appliance`.

/// One launch for many children.
mod cache;
/// The seam's own cases on ext4, XFS and btrfs, and what a hostile guest may hold.
mod contract;
/// Prepared, read back, reverted: XFS, btrfs, LVM, RAID.
mod edit;
/// Beside the in-process editor, and where that one hands on.
mod ext4;
/// Deadlines, kills, broken KVM.
mod trouble;
/// On a VMDK master.
mod vmdk;

/// The guests and tools that these tests share.
mod bench;
