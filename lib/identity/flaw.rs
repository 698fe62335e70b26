//! Reasons why an identity cannot be given to a guest.

use crate::path::GuestPath;

/// Reason why an identity cannot be given to a guest.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{text}")]
pub struct Flaw {
    code: &'static str,
    text: String,
}

impl Flaw {
    /// A reason with its stable code, which stands in the table of codes. The text is one line: what,
    /// where, why, what to do.
    pub(crate) fn new(code: &'static str, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { code, text }
    }

    /// A reason about a file of the guest.
    pub(crate) fn at(code: &'static str, path: &GuestPath, text: &str) -> Self {
        Self::new(code, format!("{path}: {text}"))
    }

    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        self.code
    }
}
