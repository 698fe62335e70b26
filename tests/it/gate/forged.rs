use std::fs;
use std::os::unix::fs::FileExt;

use osgraft::image::{Child, Masters, Recovered};
use sha2::{Digest, Sha256};

use super::scene::{SOUND, Scene, put32, put64};
use crate::support::{patterned_master, run, text};

const CLUSTER: u64 = 65536;

/// What says at a file's end that an edit is under way there, with a record of no bytes.
fn trailer(numbers: [u64; 5]) -> [u8; 512] {
    trailer_of(numbers, &[])
}

/// The same with this record.
fn trailer_of(
    [old_len, tail_start, new_len, record_start, record_len]: [u64; 5],
    record: &[u8],
) -> [u8; 512] {
    let mut bytes = b"osgraft trailer\0".to_vec();
    for number in [old_len, tail_start, new_len, record_start, record_len] {
        bytes.extend(number.to_be_bytes());
    }
    bytes.extend(Sha256::digest(record));
    let check = Sha256::digest(&bytes);
    bytes.extend(check);
    bytes.resize(512, 0);
    bytes.try_into().unwrap()
}

/// A guest decides what its disk holds, and the last cluster of a file is one of its disk's.
#[test]
fn what_a_guest_writes_at_the_file_s_end_is_no_edit_of_ours() {
    let scene = Scene::new();
    let whole = scene.sound_child();
    let last = whole.len() - CLUSTER as usize;
    let torn = |len: usize| {
        let mut bytes = whole[..last + 2048].to_vec();
        bytes.extend(&trailer([1 << 20; 5])[..len]);
        bytes
    };
    let end = whole.len() as u64;
    let mut forged = whole.to_vec();
    // A finished edit of a shorter disk: the clusters behind that are in use now.
    let start = end - 512;
    let earlier = end - 2 * CLUSTER;
    forged[start as usize..].copy_from_slice(&trailer([earlier, earlier, earlier, start, 0]));
    // One whose disk ended in the last cluster, and whose record something else lies over.
    let mut grown_over = whole.to_vec();
    let numbers = [earlier, earlier, end - 1100, end - 1024, 512];
    grown_over[start as usize..].copy_from_slice(&trailer(numbers));
    for (what, bytes) in [
        ("a trailer whose record is gone", grown_over),
        ("one byte of a trailer", torn(1)),
        ("a torn trailer", torn(23)),
        ("a torn trailer that says where to cut", torn(100)),
        ("a whole trailer", forged),
    ] {
        fs::write(scene.child(), &bytes).unwrap();
        let child = Child::open(scene.child(), Masters::beside_child()).unwrap();
        assert!(child.read().is_ok(), "{what}");
        assert_eq!(child.recover().unwrap(), Recovered::Nothing, "{what}");
        assert_eq!(
            child.lock().unwrap().recovered(),
            Recovered::Nothing,
            "{what}"
        );
        assert!(
            fs::read(scene.child()).unwrap() == bytes,
            "{what}: it was cut"
        );
        scene.try_child(what, SOUND);
    }
}

/// The last cluster of a file holds a whole edit, record and trailer with right digests, whose new
/// end lies in that cluster too. It is in use, so all of it is the guest's.
#[test]
fn a_whole_edit_in_a_cluster_in_use_is_the_guests() {
    let folder = tempfile::tempdir().unwrap();
    let master = patterned_master(folder.path(), 4);
    for (cluster, options) in [
        (512_u64, "cluster_size=512"),
        (4096, "cluster_size=4096"),
        (65536, "cluster_size=65536"),
        (65536, "compat=0.10"),
        (2 << 20, "cluster_size=2M"),
    ] {
        let child = folder.path().join("child.qcow2");
        let create = ["create", "-q", "-f", "qcow2", "-F", "qcow2", "-o", options];
        run(
            "qemu-img",
            &[&create[..], &["-b", text(&master), text(&child)]].concat(),
        );
        let write = ["-f", "qcow2", "-c", "write -P 0x5a 0 2M", text(&child)];
        run("qemu-io", &write);
        let whole = fs::read(&child).unwrap();
        let len = whole.len() as u64;
        assert!(len.is_multiple_of(cluster), "the premise: whole clusters");
        let last = len - cluster;
        assert!(
            whole[last as usize..].iter().all(|byte| *byte == 0x5a),
            "the premise: the guest's data"
        );
        let start = len - 512;
        let record = [0x5a; 512];
        // Room for the record in the same cluster, and one that begins in the cluster before.
        for (record_start, new_len) in [
            (start, start),
            (start.saturating_sub(512), start.saturating_sub(1024)),
            (start - 512, last.saturating_sub(100)),
        ] {
            let record_len = start - record_start;
            for old_len in [last - cluster, last, new_len] {
                let tail_start = old_len.next_multiple_of(cluster);
                let numbers = [old_len, tail_start, new_len, record_start, record_len];
                let told = format!("{options}: {numbers:?}");
                let mut bytes = whole.clone();
                let forged = trailer_of(numbers, &record[..record_len as usize]);
                bytes[start as usize..].copy_from_slice(&forged);
                fs::write(&child, &bytes).unwrap();
                let handle = Child::open(&child, &master).unwrap();
                assert!(handle.read().is_ok(), "{told}");
                assert_eq!(handle.recover().unwrap(), Recovered::Nothing, "{told}");
                drop(handle.lock().unwrap());
                assert!(fs::read(&child).unwrap() == bytes, "{told}: it changed");
            }
        }
    }
}

/// Behind the last cluster in use such a trailer is cut off, but nothing of that cluster.
#[test]
fn what_is_cut_off_ends_at_the_last_cluster_in_use() {
    let scene = Scene::new();
    let whole = scene.sound_child();
    let end = whole.len() as u64;
    let inside = end - 1000;
    for (what, numbers) in [
        ("a new end in use", [end, end, inside, end, 0]),
        ("an old end in use", [inside, end, end, end, 0]),
        ("both", [inside, end, inside, end, 0]),
        (
            "an old disk of one cluster",
            [CLUSTER, CLUSTER, end, end, 0],
        ),
    ] {
        let mut bytes = whole.to_vec();
        bytes[inside as usize] = 0x5a;
        let kept = bytes.clone();
        bytes.extend(trailer(numbers));
        fs::write(scene.child(), &bytes).unwrap();
        let child = Child::open(scene.child(), Masters::beside_child()).unwrap();
        child.recover().unwrap();
        let now = fs::read(scene.child()).unwrap();
        assert!(now.starts_with(&kept), "{what}: {} bytes left", now.len());
    }
}

/// A trailer is believed within bounds, and what it asks for costs no memory that is not there.
#[test]
fn forged_trailers_cost_neither_memory_nor_the_image() {
    let scene = Scene::new();
    let end = scene.sound_child().len() as u64;
    let far = 1 << 40;
    for (what, guarded, numbers, want) in [
        ("a gap of 1 TiB", false, [end, far, far, far, 0], SOUND),
        (
            "a gap of 1 TiB, guarded",
            true,
            [end, far, far, far, 0],
            "bad-record",
        ),
        (
            "a record of 1 GiB",
            true,
            [end, end, end, far, 1 << 30],
            "bad-record",
        ),
        (
            "a record of 1 TiB",
            true,
            [end, end, end, far, far],
            "bad-record",
        ),
        (
            "a record past all offsets",
            true,
            [end, end, end, u64::MAX - 100, 99],
            "bad-record",
        ),
        (
            "a record of nothing",
            true,
            [end, end, end, end, 0],
            "bad-record",
        ),
    ] {
        let mut bytes = scene.sound_child().to_vec();
        if guarded {
            put64(&mut bytes, 72, 1 << 63);
        }
        fs::write(scene.child(), &bytes).unwrap();
        let file = fs::OpenOptions::new()
            .write(true)
            .open(scene.child())
            .unwrap();
        let [.., start, len] = numbers;
        let at = start
            .saturating_add(len)
            .min(far + (1 << 30))
            .next_multiple_of(512);
        file.write_all_at(&trailer(numbers), at).unwrap();
        for command in ["recover", "prepare", "inspect"] {
            let told = scene.told(what, &[command, text(&scene.child())]);
            let want = match (guarded, command) {
                (true, "inspect") => "edit-pending",
                _ => want,
            };
            assert_eq!(told, want, "{what}: {command}");
        }
        let now = fs::File::open(scene.child()).unwrap();
        let mut head = vec![0; bytes.len()];
        now.read_exact_at(&mut head, 0).unwrap();
        assert!(head == bytes, "{what}: the image changed");
    }
    // A header that both a trailer and a guard speak for, and neither with reason.
    let mut bytes = scene.sound_child().to_vec();
    put32(&mut bytes, 4, 0x4f00_0002);
    fs::write(scene.child(), &bytes).unwrap();
    let told = scene.told("version 2's guard", &["recover", text(&scene.child())]);
    assert_eq!(told, "bad-record");
}
