//! Directories with thousands of entries, indexed and not.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use osgraft::guest::{Attributes, Guest, GuestError};

use super::image::{Image, path, run};

fn many(count: usize) -> impl FnOnce(&Path) {
    move |tree| {
        fs::create_dir(tree.join("many")).unwrap();
        for i in 0..count {
            fs::write(
                tree.join(format!("many/a-rather-long-name-for-one-entry-{i:06}")),
                "",
            )
            .unwrap();
        }
    }
}

/// Lets e2fsck build the indices that mke2fs does not.
fn index(image: &Image) {
    let status = Command::new("e2fsck")
        .arg("-fyD")
        .arg(image.path())
        .output()
        .unwrap()
        .status;
    assert!(matches!(status.code(), Some(0 | 1)), "{status}");
}

fn depth(image: &Image, directory: &str) -> usize {
    let dump = String::from_utf8(image.debugfs(&format!("htree {directory}"))).unwrap();
    let levels = dump
        .lines()
        .find_map(|line| line.trim().strip_prefix("Indirect levels: "));
    levels
        .unwrap_or_else(|| panic!("not indexed: {dump:.200}"))
        .trim()
        .parse()
        .unwrap()
}

/// Every entry that the index leads to, which is how the kernel finds them.
fn reached_by_index(image: &Image, directory: &str) -> BTreeSet<String> {
    let dump = String::from_utf8(image.debugfs(&format!("htree {directory}"))).unwrap();
    let leaves = dump.split_whitespace();
    leaves
        .filter(|word| word.contains('-') && !word.starts_with('-'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn an_indexed_directory_takes_names_and_grows_its_index() {
    for (arguments, before, after) in [
        (&["-t", "ext4", "-b", "4096", "-N", "30000"][..], 5_200, 0),
        (&["-t", "ext4", "-b", "1024", "-N", "30000"], 2_000, 1),
        (
            &[
                "-t",
                "ext4",
                "-b",
                "1024",
                "-N",
                "30000",
                "-O",
                "^metadata_csum",
            ],
            2_000,
            1,
        ),
        (&["-t", "ext3", "-b", "1024", "-N", "30000"], 2_000, 1),
        (
            &["-t", "ext4", "-b", "1024", "-N", "30000", "-O", "large_dir"],
            2_000,
            1,
        ),
    ] {
        let image = Image::new(arguments, "64M", many(before));
        index(&image);
        assert_eq!(
            depth(&image, "/many"),
            0,
            "premise: one level at first, {arguments:?}"
        );
        image.edit(|guest| {
            for i in 0..1_500 {
                let at = path(&format!("/many/a-new-name-that-is-long-as-well-{i:06}"));
                guest.symlink(&at, b"x").unwrap();
            }
            for i in (0..before).step_by(3) {
                let at = path(&format!("/many/a-rather-long-name-for-one-entry-{i:06}"));
                guest.remove(&at).unwrap();
            }
        });
        assert_eq!(depth(&image, "/many"), after, "{arguments:?}");
        let expected = image.look(|guest| guest.read_dir(&path("/many")).unwrap());
        let gone = before.div_ceil(3);
        assert_eq!(expected.len(), before - gone + 1_500);
        let reached = reached_by_index(&image, "/many");
        for entry in &expected {
            let name = String::from_utf8(entry.name.clone()).unwrap();
            assert!(
                reached.contains(&name),
                "the index does not lead to {name}, {arguments:?}"
            );
        }
    }
}

#[test]
fn an_indexed_directory_is_moved_with_its_parent_entry() {
    let image = Image::new(
        &["-t", "ext4", "-b", "1024", "-N", "9000"],
        "32M",
        many(3_000),
    );
    index(&image);
    let levels = depth(&image, "/many");
    image.edit(|guest| {
        guest
            .mkdir(&path("/shared"), Attributes::root(0o755))
            .unwrap();
        guest.rename(&path("/many"), &path("/shared/many")).unwrap();
        guest
            .write(&path("/shared/many/new"), b"new", Attributes::root(0o644))
            .unwrap();
    });
    assert_eq!(depth(&image, "/shared/many"), levels);
    assert_eq!(image.debugfs("cat /shared/many/new"), b"new");
}

#[test]
fn a_plain_directory_becomes_larger() {
    for arguments in [
        &["-t", "ext4", "-b", "1024", "-O", "^dir_index"][..],
        &["-t", "ext2", "-b", "1024", "-O", "^dir_index"],
        &["-t", "ext4", "-b", "1024"],
    ] {
        let image = Image::new(arguments, "32M", |_| {});
        image.edit(|guest| {
            guest
                .mkdir(&path("/plain"), Attributes::root(0o755))
                .unwrap();
            for i in 0..700 {
                let at = path(&format!("/plain/a-name-that-is-not-short-{i:04}"));
                guest.mkdir(&at, Attributes::root(0o755)).unwrap();
            }
            assert_eq!(guest.lstat(&path("/plain")).unwrap().links, 702);
            assert!(guest.lstat(&path("/plain")).unwrap().size > 20 << 10);
            let full = guest.remove(&path("/plain"));
            assert!(matches!(full, Err(GuestError::NotEmpty(_))));
        });
        image.edit(|guest| {
            for entry in guest.read_dir(&path("/plain")).unwrap() {
                guest
                    .remove(&path("/plain").join(&entry.name).unwrap())
                    .unwrap();
            }
            guest.remove(&path("/plain")).unwrap();
        });
    }
}

#[test]
fn deep_paths_are_walked() {
    let image = Image::new(&["-t", "ext4"], "32M", |_| {});
    let mut at = String::new();
    image.edit(|guest| {
        for _ in 0..200 {
            at.push_str("/level");
            guest.mkdir(&path(&at), Attributes::root(0o755)).unwrap();
        }
        guest
            .rename(&path("/level/level"), &path("/second"))
            .unwrap();
        let below = guest.rename(&path("/second"), &path("/second/level/level/inside"));
        assert!(matches!(below, Err(GuestError::Unsupported { .. })));
    });
    run(Command::new("debugfs")
        .args(["-R", "stat /second/level/level"])
        .arg(image.path()));
}

/// 65,000 subdirectories and more: an indexed directory then counts 1 link.
#[test]
fn a_directory_with_too_many_subdirectories_to_count_is_kept_so() {
    let image = Image::new(
        &["-t", "ext4", "-b", "1024", "-N", "2000"],
        "32M",
        many(3_000 / 4),
    );
    index(&image);
    assert_eq!(depth(&image, "/many"), 0);
    image.damage("sif /many links_count 1");
    let mut disk = image.bytes();
    let end = disk.len() as u64;
    let options = osgraft::editor::ext4::Options {
        time: super::image::TIME,
    };
    let mut guest = osgraft::editor::ext4::Ext4Guest::open(&mut disk, 0..end, options).unwrap();
    guest
        .mkdir(&path("/many/sub"), Attributes::root(0o755))
        .unwrap();
    assert_eq!(guest.lstat(&path("/many")).unwrap().links, 1);
    guest.remove(&path("/many/sub")).unwrap();
    assert_eq!(guest.lstat(&path("/many")).unwrap().links, 1);
    guest.finish().unwrap();

    image.damage("sif /many links_count 65000");
    let mut disk = image.bytes();
    let mut guest = osgraft::editor::ext4::Ext4Guest::open(&mut disk, 0..end, options).unwrap();
    guest
        .mkdir(&path("/many/sub"), Attributes::root(0o755))
        .unwrap();
    assert_eq!(guest.lstat(&path("/many")).unwrap().links, 1);
}
