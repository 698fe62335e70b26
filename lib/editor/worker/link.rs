//! The connection to a worker, and what becomes of it.

use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::channel::{send, send_with};
use super::message::{BUILD, File, Greeting, Hello, Opened};
use super::process::Process;
use super::{Confinement, Worker, WorkerError};
use crate::guest::{Ahead, GuestError};
use crate::image::Passed;
use crate::path::GuestPath;

/// Time in which a started program must greet; a worker takes milliseconds.
const GREETING: Duration = Duration::from_secs(10);

/// Fault of an answer that belongs to another question.
pub(super) const OTHER: &str = "another call's";

/// The connection, which has one deadline over all that goes through it.
#[derive(Debug)]
pub(super) struct Link {
    process: Process,
    worker: Worker,
    deadline: Instant,
    /// Reason why there is no connection any more.
    pub(super) broken: Option<WorkerError>,
}

impl Worker {
    /// Starts one that is to look at nothing, and returns what it gave up: whether this host can
    /// confine a worker.
    ///
    /// # Errors
    /// [`WorkerError`].
    pub fn check(&self) -> Result<Confinement, WorkerError> {
        let mut link = Link::new(self)?;
        match link.open(Vec::new(), &Ahead::default(), None)? {
            Opened::Confined(confinement) => Ok(confinement),
            Opened::OtherBuild => Err(self.other_build()),
            Opened::NotConfined(why) => Err(WorkerError::NotConfined(why)),
            Opened::Root(..) | Opened::Failed(_) => Err(link.impossible(OTHER)),
        }
    }
}

impl Link {
    pub(super) fn new(worker: &Worker) -> Result<Self, WorkerError> {
        let deadline = Instant::now() + worker.deadline;
        let mut process = worker.start()?;
        process.set_deadline(deadline.min(Instant::now() + GREETING));
        let mut link = Self {
            process,
            worker: worker.clone(),
            deadline,
            broken: None,
        };
        link.greet()?;
        link.process.set_deadline(deadline);
        Ok(link)
    }

    /// Waits for the greeting, before anything is handed over.
    fn greet(&mut self) -> Result<(), WorkerError> {
        match self.process.answers.receive() {
            Ok(Greeting::Serves(build)) if build == BUILD => Ok(()),
            Ok(Greeting::Serves(_)) => Err(self.worker.other_build()),
            Ok(Greeting::DoesNotServe) => {
                let what = "it goes on with its own work instead";
                Err(self.worker.does_not_serve(what))
            }
            Err(error) => Err(match self.failed("start", error) {
                WorkerError::Died { how, .. } => {
                    self.worker.does_not_serve(format!("it ended: {how}"))
                }
                WorkerError::Deadline { after, .. } => {
                    let waited = after.min(GREETING).as_secs_f32();
                    let what = format!("it said nothing within {waited} s");
                    self.worker.does_not_serve(what)
                }
                WorkerError::Answer { .. } => self.worker.does_not_serve("it said something else"),
                other => other,
            }),
        }
    }

    pub(super) fn impossible(&self, what: &'static str) -> WorkerError {
        WorkerError::Answer {
            during: "open",
            what,
        }
    }

    pub(super) fn open(
        &mut self,
        passed: Vec<Passed>,
        ahead: &Ahead,
        time: Option<i64>,
    ) -> Result<Opened, WorkerError> {
        let hello = Hello {
            build: BUILD.to_owned(),
            seconds: self.worker.deadline.as_secs().max(1),
            memory: self.worker.memory,
            time,
            ahead: ahead.clone(),
            files: passed
                .iter()
                .map(|file| File {
                    path: file.path.as_os_str().as_bytes().to_vec(),
                    format: file.format,
                })
                .collect(),
        };
        let descriptors: Vec<_> = passed.iter().map(|file| file.descriptor.as_fd()).collect();
        if let Err(error) = send_with(&mut self.process.questions, &hello, &descriptors) {
            return Err(self.failed("open", error));
        }
        self.receive("open")
    }

    pub(super) fn ask<Q: Serialize, A: DeserializeOwned>(
        &mut self,
        during: &'static str,
        question: &Q,
    ) -> Result<A, WorkerError> {
        if self.broken.is_some() {
            return Err(io::Error::from(io::ErrorKind::NotConnected).into());
        }
        if let Err(error) = send(&mut self.process.questions, question) {
            return Err(self.failed(during, error));
        }
        self.receive(during)
    }

    pub(super) fn receive<A: DeserializeOwned>(
        &mut self,
        during: &'static str,
    ) -> Result<A, WorkerError> {
        let received = self.process.answers.receive();
        received.map_err(|error| self.failed(during, error))
    }

    /// Meaning of a failure of the connection.
    fn failed(&mut self, during: &'static str, error: io::Error) -> WorkerError {
        use io::ErrorKind::{
            BrokenPipe, ConnectionReset, InvalidData, TimedOut, UnexpectedEof, WouldBlock,
        };
        let late = || WorkerError::Deadline {
            during,
            after: self.worker.deadline,
        };
        match error.kind() {
            WouldBlock | TimedOut => {
                // Its end says nothing more than that it was ended.
                let _ = self.process.end();
                late()
            }
            UnexpectedEof | BrokenPipe | ConnectionReset => {
                match self.process.ended(self.deadline) {
                    Ok(how) => WorkerError::Died { during, how },
                    Err(error) if error.kind() == TimedOut => late(),
                    Err(error) => error.into(),
                }
            }
            InvalidData => WorkerError::Answer {
                during,
                what: "no message of this build",
            },
            _ => error.into(),
        }
    }

    /// Remembers why the connection is gone; the guest's call has to end as one.
    pub(super) fn breaks(&mut self, path: &GuestPath, error: WorkerError) -> GuestError {
        let source = io::Error::other(error.to_string());
        self.broken.get_or_insert(error);
        GuestError::Io {
            path: path.clone(),
            source,
        }
    }
}
