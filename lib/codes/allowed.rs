//! Blockers that an operator allows.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer, Visitor};

use super::{Code, Severity, all, find, near_of};
use crate::path::printable;

/// Preflight blockers that are to be warnings, by their codes. None by default.
///
/// A guest with such a blocker is prepared, and the report keeps the blocker as a warning. Each code of
/// the set is one that [may be allowed](Code::is_allowable).
///
/// ```
/// use osgraft::codes::Allowed;
///
/// let allowed: Allowed = "nfs-client-missing".parse()?;
/// assert!(allowed.has("nfs-client-missing"));
/// assert!("windows".parse::<Allowed>().is_err(), "no edit helps such a guest");
/// # Ok::<(), osgraft::codes::AllowError>(())
/// ```
#[derive(Clone, Debug, Default, serde::Deserialize, Eq, PartialEq)]
#[serde(from = "Vec<OneAllowed>")]
pub struct Allowed(BTreeSet<&'static str>);

/// One code of a list. A visitor reads it, so that an error has the place of the code and not of the
/// list.
struct OneAllowed(Allowed);

struct Word;

/// A code that cannot be allowed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AllowError {
    /// There is no such code.
    #[error("“{code}” is not a code; {}", meant(.near))]
    Unknown {
        /// The word, escaped.
        code: String,
        /// Codes that may be allowed and are close to it.
        near: Vec<&'static str>,
    },
    /// The code is no blocker of preflight.
    #[error("“{}” cannot be allowed, since it is not a preflight blocker ({}): leave it out", .0.name(), .0.severity())]
    NoBlocker(&'static Code),
    /// An edit of such a guest would have no effect.
    #[error("“{}” cannot be allowed, since an edit would not help such a guest: leave it out, and see “osgraft explain {}”", .0.name(), .0.name())]
    Senseless(&'static Code),
}

impl AllowError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "code-unknown",
            Self::NoBlocker(_) | Self::Senseless(_) => "code-not-allowable",
        }
    }
}

impl Allowed {
    /// Allows these codes.
    ///
    /// # Errors
    /// [`AllowError`], of the first that cannot be allowed.
    pub fn of<S: AsRef<str>>(codes: impl IntoIterator<Item = S>) -> Result<Self, AllowError> {
        let codes = codes.into_iter().map(|code| allowable(code.as_ref()));
        codes.collect::<Result<_, _>>().map(Self)
    }

    /// Allows what either of them allows.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.0.extend(&other.0);
        self
    }

    /// `true` if a blocker of this code is to be a warning.
    pub fn has(&self, code: &str) -> bool {
        self.0.contains(code)
    }

    /// `true` if every blocker stops the call.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The codes, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().copied()
    }
}

impl FromStr for Allowed {
    type Err = AllowError;

    /// Allows one code.
    fn from_str(code: &str) -> Result<Self, AllowError> {
        Self::of([code])
    }
}

impl<'de> Deserialize<'de> for OneAllowed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Word)
    }
}

impl Visitor<'_> for Word {
    type Value = OneAllowed;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a code, as “osgraft explain” lists them")
    }

    fn visit_str<E: de::Error>(self, code: &str) -> Result<OneAllowed, E> {
        code.parse().map(OneAllowed).map_err(E::custom)
    }
}

impl From<Vec<OneAllowed>> for Allowed {
    fn from(each: Vec<OneAllowed>) -> Self {
        Self(each.into_iter().flat_map(|one| one.0.0).collect())
    }
}

fn allowable(code: &str) -> Result<&'static str, AllowError> {
    match find(code) {
        Some(known) if known.is_allowable() => Ok(known.name()),
        Some(known) if known.severity() == Severity::Blocker => Err(AllowError::Senseless(known)),
        Some(known) => Err(AllowError::NoBlocker(known)),
        None => Err(AllowError::Unknown {
            code: printable(code),
            near: near_of(code, all().iter().filter(|code| code.is_allowable())),
        }),
    }
}

fn meant(near: &[&str]) -> String {
    match near {
        [] => "“osgraft explain” lists all codes".to_owned(),
        [first, ..] => format!("did you mean “{first}”?"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blockers_that_no_edit_helps_and_other_codes_are_refused_by_name() {
        for code in [
            "windows",
            "no-os",
            "os-unsupported",
            "usr-elsewhere",
            "separate-file-system",
        ] {
            let error = code.parse::<Allowed>().unwrap_err();
            assert!(matches!(error, AllowError::Senseless(_)), "{error}");
            assert!(error.to_string().contains(code), "{error}");
        }
        let error = "receipt-version"
            .parse::<Allowed>()
            .unwrap_err()
            .to_string();
        assert!(error.contains("not a preflight blocker (error)"), "{error}");
    }

    #[test]
    fn a_mistyped_code_is_told_with_the_one_that_was_meant() {
        let error = Allowed::of(["nfs-client-mising"]).unwrap_err();
        assert_eq!(error.code(), "code-unknown");
        let told = error.to_string();
        assert!(
            told.ends_with("did you mean “nfs-client-missing”?"),
            "{told}"
        );
        let told = Allowed::of(["a\nb"]).unwrap_err().to_string();
        assert!(
            !told.contains('\n') && told.contains("osgraft explain"),
            "{told}"
        );
    }

    #[test]
    fn sets_are_joined() {
        let both = Allowed::of(["module-blocked"]).unwrap();
        let both = both.and(&"mount-unit-own".parse().unwrap());
        assert!(both.iter().eq(["module-blocked", "mount-unit-own"]));
        assert!(Allowed::default().is_empty() && !both.is_empty());
    }
}
