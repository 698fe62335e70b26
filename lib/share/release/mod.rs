//! Releases on the host: their names, their folders, their manifests.

mod attributes;
mod content;
mod error;
mod folder;
mod list;
pub mod manifest;
mod name;
mod raw;
mod remove;
mod verify;

pub(crate) use attributes::xattrs_of;
pub(crate) use content::{ContentDigest, sum_of};
pub use content::{ContentSum, LARGE};
pub use error::ReleaseError;
pub(crate) use folder::{NEW, clear, clear_leftovers, hold};
pub(crate) use list::open;
pub use list::{List, Listed, Unusable, head, list};
pub use manifest::{
    Component, FileEntry, Head, Kind, MadeFrom, Manifest, ManifestError, MasterIdentity,
    ReleaseKernel,
};
pub use name::{NameError, ReleaseName};
pub(crate) use raw::Digester;
pub use raw::{Digest, Raw};
pub use remove::{User, remove, users};
pub use verify::{Change, Difference, Verified, verify};

/// Folder of a release that servers export.
pub const TREE: &str = "tree";
/// Folder of a release with kernels and their initramfs.
pub const BOOT: &str = "boot";
/// File of a release that tells all others.
pub const MANIFEST: &str = "manifest.json";
