//! A guest that crashed and is to start again: its journal waits to be replayed, by the guest.

use std::path::{Path, PathBuf};

use osgraft::Error;
use osgraft::editor::{Choice, EditorError};
use osgraft::image::{BlockDevice, Child};
use osgraft::prepare::{Outcome, Preparer, Report, Reverter, verify};

use crate::support::digest;
use crate::support::fixture::{guest, overlay};
use crate::support::run;
use crate::support::servers::{Serving, registry, share};
use crate::support::text;

/// Where the root's superblock lies.
const SUPERBLOCK: u64 = (1 << 20) + 1024;

pub(crate) fn fresh(folder: &Path, master: &Path) -> (PathBuf, Child) {
    let path = folder.join("child.qcow2");
    overlay(master).create(&path).unwrap();
    let child = Child::open(&path, master).unwrap();
    (path, child)
}

/// Sets the flag that the kernel sets while it has a file system mounted, as e2fsprogs writes it.
pub(crate) fn crash(child: &Path, master: &Path, folder: &Path) {
    let raw = folder.join("raw");
    run(
        "qemu-img",
        &["convert", "-O", "raw", text(child), text(&raw)],
    );
    let root = format!("{}?offset=1048576", text(&raw));
    run("debugfs", &["-w", "-R", "feature needs_recovery", &root]);
    let mut crashed = std::fs::read(&raw).unwrap();
    let superblock = &mut crashed[SUPERBLOCK as usize..][..1024];
    let locked = Child::open(child, master).unwrap().lock().unwrap();
    let mut scratch = locked.scratch().unwrap();
    scratch.write_at(SUPERBLOCK, superblock).unwrap();
    let redo = scratch.finish().unwrap();
    assert!(!redo.is_empty(), "the premise: the flag was not set before");
    locked.commit(&redo).unwrap();
}

fn refused(result: Result<Report, Error>) {
    match result.unwrap_err() {
        Error::Editor(error @ EditorError::Ext4 { .. }) => {
            assert_eq!(error.code(), "needs-recovery");
        }
        other => panic!("{other}"),
    }
}

#[test]
fn a_crashed_guest_that_is_prepared_starts_again_without_being_touched() {
    let Some(master) = guest("debian12") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let registry = registry(folder.path(), Serving::WhatItHas);
    let (path, child) = fresh(folder.path(), &master);
    let preparer = || Preparer::new(&registry, share()).editor(Choice::ext4());
    let first = preparer().prepare(&child).unwrap();
    assert_eq!(first.outcome, Outcome::Changed);
    crash(&path, &master, folder.path());
    let before = digest(&path);

    let again = preparer().prepare(&child).unwrap();
    assert_eq!(again.outcome, Outcome::Unchanged);
    assert!(again.edits.is_empty());
    let warning = again.warnings.iter().find(|w| w.code == "not-shut-down");
    let warning = warning.expect("it is told");
    assert!(warning.text.contains("needs-recovery"), "{}", warning.text);
    assert!(verify(&child, Some(&share())).unwrap().intact);

    // What would have to be changed waits for the journal.
    let server = first.server.unwrap().name;
    let names = ["debian-12-a", "debian-12-b"];
    assert!(names.contains(&server.as_str()), "the premise: {server}");
    let other = names.into_iter().find(|name| *name != server).unwrap();
    refused(preparer().server(other).prepare(&child));
    refused(Reverter::new().editor(Choice::ext4()).revert(&child));
    assert_eq!(digest(&path), before);
}

#[test]
fn a_crashed_guest_that_is_not_prepared_is_refused() {
    let Some(master) = guest("debian12") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let registry = registry(folder.path(), Serving::WhatItHas);
    let (path, child) = fresh(folder.path(), &master);
    crash(&path, &master, folder.path());
    let before = digest(&path);
    refused(
        Preparer::new(&registry, share())
            .editor(Choice::ext4())
            .prepare(&child),
    );
    assert_eq!(digest(&path), before);
}
