//! One mount option.

use crate::path::escape;

/// One option as it is written, quotes included; empty between two commas.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Item(pub(super) Vec<u8>);

impl Item {
    /// All of it.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// A warning about an option that nothing listed here knows.
    pub fn doubt(&self) -> String {
        format!(
            "“{}” is not known to osgraft, and the share is not mounted where the guest's kernel does \
             not know it; try it in a guest",
            escape(self.name())
        )
    }

    /// Text before the first `=`.
    pub fn name(&self) -> &[u8] {
        self.0
            .split(|byte| *byte == b'=')
            .next()
            .unwrap_or_default()
    }

    /// Text behind the first `=`, quotes included.
    pub fn value(&self) -> Option<&[u8]> {
        let at = self.0.iter().position(|byte| *byte == b'=')?;
        Some(&self.0[at + 1..])
    }
}
