//! Why a worker did not serve.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

/// A failure of the worker as a process; what it says of the guest comes as the editor's own error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkerError {
    /// It could not be started.
    #[error("cannot start the editor's worker {}: {source}", .program.display())]
    Start {
        /// What was started.
        program: PathBuf,
        /// The host's error.
        source: io::Error,
    },
    /// It is of another build than its caller.
    #[error("the editor's worker {} is of another build: name the program that calls it, or one of the same version", .0.display())]
    OtherBuild(PathBuf),
    /// It could not give up what it must not have, and so looked at nothing.
    #[error(
        "the editor's worker cannot be confined on this host ({0}): the kernel needs seccomp filters (CONFIG_SECCOMP_FILTER)"
    )]
    NotConfined(String),
    /// It ended by itself.
    #[error(
        "the editor's worker ended ({how}) in “{during}”: the guest's file system is damaged or hostile, and nothing was changed; check it with e2fsck"
    )]
    Died {
        /// What it was doing.
        during: &'static str,
        /// How it ended.
        how: ExitStatus,
    },
    /// It took too long, and was ended.
    #[error(
        "the editor's worker was ended in “{during}” after {} s: the guest's file system is damaged or hostile, or the host too busy; nothing was changed", .after.as_secs()
    )]
    Deadline {
        /// What it was doing.
        during: &'static str,
        /// The whole time it was given.
        after: Duration,
    },
    /// It said something that cannot be.
    #[error(
        "the editor's worker gave an impossible answer in “{during}” ({what}): the guest's file system is hostile, and nothing was changed"
    )]
    Answer {
        /// What it was doing.
        during: &'static str,
        /// What is wrong with it.
        what: &'static str,
    },
    /// It could not open the disk.
    #[error("the editor's worker cannot read the disk: {0}")]
    Failed(String),
    /// The connection to it failed.
    #[error("cannot reach the editor's worker: {0}")]
    Io(#[from] io::Error),
}

impl WorkerError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Start { .. } => "worker-start",
            Self::OtherBuild(_) => "worker-build",
            Self::NotConfined(_) => "worker-not-confined",
            Self::Died { .. } => "worker-died",
            Self::Deadline { .. } => "worker-deadline",
            Self::Answer { .. } => "worker-answer",
            Self::Failed(_) => "worker-disk",
            Self::Io(_) => "worker-io",
        }
    }

    /// Whether the host is to be mended, rather than another guest chosen.
    pub fn is_host(&self) -> bool {
        !matches!(
            self,
            Self::Died { .. } | Self::Deadline { .. } | Self::Answer { .. }
        )
    }
}
