//! From what is wanted and what is there to the edits, as values.

use super::finding::Finding;
use super::known::Known;
use super::parts::PARTS;
use super::preflight::{Preflight, Situation, Sought};
use super::receipt::Receipt;
use super::share::Share;
use super::survey::{FstabFile, ReceiptFile};
use super::unfit::Unfit;
use crate::edit::Edit;
use crate::links::Physical;
use crate::path::GuestPath;
use crate::registry::Selection;

/// Permission bits of the receipt.
pub(super) const RECEIPT_MODE: u32 = 0o600;

/// Edits that a guest is to have.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// In order, the receipt left out; none when everything is in place.
    pub(super) edits: Vec<Edit>,
    /// The receipt once they are done.
    pub(super) receipt: Receipt,
    pub(super) warnings: Vec<Finding>,
    /// True if something would block it that is allowed.
    pub(super) is_allowed: bool,
}

impl Plan {
    /// Plans the graft of `share`, served by the selected server.
    pub(super) fn new(
        share: &Share,
        selection: &Selection,
        known: &Known<'_>,
    ) -> Result<Self, Unfit> {
        let server = &selection.server;
        let mut receipt = Receipt::new(
            share.mount_point().clone(),
            server.name(),
            server.source().fs_spec(),
        )
        .pinned(known.pin.clone());
        receipt.folders = match known.earlier {
            Some(earlier) => earlier.folders.clone(),
            None => known.receipt.missing.clone(),
        };
        let (mut edits, mut told) = (Vec::new(), Vec::new());
        let mut touched = vec![known.receipt.path.clone()];
        for part in PARTS.into_iter().rev() {
            let plan = part.plan(share, known, &mut receipt)?;
            edits.splice(0..0, plan.first);
            edits.extend(plan.edits);
            touched.extend(plan.touched);
            told.push(plan.told);
        }
        let mut preflight = Preflight::check(&Situation {
            facts: known.facts,
            touched: &touched,
            fstab: &known.fstab.parse(),
            server,
            entry: known.entry,
            sought: &Sought {
                links: share.links(),
                physical: known.physical,
                entry: known.entry,
            },
            observed: known.observed,
        });
        let is_allowed = preflight.allow(known.allowed);
        if !preflight.blockers.is_empty() {
            return Err(Unfit::Preflight(preflight.blockers));
        }
        let selection = selection.warnings.iter();
        let mut warnings: Vec<Finding> = selection
            .map(|warning| Finding::new(warning.code(), warning.to_string()))
            .collect();
        warnings.extend(preflight.warnings);
        warnings.extend(told.into_iter().rev().flatten());
        Ok(Self {
            edits,
            receipt,
            warnings,
            is_allowed,
        })
    }
}

/// Every physical path that a graft works on, but for what it displaces.
pub(super) fn touched(
    physical: &Physical,
    receipt: &ReceiptFile,
    fstab: &FstabFile,
) -> Vec<GuestPath> {
    let mut paths: Vec<GuestPath> = physical.ats().cloned().collect();
    paths.push(receipt.path.clone());
    paths.push(fstab.path.clone());
    paths
}

/// The receipt's folders and the receipt, where they are not so already.
///
/// A padded receipt is as long as those of identical children with other identities.
pub(super) fn receipt_edits(file: &ReceiptFile, receipt: &Receipt, is_padded: bool) -> Vec<Edit> {
    let bytes = match is_padded {
        true => padded(receipt.to_bytes()),
        false => receipt.to_bytes(),
    };
    let before = file.bytes().map(<[u8]>::to_vec);
    // A padded one says the same.
    let is_same = |before: &Vec<u8>| before.trim_ascii_end() == bytes.trim_ascii_end();
    if before.as_ref().is_some_and(is_same) {
        return Vec::new();
    }
    let folders = file.missing.iter().cloned();
    let mut edits: Vec<Edit> = folders
        .map(|path| Edit::MakeDirectory { path, mode: 0o755 })
        .collect();
    edits.push(Edit::write(file.path.clone(), before, bytes, RECEIPT_MODE));
    edits
}

/// A receipt with newlines at its end, which JSON passes over.
pub(super) fn padded(mut bytes: Vec<u8>) -> Vec<u8> {
    /// Room for longer names and addresses.
    const SPARE: usize = 512;
    const PADDED: usize = 2048;
    bytes.resize((bytes.len() + SPARE).next_multiple_of(PADDED), b'\n');
    bytes
}
