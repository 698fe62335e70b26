//! The comparison that the other tests rest on sees each kind of change.

use std::path::{Path, PathBuf};

use crate::support::fixture::guest;
use crate::support::tree::Tree;
use crate::support::{run, text};

/// Converts one image into another of the other format.
fn convert(from: &Path, format: &str, to: &Path) {
    let other = if format == "raw" { "qcow2" } else { "raw" };
    run(
        "qemu-img",
        &["convert", "-f", format, "-O", other, text(from), text(to)],
    );
}

/// Changes the guest's file system with debugfs and gives the result as a qcow2.
fn changed(master: &Path, folder: &Path, commands: &[&str]) -> PathBuf {
    let (raw, image) = (folder.join("raw"), folder.join("changed.qcow2"));
    convert(master, "qcow2", &raw);
    let script = folder.join("script");
    std::fs::write(&script, commands.join("\n")).unwrap();
    let volume = format!("{}?offset={}", raw.display(), 1 << 20);
    run("/sbin/debugfs", &["-w", "-f", text(&script), &volume]);
    convert(&raw, "raw", &image);
    image
}

#[test]
fn every_kind_of_change_is_seen_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let Some(master) = guest("debian12") else {
        return;
    };
    std::fs::write(folder.path().join("hosts"), "127.0.0.1 localhost\n").unwrap();
    let write = format!("write {} hosts", folder.path().join("hosts").display());
    let cases: &[(&[&str], &[&str])] = &[
        (&[], &[]),
        (&["set_inode_field /etc/hosts mtime 0x60000000"], &[]),
        (
            &["set_inode_field /etc/hosts mode 0100600"],
            &["~ /etc/hosts regular 0644 0:0 => regular 0600 0:0"],
        ),
        (
            &["set_inode_field /etc/hosts uid 7"],
            &["~ /etc/hosts regular 0644 0:0 => regular 0644 7:0"],
        ),
        (
            &["set_inode_field /tmp gid 8"],
            &["~ /tmp directory 01777 0:0 => directory 01777 0:8"],
        ),
        (
            &["set_inode_field /etc/hosts flags 0x80040"],
            &["~ /etc/hosts flags 0x80000 => 0x80040"],
        ),
        (
            &["ea_set /etc/hosts user.note x"],
            &[r#"~ /etc/hosts regular 0644 0:0 => regular 0644 0:0 user.note (1) = "x""#],
        ),
        (
            &["ea_rm /usr/bin/ping security.capability"],
            &[
                "~ /usr/bin/ping regular 0755 0:0 security.capability (20) = 00 00 00 02 00 20 00 00 00 00 00 00 00 00 00 00 00 00 00 00 => regular 0755 0:0",
            ],
        ),
        (
            &["rm /vmlinuz", "symlink vmlinuz elsewhere"],
            &[
                "~ /vmlinuz symlink 0777 0:0 -> boot/vmlinuz-6.1.0-37-amd64 => symlink 0777 0:0 -> elsewhere",
            ],
        ),
        (&["rm /vmlinuz"], &["- /vmlinuz"]),
        (
            &["cd /srv", "mkdir new"],
            &["+ /srv/new directory 0755 0:0"],
        ),
        (
            &["rm /etc/hosts", "cd /etc", &write],
            &["~ /etc/hosts content"],
        ),
    ];
    let pristine = Tree::read(&master, 1 << 20);
    for (commands, expected) in cases {
        let image = changed(&master, folder.path(), commands);
        let tree = Tree::read(&image, 1 << 20);
        assert_eq!(
            pristine.differences(&tree, str::to_owned),
            *expected,
            "{commands:?}"
        );
    }
}
