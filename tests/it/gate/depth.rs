use std::fs;
use std::os::unix::fs::FileExt;
use std::path::Path;

use osgraft::image::{BlockDevice, Child, ImageError, Masters};

use super::scene::{SOUND, Scene, code, get64, put32, put64};
use crate::support::{digest, output, text};

const CLUSTER: u64 = 65536;
/// The bit that says that nothing else refers to a cluster.
const COPIED: u64 = 1 << 63;
const COMPRESSED: u64 = 1 << 62;

type Damage = fn(&mut Vec<u8>);

fn l1(bytes: &[u8]) -> usize {
    get64(bytes, 40) as usize
}

fn refcount_table(bytes: &[u8]) -> usize {
    get64(bytes, 48) as usize
}

fn refcount_block(bytes: &[u8]) -> usize {
    get64(bytes, refcount_table(bytes)) as usize
}

fn l2(bytes: &[u8]) -> usize {
    (get64(bytes, l1(bytes)) & 0x00ff_ffff_ffff_fe00) as usize
}

/// Points the whole L1 table, or every entry of the first L2 table, at one place.
fn all_l2(bytes: &mut [u8], entry: u64) {
    let at = l2(bytes);
    for place in (at..at + CLUSTER as usize).step_by(8) {
        put64(bytes, place, entry);
    }
}

/// What is wrong below the header, and how a sound child becomes that. Nothing of it shows until
/// the disk is read, so each may end in any typed error, or in none.
#[rustfmt::skip]
pub(super) const CASES: &[(&str, Damage)] = &[
    ("an L1 entry at the header", |b| { let at = l1(b); put64(b, at, COPIED | 512); }),
    ("an L1 entry at the L1 table", |b| { let at = l1(b); put64(b, at, COPIED | at as u64); }),
    ("an L1 entry past the end", |b| { let at = l1(b); put64(b, at, COPIED | 1 << 40); }),
    ("an L1 entry past all offsets", |b| { let at = l1(b); put64(b, at, u64::MAX); }),
    ("an L1 entry off its boundary", |b| { let at = l1(b); let to = get64(b, at) + 512; put64(b, at, to); }),
    ("an L1 entry of reserved bits", |b| { let at = l1(b); b[at] |= 0x7f; }),
    ("an L1 entry at the refcount table", |b| { let at = l1(b); let to = refcount_table(b) as u64; put64(b, at, COPIED | to); }),
    ("an L1 entry at a refcount block", |b| { let at = l1(b); let to = refcount_block(b) as u64; put64(b, at, COPIED | to); }),
    ("L2 entries at the header", |b| all_l2(b, COPIED)),
    ("L2 entries at the L1 table", |b| { let to = l1(b) as u64; all_l2(b, COPIED | to); }),
    ("L2 entries at the L2 table", |b| { let to = l2(b) as u64; all_l2(b, COPIED | to); }),
    ("L2 entries at the refcount table", |b| { let to = refcount_table(b) as u64; all_l2(b, COPIED | to); }),
    ("L2 entries at a refcount block", |b| { let to = refcount_block(b) as u64; all_l2(b, COPIED | to); }),
    ("L2 entries past the end", |b| all_l2(b, COPIED | 1 << 40)),
    ("L2 entries past all offsets", |b| all_l2(b, u64::MAX)),
    ("L2 entries off their boundary", |b| all_l2(b, COPIED | 0x5_0200)),
    ("L2 entries of reserved bits", |b| all_l2(b, 0x3f00_0000_0000_00fe)),
    ("L2 entries at one cluster", |b| { let to = get64(b, l2(b) + 8); all_l2(b, to); }),
    ("L2 entries of zeros and a place", |b| { let to = get64(b, l2(b) + 8); all_l2(b, to | 1); }),
    ("compressed clusters past the end", |b| all_l2(b, COMPRESSED | 1 << 40)),
    ("compressed clusters past all offsets", |b| all_l2(b, COMPRESSED | ((1 << 54) - 1))),
    ("compressed clusters of the greatest length", |b| all_l2(b, COMPRESSED | 0x3fc0_0000_0000_0000 | 65536)),
    ("compressed clusters in the header", |b| all_l2(b, COMPRESSED)),
    ("compressed clusters of what is none", |b| { let to = get64(b, l2(b) + 8) & !COPIED; all_l2(b, COMPRESSED | 0x40_0000_0000_0000 | to); }),
    ("compressed clusters that claim to be alone", |b| all_l2(b, COPIED | COMPRESSED | 65536)),
    ("no cluster is counted", |b| { let at = refcount_block(b); b[at..at + CLUSTER as usize].fill(0); }),
    ("only the header is counted", |b| { let at = refcount_block(b); b[at + 2..at + CLUSTER as usize].fill(0); }),
    ("every count is the greatest", |b| { let at = refcount_block(b); b[at..at + CLUSTER as usize].fill(0xff); }),
    ("a refcount block off its boundary", |b| { let at = refcount_table(b); b[at + 6] |= 2; }),
    ("a refcount block past the end", |b| { let at = refcount_table(b); put64(b, at, 1 << 40); }),
    ("a refcount block past all offsets", |b| { let at = refcount_table(b); put64(b, at, u64::MAX << 16); }),
    ("a refcount block that is the table", |b| { let at = refcount_table(b); put64(b, at, at as u64); }),
    ("a refcount block that is the header", |b| { let at = refcount_table(b); put64(b, at, 512); }),
    ("a refcount block that is the L1 table", |b| { let at = refcount_table(b); let to = l1(b) as u64; put64(b, at, to); }),
    ("no refcount block", |b| { let at = refcount_table(b); put64(b, at, 0); }),
    ("one refcount block for every place of the table", |b| {
        let (at, to) = (refcount_table(b), refcount_block(b) as u64);
        for place in (at..at + CLUSTER as usize).step_by(8) { put64(b, place, to); }
    }),
    ("the L1 table is the refcount table", |b| { let to = refcount_table(b) as u64; put64(b, 40, to); }),
    ("the L1 table is a refcount block", |b| { let to = refcount_block(b) as u64; put64(b, 40, to); }),
    ("the refcount table is the L1 table", |b| { let to = l1(b) as u64; put64(b, 48, to); }),
    ("an L1 table over all that is there", |b| put32(b, 36, 1 << 17)),
    ("counts of one bit", |b| put32(b, 96, 0)),
    ("counts of 64 bits", |b| put32(b, 96, 6)),
];

/// Where [`edit`] writes 4 KiB of 0x5a.
pub(super) fn edited_places(end: u64) -> [u64; 4] {
    [0, CLUSTER - 100, 3 * CLUSTER, end - 4096]
}

/// Reads a disk's beginning and its end, writes across clusters, and commits that.
pub(super) fn edit(child: &Child) -> Result<(), ImageError> {
    let locked = child.lock()?;
    let mut scratch = locked.scratch()?;
    let end = scratch.size();
    let mut block = [0; 4096];
    let io = |source| ImageError::Io {
        action: "edit",
        path: child.path().to_owned(),
        source,
    };
    scratch.read_at(end - 4096, &mut block).map_err(io)?;
    for at in edited_places(end) {
        scratch.read_at(at, &mut block).map_err(io)?;
        scratch.write_at(at, &[0x5a; 4096]).map_err(io)?;
    }
    let redo = scratch.finish()?;
    locked.commit(&redo)
}

#[test]
fn tables_that_lead_astray_end_in_a_typed_error_and_nothing_changed() {
    let scene = Scene::new();
    let (mut refused, mut edited) = (0, 0);
    for (what, damage) in CASES {
        scene.restore();
        let mut bytes = scene.sound_child().to_vec();
        damage(&mut bytes);
        assert!(bytes != scene.sound_child(), "{what}: the premise");
        fs::write(scene.child(), &bytes).unwrap();
        // Nothing is told of what the disk looks like through tables that lead astray.
        let sound = without_errors(&scene.child());
        for command in ["prepare", "plan", "verify", "revert", "inspect"] {
            let told = scene.told(what, &[command, text(&scene.child())]);
            let tables = ["header", "tables", "truncated"].contains(&told.as_str());
            assert!(
                told == SOUND && sound || tables && !sound,
                "{what}: {command}: {told}"
            );
            assert!(
                fs::read(scene.child()).unwrap() == bytes,
                "{what}: {command}"
            );
        }
        // An edit goes through where QEMU finds no error, and there alone; none comes of it.
        let master = digest(&scene.master());
        let child = Child::open(scene.child(), Masters::beside_child()).unwrap();
        match edit(&child) {
            Ok(()) => {
                assert!(sound && without_errors(&scene.child()), "{what}");
                edited += 1;
            }
            Err(error) => {
                let told = code(Err(error));
                assert!(
                    ["header", "io", "tables", "truncated"].contains(&told.as_str()),
                    "{what}: {told}"
                );
                assert!(!sound, "{what}: {told}");
                assert!(fs::read(scene.child()).unwrap() == bytes, "{what}: changed");
                refused += 1;
            }
        }
        assert!(digest(&scene.master()) == master, "{what}: the master");
    }
    assert!(
        refused > 30 && edited > 0,
        "{refused} refused, {edited} edited"
    );
}

/// Whether `qemu-img check` finds none; leaks are no errors.
fn without_errors(image: &Path) -> bool {
    let check = output("qemu-img", &["check", "-f", "qcow2", text(image)]);
    matches!(check.status.code(), Some(0 | 3))
}

/// Writes a child with clusters of 2 MiB whose tables are as large as may be, and which is
/// almost all hole.
fn vast(scene: &Scene, fill: impl FnOnce(&mut Vec<u8>, &dyn Fn(u64, &[u8])), len: u64) {
    let mut head = scene.sound_child()[..4096].to_vec();
    put32(&mut head, 20, 21);
    let file = fs::File::create(scene.child()).unwrap();
    fill(&mut head, &|at, bytes| {
        file.write_all_at(bytes, at).unwrap()
    });
    file.write_all_at(&head, 0).unwrap();
    file.set_len(len).unwrap();
}

fn entries(all: impl Iterator<Item = u64>) -> Vec<u8> {
    all.flat_map(u64::to_be_bytes).collect()
}

const LARGE: u64 = 2 << 20;

/// A file of some MiB must not cost gigabytes of reading, nor of memory.
#[test]
fn the_largest_tables_are_judged_soon_and_in_little_memory() {
    let scene = Scene::new();
    // A million refcount blocks, all the same one, which counts nothing.
    vast(
        &scene,
        |head, write| {
            put64(head, 48, LARGE);
            put32(head, 56, 4);
            put64(head, 40, 6 * LARGE);
            write(LARGE, &entries((0..1 << 20).map(|_| 5 * LARGE)));
        },
        7 * LARGE,
    );
    scene.try_child("one block a million times", "header");
    // A million blocks that are a hole each.
    vast(
        &scene,
        |head, write| {
            put64(head, 48, LARGE);
            put32(head, 56, 4);
            put64(head, 40, 6 * LARGE);
            write(LARGE, &entries((0..1 << 16).map(|n| (7 + n) * LARGE)));
        },
        (7 + (1 << 16)) * LARGE,
    );
    refused_soon(&scene, "a hole a million times", "header");
    // Counts that reach past the end, and four million L2 tables to look for what does.
    let counted = |head: &mut Vec<u8>, write: &dyn Fn(u64, &[u8])| {
        put64(head, 48, LARGE);
        put32(head, 56, 1);
        write(LARGE, &(2 * LARGE).to_be_bytes());
        write(3 * LARGE - 8, &[0xff; 8]);
        put64(head, 40, 3 * LARGE);
    };
    vast(
        &scene,
        |head, write| {
            counted(head, write);
            put32(head, 36, 4 << 20);
            write(3 * LARGE, &entries((0..4 << 20).map(|n| (1 + n) << 9)));
        },
        20 * LARGE,
    );
    scene.try_child("four million L2 tables", "truncated");
    // As many as are looked into where they are small, each a hole of 2 MiB.
    vast(
        &scene,
        |head, write| {
            counted(head, write);
            put32(head, 36, 4096);
            write(3 * LARGE, &entries((0..4096).map(|n| (4 + n) * LARGE)));
        },
        (4 + 4096) * LARGE,
    );
    refused_soon(&scene, "4096 large L2 tables", "truncated");
}

/// What an edit would rest on is more than can be looked through.
#[test]
fn more_tables_than_are_looked_through_are_refused_before_an_edit() {
    let scene = Scene::new();
    let snapshots = 6 * LARGE;
    for (what, l1_entries, l1_of_a_snapshot) in [
        ("a million L2 tables", 1u32 << 20, 0u32),
        ("a snapshot's L1 table of 2 GiB", 1, 1 << 28),
    ] {
        vast(
            &scene,
            |head, write| {
                put64(head, 48, LARGE);
                put32(head, 56, 1);
                write(LARGE, &(2 * LARGE).to_be_bytes());
                write(2 * LARGE, &[0, 1]);
                put64(head, 40, 8 * LARGE);
                put32(head, 36, l1_entries);
                let tables = (0..u64::from(l1_entries)).map(|n| (20 + n) * LARGE);
                write(8 * LARGE, &entries(tables));
                put32(head, 60, u32::from(l1_of_a_snapshot > 0));
                put64(head, 64, snapshots);
                write(snapshots, &(16 * LARGE).to_be_bytes());
                write(snapshots + 8, &l1_of_a_snapshot.to_be_bytes());
            },
            (20 + (1 << 20)) * LARGE,
        );
        let child = Child::open(scene.child(), Masters::beside_child()).unwrap();
        let before = fs::metadata(scene.child()).unwrap().modified().unwrap();
        assert_eq!(code(edit(&child)), "vast", "{what}");
        let after = fs::metadata(scene.child()).unwrap().modified().unwrap();
        assert_eq!(before, after, "{what}: it changed");
        refused_soon(&scene, what, "vast");
    }
}

/// As `try_child`, without a digest of what is mostly hole.
fn refused_soon(scene: &Scene, what: &str, want: &str) {
    let before = fs::metadata(scene.child()).unwrap();
    for command in ["prepare", "inspect"] {
        let told = scene.told(what, &[command, text(&scene.child())]);
        assert_eq!(told, want, "{what}: {command}");
    }
    let after = fs::metadata(scene.child()).unwrap();
    assert_eq!(before.modified().unwrap(), after.modified().unwrap());
    assert_eq!(before.len(), after.len());
}
