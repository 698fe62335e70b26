//! A child's disk to work on: reads see the child and its backing chain, writes stay in memory.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io;
use std::path::Path;
use std::sync::Arc;

use imago::qcow2::Qcow2;
use imago::raw::Raw;
use imago::{FormatAccess, Mapping};

use super::block::BlockDevice;
use super::child::OpenChild;
use super::error::ImageError;
use super::file::{Access, Host, HostFile};
use super::gate;
use super::header::Header;
use super::pages::{PAGE, PageStore};
use super::redo::Redo;

type Block = Box<[u8; PAGE]>;

/// A writable view of a child's disk that changes no file.
///
/// Blocks of 4 KiB are read once and kept, changed ones included; [`finish`](Self::finish) turns
/// the changed ones into a [`Redo`]. Dropping it forgets them.
#[derive(Debug)]
pub struct Scratch {
    disk: FormatAccess<PageStore>,
    store: PageStore,
    file: Arc<HostFile>,
    header: Header,
    blocks: BTreeMap<u64, Cached>,
}

#[derive(Debug)]
struct Cached {
    now: Block,
    /// Before the first write; `None` while unchanged.
    before: Option<Block>,
}

/// Clean blocks kept at most: 64 MiB, past which the cache starts over.
const MAX_CLEAN: usize = 16 * 1024;

impl Scratch {
    pub(super) fn open(child: &OpenChild) -> Result<Self, ImageError> {
        let mut backing = None;
        for layer in child.layers.iter().rev() {
            let store = PageStore::new(Arc::clone(&layer.file))
                .map_err(|e| ImageError::io("read", layer.file.path(), e))?;
            let opened = match &layer.header {
                None => Raw::open_image(store, false).map(FormatAccess::new),
                Some(_) => open_qcow2(store, false, backing.take()),
            };
            backing = Some(opened.map_err(|e| ImageError::io("read", layer.file.path(), e))?);
        }
        let io = |e| ImageError::io("read", child.file.path(), e);
        let store = PageStore::new(Arc::clone(&child.file)).map_err(io)?;
        let disk = open_qcow2(store.clone(), true, backing).map_err(io)?;
        Ok(Self {
            disk,
            store,
            file: Arc::clone(&child.file),
            header: child.header.clone(),
            blocks: BTreeMap::new(),
        })
    }

    /// The edit as a value: what the child's file has to become.
    ///
    /// Blocks written back to what they were are no change.
    ///
    /// # Errors
    /// [`ImageError::Io`] when the child or its chain cannot be read.
    pub fn finish(mut self) -> Result<Redo, ImageError> {
        let io = |e| ImageError::io("read", self.file.path(), e);
        let changed = std::mem::take(&mut self.blocks)
            .into_iter()
            .filter(|(_, block)| block.before.as_ref().is_some_and(|b| *b != block.now));
        for (number, block) in changed {
            let offset = number * PAGE as u64;
            let len = (self.disk.size() - offset).min(PAGE as u64) as usize;
            self.disk.write(&block.now[..len], offset).map_err(io)?;
        }
        self.disk.flush().map_err(io)?;
        Redo::new(&self.file, &self.header, self.store.take())
    }

    /// Takes over what an overlay on this child holds: every block that is allocated in it and not
    /// the same here. Its backing file is not looked at, and neither is a range that it leaves to
    /// that. Returns the bytes that differ.
    ///
    /// # Errors
    /// [`ImageError::TooMuch`] past `limit` bytes; [`ImageError::OtherDisk`] when the overlay is of
    /// another size; [`ImageError::Refused`] for what is no overlay that osgraft made.
    pub fn take_over(&mut self, overlay: &Path, limit: u64) -> Result<u64, ImageError> {
        let file = Host::default().open(overlay, Access::Read)?;
        let header = gate::read_header(&file)?;
        gate::admit_child(&file, &header, false)?;
        if header.size != self.disk.size() {
            return Err(ImageError::OtherDisk {
                path: overlay.to_owned(),
                what: "the size",
            });
        }
        let io = |e| ImageError::io("read", overlay, e);
        let store = PageStore::new(Arc::new(file)).map_err(io)?;
        let disk = open_qcow2(store, false, None).map_err(io)?;
        let (mut changed, mut offset) = (0, 0);
        let (mut there, mut here) = ([0; PAGE], [0; PAGE]);
        while offset < disk.size() {
            let (mapping, len) = disk.get_mapping(offset, disk.size() - offset).map_err(io)?;
            let end = offset + len.max(1);
            let held = match mapping {
                Mapping::Zero { explicit, .. } => explicit,
                Mapping::Eof { .. } => break,
                _ => true,
            };
            while held && offset < end {
                let len = (end - offset).min((PAGE - offset as usize % PAGE) as u64) as usize;
                disk.read(&mut there[..len], offset).map_err(io)?;
                self.read_at(offset, &mut here[..len]).map_err(io)?;
                if there[..len] != here[..len] {
                    changed += len as u64;
                    if changed > limit {
                        return Err(ImageError::TooMuch {
                            path: self.file.path().to_owned(),
                            limit,
                        });
                    }
                    self.write_at(offset, &there[..len]).map_err(io)?;
                }
                offset += len as u64;
            }
            offset = end;
        }
        Ok(changed)
    }

    fn block(&mut self, number: u64) -> io::Result<&mut Cached> {
        if self.blocks.len() >= MAX_CLEAN && !self.blocks.contains_key(&number) {
            self.blocks.retain(|_, block| block.before.is_some());
        }
        match self.blocks.entry(number) {
            Entry::Occupied(block) => Ok(block.into_mut()),
            Entry::Vacant(free) => {
                let mut now = Box::new([0; PAGE]);
                let offset = number * PAGE as u64;
                let len = (self.disk.size() - offset).min(PAGE as u64) as usize;
                self.disk.read(&mut now[..len], offset)?;
                Ok(free.insert(Cached { now, before: None }))
            }
        }
    }

    /// Calls `each` with every block that a range touches: the block, the range inside it, and
    /// the range inside the caller's buffer.
    fn each_block(
        &mut self,
        offset: u64,
        len: usize,
        mut each: impl FnMut(&mut Cached, std::ops::Range<usize>, std::ops::Range<usize>),
    ) -> io::Result<()> {
        let end = offset.checked_add(len as u64);
        if end.is_none_or(|end| end > self.disk.size()) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut done = 0;
        while done < len {
            let at = offset + done as u64;
            let within = at as usize % PAGE;
            let step = (PAGE - within).min(len - done);
            let block = self.block(at / PAGE as u64)?;
            each(block, within..within + step, done..done + step);
            done += step;
        }
        Ok(())
    }
}

impl BlockDevice for Scratch {
    fn size(&self) -> u64 {
        self.disk.size()
    }

    fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<()> {
        self.each_block(offset, buf.len(), |block, within, whole| {
            buf[whole].copy_from_slice(&block.now[within]);
        })
    }

    fn write_at(&mut self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.each_block(offset, data.len(), |block, within, whole| {
            block.before.get_or_insert_with(|| block.now.clone());
            block.now[within].copy_from_slice(&data[whole]);
        })
    }
}

fn open_qcow2(
    store: PageStore,
    writable: bool,
    backing: Option<FormatAccess<PageStore>>,
) -> io::Result<FormatAccess<PageStore>> {
    let mut image = Qcow2::open_image(store, writable)?;
    // Stated, so that the library never opens a file by itself.
    image.set_backing(backing);
    image.set_data_file(None);
    Ok(FormatAccess::new(image))
}
