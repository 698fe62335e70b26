//! The whole program beside `qemu-img create -b`, in one run: so much does preparing a child cost
//! against merely making one.
//!
//! Rounds are interleaved, so that a slow moment of the machine meets all of them; ratios are
//! taken round by round. Nothing is asserted.

#![allow(clippy::print_stdout)] // printing its table is what it is for

mod debian;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use osgraft::config::Config;
use osgraft::editor::{Choice, Worker};
use osgraft::image::{Child, Overlay};
use osgraft::prepare::Preparer;
use osgraft::registry::FileRegistry;

const ROUNDS: usize = 40;
const OSGRAFT: &str = env!("CARGO_BIN_EXE_osgraft");

fn main() {
    let master = debian::master();
    let folder = debian::folder();
    let registry = folder.path().join("servers.toml");
    std::fs::write(
        &registry,
        "[[server]]\nname = \"deb12-a\"\nexport = \"10.0.0.1:/vol/shared_lib\"\n",
    )
    .expect("space");
    let overlay = |child: &Path| {
        run(Command::new("qemu-img")
            .args(["create", "-q", "-f", "qcow2", "-F", "qcow2", "-b"])
            .arg(&master)
            .arg(child));
    };
    let flush = |child: &Path| {
        for path in [child, folder.path()] {
            File::open(path)
                .and_then(|f| f.sync_all())
                .expect("flushed");
        }
    };
    let mut library = Library::new(&master, folder.path());
    let mut times = [const { Vec::new() }; 7];
    let mut steps: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for round in 0..=ROUNDS {
        let name = |kind: &str| folder.path().join(format!("{kind}-{round}.qcow2"));
        let grafted = name("grafted");
        let mut report = Vec::new();
        let row = [
            time(|| overlay(&name("made"))),
            time(|| {
                overlay(&name("flushed"));
                flush(&name("flushed"));
            }),
            time(|| {
                run(Command::new(OSGRAFT)
                    .arg("clone")
                    .arg(&master)
                    .arg(&grafted));
            }),
            time(|| {
                report = run(Command::new(OSGRAFT)
                    .args(["prepare", "--json"])
                    .arg("--registry")
                    .arg(&registry)
                    .arg("--master")
                    .arg(&master)
                    .arg(&grafted));
            }),
            library.prepare(None),
            library.prepare(Some(Worker::new(OSGRAFT, ["worker"]))),
            {
                let own = name("own");
                overlay(&own);
                time(|| {
                    run(Command::new(OSGRAFT)
                        .args(["prepare", "--hostname", "web-7", "--json"])
                        .arg("--registry")
                        .arg(&registry)
                        .arg("--master")
                        .arg(&master)
                        .arg(&own));
                })
            },
        ];
        // The first round warms the caches.
        if round == 0 {
            continue;
        }
        for (times, time) in times.iter_mut().zip(row) {
            times.push(time);
        }
        let report: serde_json::Value = serde_json::from_slice(&report).expect("a report");
        for (step, time) in report["timings_ms"].as_object().expect("its steps") {
            let times = steps.entry(step.clone()).or_default();
            times.push(time.as_f64().expect("milliseconds"));
        }
    }
    println!("whole processes, {ROUNDS} rounds, in milliseconds: minimum, median, maximum");
    for (name, times) in [
        "(a) qemu-img create -b",
        "(b) the same, file and folder flushed",
        "osgraft clone (flushes both)",
        "osgraft prepare (flushes four times)",
        "the same, in a library's caller",
        "the same, with a worker",
        "osgraft prepare --hostname (name, machine-id, keys)",
    ]
    .iter()
    .zip(&times)
    {
        print(name, times);
    }
    println!("side by side, round by round");
    for (name, of, beside) in [
        ("prepare / (a)", 3, 0),
        ("prepare / (b)", 3, 1),
        ("prepare --hostname / prepare", 6, 3),
    ] {
        let pairs = times[of].iter().zip(&times[beside]);
        let ratios: Vec<f64> = pairs.map(|(ours, theirs)| ours / theirs).collect();
        print(name, &ratios);
    }
    let pairs = times[5].iter().zip(&times[4]);
    let costs: Vec<f64> = pairs.map(|(worker, here)| worker - here).collect();
    print("what the worker costs, ms", &costs);
    println!("what prepare's time is made of, the rest being the process itself");
    for (step, times) in &steps {
        print(step, times);
    }
}

/// Preparing by the library, in this process.
struct Library<'a> {
    master: &'a Path,
    folder: &'a Path,
    made: usize,
}

impl<'a> Library<'a> {
    fn new(master: &'a Path, folder: &'a Path) -> Self {
        Self {
            master,
            folder,
            made: 0,
        }
    }

    fn prepare(&mut self, worker: Option<Worker>) -> f64 {
        self.made += 1;
        let path = self.folder.join(format!("library-{}.qcow2", self.made));
        Overlay::new(self.master).create(&path).expect("a child");
        let registry = FileRegistry::open(self.folder.join("servers.toml")).expect("a registry");
        let choice = match worker {
            Some(worker) => Choice::ext4().worker(worker),
            None => Choice::ext4(),
        };
        let preparer = Preparer::new(registry, Config::default().share).editor(choice);
        let child = Child::open(&path, self.master).expect("a child");
        time(|| drop(preparer.prepare(&child).expect("prepared")))
    }
}

fn run(command: &mut Command) -> Vec<u8> {
    let output = command.output().expect("the program is there");
    assert!(output.status.success(), "{command:?}: {output:?}");
    output.stdout
}

fn time(call: impl FnOnce()) -> f64 {
    let start = Instant::now();
    call();
    start.elapsed().as_secs_f64() * 1000.0
}

fn print(name: &str, times: &[f64]) {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    let (low, middle, high) = (times[0], times[times.len() / 2], times[times.len() - 1]);
    println!("  {name:<40} {low:8.2} {middle:8.2} {high:8.2}");
}
