//! The program, killed from outside at each call that changes a file, then asked to go on.
//!
//! strace kills it as it enters its N-th call of a kind, for every N until it gets through.

use std::fs;
use std::process::Command;

use osgraft::image::{Child, Overlay};

use crate::support::assert_clean;
use crate::support::program::{Ran, Workshop};
use crate::support::text;
use crate::support::trace::may_trace;
use crate::support::tree::Tree;

/// Every call that changes a file or a folder, in whichever form the C library makes it.
const CALLS: [&str; 12] = [
    "pwrite64",
    "write",
    "pwritev",
    "fallocate",
    "fdatasync",
    "fsync",
    "ftruncate",
    "linkat",
    "rename",
    "renameat2",
    "unlink",
    "unlinkat",
];
/// Where the root of the fixture begins.
const ROOT: u64 = 1 << 20;

/// Runs the program and has it killed at its `nth` call of a kind. `None` when it made no such
/// call and so got through.
fn killed_at(workshop: &Workshop, args: &[&str], call: &str, nth: usize) -> Option<()> {
    let inject = format!("inject={call}:signal=KILL:when={nth}");
    let mut line: Vec<std::ffi::OsString> = ["strace", "-f", "-qq", "-o"].map(Into::into).to_vec();
    line.extend([
        "/dev/null".into(),
        "-e".into(),
        format!("trace={call}").into(),
        "-e".into(),
        inject.into(),
    ]);
    line.extend(workshop.command_line(args));
    let ran = Ran::of(&line);
    match ran.code {
        None => Some(()),
        Some(0) => None,
        // The one that was killed was the editor's worker.
        Some(3) if ran.stderr.contains("worker ended") => Some(()),
        Some(_) => panic!("{call} {nth}: {ran:?}"),
    }
}

/// A child in one state and what it becomes.
struct Change {
    workshop: Workshop,
    args: Vec<&'static str>,
    /// The child's file before.
    before: Vec<u8>,
    /// The guest's tree after.
    after: Tree,
    /// What `verify` ends with before and after.
    verified: (i32, i32),
}

impl Change {
    /// What a command makes of the workshop's child, which is put back as it was.
    fn of(workshop: Workshop, args: &[&'static str], verified: (i32, i32)) -> Self {
        let before = fs::read(workshop.child()).unwrap();
        let child = workshop.child();
        let line = [args, &[text(&child)]].concat();
        workshop.ok(&line);
        assert!(
            fs::read(&child).unwrap() != before,
            "the premise: it changes the file"
        );
        Self {
            after: Tree::read(&child, ROOT),
            args: args.to_vec(),
            before,
            verified,
            workshop,
        }
    }

    /// Kills the command at each of its calls and has `next` go on. Gives how many kills there
    /// were, and how many of them were too late to keep the change from happening.
    fn killed_everywhere(&self, next: &str) -> (usize, usize) {
        let (mut kills, mut happened) = (0, 0);
        let child = self.workshop.child();
        let args = [&self.args[..], &[text(&child)]].concat();
        for call in CALLS {
            for nth in 1.. {
                fs::write(&child, &self.before).unwrap();
                if killed_at(&self.workshop, &args, call, nth).is_none() {
                    break;
                }
                kills += 1;
                let told = format!("{} killed at {call} {nth}, then {next}", self.args[0]);
                happened += usize::from(self.goes_on(next, &told));
            }
        }
        (kills, happened)
    }

    /// Whether the change has happened, once the next command is through: it has whole, or not at
    /// all.
    fn goes_on(&self, next: &str, told: &str) -> bool {
        let child = self.workshop.child();
        let ran = self.workshop.run(&[next, text(&child)]);
        assert_eq!(ran.code, Some(0), "{told}: {ran:?}");
        let done = next != "recover";
        assert_clean(&child);
        assert_eq!(
            self.workshop.names(),
            ["child.qcow2", "config.toml", "servers.toml"],
            "{told}"
        );
        let verified = self
            .workshop
            .run(&["verify", text(&child)])
            .code
            .expect("it ends");
        let now = fs::read(&child).unwrap();
        // The last cluster of the old file may have been filled up with zeros, which every reader
        // sees there anyway.
        let is_old = now.len() < self.before.len() + 65536
            && now.starts_with(&self.before)
            && now[self.before.len()..].iter().all(|byte| *byte == 0);
        if is_old && !done {
            assert_eq!(verified, self.verified.0, "{told}");
            return false;
        }
        assert_eq!(verified, self.verified.1, "{told}");
        let tree = Tree::read(&child, ROOT);
        let differences = self.after.differences(&tree, str::to_owned);
        assert!(differences.is_empty(), "{told}: {}", differences.join("\n"));
        true
    }
}

#[test]
fn prepare_killed_at_any_call_has_happened_or_not_and_goes_on() {
    if !may_trace("kills from outside") {
        return;
    }
    let Some(workshop) = Workshop::of("debian12") else {
        return;
    };
    let change = Change::of(workshop, &["prepare", "--quiet"], (8, 0));
    let (kills, happened) = change.killed_everywhere("recover");
    assert!(kills >= 8, "the premise: {kills} kills");
    assert!(
        happened > 0 && happened < kills,
        "the premise: {happened} of {kills}"
    );
    // Not recover but the same command again.
    let (again, done) = change.killed_everywhere("prepare");
    assert_eq!((again, done), (kills, kills));
}

#[test]
fn revert_killed_at_any_call_has_happened_or_not_and_goes_on() {
    if !may_trace("kills from outside") {
        return;
    }
    let Some(workshop) = Workshop::of("debian12") else {
        return;
    };
    workshop.ok(&["prepare", text(&workshop.child())]);
    let change = Change::of(workshop, &["revert", "--quiet"], (0, 8));
    let (kills, happened) = change.killed_everywhere("recover");
    assert!(kills >= 8, "the premise: {kills} kills");
    assert!(
        happened > 0 && happened < kills,
        "the premise: {happened} of {kills}"
    );
    let (again, done) = change.killed_everywhere("revert");
    assert_eq!((again, done), (kills, kills));
}

#[test]
fn clone_killed_at_any_call_leaves_no_file_or_a_whole_one() {
    if !may_trace("kills from outside") {
        return;
    }
    let Some(workshop) = Workshop::of("debian12") else {
        return;
    };
    let (master, child) = (workshop.master().to_owned(), workshop.child());
    let whole = fs::read(&child).unwrap();
    let args = ["clone", "--quiet", text(&master), text(&child)];
    let (mut kills, mut made) = (0, 0);
    for call in CALLS {
        for nth in 1.. {
            fs::remove_file(&child).unwrap();
            if killed_at(&workshop, &args, call, nth).is_none() {
                break;
            }
            kills += 1;
            let told = format!("killed at {call} {nth}");
            match fs::read(&child) {
                Ok(now) => {
                    assert!(now == whole, "{told}: the child is there, but not whole");
                    made += 1;
                }
                Err(_) => {
                    workshop.ok(&args);
                    assert!(fs::read(&child).unwrap() == whole, "{told}");
                }
            }
            assert_clean(&child);
            assert_eq!(
                workshop.names(),
                ["child.qcow2", "config.toml", "servers.toml"],
                "{told}"
            );
        }
        assert!(child.exists(), "the last run got through");
    }
    assert!(kills >= 5, "the premise: {kills} kills");
    assert!(
        made > 0,
        "the premise: none struck once the child had its name"
    );
}

/// A thread that starts a program copies every descriptor for a moment, and with it the locks.
#[test]
fn a_child_is_free_as_soon_as_it_is_closed_whatever_other_threads_start() {
    let Some(workshop) = Workshop::of("debian12") else {
        return;
    };
    let child = workshop.at("other.qcow2");
    Overlay::new(workshop.master()).create(&child).unwrap();
    let handle = Child::open(&child, workshop.master()).unwrap();
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(std::sync::atomic::Ordering::Relaxed) {
                    Command::new("true").output().unwrap();
                }
            });
        }
        let failed = (0..500).find_map(|_| {
            let locked = handle.lock().map(drop);
            locked.and_then(|()| handle.read().map(drop)).err()
        });
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(failed.is_none(), "{failed:?}");
    });
}
