//! The main job: a request becomes a plan, the plan an edit, the edit a commit, and all of it a
//! report.
//!
//! [`Preparer::prepare`] reads like that sentence. [`Preparer::plan`] goes the same way up to the
//! commit, so that what it shows is an edit that was really made, and dropped. [`revert`] goes
//! back by the receipt, [`verify`] compares with it, [`inspect`] looks only. Many children at once
//! are [`Preparer::prepare_all`].
//!
//! The work on a guest's tree is that of [`graft`](crate::graft), whose types are named here as well.

mod assignment;
mod batch;
mod boot_need;
mod cache;
mod inspect;
mod known_hosts;
mod preparer;
mod progress;
mod report;
mod revert;
mod saved;
mod times;
mod unpacked;
mod verify;
mod wish;

pub use crate::edit::{Edit, diff};
pub use crate::error::Panicked;
pub use crate::graft::{
    Finding, FstabReceipt, NicModel, RECEIPT_FOLDER, RECEIPT_NAME, Receipt, ReceiptError, Share,
    ShareError, Unfit, Ungrafted, compare,
};
pub use batch::batch;
pub use cache::{Cache, CacheError};
pub use inspect::{Inspection, Inspector, inspect};
pub use known_hosts::{KnownHosts, KnownHostsError};
pub use preparer::{Graft, Preparer, known_by};
pub use progress::{Cancelled, Observer, Step};
pub use report::{EditorChoice, Outcome, Report, ServerChoice};
pub use revert::{Reverter, revert, ungraft};
pub use saved::{MemoryCheck, SavedMemory};
pub use verify::{Verification, Verifier, verify};
pub use wish::{ChildRequest, ServerWish};
