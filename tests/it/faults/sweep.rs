//! Every changing file call of an edit, on every kind of child: killed, torn and failed; recovered;
//! and the same again inside that recovery.

use std::collections::BTreeMap;

use osgraft::image::{Fault, Faults, ImageError, Operation};

use super::row::{Extent, Row};
use super::scene::{End, Scene, Step, is};
use crate::support::fixture::not_run;

/// Where a tear may fall in a write: at its beginning, in the trailer's fields, around a sector's
/// end, in the middle.
fn tears(len: usize, extent: Extent) -> Vec<Fault> {
    let at = extent.choose(vec![len / 2], vec![1, 40, 511, 512, 513, len / 2]);
    let mut at: Vec<_> = at.into_iter().filter(|n| (1..len).contains(n)).collect();
    at.sort_unstable();
    at.dedup();
    at.into_iter().map(Fault::Torn).collect()
}

fn faults(operation: &Operation, extent: Extent) -> Vec<Fault> {
    let mut faults = vec![Fault::Kill];
    if let Operation::Write { data, .. } = operation {
        faults.extend(tears(data.len(), extent));
    }
    faults.extend(extent.choose(
        vec![Fault::Error(libc::ENOSPC), Fault::ErrorFromHere(libc::EIO)],
        vec![
            Fault::Error(libc::EIO),
            Fault::Error(libc::ENOSPC),
            Fault::ErrorFromHere(libc::EIO),
            Fault::ErrorFromHere(libc::ENOSPC),
        ],
    ));
    faults
}

fn is_crash(fault: Fault) -> bool {
    matches!(fault, Fault::Kill | Fault::Torn(_))
}

/// Sweeps prepare and revert of one kind of child.
fn sweep(kind: &'static str, at_least: usize) {
    let Some(scene) = Scene::of(kind) else {
        not_run(&format!("faults: {kind}"));
        return;
    };
    let extent = Extent::of_this_run();
    for step in &scene.steps {
        let mut row = Row::new(format!("{}: {kind}", step.verb));
        let crashed = first_level(&scene, step, extent, &mut row);
        row.finish(at_least);
        let mut row = Row::new(format!("recover after {}: {kind}", step.verb));
        second_level(&scene, step, extent, &crashed, &mut row);
        row.finish(at_least / 8);
    }
}

/// Strikes each call of the edit. Gives the distinct files that a kill left.
fn first_level(scene: &Scene, step: &Step, extent: Extent, row: &mut Row) -> Vec<Vec<u8>> {
    let mut crashed = BTreeMap::new();
    for (call, operation) in step.log.iter().enumerate() {
        for fault in faults(operation, extent) {
            let told = || {
                format!(
                    "{}: {fault:?} at call {call} of {}",
                    step.verb,
                    step.log.len()
                )
            };
            scene.put(&step.before);
            let script = Faults::at(call, fault);
            let ended = scene.commit(step, &script);
            assert!(script.struck(), "{}", told());
            let left = scene.bytes();
            match &ended {
                Ok(()) => row.fail(format!("{}: told as done", told())),
                Err(_) if is_crash(fault) => {}
                Err(ImageError::NotCommitted { .. }) => {
                    // Where the disk refuses the truncation as well, what is behind the end waits
                    // for the next call.
                    if left != step.before && matches!(fault, Fault::Error(_)) {
                        row.fail(format!("{}: said to be as it was", told()));
                    }
                }
                Err(ImageError::Unfinished { .. }) => {}
                Err(error) => row.fail(format!("{}: {error}", told())),
            }
            let end = scene.judge(step, row, told);
            if fault == Fault::Kill {
                crashed.insert(left, ());
                // The next call is not recover but the edit again.
                if end == End::Old && scene.bytes() == step.before {
                    scene.commit(step, &Faults::none()).unwrap();
                    assert!(is(&scene.bytes(), &step.after), "{}, and again", told());
                }
            }
        }
    }
    assert!(row.old > 0 && row.new > 0, "both sides of the commit point");
    crashed.into_keys().collect()
}

/// Strikes each call of the recovery of each crashed file.
fn second_level(scene: &Scene, step: &Step, extent: Extent, crashed: &[Vec<u8>], row: &mut Row) {
    let some = crashed.iter().step_by(extent.choose(3, 1));
    for (number, left) in some.enumerate() {
        scene.put(left);
        let whole = Faults::none();
        scene.recover(&whole).unwrap();
        for (call, operation) in whole.operations().iter().enumerate() {
            let faults = extent.choose(vec![Fault::Kill], faults(operation, extent));
            for fault in faults {
                let told = || format!("crash {number}, then {fault:?} at call {call}");
                scene.put(left);
                let script = Faults::at(call, fault);
                let ended = scene.recover(&script);
                assert!(script.struck(), "{}", told());
                if ended.is_ok() {
                    row.fail(format!("{}: told as done", told()));
                }
                scene.judge(step, row, told);
            }
        }
    }
}

#[test]
fn a_child_of_ours_is_old_or_new() {
    sweep("ours, 64 KiB clusters", 40);
}

#[test]
fn one_with_small_clusters_is_old_or_new() {
    sweep("ours, 4 KiB clusters", 40);
}

#[test]
fn one_of_qemu_img_with_small_clusters_is_old_or_new() {
    sweep("qemu-img's, 4 KiB clusters", 40);
}

#[test]
fn one_of_version_2_is_old_or_new() {
    sweep("version 2", 40);
}

#[test]
fn one_of_version_2_with_small_clusters_is_old_or_new() {
    sweep("version 2, 4 KiB clusters", 40);
}

#[test]
fn one_with_lazy_refcounts_is_old_or_new() {
    sweep("lazy refcounts", 40);
}

#[test]
fn one_with_compressed_clusters_is_old_or_new() {
    sweep("compressed clusters", 40);
}

#[test]
fn one_with_a_snapshot_is_old_or_new() {
    sweep("a snapshot in it", 40);
}

#[test]
fn one_with_leaked_clusters_is_old_or_new() {
    sweep("leaked clusters", 40);
}

#[test]
fn one_on_a_raw_master_is_old_or_new() {
    sweep("on a raw master", 40);
}

#[test]
fn one_on_a_vmdk_is_old_or_new() {
    sweep("on a VMDK", 40);
}

#[test]
fn one_of_a_real_debian_is_old_or_new() {
    sweep("a real Debian of 10 GiB", 40);
}
