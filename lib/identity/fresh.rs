//! Random bytes, which come from the caller.

use ssh_key::rand_core::{CryptoRng, Error, RngCore};

/// A source of random bytes fit for keys, as a function that fills a buffer with them.
///
/// Decisions about an identity know no random source of the host. The caller hands in getrandom(2),
/// and a test what it likes.
pub struct Fresh<'a>(&'a mut dyn FnMut(&mut [u8]));

impl<'a> Fresh<'a> {
    /// A source that fills buffers by this function.
    pub fn new(fill: &'a mut dyn FnMut(&mut [u8])) -> Self {
        Self(fill)
    }

    /// So many random bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.0)(&mut bytes);
        bytes
    }
}

impl RngCore for Fresh<'_> {
    fn next_u32(&mut self) -> u32 {
        u32::from_le_bytes(self.bytes())
    }

    fn next_u64(&mut self) -> u64 {
        u64::from_le_bytes(self.bytes())
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        (self.0)(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        (self.0)(bytes);
        Ok(())
    }
}

impl CryptoRng for Fresh<'_> {}
