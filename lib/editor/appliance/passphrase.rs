//! Passphrase of an encrypted guest.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Bytes of a passphrase; cryptsetup(8) reads no longer one from a terminal.
const MAX_BYTES: u64 = 512;

/// A passphrase of LUKS. It is never shown.
#[derive(Clone, Eq, PartialEq)]
pub struct Passphrase(Vec<u8>);

impl Passphrase {
    /// These bytes.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidData`] for none, more than 512, or a NUL byte among them.
    pub fn new(bytes: impl Into<Vec<u8>>) -> io::Result<Self> {
        let bytes = bytes.into();
        let problem = match bytes.len() as u64 {
            0 => "it is empty",
            len if len > MAX_BYTES => "it is longer than 512 bytes",
            _ if bytes.contains(&0) => "it holds a NUL byte",
            _ => return Ok(Self(bytes)),
        };
        Err(io::Error::new(io::ErrorKind::InvalidData, problem))
    }

    /// The first line of a file, without its end.
    ///
    /// # Errors
    /// Errors of reading; and as for [`new`](Self::new).
    pub fn read(path: &Path) -> io::Result<Self> {
        let mut bytes = Vec::new();
        // One more for the line's end, and one to know that there was more.
        File::open(path)?
            .take(MAX_BYTES + 2)
            .read_to_end(&mut bytes)?;
        let line = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
        Self::new(line)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_is_the_first_line_of_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        for (text, line) in [
            ("secret", "secret"),
            ("a b \nmore\n", "a b "),
            ("\tx\n", "\tx"),
        ] {
            std::fs::write(&file, text).unwrap();
            assert_eq!(Passphrase::read(&file).unwrap().bytes(), line.as_bytes());
        }
        for text in ["", "\nsecret", "nul\0", &"x".repeat(513)] {
            std::fs::write(&file, text).unwrap();
            let error = Passphrase::read(&file).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{text}");
        }
        assert!(Passphrase::read(&folder.path().join("none")).is_err());
    }

    #[test]
    fn it_is_not_shown() {
        let shown = format!("{:?}", Passphrase::new("secret").unwrap());
        assert!(!shown.contains("secret"), "{shown}");
    }
}
