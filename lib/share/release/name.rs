//! Names of releases.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::path::escape;

/// Longest name, in bytes.
const MAX: usize = 64;

/// A name that is none of a release.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "“{0}” is no name of a release: use up to 64 letters, digits, “.”, “_”, “+” and “-”, a letter or a digit first"
)]
pub struct NameError(String);

impl NameError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        "release-name"
    }
}

/// Name of a release, which is that of its folder: up to 64 ASCII letters, digits, `.`, `_`, `+` and
/// `-`, of which the first is a letter or a digit.
///
/// ```
/// use osgraft::share::release::ReleaseName;
/// assert!("2026-11-27".parse::<ReleaseName>().is_ok());
/// assert!("../2026".parse::<ReleaseName>().is_err());
/// ```
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReleaseName(String);

impl ReleaseName {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ReleaseName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let is_inner = |c: u8| c.is_ascii_alphanumeric() || b"._+-".contains(&c);
        let begins = text
            .as_bytes()
            .first()
            .is_some_and(u8::is_ascii_alphanumeric);
        match begins && text.len() <= MAX && text.bytes().all(is_inner) {
            true => Ok(Self(text.to_owned())),
            false => Err(NameError(escape(text.as_bytes()))),
        }
    }
}

impl TryFrom<String> for ReleaseName {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl From<ReleaseName> for String {
    fn from(name: ReleaseName) -> Self {
        name.0
    }
}

impl fmt::Display for ReleaseName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_folder_that_no_listing_hides() {
        for name in ["2026-11-27", "r1", "deb12_6.1.0+b1", &"a".repeat(64)] {
            assert_eq!(name.parse::<ReleaseName>().unwrap().as_str(), name);
        }
        for name in [
            "",
            ".",
            "..",
            ".r",
            "-r",
            "a/b",
            "a b",
            "ä",
            "a\n",
            &"a".repeat(65),
        ] {
            assert!(name.parse::<ReleaseName>().is_err(), "{name}");
        }
    }
}
