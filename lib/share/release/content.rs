//! Digests of a file's content, in which a hole costs nothing where the file is large.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use rustix::fs::{SeekFrom, seek};
use rustix::io::Errno;

use super::raw::{Digest, Digester};

/// Larger files have the digest of their blocks.
pub const LARGE: u64 = 1 << 30;
/// Bytes of a block.
const BLOCK: u64 = 1 << 20;

/// The digest of a regular file's content.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ContentSum {
    /// SHA-256 of the content, of a file of at most [`LARGE`] bytes.
    Whole(Digest),
    /// Of a larger file: SHA-256 over each block of 1 MiB that is not all zeros, as its number in eight
    /// bytes (big-endian) and the SHA-256 of its bytes. How its holes lie makes no difference.
    Blocks(Digest),
}

/// A digest in the making.
pub(crate) struct ContentDigest {
    digester: Digester,
    /// Place behind what was added.
    at: u64,
    size: u64,
    /// The block that is being filled, of a large file.
    block: Vec<u8>,
}

impl ContentDigest {
    /// That of a file of so many bytes.
    pub(crate) fn of(size: u64) -> Self {
        Self {
            digester: Digester::default(),
            at: 0,
            size,
            block: Vec::new(),
        }
    }

    /// Adds bytes from `offset` on, which is not before what was added; what is left out is zeros.
    pub(crate) fn add(&mut self, offset: u64, bytes: &[u8]) {
        match self.size > LARGE {
            true => self.add_to_blocks(offset, bytes),
            false => {
                self.skip_to(offset);
                self.digester.add(bytes);
                self.at = offset + bytes.len() as u64;
            }
        }
    }

    fn skip_to(&mut self, offset: u64) {
        static ZEROS: [u8; 1 << 16] = [0; 1 << 16];
        let mut left = offset.saturating_sub(self.at);
        while left > 0 {
            let now = left.min(ZEROS.len() as u64);
            self.digester.add(&ZEROS[..now as usize]);
            left -= now;
        }
    }

    fn add_to_blocks(&mut self, mut offset: u64, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let number = offset / BLOCK;
            if self.at / BLOCK != number || self.block.is_empty() {
                self.close_block();
                let len = (self.size - number * BLOCK).min(BLOCK);
                self.block = vec![0; len as usize];
            }
            let start = (offset % BLOCK) as usize;
            let len = bytes.len().min(self.block.len() - start);
            self.block[start..start + len].copy_from_slice(&bytes[..len]);
            (offset, bytes) = (offset + len as u64, &bytes[len..]);
            self.at = number * BLOCK;
        }
    }

    fn close_block(&mut self) {
        if self.block.iter().any(|byte| *byte != 0) {
            self.digester.add(&(self.at / BLOCK).to_be_bytes());
            self.digester.add(Digest::of(&self.block).as_bytes());
        }
        self.block.clear();
    }

    pub(crate) fn finish(mut self) -> ContentSum {
        match self.size > LARGE {
            true => {
                self.close_block();
                ContentSum::Blocks(self.digester.finish())
            }
            false => {
                self.skip_to(self.size);
                ContentSum::Whole(self.digester.finish())
            }
        }
    }
}

/// Digest of a file of the host's, whose holes are not read.
pub(crate) fn sum_of(file: &File, size: u64) -> io::Result<ContentSum> {
    let mut digest = ContentDigest::of(size);
    let mut buffer = vec![0; BLOCK as usize];
    let mut at = 0;
    while at < size {
        let start = match seek(file, SeekFrom::Data(at)) {
            Ok(start) => start.max(at),
            // Nothing but a hole from there on.
            Err(Errno::NXIO) => break,
            Err(Errno::INVAL | Errno::OPNOTSUPP) => at,
            Err(error) => return Err(error.into()),
        };
        let end = match seek(file, SeekFrom::Hole(start)) {
            Ok(end) if end > start => end.min(size),
            _ => size,
        };
        at = start;
        while at < end {
            let len = (end - at).min(BLOCK) as usize;
            let got = file.read_at(&mut buffer[..len], at)?;
            if got == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            digest.add(at, &buffer[..got]);
            at += got as u64;
        }
    }
    Ok(digest.finish())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_small_files_digest_is_that_of_its_bytes_holes_included() {
        let mut digest = ContentDigest::of(200_000);
        digest.add(100_000, b"abc");
        let mut bytes = vec![0; 200_000];
        bytes[100_000..100_003].copy_from_slice(b"abc");
        assert_eq!(digest.finish(), ContentSum::Whole(Digest::of(&bytes)));
        let empty = ContentDigest::of(0).finish();
        assert_eq!(empty, ContentSum::Whole(Digest::of(b"")));
    }

    #[test]
    fn a_large_files_digest_does_not_depend_on_its_holes_or_parts() {
        let size = 1 << 40;
        let of = |parts: &[(u64, &[u8])]| {
            let mut digest = ContentDigest::of(size);
            parts.iter().for_each(|(at, bytes)| digest.add(*at, bytes));
            digest.finish()
        };
        let plain = of(&[(5 << 20, b"abcdef")]);
        assert_eq!(of(&[(5 << 20, b"abc"), ((5 << 20) + 3, b"def")]), plain);
        assert_eq!(
            of(&[(0, &[0; 4096]), (5 << 20, b"abcdef"), (7 << 30, &[0; 9])]),
            plain
        );
        let across = of(&[((6 << 20) - 3, b"abcdef")]);
        assert_eq!(of(&[((6 << 20) - 3, b"abc"), (6 << 20, b"def")]), across);
        for other in [
            of(&[]),
            across,
            of(&[(6 << 20, b"abcdef")]),
            of(&[(5 << 20, b"abcdeg")]),
            of(&[((5 << 20) + 1, b"abcdef")]),
        ] {
            assert_ne!(other, plain);
        }
        // The last block may be short.
        let mut end = ContentDigest::of(LARGE + 3);
        end.add(LARGE, b"abc");
        assert!(matches!(end.finish(), ContentSum::Blocks(_)));
    }

    #[test]
    fn a_file_of_the_host_has_the_digest_of_its_parts() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"abc").unwrap();
        file.set_len(3 << 20).unwrap();
        file.write_at(b"def", 2 << 20).unwrap();
        let mut digest = ContentDigest::of(3 << 20);
        digest.add(0, b"abc");
        digest.add(2 << 20, b"def");
        assert_eq!(sum_of(&file, 3 << 20).unwrap(), digest.finish());
        file.set_len(1 << 40).unwrap();
        let mut digest = ContentDigest::of(1 << 40);
        digest.add(0, b"abc");
        digest.add(2 << 20, b"def");
        assert_eq!(sum_of(&file, 1 << 40).unwrap(), digest.finish());
        assert!(sum_of(&file, (1 << 40) + 1).is_ok());
    }
}
