//! Messages between the caller and its worker. Both are of one build: the first message says
//! which, and nothing is understood across builds.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::Confinement;
use crate::editor::ext4::Ext4Error;
use crate::editor::partition::{Partition, PartitionError};
use crate::editor::signature::Content;
use crate::editor::{Bar, EditorError, Holding, RaidRefusal, Root};
use crate::guest::{
    Ahead, Attributes, DirEntry, GuestError, Known, Memory, Metadata, Page, Time, wire,
};
use crate::image::MasterFormat;
use crate::path::GuestPath;

/// Build that both sides have to be of.
pub(super) const BUILD: &str = env!("CARGO_PKG_VERSION");

/// Bytes of one message. The longest holds an initramfs of 64 MiB.
pub(super) const MAX_MESSAGE: usize = (64 << 20) + (64 << 10);

/// First bytes to a worker, sent before it runs. A program that uses osgraft knows by them that it was
/// started as a worker, and that its caller waits for a [`Greeting`].
pub(super) const CALL: &[u8; 16] = b"osgraft worker\n\0";

/// First message of a started program.
#[derive(Debug, Deserialize, Serialize)]
pub(super) enum Greeting {
    /// It serves, and is of this build.
    Serves(#[serde(deserialize_with = "wire::text")] String),
    /// It goes on with its own work instead.
    DoesNotServe,
}

/// One file of the child's chain; its descriptor comes beside the message.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct File {
    /// In bytes, since a name need not be text.
    pub(super) path: Vec<u8>,
    pub(super) format: MasterFormat,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Hello {
    pub(super) build: String,
    /// Seconds of processor time; bytes of memory.
    pub(super) seconds: u64,
    pub(super) memory: u64,
    pub(super) files: Vec<File>,
    /// The time of what is made; none to read alone.
    pub(super) time: Option<i64>,
    /// Questions that will be asked first.
    pub(super) ahead: Ahead,
}

/// The answer to [`Hello`].
#[derive(Debug, Deserialize, Serialize)]
pub(super) enum Opened {
    OtherBuild,
    NotConfined(#[serde(deserialize_with = "wire::text")] String),
    /// Nothing was to be opened.
    Confined(Confinement),
    /// With the answers to what will be asked first.
    Root(Box<Root>, Confinement, Box<Memory>),
    Failed(NotOpened),
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) enum Request {
    Lstat(GuestPath),
    Read(GuestPath, u64),
    ReadStart(GuestPath, usize),
    ReadLink(GuestPath),
    ReadDir(GuestPath),
    Entries(GuestPath, Option<Vec<u8>>),
    ReadAt(GuestPath, u64, usize),
    Data(GuestPath),
    Write(GuestPath, Vec<u8>, Attributes),
    Mkdir(GuestPath, Attributes),
    Symlink(GuestPath, Vec<u8>),
    Rename(GuestPath, GuestPath),
    Remove(GuestPath),
    Modified(GuestPath),
    SetModified(GuestPath, Time),
    Label(GuestPath),
    SetLabel(GuestPath, Vec<u8>),
    /// Things that this editor met, and another may be able to do.
    Beyond,
    /// Ranges of the root that hold nothing; [`Free`] follows.
    Free,
    /// The last one: what was changed follows the answer.
    Finish,
}

/// Result of a guest's call.
#[derive(Debug, Deserialize, Serialize)]
pub(super) enum Answer {
    Metadata(Metadata),
    Bytes(Vec<u8>),
    Entries(Vec<DirEntry>),
    Page(Page),
    Ranges(Vec<Range<u64>>),
    Time(Time),
    Label(Option<Vec<u8>>),
    Beyond(Option<Beyond>),
    Done,
    Failed(GuestError),
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Beyond {
    pub(super) path: GuestPath,
    #[serde(deserialize_with = "wire::known")]
    pub(super) what: Known,
}

/// Ranges of bytes of the root's file system, rising.
pub(super) type Free = Result<Vec<std::ops::Range<u64>>, Ext4Error>;

/// Result of finishing; [`Blocks`] follow until an empty one.
pub(super) type Finished = Result<(), Ext4Error>;

/// Blocks of the guest's disk, by offset and rising.
pub(super) type Blocks = Vec<(u64, Vec<u8>)>;

/// An [`EditorError`] of those that come from looking at a disk.
#[derive(Debug, Deserialize, Serialize)]
pub(super) enum NotOpened {
    Partition(PartitionError),
    Ambiguous(Partition, Partition),
    NoRoot(Vec<(Partition, Holding)>),
    Unreached(Partition, #[serde(deserialize_with = "wire::known")] Known),
    OtherRoot(Partition, Content),
    Ext4(Partition, Ext4Error),
    Barred(Bar),
    Raid(RaidRefusal),
    MountOption(GuestPath, #[serde(deserialize_with = "wire::text")] String),
    SwapFile(GuestError),
    Other(#[serde(deserialize_with = "wire::text")] String),
}

impl From<EditorError> for NotOpened {
    fn from(error: EditorError) -> Self {
        match error {
            EditorError::Partition(error) => Self::Partition(error),
            EditorError::AmbiguousRoot { first, second } => Self::Ambiguous(first, second),
            EditorError::NoRoot { held } => Self::NoRoot(held),
            EditorError::Unreached { partition, system } => Self::Unreached(partition, system),
            EditorError::OtherRoot { partition, content } => Self::OtherRoot(partition, content),
            EditorError::Ext4 { partition, source } => Self::Ext4(partition, source),
            EditorError::Barred(bar) => Self::Barred(bar),
            EditorError::Raid(refusal) => Self::Raid(refusal),
            EditorError::MountOption {
                mount_point,
                option,
            } => Self::MountOption(mount_point, option),
            EditorError::SwapFile(error) => Self::SwapFile(error),
            other => Self::Other(other.to_string()),
        }
    }
}

impl From<NotOpened> for EditorError {
    fn from(error: NotOpened) -> Self {
        match error {
            NotOpened::Partition(error) => Self::Partition(error),
            NotOpened::Ambiguous(first, second) => Self::AmbiguousRoot { first, second },
            NotOpened::NoRoot(held) => Self::NoRoot { held },
            NotOpened::Unreached(partition, system) => Self::Unreached { partition, system },
            NotOpened::OtherRoot(partition, content) => Self::OtherRoot { partition, content },
            NotOpened::Ext4(partition, source) => Self::Ext4 { partition, source },
            NotOpened::Barred(bar) => Self::Barred(bar),
            NotOpened::Raid(refusal) => Self::Raid(refusal),
            NotOpened::MountOption(mount_point, option) => Self::MountOption {
                mount_point,
                option,
            },
            NotOpened::SwapFile(error) => Self::SwapFile(error),
            NotOpened::Other(said) => Self::Worker(super::WorkerError::Failed(said)),
        }
    }
}
