//! Many preparers, and writers that come and go: nobody's edit is lost, and nobody is in another's.
//!
//! Each writer opens its child through qemu-nbd, writes a number of its own and closes it; each
//! preparer prepares or reverts. An edit that ran beside a writer would put back the tables that
//! the writer changed, and its number would be gone, or its cluster counted wrongly.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use osgraft::image::Overlay;

use super::cut::Chance;
use super::row::{Extent, Row};
use crate::support::fixture::not_run;
use crate::support::program::{Ran, Workshop};
use crate::support::{assert_clean, guest_bytes, text};

/// The program's exit code for a child that is in use.
const IN_USE: i32 = 6;
/// Clusters before the guest's first partition that a writer may have: 64 KiB each, from the
/// second on.
const SLOTS: usize = 15;
const CLUSTER: usize = 65536;

/// A child, and what must be in it.
struct Tended {
    path: PathBuf,
    /// Only one writer at a time, as one machine has one disk; preparers do not ask.
    written: Mutex<[u8; SLOTS]>,
    /// The last change of a preparer, held over it so that the last one is known.
    prepared: Mutex<bool>,
}

/// One opening through qemu-nbd: whether it got in. It ends by itself when its client goes.
fn write_through_nbd(child: &Path, slot: usize, number: u8) -> bool {
    let socket = child.with_extension("nbd");
    let _ = std::fs::remove_file(&socket);
    let mut nbd = Command::new("qemu-nbd")
        .args(["-f", "qcow2", "-k", text(&socket), text(child)])
        .stderr(Stdio::null())
        .spawn()
        .expect("qemu-nbd is needed; run “make setup”");
    let url = format!("nbd+unix:///?socket={}", socket.display());
    let write = format!("write -P {number} {} 512", (slot + 1) * CLUSTER);
    loop {
        // It listens before it opens the image, so that a socket says nothing yet.
        if socket.exists() {
            let wrote = Command::new("qemu-io")
                .args(["-f", "raw", "-c", &write, &url])
                .output()
                .expect("qemu-io is needed; run “make setup”");
            if wrote.status.success() {
                assert!(nbd.wait().expect("a child process").success());
                return true;
            }
        }
        if nbd.try_wait().expect("a child process").is_some() {
            let _ = std::fs::remove_file(&socket);
            return false;
        }
        std::thread::sleep(Duration::from_millis(3));
    }
}

fn osgraft(workshop: &Workshop, verb: &str, child: &Path) -> Ran {
    Ran::of(&workshop.command_line(&[verb, "--quiet", text(child)]))
}

/// Works on all children from several threads, each time on one at random.
fn crowd(count: usize, rounds: usize, threads: usize) {
    let Some(workshop) = Workshop::of("debian12") else {
        not_run("crowd: this host cannot make the guest");
        return;
    };
    let folder = workshop.at("many");
    std::fs::create_dir(&folder).unwrap();
    let children: Vec<Tended> = (0..count)
        .map(|number| {
            let path = folder.join(format!("c{number}.qcow2"));
            Overlay::new(workshop.master()).create(&path).unwrap();
            Tended {
                path,
                written: Mutex::default(),
                prepared: Mutex::default(),
            }
        })
        .collect();
    let mut row = Row::new(format!(
        "{count} children, {threads} writers and {threads} preparers"
    ));
    let next = AtomicUsize::new(0);
    let (refused, writes, edits) = (
        AtomicUsize::new(0),
        AtomicUsize::new(0),
        AtomicUsize::new(0),
    );
    let count_one = |counter: &AtomicUsize| counter.fetch_add(1, Ordering::Relaxed);
    let work = |seed: usize| {
        let mut chance = Chance::of(seed as u64);
        loop {
            let turn = count_one(&next);
            if turn >= count * rounds {
                return;
            }
            // The two of a pair meet on the same child at the same time.
            let child = &children[turn / 2 % count];
            if turn.is_multiple_of(2) {
                let Ok(mut written) = child.written.try_lock() else {
                    continue;
                };
                let slot = chance.next() as usize % SLOTS;
                let number = (chance.next() % 255) as u8 + 1;
                match write_through_nbd(&child.path, slot, number) {
                    true => {
                        written[slot] = number;
                        count_one(&writes);
                    }
                    false => {
                        count_one(&refused);
                    }
                }
            } else {
                let mut prepared = child.prepared.lock().unwrap();
                let (verb, after) = match *prepared {
                    true => ("revert", false),
                    false => ("prepare", true),
                };
                let ran = osgraft(&workshop, verb, &child.path);
                match ran.code {
                    Some(0) => {
                        *prepared = after;
                        count_one(&edits);
                    }
                    Some(IN_USE) => {
                        count_one(&refused);
                    }
                    _ => panic!("{verb}: {ran:?}"),
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for seed in 0..2 * threads {
            let work = &work;
            scope.spawn(move || work(seed));
        }
    });
    row.refused = refused.into_inner();
    row.old = writes.into_inner();
    row.new = edits.into_inner();
    row.points = row.refused + row.old + row.new;
    assert!(
        row.old > 0 && row.new > 0,
        "the premise: both came through: {row:?}"
    );
    for child in &children {
        let disk = guest_bytes(&child.path);
        for (slot, number) in child.written.lock().unwrap().iter().enumerate() {
            let at = (slot + 1) * CLUSTER;
            if disk[at..at + 512].iter().any(|byte| byte != number) {
                row.mixed += 1;
                row.fail(format!(
                    "{}: slot {slot}: not {number}",
                    child.path.display()
                ));
            }
        }
        let want = if *child.prepared.lock().unwrap() {
            0
        } else {
            8
        };
        let verified = osgraft(&workshop, "verify", &child.path);
        if verified.code != Some(want) {
            row.lost += 1;
            row.fail(format!(
                "{}: not {want}: {verified:?}",
                child.path.display()
            ));
        }
        assert_clean(&child.path);
    }
    row.leftovers = std::fs::read_dir(&folder).unwrap().count() - count;
    row.finish(count);
}

#[test]
fn writers_and_preparers_lose_nothing() {
    let extent = Extent::of_this_run();
    crowd(
        extent.choose(12, 200),
        extent.choose(6, 12),
        extent.choose(3, 8),
    );
}

#[test]
fn of_twenty_preparers_of_one_child_one_changes_it() {
    let Some(workshop) = Workshop::of("debian12") else {
        not_run("crowd: this host cannot make the guest");
        return;
    };
    let child = workshop.child();
    let alone = {
        workshop.ok(&["prepare", text(&child)]);
        let size = std::fs::metadata(&child).unwrap().len();
        workshop.fresh_child();
        size
    };
    let mut row = Row::new("20 preparers of one child");
    for _ in 0..Extent::of_this_run().choose(1, 10) {
        workshop.fresh_child();
        let line = workshop.command_line(&["prepare", "--json", text(&child)]);
        let started: Vec<_> = (0..20)
            .map(|_| {
                Command::new(&line[0])
                    .args(&line[1..])
                    .stdout(Stdio::piped())
                    .stderr(Stdio::piped())
                    .spawn()
                    .unwrap()
            })
            .collect();
        let (mut changed, mut unchanged) = (0, 0);
        for process in started {
            let ran = process.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&ran.stdout).into_owned();
            row.points += 1;
            match ran.status.code() {
                Some(0) if said.contains("\"unchanged\"") => unchanged += 1,
                Some(0) => changed += 1,
                Some(IN_USE) => row.refused += 1,
                _ => row.fail(format!("{ran:?}")),
            }
        }
        row.new += changed;
        row.old += unchanged;
        if changed != 1 {
            row.mixed += 1;
            row.fail(format!("{changed} changed it, {unchanged} found it done"));
        }
        assert_eq!(
            std::fs::metadata(&child).unwrap().len(),
            alone,
            "edited once"
        );
        workshop.ok(&["verify", text(&child)]);
        assert_clean(&child);
    }
    row.finish(20);
}

#[test]
fn a_preparer_that_is_killed_blocks_nobody() {
    let Some(workshop) = Workshop::of("debian12") else {
        not_run("crowd: this host cannot make the guest");
        return;
    };
    let child = workshop.child();
    let began = Instant::now();
    workshop.ok(&["prepare", text(&child)]);
    let takes = began.elapsed();
    let mut row = Row::new("the next one after a killed preparer");
    let rounds = Extent::of_this_run().choose(24, 300);
    for round in 0..rounds {
        workshop.fresh_child();
        let line = workshop.command_line(&["prepare", "--quiet", text(&child)]);
        let mut first = Command::new(&line[0]).args(&line[1..]).spawn().unwrap();
        std::thread::sleep(takes * round / rounds);
        first.kill().unwrap();
        first.wait().unwrap();
        row.points += 1;
        let next = osgraft(&workshop, "prepare", &child);
        match next.code {
            Some(0) => row.new += 1,
            Some(IN_USE) => {
                row.lost += 1;
                row.fail(format!(
                    "killed after {:?}: {next:?}",
                    takes * round / rounds
                ));
            }
            _ => row.fail(format!("{next:?}")),
        }
        assert_clean(&child);
    }
    row.finish(20);
}
