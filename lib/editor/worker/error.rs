//! Reasons why a worker did not serve.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use crate::host::Cause;

/// A failure of the worker as a process; what it says of the guest comes as the editor's own error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkerError {
    /// It could not be started.
    #[error("cannot start {program} as the editor's worker: {}", Cause::at(Path::new(.program), .source))]
    Start {
        /// The program that was to be started.
        program: String,
        /// The host's error.
        source: io::Error,
    },
    /// The program that was started is no worker.
    #[error(
        "{program} does not serve as the editor's worker ({what}): name a program of this version and the arguments with which it calls osgraft::editor::worker::serve() first of all"
    )]
    DoesNotServe {
        /// The program that was started.
        program: String,
        /// Its deed instead.
        what: String,
    },
    /// It is of another build than its caller.
    #[error(
        "{0}, started as the editor's worker, is of another build: name the program that calls it, or one of the same version"
    )]
    OtherBuild(String),
    /// It could not give up what it must not have, and so looked at nothing.
    #[error(
        "the editor's worker cannot be confined on this host ({0}): the kernel needs seccomp filters (CONFIG_SECCOMP_FILTER)"
    )]
    NotConfined(String),
    /// It ended by itself.
    #[error("the editor's worker ended ({how}) in “{during}”, and its work was dropped: {}", why_ended(.how))]
    Died {
        /// The work that it was at.
        during: &'static str,
        /// The way in which it ended.
        how: ExitStatus,
    },
    /// It took too long, and was ended.
    #[error(
        "the editor's worker was ended in “{during}” after {} s, and its work was dropped: see whether the host is too busy, or allow more time; if neither helps, check the guest's file system with e2fsck", .after.as_secs_f32()
    )]
    Deadline {
        /// The work that it was at.
        during: &'static str,
        /// The whole time it was given.
        after: Duration,
    },
    /// It said something that cannot be.
    #[error(
        "the editor's worker gave an impossible answer in “{during}” ({what}): the guest's file system is hostile, and its work was dropped: give this guest up, or restore it from a copy"
    )]
    Answer {
        /// The work that it was at.
        during: &'static str,
        /// The fault of the answer.
        what: &'static str,
    },
    /// It could not open the disk.
    #[error(
        "the editor's worker cannot read the disk: {0}; see that the child and its backing files can be read"
    )]
    Failed(String),
    /// The connection to it failed.
    #[error("cannot reach the editor's worker: {}", Cause::of(.0))]
    Io(#[from] io::Error),
}

impl WorkerError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Start { .. } => "worker-start",
            Self::DoesNotServe { .. } => "worker-not-serving",
            Self::OtherBuild(_) => "worker-build",
            Self::NotConfined(_) => "worker-not-confined",
            Self::Died { .. } => "worker-died",
            Self::Deadline { .. } => "worker-deadline",
            Self::Answer { .. } => "worker-answer",
            Self::Failed(_) => "worker-disk",
            Self::Io(_) => "worker-io",
        }
    }

    /// True where the host is to be fixed, rather than another guest chosen.
    pub fn is_host(&self) -> bool {
        match self {
            Self::Died { how, .. } => is_killed(how),
            Self::Answer { .. } => false,
            _ => true,
        }
    }
}

/// True where it was ended from outside: by a person, by the kernel for want of memory, or by a limit of
/// the host. What a guest makes of a worker is a fault of its own.
fn is_killed(how: &ExitStatus) -> bool {
    let by = [libc::SIGKILL, libc::SIGTERM, libc::SIGINT, libc::SIGHUP];
    how.signal().is_some_and(|signal| by.contains(&signal))
}

fn why_ended(how: &ExitStatus) -> &'static str {
    match is_killed(how) {
        true => {
            "it was killed from outside; see “dmesg” for a want of memory, then try again; if it is killed each time, check the guest's file system with e2fsck"
        }
        false => "the guest's file system is damaged or hostile; check it with e2fsck",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_that_was_killed_is_the_hosts_fault_and_one_that_crashed_the_guests() {
        let died = |raw| WorkerError::Died {
            during: "open",
            how: ExitStatus::from_raw(raw),
        };
        for signal in [libc::SIGKILL, libc::SIGTERM] {
            let error = died(signal);
            assert!(error.is_host() && error.to_string().contains("killed from outside"));
        }
        for raw in [libc::SIGSEGV, libc::SIGABRT, 101 << 8] {
            let error = died(raw);
            assert!(!error.is_host() && error.to_string().contains("e2fsck"));
        }
    }
}
