//! A new child, killed, torn, failed and cut from power while it is made: it is there and whole, or
//! not there.

use std::collections::HashSet;
use std::path::PathBuf;

use osgraft::image::{Fault, Faults, ImageError, Operation, Overlay};

use super::cut::Chance;
use super::row::{Extent, Row, tell};
use crate::support::assert_clean;
use crate::support::fixture::{guest, not_run};

/// Where a child is to be.
struct Site {
    folder: tempfile::TempDir,
    master: PathBuf,
    whole: Vec<u8>,
    /// On a file system that has no unnamed files.
    named: bool,
}

impl Site {
    fn of(named: bool) -> Option<Self> {
        let mut site = Self {
            folder: tempfile::tempdir().expect("space"),
            master: guest("debian12")?,
            whole: Vec::new(),
            named,
        };
        site.create(&site.faults(Faults::none())).unwrap();
        assert_clean(&site.child());
        site.whole = std::fs::read(site.child()).unwrap();
        site.clear();
        Some(site)
    }

    fn faults(&self, faults: Faults) -> Faults {
        match self.named {
            true => faults.without_unnamed_files(),
            false => faults,
        }
    }

    fn child(&self) -> PathBuf {
        self.folder.path().join("child.qcow2")
    }

    fn create(&self, faults: &Faults) -> Result<(), ImageError> {
        let overlay = Overlay::new(&self.master).with_faults(faults.clone());
        overlay.create(self.child())
    }

    fn names(&self) -> Vec<PathBuf> {
        let listed = std::fs::read_dir(self.folder.path()).unwrap();
        listed.map(|entry| entry.unwrap().path()).collect()
    }

    fn clear(&self) {
        for name in self.names() {
            std::fs::remove_file(name).unwrap();
        }
    }

    /// What a fault left, and what the next call makes of it.
    fn judge(&self, row: &mut Row, told: &str) {
        row.points += 1;
        let before = std::fs::read(self.child()).ok();
        match &before {
            None => row.old += 1,
            Some(content) if *content == self.whole => row.new += 1,
            Some(_) => {
                row.mixed += 1;
                row.fail(format!("{told}: there, but not whole"));
                return;
            }
        }
        match self.create(&self.faults(Faults::none())) {
            Ok(()) if before.is_none() => {}
            Err(ImageError::Exists(_)) if before.is_some() => {}
            other => row.fail(format!("{told}: the next call: {other:?}")),
        }
        if std::fs::read(self.child()).ok().as_ref() != Some(&self.whole) {
            row.lost += 1;
            row.fail(format!("{told}: not whole after the next call"));
        }
        if self.names() != [self.child()] {
            row.leftovers += 1;
            row.fail(format!("{told}: left behind: {:?}", self.names()));
        }
    }

    fn log(&self) -> Vec<Operation> {
        self.clear();
        let faults = self.faults(Faults::none());
        self.create(&faults).unwrap();
        faults.operations()
    }
}

#[test]
fn a_clone_is_whole_or_absent() {
    for named in [false, true] {
        let Some(site) = Site::of(named) else {
            not_run("faults: clone: this host cannot make the guest");
            return;
        };
        let with = if named { ", no unnamed files" } else { "" };
        let mut row = Row::new(format!("clone{with}"));
        for (call, operation) in site.log().iter().enumerate() {
            let mut faults = vec![Fault::Kill];
            if let Operation::Write { data, .. } = operation {
                let at = [1, 40, 511, 512, 513, data.len() / 2];
                faults.extend(at.into_iter().filter(|n| *n < data.len()).map(Fault::Torn));
            }
            for errno in [libc::EIO, libc::ENOSPC] {
                faults.extend([Fault::Error(errno), Fault::ErrorFromHere(errno)]);
            }
            for fault in faults {
                site.clear();
                let script = site.faults(Faults::at(call, fault));
                let ended = site.create(&script);
                let told = format!("{fault:?} at call {call}{with}");
                assert!(script.struck() && ended.is_err(), "{told}: {ended:?}");
                site.judge(&mut row, &told);
            }
        }
        assert!(row.old > 0 && row.new > 0, "both sides of the name");
        row.finish(30);
    }
}

/// What a cut may leave of a child that was being made: `None` where it has no name.
fn cuts(log: &[Operation], random: usize, mut each: impl FnMut(Option<Vec<u8>>, usize, String)) {
    let mut chance = Chance::of(4);
    let mut seen = HashSet::new();
    for made in 0..=log.len() {
        let flushed = log[..made].iter().rposition(|o| *o == Operation::Sync);
        let is_name = |o: &Operation| *o == Operation::Link;
        let named = log[..made].iter().any(is_name);
        let name_flushed = log[..made].contains(&Operation::SyncFolder);
        // All, nothing, and some of what was not flushed.
        for round in 0..random + 2 {
            let mut file = Vec::new();
            for (number, operation) in log[..made].iter().enumerate() {
                let durable = flushed.is_some_and(|flush| number < flush);
                let lands = durable || round == 0 || (round > 1 && chance.one_in(2));
                match operation {
                    Operation::Write { offset, data } if lands => {
                        let torn = !durable && chance.one_in(3);
                        let len = if torn {
                            data.len() / 1024 * 512
                        } else {
                            data.len()
                        };
                        let (from, to) = (*offset as usize, *offset as usize + len);
                        file.resize(file.len().max(to), 0);
                        file[from..to].copy_from_slice(&data[..len]);
                    }
                    Operation::Truncate { len } if lands => file.resize(*len as usize, 0),
                    _ => {}
                }
            }
            for has_name in [true, false] {
                if (has_name && !named) || (!has_name && named && name_flushed) {
                    continue;
                }
                let left = has_name.then(|| file.clone());
                if seen.insert((left.clone(), made)) {
                    each(left, made, format!("after {made} calls, {round}"));
                }
            }
        }
    }
}

#[test]
fn a_clone_is_whole_or_absent_after_a_power_cut_and_there_once_told() {
    let Some(site) = Site::of(false) else {
        not_run("power cut: clone: this host cannot make the guest");
        return;
    };
    let log = site.log();
    let random = Extent::of_this_run().choose(4, 40);
    let mut row = Row::new("power cut in clone");
    let bad = |log: &[Operation], row: &mut Row| {
        cuts(log, random, |left, made, told| {
            site.clear();
            if let Some(bytes) = &left {
                std::fs::write(site.child(), bytes).unwrap();
            } else if made == log.len() {
                row.lost += 1;
                row.fail(format!("{told}: told as made, and gone"));
            }
            site.judge(row, &told);
        });
    };
    bad(&log, &mut row);
    row.finish(8);

    let at = |wanted: &Operation| log.iter().position(|o| o == wanted).expect("it does that");
    for (what, call) in [
        ("clone's flush left out", at(&Operation::Sync)),
        (
            "clone's flush of the folder left out",
            at(&Operation::SyncFolder),
        ),
    ] {
        let mut broken = log.clone();
        broken.remove(call);
        let mut row = Row::new("");
        bad(&broken, &mut row);
        assert!(row.lost + row.mixed > 0, "not caught: {what}");
        tell(&format!("mutation\t{what}: caught"));
    }
    let mut early = log.clone();
    let name = early.remove(at(&Operation::Link));
    early.insert(0, name);
    let mut row = Row::new("");
    bad(&early, &mut row);
    assert!(row.mixed > 0, "not caught: the name given first");
    tell("mutation\tclone's name given before its content: caught");
}
