//! A child's own identity: its names, keys and addresses, as edits of the files that a guest keeps them in.
//!
//! The caller collects the files that each subject looks at ([`Files`]). Rendering answers with the
//! [`Change`]s that make the guest the wanted [`Identity`], or with the [`Flaw`] that stands against
//! it. Nothing here touches a disk, a clock or a random source: new secrets come in as [`Fresh`].
//!
//! A guest's network is edited in the text of the stack that configures it. What was
//! rendered is read again: one claim on the NIC, the wanted one.

mod ask;
mod ask_error;
mod change;
mod cloud_init;
mod done;
mod field;
mod files;
mod flaw;
mod fresh;
pub(crate) mod labels;
mod leftovers;
mod lines;
mod machine_id;
mod names;
mod place;
mod plan;
mod render;
pub(crate) mod ssh_keys;
mod stack;
mod told;
mod wanted;
mod withheld;

pub use ask::{Ask, Ipv6Way, address_of};
pub use ask_error::AskError;
pub(crate) use change::Change;
pub use done::Done;
pub(crate) use done::Kept;
pub use field::Field;
pub(crate) use files::{Files, Found, Look, OldFile};
pub use flaw::Flaw;
pub(crate) use fresh::Fresh;
pub(crate) use plan::{Aside, Place, Plan, Site, plan};
pub(crate) use render::{differences, looks, more, render};
pub use ssh_keys::{host_names, with_host};
pub(crate) use told::Told;
pub use wanted::{
    CloudInit, Domain, HOST_NAME_MAX, Hostname, Identity, KeysWish, Mac, MachineId, MachineIdWish,
    Nic, Selector, Static, V4, V6, WantedError,
};

/// Decisions that this crate's integration tests hold against other programs. No part of the interface.
#[doc(hidden)]
pub mod decisions {
    pub use super::change::{Change, Owner};
    pub use super::files::{Files, Found, OldFile};
    pub use super::fresh::Fresh;
    pub use super::labels::{Label, Labelled, Labels};
    pub use super::ssh_keys::{known_hosts, public_keys, render as render_ssh_keys};
}
