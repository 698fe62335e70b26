//! Content: from the guest into its digest, and into a file of the host's.

use std::fs::File;

use super::disk::{Building, Refusal};
use super::error::ExtractError;
use super::survey::Planned;
use crate::guest::{Guest, MAX_READ};
use crate::path::GuestPath;
use crate::share::ShareError;
use crate::share::release::{ContentDigest, ContentSum};

/// Bytes of a hole that a sparse file is looked through for.
const PAGE: usize = 4096;

/// Receiver of the parts of a file, each with its offset.
pub(super) type Taker<'a> = &'a mut dyn FnMut(u64, &[u8]) -> Result<(), ShareError>;

/// Reads a file of the guest to its end, part by part, without its holes.
pub(super) fn read(
    guest: &mut dyn Guest,
    path: &GuestPath,
    planned: &Planned,
    each: Taker<'_>,
) -> Result<ContentSum, ShareError> {
    let size = planned.entry.size.unwrap_or_default();
    let mut digest = ContentDigest::of(size);
    // A file without holes needs no question.
    let ranges = match planned.allocated < size {
        true => guest.data(path)?,
        false => std::iter::once(0..size).filter(|it| it.end > 0).collect(),
    };
    for range in ranges {
        let mut at = range.start;
        while at < range.end.min(size) {
            let len = (range.end.min(size) - at).min(MAX_READ as u64) as usize;
            let bytes = guest.read_at(path, at, len)?;
            if bytes.len() != len {
                return Err(ExtractError::Contradicts {
                    path: path.clone(),
                    detail: "a file that ends before its size",
                }
                .into());
            }
            digest.add(at, &bytes);
            each(at, &bytes)?;
            at += len as u64;
        }
    }
    Ok(digest.finish())
}

/// Writes a file of the guest's to a new one.
pub(super) fn write(
    guest: &mut dyn Guest,
    path: &GuestPath,
    planned: &Planned,
    building: &Building,
    file: &File,
    failed: &dyn Fn(Refusal) -> ShareError,
) -> Result<ContentSum, ShareError> {
    let size = planned.entry.size.unwrap_or_default();
    let is_sparse = planned.allocated < size;
    let sum = read(guest, path, planned, &mut |offset, bytes| {
        if !is_sparse {
            let written = building.write(file, offset, bytes);
            return written.map_err(|error| failed(error.into()));
        }
        // An editor that cannot tell holes hands them over as zeros.
        for (number, page) in bytes.chunks(PAGE).enumerate() {
            if page.iter().any(|byte| *byte != 0) {
                let at = offset + (number * PAGE) as u64;
                let written = building.write(file, at, page);
                written.map_err(|error| failed(error.into()))?;
            }
        }
        Ok(())
    })?;
    if is_sparse {
        let cut = building.set_len(file, size);
        cut.map_err(|error| failed(error.into()))?;
    }
    Ok(sum)
}
