//! What the hypervisor calls.

/// Blockers of preflight that the configuration allows.
#[cfg(feature = "cli")]
mod allowed;
/// Identities that descriptions ask for.
mod asked;
/// A configuration that broke: who starts all the same.
#[cfg(feature = "cli")]
mod broken;
/// What a disk is known by when a server is selected.
mod identity;
/// Installed and taken away again, to the byte.
mod install;
/// What the journal is told.
#[cfg(feature = "cli")]
mod journal;
/// Descriptors, input, deadline, and what is opened: the program as libvirt calls it.
#[cfg(feature = "cli")]
mod libvirt;
/// Restores and migrations that failed.
#[cfg(feature = "cli")]
mod markers;
/// Disks of machines that are kept in memory, by hand.
#[cfg(feature = "cli")]
mod memories;
/// A program that is gone or broken: who starts all the same.
#[cfg(feature = "cli")]
mod programless;
/// The program as Proxmox calls it.
#[cfg(feature = "cli")]
mod proxmox;
/// A start that goes on from a memory though no hook was told.
#[cfg(feature = "cli")]
mod reverts;
/// Kernels that libvirt loads, and the roots that they name.
#[cfg(feature = "cli")]
mod roots;
/// The golden tables of `fixtures/hooks`.
mod verdicts;
/// Volumes of storage pools.
#[cfg(feature = "cli")]
mod volumes;
