//! The record cache: one edit for all fresh children of a master.
//!
//! Fresh children of one master are the same bytes, so the record that was made for one fits the
//! next. Where making it takes an appliance, that is the difference between a minute and
//! milliseconds.
//!
//! Three kinds of entries lie in the cache. *Needs* are what a server is selected by, under the
//! child's [`Fingerprint`](crate::image::Fingerprint). An *edit* is a record with what is to be
//! said of it, under the fingerprint and everything that the plan rests on: the line for fstab,
//! the server's name, the links, and this osgraft's version.
//!
//! A *template* is a record of a child with an identity of its own, with places in it for the contents of
//! another child's (XFS). It holds no private key: a place is blank.
//!
//! Two notes lie beside them: the modules in an initramfs that preflight unpacked, and that children of one
//! state each take an appliance, so that none waits for another's.
//!
//! Children that are made in one call need no folder: a [`Row`] keeps their edits in memory, those that
//! take no appliance too.
//!
//! Nothing is taken on trust: an entry is used whole, with its digest right, for the very state
//! that it was made from, which [`commit`](crate::image::LockedChild::commit) checks once more.
//! Whatever else lies there is removed and made anew.

mod entry;
#[cfg(test)]
mod faults;
mod key;
mod row;
mod slotted;
mod store;

pub use store::{Cache, CacheError};

pub(super) use row::Row;
pub(super) use slotted::Slotted;
pub(super) use store::Claim;

pub(super) use entry::{CachedEdit, CachedNeeds};
pub(super) use key::Key;

/// Places where edits are kept and found again.
pub(super) trait Records {
    /// Needs that a server is selected by, for children of this key.
    fn needs(&self, key: &Key) -> Option<CachedNeeds>;

    /// The edit of this key.
    fn edit(&self, key: &Key) -> Option<CachedEdit>;

    /// Keeps both, where there is room.
    fn keep(&self, needs: (Key, CachedNeeds), edit: (Key, CachedEdit));
}
