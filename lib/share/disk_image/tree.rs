//! A tree on the host that becomes an image: its digest, its number of inodes, its newest time.

use std::collections::BTreeMap;
use std::ffi::CString;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{OFlags, lgetxattr, llistxattr};
use rustix::io::Errno;

use super::error::DiskImageError;
use crate::share::release::{Digest, Digester};

/// Largest extended attribute, and largest list of their names (xattr(7)).
const XATTR_MAX: usize = 64 * 1024;
/// Bytes of a file that are read at once.
const CHUNK: usize = 1 << 20;

/// Summary of a tree.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Tree {
    /// Digest over all that an image of it holds.
    pub(super) digest: Digest,
    /// Number of inodes, the root's among them: names of one file count once.
    pub(super) inodes: u64,
    /// Newest time of a file, in seconds since the epoch. That of the tree itself does not count.
    pub(super) time: u64,
}

/// Reads a tree, file by file in the order of names. No link is followed.
///
/// # Errors
/// [`DiskImageError`], for what no image may hold as well.
pub(super) fn read(root: &Path) -> Result<Tree, DiskImageError> {
    let metadata = fs::symlink_metadata(root).map_err(DiskImageError::tree("look at", root))?;
    if !metadata.is_dir() {
        return Err(DiskImageError::NoTree(root.to_owned()));
    }
    let mut walk = Walk {
        device: metadata.dev(),
        digest: Digester::default(),
        groups: BTreeMap::new(),
        inodes: 0,
        time: 0,
        chunk: vec![0; CHUNK],
    };
    // Directories that are not listed yet, the next one last.
    let mut rest = vec![PathBuf::new()];
    while let Some(folder) = rest.pop() {
        let at = root.join(&folder);
        let metadata = fs::symlink_metadata(&at).map_err(DiskImageError::tree("look at", &at))?;
        walk.entry(&folder, &at, &metadata)?;
        if !metadata.is_dir() {
            continue;
        }
        let listed = fs::read_dir(&at).and_then(|names| {
            let names = names.map(|entry| entry.map(|entry| entry.file_name()));
            names.collect::<io::Result<Vec<_>>>()
        });
        let mut names = listed.map_err(DiskImageError::tree("list", &at))?;
        names.sort();
        rest.extend(names.into_iter().rev().map(|name| folder.join(name)));
    }
    Ok(Tree {
        digest: walk.digest.finish(),
        inodes: walk.inodes,
        time: walk.time,
    })
}

struct Walk {
    device: u64,
    digest: Digester,
    /// The first name's number of each file that has several.
    groups: BTreeMap<u64, u64>,
    inodes: u64,
    time: u64,
    chunk: Vec<u8>,
}

impl Walk {
    fn entry(&mut self, name: &Path, at: &Path, metadata: &Metadata) -> Result<(), DiskImageError> {
        if metadata.dev() != self.device {
            return Err(DiskImageError::OtherFileSystem(at.to_owned()));
        }
        let kind = metadata.file_type();
        let special = [
            (kind.is_block_device() || kind.is_char_device(), "device"),
            (kind.is_fifo(), "FIFO"),
            (kind.is_socket(), "socket"),
        ];
        if let Some((_, kind)) = special.into_iter().find(|(is, _)| *is) {
            let path = at.to_owned();
            return Err(DiskImageError::Special { path, kind });
        }
        self.field(name.as_os_str().as_bytes());
        for number in [metadata.mode(), metadata.uid(), metadata.gid()] {
            self.field(&number.to_be_bytes());
        }
        let is_root = name.as_os_str().is_empty();
        let time = if is_root { 0 } else { metadata.mtime() };
        self.field(&time.to_be_bytes());
        if !metadata.is_dir() {
            self.time = self.time.max(u64::try_from(time).unwrap_or_default());
        }
        if !metadata.is_dir() && metadata.nlink() > 1 {
            let next = self.groups.len() as u64;
            let group = *self.groups.entry(metadata.ino()).or_insert(next);
            self.field(&group.to_be_bytes());
            if group != next {
                return Ok(());
            }
        }
        self.inodes += 1;
        self.xattrs(at)?;
        if kind.is_symlink() {
            let target = fs::read_link(at).map_err(DiskImageError::tree("read", at))?;
            self.field(&target.into_os_string().into_vec());
        } else if kind.is_file() {
            let content = self.content(at).map_err(DiskImageError::tree("read", at))?;
            self.field(content.as_bytes());
        }
        Ok(())
    }

    /// A field with its length, so that none can be mistaken for part of another.
    fn field(&mut self, field: &[u8]) {
        self.digest.add(&(field.len() as u64).to_be_bytes());
        self.digest.add(field);
    }

    fn xattrs(&mut self, at: &Path) -> Result<(), DiskImageError> {
        let failed =
            |error: Errno| DiskImageError::tree("read the attributes of", at)(error.into());
        let mut names = vec![0; XATTR_MAX];
        let len = match llistxattr(at, &mut names[..]) {
            Ok(len) => len,
            Err(Errno::NOTSUP) => 0,
            Err(error) => return Err(failed(error)),
        };
        let names = names[..len].split(|byte| *byte == 0);
        let mut names: Vec<_> = names.filter(|name| !name.is_empty()).collect();
        names.sort_unstable();
        self.field(&(names.len() as u64).to_be_bytes());
        for name in names {
            let c_name = CString::new(name).expect("split at NUL bytes");
            let mut value = vec![0; XATTR_MAX];
            let len = lgetxattr(at, &c_name, &mut value[..]).map_err(failed)?;
            self.field(name);
            self.field(&value[..len]);
        }
        Ok(())
    }

    fn content(&mut self, at: &Path) -> io::Result<Digest> {
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
        let mut file: File = OpenOptions::new().read(true).custom_flags(flags).open(at)?;
        let mut digest = Digester::default();
        loop {
            match file.read(&mut self.chunk)? {
                0 => return Ok(digest.finish()),
                len => digest.add(&self.chunk[..len]),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::FileTimes;
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn made(root: &Path, names: &[&str]) {
        for name in names {
            fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
            fs::write(root.join(name), name).unwrap();
        }
        let at = |seconds| FileTimes::new().set_modified(UNIX_EPOCH + Duration::from_secs(seconds));
        for name in names {
            let file = File::open(root.join(name)).unwrap();
            file.set_times(at(1_700_000_000)).unwrap();
        }
        for name in ["a", "b"] {
            let folder = File::open(root.join(name)).unwrap();
            folder.set_times(at(1_800_000_000)).unwrap();
        }
    }

    #[test]
    fn a_digest_is_that_of_the_content_and_not_of_how_it_was_made() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("1"), folder.path().join("2"));
        made(&one, &["a/x", "a/y", "b/new\nline"]);
        made(&two, &["b/new\nline", "a/y", "a/x"]);
        let first = read(&one).unwrap();
        assert_eq!(first, read(&two).unwrap());
        assert_eq!((first.inodes, first.time), (6, 1_700_000_000));

        // Names of one file are not files of one content.
        fs::hard_link(one.join("a/x"), one.join("c")).unwrap();
        fs::copy(two.join("a/x"), two.join("c")).unwrap();
        let time = FileTimes::new().set_modified(UNIX_EPOCH + Duration::from_secs(1_700_000_000));
        File::open(two.join("c")).unwrap().set_times(time).unwrap();
        let (linked, copied) = (read(&one).unwrap(), read(&two).unwrap());
        assert_ne!(linked.digest, copied.digest);
        assert_eq!((linked.inodes, copied.inodes), (6, 7));
    }

    #[test]
    fn what_no_image_may_hold_is_refused_by_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        made(root, &["a/x", "b/y"]);
        let fifo = root.join("a/fifo");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &fifo,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR,
            0,
        )
        .unwrap();
        let error = read(root).unwrap_err();
        assert_eq!(error.code(), "share-image-special");
        assert!(error.to_string().contains("a/fifo"), "{error}");
        assert_eq!(
            read(&root.join("a/x")).unwrap_err().code(),
            "share-image-no-tree"
        );
    }
}
