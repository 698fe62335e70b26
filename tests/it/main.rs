//! The integration tests, one binary so that they link once.

/// Images made and judged with QEMU's own tools.
mod support;

/// Any Linux guest through libguestfs, judged by guestfish.
#[cfg(feature = "appliance")]
mod appliance;
/// Bad input: its kind, its exit code, its one line, and a child that is as it was.
#[cfg(feature = "cli")]
mod bad_input;
/// Many children at once.
mod batch;
/// The built program: what it prints, and how it ends.
#[cfg(feature = "cli")]
mod cli;
/// The main job on a real Debian in a disk of 10 GiB.
mod debian;
/// This host, examined.
mod doctor;
/// README and docs/: their size, and that what they name is there.
mod documents;
/// Steps, spans, errors and cancellation for a program that links the library.
mod embedding;
/// Stable names of errors.
mod error_codes;
/// The store and the registry in etcd, on real servers.
#[cfg(feature = "etcd")]
mod etcd;
/// ext4 in process, judged by e2fsck and debugfs.
mod ext4;
/// Every fault that a host can have, at every place where it can strike.
mod faults;
/// The golden cases of `fixtures/fstab`.
mod fstab;
/// Hostile qcow2 headers, tables and chains.
#[cfg(feature = "cli")]
mod gate;
/// The guest in memory, the walk, and facts.
mod guest;
/// Every small guest: edited, compared and reverted, or refused by name.
mod guests;
/// A guest whose memory is saved on its disk.
mod hibernated;
/// What the hypervisor calls.
mod hook;
/// A child's own identity, judged by the programs that a guest reads it with.
mod identity;
/// Clone, gate, locks, scratch, commit: the disk as a file.
mod image;
/// Which room may import which.
mod layering;
/// Shares without a server: images, devices, credentials.
mod local_share;
/// Damaged file systems by the thousand, each through the worker.
#[cfg(feature = "cli")]
mod mutated;
/// A guest that crashed, and starts again.
mod not_shut_down;
/// The main job on the guest in memory: graft, compare, ungraft.
mod prepare;
/// The program, killed from outside at each call that changes a file.
#[cfg(feature = "cli")]
mod process;
/// OS servers: golden files, the file store, which server a child is given.
mod registry;
/// Disks of OS servers.
mod server_disk;
/// Releases: the trees that servers export.
mod share;
/// Thin masters, judged by depmod, e2fsck, QEMU, and the programs that build an initramfs.
#[cfg(feature = "cli")]
mod thin;
/// The unit that lets go of the share, judged by systemd.
mod unit;
/// VMDK files: below a child, and named as one.
mod vmdk;
/// The in-process editor in a process of its own.
#[cfg(feature = "cli")]
mod worker;
