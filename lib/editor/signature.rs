//! Content of a partition, by the bytes it begins and ends with.
//!
//! Used to say what stands where a root file system was looked for, never to open anything.
//!
//! Source: util-linux `libblkid/src/superblocks/`, and each format's own specification.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Bytes from the start that [`identify`] looks at; fewer are looked at as far as they go.
pub const HEAD: usize = 132 * 1024;
/// Bytes from the end that [`identify`] looks at.
pub const TAIL: usize = 128 * 1024;

/// A known content of a partition that is not ext2, ext3 or ext4.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Content {
    /// LVM2 physical volume.
    Lvm2,
    /// LUKS, version 1.
    Luks1,
    /// LUKS, version 2.
    Luks2,
    /// LUKS in logical volumes, none of which holds a root in the clear.
    LuksOnLvm,
    /// LUKS in a Linux software RAID.
    LuksOnRaid,
    /// Microsoft BitLocker.
    BitLocker,
    /// Member of a Linux software RAID.
    MdRaid,
    /// ZFS pool member.
    Zfs,
    /// bcachefs or bcache.
    Bcache,
    /// XFS.
    Xfs,
    /// btrfs.
    Btrfs,
    /// F2FS.
    F2fs,
    /// JFS.
    Jfs,
    /// ReiserFS.
    Reiserfs,
    /// A qcow2 image: a disk in a disk, or a qcow2 master that is stated to be raw.
    Qcow2,
    /// NTFS.
    Ntfs,
    /// FAT12, FAT16 or FAT32, as of an EFI system partition.
    Vfat,
    /// exFAT.
    ExFat,
    /// SquashFS.
    Squashfs,
    /// EROFS.
    Erofs,
    /// ISO 9660.
    Iso9660,
    /// Swap space.
    Swap,
    /// Swap space in which a hibernated guest saved its memory.
    Hibernation,
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lvm2 => "LVM2 physical volume",
            Self::Luks1 => "LUKS1 encryption",
            Self::Luks2 => "LUKS2 encryption",
            Self::LuksOnLvm => "LUKS encryption on LVM",
            Self::LuksOnRaid => "LUKS encryption on a Linux software RAID",
            Self::BitLocker => "BitLocker encryption",
            Self::MdRaid => "Linux software RAID member",
            Self::Zfs => "ZFS pool member",
            Self::Bcache => "bcache or bcachefs",
            Self::Xfs => "XFS",
            Self::Btrfs => "btrfs",
            Self::F2fs => "F2FS",
            Self::Jfs => "JFS",
            Self::Reiserfs => "ReiserFS",
            Self::Qcow2 => {
                "a qcow2 image, as where a qcow2 master is stated as raw: state it as qcow2 with \
                 “qemu-img rebase -u -f qcow2 -F qcow2 -b MASTER CHILD”"
            }
            Self::Ntfs => "NTFS",
            Self::Vfat => "vfat",
            Self::ExFat => "exFAT",
            Self::Squashfs => "squashfs",
            Self::Erofs => "EROFS",
            Self::Iso9660 => "ISO 9660",
            Self::Swap => "swap",
            Self::Hibernation => "swap with a hibernated guest's memory",
        })
    }
}

impl Content {
    /// The name of LUKS where that is what keeps its content from being read.
    pub(super) fn luks(self) -> Option<&'static str> {
        match self {
            Self::Luks1 => Some("LUKS1"),
            Self::Luks2 => Some("LUKS2"),
            Self::LuksOnLvm => Some("LUKS on LVM"),
            Self::LuksOnRaid => Some("LUKS on a software RAID"),
            _ => None,
        }
    }

    /// True where a Linux root may lie in it, without a key.
    pub(super) fn may_hold_root(self) -> bool {
        matches!(
            self,
            Self::Lvm2
                | Self::MdRaid
                | Self::Xfs
                | Self::Btrfs
                | Self::F2fs
                | Self::Jfs
                | Self::Reiserfs
        )
    }
}

/// Magic bytes at a fixed place from the start.
const MAGICS: &[(usize, &[u8], Content)] = &[
    (0, b"QFI\xfb\x00\x00\x00", Content::Qcow2),
    (0, b"LUKS\xba\xbe\x00\x01", Content::Luks1),
    (0, b"LUKS\xba\xbe\x00\x02", Content::Luks2),
    // The label lies in one of the first four sectors.
    (24, b"LVM2 001", Content::Lvm2),
    (536, b"LVM2 001", Content::Lvm2),
    (1048, b"LVM2 001", Content::Lvm2),
    (1560, b"LVM2 001", Content::Lvm2),
    (3, b"-FVE-FS-", Content::BitLocker),
    (3, b"NTFS    ", Content::Ntfs),
    (3, b"EXFAT   ", Content::ExFat),
    // Version 1.1 and 1.2; 1.0 and 0.90 lie at the end.
    (0, b"\xfc\x4e\x2b\xa9\x01\x00\x00\x00", Content::MdRaid),
    (4096, b"\xfc\x4e\x2b\xa9\x01\x00\x00\x00", Content::MdRaid),
    (0, b"XFSB", Content::Xfs),
    (0x10040, b"_BHRfS_M", Content::Btrfs),
    (1024, b"\x10\x20\xf5\xf2", Content::F2fs),
    (1024, b"\xe2\xe1\xf5\xe0", Content::Erofs),
    (0, b"hsqs", Content::Squashfs),
    (
        4096 + 24,
        b"\xc6\x85\x73\xf6\x4e\x1a\x45\xca",
        Content::Bcache,
    ),
    (
        4096 + 24,
        b"\xc6\x85\x73\xf6\x66\xce\x90\xa9",
        Content::Bcache,
    ),
    (0x8000, b"JFS1", Content::Jfs),
    (0x10034, b"ReIsEr", Content::Reiserfs),
    (0x8001, b"CD001", Content::Iso9660),
    (54, b"FAT12   ", Content::Vfat),
    (54, b"FAT16   ", Content::Vfat),
    (82, b"FAT32   ", Content::Vfat),
];

/// Sizes of a page, which the architecture decides: a swap space's signature ends the first one.
pub(super) const PAGES: [usize; 5] = [4096, 8192, 16384, 32768, 65536];
/// Length of that signature, in bytes.
pub(super) const SWAP_SIGNATURE: usize = 10;
/// Marks that stand in its place while memory is saved there: the kernel's own (`kernel/power/swap.c`),
/// those of uswsusp, and one of TuxOnIce's.
const SUSPENDED: [&[u8]; 4] = [b"S1SUSPEND", b"S2SUSPEND", b"ULSUSPEND", b"LINHIB0001"];
/// TuxOnIce's other one lies at the start, and leaves the signature of the swap space as it was.
const TUX_ON_ICE: &[u8] = b"\xed\xc3\x02\xe9\x98\x56\xe5\x0c";

/// True where a guest saved its memory in a swap space. `is` tells whether bytes lie at an offset
/// from its start; none lies behind the first 64 KiB.
pub(super) fn is_hibernated(mut is: impl FnMut(usize, &[u8]) -> bool) -> bool {
    is(0, TUX_ON_ICE)
        || PAGES.iter().any(|page| {
            let at = page - SWAP_SIGNATURE;
            SUSPENDED.iter().any(|signature| is(at, signature))
        })
}

/// True where a guest saved its memory in the swap space that begins with these bytes.
pub(super) fn starts_hibernated(head: &[u8]) -> bool {
    is_hibernated(|at, wanted| head.get(at..at + wanted.len()) == Some(wanted))
}

/// A layer that holds a file system only for whoever opens it as what it is. A file system's superblock
/// beside such a signature is an old one, or that of one member.
pub(super) fn container(head: &[u8]) -> Option<Content> {
    let content = identify(head, &[])?;
    let is = matches!(
        content,
        Content::Lvm2 | Content::Luks1 | Content::Luks2 | Content::MdRaid | Content::Bcache
    );
    is.then_some(content)
}

/// Names what `head`, the first bytes of a partition, and `tail`, its last, belong to.
///
/// ```
/// use osgraft::editor::signature::{Content, identify};
/// assert_eq!(identify(b"XFSB\0\0\x10\0", &[]), Some(Content::Xfs));
/// assert_eq!(identify(&[0; 4096], &[]), None);
/// ```
pub fn identify(head: &[u8], tail: &[u8]) -> Option<Content> {
    let has = |at: usize, magic: &[u8]| head.get(at..at + magic.len()) == Some(magic);
    if let Some((_, _, content)) = MAGICS.iter().find(|(at, magic, _)| has(*at, magic)) {
        return Some(*content);
    }
    if starts_hibernated(head) {
        return Some(Content::Hibernation);
    }
    let is_swap = |page: usize| {
        let at = page - SWAP_SIGNATURE;
        has(at, b"SWAPSPACE2") || has(at, b"SWAP-SPACE")
    };
    if PAGES.into_iter().any(is_swap) {
        return Some(Content::Swap);
    }
    // The ring of uberblocks in the first label, in either byte order.
    let is_uberblock = |at: usize| {
        has(at, b"\x0c\xb1\xba\x00\x00\x00\x00\x00") || has(at, b"\x00\x00\x00\x00\x00\xba\xb1\x0c")
    };
    if (128 * 1024..HEAD).step_by(1024).any(is_uberblock) {
        return Some(Content::Zfs);
    }
    // Version 0.90 lies on the last whole 64 KiB but one at most, 1.0 8 to 12 KiB before the end.
    let is_raid =
        |magic: &[u8], step: usize| tail.chunks(step).any(|chunk| chunk.starts_with(magic));
    if is_raid(b"\xfc\x4e\x2b\xa9\x00\x00\x00\x00\x5a\x00\x00\x00", 512)
        || is_raid(b"\xfc\x4e\x2b\xa9\x01\x00\x00\x00", 512)
    {
        return Some(Content::MdRaid);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_magic_is_known_at_its_place_and_nowhere_else() {
        for (at, magic, content) in MAGICS {
            let mut head = vec![0; HEAD];
            head[*at..at + magic.len()].copy_from_slice(magic);
            assert_eq!(identify(&head, &[]), Some(*content), "{content} at {at}");
            head.insert(0, 0);
            assert_ne!(
                identify(&head, &[]),
                Some(*content),
                "{content} at {at} + 1"
            );
        }
    }

    #[test]
    fn short_heads_are_no_trouble() {
        for len in 0..2048 {
            assert_eq!(identify(&vec![0; len], &vec![0; len]), None);
        }
    }

    #[test]
    fn raid_superblocks_at_the_end_are_seen() {
        let mut tail = vec![0; TAIL];
        let at = TAIL - 64 * 1024;
        tail[at..at + 12].copy_from_slice(b"\xfc\x4e\x2b\xa9\0\0\0\0\x5a\0\0\0");
        assert_eq!(identify(&[], &tail), Some(Content::MdRaid));
    }

    #[test]
    fn saved_memory_is_told_from_plain_swap_for_every_size_of_page() {
        for page in PAGES {
            let swap = |signature: &[u8]| {
                let mut head = vec![0; 64 << 10];
                let at = page - SWAP_SIGNATURE;
                head[at..at + signature.len()].copy_from_slice(signature);
                identify(&head, &[])
            };
            for signature in SUSPENDED {
                assert_eq!(swap(signature), Some(Content::Hibernation), "{page}");
            }
            assert_eq!(swap(b"SWAPSPACE2"), Some(Content::Swap), "{page}");
            assert_eq!(swap(b"S3SUSPEND"), None, "{page}");
        }
        let mut head = vec![0; 4096];
        head[4086..].copy_from_slice(b"SWAPSPACE2");
        head[..8].copy_from_slice(TUX_ON_ICE);
        assert_eq!(identify(&head, &[]), Some(Content::Hibernation));
        assert!(!starts_hibernated(&head[..7]));
    }

    #[test]
    fn only_what_has_to_be_opened_first_is_a_container() {
        let mut head = vec![0; 8192];
        head[512 + 24..512 + 32].copy_from_slice(b"LVM2 001");
        assert_eq!(container(&head), Some(Content::Lvm2));
        let mut head = vec![0; 8192];
        head[54..62].copy_from_slice(b"FAT16   ");
        assert_eq!(container(&head), None);
    }
}
