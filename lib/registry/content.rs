//! Faults of a registry file that is sound TOML.

use super::key::{Key, Kind, UnknownKey};
use super::value_error::ValueError;

/// An error in the content of a registry file that is sound TOML: `key: why; what to do`.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ContentError {
    /// A key that no server has.
    #[error(transparent)]
    UnknownKey(#[from] UnknownKey),
    /// Something beside the `[[server]]` tables.
    #[error("{name}: {}", .hint)]
    Stray {
        /// Its name, escaped.
        name: String,
        /// Its probable meaning.
        hint: StrayHint,
    },
    /// A `server` that is no array of tables.
    #[error("server: is {found}; write each server below a [[server]] line of its own")]
    NotTables {
        /// Kind that it is instead.
        found: &'static str,
    },
    /// A value of another type.
    #[error("{key}: is {found}; write {expected}")]
    WrongType {
        /// Whose value.
        key: Key,
        /// Kind that it is.
        found: &'static str,
        /// Kind that it has to be.
        expected: Expected,
    },
    /// A value of another type in a list.
    #[error("{key}: holds {found}; write a list of strings")]
    WrongElement {
        /// Whose value.
        key: Key,
        /// Kind that it is.
        found: &'static str,
    },
    /// A value that a server cannot have.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// A server without a name.
    #[error("name: is missing from this [[server]]; add name = \"…\"")]
    NoName,
    /// A server without a source.
    #[error(
        "export: is missing from this [[server]]; add export = \"host:/path\", virtiofs or disk"
    )]
    NoSource,
    /// A server with more than one source.
    #[error("{second}: stands beside “{first}”; keep one of export, virtiofs and disk")]
    TwoSources {
        /// One of them.
        first: Key,
        /// The other.
        second: Key,
    },
    /// A disk without its file system.
    #[error("disk: stands without “fstype”; add fstype = \"erofs\", or what else is on it")]
    NoFstype,
    /// A file system without its disk.
    #[error("fstype: stands without “disk”; remove it")]
    FstypeAlone,
    /// A name that another server has.
    #[error("name: “{name}” is taken by another server; take another name")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// A second server of one name in a file.
    #[error("name: “{name}” is taken by the server in line {first_line}; rename or remove one")]
    DuplicateName {
        /// The name.
        name: String,
        /// Line of the first server's name, from 1.
        first_line: usize,
    },
}

/// The TOML type that a key takes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Expected(pub(super) Kind);

/// Probable meaning of something beside the `[[server]]` tables.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StrayHint {
    /// A misspelt `server`.
    #[error("no such table; did you mean “[[server]]”?")]
    Server,
    /// A server's key above the first `[[server]]`.
    #[error("belongs to no server; write it below a [[server]] line")]
    Key,
    /// Nothing known.
    #[error("not known here; the file holds [[server]] tables only")]
    Unknown,
}

impl std::fmt::Display for Expected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
