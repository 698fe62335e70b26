//! Shares without a server: images by the host's own tools, devices that libvirt and QEMU take,
//! credentials that systemd reads.

/// Images of a tree, read back by the host's tools and its kernel.
mod image;
/// Devices of a machine, and credentials.
mod machine;
/// The built program.
#[cfg(feature = "cli")]
mod program;
