//! What QEMU does not open is refused, held against `qemu-img info`, which follows no backing file.

use std::fs;

use osgraft::image::{Child, Masters};

use super::scene::{FORMAT, SOUND, Scene, code, put32, put64, rewrite};
use crate::support::random::Random;
use crate::support::{output, text};

const BITMAPS: u32 = 0x2385_2875;
const UNKNOWN: u32 = 0x1234_5678;
const MASTER: &[u8] = b"master.qcow2";

/// Changes to the header of a sound child.
type Damage = fn(&mut Vec<u8>);

/// A bitmap extension, believed: number, reserved, length and place of the directory.
fn bitmaps(bytes: &mut [u8], number: u32, reserved: u32, len: u64, at: u64) {
    let mut extension = Vec::new();
    extension.extend(number.to_be_bytes());
    extension.extend(reserved.to_be_bytes());
    extension.extend(len.to_be_bytes());
    extension.extend(at.to_be_bytes());
    rewrite(bytes, &[(FORMAT, b"qcow2"), (BITMAPS, &extension)], MASTER);
    bytes[95] |= 1;
}

/// The offset of the end of the extensions, which `rewrite` puts right before the name.
fn end_of_extensions(bytes: &[u8]) -> usize {
    u64::from_be_bytes(bytes[8..16].try_into().unwrap()) as usize - 8
}

#[rustfmt::skip]
const REFUSED: &[(&str, Damage)] = &[
    ("a snapshot table off its boundary, without snapshots", |b| put64(b, 64, 65537)),
    ("a snapshot table past all offsets, without snapshots", |b| put64(b, 64, 1 << 63)),
    ("a backing name of no length behind the first cluster", |b| { put64(b, 8, 65537); put32(b, 16, 0); }),
    ("an extension that reaches into the backing name", |b| {
        rewrite(b, &[(FORMAT, b"qcow2"), (UNKNOWN, &[0; 8])], MASTER);
        put32(b, 104 + 16 + 4, 4000);
    }),
    ("an extension one byte past the backing name's start", |b| {
        rewrite(b, &[(FORMAT, b"qcow2"), (UNKNOWN, &[0; 8])], MASTER);
        put32(b, 104 + 16 + 4, 17);
    }),
    ("an end of extensions that is longer than what is left", |b| {
        rewrite(b, &[(FORMAT, b"qcow2")], MASTER);
        let at = end_of_extensions(b);
        put32(b, at + 4, 1);
    }),
    ("an extension whose fields the backing name cuts", |b| {
        rewrite(b, &[(FORMAT, b"qcow2")], MASTER);
        let at = end_of_extensions(b);
        b[at..at + 4 + MASTER.len()].fill(0);
        b[at + 4..][..MASTER.len()].copy_from_slice(MASTER);
        put64(b, 8, at as u64 + 4);
    }),
    ("a backing format of 16 letters", |b| rewrite(b, &[(FORMAT, b"qcow2qcow2qcow22")], MASTER)),
    ("a bitmap extension of 16 bytes", |b| { rewrite(b, &[(FORMAT, b"qcow2"), (BITMAPS, &[0; 16])], MASTER); b[95] |= 1; }),
    ("a bitmap extension of 16 bytes that nobody believes", |b| rewrite(b, &[(FORMAT, b"qcow2"), (BITMAPS, &[0; 16])], MASTER)),
    ("no bitmaps in their extension", |b| bitmaps(b, 0, 0, 32, 65536)),
    ("too many bitmaps", |b| bitmaps(b, 65536, 0, 32, 65536)),
    ("a bitmap extension with a reserved field", |b| bitmaps(b, 1, 1, 32, 65536)),
    ("a bitmap directory off its boundary", |b| bitmaps(b, 1, 0, 32, 65537)),
    ("a bitmap directory of more than 64 MiB", |b| bitmaps(b, 1, 0, (64 << 20) + 1, 65536)),
];

#[test]
fn what_qemu_does_not_open_is_refused_by_name() {
    let scene = Scene::new();
    for (what, damage) in REFUSED {
        let mut bytes = scene.sound_child().to_vec();
        damage(&mut bytes);
        fs::write(scene.child(), &bytes).unwrap();
        assert!(!qemu_opens(&scene), "{what}: the premise");
        scene.try_child(what, "header");
    }
}

fn qemu_opens(scene: &Scene) -> bool {
    let child = scene.child();
    let info = ["info", "-f", "qcow2", text(&child)];
    output("qemu-img", &info).status.success()
}

/// A header with random changes that QEMU does not open is refused in every case.
#[test]
fn of_headers_changed_at_random_none_is_taken_that_qemu_does_not_open() {
    let scene = Scene::new();
    let mut random = Random::new(7);
    let (mut refused, mut opened) = (0, 0);
    for number in 0..400 {
        let mut bytes = scene.sound_child().to_vec();
        for _ in 0..=random.below(2) {
            // The fields, and the fields of the extensions, often by a bit or to an end of a range.
            let at = match random.below(4) {
                0 => random.below(600),
                _ => 4 * (2 + random.below(30)),
            };
            match random.below(3) {
                0 => bytes[at] ^= 1 << random.below(8),
                1 => bytes[at] = random.next() as u8,
                _ => put32(&mut bytes, at, *random.of(&[0, 1, 8, 512, 65536, u32::MAX])),
            }
        }
        fs::write(scene.child(), &bytes).unwrap();
        let child = Child::open(scene.child(), Masters::beside_child()).unwrap();
        let told = code(child.read().map(drop));
        match qemu_opens(&scene) {
            true => opened += 1,
            false => {
                refused += 1;
                let head = &bytes[..160];
                assert_ne!(told, SOUND, "{number}: {head:x?}");
            }
        }
    }
    assert!(refused > 60 && opened > 60, "{refused}, {opened}");
}
