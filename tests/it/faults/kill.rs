//! The program itself, killed at any time: SIGKILL after a random wait, then `recover`.
//!
//! The sweeps strike each file call of the library. Here the whole program is struck, its worker
//! included, wherever it happens to be.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::cut::Chance;
use super::row::{Extent, Row};
use super::scene::is;
use crate::support::fixture::not_run;
use crate::support::program::Workshop;
use crate::support::tree::Tree;
use crate::support::{output, run, text};

/// Where the root of the fixture begins.
const ROOT: u64 = 1 << 20;
/// How the children are made: options of `qemu-img create`.
const KINDS: [&str; 5] = [
    "cluster_size=65536",
    "cluster_size=4096",
    "cluster_size=2M",
    "compat=0.10",
    "compat=1.1,lazy_refcounts=on",
];

/// A child before and after one command.
struct Step {
    verb: &'static str,
    before: Vec<u8>,
    after: Tree,
    /// Wall-clock time of the slowest of a few runs.
    takes: Duration,
}

impl Step {
    fn of(workshop: &Workshop, verb: &'static str) -> Self {
        let child = workshop.child();
        let before = std::fs::read(&child).unwrap();
        let mut takes = Duration::ZERO;
        for _ in 0..3 {
            std::fs::write(&child, &before).unwrap();
            let began = Instant::now();
            workshop.ok(&[verb, "--quiet", text(&child)]);
            takes = takes.max(began.elapsed());
        }
        let now = std::fs::read(&child).unwrap();
        assert!(!is(&now, &before), "the premise: {verb} changes the file");
        Self {
            verb,
            before,
            after: Tree::read(&child, ROOT),
            takes,
        }
    }

    /// Kills the command once and judges what recovery makes of it.
    fn kill(&self, workshop: &Workshop, chance: &mut Chance, row: &mut Row) {
        let child = workshop.child();
        std::fs::write(&child, &self.before).unwrap();
        // Past the end of the slowest run too: then the kill comes too late.
        let span = self.takes.as_micros() as u64 * 11 / 10;
        let wait = Duration::from_micros(chance.next() % span);
        let line = workshop.command_line(&[self.verb, "--quiet", text(&child)]);
        let mut program = Command::new(&line[0])
            .args(&line[1..])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(wait);
        program.kill().unwrap();
        program.wait().unwrap();
        row.points += 1;
        let told = format!("{} killed after {wait:?}", self.verb);
        let recovered = workshop.run(&["recover", "--quiet", text(&child)]);
        if recovered.code != Some(0) {
            row.lost += 1;
            row.fail(format!("{told}: {recovered:?}"));
            return;
        }
        self.judge(workshop, &told, row);
    }

    fn judge(&self, workshop: &Workshop, told: &str, row: &mut Row) {
        let child = workshop.child();
        if is(&std::fs::read(&child).unwrap(), &self.before) {
            row.old += 1;
        } else {
            // The time in the new inodes is another in each run, so the trees are compared.
            let differences = self
                .after
                .differences(&Tree::read(&child, ROOT), str::to_owned);
            match differences.is_empty() {
                true => row.new += 1,
                false => {
                    row.mixed += 1;
                    row.fail(format!("{told}: {}", differences.join("; ")));
                }
            }
        }
        let checked = output("qemu-img", &["check", "-q", "-f", "qcow2", text(&child)]);
        if !checked.status.success() {
            row.check_errors += 1;
            row.fail(format!("{told}: {checked:?}"));
        }
        if workshop.names() != ["child.qcow2", "config.toml", "servers.toml"] {
            row.leftovers += 1;
            row.fail(format!("{told}: left behind: {:?}", workshop.names()));
        }
    }
}

#[test]
fn the_program_killed_at_any_time_leaves_the_old_disk_or_the_new_one() {
    let Some(workshop) = Workshop::of("debian12") else {
        not_run("kill: this host cannot make the guest");
        return;
    };
    let each = Extent::of_this_run().choose(4, 100);
    let mut row = Row::new("the program killed at random times");
    for (seed, options) in KINDS.into_iter().enumerate() {
        let child = workshop.child();
        std::fs::remove_file(&child).unwrap();
        let line = [
            "create", "-q", "-f", "qcow2", "-F", "qcow2", "-o", options, "-b",
        ];
        run(
            "qemu-img",
            &[&line[..], &[text(workshop.master()), text(&child)]].concat(),
        );
        let mut chance = Chance::of(seed as u64);
        for verb in ["prepare", "revert"] {
            let step = Step::of(&workshop, verb);
            let whole = std::fs::read(&child).unwrap();
            for _ in 0..each {
                step.kill(&workshop, &mut chance, &mut row);
            }
            std::fs::write(&child, whole).unwrap();
        }
    }
    assert!(
        row.old > 0,
        "the premise: some kills come before the commit"
    );
    assert!(
        each < 100 || row.new > 0,
        "the premise: some kills come after it"
    );
    row.finish(10 * each);
}
