//! Entry points of `tests/fuzz`.
#![allow(missing_docs)]

use super::header::{Header, SECTOR, with_guard};
use super::record::{Inside, RECORD_MAGIC, Record, Trailer, VERSION};
use super::{Redo, redo_bytes, vmdk};

/// The guard changes nothing of a header but itself, and goes as it came.
pub fn header(head: &[u8], len: u64) {
    let Ok(clear) = Header::parse(head, len) else {
        return;
    };
    let Some(sector) = head.first_chunk::<SECTOR>() else {
        return;
    };
    if clear.guarded {
        return;
    }
    let guarded = with_guard(sector, clear.version, true);
    let mut head = head.to_vec();
    head[..SECTOR].copy_from_slice(&guarded);
    let mut set = Header::parse(&head, len).expect("the guard makes no header unsound");
    assert!(set.guarded);
    set.guarded = false;
    assert_eq!(set, clear);
    assert_eq!(with_guard(&guarded, clear.version, false), *sector);
}

pub fn descriptor(text: &[u8], sectors: u64) {
    vmdk::fuzz_descriptor(text, sectors);
}

/// A record of the cache behind its magic, its digest taken as right.
pub fn cached(content: &[u8]) {
    let bytes = redo_bytes::sealed([&redo_bytes::MAGIC, content].concat());
    if let Some(redo) = Redo::from_bytes(&bytes) {
        assert!(
            redo.to_bytes() == bytes,
            "what was read is what was written"
        );
    }
}

/// A trailer of these numbers at the end of a file of `len` bytes, its digest right, and a record
/// for it behind the magic, whose digest is taken as right.
pub fn pending(content: &[u8], numbers: [u64; 5], len: u64) {
    let [old_len, tail_start, new_len, record_start, record_len] = numbers;
    let trailer = Trailer {
        old_len,
        tail_start,
        new_len,
        record_start,
        record_len,
        record: [0; 32],
    };
    // No file is longer.
    let len = len & i64::MAX as u64;
    if let Some(read) = Trailer::decode(&trailer.encode(), len) {
        assert_eq!(read, trailer);
        assert!(read.new_len <= len && read.old_len <= len && read.start() < len);
    }
    let bytes = [&RECORD_MAGIC[..], &VERSION.to_be_bytes(), content].concat();
    if let Ok(Some(record)) = Record::read(&bytes[..], &trailer) {
        let tail = record.tail.iter().copied();
        assert!(disjoint(tail, tail_start, new_len));
        let inside = record.inside.iter().map(|e| (e.offset, e.len));
        assert!(disjoint(inside, SECTOR as u64, tail_start));
        let held = |e: &Inside| e.at + e.len <= bytes.len() as u64;
        assert!(record.inside.iter().all(held));
    }
}

/// True where places lie in order between two offsets, none reaching into the next.
fn disjoint(places: impl Iterator<Item = (u64, u64)>, mut from: u64, end: u64) -> bool {
    for (at, len) in places {
        if at < from || at + len > end {
            return false;
        }
        from = at + len;
    }
    true
}
