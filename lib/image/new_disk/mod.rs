//! A disk as a file of its own, with nothing behind it.
//!
//! The file is written from the view that a guest has of its disk, whatever chain lies below. Clusters
//! of zeros take no room, and neither do ranges that the caller knows to be free.

mod qcow2;

use std::io;
use std::ops::Range;
use std::path::Path;

use super::block::BlockDevice;
use super::error::ImageError;
use super::faults::Faults;
use super::file::{Host, HostFile};
use super::made::make;
use super::masters::MasterFormat;
use super::scratch::Scratch;
use qcow2::{CLUSTER, Writer};

/// Bytes that are read at once.
const STEP: u64 = 1 << 20;
/// Grain in which a raw file is left sparse.
const GRAIN: usize = 4096;
static ZEROS: [u8; CLUSTER as usize] = [0; CLUSTER as usize];

/// Description of a new disk.
#[derive(Clone, Debug)]
pub struct NewDisk {
    format: MasterFormat,
    host: Host,
}

/// Bytes of a new disk.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Filled {
    /// Bytes of the clusters that hold anything but zeros, those that were left out included: a full copy
    /// takes as many.
    pub whole: u64,
    /// Bytes of the clusters that were written.
    pub written: u64,
    /// Bytes that the file takes on the host's disk.
    pub allocated: u64,
}

impl NewDisk {
    /// A disk in this format; of a VMDK, [`create`](Self::create) makes none.
    pub fn new(format: MasterFormat) -> Self {
        Self {
            format,
            host: Host::default(),
        }
    }

    /// The same, with every changing file call passed through `faults`. For tests.
    #[must_use]
    pub fn with_faults(mut self, faults: Faults) -> Self {
        self.host = Host::with_faults(faults);
        self
    }

    /// Makes the file: it appears under its name complete and durable, or not at all. `unused` are
    /// ranges of the disk, rising, whose bytes mean nothing; they read as zeros.
    ///
    /// # Errors
    /// [`ImageError::Exists`] when the name is taken; [`ImageError::Io`].
    pub fn create(
        &self,
        disk: &mut Scratch,
        unused: &[Range<u64>],
        path: impl AsRef<Path>,
    ) -> Result<Filled, ImageError> {
        let made = self.create_where(disk, unused, path, |_| true)?;
        Ok(made.unwrap_or_else(|filled| filled))
    }

    /// The same, where `is_wanted` holds of what was written; else no file appears, and what it would
    /// have held is the inner error.
    ///
    /// # Errors
    /// As for [`create`](Self::create).
    pub fn create_where(
        &self,
        disk: &mut Scratch,
        unused: &[Range<u64>],
        path: impl AsRef<Path>,
        is_wanted: impl Fn(&Filled) -> bool,
    ) -> Result<Result<Filled, Filled>, ImageError> {
        let path = path.as_ref();
        make(&self.host, path, |file| {
            let failed = |source| ImageError::io("write", path, source);
            let mut filled = match self.format {
                MasterFormat::Qcow2 => {
                    let mut writer = Writer::new(file, disk.size()).map_err(failed)?;
                    let sink = |offset, data: &[u8]| writer.write(offset, data);
                    let filled = copy(disk, unused, path, sink)?;
                    writer.finish().map_err(failed)?;
                    filled
                }
                MasterFormat::Raw => {
                    let sink = |offset, data: &[u8]| write_sparse(file, offset, data);
                    let filled = copy(disk, unused, path, sink)?;
                    file.truncate(disk.size()).map_err(failed)?;
                    filled
                }
                MasterFormat::Vmdk => return Err(failed(io::ErrorKind::Unsupported.into())),
            };
            file.sync().map_err(failed)?;
            filled.allocated = file.allocated().map_err(failed)?;
            Ok(match is_wanted(&filled) {
                true => Ok(filled),
                false => Err(filled),
            })
        })
    }
}

fn copy(
    disk: &mut Scratch,
    unused: &[Range<u64>],
    path: &Path,
    mut sink: impl FnMut(u64, &[u8]) -> io::Result<()>,
) -> Result<Filled, ImageError> {
    let size = disk.size();
    let mut filled = Filled::default();
    let mut unused = unused;
    let mut at = 0;
    let mut step = vec![0; STEP as usize];
    while let Some(data) = disk
        .data_from(at)
        .map_err(|e| ImageError::io("read", path, e))?
    {
        let start = data - data % CLUSTER;
        let len = (size - start).min(STEP) as usize;
        let step = &mut step[..len];
        disk.read_at(start, step)
            .map_err(|e| ImageError::io("read", path, e))?;
        for (number, cluster) in step.chunks_mut(CLUSTER as usize).enumerate() {
            let offset = start + number as u64 * CLUSTER;
            if is_zero(cluster) {
                continue;
            }
            filled.whole += CLUSTER;
            unused = blank(unused, offset, cluster);
            if !is_zero(cluster) {
                filled.written += CLUSTER;
                sink(offset, cluster).map_err(|e| ImageError::io("write", path, e))?;
            }
        }
        at = start + len as u64;
    }
    Ok(filled)
}

/// Zeros what is unused of a cluster; the ranges that reach behind it.
fn blank<'r>(unused: &'r [Range<u64>], offset: u64, cluster: &mut [u8]) -> &'r [Range<u64>] {
    let end = offset + cluster.len() as u64;
    let passed = unused.partition_point(|range| range.end <= offset);
    let unused = &unused[passed..];
    for range in unused.iter().take_while(|range| range.start < end) {
        let from = range.start.max(offset) - offset;
        let to = range.end.min(end) - offset;
        cluster[from as usize..to as usize].fill(0);
    }
    unused
}

fn is_zero(bytes: &[u8]) -> bool {
    bytes == &ZEROS[..bytes.len()]
}

fn write_sparse(file: &HostFile, offset: u64, data: &[u8]) -> io::Result<()> {
    let mut start = None;
    for (number, grain) in data.chunks(GRAIN).enumerate() {
        let at = number * GRAIN;
        match (is_zero(grain), start) {
            (false, None) => start = Some(at),
            (true, Some(from)) => {
                file.write_at(offset + from as u64, &data[from..at])?;
                start = None;
            }
            _ => {}
        }
    }
    match start {
        Some(from) => file.write_at(offset + from as u64, &data[from..]),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
