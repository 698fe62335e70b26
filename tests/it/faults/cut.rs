//! Power cuts. The calls that were made are replayed as a disk may have kept them: every prefix,
//! its last write torn at a sector, and any part of what was not flushed, in sectors.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use osgraft::image::{Faults, Operation};

use super::mutation::{recoveries, taken_back};
use super::row::{Extent, Row};
use super::scene::{Scene, is};
use crate::support::fixture::not_run;

const SECTOR: usize = 512;

/// Calls of one or more edits, one after the other, and the disks between them.
pub(super) struct Session {
    /// The file that it begins with.
    pub(super) start: Vec<u8>,
    pub(super) log: Vec<Operation>,
    /// How many calls had been made when each edit returned.
    pub(super) returned: Vec<usize>,
    /// The disk before the first edit and after each.
    pub(super) disks: Vec<Vec<u8>>,
}

/// What a power cut left, and how many calls had been made by then.
pub(super) struct Cut {
    pub(super) left: Vec<u8>,
    pub(super) made: usize,
    pub(super) told: String,
}

/// Numbers that are the same in every run (SplitMix64).
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn of(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn one_in(&mut self, n: u64) -> bool {
        self.next().is_multiple_of(n)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

impl Session {
    /// Prepare and revert, as they are made.
    pub(super) fn of(scene: &Scene) -> Self {
        Self::with(scene, &Faults::none())
    }

    /// The same under a script; the calls are those that were asked for.
    pub(super) fn with(scene: &Scene, faults: &Faults) -> Self {
        scene.put(&scene.steps[0].before);
        let mut returned = Vec::new();
        for step in &scene.steps {
            scene.commit(step, faults).unwrap();
            returned.push(faults.operations().len());
        }
        let after = scene.steps.iter().map(|step| step.after.clone());
        Self {
            start: scene.steps[0].before.clone(),
            log: faults.operations(),
            returned,
            disks: std::iter::once(scene.steps[0].before.clone())
                .chain(after)
                .collect(),
        }
    }

    /// The disks that a cut after so many calls may give: once an edit has returned, none before
    /// its own.
    fn allowed(&self, made: usize) -> &[Vec<u8>] {
        let done = self.returned.iter().filter(|calls| **calls <= made).count();
        let begun = self.returned.iter().filter(|calls| **calls < made).count() + 1;
        &self.disks[done..self.disks.len().min(begun + 1)]
    }

    /// Every cut after `from` calls or more that is worth a try, once each; `random` more at each
    /// call. Ends when `each` says so.
    pub(super) fn cuts(
        &self,
        from: usize,
        random: usize,
        seed: u64,
        mut each: impl FnMut(Cut) -> bool,
    ) {
        let mut chance = Chance::of(seed);
        let mut seen = HashSet::new();
        let mut go_on = true;
        let mut give = |left: Vec<u8>, made: usize, told: String| {
            let mut hasher = DefaultHasher::new();
            (&left, self.allowed(made).as_ptr_range()).hash(&mut hasher);
            if go_on && seen.insert(hasher.finish()) {
                go_on = each(Cut { left, made, told });
            }
            go_on
        };
        let mut durable = self.start.clone();
        let mut waiting: Vec<&Operation> = Vec::new();
        for made in 0..=self.log.len() {
            if made > 0 {
                match &self.log[made - 1] {
                    Operation::Sync => {
                        for operation in waiting.drain(..) {
                            land(&mut durable, operation);
                        }
                    }
                    operation => waiting.push(operation),
                }
            }
            if made < from {
                continue;
            }
            let with = |chosen: &dyn Fn(usize) -> bool| {
                let mut left = durable.clone();
                let landed = waiting.iter().enumerate().filter(|(n, _)| chosen(*n));
                landed.for_each(|(_, operation)| land(&mut left, operation));
                left
            };
            if !give(with(&|_| true), made, "every call landed".into()) {
                return;
            }
            give(with(&|_| false), made, "none since the last flush".into());
            for one in 0..waiting.len() {
                give(with(&|n| n == one), made, format!("call {one} alone"));
                give(with(&|n| n != one), made, format!("all but call {one}"));
            }
            if let Some((Operation::Write { offset, data }, before)) = waiting.split_last() {
                for at in tears(*offset, data.len()) {
                    let mut left = durable.clone();
                    before.iter().for_each(|o| land(&mut left, o));
                    write(&mut left, *offset, &data[..at]);
                    give(left, made, format!("the last torn at {at}"));
                }
            }
            for round in 0..random {
                if waiting.is_empty() {
                    break;
                }
                let mut left = durable.clone();
                for operation in &waiting {
                    land_partly(&mut left, operation, &mut chance);
                }
                if !give(left, made, format!("at random, {round}")) {
                    return;
                }
            }
        }
    }

    /// Recovers what a cut left and judges it.
    pub(super) fn judge(&self, scene: &Scene, cut: &Cut, row: &mut Row) {
        row.points += 1;
        let told = || {
            format!(
                "after {} of {} calls, {}",
                cut.made,
                self.log.len(),
                cut.told
            )
        };
        scene.put(&cut.left);
        if let Err(error) = scene.recover(&Faults::none()) {
            row.lost += 1;
            row.fail(format!("{}: {error}", told()));
            return;
        }
        let now = scene.bytes();
        let allowed = self.allowed(cut.made);
        let Some(found) = allowed.iter().position(|disk| holds(&now, disk)) else {
            row.mixed += 1;
            row.fail(format!("{}: {} bytes of neither", told(), now.len()));
            return;
        };
        match found {
            0 if allowed.len() > 1 => row.old += 1,
            _ => row.new += 1,
        }
        // What a cut left behind the image's end is not known to recovery where no trailer came
        // with it. It is nobody's; a few of each are shown to QEMU.
        let exact = is(&now, &allowed[found]);
        if (exact || row.points.is_multiple_of(50)) && scene.errors(&now) > 0 {
            row.check_errors += 1;
            row.fail(format!("{}: qemu-img check", told()));
        }
    }
}

/// Whether a file is a disk, whatever lies behind its end.
fn holds(now: &[u8], disk: &[u8]) -> bool {
    is(now, disk) || now.starts_with(disk)
}

/// Where a write may tear: the ends of sectors, the first and last few of them and some between.
fn tears(offset: u64, len: usize) -> Vec<usize> {
    let first = SECTOR - offset as usize % SECTOR;
    let all: Vec<usize> = (first..len).step_by(SECTOR).collect();
    let every = all.len().div_ceil(6).max(1);
    let mut some: Vec<usize> = all.iter().copied().step_by(every).collect();
    some.extend(all.last());
    some.dedup();
    some
}

/// Does what a call asked for.
fn land(file: &mut Vec<u8>, operation: &Operation) {
    match operation {
        Operation::Write { offset, data } => write(file, *offset, data),
        Operation::Truncate { len } => file.resize(*len as usize, 0),
        _ => {}
    }
}

fn write(file: &mut Vec<u8>, offset: u64, data: &[u8]) {
    let (from, to) = (offset as usize, offset as usize + data.len());
    if file.len() < to {
        file.resize(to, 0);
    }
    file[from..to].copy_from_slice(data);
}

/// Does all of it, nothing, or some sectors.
fn land_partly(file: &mut Vec<u8>, operation: &Operation, chance: &mut Chance) {
    if chance.one_in(3) {
        return;
    }
    match operation {
        Operation::Write { offset, data } if chance.one_in(2) => {
            let mut from = 0;
            while from < data.len() {
                let to = (from + SECTOR - (*offset as usize + from) % SECTOR).min(data.len());
                if chance.one_in(2) {
                    write(file, offset + from as u64, &data[from..to]);
                }
                from = to;
            }
        }
        _ => land(file, operation),
    }
}

/// Cuts the power in prepare and in revert of one kind of child, and in the recovery of prepare;
/// the ordinary run does so with `part` random cuts at each call, or leaves recovery to the others.
fn cut(kind: &'static str, part: Option<usize>) {
    let Some(scene) = Scene::of(kind) else {
        not_run(&format!("power cut: {kind}"));
        return;
    };
    let extent = Extent::of_this_run();
    let random = extent.choose(part.unwrap_or(0), 24);
    let session = Session::of(&scene);
    let mut row = Row::new(format!("power cut in prepare, revert: {kind}"));
    session.cuts(0, random, 1, |cut| {
        session.judge(&scene, &cut, &mut row);
        true
    });
    row.finish(50);

    if extent == Extent::Part && part.is_none() {
        return;
    }
    let mut row = Row::new(format!("power cut in recover, in taking back: {kind}"));
    let recoveries = recoveries(&scene).into_iter().map(|(_, session)| session);
    for session in recoveries.chain([taken_back(&scene)]) {
        session.cuts(0, random, 2, |cut| {
            session.judge(&scene, &cut, &mut row);
            true
        });
    }
    row.finish(50);
}

#[test]
fn a_power_cut_leaves_the_old_disk_or_the_new_one() {
    cut("ours, 64 KiB clusters", Some(2));
}

#[test]
fn with_small_clusters_likewise() {
    cut("qemu-img's, 4 KiB clusters", Some(2));
}

#[test]
fn in_version_2_likewise() {
    cut("version 2", None);
}

#[test]
fn with_compressed_clusters_likewise() {
    cut("compressed clusters", None);
}

#[test]
fn with_a_snapshot_likewise() {
    cut("a snapshot in it", None);
}
