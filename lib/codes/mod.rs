//! The codes of all findings and errors: their severity, their meaning, and what to do about them.
//!
//! A code is stable and has one meaning, wherever it comes from. A later version may add codes, and
//! does not give an old one another meaning.
//!
//! ```
//! use osgraft::codes::{self, Severity};
//!
//! let code = codes::find("nfs-client-missing").expect("a code");
//! assert_eq!(code.severity(), Severity::Blocker);
//! assert!(code.is_allowable());
//! println!("{} {}", code.meaning(), code.remedy());
//! ```
//!
//! The severity is the usual one. A finding states its own: a blocker that was allowed is a warning,
//! and what is a difference in a comparison may be a warning in a report.
//!
#![doc = include_str!("table.md")]

mod allowed;

use std::fmt;
use std::sync::OnceLock;

use serde::Serialize;

use crate::spelling::nearest;

pub use allowed::{AllowError, Allowed};

/// The table, which the documentation shows as well.
const TABLE: &str = include_str!("table.md");

/// Most codes that are named where one is not known.
const MOST_NEAR: usize = 3;

/// One code of the table.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Code {
    #[serde(rename = "code")]
    name: &'static str,
    severity: Severity,
    meaning: String,
    remedy: String,
    allowable: bool,
}

/// Weight of a finding.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Severity {
    /// Good to know. There is nothing to correct.
    Note,
    /// A part of a graft that is not as it was made.
    Difference,
    /// The work is done, and may not come out as expected.
    Warning,
    /// The guest would not boot, or would boot without its share: it is not prepared.
    Blocker,
    /// The call failed.
    Error,
}

impl Code {
    /// Its stable name, in kebab-case.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its usual severity.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Its meaning, in a sentence.
    pub fn meaning(&self) -> &str {
        &self.meaning
    }

    /// Advice on what to do about it, in a sentence.
    pub fn remedy(&self) -> &str {
        &self.remedy
    }

    /// `true` for a blocker that [`Allowed`] may turn into a warning.
    pub fn is_allowable(&self) -> bool {
        self.allowable
    }

    /// Code of one row; `None` for a row that is not one.
    fn read(row: &'static str) -> Option<Self> {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let ["", name, severity, allow, meaning, remedy, ""] = cells[..] else {
            return None;
        };
        Some(Self {
            name: name.strip_prefix('`')?.strip_suffix('`')?,
            severity: Severity::ALL
                .into_iter()
                .find(|known| known.as_str() == severity)?,
            meaning: quoted(meaning),
            remedy: quoted(remedy),
            allowable: match allow {
                "yes" => true,
                "no" => false,
                _ => return None,
            },
        })
    }
}

impl Severity {
    /// All of them, the lightest first.
    pub const ALL: [Self; 5] = [
        Self::Note,
        Self::Difference,
        Self::Warning,
        Self::Blocker,
        Self::Error,
    ];

    /// Its name, as in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Difference => "difference",
            Self::Warning => "warning",
            Self::Blocker => "blocker",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// All codes, in the order of their names.
pub fn all() -> &'static [Code] {
    static CODES: OnceLock<Vec<Code>> = OnceLock::new();
    // Two lines of heads.
    CODES.get_or_init(|| TABLE.lines().skip(2).filter_map(Code::read).collect())
}

/// The code of this name.
pub fn find(name: &str) -> Option<&'static Code> {
    let codes = all();
    let at = codes.binary_search_by(|code| code.name.cmp(name)).ok()?;
    codes.get(at)
}

/// Names that a mistyped one may stand for, the nearest first; at most three.
pub fn near(name: &str) -> Vec<&'static str> {
    near_of(name, all())
}

fn near_of<'a>(name: &str, codes: impl IntoIterator<Item = &'a Code>) -> Vec<&'static str> {
    let mut left: Vec<&'static str> = codes.into_iter().map(|code| code.name).collect();
    let mut found = Vec::new();
    while found.len() < MOST_NEAR
        && let Some(near) = nearest(name, left.iter().copied()).or_else(|| holding(name, &left))
    {
        left.retain(|code| *code != near);
        found.push(near);
    }
    found
}

/// The first code that holds a word. A part of a code is no slip of the finger, and says what is meant
/// all the same.
fn holding(word: &str, codes: &[&'static str]) -> Option<&'static str> {
    let holds = |code: &&&'static str| word.len() > 2 && code.contains(word);
    codes.iter().find(holds).copied()
}

/// A cell's text with quotation marks in place of Markdown's.
fn quoted(cell: &str) -> String {
    let mut parts = cell.split('`');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for (number, part) in parts.enumerate() {
        text.push(if number % 2 == 0 { '“' } else { '”' });
        text.push_str(part);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_of_the_table_is_a_code_in_the_order_of_names() {
        assert_eq!(all().len(), TABLE.lines().count() - 2);
        for (first, second) in all().iter().zip(&all()[1..]) {
            assert!(first.name < second.name, "{} {}", first.name, second.name);
        }
        for code in all() {
            let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(!code.name.is_empty() && code.name.chars().all(kebab));
            for text in [&code.meaning, &code.remedy] {
                let is_sentence = text.ends_with('.') && !text.contains('`') && text.len() < 200;
                assert!(is_sentence, "{}: {text}", code.name);
                let quotes = |quote| text.matches(quote).count();
                assert_eq!(quotes('“'), quotes('”'), "{}: {text}", code.name);
            }
            assert!(!code.allowable || code.severity == Severity::Blocker);
        }
    }

    #[test]
    fn a_code_is_found_by_its_name_alone() {
        assert_eq!(find("windows").map(Code::name), Some("windows"));
        assert_eq!(find("Windows"), None);
        assert_eq!(find(""), None);
    }

    #[test]
    fn a_mistyped_code_has_those_that_may_be_meant() {
        assert_eq!(near("nfs-client-mising")[0], "nfs-client-missing");
        assert!(near("nfs-client").contains(&"nfs-client-missing"));
        assert!(near("").is_empty() && near("zzzzzz").is_empty());
        assert!(near("disk").len() <= MOST_NEAR);
    }
}
