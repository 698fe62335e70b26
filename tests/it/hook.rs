//! What the hypervisor calls.

/// A configuration that broke: who starts all the same.
#[cfg(feature = "cli")]
mod broken;
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
/// A program that is gone or broken: who starts all the same.
#[cfg(feature = "cli")]
mod programless;
/// The program as Proxmox calls it.
#[cfg(feature = "cli")]
mod proxmox;
/// The golden tables of `fixtures/hooks`.
mod verdicts;
