//! The seam between osgraft and whatever holds a guest's tree.
//!
//! [`Guest`] is the whole contract; everything above it (facts, the plan, the edit) is written
//! against it alone and so runs on a real disk and in memory alike.

mod ahead;
pub mod conformance;
mod entries;
mod error;
pub mod facts;
mod kind;
pub mod memory;
mod remember;
mod walk;
pub(crate) mod wire;

pub(crate) use ahead::Ahead;
pub use entries::{MAX_PAGE, MAX_READ};
pub(crate) use entries::{
    MAX_XATTR, MAX_XATTRS, Pager, Ranges, TOO_MANY_XATTRS, are_ranges, impossible_page, is_name,
};
pub use error::GuestError;
pub use facts::GuestFacts;
pub use kind::FileKind;
pub use memory::MemoryGuest;
pub(crate) use remember::{Memory, Remembering, are_entries};
pub(crate) use walk::resolve_spelled;
pub use walk::{MAX_BYTES, MAX_LINKS, Resolved, resolve, resolve_parent};
pub(crate) use wire::Known;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::path::GuestPath;

/// The words for what [`is_label`] refuses.
pub(crate) const NO_LABEL: &str = "a label that is empty or has a NUL byte in it";

/// True for bytes that can be an SELinux label: one that ends in a NUL byte, or has none.
pub(crate) fn is_label(label: &[u8]) -> bool {
    let text = label.strip_suffix(b"\0").unwrap_or(label);
    !text.is_empty() && !text.contains(&0)
}

/// Facts of an inode, as `lstat` has them.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    /// Its kind.
    pub kind: FileKind,
    /// Permission bits with set-uid, set-gid and sticky (`0o7777`).
    pub mode: u32,
    /// Owning user.
    pub uid: u32,
    /// Owning group.
    pub gid: u32,
    /// Bytes of content; of a link, of its target.
    pub size: u64,
    /// Hard links.
    pub links: u64,
    /// Number of the guest's file system that it lies on: equal numbers, one file system. A rename
    /// works inside one only.
    pub filesystem: u64,
    /// True where the immutable or append-only flag is set (`chattr +i`, `+a`).
    pub immutable: bool,
}

/// A time as inodes keep it.
#[derive(
    Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize,
)]
pub struct Time {
    /// Seconds since 1970.
    pub seconds: i64,
    /// Nanoseconds of the second; an inode without room for them has 0.
    pub nanoseconds: u32,
}

/// Mode and owner of something about to be made.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Attributes {
    /// Permission bits (`0o7777`).
    pub mode: u32,
    /// Owning user.
    pub uid: u32,
    /// Owning group.
    pub gid: u32,
}

impl Attributes {
    /// Owned by root, with these permission bits.
    pub const fn root(mode: u32) -> Self {
        Self {
            mode,
            uid: 0,
            gid: 0,
        }
    }
}

/// One entry of a directory.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct DirEntry {
    /// Its name: never empty, `.` or `..`; never with a `/` or NUL.
    pub name: Vec<u8>,
}

/// One entry of a directory, with all that a copy of it keeps.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct TreeEntry {
    /// Its name, as in [`DirEntry`].
    pub name: Vec<u8>,
    /// Facts of its inode; [`Metadata::immutable`] is `false` where an editor would have to ask for
    /// it apart.
    pub metadata: Metadata,
    /// Number of its inode: with [`Metadata::filesystem`], equal for all names of one inode.
    pub inode: u64,
    /// Time of the last change of its content.
    pub modified: Time,
    /// Bytes that it takes on the disk, holes left out.
    pub allocated: u64,
    /// Target of a link.
    pub target: Option<Vec<u8>>,
    /// Extended attributes, full names and values, sorted by name; none where the file system holds
    /// none.
    pub xattrs: Vec<(Vec<u8>, Vec<u8>)>,
}

impl TreeEntry {
    /// Bytes of its texts.
    pub(crate) fn weight(&self) -> usize {
        let xattrs = self.xattrs.iter();
        let xattrs: usize = xattrs.map(|(name, value)| name.len() + value.len()).sum();
        self.name.len() + self.target.as_ref().map_or(0, Vec::len) + xattrs
    }
}

/// Some entries of a directory, sorted by name.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// At most [`MAX_PAGE`], and none only on the last page.
    pub entries: Vec<TreeEntry>,
    /// True where no entry comes after these.
    pub is_last: bool,
}

/// A guest's tree: the one seam between osgraft and an editor.
///
/// Every path is taken *literally*: no symbolic link is followed in any component, the last
/// included. A component that is a link, or anything but a directory, is
/// [`GuestError::NotADirectory`]. Following links is [`resolve`]'s work, so that
/// every implementation resolves alike.
///
/// New inodes take the time that the implementation was given, and inherit their parent
/// directory's `security.selinux` label when it has one, as the kernel does without a policy.
///
/// No call hangs on, opens or writes through a device node, a FIFO or a socket.
pub trait Guest {
    /// Kind, mode, owner, size and links of what lies at `path` itself.
    ///
    /// # Errors
    /// [`GuestError::NotFound`], [`GuestError::NotADirectory`].
    fn lstat(&mut self, path: &GuestPath) -> Result<Metadata, GuestError>;

    /// The whole content of a regular file of at most `limit` bytes.
    ///
    /// # Errors
    /// [`GuestError::WrongKind`] for anything but a regular file; [`GuestError::TooLarge`]
    /// (nothing is read) past `limit`.
    fn read(&mut self, path: &GuestPath, limit: u64) -> Result<Vec<u8>, GuestError>;

    /// The first `len` bytes of a regular file of any size; all of it where it is shorter.
    ///
    /// # Errors
    /// [`GuestError::WrongKind`] for anything but a regular file.
    fn read_start(&mut self, path: &GuestPath, len: usize) -> Result<Vec<u8>, GuestError>;

    /// The target of a symbolic link, as it stands.
    ///
    /// # Errors
    /// [`GuestError::WrongKind`] for anything but a link.
    fn read_link(&mut self, path: &GuestPath) -> Result<Vec<u8>, GuestError>;

    /// A directory's entries without `.` and `..`, sorted by name.
    ///
    /// # Errors
    /// [`GuestError::WrongKind`] for anything but a directory.
    fn read_dir(&mut self, path: &GuestPath) -> Result<Vec<DirEntry>, GuestError>;

    /// Entries of a directory with all that a copy of them keeps, those after the name `after` in byte
    /// order, or from the first. A page ends after [`MAX_PAGE`] entries, and earlier where they are
    /// large.
    ///
    /// # Errors
    /// [`GuestError::WrongKind`] for anything but a directory; [`GuestError::Unsupported`] for an
    /// entry with more than a mebibyte of extended attributes.
    fn entries(&mut self, path: &GuestPath, after: Option<&[u8]>) -> Result<Page, GuestError>;

    /// At most `len` bytes of a regular file from `offset` on, and never more than [`MAX_READ`]; fewer
    /// where the file ends before, none from its end on. Holes are zeros.
    ///
    /// # Errors
    /// [`GuestError::WrongKind`] for anything but a regular file.
    fn read_at(&mut self, path: &GuestPath, offset: u64, len: usize)
    -> Result<Vec<u8>, GuestError>;

    /// The ranges of a regular file that may hold anything but zeros: rising, neither empty nor
    /// adjacent, within its size, and at most 65,536. It is the whole file where an editor cannot
    /// tell. Blocks that are allocated and were never written are holes.
    ///
    /// # Errors
    /// [`GuestError::WrongKind`] for anything but a regular file.
    fn data(&mut self, path: &GuestPath) -> Result<Vec<Range<u64>>, GuestError>;

    /// Replaces a regular file's content, keeping its owner, mode and extended attributes; where
    /// nothing is, makes the file with `new`.
    ///
    /// # Errors
    /// [`GuestError::WrongKind`] when something else is there.
    fn write(
        &mut self,
        path: &GuestPath,
        content: &[u8],
        new: Attributes,
    ) -> Result<(), GuestError>;

    /// Makes one directory.
    ///
    /// # Errors
    /// [`GuestError::Exists`]; [`GuestError::NotFound`] when its parent is missing.
    fn mkdir(&mut self, path: &GuestPath, new: Attributes) -> Result<(), GuestError>;

    /// Makes a symbolic link to `target`, owned by root.
    ///
    /// # Errors
    /// [`GuestError::Exists`].
    fn symlink(&mut self, path: &GuestPath, target: &[u8]) -> Result<(), GuestError>;

    /// Renames anything to a name that is still free.
    ///
    /// # Errors
    /// [`GuestError::Exists`] when `to` is taken, [`GuestError::CrossDevice`] when the two lie on
    /// different file systems; some error, the implementation's choice, for the root directory and
    /// for a directory that would come to lie below itself.
    fn rename(&mut self, from: &GuestPath, to: &GuestPath) -> Result<(), GuestError>;

    /// Removes a file, a link, or an empty directory.
    ///
    /// # Errors
    /// [`GuestError::NotEmpty`].
    fn remove(&mut self, path: &GuestPath) -> Result<(), GuestError>;

    /// Time of the last change of a file's or directory's content (mtime, inode(7)).
    ///
    /// # Errors
    /// As for [`lstat`](Self::lstat).
    fn modified(&mut self, path: &GuestPath) -> Result<Time, GuestError>;

    /// Sets that time of a regular file or a directory, and no other time but that of the inode's own
    /// change (ctime).
    ///
    /// # Errors
    /// As for [`lstat`](Self::lstat); some error, the implementation's choice, for anything else.
    fn set_modified(&mut self, path: &GuestPath, time: Time) -> Result<(), GuestError>;

    /// The SELinux label (`security.selinux`) as it stands, its final NUL included where it has one;
    /// `None` where it has none, and where the file system holds no extended attributes.
    ///
    /// # Errors
    /// As for [`lstat`](Self::lstat).
    fn label(&mut self, path: &GuestPath) -> Result<Option<Vec<u8>>, GuestError>;

    /// Sets the SELinux label of a regular file, a directory or a link.
    ///
    /// # Errors
    /// [`GuestError::Unsupported`] where the file system holds no extended attributes, and for a label
    /// with a NUL byte before its end.
    fn set_label(&mut self, path: &GuestPath, label: &[u8]) -> Result<(), GuestError>;
}
