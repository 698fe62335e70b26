//! A redo record outside of any disk, as bytes.

use sha2::{Digest, Sha256};

use super::header::SECTOR;
use super::redo::{Base, Extent, Redo};

pub(super) const MAGIC: [u8; 16] = *b"osgraft redo 1\0\0";
const DIGEST: usize = 32;

impl Redo {
    /// The record as bytes, with a digest of them at the end.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.bytes() as usize + 4096);
        bytes.extend_from_slice(&MAGIC);
        for number in [self.base.len, self.tail_start, self.new_len] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        bytes.extend_from_slice(&self.base.sector);
        bytes.extend_from_slice(&self.base.replaced);
        bytes.extend_from_slice(&self.sector);
        for extents in [&self.inside, &self.tail] {
            bytes.extend_from_slice(&(extents.len() as u64).to_be_bytes());
            for extent in extents {
                bytes.extend_from_slice(&extent.offset.to_be_bytes());
                bytes.extend_from_slice(&(extent.data.len() as u64).to_be_bytes());
                bytes.extend_from_slice(&extent.data);
            }
        }
        sealed(bytes)
    }

    /// Reads a record back. `None` for anything but the bytes that [`to_bytes`](Self::to_bytes)
    /// made, whole, with every place where such a place may lie.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (content, digest) = bytes.split_at_checked(bytes.len().checked_sub(DIGEST)?)?;
        if Sha256::digest(content)[..] != *digest {
            return None;
        }
        let mut rest = content;
        if take(&mut rest, MAGIC.len())? != MAGIC {
            return None;
        }
        let len = number(&mut rest)?;
        let tail_start = number(&mut rest)?;
        let new_len = number(&mut rest)?;
        let base_sector: [u8; SECTOR] = take(&mut rest, SECTOR)?.try_into().ok()?;
        let replaced = take(&mut rest, 32)?.try_into().ok()?;
        let sector: [u8; SECTOR] = take(&mut rest, SECTOR)?.try_into().ok()?;
        let inside = extents(&mut rest, SECTOR as u64..tail_start)?;
        let tail = extents(&mut rest, tail_start..new_len)?;
        if !rest.is_empty() || len > tail_start || len > new_len {
            return None;
        }
        Some(Self {
            base: Base {
                len,
                sector: base_sector,
                replaced,
            },
            sector,
            tail_start,
            new_len,
            inside,
            tail,
        })
    }
}

/// Bytes with a digest of them at the end.
pub(super) fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let digest = Sha256::digest(&bytes);
    bytes.extend_from_slice(&digest);
    bytes
}

fn take<'a>(rest: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(len)?;
    *rest = left;
    Some(taken)
}

fn number(rest: &mut &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(take(rest, 8)?.try_into().ok()?))
}

/// Extents in order inside `range`, none reaching into the next.
fn extents(rest: &mut &[u8], range: std::ops::Range<u64>) -> Option<Vec<Extent>> {
    let mut extents = Vec::new();
    let mut from = range.start;
    for _ in 0..number(rest)? {
        let offset = number(rest)?;
        let len = usize::try_from(number(rest)?).ok()?;
        let data = take(rest, len)?.to_vec();
        let end = offset.checked_add(data.len() as u64)?;
        if offset < from || end > range.end {
            return None;
        }
        from = end;
        extents.push(Extent { offset, data });
    }
    Some(extents)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn redo() -> Redo {
        let extent = |offset, byte| Extent {
            offset,
            data: vec![byte; 4096],
        };
        Redo {
            base: Base {
                len: 200_000,
                sector: [1; SECTOR],
                replaced: [2; 32],
            },
            sector: [3; SECTOR],
            tail_start: 262_144,
            new_len: 393_216,
            inside: vec![extent(4096, 4), extent(131_072, 5)],
            tail: vec![extent(262_144, 6), extent(327_680, 7)],
        }
    }

    #[test]
    fn a_record_reads_back_as_it_was() {
        assert_eq!(Redo::from_bytes(&redo().to_bytes()), Some(redo()));
    }

    #[test]
    fn a_place_that_cannot_be_is_none_even_with_a_right_digest() {
        let with = |change: fn(&mut Redo)| {
            let mut redo = redo();
            change(&mut redo);
            Redo::from_bytes(&redo.to_bytes())
        };
        assert_eq!(with(|r| r.inside[0].offset = 0), None);
        assert_eq!(with(|r| r.inside[1].offset = 4096), None);
        assert_eq!(with(|r| r.inside[1].offset = 262_144), None);
        assert_eq!(with(|r| r.tail[1].offset = 393_216), None);
        assert_eq!(with(|r| r.tail[0].offset = u64::MAX), None);
        assert_eq!(with(|r| r.base.len = 300_000), None);
    }

    proptest! {
        #[test]
        fn one_changed_byte_is_noticed(at in any::<prop::sample::Index>(), by in 1u8..) {
            let mut bytes = redo().to_bytes();
            let at = at.index(bytes.len());
            bytes[at] ^= by;
            prop_assert_eq!(Redo::from_bytes(&bytes), None);
        }

        #[test]
        fn a_record_cut_short_is_none(len in any::<prop::sample::Index>()) {
            let bytes = redo().to_bytes();
            prop_assert_eq!(Redo::from_bytes(&bytes[..len.index(bytes.len())]), None);
        }
    }
}
