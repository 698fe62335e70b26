//! Making a child: an empty qcow2 overlay on a master.

use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Component, Path, PathBuf};

use super::error::ImageError;
use super::faults::Faults;
use super::file::{Host, HostFile};
use super::gate::{Layer, open_master};
use super::header::{GUARD_BIT, GUARD_NAME};
use super::lock::{self, Role};
use super::made::make;
use super::masters::MasterFormat;
use super::refusal::Refusal;
use super::walk::{self, folder_of};

/// Description of a new child.
///
/// ```no_run
/// use osgraft::image::Overlay;
/// Overlay::new("/var/lib/osgraft/masters/deb12.qcow2").create("web-7.qcow2")?;
/// # Ok::<(), osgraft::image::ImageError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Overlay {
    master: PathBuf,
    format: MasterFormat,
    naming: BackingNaming,
    cluster_bits: u32,
    host: Host,
}

/// Way in which the child names its master.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum BackingNaming {
    /// By its absolute path, links resolved: the child can be moved.
    #[default]
    Absolute,
    /// By its path from the child's folder: both can be moved together.
    Relative,
}

impl Overlay {
    /// An overlay on this master: qcow2, named absolutely, clusters of 64 KiB.
    pub fn new(master: impl Into<PathBuf>) -> Self {
        Self {
            master: master.into(),
            format: MasterFormat::default(),
            naming: BackingNaming::default(),
            cluster_bits: 16,
            host: Host::default(),
        }
    }

    /// States the master's format.
    #[must_use]
    pub fn format(mut self, format: MasterFormat) -> Self {
        self.format = format;
        self
    }

    /// Chooses the cluster size, 64 KiB by default: a power of two from 4 KiB to 2 MiB, raised
    /// where the disk is too large for it. Small ones make a child's first write cheap and its
    /// tables large.
    #[must_use]
    pub fn cluster_size(mut self, bytes: u64) -> Self {
        self.cluster_bits = bytes.next_power_of_two().trailing_zeros().clamp(12, 21);
        self
    }

    /// Chooses how the child names its master.
    #[must_use]
    pub fn naming(mut self, naming: BackingNaming) -> Self {
        self.naming = naming;
        self
    }

    /// The same, with every changing file call passed through `faults`. For tests.
    #[must_use]
    pub fn with_faults(mut self, faults: Faults) -> Self {
        self.host = Host::with_faults(faults);
        self
    }

    /// Makes the child: it appears under its name complete and durable, or not at all.
    ///
    /// # Errors
    /// [`ImageError::Exists`] when the name is taken; [`ImageError::Refused`] for the master.
    pub fn create(&self, child: impl AsRef<Path>) -> Result<(), ImageError> {
        let child = child.as_ref();
        // For root a link of another user on the way could lead into any folder.
        walk::named(&folder_of(child))?;
        let master = self.open_master()?;
        let size = master.size();
        let size = size.map_err(|e| ImageError::io("look at", &self.master, e))?;
        let name = self.backing_name(child, &master)?;
        let layout = Layout::new(size, self.cluster_bits);
        let head = layout
            .header(&name, self.format.as_str())
            .ok_or_else(|| ImageError::refused(child, Refusal::BackingName(name.clone())))?;
        let write = |file: &HostFile| -> std::io::Result<()> {
            file.write_at(0, &head)?;
            let (table, block) = layout.refcounts();
            file.write_at(layout.cluster(), &table)?;
            file.write_at(2 * layout.cluster(), &block)?;
            file.truncate(layout.file_len())?;
            file.sync()
        };
        let made = make(&self.host, child, |file| {
            let written = write(file).map_err(|e| ImageError::io("write", child, e));
            written.map(Ok::<(), std::convert::Infallible>)
        })?;
        match made {
            Ok(()) => Ok(()),
            Err(never) => match never {},
        }
    }

    /// Writes an empty overlay into an empty file. Behind it lies a disk of `size` bytes that QEMU
    /// finds by `backing`, a name in QEMU's own notation, and takes as raw. The name is the
    /// caller's: no gate has judged it, and none lets it pass in a child.
    ///
    /// # Errors
    /// The host's; [`io::ErrorKind::InvalidInput`] for a name longer than the format takes.
    pub(crate) fn write_empty(
        file: &std::fs::File,
        size: u64,
        cluster_size: u64,
        backing: &str,
    ) -> io::Result<()> {
        let layout = Layout::new(size, cluster_size.trailing_zeros());
        let head = layout.header(backing, MasterFormat::Raw.as_str());
        let head = head.ok_or(io::ErrorKind::InvalidInput)?;
        let (table, block) = layout.refcounts();
        file.write_all_at(&head, 0)?;
        file.write_all_at(&table, layout.cluster())?;
        file.write_all_at(&block, 2 * layout.cluster())?;
        file.set_len(layout.file_len())
    }

    /// Judges the master as [`create`](Self::create) does, and makes nothing.
    ///
    /// # Errors
    /// [`ImageError::Refused`], [`ImageError::InUse`], and what the host says.
    pub fn judge_master(&self) -> Result<(), ImageError> {
        self.open_master().map(drop)
    }

    fn open_master(&self) -> Result<Layer, ImageError> {
        let master = open_master(&self.host, &self.master, self.format)?;
        lock::lock_qemu(&master.file, Role::Reader)?;
        Ok(master)
    }

    /// The name of the very file that was judged, wherever its own name leads by now.
    fn backing_name(&self, child: &Path, master: &Layer) -> Result<String, ImageError> {
        let resolve = |path: &Path| path.canonicalize().map_err(|e| ImageError::open(path, e));
        let master = master.file.location();
        let master = master.map_err(|e| ImageError::io("look at", &self.master, e))?;
        let name = match self.naming {
            BackingNaming::Absolute => master,
            BackingNaming::Relative => relative(&resolve(&folder_of(child))?, &master),
        };
        name.into_os_string().into_string().map_err(|name| {
            let shown = crate::path::escape(name.as_encoded_bytes());
            ImageError::refused(child, Refusal::BackingName(shown))
        })
    }
}

/// The way from a folder to a file, both absolute and without links.
fn relative(folder: &Path, file: &Path) -> PathBuf {
    let shared = folder
        .components()
        .zip(file.components())
        .take_while(|(a, b)| a == b)
        .count();
    let up = folder
        .components()
        .skip(shared)
        .map(|_| Component::ParentDir);
    let down = file.components().skip(shared);
    let path: PathBuf = up.chain(down).collect();
    // QEMU takes a colon before the first slash for a protocol.
    Path::new(".").join(path)
}

/// Layout of a new overlay: header, refcount table, refcount block, L1 table.
struct Layout {
    size: u64,
    cluster_bits: u32,
    l1_entries: u64,
}

impl Layout {
    /// With these clusters, or the next larger ones in which the header has room and whose one
    /// refcount block covers all there is to count.
    fn new(size: u64, cluster_bits: u32) -> Self {
        let covered_by_one = 1u64 << (2 * cluster_bits - 3);
        let layout = Self {
            size,
            cluster_bits,
            l1_entries: size.div_ceil(covered_by_one),
        };
        let counted = layout.cluster() / 2;
        if (layout.clusters() > counted || cluster_bits < 12) && cluster_bits < 21 {
            return Self::new(size, cluster_bits + 1);
        }
        layout
    }

    fn cluster(&self) -> u64 {
        1 << self.cluster_bits
    }

    fn clusters(&self) -> u64 {
        3 + (self.l1_entries * 8).div_ceil(self.cluster())
    }

    fn file_len(&self) -> u64 {
        self.clusters() * self.cluster()
    }

    /// The used part of the refcount table and of its one block, counts 16 bits wide.
    fn refcounts(&self) -> (Vec<u8>, Vec<u8>) {
        let table = (2 * self.cluster()).to_be_bytes().to_vec();
        let block = [0, 1].repeat(self.clusters() as usize);
        (table, block)
    }

    /// The header with its extensions and the backing file's name; `None` when the name is longer
    /// than the format takes.
    fn header(&self, backing: &str, format: &str) -> Option<Vec<u8>> {
        if backing.is_empty() || backing.len() > 1023 {
            return None;
        }
        let mut extensions = Vec::new();
        extension(&mut extensions, 0xe279_2aca, format.as_bytes());
        extension(&mut extensions, 0x6803_f857, &feature_names());
        extension(&mut extensions, 0, &[]);
        let backing_at = 112 + extensions.len() as u64;
        let mut head = Vec::with_capacity(2048);
        head.extend_from_slice(b"QFI\xfb");
        head.extend_from_slice(&3u32.to_be_bytes());
        head.extend_from_slice(&backing_at.to_be_bytes());
        head.extend_from_slice(&(backing.len() as u32).to_be_bytes());
        head.extend_from_slice(&self.cluster_bits.to_be_bytes());
        head.extend_from_slice(&self.size.to_be_bytes());
        head.extend_from_slice(&0u32.to_be_bytes()); // encryption: none
        head.extend_from_slice(&(self.l1_entries as u32).to_be_bytes());
        head.extend_from_slice(&(3 * self.cluster()).to_be_bytes()); // L1 table
        head.extend_from_slice(&self.cluster().to_be_bytes()); // refcount table
        head.extend_from_slice(&1u32.to_be_bytes()); // its clusters
        head.extend_from_slice(&0u32.to_be_bytes()); // snapshots
        head.extend_from_slice(&0u64.to_be_bytes()); // their table
        head.extend_from_slice(&[0; 24]); // features: incompatible, compatible, autoclear
        head.extend_from_slice(&4u32.to_be_bytes()); // refcount order: 16 bits
        head.extend_from_slice(&112u32.to_be_bytes()); // header length
        head.extend_from_slice(&[0; 8]); // compression type: zlib; padding
        head.extend_from_slice(&extensions);
        head.extend_from_slice(backing.as_bytes());
        Some(head)
    }
}

fn extension(out: &mut Vec<u8>, kind: u32, content: &[u8]) {
    out.extend_from_slice(&kind.to_be_bytes());
    out.extend_from_slice(&(content.len() as u32).to_be_bytes());
    out.extend_from_slice(content);
    out.resize(out.len().next_multiple_of(8), 0);
}

/// The names under which QEMU tells of features that it lacks: the format's own, and our guard's.
fn feature_names() -> Vec<u8> {
    const INCOMPATIBLE: u8 = 0;
    const COMPATIBLE: u8 = 1;
    const AUTOCLEAR: u8 = 2;
    let mut table = Vec::new();
    for (kind, bit, name) in [
        (INCOMPATIBLE, 0, "dirty bit"),
        (INCOMPATIBLE, 1, "corrupt bit"),
        (INCOMPATIBLE, 2, "external data file"),
        (INCOMPATIBLE, 3, "compression type"),
        (INCOMPATIBLE, 4, "extended L2 entries"),
        (INCOMPATIBLE, GUARD_BIT, GUARD_NAME),
        (COMPATIBLE, 0, "lazy refcounts"),
        (AUTOCLEAR, 0, "bitmaps"),
        (AUTOCLEAR, 1, "raw external data"),
    ] {
        let mut entry = [0; 48];
        entry[0] = kind;
        entry[1] = bit;
        entry[2..2 + name.len()].copy_from_slice(name.as_bytes());
        table.extend_from_slice(&entry);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_between_folders_goes_up_and_down() {
        let way = |from: &str, to: &str| relative(Path::new(from), Path::new(to));
        assert_eq!(
            way("/a/children", "/a/masters/m"),
            Path::new("./../masters/m")
        );
        assert_eq!(way("/a", "/a/m:1"), Path::new("./m:1"));
        assert_eq!(way("/", "/m"), Path::new("./m"));
    }

    #[test]
    fn clusters_grow_with_the_disk_until_one_block_counts_them() {
        let bits = |size: u64| Layout::new(size, 12).cluster_bits;
        assert_eq!(bits(10 << 30), 12);
        assert_eq!(bits(1 << 40), 12);
        assert_eq!(bits(4 << 40), 13);
        assert_eq!(bits(64 << 40), 14);
        for size in [1 << 30, 2 << 40, 16 << 40, 500 << 40] {
            let layout = Layout::new(size, 12);
            assert!(layout.clusters() <= layout.cluster() / 2, "{size}");
        }
    }

    #[test]
    fn a_name_longer_than_the_format_takes_is_none() {
        let layout = Layout::new(1 << 30, 16);
        assert!(layout.header(&"m".repeat(1023), "qcow2").is_some());
        assert!(layout.header(&"m".repeat(1024), "qcow2").is_none());
    }
}
