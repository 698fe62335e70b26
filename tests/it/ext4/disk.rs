//! Partition tables and the search for the root.

use std::fs;
use std::process::Command;

use osgraft::editor::ext4::{Options, Outcome};
use osgraft::editor::partition::{PartitionError, PartitionType, Table, partitions};
use osgraft::editor::{EditorError, Reason, find_root, open_root, open_root_read_only};
use osgraft::guest::{Attributes, Guest};

use super::image::{FSTAB, Image, TIME, path, run};

const OPTIONS: Options = Options { time: TIME };
pub(super) const MIB: usize = 1 << 20;

/// A disk of 64 MiB, its table written by `tool`.
pub(super) fn disk(tool: &str, arguments: &[&str], script: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("disk.img");
    fs::File::create(&at).unwrap().set_len(64 << 20).unwrap();
    let input = folder.path().join("script");
    fs::write(&input, script).unwrap();
    run(Command::new(tool)
        .args(arguments)
        .arg(&at)
        .stdin(fs::File::open(input).unwrap()));
    fs::read(at).unwrap()
}

pub(super) fn gpt(types: &[&str]) -> Vec<u8> {
    let mut script = "label: gpt\n".to_owned();
    for (i, kind) in types.iter().enumerate() {
        script += &format!("start={}, size=32768, type={kind}\n", 2048 + i * 32768);
    }
    disk("sfdisk", &["-q"], &script)
}

pub(super) fn put(disk: &mut [u8], at: usize, content: &[u8]) {
    disk[at..at + content.len()].copy_from_slice(content);
}

pub(super) fn root() -> Vec<u8> {
    Image::new(&["-t", "ext4"], "16M", |_| {}).bytes()
}

fn bare() -> Vec<u8> {
    let image = Image::new(&["-t", "ext4"], "16M", |_| {});
    image.damage("rm /etc/fstab");
    image.damage("rm /etc/os-release");
    image.bytes()
}

pub(super) const LINUX: &str = "0FC63DAF-8483-4772-8E79-3D69D8477DE4";
pub(super) const ROOT_X86_64: &str = "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709";
const ROOT_ARM64: &str = "B921B045-1DF0-41C3-AF44-4C6F280D3FAE";
pub(super) const EFI: &str = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B";

#[test]
fn a_root_is_found_by_type_and_edited_in_its_place() {
    let mut disk = gpt(&[EFI, LINUX, ROOT_X86_64]);
    put(&mut disk, 17 * MIB, &root());
    put(&mut disk, 33 * MIB, &root());
    let before = disk.clone();
    let (mut guest, found) = open_root(&mut disk, OPTIONS).unwrap();
    assert_eq!(found.reason, Reason::TypeGuid("root-x86-64"));
    assert_eq!(
        (found.partition.number, found.partition.range.start),
        (3, 33 << 20)
    );
    assert_eq!(
        found.to_string(),
        "partition 3, by its type GUID, root-x86-64"
    );
    guest
        .mkdir(&path("/shared"), Attributes::root(0o755))
        .unwrap();
    assert_eq!(guest.finish().unwrap(), Outcome::Changed);
    assert!(disk[..33 * MIB] == before[..33 * MIB] && disk[49 * MIB..] == before[49 * MIB..]);
    assert!(disk[33 * MIB..49 * MIB] != before[33 * MIB..49 * MIB]);
}

#[test]
fn without_a_type_or_with_two_the_content_decides() {
    for types in [[EFI, LINUX, LINUX], [EFI, ROOT_ARM64, ROOT_X86_64]] {
        let mut disk = gpt(&types);
        put(&mut disk, 17 * MIB, &bare());
        put(&mut disk, 33 * MIB, &root());
        let (mut guest, found) = open_root_read_only(&mut disk).unwrap();
        assert_eq!((found.reason, found.partition.number), (Reason::Content, 3));
        assert_eq!(
            guest.read(&path("/etc/fstab"), 99).unwrap(),
            FSTAB.as_bytes()
        );
    }
}

#[test]
fn two_roots_are_never_guessed_between() {
    let mut disk = gpt(&[LINUX, EFI, LINUX]);
    put(&mut disk, MIB, &root());
    put(&mut disk, 33 * MIB, &root());
    match find_root(&mut disk) {
        Err(error @ EditorError::AmbiguousRoot { .. }) => {
            assert!(
                error
                    .to_string()
                    .contains("both partition 1 and partition 3"),
                "{error}"
            );
        }
        other => panic!("{other:?}"),
    }
    // One that needs recovery is still one of two.
    let image = Image::new(&["-t", "ext4"], "16M", |_| {});
    image.damage("feature needs_recovery");
    put(&mut disk, 33 * MIB, &image.bytes());
    assert_eq!(find_root(&mut disk).unwrap_err().code(), "ambiguous-root");
}

#[test]
fn what_stands_there_instead_is_named() {
    let mut disk = gpt(&[EFI, LINUX, LINUX]);
    put(&mut disk, MIB + 54, b"FAT16   ");
    put(
        &mut disk,
        17 * MIB + 512,
        b"LABELONE\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0LVM2 001",
    );
    let error = find_root(&mut disk).unwrap_err();
    assert_eq!(error.code(), "no-root");
    let text = error.to_string();
    assert!(
        text.contains("partition 1: vfat, partition 2: LVM2 physical volume"),
        "{text}"
    );
    assert!(text.contains("partition 3: nothing known"), "{text}");

    let mut disk = gpt(&[ROOT_X86_64]);
    put(&mut disk, MIB, b"XFSB");
    let error = open_root(&mut disk, OPTIONS).map(drop).unwrap_err();
    assert!(error.to_string().contains("holds XFS"), "{error}");
    assert_eq!(error.code(), "other-root");

    let mut disk = gpt(&[EFI, LINUX]);
    let image = Image::new(&["-t", "ext4", "-O", "inline_data"], "16M", |_| {});
    put(&mut disk, 17 * MIB, &image.bytes());
    assert_eq!(find_root(&mut disk).unwrap_err().code(), "inline-data");
    let image = Image::new(&["-t", "ext4"], "16M", |_| {});
    image.damage("feature needs_recovery");
    put(&mut disk, 17 * MIB, &image.bytes());
    assert_eq!(
        open_root(&mut disk, OPTIONS).map(drop).unwrap_err().code(),
        "needs-recovery"
    );
    assert!(open_root_read_only(&mut disk).is_ok());
}

#[test]
fn a_damaged_gpt_is_read_from_its_other_copy() {
    let mut disk = gpt(&[EFI, LINUX]);
    put(&mut disk, 17 * MIB, &root());
    for damage in [512, 512 + 100, 1024, 1024 + 130] {
        let mut disk = disk.clone();
        disk[damage] ^= 0xff;
        assert_eq!(
            find_root(&mut disk).unwrap().partition.number,
            2,
            "{damage}"
        );
    }
    let end = disk.len();
    disk[512] ^= 0xff;
    disk[end - 512] ^= 0xff;
    assert!(matches!(
        partitions(&mut disk),
        Err(PartitionError::DamagedGpt(_))
    ));
    disk[1024..17 * MIB].fill(0);
    assert_eq!(find_root(&mut disk).unwrap_err().code(), "damaged-gpt");
}

#[test]
fn sectors_of_4096_bytes_are_read() {
    let disk512 = gpt(&[EFI, LINUX]);
    // sgdisk and sfdisk take the sector size from a device; so the table is moved by hand.
    let mut disk = vec![0; disk512.len()];
    disk[..512].copy_from_slice(&disk512[..512]);
    let mut header = disk512[512..1024].to_vec();
    let mut entries = disk512[1024..1024 + 128 * 128].to_vec();
    for entry in entries.chunks_exact_mut(128).take(2) {
        for field in [32..40, 40..48] {
            let lba = u64::from_le_bytes(entry[field.clone()].try_into().unwrap());
            let lba = if field.start == 32 {
                lba / 8
            } else {
                (lba + 1) / 8 - 1
            };
            entry[field].copy_from_slice(&lba.to_le_bytes());
        }
    }
    header[88..92].copy_from_slice(&crc32(&entries).to_le_bytes());
    header[16..20].fill(0);
    let sum = crc32(&header[..92]);
    header[16..20].copy_from_slice(&sum.to_le_bytes());
    put(&mut disk, 4096, &header);
    put(&mut disk, 8192, &entries);
    put(&mut disk, 17 * MIB, &root());
    let found = find_root(&mut disk).unwrap();
    assert_eq!(
        (found.layout.sector_size, found.partition.range.start),
        (4096, 17 << 20)
    );
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |mut crc, byte| {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
        crc
    })
}

#[test]
fn mbr_partitions_are_read_with_logical_ones() {
    let mut disk = disk(
        "sfdisk",
        &["-q"],
        "label: dos\nstart=2048, size=2048, type=c\nstart=4096, size=126976, type=5\n\
         start=6144, size=2048, type=82\nstart=34816, size=32768, type=83\n",
    );
    put(&mut disk, 17 * MIB, &root());
    let layout = partitions(&mut disk).unwrap();
    assert_eq!(layout.table, Table::Mbr);
    let all: Vec<_> = layout
        .partitions
        .iter()
        .map(|p| (p.number, p.range.start, p.kind))
        .collect();
    assert_eq!(
        all,
        [
            (1, 1 << 20, PartitionType::System(0x0c)),
            (5, 3 << 20, PartitionType::System(0x82)),
            (6, 17 << 20, PartitionType::System(0x83)),
        ]
    );
    assert_eq!(find_root(&mut disk).unwrap().partition.number, 6);
}

#[test]
fn a_chain_of_logical_partitions_that_leads_back_is_refused() {
    let mut disk = disk(
        "sfdisk",
        &["-q"],
        "label: dos\nstart=2048, size=126976, type=5\nstart=4096, size=2048, type=83\n\
         start=8192, size=2048, type=83\n",
    );
    // The first link's second entry names the next link, relative to the extended partition.
    let next = 2048 * 512 + 446 + 16 + 8;
    assert_ne!(
        disk[next..next + 4],
        [0; 4],
        "premise: there is a next link"
    );
    put(&mut disk, next, &[0; 4]);
    assert!(matches!(
        partitions(&mut disk),
        Err(PartitionError::DamagedExtended(_))
    ));
    put(&mut disk, next, &[0xff; 4]);
    assert!(matches!(
        partitions(&mut disk),
        Err(PartitionError::DamagedExtended(_))
    ));
}

#[test]
fn hostile_tables_are_typed_errors() {
    let mbr = |entries: &[(u32, u32)]| {
        let mut disk = vec![0; 4 * MIB];
        for (i, (start, sectors)) in entries.iter().enumerate() {
            let at = 446 + i * 16;
            disk[at + 4] = 0x83;
            put(&mut disk, at + 8, &start.to_le_bytes());
            put(&mut disk, at + 12, &sectors.to_le_bytes());
        }
        put(&mut disk, 510, &[0x55, 0xaa]);
        disk
    };
    assert!(partitions(&mut mbr(&[(2048, 100), (4096, 100)])).is_ok());
    let overlapping = partitions(&mut mbr(&[(2048, 4096), (4096, 100)]));
    assert!(
        matches!(overlapping, Err(PartitionError::Overlap(1, 2))),
        "{overlapping:?}"
    );
    for entry in [(2048, u32::MAX), (u32::MAX, u32::MAX), (8192, 1), (0, 8)] {
        let beyond = partitions(&mut mbr(&[entry]));
        assert!(
            matches!(beyond, Err(PartitionError::BeyondDisk { .. })),
            "{beyond:?}"
        );
    }
    for len in 0..1100 {
        let mut disk = vec![0xee; len];
        if len >= 512 {
            put(&mut disk, 510, &[0x55, 0xaa]);
        }
        let _ = partitions(&mut disk);
    }

    // GPT numbers, each with a right checksum.
    let sound = gpt(&[LINUX]);
    for (at, len) in [(24, 8), (72, 8), (80, 4), (84, 4)] {
        let mut disk = sound.clone();
        let end = disk.len();
        for header in [512, end - 512] {
            disk[header + at..header + at + len].fill(0xff);
            disk[header + 16..header + 20].fill(0);
            let sum = crc32(&disk[header..header + 92]);
            put(&mut disk, header + 16, &sum.to_le_bytes());
        }
        let refused = partitions(&mut disk);
        assert!(
            matches!(refused, Err(PartitionError::DamagedGpt(_))),
            "{at}: {refused:?}"
        );
    }
    let mut disk = sound.clone();
    put(&mut disk, 1024 + 40, &[0xff; 8]);
    let sum = crc32(&disk[1024..1024 + 128 * 128]);
    put(&mut disk, 512 + 88, &sum.to_le_bytes());
    put(&mut disk, 512 + 16, &[0; 4]);
    let sum = crc32(&disk[512..512 + 92]);
    put(&mut disk, 512 + 16, &sum.to_le_bytes());
    let beyond = partitions(&mut disk);
    assert!(
        matches!(beyond, Err(PartitionError::BeyondDisk { .. })),
        "{beyond:?}"
    );
}

#[test]
fn a_file_system_without_a_table_is_the_whole_disk() {
    let mut disk = root();
    let found = find_root(&mut disk).unwrap();
    assert_eq!(
        (found.layout.table, found.partition.number),
        (Table::None, 0)
    );
    assert_eq!(found.partition.to_string(), "the whole disk");

    // A boot loader in the first kilobyte ends in an MBR's last two bytes.
    for code in [0x00, 0x80, 0x31] {
        disk[..512].fill(code);
        put(&mut disk, 510, &[0x55, 0xaa]);
        assert_eq!(
            find_root(&mut disk).unwrap().layout.table,
            Table::None,
            "{code:#x}"
        );
    }
}

#[test]
fn a_table_and_a_file_system_on_one_disk_are_refused() {
    let mut disk = gpt(&[LINUX]);
    let mbr = {
        let mut mbr = vec![0u8; 512];
        mbr[446 + 4] = 0x83;
        mbr[446 + 8..446 + 12].copy_from_slice(&2048u32.to_le_bytes());
        mbr[446 + 12..446 + 16].copy_from_slice(&2048u32.to_le_bytes());
        mbr[510..].copy_from_slice(&[0x55, 0xaa]);
        mbr
    };
    put(&mut disk, 0, &root());
    put(&mut disk, 0, &mbr);
    assert!(matches!(
        partitions(&mut disk),
        Err(PartitionError::TableOrFilesystem)
    ));
}
