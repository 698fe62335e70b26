//! Kinds, limits, and what runs out.

use std::fs;
use std::process::Command;

use osgraft::editor::ext4::{Ext4Error, Ext4Guest, Options};
use osgraft::guest::{Attributes, FileKind, Guest, GuestError};

use super::image::{Image, TIME, path, run};

#[test]
fn every_kind_is_told_and_only_files_are_read() {
    let image = Image::new(&["-t", "ext4"], "16M", |tree| {
        run(Command::new("mkfifo").arg(tree.join("etc/fifo")));
        run(Command::new("mknod")
            .arg(tree.join("etc/disk"))
            .args(["b", "8", "0"]));
        run(Command::new("mknod")
            .arg(tree.join("etc/null"))
            .args(["c", "1", "3"]));
        drop(std::os::unix::net::UnixListener::bind(tree.join("etc/socket")).unwrap());
    });
    image.edit(|guest| {
        for (name, kind) in [
            ("fifo", FileKind::Fifo),
            ("disk", FileKind::BlockDevice),
            ("null", FileKind::CharDevice),
            ("socket", FileKind::Socket),
        ] {
            let at = path(&format!("/etc/{name}"));
            assert_eq!(guest.lstat(&at).unwrap().kind, kind);
            let wrong = |result: Result<(), GuestError>| {
                assert!(
                    matches!(result, Err(GuestError::WrongKind { found, .. }) if found == kind)
                );
            };
            wrong(guest.read(&at, 100).map(drop));
            wrong(guest.write(&at, b"x", Attributes::root(0o644)));
            wrong(guest.read_dir(&at).map(drop));
            wrong(guest.read_link(&at).map(drop));
            guest.remove(&at).unwrap();
        }
    });
}

#[test]
fn huge_sparse_and_large_files_are_bounded() {
    for kind in ["ext4", "ext2"] {
        let image = Image::new(&["-t", kind], "16M", |tree| {
            let file = fs::File::create(tree.join("etc/sparse")).unwrap();
            file.set_len(5 << 30).unwrap();
        });
        image.edit(|guest| {
            let at = path("/etc/sparse");
            match guest.read(&at, 1 << 20) {
                Err(GuestError::TooLarge { size, limit, .. }) => {
                    assert_eq!((size, limit), (5 << 30, 1 << 20));
                }
                other => panic!("{other:?}"),
            }
            guest.write(&at, b"small", Attributes::root(0)).unwrap();
            assert_eq!(guest.read(&at, 5).unwrap(), b"small");
        });
    }
}

#[test]
fn a_full_file_system_says_so_and_cannot_be_finished() {
    for arguments in [
        &["-t", "ext4", "-b", "1024"][..],
        &["-t", "ext2", "-b", "1024"],
    ] {
        let image = Image::new(arguments, "8M", |_| {});
        let mut disk = image.bytes();
        let end = disk.len() as u64;
        let mut guest = Ext4Guest::open(&mut disk, 0..end, Options { time: TIME }).unwrap();
        let big = vec![b'x'; 9 << 20];
        let full = guest.write(&path("/etc/big"), &big, Attributes::root(0o644));
        assert!(matches!(full, Err(GuestError::NoSpace(at)) if at == path("/etc/big")));
        let more = guest.mkdir(&path("/more"), Attributes::root(0o755));
        assert!(matches!(more, Err(GuestError::Unsupported { .. })));
        assert!(matches!(guest.finish(), Err(Ext4Error::HalfDone)));
    }
}

#[test]
fn when_the_inodes_run_out_it_says_so_and_not_that_it_is_full() {
    let image = Image::new(&["-t", "ext4", "-N", "64"], "8M", |_| {});
    let mut disk = image.bytes();
    let end = disk.len() as u64;
    let mut guest = Ext4Guest::open(&mut disk, 0..end, Options { time: TIME }).unwrap();
    let made = (0..100)
        .map(|i| guest.symlink(&path(&format!("/l{i}")), b"x"))
        .find_map(Result::err);
    let error = made.expect("64 inodes do not do for 100 links");
    assert!(matches!(error, GuestError::NoInodes(_)), "{error:?}");
    assert_eq!(error.code(), "guest-no-inodes");
    let told = error.to_string();
    assert!(
        told.contains("no inode left") && !told.contains("full"),
        "{told}"
    );
}

#[test]
fn names_and_targets_have_their_limits() {
    let image = Image::new(&["-t", "ext4", "-b", "1024"], "8M", |_| {});
    let name = "n".repeat(255);
    image.edit(|guest| {
        guest
            .mkdir(&path(&format!("/{name}")), Attributes::root(0o700))
            .unwrap();
        guest.symlink(&path("/59"), &[b't'; 59]).unwrap();
        guest.symlink(&path("/60"), &[b't'; 60]).unwrap();
        guest.symlink(&path("/1023"), &[b't'; 1023]).unwrap();
        assert!(matches!(
            guest.symlink(&path("/1024"), &[b't'; 1024]),
            Err(GuestError::TooLong(_))
        ));
        for target in [b"".as_slice(), b"a\0b"] {
            let refused = guest.symlink(&path("/none"), target);
            assert!(matches!(refused, Err(GuestError::Unsupported { .. })));
        }
        let odd = osgraft::path::GuestPath::new(b"/etc/\xff\xfe \n\x1b").unwrap();
        guest.write(&odd, b"odd", Attributes::root(0o600)).unwrap();
        assert_eq!(guest.read(&odd, 9).unwrap(), b"odd");
    });
    image.look(|guest| {
        for len in [59, 60, 1023] {
            assert_eq!(
                guest.read_link(&path(&format!("/{len}"))).unwrap(),
                vec![b't'; len]
            );
        }
        assert!(
            guest
                .read_dir(&path("/"))
                .unwrap()
                .iter()
                .any(|e| e.name == name.as_bytes())
        );
    });
}

#[test]
fn immutable_inodes_are_told_and_left_alone() {
    let image = Image::new(&["-t", "ext4"], "8M", |_| {});
    image.damage("sif /etc/fstab flags 0x80010");
    image.look(|guest| assert!(guest.lstat(&path("/etc/fstab")).unwrap().immutable));
    image.edit(|guest| {
        let refused = guest.write(&path("/etc/fstab"), b"x", Attributes::root(0));
        assert!(matches!(refused, Err(GuestError::Unsupported { .. })));
        let refused = guest.remove(&path("/etc/fstab"));
        assert!(matches!(refused, Err(GuestError::Unsupported { .. })));
    });
}
