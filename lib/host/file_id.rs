//! A file's identity on this host, and the marks that tell one content of it from another.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A file's identity on this host: its device and inode, whatever its names are.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    /// The identity of the file that this was told of.
    pub(crate) fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
        }
    }
}

/// A file's identity, length and times.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct FileState {
    /// Device, inode, length, and the times of the last change of content and of status.
    pub(crate) numbers: [i128; 7],
    /// Time of the last change of content or status. No program can set it back (`st_ctim`, inode(7)).
    pub(crate) changed: SystemTime,
}

impl FileState {
    /// The state of the file that this was told of.
    pub(crate) fn of(metadata: &Metadata) -> Self {
        let seconds = u64::try_from(metadata.ctime()).unwrap_or(0);
        let nanoseconds = u64::try_from(metadata.ctime_nsec()).unwrap_or(0);
        Self {
            numbers: [
                i128::from(metadata.dev()),
                i128::from(metadata.ino()),
                i128::from(metadata.len()),
                i128::from(metadata.mtime()),
                i128::from(metadata.mtime_nsec()),
                i128::from(metadata.ctime()),
                i128::from(metadata.ctime_nsec()),
            ],
            changed: UNIX_EPOCH + Duration::from_secs(seconds) + Duration::from_nanos(nanoseconds),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_keeps_its_identity_under_another_name_and_another_content_has_another_state() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let id = |name: &str| FileId::of(&fs::metadata(at(name)).unwrap());
        let state = |name: &str| FileState::of(&fs::metadata(at(name)).unwrap());
        fs::write(at("a"), "one").unwrap();
        fs::write(at("other"), "one").unwrap();
        assert_ne!(id("a"), id("other"));
        let before = (id("a"), state("a"));
        assert_eq!(state("a"), before.1);
        fs::rename(at("a"), at("b")).unwrap();
        fs::write(at("b"), "longer").unwrap();
        assert_eq!(id("b"), before.0);
        assert_ne!(state("b").numbers, before.1.numbers);
        assert!(state("b").changed >= before.1.changed);
    }
}
