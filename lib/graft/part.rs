//! One of the things that a graft does, as `plan`, `undo` and `verify` see it.

use super::error::GraftError;
use super::finding::Finding;
use super::known::Known;
use super::receipt::Receipt;
use super::share::Share;
use super::survey::{FstabFile, ReceiptFile};
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

    /// True for what serves a share, so that it goes when the child gets another one.
    fn is_of_share(&self) -> bool {
        true
    }
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

/// Edits that take a graft back, and what of it stays because the guest changed it.
#[derive(Clone, Debug, Default)]
pub(super) struct Undoing {
    pub(super) edits: Vec<Edit>,
    pub(super) kept: Vec<Finding>,
}
