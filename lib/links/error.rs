//! Reasons for which links cannot be made.

use super::form::Form;
use super::link::SharePath;
use crate::path::{GuestPath, PathError};

/// Links that contradict each other or the guest. Text of the guest is escaped.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LinksError {
    /// The mount point is a place that the system itself needs.
    #[error(
        "mount point {path} is refused, because of {reserved} ({why}): choose a directory of its own, such as /shared"
    )]
    MountPointReserved {
        /// The mount point.
        path: GuestPath,
        /// Place that it touches.
        reserved: &'static str,
        /// Use of that place.
        why: &'static str,
    },
    /// A link would replace what the guest needs before the mount, or what is not on its disk.
    #[error(
        "a link at {at} is refused, because of {reserved} ({why}): link a directory that can do without"
    )]
    Reserved {
        /// The link's place.
        at: GuestPath,
        /// Place that it touches.
        reserved: &'static str,
        /// Use of that place.
        why: &'static str,
    },
    /// A link lies in the share itself.
    #[error("a link at {at} lies in the mount point {mount_point}: place it outside")]
    InMountPoint {
        /// The link's place.
        at: GuestPath,
        /// The mount point.
        mount_point: GuestPath,
    },
    /// The share would be mounted behind its own link.
    #[error("mount point {mount_point} lies below the link at {at}: choose a mount point outside")]
    AroundMountPoint {
        /// The link's place.
        at: GuestPath,
        /// The mount point.
        mount_point: GuestPath,
    },
    /// Two links are at one place, or one is inside the other.
    #[error("links at {a} and {b} are one inside the other: leave one")]
    Nested {
        /// The earlier.
        a: GuestPath,
        /// The later.
        b: GuestPath,
    },
    /// Two links share a target, where only one directory could be displaced to.
    #[error("link targets {a:?} and {b:?} are one inside the other: give each link its own")]
    TargetsNested {
        /// The earlier.
        a: SharePath,
        /// The later.
        b: SharePath,
    },
    /// A name is one that directories are parked under.
    #[error(
        "“{0}” holds a name that ends with .osgraft-local, which is kept for parked directories: choose another"
    )]
    ParkedName(GuestPath),
    /// A path becomes too long.
    #[error(transparent)]
    Path(#[from] PathError),
    /// A path that mount options cannot spell.
    #[error(
        "“{path}” has a blank, comma, colon, quote or backslash, which the options of form {form} cannot spell: use the form link, or another name"
    )]
    FormName {
        /// The form.
        form: Form,
        /// The path.
        path: GuestPath,
    },
    /// The guest's own disk has what would be mounted while the share is away.
    #[error(
        "{path} is on the guest's own disk and would be mounted over {at} while the share is away: move it away"
    )]
    SourceOnDisk {
        /// The component's place.
        at: GuestPath,
        /// Path that is in the way.
        path: GuestPath,
    },
    /// On the way to a place lies something that is no directory.
    #[error(
        "{path} cannot be reached in the guest: {blocked} is a {kind}, not a directory: move it away"
    )]
    Blocked {
        /// The place.
        path: GuestPath,
        /// Path that is in the way.
        blocked: GuestPath,
        /// Kind of it.
        kind: &'static str,
    },
    /// The mount point is a file, a link or a device.
    #[error(
        "mount point {path} is a {kind} in the guest, not a directory: move it away or choose another"
    )]
    MountPointNotADirectory {
        /// The mount point.
        path: GuestPath,
        /// Kind of what is there.
        kind: &'static str,
    },
    /// The mount point holds what the mount would hide.
    #[error(
        "mount point {path} is in use in the guest: it holds {entry}; empty it or choose another"
    )]
    MountPointOccupied {
        /// The mount point.
        path: GuestPath,
        /// The first thing in it that is not osgraft's.
        entry: GuestPath,
    },
    /// A link that is not ours is there.
    #[error("{at} is a link of the guest's own, to “{target}”: remove it, or leave this link out")]
    ForeignSymlink {
        /// The link's place.
        at: GuestPath,
        /// Target of the link, escaped.
        target: String,
    },
    /// Our link is there, but for another mount point or target.
    #[error("{at} is osgraft's link to “{target}”, not to {wanted}: run osgraft revert first")]
    OtherGraft {
        /// The link's place.
        at: GuestPath,
        /// Target of the link, escaped.
        target: String,
        /// Target that it should have.
        wanted: GuestPath,
    },
    /// A file or a device is there.
    #[error("{at} is a {kind} in the guest; only a directory is linked: leave this link out")]
    NotADirectory {
        /// The link's place.
        at: GuestPath,
        /// Kind of what is there.
        kind: &'static str,
    },
    /// It is the root of a file system of its own, which cannot be renamed.
    #[error("{at} is a mount point of the guest's own and cannot be moved: leave this link out")]
    IsMountPoint {
        /// The link's place.
        at: GuestPath,
    },
    /// The place for the local fallback holds something.
    #[error("{path} is in the way of the local fallback of {at}: move it away")]
    FallbackOccupied {
        /// The link's place.
        at: GuestPath,
        /// Path that is in the way.
        path: GuestPath,
    },
    /// The name to park a directory under is taken.
    #[error("{path} is taken, where a directory would be parked for {at}: move it away")]
    ParkedNameTaken {
        /// The link's place.
        at: GuestPath,
        /// Path that is in the way.
        path: GuestPath,
    },
}

impl LinksError {
    /// A stable name for scripts and reports.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MountPointReserved { .. } => "mount-point-reserved",
            Self::Reserved { .. } => "link-reserved",
            Self::InMountPoint { .. } => "link-in-mount-point",
            Self::AroundMountPoint { .. } => "mount-point-in-link",
            Self::Nested { .. } => "links-nested",
            Self::TargetsNested { .. } => "link-targets-nested",
            Self::ParkedName(_) => "link-parked-name",
            Self::Path(_) => "link-path",
            Self::FormName { .. } => "link-form-name",
            Self::SourceOnDisk { .. } => "link-source-on-disk",
            Self::Blocked { .. } => "link-path-blocked",
            Self::MountPointNotADirectory { .. } => "mount-point-not-a-directory",
            Self::MountPointOccupied { .. } => "mount-point-occupied",
            Self::ForeignSymlink { .. } => "link-foreign-symlink",
            Self::OtherGraft { .. } => "link-other-graft",
            Self::NotADirectory { .. } => "link-not-a-directory",
            Self::IsMountPoint { .. } => "link-is-mount-point",
            Self::FallbackOccupied { .. } => "link-fallback-occupied",
            Self::ParkedNameTaken { .. } => "link-parked-name-taken",
        }
    }
}
