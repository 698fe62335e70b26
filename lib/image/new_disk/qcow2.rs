//! A qcow2 that is written once, from its first cluster to its last.

use std::io;

use super::super::file::HostFile;

const BITS: u32 = 16;
/// Bytes of a cluster.
pub(super) const CLUSTER: u64 = 1 << BITS;
/// Entries of an L2 table, and of a refcount table.
const ENTRIES: u64 = CLUSTER / 8;
/// Counts of a refcount block, 16 bits each.
const COUNTS: u64 = CLUSTER / 2;
/// One reference and no snapshot.
const COPIED: u64 = 1 << 63;
const HEADER: u32 = 104;
/// The largest L1 table that QEMU opens (`QCOW_MAX_L1_SIZE`): a disk of 2 PiB.
const MAX_L1: u64 = 32 << 20;

/// Tables of a new image. Clusters are written by rising offsets of the guest.
#[derive(Debug)]
pub(super) struct Writer<'f> {
    file: &'f HostFile,
    size: u64,
    l1: Vec<u64>,
    /// The table that is being filled, and its number.
    l2: Option<(usize, Vec<u64>)>,
    /// The first cluster of the file that is free.
    next: u64,
}

impl<'f> Writer<'f> {
    pub(super) fn new(file: &'f HostFile, size: u64) -> io::Result<Self> {
        let entries = size.div_ceil(CLUSTER * ENTRIES);
        if entries * 8 > MAX_L1 {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let entries_len = usize::try_from(entries).map_err(|_| io::ErrorKind::FileTooLarge)?;
        Ok(Self {
            file,
            size,
            l1: vec![0; entries_len],
            l2: None,
            // The header, then the L1 table.
            next: 1 + (entries * 8).div_ceil(CLUSTER),
        })
    }

    /// Writes one cluster; the disk's last one may be short.
    pub(super) fn write(&mut self, offset: u64, data: &[u8]) -> io::Result<()> {
        let number = offset / CLUSTER;
        let (table, entry) = ((number / ENTRIES) as usize, (number % ENTRIES) as usize);
        if self.l2.as_ref().is_none_or(|(known, _)| *known != table) {
            self.flush()?;
            self.l1[table] = self.take() | COPIED;
            self.l2 = Some((table, vec![0; ENTRIES as usize]));
        }
        let place = self.take();
        if let Some((_, entries)) = &mut self.l2 {
            entries[entry] = place | COPIED;
        }
        self.file.write_at(place, data)
    }

    /// Writes what is left: the tables, and the header last.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        let table = bytes(&self.l1);
        self.file.write_at(CLUSTER, &table)?;
        let used = self.next;
        // The counts are counted too.
        let (mut blocks, mut tables) = (0, 0);
        loop {
            let all = used + blocks + tables;
            let (more, longer) = (all.div_ceil(COUNTS), blocks.div_ceil(ENTRIES).max(1));
            if (more, longer) == (blocks, tables) {
                break;
            }
            (blocks, tables) = (more, longer);
        }
        let all = used + blocks + tables;
        let first_block = used + tables;
        let places: Vec<u64> = (0..blocks).map(|n| (first_block + n) * CLUSTER).collect();
        self.file.write_at(used * CLUSTER, &bytes(&places))?;
        for (number, place) in places.iter().enumerate() {
            let counted = (all - number as u64 * COUNTS).min(COUNTS);
            self.file
                .write_at(*place, &[0, 1].repeat(counted as usize))?;
        }
        self.file.truncate(all * CLUSTER)?;
        self.file.write_at(0, &self.header(used * CLUSTER, tables))
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.l2.take() {
            Some((table, entries)) => {
                let place = self.l1[table] & !COPIED;
                self.file.write_at(place, &bytes(&entries))
            }
            None => Ok(()),
        }
    }

    fn take(&mut self) -> u64 {
        let place = self.next * CLUSTER;
        self.next += 1;
        place
    }

    /// Version 3, without any feature.
    fn header(&self, refcounts: u64, refcount_clusters: u64) -> Vec<u8> {
        let mut head = b"QFI\xfb".to_vec();
        head.extend(3u32.to_be_bytes());
        head.extend([0; 12]); // backing file: none
        head.extend(BITS.to_be_bytes());
        head.extend(self.size.to_be_bytes());
        head.extend(0u32.to_be_bytes()); // encryption: none
        head.extend((self.l1.len() as u32).to_be_bytes());
        head.extend(CLUSTER.to_be_bytes()); // L1 table
        head.extend(refcounts.to_be_bytes());
        head.extend((refcount_clusters as u32).to_be_bytes());
        head.extend([0; 12]); // snapshots: none
        head.extend([0; 24]); // features: none
        head.extend(4u32.to_be_bytes()); // refcount order: 16 bits
        head.extend(HEADER.to_be_bytes());
        head.extend([0; 8]); // end of the extensions
        head
    }
}

fn bytes(table: &[u64]) -> Vec<u8> {
    table.iter().flat_map(|entry| entry.to_be_bytes()).collect()
}
