//! A guest, as far as a plan rests on it.

use super::identity_plan::PlannedIdentity;
use super::kernel::PlannedKernel;
use super::preflight::Observed;
use super::receipt::Receipt;
use super::survey::{FstabFile, ReceiptFile};
use super::unit_site::UnitSite;
use crate::codes::Allowed;
use crate::fstab::Entry;
use crate::guest::GuestFacts;
use crate::links::{Observation, Physical};

/// Knowledge of one guest that the plan rests on.
pub(super) struct Known<'a> {
    pub(super) facts: &'a GuestFacts,
    pub(super) fstab: &'a FstabFile,
    pub(super) receipt: &'a ReceiptFile,
    /// Record of an earlier graft, as far as it is still there.
    pub(super) earlier: Option<&'a Receipt>,
    /// The server that the receipt is to hold the child to.
    pub(super) pin: Option<String>,
    pub(super) physical: &'a Physical,
    pub(super) observation: &'a Observation,
    pub(super) entry: &'a Entry,
    /// Entries that mount components of the share over directories.
    pub(super) components: &'a [Entry],
    pub(super) observed: &'a Observed,
    /// Blockers that are to be warnings.
    pub(super) allowed: &'a Allowed,
    /// The unit that the guest is to have; `None` where it needs none.
    pub(super) unit: Option<&'a UnitSite>,
    /// The identity that the guest is to have; `None` where it keeps the one that it has.
    pub(super) identity: Option<&'a PlannedIdentity>,
    /// The kernel of a release that it is to boot, or the way back of one; `None` where it has none.
    pub(super) kernel: Option<&'a PlannedKernel>,
}
