//! Many children at once: on several threads, each is what it would be alone.

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use osgraft::image::{Child, Masters, Overlay};
use osgraft::prepare::{ChildRequest, Outcome, Preparer, Share, verify};
use osgraft::registry::{MemoryRegistry, Registry, RegistryError, Server, Servers, Source};
use osgraft::{Error, ErrorKind};

use crate::support::guest::debian_master;
use crate::support::{assert_clean, digest};

const COUNT: usize = 64;
const BAD: usize = 21;

fn share() -> Share {
    let share = Share::at("/shared").unwrap();
    share.link("/lib/modules", "lib/modules").unwrap()
}

fn registry() -> MemoryRegistry {
    let source = Source::nfs("192.0.2.10:/export/deb12").unwrap();
    let server = Server::new("deb12-a", source).unwrap();
    MemoryRegistry::new(Servers::new(vec![server]).unwrap())
}

fn preparer<R: Registry>(registry: R) -> Preparer<R> {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    Preparer::new(registry, share()).time(time)
}

/// Children of one master in a folder, by their numbers.
fn children(master: &Path, folder: &Path, count: usize) -> Vec<Child> {
    fs::create_dir(folder).unwrap();
    let made = (0..count).map(|number| {
        let path = folder.join(format!("web-{number}.qcow2"));
        Overlay::new(master).create(&path).unwrap();
        Child::open(path, Masters::only(master)).unwrap()
    });
    made.collect()
}

fn paths(children: &[Child]) -> Vec<PathBuf> {
    let paths = children.iter().map(|child| child.path().to_owned());
    paths.collect()
}

fn jobs(jobs: usize) -> NonZeroUsize {
    NonZeroUsize::new(jobs).unwrap()
}

#[test]
fn children_prepared_on_eight_threads_are_what_they_are_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    let master = debian_master(folder.path());
    let master_before = digest(&master);
    let many = children(&master, &folder.path().join("many"), COUNT);
    let alone = children(&master, &folder.path().join("alone"), COUNT);
    let bad = many[BAD].path().to_owned();
    fs::write(&bad, "no image at all").unwrap();

    let mut reports = Vec::new();
    preparer(registry()).prepare_all(many.clone(), jobs(8), |number, result| {
        assert_eq!(number, reports.len(), "in order");
        reports.push(result);
    });

    assert_eq!(reports.len(), COUNT);
    for (number, (child, result)) in many.iter().zip(reports).enumerate() {
        if number == BAD {
            assert_eq!(result.unwrap_err().kind(), ErrorKind::ImageRefused);
            continue;
        }
        let report = result.unwrap();
        assert_eq!(report.outcome, Outcome::Changed);
        assert_eq!(report.child, child.path());
        let verified = verify(child, Some(&share())).unwrap();
        assert!(verified.intact, "{:?}", verified.differences);
        assert_clean(child.path());
        preparer(registry()).prepare(&alone[number]).unwrap();
        assert_eq!(
            digest(child.path()),
            digest(alone[number].path()),
            "child {number} differs from one that was prepared alone"
        );
    }
    assert_eq!(fs::read(&bad).unwrap(), b"no image at all");
    assert_eq!(digest(&master), master_before);
    // Nothing else is left beside the children.
    assert_eq!(
        fs::read_dir(folder.path().join("many")).unwrap().count(),
        COUNT
    );

    let mut again = BTreeMap::new();
    preparer(registry()).prepare_all(many, jobs(3), |_, result| {
        let outcome = match result {
            Ok(report) => format!("{:?}", report.outcome),
            Err(error) => format!("{:?}", error.kind()),
        };
        *again.entry(outcome).or_insert(0) += 1;
    });
    let counted: Vec<(String, usize)> = again.into_iter().collect();
    assert_eq!(
        counted,
        [("ImageRefused".into(), 1), ("Unchanged".into(), COUNT - 1)]
    );
}

/// One edit of a fresh child fits its siblings, and those alone.
#[test]
fn fresh_children_of_one_master_take_the_edit_of_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let master = debian_master(folder.path());
    // A master that changed just now has no fingerprint yet.
    std::thread::sleep(Duration::from_millis(2100));
    let row = children(&master, &folder.path().join("row"), 6);
    let alone = children(&master, &folder.path().join("alone"), 1).remove(0);
    let named = preparer(registry()).keep_edits();
    let mut editors = Vec::new();
    named.prepare_all(row.clone(), jobs(1), |_, result| {
        let report = result.unwrap();
        assert_eq!(report.outcome, Outcome::Changed);
        assert!(!report.edits.is_empty() && report.redo_bytes > 0);
        editors.push(report.editor.name);
    });
    assert_eq!(
        editors,
        ["ext4", "cache", "cache", "cache", "cache", "cache"]
    );
    preparer(registry()).prepare(&alone).unwrap();
    for child in &row {
        assert_eq!(digest(child.path()), digest(alone.path()));
        assert!(verify(child, Some(&share())).unwrap().intact);
    }
    assert_clean(row[5].path());

    // One that was prepared is no fresh one, and neither is one of another master.
    let again = named.prepare(&row[0]).unwrap();
    assert_eq!(
        (again.outcome, again.editor.name),
        (Outcome::Unchanged, "ext4")
    );
    let other = folder.path().join("other.qcow2");
    fs::copy(&master, &other).unwrap();
    std::thread::sleep(Duration::from_millis(2100));
    let other = children(&other, &folder.path().join("other"), 1).remove(0);
    assert_eq!(named.prepare(&other).unwrap().editor.name, "ext4");
    // The same children, for another server.
    let moved = children(&master, &folder.path().join("moved"), 1).remove(0);
    let source = Source::nfs("192.0.2.11:/export/deb12").unwrap();
    let server = Server::new("deb12-b", source).unwrap();
    let servers = MemoryRegistry::new(Servers::new(vec![server]).unwrap());
    let moved = preparer(servers).keep_edits().prepare(&moved).unwrap();
    assert_eq!(
        (moved.server.unwrap().name, moved.editor.name),
        ("deb12-b".into(), "ext4")
    );
}

#[test]
fn one_child_named_twice_is_prepared_once() {
    let folder = tempfile::tempdir().unwrap();
    let master = debian_master(folder.path());
    let child = children(&master, &folder.path().join("c"), 1).remove(0);
    let twice = vec![child.clone(); 6];
    let mut outcomes = Vec::new();
    preparer(registry()).prepare_all(twice, jobs(6), |_, result| {
        outcomes.push(result.unwrap().outcome);
    });
    let changed = outcomes.iter().filter(|o| **o == Outcome::Changed).count();
    assert_eq!((changed, outcomes.len()), (1, 6), "{outcomes:?}");
    assert_clean(child.path());
}

#[test]
fn a_master_that_is_named_as_a_child_does_not_keep_its_children_out() {
    let folder = tempfile::tempdir().unwrap();
    let master = debian_master(folder.path());
    let children = children(&master, &folder.path().join("c"), 40);
    let wrong = Child::open(&master, Masters::only(&master)).unwrap();
    let row = children
        .into_iter()
        .flat_map(|child| [child, wrong.clone()]);
    preparer(registry()).prepare_all(row, jobs(8), |number, result| match number % 2 {
        0 => assert_eq!(result.unwrap().outcome, Outcome::Changed),
        _ => assert_eq!(result.unwrap_err().kind(), ErrorKind::ImageRefused),
    });
}

/// Panics when it is asked for the third time.
struct Fragile {
    inner: MemoryRegistry,
    asked: AtomicUsize,
}

impl Registry for Fragile {
    fn servers(&self) -> Result<Servers, RegistryError> {
        assert_ne!(self.asked.fetch_add(1, Ordering::SeqCst), 2, "out of order");
        self.inner.servers()
    }
}

#[test]
fn a_panic_is_an_error_of_its_own_child() {
    let folder = tempfile::tempdir().unwrap();
    let master = debian_master(folder.path());
    let children = children(&master, &folder.path().join("c"), 8);
    let pristine: Vec<_> = paths(&children).iter().map(|path| digest(path)).collect();
    let fragile = Fragile {
        inner: registry(),
        asked: AtomicUsize::new(0),
    };
    let mut failed = Vec::new();
    preparer(fragile).prepare_all(children.clone(), jobs(4), |number, result| {
        if let Err(error) = result {
            assert!(matches!(error, Error::Panicked(_)), "{error}");
            assert_eq!(error.kind(), ErrorKind::Host);
            assert!(error.to_string().contains("out of order"), "{error}");
            failed.push(number);
        }
    });
    let [failed] = failed[..] else {
        panic!("not one: {failed:?}");
    };
    for (number, child) in children.iter().enumerate() {
        let intact = verify(child, None).unwrap().intact;
        assert_eq!(intact, number != failed, "child {number}");
    }
    assert_eq!(digest(children[failed].path()), pristine[failed]);
}

/// Children that carry the same file name, as `inst/7/disk` does, are told apart by what each is
/// known by; and one of them has a server of its own.
#[test]
fn each_child_of_a_row_has_its_own_identity_and_server() {
    let folder = tempfile::tempdir().unwrap();
    let master = debian_master(folder.path());
    let names = ["a", "b", "c", "d"];
    let server = |name: &&str| {
        let export = format!("192.0.2.10:/export/{name}");
        Server::new(name, Source::nfs(&export).unwrap()).unwrap()
    };
    let servers = || MemoryRegistry::new(Servers::new(names.iter().map(server).collect()).unwrap());
    let children: Vec<Child> = (0..24)
        .map(|number| {
            let folder = folder.path().join(format!("inst-{number}"));
            fs::create_dir(&folder).unwrap();
            Overlay::new(&master).create(folder.join("disk")).unwrap();
            Child::open(folder.join("disk"), Masters::only(&master)).unwrap()
        })
        .collect();
    let row = children.iter().cloned().enumerate().map(|(number, child)| {
        let request = ChildRequest::new(child).known_as(format!("uuid-{number}"));
        match number {
            0 => request.server("d"),
            _ => request,
        }
    });
    let mut given = Vec::new();
    preparer(servers()).prepare_all(row, jobs(4), |_, result| {
        given.push(result.unwrap().server.unwrap());
    });
    assert_eq!(given[0].name, "d");
    assert_eq!(given[0].reason, "asked for by name");
    let different: std::collections::BTreeSet<_> = given[1..].iter().map(|s| &s.name).collect();
    assert!(different.len() > 2, "{different:?}");

    // Each has what it has alone, under that identity; the pin is its receipt's.
    let mut row = Vec::new();
    for (number, child) in children.iter().enumerate() {
        let alone = preparer(servers()).known_as(format!("uuid-{number}"));
        let report = alone.prepare(child).unwrap();
        assert_eq!(report.outcome, Outcome::Unchanged, "child {number}");
        row.push(report.server.unwrap());
    }
    assert_eq!(row[0].reason, "pinned by an earlier --server");
    assert_eq!(row[1..], given[1..]);
}
