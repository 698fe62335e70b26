//! The main job: a request becomes a plan, the plan an edit, the edit a commit, and all of it a
//! report.
//!
//! [`Preparer::prepare`] reads like that sentence. [`Preparer::plan`] goes the same way up to the
//! commit, so that what it shows is an edit that was really made, and dropped. [`revert`] goes
//! back by the receipt, [`verify`] compares with it, [`inspect`] looks only. Many children at once
//! are [`Preparer::prepare_all`].
//!
//! A guest changes under its graft. Each of them goes on from what it finds: an fstab block that
//! was taken apart is recognised ([`Fstab::mend`](crate::fstab::Fstab::mend)), a lost receipt is
//! made anew from the block and the links, and a record follows directories that moved. After a
//! prepare that went through, verify finds no difference.

mod batch;
mod cache;
mod edit;
mod evidence;
mod inspect;
mod merge;
mod moved;
mod plan;
mod preflight;
mod preparer;
mod progress;
mod receipt;
mod report;
mod revert;
mod saved;
mod settle;
mod share;
mod survey;
mod times;
mod undo;
mod unfit;
mod unit;
mod verify;
mod wish;

pub use batch::{Panicked, batch};
pub use cache::{Cache, CacheError};
pub use edit::{Edit, diff};
pub use inspect::{Inspection, inspect, inspect_with};
pub use preparer::{Graft, Preparer};
pub use progress::{Cancelled, Observer, Step};
pub use receipt::{FstabReceipt, RECEIPT_FOLDER, RECEIPT_NAME, Receipt, ReceiptError};
pub use report::{EditorChoice, Finding, Outcome, Report, ServerChoice};
pub use revert::{Reverter, Ungrafted, revert, revert_with, ungraft};
pub use saved::{MemoryCheck, SavedMemory};
pub use share::{Share, ShareError};
pub use unfit::Unfit;
pub use verify::{Verification, compare, verify, verify_with};
pub use wish::{ChildRequest, ServerWish};

/// What `tests/fuzz` reaches.
#[cfg(fuzzing)]
#[doc(hidden)]
#[allow(missing_docs)]
pub mod fuzzing {
    use super::Receipt;

    pub fn receipt(bytes: &[u8]) {
        let path = "/receipt.json".parse().expect("a path");
        if let Ok(receipt) = Receipt::parse(bytes, &path) {
            let again = Receipt::parse(&receipt.to_bytes(), &path);
            assert_eq!(again.expect("what was written is read"), receipt);
        }
    }
}
