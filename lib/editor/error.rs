//! Reasons why a disk could not be opened as a guest.

#[cfg(feature = "appliance")]
use super::appliance::ApplianceError;
use super::bar::Bar;
use super::ext4::{Ext4Error, Refusal};
use super::holding::Holding;
use super::partition::{Partition, PartitionError, PartitionType};
use super::raid::RaidRefusal;
use super::signature::Content;
use super::worker::WorkerError;
use crate::guest::GuestError;
use crate::image::ImageError;
use crate::path::GuestPath;

/// A failure to find or open a guest on a disk.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EditorError {
    /// The partition table is not used.
    #[error(transparent)]
    Partition(#[from] PartitionError),
    /// Two partitions could be the root.
    #[error(
        "both {first} and {second} hold /etc/fstab or os-release: {}",
        which_root(first)
    )]
    AmbiguousRoot {
        /// One of them.
        first: Partition,
        /// Another.
        second: Partition,
    },
    /// No partition could be the root.
    #[error("no root file system found ({}): {}", list(held), where_to_look(held))]
    NoRoot {
        /// Content of each partition.
        held: Vec<(Partition, Holding)>,
    },
    /// A system that keeps its root where no edit reaches it.
    #[error("{partition} is of {system}")]
    Unreached {
        /// The partition.
        partition: Partition,
        /// The system by its name, and what to do instead.
        system: &'static str,
    },
    /// The partition that its type says is the root holds no ext4.
    #[error("{partition} is the root by its type GUID and holds {content}: {}", who_opens(*content))]
    OtherRoot {
        /// The partition.
        partition: Partition,
        /// Its content.
        content: Content,
    },
    /// The root that was found is not the one that the kernel command line names.
    #[error(
        "the kernel command line says {wanted}, and the root on this disk is {found}: correct the \
         command line, or give the disk that it names the first place in the boot order"
    )]
    OtherKernelRoot {
        /// The root on the command line.
        wanted: String,
        /// The root on the disk.
        found: String,
    },
    /// The appliance did not serve.
    #[cfg(feature = "appliance")]
    #[error("{source}{}", because(reason))]
    Appliance {
        /// Reason why it came to the appliance.
        reason: String,
        /// The failure.
        source: ApplianceError,
    },
    /// The worker did not serve.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// The child's file could not be read, or its lock not be shared.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// It may be read and not be changed.
    #[error("{0}")]
    Barred(Bar),
    /// An edit would reach a part of a RAID alone.
    #[error(transparent)]
    Raid(#[from] RaidRefusal),
    /// The guest's own fstab mounts something else than what lies on the device.
    #[error(
        "the guest's fstab mounts {mount_point} with the option “{option}”, and what that mounts \
         is not edited: take the option away where the image is built"
    )]
    MountOption {
        /// The directory.
        mount_point: GuestPath,
        /// The option, escaped.
        option: String,
    },
    /// A swap file of the guest's cannot be read, so that nothing tells whether it is hibernated.
    #[error("a swap file cannot be looked at ({0}): check the guest's file system")]
    SwapFile(#[source] GuestError),
    /// The root's file system cannot be opened.
    #[error("{partition}: {source}")]
    Ext4 {
        /// The partition.
        partition: Partition,
        /// The reason.
        source: Ext4Error,
    },
}

impl EditorError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Partition(error) => error.code(),
            Self::AmbiguousRoot { .. } => "ambiguous-root",
            Self::NoRoot { .. } => "no-root",
            Self::Unreached { .. } => "os-unsupported",
            Self::OtherRoot { .. } => "other-root",
            Self::OtherKernelRoot { .. } => "other-kernel-root",
            #[cfg(feature = "appliance")]
            Self::Appliance { source, .. } => source.code(),
            Self::Worker(error) => error.code(),
            Self::Image(error) => error.code(),
            Self::Barred(bar) => bar.code(),
            Self::Raid(refusal) => refusal.code(),
            Self::MountOption { .. } => "mount-option",
            Self::SwapFile(GuestError::Io { .. }) => "io",
            Self::SwapFile(_) => "swap-file",
            Self::Ext4 { source, .. } => source.code(),
        }
    }
}

impl From<Bar> for EditorError {
    fn from(bar: Bar) -> Self {
        Self::Barred(bar)
    }
}

impl EditorError {
    /// Bar that allows to read the guest, and not to change it.
    pub(super) fn bar(&self) -> Option<&Bar> {
        match self {
            Self::Barred(bar) => Some(bar),
            _ => None,
        }
    }

    /// State that the root's file system was left in, where that alone keeps it from being edited.
    pub(super) fn state(&self) -> Option<&Refusal> {
        match self {
            Self::Ext4 {
                source: Ext4Error::Refused(refusal),
                ..
            } => Some(refusal).filter(|refusal| refusal.is_state()),
            _ => None,
        }
    }

    /// True where the host is to be mended, rather than another guest chosen.
    pub fn is_host(&self) -> bool {
        match self {
            #[cfg(feature = "appliance")]
            Self::Appliance { source, .. } => source.is_host(),
            Self::Worker(error) => error.is_host(),
            Self::Image(_) => true,
            other => other.code() == "io",
        }
    }
}

#[cfg(feature = "appliance")]
fn because(reason: &str) -> String {
    match reason {
        "" => String::new(),
        reason => format!(" (the appliance was used since {reason})"),
    }
}

/// Kind of guest that the in-process editor leaves to another.
const LEFT_TO_APPLIANCE: &str = match cfg!(feature = "appliance") {
    true => "let the appliance open it (--editor auto)",
    false => "use an osgraft that was built with the feature appliance",
};
const KEY: &str = "name the file with its passphrase (--key-file, with --editor auto)";

/// Advice that makes one of two roots the only one. Only a GPT has a type for it.
fn which_root(first: &Partition) -> &'static str {
    match first.kind {
        PartitionType::Guid(_) => "give one of them, and no other, the type GUID of a root",
        _ => "remove both files from the one that is not the root",
    }
}

/// Advice where no root was found in process. The appliance does not find what is not there.
fn where_to_look(held: &[(Partition, Holding)]) -> &'static str {
    let contents = || {
        held.iter().filter_map(|(_, holding)| match holding {
            Holding::Other(content) => Some(*content),
            _ => None,
        })
    };
    let is_refused = |(_, holding): &(Partition, Holding)| matches!(holding, Holding::Refused(_));
    if contents().any(Content::may_hold_root) || held.iter().any(is_refused) {
        return LEFT_TO_APPLIANCE;
    }
    if contents().any(|content| content.luks().is_some()) {
        return KEY;
    }
    match contents().any(|content| content == Content::Qcow2) {
        true => "the disk itself is the image of another",
        false => {
            "name the disk of a Linux guest, and see that each image states its backing file in the \
             right format (“qemu-img info --backing-chain”)"
        }
    }
}

fn who_opens(content: Content) -> &'static str {
    match content {
        content if content.may_hold_root() => LEFT_TO_APPLIANCE,
        content if content.luks().is_some() => KEY,
        _ => "give that type to the partition that holds the root, and to no other",
    }
}

fn list(held: &[(Partition, Holding)]) -> String {
    let each: Vec<_> = held
        .iter()
        .take(16)
        .map(|(partition, holding)| format!("{partition}: {holding}"))
        .collect();
    match each.is_empty() {
        true => "the partition table is empty".to_owned(),
        false => each.join(", "),
    }
}
