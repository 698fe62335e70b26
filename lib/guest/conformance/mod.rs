//! The contract of every [`Guest`], as cases that an implementation's tests run.
//!
//! Each case holds one sentence of the trait's contract. It works below `/conformance`, which it
//! makes itself and which must not be there; whatever else the guest holds does not matter, and is
//! left alone.
//!
//! ```
//! use osgraft::guest::{MemoryGuest, conformance};
//! let breaches = conformance::check(|| conformance::Ground::new(MemoryGuest::new()));
//! assert!(breaches.is_empty(), "{breaches:#?}");
//! ```

mod making;
mod moving;
mod reading;
mod special;
mod tree;
mod trial;
mod writing;

pub use self::trial::{Breach, Case, Deviation, Ground};
use super::Guest;

/// Every case.
pub fn cases() -> impl Iterator<Item = Case> {
    [
        reading::CASES,
        tree::CASES,
        making::CASES,
        writing::CASES,
        moving::CASES,
        special::CASES,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// Tries every case, each on a ground of its own from `make`, and hands back all breaches.
pub fn check<G: Guest>(mut make: impl FnMut() -> Ground<G>) -> Vec<Breach> {
    cases()
        .filter_map(|case| case.try_on(&mut make()).err())
        .collect()
}
