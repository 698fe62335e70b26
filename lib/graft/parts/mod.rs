//! The parts of a graft: fstab's entry, the links, the unit.
//!
//! Each looks at the guest, and gives its plan, its way back and its verdict as values. What a part
//! did stands in its own record in the receipt. The loops over [`PARTS`] are in `plan`, `undo` and
//! `verify`; another part is a file here, a line there, and its record.

mod fstab;
mod links;
pub(super) mod unit;

use super::GraftError;
use super::finding::Finding;
use super::plan::Known;
use super::receipt::Receipt;
use super::share::Share;
use super::survey::{FstabFile, ReceiptFile};
use super::undo::Undoing;
use super::unfit::Unfit;
use crate::edit::Edit;
use crate::guest::Guest;
use crate::path::GuestPath;

/// One of the things that a graft does to a guest, and takes back.
pub(super) trait Part: Sync {
    /// Plans it, and puts its record into `receipt`, which has none of it yet.
    fn plan(
        &self,
        share: &Share,
        known: &Known<'_>,
        receipt: &mut Receipt,
    ) -> Result<PartPlan, Unfit>;

    /// Plans the way back. The record of what a later call can still take back stays in `rest`.
    fn undo(
        &self,
        guest: &mut dyn Guest,
        receipt: &Receipt,
        force: bool,
        rest: &mut Receipt,
    ) -> Result<Undoing, GraftError>;

    /// Differences between the guest and what the receipt tells. A record of places that moved since is
    /// corrected in `receipt`.
    fn differences(
        &self,
        guest: &mut dyn Guest,
        held: &Held<'_>,
        receipt: &mut Receipt,
    ) -> Result<Vec<Finding>, GraftError>;
}

/// Edits of one part, none of them done.
#[derive(Clone, Debug, Default)]
pub(super) struct PartPlan {
    /// Edits that take away what is left of it, before any part moves something.
    pub(super) first: Vec<Edit>,
    /// Edits that make it, in order; none where all is in place.
    pub(super) edits: Vec<Edit>,
    /// Findings about it.
    pub(super) told: Vec<Finding>,
    /// Physical paths that it works on.
    pub(super) touched: Vec<GuestPath>,
}

/// The receipt and the share that a guest is held against.
pub(super) struct Held<'a> {
    pub(super) file: &'a ReceiptFile,
    pub(super) fstab: &'a FstabFile,
    /// The share that the guest should have, where that is asked.
    pub(super) share: Option<&'a Share>,
}

/// The parts, in the order in which they are taken back and told of; they are made in the reverse
/// order. The entry is there only while what it mounts has a place.
pub(super) const PARTS: [&dyn Part; 3] = [&fstab::Entry, &unit::LetGo, &links::Links];
