//! Something to know about a guest or a child.

use std::borrow::Cow;

use serde::Serialize;

use crate::codes::{self, Severity};

/// Something to know: a code for scripts, its weight, a sentence for people, and what to do about it.
///
/// Preflight, reports, comparisons, errors and the doctor's checks tell findings alike. Every code is in
/// [`codes`].
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// A stable name.
    pub code: &'static str,
    /// Its weight here.
    pub severity: Severity,
    /// Sentence that says where, and what is so.
    pub text: String,
    /// Advice on what to do about it: the finding's own, else that of its code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Cow<'static, str>>,
}

impl Finding {
    /// Severity and remedy are those of the code.
    pub(crate) fn new(code: &'static str, text: impl Into<String>) -> Self {
        let known = codes::find(code);
        debug_assert!(known.is_some(), "{code} is missing in lib/codes/table.md");
        Self {
            code,
            severity: known.map_or(Severity::Error, codes::Code::severity),
            text: text.into(),
            remedy: known.map(|known| Cow::Borrowed(known.remedy())),
        }
    }

    /// The same with this severity.
    pub(crate) fn with(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// The same with this remedy in place of the one of its code.
    pub(crate) fn remedied(mut self, remedy: Option<String>) -> Self {
        self.remedy = remedy.map(Cow::Owned);
        self
    }
}

/// Findings that all have one severity where they are told.
pub(super) fn all_with(findings: Vec<Finding>, severity: Severity) -> Vec<Finding> {
    let findings = findings.into_iter();
    findings.map(|finding| finding.with(severity)).collect()
}
