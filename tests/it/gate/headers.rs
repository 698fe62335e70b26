use std::fs;

use super::scene::{FORMAT, SOUND, Scene, get64, name, put32, put64, rewrite};
use crate::support::text;

type Damage = fn(&mut Vec<u8>);

const BITMAPS: u32 = 0x2385_2875;
const LUKS: u32 = 0x0537_be77;
const DATA_FILE: u32 = 0x4441_5441;
/// Where extensions begin: behind the header.
fn first_extension(bytes: &[u8]) -> usize {
    get64(bytes, 96) as u32 as usize
}

const MASTER: &[u8] = b"master.qcow2";

/// What is wrong; what a child ends in that is so, and what a master does; how a sound file becomes
/// that. Where a master's code is empty, it is not tried as one.
#[rustfmt::skip]
pub(super) const CASES: &[(&str, &str, &str, Damage)] = &[
    ("another magic", "not-qcow2", "not-qcow2", |b| b[3] = b'X'),
    ("an empty file", "not-qcow2", "not-qcow2", Vec::clear),
    ("zeros", "not-qcow2", "not-qcow2", |b| b.fill(0)),
    ("version 0", "version", "version", |b| put32(b, 4, 0)),
    ("version 1", "version", "version", |b| put32(b, 4, 1)),
    ("version 4", "version", "version", |b| put32(b, 4, 4)),
    ("a version past all bounds", "version", "version", |b| put32(b, 4, u32::MAX)),
    ("version 3 that is called 2", "backing-format-missing", "", |b| put32(b, 4, 2)),
    ("clusters of a byte", "header", "header", |b| put32(b, 20, 0)),
    ("clusters of 256 bytes", "header", "header", |b| put32(b, 20, 8)),
    ("clusters of 4 MiB", "header", "header", |b| put32(b, 20, 22)),
    ("clusters of 2^63 bytes", "header", "header", |b| put32(b, 20, 63)),
    ("a shift past all bounds", "header", "header", |b| put32(b, 20, u32::MAX)),
    ("no disk", "header", "header", |b| put64(b, 24, 0)),
    ("a disk past all bounds", "header", "header", |b| put64(b, 24, u64::MAX)),
    ("a disk of 2^63 - 1 bytes", "header", "header", |b| put64(b, 24, i64::MAX as u64)),
    ("a disk larger than its L1 table", "header", "header", |b| put64(b, 24, 1 << 40)),
    ("AES", "image-encrypted", "image-encrypted", |b| put32(b, 32, 1)),
    ("LUKS", "image-encrypted", "image-encrypted", |b| put32(b, 32, 2)),
    ("an unknown encryption", "image-encrypted", "image-encrypted", |b| put32(b, 32, u32::MAX)),
    ("LUKS by its extension alone", "image-encrypted", "", |b| rewrite(b, &[(FORMAT, b"qcow2"), (LUKS, &[0; 16])], MASTER)),
    ("an L1 table of nothing", "header", "header", |b| put32(b, 36, 0)),
    ("an L1 table of 32 MiB and an entry", "header", "header", |b| put32(b, 36, (4 << 20) + 1)),
    ("an L1 table past all bounds", "header", "header", |b| put32(b, 36, u32::MAX)),
    ("an L1 table in the header", "header", "header", |b| put64(b, 40, 0)),
    ("an L1 table off its boundary", "header", "header", |b| b[47] |= 8),
    ("an L1 table past the end", "truncated", "truncated", |b| put64(b, 40, 1 << 40)),
    ("an L1 table whose end overflows", "truncated", "truncated", |b| put64(b, 40, u64::MAX << 16)),
    ("a refcount table of nothing", "header", "header", |b| put32(b, 56, 0)),
    ("a refcount table of 8 MiB and a cluster", "header", "header", |b| put32(b, 56, 129)),
    ("a refcount table past all bounds", "header", "header", |b| put32(b, 56, u32::MAX)),
    ("a refcount table in the header", "header", "header", |b| put64(b, 48, 0)),
    ("a refcount table off its boundary", "header", "header", |b| b[55] |= 1),
    ("a refcount table past the end", "truncated", "truncated", |b| put64(b, 48, 1 << 40)),
    ("a refcount table whose end overflows", "truncated", "truncated", |b| put64(b, 48, u64::MAX << 16)),
    ("counts of 128 bits", "header", "header", |b| put32(b, 96, 7)),
    ("counts of 2^63 bits", "header", "header", |b| put32(b, 96, 63)),
    ("counts past all bounds", "header", "header", |b| put32(b, 96, u32::MAX)),
    ("65537 snapshots", "header", "header", |b| put32(b, 60, 65537)),
    ("snapshots past all bounds", "header", "header", |b| put32(b, 60, u32::MAX)),
    ("a snapshot table in the header", "header", "header", |b| { put32(b, 60, 1); put64(b, 64, 0); }),
    ("a snapshot table off its boundary", "header", "header", |b| { put32(b, 60, 1); put64(b, 64, 65537); }),
    ("a snapshot table past the end", "truncated", "truncated", |b| { put32(b, 60, 1); put64(b, 64, 1 << 40); }),
    ("a snapshot table that ends past the end", "truncated", "truncated", |b| { put32(b, 60, 65536); put64(b, 64, 65536); }),
    ("a snapshot table whose end overflows", "truncated", "truncated", |b| { put32(b, 60, 1); put64(b, 64, u64::MAX << 16); }),
    ("a header of no length", "header", "header", |b| put32(b, 100, 0)),
    ("a header of 100 bytes", "header", "header", |b| put32(b, 100, 100)),
    ("a header of 105 bytes", "header", "header", |b| put32(b, 100, 105)),
    ("a header larger than a cluster", "header", "header", |b| put32(b, 100, 65544)),
    ("a header past all bounds", "header", "header", |b| put32(b, 100, u32::MAX - 7)),
    ("a backing name over the feature bits", "header", "", |b| { put64(b, 8, 72); put32(b, 16, 8); }),
    ("a backing name across the header's end", "header", "", |b| { put64(b, 8, 103); put32(b, 16, 8); }),
    ("a header that fills its cluster", "backing-format-missing", "", |b| put32(b, 100, 65536)),
    ("marked corrupt", "corrupt", "corrupt", |b| b[79] |= 2),
    ("a data file by its bit", "data-file", "data-file", |b| b[79] |= 4),
    ("a data file by its extension alone", "data-file", "", |b| rewrite(b, &[(FORMAT, b"qcow2"), (DATA_FILE, b"/etc/passwd")], MASTER)),
    ("another compression", "unread-feature", "unread-feature", |b| b[79] |= 8),
    ("another compression without its bit", "header", "", |b| {
        rewrite(b, &[], MASTER);
        b[104..4096].fill(0);
        put32(b, 100, 112);
        b[104] = 1;
        put32(b, 112, FORMAT);
        put32(b, 116, 5);
        b[120..125].copy_from_slice(b"qcow2");
        put64(b, 8, 144);
        b[144..156].copy_from_slice(MASTER);
    }),
    ("extended L2 entries", "unread-feature", "unread-feature", |b| b[79] |= 16),
    ("an unknown bit", "unknown-features", "unknown-features", |b| b[79] |= 32),
    ("the highest bit but the guard", "unknown-features", "unknown-features", |b| b[72] |= 64),
    ("every bit but the guard", "data-file", "data-file", |b| put64(b, 72, u64::MAX >> 1)),
    ("every compatible bit", SOUND, SOUND, |b| put64(b, 80, u64::MAX)),
    ("bitmaps by their bit", SOUND, SOUND, |b| b[95] |= 1),
    ("bitmaps that no reader believes", SOUND, "", |b| rewrite(b, &[(FORMAT, b"qcow2"), (BITMAPS, &[0xff; 24])], MASTER)),
    ("an unknown autoclear bit", SOUND, SOUND, |b| b[88] |= 0x80),
    ("an extension past the cluster", "header", "", |b| { let at = first_extension(b); put32(b, at + 4, 65536); }),
    ("an extension past all bounds", "header", "", |b| { let at = first_extension(b); put32(b, at + 4, u32::MAX); }),
    ("an extension that holds the backing name", "header", "", |b| {
        let (at, to) = (first_extension(b), get64(b, 8) as u32);
        put32(b, at + 4, to - at as u32);
    }),
    ("extensions without an end", "header", "", |b| {
        let (from, to) = (first_extension(b), get64(b, 8) as usize / 8 * 8);
        for at in (from..to).step_by(8) {
            put32(b, at, 0x1234_5678);
            put32(b, at + 4, 0);
        }
        put32(b, to - 4, 9000);
    }),
    ("extensions of nothing up to the name", "backing-format-missing", "", |b| {
        let (from, to) = (first_extension(b), get64(b, 8) as usize / 8 * 8);
        for at in (from..to).step_by(8) {
            put32(b, at, 0x1234_5678);
            put32(b, at + 4, 0);
        }
    }),
    ("a format behind the backing name, where QEMU reads none", "backing-format-missing", "", |b| {
        rewrite(b, &[], MASTER);
        b[104..4096].fill(0);
        // One extension of which QEMU sees the end alone: the name begins there.
        b[112..124].copy_from_slice(MASTER);
        put64(b, 8, 112);
        put32(b, 100, 128);
        put32(b, 128, FORMAT);
        put32(b, 132, 5);
        b[136..141].copy_from_slice(b"qcow2");
    }),
    ("two formats", "header", "", |b| rewrite(b, &[(FORMAT, b"raw"), (FORMAT, b"qcow2")], MASTER)),
    ("a format that is no text", "header", "", |b| rewrite(b, &[(FORMAT, b"\xff\xfe")], MASTER)),
    ("no format", "backing-format-missing", "", |b| rewrite(b, &[], MASTER)),
    ("a format of no name", "backing-format", "", |b| name(b, "", MASTER)),
    ("a format and more behind a NUL", "backing-format", "", |b| name(b, "qcow2\0raw", MASTER)),
    ("a format in capitals", "backing-format", "", |b| name(b, "QCOW2", MASTER)),
    ("a format that reads networks", "backing-format", "", |b| name(b, "nbd", MASTER)),
    ("a format that reads devices", "backing-format", "", |b| name(b, "host_device", MASTER)),
    ("a format that would draw on the terminal", "backing-format", "", |b| name(b, "\x1b[2J\u{202e}", MASTER)),
    ("a VMDK that is none", "not-vmdk", "", |b| name(b, "vmdk", MASTER)),
    ("a qcow2 that is called raw", SOUND, "", |b| name(b, "raw", MASTER)),
    ("no backing file", "no-backing", SOUND, |b| b[8..20].fill(0)),
    ("a backing name of nothing", "no-backing", SOUND, |b| { put64(b, 8, 2048); put32(b, 16, 0); }),
    ("a backing name of 1023 bytes", "backing-missing", "", |b| name(b, "qcow2", [b"a/".repeat(511), b"b".to_vec()].concat())),
    ("a backing name of 1024 bytes", "header", "header", |b| { put64(b, 8, 2048); put32(b, 16, 1024); }),
    ("a backing name past all sizes", "header", "header", |b| { put64(b, 8, 2048); put32(b, 16, u32::MAX); }),
    ("a backing name behind its cluster", "header", "header", |b| { put64(b, 8, 65530); put32(b, 16, 12); }),
    ("a backing name past all offsets", "header", "header", |b| { put64(b, 8, u64::MAX - 4); put32(b, 16, 12); }),
    ("a backing name in the header", "header", "", |b| { put64(b, 8, 4); put32(b, 16, 5); }),
    ("a backing name that is no text", "backing-name", "", |b| name(b, "qcow2", b"master\xff.qcow2")),
    ("a backing name with a NUL", "backing-name", "", |b| name(b, "qcow2", b"master.qcow2\0.raw")),
];

#[test]
fn hostile_headers_end_in_their_own_refusal_of_every_call() {
    let scene = Scene::new();
    for (what, want, _, damage) in CASES {
        scene.restore();
        let mut bytes = scene.sound_child().to_vec();
        damage(&mut bytes);
        assert!(bytes != scene.sound_child(), "{what}: the premise");
        fs::write(scene.child(), &bytes).unwrap();
        scene.try_child(what, want);
    }
}

#[test]
fn masters_with_hostile_headers_are_refused_for_themselves_and_behind_a_child() {
    let scene = Scene::new();
    for (what, _, want, damage) in CASES.iter().filter(|case| !case.2.is_empty()) {
        scene.restore();
        let mut bytes = scene.sound_master().to_vec();
        damage(&mut bytes);
        fs::write(scene.master(), &bytes).unwrap();
        scene.try_master(what, want);
        let told = scene.told(what, &["prepare", text(&scene.child())]);
        assert_eq!(&told, want, "{what}: prepare");
        assert!(
            fs::read(scene.child()).unwrap() == scene.sound_child(),
            "{what}"
        );
    }
}

/// The bits that say how the last user left it.
#[test]
fn what_was_not_closed_or_not_finished_is_told_and_a_master_is_never_mended() {
    let scene = Scene::new();
    let with = |bytes: &[u8], at: usize, bit: u8| {
        let mut bytes = bytes.to_vec();
        bytes[at] |= bit;
        bytes
    };
    fs::write(scene.master(), with(scene.sound_master(), 79, 1)).unwrap();
    scene.try_master("dirty", "dirty");
    scene.try_child("on a dirty master", "dirty");
    fs::write(scene.master(), with(scene.sound_master(), 72, 0x80)).unwrap();
    scene.try_master("guarded", "edit-pending");
    scene.try_child("on a guarded master", "edit-pending");
    scene.restore();
    // No crash leads to a guard without a record.
    fs::write(scene.child(), with(scene.sound_child(), 72, 0x80)).unwrap();
    for (command, want) in [
        ("prepare", "bad-record"),
        ("revert", "bad-record"),
        ("recover", "bad-record"),
        ("plan", "edit-pending"),
        ("verify", "edit-pending"),
        ("inspect", "edit-pending"),
    ] {
        let told = scene.told("guarded", &[command, text(&scene.child())]);
        assert_eq!(told, want, "{command}");
    }
    assert!(fs::read(scene.child()).unwrap() == with(scene.sound_child(), 72, 0x80));
}

/// Behind each field of the header and each table.
#[test]
fn a_file_that_lost_its_end_is_refused_wherever_it_was_cut() {
    let scene = Scene::new();
    let whole = scene.sound_child();
    let fields = [
        4, 5, 8, 16, 20, 24, 32, 36, 40, 48, 56, 60, 64, 71, 72, 73, 80, 88, 96, 100, 103, 104,
        108, 112, 120, 4096, 65535,
    ];
    let clusters = (65536..whole.len()).step_by(32768);
    let cuts: Vec<usize> = fields.into_iter().chain(clusters).collect();
    assert!(cuts.len() > 30, "the premise: {cuts:?}");
    for cut in cuts {
        // A last cluster may be short: that reads as zeros.
        let ends_in_its_last = cut > whole.len() - 65536;
        fs::write(scene.child(), &whole[..cut]).unwrap();
        let want = match (cut, ends_in_its_last) {
            (..4, _) => "not-qcow2",
            (_, true) => SOUND,
            _ => "truncated",
        };
        scene.try_child(&format!("cut at {cut}"), want);
    }
}
