//! Fingerprints: equal ones mean that two children hold the same disk.

use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use super::error::ImageError;
use super::open_child::OpenChild;

/// Largest child that is read whole for its fingerprint, in bytes. A fresh one is a quarter of a
/// mebibyte; one that a guest ran on is beyond it, and like no other anyway.
const MAX_CHILD: u64 = 4 << 20;
/// A master that changed less than this long ago has no fingerprint yet: its next change could
/// bear the same time.
const SETTLED: Duration = Duration::from_secs(2);

/// Two children with one fingerprint hold the same disk, byte for byte, in files that are the
/// same, byte for byte.
///
/// The child's file is digested whole. Of its backing chain, which is locked against writers and
/// which nobody writes to, the digest takes device, inode, length and times of change.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    #[cfg(test)]
    pub(crate) fn for_tests(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl OpenChild {
    /// The child's fingerprint; `None` for a child of more than 4 MiB, and while a master changed
    /// within the last two seconds.
    ///
    /// # Errors
    /// [`ImageError::Io`].
    pub fn fingerprint(&self) -> Result<Option<Fingerprint>, ImageError> {
        let io = |e| ImageError::io("read", self.file.path(), e);
        let len = self.file.len().map_err(io)?;
        if len > MAX_CHILD {
            return Ok(None);
        }
        let mut bytes = vec![0; len as usize];
        self.file.read_at(0, &mut bytes).map_err(io)?;
        let mut digest = Sha256::new();
        digest.update(len.to_be_bytes());
        digest.update(&bytes);
        self.digest_of_masters(digest)
    }

    /// The fingerprint of the child's backing chain alone: children with one are overlays of the same
    /// masters. `None` while a master changed within the last two seconds.
    ///
    /// # Errors
    /// [`ImageError::Io`].
    pub(crate) fn fingerprint_of_masters(&self) -> Result<Option<Fingerprint>, ImageError> {
        self.digest_of_masters(Sha256::new())
    }

    fn digest_of_masters(&self, mut digest: Sha256) -> Result<Option<Fingerprint>, ImageError> {
        for layer in &self.layers {
            let io = |e| ImageError::io("look at", layer.file.path(), e);
            let state = layer.file.state().map_err(io)?;
            let settled = SystemTime::now()
                .duration_since(state.changed)
                .is_ok_and(|age| age >= SETTLED);
            if !settled {
                return Ok(None);
            }
            digest.update(layer.content.format().as_str());
            for number in state.numbers {
                digest.update(number.to_be_bytes());
            }
        }
        Ok(Some(Fingerprint(digest.finalize().into())))
    }
}
