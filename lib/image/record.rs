//! A redo record as bytes behind a child's end.
//!
//! ```text
//! 0            tail_start          new_len   record_start            trailer_start
//! | old image  | tail, in place    |  gap    | record                | trailer 512 |
//! ```
//!
//! Integers are big-endian. The record and the trailer begin at multiples of 512 bytes, so that
//! the last sector of the file is either the trailer's beginning or something else. The trailer is
//! written first: from then on the file's end says whose the bytes behind the image are, however
//! far the rest has come.

use sha2::{Digest, Sha256};

use super::header::SECTOR;
use super::pages::PAGE;
use super::redo::{self, Extent, Redo, Sha};

/// Bytes of the trailer.
pub(super) const TRAILER: usize = 512;
const TRAILER_MAGIC: [u8; 16] = *b"osgraft trailer\0";
pub(super) const RECORD_MAGIC: [u8; 16] = *b"osgraft record\0\0";
pub(super) const VERSION: u32 = 1;

/// Largest record read back, in bytes. An edit overwrites a few tables; this is far beyond any.
pub(super) const MAX_RECORD: u64 = 1 << 30;

/// Bytes of the largest cluster: the tail begins where the next one would.
const MAX_CLUSTER: u64 = 2 << 20;

/// Where the parts of an edit lie in a child's file. Enough to drop it; the record finishes it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Trailer {
    pub(super) old_len: u64,
    pub(super) tail_start: u64,
    pub(super) new_len: u64,
    pub(super) record_start: u64,
    pub(super) record_len: u64,
    pub(super) record: Sha,
}

/// What has to be written to finish an edit whose tail is in place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Record {
    /// The header's sector when the edit was made, guard clear.
    pub(super) old_sector: [u8; SECTOR],
    pub(super) new_sector: [u8; SECTOR],
    pub(super) inside: Vec<Extent>,
    /// Offset and length of the tail's extents.
    pub(super) tail: Vec<(u64, u64)>,
    pub(super) tail_checksum: u32,
}

impl Trailer {
    /// Where `redo` keeps its record in the file, and the record's bytes.
    pub(super) fn plan(redo: &Redo) -> (Self, Vec<u8>) {
        let record = Record::encode(redo);
        let trailer = Self {
            old_len: redo.base.len,
            tail_start: redo.tail_start,
            new_len: redo.new_len,
            record_start: redo
                .new_len
                .max(redo.tail_start)
                .next_multiple_of(SECTOR as u64),
            record_len: record.len() as u64,
            record: Sha256::digest(&record).into(),
        };
        (trailer, record)
    }

    /// Where the trailer itself lies.
    pub(super) fn start(&self) -> u64 {
        (self.record_start + self.record_len).next_multiple_of(SECTOR as u64)
    }

    pub(super) fn encode(&self) -> [u8; TRAILER] {
        let mut bytes = [0; TRAILER];
        let mut writer = Vec::with_capacity(TRAILER);
        writer.extend_from_slice(&TRAILER_MAGIC);
        for n in [
            self.old_len,
            self.tail_start,
            self.new_len,
            self.record_start,
            self.record_len,
        ] {
            writer.extend_from_slice(&n.to_be_bytes());
        }
        writer.extend_from_slice(&self.record);
        let check: Sha = Sha256::digest(&writer).into();
        writer.extend_from_slice(&check);
        bytes[..writer.len()].copy_from_slice(&writer);
        bytes
    }

    /// The trailer in the last bytes of a file of `len` bytes, if that is what they are.
    pub(super) fn decode(bytes: &[u8; TRAILER], len: u64) -> Option<Self> {
        let mut reader = Reader(bytes);
        if reader.take(16)? != TRAILER_MAGIC {
            return None;
        }
        let trailer = Self {
            old_len: reader.u64()?,
            tail_start: reader.u64()?,
            new_len: reader.u64()?,
            record_start: reader.u64()?,
            record_len: reader.u64()?,
            record: reader.sha()?,
        };
        let checked = bytes.len() - reader.0.len();
        let check: Sha = Sha256::digest(&bytes[..checked]).into();
        let sound = reader.sha()? == check
            && trailer.old_len <= trailer.tail_start
            && trailer.tail_start - trailer.old_len < MAX_CLUSTER
            && trailer.old_len <= trailer.new_len
            && trailer.new_len.max(trailer.tail_start) <= trailer.record_start
            && trailer.record_len <= MAX_RECORD
            && trailer.record_start <= len
            && trailer.start().checked_add(TRAILER as u64) == Some(len);
        sound.then_some(trailer)
    }
}

/// The old length from a trailer that a kill tore, when so much of it arrived; `bytes` is the
/// incomplete last sector of a file.
pub(super) fn torn_trailer(bytes: &[u8]) -> Option<Option<u64>> {
    let magic = bytes.len().min(TRAILER_MAGIC.len());
    if bytes.is_empty() || bytes.len() >= TRAILER || bytes[..magic] != TRAILER_MAGIC[..magic] {
        return None;
    }
    let old_len = bytes.get(16..24).and_then(|b| b.try_into().ok());
    Some(old_len.map(u64::from_be_bytes))
}

impl Record {
    fn encode(redo: &Redo) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend_from_slice(&RECORD_MAGIC);
        bytes.extend_from_slice(&VERSION.to_be_bytes());
        bytes.extend_from_slice(&redo.base.sector);
        bytes.extend_from_slice(&redo.sector);
        bytes.extend_from_slice(&(redo.tail.len() as u32).to_be_bytes());
        for (offset, len) in redo.tail.iter().map(Extent::place) {
            bytes.extend_from_slice(&offset.to_be_bytes());
            bytes.extend_from_slice(&len.to_be_bytes());
        }
        bytes.extend_from_slice(&redo::checksum(&redo.tail).to_be_bytes());
        bytes.extend_from_slice(&(redo.inside.len() as u32).to_be_bytes());
        for extent in &redo.inside {
            bytes.extend_from_slice(&extent.offset.to_be_bytes());
            bytes.extend_from_slice(&(extent.data.len() as u32).to_be_bytes());
            bytes.extend_from_slice(&extent.data);
        }
        bytes
    }

    /// Reads a record whose digest the trailer confirmed; every place must lie where the trailer
    /// says that such places lie.
    pub(super) fn decode(bytes: &[u8], trailer: &Trailer) -> Option<Self> {
        let mut reader = Reader(bytes);
        if reader.take(16)? != RECORD_MAGIC || reader.u32()? != VERSION {
            return None;
        }
        let old_sector = reader.take(SECTOR)?.try_into().ok()?;
        let new_sector = reader.take(SECTOR)?.try_into().ok()?;
        let mut tail = Vec::new();
        for _ in 0..reader.u32()? {
            let (offset, len) = (reader.u64()?, reader.u64()?);
            let end = offset.checked_add(len)?;
            if offset < trailer.tail_start || end > trailer.new_len || len > PAGE as u64 {
                return None;
            }
            tail.push((offset, len));
        }
        let tail_checksum = reader.u32()?;
        let mut inside = Vec::new();
        for _ in 0..reader.u32()? {
            let (offset, len) = (reader.u64()?, reader.u32()? as usize);
            if offset < SECTOR as u64 || offset.checked_add(len as u64)? > trailer.tail_start {
                return None;
            }
            let data = reader.take(len)?.to_vec();
            inside.push(Extent { offset, data });
        }
        let record = Self {
            old_sector,
            new_sector,
            inside,
            tail,
            tail_checksum,
        };
        reader.0.is_empty().then_some(record)
    }
}

/// Takes fields off the front; `None` once the bytes run out.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    fn u64(&mut self) -> Option<u64> {
        Some(u64::from_be_bytes(self.take(8)?.try_into().ok()?))
    }

    fn sha(&mut self) -> Option<Sha> {
        self.take(32)?.try_into().ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::redo::Base;
    use super::*;

    fn redo() -> Redo {
        Redo {
            base: Base {
                len: 1000,
                sector: [1; SECTOR],
                replaced: [0; 32],
            },
            sector: [2; SECTOR],
            tail_start: 65536,
            new_len: 131_072,
            inside: vec![Extent {
                offset: 4096,
                data: vec![7; 4096],
            }],
            tail: vec![Extent {
                offset: 65536,
                data: vec![9; 8192],
            }],
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        let (trailer, bytes) = Trailer::plan(&redo());
        let len = trailer.start() + TRAILER as u64;
        assert_eq!(Trailer::decode(&trailer.encode(), len), Some(trailer));
        let record = Record::decode(&bytes, &trailer).expect("its own bytes");
        assert_eq!(record.inside, redo().inside);
        assert_eq!(record.tail, [(65536, 8192)]);
        assert_eq!(record.tail_checksum, redo::checksum(&redo().tail));
    }

    #[test]
    fn a_trailer_elsewhere_than_at_the_end_is_none() {
        let (trailer, _) = Trailer::plan(&redo());
        let len = trailer.start() + TRAILER as u64;
        assert_eq!(Trailer::decode(&trailer.encode(), len + 512), None);
    }

    #[test]
    fn a_torn_trailer_is_known_by_what_arrived() {
        let bytes = Trailer::plan(&redo()).0.encode();
        assert_eq!(torn_trailer(&bytes[..1]), Some(None));
        assert_eq!(torn_trailer(&bytes[..23]), Some(None));
        assert_eq!(torn_trailer(&bytes[..24]), Some(Some(1000)));
        assert_eq!(torn_trailer(&bytes[..511]), Some(Some(1000)));
        assert_eq!(torn_trailer(b""), None);
        assert_eq!(torn_trailer(b"a guest's own bytes"), None);
    }

    proptest! {
        #[test]
        fn one_changed_byte_is_noticed(at in 0usize..128, by in 1u8..) {
            let (trailer, _) = Trailer::plan(&redo());
            let mut bytes = trailer.encode();
            bytes[at % (16 + 40 + 32 + 32)] ^= by;
            prop_assert_eq!(Trailer::decode(&bytes, trailer.start() + TRAILER as u64), None);
        }

        #[test]
        fn arbitrary_bytes_are_no_record(bytes in proptest::collection::vec(any::<u8>(), 0..2048)) {
            let (trailer, _) = Trailer::plan(&redo());
            prop_assert_eq!(Record::decode(&bytes, &trailer), None);
        }
    }
}
