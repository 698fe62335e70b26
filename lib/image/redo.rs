//! The redo record: an edit as a value.
//!
//! It holds what the child's *file* has to become, in two parts. The tail lies behind the old
//! image's last cluster, where nothing refers to it: it can be written at any time. The rest
//! overwrites what the image uses, and is what a crash must not find half done.

use sha2::{Digest, Sha256};

use super::error::ImageError;
use super::file::HostFile;
use super::header::{Header, SECTOR};
use super::pages::{PAGE, Written};
use super::refusal::Refusal;

pub(super) type Sha = [u8; 32];

/// Bytes that are compared and skipped at once.
pub(super) const GRAIN: usize = 4096;

/// An edit of one state of one child, ready to be committed.
///
/// Made by [`Scratch::finish`](super::Scratch::finish), applied by
/// [`LockedChild::commit`](super::LockedChild::commit).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Redo {
    /// State of the child when the edit was made.
    pub(super) base: Base,
    /// The header's sector as it is to become.
    pub(super) sector: [u8; SECTOR],
    /// Offset of the tail: the old length, rounded up to a cluster.
    pub(super) tail_start: u64,
    /// The file's length, when done.
    pub(super) new_len: u64,
    /// Changes below `tail_start`, but for the header's sector; in order, not touching.
    pub(super) inside: Vec<Extent>,
    /// Changes from `tail_start` on; in order.
    pub(super) tail: Vec<Extent>,
}

/// The state of a child that a redo record fits.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Base {
    pub(super) len: u64,
    pub(super) sector: [u8; SECTOR],
    /// Digest of what the extents inside replace.
    pub(super) replaced: Sha,
}

/// Bytes for one place of the file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Extent {
    pub(super) offset: u64,
    pub(super) data: Vec<u8>,
}

/// Header bytes that an edit may change: the L1 table's size and place, and the refcount table's.
pub(super) const SECTOR_MAY_CHANGE: std::ops::Range<usize> = 36..60;

impl Redo {
    /// Changes that `written` makes in `file`.
    pub(super) fn new(
        file: &HostFile,
        header: &Header,
        written: Written,
    ) -> Result<Self, ImageError> {
        let io = |e| ImageError::io("read", file.path(), e);
        let len = file.len().map_err(io)?;
        let tail_start = len.next_multiple_of(header.cluster_size());
        let new_len = written.len.max(len);
        let mut sector = [0; SECTOR];
        file.read_at(0, &mut sector).map_err(io)?;
        let mut redo = Self {
            base: Base {
                len,
                sector,
                replaced: Sha::default(),
            },
            sector,
            tail_start,
            new_len,
            inside: Vec::new(),
            tail: Vec::new(),
        };
        // Each new cluster has been written to. One that lies further behind the end was referred to
        // before: with it the file would grow to wherever its tables say.
        let new = written.pages.range(tail_start / PAGE as u64..).count() as u64;
        let room = 2 * (new + 1) * header.cluster_size().max(PAGE as u64);
        if new_len - len > room {
            let what = Refusal::Truncated("a cluster that it refers to");
            return Err(ImageError::refused(file.path(), what));
        }
        for (number, page) in written.pages {
            let start = number * PAGE as u64;
            if start >= tail_start {
                redo.add_tail(start, page.into_vec());
                continue;
            }
            let mut old = vec![0; PAGE];
            file.read_at(start, &mut old).map_err(io)?;
            redo.add_inside(start, &page, &old);
            if start + PAGE as u64 > tail_start {
                let behind = (tail_start - start) as usize;
                redo.add_tail(tail_start, page[behind..].to_vec());
            }
        }
        redo.check_sector(file)?;
        redo.base.replaced =
            digest_in_file(file, redo.inside.iter().map(Extent::place)).map_err(io)?;
        Ok(redo)
    }

    /// True if it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.inside.is_empty() && self.tail.is_empty() && self.sector == self.base.sector
    }

    /// Bytes that it writes into the child, bookkeeping left out.
    pub fn bytes(&self) -> u64 {
        let extents = self.inside.iter().chain(&self.tail);
        extents.map(|extent| extent.data.len() as u64).sum()
    }

    /// Takes over what a page changes below the tail, a grain at a time.
    fn add_inside(&mut self, start: u64, page: &[u8], old: &[u8]) {
        let mut from = 0;
        if start == 0 {
            self.sector.copy_from_slice(&page[..SECTOR]);
            from = SECTOR;
        }
        let end = (self.tail_start.min(self.new_len) - start).min(PAGE as u64) as usize;
        while from < end {
            let to = ((from / GRAIN + 1) * GRAIN).min(end);
            if page[from..to] != old[from..to] {
                push(&mut self.inside, start + from as u64, &page[from..to]);
            }
            from = to;
        }
    }

    /// Takes a page over into the tail, without the zeros at its ends: the tail lies behind the
    /// old file's end, where a hole reads as zeros.
    fn add_tail(&mut self, start: u64, mut data: Vec<u8>) {
        data.truncate((self.new_len.saturating_sub(start)).min(PAGE as u64) as usize);
        let is_used = |grain: &[u8]| *grain != [0; GRAIN][..grain.len()];
        let Some(last) = data.chunks(GRAIN).rposition(is_used) else {
            return;
        };
        data.truncate((last + 1) * GRAIN);
        let first = data.chunks(GRAIN).position(is_used).unwrap_or(0) * GRAIN;
        data.drain(..first);
        self.tail.push(Extent {
            offset: start + first as u64,
            data,
        });
    }

    /// The library may move the tables; whatever else it did to the header is not ours to commit.
    fn check_sector(&self, file: &HostFile) -> Result<(), ImageError> {
        let differs = self
            .sector
            .iter()
            .zip(&self.base.sector)
            .enumerate()
            .any(|(at, (new, old))| new != old && !SECTOR_MAY_CHANGE.contains(&at));
        if differs {
            let what = Refusal::Header("what an edit makes of it");
            return Err(ImageError::refused(file.path(), what));
        }
        Ok(())
    }
}

impl Extent {
    /// Offset and length.
    pub(super) fn place(&self) -> (u64, u64) {
        (self.offset, self.data.len() as u64)
    }
}

/// Digest of what some places of a file hold now, their offsets included.
pub(super) fn digest_in_file(
    file: &HostFile,
    places: impl Iterator<Item = (u64, u64)>,
) -> std::io::Result<Sha> {
    let mut digest = Sha256::new();
    let mut buf = Vec::new();
    for (offset, len) in places {
        buf.resize(len as usize, 0);
        file.read_at(offset, &mut buf)?;
        digest.update(offset.to_be_bytes());
        digest.update(&buf);
    }
    Ok(digest.finalize().into())
}

/// Checksum (CRC-32) of extents in memory. It tells storage that lost what it had flushed, not a
/// forger: the tail is the bulk of an edit, and a digest would cost more than writing it.
pub(super) fn checksum(extents: &[Extent]) -> u32 {
    let mut checksum = crc32fast::Hasher::new();
    for extent in extents {
        checksum.update(&extent.data);
    }
    checksum.finalize()
}

/// The same checksum, of what some places of a file hold now.
pub(super) fn checksum_in_file(file: &HostFile, places: &[(u64, u64)]) -> std::io::Result<u32> {
    let mut checksum = crc32fast::Hasher::new();
    let mut buf = Vec::new();
    for (offset, len) in places {
        buf.resize(*len as usize, 0);
        file.read_at(*offset, &mut buf)?;
        checksum.update(&buf);
    }
    Ok(checksum.finalize())
}

/// Appends bytes, to the last extent where they continue it.
fn push(extents: &mut Vec<Extent>, offset: u64, data: &[u8]) {
    if let Some(last) = extents.last_mut()
        && last.offset + last.data.len() as u64 == offset
    {
        last.data.extend_from_slice(data);
        return;
    }
    extents.push(Extent {
        offset,
        data: data.to_vec(),
    });
}
