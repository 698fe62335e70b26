//! The answer of one subject of an identity: its changes, and what the operator should know.

use std::fmt;

use super::change::Change;

/// Something that an operator should know about a change, or about what stays as it is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Told {
    /// A stable name, which stands in the table of codes.
    pub code: &'static str,
    /// One line. Text of the guest's is escaped in it.
    pub text: String,
}

impl Told {
    /// A line with its stable code.
    pub(crate) fn new(code: &'static str, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { code, text }
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Changes that one subject of an identity takes, with what is told of them.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Part {
    /// The changes, in the order in which they are made.
    pub changes: Vec<Change>,
    /// What is told of them.
    pub told: Vec<Told>,
}

impl Part {
    pub(super) fn tell(&mut self, told: Told) {
        self.told.push(told);
    }
}
