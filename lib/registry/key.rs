//! The keys of a `[[server]]` table.

use std::fmt;
use std::str::FromStr;

use crate::path::escape;
use crate::spelling::nearest;

/// The largest weight.
pub const MAX_WEIGHT: u32 = 1_000_000;

/// A key of a `[[server]]` table.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Key {
    /// Name that operators call the server by; unique.
    Name,
    /// Source: an NFS export, `host:/path`.
    Export,
    /// Source: the tag of a virtiofs device.
    Virtiofs,
    /// Source: a disk with the tree on it, as fstab names it; needs [`Key::Fstype`].
    Disk,
    /// The file system on [`Key::Disk`].
    Fstype,
    /// `ID` of os-release(5).
    Os,
    /// `VERSION_ID` of os-release(5).
    Version,
    /// The architecture, as `uname -m` says it.
    Arch,
    /// Kernel releases whose modules are served.
    Kernels,
    /// Trees below the export that are served.
    Components,
    /// `active`, `draining` or `down`.
    State,
    /// The share of children relative to other servers.
    Weight,
    /// The patch level.
    Release,
    /// Mount options.
    Options,
}

/// Kind of a key's value in TOML.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Text,
    List,
    Integer,
}

impl Key {
    /// Every key, in the order in which a new server is written.
    pub const ALL: [Self; 14] = [
        Self::Name,
        Self::Export,
        Self::Virtiofs,
        Self::Disk,
        Self::Fstype,
        Self::Os,
        Self::Version,
        Self::Arch,
        Self::Kernels,
        Self::Components,
        Self::State,
        Self::Weight,
        Self::Release,
        Self::Options,
    ];

    /// The keys of which a server has exactly one.
    pub const SOURCES: [Self; 3] = [Self::Export, Self::Virtiofs, Self::Disk];

    /// The key as it is spelled in TOML.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Export => "export",
            Self::Virtiofs => "virtiofs",
            Self::Disk => "disk",
            Self::Fstype => "fstype",
            Self::Os => "os",
            Self::Version => "version",
            Self::Arch => "arch",
            Self::Kernels => "kernels",
            Self::Components => "components",
            Self::State => "state",
            Self::Weight => "weight",
            Self::Release => "release",
            Self::Options => "options",
        }
    }

    pub(super) fn spelled(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.as_str() == text)
    }

    pub(super) const fn kind(self) -> Kind {
        match self {
            Self::Kernels | Self::Components => Kind::List,
            Self::Weight => Kind::Integer,
            _ => Kind::Text,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "a string, in quotes",
            Self::List => "a list of strings",
            Self::Integer => "an integer",
        })
    }
}

/// A word that is no key of a server.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{key}: no such key of a server; {}", .nearest.map_or_else(
    || format!("the keys are {}", Key::ALL.map(Key::as_str).join(", ")),
    |near| format!("did you mean “{near}”?"),
))]
#[non_exhaustive]
pub struct UnknownKey {
    /// The word, escaped.
    pub key: String,
    /// The key it is closest to.
    pub nearest: Option<Key>,
}

impl UnknownKey {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        "setting-unknown-key"
    }
}

impl FromStr for Key {
    type Err = UnknownKey;

    fn from_str(text: &str) -> Result<Self, UnknownKey> {
        Self::spelled(text).ok_or_else(|| UnknownKey {
            key: escape(text.as_bytes()),
            nearest: nearest(text, Self::ALL.map(Self::as_str)).and_then(Self::spelled),
        })
    }
}
