//! Programs under strace: what each of their processes asks of the kernel.

use std::ffi::OsString;
use std::process::Command;

use super::fixture::not_run;
use super::program::Ran;

/// Whether a process may be traced here; where not, it is told which test is not run.
pub(crate) fn may_trace(test: &str) -> bool {
    let tried = Command::new("strace")
        .args(["-qq", "-o", "/dev/null", "true"])
        .output()
        .unwrap_or_else(|e| panic!("strace is needed; run “make setup”: {e}"));
    if !tried.status.success() {
        let why = String::from_utf8_lossy(&tried.stderr).replace('\n', " ");
        not_run(&format!("{test}: strace may not trace here: {why}"));
    }
    tried.status.success()
}

/// Runs a command line under strace with some of its options; gives what it came to, and the calls
/// of each process in a text of its own, so that none is cut in two by another's.
pub(crate) fn traced(options: &[&str], line: &[OsString]) -> (Ran, Vec<String>) {
    let logs = tempfile::tempdir().expect("space");
    let strace = ["strace", "-ff", "-qq"].iter().chain(options);
    let mut whole: Vec<OsString> = strace.map(Into::into).collect();
    whole.extend(["-o".into(), logs.path().join("of").into()]);
    whole.extend_from_slice(line);
    let ran = Ran::of(&whole);
    let mut processes: Vec<_> = std::fs::read_dir(logs.path())
        .expect("the test's own folder")
        .map(|entry| entry.expect("a name").path())
        .collect();
    processes.sort();
    let read = |path| std::fs::read_to_string(path).expect("strace writes text");
    (ran, processes.into_iter().map(read).collect())
}
