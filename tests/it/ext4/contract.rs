//! The seam's own cases, on real file systems.

use std::fs;
use std::path::Path;
use std::process::Command;

use osgraft::editor::ext4::{Ext4Guest, Options};
use osgraft::guest::FileKind;
use osgraft::guest::conformance::{Breach, Case, Ground, cases};

use super::image::{Image, TIME, path, run};

fn ground(tree: &Path) {
    run(Command::new("mkfifo").arg(tree.join("etc/fifo")));
    run(Command::new("mknod")
        .arg(tree.join("etc/disk"))
        .args(["b", "8", "0"]));
    run(Command::new("mknod")
        .arg(tree.join("etc/null"))
        .args(["c", "1", "3"]));
    drop(std::os::unix::net::UnixListener::bind(tree.join("etc/socket")).unwrap());
    fs::write(tree.join("etc/one"), "linked").unwrap();
    fs::hard_link(tree.join("etc/one"), tree.join("etc/other")).unwrap();
    fs::write(tree.join("etc/fixed"), "fixed").unwrap();
    fs::File::create(tree.join("etc/huge"))
        .unwrap()
        .set_len(4 << 30)
        .unwrap();
}

#[test]
fn every_case_of_the_seam_holds_and_leaves_a_clean_file_system() {
    for arguments in [&["-t", "ext4"][..], &["-t", "ext2"]] {
        let image = Image::new(arguments, "16M", ground);
        let flags = if arguments[1] == "ext4" {
            "0x80010"
        } else {
            "0x10"
        };
        image.damage(&format!("sif /etc/fixed flags {flags}"));
        let sound = image.bytes();
        let mut breaches = Vec::new();
        for case in cases() {
            let mut disk = sound.clone();
            breaches.extend(try_on(&mut disk, &case).err());
            fs::write(image.path(), &disk).unwrap();
            image.check();
        }
        assert!(breaches.is_empty(), "{breaches:#?}");
    }
}

fn try_on(disk: &mut Vec<u8>, case: &Case) -> Result<(), Breach> {
    let end = disk.len() as u64;
    let guest = Ext4Guest::open(disk, 0..end, Options { time: TIME }).unwrap();
    let mut ground = Ground::new(guest);
    ground.specials = vec![
        (path("/etc/fifo"), FileKind::Fifo),
        (path("/etc/disk"), FileKind::BlockDevice),
        (path("/etc/null"), FileKind::CharDevice),
        (path("/etc/socket"), FileKind::Socket),
    ];
    ground.hard_linked = Some((path("/etc/one"), path("/etc/other")));
    ground.immutable = Some(path("/etc/fixed"));
    ground.huge = Some(path("/etc/huge"));
    let tried = case.try_on(&mut ground);
    ground.guest.finish().unwrap();
    tried
}
