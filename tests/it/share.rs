//! Releases: extracted, shared with the one before, verified, removed; hostile guests, kills, full disks.

/// The guest in memory that most tests extract.
mod bench;
/// A real file system, whose other reader is debugfs.
mod disk;
/// Guests that lie, and trees that are made to do harm.
mod hostile;
/// What a file keeps on its way.
mod kept;
/// Killed at each change, and full disks.
mod killed;
/// The built program.
#[cfg(feature = "cli")]
mod program;
/// Files that two releases share.
mod reuse;
/// The configuration of real NFS servers.
mod serve;
/// Changes that verify finds.
mod verify;
