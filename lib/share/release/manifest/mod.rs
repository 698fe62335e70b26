//! The manifest of a release: what it was made from, and every file in it.
//!
//! It is one JSON document. Its first line holds the [`Head`] and opens the list of files, each further
//! line is one [`FileEntry`], and the last line closes the list. So it is read and written line by line
//! in bounded memory. The list is sorted by path, name by name. The head's digest is SHA-256 over
//! the lines of the list, each without its comma and with one line feed.

mod entry;
mod read;
mod write;

pub use entry::{Fault, FileEntry, Kind};
pub use read::{Files, Manifest, ManifestError};
pub use write::{Draft, write};

use serde::{Deserialize, Serialize};

use super::name::ReleaseName;
use super::raw::{Digest, Raw};

/// The form of manifests that this program writes, and the only one that it reads.
pub const SCHEMA: u32 = 1;

/// End of the first line.
const OPENS: &str = ",\"files\":[";
/// The last line.
const CLOSES: &str = "]}";

/// Facts of a whole release.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Head {
    /// Form of the manifest: [`SCHEMA`].
    pub schema: u32,
    /// Name of the release.
    pub release: ReleaseName,
    /// Facts of the master that it was made from.
    #[serde(flatten)]
    pub made_from: MadeFrom,
    /// Entries in the list.
    pub files: u64,
    /// Bytes of content; a file with several names counts once.
    pub bytes: u64,
    /// Digest of the list.
    pub digest: Digest,
}

/// Facts of the master that a release was made from.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MadeFrom {
    /// `ID` of the guest (os-release(5)).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os: Option<String>,
    /// Its `VERSION_ID`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Its architecture, as registries spell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arch: Option<String>,
    /// Digest of its list of packages; missing where that cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build: Option<Digest>,
    /// Kernels whose modules are in the tree, oldest first.
    #[serde(default)]
    pub kernels: Vec<ReleaseKernel>,
    /// Parts of the guest's tree that are in the release's.
    #[serde(default)]
    pub components: Vec<Component>,
    /// The master.
    #[serde(default)]
    pub master: MasterIdentity,
}

/// A kernel of a release.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct ReleaseKernel {
    /// Its version (`uname -r`).
    pub version: String,
    /// Its image, as a path below the release's folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Raw>,
    /// Its initramfs, as a path below the release's folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initrd: Option<Raw>,
    /// An archive that is unpacked after the initramfs, with the modules that mounting the share takes, as
    /// a path below the release's folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplement: Option<Raw>,
}

/// A part of a guest's tree.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Component {
    /// Its place below `tree/`, as in `lib/modules`.
    pub path: Raw,
    /// Its place in the guest, links resolved.
    pub from: Raw,
}

/// Facts that tell one master from another.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MasterIdentity {
    /// Name of its file.
    #[serde(default)]
    pub name: Raw,
    /// Digest of its file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Digest>,
    /// Digest of its file's [blocks](super::ContentSum::Blocks), where it is larger than 1 GiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256_blocks: Option<Digest>,
}

#[cfg(test)]
mod tests;
