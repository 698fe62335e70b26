use std::ops::Range;

use crate::support::random::Random;

/// Where the metadata of an ext2, ext3 or ext4 lies; every area holds something.
pub(super) struct Map {
    block: usize,
    areas: Vec<Vec<Range<usize>>>,
}

/// Numbers that end something, or wrap it.
const EDGES: [u32; 8] = [
    0,
    1,
    2,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_fffe,
    0xffff_ffff,
    0xffff,
];
/// First bytes of a journal's superblock and of a block of attributes.
const JOURNAL: [u8; 4] = [0xc0, 0x3b, 0x39, 0x98];
const ATTRIBUTES: [u8; 4] = [0, 0, 2, 0xea];
const ROOT: usize = 2;
const EXTENTS: [u8; 2] = [0x0a, 0xf3];

impl Map {
    /// `linux/Documentation/filesystems/ext4`: superblock, group descriptors, inodes, directories.
    pub(super) fn of(disk: &[u8]) -> Self {
        let le32 = |at: usize| u32::from_le_bytes(disk[at..at + 4].try_into().unwrap()) as usize;
        let le16 = |at: usize| usize::from(disk[at]) | usize::from(disk[at + 1]) << 8;
        let block = 1024 << le32(1024 + 24);
        let inode = le16(1024 + 88);
        let descriptors = block * (le32(1024 + 20) + 1);
        let table = le32(descriptors + 8) * block;
        let inodes: Vec<Range<usize>> = (0..le32(1024 + 40))
            .map(|number| table + number * inode..table + (number + 1) * inode)
            .filter(|place| le16(place.start) != 0)
            .collect();
        assert!(inodes.len() > ROOT, "the premise: inodes are found");
        let maps: Vec<_> = inodes.iter().map(|i| i.start + 40..i.start + 100).collect();
        let extents = maps
            .iter()
            .filter(|map| disk[map.start..].starts_with(&EXTENTS));
        let extents: Vec<_> = extents.cloned().collect();
        let blocks = || (0..disk.len() / block).map(|number| number * block..(number + 1) * block);
        let that = |is: &dyn Fn(&[u8]) -> bool| -> Vec<Range<usize>> {
            blocks().filter(|place| is(&disk[place.clone()])).collect()
        };
        let directories = that(&|bytes| bytes[4..9] == [12, 0, 1, 2, b'.']);
        let areas = vec![
            vec![1024..1024 + 256, 1024 + 256..2048],
            vec![descriptors..descriptors + 64],
            inodes,
            if extents.is_empty() { maps } else { extents },
            directories,
            that(&|bytes| bytes.starts_with(&JOURNAL)),
            that(&|bytes| bytes.starts_with(&ATTRIBUTES)),
            // Bitmaps, maps of blocks, files, and what was named already.
            that(&|bytes| bytes.iter().any(|byte| *byte != 0)),
        ];
        assert!(
            areas.iter().all(|area| !area.is_empty()),
            "the premise: {areas:?}"
        );
        Self { block, areas }
    }

    /// What stands where instead; places do not overlap.
    pub(super) fn damage(&self, disk: &[u8], random: &mut Random) -> Vec<(usize, Vec<u8>)> {
        if random.below(8) == 0 {
            return self.swap(disk, random);
        }
        let area = random.of(&self.areas);
        let place = random.of(area).clone();
        let mut bytes = disk[place.clone()].to_vec();
        let before = bytes.clone();
        while bytes == before {
            for _ in 0..1 + random.below(4) {
                self.change(disk, &mut bytes, random);
            }
        }
        vec![(place.start, bytes)]
    }

    fn change(&self, disk: &[u8], bytes: &mut [u8], random: &mut Random) {
        let word = random.below(bytes.len() / 4) * 4;
        let blocks = disk.len() / self.block;
        match random.below(8) {
            0..3 => bytes[random.below(bytes.len())] ^= 1 << random.below(8),
            3 => bytes[word..word + 4].copy_from_slice(&(random.next() as u32).to_le_bytes()),
            4 => bytes[word..word + 4].copy_from_slice(&random.of(&EDGES).to_le_bytes()),
            // Some other block's number, as a pointer to it.
            5 => {
                bytes[word..word + 4].copy_from_slice(&(random.below(blocks) as u32).to_le_bytes())
            }
            6 => bytes[word..word + 2].copy_from_slice(&(random.next() as u16).to_le_bytes()),
            _ => {
                let end = (word + 4 + random.below(64)).min(bytes.len());
                bytes[word..end].fill_with(|| random.next() as u8);
            }
        }
    }

    /// One block of metadata where another one was, and the other way round.
    fn swap(&self, disk: &[u8], random: &mut Random) -> Vec<(usize, Vec<u8>)> {
        let used = &self.areas[self.areas.len() - 1];
        let (one, other) = loop {
            let (one, other) = (random.of(used), random.of(used));
            if disk[one.clone()] != disk[other.clone()] {
                break (one, other);
            }
        };
        vec![
            (one.start, disk[other.clone()].to_vec()),
            (other.start, disk[one.clone()].to_vec()),
        ]
    }
}
