//! DOS partition tables, as sfdisk reads them.

use std::io;
use std::path::Path;
use std::process::Command;

use osgraft::editor::partition::{PartitionError, PartitionType, Table, partitions};
use osgraft::image::BlockDevice;
use serde_json::Value;

use super::disk::put;
use crate::support::random::Random;

const SECTORS: usize = 32768;
/// Of a random disk, of which there are hundreds.
const FEW: usize = 4096;
const TYPES: [u8; 5] = [0x07, 0x82, 0x83, 0x8e, 0xfd];
const EXTENDED: [u8; 3] = [0x05, 0x0f, 0x85];

/// A disk in memory that counts what is read of it.
struct Counted {
    disk: Vec<u8>,
    reads: usize,
}

impl BlockDevice for Counted {
    fn size(&self) -> u64 {
        self.disk.size()
    }

    fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<()> {
        self.reads += 1;
        self.disk.read_at(offset, buf)
    }

    fn write_at(&mut self, _: u64, _: &[u8]) -> io::Result<()> {
        panic!("a table was written to");
    }
}

/// Puts an entry into a table's sector.
fn entry(disk: &mut [u8], sector: usize, slot: usize, kind: u8, start: usize, sectors: usize) {
    let at = sector * 512;
    put(disk, at + 510, &[0x55, 0xaa]);
    let at = at + 446 + slot * 16;
    disk[at + 4] = kind;
    put(disk, at + 8, &(start as u32).to_le_bytes());
    put(disk, at + 12, &(sectors as u32).to_le_bytes());
}

/// Rising, different sectors, an even number of them.
fn places(random: &mut Random, from: usize, to: usize, pairs: usize) -> Vec<(usize, usize)> {
    let mut places: Vec<usize> = (0..2 * pairs)
        .map(|_| from + random.below(to - from))
        .collect();
    places.sort_unstable();
    places.dedup();
    let (pairs, _) = places.as_chunks::<2>();
    pairs.iter().map(|[start, end]| (*start, *end)).collect()
}

/// A chain of logical partitions: links in either slot, links without a partition, gaps.
fn chain(random: &mut Random, disk: &mut [u8], start: usize, end: usize) -> usize {
    let mut logical = 0;
    let mut link = start;
    let pairs = random.below(9);
    let mut spans = places(random, start + 2, end, pairs).into_iter().peekable();
    loop {
        let data_slot = random.below(2);
        put(disk, link * 512 + 510, &[0x55, 0xaa]);
        let mut after = link + 1;
        if random.below(6) != 0
            && let Some((first, last)) = spans.next()
        {
            let kind = TYPES[random.below(5)];
            entry(disk, link, data_slot, kind, first - link, last - first);
            logical += 1;
            after = last;
        }
        // The next link lies before the next partition.
        while spans.peek().is_some_and(|(first, _)| *first <= after) {
            spans.next();
        }
        let Some((first, last)) = spans.peek() else {
            return logical;
        };
        let next = after + random.below(first - after);
        if next <= link {
            return logical;
        }
        entry(disk, link, 1 - data_slot, 0x05, next - start, last - next);
        link = next;
    }
}

/// A sound disk, and how many logical partitions it has.
fn sound(random: &mut Random) -> (Vec<u8>, usize) {
    let mut disk = vec![0; FEW * 512];
    put(&mut disk, 440, &[1, 2, 3, 4]);
    put(&mut disk, 510, &[0x55, 0xaa]);
    let count = 1 + random.below(4);
    let mut spans = places(random, 1, FEW, count);
    let mut logical = 0;
    let mut has_extended = false;
    for slot in 0..4 {
        if spans.is_empty() || random.below(5) == 0 {
            continue;
        }
        let (start, end) = spans.swap_remove(random.below(spans.len()));
        let mut kind = TYPES[random.below(5)];
        if !has_extended && end - start > 64 && random.below(2) == 0 {
            has_extended = true;
            kind = EXTENDED[random.below(3)];
            logical = chain(random, &mut disk, start, end);
        }
        entry(&mut disk, 0, slot, kind, start, end - start);
        if random.below(4) == 0 {
            disk[446 + slot * 16] = 0x80;
        }
    }
    (disk, logical)
}

/// Number, first sector, sectors and type of each partition that sfdisk shows, extended ones left out.
fn shown_by_sfdisk(image: &Path) -> Vec<(u32, u64, u64, u8)> {
    let said = Command::new("sfdisk").arg("-J").arg(image).output();
    let said = said.expect("sfdisk is needed; run “make setup”");
    assert!(
        said.status.success(),
        "{}",
        String::from_utf8_lossy(&said.stderr)
    );
    // What it leaves out is told before the JSON begins.
    let begin = said.stdout.iter().position(|byte| *byte == b'{').unwrap();
    let said: Value = serde_json::from_slice(&said.stdout[begin..]).unwrap();
    let Some(shown) = said["partitiontable"]["partitions"].as_array() else {
        return Vec::new();
    };
    let mut shown: Vec<_> = shown
        .iter()
        .map(|partition| {
            let number = partition["node"]
                .as_str()
                .unwrap()
                .rsplit("img")
                .next()
                .unwrap();
            let kind = partition["type"].as_str().unwrap();
            (
                number.parse().unwrap(),
                partition["start"].as_u64().unwrap(),
                partition["size"].as_u64().unwrap(),
                u8::from_str_radix(kind, 16).unwrap(),
            )
        })
        .filter(|(_, _, _, kind)| !EXTENDED.contains(kind))
        .collect();
    shown.sort_unstable();
    shown
}

#[test]
fn two_hundred_random_tables_are_read_as_sfdisk_reads_them() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("disk.img");
    let mut random = Random::new(11);
    let (mut all, mut logical) = (0, 0);
    for round in 0..200 {
        let (mut disk, in_chain) = sound(&mut random);
        std::fs::write(&image, &disk).unwrap();
        let layout = partitions(&mut disk).unwrap_or_else(|e| panic!("round {round}: {e}"));
        let ours: Vec<_> = layout
            .partitions
            .iter()
            .filter(|_| layout.table == Table::Mbr)
            .map(|partition| {
                let PartitionType::System(kind) = partition.kind else {
                    panic!("round {round}: {:?}", partition.kind);
                };
                let (start, end) = (partition.range.start / 512, partition.range.end / 512);
                (partition.number, start, end - start, kind)
            })
            .collect();
        assert_eq!(ours, shown_by_sfdisk(&image), "round {round}");
        all += ours.len();
        logical += in_chain;
    }
    assert!(
        all > 400 && logical > 200,
        "{all}, of them {logical} logical"
    );
}

#[test]
fn a_damaged_table_ends_in_a_layout_or_a_typed_error_after_few_reads() {
    let mut random = Random::new(12);
    let (mut refused, mut most) = (0, 0);
    for round in 0..400 {
        let (mut disk, _) = sound(&mut random);
        for _ in 0..=random.below(6) {
            let sectors = disk.chunks(512).enumerate();
            let tables: Vec<_> = sectors
                .filter(|(_, sector)| sector[510..] == [0x55, 0xaa])
                .map(|(at, _)| at)
                .collect();
            let table = tables[random.below(tables.len())];
            let at = table * 512 + 446 + random.below(64);
            disk[at] = random.next() as u8;
        }
        let mut disk = Counted { disk, reads: 0 };
        match partitions(&mut disk) {
            Ok(layout) => {
                for partition in &layout.partitions {
                    assert!(partition.range.end <= (FEW * 512) as u64, "round {round}");
                }
            }
            Err(PartitionError::Io(error)) => panic!("round {round}: {error}"),
            Err(_) => refused += 1,
        }
        most = most.max(disk.reads);
    }
    assert!(refused > 100, "{refused} of 400 were damaged enough");
    assert!(most <= 260, "{most} reads");
}

/// A primary partition, and a chain of three logical ones.
fn three() -> Vec<u8> {
    let mut disk = vec![0; SECTORS * 512];
    entry(&mut disk, 0, 0, 0x83, 2048, 1024);
    entry(&mut disk, 0, 1, 0x0f, 4096, 16384);
    for (number, link) in [4096, 6144, 8192].into_iter().enumerate() {
        entry(&mut disk, link, 0, 0x83, 64, 1024);
        if number < 2 {
            entry(&mut disk, link, 1, 0x05, link + 2048 - 4096, 2048);
        }
    }
    disk
}

#[test]
fn a_chain_as_long_as_the_kernel_follows_is_read_and_a_longer_one_refused() {
    let chain = |links: usize| {
        let mut disk = vec![0; SECTORS * 512];
        entry(&mut disk, 0, 0, 0x05, 64, 16384);
        for number in 0..links {
            let link = 64 + number * 4;
            entry(&mut disk, link, 0, 0x83, 1, 2);
            if number + 1 < links {
                entry(&mut disk, link, 1, 0x05, (number + 1) * 4, 3);
            }
        }
        let mut disk = Counted { disk, reads: 0 };
        let layout = partitions(&mut disk);
        (layout.map(|layout| layout.partitions.len()), disk.reads)
    };
    assert_eq!(chain(256).0.unwrap(), 256);
    let (longer, reads) = chain(257);
    assert!(
        matches!(longer, Err(PartitionError::DamagedExtended(_))),
        "{longer:?}"
    );
    assert!(reads <= 260, "{reads}");
}

#[test]
fn what_stands_in_the_boot_flags_of_a_link_is_not_looked_at() {
    let mut disk = three();
    for link in [4096, 6144, 8192] {
        disk[link * 512 + 446] = 0x13;
        disk[link * 512 + 446 + 32] = 0x77;
    }
    let numbers: Vec<_> = partitions(&mut disk)
        .unwrap()
        .partitions
        .iter()
        .map(|p| p.number)
        .collect();
    assert_eq!(numbers, [1, 5, 6, 7]);
    // In the first sector they tell a table from a boot sector.
    disk[446] = 0x13;
    assert_eq!(partitions(&mut disk).unwrap().table, Table::None);
}

#[test]
fn links_that_say_two_things_are_refused() {
    type Change = fn(&mut Vec<u8>);
    let cases: [(&str, Change); 6] = [
        ("two partitions", |disk| {
            entry(disk, 6144, 1, 0x83, 1200, 100)
        }),
        ("two links", |disk| entry(disk, 6144, 0, 0x05, 4096, 2048)),
        ("itself", |disk| entry(disk, 6144, 1, 0x05, 2048, 2048)),
        ("out", |disk| entry(disk, 6144, 1, 0x05, 16384, 2048)),
        ("a partition that lies out of it", |disk| {
            entry(disk, 8192, 0, 0x83, 64, 16384)
        }),
        ("no link", |disk| put(disk, 8192 * 512 + 510, &[0, 0])),
    ];
    assert_eq!(
        partitions(&mut three()).unwrap().partitions.len(),
        4,
        "premise"
    );
    for (name, change) in cases {
        let mut disk = three();
        change(&mut disk);
        let layout = partitions(&mut disk);
        assert!(
            matches!(layout, Err(PartitionError::DamagedExtended(_))),
            "{name}: {layout:?}"
        );
    }
}
