//! Children with persistent bitmaps, judged by QEMU: what it says is dirty, and `qemu-img check`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child as Process, Command, Stdio};
use std::time::{Duration, Instant};

use osgraft::image::{BlockDevice, Child, Overlay};

use super::scene::code;
use crate::support::program::Workshop;
use crate::support::{assert_clean, digest, guest_bytes, output, patterned_master, run, text};

const MIB: u64 = 1 << 20;
const GRANULARITY: u64 = 65536;

/// A process that ends with the test, by its id.
struct Running(Process);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What of the disk a bitmap says is dirty, to QEMU: start and end in bytes, in order.
fn dirty(child: &Path, bitmap: &str) -> Vec<(u64, u64)> {
    let socket = child.with_file_name("bitmap.nbd");
    let _ = fs::remove_file(&socket);
    let serve = ["-r", "-t", "-f", "qcow2", "-B", bitmap, "-k", text(&socket)];
    let nbd = Command::new("qemu-nbd")
        .args(serve)
        .arg(child)
        .stdin(Stdio::null())
        .spawn()
        .unwrap_or_else(|e| panic!("qemu-nbd is needed; run “make setup”: {e}"));
    let mut nbd = Running(nbd);
    let options = format!(
        "driver=nbd,server.type=unix,server.path={},x-dirty-bitmap=qemu:dirty-bitmap:{bitmap}",
        text(&socket)
    );
    let deadline = Instant::now() + Duration::from_secs(30);
    let map = loop {
        let map = output(
            "qemu-img",
            &["map", "--output=json", "--image-opts", &options],
        );
        if map.status.success() {
            break map.stdout;
        }
        let ended = nbd.0.try_wait().unwrap();
        assert!(ended.is_none() && Instant::now() < deadline, "{map:?}");
        std::thread::sleep(Duration::from_millis(20));
    };
    let map: Vec<serde_json::Value> = serde_json::from_slice(&map).unwrap();
    let number = |run: &serde_json::Value, key: &str| run[key].as_u64().unwrap();
    // Through this option, QEMU shows what is dirty as what holds no data.
    let dirty = map.iter().filter(|run| run["data"] == false);
    dirty
        .map(|run| {
            (
                number(run, "start"),
                number(run, "start") + number(run, "length"),
            )
        })
        .collect()
}

/// A child of 4 MiB with an enabled bitmap and a disabled one.
fn scene(folder: &Path, cluster: u64) -> (PathBuf, PathBuf) {
    let master = patterned_master(folder, 4);
    let child = folder.join("child.qcow2");
    Overlay::new(&master)
        .cluster_size(cluster)
        .create(&child)
        .unwrap();
    let add = [
        "bitmap",
        "--add",
        "-g",
        "65536",
        "-f",
        "qcow2",
        text(&child),
    ];
    run("qemu-img", &[&add[..], &["records"]].concat());
    run("qemu-img", &[&add[..], &["stands", "--disable"]].concat());
    (master, child)
}

fn write_as_guest(child: &Path, command: &str) {
    run("qemu-io", &["-f", "qcow2", "-c", command, text(child)]);
}

fn edit(child: &Child, offset: u64, data: &[u8]) -> Result<(), osgraft::image::ImageError> {
    let locked = child.lock()?;
    let mut scratch = locked.scratch()?;
    scratch.write_at(offset, data).unwrap();
    let redo = scratch.finish()?;
    locked.commit(&redo)
}

#[test]
fn an_edit_is_marked_in_the_bitmap_that_records_and_in_no_other() {
    let folder = tempfile::tempdir().unwrap();
    for cluster in [4096, 65536] {
        let _ = fs::remove_file(folder.path().join("child.qcow2"));
        let _ = fs::remove_file(folder.path().join("master.qcow2"));
        let (master, child) = scene(folder.path(), cluster);
        write_as_guest(&child, "write -P 7 3M 64k");
        let one = (3 * MIB, 3 * MIB + GRANULARITY);
        assert_eq!(
            dirty(&child, "records"),
            [one],
            "the premise: as QEMU marks it"
        );
        assert_eq!(dirty(&child, "stands"), [], "the premise");
        let handle = Child::open(&child, &master).unwrap();
        // Across a border of the bitmap's granularity.
        edit(&handle, MIB + GRANULARITY - 3, b"edited").unwrap();
        assert_clean(&child);
        assert_eq!(
            dirty(&child, "records"),
            [(MIB, MIB + 2 * GRANULARITY), one],
            "{cluster}"
        );
        assert_eq!(dirty(&child, "stands"), [], "{cluster}");
        let bytes = guest_bytes(&child);
        assert_eq!(&bytes[(MIB + GRANULARITY - 3) as usize..][..6], b"edited");
        // A guest goes on from there, and QEMU goes on with the bitmap.
        write_as_guest(&child, "write -P 8 0 64k");
        let all = [(0, GRANULARITY), (MIB, MIB + 2 * GRANULARITY), one];
        assert_eq!(dirty(&child, "records"), all, "{cluster}");
        assert_clean(&child);
    }
}

/// A bitmap in which nothing is marked has no cluster for its bits. All of it is marked: too much is
/// copied rather than too little.
#[test]
fn in_a_bitmap_without_a_bit_all_of_the_disk_is_marked() {
    let folder = tempfile::tempdir().unwrap();
    let (master, child) = scene(folder.path(), 65536);
    assert_eq!(dirty(&child, "records"), [], "the premise");
    edit(&Child::open(&child, &master).unwrap(), MIB, b"edited").unwrap();
    assert_clean(&child);
    assert_eq!(dirty(&child, "records"), [(0, 4 * MIB)]);
    assert_eq!(dirty(&child, "stands"), []);
}

/// A bitmap that was not closed is no good to QEMU, and stays so.
#[test]
fn a_bitmap_that_was_not_closed_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (master, child) = scene(folder.path(), 65536);
    write_as_guest(&child, "write -P 7 3M 64k");
    // Killed, QEMU leaves its bitmaps marked as in use.
    let mut io = Command::new("qemu-io")
        .args([
            "-f",
            "qcow2",
            "-c",
            "write -P 7 2M 64k",
            "-c",
            "sigraise 9",
            text(&child),
        ])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    io.wait().unwrap();
    let info = || {
        let told = run(
            "qemu-img",
            &["info", "-f", "qcow2", "--output=json", text(&child)],
        );
        let told: serde_json::Value = serde_json::from_str(&told).unwrap();
        told["format-specific"]["data"]["bitmaps"].clone()
    };
    let before = info();
    assert!(
        before.to_string().contains("in-use"),
        "the premise: {before}"
    );
    edit(&Child::open(&child, &master).unwrap(), MIB, b"edited").unwrap();
    assert_eq!(info(), before);
    assert_clean(&child);
}

/// Only an edit asks for what cannot be kept right.
#[test]
fn what_cannot_be_marked_is_read_and_not_edited() {
    let folder = tempfile::tempdir().unwrap();
    let (master, child) = scene(folder.path(), 65536);
    let sound = fs::read(&child).unwrap();
    let directory = directory_of(&sound);
    type Damage = fn(&mut [u8], usize);
    let cases: [(&str, &str, Damage); 5] = [
        ("an unknown flag", "bitmaps", |b, at| b[at + 15] |= 4),
        ("an unknown type", "bitmaps", |b, at| b[at + 16] = 2),
        ("a granularity past all bounds", "bitmaps", |b, at| {
            b[at + 17] = 40
        }),
        ("a table over the header", "tables", |b, at| {
            b[at..at + 8].fill(0xff)
        }),
        ("unknown autoclear bits", "autoclear", |b, _| b[88] |= 0x80),
    ];
    for (what, want, damage) in cases {
        let mut bytes = sound.clone();
        damage(&mut bytes, directory);
        fs::write(&child, &bytes).unwrap();
        let handle = Child::open(&child, &master).unwrap();
        assert_eq!(code(handle.read().map(drop)), "sound", "{what}");
        let locked = handle.lock().unwrap();
        let redo = locked.scratch().unwrap().finish().unwrap();
        locked.commit(&redo).unwrap();
        let told = code(edit(&handle, MIB, b"edited"));
        let unsound = what.contains("over the header") && told == "bitmaps";
        assert!(told == want || unsound, "{what}: {told}");
        assert!(fs::read(&child).unwrap() == bytes, "{what}: it changed");
    }
}

/// Where the list of bitmaps lies, by the header's extension.
fn directory_of(bytes: &[u8]) -> usize {
    let at = (104..4096)
        .step_by(8)
        .find(|at| bytes[*at..*at + 4] == [0x23, 0x85, 0x28, 0x75]);
    let at = at.expect("the premise: the extension");
    u64::from_be_bytes(bytes[at + 24..at + 32].try_into().unwrap()) as usize
}

#[test]
fn a_prepared_child_with_bitmaps_is_unchanged_and_another_server_is_marked() {
    let Some(workshop) = Workshop::of("debian12") else {
        return;
    };
    let child = workshop.child();
    workshop.ok(&["prepare", text(&child)]);
    let add = ["bitmap", "--add", "-f", "qcow2", text(&child), "backup"];
    run("qemu-img", &add);
    let before = digest(&child);
    let again = workshop.ok(&["prepare", text(&child), "--json"]);
    assert!(again.stdout.contains("\"unchanged\""), "{again:?}");
    for command in ["plan", "verify", "inspect"] {
        workshop.ok(&[command, text(&child)]);
    }
    assert!(digest(&child) == before);
    workshop.ok(&["revert", text(&child)]);
    assert_clean(&child);
    assert!(!dirty(&child, "backup").is_empty());
}
