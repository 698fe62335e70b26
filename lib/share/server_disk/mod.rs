//! Disks of OS servers: a child of a master that exports a release by NFS.
//!
//! The release lies on a disk of its own: the [image](super::disk_image) that `share image` makes, which
//! the server mounts read-only and exports. So it may be of any size: no byte of it passes through the edit of
//! the server's own disk, which is held in memory. Owners, modes, links, extended attributes and
//! capabilities are kept, and several servers can have the one image.
//!
//! The server's own disk is an overlay. It gets the line of fstab, the export, the NFS server enabled, and
//! an identity, in one edit, before it has its name. [`MARKER`](crate::guest::facts::SERVER_DISK) tells what
//! it is, so that it is never prepared as a child.
//!
//! # Limits
//! Guests under systemd alone. `boot/` of the release is for hypervisors, and not on the disk.

mod disk;
mod error;
mod files;
mod guest;
mod site;

pub use disk::{Report, ServerDisk};
pub use error::ServerDiskError;
pub use guest::{Service, serve_guest};

/// Folder of a server in which its releases are mounted.
pub const ROOT: &str = "/srv/osgraft";
