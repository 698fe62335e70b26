//! Reasons why a table is not taken.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::host::Cause;

/// Most faults that one line tells.
const MOST_TOLD: usize = 4;

/// Reasons why a table is not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// It cannot be read.
    #[error("{}: cannot be read: {}; name a table with one child in each row", .path.display(), Cause::at(.path, .source))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The host's error.
        source: io::Error,
    },
    /// Rows of it are wrong. Nothing was done to any child.
    #[error("{}; correct that, nothing was changed", told(.0))]
    Faults(Vec<Fault>),
}

/// One fault of a table, or of a series.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Fault {
    /// The table's file and the line, or the child's file.
    pub place: String,
    /// A stable name for scripts, in kebab-case.
    pub code: &'static str,
    /// Fault that was found, in one line.
    pub text: String,
}

impl Fault {
    /// A fault at a line of a table.
    pub(super) fn at(
        origin: &str,
        line: usize,
        code: impl Into<&'static str>,
        text: String,
    ) -> Self {
        let (place, code) = (format!("{origin}:{line}"), code.into());
        Self { place, code, text }
    }

    /// A fault of one row of a table, or of one child.
    pub(super) fn new(place: String, code: impl Into<&'static str>, text: String) -> Self {
        let code = code.into();
        Self { place, code, text }
    }
}

/// Kinds of faults that a table has beside those of its words.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// Not the text of a table.
    Syntax,
    /// Another number of cells than the first line has.
    Cells,
    /// A column that is not known.
    Column,
    /// A column twice.
    ColumnTwice,
    /// No file for a child.
    NoFile,
    /// No row.
    None,
    /// More rows than are taken.
    TooMany,
    /// More than one value where one is taken.
    Several,
    /// A file that another row has.
    FileTwice,
    /// A host name that another row has.
    HostnameTwice,
    /// An address that another row has.
    AddressTwice,
    /// A hardware address that another row has.
    MacTwice,
    /// A machine-id that another row has.
    MachineIdTwice,
    /// A name that another row is known by.
    IdentityTwice,
    /// The address of another row's gateway.
    AddressGateway,
}

impl Kind {
    /// A stable name for scripts, in kebab-case.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Syntax => "children-syntax",
            Self::Cells => "children-cells",
            Self::Column => "children-column",
            Self::ColumnTwice => "children-column-twice",
            Self::NoFile => "children-no-file",
            Self::None => "children-none",
            Self::TooMany => "children-too-many",
            Self::Several => "children-several",
            Self::FileTwice => "children-file-twice",
            Self::HostnameTwice => "children-hostname-twice",
            Self::AddressTwice => "children-address-twice",
            Self::MacTwice => "children-mac-twice",
            Self::MachineIdTwice => "children-machine-id-twice",
            Self::IdentityTwice => "children-identity-twice",
            Self::AddressGateway => "children-address-gateway",
        }
    }
}

impl From<Kind> for &'static str {
    fn from(kind: Kind) -> Self {
        kind.code()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.text)
    }
}

impl TableError {
    /// Stable names of all that is wrong, in the order of the rows.
    pub fn codes(&self) -> Vec<&'static str> {
        match self {
            Self::Unreadable { .. } => vec!["children-unreadable"],
            Self::Faults(faults) => {
                let mut codes: Vec<_> = faults.iter().map(|fault| fault.code).collect();
                codes.dedup();
                codes
            }
        }
    }

    /// The faults, in the order of the rows.
    pub fn faults(&self) -> &[Fault] {
        match self {
            Self::Unreadable { .. } => &[],
            Self::Faults(faults) => faults,
        }
    }

    pub(super) fn unreadable(path: &Path, source: io::Error) -> Self {
        Self::Unreadable {
            path: path.to_owned(),
            source,
        }
    }
}

fn told(faults: &[Fault]) -> String {
    let shown: Vec<_> = faults
        .iter()
        .take(MOST_TOLD)
        .map(Fault::to_string)
        .collect();
    let mut text = shown.join("; ");
    if faults.len() > MOST_TOLD {
        text.push_str(&format!("; and {} more faults", faults.len() - MOST_TOLD));
    }
    text
}
