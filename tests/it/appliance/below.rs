//! A directory of a guest as a guest of its own.

use std::ops::Range;

use osgraft::editor::appliance::ApplianceGuest;
use osgraft::guest::{Attributes, DirEntry, Guest, GuestError, Metadata, Page, Time};
use osgraft::path::GuestPath;

/// A directory of a guest as a guest of its own, so that many cases share one launch.
#[derive(Debug)]
pub(super) struct Below<'g> {
    pub(super) guest: &'g mut ApplianceGuest,
    pub(super) base: GuestPath,
}

impl Below<'_> {
    fn at(&self, path: &GuestPath) -> GuestPath {
        path.components()
            .fold(self.base.clone(), |at, name| at.join(name).unwrap())
    }
}

/// An error names the path that it was asked for.
macro_rules! forward {
    ($self:ident, $call:ident, $path:ident $(, $more:expr)*) => {{
        let at = $self.at($path);
        $self.guest.$call(&at $(, $more)*)
    }};
}

impl Guest for Below<'_> {
    fn lstat(&mut self, path: &GuestPath) -> Result<Metadata, GuestError> {
        forward!(self, lstat, path)
    }

    fn read(&mut self, path: &GuestPath, limit: u64) -> Result<Vec<u8>, GuestError> {
        forward!(self, read, path, limit)
    }

    fn read_start(&mut self, path: &GuestPath, len: usize) -> Result<Vec<u8>, GuestError> {
        forward!(self, read_start, path, len)
    }

    fn read_link(&mut self, path: &GuestPath) -> Result<Vec<u8>, GuestError> {
        forward!(self, read_link, path)
    }

    fn read_dir(&mut self, path: &GuestPath) -> Result<Vec<DirEntry>, GuestError> {
        forward!(self, read_dir, path)
    }

    fn entries(&mut self, path: &GuestPath, after: Option<&[u8]>) -> Result<Page, GuestError> {
        forward!(self, entries, path, after)
    }

    fn read_at(
        &mut self,
        path: &GuestPath,
        offset: u64,
        len: usize,
    ) -> Result<Vec<u8>, GuestError> {
        forward!(self, read_at, path, offset, len)
    }

    fn data(&mut self, path: &GuestPath) -> Result<Vec<Range<u64>>, GuestError> {
        forward!(self, data, path)
    }

    fn write(
        &mut self,
        path: &GuestPath,
        content: &[u8],
        new: Attributes,
    ) -> Result<(), GuestError> {
        forward!(self, write, path, content, new)
    }

    fn modified(&mut self, path: &GuestPath) -> Result<Time, GuestError> {
        forward!(self, modified, path)
    }

    fn set_modified(&mut self, path: &GuestPath, time: Time) -> Result<(), GuestError> {
        forward!(self, set_modified, path, time)
    }

    fn label(&mut self, path: &GuestPath) -> Result<Option<Vec<u8>>, GuestError> {
        forward!(self, label, path)
    }

    fn set_label(&mut self, path: &GuestPath, label: &[u8]) -> Result<(), GuestError> {
        forward!(self, set_label, path, label)
    }

    fn mkdir(&mut self, path: &GuestPath, new: Attributes) -> Result<(), GuestError> {
        forward!(self, mkdir, path, new)
    }

    fn symlink(&mut self, path: &GuestPath, target: &[u8]) -> Result<(), GuestError> {
        forward!(self, symlink, path, target)
    }

    fn rename(&mut self, from: &GuestPath, to: &GuestPath) -> Result<(), GuestError> {
        let to = self.at(to);
        forward!(self, rename, from, &to)
    }

    fn remove(&mut self, path: &GuestPath) -> Result<(), GuestError> {
        forward!(self, remove, path)
    }
}
