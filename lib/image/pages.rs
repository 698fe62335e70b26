//! The storage that the qcow2 library writes to: pages in memory over what is only read.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use imago::io_buffers::{IoVector, IoVectorMut};
use imago::storage::drivers::CommonStorageHelper;
use imago::storage::{PreallocateMode, Storage};

use super::file::HostFile;
use super::vmdk::Grains;

/// Bytes of one page: as large as a usual cluster, which is what is mostly written at once.
pub(super) const PAGE: usize = 65536;

pub(super) type Page = Box<[u8]>;

/// A file, or the disk inside a VMDK, with changes that live in memory alone. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct PageStore(Arc<Inner>);

/// Image below the pages.
#[derive(Debug)]
pub(super) enum Below {
    /// The bytes of a file.
    File(Arc<HostFile>),
    /// The disk that a sparse VMDK holds: to the library it is a raw one.
    Vmdk(Grains),
}

#[derive(Debug)]
struct Inner {
    below: Below,
    written: Mutex<Written>,
    helper: CommonStorageHelper,
}

impl Below {
    fn file(&self) -> &HostFile {
        match self {
            Self::File(file) => file,
            Self::Vmdk(grains) => grains.file(),
        }
    }

    fn len(&self) -> io::Result<u64> {
        match self {
            Self::File(file) => file.len(),
            Self::Vmdk(grains) => Ok(grains.size()),
        }
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<()> {
        match self {
            Self::File(file) => file.read_at(offset, buf),
            Self::Vmdk(grains) => grains.read_at(offset, buf),
        }
    }
}

/// Pages that were written over it.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// Changed pages by their number.
    pub(super) pages: BTreeMap<u64, Page>,
    /// The file's length in bytes, were it all applied.
    pub(super) len: u64,
}

impl PageStore {
    pub(super) fn new(below: Below) -> io::Result<Self> {
        let written = Written {
            len: below.len()?,
            pages: BTreeMap::new(),
        };
        Ok(Self(Arc::new(Inner {
            below,
            written: Mutex::new(written),
            helper: CommonStorageHelper::default(),
        })))
    }

    /// Fills `buf` from an offset of the file on, as it is by now.
    pub(super) fn read_file(&self, offset: u64, buf: &mut [u8]) -> io::Result<()> {
        let written = self.written();
        self.read(&written, offset, buf)
    }

    /// Writes to the file past the library.
    pub(super) fn write_file(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut written = self.written();
        self.write(&mut written, offset, data)
    }

    /// Takes what was written so far.
    pub(super) fn take(&self) -> Written {
        std::mem::take(&mut *self.written())
    }

    fn written(&self) -> MutexGuard<'_, Written> {
        self.0
            .written
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, written: &Written, offset: u64, mut buf: &mut [u8]) -> io::Result<()> {
        if written.pages.is_empty() {
            return self.0.below.read_at(offset, buf);
        }
        let mut at = offset;
        while !buf.is_empty() {
            let (page, within) = (at / PAGE as u64, at as usize % PAGE);
            let len = buf.len().min(PAGE - within);
            let (now, rest) = buf.split_at_mut(len);
            match written.pages.get(&page) {
                Some(bytes) => now.copy_from_slice(&bytes[within..within + len]),
                None => self.0.below.read_at(at, now)?,
            }
            at += len as u64;
            buf = rest;
        }
        Ok(())
    }

    fn write(&self, written: &mut Written, offset: u64, mut data: &[u8]) -> io::Result<()> {
        let mut at = offset;
        while !data.is_empty() {
            let (number, within) = (at / PAGE as u64, at as usize % PAGE);
            let (now, rest) = data.split_at(data.len().min(PAGE - within));
            let page = match written.pages.entry(number) {
                std::collections::btree_map::Entry::Occupied(page) => page.into_mut(),
                std::collections::btree_map::Entry::Vacant(free) => {
                    if now.len() == PAGE {
                        free.insert(now.into());
                        at += PAGE as u64;
                        data = rest;
                        continue;
                    }
                    let mut page = vec![0; PAGE].into_boxed_slice();
                    self.0.below.read_at(number * PAGE as u64, &mut page)?;
                    free.insert(page)
                }
            };
            page[within..within + now.len()].copy_from_slice(now);
            at += now.len() as u64;
            data = rest;
        }
        written.len = written.len.max(at);
        Ok(())
    }
}

impl fmt::Display for PageStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.below.file().path().display().fmt(f)
    }
}

// The trait's methods are `unsafe` because a caller must keep to the alignment that a storage
// asks for. This one asks for none, so nothing here rests on the caller. None of its futures waits.
#[allow(unsafe_code)]
impl Storage for PageStore {
    fn size(&self) -> io::Result<u64> {
        Ok(self.written().len)
    }

    async unsafe fn pure_readv(&self, bufv: IoVectorMut<'_>, mut offset: u64) -> io::Result<()> {
        let written = self.written();
        for mut buf in bufv.into_inner() {
            self.read(&written, offset, &mut buf)?;
            offset += buf.len() as u64;
        }
        Ok(())
    }

    async unsafe fn pure_writev(&self, bufv: IoVector<'_>, mut offset: u64) -> io::Result<()> {
        let mut written = self.written();
        for buf in bufv.into_inner() {
            self.write(&mut written, offset, &buf)?;
            offset += buf.len() as u64;
        }
        Ok(())
    }

    async fn flush(&self) -> io::Result<()> {
        Ok(())
    }

    async fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    async unsafe fn invalidate_cache(&self) -> io::Result<()> {
        Ok(())
    }

    fn get_storage_helper(&self) -> &CommonStorageHelper {
        &self.0.helper
    }

    async fn resize(&self, new_size: u64, _: PreallocateMode) -> io::Result<()> {
        let mut written = self.written();
        if new_size < written.len {
            return Err(io::ErrorKind::Unsupported.into());
        }
        written.len = new_size;
        Ok(())
    }
}
