//! The processes that libguestfs starts: QEMU, and what builds its appliance.
//!
//! They are found as children of the thread that holds the handle (proc_pid_task(5), `children`),
//! so that two appliances of one program never touch each other's.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::process::{
    Pid, PidfdFlags, Resource, Rlimit, Signal, pidfd_open, pidfd_send_signal, prlimit,
};

use super::confine::USERS;

/// Kills every child of one of our threads.
pub(super) fn end_children_of(thread: u32) {
    for pid in children_of(thread) {
        end(pid, || children_of(thread).contains(&pid));
    }
}

/// Kills the QEMU of another, dead osgraft, told by `disk`, the overlay that it runs on; where its
/// sockets are, should one have run.
pub(super) fn end_qemu_on(disk: &Path) -> Option<PathBuf> {
    let me = rustix::process::geteuid().as_raw();
    let mark = disk.to_string_lossy();
    let runs_on_it = |pid| {
        let line = command_line(pid).filter(|line| line.contains(&*mark))?;
        sockets_in(&line)
    };
    let all = fs::read_dir("/proc").into_iter().flatten().flatten();
    // Root's QEMU is of a user of its own by then. What others run can look like it.
    let is_ours = |user: u32| user == me || me == 0 && USERS.contains(&user);
    all.filter(|entry| entry.metadata().is_ok_and(|m| is_ours(m.uid())))
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .find_map(|pid| {
            let sockets = runs_on_it(pid)?;
            end(pid, || runs_on_it(pid).is_some());
            Some(sockets)
        })
}

/// The QEMU that a thread started, once it runs, and the folder in which libguestfs put its sockets.
pub(super) fn find_qemu(thread: u32) -> Option<(u32, PathBuf)> {
    let mut children = children_of(thread).into_iter();
    children.find_map(|pid| Some((pid, sockets_in(&command_line(pid)?)?)))
}

/// Bounds what a child may use from now on, which it cannot raise again.
pub(super) fn limit(pid: u32, limits: &[(Resource, u64)]) -> io::Result<()> {
    let number = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let number = number.ok_or(io::ErrorKind::InvalidInput)?;
    for (resource, most) in limits {
        let most = Rlimit {
            current: Some(*most),
            maximum: Some(*most),
        };
        prlimit(Some(number), *resource, most)?;
    }
    Ok(())
}

/// From QEMU's command line.
fn sockets_in(line: &str) -> Option<PathBuf> {
    let end = line.find("/guestfsd.sock")?;
    let start = line[..end].rfind("path=")? + "path=".len();
    Some(PathBuf::from(&line[start..end]))
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

#[cfg(test)]
mod tests {
    use std::process::{Child, Command, Stdio};

    use super::*;

    /// A process that looks like the QEMU on a disk.
    fn looks_like_it(disk: &str, user: &[&str]) -> Child {
        let line = [user, &["sh", "-c", "read line", disk]].concat();
        Command::new(line[0])
            .args(&line[1..])
            .arg("path=/tmp/libguestfsXXXXXX/guestfsd.sock")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }

    #[test]
    fn the_qemu_of_ones_own_is_ended_and_what_others_call_so_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let disk = folder.path().join("overlay.qcow2");
        let shown = disk.to_str().unwrap();
        if rustix::process::geteuid().is_root() {
            let other = ["setpriv", "--reuid=65534", "--clear-groups"];
            let mut other = looks_like_it(shown, &other);
            while command_line(other.id()).is_some_and(|line| line.contains("setpriv")) {
                std::thread::yield_now();
            }
            assert_eq!(end_qemu_on(&disk), None);
            assert_eq!(other.try_wait().unwrap(), None, "it was ended");
            other.kill().unwrap();
            other.wait().unwrap();
        }
        let mut own = looks_like_it(shown, &["env"]);
        let sockets = loop {
            if let Some(sockets) = end_qemu_on(&disk) {
                break sockets;
            }
        };
        assert_eq!(sockets, Path::new("/tmp/libguestfsXXXXXX"));
        assert_eq!(own.wait().unwrap().code(), None, "it ended by itself");
    }
}
