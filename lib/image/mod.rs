//! The disk as a file: what may be opened, who holds it, and how an edit reaches it.
//!
//! A child goes through this room from left to right:
//!
//! ```text
//! Child ──lock──► LockedChild ──scratch──► Scratch ──finish──► Redo ──commit──► done
//!   gate, locks, recovery     writes stay in memory   a value     crash-safe
//! ```
//!
//! Only [`LockedChild::commit`] writes to a child, and only [`Overlay::create`] makes one.
//!
//! A child is qcow2, whatever its master is: qcow2, raw, or a VMDK, as the child states. A VMDK is
//! admitted as a master when it is one file that holds its whole disk (`monolithicSparse`,
//! `streamOptimized`); types that name other files are refused before any of those is opened. A
//! VMDK that is named as a child is refused in every call ([`Refusal::Vmdk`],
//! [`Refusal::VmdkDelta`]): its header has no place for the guard that makes a commit safe, and the
//! programs that use it take none of QEMU's locks. A qcow2 child on it can be edited instead.

mod block;
mod child;
mod commit;
mod error;
mod faults;
mod file;
mod fingerprint;
mod gate;
mod header;
mod lock;
mod masters;
mod overlay;
mod pages;
mod passed;
mod record;
mod recover;
mod redo;
mod redo_bytes;
mod refcounts;
mod refusal;
mod scratch;
mod vmdk;

pub use block::BlockDevice;
pub use child::{Child, LockedChild, OpenChild};
pub use error::{FileKind, Holder, ImageError};
pub use faults::{Fault, Faults, Operation};
pub(crate) use file::Host;
pub use fingerprint::Fingerprint;
pub use gate::MAX_CHAIN;
pub use header::{Backing, Header};
pub use masters::{MasterFormat, Masters};
pub use overlay::{BackingNaming, Overlay};
pub(crate) use passed::Passed;
pub use recover::Recovered;
pub use redo::Redo;
pub use refusal::Refusal;
pub(crate) use scratch::BLOCK;
pub use scratch::Scratch;

/// What `tests/fuzz` reaches.
#[cfg(fuzzing)]
#[doc(hidden)]
#[allow(missing_docs)]
pub mod fuzzing {
    use super::header::Header;
    use super::record::{Record, TRAILER, Trailer};
    use super::{Redo, vmdk};

    pub fn header(head: &[u8], len: u64) {
        let _ = Header::parse(head, len);
    }

    pub fn descriptor(text: &[u8], sectors: u64) {
        vmdk::fuzz_descriptor(text, sectors);
    }

    /// A trailer, and the record behind it, whose digests are taken as right.
    pub fn redo(bytes: &[u8], trailer: [u64; 5], len: u64) {
        let _ = Redo::from_bytes(bytes);
        if let Some(end) = bytes.first_chunk::<TRAILER>() {
            let _ = Trailer::decode(end, len);
        }
        let [old_len, tail_start, new_len, record_start, record_len] = trailer;
        let trailer = Trailer {
            old_len,
            tail_start,
            new_len,
            record_start,
            record_len,
            record: [0; 32],
        };
        if let Some(record) = Record::decode(bytes, &trailer) {
            assert!(record.tail.iter().all(|(at, len)| at + len <= new_len));
        }
    }
}
