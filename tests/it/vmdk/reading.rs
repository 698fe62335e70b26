use std::fs;

use osgraft::image::{BlockDevice, Child, ImageError};

use super::{converted, overlay, patterned, with_footer};
use crate::support::{assert_clean, digest, guest_bytes, run, text};

const KINDS: [&str; 4] = [
    "subformat=monolithicSparse",
    "subformat=monolithicSparse,zeroed_grain=on",
    "subformat=streamOptimized",
    "subformat=streamOptimized,footer",
];

fn vmdk(folder: &std::path::Path, kind: &str, bytes: &[u8]) -> std::path::PathBuf {
    let options = kind.trim_end_matches(",footer");
    let vmdk = converted(folder, bytes, options);
    if options != kind {
        with_footer(&vmdk);
    }
    vmdk
}

#[test]
fn the_disk_inside_is_read_as_qemu_reads_it_and_edited_in_the_child_alone() {
    for kind in KINDS {
        let folder = tempfile::tempdir().unwrap();
        let mut want = patterned();
        let master = vmdk(folder.path(), kind, &want);
        if kind.contains("zeroed") {
            // Grains that are written as zeros on purpose, which only this kind has.
            let zero = ["-f", "vmdk", "-c", "write -z 1M 64k", text(&master)];
            run("qemu-io", &zero);
            want[1 << 20..][..65536].fill(0);
        }
        let before = digest(&master);
        let child = folder.path().join("child.qcow2");
        overlay(&master).create(&child).unwrap();
        assert_clean(&child);
        assert!(guest_bytes(&child) == want, "{kind}: the premise, by QEMU");

        let handle = Child::open(&child, &master).unwrap();
        let locked = handle.lock().unwrap();
        let mut scratch = locked.scratch().unwrap();
        assert_eq!(scratch.size(), want.len() as u64);
        for step in [512, 4096, 65536 - 512, 1 << 20] {
            let mut all = vec![0xaa; want.len()];
            let mut at = 0;
            for part in all.chunks_mut(step) {
                scratch.read_at(at, part).unwrap();
                at += part.len() as u64;
            }
            assert!(all == want, "{kind}: read in steps of {step}");
        }
        for at in [7, 65536 - 3, (1 << 20) + 100, want.len() - 6] {
            scratch.write_at(at as u64, b"edited").unwrap();
            want[at..at + 6].copy_from_slice(b"edited");
        }
        let redo = scratch.finish().unwrap();
        locked.commit(&redo).unwrap();
        assert_clean(&child);
        assert!(guest_bytes(&child) == want, "{kind}: after the edit");
        let raw = folder.path().join("want.raw");
        fs::write(&raw, &want).unwrap();
        run(
            "qemu-img",
            &[
                "compare",
                "-f",
                "qcow2",
                "-F",
                "raw",
                text(&child),
                text(&raw),
            ],
        );
        assert_eq!(digest(&master), before, "{kind}: the master changed");
    }
}

#[test]
fn an_overlay_between_child_and_vmdk_is_a_chain_like_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let want = patterned();
    let master = converted(folder.path(), &want, "subformat=streamOptimized");
    let between = folder.path().join("between.qcow2");
    overlay(&master).create(&between).unwrap();
    let child = folder.path().join("child.qcow2");
    osgraft::image::Overlay::new(&between)
        .create(&child)
        .unwrap();
    let open = Child::open(&child, &between).unwrap().read().unwrap();
    assert_eq!(
        open.master_format(),
        Some(osgraft::image::MasterFormat::Qcow2)
    );
    let mut all = vec![0; want.len()];
    open.scratch().unwrap().read_at(0, &mut all).unwrap();
    assert!(all == want);
}

/// What is cut off shows before anything is read; how much is missing does not matter.
#[test]
fn a_cut_master_is_refused_and_a_damaged_grain_is_an_error() {
    for kind in KINDS {
        let folder = tempfile::tempdir().unwrap();
        let master = vmdk(folder.path(), kind, &patterned());
        let child = folder.path().join("child.qcow2");
        overlay(&master).create(&child).unwrap();
        let whole = fs::read(&master).unwrap();
        // QEMU leaves up to a grain of room behind the last packed one.
        let end = match kind.contains("stream") && !kind.contains("footer") {
            true => whole.iter().rposition(|byte| *byte != 0).unwrap() - 70,
            false => whole.len() - 65536,
        };
        let cuts = [4, 511, 512, 600, 11_000, 11_264, 15_000, 65_000, end];
        for len in cuts {
            fs::write(&master, &whole[..len]).unwrap();
            let refused = Child::open(&child, &master).unwrap().lock();
            assert!(
                matches!(&refused, Err(ImageError::Refused { refusal, .. }) if refusal.code() == "truncated"),
                "{kind}, cut at {len} of {}: {refused:?}",
                whole.len()
            );
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let master = vmdk(folder.path(), KINDS[2], &patterned());
    let child = folder.path().join("child.qcow2");
    overlay(&master).create(&child).unwrap();
    let mut bytes = fs::read(&master).unwrap();
    let (marker, data) = (65536, 65536 + 12);
    assert_eq!(bytes[data], 0x78, "the premise: zlib begins here");
    let len = u32::from_le_bytes(bytes[data - 4..data].try_into().unwrap());
    let end = data + len as usize;
    let lengths = [0, 4, len - 1, 131_073].map(|len: u32| (data - 4, len.to_le_bytes().to_vec()));
    let changed = [data, end - 1].map(|at| (at, vec![bytes[at] ^ 0x55]));
    for (at, damage) in lengths.into_iter().chain(changed) {
        let sound = bytes.clone();
        bytes[at..at + damage.len()].copy_from_slice(&damage);
        fs::write(&master, &bytes).unwrap();
        let open = Child::open(&child, &master).unwrap().read().unwrap();
        let read = open.scratch().unwrap().read_at(0, &mut [0; 4096]);
        let told = read.expect_err("a damaged grain was read").to_string();
        assert!(told.contains("compressed grain"), "{at}: {told}");
        bytes = sound;
    }
    // A grain that unpacks to more than a grain, and one that unpacks to less.
    for size in [65537, 4095] {
        let packed = zeros_packed(size);
        let mut bomb = bytes.clone();
        bomb[data - 4..data].copy_from_slice(&(packed.len() as u32).to_le_bytes());
        bomb[data..data + packed.len()].copy_from_slice(&packed);
        fs::write(&master, &bomb).unwrap();
        let open = Child::open(&child, &master).unwrap().read().unwrap();
        let read = open.scratch().unwrap().read_at(0, &mut [0; 4096]);
        let told = read
            .expect_err("a grain of another size was read")
            .to_string();
        assert!(told.contains("compressed grain"), "{size}: {told}");
    }
    assert_eq!(bytes[marker..marker + 8], [0; 8], "the disk's first sector");
}

/// So many zeros as a zlib stream (RFC 1950) of stored blocks, whose sum is simple.
fn zeros_packed(size: usize) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let mut left = size;
    while left > 0 {
        let len = left.min(40_000);
        left -= len;
        stream.push(u8::from(left == 0));
        stream.extend_from_slice(&(len as u16).to_le_bytes());
        stream.extend_from_slice(&(!(len as u16)).to_le_bytes());
        stream.resize(stream.len() + len, 0);
    }
    // Adler-32 of zeros: the low half stays 1, the high half counts the bytes.
    stream.extend_from_slice(&(((size % 65521) as u32) << 16 | 1).to_be_bytes());
    stream
}

#[test]
fn children_of_one_vmdk_have_one_fingerprint_until_it_changes() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = patterned();
    let master = converted(folder.path(), &bytes, "subformat=streamOptimized");
    let fingerprint = |name: &str| {
        let child = folder.path().join(name);
        if !child.exists() {
            overlay(&master).create(&child).unwrap();
        }
        let open = Child::open(&child, &master).unwrap().read().unwrap();
        open.fingerprint().unwrap()
    };
    assert_eq!(fingerprint("a.qcow2"), None, "the master is too young");
    let settle = || std::thread::sleep(std::time::Duration::from_millis(2100));
    settle();
    let first = fingerprint("a.qcow2").unwrap();
    assert_eq!(fingerprint("b.qcow2"), Some(first));
    fs::write(&master, fs::read(&master).unwrap()).unwrap();
    settle();
    assert_ne!(fingerprint("a.qcow2"), Some(first));
}
