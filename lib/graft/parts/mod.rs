//! The parts of a graft: a kernel of a release, the child's identity, fstab's entry, the links, the unit.
//!
//! Each looks at the guest, and gives its plan, its way back and its verdict as values. A part's
//! deeds stand in its own record in the receipt. The loops over [`PARTS`] are in `plan`, `undo` and
//! `verify`; another part is a file here, a line there, and its record.

mod fstab;
pub(super) mod identity;
mod kernel;
pub(super) mod links;
pub(super) mod unit;

use super::part::Part;

/// The parts, in the order in which they are taken back and told of; they are made in the reverse
/// order. The entry is there only while what it mounts has a place.
pub(super) const PARTS: [&dyn Part; 5] = [
    &kernel::Boots,
    &identity::Own,
    &fstab::Entry,
    &unit::LetGo,
    &links::Links,
];
