use std::fs;
use std::path::Path;

use osgraft::image::{Child, Masters, Recovered};

use super::depth::{edit, edited_places};
use super::scene::{code, get64, put64};
use crate::support::random::Random;
use crate::support::{guest_bytes, output, run, text};

/// How each kind of child is made, and what is written to it.
#[rustfmt::skip]
const KINDS: &[(&str, &[&str])] = &[
    ("compat=1.1,cluster_size=512", &["write -P 1 0 40k", "write -z 64k 8k", "write -P 2 1020k 4k"]),
    ("compat=1.1,cluster_size=512,refcount_bits=1", &["write -P 1 8k 40k"]),
    ("compat=1.1,cluster_size=4k,refcount_bits=64", &["write -P 1 0 200k"]),
    ("compat=1.1,cluster_size=4k", &["write -P 1 0 64k", "snapshot", "write -P 2 16k 64k", "snapshot", "write -P 3 0 4k"]),
    ("compat=0.10,cluster_size=512", &["write -c -P 1 0 512", "write -c -P 2 512 512", "snapshot", "write -P 3 1k 9k"]),
    ("compat=1.1,cluster_size=64k", &["write -c -P 1 0 64k", "write -c -P 2 64k 64k", "write -P 3 512k 128k"]),
];

fn make(folder: &Path, options: &str, writes: &[&str]) -> Vec<u8> {
    let child = folder.join("child");
    let child = text(&child);
    let master = folder.join("master");
    fs::write(&master, vec![0x11; 1 << 20]).unwrap();
    let create = ["create", "-q", "-f", "qcow2", "-o", options, "-F", "raw"];
    run(
        "qemu-img",
        &[&create[..], &["-b", text(&master), child]].concat(),
    );
    for (number, write) in writes.iter().enumerate() {
        match *write {
            "snapshot" => {
                let name = number.to_string();
                run("qemu-img", &["snapshot", "-c", &name, child])
            }
            write => run("qemu-io", &["-f", "qcow2", "-c", write, child]),
        };
    }
    fs::read(child).unwrap()
}

/// Every entry of the tables: its place, and its bytes.
fn entries(image: &[u8]) -> Vec<(usize, usize)> {
    let cluster = 1usize << image[23];
    let version = image[7];
    let count = if version == 2 { 2 } else { 1 << image[99] >> 3 };
    let count = count.max(1);
    let table = |at: usize, len: usize| (at..at + len).step_by(8).map(|at| (at, 8));
    let named = |at: usize| (get64(image, at) & 0x00ff_ffff_ffff_fe00) as usize;
    let refcounts = get64(image, 48) as usize;
    let l1 = get64(image, 40) as usize;
    let l1_len = u32::from_be_bytes(image[36..40].try_into().unwrap()) as usize * 8;
    let mut all: Vec<_> = table(refcounts, 32).chain(table(l1, l1_len)).collect();
    for at in (refcounts..refcounts + cluster).step_by(8).map(named) {
        let in_use = (image.len() / cluster * count).min(cluster);
        if at != 0 {
            all.extend((at..at + in_use).step_by(count).map(|at| (at, count)));
        }
    }
    for at in (l1..l1 + l1_len)
        .step_by(8)
        .map(named)
        .filter(|at| *at != 0)
    {
        let used = table(at, cluster).filter(|(at, _)| get64(image, *at) != 0);
        all.extend(used);
    }
    if get64(image, 60) >> 32 != 0 {
        all.extend(table(get64(image, 64) as usize, 40));
    }
    all
}

/// One entry, or two, made another's, another place's, nothing, or one bit of it turned.
fn damage(image: &mut [u8], random: &mut Random) {
    let entries = entries(image);
    let cluster = 1u64 << image[23];
    let clusters = image.len() / cluster as usize;
    for _ in 0..=random.below(2) {
        let (at, len) = *random.of(&entries);
        if len < 8 {
            image[at + len - 1] = *random.of(&[0, 0, 1, 2, 0xff]);
            continue;
        }
        let was = get64(image, at);
        let place = cluster * random.below(clusters + 2) as u64;
        let now = match random.below(6) {
            0 => 0,
            1 => get64(image, random.of(&entries).0 & !7),
            2 => place,
            3 => 1 << 63 | place,
            4 => was ^ 1 << 63,
            _ => was ^ 1 << random.below(64),
        };
        put64(image, at, now);
    }
}

/// What `qemu-img check` finds, but for leaks and a missing claim to be in use once.
fn qemu_finds(image: &Path) -> Option<String> {
    let check = output("qemu-img", &["check", "-f", "qcow2", text(image)]);
    let told = String::from_utf8_lossy(&[check.stdout, check.stderr].concat()).into_owned();
    let harmless = |line: &str| line.contains("OFLAG_COPIED") && line.ends_with("refcount=1");
    let mut errors = told.lines().filter(|line| line.starts_with("ERROR"));
    match check.status.code() {
        Some(0 | 3) => None,
        Some(2) => errors.find(|line| !harmless(line)).map(str::to_owned),
        _ => Some(told),
    }
}

/// What a guest is to find on the disk after the edit; none where QEMU cannot read all of it.
fn expected(image: &Path) -> Option<Vec<u8>> {
    let line = ["-f", "qcow2", "-c", "read 0 1M", text(image)];
    if !output("qemu-io", &line).status.success() {
        return None;
    }
    let mut disk = guest_bytes(image);
    for at in edited_places(disk.len() as u64) {
        disk[at as usize..][..4096].fill(0x5a);
    }
    Some(disk)
}

#[test]
fn tables_damaged_at_random_are_refused_where_qemu_finds_an_error_and_there_alone() {
    judge_beside_qemu(40);
}

#[test]
#[ignore = "minutes: make test-corpus"]
fn tables_damaged_at_random_a_thousand_times_each() {
    judge_beside_qemu(1000);
}

fn judge_beside_qemu(rounds: u64) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("child");
    let (mut refused, mut edited, mut compared) = (0, 0, 0);
    for (kind, (options, writes)) in KINDS.iter().enumerate() {
        let sound = make(folder.path(), options, writes);
        let child = Child::open(&path, Masters::beside_child()).unwrap();
        assert_eq!(qemu_finds(&path), None, "{options}: the premise");
        edit(&child).unwrap();
        assert_eq!(qemu_finds(&path), None, "{options}");
        for round in 0..rounds {
            let what = format!("{options}, round {round}");
            let mut random = Random::new(1 + round + 1000 * kind as u64);
            let mut image = sound.clone();
            damage(&mut image, &mut random);
            // What a power cut may leave behind an image's end.
            image.resize(image.len() + 10_000 * (round % 2) as usize, 0xee);
            fs::write(&path, &image).unwrap();
            let found = qemu_finds(&path);
            let disk = if found.is_none() {
                expected(&path)
            } else {
                None
            };
            match edit(&child) {
                Ok(()) => {
                    assert_eq!(found, None, "{what}: edited");
                    assert_eq!(qemu_finds(&path), None, "{what}: after the edit");
                    if let Some(disk) = disk {
                        assert!(guest_bytes(&path) == disk, "{what}: the disk");
                        compared += 1;
                    }
                    edited += 1;
                }
                Err(error) => {
                    let told = error.to_string();
                    // What is compressed no more is read, and found out, by neither check.
                    let unread = code(Err(error)) == "io" && told.contains("decompress");
                    assert!(unread || found.is_some(), "{what}: {told}");
                    assert!(fs::read(&path).unwrap() == image, "{what}: changed");
                    refused += 1;
                }
            }
        }
    }
    assert!(
        refused > rounds && edited > rounds && compared > rounds,
        "{refused} refused, {edited} edited, {compared} of those read back"
    );
}

/// What `tests/fuzz` found once: a library that called itself until its stack was full, and an
/// edit that was never done with.
#[test]
fn what_fuzzing_found_ends_in_a_typed_error_or_in_an_edit() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("master"), [0x11; 32768]).unwrap();
    let path = folder.path().join("child");
    let found = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seeds/child");
    let mut tried = 0;
    for seed in fs::read_dir(found).unwrap() {
        let bytes = fs::read(seed.unwrap().path()).unwrap();
        fs::write(&path, &bytes).unwrap();
        let child = Child::open(&path, Masters::beside_child()).unwrap();
        match edit(&child) {
            Ok(()) => assert_eq!(qemu_finds(&path), None),
            Err(error) => {
                code(Err(error));
                assert!(fs::read(&path).unwrap() == bytes);
            }
        }
        if let Ok(locked) = child.lock() {
            assert_eq!(locked.recovered(), Recovered::Nothing);
        }
        tried += 1;
    }
    assert!(tried >= 2);
}
