//! Thin masters: a copy of a master whose kernels keep the modules that a boot needs before the share
//! is mounted.
//!
//! The closure of those modules is a value: the texts of a module tree and a wish go in, files and the
//! reason of each come out. Its indexes are what depmod would write over the same files. Files that guard
//! a thin guest go in beside ([`Thinned::guards`]). The master is read; the copy is a new file, without the
//! blocks that the guest no longer uses.
//!
//! # Limits
//! A module tree that lies on the share already, and one without `modules.dep`, is not thinned. Modules
//! outside of `kernel/` stay: they are not of the kernel's own package, so a share may lack them.

mod closure;
mod disk;
mod error;
mod guards;
mod guest;
mod index;
mod lists;
mod names;
mod tree;
mod trie;
mod wish;

pub use closure::{Closure, Kept, Reason, Wanted};
pub use disk::{ThinReport, Thinner};
pub use error::ThinError;
pub(in crate::share) use guest::carried;
pub use guest::{Thinned, Thinning, thin_guest};
pub use lists::{Lists, Texts};
pub use tree::{KeptModule, ThinnedTree};
pub use wish::{GuestNames, Transport, wanted};

#[cfg(test)]
mod tests;
