//! Images of a tree that a machine has as a read-only disk: a share without a server.
//!
//! [`DiskImage::make`] makes one by the host's own tools. The same tree, format, compression and
//! version of the tool make the same bytes: the image's time is that of the newest file, and its
//! UUID comes from the tree's digest. Owners, modes, links, extended attributes and capabilities are
//! kept. erofs gives each file that one time; squashfs keeps seconds.
//!
//! Beside the image lies its record, `NAME.json` ([`Record`]). The image is built in a hidden folder
//! beside its place, checked, brought to the disk, and then given its name, after its record: what
//! has the name is whole.
//!
//! # Limits
//! A file with several extended attributes has them in the order in which the host's file system lists
//! them. So a tree that was copied to a file system of another type may make other bytes.

mod error;
mod format;
mod superblock;
mod tool;
mod tree;

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::host::ScratchFolder;
use crate::path::escape;
use crate::share::release::{Digest, Digester, MANIFEST, TREE};

pub use error::DiskImageError;
pub use format::{Format, FormatError};

use superblock::{START, Superblock};
use tree::Tree;

/// Begin of the name of the folder that an image is built in.
const HIDDEN: &str = ".osgraft-image-";
/// Largest record that is read.
const RECORD_MAX: u64 = 64 << 10;

/// A disk image that is to be made of a tree.
#[derive(Clone, Debug)]
pub struct DiskImage {
    tree: PathBuf,
    image: PathBuf,
    format: Format,
    compression: &'static str,
}

/// Record of an image, beside it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Record {
    /// The format: the type of the file system.
    pub format: Format,
    /// Compression of the files.
    pub compression: String,
    /// UUID of the file system; squashfs has none.
    pub uuid: Option<String>,
    /// Serial for the disk, by which a guest knows it: `/dev/disk/by-id/virtio-SERIAL`.
    pub serial: String,
    /// Bytes of the image.
    pub bytes: u64,
    /// SHA-256 of the image.
    pub sha256: Digest,
    /// Digest of the tree that it was made of.
    pub tree: Digest,
    /// Number of inodes in it.
    pub inodes: u64,
    /// The tool that made it, and its version.
    pub made_by: String,
}

/// An image that lies in its place.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Made {
    /// The image.
    pub image: PathBuf,
    /// True if it was made now; false where it was there.
    pub changed: bool,
    /// Its record.
    pub record: Record,
}

impl Record {
    /// The disk, as a server of the registry and fstab name it.
    pub fn disk(&self) -> String {
        match &self.uuid {
            Some(uuid) => format!("UUID={uuid}"),
            None => format!("/dev/disk/by-id/virtio-{}", self.serial),
        }
    }
}

impl DiskImage {
    /// An image of a release, or of any folder as its root. That of a release lies in it, as
    /// `share.erofs` or `share.squashfs`, where no other file is named.
    ///
    /// # Errors
    /// [`DiskImageError`]: no tree, a folder without a name for the image, an unknown compression.
    pub fn new(
        from: &Path,
        image: Option<&Path>,
        format: Format,
        compression: Option<&str>,
    ) -> Result<Self, DiskImageError> {
        let is_release = from.join(MANIFEST).is_file() && from.join(TREE).is_dir();
        let tree = match is_release {
            true => from.join(TREE),
            false => from.to_owned(),
        };
        if !tree.is_dir() {
            return Err(DiskImageError::NoTree(tree));
        }
        let image = match image {
            Some(image) => image.to_owned(),
            None if is_release => from.join(format!("share.{format}")),
            None => return Err(DiskImageError::NoName(tree)),
        };
        Ok(Self {
            compression: known(format, compression)?,
            tree,
            image,
            format,
        })
    }

    /// Makes the image, unless it is there.
    ///
    /// # Errors
    /// [`DiskImageError`]; nothing then has the image's name that had it not before.
    pub fn make(&self) -> Result<Made, DiskImageError> {
        let folder = match self.image.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        let real = |path: &Path| {
            let found = fs::canonicalize(path);
            found.map_err(DiskImageError::write("find", path))
        };
        let (tree_path, folder) = (real(&self.tree)?, real(folder)?);
        if folder.starts_with(&tree_path) || self.image.file_name().is_none() {
            return Err(DiskImageError::InTree(self.image.clone()));
        }
        let tree = tree::read(&tree_path)?;
        if let Some(record) = self.standing(&tree)? {
            let (image, changed) = (self.image.clone(), false);
            return Ok(Made {
                image,
                changed,
                record,
            });
        }
        let scratch = ScratchFolder::make(&folder, HIDDEN);
        let scratch = scratch.map_err(DiskImageError::write("make a folder in", &folder))?;
        let record = self.build(&tree_path, &tree, &scratch)?;
        self.put_in_place(&record, &scratch, &folder)?;
        let (image, changed) = (self.image.clone(), true);
        Ok(Made {
            image,
            changed,
            record,
        })
    }

    /// Place of the record.
    fn record_path(&self) -> PathBuf {
        let mut name = self.image.clone().into_os_string();
        name.push(".json");
        name.into()
    }

    /// Record of an image that is there and is the one that is wanted.
    fn standing(&self, tree: &Tree) -> Result<Option<Record>, DiskImageError> {
        if fs::symlink_metadata(&self.image).is_err() {
            return Ok(None);
        }
        let exists = || DiskImageError::Exists(self.image.clone());
        let mut text = Vec::new();
        let read = File::open(self.record_path())
            .and_then(|file| file.take(RECORD_MAX).read_to_end(&mut text));
        let record: Record = match read {
            Ok(_) => serde_json::from_slice(&text).map_err(|_| exists())?,
            Err(_) => return Err(exists()),
        };
        let (sha256, _) =
            digest(&self.image).map_err(DiskImageError::write("read", &self.image))?;
        let is_same = record.format == self.format
            && record.compression == self.compression
            && record.tree == tree.digest
            && record.sha256 == sha256;
        is_same.then_some(Some(record)).ok_or_else(exists)
    }

    fn build(
        &self,
        tree_path: &Path,
        tree: &Tree,
        scratch: &ScratchFolder,
    ) -> Result<Record, DiskImageError> {
        let program = self.format.program();
        let uuid = uuid_of(&tree.digest);
        let image = scratch.way_in().join("image");
        let paths = (tree_path, &*image);
        let arguments = self
            .format
            .arguments(self.compression, tree.time, &uuid, paths);
        tool::run(self.format, self.compression, program, &arguments)?;
        // A tree that changed meanwhile makes an image of neither state.
        if tree::read(tree_path)? != *tree {
            let what = "the tree changed meanwhile";
            return Err(DiskImageError::differs(program, what));
        }
        tool::check(self.format, &image)?;
        let failed = || DiskImageError::write("read", &self.image);
        let mut start = Vec::new();
        File::open(&image)
            .and_then(|file| file.take(START as u64).read_to_end(&mut start))
            .map_err(failed())?;
        let (sha256, bytes) = digest(&image).map_err(failed())?;
        let found = Superblock::read(self.format, &start)
            .ok_or_else(|| DiskImageError::differs(program, "it has no superblock"))?;
        let wanted_uuid = (self.format == Format::Erofs).then(|| uuid.clone());
        let differences = [
            (found.inodes != tree.inodes)
                .then(|| format!("it has {} inodes, the tree {}", found.inodes, tree.inodes)),
            (found.time != tree.time).then(|| "it has another time".to_owned()),
            (found.uuid.map(hyphened) != wanted_uuid).then(|| "it has another UUID".to_owned()),
            (found.bytes > bytes).then(|| "it is cut off".to_owned()),
        ];
        if let Some(what) = differences.into_iter().flatten().next() {
            return Err(DiskImageError::differs(program, what));
        }
        Ok(Record {
            format: self.format,
            compression: self.compression.to_owned(),
            uuid: wanted_uuid,
            serial: serial_of(&tree.digest),
            bytes,
            sha256,
            tree: tree.digest,
            inodes: tree.inodes,
            made_by: tool::version(self.format),
        })
    }

    /// Gives image and record their names, the image last.
    fn put_in_place(
        &self,
        record: &Record,
        scratch: &ScratchFolder,
        folder: &Path,
    ) -> Result<(), DiskImageError> {
        let failed = |doing, path: &Path| DiskImageError::write(doing, path);
        let mut text = serde_json::to_vec_pretty(record).expect("strings and numbers alone");
        text.push(b'\n');
        let path = self.record_path();
        let written = scratch.create("record").and_then(|mut file| {
            file.write_all(&text)?;
            readable(&file)?;
            file.sync_all()
        });
        written.map_err(failed("write", &path))?;
        let image = scratch.way_in().join("image");
        let synced = File::open(&image).and_then(|file| {
            readable(&file)?;
            file.sync_all()
        });
        synced.map_err(failed("write", &self.image))?;
        let from = scratch.way_in();
        fs::rename(from.join("record"), &path).map_err(failed("put in place", &path))?;
        // Nobody else's file is replaced that came meanwhile.
        let renamed = rustix::fs::renameat_with(
            scratch,
            "image",
            rustix::fs::CWD,
            &self.image,
            rustix::fs::RenameFlags::NOREPLACE,
        );
        match renamed {
            Err(rustix::io::Errno::EXIST) => {
                return Err(DiskImageError::Exists(self.image.clone()));
            }
            other => other.map_err(|error| failed("put in place", &self.image)(error.into()))?,
        }
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(failed("sync", folder))
    }
}

/// A compression of this format, or the usual one.
fn known(format: Format, name: Option<&str>) -> Result<&'static str, DiskImageError> {
    let Some(name) = name else {
        return Ok(format.compressions()[0]);
    };
    let mut known = format.compressions().iter().copied();
    known
        .find(|known| *known == name)
        .ok_or_else(|| DiskImageError::Compression {
            format,
            name: escape(name.as_bytes()),
        })
}

/// Lets a hypervisor's user read it.
fn readable(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

/// SHA-256 of a file, and its length.
fn digest(path: &Path) -> io::Result<(Digest, u64)> {
    let mut file = File::open(path)?;
    let (mut digest, mut bytes) = (Digester::default(), 0);
    let mut chunk = vec![0; 1 << 20];
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok((digest.finish(), bytes)),
            len => {
                digest.add(&chunk[..len]);
                bytes += len as u64;
            }
        }
    }
}

/// UUID of an image of this tree: version 8, made of the digest (RFC 9562).
fn uuid_of(tree: &Digest) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&tree.as_bytes()[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    hyphened(bytes)
}

fn hyphened(bytes: [u8; 16]) -> String {
    let mut text = String::new();
    for (number, byte) in bytes.iter().enumerate() {
        if matches!(number, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// Serial of the disk: 20 bytes, the most that virtio-blk has.
fn serial_of(tree: &Digest) -> String {
    format!("osgraft-{}", &tree.to_string()[..12])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_an_image_come_from_its_trees_digest() {
        let digest = Digest::of(b"a tree");
        let uuid = uuid_of(&digest);
        assert_eq!(uuid.len(), 36);
        assert_eq!((&uuid[14..15], uuid.matches('-').count()), ("8", 4));
        assert!(matches!(&uuid[19..20], "8" | "9" | "a" | "b"), "{uuid}");
        assert_ne!(uuid, uuid_of(&Digest::of(b"another")));
        assert_eq!(serial_of(&digest).len(), 20);
    }

    #[test]
    fn an_image_needs_a_tree_and_a_name_outside_it() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let new = |from: &str, image: Option<&str>, compression| {
            let image = image.map(at);
            DiskImage::new(&at(from), image.as_deref(), Format::Erofs, compression)
        };
        fs::create_dir_all(at("t/lib")).unwrap();
        let code = |made: Result<DiskImage, DiskImageError>| made.unwrap_err().code();
        assert_eq!(code(new("gone", Some("i"), None)), "share-image-no-tree");
        assert_eq!(code(new("t", None, None)), "share-image-no-name");
        let odd = new("t", Some("i"), Some("lzo"));
        assert_eq!(code(odd), "share-image-compression");
        let inside = new("t", Some("t/lib/i"), None).unwrap().make();
        assert_eq!(inside.unwrap_err().code(), "share-image-in-tree");

        fs::create_dir_all(at("r/tree")).unwrap();
        fs::write(at("r/manifest.json"), "{}").unwrap();
        let image = new("r", None, None).unwrap();
        assert_eq!(image.tree, at("r/tree"));
        assert_eq!(image.image, at("r/share.erofs"));
    }
}
