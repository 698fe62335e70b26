//! What the tests share: QEMU's tools, small images, digests.

/// The generated guests, and what a host can run.
pub(crate) mod fixture;
/// From the clone to the way back, and what must be true after each step.
pub(crate) mod graft;
/// Small Linux guests.
pub(crate) mod guest;
/// Mounts that nobody else sees.
#[cfg(feature = "cli")]
pub(crate) mod namespace;
/// The built program, and a child for it.
#[cfg(feature = "cli")]
pub(crate) mod program;
/// Numbers for what is damaged at random.
pub(crate) mod random;
/// What every refusal must be.
pub(crate) mod refusal;
/// Registries whose servers fit the fixtures.
pub(crate) mod servers;
mod stat;
/// What the processes of a program ask of the kernel.
#[cfg(feature = "cli")]
pub(crate) mod trace;
/// A guest's tree, read by other means than osgraft's.
pub(crate) mod tree;

use std::path::Path;
use std::process::{Command, Output};

use sha2::{Digest, Sha256};

/// Runs a program that must be there and must succeed.
pub(crate) fn run(program: &str, args: &[&str]) -> String {
    let output = output(program, args);
    assert!(
        output.status.success(),
        "{program} {args:?}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs a program that must be there; it may fail.
pub(crate) fn output(program: &str, args: &[&str]) -> Output {
    Command::new(program)
        .args(args)
        .output()
        .unwrap_or_else(|e| panic!("{program} is needed; run “make setup”: {e}"))
}

/// A path as text, for command lines.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("tests use UTF-8 paths")
}

/// How many processes this thread started that were not waited for.
#[cfg(feature = "cli")]
pub(crate) fn children_of_this_thread() -> usize {
    let listed = std::fs::read_to_string("/proc/thread-self/children").expect("procfs");
    listed.split_whitespace().count()
}

/// SHA-256 of a file.
pub(crate) fn digest(path: &Path) -> [u8; 32] {
    Sha256::digest(std::fs::read(path).expect("readable")).into()
}

/// A qcow2 master of `mib` MiB whose every 4 KiB block begins with its own number.
pub(crate) fn patterned_master(folder: &Path, mib: u64) -> std::path::PathBuf {
    let raw = folder.join("master.raw");
    let mut bytes = vec![0u8; (mib << 20) as usize];
    for (number, block) in bytes.chunks_mut(4096).enumerate() {
        block[..8].copy_from_slice(&(number as u64).to_be_bytes());
    }
    std::fs::write(&raw, bytes).expect("space");
    let master = folder.join("master.qcow2");
    run(
        "qemu-img",
        &[
            "convert",
            "-f",
            "raw",
            "-O",
            "qcow2",
            text(&raw),
            text(&master),
        ],
    );
    std::fs::remove_file(raw).expect("just written");
    master
}

/// What a guest would read from an image, through QEMU itself.
pub(crate) fn guest_bytes(image: &Path) -> Vec<u8> {
    let raw = tempfile::NamedTempFile::new().expect("space");
    run(
        "qemu-img",
        &[
            "convert",
            "-f",
            "qcow2",
            "-O",
            "raw",
            text(image),
            text(raw.path()),
        ],
    );
    std::fs::read(raw.path()).expect("just written")
}

/// `qemu-img check` finds nothing, leaks included.
pub(crate) fn assert_clean(image: &Path) {
    let report = run("qemu-img", &["check", "-f", "qcow2", text(image)]);
    assert!(report.contains("No errors were found"), "{report}");
}
