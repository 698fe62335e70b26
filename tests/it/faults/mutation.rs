//! A commit whose order is broken must not pass: each flush left out, each step put where it does
//! not belong, the guard removed. The power-cut suite finds a lost or mixed disk for every one.

use std::ops::Range;

use osgraft::image::{Fault, Faults, ImageError, Operation, Recovered};

use super::cut::Session;
use super::row::{Row, tell};
use super::scene::Scene;
use crate::support::fixture::not_run;

/// Where the parts of an edit are in its log.
struct Parts {
    trailer: Range<usize>,
    tail: Range<usize>,
    record: Range<usize>,
    guard: usize,
    inside: Range<usize>,
    clear: usize,
    cut: usize,
    flushes: [usize; 4],
}

impl Parts {
    fn of(log: &[Operation]) -> Self {
        let flushes: Vec<usize> = (0..log.len())
            .filter(|n| log[*n] == Operation::Sync)
            .collect();
        let flushes: [usize; 4] = flushes.try_into().expect("the premise: four flushes");
        let record = (0..flushes[0])
            .rfind(|n| matches!(log[*n], Operation::Write { .. }))
            .expect("step 1 writes");
        let cut = log
            .iter()
            .position(|o| matches!(o, Operation::Truncate { .. }))
            .expect("step 4 cuts");
        let parts = Self {
            trailer: 0..1,
            tail: 1..record,
            record: record..record + 1,
            guard: flushes[0] + 1,
            inside: flushes[1] + 1..flushes[2] - 1,
            clear: flushes[2] + 1,
            cut,
            flushes,
        };
        assert!(
            !parts.tail.is_empty() && !parts.inside.is_empty(),
            "the premise: all parts"
        );
        for header in [parts.guard, parts.inside.end, parts.clear] {
            assert!(matches!(log[header], Operation::Write { offset: 0, .. }));
        }
        assert_eq!(parts.guard + 1, flushes[1], "the guard is flushed alone");
        parts
    }
}

/// The session with some calls made elsewhere: before the one of number `to`.
fn moved(session: &Session, calls: Range<usize>, to: usize) -> Session {
    let mut log = session.log.clone();
    let count = calls.len();
    let taken: Vec<_> = log.drain(calls.clone()).collect();
    let to = if to > calls.start { to - count } else { to };
    log.splice(to..to, taken);
    assert_ne!(log, session.log, "the premise: another order");
    variant(session, log, 0)
}

fn without(session: &Session, call: usize) -> Session {
    let mut log = session.log.clone();
    log.remove(call);
    variant(session, log, 1)
}

fn variant(session: &Session, log: Vec<Operation>, fewer: usize) -> Session {
    Session {
        start: session.start.clone(),
        log,
        returned: session.returned.iter().map(|n| n - fewer).collect(),
        disks: session.disks.clone(),
    }
}

/// What an interrupted prepare is recovered to, and the edit after it.
pub(super) fn recoveries(scene: &Scene) -> Vec<(Recovered, Session)> {
    let [prepare, revert] = &scene.steps[..] else {
        unreachable!("two steps");
    };
    let parts = Parts::of(&prepare.log);
    [parts.flushes[0], parts.inside.start, parts.clear]
        .map(|call| {
            scene.put(&prepare.before);
            scene
                .commit(prepare, &Faults::at(call, Fault::Kill))
                .unwrap_err();
            let start = scene.bytes();
            let faults = Faults::none();
            let recovered = scene.recover(&faults).unwrap();
            let first = faults.operations().len();
            let (next, disk) = match recovered {
                Recovered::Finished => (revert, &prepare.after),
                _ => (prepare, &prepare.before),
            };
            scene.commit(next, &faults).unwrap();
            let session = Session {
                start,
                returned: vec![first, faults.operations().len()],
                log: faults.operations(),
                disks: vec![disk.clone(), disk.clone(), next.after.clone()],
            };
            (recovered, session)
        })
        .into()
}

/// A prepare whose guard could not be flushed, and which takes it back. That flush made nothing
/// durable, so it is no call of the session.
pub(super) fn taken_back(scene: &Scene) -> Session {
    let step = &scene.steps[0];
    let flush = Parts::of(&step.log).flushes[1];
    scene.put(&step.before);
    let faults = Faults::at(flush, Fault::Error(libc::EIO));
    let error = scene.commit(step, &faults).unwrap_err();
    assert!(
        matches!(error, ImageError::NotCommitted { .. }) && scene.bytes() == step.before,
        "{error}"
    );
    let mut log = faults.operations();
    log.remove(flush);
    Session {
        start: step.before.clone(),
        log,
        returned: Vec::new(),
        disks: vec![step.before.clone(), step.after.clone()],
    }
}

/// How many cuts it takes to find a lost or mixed disk.
pub(super) fn caught(scene: &Scene, session: &Session, from: usize) -> Option<(usize, String)> {
    let mut row = Row::new("");
    let mut found = None;
    session.cuts(from, 4, 3, |cut| {
        session.judge(scene, &cut, &mut row);
        if row.lost + row.mixed > 0 {
            let how = if row.lost > 0 { "lost" } else { "mixed" };
            found = Some((
                row.points,
                format!("{how} after {} calls, {}", cut.made, cut.told),
            ));
        }
        found.is_none()
    });
    found
}

#[test]
fn every_flush_every_order_and_the_guard_are_needed() {
    let Some(scene) = Scene::of("ours, 64 KiB clusters") else {
        not_run("mutations: this host cannot make the guest");
        return;
    };
    let session = Session::of(&scene);
    let parts = Parts::of(&scene.steps[0].log);
    let [first, second, third, fourth] = parts.flushes;
    let mut mutations = Vec::new();
    // Left out of a run of the real thing, which goes on as if it had been done.
    for (what, call) in [
        (
            "the flush of what is written behind the end left out",
            first,
        ),
        ("the guard's flush left out", second),
        ("the flush of what is put in place left out", third),
        ("the last flush left out", fourth),
        ("the guard left out", parts.guard),
    ] {
        let run = Session::with(&scene, &Faults::at(call, Fault::Skip));
        assert!(
            scene.bytes() == scene.steps[1].after,
            "{what}: no crash, no harm"
        );
        mutations.push((what, without(&run, call), call));
    }
    let guard = parts.guard..second + 1;
    for (what, calls, to) in [
        ("the guard set before the record is there", guard.clone(), 0),
        (
            "the guard set after what it guards",
            guard.clone(),
            parts.inside.end,
        ),
        (
            "the trailer written with the guard",
            parts.trailer.clone(),
            parts.guard,
        ),
        (
            "the tail written with the guard",
            parts.tail.clone(),
            parts.guard,
        ),
        (
            "the record written with the guard",
            parts.record.clone(),
            parts.guard,
        ),
        (
            "the trailer written after the guard",
            parts.trailer,
            second + 1,
        ),
        (
            "the record written after the guard",
            parts.record,
            second + 1,
        ),
        (
            "put in place before the guard is flushed",
            parts.inside.clone(),
            second,
        ),
        (
            "put in place before the guard is set",
            parts.inside,
            parts.guard,
        ),
        (
            "the guard cleared before its work is flushed",
            parts.clear..parts.clear + 1,
            third,
        ),
        (
            "the file cut before the guard's end is flushed",
            parts.cut..parts.cut + 1,
            fourth,
        ),
        (
            "the file cut before its work is flushed",
            parts.cut..parts.cut + 1,
            third,
        ),
    ] {
        // Where they come to lie.
        let from = match to > calls.start {
            true => to - calls.len(),
            false => to,
        };
        mutations.push((what, moved(&session, calls, to), from));
    }
    // Of an edit that was killed right behind its commit point.
    let (recovered, recovery) = recoveries(&scene).swap_remove(1);
    assert_eq!(recovered, Recovered::Finished, "the premise");
    let flushes = (0..recovery.returned[0]).filter(|n| recovery.log[*n] == Operation::Sync);
    let flushes: [usize; 2] = flushes.collect::<Vec<_>>().try_into().expect("two flushes");
    for (what, call) in [
        ("recovery's first flush left out", flushes[0]),
        ("recovery's last flush left out", flushes[1]),
    ] {
        mutations.push((what, without(&recovery, call), 0));
    }
    let failed = taken_back(&scene);
    let flush = failed.log.iter().rposition(|o| *o == Operation::Sync);
    mutations.push((
        "the flush of a guard that is taken back left out",
        without(&failed, flush.expect("it flushes")),
        0,
    ));
    // The premise, that all of this passes as it is, is what `cut` shows.
    let count = mutations.len();
    let missed: Vec<_> = mutations
        .into_iter()
        .filter_map(
            |(what, session, from)| match caught(&scene, &session, from) {
                Some((cuts, how)) => {
                    tell(&format!("mutation\t{what}: caught by cut {cuts}: {how}"));
                    None
                }
                None => Some(what),
            },
        )
        .collect();
    assert!(missed.is_empty(), "not caught: {missed:?}");
    tell(&format!("mutation\t{count} of {count} caught"));
}

/// Not a mutation that must be caught: what is cut off is nobody's, and is known as that again
/// should it come back. It is flushed so that it does not.
#[test]
fn the_flush_of_a_dropped_edit_is_no_matter_of_old_or_new() {
    let Some(scene) = Scene::of("ours, 64 KiB clusters") else {
        not_run("mutations: this host cannot make the guest");
        return;
    };
    let dropped = recoveries(&scene);
    let dropped = dropped
        .iter()
        .filter(|(found, _)| *found == Recovered::Dropped);
    let mut tried = 0;
    for (_, session) in dropped {
        let flush = session.log.iter().position(|o| *o == Operation::Sync);
        let flush = flush.expect("it flushes");
        assert!(flush < session.returned[0], "the premise: recovery's own");
        let found = caught(&scene, &without(session, flush), 0);
        assert_eq!(found, None);
        tried += 1;
    }
    assert!(tried > 0, "the premise: an edit was dropped");
}
