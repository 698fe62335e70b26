//! Cost of the hook for a machine that takes no part, beside a program that does nothing: whole
//! processes, interleaved, in one run. Nothing is asserted.

#![allow(clippy::print_stdout)] // printing its table is what it is for

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

const ROUNDS: usize = 200;
const OSGRAFT: &str = env!("CARGO_BIN_EXE_osgraft");

fn main() {
    let folder = tempfile::tempdir().expect("space");
    let at = |name: &str| folder.path().join(name);
    let config = "images.masters = [\"/masters\"]\n[[hook.vm]]\nmatch = \"^web-[0-9]+$\"\n";
    std::fs::write(at("config.toml"), config).expect("space");
    let devices = "<disk type='file' device='disk'><source file='/a'/></disk>".repeat(100);
    let xml = format!("<domain><name>db-1</name><devices>{devices}</devices></domain>");
    std::fs::write(at("domain.xml"), xml).expect("space");
    let hook = |operation: &str| {
        let mut command = Command::new(OSGRAFT);
        command.arg("--config").arg(at("config.toml"));
        command
            .args(["hook", "libvirt", "--state"])
            .arg(at("state"))
            .arg("--kept")
            .arg(at("kept"));
        command.args(["db-1", operation, "begin", "-"]);
        time(&mut command, &at("domain.xml"))
    };
    let mut times = [const { Vec::new() }; 3];
    for round in 0..=ROUNDS {
        let row = [
            time(&mut Command::new("true"), &at("domain.xml")),
            hook("reconnect"),
            hook("prepare"),
        ];
        // The first round warms the caches.
        if round > 0 {
            for (times, time) in times.iter_mut().zip(row) {
                times.push(time);
            }
        }
    }
    println!("whole processes, {ROUNDS} rounds, in milliseconds: minimum, median, maximum");
    print("true", &times[0]);
    print("hook libvirt, reconnect begin", &times[1]);
    print("hook libvirt, prepare begin, no part", &times[2]);
    println!("side by side, round by round");
    let pairs = times[2].iter().zip(&times[0]);
    let ratios: Vec<f64> = pairs.map(|(ours, theirs)| ours / theirs).collect();
    print("prepare begin / true", &ratios);
}

fn time(command: &mut Command, input: &Path) -> f64 {
    let input = File::open(input).expect("it was written");
    let start = Instant::now();
    let status = command.stdin(Stdio::from(input)).status();
    let time = start.elapsed().as_secs_f64() * 1000.0;
    assert!(
        status.expect("the program is there").success(),
        "{command:?}"
    );
    time
}

fn print(name: &str, times: &[f64]) {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    let (low, middle, high) = (times[0], times[times.len() / 2], times[times.len() - 1]);
    println!("  {name:<40} {low:8.2} {middle:8.2} {high:8.2}");
}
