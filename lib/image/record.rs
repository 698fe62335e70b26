//! A redo record as bytes behind a child's end.
//!
//! ```text
//! 0            tail_start          new_len   record_start            trailer_start
//! | old image  | tail, in place    |  gap    | record                | trailer 512 |
//! ```
//!
//! Integers are big-endian. The record begins at a cluster boundary, behind every cluster that is
//! in use before or after the edit: a cluster in use never holds anything of it, so bytes in there
//! that look like it are the guest's. (Earlier versions began it at a multiple of 512 bytes; such
//! records are read too.) The trailer begins at a multiple of 512 bytes, so that the last sector of
//! the file is either the trailer's beginning or something else. The trailer is written first: from
//! then on the file's end says whose the bytes behind the image are, however far the rest has come.

use std::io;

use sha2::{Digest, Sha256};

use super::header::SECTOR;
use super::pages::PAGE;
use super::redo::{self, Extent, GRAIN, Redo, Sha};

/// Bytes of the trailer.
pub(super) const TRAILER: usize = 512;
const TRAILER_MAGIC: [u8; 16] = *b"osgraft trailer\0";
pub(super) const RECORD_MAGIC: [u8; 16] = *b"osgraft record\0\0";
pub(super) const VERSION: u32 = 1;

/// Largest record read back, in bytes. An edit overwrites a few tables; this is far beyond any.
pub(super) const MAX_RECORD: u64 = 1 << 30;

/// Bytes of the largest cluster: the tail begins where the next one would.
const MAX_CLUSTER: u64 = 2 << 20;

/// Places of the parts of an edit in a child's file. Enough to drop it; the record finishes it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Trailer {
    pub(super) old_len: u64,
    pub(super) tail_start: u64,
    pub(super) new_len: u64,
    pub(super) record_start: u64,
    pub(super) record_len: u64,
    pub(super) record: Sha,
}

/// Writes that finish an edit whose tail is in place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Record {
    /// The header's sector when the edit was made, guard clear.
    pub(super) old_sector: [u8; SECTOR],
    pub(super) new_sector: [u8; SECTOR],
    /// In order, none reaching into the next.
    pub(super) inside: Vec<Inside>,
    /// Offset and length of the tail's extents, in order, at most one for each page.
    pub(super) tail: Vec<(u64, u64)>,
    pub(super) tail_checksum: u32,
}

/// Bytes of the record for one place of the file. They stay in the file until they are put in
/// place: a record can be larger than what memory should be spent on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Inside {
    /// Offset in the file.
    pub(super) offset: u64,
    pub(super) len: u64,
    /// Offset of the bytes in the record.
    pub(super) at: u64,
}

impl Trailer {
    /// Places of the record of `redo` in a file of such clusters, of which none is in use from
    /// `unused` on, and the record's bytes.
    pub(super) fn plan(redo: &Redo, cluster: u64, unused: u64) -> (Self, Vec<u8>) {
        let record = Record::encode(redo);
        let trailer = Self {
            old_len: redo.base.len,
            tail_start: redo.tail_start,
            new_len: redo.new_len,
            record_start: redo
                .new_len
                .max(redo.tail_start)
                .max(unused)
                .next_multiple_of(cluster),
            record_len: record.len() as u64,
            record: Sha256::digest(&record).into(),
        };
        (trailer, record)
    }

    /// Offset of the trailer itself.
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

    /// Reads a record; `None` unless every place lies where the trailer says that such places lie,
    /// in order and apart from each other. Whether its digest is right is the caller's to judge.
    ///
    /// Of what is not kept no more than a page is in memory at once.
    ///
    /// # Errors
    /// Those of `bytes`; that it ends is none.
    pub(super) fn read(bytes: impl io::Read, trailer: &Trailer) -> io::Result<Option<Self>> {
        let mut fields = Fields { bytes, at: 0 };
        match Self::decode(&mut fields, trailer) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            read => read,
        }
    }

    fn decode(fields: &mut Fields<impl io::Read>, trailer: &Trailer) -> io::Result<Option<Self>> {
        if fields.array()? != RECORD_MAGIC || fields.u32()? != VERSION {
            return Ok(None);
        }
        let old_sector = fields.array()?;
        let new_sector = fields.array()?;
        let mut tail = Vec::new();
        let mut from = trailer.tail_start;
        for _ in 0..fields.u32()? {
            let (offset, len) = (fields.u64()?, fields.u64()?);
            let page_end = (offset / PAGE as u64 + 1).saturating_mul(PAGE as u64);
            let end = offset
                .checked_add(len)
                .filter(|end| len > 0 && offset >= from && *end <= page_end.min(trailer.new_len));
            if end.is_none() {
                return Ok(None);
            }
            from = page_end;
            tail.push((offset, len));
        }
        let tail_checksum = fields.u32()?;
        let mut inside: Vec<Inside> = Vec::new();
        let mut from = SECTOR as u64;
        for _ in 0..fields.u32()? {
            let (offset, len) = (fields.u64()?, u64::from(fields.u32()?));
            let in_grains = offset.is_multiple_of(GRAIN as u64) || offset == SECTOR as u64;
            // Whole grains are replaced, but for the header's sector and the file's end.
            let cut_short = |earlier: &Inside| earlier.len < (GRAIN - SECTOR) as u64;
            let end = offset
                .checked_add(len)
                .filter(|end| len > 0 && offset >= from && in_grains && *end <= trailer.tail_start);
            let Some(end) = end.filter(|_| !inside.last().is_some_and(cut_short)) else {
                return Ok(None);
            };
            from = end;
            let at = fields.at;
            inside.push(Inside { offset, len, at });
            fields.skip(len)?;
        }
        let record = Self {
            old_sector,
            new_sector,
            inside,
            tail,
            tail_checksum,
        };
        Ok(fields.is_at_end()?.then_some(record))
    }

    /// Bytes of the tail.
    pub(super) fn tail_len(&self) -> u64 {
        self.tail.iter().map(|(_, len)| len).sum()
    }
}

/// Takes fields off bytes that are read once.
struct Fields<R> {
    bytes: R,
    at: u64,
}

impl<R: io::Read> Fields<R> {
    fn array<const LEN: usize>(&mut self) -> io::Result<[u8; LEN]> {
        let mut array = [0; LEN];
        self.bytes.read_exact(&mut array)?;
        self.at += LEN as u64;
        Ok(array)
    }

    fn u32(&mut self) -> io::Result<u32> {
        self.array().map(u32::from_be_bytes)
    }

    fn u64(&mut self) -> io::Result<u64> {
        self.array().map(u64::from_be_bytes)
    }

    fn skip(&mut self, len: u64) -> io::Result<()> {
        let mut rest = io::Read::take(&mut self.bytes, len);
        if io::copy(&mut rest, &mut io::sink())? < len {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.at += len;
        Ok(())
    }

    fn is_at_end(&mut self) -> io::Result<bool> {
        match self.bytes.read_exact(&mut [0]) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(true),
            read => read.map(|()| false),
        }
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

    fn plan(redo: &Redo) -> (Trailer, Vec<u8>) {
        Trailer::plan(redo, 65536, 0)
    }

    fn read(bytes: &[u8], trailer: &Trailer) -> Option<Record> {
        Record::read(bytes, trailer).expect("memory is read")
    }

    #[test]
    fn what_is_written_reads_back() {
        let (trailer, bytes) = plan(&redo());
        let len = trailer.start() + TRAILER as u64;
        assert_eq!(Trailer::decode(&trailer.encode(), len), Some(trailer));
        let record = read(&bytes, &trailer).expect("its own bytes");
        let [inside] = record.inside[..] else {
            panic!("{record:?}");
        };
        assert_eq!((inside.offset, inside.len), (4096, 4096));
        assert_eq!(bytes[inside.at as usize..][..4096], redo().inside[0].data);
        assert_eq!(record.tail, [(65536, 8192)]);
        assert_eq!(record.tail_checksum, redo::checksum(&redo().tail));
    }

    #[test]
    fn a_trailer_elsewhere_than_at_the_end_is_none() {
        let (trailer, _) = plan(&redo());
        let len = trailer.start() + TRAILER as u64;
        assert_eq!(Trailer::decode(&trailer.encode(), len + 512), None);
    }

    #[test]
    fn a_torn_trailer_is_known_by_what_arrived() {
        let bytes = plan(&redo()).0.encode();
        assert_eq!(torn_trailer(&bytes[..1]), Some(None));
        assert_eq!(torn_trailer(&bytes[..23]), Some(None));
        assert_eq!(torn_trailer(&bytes[..24]), Some(Some(1000)));
        assert_eq!(torn_trailer(&bytes[..511]), Some(Some(1000)));
        assert_eq!(torn_trailer(b""), None);
        assert_eq!(torn_trailer(b"a guest's own bytes"), None);
    }

    #[test]
    fn a_record_begins_at_a_cluster_that_nothing_uses() {
        let mut redo = redo();
        redo.new_len = 131_072 + 4096;
        for cluster in [512, 4096, 65536, 2 << 20] {
            let (trailer, _) = Trailer::plan(&redo, cluster, 0);
            assert!(trailer.record_start.is_multiple_of(cluster), "{trailer:?}");
            assert!(trailer.record_start >= redo.new_len, "{trailer:?}");
            let (trailer, _) = Trailer::plan(&redo, cluster, 8 << 20);
            assert_eq!(trailer.record_start, 8 << 20);
        }
    }

    #[test]
    fn places_that_no_edit_makes_are_no_record() {
        let extent = |offset, len| Extent {
            offset,
            data: vec![7; len],
        };
        let with = |inside: &[Extent], tail: &[Extent]| {
            let mut redo = redo();
            redo.tail_start = 65536;
            redo.new_len = 4 * 65536;
            redo.inside = inside.to_vec();
            redo.tail = tail.to_vec();
            let (trailer, bytes) = plan(&redo);
            read(&bytes, &trailer).is_some()
        };
        let (one, page) = (extent(4096, 4096), extent(65536, 65536));
        assert!(with(
            &[one.clone(), extent(12288, 512)],
            &[page.clone(), extent(131_072, 4096)]
        ));
        for (what, inside) in [
            ("twice", vec![one.clone(), one.clone()]),
            ("overlapping", vec![extent(4096, 8192), extent(8192, 4096)]),
            ("falling", vec![extent(8192, 4096), one.clone()]),
            ("empty", vec![extent(4096, 0)]),
            ("crumbs", vec![extent(4096, 1), extent(8192, 1)]),
            ("between grains", vec![extent(5000, 4096)]),
            ("over the header's sector", vec![extent(0, 4096)]),
            ("over the tail", vec![extent(61440, 8192)]),
        ] {
            assert!(!with(&inside, &[]), "inside: {what}");
        }
        for (what, tail) in [
            ("twice", vec![page.clone(), page.clone()]),
            ("overlapping", vec![page.clone(), extent(131_071, 2)]),
            ("falling", vec![extent(131_072, 4096), page.clone()]),
            ("empty", vec![extent(65536, 0)]),
            ("crumbs", vec![extent(65536, 1), extent(65600, 1)]),
            ("over two pages", vec![extent(69632, 65536)]),
            ("behind the end", vec![extent(4 * 65536, 4096)]),
        ] {
            assert!(!with(&[], &tail), "tail: {what}");
        }
    }

    proptest! {
        #[test]
        fn one_changed_byte_is_noticed(at in 0usize..128, by in 1u8..) {
            let (trailer, _) = plan(&redo());
            let mut bytes = trailer.encode();
            bytes[at % (16 + 40 + 32 + 32)] ^= by;
            prop_assert_eq!(Trailer::decode(&bytes, trailer.start() + TRAILER as u64), None);
        }

        #[test]
        fn arbitrary_bytes_are_no_record(bytes in proptest::collection::vec(any::<u8>(), 0..2048)) {
            let (trailer, _) = plan(&redo());
            prop_assert_eq!(read(&bytes, &trailer), None);
        }
    }
}
