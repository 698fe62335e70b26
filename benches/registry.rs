//! Cost of 10,000 servers beside 10: a prepare by the program, interleaved, and reading the
//! registry in this process, with its memory. Nothing is asserted.

#![allow(clippy::print_stdout)] // printing its table is what it is for

mod debian;

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use osgraft::image::Overlay;
use osgraft::registry::{FileRegistry, Needs, Registry, select};

const ROUNDS: usize = 20;
const FEW: usize = 10;
const MANY: usize = 10_000;
const OSGRAFT: &str = env!("CARGO_BIN_EXE_osgraft");

fn main() {
    let master = debian::master();
    let folder = debian::folder();
    let at = |name: &str| folder.path().join(name);
    let registries = [(FEW, at("few.toml")), (MANY, at("many.toml"))];
    for (count, file) in &registries {
        fs::write(file, text(*count)).expect("space");
    }
    println!(
        "reading and selecting in process, {ROUNDS} rounds, in milliseconds: minimum, median, maximum"
    );
    for (count, file) in &registries {
        let before = peak();
        let times: Vec<f64> = (0..ROUNDS).map(|_| read(file)).collect();
        print(&format!("{count} servers"), &times);
        println!("  peak of memory: {} KiB more", peak() - before);
    }
    let mut times = [const { Vec::new() }; 2];
    for round in 0..=ROUNDS {
        for ((count, file), times) in registries.iter().zip(&mut times) {
            let child = at(&format!("{count}-{round}.qcow2"));
            Overlay::new(&master).create(&child).expect("a child");
            let time = prepare(&child, &master, file);
            fs::remove_file(&child).expect("it was made");
            // The first round warms the caches.
            if round > 0 {
                times.push(time);
            }
        }
    }
    println!("osgraft prepare, whole processes, {ROUNDS} rounds, in milliseconds");
    print(&format!("{FEW} servers"), &times[0]);
    print(&format!("{MANY} servers"), &times[1]);
    println!("side by side, round by round");
    let pairs = times[1].iter().zip(&times[0]);
    let more: Vec<f64> = pairs.clone().map(|(many, few)| many - few).collect();
    let ratios: Vec<f64> = pairs.map(|(many, few)| many / few).collect();
    print("more with many", &more);
    print("many / few", &ratios);
}

/// A registry file of so many servers, all of which fit.
fn text(count: usize) -> String {
    let mut text = String::new();
    for number in 0..count {
        let _ = writeln!(
            text,
            "[[server]]\nname = \"deb12-{number}\"\nexport = \"10.{}.{}.{}:/vol/shared_lib\"\n\
             os = \"debian\"\nversion = \"12\"\narch = \"x86_64\"\ncomponents = [\"lib/modules\"]\n\
             state = \"active\"\nweight = 10\nrelease = \"2026-11-20\"\noptions = \"port=12049\"\n",
            number / 65_536,
            number / 256 % 256,
            number % 256,
        );
    }
    text
}

fn read(file: &Path) -> f64 {
    let start = Instant::now();
    let servers = FileRegistry::at(file).servers().expect("it was written");
    let mut needs = Needs::new("web-7");
    needs.os = Some("debian".into());
    needs.version = Some("12".into());
    needs.arch = Some("x86_64".into());
    select(&servers, &needs).expect("all fit");
    start.elapsed().as_secs_f64() * 1000.0
}

fn prepare(child: &Path, master: &Path, registry: &Path) -> f64 {
    let mut command = Command::new(OSGRAFT);
    command
        .arg("prepare")
        .arg(child)
        .arg("--master")
        .arg(master);
    command.arg("--registry").arg(registry).arg("--no-cache");
    let start = Instant::now();
    let status = command.stdout(Stdio::null()).status();
    let time = start.elapsed().as_secs_f64() * 1000.0;
    assert!(
        status.expect("the program is there").success(),
        "{command:?}"
    );
    time
}

/// Most memory of this process so far, in KiB (proc(5), `VmHWM`).
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("proc(5)");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.expect("proc(5)")
}

fn print(name: &str, times: &[f64]) {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    let (low, middle, high) = (times[0], times[times.len() / 2], times[times.len() - 1]);
    println!("  {name:<40} {low:8.2} {middle:8.2} {high:8.2}");
}
