//! Reads a registry file without hanging on what is none.

use std::fs::OpenOptions;
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;

use super::error::RegistryError;

/// Largest file that is read.
pub(super) const MAX_LEN: u64 = 4 << 20;

/// A registry file's text.
pub(super) struct Loaded {
    pub(super) text: String,
    /// Names of the file.
    pub(super) links: u64,
}

/// Reads a regular file within bounds. Anything else is told by what it is and never opened for
/// good, since opening alone can hang (a FIFO) or act (a device).
pub(super) fn load(path: &Path, origin: &str) -> Result<Loaded, RegistryError> {
    let origin = || origin.to_owned();
    let unreadable = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => RegistryError::NotFound { origin: origin() },
        _ => RegistryError::Unreadable {
            origin: origin(),
            source,
        },
    };
    let not_a_file = |kind: std::fs::FileType| RegistryError::NotAFile {
        origin: origin(),
        found: kind_name(kind),
    };
    let kind = std::fs::metadata(path).map_err(unreadable)?.file_type();
    if !kind.is_file() {
        return Err(not_a_file(kind));
    }
    let file = OpenOptions::new()
        .read(true)
        // What lies there may have changed since it was looked at.
        .custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed())
        .open(path)
        .map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(not_a_file(metadata.file_type()));
    }
    let mut bytes = Vec::new();
    file.take(MAX_LEN + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > MAX_LEN {
        return Err(RegistryError::TooLarge {
            origin: origin(),
            limit: MAX_LEN,
        });
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        RegistryError::NotUtf8 {
            origin: origin(),
            line: 1 + valid.iter().filter(|byte| **byte == b'\n').count(),
        }
    })?;
    Ok(Loaded {
        text,
        links: metadata.nlink(),
    })
}

fn kind_name(kind: std::fs::FileType) -> &'static str {
    match kind {
        _ if kind.is_dir() => "directory",
        _ if kind.is_fifo() => "FIFO",
        _ if kind.is_socket() => "socket",
        _ if kind.is_block_device() => "block device",
        _ if kind.is_char_device() => "character device",
        _ => "special file",
    }
}
