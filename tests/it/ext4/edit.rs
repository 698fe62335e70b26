//! Edits on every variant of file system that is accepted.

use std::fs;
use std::path::Path;

use osgraft::editor::ext4::{Ext4Guest, Options, Outcome};
use osgraft::guest::{Attributes, Guest, GuestError};

use super::image::{FSTAB, Image, TIME, path};

/// What the tests edit on: name, mke2fs arguments, size.
const VARIANTS: &[(&str, &[&str], &str)] = &[
    ("ext4", &["-t", "ext4", "-b", "4096"], "32M"),
    ("1 KiB blocks", &["-t", "ext4", "-b", "1024"], "16M"),
    (
        "2 KiB blocks, several groups",
        &["-t", "ext4", "-b", "2048", "-g", "2048"],
        "32M",
    ),
    ("64 KiB blocks", &["-t", "ext4", "-b", "65536"], "64M"),
    ("128-byte inodes", &["-t", "ext4", "-I", "128"], "16M"),
    ("1024-byte inodes", &["-t", "ext4", "-I", "1024"], "16M"),
    ("ext3", &["-t", "ext3", "-b", "4096"], "32M"),
    ("ext2", &["-t", "ext2"], "16M"),
    ("ext2 of revision 0", &["-t", "ext2", "-r", "0"], "16M"),
    ("no journal", &["-t", "ext4", "-O", "^has_journal"], "16M"),
    ("32-bit", &["-t", "ext4", "-O", "^64bit"], "16M"),
    (
        "no checksums",
        &["-t", "ext4", "-O", "^metadata_csum"],
        "16M",
    ),
    (
        "group checksums only",
        &["-t", "ext4", "-O", "^metadata_csum,uninit_bg"],
        "16M",
    ),
    (
        "checksum seed",
        &["-t", "ext4", "-O", "metadata_csum_seed"],
        "16M",
    ),
    (
        "meta_bg",
        &["-t", "ext4", "-b", "1024", "-O", "meta_bg,^resize_inode"],
        "32M",
    ),
    (
        "sparse_super2",
        &["-t", "ext4", "-O", "sparse_super2"],
        "16M",
    ),
    ("large_dir", &["-t", "ext4", "-O", "large_dir"], "16M"),
    ("encrypt", &["-t", "ext4", "-O", "encrypt"], "16M"),
    ("casefold", &["-t", "ext4", "-O", "casefold"], "16M"),
    ("verity", &["-t", "ext4", "-O", "verity"], "16M"),
    (
        "stable_inodes",
        &["-t", "ext4", "-O", "stable_inodes"],
        "16M",
    ),
    ("fast_commit", &["-t", "ext4", "-O", "fast_commit"], "32M"),
    ("orphan_file", &["-t", "ext4", "-O", "orphan_file"], "32M"),
    ("no filetype", &["-t", "ext4", "-O", "^filetype"], "16M"),
    ("no dir_index", &["-t", "ext4", "-O", "^dir_index"], "16M"),
    ("no ext_attr", &["-t", "ext2", "-O", "^ext_attr"], "16M"),
];

fn modules(tree: &Path) {
    fs::create_dir_all(tree.join("usr/lib/modules/6.1.0/kernel")).unwrap();
    fs::write(
        tree.join("usr/lib/modules/6.1.0/modules.dep"),
        "x".repeat(10_000),
    )
    .unwrap();
    std::os::unix::fs::symlink("usr/lib", tree.join("lib")).unwrap();
}

#[test]
fn the_whole_graft_leaves_a_clean_file_system_of_every_variant() {
    for (name, arguments, size) in VARIANTS {
        let image = Image::new(arguments, size, modules);
        let fstab = format!(
            "{FSTAB}{}",
            "9.7.25.123:/vol /shared nfs ro 0 0\n".repeat(300)
        );
        let long = format!("/shared/{}", "a/".repeat(100));
        let outcome = image.edit(|guest| {
            guest
                .write(
                    &path("/etc/fstab"),
                    fstab.as_bytes(),
                    Attributes::root(0o600),
                )
                .unwrap();
            guest
                .mkdir(&path("/shared"), Attributes::root(0o755))
                .unwrap();
            guest
                .mkdir(
                    &path("/shared/lib"),
                    Attributes {
                        mode: 0o2750,
                        uid: 70_000,
                        gid: 80_000,
                    },
                )
                .unwrap();
            guest
                .rename(&path("/usr/lib/modules"), &path("/shared/lib/modules"))
                .unwrap();
            guest
                .symlink(&path("/usr/lib/modules"), b"/shared/lib/modules")
                .unwrap();
            guest
                .symlink(&path("/usr/lib/long"), long.as_bytes())
                .unwrap();
            guest
                .write(&path("/etc/new"), b"new\n", Attributes::root(0o640))
                .unwrap();
            guest
                .write(&path("/etc/empty"), b"", Attributes::root(0o400))
                .unwrap();
        });
        assert_eq!(outcome, Outcome::Changed);

        assert_eq!(image.debugfs("cat /etc/fstab"), fstab.as_bytes(), "{name}");
        assert_eq!(image.debugfs("cat /etc/new"), b"new\n");
        assert_eq!(
            image
                .debugfs("cat /shared/lib/modules/6.1.0/modules.dep")
                .len(),
            10_000
        );
        let stat = String::from_utf8(image.debugfs("stat /usr/lib/modules")).unwrap();
        assert!(
            stat.contains("Type: symlink") && stat.contains("/shared/lib/modules"),
            "{stat}"
        );
        let stat = String::from_utf8(image.debugfs("stat /shared/lib")).unwrap();
        assert!(
            stat.contains("User: 70000") && stat.contains("Group: 80000"),
            "{stat}"
        );
        assert!(
            stat.contains("Mode:  02750") && stat.contains("Links: 3"),
            "{stat}"
        );
        image.look(|guest| {
            assert_eq!(
                guest.read(&path("/etc/fstab"), 1 << 20).unwrap(),
                fstab.as_bytes()
            );
            assert_eq!(guest.lstat(&path("/etc/fstab")).unwrap().mode, 0o644);
            assert_eq!(
                guest.read_link(&path("/usr/lib/long")).unwrap(),
                long.as_bytes()
            );
            assert_eq!(guest.lstat(&path("/usr/lib")).unwrap().links, 2);
            let names: Vec<_> = guest.read_dir(&path("/usr/lib")).unwrap();
            let names: Vec<_> = names.iter().map(|e| e.name.as_slice()).collect();
            assert_eq!(names, [b"long".as_slice(), b"modules"]);
        });

        // And back.
        image.edit(|guest| {
            guest.remove(&path("/usr/lib/modules")).unwrap();
            guest
                .rename(&path("/shared/lib/modules"), &path("/usr/lib/modules"))
                .unwrap();
            for made in [
                "/shared/lib",
                "/shared",
                "/usr/lib/long",
                "/etc/new",
                "/etc/empty",
            ] {
                guest.remove(&path(made)).unwrap();
            }
            guest
                .write(&path("/etc/fstab"), FSTAB.as_bytes(), Attributes::root(0))
                .unwrap();
        });
        image.look(|guest| {
            assert!(matches!(
                guest.lstat(&path("/shared")),
                Err(GuestError::NotFound(_))
            ));
            assert_eq!(guest.lstat(&path("/usr/lib")).unwrap().links, 3);
        });
    }
}

#[test]
fn an_edit_that_changes_nothing_changes_no_byte() {
    let image = Image::new(&["-t", "ext4"], "16M", modules);
    let before = image.bytes();
    let outcome = image.edit(|guest| {
        assert_eq!(
            guest.read(&path("/etc/fstab"), 100).unwrap(),
            FSTAB.as_bytes()
        );
        guest.read_dir(&path("/usr/lib/modules")).unwrap();
    });
    assert_eq!(outcome, Outcome::Unchanged);
    assert!(image.bytes() == before);
}

#[test]
fn a_guest_dropped_without_finish_never_writes_its_bitmaps() {
    let image = Image::new(&["-t", "ext4"], "16M", |_| {});
    let mut disk = image.bytes();
    let end = disk.len() as u64;
    let superblock = disk[1024..2048].to_vec();
    let mut guest = Ext4Guest::open(&mut disk, 0..end, Options { time: TIME }).unwrap();
    guest
        .mkdir(&path("/shared"), Attributes::root(0o755))
        .unwrap();
    drop(guest);
    assert!(disk[1024..2048] == superblock);
}

#[test]
fn the_same_edit_at_the_same_time_gives_the_same_bytes() {
    let image = Image::new(&["-t", "ext4"], "16M", modules);
    let once = |time| {
        let mut disk = image.bytes();
        let end = disk.len() as u64;
        let mut guest = Ext4Guest::open(&mut disk, 0..end, Options { time }).unwrap();
        guest
            .mkdir(&path("/shared"), Attributes::root(0o755))
            .unwrap();
        guest
            .write(&path("/etc/new"), b"new", Attributes::root(0o644))
            .unwrap();
        guest.finish().unwrap();
        disk
    };
    let first = once(TIME);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert!(first == once(TIME));
    assert!(first != once(TIME + 1));
}

#[test]
fn timestamps_are_the_given_ones() {
    let image = Image::new(&["-t", "ext4"], "16M", modules);
    image.edit(|guest| {
        guest.mkdir(&path("/new"), Attributes::root(0o755)).unwrap();
        guest
            .write(&path("/etc/fstab"), b"x", Attributes::root(0))
            .unwrap();
        guest
            .rename(&path("/usr/lib/modules"), &path("/new/modules"))
            .unwrap();
    });
    let stamp = format!("0x{TIME:08x}");
    for (inode, kinds) in [
        ("/new", ["ctime", "mtime", "crtime"].as_slice()),
        ("/etc/fstab", &["ctime", "mtime"]),
        ("/usr/lib", &["ctime", "mtime"]),
        ("/new/modules", &["ctime"]),
    ] {
        let stat = String::from_utf8(image.debugfs(&format!("stat {inode}"))).unwrap();
        for kind in kinds {
            let line = stat
                .lines()
                .find(|line| line.trim_start().starts_with(kind))
                .unwrap();
            assert!(
                line.contains(&format!("{stamp}:00000000")),
                "{inode} {line}"
            );
        }
        if inode == "/new/modules" {
            assert!(
                !stat
                    .lines()
                    .any(|l| l.trim_start().starts_with("mtime") && l.contains(&stamp))
            );
        }
    }
}

#[test]
fn new_inodes_inherit_the_label_of_their_directory() {
    for arguments in [
        &["-t", "ext4"][..],
        &["-t", "ext4", "-I", "128"],
        &["-t", "ext3", "-I", "128"],
    ] {
        let image = Image::new(arguments, "16M", |_| {});
        let label = "system_u:object_r:etc_t:s0";
        image.damage(&format!("ea_set /etc security.selinux {label}"));
        image.edit(|guest| {
            guest
                .write(&path("/etc/file"), b"x", Attributes::root(0o644))
                .unwrap();
            guest
                .mkdir(&path("/etc/dir"), Attributes::root(0o755))
                .unwrap();
            guest
                .mkdir(&path("/etc/dir/below"), Attributes::root(0o755))
                .unwrap();
            guest.symlink(&path("/etc/fast"), b"target").unwrap();
            guest.symlink(&path("/etc/slow"), &[b't'; 200]).unwrap();
            guest
                .mkdir(&path("/plain"), Attributes::root(0o755))
                .unwrap();
        });
        for name in ["file", "dir", "dir/below", "fast", "slow"] {
            let value = image.debugfs(&format!("ea_get -V /etc/{name} security.selinux"));
            assert_eq!(String::from_utf8_lossy(&value).trim(), label, "{name}");
        }
        assert!(image.debugfs("ea_list /plain").is_empty());
        image.look(|guest| {
            assert_eq!(guest.read_link(&path("/etc/fast")).unwrap(), b"target");
            assert_eq!(guest.read_link(&path("/etc/slow")).unwrap(), [b't'; 200]);
        });
        // Their attribute blocks go with them.
        image.edit(|guest| {
            for name in ["file", "dir/below", "dir", "fast", "slow"] {
                guest.remove(&path(&format!("/etc/{name}"))).unwrap();
            }
        });
    }
}

#[test]
fn a_rewrite_keeps_inode_owner_and_attributes() {
    let image = Image::new(&["-t", "ext4"], "16M", |_| {});
    image.damage("sif /etc/fstab uid 1000");
    image.damage("ea_set /etc/fstab user.note kept");
    let inode = image.debugfs("ncheck 13");
    image.edit(|guest| {
        guest
            .write(&path("/etc/fstab"), &[b'#'; 50_000], Attributes::root(0))
            .unwrap();
    });
    assert_eq!(image.debugfs("ncheck 13"), inode);
    assert_eq!(
        image.debugfs("ea_get -V /etc/fstab user.note").trim_ascii(),
        b"kept"
    );
    assert_eq!(image.debugfs("cat /etc/fstab"), [b'#'; 50_000]);
    image.look(|guest| assert_eq!(guest.lstat(&path("/etc/fstab")).unwrap().uid, 1000));
}

#[test]
fn hard_links_are_counted_and_outlive_one_name() {
    let image = Image::new(&["-t", "ext4"], "16M", |tree| {
        fs::hard_link(tree.join("etc/fstab"), tree.join("etc/other")).unwrap();
    });
    image.edit(|guest| {
        assert_eq!(guest.lstat(&path("/etc/fstab")).unwrap().links, 2);
        guest.remove(&path("/etc/fstab")).unwrap();
        assert_eq!(guest.lstat(&path("/etc/other")).unwrap().links, 1);
    });
    assert_eq!(image.debugfs("cat /etc/other"), FSTAB.as_bytes());
}

#[test]
fn encrypted_and_case_insensitive_directories_are_refused_on_the_path() {
    for (flag, feature) in [("0x80800", "encrypt"), ("0x40080000", "casefold")] {
        let image = Image::new(&["-t", "ext4", "-O", feature], "16M", modules);
        image.damage(&format!("sif /usr/lib flags {flag}"));
        image.look(|guest| {
            let found = guest.lstat(&path("/usr/lib/modules"));
            assert!(
                matches!(found, Err(GuestError::Unsupported { .. })),
                "{found:?}"
            );
            assert!(guest.lstat(&path("/usr/lib")).is_ok());
            assert!(guest.read(&path("/etc/fstab"), 100).is_ok());
        });
    }
}
