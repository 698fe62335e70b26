//! Recovery from an interrupted commit.
//!
//! The guard decides. Set: the edit is committed, and its last steps are repeated from the record.
//! Clear: the edit never happened, or is done but for the file's length; what lies behind the
//! image is truncated. Nothing is replayed then: a guest may have run since, and its writes would be
//! lost.

use std::io;

use sha2::{Digest, Sha256};

use super::commit;
use super::error::ImageError;
use super::file::HostFile;
use super::header::{Header, SECTOR, incompatible, with_guard};
use super::mended::Recovered;
use super::record::{Record, TRAILER, Trailer, torn_trailer};
use super::redo::checksum_in_file;
use super::refcounts;

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
            || put_in_place(file, &trailer, &record),
            &record.new_sector,
            trailer.new_len,
        )
        .map(|()| Recovered::Finished)
        .map_err(|source| ImageError::Unfinished {
            path: file.path().to_owned(),
            source,
        });
    }
    let Some(keep) = truncate_to(file, header, len, trailer)? else {
        return Ok(Recovered::Nothing);
    };
    truncate(file, keep).map_err(|e| ImageError::io("truncate", file.path(), e))?;
    Ok(Recovered::Dropped)
}

/// Truncates what an edit left. A flush that failed may have lost the clearing of the guard while the
/// host's cache still shows it, and no later flush makes up for that; so it is written once more
/// before the record goes, without which a guard on the disk would be for good.
fn truncate(file: &HostFile, keep: u64) -> io::Result<()> {
    let mut sector = [0; SECTOR];
    file.read_at(0, &mut sector)?;
    file.write_at(0, &sector)?;
    file.sync()?;
    file.truncate(keep)?;
    file.sync()
}

/// True if something of an interrupted edit is there, without touching it.
pub(super) fn is_pending(file: &HostFile, header: &Header) -> Result<bool, ImageError> {
    let io = |e| ImageError::io("read", file.path(), e);
    let len = file.len().map_err(io)?;
    let trailer = read_trailer(file, len).map_err(io)?;
    Ok(header.guarded || truncate_to(file, header, len, trailer)?.is_some())
}

/// Length to truncate to with the guard clear, or `None` if the file ends in nothing of ours. A
/// trailer in a cluster that is in use is the guest's, whatever it looks like: ours begins behind
/// those. With the dirty bit a guest ran since, and the counts may know nothing of what it wrote:
/// nothing is cut until they were mended.
///
/// A cluster in use is never truncated, since a guest that ran after the crash may have grown into what
/// was ours; the last cluster alone may lose zeros at its end, which read the same without.
fn truncate_to(
    file: &HostFile,
    header: &Header,
    len: u64,
    trailer: Option<Trailer>,
) -> Result<Option<u64>, ImageError> {
    if header.incompatible & incompatible::DIRTY != 0 {
        return Ok(None);
    }
    let io = |e| ImageError::io("read", file.path(), e);
    let cluster = header.cluster_size();
    let (start, old_len, new_len) = match trailer {
        Some(trailer) => {
            if trailer.tail_start != trailer.old_len.next_multiple_of(cluster) {
                return Ok(None);
            }
            (
                trailer.start(),
                Some(trailer.old_len),
                Some(trailer.new_len),
            )
        }
        None => match read_torn(file, len).map_err(io)? {
            Some(old_len) => (len - len % TRAILER as u64, old_len, None),
            None => return Ok(None),
        },
    };
    let end = refcounts::allocated_end(file, header)?;
    if start < end {
        return Ok(None);
    }
    // The old disk, whose end may have been unused, or the new one.
    let rounded = |len: &u64| len.checked_next_multiple_of(cluster).unwrap_or(u64::MAX);
    let old = old_len.filter(|old| *old <= start && rounded(old) >= end);
    let new = new_len.filter(|new| rounded(new) == end);
    let keep = match old.or(new) {
        Some(short) if short < end => {
            let mut gap = vec![0; (end - short) as usize];
            file.read_at(short, &mut gap).map_err(io)?;
            let unused = gap.iter().all(|byte| *byte == 0);
            if unused { short } else { end }
        }
        Some(at_least) => at_least,
        None => end,
    };
    Ok((keep < len).then_some(keep))
}

/// Bytes of a record that are read at once.
const STEP: u64 = 1 << 20;
/// Longest record, and longest tail, in a file that holds little, in bytes.
const SMALL_RECORD: u64 = 64 << 20;
const SMALL_TAIL: u64 = 1 << 30;
/// Their largest multiple of what the file takes on the disk otherwise: a file system may compress.
const PER_ALLOCATED: u64 = 64;

/// A part of a file, read once from its beginning to its end, and digested.
struct Digested<'a> {
    file: &'a HostFile,
    at: u64,
    end: u64,
    digest: Sha256,
}

impl io::Read for Digested<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let len = (self.end - self.at).min(buf.len() as u64) as usize;
        self.file.read_at(self.at, &mut buf[..len])?;
        self.digest.update(&buf[..len]);
        self.at += len as u64;
        Ok(len)
    }
}

/// Repeats what the record says.
fn put_in_place(file: &HostFile, trailer: &Trailer, record: &Record) -> io::Result<()> {
    let mut buf = Vec::new();
    for inside in &record.inside {
        let mut done = 0;
        while done < inside.len {
            let len = (inside.len - done).min(STEP);
            buf.resize(len as usize, 0);
            file.read_at(trailer.record_start + inside.at + done, &mut buf)?;
            file.write_at(inside.offset + done, &buf)?;
            done += len;
        }
    }
    Ok(())
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
    let allocated = file.allocated().map_err(io)?;
    let most = |small: u64| small.max(allocated.saturating_mul(PER_ALLOCATED));
    let too_long = "its record is longer than what the file holds";
    if trailer.record_len > most(SMALL_RECORD) {
        return Err(bad(too_long));
    }
    let mut bytes = Digested {
        file,
        at: trailer.record_start,
        end: trailer.record_start + trailer.record_len,
        digest: Sha256::new(),
    };
    let read = Record::read(
        io::BufReader::with_capacity(STEP as usize, &mut bytes),
        &trailer,
    );
    let record = read.map_err(io)?;
    io::copy(&mut bytes, &mut io::sink()).map_err(io)?;
    if bytes.digest.finalize()[..] != trailer.record[..] {
        return Err(bad("its record is damaged"));
    }
    let record = record.ok_or_else(|| bad("its record is not sound"))?;
    if record.tail_len() > most(SMALL_TAIL) {
        return Err(bad(too_long));
    }
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

fn read_trailer(file: &HostFile, len: u64) -> io::Result<Option<Trailer>> {
    let Some(start) = len.checked_sub(TRAILER as u64) else {
        return Ok(None);
    };
    let mut bytes = [0; TRAILER];
    file.read_at(start, &mut bytes)?;
    Ok(Trailer::decode(&bytes, len))
}

fn read_torn(file: &HostFile, len: u64) -> io::Result<Option<Option<u64>>> {
    let part = len % TRAILER as u64;
    let mut bytes = vec![0; part as usize];
    file.read_at(len - part, &mut bytes)?;
    Ok(torn_trailer(&bytes))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::file::{Access, Host};
    use super::super::gate;
    use super::super::overlay::Overlay;
    use super::super::redo::Redo;
    use super::super::{BlockDevice, Child, MasterFormat, Masters};
    use super::*;

    /// Leaves a child as an earlier version of osgraft did when it was killed: the record begins at
    /// a sector, wherever clusters begin.
    fn interrupted(child: &Path, redo: &Redo, guarded: bool) {
        let file = Host::default().open(child, Access::Write).unwrap();
        let version = gate::read_header(&file).unwrap().version;
        let (trailer, record) = Trailer::plan(redo, SECTOR as u64, 0);
        file.write_at(trailer.start(), &trailer.encode()).unwrap();
        for extent in &redo.tail {
            file.write_at(extent.offset, &extent.data).unwrap();
        }
        file.write_at(trailer.record_start, &record).unwrap();
        if guarded {
            let sector = with_guard(&redo.base.sector, version, true);
            file.write_at(0, &sector).unwrap();
        }
    }

    #[test]
    fn an_edit_that_an_earlier_version_left_is_finished_or_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let (master, path) = (folder.path().join("master"), folder.path().join("child"));
        std::fs::write(&master, vec![7; 8 << 20]).unwrap();
        for cluster in [4096, 65536, 2 << 20] {
            let overlay = Overlay::new(&master).format(MasterFormat::Raw);
            let _ = std::fs::remove_file(&path);
            overlay.cluster_size(cluster).create(&path).unwrap();
            let child = Child::open(&path, Masters::only(&master)).unwrap();
            let redo = {
                let mut scratch = child.lock().unwrap().scratch().unwrap();
                scratch.write_at(3 << 20, &[9; 100_000]).unwrap();
                scratch.finish().unwrap()
            };
            let before = std::fs::read(&path).unwrap();
            child.lock().unwrap().commit(&redo).unwrap();
            let after = std::fs::read(&path).unwrap();
            for (guarded, want, recovered) in [
                (true, &after, Recovered::Finished),
                (false, &before, Recovered::Dropped),
            ] {
                std::fs::write(&path, &before).unwrap();
                interrupted(&path, &redo, guarded);
                assert_eq!(child.recover().unwrap(), recovered);
                let now = std::fs::read(&path).unwrap();
                assert!(now == *want, "{cluster}, guarded: {guarded}");
            }
        }
    }
}
