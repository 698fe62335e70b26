//! Releases on the host: their names, their folders, their manifests.

mod error;
mod list;
pub mod manifest;
mod name;
mod raw;

pub use error::ReleaseError;
pub use list::{List, Listed, Unusable, head, list};
pub use manifest::{FileEntry, Head, Manifest, ManifestError};
pub use name::{NameError, ReleaseName};
pub(in crate::share) use raw::Digester;
pub use raw::{Digest, Raw};

/// Folder of a release that servers export.
pub const TREE: &str = "tree";
/// Folder of a release with kernels and their initramfs.
pub const BOOT: &str = "boot";
/// File of a release that tells all others.
pub const MANIFEST: &str = "manifest.json";
