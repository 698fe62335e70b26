//! Something to know about a guest or a child.

use serde::Serialize;

/// Something to know about a child: a code for scripts and a sentence for people.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// A stable name.
    pub code: &'static str,
    /// Sentence that says where, and what to do.
    pub text: String,
}

impl Finding {
    pub(crate) fn new(code: &'static str, text: impl Into<String>) -> Self {
        Self {
            code,
            text: text.into(),
        }
    }
}
