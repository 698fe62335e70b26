//! What to do with what an interrupted commit left behind.
//!
//! The guard decides. Set: the edit is committed, and its last steps are repeated from the record.
//! Clear: the edit never happened, or is done but for the file's length; what lies behind the
//! image is cut off. Nothing is replayed then: a guest may have run since, and its writes would be
//! lost.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::commit;
use super::error::ImageError;
use super::file::HostFile;
use super::header::{Header, SECTOR, incompatible, with_guard};
use super::record::{Record, TRAILER, Trailer, torn_trailer};
use super::redo::checksum_in_file;
use super::refcounts;

/// What recovery found.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Recovered {
    /// No interrupted edit.
    #[default]
    Nothing,
    /// An edit before its commit point was dropped, or a finished one's remains were.
    Dropped,
    /// An edit past its commit point was finished.
    Finished,
}

/// Recovers a child that the caller has locked.
pub(super) fn recover(file: &HostFile, header: &Header) -> Result<Recovered, ImageError> {
    let io = |e| ImageError::io("read", file.path(), e);
    let len = file.len().map_err(io)?;
    let trailer = read_trailer(file, len).map_err(io)?;
    if header.guarded {
        let (trailer, record) = read_record(file, header, trailer)?;
        return commit::finish(
            file,
            header,
            &record.inside,
            &record.new_sector,
            trailer.new_len,
        )
        .map(|()| Recovered::Finished)
        .map_err(|source| ImageError::Unfinished {
            path: file.path().to_owned(),
            source,
        });
    }
    let Some(keep) = cut_to(file, header, len, trailer)? else {
        return Ok(Recovered::Nothing);
    };
    cut(file, keep).map_err(|e| ImageError::io("cut", file.path(), e))?;
    Ok(Recovered::Dropped)
}

/// Cuts off what an edit left. A flush that failed may have lost the clearing of the guard while the
/// host's cache still shows it, and no later flush makes up for that; so it is written once more
/// before the record goes, without which a guard on the disk would be for good.
fn cut(file: &HostFile, keep: u64) -> std::io::Result<()> {
    let mut sector = [0; SECTOR];
    file.read_at(0, &mut sector)?;
    file.write_at(0, &sector)?;
    file.sync()?;
    file.truncate(keep)?;
    file.sync()
}

/// Whether something of an interrupted edit is there, without touching it.
pub(super) fn is_pending(file: &HostFile, header: &Header) -> Result<bool, ImageError> {
    let io = |e| ImageError::io("read", file.path(), e);
    let len = file.len().map_err(io)?;
    let trailer = read_trailer(file, len).map_err(io)?;
    Ok(header.guarded || cut_to(file, header, len, trailer)?.is_some())
}

/// The length to cut to with the guard clear; none where the file ends in nothing of ours: what
/// stands in clusters that are in use is the guest's, whatever it looks like. With the dirty bit a
/// guest ran since, and the counts may know nothing of what it wrote: nothing is cut until they
/// were mended.
fn cut_to(
    file: &HostFile,
    header: &Header,
    len: u64,
    trailer: Option<Trailer>,
) -> Result<Option<u64>, ImageError> {
    if header.incompatible & incompatible::DIRTY != 0 {
        return Ok(None);
    }
    let keep = match trailer {
        Some(trailer) => keep(file, header, &trailer, len)?,
        None => {
            let torn = read_torn(file, len).map_err(|e| ImageError::io("read", file.path(), e))?;
            let Some(old_len) = torn else {
                return Ok(None);
            };
            let end = refcounts::allocated_end(file, header)?;
            end.min(len).max(old_len.unwrap_or(0).min(len))
        }
    };
    Ok((keep < len).then_some(keep))
}

/// The length to cut to with the guard clear: never less than what the image counts as used, since
/// a guest that ran after the crash may have grown into what was ours.
fn keep(file: &HostFile, header: &Header, trailer: &Trailer, len: u64) -> Result<u64, ImageError> {
    let io = |e| ImageError::io("read", file.path(), e);
    let end = refcounts::allocated_end(file, header)?;
    if end <= trailer.tail_start {
        // The old disk, or an edit that took no new cluster. Its last cluster may reach past the
        // old end; what stands there is the guest's unless it is nothing.
        let mut gap = vec![0; (trailer.tail_start.min(len) - trailer.old_len) as usize];
        file.read_at(trailer.old_len, &mut gap).map_err(io)?;
        let unused = gap.iter().all(|byte| *byte == 0);
        return Ok(if unused {
            trailer.old_len
        } else {
            trailer.tail_start
        });
    }
    // The new disk, unless its last cluster is one that a guest grew into: then nothing is left of
    // the record that began in it.
    if trailer.new_len.next_multiple_of(header.cluster_size()) == end
        && (trailer.record_start >= end || read_bytes(file, trailer)?.is_some())
    {
        return Ok(trailer.new_len);
    }
    Ok(end.min(len))
}

/// The record's bytes; none where its digest is another.
fn read_bytes(file: &HostFile, trailer: &Trailer) -> Result<Option<Vec<u8>>, ImageError> {
    let io = |e| ImageError::io("read", file.path(), e);
    let len = trailer.record_len as usize;
    let mut bytes = Vec::new();
    // What a forged trailer asks for may be more than there is.
    bytes.try_reserve_exact(len).map_err(|e| io(e.into()))?;
    bytes.resize(len, 0);
    file.read_at(trailer.record_start, &mut bytes).map_err(io)?;
    Ok((Sha256::digest(&bytes)[..] == trailer.record[..]).then_some(bytes))
}

fn read_record(
    file: &HostFile,
    header: &Header,
    trailer: Option<Trailer>,
) -> Result<(Trailer, Record), ImageError> {
    let io = |e| ImageError::io("read", file.path(), e);
    let bad = |what| ImageError::BadRecord {
        path: file.path().to_owned(),
        what,
    };
    let trailer = trailer.ok_or_else(|| bad("no record lies at its end"))?;
    let bytes = read_bytes(file, &trailer)?.ok_or_else(|| bad("its record is damaged"))?;
    let record = Record::decode(&bytes, &trailer).ok_or_else(|| bad("its record is not sound"))?;
    let mut sector = [0; SECTOR];
    file.read_at(0, &mut sector).map_err(io)?;
    // Step 3 may have been at work on it, and a power cut may have torn that.
    let sector = with_guard(&sector, header.version, false);
    let made_of_both = sector
        .iter()
        .zip(record.old_sector.iter().zip(&record.new_sector))
        .all(|(now, (old, new))| now == old || now == new);
    if !made_of_both {
        return Err(bad("its record belongs to another header"));
    }
    if checksum_in_file(file, &record.tail).map_err(io)? != record.tail_checksum {
        return Err(bad("the new data behind its end is damaged"));
    }
    Ok((trailer, record))
}

fn read_trailer(file: &HostFile, len: u64) -> std::io::Result<Option<Trailer>> {
    let Some(start) = len.checked_sub(TRAILER as u64) else {
        return Ok(None);
    };
    let mut bytes = [0; TRAILER];
    file.read_at(start, &mut bytes)?;
    Ok(Trailer::decode(&bytes, len))
}

fn read_torn(file: &HostFile, len: u64) -> std::io::Result<Option<Option<u64>>> {
    let part = len % TRAILER as u64;
    let mut bytes = vec![0; part as usize];
    file.read_at(len - part, &mut bytes)?;
    Ok(torn_trailer(&bytes))
}
