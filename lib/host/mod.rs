//! Places on the host that root relies on: who else may change them, and folders of osgraft's own.
//!
//! [`PrivateFolder`] is a folder that osgraft's user alone may look into and change.
//! [`ScratchFolder`] is one for a while, in a folder that may be another user's.
//! [`Cause`] shows an error of the host with its remedy.
//! [`others_may_change`] tells who else may put another file in the place of one that root runs or
//! reads.
//! [`WriteStep`] is a step of putting a file in another's place, whole or not at all.

mod cause;
mod chain;
mod file_id;
mod lock;
mod private_folder;
mod replace;
mod scratch_folder;

pub use cause::Cause;
pub use chain::{Flaw, FlawKind, others_may_change};
pub(crate) use file_id::{FileId, FileState};
pub(crate) use lock::{Lock, LockError, beside, lock_path};
pub use private_folder::{PrivateFolder, PrivateFolderError};
pub use replace::WriteStep;
pub(crate) use replace::{Target, replace, resolve, resolve_file};
pub use scratch_folder::ScratchFolder;
