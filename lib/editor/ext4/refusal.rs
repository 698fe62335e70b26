//! File systems that this editor leaves to the appliance, by name.

use serde::{Deserialize, Serialize};

use crate::guest::{Known, wire};

/// Reasons why an ext2, ext3 or ext4 file system is not edited in this process.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Refusal {
    /// The journal holds changes that the file system does not.
    #[error("its journal needs recovery: start the guest and shut it down, or use the appliance")]
    NeedsRecovery,
    /// The kernel marked it as containing errors.
    #[error("it is marked as having errors: check it with e2fsck")]
    ErrorState,
    /// It was not unmounted.
    #[error("it was not cleanly unmounted: check it with e2fsck")]
    NotClean,
    /// Deleted files that were still open await their end.
    #[error(
        "deleted files still await cleaning up: start the guest and shut it down, or check it with e2fsck"
    )]
    OrphansPending,
    /// Small files and directories live in their inodes.
    #[error("it has the feature inline_data: use the appliance")]
    InlineData,
    /// Usage is kept in quota inodes.
    #[error("it has the feature quota: use the appliance")]
    Quota,
    /// Usage is kept by project.
    #[error("it has the feature project: use the appliance")]
    ProjectQuota,
    /// Space is given out in clusters of blocks.
    #[error("it has the feature bigalloc: use the appliance")]
    Bigalloc,
    /// A heartbeat guards it against a second mount.
    #[error("it has the feature mmp: use the appliance")]
    MultiMountProtection,
    /// Its journal lies on another device.
    #[error(
        "its journal lies on another device, which osgraft does not edit: give it one of its own with tune2fs, -O ^has_journal and then -j"
    )]
    ExternalJournal,
    /// It is no file system but a journal.
    #[error("it is an external journal, not a file system: name the file system's disk")]
    JournalDevice,
    /// Large extended attributes live in inodes of their own.
    #[error("it has the feature ea_inode: use the appliance")]
    EaInode,
    /// Directory entries carry data (Lustre).
    #[error(
        "it has the feature dirdata, which Linux mounts as no root: copy the root to a file system without it"
    )]
    DirData,
    /// Files are compressed.
    #[error(
        "it has the feature compression, which Linux does not mount: copy the root to a file system without it"
    )]
    Compression,
    /// It is marked read-only for good.
    #[error("it has the feature read-only: clear it with tune2fs -O ^read-only")]
    ReadOnly,
    /// Several files share blocks.
    #[error(
        "it has the feature shared_blocks, with which it can only be read: take it off with “e2fsck -E unshare_blocks”"
    )]
    SharedBlocks,
    /// It holds, or is, a snapshot.
    #[error(
        "it holds snapshots, which Linux does not mount: copy the root to a file system without them"
    )]
    Snapshot,
    /// Feature bits that this editor does not know.
    #[error(
        "it has {set} feature bits {bits:#x}, which this editor does not know: use the appliance"
    )]
    UnknownFeature {
        /// The set, of three: `compat`, `incompat` or `ro_compat`.
        #[serde(deserialize_with = "wire::known")]
        set: Known,
        /// The bits that are not known.
        bits: u32,
    },
    /// Made by an operating system with another inode layout.
    #[error("it was made by another operating system (creator {0}): use the appliance")]
    ForeignOs(u32),
    /// A revision newer than 1.
    #[error("it has revision {0}, and none above 1 is known: check it with e2fsck")]
    Revision(u32),
    /// The superblock does not match its own checksum.
    #[error("its superblock does not match its checksum: check it with e2fsck")]
    SuperblockChecksum,
    /// Numbers that cannot be, or not together.
    #[error("its superblock is not sane ({0}): check it with e2fsck")]
    Geometry(#[serde(deserialize_with = "wire::known")] Known),
    /// It ends behind the end of what holds it.
    #[error(
        "it claims {claimed} bytes on a device of {device}: the image is truncated, or check it with e2fsck"
    )]
    LargerThanDevice {
        /// Value in the superblock.
        claimed: u128,
        /// Value found.
        device: u64,
    },
    /// Bitmaps or inode tables that lie on each other, or outside.
    #[error("the descriptor of its block group {0} is not sane: check it with e2fsck")]
    GroupDescriptor(u32),
}

impl Refusal {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NeedsRecovery => "needs-recovery",
            Self::ErrorState => "error-state",
            Self::NotClean => "not-clean",
            Self::OrphansPending => "orphans-pending",
            Self::InlineData => "inline-data",
            Self::Quota => "quota",
            Self::ProjectQuota => "project-quota",
            Self::Bigalloc => "bigalloc",
            Self::MultiMountProtection => "mmp",
            Self::ExternalJournal => "external-journal",
            Self::JournalDevice => "journal-device",
            Self::EaInode => "ea-inode",
            Self::DirData => "dirdata",
            Self::Compression => "compression",
            Self::ReadOnly => "ext4-read-only",
            Self::SharedBlocks => "shared-blocks",
            Self::Snapshot => "ext4-snapshot",
            Self::UnknownFeature { .. } => "unknown-feature",
            Self::ForeignOs(_) => "foreign-os",
            Self::Revision(_) => "revision",
            Self::SuperblockChecksum => "superblock-checksum",
            Self::Geometry(_) => "geometry",
            Self::LargerThanDevice { .. } => "larger-than-device",
            Self::GroupDescriptor(_) => "group-descriptor",
        }
    }

    /// True where only the file system's momentary state stands in the way: it can still be read,
    /// though what is read may be older than what a recovery would show.
    pub fn is_state(&self) -> bool {
        matches!(
            self,
            Self::NeedsRecovery | Self::ErrorState | Self::NotClean | Self::OrphansPending
        )
    }

    /// True where Linux itself, as the appliance runs it, can edit such a file system. What a check is
    /// due for, it should not.
    pub fn is_for_appliance(&self) -> bool {
        match self {
            Self::NeedsRecovery
            | Self::OrphansPending
            | Self::InlineData
            | Self::Quota
            | Self::ProjectQuota
            | Self::Bigalloc
            | Self::MultiMountProtection
            | Self::EaInode
            | Self::UnknownFeature { .. }
            | Self::ForeignOs(_) => true,
            Self::ErrorState
            | Self::NotClean
            | Self::ExternalJournal
            | Self::JournalDevice
            | Self::DirData
            | Self::Compression
            | Self::ReadOnly
            | Self::SharedBlocks
            | Self::Snapshot
            | Self::Revision(_)
            | Self::SuperblockChecksum
            | Self::Geometry(_)
            | Self::LargerThanDevice { .. }
            | Self::GroupDescriptor(_) => false,
        }
    }
}
