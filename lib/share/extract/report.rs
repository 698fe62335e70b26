//! Account of an extraction.

use std::path::PathBuf;

use serde::{Serialize, Serializer};

use crate::graft::Finding;
use crate::path::escape;
use crate::share::release::{Head, ReleaseName};

/// Result of an extraction.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Outcome {
    /// The release is new.
    Changed,
    /// The release was there, with the same files.
    Unchanged,
}

/// Number of files, and their bytes.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Tally {
    /// Files.
    pub files: u64,
    /// Bytes of their content.
    pub bytes: u64,
}

impl Tally {
    pub(super) fn add(&mut self, bytes: u64) {
        self.files += 1;
        self.bytes = self.bytes.saturating_add(bytes);
    }
}

/// Report of an extraction.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Result.
    pub outcome: Outcome,
    /// Folder of the release.
    #[serde(serialize_with = "shown")]
    pub path: PathBuf,
    /// Facts of the release.
    #[serde(flatten)]
    pub head: Head,
    /// Files that were written.
    pub copied: Tally,
    /// Files that are hard links to those of the release before.
    pub linked: Tally,
    /// Files that share their blocks with those of the release before (reflink).
    pub cloned: Tally,
    /// The release before, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<ReleaseName>,
    /// Name of the editor that read the guest.
    pub editor: &'static str,
    /// Reason why it was that one.
    pub reason: String,
    /// Findings.
    pub warnings: Vec<Finding>,
}

fn shown<S: Serializer>(path: &std::path::Path, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&escape(path.as_os_str().as_encoded_bytes()))
}
