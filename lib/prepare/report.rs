//! Report of the work on a child, for a program and for a person.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};

use crate::codes::Severity;
use crate::edit::{Edit, told};
use crate::editor::Reached;
use crate::graft::Finding;
use crate::image::{Recovered, Redo};

/// Report of `prepare`, `plan` or `revert` on one child.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Outcome of the call.
    pub outcome: Outcome,
    /// The child.
    #[serde(serialize_with = "host_path")]
    pub child: PathBuf,
    /// The file that it is an overlay of.
    #[serde(serialize_with = "host_path")]
    pub master: PathBuf,
    /// The server it was given; none after a revert.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<ServerChoice>,
    /// Editor that opened the guest.
    pub editor: EditorChoice,
    /// Changes inside the guest, in order.
    #[serde(serialize_with = "told")]
    pub edits: Vec<Edit>,
    /// Public SSH host keys of the guest as it is afterwards, each as `TYPE BASE64`; none without an
    /// identity, and none of a guest without SSH. Those of a plan are not the ones that a child gets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ssh_host_keys: Vec<String>,
    /// Findings to know of.
    pub warnings: Vec<Finding>,
    /// Findings about what was left of an earlier graft, because the guest changed it since.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<Finding>,
    /// Traces that were found of an interrupted edit.
    pub recovered: Recovered,
    /// Bytes written into the child's file, bookkeeping left out.
    pub redo_bytes: u64,
    /// Milliseconds by step, in the order of their names.
    pub timings_ms: BTreeMap<&'static str, f64>,
}

/// Outcome of a call.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Outcome {
    /// The child is different now.
    Changed,
    /// Everything was in place; no byte changed.
    Unchanged,
    /// This is what would change; no byte did.
    Planned,
}

/// The server a child was given.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ServerChoice {
    /// Its name in the registry.
    pub name: String,
    /// Source of the guest's mount: an NFS export, a virtiofs tag, a disk.
    pub export: String,
    /// Release of its tree; none where the registry tells none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// Reason why it is this one.
    pub reason: String,
}

/// Editor that opened a guest.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct EditorChoice {
    /// The editor.
    pub name: &'static str,
    /// Reason why it is this one.
    pub reason: String,
}

impl Outcome {
    pub(super) fn of(redo: &Redo) -> Self {
        if redo.is_empty() {
            Self::Unchanged
        } else {
            Self::Changed
        }
    }
}

impl From<&Reached> for EditorChoice {
    fn from(reached: &Reached) -> Self {
        Self {
            name: reached.editor,
            reason: reached.reason.clone(),
        }
    }
}

/// Finding for a slow editor, if anything slowed it down.
pub(super) fn of_host(reached: &Reached) -> Option<Finding> {
    let (code, text) = reached.warning.clone()?;
    Some(Finding::new(code, text).with(Severity::Warning))
}

/// Finding of a child with an identity, where each such child takes an appliance.
pub(super) fn launch_each(reached: &Reached) -> Option<Finding> {
    if reached.editor != "appliance" || reached.holds_any_content {
        return None;
    }
    let text = format!(
        "{}: the record of one child cannot be filled with the identity of another there, so each child \
         with an identity takes a start of the appliance",
        reached.root
    );
    Some(Finding::new("identity-launch-each", text).with(Severity::Warning))
}

/// A host's path as text. JSON has no other bytes than text, and a report of work that is done must
/// not fail for want of a name: what is not UTF-8 shows as U+FFFD.
pub(super) fn host_path<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_that_takes_a_start_for_each_child_is_told_so() {
        let mut reached = Reached::again("a test");
        assert_eq!(launch_each(&reached), None);
        reached.editor = "ext4";
        assert_eq!(launch_each(&reached), None);
        reached.editor = "appliance";
        reached.root = "btrfs on /dev/sda2".to_owned();
        let told = launch_each(&reached).unwrap();
        assert_eq!(told.code, "identity-launch-each");
        assert!(told.text.starts_with("btrfs on /dev/sda2: "), "{told:?}");
        reached.holds_any_content = true;
        assert_eq!(launch_each(&reached), None);
    }
}
