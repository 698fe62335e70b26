//! Inodes: what their fields mean.
//!
//! Source: the kernel's `Documentation/filesystems/ext4/inodes.rst`, `fs/ext4/ext4.h`.

use super::ffi::Inode;
use super::fs::{Filesystem, Trouble};
use crate::guest::{Attributes, FileKind, Metadata, Time};

const COMPRESSED: u32 = 0x4;
const IMMUTABLE: u32 = 0x10;
const APPEND_ONLY: u32 = 0x20;
const ENCRYPTED: u32 = 0x800;
const INDEXED: u32 = 0x1000;
pub(super) const EXTENTS: u32 = 0x8_0000;
const VERITY: u32 = 0x10_0000;
const EA_INODE: u32 = 0x20_0000;
const INLINE_DATA: u32 = 0x1000_0000;
const CASEFOLDED: u32 = 0x4000_0000;

/// Most hard links the kernel makes (`EXT4_LINK_MAX`); an indexed directory with more
/// subdirectories counts 1.
const LINK_MAX: u16 = 65_000;

/// Times of an inode that become now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Touch {
    /// The inode changed: ctime.
    Inode,
    /// Its content changed: mtime and ctime.
    Content,
    /// It is new: all of them.
    Birth,
}

/// The type bits of `i_mode`.
pub(super) fn type_bits(kind: FileKind) -> u16 {
    match kind {
        FileKind::Fifo => 0o010_000,
        FileKind::CharDevice => 0o020_000,
        FileKind::Directory => 0o040_000,
        FileKind::BlockDevice => 0o060_000,
        FileKind::File => 0o100_000,
        FileKind::Symlink => 0o120_000,
        FileKind::Socket => 0o140_000,
    }
}

/// The file type in a directory entry.
pub(super) fn entry_type(kind: FileKind) -> i32 {
    match kind {
        FileKind::File => 1,
        FileKind::Directory => 2,
        FileKind::CharDevice => 3,
        FileKind::BlockDevice => 4,
        FileKind::Fifo => 5,
        FileKind::Socket => 6,
        FileKind::Symlink => 7,
    }
}

impl Inode {
    /// A new one without content.
    pub(super) fn new(kind: FileKind, attributes: Attributes, now: i64) -> Self {
        let mut inode = Self {
            mode: type_bits(kind) | (attributes.mode & 0o7777) as u16,
            links_count: if kind == FileKind::Directory { 2 } else { 1 },
            uid_low: attributes.uid as u16,
            uid_high: (attributes.uid >> 16) as u16,
            gid_low: attributes.gid as u16,
            gid_high: (attributes.gid >> 16) as u16,
            ..Self::default()
        };
        inode.touch(Touch::Birth, now);
        inode
    }

    pub(super) fn kind(&self) -> Result<FileKind, Trouble> {
        Ok(match self.mode & 0o170_000 {
            0o010_000 => FileKind::Fifo,
            0o020_000 => FileKind::CharDevice,
            0o040_000 => FileKind::Directory,
            0o060_000 => FileKind::BlockDevice,
            0o100_000 => FileKind::File,
            0o120_000 => FileKind::Symlink,
            0o140_000 => FileKind::Socket,
            _ => return Err(Trouble::Damaged("an inode of no known type")),
        })
    }

    pub(super) fn size(&self) -> u64 {
        u64::from(self.size_high) << 32 | u64::from(self.size_low)
    }

    pub(super) fn set_size(&mut self, size: u64) {
        self.size_low = size as u32;
        self.size_high = (size >> 32) as u32;
    }

    /// Bytes that its blocks take, those of attributes included.
    pub(super) fn allocated(&self) -> u64 {
        let count = u64::from(self.blocks_hi) << 32 | u64::from(self.blocks);
        count.saturating_mul(512)
    }

    pub(super) fn metadata(&self) -> Result<Metadata, Trouble> {
        Ok(Metadata {
            kind: self.kind()?,
            mode: u32::from(self.mode & 0o7777),
            uid: u32::from(self.uid_high) << 16 | u32::from(self.uid_low),
            gid: u32::from(self.gid_high) << 16 | u32::from(self.gid_low),
            size: self.size(),
            links: self.links_count.into(),
            filesystem: 0,
            immutable: self.is_immutable(),
        })
    }

    pub(super) fn is_immutable(&self) -> bool {
        self.flags & (IMMUTABLE | APPEND_ONLY) != 0
    }

    pub(super) fn is_indexed(&self) -> bool {
        self.flags & INDEXED != 0
    }

    /// Reason why a directory's entries cannot be read by this editor.
    pub(super) fn check_directory(&self) -> Result<(), Trouble> {
        self.check_flags(&[
            (ENCRYPTED, "an encrypted directory"),
            (CASEFOLDED, "a case-insensitive directory"),
            (INLINE_DATA, "a directory with inline data"),
        ])
    }

    /// Reason why a file's or link's content cannot be read by this editor.
    pub(super) fn check_readable(&self) -> Result<(), Trouble> {
        self.check_flags(&[
            (ENCRYPTED, "an encrypted file"),
            (INLINE_DATA, "a file with inline data"),
            (COMPRESSED, "a compressed file"),
            (EA_INODE, "an inode that holds an extended attribute"),
        ])
    }

    /// Reason why a file's content cannot be written.
    pub(super) fn check_writable(&self) -> Result<(), Trouble> {
        self.check_flags(&[(VERITY, "a file under fs-verity")])?;
        self.check_readable()
    }

    fn check_flags(&self, refused: &[(u32, &'static str)]) -> Result<(), Trouble> {
        match refused.iter().find(|(flag, _)| self.flags & flag != 0) {
            Some((_, what)) => Err(Trouble::Unsupported(what)),
            None => Ok(()),
        }
    }

    /// Sets times to `now`, in seconds; the part of a second becomes 0.
    ///
    /// Seconds past 2038 take two bits of the extra field (`EXT4_EPOCH_BITS`); an inode without
    /// it gets the last second that it can hold.
    pub(super) fn touch(&mut self, touch: Touch, now: i64) {
        let has_extra = |end: u16| self.extra_isize >= end - 128;
        // A new inode's extra fields are there as soon as libext2fs has written it.
        let (ctime_extra, mtime_extra, rest) = match touch {
            Touch::Birth => (true, true, true),
            _ => (has_extra(0x88), has_extra(0x8c), false),
        };
        let encode = |extra: bool| {
            let now = if extra {
                now.clamp(0, (1 << 34) - (1 << 31) - 1)
            } else {
                now.clamp(0, i32::MAX.into())
            };
            let low = now as i32;
            (low as u32, ((now - i64::from(low)) >> 32) as u32 & 3)
        };
        let (low, epoch) = encode(ctime_extra);
        self.ctime = low;
        if ctime_extra {
            self.ctime_extra = epoch;
        }
        if touch != Touch::Inode {
            let (low, epoch) = encode(mtime_extra);
            self.mtime = low;
            if mtime_extra {
                self.mtime_extra = epoch;
            }
        }
        if rest {
            (self.atime, self.atime_extra) = (low, epoch);
            (self.crtime, self.crtime_extra) = (low, epoch);
        }
    }

    /// Time of the content's last change. Nanoseconds and the bits of seconds past 2038 are there where the
    /// inode has room for them.
    pub(super) fn modified(&self) -> Time {
        let extra = match self.has_mtime_extra() {
            true => self.mtime_extra,
            false => 0,
        };
        Time {
            seconds: i64::from(self.mtime as i32) + (i64::from(extra & 3) << 32),
            nanoseconds: extra >> 2,
        }
    }

    pub(super) fn set_modified(&mut self, time: Time) {
        let has_extra = self.has_mtime_extra();
        let last = match has_extra {
            true => (1 << 34) - (1 << 31) - 1,
            false => i32::MAX.into(),
        };
        let seconds = time.seconds.clamp(i32::MIN.into(), last);
        let low = seconds as i32;
        self.mtime = low as u32;
        if has_extra {
            let epoch = ((seconds - i64::from(low)) >> 32) as u32 & 3;
            self.mtime_extra = epoch | time.nanoseconds.min(999_999_999) << 2;
        }
    }

    fn has_mtime_extra(&self) -> bool {
        self.extra_isize >= 0x8c - 128
    }

    /// Counts one subdirectory more (`ext4_inc_count` in the kernel's `fs/ext4/namei.c`).
    pub(super) fn gain_subdirectory(&mut self, fs: &Filesystem<'_>) -> Result<(), Trouble> {
        let many = fs.superblock.has_dir_nlink && self.is_indexed();
        if self.links_count >= LINK_MAX && !many {
            return Err(Trouble::Unsupported(
                "a directory with 65000 subdirectories",
            ));
        }
        self.links_count += 1;
        if many && (self.links_count > LINK_MAX || self.links_count == 2) {
            self.links_count = 1;
        }
        Ok(())
    }

    /// Counts one subdirectory less (`ext4_dec_count`).
    pub(super) fn lose_subdirectory(&mut self) {
        if self.links_count > 2 {
            self.links_count -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_past_2038_go_into_the_epoch_bits() {
        let mut inode = Inode {
            extra_isize: 32,
            ..Inode::default()
        };
        // The kernel's own table: epoch bits 1, all ones below is 2106-02-07.
        inode.touch(Touch::Content, 0x1_0000_0000 - 1);
        assert_eq!((inode.mtime, inode.mtime_extra), (0xffff_ffff, 1));
        inode.touch(Touch::Inode, 0x7fff_ffff);
        assert_eq!((inode.ctime, inode.ctime_extra), (0x7fff_ffff, 0));
        let mut small = Inode::default();
        small.touch(Touch::Content, 0x1_0000_0000);
        assert_eq!((small.mtime, small.mtime_extra), (0x7fff_ffff, 0));
    }

    #[test]
    fn a_modification_time_is_kept_to_the_nanosecond_where_there_is_room() {
        for (extra_isize, seconds, kept, nanoseconds) in [
            (32, 1_700_000_000, 1_700_000_000, 999_999_999),
            (32, 0x1_0000_0000, 0x1_0000_0000, 1),
            (32, -1, -1, 5),
            (0, 1_700_000_000, 1_700_000_000, 0),
            (0, 0x1_0000_0000, i64::from(i32::MAX), 0),
        ] {
            let mut inode = Inode {
                extra_isize,
                mtime_extra: 7,
                ..Inode::default()
            };
            inode.set_modified(Time {
                seconds,
                nanoseconds,
            });
            let found = inode.modified();
            assert_eq!((found.seconds, found.nanoseconds), (kept, nanoseconds));
        }
    }

    #[test]
    fn owners_have_32_bits() {
        let attributes = Attributes {
            mode: 0o644,
            uid: 0x1_0002,
            gid: 0xffff_0003,
        };
        let metadata = Inode::new(FileKind::File, attributes, 1)
            .metadata()
            .unwrap();
        assert_eq!((metadata.uid, metadata.gid), (0x1_0002, 0xffff_0003));
    }
}
