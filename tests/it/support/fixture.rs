//! The guests of `fixtures/INDEX.md`, made when they are not there yet.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use osgraft::image::{MasterFormat, Overlay};

use super::{output, run, text};

/// Where the generated guests go, whatever folder the build itself goes to.
fn folder() -> PathBuf {
    root().join("target/fixtures")
}

/// The clone that this test was built from.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn script(name: &str) -> String {
    text(&root().join("fixtures/guests").join(name)).to_owned()
}

/// A small guest's master; `None`, and told, where this host's e2fsprogs is too old to make it.
pub(crate) fn guest(name: &str) -> Option<PathBuf> {
    let file = match name.ends_with(".vmdk") {
        true => name.to_owned(),
        false => format!("{name}.qcow2"),
    };
    let master = folder().join("guests").join(file);
    if !master.exists() {
        // It locks what it makes, and moves it into place whole.
        run(&script("make-all.sh"), &[name]);
    }
    if master.exists() {
        return Some(master);
    }
    not_run(&format!("{name}: this e2fsprogs is too old to make it"));
    None
}

/// An overlay on a master whose format its name tells, as the fixtures' names do.
pub(crate) fn overlay(master: &Path) -> Overlay {
    Overlay::new(master).format(match master.extension() {
        Some(extension) if extension == "vmdk" => MasterFormat::Vmdk,
        _ => MasterFormat::Qcow2,
    })
}

/// The names of all small guests.
pub(crate) fn guests() -> Vec<String> {
    let listed = run(&script("make-all.sh"), &["--list"]);
    listed.lines().map(str::to_owned).collect()
}

/// The folder of the real Debian; `None`, and told, where it would take root to install it.
pub(crate) fn debian() -> Option<PathBuf> {
    let folder = folder().join("debian");
    if folder.join("master.qcow2").exists() {
        return Some(folder);
    }
    let may_install = is_root()
        || Command::new("sudo")
            .args(["-n", "true"])
            .output()
            .is_ok_and(|sudo| sudo.status.success());
    if !may_install {
        not_run("the real Debian: installing it takes root, or sudo without a password");
        return None;
    }
    run(&script("debian.gen.sh"), &[]);
    Some(folder)
}

/// The tree of a Debian with every program that configures a network; `None`, and told, where it would take
/// root to install it.
pub(crate) fn stacks() -> Option<PathBuf> {
    let system = folder().join("stacks/root");
    if !system.is_dir() {
        if !is_root() {
            not_run("a Debian with network programs: installing it takes root");
            return None;
        }
        run(&script("stacks.gen.sh"), &[]);
    }
    Some(system)
}

pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Tells of a test that this host cannot run. It goes past the test harness, which would show it
/// for failed tests alone.
pub(crate) fn not_run(why: &str) {
    // Where standard error is gone there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "not run: {why}");
}

/// SHA-256 of a file, by a tool: fast on a whole disk in a debug build too.
pub(crate) fn digest_by_tool(file: &Path) -> String {
    run("sha256sum", &["-b", text(file)])
        .split(' ')
        .next()
        .expect("sha256sum begins with the digest")
        .trim_start_matches('\\')
        .to_owned()
}

/// `e2fsck -fn` of a file system in a raw disk finds nothing.
pub(crate) fn assert_sound(disk: &Path, at: u64) {
    let volume = format!("{}?offset={at}", disk.display());
    let checked = output("/sbin/e2fsck", &["-fn", &volume]);
    assert!(
        checked.status.code() == Some(0),
        "e2fsck -fn: {}\n{}{}",
        checked.status,
        String::from_utf8_lossy(&checked.stdout),
        String::from_utf8_lossy(&checked.stderr),
    );
}
