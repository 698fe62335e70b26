//! A child's disk to work on: reads see the child and its backing chain, writes stay in memory.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use imago::qcow2::Qcow2;
use imago::raw::Raw;
use imago::{FormatAccess, Mapping};

use super::bitmaps;
use super::block::BlockDevice;
use super::error::ImageError;
use super::file::{Access, Host, HostFile};
use super::gate::{self, Content, Layer};
use super::header::{HEAD, Header, autoclear};
use super::open_child::OpenChild;
use super::pages::{Below, PageStore, Written};
use super::redo::{Redo, SECTOR_MAY_CHANGE};
use super::refusal::Refusal;
use super::tables;
use super::vmdk::Grains;
use super::wait::block_on;

/// Bytes of a block, the smallest change that is kept.
pub(crate) const BLOCK: usize = 4096;
type Block = Box<[u8; BLOCK]>;

/// A writable view of a child's disk that changes no file.
///
/// What is written is kept in blocks of 4 KiB; [`finish`](Self::finish) turns them into a
/// [`Redo`]. Dropping it forgets them. Clean blocks are not kept: an editor has its own cache.
#[derive(Debug)]
pub struct Scratch {
    disk: FormatAccess<PageStore>,
    store: PageStore,
    file: Arc<HostFile>,
    header: Header,
    blocks: BTreeMap<u64, Changed>,
}

/// A block that was written to.
#[derive(Debug)]
struct Changed {
    now: Block,
    before: Block,
}

impl Scratch {
    pub(super) fn open(child: &OpenChild) -> Result<Self, ImageError> {
        let mut backing = None;
        for layer in child.layers.iter().rev() {
            let opened = open_layer(layer, backing.take());
            backing = Some(opened.map_err(|e| ImageError::io("read", layer.file.path(), e))?);
        }
        let io = |e| ImageError::io("read", child.file.path(), e);
        let store = PageStore::new(Below::File(Arc::clone(&child.file))).map_err(io)?;
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
    /// [`ImageError::Io`] when the child or its chain cannot be read; [`ImageError::Refused`] when
    /// the child's tables contradict each other, so that no edit can go through them, and where it
    /// carries persistent bitmaps in which the edit cannot be marked.
    pub fn finish(mut self) -> Result<Redo, ImageError> {
        let io = |e| ImageError::io("read", self.file.path(), e);
        let refused = |refusal| ImageError::refused(self.file.path(), refusal);
        let mut changed = std::mem::take(&mut self.blocks);
        changed.retain(|_, block| block.before != block.now);
        if changed.is_empty() {
            let nothing = Written {
                len: self.file.len().map_err(io)?,
                ..Written::default()
            };
            return Redo::new(&self.file, &self.header, nothing);
        }
        let unknown = self.header.autoclear & !autoclear::BITMAPS;
        if unknown != 0 {
            return Err(refused(Refusal::Autoclear(unknown)));
        }
        tables::require_sound(&self.file, &self.header)?;
        for (number, block) in &changed {
            let (offset, len) = self.place(*number);
            let written = block_on(self.disk.write(&block.now[..len], offset));
            written.map_err(io)?;
        }
        block_on(self.disk.flush()).map_err(io)?;
        if self.header.autoclear != 0 {
            self.keep_header().map_err(io)?;
            let places = changed.keys().map(|number| self.place(*number));
            let places = places.map(|(offset, len)| (offset, len as u64));
            if !bitmaps::mark(&self.store, &self.header, places).map_err(io)? {
                return Err(refused(Refusal::Bitmaps));
            }
        }
        Redo::new(&self.file, &self.header, self.store.take())
    }

    /// Puts back what the library does to a header as one that knows nothing of bitmaps; the places of
    /// its tables are what an edit may change.
    fn keep_header(&self) -> io::Result<()> {
        let mut head = vec![0; HEAD.min(self.header.cluster_size() as usize)];
        self.file.read_at(0, &mut head)?;
        self.store
            .read_file(SECTOR_MAY_CHANGE.start as u64, &mut head[SECTOR_MAY_CHANGE])?;
        self.store.write_file(0, &head)
    }

    /// The next offset at or after `offset` that may hold anything but zeros; `None` where there is none
    /// up to the end.
    pub(super) fn data_from(&self, offset: u64) -> io::Result<Option<u64>> {
        let size = self.disk.size();
        let mut at = offset;
        while at < size {
            let (mapping, len) = block_on(self.disk.get_mapping(at, size - at))?;
            let end = match mapping {
                Mapping::Zero { .. } => at + len.max(1),
                Mapping::Eof { .. } => size,
                _ => return Ok(Some(at)),
            };
            let block = BLOCK as u64;
            let mut changed = self.blocks.range(at / block..end.div_ceil(block));
            if let Some((number, _)) = changed.next() {
                return Ok(Some((number * block).max(at)));
            }
            at = end;
        }
        Ok(None)
    }

    /// Blocks that are no longer what they were, by offset.
    pub(crate) fn changed_blocks(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let changed = self.blocks.iter().filter(|(_, b)| b.before != b.now);
        changed.map(|(number, block)| {
            let (offset, len) = self.place(*number);
            (offset, &block.now[..len])
        })
    }

    /// Takes over what an overlay on this child holds: every block that is allocated in it and not
    /// the same here. Its backing file is not looked at, and neither is a range that it leaves to
    /// that. Returns the bytes that differ.
    ///
    /// # Errors
    /// [`ImageError::TooMuch`] past `limit` bytes; [`ImageError::OtherDisk`] when the overlay is of
    /// another size; [`ImageError::Refused`] for what is no overlay that osgraft made.
    pub fn take_over(&mut self, overlay: &Path, limit: u64) -> Result<u64, ImageError> {
        let held = |mapping: &Mapping<'_, PageStore>| match mapping {
            Mapping::Zero { explicit, .. } => *explicit,
            _ => true,
        };
        self.take_over_held(overlay, limit, held)
            .map(|(changed, _)| changed)
    }

    /// The same, but for ranges of zeros that the overlay holds: those are returned, rising, and not
    /// taken over.
    ///
    /// # Errors
    /// As for [`take_over`](Self::take_over).
    #[cfg(feature = "appliance")]
    pub(crate) fn take_over_trimmed(
        &mut self,
        overlay: &Path,
        limit: u64,
    ) -> Result<Vec<Range<u64>>, ImageError> {
        let held = |mapping: &Mapping<'_, PageStore>| !matches!(mapping, Mapping::Zero { .. });
        self.take_over_held(overlay, limit, held)
            .map(|(_, zeros)| zeros)
    }

    /// Takes over the ranges that are `held`; the bytes that differ, and the ranges of explicit zeros.
    fn take_over_held(
        &mut self,
        overlay: &Path,
        limit: u64,
        held: impl Fn(&Mapping<'_, PageStore>) -> bool,
    ) -> Result<(u64, Vec<Range<u64>>), ImageError> {
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
        let store = PageStore::new(Below::File(Arc::new(file))).map_err(io)?;
        let disk = open_qcow2(store, false, None).map_err(io)?;
        let (mut changed, mut offset) = (0, 0);
        let mut zeros: Vec<Range<u64>> = Vec::new();
        let (mut there, mut here) = ([0; BLOCK], [0; BLOCK]);
        while offset < disk.size() {
            let found = block_on(disk.get_mapping(offset, disk.size() - offset));
            let (mapping, len) = found.map_err(io)?;
            let end = offset + len.max(1);
            if matches!(mapping, Mapping::Eof { .. }) {
                break;
            }
            if let Mapping::Zero { explicit: true, .. } = mapping {
                match zeros.last_mut() {
                    Some(last) if last.end == offset => last.end = end,
                    _ => zeros.push(offset..end),
                }
            }
            let held = held(&mapping);
            while held && offset < end {
                let len = (end - offset).min((BLOCK - offset as usize % BLOCK) as u64) as usize;
                block_on(disk.read(&mut there[..len], offset)).map_err(io)?;
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
        Ok((changed, zeros))
    }

    /// Offset and length of a block; the disk's last one may be short.
    fn place(&self, number: u64) -> (u64, usize) {
        let offset = number * BLOCK as u64;
        let len = (self.disk.size() - offset).min(BLOCK as u64);
        (offset, len as usize)
    }

    fn check_range(&self, offset: u64, len: usize) -> io::Result<()> {
        match offset.checked_add(len as u64) {
            Some(end) if end <= self.disk.size() => Ok(()),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    fn changed(&mut self, number: u64) -> io::Result<&mut Changed> {
        let (offset, len) = self.place(number);
        match self.blocks.entry(number) {
            Entry::Occupied(block) => Ok(block.into_mut()),
            Entry::Vacant(free) => {
                let mut before = Box::new([0; BLOCK]);
                block_on(self.disk.read(&mut before[..len], offset))?;
                let now = before.clone();
                Ok(free.insert(Changed { now, before }))
            }
        }
    }
}

impl BlockDevice for Scratch {
    fn size(&self) -> u64 {
        self.disk.size()
    }

    fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<()> {
        self.check_range(offset, buf.len())?;
        if buf.is_empty() {
            return Ok(());
        }
        block_on(self.disk.read(&mut *buf, offset))?;
        let end = offset + buf.len() as u64;
        let touched = offset / BLOCK as u64..end.div_ceil(BLOCK as u64);
        for (number, block) in self.blocks.range(touched) {
            let start = number * BLOCK as u64;
            let (from, to) = (start.max(offset), (start + BLOCK as u64).min(end));
            buf[(from - offset) as usize..(to - offset) as usize]
                .copy_from_slice(&block.now[(from - start) as usize..(to - start) as usize]);
        }
        Ok(())
    }

    fn write_at(&mut self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.check_range(offset, data.len())?;
        let mut done = 0;
        while done < data.len() {
            let at = offset + done as u64;
            let within = at as usize % BLOCK;
            let step = (BLOCK - within).min(data.len() - done);
            let block = self.changed(at / BLOCK as u64)?;
            block.now[within..within + step].copy_from_slice(&data[done..done + step]);
            done += step;
        }
        Ok(())
    }
}

fn open_layer(
    layer: &Layer,
    backing: Option<FormatAccess<PageStore>>,
) -> io::Result<FormatAccess<PageStore>> {
    let file = Arc::clone(&layer.file);
    let below = match &layer.content {
        Content::Vmdk(sparse) => Below::Vmdk(Grains::new(file, sparse.clone())?),
        Content::Raw | Content::Qcow2(_) => Below::File(file),
    };
    let store = PageStore::new(below)?;
    match layer.content {
        Content::Qcow2(_) => open_qcow2(store, false, backing),
        Content::Raw | Content::Vmdk(_) => {
            block_on(Raw::open_image(store, false)).map(FormatAccess::new)
        }
    }
}

fn open_qcow2(
    store: PageStore,
    writable: bool,
    backing: Option<FormatAccess<PageStore>>,
) -> io::Result<FormatAccess<PageStore>> {
    let mut image = block_on(Qcow2::open_image(store, writable))?;
    // Stated, so that the library never opens a file by itself.
    image.set_backing(backing);
    image.set_data_file(None);
    Ok(FormatAccess::new(image))
}
