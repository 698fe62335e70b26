//! Changes that were made to an image before a call began its own work.

use std::fmt;

use serde::Serialize;

/// Result of a recovery.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Recovered {
    /// No interrupted edit.
    #[default]
    Nothing,
    /// An edit before its commit point was dropped, or a finished one's remains were.
    Dropped,
    /// An edit past its commit point was finished.
    Finished,
}

/// Changes that were made to an image so that it could be judged at all, before an edit.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Mended {
    /// Fate of an interrupted edit.
    pub recovered: Recovered,
    /// True if “qemu-img check -r all” mended an image that was not closed.
    pub repaired: bool,
}

impl Mended {
    /// True if nothing was changed.
    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }
}

impl fmt::Display for Mended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let recovered = match self.recovered {
            Recovered::Nothing => None,
            Recovered::Dropped => Some("an interrupted edit was dropped"),
            Recovered::Finished => Some("an interrupted edit was finished"),
        };
        let repaired = "the image was repaired by “qemu-img check -r all”";
        let done = recovered
            .into_iter()
            .chain(self.repaired.then_some(repaired));
        f.write_str(&done.collect::<Vec<_>>().join(", and "))
    }
}
