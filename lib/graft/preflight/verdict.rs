//! The verdict of preflight, which each subject adds its findings to.

use crate::codes::{Allowed, Severity};
use crate::graft::finding::Finding;

/// End of the text of a blocker that was allowed.
const ALLOWED: &str = "; this was allowed, so it does not stop the call";

/// Findings that stop the call, and findings that are told.
#[derive(Clone, Debug, Default)]
pub(in crate::graft) struct Preflight {
    pub(in crate::graft) blockers: Vec<Finding>,
    pub(in crate::graft) warnings: Vec<Finding>,
}

impl Preflight {
    /// Makes warnings of the blockers that are allowed, which say so; `true` if there is one.
    pub(in crate::graft) fn allow(&mut self, allowed: &Allowed) -> bool {
        let blockers = std::mem::take(&mut self.blockers).into_iter();
        let (taken, left): (Vec<_>, Vec<_>) = blockers.partition(|found| allowed.has(found.code));
        let has_taken = !taken.is_empty();
        self.blockers = left;
        self.warnings.extend(taken.into_iter().map(|mut found| {
            found.text.push_str(ALLOWED);
            found.with(Severity::Warning)
        }));
        has_taken
    }

    pub(super) fn block(&mut self, code: &'static str, text: impl Into<String>) {
        let finding = Finding::new(code, text).with(Severity::Blocker);
        self.blockers.push(finding);
    }

    pub(super) fn warn(&mut self, code: &'static str, text: impl Into<String>) {
        let finding = Finding::new(code, text).with(Severity::Warning);
        self.warnings.push(finding);
    }
}
