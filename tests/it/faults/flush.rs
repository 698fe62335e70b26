//! A flush that fails, and a power cut after it. What was waiting for it may have been lost for good
//! while the host's cache shows it as written, and no later flush makes up for that.

use osgraft::image::{Fault, Faults, ImageError, Operation};

use super::cut::Session;
use super::mutation::caught;
use super::row::{Extent, Row, tell};
use super::scene::Scene;
use crate::support::fixture::not_run;

/// Prepare with its flush of this number failing, and all calls after it where `all` says so; then
/// recover where something is left to it.
fn failed(scene: &Scene, number: usize, all: bool) -> (Vec<Operation>, usize) {
    let step = &scene.steps[0];
    let flush = step.log.iter().enumerate();
    let mut flushes = flush.filter(|(_, operation)| **operation == Operation::Sync);
    let flush = flushes.nth(number).expect("four flushes").0;
    scene.put(&step.before);
    let fault = match all {
        true => Fault::ErrorFromHere(libc::EIO),
        false => Fault::Error(libc::EIO),
    };
    let faults = Faults::at(flush, fault);
    let error = scene.commit(step, &faults).unwrap_err();
    let past = matches!(error, ImageError::Unfinished { .. });
    assert_eq!(past, number >= 2, "{error}");
    let guarded = scene.bytes()[72] & 0x80 != 0 || scene.bytes()[4] != 0;
    assert!(guarded || !past || all, "nobody may open it");
    let mut log = faults.operations();
    if all {
        log.truncate(flush + 1);
    }
    let recovering = Faults::none();
    scene.recover(&recovering).unwrap();
    log.extend(recovering.operations());
    let now = scene.bytes();
    assert!(
        now == if past {
            &step.after[..]
        } else {
            &step.before[..]
        }
    );
    (log, flush)
}

/// The calls without the failed flush, and without some of those that waited for it.
fn lost(log: &[Operation], flush: usize, lost: impl Fn(usize) -> bool) -> Vec<Operation> {
    let earlier = log[..flush].iter().rposition(|o| *o == Operation::Sync);
    let waiting = earlier.map_or(0, |at| at + 1)..flush;
    let stays = |n: &usize| *n != flush && !(waiting.contains(n) && lost(n - waiting.start));
    (0..log.len())
        .filter(stays)
        .map(|n| log[n].clone())
        .collect()
}

/// A flush's number, and which of the calls that waited for it are lost.
fn session(scene: &Scene, number: usize, all: bool, which: impl Fn(usize) -> bool) -> Session {
    let step = &scene.steps[0];
    let (log, flush) = failed(scene, number, all);
    let log = lost(&log, flush, which);
    Session {
        start: step.before.clone(),
        // What recovery told as finished is.
        returned: if number < 2 { vec![] } else { vec![log.len()] },
        log,
        disks: vec![step.before.clone(), step.after.clone()],
    }
}

fn sweep(kind: &'static str) {
    let Some(scene) = Scene::of(kind) else {
        not_run(&format!("failed flushes: {kind}"));
        return;
    };
    // The ordinary run leaves those before the commit point to the whole one.
    let (random, flushes) = Extent::of_this_run().choose((0, 2..4), (24, 0..4));
    let mut row = Row::new(format!("power cut after a flush that failed: {kind}"));
    // Of the last one also where the guard cannot be set again.
    let failing = flushes.map(|number| (number, false)).chain([(3, true)]);
    for (number, all) in failing {
        let patterns: [(&str, &dyn Fn(usize) -> bool); 4] = [
            ("nothing", &|_| false),
            ("all", &|_| true),
            ("the first", &|n| n == 0),
            ("every other", &|n| n % 2 == 1),
        ];
        for (what, pattern) in patterns {
            let session = session(&scene, number, all, pattern);
            session.cuts(0, random, 5, |mut cut| {
                cut.told = format!("flush {number} lost {what}: {}", cut.told);
                session.judge(&scene, &cut, &mut row);
                true
            });
        }
    }
    row.finish(100);
}

#[test]
fn a_flush_that_failed_costs_no_disk() {
    sweep("ours, 64 KiB clusters");
}

#[test]
fn nor_one_of_version_2() {
    sweep("version 2");
}

#[test]
fn the_header_that_recovery_writes_again_is_needed() {
    let Some(scene) = Scene::of("ours, 64 KiB clusters") else {
        not_run("mutations: this host cannot make the guest");
        return;
    };
    let mut session = session(&scene, 3, true, |_| true);
    let again = session
        .log
        .iter()
        .rposition(|o| matches!(o, Operation::Write { offset: 0, .. }));
    session.log.remove(again.expect("recovery writes it"));
    session.returned = vec![session.log.len()];
    let (cuts, how) = caught(&scene, &session, 0).expect("a lost disk");
    tell(&format!(
        "mutation\tthe header not written again after a flush that failed: caught by cut {cuts}: {how}"
    ));
}
