//! The graft of one child, as a template for identical ones with identities of their own.

use super::finding::Finding;
use super::identity_plan::{Inputs, PlannedIdentity};
use super::plan::{RECEIPT_MODE, padded};
use super::receipt::Receipt;
use crate::edit::{Content, Edit};
use crate::identity::{Fresh, Identity};
use crate::path::GuestPath;

/// The edits of one child, and what another identity is planned on for an identical one. All of its own
/// files are padded, so that those of another child are equally long.
#[derive(Debug)]
pub(crate) struct Template {
    inputs: Inputs,
    receipt: Receipt,
    receipt_path: GuestPath,
    edits: Vec<Edit>,
    /// The steps of the identity, in words.
    steps: Vec<String>,
    /// Findings that are not about the identity.
    warnings: Vec<Finding>,
}

/// The edits of another child.
pub(crate) struct Filled {
    pub(crate) edits: Vec<Edit>,
    pub(crate) warnings: Vec<Finding>,
    /// Public SSH host keys of the child.
    pub(crate) ssh_host_keys: Vec<String>,
    /// Number of each edit that writes another content, in order.
    pub(crate) differs: Vec<usize>,
}

impl Template {
    /// The template that a child's edits are; `None` for one that was not planned as one.
    pub(super) fn new(
        identity: PlannedIdentity,
        receipt: Receipt,
        receipt_path: GuestPath,
        edits: Vec<Edit>,
        warnings: Vec<Finding>,
    ) -> Option<Self> {
        Some(Self {
            inputs: identity.inputs?,
            receipt,
            receipt_path,
            edits,
            steps: steps(&identity.plan.edits),
            warnings,
        })
    }

    /// The edits of the child that it was made of.
    pub(crate) fn edits(&self) -> &[Edit] {
        &self.edits
    }

    /// The edits of an identical child with another identity; `None` where they would not be the same
    /// steps with contents of the same lengths.
    pub(crate) fn fill(&self, wanted: &Identity, fresh: &mut Fresh<'_>) -> Option<Filled> {
        let PlannedIdentity {
            plan,
            told,
            ssh_host_keys,
            ..
        } = self.inputs.plan(wanted, fresh).ok()?;
        if steps(&plan.edits) != self.steps {
            return None;
        }
        let mut receipt = self.receipt.clone();
        receipt.set_identity(Some(plan.done));
        let bytes = padded(receipt.to_bytes());
        let receipt = Edit::write(self.receipt_path.clone(), None, bytes, RECEIPT_MODE);
        let own: Vec<&Edit> = plan.edits.iter().chain([&receipt]).collect();
        let (mut edits, mut differs) = (self.edits.clone(), Vec::new());
        for (number, edit) in edits.iter_mut().enumerate() {
            let Edit::Write { path, content, .. } = edit else {
                continue;
            };
            let Some(new) = own.iter().find_map(|edit| content_of(edit, path)) else {
                continue;
            };
            if new.len() != content.len() {
                return None;
            }
            if new != content {
                *content = new.clone();
                differs.push(number);
            }
        }
        let mut warnings = self.warnings.clone();
        warnings.extend(told);
        Some(Filled {
            edits,
            warnings,
            ssh_host_keys,
            differs,
        })
    }
}

fn content_of<'a>(edit: &'a Edit, wanted: &GuestPath) -> Option<&'a Content> {
    match edit {
        Edit::Write { path, content, .. } if path == wanted => Some(content),
        _ => None,
    }
}

/// The steps of an identity in words, without the labels, which are the same for the same files.
fn steps(edits: &[Edit]) -> Vec<String> {
    let steps = edits.iter();
    let steps = steps.filter(|edit| !matches!(edit, Edit::Relabel { .. }));
    steps.map(ToString::to_string).collect()
}
