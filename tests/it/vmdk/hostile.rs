use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use osgraft::image::{Child, ImageError, MasterFormat, Overlay};

use super::{converted, overlay, patterned, with_footer};
use crate::support::refusal::assert_plain_line;
use crate::support::{digest, patterned_master, run, text};

/// A refusal reads tables at most; what is left is for a machine that does much else.
const SOON: Duration = Duration::from_secs(5);

const SPARSE: &str = "subformat=monolithicSparse";
const STREAM: &str = "subformat=streamOptimized";
const DESCRIPTOR: usize = 512;

type Damage = fn(&mut Vec<u8>);

fn put32(bytes: &mut [u8], at: usize, value: u32) {
    bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

fn put64(bytes: &mut [u8], at: usize, value: u64) {
    bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
}

/// Where the directory of grain tables begins.
fn directory(bytes: &[u8]) -> usize {
    u32::from_le_bytes(bytes[56..60].try_into().unwrap()) as usize * 512
}

/// Where the first grain table begins.
fn table(bytes: &[u8]) -> usize {
    let at = directory(bytes);
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize * 512
}

/// Replaces in the descriptor, which keeps its place and its room.
fn edit(bytes: &mut [u8], from: &str, to: &str) {
    let room = &mut bytes[DESCRIPTOR..DESCRIPTOR + 20 * 512];
    let text = String::from_utf8(room.to_vec()).unwrap();
    let text = text.trim_end_matches('\0');
    assert!(text.contains(from), "the premise: “{from}” is in {text}");
    let text = text.replace(from, to);
    room.fill(0);
    room[..text.len()].copy_from_slice(text.as_bytes());
}

/// A descriptor alone, over everything that was there.
fn only(bytes: &mut Vec<u8>, kind: &str, extent: &str) {
    let text = format!(
        "# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=ffffffff\ncreateType=\"{kind}\"\n{extent}\n"
    );
    *bytes = text.into_bytes();
}

const SECRET: &str = "RW 6151 FLAT \"/etc/shadow\" 0";

/// What is wrong, what the refusal is called, and how a sound file becomes that.
#[rustfmt::skip]
const CASES: &[(&str, &str, &str, Damage)] = &[
    ("not a VMDK at all", SPARSE, "not-vmdk", |b| b[0] = b'X'),
    ("an empty file", SPARSE, "not-vmdk", |b| b.clear()),
    ("zeros", SPARSE, "not-vmdk", |b| b.fill(0)),
    ("version 0", SPARSE, "vmdk-version", |b| put32(b, 4, 0)),
    ("version 4", SPARSE, "vmdk-version", |b| put32(b, 4, 4)),
    ("a flag that nobody knows", SPARSE, "vmdk-header", |b| b[11] |= 0x80),
    ("no capacity: QEMU would follow its descriptor's extents", SPARSE, "vmdk-header", |b| {
        put64(b, 12, 0);
        edit(b, "SPARSE \"master.vmdk\"", "FLAT \"/etc/shadow\" 0");
    }),
    ("a capacity past all bounds", SPARSE, "vmdk-header", |b| put64(b, 12, u64::MAX)),
    ("a capacity whose directory would not fit into memory", SPARSE, "vmdk-header", |b| put64(b, 12, 1 << 40)),
    ("a capacity other than its extent's", SPARSE, "vmdk-header", |b| put64(b, 12, 6152)),
    ("grains of nothing", SPARSE, "vmdk-header", |b| put64(b, 20, 0)),
    ("grains of a gibibyte", SPARSE, "vmdk-header", |b| put64(b, 20, 1 << 21)),
    ("grains of no power of two", SPARSE, "vmdk-header", |b| put64(b, 20, 129)),
    ("grain tables of nothing", SPARSE, "vmdk-header", |b| put32(b, 44, 0)),
    ("grain tables past all bounds", SPARSE, "vmdk-header", |b| put32(b, 44, u32::MAX)),
    ("no descriptor: one extent of several", SPARSE, "vmdk-type", |b| put64(b, 28, 0)),
    ("a descriptor elsewhere than where QEMU looks", SPARSE, "vmdk-header", |b| put64(b, 28, 2)),
    ("a descriptor past all offsets", SPARSE, "vmdk-header", |b| put64(b, 28, u64::MAX)),
    ("a descriptor of no size", SPARSE, "vmdk-header", |b| put64(b, 36, 0)),
    ("a descriptor past all sizes", SPARSE, "vmdk-header", |b| put64(b, 36, u64::MAX)),
    ("a directory in the header", SPARSE, "vmdk-header", |b| put64(b, 56, 0)),
    ("a directory past the end", SPARSE, "truncated", |b| put64(b, 56, 1 << 30)),
    ("a directory past all offsets", SPARSE, "vmdk-header", |b| put64(b, 56, u64::MAX - 1)),
    ("a directory in a footer that is not there", STREAM, "truncated", |b| put64(b, 56, u64::MAX)),
    ("a grain table past the end", SPARSE, "truncated", |b| {
        let at = directory(b);
        put32(b, at, u32::MAX);
    }),
    ("a grain past the end", SPARSE, "truncated", |b| {
        let at = table(b);
        put32(b, at, u32::MAX);
    }),
    ("a packed grain past the end", STREAM, "truncated", |b| {
        let at = table(b);
        put32(b, at, u32::MAX);
    }),
    ("a grain of zeros where there are none", SPARSE, "vmdk-header", |b| {
        let at = table(b);
        put32(b, at, 1);
    }),
    ("a first grain past the end", SPARSE, "truncated", |b| put64(b, 64, u64::MAX)),
    ("still open, or never closed", SPARSE, "vmdk-unclean", |b| b[72] = 1),
    ("copied as text", SPARSE, "vmdk-header", |b| b[75] = b'\n'),
    ("packed by one mark, not by the other", SPARSE, "vmdk-header", |b| b[77] = 1),
    ("packed by an unknown method", STREAM, "vmdk-header", |b| b[77] = 2),
    ("packed without markers", STREAM, "vmdk-header", |b| b[10] = 1),
    ("a parent by name", SPARSE, "vmdk-delta", |b| {
        edit(b, "parentCID=ffffffff", "parentCID=12345678\nparentFileNameHint=\"/etc/shadow\"");
    }),
    ("a parent by name in a comment, where QEMU finds it", SPARSE, "vmdk-delta", |b| {
        edit(b, "# Extent description", "#parentFileNameHint=\"/etc/shadow\"");
    }),
    ("a parent by name behind the text's end", SPARSE, "vmdk-delta", |b| {
        b[8000..8031].copy_from_slice(b"parentFileNameHint=\"/etc/shadow");
    }),
    ("a parent by name behind the descriptor's stated size", SPARSE, "vmdk-delta", |b| {
        put64(b, 36, 2);
        b[8000..8031].copy_from_slice(b"parentFileNameHint=\"/etc/shadow");
    }),
    ("a parent by id", SPARSE, "vmdk-delta", |b| edit(b, "parentCID=ffffffff", "parentCID=12345678")),
    ("no word of a parent", SPARSE, "vmdk-header", |b| edit(b, "parentCID=ffffffff\n", "")),
    ("no id", SPARSE, "vmdk-header", |b| edit(b, "\nCID=", "\nDIC=")),
    ("no type", SPARSE, "vmdk-header", |b| edit(b, "createType", "eraseType")),
    ("two types", SPARSE, "vmdk-header", |b| {
        edit(b, "createType", "createType=\"streamOptimized\"\ncreateType");
    }),
    ("no descriptor's first line", SPARSE, "vmdk-header", |b| edit(b, "# Disk", "# Dusk")),
    ("a descriptor of zeros", SPARSE, "vmdk-header", |b| b[DESCRIPTOR..DESCRIPTOR + 10240].fill(0)),
    ("a descriptor's version 9", SPARSE, "vmdk-header", |b| edit(b, "version=1", "version=9")),
    ("a second extent in another file", SPARSE, "vmdk-header", |b| {
        edit(b, "RW 6151", "RW 6151 FLAT \"/etc/shadow\" 0\nRW 6151");
    }),
    ("its one extent in another file", SPARSE, "vmdk-header", |b| edit(b, "SPARSE", "FLAT")),
    ("no extent", SPARSE, "vmdk-header", |b| edit(b, "RW 6151", "# 6151")),
    ("an extent that nobody may read", SPARSE, "vmdk-header", |b| edit(b, "RW 6151", "NOACCESS 6151")),
    ("a type in several files, in a sparse one", SPARSE, "vmdk-type", |b| {
        edit(b, "monolithicSparse", "twoGbMaxExtentSparse");
    }),
    ("a type that would draw on the terminal", SPARSE, "vmdk-type", |b| {
        edit(b, "monolithicSparse", "\x1b[2J\u{202e}");
    }),
    ("encrypted", SPARSE, "image-encrypted", |b| edit(b, "\nCID", "\nencryption.keySafe = \"vmware:key\"\nCID")),
    ("a descriptor alone: monolithicFlat", SPARSE, "vmdk-type", |b| only(b, "monolithicFlat", SECRET)),
    ("a descriptor alone: twoGbMaxExtentFlat", SPARSE, "vmdk-type", |b| only(b, "twoGbMaxExtentFlat", SECRET)),
    ("a descriptor alone: twoGbMaxExtentSparse", SPARSE, "vmdk-type", |b| {
        only(b, "twoGbMaxExtentSparse", "RW 6151 SPARSE \"/etc/shadow\"");
    }),
    ("a descriptor alone: vmfs", SPARSE, "vmdk-type", |b| only(b, "vmfs", "RW 6151 VMFS \"/etc/shadow\"")),
    ("a descriptor alone: fullDevice", SPARSE, "vmdk-type", |b| {
        only(b, "fullDevice", "RW 6151 FLAT \"/dev/sda\" 0");
    }),
    ("a descriptor alone that calls itself sparse", SPARSE, "vmdk-type", |b| {
        only(b, "monolithicSparse", SECRET);
    }),
    ("a descriptor alone with a parent", SPARSE, "vmdk-delta", |b| {
        only(b, "vmfs", "parentFileNameHint=\"/etc/shadow\"");
    }),
    ("an older host's sparse file", SPARSE, "vmdk-type", |b| b[..4].copy_from_slice(b"COWD")),
    ("a newer host's sparse file", SPARSE, "vmdk-type", |b| put64(b, 0, 0xcafe_babe)),
];

fn code(result: Result<(), ImageError>) -> String {
    match result {
        Err(ImageError::Refused { refusal, .. }) => {
            assert_plain_line(&refusal.to_string());
            refusal.code().to_owned()
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn hostile_masters_are_refused_by_code_in_clone_and_behind_a_child() {
    let scenes = [SPARSE, STREAM].map(|options| {
        let folder = tempfile::tempdir().unwrap();
        let master = converted(folder.path(), &patterned(), options);
        let child = folder.path().join("child.qcow2");
        overlay(&master).create(&child).unwrap();
        let sound = fs::read(&master).unwrap();
        (options, folder, master, child, sound)
    });
    for (what, options, want, damage) in CASES {
        let scene = scenes.iter().find(|scene| scene.0 == *options).unwrap();
        let (_, folder, master, child, sound) = scene;
        let mut bytes = sound.clone();
        damage(&mut bytes);
        assert!(bytes != *sound, "{what}: the premise: it is damaged");
        fs::write(master, &bytes).unwrap();
        let before = digest(child);
        let handle = Child::open(child, master).unwrap();
        let began = Instant::now();
        assert_eq!(code(handle.lock().map(drop)), *want, "{what}: lock");
        assert_eq!(code(handle.read().map(drop)), *want, "{what}: read");
        let other = folder.path().join("other.qcow2");
        assert_eq!(code(overlay(master).create(&other)), *want, "{what}: clone");
        assert!(began.elapsed() < SOON, "{what}: {:?}", began.elapsed());
        assert!(!other.exists(), "{what}");
        assert_eq!(digest(child), before, "{what}: the child changed");
        assert!(
            fs::read(master).unwrap() == bytes,
            "{what}: the master changed"
        );
    }
    assert!(CASES.len() >= 50);
}

/// The second header goes before the first, so it must say the same.
#[test]
fn a_footer_that_contradicts_the_header_is_refused() {
    // Counted from the file's end: the footer's header begins 1024 bytes before it.
    let cases: [(&str, Damage); 7] = [
        ("truncated", |b| cut(b, 512)),
        ("truncated", |b| cut(b, 100)),
        ("truncated", |b| from_end(b, 1536 - 12, 9)),
        ("truncated", |b| from_end(b, 512, 1)),
        ("truncated", |b| from_end(b, 1024, b'X')),
        ("vmdk-header", |b| from_end(b, 1024 - 13, 0x55)),
        ("vmdk-header", |b| from_end(b, 1024 - 20, 8)),
    ];
    for (want, damage) in cases {
        let folder = tempfile::tempdir().unwrap();
        let master = converted(folder.path(), &patterned(), STREAM);
        with_footer(&master);
        overlay(&master)
            .judge_master()
            .expect("the premise: it is sound");
        let mut bytes = fs::read(&master).unwrap();
        damage(&mut bytes);
        fs::write(&master, &bytes).unwrap();
        assert_eq!(code(overlay(&master).judge_master()), want);
    }
}

fn cut(bytes: &mut Vec<u8>, by: usize) {
    bytes.truncate(bytes.len() - by);
}

fn from_end(bytes: &mut [u8], back: usize, value: u8) {
    let at = bytes.len() - back;
    assert_ne!(bytes[at], value, "the premise: it changes");
    bytes[at] = value;
}

/// A file that takes a mebibyte of its disk and says that it has 262,144 tables, each elsewhere.
#[test]
fn the_largest_directory_that_is_taken_is_judged_soon() {
    const TABLES: u64 = 1 << 18;
    let sectors = TABLES * 512 * 128;
    let folder = tempfile::tempdir().unwrap();
    let small = fs::read(converted(folder.path(), &patterned(), SPARSE)).unwrap();
    let judge = |tables: u64, sectors: u64| {
        let mut bytes = small[..32 * 512].to_vec();
        put64(&mut bytes, 12, sectors);
        put64(&mut bytes, 56, 32);
        put64(&mut bytes, 64, 0);
        edit(&mut bytes, "RW 6151", &format!("RW {sectors}"));
        let first = 32 + 4 * tables / 512;
        let places = (0..tables).map(|table| (first + 4 * table) as u32);
        bytes.extend(places.flat_map(u32::to_le_bytes));
        let master = folder.path().join("large.vmdk");
        fs::write(&master, bytes).unwrap();
        let file = fs::File::options().write(true).open(&master).unwrap();
        file.set_len((first + 4 * tables) * 512).unwrap();
        let began = Instant::now();
        let judged = overlay(&master).judge_master();
        let took = began.elapsed();
        assert!(took < 2 * SOON, "{took:?}");
        judged
    };
    judge(TABLES, sectors).unwrap();
    let more = judge(TABLES, sectors + 1);
    assert_eq!(code(more), "vmdk-header", "one table more");
}

/// Whatever a file is, it is judged as what it is stated to be.
#[test]
fn a_stated_format_is_not_probed_in_either_direction() {
    let folder = tempfile::tempdir().unwrap();
    let qcow2 = patterned_master(folder.path(), 1);
    assert_eq!(code(overlay(&qcow2).judge_master()), "not-vmdk");
    let vmdk = converted(folder.path(), &patterned(), STREAM);
    assert_eq!(code(Overlay::new(&vmdk).judge_master()), "vmdk");

    // QEMU writes any word into the header, and so might anybody.
    let child = folder.path().join("child.qcow2");
    for (stated, master, want) in [
        ("vmdk", &qcow2, "not-vmdk"),
        ("qcow2", &vmdk, "vmdk"),
        ("vhdx", &vmdk, "backing-format"),
        ("VMDK", &vmdk, "backing-format"),
        ("vmdk ", &vmdk, "backing-format"),
    ] {
        stating(&child, master, stated);
        let handle = Child::open(&child, master).unwrap();
        assert_eq!(code(handle.lock().map(drop)), want, "{stated}");
    }
}

/// A guest may write what it likes at the start of its raw disk.
#[test]
fn a_raw_master_that_begins_like_a_vmdk_is_raw() {
    for begin in [
        fs::read(converted(
            tempfile::tempdir().unwrap().path(),
            &patterned(),
            SPARSE,
        ))
        .unwrap(),
        format!("# Disk DescriptorFile\ncreateType=\"monolithicFlat\"\n{SECRET}\n").into_bytes(),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let master = folder.path().join("disk.vmdk");
        let mut bytes = vec![0; 1 << 20];
        bytes[..begin.len()].copy_from_slice(&begin);
        fs::write(&master, &bytes).unwrap();
        let child = folder.path().join("child.qcow2");
        Overlay::new(&master)
            .format(MasterFormat::Raw)
            .create(&child)
            .unwrap();
        let open = Child::open(&child, &master).unwrap().read().unwrap();
        assert_eq!(open.master_format(), Some(MasterFormat::Raw));
        let mut read = vec![0; bytes.len()];
        let mut scratch = open.scratch().unwrap();
        osgraft::image::BlockDevice::read_at(&mut scratch, 0, &mut read).unwrap();
        assert!(
            read == bytes,
            "something else than the file's bytes was read"
        );
    }
}

/// An overlay that states a format, true or not.
fn stating(child: &Path, master: &Path, format: &str) {
    let _ = fs::remove_file(child);
    // `-u` opens nothing, so that the size has to be told.
    let args = ["create", "-q", "-u", "-f", "qcow2", "-F", "raw", "-b"];
    run(
        "qemu-img",
        &[&args[..], &[text(master), text(child), "1M"]].concat(),
    );
    let mut bytes = fs::read(child).unwrap();
    let kind = 0xe279_2aca_u32.to_be_bytes();
    let at = bytes.windows(4).position(|window| window == kind).unwrap();
    assert_eq!(&bytes[at + 8..at + 11], b"raw", "the premise");
    assert!(format.len() <= 8);
    bytes[at + 4..at + 8].copy_from_slice(&(format.len() as u32).to_be_bytes());
    bytes[at + 8..at + 16].fill(0);
    bytes[at + 8..][..format.len()].copy_from_slice(format.as_bytes());
    fs::write(child, bytes).unwrap();
}
