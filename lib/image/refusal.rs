//! Reasons for which an image is refused.

use std::path::{Path, PathBuf};

/// Longest chain of backing files below a child.
pub const MAX_CHAIN: usize = 8;

/// Reason for which the gate refused an image.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// No qcow2 magic.
    #[error(
        "not a qcow2 image: a child is a qcow2 overlay, made by “osgraft clone” or “qemu-img create -f qcow2 -b”"
    )]
    NotQcow2,
    /// A version that osgraft does not know.
    #[error("qcow2 version {0} is not 2 or 3: convert it with “qemu-img convert -O qcow2”")]
    Version(u32),
    /// A header field is out of the bounds that QEMU keeps.
    #[error("its qcow2 header is not sound: {0} cannot be right; restore it from a copy")]
    Header(&'static str),
    /// The file ends before something that it must hold.
    #[error("truncated: the file ends before {0}; restore it from a copy")]
    Truncated(&'static str),
    /// Its tables contradict each other, so that an edit could destroy what it rests on.
    #[error(
        "its qcow2 tables contradict each other: {what} (at byte {at}); repair it with “qemu-img check -r all”, or restore it from a copy"
    )]
    Tables {
        /// Fault that was found.
        what: &'static str,
        /// Offset in the file.
        at: u64,
    },
    /// It has more tables than are looked through before an edit.
    #[error(
        "it has more qcow2 tables than osgraft looks through before an edit: make it one of larger clusters with “qemu-img convert -o cluster_size=64k”"
    )]
    TooManyTables,
    /// Its content is encrypted.
    #[error(
        "encrypted with {0}, and osgraft has no keys for images: decrypt it with “qemu-img convert”"
    )]
    Encrypted(&'static str),
    /// Its data lies in another file.
    #[error(
        "it keeps its data in an external data file, which osgraft does not follow: make it one file with “qemu-img convert -O qcow2”"
    )]
    DataFile,
    /// The corrupt bit is set.
    #[error("marked corrupt by QEMU: repair it with “qemu-img check -r all” or restore it")]
    Corrupt,
    /// The dirty bit is set in a backing file, which osgraft never writes to.
    #[error("it was not closed cleanly: run “qemu-img check -r all” on it first")]
    Dirty,
    /// Incompatible-feature bits that osgraft does not know.
    #[error(
        "it uses qcow2 features that osgraft does not know (bits {0:#x}): make it without them with “qemu-img convert -O qcow2”"
    )]
    UnknownFeatures(u64),
    /// It carries persistent bitmaps that osgraft does not know how to keep right.
    #[error(
        "it carries persistent bitmaps in which this edit cannot be marked, so that the next incremental backup would lack it: see “qemu-img check”, or begin a new chain with a full backup before its bitmaps are removed"
    )]
    Bitmaps,
    /// It carries content that an edit would make wrong, and that osgraft does not know.
    #[error(
        "it carries additional content that an edit would invalidate and that osgraft does not know (autoclear bits {0:#x}): open it with the program that made it"
    )]
    Autoclear(u64),
    /// A VMDK where a qcow2 image is wanted. A VMDK is never edited in place.
    #[error(
        "a VMDK, which has no place for the guard of an edit: make a qcow2 child on it with “osgraft clone --master-format vmdk”"
    )]
    Vmdk,
    /// Stated to be a VMDK, which it is not.
    #[error("its format is stated as vmdk, and it is none: state the real one")]
    NotVmdk,
    /// A VMDK version that osgraft does not know.
    #[error("VMDK version {0} is not 1, 2 or 3: convert it with “qemu-img convert -O qcow2”")]
    VmdkVersion(u32),
    /// A VMDK header, descriptor or table that contradicts itself or what QEMU takes.
    #[error("it is no sound VMDK: {0} cannot be right; restore it from a copy")]
    VmdkHeader(&'static str),
    /// A VMDK whose content lies in several files, or in a layout that only VMware's hosts use.
    #[error(
        "a VMDK of type “{0}”, not one file that holds its whole disk; no other file was opened: make it one with “qemu-img convert -f vmdk -O qcow2”"
    )]
    VmdkType(String),
    /// A VMDK that holds what differs from another one.
    #[error(
        "a VMDK delta, whose parent is another file, which was not opened: make it whole with “qemu-img convert -f vmdk -O qcow2”, or make a qcow2 child on its parent"
    )]
    VmdkDelta,
    /// A VMDK whose last user did not close it.
    #[error(
        "a VMDK that is marked as open or not closed cleanly: stop what uses it, or repair it with VMware's or VirtualBox's own tools"
    )]
    VmdkUnclean,
    /// A feature that the in-process reader lacks.
    #[error(
        "it uses {0}, which osgraft's qcow2 reader lacks: make it without with “qemu-img convert -O qcow2”, a child with -B and -F"
    )]
    Unread(&'static str),
    /// There is no backing file, so it is no child.
    #[error("it has no backing file, so it is no child of a master: make one with “osgraft clone”")]
    NoBacking,
    /// The backing file's format is not stated.
    #[error("it does not state its backing file's format: state it with “qemu-img rebase -u -F”")]
    BackingFormatMissing,
    /// The backing file's format is neither qcow2 nor raw nor vmdk.
    #[error(
        "its backing file's format is “{0}”, not qcow2, raw or vmdk: convert that file, and state it with “qemu-img rebase -u -F”"
    )]
    BackingFormat(String),
    /// The backing file is not named by a plain path.
    #[error(
        "its backing file “{0}” is not a plain file name; nothing was opened: name a file with “qemu-img rebase -u -b”"
    )]
    BackingName(String),
    /// The backing file is none that the caller allows.
    #[error("its backing file {} is not an allowed master ({allowed}); nothing of it was opened; if an external snapshot left it there, delete that with “virsh blockcommit DOMAIN DISK --active --pivot”", named(.path))]
    Master {
        /// The backing file, links resolved.
        path: PathBuf,
        /// Masters that are allowed.
        allowed: String,
    },
    /// The backing file lies beside the child, as after an external snapshot, but cannot be taken for
    /// a layer of the child's own.
    #[error(
        "its backing file {} lies beside it, as after an external snapshot, and is neither an allowed master ({allowed}) nor a layer of its own: {why}; delete the snapshot (“virsh blockcommit DOMAIN DISK --active --pivot”), or name the file in images.masters", named(.path)
    )]
    Layer {
        /// The backing file, links resolved.
        path: PathBuf,
        /// The reason.
        why: &'static str,
        /// Masters that are allowed.
        allowed: String,
    },
    /// The backing file was exchanged while it was judged.
    #[error(
        "its backing file {} was replaced while it was looked at; nothing of it was opened: try again, and see who may write to its folder", named(.0)
    )]
    Replaced(PathBuf),
    /// The configuration or the caller names it as a master.
    #[error(
        "it is named as a master, which is never edited: its children would break; make a child on it with “osgraft clone”"
    )]
    IsMaster,
    /// It is the backing file of an image beside it.
    #[error(
        "it is the backing file of {}, whose disk an edit would break: make a child on it with “osgraft clone”, remove that image if it is of no use, or edit it all the same with --force", named(.0)
    )]
    BacksOthers(PathBuf),
    /// A link of another user leads to the image that was named.
    #[error(
        "a link in its path belongs to another user (uid {0}), who could lead root to any file: name the image itself"
    )]
    ForeignLink(u32),
    /// Nobody may write to it, as is right for a master.
    #[error(
        "nobody may write to it (its mode has no w), as is right for a master: make a child on it with “osgraft clone”, or “chmod u+w” it if it is a child"
    )]
    ReadOnly,
    /// The backing file does not exist.
    #[error("its backing file {} does not exist: put it back, or name where it is with “qemu-img rebase -u -b”", named(.0))]
    BackingMissing(PathBuf),
    /// The chain of backing files comes back to itself.
    #[error("its chain of backing files comes back to {}: restore the images from copies", named(.0))]
    Loop(PathBuf),
    /// The chain of backing files is too long.
    #[error(
        "its chain of backing files is longer than {MAX_CHAIN}: shorten it with “qemu-img rebase”"
    )]
    TooLong,
}

/// A path that an image named: whoever made the image chose its bytes.
fn named(path: &Path) -> String {
    crate::path::escape(path.as_os_str().as_encoded_bytes())
}

impl Refusal {
    /// A stable name for scripts.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotQcow2 => "not-qcow2",
            Self::Version(_) => "version",
            Self::Header(_) => "header",
            Self::Truncated(_) => "truncated",
            Self::Tables { .. } => "tables",
            Self::TooManyTables => "vast",
            Self::Encrypted(_) => "image-encrypted",
            Self::DataFile => "data-file",
            Self::Corrupt => "corrupt",
            Self::Dirty => "dirty",
            Self::UnknownFeatures(_) => "unknown-features",
            Self::Bitmaps => "bitmaps",
            Self::Autoclear(_) => "autoclear",
            Self::Vmdk => "vmdk",
            Self::NotVmdk => "not-vmdk",
            Self::VmdkVersion(_) => "vmdk-version",
            Self::VmdkHeader(_) => "vmdk-header",
            Self::VmdkType(_) => "vmdk-type",
            Self::VmdkDelta => "vmdk-delta",
            Self::VmdkUnclean => "vmdk-unclean",
            Self::Unread(_) => "unread-feature",
            Self::NoBacking => "no-backing",
            Self::BackingFormatMissing => "backing-format-missing",
            Self::BackingFormat(_) => "backing-format",
            Self::BackingName(_) => "backing-name",
            Self::Master { .. } | Self::Layer { .. } => "master",
            Self::Replaced(_) => "replaced",
            Self::IsMaster => "is-master",
            Self::BacksOthers(_) => "backs-others",
            Self::ForeignLink(_) => "foreign-link",
            Self::ReadOnly => "read-only",
            Self::BackingMissing(_) => "backing-missing",
            Self::Loop(_) => "loop",
            Self::TooLong => "chain-too-long",
        }
    }

    /// True if the image is a VMDK, whatever else is wrong with it.
    pub(super) fn is_vmdk(&self) -> bool {
        matches!(self, Self::Vmdk | Self::VmdkType(_) | Self::VmdkDelta)
    }
}
