//! Clone, gate, locks, scratch, commit: the disk as a file.

use std::path::{Path, PathBuf};

use osgraft::image::{
    BackingNaming, BlockDevice, Child, Holder, ImageError, MasterFormat, Masters, Overlay,
    Recovered,
};

use crate::support::{assert_clean, digest, guest_bytes, output, patterned_master, run, text};

fn fresh(folder: &Path) -> (PathBuf, PathBuf) {
    let master = patterned_master(folder, 4);
    let child = folder.join("child.qcow2");
    Overlay::new(&master).create(&child).unwrap();
    (master, child)
}

/// Writes `data` at `offset` of the guest's disk, as an edit would.
fn edit(child: &Child, offset: u64, data: &[u8]) -> Result<(), ImageError> {
    let locked = child.lock()?;
    let mut scratch = locked.scratch()?;
    scratch.write_at(offset, data).unwrap();
    let redo = scratch.finish()?;
    locked.commit(&redo)
}

#[test]
fn a_clone_is_what_qemu_makes_of_the_same_master() {
    let folder = tempfile::tempdir().unwrap();
    let (master, child) = fresh(folder.path());
    assert_clean(&child);
    assert_eq!(guest_bytes(&child), guest_bytes(&master));
    let info = run(
        "qemu-img",
        &["info", "-f", "qcow2", "--output=json", text(&child)],
    );
    let info: serde_json::Value = serde_json::from_str(&info).unwrap();
    assert_eq!(info["backing-filename-format"], "qcow2");
    assert_eq!(
        info["full-backing-filename"],
        text(&master.canonicalize().unwrap())
    );
    assert_eq!(info["virtual-size"], 4 << 20);
}

#[test]
fn a_relative_backing_name_moves_with_both_files() {
    let folder = tempfile::tempdir().unwrap();
    let before = folder.path().join("before");
    std::fs::create_dir_all(before.join("children")).unwrap();
    let master = patterned_master(&before, 1);
    let child = before.join("children/c:1.qcow2");
    Overlay::new(&master)
        .naming(BackingNaming::Relative)
        .create(&child)
        .unwrap();
    let want = guest_bytes(&master);
    let after = folder.path().join("after");
    std::fs::rename(&before, &after).unwrap();
    assert_eq!(guest_bytes(&after.join("children/c:1.qcow2")), want);
}

#[test]
fn a_clone_never_replaces_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let (master, child) = fresh(folder.path());
    let before = digest(&child);
    let again = Overlay::new(&master).create(&child);
    assert!(matches!(again, Err(ImageError::Exists(_))), "{again:?}");
    std::os::unix::fs::symlink("nowhere", folder.path().join("dangling")).unwrap();
    let through = Overlay::new(&master).create(folder.path().join("dangling"));
    assert!(matches!(through, Err(ImageError::Exists(_))), "{through:?}");
    assert_eq!(digest(&child), before);
}

#[test]
fn a_raw_master_is_taken_at_its_word_whatever_it_begins_with() {
    let folder = tempfile::tempdir().unwrap();
    let master = folder.path().join("disk.raw");
    let mut bytes = vec![0u8; 1 << 20];
    bytes[..8].copy_from_slice(b"QFI\xfb\0\0\0\x03");
    std::fs::write(&master, &bytes).unwrap();
    let child = folder.path().join("child.qcow2");
    Overlay::new(&master)
        .format(MasterFormat::Raw)
        .create(&child)
        .unwrap();
    edit(&Child::open(&child, &master).unwrap(), 512, b"edited").unwrap();
    assert_clean(&child);
    bytes[512..518].copy_from_slice(b"edited");
    assert_eq!(guest_bytes(&child), bytes);
}

#[test]
fn an_edit_changes_exactly_its_bytes_and_the_master_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let (master, child) = fresh(folder.path());
    let master_before = digest(&master);
    let mut want = guest_bytes(&child);
    let handle = Child::open(&child, &master).unwrap();
    for (offset, data) in [
        (4094, &b"across"[..]),
        (0, b"first"),
        ((4 << 20) - 4, b"last"),
    ] {
        edit(&handle, offset, data).unwrap();
        want[offset as usize..offset as usize + data.len()].copy_from_slice(data);
        assert_clean(&child);
        assert!(guest_bytes(&child) == want, "after {offset}");
    }
    assert_eq!(digest(&master), master_before);
}

#[test]
fn writing_what_was_there_is_no_edit() {
    let folder = tempfile::tempdir().unwrap();
    let (master, child) = fresh(folder.path());
    let before = digest(&child);
    let locked = Child::open(&child, &master).unwrap().lock().unwrap();
    let mut scratch = locked.scratch().unwrap();
    let mut block = [0; 4096];
    scratch.read_at(8192, &mut block).unwrap();
    scratch.write_at(8192, b"something else").unwrap();
    scratch.write_at(8192, &block).unwrap();
    let redo = scratch.finish().unwrap();
    assert!(redo.is_empty());
    locked.commit(&redo).unwrap();
    assert_eq!(digest(&child), before);
}

#[test]
fn a_record_applies_to_the_state_it_was_made_from_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (master, child) = fresh(folder.path());
    let handle = Child::open(&child, &master).unwrap();
    let redo = {
        let locked = handle.lock().unwrap();
        let mut scratch = locked.scratch().unwrap();
        scratch.write_at(0, b"stale").unwrap();
        scratch.finish().unwrap()
    };
    edit(&handle, 1 << 20, b"meanwhile").unwrap();
    let before = digest(&child);
    let stale = handle.lock().unwrap().commit(&redo);
    assert!(
        matches!(stale, Err(ImageError::OtherDisk { .. })),
        "{stale:?}"
    );
    assert_eq!(digest(&child), before);
}

#[test]
fn a_child_that_a_qemu_process_holds_is_refused_and_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let (master, child) = fresh(folder.path());
    let before = digest(&child);
    let socket = folder.path().join("nbd");
    let mut nbd = std::process::Command::new("qemu-nbd")
        .args([
            "-t",
            "-e",
            "2",
            "-f",
            "qcow2",
            "-k",
            text(&socket),
            text(&child),
        ])
        .spawn()
        .unwrap();
    while !socket.exists() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    // It listens before it opens the image; an answer comes after that.
    let export = format!("nbd+unix:///?socket={}", text(&socket));
    run("qemu-img", &["info", "-f", "raw", &export]);
    let handle = Child::open(&child, &master).unwrap();
    let write = handle.lock().map(drop);
    let read = handle.read().map(drop);
    nbd.kill().unwrap();
    nbd.wait().unwrap();
    for refused in [write, read] {
        let held = matches!(
            refused,
            Err(ImageError::InUse {
                by: Holder::Qemu,
                ..
            })
        );
        assert!(held, "{refused:?}");
    }
    assert_eq!(digest(&child), before);
    assert_eq!(handle.lock().unwrap().recovered(), Recovered::Nothing);
}

#[test]
fn a_locked_child_and_its_master_are_refused_to_qemu_writers() {
    let folder = tempfile::tempdir().unwrap();
    let (master, child) = fresh(folder.path());
    let locked = Child::open(&child, &master).unwrap().lock().unwrap();
    for image in [&child, &master] {
        let tried = output("qemu-img", &["resize", "-f", "qcow2", text(image), "8M"]);
        let said = String::from_utf8_lossy(&tried.stderr).into_owned();
        assert!(!tried.status.success() && said.contains("lock"), "{said}");
    }
    // Others may still read the master: their children run on it.
    run("qemu-img", &["check", "-f", "qcow2", text(&master)]);
    drop(locked);
    run("qemu-img", &["resize", "-f", "qcow2", text(&child), "8M"]);
}

#[test]
fn an_image_that_was_not_closed_is_mended_first() {
    let folder = tempfile::tempdir().unwrap();
    let (master, child) = fresh(folder.path());
    run(
        "qemu-img",
        &[
            "amend",
            "-f",
            "qcow2",
            "-o",
            "lazy_refcounts=on",
            text(&child),
        ],
    );
    // Killed after a write, qemu-io leaves the dirty bit and a cluster that is not counted.
    let mut io = std::process::Command::new("qemu-io")
        .args([
            "-f",
            "qcow2",
            "-c",
            "write -P 0x5a 1M 64k",
            "-c",
            "sigraise 9",
            text(&child),
        ])
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    io.wait().unwrap();
    let header = std::fs::read(&child).unwrap();
    assert_eq!(header[79] & 1, 1, "the premise: the dirty bit is set");
    edit(&Child::open(&child, &master).unwrap(), 0, b"edited").unwrap();
    assert_clean(&child);
    let bytes = guest_bytes(&child);
    assert_eq!(&bytes[..6], b"edited");
    assert!(bytes[1 << 20..(1 << 20) + 65536].iter().all(|b| *b == 0x5a));
}

#[test]
fn a_backing_file_elsewhere_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let (_, child) = fresh(folder.path());
    let elsewhere = tempfile::tempdir().unwrap();
    let other = patterned_master(elsewhere.path(), 4);
    for masters in [
        Masters::only(&other),
        Masters::under([elsewhere.path()]),
        Masters::under(Vec::<PathBuf>::new()),
    ] {
        let refused = Child::open(&child, masters).unwrap().lock();
        assert!(
            matches!(&refused, Err(ImageError::Refused { refusal, .. }) if refusal.code() == "master"),
            "{refused:?}"
        );
    }
    Child::open(&child, Masters::beside_child())
        .unwrap()
        .lock()
        .unwrap();
}

/// Headers that the gate refuses, each by its code; made by changing a sound child.
#[test]
fn hostile_headers_are_refused_by_code() {
    type Damage = fn(&mut Vec<u8>);
    let cases: &[(&str, Damage)] = &[
        ("not-qcow2", |b| b[0] = b'X'),
        ("not-qcow2", |b| b.truncate(3)),
        ("truncated", |b| b.truncate(60)),
        ("truncated", |b| b.truncate(80_000)),
        ("truncated", |b| b.truncate(196_000)),
        ("version", |b| b[7] = 4),
        ("header", |b| b[23] = 30),
        ("header", |b| b[24] = 0x80),
        ("header", |b| b[36] = 0x7f),
        ("header", |b| b[56] = 0x7f),
        ("header", |b| b[60] = 0xff),
        ("header", |b| b[47] = 1),
        ("header", |b| b[99] = 9),
        ("header", |b| b[103] = 3),
        ("image-encrypted", |b| b[35] = 1),
        ("image-encrypted", |b| b[35] = 2),
        ("data-file", |b| b[79] |= 4),
        ("corrupt", |b| b[79] |= 2),
        ("unknown-features", |b| b[78] |= 1),
        ("unread-feature", |b| b[79] |= 16),
        ("no-backing", |b| b[8..20].fill(0)),
        ("header", |b| {
            b[16..20].copy_from_slice(&5000u32.to_be_bytes())
        }),
    ];
    for (code, damage) in cases {
        let folder = tempfile::tempdir().unwrap();
        let (master, child) = fresh(folder.path());
        let mut bytes = std::fs::read(&child).unwrap();
        damage(&mut bytes);
        std::fs::write(&child, &bytes).unwrap();
        let refused = Child::open(&child, &master).unwrap().lock();
        assert!(
            matches!(&refused, Err(ImageError::Refused { refusal, .. }) if refusal.code() == *code),
            "{code}: {refused:?}"
        );
        assert!(
            std::fs::read(&child).unwrap() == bytes,
            "{code}: the file changed"
        );
    }
}
