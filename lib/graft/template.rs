//! The graft of one child, as a template for identical ones with identities of their own.

use serde::{Deserialize, Serialize};

use super::finding::Finding;
use super::identity_plan::{Inputs, PlannedIdentity};
use super::plan::{RECEIPT_MODE, padded};
use super::receipt::Receipt;
use crate::codes::{self, Severity};
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
    /// Numbers of the edits that write what is the child's own.
    own: Vec<usize>,
    /// The steps of the identity, in words.
    steps: Vec<String>,
    /// Findings that are not about the identity.
    warnings: Vec<Finding>,
}

/// A template as it is kept on the host.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    inputs: Inputs,
    receipt: Receipt,
    receipt_path: GuestPath,
    edits: Vec<Edit>,
    own: Vec<usize>,
    steps: Vec<String>,
    /// Codes and texts.
    warnings: Vec<(String, String)>,
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
        let is_own = |edit: &Edit| match edit {
            Edit::Write { path, .. } => {
                let mut its = identity.plan.edits.iter();
                *path == receipt_path || its.any(|own| content_of(own, path).is_some())
            }
            _ => false,
        };
        let numbers = edits.iter().enumerate();
        let own = numbers.filter(|(_, edit)| is_own(edit));
        Some(Self {
            own: own.map(|(number, _)| number).collect(),
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

    /// Numbers of the edits that write what is the child's own.
    pub(crate) fn own(&self) -> &[usize] {
        &self.own
    }

    /// Private keys of the master.
    pub(crate) fn masters_keys(&self) -> impl Iterator<Item = &[u8]> {
        self.inputs.private_keys()
    }

    /// Private keys of the child and of its master.
    pub(crate) fn private_keys(&self) -> impl Iterator<Item = &[u8]> {
        let own = self.edits.iter().filter_map(Edit::content);
        let own = own.filter(|content| content.is_secret());
        own.map(|content| &**content)
            .chain(self.inputs.private_keys())
    }

    /// The template as bytes, for the record that has a place for the content of some edits: of those the
    /// length alone is kept. `None` where it would hold a secret, or what is one child's.
    pub(crate) fn to_bytes(&self, has_place: impl Fn(usize) -> bool) -> Option<Vec<u8>> {
        let mut edits = self.edits.clone();
        for (number, edit) in edits.iter_mut().enumerate() {
            let Edit::Write { path, content, .. } = edit else {
                continue;
            };
            let is_own = self.own.contains(&number);
            if is_own && has_place(number) {
                *content = Content::secret(vec![0; content.len()]);
            } else if content.is_secret() || (is_own && !self.inputs.is_aside(path)) {
                return None;
            }
        }
        let mut receipt = self.receipt.clone();
        receipt.set_identity(None);
        let warnings = self.warnings.iter();
        let kept = Kept {
            inputs: self.inputs.without_secrets()?,
            receipt,
            receipt_path: self.receipt_path.clone(),
            edits,
            own: self.own.clone(),
            steps: self.steps.clone(),
            warnings: warnings
                .map(|finding| (finding.code.to_owned(), finding.text.clone()))
                .collect(),
        };
        serde_json::to_vec(&kept).ok()
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let kept: Kept = serde_json::from_slice(bytes).ok()?;
        let finding = |(code, text): (String, String)| {
            let code = codes::find(&code)?.name();
            Some(Finding::new(code, text).with(Severity::Warning))
        };
        Some(Self {
            inputs: kept.inputs,
            receipt: kept.receipt,
            receipt_path: kept.receipt_path,
            edits: kept.edits,
            own: kept.own,
            steps: kept.steps,
            warnings: kept
                .warnings
                .into_iter()
                .map(finding)
                .collect::<Option<_>>()?,
        })
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
