//! The in-process editor in a worker: the same edit, and nothing that it may not.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant, UNIX_EPOCH};

use osgraft::editor::{Choice, EditorError, Worker, WorkerError};
use osgraft::image::Child;
use osgraft::prepare::{Outcome, Preparer, Report};
use osgraft::{Error, ErrorKind};

use crate::support::fixture::{guest, guests, overlay};
use crate::support::program::{Ran, Workshop};
use crate::support::servers::{Serving, registry, share};
use crate::support::trace::{may_trace, traced};
use crate::support::{children_of_this_thread, digest, text};

fn osgraft() -> Worker {
    Worker::new(env!("CARGO_BIN_EXE_osgraft"), ["worker"])
}

/// A shell that does something else on the connection, which is its standard input.
fn shell(script: &str) -> Worker {
    Worker::new("/bin/sh", ["-c", script])
}

/// The same, after it greeted as a worker of this build does.
fn greeting_shell(script: &str) -> Worker {
    greeting_as(env!("CARGO_PKG_VERSION"), script)
}

fn greeting_as(build: &str, script: &str) -> Worker {
    let (text, message) = (build.len(), build.len() + 2);
    shell(&format!(
        "printf '\\{message:03o}\\000\\000\\000\\000\\{text:03o}{build}' >&0; {script}"
    ))
}

/// Arguments with which this program, which never serves, runs one of its tests.
const NEVER_SERVES: [&str; 3] = [
    "--exact",
    "worker::is_no_test_but_a_main_that_never_serves",
    "--ignored",
];

fn prepare(child: &Path, master: &Path, folder: &Path, choice: Choice) -> Result<Report, Error> {
    let registry = registry(folder, Serving::WhatItHas);
    Preparer::new(&registry, share())
        .editor(choice)
        .time(UNIX_EPOCH + Duration::from_secs(1_800_000_000))
        .prepare(&Child::open(child, master).unwrap())
}

fn fresh(folder: &Path, master: &Path) -> std::path::PathBuf {
    let child = folder.join("child.qcow2");
    let _ = fs::remove_file(&child);
    overlay(master).create(&child).unwrap();
    child
}

/// What came of it: the child's file and where the reason begins, or the error.
fn outcome(child: &Path, told: Result<Report, Error>) -> Result<(Vec<u8>, String), String> {
    match told {
        Ok(report) => {
            assert_eq!(report.outcome, Outcome::Changed);
            Ok((fs::read(child).unwrap(), report.editor.reason))
        }
        Err(error) => Err(format!("{:?}: {error}", error.kind())),
    }
}

#[test]
fn a_worker_makes_and_refuses_what_the_calling_process_does_to_the_byte() {
    let (mut made, mut refused) = (0, 0);
    for name in guests() {
        let Some(master) = guest(&name) else { continue };
        let folder = tempfile::tempdir().unwrap();
        let outcomes = [Choice::ext4(), Choice::ext4().worker(osgraft())].map(|choice| {
            let child = fresh(folder.path(), &master);
            outcome(&child, prepare(&child, &master, folder.path(), choice))
        });
        match outcomes {
            [Ok(here), Ok(there)] => {
                assert!(here.0 == there.0, "{name}: another file");
                assert!(
                    there.1.starts_with(&here.1),
                    "{name}: {} / {}",
                    here.1,
                    there.1
                );
                assert!(there.1.contains("in a worker under seccomp"), "{}", there.1);
                made += 1;
            }
            [Err(here), Err(there)] => {
                assert_eq!(here, there, "{name}");
                refused += 1;
            }
            [here, there] => panic!("{name}: {:?} / {:?}", here.err(), there.err()),
        }
    }
    assert!(made > 25 && refused > 25, "{made} made, {refused} refused");
}

#[test]
fn whatever_a_worker_does_but_its_work_is_an_error_that_changes_nothing() {
    let Some(master) = guest("debian12") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let child = fresh(folder.path(), &master);
    let before = digest(&child);
    let short = Duration::from_millis(300);
    for (worker, code) in [
        (greeting_shell("exit 7"), "worker-died"),
        (greeting_shell("kill -SEGV $$"), "worker-died"),
        (
            greeting_shell("exec sleep 60").deadline(short),
            "worker-deadline",
        ),
        // One byte of a message now and then, each well within the deadline.
        (
            greeting_shell(
                "printf '\\050\\043\\000\\000' >&0; while sleep 0.05; do printf a >&0; done",
            )
            .deadline(short),
            "worker-deadline",
        ),
        // The connection is closed, and nothing ends.
        (
            greeting_shell("exec sleep 60 <&-").deadline(short),
            "worker-deadline",
        ),
        // A length, and less than so much.
        (
            greeting_shell("printf '\\011\\000\\000\\000a' >&0"),
            "worker-died",
        ),
        // A message that is none.
        (
            greeting_shell("printf '\\002\\000\\000\\000\\377\\377' >&0; exec sleep 60"),
            "worker-answer",
        ),
        // A length of 4 GiB.
        (
            greeting_shell("printf '\\377\\377\\377\\377' >&0; exec sleep 60"),
            "worker-answer",
        ),
        // `OtherBuild`, the first of the answers.
        (
            greeting_shell("printf '\\001\\000\\000\\000\\000' >&0; exec sleep 60"),
            "worker-build",
        ),
        (
            Worker::new("/nonexistent/osgraft", ["worker"]),
            "worker-start",
        ),
        (osgraft().memory(4 << 20), "worker-died"),
    ] {
        let told = format!("{worker:?}");
        let began = Instant::now();
        let error = prepare(
            &child,
            &master,
            folder.path(),
            Choice::auto().worker(worker),
        );
        match error.unwrap_err() {
            Error::Editor(EditorError::Worker(error)) => assert_eq!(error.code(), code, "{told}"),
            other => panic!("{told}: {other}"),
        }
        assert_eq!(digest(&child), before, "{told}");
        let took = began.elapsed();
        assert!(took < Duration::from_secs(20), "{told}: {took:?}");
    }
    assert_eq!(children_of_this_thread(), 0, "a worker was left");
}

/// Whatever is wrong with the program that is to be the worker, the guest is not blamed.
#[test]
fn a_program_that_is_no_worker_is_the_hosts_fault() {
    let Some(master) = guest("debian12") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let child = fresh(folder.path(), &master);
    let before = digest(&child);
    let not_executable = folder.path().join("osgraft");
    fs::write(&not_executable, "no program").unwrap();
    let short = Duration::from_millis(300);
    for (worker, code, told) in [
        (
            Worker::new("/nonexistent/osgraft", ["worker"]),
            "worker-start",
            "check the path",
        ),
        (
            Worker::new(&not_executable, ["worker"]),
            "worker-start",
            "Permission denied",
        ),
        // Wrong arguments.
        (
            Worker::new(env!("CARGO_BIN_EXE_osgraft"), ["prepare"]),
            "worker-not-serving",
            "exit status: 2",
        ),
        (shell("exit 7"), "worker-not-serving", "exit status: 7"),
        (shell("kill -KILL $$"), "worker-not-serving", "signal: 9"),
        (
            shell("echo hello >&0; exec sleep 60"),
            "worker-not-serving",
            "it said something else",
        ),
        (
            shell("exec sleep 60").deadline(short),
            "worker-not-serving",
            "nothing within 0.3 s",
        ),
        (
            greeting_as("0.0.1", "exec sleep 60"),
            "worker-build",
            "one of the same version",
        ),
        (
            greeting_shell("exec sleep 60").deadline(short),
            "worker-deadline",
            "allow more time",
        ),
        (
            greeting_shell("kill -KILL $$"),
            "worker-died",
            "killed from outside",
        ),
    ] {
        let whose = format!("{worker:?}");
        let choice = Choice::auto().worker(worker);
        let error = prepare(&child, &master, folder.path(), choice).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Host, "{whose}: {error}");
        match &error {
            Error::Editor(EditorError::Worker(error)) => assert_eq!(error.code(), code, "{whose}"),
            other => panic!("{whose}: {other}"),
        }
        let error = error.to_string();
        assert!(error.contains(told) && !error.contains('\n'), "{error}");
        assert_eq!(digest(&child), before, "{whose}");
    }
    assert_eq!(children_of_this_thread(), 0, "a worker was left");
}

#[test]
fn a_program_that_never_serves_is_found_before_its_main_does_its_work_again() {
    let folder = tempfile::tempdir().unwrap();
    let ran = folder.path().join("ran");
    let args = NEVER_SERVES.iter().map(ToString::to_string);
    let began = Instant::now();
    let error = Worker::myself(args.chain([text(&ran).to_owned()]))
        .check()
        .unwrap_err();
    assert_eq!(error.code(), "worker-not-serving", "{error}");
    assert!(
        error.to_string().contains("goes on with its own work"),
        "{error}"
    );
    assert!(began.elapsed() < Duration::from_secs(9), "{error}");
    if osgraft().check().unwrap().landlock {
        assert!(!ran.exists(), "its main changed something");
    }
    assert_eq!(children_of_this_thread(), 0, "a worker was left");
}

/// Its last argument is a file that it writes, as a program's own work would, before it starts its
/// worker as usual.
#[test]
#[ignore = "it is run as a worker that never serves"]
fn is_no_test_but_a_main_that_never_serves() {
    let Some(ran) = std::env::args().next_back().filter(|a| a.starts_with('/')) else {
        return;
    };
    let _ = fs::write(&ran, "once more");
    let args = NEVER_SERVES.iter().map(ToString::to_string);
    let _ = Worker::myself(args.chain([ran])).check();
    // Whatever it does then, nobody waits for it.
    std::thread::sleep(Duration::from_secs(60));
}

#[test]
fn a_worker_that_dies_in_the_middle_is_told_with_what_it_was_doing() {
    let Some(master) = guest("debian12") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let child = fresh(folder.path(), &master);
    let before = digest(&child);
    let mut died = 0;
    for delay in 1..=40 {
        // Standard input of what a shell starts in the background is /dev/null.
        let script = format!(
            "exec 3<&0; {} worker <&3 & worker=$!; sleep 0.{:03}; kill -KILL $worker; wait",
            env!("CARGO_BIN_EXE_osgraft"),
            delay * 5
        );
        match prepare(
            &child,
            &master,
            folder.path(),
            Choice::auto().worker(shell(&script)),
        ) {
            Err(Error::Editor(EditorError::Worker(WorkerError::Died { during, .. }))) => {
                assert!(!during.is_empty());
                assert_eq!(digest(&child), before);
                died += 1;
            }
            // It was not there yet.
            Err(Error::Editor(EditorError::Worker(WorkerError::DoesNotServe { .. }))) => {
                assert_eq!(digest(&child), before);
            }
            // It was quicker.
            Ok(_) => {
                fresh(folder.path(), &master);
            }
            Err(other) => panic!("{other}"),
        }
    }
    assert!(died > 0, "the premise: some are killed in time");
}

/// What a worker asks the kernel for once it is confined.
#[test]
fn a_confined_worker_reads_its_descriptors_and_asks_for_no_file() {
    const ASKED: [&str; 22] = [
        "read",
        "readv",
        "pread64",
        "preadv",
        "lseek",
        "fstat",
        "close",
        "write",
        "sendto",
        "recvfrom",
        "brk",
        "munmap",
        "mremap",
        "madvise",
        "mmap",
        "mprotect",
        "futex",
        "sigaltstack",
        "getrandom",
        "exit_group",
        "clock_gettime",
        "fcntl",
    ];
    let Some(workshop) = Workshop::of("debian12").filter(|_| may_trace("a worker's calls")) else {
        return;
    };
    let line = workshop.command_line(&["prepare", text(&workshop.child())]);
    let (ran, processes) = traced(&[], &line);
    assert_eq!(ran.code, Some(0), "{ran:?}");

    let worker = processes
        .iter()
        .find(|calls| calls.contains("execve(") && calls.contains("\"worker\""))
        .expect("the premise: a worker was started");
    let calls: Vec<&str> = worker.lines().collect();
    let confined = calls
        .iter()
        .position(|call| {
            call.starts_with("seccomp(SECCOMP_SET_MODE_FILTER") && call.ends_with("= 0")
        })
        .expect("the premise: it filters its calls");
    let (before, after) = calls.split_at(confined + 1);
    assert!(
        before
            .iter()
            .any(|call| call.starts_with("landlock_restrict_self(") && call.ends_with("= 0"))
            || before
                .iter()
                .any(|call| call.contains("landlock_create_ruleset") && call.contains("ENOSYS")),
        "neither confined by Landlock nor on a kernel without"
    );
    assert!(
        after.len() > 50,
        "the premise: it works after that: {}",
        after.len()
    );
    let reads = |calls: &[&str]| calls.iter().filter(|c| c.starts_with("pread64(")).count();
    let received = before
        .iter()
        .position(|call| call.starts_with("recvmsg("))
        .expect("the premise: descriptors were passed");
    let early = reads(&before[received..]);
    assert_eq!(early, 0, "a guest was read before the worker was confined");
    assert!(reads(after) > 5);

    let mut asked = BTreeSet::new();
    for call in after.iter().filter(|call| !call.starts_with("+++")) {
        let name = call.split('(').next().unwrap();
        if name == "openat" {
            // The check that nothing can be opened.
            assert!(call.contains("\"/\"") && call.contains("= -1 E"), "{call}");
            continue;
        }
        assert!(
            !call.contains("EPERM"),
            "it asks for what it gave up: {call}"
        );
        asked.insert(name);
    }
    let allowed: BTreeSet<_> = ASKED.into_iter().collect();
    assert!(asked.is_subset(&allowed), "{asked:?}");
}

/// The calls of a graft but for the edits, a hundred of them, would be as many messages.
#[test]
fn a_worker_tells_most_of_its_guest_in_one_message() {
    let Some(workshop) = Workshop::of("debian12").filter(|_| may_trace("a worker's messages"))
    else {
        return;
    };
    let line = workshop.command_line(&["prepare", text(&workshop.child())]);
    let (ran, processes) = traced(&[], &line);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let worker = processes
        .iter()
        .find(|calls| calls.contains("execve(") && calls.contains("\"worker\""))
        .expect("the premise: a worker was started");
    let sends = |call: &&str| call.starts_with("sendto(") || call.starts_with("write(");
    let sent: Vec<&str> = worker.lines().filter(sends).collect();
    assert!(sent.len() > 10, "the premise: it answers: {sent:#?}");
    assert!(sent.len() <= 40, "{}: {sent:#?}", sent.len());
}

#[test]
fn a_caller_with_limits_of_its_own_has_workers_too() {
    let Some(workshop) = Workshop::of("debian12") else {
        return;
    };
    let mut line: Vec<std::ffi::OsString> = ["prlimit", "--cpu=20", "--as=800000000", "--core=0"]
        .map(Into::into)
        .to_vec();
    line.extend(workshop.command_line(&["prepare", text(&workshop.child())]));
    let ran = Ran::of(&line);
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[test]
fn this_host_confines_workers() {
    let given_up = osgraft().check().unwrap();
    assert!(given_up.unprivileged);
}

#[test]
fn a_worker_that_nobody_calls_ends_at_once_and_says_nothing() {
    let ran = Command::new(env!("CARGO_BIN_EXE_osgraft"))
        .arg("worker")
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(2));
    assert!(ran.stdout.is_empty() && ran.stderr.is_empty());
}
