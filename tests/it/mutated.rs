//! Damaged file systems by the thousand: whatever is wrong with one, the worker that parses it
//! gives a typed error or an edit, and neither hangs, outlives its caller nor harms a file.

/// Where a file system's metadata lies, and how it is damaged.
mod damage;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::FileExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant, UNIX_EPOCH};

use osgraft::Error;
use osgraft::editor::{Choice, EditorError, Worker};
use osgraft::image::{Child, MasterFormat, Overlay};
use osgraft::prepare::{Preparer, Report};

use self::damage::Map;
use crate::support::guest::debian_disk;
use crate::support::random::Random;
use crate::support::refusal::{assert_plain_line, codes};
use crate::support::servers::{Serving, registry, share};
use crate::support::{assert_clean, children_of_this_thread, run, text};

/// What a worker may take, and what a call may take in all.
const DEADLINE: Duration = Duration::from_secs(10);
const IN_ALL: Duration = Duration::from_secs(15);

/// mke2fs' arguments and the disk's size. Without checksums damage is not noticed by these alone.
const KINDS: [(&[&str], &str); 4] = [
    (
        &[
            "-t",
            "ext4",
            "-b",
            "1024",
            "-O",
            "^metadata_csum",
            "-J",
            "size=1",
        ],
        "8M",
    ),
    (&["-t", "ext4", "-O", "^metadata_csum,^64bit"], "8M"),
    (&["-t", "ext4", "-b", "1024", "-J", "size=1"], "8M"),
    (
        &["-t", "ext3", "-b", "1024", "-I", "128", "-J", "size=1"],
        "8M",
    ),
];

#[test]
fn damaged_file_systems_end_in_an_answer() {
    damage_each(75);
}

/// `make test-corpus`.
#[test]
#[ignore = "minutes"]
fn thousands_of_damaged_file_systems_end_in_an_answer() {
    damage_each(600);
}

fn damage_each(times: u64) {
    let mut outcomes = BTreeMap::new();
    for (kind, (arguments, size)) in KINDS.iter().enumerate() {
        // In memory, where it can be had: each image is synced to its disk.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let folder = folder.unwrap();
        let master = debian_disk(folder.path(), arguments, size);
        attribute(&master);
        let bench = Bench::new(folder.path(), &master);
        assert_eq!(bench.outcome("undamaged"), "edited", "the premise");
        for number in 0..times {
            let mut random = Random::new(1 + kind as u64 * 1_000_000 + number);
            let damaged = bench.map.damage(&bench.sound, &mut random);
            let outcome = bench.with(&damaged, || bench.outcome(&format!("{kind}/{number}")));
            *outcomes.entry(outcome).or_insert(0) += 1;
        }
    }
    let all: u64 = outcomes.values().sum();
    let mut told = format!("{all} damaged file systems:\n");
    for (outcome, count) in &outcomes {
        told += &format!("{count:6} {outcome}\n");
    }
    // Past the harness, which shows it for failed tests alone.
    let _ = std::io::stderr().write_all(told.as_bytes());
    assert_eq!(all, times * KINDS.len() as u64);
    let edited = outcomes.get("edited").copied().unwrap_or_default();
    assert!(
        edited * 20 > all && edited * 10 < all * 9,
        "one-sided: {told}"
    );
    assert!(
        outcomes.len() > 8,
        "the premise: damage of many kinds: {told}"
    );
}

/// An attribute too long for its inode, in a block of its own.
fn attribute(disk: &Path) {
    let set = format!("ea_set /etc/fstab user.note {}", "n".repeat(700));
    run("debugfs", &["-w", "-R", &set, text(disk)]);
}

/// A child on a raw master, and what prepares it.
struct Bench {
    folder: std::path::PathBuf,
    master: std::path::PathBuf,
    child: std::path::PathBuf,
    sound: Vec<u8>,
    pristine: Vec<u8>,
    map: Map,
}

impl Bench {
    fn new(folder: &Path, master: &Path) -> Self {
        let sound = fs::read(master).unwrap();
        let child = folder.join("child.qcow2");
        Overlay::new(master)
            .format(MasterFormat::Raw)
            .create(&child)
            .unwrap();
        Self {
            folder: folder.to_owned(),
            master: master.to_owned(),
            pristine: fs::read(&child).unwrap(),
            map: Map::of(&sound),
            child,
            sound,
        }
    }

    /// Damages the master for the time of a call, and holds it against what it was damaged to.
    fn with(&self, damaged: &[(usize, Vec<u8>)], call: impl FnOnce() -> String) -> String {
        let file = fs::File::options().write(true).open(&self.master).unwrap();
        let mut whole = self.sound.clone();
        for (at, bytes) in damaged {
            whole[*at..][..bytes.len()].copy_from_slice(bytes);
            file.write_all_at(bytes, *at as u64).unwrap();
        }
        let outcome = call();
        assert!(
            fs::read(&self.master).unwrap() == whole,
            "the master changed"
        );
        for (at, bytes) in damaged {
            file.write_all_at(&self.sound[*at..][..bytes.len()], *at as u64)
                .unwrap();
        }
        outcome
    }

    /// Prepares the child; the code of what came of it.
    fn outcome(&self, what: &str) -> String {
        let began = Instant::now();
        let told = catch_unwind(AssertUnwindSafe(|| self.prepare()))
            .unwrap_or_else(|_| panic!("{what}: the caller panicked"));
        let took = began.elapsed();
        assert!(took < IN_ALL, "{what}: {took:?}");
        assert_eq!(children_of_this_thread(), 0, "{what}: a worker was left");
        match told {
            Ok(_) => {
                assert_clean(&self.child);
                fs::write(&self.child, &self.pristine).unwrap();
                "edited".to_owned()
            }
            Err(error) => {
                assert_plain_line(&error.to_string());
                let unchanged = fs::read(&self.child).unwrap() == self.pristine;
                assert!(unchanged, "{what}: the child changed: {error}");
                match &error {
                    Error::Editor(EditorError::Worker(failed)) => failed.code().to_owned(),
                    _ => match codes(&error)[..] {
                        [] => format!("{:?}", error.kind()),
                        ref codes => codes.join(", "),
                    },
                }
            }
        }
    }

    fn prepare(&self) -> Result<Report, Error> {
        let worker = Worker::new(env!("CARGO_BIN_EXE_osgraft"), ["worker"]).deadline(DEADLINE);
        let registry = registry(&self.folder, Serving::Anything);
        Preparer::new(&registry, share())
            .editor(Choice::ext4().worker(worker))
            .time(UNIX_EPOCH + Duration::from_secs(1_800_000_000))
            .prepare(&Child::open(&self.child, &self.master).unwrap())
    }
}
