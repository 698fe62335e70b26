//! Proxmox' hookscript, phase `pre-start`: a VM's configuration in, a [`Verdict`](super::Verdict)
//! out.
//!
//! # Which machines take part
//! Those that have the hookscript, and of them those whose name or number a `hook.vm.match` of the
//! configuration matches.
//!
//! # Which disk is the root
//! Of the disks on ide, sata, scsi and virtio that are no CDROMs: the first that `boot: order=…`
//! names; else that of `bootdisk`; else the only one. Several with nothing to choose by are refused,
//! and so is a VM that boots from a device of the host (`hostpci`, `usb`) before its disks. Where
//! `args` load a kernel (`-kernel`, `-append`), its `root=` decides, as in
//! [`libvirt`](super::libvirt).
//!
//! # Identity
//! With a configuration that asks for one (`identity.hostname`, a pool), `ipconfigN`, `nameserver` and
//! `searchdomain` go before a pool, and the VM's name is its host name. A VM without a name keeps that
//! of its master.
//!
//! # What is left alone
//! Templates, and whatever may go on from a memory that knows the disk: a machine under a lock
//! (migrated, suspended, being backed up), one with a saved state, and one whose current state
//! descends from a snapshot with memory: Proxmox rolls back to that in a way that looks like a start.
//!
//! # Source
//! `qm.conf(5)`; `vm_start_nolock` and `parse_vm_config` of qemu-server 9.2, `DirPlugin` and
//! `parse_volname` of pve-storage, `snapshot_rollback` of pve-guest-common.

mod boot;
mod conf;
mod network;
mod request;
mod storage;
mod suspended;

pub use request::{by_conf, by_number, request};
pub use suspended::Suspended;

/// Most bytes of a configuration that are read. Proxmox' own limit is half of that.
pub const MAX_BYTES: usize = 1 << 20;

/// Folders in which the storages of a `storage.cfg` have their snippets, in its order.
pub fn snippet_folders(storages: &str) -> Vec<std::path::PathBuf> {
    storage::snippet_folders(storages)
}
