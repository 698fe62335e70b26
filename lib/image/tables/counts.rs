//! Counts of the references to each cluster, as the refcount blocks have them.

use super::map::MANY;
use super::view::Tables;
use crate::image::error::ImageError;
use crate::image::file::HostFile;
use crate::image::refcounts::entries;

/// Bytes of a refcount block that are read at once.
const SECTOR: u64 = 512;

/// Count of the references to each cluster, by the refcount blocks.
pub(super) struct Counts<'a> {
    file: &'a HostFile,
    pub(super) table: Vec<u8>,
    order: u32,
    cluster_bits: u32,
    /// The sector that was read last, and where it lies.
    sector: [u8; SECTOR as usize],
    at: Option<u64>,
}

impl<'a> Counts<'a> {
    pub(super) fn new(tables: &Tables<'a>) -> Result<Self, ImageError> {
        let header = tables.header;
        let bytes = u64::from(header.refcount_table_clusters) * tables.cluster;
        let mut table = vec![0; bytes as usize];
        tables.read(header.refcount_table_offset, &mut table)?;
        Ok(Self {
            file: tables.file,
            table,
            order: header.refcount_order,
            cluster_bits: header.cluster_bits,
            sector: [0; SECTOR as usize],
            at: None,
        })
    }

    /// The count of a cluster, [`MANY`] at most.
    pub(super) fn of(&mut self, cluster: u64) -> Result<u8, ImageError> {
        // Counts of one block, a power of two.
        let bits = self.cluster_bits + 3 - self.order;
        let index = usize::try_from(cluster >> bits).ok();
        let block = index.and_then(|index| entries(&self.table).nth(index));
        let Some(block) = block.filter(|block| *block != 0) else {
            return Ok(0);
        };
        let bit = (cluster & ((1 << bits) - 1)) << self.order;
        let sector = block + bit / 8 / SECTOR * SECTOR;
        if self.at != Some(sector) {
            let read = self.file.read_at(sector, &mut self.sector);
            read.map_err(|e| ImageError::io("read", self.file.path(), e))?;
            self.at = Some(sector);
        }
        let byte = (bit / 8 % SECTOR) as usize;
        let count = if self.order < 3 {
            let mask = (1 << (1 << self.order)) - 1;
            u64::from(self.sector[byte] >> (bit % 8)) & mask
        } else {
            let bytes = &self.sector[byte..byte + (1 << (self.order - 3))];
            bytes.iter().fold(0, |n, byte| n << 8 | u64::from(*byte))
        };
        Ok(u8::try_from(count).unwrap_or(MANY))
    }
}
