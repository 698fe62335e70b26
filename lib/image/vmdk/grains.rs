//! The disk inside a sparse file, read-only.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use super::SECTOR;
use super::sparse::{MARKER, Sparse, TABLE, TABLE_BYTES, ZERO_GRAIN, entries, le32};
use crate::image::file::HostFile;

/// Most bytes of unpacked grains that are kept.
const KEPT_GRAINS: usize = 8 << 20;
/// Most grain tables that are kept: those of 8 GiB in grains of 64 KiB.
const KEPT_TABLES: usize = 256;

/// The disk inside a sparse file.
#[derive(Debug)]
pub(in crate::image) struct Grains {
    file: Arc<HostFile>,
    len: u64,
    sparse: Sparse,
    kept: Mutex<Kept>,
}

/// Data that was read and may be wanted again, by its sector in the file.
#[derive(Debug, Default)]
struct Kept {
    tables: BTreeMap<u32, Vec<u32>>,
    grains: BTreeMap<u32, Vec<u8>>,
    grain_bytes: usize,
}

impl Grains {
    pub(in crate::image) fn new(file: Arc<HostFile>, sparse: Sparse) -> io::Result<Self> {
        Ok(Self {
            len: file.len()?,
            file,
            sparse,
            kept: Mutex::default(),
        })
    }

    pub(in crate::image) fn file(&self) -> &HostFile {
        &self.file
    }

    /// The disk's size in bytes.
    pub(in crate::image) fn size(&self) -> u64 {
        self.sparse.size
    }

    /// Fills `buf` from `offset` of the disk on; past the disk's end with zeros.
    pub(in crate::image) fn read_at(&self, offset: u64, mut buf: &mut [u8]) -> io::Result<()> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut at = offset;
        while !buf.is_empty() {
            if at >= self.sparse.size {
                buf.fill(0);
                break;
            }
            let within = at % self.sparse.grain;
            let len = (self.sparse.grain - within).min(self.sparse.size - at);
            let len = usize::try_from(len).unwrap_or(usize::MAX).min(buf.len());
            let (now, rest) = buf.split_at_mut(len);
            match self.place(&mut kept, at / self.sparse.grain)? {
                None => now.fill(0),
                Some(sector) if self.sparse.compressed => {
                    let grain = self.unpacked(&mut kept, sector)?;
                    let within = within as usize;
                    let part = grain
                        .get(within..within + len)
                        .ok_or_else(|| damaged("a compressed grain is too short"))?;
                    now.copy_from_slice(part);
                }
                Some(sector) => {
                    let start = u64::from(sector) * SECTOR;
                    if start >= self.len {
                        return Err(damaged("the file ends before a grain"));
                    }
                    self.file.read_at(start + within, now)?;
                }
            }
            at += len as u64;
            buf = rest;
        }
        Ok(())
    }

    /// Offset in the file of a grain of the disk; `None` for one of zeros.
    fn place(&self, kept: &mut Kept, number: u64) -> io::Result<Option<u32>> {
        let (table, entry) = (number as usize / TABLE, number as usize % TABLE);
        let table = match self.sparse.directory.get(table) {
            None | Some(0) => return Ok(None),
            Some(sector) => *sector,
        };
        if !kept.tables.contains_key(&table) {
            let at = u64::from(table) * SECTOR;
            if at + TABLE_BYTES > self.len {
                return Err(damaged("the file ends before a grain table"));
            }
            let mut bytes = [0; TABLE_BYTES as usize];
            self.file.read_at(at, &mut bytes)?;
            if kept.tables.len() >= KEPT_TABLES {
                kept.tables.clear();
            }
            kept.tables.insert(table, entries(&bytes).collect());
        }
        Ok(match kept.tables[&table][entry] {
            0 => None,
            ZERO_GRAIN if self.sparse.zero_grains => None,
            sector => Some(sector),
        })
    }

    /// The grain behind the marker at a sector. Whose grain the marker says it is, QEMU does not
    /// ask either: the table has the word.
    fn unpacked<'kept>(&self, kept: &'kept mut Kept, sector: u32) -> io::Result<&'kept [u8]> {
        if !kept.grains.contains_key(&sector) {
            let at = u64::from(sector) * SECTOR;
            let mut marker = [0; MARKER as usize];
            self.file.read_at(at, &mut marker)?;
            let len = u64::from(le32(&marker, 8));
            // QEMU's bound: incompressible bytes grow, but never to twice their size.
            if len == 0 || len > 2 * self.sparse.grain {
                return Err(damaged("a compressed grain's length cannot be right"));
            }
            if at + MARKER + len > self.len {
                return Err(damaged("the file ends before a compressed grain does"));
            }
            let mut packed = vec![0; len as usize];
            self.file.read_at(at + MARKER, &mut packed)?;
            let grain = decompress_to_vec_zlib_with_limit(&packed, self.sparse.grain as usize)
                .map_err(|_| damaged("a compressed grain cannot be unpacked"))?;
            if kept.grain_bytes + grain.len() > KEPT_GRAINS {
                kept.grains.clear();
                kept.grain_bytes = 0;
            }
            kept.grain_bytes += grain.len();
            kept.grains.insert(sector, grain);
        }
        Ok(&kept.grains[&sector])
    }
}

fn damaged(what: &'static str) -> io::Error {
    let text = format!("the VMDK is damaged: {what}; restore it from a copy");
    io::Error::new(io::ErrorKind::InvalidData, text)
}
