//! Errors of a store, sorted by what the caller does next.

use std::error::Error;
use std::io;
use std::path::Path;

use crate::host::Cause;

/// A failed call on a store of keys and values.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KvError {
    /// It does not answer, or cannot agree.
    #[error("{origin}: does not answer: {why}; try again, or restore access to it")]
    Unavailable {
        /// The store.
        origin: String,
        /// The reason, escaped.
        why: String,
    },
    /// It did not answer a change, which may have been applied.
    #[error(
        "{origin}: did not answer in time, so that it is not known whether the change was made: {why}; try again"
    )]
    Unknown {
        /// The store.
        origin: String,
        /// The reason, escaped.
        why: String,
    },
    /// It does not let this user in, or not do this.
    #[error("{origin}: refuses this user: {why}; correct the user, the password or the rights")]
    Denied {
        /// The store.
        origin: String,
        /// The reason, escaped.
        why: String,
    },
    /// The connection is not to be trusted, or its certificates are of no use.
    #[error("{origin}: no trusted connection: {why}; correct the CA or the certificate")]
    Untrusted {
        /// The store.
        origin: String,
        /// The reason, escaped.
        why: String,
    },
    /// Its answer makes no sense, or the change is one that it never takes.
    #[error("{origin}: {why}")]
    Unusable {
        /// The store.
        origin: String,
        /// The reason, escaped, and what to do.
        why: String,
    },
    /// The host failed.
    #[error("{origin}: {}", Cause::at(Path::new(.origin), .source))]
    Io {
        /// The store.
        origin: String,
        /// The host's error.
        source: io::Error,
    },
}

impl KvError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unavailable { .. } => "kv-unavailable",
            Self::Unknown { .. } => "kv-unknown",
            Self::Denied { .. } => "kv-denied",
            Self::Untrusted { .. } => "kv-untrusted",
            Self::Unusable { .. } => "kv-unusable",
            Self::Io { .. } => "kv-io",
        }
    }

    /// True where the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::Unknown { .. })
    }

    /// The store does not answer, for this reason.
    pub fn unavailable(origin: &str, why: &dyn Error) -> Self {
        Self::Unavailable {
            origin: origin.to_owned(),
            why: crate::path::escape(why.to_string().as_bytes()),
        }
    }
}
