//! A guest that hibernated: its memory, with the file systems that it has open, is saved in its
//! swap space, and an edit would be written over when it resumes.

use std::path::Path;

use osgraft::editor::Choice;
use osgraft::image::{BlockDevice, Child};
use osgraft::prepare::{Inspector, Outcome, Preparer, Report, Reverter, Verifier};
use osgraft::registry::FileRegistry;
use osgraft::{Error, ErrorKind};

use crate::not_shut_down::{crash, fresh};
use crate::support::digest;
use crate::support::fixture::guest;
use crate::support::refusal::refused;
use crate::support::servers::{Serving, registry, share};

/// Where the swap partition of `disk-mbr` begins.
const SWAP: u64 = 15 << 20;

fn choices() -> Vec<Choice> {
    let mut choices = vec![Choice::ext4()];
    #[cfg(feature = "cli")]
    {
        let program = env!("CARGO_BIN_EXE_osgraft");
        let worker = osgraft::editor::Worker::new(program, ["worker"]);
        choices.push(Choice::ext4().worker(worker));
    }
    choices
}

/// Writes into a child as its guest would.
fn write(child: &Path, master: &Path, at: u64, bytes: &[u8]) {
    let locked = Child::open(child, master).unwrap().lock().unwrap();
    let mut scratch = locked.scratch().unwrap();
    scratch.write_at(at, bytes).unwrap();
    let redo = scratch.finish().unwrap();
    assert!(!redo.is_empty(), "the premise: it was not so before");
    locked.commit(&redo).unwrap();
}

fn prepare(
    child: &Child,
    registry: &FileRegistry,
    choice: &Choice,
    server: Option<&str>,
) -> Result<Report, Error> {
    let preparer = Preparer::new(registry, share()).editor(choice.clone());
    match server {
        Some(name) => preparer.server(name).prepare(child),
        None => preparer.prepare(child),
    }
}

const HIBERNATED: (ErrorKind, &[&str]) = (ErrorKind::Guest, &["hibernated"]);

fn assert_hibernated<T>(path: &Path, call: impl FnOnce() -> Result<T, Error>) {
    let (kind, codes) = refused(path, call);
    assert_eq!((kind, codes.as_slice()), HIBERNATED);
}

#[test]
fn a_hibernated_guest_is_refused_whether_or_not_its_journal_waits() {
    let Some(master) = guest("disk-mbr") else {
        return;
    };
    for choice in choices() {
        let folder = tempfile::tempdir().unwrap();
        let registry = registry(folder.path(), Serving::WhatItHas);
        let (path, child) = fresh(folder.path(), &master);
        write(&path, &master, SWAP + 4086, b"S1SUSPEND\0");
        assert_hibernated(&path, || prepare(&child, &registry, &choice, None));
        crash(&path, &master, folder.path());
        assert_hibernated(&path, || prepare(&child, &registry, &choice, None));
        // What is not changed may be looked at.
        let inspection = Inspector::new()
            .editor(choice.clone())
            .inspect(&child)
            .unwrap();
        assert_eq!(inspection.facts.os.unwrap().id, "debian");
    }
}

#[test]
fn a_prepared_guest_that_hibernated_resumes_untouched() {
    let Some(master) = guest("disk-mbr") else {
        return;
    };
    for choice in choices() {
        for crashed in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let registry = registry(folder.path(), Serving::WhatItHas);
            let (path, child) = fresh(folder.path(), &master);
            let first = prepare(&child, &registry, &choice, None).unwrap();
            assert_eq!(first.outcome, Outcome::Changed);
            write(&path, &master, SWAP + 4086, b"S1SUSPEND\0");
            if crashed {
                crash(&path, &master, folder.path());
            }
            let before = digest(&path);

            let again = prepare(&child, &registry, &choice, None).unwrap();
            assert_eq!(again.outcome, Outcome::Unchanged);
            let codes: Vec<_> = again.warnings.iter().map(|w| w.code).collect();
            assert!(codes.contains(&"hibernated"), "{codes:?}");
            let found = Verifier::new()
                .share(share())
                .editor(choice.clone())
                .verify(&child)
                .unwrap();
            assert!(found.intact, "{:?}", found.differences);
            assert_eq!(digest(&path), before);

            let server = first.server.unwrap().name;
            let names = ["debian-12-a", "debian-12-b"];
            let other = names.into_iter().find(|name| *name != server);
            assert_hibernated(&path, || prepare(&child, &registry, &choice, other));
            assert_hibernated(&path, || {
                Reverter::new().editor(choice.clone()).revert(&child)
            });

            // Its saved memory given up, as the remedy says.
            write(&path, &master, SWAP + 4086, b"SWAPSPACE2");
            if !crashed {
                let reverted = Reverter::new()
                    .editor(choice.clone())
                    .revert(&child)
                    .unwrap();
                assert_eq!(reverted.outcome, Outcome::Changed);
            }
        }
    }
}

#[test]
fn a_swap_file_counts_like_a_partition() {
    let Some(master) = guest("disk-hibernated-file") else {
        return;
    };
    for choice in choices() {
        let folder = tempfile::tempdir().unwrap();
        let registry = registry(folder.path(), Serving::WhatItHas);
        let (path, child) = fresh(folder.path(), &master);
        assert_hibernated(&path, || prepare(&child, &registry, &choice, None));
        crash(&path, &master, folder.path());
        assert_hibernated(&path, || prepare(&child, &registry, &choice, None));
    }
}

#[test]
fn every_size_of_page_and_every_kind_of_saved_memory_is_known() {
    let Some(master) = guest("disk-mbr") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let registry = registry(folder.path(), Serving::WhatItHas);
    for page in [4096, 8192, 16384, 32768, 65536] {
        for mark in [
            &b"S1SUSPEND\0"[..],
            b"S2SUSPEND\0",
            b"ULSUSPEND\0",
            b"LINHIB0001",
        ] {
            let _ = std::fs::remove_file(folder.path().join("child.qcow2"));
            let (path, child) = fresh(folder.path(), &master);
            write(&path, &master, SWAP + page - 10, mark);
            assert_hibernated(&path, || prepare(&child, &registry, &Choice::ext4(), None));
        }
    }
    let _ = std::fs::remove_file(folder.path().join("child.qcow2"));
    let (path, child) = fresh(folder.path(), &master);
    write(&path, &master, SWAP, b"\xed\xc3\x02\xe9\x98\x56\xe5\x0c");
    assert_hibernated(&path, || prepare(&child, &registry, &Choice::ext4(), None));
}
