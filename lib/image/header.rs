//! The qcow2 header, read by ourselves before any library sees the file.
//!
//! Source: `docs/interop/qcow2.txt` of QEMU. Only what decides whether an image may be opened and
//! edited is kept.

use super::refusal::Refusal;

/// Bytes read from the start of a file to judge it: the header, its extensions and the backing
/// file's name all lie in the first cluster, and QEMU writes them into its first pages.
pub(super) const HEAD: usize = 64 * 1024;
/// The part that changes with an edit and is written at once: one disk sector, which a drive
/// writes whole or not at all. It holds every fixed field of versions 2 and 3.
pub(super) const SECTOR: usize = 512;

const MAGIC: [u8; 4] = *b"QFI\xfb";
/// Incompatible-feature bit 63 of version 3, ours: an edit passed its commit point.
pub(super) const GUARD_BIT: u8 = 63;
/// Version that stands for bit 63 in version 2, which has no feature bits. No reader knows it.
/// It differs from 2 in one byte, so that no torn write can leave anything between the two.
const GUARD_VERSION: u32 = 0x4f00_0002;
/// The name under which QEMU reports [`GUARD_BIT`].
pub(super) const GUARD_NAME: &str = "osgraft edit pending, run osgraft recover";

/// Bounds of QEMU itself (block/qcow2.h), past which it refuses to open an image.
const MAX_L1_BYTES: u64 = 32 << 20;
const MAX_REFCOUNT_TABLE_BYTES: u64 = 8 << 20;
const MAX_BACKING_NAME: u32 = 1023;
const MAX_SNAPSHOTS: u32 = 65536;
const MAX_BACKING_FORMAT: usize = 15;
const MAX_BITMAPS: u32 = 65535;
const MAX_BITMAP_DIRECTORY_BYTES: u64 = 64 << 20;
/// Bytes of a snapshot's entry at least.
const SNAPSHOT: u64 = 40;
/// Offset at which a header of more than 104 bytes names its compression.
const COMPRESSION_AT: usize = 104;

const EXTENSION_BACKING_FORMAT: u32 = 0xe279_2aca;
const EXTENSION_BITMAPS: u32 = 0x2385_2875;
const EXTENSION_LUKS: u32 = 0x0537_be77;
const EXTENSION_DATA_FILE: u32 = 0x4441_5441;

/// Header of a qcow2 image.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Header {
    pub(super) version: u32,
    pub(super) guarded: bool,
    pub(super) cluster_bits: u32,
    pub(super) size: u64,
    pub(super) backing: Option<Backing>,
    pub(super) incompatible: u64,
    pub(super) autoclear: u64,
    pub(super) snapshots: u32,
    pub(super) snapshots_offset: u64,
    pub(super) l1_entries: u32,
    pub(super) l1_offset: u64,
    pub(super) refcount_table_offset: u64,
    pub(super) refcount_table_clusters: u32,
    pub(super) refcount_order: u32,
    /// The persistent bitmaps that readers take as consistent.
    pub(super) bitmaps: Option<Bitmaps>,
}

/// Place of the list of persistent bitmaps, as their header extension says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Bitmaps {
    pub(super) count: u32,
    pub(super) directory_offset: u64,
    pub(super) directory_len: u64,
}

/// The backing file as a header names it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Backing {
    /// The name, literally.
    pub name: String,
    /// The stated format, if any.
    pub format: Option<String>,
}

/// Bits of the autoclear features that the format defines.
pub(super) mod autoclear {
    /// The bitmaps of the extension agree with the disk.
    pub(in crate::image) const BITMAPS: u64 = 1 << 0;
}

/// Bits of the incompatible features that the format defines.
pub(super) mod incompatible {
    pub(in crate::image) const DIRTY: u64 = 1 << 0;
    pub(in crate::image) const CORRUPT: u64 = 1 << 1;
    pub(in crate::image) const DATA_FILE: u64 = 1 << 2;
    pub(in crate::image) const COMPRESSION: u64 = 1 << 3;
    pub(in crate::image) const EXTENDED_L2: u64 = 1 << 4;
}

impl Header {
    /// True if an edit of this image passed its commit point and is not finished.
    pub fn edit_pending(&self) -> bool {
        self.guarded
    }

    /// The disk's size as its guest sees it, in bytes.
    pub fn virtual_size(&self) -> u64 {
        self.size
    }

    /// Bytes of one cluster.
    pub fn cluster_size(&self) -> u64 {
        1 << self.cluster_bits
    }

    /// The qcow2 version, 2 or 3.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The backing file that it names.
    pub fn backing(&self) -> Option<&Backing> {
        self.backing.as_ref()
    }

    /// Offset and length, in bytes, of the compressed data that an L2 entry refers to: whole
    /// sectors, of which the first may begin before it.
    pub(super) fn compressed(&self, entry: u64) -> (u64, u64) {
        let offset_bits = 62 - (self.cluster_bits - 8);
        let offset = entry & ((1 << offset_bits) - 1);
        let more = (entry & ((1 << 62) - 1)) >> offset_bits;
        let sector = SECTOR as u64;
        (offset, (more + 1) * sector - offset % sector)
    }

    /// Reads the first [`HEAD`] bytes of a file that is `len` bytes long.
    pub(super) fn parse(head: &[u8], len: u64) -> Result<Self, Refusal> {
        if head.get(..4) != Some(&MAGIC) {
            return Err(Refusal::NotQcow2);
        }
        if len < 72 || head.len() < 72 {
            return Err(Refusal::Truncated("its header"));
        }
        let (version, guard_v2) = match be32(head, 4) {
            GUARD_VERSION => (2, true),
            version @ (2 | 3) => (version, false),
            other => return Err(Refusal::Version(other)),
        };
        let cluster_bits = be32(head, 20);
        if !(9..=21).contains(&cluster_bits) {
            return Err(Refusal::Header("the cluster size"));
        }
        let cluster = 1u64 << cluster_bits;
        let mut header = Self {
            version,
            guarded: guard_v2,
            cluster_bits,
            size: be64(head, 24),
            backing: None,
            incompatible: 0,
            autoclear: 0,
            snapshots: be32(head, 60),
            snapshots_offset: be64(head, 64),
            l1_entries: be32(head, 36),
            l1_offset: be64(head, 40),
            refcount_table_offset: be64(head, 48),
            refcount_table_clusters: be32(head, 56),
            refcount_order: 4,
            bitmaps: None,
        };
        let fixed = header.fixed_len();
        let mut extensions_at = fixed;
        if version == 3 {
            if head.len() < fixed {
                return Err(Refusal::Truncated("its header"));
            }
            let guard = 1 << GUARD_BIT;
            header.incompatible = be64(head, 72) & !guard;
            header.guarded = be64(head, 72) & guard != 0;
            header.autoclear = be64(head, 88);
            header.refcount_order = be32(head, 96);
            let header_len = be32(head, 100);
            if header_len < 104 || !header_len.is_multiple_of(8) || u64::from(header_len) > cluster
            {
                return Err(Refusal::Header("the header's own length"));
            }
            extensions_at = header_len as usize;
        }
        header.check_encryption(head)?;
        header.check_compression(head, extensions_at)?;
        header.check_tables(len)?;
        let first_cluster = &head[..head.len().min(cluster as usize)];
        let end = end_of_extensions(head, cluster)?;
        let format = header.read_extensions(head, extensions_at, end)?;
        header.backing = read_backing(first_cluster, fixed, format)?;
        Ok(header)
    }

    /// Bytes of the fields that every header of its version has.
    fn fixed_len(&self) -> usize {
        if self.version == 2 { 72 } else { 104 }
    }

    fn check_encryption(&self, head: &[u8]) -> Result<(), Refusal> {
        match be32(head, 32) {
            0 => Ok(()),
            1 => Err(Refusal::Encrypted("AES")),
            2 => Err(Refusal::Encrypted("LUKS")),
            _ => Err(Refusal::Encrypted("an unknown method")),
        }
    }

    /// A header that reaches so far names its compression: zlib, but where the feature is set.
    fn check_compression(&self, head: &[u8], header_len: usize) -> Result<(), Refusal> {
        let named = head.get(COMPRESSION_AT).is_some_and(|kind| *kind != 0);
        if header_len > COMPRESSION_AT
            && named
            && self.incompatible & incompatible::COMPRESSION == 0
        {
            return Err(Refusal::Header("its kind of compression"));
        }
        Ok(())
    }

    /// Every table aligned, inside the file, and no larger than QEMU itself would take.
    fn check_tables(&self, len: u64) -> Result<(), Refusal> {
        let cluster = self.cluster_size();
        if self.refcount_order > 6 {
            return Err(Refusal::Header("the width of its reference counts"));
        }
        if self.size == 0 || self.size > i64::MAX as u64 / 2 {
            return Err(Refusal::Header("the disk's size"));
        }
        if self.snapshots > MAX_SNAPSHOTS {
            return Err(Refusal::Header("the number of snapshots"));
        }
        let l1_bytes = u64::from(self.l1_entries) * 8;
        let covered_by_one = cluster * (cluster / 8);
        if l1_bytes > MAX_L1_BYTES
            || u64::from(self.l1_entries) < self.size.div_ceil(covered_by_one)
        {
            return Err(Refusal::Header("the size of its L1 table"));
        }
        let refcount_bytes = u64::from(self.refcount_table_clusters) * cluster;
        if refcount_bytes == 0 || refcount_bytes > MAX_REFCOUNT_TABLE_BYTES.max(cluster) {
            return Err(Refusal::Header("the size of its refcount table"));
        }
        // Without snapshots too, as QEMU has it.
        let offset = self.snapshots_offset;
        let nowhere = match self.snapshots {
            0 => offset > i64::MAX as u64,
            _ => offset == 0,
        };
        if nowhere || !offset.is_multiple_of(cluster) {
            return Err(Refusal::Header("the place of its snapshot table"));
        }
        if self.snapshots > 0 {
            let bytes = u64::from(self.snapshots) * SNAPSHOT;
            if offset.checked_add(bytes).is_none_or(|end| end > len) {
                return Err(Refusal::Truncated("its snapshot table"));
            }
        }
        for (offset, bytes, aligned, cut) in [
            (
                self.l1_offset,
                l1_bytes,
                "the place of its L1 table",
                "its L1 table",
            ),
            (
                self.refcount_table_offset,
                refcount_bytes,
                "the place of its refcount table",
                "its refcount table",
            ),
        ] {
            if offset == 0 || !offset.is_multiple_of(cluster) {
                return Err(Refusal::Header(aligned));
            }
            // The last cluster of a file may end short of its boundary; its start may not.
            if offset.checked_add(bytes.min(1)).is_none_or(|end| end > len) {
                return Err(Refusal::Truncated(cut));
            }
        }
        Ok(())
    }

    /// Reads the extensions from `start` to `end`, as QEMU does: each lies there whole, the last
    /// one too.
    fn read_extensions(
        &mut self,
        head: &[u8],
        start: usize,
        end: u64,
    ) -> Result<Option<String>, Refusal> {
        let mut format = None;
        let mut at = start;
        // An extension takes 8 bytes at least, so the loop is bounded by the cluster.
        while (at as u64) < end {
            // The part of a large first cluster that is not read can hold only their end.
            let Some(bytes) = head.get(at..at + 8) else {
                return match end > head.len() as u64 {
                    true => Ok(format),
                    false => Err(Refusal::Header("a header extension's length")),
                };
            };
            let (kind, len) = (be32(bytes, 0), be32(bytes, 4) as usize);
            let content_at = at + 8;
            let room = end.checked_sub(content_at as u64);
            let content = head
                .get(content_at..)
                .and_then(|rest| rest.get(..len))
                .filter(|_| room.is_some_and(|room| len as u64 <= room))
                .ok_or(Refusal::Header("a header extension's length"))?;
            match kind {
                0 => break,
                EXTENSION_BACKING_FORMAT if format.is_some() => {
                    return Err(Refusal::Header("a second backing format"));
                }
                EXTENSION_BACKING_FORMAT if len > MAX_BACKING_FORMAT => {
                    return Err(Refusal::Header("the length of its backing format's name"));
                }
                EXTENSION_BACKING_FORMAT => {
                    let text = std::str::from_utf8(content)
                        .map_err(|_| Refusal::Header("the backing format's name"))?;
                    format = Some(text.trim_end_matches('\0').to_owned());
                }
                EXTENSION_LUKS => return Err(Refusal::Encrypted("LUKS")),
                EXTENSION_DATA_FILE => return Err(Refusal::DataFile),
                EXTENSION_BITMAPS => self.read_bitmaps(content)?,
                _ => {}
            }
            at = content_at + len.next_multiple_of(8);
        }
        Ok(format)
    }

    /// The extension of the persistent bitmaps. Without the autoclear bit a program that knows
    /// nothing of them wrote to the image, and QEMU drops them.
    fn read_bitmaps(&mut self, content: &[u8]) -> Result<(), Refusal> {
        if content.len() != 24 {
            return Err(Refusal::Header("the length of its bitmap extension"));
        }
        if self.autoclear & autoclear::BITMAPS == 0 {
            return Ok(());
        }
        let bitmaps = Bitmaps {
            count: be32(content, 0),
            directory_len: be64(content, 8),
            directory_offset: be64(content, 16),
        };
        let aligned = bitmaps.directory_offset.is_multiple_of(self.cluster_size());
        let sound = be32(content, 4) == 0
            && (1..=MAX_BITMAPS).contains(&bitmaps.count)
            && aligned
            && bitmaps.directory_len <= MAX_BITMAP_DIRECTORY_BYTES;
        if !sound {
            return Err(Refusal::Header("its bitmap extension"));
        }
        self.bitmaps = Some(bitmaps);
        Ok(())
    }
}

/// Offset where QEMU stops looking for extensions: at the backing file's name, wherever it lies in the first
/// cluster, or behind that.
fn end_of_extensions(head: &[u8], cluster: u64) -> Result<u64, Refusal> {
    match be64(head, 8) {
        0 => Ok(cluster),
        name if name > cluster => Err(Refusal::Header("the place of its backing file's name")),
        name => Ok(name),
    }
}

fn read_backing(
    head: &[u8],
    fixed: usize,
    format: Option<String>,
) -> Result<Option<Backing>, Refusal> {
    let (offset, len) = (be64(head, 8), be32(head, 16));
    if offset == 0 || len == 0 {
        return Ok(None);
    }
    if len > MAX_BACKING_NAME {
        return Err(Refusal::Header("the length of its backing file's name"));
    }
    // Over the header's own fields, it would be another name once those change.
    let name = usize::try_from(offset)
        .ok()
        .filter(|start| *start >= fixed)
        .and_then(|start| head.get(start..start.checked_add(len as usize)?))
        .ok_or(Refusal::Header("the place of its backing file's name"))?;
    let name =
        std::str::from_utf8(name).map_err(|_| Refusal::BackingName(crate::path::escape(name)))?;
    Ok(Some(Backing {
        name: name.to_owned(),
        format,
    }))
}

/// The backing file's name in the first bytes of a qcow2 file, where it lies there whole. Nothing else
/// of the header is judged.
pub(super) fn backing_name(head: &[u8]) -> Option<&[u8]> {
    if head.len() < 72 || head[..4] != MAGIC {
        return None;
    }
    let (offset, len) = (
        usize::try_from(be64(head, 8)).ok()?,
        be32(head, 16) as usize,
    );
    let name = head.get(offset..offset.checked_add(len)?)?;
    (offset > 0 && !name.is_empty()).then_some(name)
}

/// The first sector with the guard set or clear, and nothing else changed.
pub(super) fn with_guard(sector: &[u8; SECTOR], version: u32, set: bool) -> [u8; SECTOR] {
    let mut sector = *sector;
    if version == 2 {
        let version = if set { GUARD_VERSION } else { 2 };
        sector[4..8].copy_from_slice(&version.to_be_bytes());
    } else {
        let bit = 1u64 << GUARD_BIT;
        let features = be64(&sector, 72);
        let features = if set { features | bit } else { features & !bit };
        sector[72..80].copy_from_slice(&features.to_be_bytes());
    }
    sector
}

fn be32(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

fn be64(bytes: &[u8], at: usize) -> u64 {
    u64::from_be_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}
