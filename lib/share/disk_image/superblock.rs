//! Superblocks of read-only file systems, as far as an image is judged by them (Linux,
//! fs/erofs/erofs_fs.h and fs/squashfs/squashfs_fs.h).

use super::Format;

/// Bytes of an image's start that hold either superblock.
pub(super) const START: usize = 2048;

/// Facts that a superblock tells.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Superblock {
    /// Number of inodes, the root's among them.
    pub(super) inodes: u64,
    /// Seconds since the epoch at which it was made.
    pub(super) time: u64,
    /// Its identifier; squashfs has none.
    pub(super) uuid: Option<[u8; 16]>,
    /// Bytes that the file system takes.
    pub(super) bytes: u64,
}

impl Superblock {
    /// Reads the superblock in an image's first bytes; none where it is no such file system.
    pub(super) fn read(format: Format, start: &[u8]) -> Option<Self> {
        match format {
            Format::Erofs => Self::erofs(start.get(1024..)?),
            Format::Squashfs => Self::squashfs(start),
        }
    }

    fn erofs(block: &[u8]) -> Option<Self> {
        if u32_at(block, 0)? != 0xe0f5_e1e2 {
            return None;
        }
        let block_bits = *block.get(12)?;
        let blocks = u64::from(u32_at(block, 36)?);
        Some(Self {
            inodes: u64_at(block, 16)?,
            time: u64_at(block, 24)?,
            uuid: block.get(48..64)?.try_into().ok(),
            bytes: blocks.checked_shl(u32::from(block_bits))?,
        })
    }

    fn squashfs(block: &[u8]) -> Option<Self> {
        if block.get(..4)? != b"hsqs" || block.get(28..30)? != [4, 0] {
            return None;
        }
        Some(Self {
            inodes: u64::from(u32_at(block, 4)?),
            time: u64::from(u32_at(block, 8)?),
            uuid: None,
            bytes: u64_at(block, 40)?,
        })
    }
}

fn u32_at(block: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(block.get(at..at + 4)?.try_into().ok()?))
}

fn u64_at(block: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(block.get(at..at + 8)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes of images that mkfs.erofs 1.5 and mksquashfs 4.5.1 made of one tree.
    fn starts() -> [(Format, Vec<u8>); 2] {
        let mut erofs = vec![0; START];
        let bytes: [&[u8]; 4] = [
            &[
                0xe2, 0xe1, 0xf5, 0xe0, 0x16, 0x18, 0xd3, 0xde, 3, 0, 0, 0, 12, 0, 0x24, 0,
            ],
            &[
                0xd8, 0, 0, 0, 0, 0, 0, 0, 0xc7, 0x7b, 0xfd, 0x65, 0, 0, 0, 0,
            ],
            &[0, 0, 0, 0, 0xc8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            &[0x11; 16],
        ];
        erofs[1024..1088].copy_from_slice(&bytes.concat());
        let mut squashfs = vec![0; START];
        let bytes: [&[u8]; 3] = [
            &[
                0x68, 0x73, 0x71, 0x73, 0xd8, 0, 0, 0, 0xc7, 0x7b, 0xfd, 0x65, 0, 0, 2, 0,
            ],
            &[0x17, 0, 0, 0, 6, 0, 0x11, 0, 0xc0, 0, 3, 0, 4, 0, 0, 0],
            &[0x75, 0x1b, 0, 0, 0, 0, 0, 0, 0x56, 0x44, 0, 0, 0, 0, 0, 0],
        ];
        squashfs[..48].copy_from_slice(&bytes.concat());
        [(Format::Erofs, erofs), (Format::Squashfs, squashfs)]
    }

    #[test]
    fn the_superblock_of_each_format_is_read() {
        for (format, start) in starts() {
            let found = Superblock::read(format, &start).unwrap();
            assert_eq!((found.inodes, found.time), (216, 1_711_111_111));
            match format {
                Format::Erofs => {
                    assert_eq!(found.uuid, Some([0x11; 16]));
                    assert_eq!(found.bytes, 200 * 4096);
                }
                Format::Squashfs => assert_eq!((found.uuid, found.bytes), (None, 0x4456)),
            }
        }
    }

    #[test]
    fn what_is_no_such_file_system_has_none() {
        for (format, start) in starts() {
            let other = match format {
                Format::Erofs => Format::Squashfs,
                Format::Squashfs => Format::Erofs,
            };
            assert_eq!(Superblock::read(other, &start), None);
            for len in [0, 3, 47, 1024, 1060] {
                let _ = Superblock::read(format, &start[..len]);
            }
            assert_eq!(Superblock::read(format, &start[..47]), None);
        }
    }
}
