//! A child's own identity: its names, keys and addresses, as edits of the files that a guest keeps them in.
//!
//! The caller collects the files that [`looks`] names ([`Files`]). [`render`] answers with the
//! [`Change`]s that make the guest the wanted [`Identity`], or with the [`Flaw`] that stands against
//! it. Nothing here touches a disk, a clock or a random source: new secrets come in as [`Fresh`].
//!
//! A guest's network is edited in the text of the stack that configures it ([`stack`]). What was
//! rendered is read again: one claim on the NIC, the wanted one.

mod ask;
mod change;
mod files;
mod flaw;
pub mod stack;
mod wanted;

pub use ask::{Ask, AskError, Field, Ipv6Way, address_of};
pub use change::{Change, Owner};
pub use files::{Files, Found, Look, OldFile};
pub use flaw::Flaw;
pub use wanted::{
    CloudInit, Domain, HOST_NAME_MAX, Hostname, Identity, KeysWish, Mac, MachineId, MachineIdWish,
    Nic, Selector, Static, V4, V6, WantedError,
};
