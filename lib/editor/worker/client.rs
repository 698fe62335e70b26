//! The caller's end: a guest whose calls are answered by a worker.

use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::blocks::Taker;
use super::channel::{send, send_with};
use super::message::{Answer, BUILD, Blocks, File, Finished, Hello, Opened, Request};
use super::process::Process;
use super::{Confinement, Worker, WorkerError};
use crate::editor::{EditorError, Root};
use crate::guest::{Attributes, DirEntry, Guest, GuestError, Metadata};
use crate::image::{OpenChild, Passed, Scratch};
use crate::path::{GuestPath, NAME_MAX};

/// A guest in a worker.
#[derive(Debug)]
pub(in crate::editor) struct WorkerGuest {
    link: Link,
    root: Root,
    confinement: Confinement,
}

/// The connection, which has one deadline over all that goes through it.
#[derive(Debug)]
struct Link {
    process: Process,
    worker: Worker,
    deadline: Instant,
    /// Why there is no connection any more.
    broken: Option<WorkerError>,
    /// What the socket waits at most.
    granted: Option<Duration>,
}

impl WorkerGuest {
    /// Starts a worker and has it open the child's root; with `time`, for writing.
    pub(in crate::editor) fn open(
        child: &OpenChild,
        worker: &Worker,
        time: Option<i64>,
    ) -> Result<Self, EditorError> {
        let mut link = Link::new(worker)?;
        match link.open(child.pass()?, time)? {
            Opened::Root(root, confinement) => Ok(Self {
                link,
                root: *root,
                confinement,
            }),
            Opened::Confined(_) => Err(link.impossible(OTHER).into()),
            Opened::Failed(error) => Err(error.into()),
            Opened::OtherBuild => Err(worker.other_build().into()),
            Opened::NotConfined(why) => Err(WorkerError::NotConfined(why).into()),
        }
    }

    /// Which partition is the root, and why.
    pub(in crate::editor) fn root(&self) -> &Root {
        &self.root
    }

    /// What the worker gave up.
    pub(in crate::editor) fn confinement(&self) -> &Confinement {
        &self.confinement
    }

    /// [`Ext4Guest::beyond`](crate::editor::ext4::Ext4Guest::beyond), of the worker's.
    #[cfg(feature = "appliance")]
    pub(in crate::editor) fn beyond(&mut self) -> Option<(GuestPath, &'static str)> {
        match self.link.ask("beyond", &Request::Beyond).ok()? {
            Answer::Beyond(beyond) => beyond.map(|beyond| (beyond.path, beyond.what)),
            _ => None,
        }
    }

    /// Why the worker failed, where a call on the guest failed for that.
    pub(in crate::editor) fn broken(&mut self) -> Option<WorkerError> {
        self.link.broken.take()
    }

    /// Finishes the edit, and puts what it changed on `scratch`.
    pub(in crate::editor) fn finish(mut self, scratch: &mut Scratch) -> Result<(), EditorError> {
        let during = "finish";
        let finished: Finished = self.link.ask(during, &Request::Finish)?;
        finished.map_err(|source| self.root.failed(source))?;
        let mut taker = Taker::new(scratch);
        loop {
            let blocks: Blocks = self.link.receive(during)?;
            if blocks.is_empty() {
                return Ok(());
            }
            taker.take(&blocks)?;
        }
    }

    fn call(
        &mut self,
        during: &'static str,
        path: &GuestPath,
        request: &Request,
    ) -> Result<Answer, GuestError> {
        match self.link.ask(during, request) {
            Ok(Answer::Failed(error)) => Err(error),
            Ok(answer) => Ok(answer),
            Err(error) => Err(self.link.breaks(path, error)),
        }
    }

    fn impossible(
        &mut self,
        during: &'static str,
        path: &GuestPath,
        what: &'static str,
    ) -> GuestError {
        self.link.breaks(path, WorkerError::Answer { during, what })
    }

    fn done(
        &mut self,
        during: &'static str,
        path: &GuestPath,
        request: &Request,
    ) -> Result<(), GuestError> {
        match self.call(during, path, request)? {
            Answer::Done => Ok(()),
            _ => Err(self.impossible(during, path, OTHER)),
        }
    }
}

/// By how much a wait may outlast the deadline.
const RENEWAL: Duration = Duration::from_millis(50);
const OTHER: &str = "another call's";

impl Worker {
    /// Starts one that is to look at nothing, and returns what it gave up: whether this host can
    /// confine a worker.
    ///
    /// # Errors
    /// [`WorkerError`].
    pub fn check(&self) -> Result<Confinement, WorkerError> {
        let mut link = Link::new(self)?;
        match link.open(Vec::new(), None)? {
            Opened::Confined(confinement) => Ok(confinement),
            Opened::OtherBuild => Err(self.other_build()),
            Opened::NotConfined(why) => Err(WorkerError::NotConfined(why)),
            Opened::Root(..) | Opened::Failed(_) => Err(link.impossible(OTHER)),
        }
    }
}

impl Link {
    fn new(worker: &Worker) -> Result<Self, WorkerError> {
        Ok(Self {
            deadline: Instant::now() + worker.deadline,
            process: worker.start()?,
            worker: worker.clone(),
            broken: None,
            granted: None,
        })
    }

    fn impossible(&self, what: &'static str) -> WorkerError {
        WorkerError::Answer {
            during: "open",
            what,
        }
    }

    fn open(&mut self, passed: Vec<Passed>, time: Option<i64>) -> Result<Opened, WorkerError> {
        let hello = Hello {
            build: BUILD.to_owned(),
            seconds: self.worker.deadline.as_secs().max(1),
            memory: self.worker.memory,
            time,
            files: passed
                .iter()
                .map(|file| File {
                    path: file.path.as_os_str().as_bytes().to_vec(),
                    format: file.format,
                })
                .collect(),
        };
        let descriptors: Vec<_> = passed.iter().map(|file| file.descriptor.as_fd()).collect();
        self.wait_no_longer("open")?;
        if let Err(error) = send_with(&self.process.socket, &hello, &descriptors) {
            return Err(self.failed("open", error));
        }
        self.receive("open")
    }

    fn ask<Q: Serialize, A: DeserializeOwned>(
        &mut self,
        during: &'static str,
        question: &Q,
    ) -> Result<A, WorkerError> {
        if self.broken.is_some() {
            return Err(io::Error::from(io::ErrorKind::NotConnected).into());
        }
        self.wait_no_longer(during)?;
        if let Err(error) = send(&self.process.socket, question) {
            return Err(self.failed(during, error));
        }
        self.receive(during)
    }

    fn receive<A: DeserializeOwned>(&mut self, during: &'static str) -> Result<A, WorkerError> {
        self.wait_no_longer(during)?;
        let received = self.process.answers.receive();
        received.map_err(|error| self.failed(during, error))
    }

    /// Gives the next wait what is left of the deadline.
    fn wait_no_longer(&mut self, during: &'static str) -> Result<(), WorkerError> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(self.failed(during, io::ErrorKind::TimedOut.into()));
        }
        // Most answers take microseconds: the limit is renewed when it has moved by that much.
        if self.granted.is_none_or(|granted| granted - left > RENEWAL) {
            self.process.socket.set_read_timeout(Some(left))?;
            self.process.socket.set_write_timeout(Some(left))?;
            self.granted = Some(left);
        }
        Ok(())
    }

    /// What a failure of the connection means.
    fn failed(&mut self, during: &'static str, error: io::Error) -> WorkerError {
        use io::ErrorKind::{
            BrokenPipe, ConnectionReset, InvalidData, TimedOut, UnexpectedEof, WouldBlock,
        };
        match error.kind() {
            WouldBlock | TimedOut => {
                // Its end says nothing more than that it was ended.
                let _ = self.process.end();
                WorkerError::Deadline {
                    during,
                    after: self.worker.deadline,
                }
            }
            UnexpectedEof | BrokenPipe | ConnectionReset => match self.process.ended() {
                Ok(how) => WorkerError::Died { during, how },
                Err(error) => error.into(),
            },
            InvalidData => WorkerError::Answer {
                during,
                what: "no message of this build",
            },
            _ => error.into(),
        }
    }

    /// Remembers why the connection is gone; the guest's call has to end as one.
    fn breaks(&mut self, path: &GuestPath, error: WorkerError) -> GuestError {
        let source = io::Error::other(error.to_string());
        self.broken.get_or_insert(error);
        GuestError::Io {
            path: path.clone(),
            source,
        }
    }
}

impl Guest for WorkerGuest {
    fn lstat(&mut self, path: &GuestPath) -> Result<Metadata, GuestError> {
        match self.call("lstat", path, &Request::Lstat(path.clone()))? {
            Answer::Metadata(metadata) => Ok(metadata),
            _ => Err(self.impossible("lstat", path, OTHER)),
        }
    }

    fn read(&mut self, path: &GuestPath, limit: u64) -> Result<Vec<u8>, GuestError> {
        match self.call("read", path, &Request::Read(path.clone(), limit))? {
            Answer::Bytes(bytes) if bytes.len() as u64 <= limit => Ok(bytes),
            Answer::Bytes(_) => Err(self.impossible("read", path, "more than was asked for")),
            _ => Err(self.impossible("read", path, OTHER)),
        }
    }

    fn read_link(&mut self, path: &GuestPath) -> Result<Vec<u8>, GuestError> {
        match self.call("read_link", path, &Request::ReadLink(path.clone()))? {
            Answer::Bytes(target) => Ok(target),
            _ => Err(self.impossible("read_link", path, OTHER)),
        }
    }

    fn read_dir(&mut self, path: &GuestPath) -> Result<Vec<DirEntry>, GuestError> {
        match self.call("read_dir", path, &Request::ReadDir(path.clone()))? {
            Answer::Entries(entries) if entries.iter().all(is_name) && entries.is_sorted() => {
                Ok(entries)
            }
            Answer::Entries(_) => Err(self.impossible("read_dir", path, "no file names")),
            _ => Err(self.impossible("read_dir", path, OTHER)),
        }
    }

    fn write(
        &mut self,
        path: &GuestPath,
        content: &[u8],
        new: Attributes,
    ) -> Result<(), GuestError> {
        let request = Request::Write(path.clone(), content.to_vec(), new);
        self.done("write", path, &request)
    }

    fn mkdir(&mut self, path: &GuestPath, new: Attributes) -> Result<(), GuestError> {
        self.done("mkdir", path, &Request::Mkdir(path.clone(), new))
    }

    fn symlink(&mut self, path: &GuestPath, target: &[u8]) -> Result<(), GuestError> {
        let request = Request::Symlink(path.clone(), target.to_vec());
        self.done("symlink", path, &request)
    }

    fn rename(&mut self, from: &GuestPath, to: &GuestPath) -> Result<(), GuestError> {
        self.done("rename", from, &Request::Rename(from.clone(), to.clone()))
    }

    fn remove(&mut self, path: &GuestPath) -> Result<(), GuestError> {
        self.done("remove", path, &Request::Remove(path.clone()))
    }
}

fn is_name(entry: &DirEntry) -> bool {
    let name = entry.name.as_slice();
    !matches!(name, b"" | b"." | b"..")
        && name.len() <= NAME_MAX
        && !name.contains(&0)
        && !name.contains(&b'/')
}
