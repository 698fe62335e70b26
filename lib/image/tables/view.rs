//! The parts of an image that its judgement reads.

use std::ops::Range;

use crate::image::error::ImageError;
use crate::image::file::HostFile;
use crate::image::header::Header;
use crate::image::refusal::Refusal;

/// A cluster that a table takes, whole or in part.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Place {
    pub(super) cluster: u64,
    /// True if the entry that refers to it says that nothing else does.
    pub(super) alone: bool,
}

/// An L1 table: its offset in bytes, and its entries.
#[derive(Clone, Copy, Debug)]
pub(super) struct L1 {
    pub(super) offset: u64,
    pub(super) entries: u64,
}

pub(super) struct Tables<'a> {
    pub(super) file: &'a HostFile,
    pub(super) header: &'a Header,
    pub(super) cluster: u64,
    /// Clusters of the file, the last of which may be short.
    pub(super) clusters: u64,
}

impl Tables<'_> {
    pub(super) fn refused(&self, what: &'static str, cluster: u64) -> ImageError {
        let at = cluster.saturating_mul(self.cluster);
        ImageError::refused(self.file.path(), Refusal::Tables { what, at })
    }

    pub(super) fn read(&self, offset: u64, buf: &mut [u8]) -> Result<(), ImageError> {
        let read = self.file.read_at(offset, buf);
        read.map_err(|e| ImageError::io("read", self.file.path(), e))
    }

    /// The cluster at an offset of which a table says that something lies there.
    pub(super) fn cluster_at(&self, offset: u64, unsound: &'static str) -> Result<u64, ImageError> {
        let cluster = offset / self.cluster;
        if !offset.is_multiple_of(self.cluster) || cluster >= self.clusters {
            return Err(self.refused(unsound, cluster));
        }
        Ok(cluster)
    }

    /// The clusters of a range of bytes.
    pub(super) fn span(&self, offset: u64, bytes: u64) -> Range<u64> {
        offset / self.cluster..(offset + bytes).div_ceil(self.cluster)
    }
}
