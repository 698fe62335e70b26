//! State of a server.

use std::fmt;
use std::str::FromStr;

use super::text::plain;
use super::value_error::ValueErrorKind;
use crate::spelling::nearest;

/// State of a server: how far it takes children.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum State {
    /// It takes children. What a server is unless it says otherwise.
    #[default]
    Active,
    /// It takes children only where no active server fits.
    Draining,
    /// It takes none.
    Down,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Active, Self::Draining, Self::Down];

    /// The state as it is spelled in TOML.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Draining => "draining",
            Self::Down => "down",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for State {
    type Err = ValueErrorKind;

    fn from_str(text: &str) -> Result<Self, ValueErrorKind> {
        plain(text, 128, false)?;
        let named = Self::ALL.into_iter().find(|state| state.as_str() == text);
        named.ok_or_else(|| ValueErrorKind::NotAState {
            nearest: nearest(text, Self::ALL.map(Self::as_str)),
        })
    }
}
