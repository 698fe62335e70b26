//! What is left to the appliance, by name.

use std::process::Command;

use osgraft::editor::ext4::{Ext4Error, Ext4Guest, Options};

use super::image::{Image, TIME, run};

fn code(image: &Image) -> String {
    let mut disk = image.bytes();
    let before = disk.clone();
    let end = disk.len() as u64;
    let code = match Ext4Guest::open(&mut disk, 0..end, Options { time: TIME }) {
        Err(Ext4Error::Refused(refusal)) => {
            let text = Ext4Error::from(refusal.clone()).to_string();
            assert!(!text.contains('\n') && text.contains(':'), "{text}");
            refusal.code().to_owned()
        }
        Err(other) => panic!("{other}"),
        Ok(_) => "accepted".to_owned(),
    };
    assert!(disk == before, "a refused disk is not written");
    code
}

#[test]
fn features_made_by_mke2fs_are_refused_by_name() {
    for (feature, expected) in [
        ("inline_data", "inline-data"),
        ("quota", "quota"),
        ("quota,project", "quota"),
        ("project", "project-quota"),
        ("bigalloc", "bigalloc"),
        ("mmp", "mmp"),
        ("ea_inode", "ea-inode"),
        ("read-only", "ext4-read-only"),
    ] {
        let image = match feature {
            "read-only" => {
                let image = Image::new(&["-t", "ext4"], "16M", |_| {});
                run(Command::new("tune2fs")
                    .args(["-O", "read-only"])
                    .arg(image.path()));
                image
            }
            _ => Image::new(&["-t", "ext4", "-O", feature], "16M", |_| {}),
        };
        assert_eq!(code(&image), expected, "{feature}");
    }
}

#[test]
fn states_and_features_set_by_debugfs_are_refused_by_name() {
    for (request, expected) in [
        ("feature needs_recovery", "needs-recovery"),
        ("ssv state 0", "not-clean"),
        ("ssv state 3", "error-state"),
        ("ssv state 5", "orphans-pending"),
        ("ssv last_orphan 12", "orphans-pending"),
        ("feature orphan_present", "orphans-pending"),
        ("ssv journal_dev 0x801", "external-journal"),
        ("feature shared_blocks", "shared-blocks"),
        ("ssv snapshot_inum 5", "ext4-snapshot"),
        ("feature FEATURE_R7", "ext4-snapshot"),
        ("feature dirdata", "dirdata"),
        ("feature compression", "compression"),
        ("feature journal_dev", "journal-device"),
        ("feature FEATURE_C30", "unknown-feature"),
        ("feature FEATURE_I30", "unknown-feature"),
        ("feature FEATURE_R30", "unknown-feature"),
        ("ssv creator_os 1", "foreign-os"),
        ("ssv rev_level 2", "revision"),
        ("ssv blocks_count 16385", "larger-than-device"),
        ("ssv inodes_per_group 0", "geometry"),
        ("ssv blocks_per_group 0", "geometry"),
        ("ssv inode_size 100", "geometry"),
        ("ssv inodes_count 7", "geometry"),
    ] {
        let image = Image::new(&["-t", "ext4"], "16M", |_| {});
        // Through the file: debugfs would not open what it has just made impossible.
        run(Command::new("debugfs")
            .args(["-w", "-f", "/dev/stdin"])
            .arg(image.path())
            .stdin({
                let script = image.path().with_extension("debugfs");
                std::fs::write(&script, format!("{request}\n")).unwrap();
                std::fs::File::open(script).unwrap()
            }));
        assert_eq!(code(&image), expected, "{request}");
    }
}

#[test]
fn an_external_journal_is_refused_from_both_sides() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal");
    run(Command::new("mke2fs")
        .args(["-q", "-F", "-O", "journal_dev", "-b", "4096"])
        .arg(&journal)
        .arg("8M"));
    let mut disk = std::fs::read(journal).unwrap();
    let end = disk.len() as u64;
    match Ext4Guest::open(&mut disk, 0..end, Options { time: TIME }) {
        Err(Ext4Error::Refused(refusal)) => assert_eq!(refusal.code(), "journal-device"),
        other => panic!("{:?}", other.map(drop)),
    };
}

#[test]
fn damage_to_superblock_and_descriptors_is_seen_at_once() {
    let image = Image::new(&["-t", "ext4"], "16M", |_| {});
    let open = |at: usize| {
        let mut disk = image.bytes();
        disk[at] ^= 0x10;
        let end = disk.len() as u64;
        match Ext4Guest::open(&mut disk, 0..end, Options { time: TIME }) {
            Err(Ext4Error::Refused(refusal)) => refusal.code(),
            other => panic!("{:?}", other.map(drop)),
        }
    };
    assert_eq!(open(1024 + 0x400 - 4), "superblock-checksum");
    assert_eq!(open(1024 + 0x0c), "superblock-checksum");
    // Blocks of 1 KiB: the descriptors follow in the third.
    assert_eq!(open(2048 + 8), "group-descriptor");
}

#[test]
fn what_is_no_ext4_is_not_refused_but_not_there() {
    for mut disk in [Vec::new(), vec![0; 1500], vec![0xff; 1 << 20]] {
        let end = disk.len() as u64;
        let opened = Ext4Guest::open(&mut disk, 0..end, Options { time: TIME });
        assert!(matches!(opened, Err(Ext4Error::NotExt4)));
    }
}
