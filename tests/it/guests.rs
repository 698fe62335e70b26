//! Every small guest of `fixtures/INDEX.md`, on a real disk: grafted and taken back with every
//! path compared, or refused by name with no byte changed.

mod comparison;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Mutex;

use osgraft::editor::Choice;
use osgraft::image::{Child, Overlay};
use osgraft::prepare::Preparer;
use osgraft::registry::FileRegistry;

use crate::support::fixture::{self, digest_by_tool, guest};
use crate::support::graft::prove;
use crate::support::refusal::refused;
use crate::support::servers::{registry, share};
use table::{Guest, Outcome};

/// How many guests of a family are at work at a time.
const THREADS: usize = 2;

#[test]
fn distributions_are_grafted_and_restored() {
    each(&table::distributions());
}

#[test]
fn the_root_is_found_on_each_disk_or_the_disk_refused() {
    each(&table::disks());
}

#[test]
fn each_file_system_is_edited_soundly_or_refused() {
    each(&table::file_systems());
}

#[test]
fn each_fstab_keeps_its_other_bytes_or_is_refused() {
    each(&table::fstabs());
}

#[test]
fn what_stands_in_the_way_is_refused_and_what_does_not_is_kept() {
    each(&table::preflights());
}

#[test]
fn generators_index_and_table_name_the_same_guests() {
    let made: BTreeSet<String> = fixture::guests().into_iter().collect();
    let index = std::fs::read_to_string(fixture::root().join("fixtures/INDEX.md")).unwrap();
    let indexed: BTreeSet<String> = index
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(name, _)| name.to_owned())
        .collect();
    let mut tabled = BTreeMap::new();
    for row in table::all() {
        *tabled.entry(row.name.to_owned()).or_insert(0) += 1;
    }
    assert!(made.len() >= 80, "the premise: {} guests", made.len());
    assert_eq!(
        made, indexed,
        "what is made (left) and what INDEX.md names (right)"
    );
    assert_eq!(
        made,
        tabled.keys().cloned().collect(),
        "what is made (left) and what this test's table names (right)"
    );
    assert!(tabled.values().all(|rows| *rows == 1), "{tabled:?}");
}

/// Tries all guests of a family and tells of every one that fails.
fn each(rows: &[Guest]) {
    let next = Mutex::new(rows.iter());
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let row = next.lock().unwrap().next();
                    let Some(row) = row else { break };
                    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| try_guest(row))) {
                        let why = panic.downcast_ref::<String>().cloned();
                        let why = why.unwrap_or_else(|| "see above".to_owned());
                        failed.lock().unwrap().push(format!("{}: {why}", row.name));
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

fn try_guest(row: &Guest) {
    let Some(master) = guest(row.name) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let registry = registry(folder.path(), row.serving);
    match &row.outcome {
        Outcome::Edited(expected) => {
            prove(&master, folder.path(), &registry, expected);
        }
        Outcome::Refused(kind, codes) => {
            let found = refuse(&master, folder.path(), &registry);
            assert_eq!(found, (*kind, codes.to_vec()));
        }
    }
}

/// Prepare and plan refuse for the same reason, and neither writes.
fn refuse(
    master: &Path,
    folder: &Path,
    registry: &FileRegistry,
) -> (osgraft::ErrorKind, Vec<&'static str>) {
    let master_before = digest_by_tool(master);
    let child = folder.join("child.qcow2");
    Overlay::new(master).create(&child).unwrap();
    let handle = Child::open(&child, master).unwrap();
    let preparer = Preparer::new(registry, share()).editor(Choice::ext4());
    let found = refused(&child, || preparer.prepare(&handle));
    let planned = refused(&child, || preparer.plan(&handle));
    assert_eq!(planned, found, "plan refuses for another reason");
    assert_eq!(digest_by_tool(master), master_before, "the master changed");
    let names: Vec<_> = std::fs::read_dir(folder).unwrap().collect();
    assert_eq!(names.len(), 2, "something was left behind: {names:?}");
    found
}
