//! Reasons for which an fstab is left as it is.

use crate::path::GuestPath;

/// An fstab that cannot be grafted as it stands. Lines count from 1; text of the guest is
/// escaped.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FstabError {
    /// Another entry mounts there: systemd's generator would keep the first and fail.
    #[error(
        "/etc/fstab line {line} mounts on {mount_point} already (“{text}”): remove that line or choose another mount point"
    )]
    MountPointTaken {
        /// The mount point wanted.
        mount_point: GuestPath,
        /// The line that has it.
        line: usize,
        /// That line.
        text: String,
    },
    /// Another entry mounts there, by another path.
    #[error(
        "/etc/fstab line {line} mounts on {spelled}, the same place as {mount_point} (“{text}”): remove that line or choose another mount point"
    )]
    MountPointReached {
        /// The mount point wanted.
        mount_point: GuestPath,
        /// The mount point of the line.
        spelled: GuestPath,
        /// The line that has it.
        line: usize,
        /// That line.
        text: String,
    },
    /// The entry to be grafted names no directory to mount on.
    #[error("“{file}” is no mount point: give an absolute path that is not swap space")]
    NoMountPoint {
        /// The entry's second field.
        file: String,
    },
    /// The file mounts something below our mount point before what must be mounted above it.
    #[error(
        "/etc/fstab line {below} needs {mount_point} but stands before line {parent}, which must be mounted first: exchange the two"
    )]
    Order {
        /// The mount point wanted.
        mount_point: GuestPath,
        /// The line that needs our mount.
        below: usize,
        /// The later line that our mount needs.
        parent: usize,
    },
    /// The block has no end.
    #[error(
        "/etc/fstab line {begin} begins osgraft's block, which never ends: remove that line, or put “# END osgraft” behind its entry"
    )]
    Unclosed {
        /// The line of `# BEGIN osgraft`.
        begin: usize,
    },
    /// The block has no beginning.
    #[error(
        "/etc/fstab line {end} ends an osgraft block that never began: remove that line, or put “# BEGIN osgraft” before its entry"
    )]
    Unopened {
        /// The line of `# END osgraft`.
        end: usize,
    },
    /// A block begins inside a block.
    #[error(
        "/etc/fstab line {inner} begins an osgraft block inside the one of line {outer}: leave one"
    )]
    Nested {
        /// The first `# BEGIN osgraft`.
        outer: usize,
        /// The second.
        inner: usize,
    },
    /// There are two blocks.
    #[error("/etc/fstab has osgraft blocks at line {first} and at line {second}: leave one")]
    Second {
        /// Line at which the first begins.
        first: usize,
        /// Line at which the second begins.
        second: usize,
    },
    /// Something besides the one entry stands in the block.
    #[error(
        "/etc/fstab line {line} is not osgraft's but stands in its block (“{text}”): move it out"
    )]
    ForeignLine {
        /// Place.
        line: usize,
        /// That line.
        text: String,
    },
    /// The block holds no entry.
    #[error(
        "/etc/fstab line {begin} begins an osgraft block without an entry: remove it and its end"
    )]
    EmptyBlock {
        /// The line of `# BEGIN osgraft`.
        begin: usize,
    },
}

impl FstabError {
    /// A stable name for scripts and reports.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MountPointTaken { .. } | Self::MountPointReached { .. } => {
                "fstab-mount-point-taken"
            }
            Self::NoMountPoint { .. } => "fstab-no-mount-point",
            Self::Order { .. } => "fstab-order",
            Self::Unclosed { .. } => "fstab-block-unclosed",
            Self::Unopened { .. } => "fstab-block-unopened",
            Self::Nested { .. } => "fstab-block-nested",
            Self::Second { .. } => "fstab-block-second",
            Self::ForeignLine { .. } => "fstab-block-foreign-line",
            Self::EmptyBlock { .. } => "fstab-block-empty",
        }
    }
}
