//! The caller's end: a guest whose calls are answered by a worker.

use std::ops::Range;

use super::blocks::Taker;
use super::link::{Link, OTHER};
use super::message::{Answer, Blocks, Finished, Free, Opened, Request};
use super::{Confinement, Worker, WorkerError};
use crate::editor::free::in_root;
use crate::editor::{EditorError, Root};
use crate::guest::{
    Ahead, Attributes, DirEntry, Guest, GuestError, MAX_READ, Memory, Metadata, Page, Time,
    are_entries, are_ranges, impossible_page,
};
use crate::image::{OpenChild, Scratch};
use crate::path::GuestPath;

/// A guest in a worker.
#[derive(Debug)]
pub(in crate::editor) struct WorkerGuest {
    link: Link,
    root: Root,
    confinement: Confinement,
}

impl WorkerGuest {
    /// Starts a worker and has it open the child's root; with `time`, for writing. The memory holds what
    /// `ahead` names.
    pub(in crate::editor) fn open(
        child: &OpenChild,
        worker: &Worker,
        ahead: &Ahead,
        time: Option<i64>,
    ) -> Result<(Self, Box<Memory>), EditorError> {
        let mut link = Link::new(worker)?;
        match link.open(child.pass()?, ahead, time)? {
            Opened::Root(root, confinement, memory) if memory.is_possible() => {
                let guest = Self {
                    link,
                    root: *root,
                    confinement,
                };
                Ok((guest, memory))
            }
            Opened::Root(..) => Err(link.impossible("no file names").into()),
            Opened::Confined(_) => Err(link.impossible(OTHER).into()),
            Opened::Failed(error) => Err(error.into()),
            Opened::OtherBuild => Err(worker.other_build().into()),
            Opened::NotConfined(why) => Err(WorkerError::NotConfined(why).into()),
        }
    }

    /// The partition that is the root, and why.
    pub(in crate::editor) fn root(&self) -> &Root {
        &self.root
    }

    /// Rights that the worker gave up.
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

    /// Reason why the worker failed, where a call on the guest failed for that.
    pub(in crate::editor) fn broken(&mut self) -> Option<WorkerError> {
        self.link.broken.take()
    }

    /// Ranges of the disk that the root's file system holds nothing in, rising.
    pub(in crate::editor) fn free(&mut self) -> Result<Vec<Range<u64>>, EditorError> {
        let free: Free = self.link.ask("free", &Request::Free)?;
        let free = free.map_err(|source| self.root.failed(source))?;
        in_root(&self.root, free)
            .ok_or_else(|| self.link.impossible("free blocks out of place").into())
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

    fn read_start(&mut self, path: &GuestPath, len: usize) -> Result<Vec<u8>, GuestError> {
        match self.call("read_start", path, &Request::ReadStart(path.clone(), len))? {
            Answer::Bytes(bytes) if bytes.len() <= len => Ok(bytes),
            Answer::Bytes(_) => Err(self.impossible("read_start", path, "more than was asked for")),
            _ => Err(self.impossible("read_start", path, OTHER)),
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
            Answer::Entries(entries) if are_entries(&entries) => Ok(entries),
            Answer::Entries(_) => Err(self.impossible("read_dir", path, "no file names")),
            _ => Err(self.impossible("read_dir", path, OTHER)),
        }
    }

    fn entries(&mut self, path: &GuestPath, after: Option<&[u8]>) -> Result<Page, GuestError> {
        let request = Request::Entries(path.clone(), after.map(<[u8]>::to_vec));
        match self.call("entries", path, &request)? {
            Answer::Page(page) => match impossible_page(&page, after) {
                None => Ok(page),
                Some(what) => Err(self.impossible("entries", path, what)),
            },
            _ => Err(self.impossible("entries", path, OTHER)),
        }
    }

    fn read_at(
        &mut self,
        path: &GuestPath,
        offset: u64,
        len: usize,
    ) -> Result<Vec<u8>, GuestError> {
        let len = len.min(MAX_READ);
        match self.call("read_at", path, &Request::ReadAt(path.clone(), offset, len))? {
            Answer::Bytes(bytes) if bytes.len() <= len => Ok(bytes),
            Answer::Bytes(_) => Err(self.impossible("read_at", path, "more than was asked for")),
            _ => Err(self.impossible("read_at", path, OTHER)),
        }
    }

    fn data(&mut self, path: &GuestPath) -> Result<Vec<Range<u64>>, GuestError> {
        match self.call("data", path, &Request::Data(path.clone()))? {
            Answer::Ranges(ranges) if are_ranges(&ranges) => Ok(ranges),
            Answer::Ranges(_) => Err(self.impossible("data", path, "no ranges of a file")),
            _ => Err(self.impossible("data", path, OTHER)),
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

    fn modified(&mut self, path: &GuestPath) -> Result<Time, GuestError> {
        match self.call("modified", path, &Request::Modified(path.clone()))? {
            Answer::Time(time) => Ok(time),
            _ => Err(self.impossible("modified", path, OTHER)),
        }
    }

    fn set_modified(&mut self, path: &GuestPath, time: Time) -> Result<(), GuestError> {
        let request = Request::SetModified(path.clone(), time);
        self.done("set_modified", path, &request)
    }

    fn label(&mut self, path: &GuestPath) -> Result<Option<Vec<u8>>, GuestError> {
        match self.call("label", path, &Request::Label(path.clone()))? {
            Answer::Label(label) => Ok(label),
            _ => Err(self.impossible("label", path, OTHER)),
        }
    }

    fn set_label(&mut self, path: &GuestPath, label: &[u8]) -> Result<(), GuestError> {
        let request = Request::SetLabel(path.clone(), label.to_vec());
        self.done("set_label", path, &request)
    }
}
