//! Places on the host that root relies on: who else may change them, and folders of osgraft's own.
//!
//! [`PrivateFolder`] is a folder that osgraft's user alone may look into and change.
//! [`others_may_change`] tells who else may put another file in the place of one that root runs or
//! reads.

mod chain;
mod private_folder;

pub use chain::{Flaw, FlawKind, others_may_change};
pub use private_folder::{PrivateFolder, PrivateFolderError};
