//! Applying a redo record so that a crash at any instant leaves the old disk or the new one.
//!
//! 1. Behind the image's end, where nothing refers: trailer, tail, record, the last in clusters that
//!    are not in use. Space for step 3. Flush.
//! 2. The guard: one sector. Flush. **This is the commit point**; from here on no qemu opens the
//!    image, and [`recover`](super::recover) finishes what is left.
//! 3. What the image uses is overwritten, the header too, guard still set. Flush.
//! 4. The guard is cleared, one byte of one sector. Flush. Then the file is truncated to its length: not
//!    before, since a file system may keep that and lose the write, and with the guard set the
//!    record must be there. It needs no flush: with the guard clear nothing uses what lies there.

use std::io;

use super::error::ImageError;
use super::file::HostFile;
use super::header::{Header, SECTOR, with_guard};
use super::record::{MAX_RECORD, Record, TRAILER, Trailer};
use super::redo::{Extent, Redo, digest_in_file};
use super::refcounts;

/// Applies `redo` to a child that the caller has locked and whose guard is clear.
pub(super) fn commit(file: &HostFile, header: &Header, redo: &Redo) -> Result<(), ImageError> {
    check_base(file, redo)?;
    let (trailer, record) = Trailer::plan(redo, header.cluster_size(), unused(file, header)?);
    require_readable(file, &trailer, &record)?;
    if let Err(error) = write_behind(file, redo, &trailer, &record) {
        return Err(withdraw(file, redo, error));
    }
    let guarded = with_guard(&redo.base.sector, header.version, true);
    if let Err(error) = file.write_at(0, &guarded).and_then(|()| file.sync()) {
        // Whether the guard reached the disk is unknown. Taking it back settles that, and leaves
        // the old disk; if that fails too, recovery settles it either way.
        return Err(
            match file
                .write_at(0, &redo.base.sector)
                .and_then(|()| file.sync())
            {
                Ok(()) => withdraw(file, redo, error),
                Err(_) => unfinished(file, error),
            },
        );
    }
    let put_in_place = || {
        let mut extents = redo.inside.iter();
        extents.try_for_each(|extent| file.write_at(extent.offset, &extent.data))
    };
    finish(file, header, put_in_place, &redo.sector, redo.new_len)
        .map_err(|error| unfinished(file, error))
}

/// Offset from which on no cluster is in use before the edit: counts may reach behind the file's end
/// where QEMU was killed. Those that reach far behind it are not followed, since the file would
/// become as long as they say.
fn unused(file: &HostFile, header: &Header) -> Result<u64, ImageError> {
    const FAR: u64 = 64 << 20;
    let len = file
        .len()
        .map_err(|e| ImageError::io("read", file.path(), e))?;
    let end = refcounts::allocated_end(file, header)?;
    Ok(if end <= len.saturating_add(FAR) {
        end
    } else {
        0
    })
}

/// Steps 3 and 4. Idempotent: recovery repeats them from the record.
pub(super) fn finish(
    file: &HostFile,
    header: &Header,
    put_in_place: impl FnOnce() -> io::Result<()>,
    sector: &[u8; SECTOR],
    new_len: u64,
) -> io::Result<()> {
    put_in_place()?;
    file.write_at(0, &with_guard(sector, header.version, true))?;
    file.sync()?;
    if let Err(error) = file.write_at(0, sector).and_then(|()| file.sync()) {
        // Whether that reached the disk is unknown, and the host's cache shows the guard clear. Set
        // again, it keeps everybody out until recovery has repeated this; best effort, since
        // recovery also settles it without.
        let _ = file.write_at(0, &with_guard(sector, header.version, true));
        return Err(error);
    }
    file.truncate(new_len)
}

/// Step 1. The trailer goes first: it says how to take all of this back.
fn write_behind(file: &HostFile, redo: &Redo, trailer: &Trailer, record: &[u8]) -> io::Result<()> {
    file.write_at(trailer.start(), &trailer.encode())?;
    for extent in &redo.tail {
        file.write_at(extent.offset, &extent.data)?;
    }
    file.write_at(trailer.record_start, record)?;
    for extent in &redo.inside {
        file.allocate(extent.offset, extent.data.len() as u64)?;
    }
    file.sync()
}

/// A record that recovery would not take must never come behind a guard: the child would be refused
/// for good.
fn require_readable(file: &HostFile, trailer: &Trailer, record: &[u8]) -> Result<(), ImageError> {
    if trailer.record_len > MAX_RECORD {
        return Err(ImageError::TooMuch {
            path: file.path().to_owned(),
            limit: MAX_RECORD,
        });
    }
    let len = trailer.start() + TRAILER as u64;
    let found = Trailer::decode(&trailer.encode(), len);
    let readable = Record::read(record, trailer).is_ok_and(|record| record.is_some());
    if found.is_none() || !readable {
        let unsound = io::Error::other("its redo record is not sound: make it anew");
        return Err(ImageError::NotCommitted {
            path: file.path().to_owned(),
            source: unsound,
        });
    }
    Ok(())
}

/// A record applies to the very state that it was made from, or not at all.
fn check_base(file: &HostFile, redo: &Redo) -> Result<(), ImageError> {
    let io = |e| ImageError::io("read", file.path(), e);
    let other = |what| ImageError::OtherDisk {
        path: file.path().to_owned(),
        what,
    };
    if file.len().map_err(io)? != redo.base.len {
        return Err(other("its length"));
    }
    let mut sector = [0; SECTOR];
    file.read_at(0, &mut sector).map_err(io)?;
    if sector != redo.base.sector {
        return Err(other("its header"));
    }
    let places = redo.inside.iter().map(Extent::place);
    if digest_in_file(file, places).map_err(io)? != redo.base.replaced {
        return Err(other("what the edit replaces"));
    }
    Ok(())
}

/// Takes step 1 back after an error in it. Should that fail too, what is left is harmless, and the
/// next call takes it back by the trailer.
fn withdraw(file: &HostFile, redo: &Redo, error: io::Error) -> ImageError {
    let taken_back = file.truncate(redo.base.len);
    let error = match taken_back {
        Ok(()) => error,
        Err(again) => io::Error::new(
            error.kind(),
            format!("{error} (and taking back what was written behind its end: {again})"),
        ),
    };
    ImageError::NotCommitted {
        path: file.path().to_owned(),
        source: error,
    }
}

fn unfinished(file: &HostFile, source: io::Error) -> ImageError {
    ImageError::Unfinished {
        path: file.path().to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::super::file::{Access, Host};
    use super::super::gate;
    use super::super::overlay::Overlay;
    use super::super::pages::PAGE;
    use super::*;

    #[test]
    fn a_record_that_recovery_would_not_take_is_not_committed() {
        let folder = tempfile::tempdir().unwrap();
        let (master, child) = (folder.path().join("master"), folder.path().join("child"));
        std::fs::write(&master, [7; 65536]).unwrap();
        let overlay = Overlay::new(&master).format(crate::image::MasterFormat::Raw);
        overlay.create(&child).unwrap();
        let before = std::fs::read(&child).unwrap();
        let file = Host::default().open(&child, Access::Write).unwrap();
        let header = gate::read_header(&file).unwrap();
        let redo = |tail: usize, inside: u64| {
            let data = |offset, len| Extent {
                offset,
                data: vec![1; len],
            };
            let mut sector = [0; SECTOR];
            sector.copy_from_slice(&before[..SECTOR]);
            let inside = vec![data(inside, 512)];
            let mut redo = Redo {
                base: super::super::redo::Base {
                    len: before.len() as u64,
                    sector,
                    replaced: Default::default(),
                },
                sector,
                tail_start: before.len() as u64,
                new_len: (before.len() + tail) as u64,
                inside,
                tail: vec![data(before.len() as u64, tail)],
            };
            let places = redo.inside.iter().map(Extent::place);
            redo.base.replaced = digest_in_file(&file, places).unwrap();
            redo
        };
        for unsound in [redo(PAGE + 512, 65536), redo(PAGE, 0), redo(PAGE, 1 << 40)] {
            let error = commit(&file, &header, &unsound).unwrap_err();
            assert!(matches!(error, ImageError::NotCommitted { .. }), "{error}");
            assert!(std::fs::read(&child).unwrap() == before);
        }
        commit(&file, &header, &redo(PAGE, 65536)).unwrap();
        assert!(std::fs::read(&child).unwrap() != before);
    }
}
