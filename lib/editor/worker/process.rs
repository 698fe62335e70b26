//! The worker as a process: started, waited for, ended.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use super::WorkerError;
use super::channel::{Receiver, greet, is_called};
use super::confine::deny_changes;
use super::message::{CALL, Greeting};
use super::timed::Timed;

/// This program, also where its file was replaced since (proc_pid_exe(5)).
const MYSELF: &str = "/proc/self/exe";
/// Seconds for a whole edit, of the clock and of the processor.
const DEADLINE: Duration = Duration::from_secs(60);
/// Bytes of address space; an edit of a disk of 10 GiB takes some 20 MiB.
const MEMORY: u64 = 1 << 30;

/// A program that is started as the in-process editor's worker, and what it may use.
///
/// ```
/// use osgraft::editor::{Choice, Worker};
/// let choice = Choice::auto().worker(Worker::new("/usr/bin/osgraft", ["worker"]));
/// # let _ = choice;
/// ```
#[derive(Clone, Debug)]
pub struct Worker {
    program: PathBuf,
    args: Vec<OsString>,
    pub(super) deadline: Duration,
    pub(super) memory: u64,
    ready: Arc<Mutex<Option<Process>>>,
}

impl Worker {
    /// A program that calls [`serve`](super::serve) when it is started with these arguments, of the
    /// same version as this library. `osgraft worker` is one.
    pub fn new<A: Into<OsString>>(
        program: impl Into<PathBuf>,
        args: impl IntoIterator<Item = A>,
    ) -> Self {
        Self {
            program: program.into(),
            args: args.into_iter().map(Into::into).collect(),
            deadline: DEADLINE,
            memory: MEMORY,
            ready: Arc::default(),
        }
    }

    /// The running program itself. It must call [`serve`](super::serve) first of all when it sees these
    /// arguments. One that does not is [`WorkerError::DoesNotServe`], within 10 s: until then its
    /// `main` runs, and where the kernel has Landlock it can change no file and use no TCP port.
    pub fn myself<A: Into<OsString>>(args: impl IntoIterator<Item = A>) -> Self {
        Self::new(MYSELF, args)
    }

    /// Time that a whole edit may take; a minute by default.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Bytes of address space that it may have; 1 GiB by default.
    #[must_use]
    pub fn memory(mut self, bytes: u64) -> Self {
        self.memory = bytes;
        self
    }

    /// Starts a worker now, for the next guest: it comes up while the caller does other things.
    /// If it cannot be started, the next guest says so.
    pub fn start_ahead(&self) {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if ready.is_none() {
            *ready = self.spawn().ok();
        }
    }

    pub(super) fn start(&self) -> Result<Process, WorkerError> {
        let ready = self
            .ready
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        match ready {
            Some(process) => Ok(process),
            None => self.spawn(),
        }
    }

    pub(super) fn does_not_serve(&self, what: impl Into<String>) -> WorkerError {
        WorkerError::DoesNotServe {
            program: self.shown(),
            what: what.into(),
        }
    }

    /// The program, for messages.
    fn shown(&self) -> String {
        match self.program == Path::new(MYSELF) {
            true => "this program".to_owned(),
            false => self.program.display().to_string(),
        }
    }

    pub(super) fn other_build(&self) -> WorkerError {
        WorkerError::OtherBuild(self.shown())
    }

    fn spawn(&self) -> Result<Process, WorkerError> {
        // A worker of a worker would start one more, and so on.
        let caller = io::stdin();
        if is_called(&caller) {
            // Should the caller be gone, there is nobody to tell.
            let _ = greet(&caller, &Greeting::DoesNotServe);
            return Err(self.does_not_serve("it was started as one, and goes on with its own work"));
        }
        self.start_process().map_err(|source| WorkerError::Start {
            program: self.shown(),
            source,
        })
    }

    /// Starts the program anew rather than forks: a fork would have the caller's environment, and its
    /// memory at the same addresses, where a guest's fault could find them.
    fn start_process(&self) -> io::Result<Process> {
        let (mut ours, theirs) = UnixStream::pair()?;
        ours.write_all(CALL)?;
        // The thread that starts it may open nothing for writing.
        let null = File::options().write(true).open("/dev/null")?;
        let mut command = Command::new(&self.program);
        command
            .args(&self.args)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(null.try_clone()?)
            .stderr(null)
            .env_clear();
        // Where the caller's own libraries are found, the worker's are.
        if let Some(path) = std::env::var_os("LD_LIBRARY_PATH") {
            command.env("LD_LIBRARY_PATH", path);
        }
        Ok(Process {
            answers: Receiver::new(Timed::new(ours.try_clone()?)),
            questions: Timed::new(ours),
            child: start_denied(&mut command)?,
        })
    }
}

/// Starts a program that can change nothing, from a thread that cannot either: what a thread gives up
/// by Landlock, its processes lack. [`serve`](super::serve) gives up the rest.
fn start_denied(command: &mut Command) -> io::Result<Child> {
    std::thread::scope(|scope| {
        let starter = std::thread::Builder::new().spawn_scoped(scope, || {
            // Without Landlock the program is trusted to be a worker, until it does not greet.
            let _ = deny_changes();
            command.spawn()
        })?;
        starter
            .join()
            .unwrap_or_else(|_| Err(io::Error::other("the thread that starts it panicked")))
    })
}

impl PartialEq for Worker {
    fn eq(&self, other: &Self) -> bool {
        (&self.program, &self.args, self.deadline, self.memory)
            == (&other.program, &other.args, other.deadline, other.memory)
    }
}

impl Eq for Worker {}

/// A running worker. Dropping it ends it, and leaves nothing behind.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    pub(super) questions: Timed,
    pub(super) answers: Receiver<Timed>,
}

impl Process {
    /// Sets when the last message has to be through, both ways.
    pub(super) fn set_deadline(&mut self, deadline: Instant) {
        self.questions.set_deadline(deadline);
        self.answers.connection().set_deadline(deadline);
    }

    /// Ends it, if it has not ended by itself; how it ended.
    pub(super) fn end(&mut self) -> io::Result<ExitStatus> {
        self.child.kill()?;
        self.child.wait()
    }

    /// Its end, once its side of the connection is closed. A worker can close that and live on:
    /// past the deadline it is ended, and the error is [`io::ErrorKind::TimedOut`].
    pub(super) fn ended(&mut self, deadline: Instant) -> io::Result<ExitStatus> {
        let number = Pid::from_child(&self.child);
        let process = pidfd_open(number, PidfdFlags::empty())?;
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                self.end()?;
                return Err(io::ErrorKind::TimedOut.into());
            }
            let wait = Timespec::try_from(left).map_err(|_| io::ErrorKind::InvalidInput)?;
            match poll(&mut [PollFd::new(&process, PollFlags::IN)], Some(&wait)) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Neither fails for a child of ours that was not waited for; one that was is gone.
        let _ = self.end();
    }
}
