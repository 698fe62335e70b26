//! What has to be put together before its file system is edited, and what must not be edited.

use osgraft::editor::ext4::Options;
use osgraft::editor::{Bar, EditorError, find_root, open_root, open_root_read_only};

use super::disk::{EFI, LINUX, MIB, ROOT_X86_64, disk, gpt, put, root};
use super::image::TIME;

const OPTIONS: Options = Options { time: TIME };
const RAID: &str = "A19D880F-05FC-4D3B-A006-743F0F84911E";
const SWAP: &str = "0657FD6D-A4AB-43C4-84E5-0933C84B4F4F";
/// Partitions of these disks, in bytes.
const SIZE: usize = 16 * MIB;

/// A superblock of version 1 that is to lie `at` bytes from its device's start (md_p.h).
fn version_1(at: usize, array: u8, own: u32, roles: &[u16]) -> Vec<u8> {
    let mut bytes = vec![0; 4096];
    put(&mut bytes, 0, b"\xfc\x4e\x2b\xa9\x01\0\0\0");
    bytes[16..32].fill(array);
    put(&mut bytes, 72, &1_u32.to_le_bytes());
    put(&mut bytes, 92, &2_u32.to_le_bytes());
    put(&mut bytes, 144, &(at as u64 / 512).to_le_bytes());
    put(&mut bytes, 160, &own.to_le_bytes());
    put(&mut bytes, 220, &128_u32.to_le_bytes());
    for number in 0..128 {
        let role = roles.get(number).copied().unwrap_or(0xffff);
        put(&mut bytes, 256 + 2 * number, &role.to_le_bytes());
    }
    bytes
}

fn version_0(active: u32, state: u32, big_endian: bool) -> Vec<u8> {
    let mut bytes = vec![0; 4096];
    let mut word = |number: usize, value: u32| {
        let value = match big_endian {
            true => value.to_be_bytes(),
            false => value.to_le_bytes(),
        };
        put(&mut bytes, 4 * number, &value);
    };
    word(0, 0xa92b_4efc);
    word(2, 90);
    word(5, 7);
    word(34, active);
    word(996, state);
    bytes
}

/// Version 1.0 lies 8 KiB before the end, 0.90 in the last whole 64 KiB.
const AT_END: usize = SIZE - 8192;
const AT_END_0: usize = SIZE - 65536;
const MIRRORED: &[u16] = &[0, 1];

fn code(disk: &mut Vec<u8>) -> &'static str {
    match open_root(disk, OPTIONS) {
        Ok(_) => "opened",
        Err(error) => error.code(),
    }
}

#[test]
fn one_of_two_mirrors_is_refused_wherever_its_superblock_lies() {
    for kind in [ROOT_X86_64, LINUX, RAID] {
        for (at, superblock) in [
            (0, version_1(0, 1, 0, MIRRORED)),
            (4096, version_1(4096, 1, 1, MIRRORED)),
            (AT_END, version_1(AT_END, 1, 0, MIRRORED)),
            (AT_END_0, version_0(2, 6, false)),
            (AT_END_0, version_0(2, 6, true)),
        ] {
            let mut disk = gpt(&[kind]);
            put(&mut disk, MIB, &root());
            put(&mut disk, MIB + at, &superblock);
            assert_eq!(code(&mut disk), "raid-leg", "{kind} {at}");
            let read = open_root_read_only(&mut disk).map(drop).unwrap_err();
            assert_eq!(read.code(), "raid-leg", "what one mirror holds may be old");
        }
    }
}

#[test]
fn an_array_whose_active_members_are_all_here_is_for_the_appliance() {
    let degraded = version_1(AT_END, 1, 0, &[0]);
    let mut disk = gpt(&[LINUX]);
    put(&mut disk, MIB, &root());
    put(&mut disk, MIB + AT_END, &degraded);
    let error = find_root(&mut disk).unwrap_err();
    assert!(matches!(error, EditorError::NoRoot { .. }), "{error}");
    assert!(error.to_string().contains("software RAID"), "{error}");

    let mut disk = gpt(&[ROOT_X86_64, RAID]);
    for (partition, own) in [(MIB, 0), (MIB + SIZE, 1)] {
        put(&mut disk, partition, &root());
        let superblock = version_1(AT_END, 1, own, MIRRORED);
        put(&mut disk, partition + AT_END, &superblock);
    }
    assert_eq!(code(&mut disk), "other-root");
    // A spare holds no data, and stands in for no mirror.
    let spare = version_1(AT_END, 1, 2, &[0, 1, 0xffff]);
    put(&mut disk, MIB + SIZE + AT_END, &spare);
    assert_eq!(code(&mut disk), "raid-leg");
    // A mirror of another array does not either.
    let foreign = version_1(AT_END, 2, 1, MIRRORED);
    put(&mut disk, MIB + SIZE + AT_END, &foreign);
    assert_eq!(code(&mut disk), "raid-leg");
}

#[test]
fn a_plain_root_beside_a_mirror_of_data_is_edited() {
    let mut disk = gpt(&[LINUX, RAID]);
    put(&mut disk, MIB, &root());
    let leg = version_1(4096, 1, 0, MIRRORED);
    put(&mut disk, MIB + SIZE + 4096, &leg);
    assert_eq!(code(&mut disk), "opened");
}

#[test]
fn a_superblock_at_another_place_than_it_says_is_none() {
    for (at, says) in [(AT_END, AT_END - 4096), (4096, 0)] {
        let mut disk = gpt(&[ROOT_X86_64]);
        put(&mut disk, MIB, &root());
        // Where ext4 keeps a group's descriptors or a free block.
        if at != 4096 {
            put(&mut disk, MIB + at, &version_1(says, 1, 0, MIRRORED));
        }
        assert_eq!(code(&mut disk), "opened", "{at}");
    }
}

#[test]
fn what_ends_the_last_partition_is_not_the_disks() {
    // The last partition ends where the disk does, and both places are the same.
    let mut disk = disk("sfdisk", &["-q"], "label: dos\nstart=2048, type=83\n");
    let end = disk.len();
    put(&mut disk, MIB, &root());
    let within = end - MIB - 8192;
    put(&mut disk, end - 8192, &version_1(within, 1, 0, &[0]));
    assert_eq!(
        code(&mut disk),
        "no-root",
        "the partition's, for the appliance"
    );
    put(&mut disk, end - 8192, &version_1(end - 8192, 1, 0, &[0]));
    assert_eq!(code(&mut disk), "raid-disk");
    put(&mut disk, end - 8192, &[0; 4096]);
    put(&mut disk, end - 65536, &version_0(1, 6, false));
    assert_eq!(
        code(&mut disk),
        "no-root",
        "the partition's, for the appliance"
    );
    put(&mut disk, end - 65536, &[0; 4096]);
    assert_eq!(code(&mut disk), "opened");
    for (at, mark) in [
        (end - 1024, &b"Intel Raid ISM Cfg Sig. 1.1.00"[..]),
        (end - 512, b"\xde\x11\xde\x11"),
        (end - 257 * 512, b"\xde\x11\xde\x11"),
        (end - 1024, b"NVIDIA  "),
    ] {
        let mut disk = disk.clone();
        put(&mut disk, at, mark);
        assert_eq!(code(&mut disk), "raid-disk", "{at}");
    }
}

#[test]
fn an_old_superblock_of_ext4_below_lvm_or_a_raid_is_not_believed() {
    for kind in [ROOT_X86_64, LINUX] {
        for (at, mark) in [
            (512 + 24, &b"LVM2 001"[..]),
            (0, b"LUKS\xba\xbe\x00\x02"),
            (4096 + 24, b"\xc6\x85\x73\xf6\x4e\x1a\x45\xca"),
        ] {
            let mut disk = gpt(&[kind]);
            put(&mut disk, MIB, &root());
            put(&mut disk, MIB + at, mark);
            let wanted = if kind == LINUX {
                "no-root"
            } else {
                "other-root"
            };
            assert_eq!(code(&mut disk), wanted, "{kind} {at}");
        }
    }
}

#[test]
fn a_plain_root_in_a_partition_of_raid_type_is_refused() {
    let mut disk = gpt(&[RAID]);
    put(&mut disk, MIB, &root());
    assert_eq!(code(&mut disk), "raid-type");
    let script = "label: dos\nstart=2048, size=32768, type=fd\n";
    let mut disk = super::disk::disk("sfdisk", &["-q"], script);
    put(&mut disk, MIB, &root());
    assert_eq!(code(&mut disk), "raid-type");
}

fn with_swap(kind: &str, at: usize, mark: &[u8]) -> Vec<u8> {
    let mut disk = gpt(&[kind, EFI, ROOT_X86_64]);
    put(&mut disk, MIB + 2 * SIZE, &root());
    put(&mut disk, MIB + at, mark);
    disk
}

#[test]
fn saved_memory_is_seen_in_a_partition_of_any_type() {
    for kind in [SWAP, LINUX] {
        let mut disk = with_swap(kind, 4086, b"S1SUSPEND\0");
        match open_root(&mut disk, OPTIONS).map(drop).unwrap_err() {
            EditorError::Barred(Bar::Hibernated { place }) => assert_eq!(place, "partition 1"),
            other => panic!("{other}"),
        }
        assert_eq!(code(&mut with_swap(kind, 4086, b"SWAPSPACE2")), "opened");
        // Not at the end of a page of any size.
        assert_eq!(code(&mut with_swap(kind, 5000, b"S1SUSPEND\0")), "opened");
    }
    assert!(open_root_read_only(&mut with_swap(SWAP, 4086, b"S1SUSPEND\0")).is_ok());
    // In the root itself it is a file's content.
    let mut disk = with_swap(SWAP, 4086, b"SWAPSPACE2");
    put(&mut disk, MIB + 2 * SIZE + 65526, b"S1SUSPEND\0");
    assert_ne!(code(&mut disk), "hibernated");
}

#[test]
fn a_swap_partition_of_one_sector_is_no_trouble() {
    let script = "label: dos\nstart=2048, size=32768, type=83\nstart=34816, size=1, type=82\n";
    let mut disk = disk("sfdisk", &["-q"], script);
    put(&mut disk, MIB, &root());
    assert_eq!(code(&mut disk), "opened");
}

#[test]
fn dm_verity_is_seen_by_type_and_by_its_hashes() {
    let types = [
        "2C7357ED-EBD2-46D9-AEC1-23D437EC2BF5",
        "77FF5F63-E7B6-4633-ACF4-1565B864C0E6",
        "41092B05-9FC8-4523-994F-2DEF0408B176",
    ];
    for kind in types {
        let mut disk = gpt(&[ROOT_X86_64, kind]);
        put(&mut disk, MIB, &root());
        assert_eq!(code(&mut disk), "verity", "{kind}");
        assert!(open_root_read_only(&mut disk).is_ok());
    }
    let mut disk = gpt(&[ROOT_X86_64, LINUX]);
    put(&mut disk, MIB, &root());
    assert_eq!(code(&mut disk), "opened");
    put(&mut disk, MIB + SIZE, b"verity\0\0\x01\0\0\0");
    assert_eq!(code(&mut disk), "verity");
    // Saved memory says more.
    let mut disk = gpt(&[ROOT_X86_64, types[0], SWAP]);
    put(&mut disk, MIB, &root());
    put(&mut disk, MIB + 2 * SIZE + 4086, b"S1SUSPEND\0");
    assert_eq!(code(&mut disk), "hibernated");
}
