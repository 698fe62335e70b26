//! Errors of a registry, sorted by what the caller does next.

use std::error::Error;
use std::io;
use std::path::Path;
use std::time::Duration;

use super::content::ContentError;
use super::foreign::shown;
use crate::host::{Cause, WriteStep};
use crate::kv::KvError;

/// The servers cannot be known. Nothing about it can be changed by asking again differently: the
/// registry has to be reached or corrected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// There is no such file.
    #[error("{origin}: does not exist; add a server to make it, or name another registry")]
    NotFound {
        /// The registry.
        origin: String,
    },
    /// It cannot be read.
    #[error("{origin}: cannot be read: {}; restore access to it", Cause::at(Path::new(.origin), .source))]
    Unreadable {
        /// The registry.
        origin: String,
        /// The host's error.
        source: io::Error,
    },
    /// It is no regular file; it was not opened.
    #[error("{origin}: is a {found}; name a regular file")]
    NotAFile {
        /// The registry.
        origin: String,
        /// Kind that it is.
        found: &'static str,
    },
    /// It is too large; nothing was parsed.
    #[error("{origin}: is larger than {limit} bytes; split it into several registries")]
    TooLarge {
        /// The registry.
        origin: String,
        /// The bound in bytes.
        limit: u64,
    },
    /// It is not UTF-8.
    #[error("{origin}:{line}: is not UTF-8 text; save the file as UTF-8")]
    NotUtf8 {
        /// The registry.
        origin: String,
        /// The line of the first stray byte, from 1.
        line: usize,
    },
    /// It is not TOML.
    #[error("{origin}:{line}: not TOML: {why}; correct that line")]
    Syntax {
        /// The registry.
        origin: String,
        /// The line, from 1.
        line: usize,
        /// Message of the TOML parser, escaped.
        why: String,
    },
    /// It is TOML that describes no servers.
    #[error("{origin}:{line}: {error}")]
    Invalid {
        /// The registry.
        origin: String,
        /// The line, from 1.
        line: usize,
        /// The fault.
        #[source]
        error: Box<ContentError>,
    },
    /// The store that it lies in failed.
    #[error(transparent)]
    Kv(#[from] KvError),
    /// A registry of another kind than osgraft's own failed: see [`unavailable`](Self::unavailable)
    /// and [`unusable`](Self::unusable).
    #[error("{origin}: {}; {}", shown(.source), match .retryable {
        true => "try again, or restore access to it",
        false => "correct the registry",
    })]
    Backend {
        /// The registry.
        origin: String,
        /// Error of the database or the service, as it was given.
        source: Box<dyn Error + Send + Sync>,
        /// `true` if the same call may succeed later.
        retryable: bool,
    },
}

impl RegistryError {
    /// A registry that cannot be reached now: no connection, a time-out, a leader that is being
    /// elected. The same call may succeed later, so [`is_retryable`](Self::is_retryable).
    ///
    /// `origin` names the registry in messages, as a path or a URL does. What both say is shown in
    /// one line, escaped and without passwords; [`source`](Error::source) is the error as it was given.
    pub fn unavailable(
        origin: impl AsRef<str>,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self::Backend {
            origin: shown(origin.as_ref()),
            source: source.into(),
            retryable: true,
        }
    }

    /// A registry whose answer cannot be used: a missing table, a right that is missing, a row that
    /// is no server. It has to be corrected before the call can succeed.
    ///
    /// For `origin` and `source` see [`unavailable`](Self::unavailable).
    pub fn unusable(
        origin: impl AsRef<str>,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self::Backend {
            origin: shown(origin.as_ref()),
            source: source.into(),
            retryable: false,
        }
    }

    /// `true` if the same call may succeed later without anybody correcting the registry. Either way
    /// the program ends with exit code 7.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Backend { retryable, .. } => *retryable,
            Self::Kv(error) => error.is_retryable(),
            _ => false,
        }
    }

    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "registry-not-found",
            Self::Unreadable { .. } => "registry-unreadable",
            Self::NotAFile { .. } => "registry-not-a-file",
            Self::TooLarge { .. } => "registry-too-large",
            Self::NotUtf8 { .. } => "registry-not-utf8",
            Self::Syntax { .. } => "registry-syntax",
            Self::Invalid { .. } => "registry-invalid",
            Self::Kv(error) => error.code(),
            Self::Backend {
                retryable: true, ..
            } => "registry-unavailable",
            Self::Backend { .. } => "registry-unusable",
        }
    }
}

/// A change of a registry file that did not land. Unless the step is [`WriteStep::SyncFolder`],
/// the file is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// The registry as it stands cannot be read.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// No server of that name. A matter of usage.
    #[error("{origin}: no server is named “{name}”; {}", .nearest.as_deref().map_or_else(
        || "“server list” shows them".to_owned(),
        |near| format!("did you mean “{near}”?"),
    ))]
    UnknownServer {
        /// The registry.
        origin: String,
        /// The name, escaped.
        name: String,
        /// The name it is closest to.
        nearest: Option<String>,
    },
    /// Another server has that name. A matter of usage.
    #[error(
        "{origin}: another server is named “{name}”; change it with “server set” or take another name"
    )]
    NameTaken {
        /// The registry.
        origin: String,
        /// The name.
        name: String,
    },
    /// With the change the registry would be invalid. A matter of usage.
    #[error("{origin}: “{name}” not changed, because then: {error}")]
    Refused {
        /// The registry.
        origin: String,
        /// The server, escaped.
        name: String,
        /// The fault that it would have.
        #[source]
        error: Box<ContentError>,
    },
    /// The file has other names, which a replacement would leave behind with the old text.
    #[error(
        "{origin}: has {links} hard links, of which an edit would change one; copy it over itself first"
    )]
    HardLinked {
        /// The registry.
        origin: String,
        /// Number of them.
        links: u64,
    },
    /// The file is a symbolic link to nothing.
    #[error("{origin}: is a symbolic link to nothing; make its target or remove the link")]
    Dangling {
        /// The registry.
        origin: String,
    },
    /// The folder that is to hold the file does not exist.
    #[error("{origin}: its folder does not exist; make the folder first")]
    NoFolder {
        /// The registry.
        origin: String,
    },
    /// Another process is editing the registry and did not end in time.
    #[error("{origin}: another edit has held the lock {lock} for {} s; wait for it or end it", .waited.as_secs())]
    Busy {
        /// The registry.
        origin: String,
        /// The lock file.
        lock: String,
        /// Time that was waited.
        waited: Duration,
    },
    /// The host failed.
    #[error("{origin}: cannot {step}: {}; {}", Cause::at(Path::new(.origin), .source), .step.state())]
    Write {
        /// The registry.
        origin: String,
        /// The step that failed.
        step: WriteStep,
        /// The host's error.
        source: io::Error,
    },
}

impl EditError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Registry(error) => error.code(),
            Self::UnknownServer { .. } => "server-unknown",
            Self::NameTaken { .. } => "server-name-taken",
            Self::Refused { .. } => "server-invalid",
            Self::HardLinked { .. } => "registry-hard-linked",
            Self::Dangling { .. } => "registry-dangling",
            Self::NoFolder { .. } => "registry-no-folder",
            Self::Busy { .. } => "registry-busy",
            Self::Write { .. } => "registry-write",
        }
    }

    /// True where the request itself is wrong, not the registry and not the host.
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::UnknownServer { .. } | Self::NameTaken { .. } | Self::Refused { .. }
        )
    }

    /// Reason why the registry as it stands cannot be read, when that is what happened.
    pub fn registry(&self) -> Option<&RegistryError> {
        match self {
            Self::Registry(error) => Some(error),
            _ => None,
        }
    }
}
