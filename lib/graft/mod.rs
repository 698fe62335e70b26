//! The graft of a share onto a guest's tree, whatever holds the tree.
//!
//! Nothing here knows a disk. A guest is looked at, the edits are planned as values for the server
//! that was selected, and then they are done. The way back goes by the [`Receipt`], which lies in the
//! guest. [`compare`] holds a guest against it. [`prepare`](crate::prepare) does all of it on a disk.
//!
//! A guest changes under its graft. Each of them goes on from what it finds: an fstab block that
//! was taken apart is recognised ([`Fstab::mend`](crate::fstab::Fstab::mend)), a lost receipt is
//! made anew from the block and the links, and a record follows directories that moved. After a
//! graft that went through, a comparison finds no difference.

mod ahead;
mod apply;
mod checks;
mod error;
mod evidence;
mod finding;
mod identity_plan;
mod identity_site;
mod kernel;
mod known;
mod looked;
mod merge;
mod moved;
mod nic;
mod part;
mod parts;
mod plan;
mod preflight;
mod receipt;
mod settle;
mod share;
mod survey;
mod template;
mod undo;
mod unfit;
mod ungraft;
mod unit_site;
mod verify;

pub use crate::links::Form;
pub use error::GraftError;
pub use finding::Finding;
pub use kernel::{
    ChildKernel, CustomReceipt, KernelFault, KernelFile, KernelFlaw, KernelPiece, KernelReceipt,
    KernelSource,
};
pub use nic::NicModel;
pub use receipt::{FstabReceipt, RECEIPT_FOLDER, RECEIPT_NAME, Receipt, ReceiptError};
pub use share::{Share, ShareError};
pub use unfit::Unfit;
pub use ungraft::Ungrafted;
pub use verify::compare;

pub(crate) use ahead::ahead_of;
pub(crate) use checks::{Checks, Image, Unpacked};
pub(crate) use identity_plan::Wanted;
pub(crate) use looked::look;
pub(crate) use preflight::{command_line, initramfs_files, needs};
pub(crate) use share::{entry_for, lines_over};
pub(crate) use survey::{ReceiptState, receipt};
pub(crate) use template::{Filled, Template};
pub(crate) use ungraft::{Ungraft, receipt_path};

/// Entry points of `tests/fuzz`.
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
