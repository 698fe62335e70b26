//! Reasons why no release was made.

use std::io;
use std::path::{Path, PathBuf};

use super::super::release::ReleaseName;
use crate::error::ErrorKind;
use crate::guest::FileKind;
use crate::host::Cause;
use crate::path::GuestPath;

/// A failed extraction. No release has come of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExtractError {
    /// A component that no path can be.
    #[error("component “{component}” is no path of a guest: write it as in lib/modules")]
    ComponentName {
        /// As it was given, escaped.
        component: String,
    },
    /// No component was named.
    #[error("no component is named: name what is to be shared, as in --component lib/modules")]
    NoComponent,
    /// Two components lie in each other.
    #[error("components {first} and {second} lie in each other: name one of them")]
    Overlap {
        /// The outer one.
        first: String,
        /// The inner one.
        second: String,
    },
    /// A component that is not there.
    #[error("component {component} is not in the guest: name a directory that is")]
    Missing {
        /// As it was named.
        component: String,
    },
    /// A component that is no directory.
    #[error("component {component} is a {found} in the guest: name a directory")]
    NotADirectory {
        /// As it was named.
        component: String,
        /// Its kind.
        found: FileKind,
    },
    /// A component that may not be shared.
    #[error("component {component} ({place} in the guest) may not be shared: {why}")]
    Refused {
        /// As it was named.
        component: String,
        /// Its place in the guest.
        place: GuestPath,
        /// The reason.
        why: &'static str,
    },
    /// A component with a file that may not be shared.
    #[error(
        "{path} in the guest is {what}, and has to be there before a share is: name a component without it"
    )]
    Needed {
        /// The file.
        path: GuestPath,
        /// Its purpose.
        what: &'static str,
    },
    /// A component that dpkg has to write to.
    #[error(
        "component {component} ({place} in the guest) is dpkg's: with it on a read-only share, dpkg fails to install or remove any package; leave it out, or pass --allow component-breaks-dpkg for guests that never do"
    )]
    BreaksDpkg {
        /// As it was named.
        component: String,
        /// Its place in the guest.
        place: GuestPath,
    },
    /// A device node, a FIFO or a socket in a component.
    #[error(
        "{path} is a {kind} in the guest, which no release holds: remove it in the master, or name a component without it"
    )]
    Special {
        /// Its path.
        path: GuestPath,
        /// Its kind.
        kind: FileKind,
    },
    /// More than the limits allow.
    #[error(
        "{path}: with it the components have more than {limit} {unit}: name smaller ones, or raise {option}"
    )]
    TooLarge {
        /// The first file past the limit.
        path: GuestPath,
        /// The limit.
        limit: u64,
        /// Things that are counted.
        unit: &'static str,
        /// The option that raises it.
        option: &'static str,
    },
    /// A guest's answer that contradicts another.
    #[error("{path}: the guest's file system is damaged ({detail}); check it with fsck")]
    Contradicts {
        /// The path.
        path: GuestPath,
        /// The contradiction.
        detail: &'static str,
    },
    /// `--boot`, and no kernel for it.
    #[error(
        "--boot: the guest has no kernel image and initramfs for the modules of {kernels}: name a component with the modules of a kernel that is in its /boot, or pass --no-boot"
    )]
    NoBoot {
        /// Kernels whose modules are in the release.
        kernels: String,
    },
    /// The name has another release already.
    #[error(
        "release {release} exists already with other files: a release never changes in place, so extract under another name (or remove it with “osgraft share remove”, once nothing uses it)"
    )]
    Exists {
        /// The name.
        release: ReleaseName,
    },
    /// Something that is no release has the name.
    #[error("{} is there and is no release that can be read: move it away, or extract under another name", .0.display())]
    Taken(PathBuf),
    /// Owners that this user cannot give.
    #[error(
        "{path} belongs to user {uid} and group {gid} in the guest, which only root can keep: run osgraft as root"
    )]
    NotRoot {
        /// The file.
        path: GuestPath,
        /// Its owner.
        uid: u32,
        /// Its group.
        gid: u32,
    },
    /// The host's file system does not keep an attribute.
    #[error("{path}: the file system of {} does not keep its attribute {attribute} ({}): name a folder on ext4, XFS or btrfs, and run osgraft as root", folder.display(), Cause::of(source))]
    Attribute {
        /// The file.
        path: GuestPath,
        /// The attribute's name, escaped.
        attribute: String,
        /// The folder of releases.
        folder: PathBuf,
        /// The host's error.
        source: io::Error,
    },
    /// The host failed.
    #[error("cannot {doing} {}: {}", path.display(), Cause::at(path, source))]
    Io {
        /// Step that failed, as a verb.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The host's error.
        source: io::Error,
    },
}

impl ExtractError {
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            doing,
            path,
            source,
        }
    }

    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ComponentName { .. } => "component-name",
            Self::NoComponent => "component-none",
            Self::Overlap { .. } => "component-overlap",
            Self::Missing { .. } => "component-missing",
            Self::NotADirectory { .. } => "component-no-directory",
            Self::Refused { .. } => "component-refused",
            Self::Needed { .. } => "component-needed-early",
            Self::BreaksDpkg { .. } => "component-breaks-dpkg",
            Self::Special { .. } => "component-special-file",
            Self::TooLarge { .. } => "component-too-large",
            Self::Contradicts { .. } => "component-contradicts",
            Self::NoBoot { .. } => "release-no-boot",
            Self::Exists { .. } => "release-exists",
            Self::Taken(_) => "release-name-taken",
            Self::NotRoot { .. } => "extract-not-root",
            Self::Attribute { .. } => "extract-attribute",
            Self::Io { .. } => "io",
        }
    }

    /// Next step of the caller.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::ComponentName { .. }
            | Self::NoComponent
            | Self::Overlap { .. }
            | Self::Exists { .. }
            | Self::Taken(_) => ErrorKind::Usage,
            Self::Missing { .. }
            | Self::NotADirectory { .. }
            | Self::Refused { .. }
            | Self::Needed { .. }
            | Self::BreaksDpkg { .. }
            | Self::Special { .. }
            | Self::TooLarge { .. }
            | Self::Contradicts { .. }
            | Self::NoBoot { .. } => ErrorKind::Guest,
            Self::NotRoot { .. } | Self::Attribute { .. } | Self::Io { .. } => ErrorKind::Host,
        }
    }
}
