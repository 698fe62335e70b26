use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use super::super::faults::{Fault, Operation};
use super::super::{Child, Masters, Overlay};
use super::*;

/// A disk, and an overlay on it.
struct Disk {
    folder: TempDir,
}

/// More than one L2 table maps, and no whole cluster at the end.
const SIZE: u64 = (600 << 20) + 512;
/// For what is done many times.
const SMALL: u64 = (2 << 20) + 512;
const MIB: u64 = 1 << 20;

impl Disk {
    fn new() -> Self {
        Self::of(SIZE)
    }

    fn of(size: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let master = std::fs::File::create(folder.path().join("master.raw")).unwrap();
        master.set_len(size).unwrap();
        let write = |at: u64, byte: u8, len: usize| {
            std::os::unix::fs::FileExt::write_all_at(&master, &vec![byte; len], at).unwrap();
        };
        write(0, 1, 512);
        write(MIB, 2, 256 << 10);
        if size == SIZE {
            write(520 * MIB, 3, 4096);
        }
        write(size - 512, 4, 512);
        let disk = Self { folder };
        Overlay::new(disk.at("master.raw"))
            .format(MasterFormat::Raw)
            .create(disk.at("child.qcow2"))
            .unwrap();
        disk
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn scratch(&self) -> Scratch {
        let masters = Masters::only(self.at("master.raw"));
        let child = Child::open(self.at("child.qcow2"), masters).unwrap();
        child.read().unwrap().scratch().unwrap()
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn qemu_img(&self, args: &[&str]) -> (bool, String) {
        let mut command = Command::new("qemu-img");
        let output = command.args(args).current_dir(self.folder.path());
        let output = output.output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    }
}

#[test]
fn a_new_disk_holds_what_its_chain_holds_and_passes_qemus_check() {
    let disk = Disk::new();
    let mut scratch = disk.scratch();
    scratch.write_at(560 * MIB + 100, b"edited").unwrap();
    let filled = NewDisk::new(MasterFormat::Qcow2);
    let filled = filled
        .create(&mut scratch, &[], disk.at("new.qcow2"))
        .unwrap();
    // Of 0 and the end one each, four of 256 KiB, one of the third, one of the edit.
    assert_eq!(filled.whole, 8 * CLUSTER);
    assert_eq!(filled.written, 8 * CLUSTER);
    let (sound, said) = disk.qemu_img(&["check", "new.qcow2"]);
    assert!(sound && said.contains("No errors"), "{said}");
    NewDisk::new(MasterFormat::Raw)
        .create(&mut scratch, &[], disk.at("new.raw"))
        .unwrap();
    let compare = [
        "compare",
        "-f",
        "raw",
        "-F",
        "qcow2",
        "new.raw",
        "new.qcow2",
    ];
    let (same, said) = disk.qemu_img(&compare);
    assert!(same, "{said}");
    // The edit alone differs.
    let mut edited = vec![0; 6];
    std::os::unix::fs::FileExt::read_exact_at(
        &std::fs::File::open(disk.at("new.raw")).unwrap(),
        &mut edited,
        560 * MIB + 100,
    )
    .unwrap();
    assert_eq!(edited, b"edited");
    std::os::unix::fs::FileExt::write_all_at(
        &std::fs::OpenOptions::new()
            .write(true)
            .open(disk.at("new.raw"))
            .unwrap(),
        &[0; 6],
        560 * MIB + 100,
    )
    .unwrap();
    let compare = ["compare", "-f", "raw", "-F", "raw", "new.raw", "master.raw"];
    let (same, said) = disk.qemu_img(&compare);
    assert!(same, "{said}");
    assert!(filled.allocated < MIB, "{}", filled.allocated);
}

#[test]
fn unused_ranges_are_left_out_and_read_as_zeros() {
    let disk = Disk::new();
    let unused = [MIB + 1000..MIB + (192 << 10), 520 * MIB..521 * MIB];
    let filled = NewDisk::new(MasterFormat::Qcow2);
    let mut scratch = disk.scratch();
    let filled = filled
        .create(&mut scratch, &unused, disk.at("new.qcow2"))
        .unwrap();
    assert_eq!((filled.whole, filled.written), (7 * CLUSTER, 4 * CLUSTER));
    let (done, said) = disk.qemu_img(&["convert", "-O", "raw", "new.qcow2", "new.raw"]);
    assert!(done, "{said}");
    let bytes = std::fs::read(disk.at("new.raw")).unwrap();
    let at = |offset: u64| bytes[offset as usize];
    assert_eq!((at(MIB + 999), at(MIB + 1000)), (2, 0));
    assert_eq!((at(MIB + (192 << 10) - 1), at(MIB + (192 << 10))), (0, 2));
    assert_eq!((at(0), at(520 * MIB), at(SIZE - 1)), (1, 0, 4));
}

#[test]
fn a_file_that_is_not_wanted_does_not_appear() {
    let disk = Disk::of(SMALL);
    for faults in [Faults::none(), Faults::none().without_unnamed_files()] {
        let new = NewDisk::new(MasterFormat::Qcow2).with_faults(faults);
        let made = new.create_where(&mut disk.scratch(), &[], disk.at("new.qcow2"), |filled| {
            filled.written < filled.whole
        });
        assert!(made.unwrap().is_err());
        assert_eq!(disk.names(), ["child.qcow2", "master.raw"]);
    }
}

#[test]
fn a_name_that_is_taken_is_left_alone() {
    let disk = Disk::of(SMALL);
    let new = NewDisk::new(MasterFormat::Raw);
    let error = new.create(&mut disk.scratch(), &[], disk.at("child.qcow2"));
    assert_eq!(error.unwrap_err().code(), "image-exists");
}

/// Killed at each operation, and the disk full from each one on.
#[test]
fn whenever_it_stops_nothing_lies_there_that_looks_finished() {
    let disk = Disk::of(SMALL);
    let compare = [
        "compare",
        "-f",
        "raw",
        "-F",
        "qcow2",
        "master.raw",
        "new.qcow2",
    ];
    for is_unnamed in [true, false] {
        for fault in [Fault::Kill, Fault::ErrorFromHere(libc::ENOSPC)] {
            for operation in 0.. {
                let faults = Faults::at(operation, fault);
                let faults = match is_unnamed {
                    true => faults,
                    false => faults.without_unnamed_files(),
                };
                let new = NewDisk::new(MasterFormat::Qcow2).with_faults(faults.clone());
                let made = new.create(&mut disk.scratch(), &[], disk.at("new.qcow2"));
                if !faults.struck() {
                    made.unwrap();
                    assert!(operation > 8, "{operation}");
                    std::fs::remove_file(disk.at("new.qcow2")).unwrap();
                    break;
                }
                let was_last = matches!(faults.operations().last(), Some(Operation::SyncFolder));
                match disk.at("new.qcow2").exists() {
                    // Its name was all that was not flushed.
                    true => {
                        assert!(was_last, "{operation}");
                        let (same, said) = disk.qemu_img(&compare);
                        assert!(same, "{said}");
                        std::fs::remove_file(disk.at("new.qcow2")).unwrap();
                    }
                    false => assert!(made.is_err(), "{operation}"),
                }
                let left = disk
                    .names()
                    .into_iter()
                    .filter(|name| !name.starts_with('.'));
                assert_eq!(left.collect::<Vec<_>>(), ["child.qcow2", "master.raw"]);
                // What is left is no obstacle.
                let again = NewDisk::new(MasterFormat::Qcow2);
                let again = again.with_faults(Faults::none().without_unnamed_files());
                again
                    .create(&mut disk.scratch(), &[], disk.at("new.qcow2"))
                    .unwrap();
                std::fs::remove_file(disk.at("new.qcow2")).unwrap();
                assert_eq!(disk.names(), ["child.qcow2", "master.raw"]);
            }
        }
    }
}
