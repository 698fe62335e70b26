//! A disk as a guest sees it: bytes by offset.

use std::io;

/// A guest's disk, or one partition of it.
///
/// Offsets and lengths are bytes and need no alignment. A call that reaches past
/// [`size`](Self::size) fails as a whole with [`io::ErrorKind::UnexpectedEof`].
pub trait BlockDevice {
    /// The disk's length in bytes.
    fn size(&self) -> u64;

    /// Fills `buf` from `offset` on.
    ///
    /// # Errors
    /// Whatever the storage below says; past the end, [`io::ErrorKind::UnexpectedEof`].
    fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<()>;

    /// Writes `data` from `offset` on, into the scratch: no file changes by this.
    ///
    /// # Errors
    /// As for [`read_at`](Self::read_at).
    fn write_at(&mut self, offset: u64, data: &[u8]) -> io::Result<()>;
}

/// A disk in memory, for tests and for callers with a small raw image at hand.
impl BlockDevice for Vec<u8> {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<()> {
        let range = range(self.len(), offset, buf.len())?;
        buf.copy_from_slice(&self[range]);
        Ok(())
    }

    fn write_at(&mut self, offset: u64, data: &[u8]) -> io::Result<()> {
        let range = range(self.len(), offset, data.len())?;
        self[range].copy_from_slice(data);
        Ok(())
    }
}

fn range(size: usize, offset: u64, len: usize) -> io::Result<std::ops::Range<usize>> {
    usize::try_from(offset)
        .ok()
        .and_then(|start| Some(start..start.checked_add(len)?))
        .filter(|range| range.end <= size)
        .ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}
