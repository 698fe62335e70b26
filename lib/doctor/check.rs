//! Results of checks.

use std::ffi::OsStr;
use std::fmt::{self, Display};
use std::path::PathBuf;

use serde::Serialize;

use crate::codes::Severity;
use crate::graft::Finding;
use crate::path::printable;

/// Everything that was looked at.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Checkup {
    /// The folder whose file system was tried.
    #[serde(serialize_with = "as_text")]
    pub folder: PathBuf,
    /// Each check, in an order that does not change.
    pub checks: Vec<Check>,
}

/// One thing that was looked at.
///
/// As data it is a [`Finding`], beside the fields `verdict` and `found`.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Check {
    /// A stable name.
    pub code: &'static str,
    /// Verdict.
    pub verdict: Verdict,
    /// Finding: what was seen or measured, in one line.
    pub found: String,
    /// Advice: a command, or what to do. There whenever something is to be fixed.
    pub remedy: Option<String>,
}

/// Verdict on a check.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// osgraft works, but slower, less safely, or not with every guest.
    Warning,
    /// osgraft cannot do its work.
    Bad,
    /// It was not looked at; why is told.
    NotChecked,
}

impl Checkup {
    /// True if nothing is bad.
    pub fn is_healthy(&self) -> bool {
        self.checks.iter().all(|c| c.verdict != Verdict::Bad)
    }

    /// The check of this name.
    pub fn get(&self, code: &str) -> Option<&Check> {
        self.checks.iter().find(|check| check.code == code)
    }
}

impl From<&Check> for Finding {
    fn from(check: &Check) -> Self {
        let severity = match check.verdict {
            Verdict::Bad => Severity::Error,
            Verdict::Warning => Severity::Warning,
            Verdict::Ok | Verdict::NotChecked => Severity::Note,
        };
        Self::new(check.code, check.found.clone())
            .with(severity)
            .remedied(check.remedy.clone())
    }
}

impl Serialize for Check {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Told<'a> {
            #[serde(flatten)]
            finding: Finding,
            verdict: Verdict,
            found: &'a str,
        }
        let told = Told {
            finding: self.into(),
            verdict: self.verdict,
            found: &self.found,
        };
        told.serialize(serializer)
    }
}

impl Check {
    pub(super) fn ok(code: &'static str, found: impl Display) -> Self {
        Self::new(code, Verdict::Ok, found, None)
    }

    pub(super) fn warning(code: &'static str, found: impl Display, remedy: impl Display) -> Self {
        Self::new(code, Verdict::Warning, found, Some(&remedy))
    }

    pub(super) fn bad(code: &'static str, found: impl Display, remedy: impl Display) -> Self {
        Self::new(code, Verdict::Bad, found, Some(&remedy))
    }

    pub(super) fn not_checked(code: &'static str, why: impl Display) -> Self {
        Self::new(code, Verdict::NotChecked, why, None)
    }

    /// The same with something to do about it.
    pub(super) fn but(mut self, remedy: impl Display) -> Self {
        self.remedy = Some(printable(&remedy.to_string()));
        self
    }

    fn new(
        code: &'static str,
        verdict: Verdict,
        found: impl Display,
        remedy: Option<&dyn Display>,
    ) -> Self {
        Self {
            code,
            verdict,
            found: printable(&found.to_string()),
            remedy: remedy.map(|remedy| printable(&remedy.to_string())),
        }
    }
}

/// A name as one word of a shell's command line, since remedies are there to be pasted.
pub(super) fn quoted(name: impl AsRef<OsStr>) -> String {
    let name = name.as_ref().to_string_lossy();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,@:%".contains(c);
    match !name.is_empty() && !name.starts_with('-') && name.chars().all(is_plain) {
        true => name.into_owned(),
        false => format!("'{}'", name.replace('\'', r"'\''")),
    }
}

impl Verdict {
    /// The name that JSON has too.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Bad => "bad",
            Self::NotChecked => "not-checked",
        }
    }
}

impl Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// JSON has no other bytes than text; a name that is not UTF-8 shows U+FFFD.
fn as_text<S: serde::Serializer>(path: &std::path::Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_a_remedy_is_one_word() {
        for (name, word) in [
            ("/images/web-1.qcow2", "/images/web-1.qcow2"),
            ("a b", "'a b'"),
            ("$(halt)", "'$(halt)'"),
            ("it's", r"'it'\''s'"),
            ("", "''"),
            ("-rf", "'-rf'"),
        ] {
            assert_eq!(quoted(name), word);
        }
    }

    #[test]
    fn a_checkup_is_healthy_unless_something_is_bad() {
        let with = |check| Checkup {
            folder: "/images".into(),
            checks: vec![Check::ok("a", "fine"), check],
        };
        assert!(with(Check::warning("b", "slow", "hurry")).is_healthy());
        assert!(with(Check::not_checked("b", "no time")).is_healthy());
        let bad = with(Check::bad("b", "broken\n", "mend \x1b it"));
        assert!(!bad.is_healthy());
        let json = serde_json::to_value(&bad).unwrap();
        assert_eq!(json["folder"], "/images");
        assert_eq!(json["checks"][0].get("remedy"), None);
        let check = &json["checks"][1];
        assert_eq!(
            (&check["code"], &check["verdict"]),
            (&"b".into(), &"bad".into())
        );
        assert_eq!(check["found"], "broken\\x0a");
        assert_eq!(check["remedy"], "mend \\x1b it");
        assert_eq!(check["severity"], "error");
        assert_eq!(check["text"], check["found"]);
        assert_eq!(json["checks"][0]["severity"], "note");
    }
}
