//! A child's own identity: its names, keys and addresses, as edits of the files that a guest keeps them in.
//!
//! The caller collects the files that each subject looks at ([`Files`]). Rendering answers with the
//! [`Change`]s that make the guest the wanted [`Identity`], or with the [`Flaw`] that stands against
//! it. Nothing here touches a disk, a clock or a random source: new secrets come in as [`Fresh`].
//!
//! A guest's network is edited in the text of the stack that configures it ([`stack`]). What was
//! rendered is read again: one claim on the NIC, the wanted one.

mod ask;
mod ask_error;
mod change;
pub mod cloud_init;
mod done;
mod field;
mod files;
mod flaw;
mod fresh;
pub mod labels;
pub mod leftovers;
mod lines;
pub mod machine_id;
pub mod names;
mod place;
mod plan;
mod render;
pub mod ssh_keys;
pub mod stack;
mod told;
mod wanted;
mod withheld;

pub use ask::{Ask, Ipv6Way, address_of};
pub use ask_error::AskError;
pub use change::{Change, Owner};
pub use done::{Done, Kept, Reason, Subject};
pub use field::Field;
pub use files::{Files, Found, Look, OldFile};
pub use flaw::Flaw;
pub use fresh::Fresh;
pub(crate) use plan::{Aside, Place, Plan, Site, plan};
pub(crate) use render::{differences, looks, more, render};
pub use told::{Part, Told};
pub use wanted::{
    CloudInit, Domain, HOST_NAME_MAX, Hostname, Identity, KeysWish, Mac, MachineId, MachineIdWish,
    Nic, Selector, Static, V4, V6, WantedError,
};
