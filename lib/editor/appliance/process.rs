//! The processes that libguestfs starts: QEMU, and what builds its appliance.
//!
//! They are found as children of the thread that holds the handle (proc_pid_task(5), `children`),
//! so that two appliances of one program never touch each other's.

use std::fs;
use std::path::PathBuf;

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// Kills every child of one of our threads.
pub(super) fn end_children_of(thread: u32) {
    for pid in children_of(thread) {
        end(pid, || children_of(thread).contains(&pid));
    }
}

/// Kills a process of another, dead osgraft, if it is still the one whose command line names
/// `mark`.
pub(super) fn end_marked(pid: u32, mark: &str) {
    let is_it = || command_line(pid).is_some_and(|line| line.contains(mark));
    if is_it() {
        end(pid, is_it);
    }
}

/// The QEMU that a thread started and the folder in which libguestfs put its sockets, once it
/// runs.
pub(super) fn find_qemu(thread: u32) -> Option<(u32, PathBuf)> {
    children_of(thread).into_iter().find_map(|pid| {
        let line = command_line(pid)?;
        let end = line.find("/guestfsd.sock")?;
        let start = line[..end].rfind("path=")? + "path=".len();
        Some((pid, PathBuf::from(&line[start..end])))
    })
}

/// The number stays the process's own while the descriptor is open and it is not reaped; `is_it`
/// is asked with the descriptor open, since it may have been reaped before.
fn end(pid: u32, is_it: impl Fn() -> bool) {
    let Some(number) = i32::try_from(pid).ok().and_then(Pid::from_raw) else {
        return;
    };
    if let Ok(process) = pidfd_open(number, PidfdFlags::empty())
        && is_it()
    {
        // It may have ended by itself.
        let _ = pidfd_send_signal(&process, Signal::KILL);
    }
}

fn children_of(thread: u32) -> Vec<u32> {
    let listed = fs::read_to_string(format!("/proc/self/task/{thread}/children"));
    let listed = listed.unwrap_or_default();
    listed
        .split_whitespace()
        .filter_map(|pid| pid.parse().ok())
        .collect()
}

fn command_line(pid: u32) -> Option<String> {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
