//! Reasons for which a configuration cannot be used.

use std::io;
use std::path::PathBuf;

use crate::graft::ShareError;
use crate::host::Cause;
use crate::identity::AskError;
use crate::pool::PoolFault;

/// Most bytes of a configuration file.
pub const MAX_BYTES: usize = 1 << 20;

/// Reason for which a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{}: cannot be read: {}; or name another configuration with --config", .path.display(), Cause::at(.path, .source))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The host's error.
        source: io::Error,
    },
    /// It is larger than [`MAX_BYTES`].
    #[error("{}: larger than {MAX_BYTES} bytes, no configuration is: name another one with --config", .0.display())]
    TooLarge(PathBuf),
    /// It is not TOML, or holds what is no key of it.
    #[error("{origin}:{line}: {why}; correct that line")]
    Syntax {
        /// The file.
        origin: String,
        /// The line, from 1.
        line: usize,
        /// Message of the parser.
        why: String,
    },
    /// The share makes no sense.
    #[error("{origin}:{line}: share.{key}: {source}")]
    Share {
        /// The file.
        origin: String,
        /// The line, from 1.
        line: usize,
        /// Key of `[share]` whose value is wrong.
        key: &'static str,
        /// Fault that was found.
        source: ShareError,
    },
    /// A pattern is no regular expression.
    #[error(
        "{origin}:{line}: hook.vm.match: “{pattern}” is no regular expression: {why}; correct it"
    )]
    Pattern {
        /// The file.
        origin: String,
        /// The line, from 1.
        line: usize,
        /// The pattern.
        pattern: String,
        /// The last line of what the parser says.
        why: String,
    },
    /// A default of identities makes no sense.
    #[error("{origin}:{line}: identity.{key}: {source}")]
    Identity {
        /// The file.
        origin: String,
        /// The line, from 1.
        line: usize,
        /// Key of `[identity]` whose value is wrong.
        key: &'static str,
        /// Fault that was found.
        source: AskError,
    },
    /// A word of a pool makes no sense.
    #[error("{origin}:{line}: pool.{key}: {source}")]
    PoolWord {
        /// The file.
        origin: String,
        /// The line, from 1.
        line: usize,
        /// Key of the `[[pool]]` whose value is wrong.
        key: &'static str,
        /// Fault that was found.
        source: AskError,
    },
    /// A pool is none.
    #[error("{origin}:{line}: pool: {source}")]
    Pool {
        /// The file.
        origin: String,
        /// The line, from 1.
        line: usize,
        /// Fault that was found.
        source: PoolFault,
    },
    /// Two pools have one name, or one bridge.
    #[error(
        "{origin}:{line}: pool: {what} “{name}” is that of another pool too: give one of them another"
    )]
    PoolTwice {
        /// The file.
        origin: String,
        /// The line, from 1.
        line: usize,
        /// The key that both have.
        what: &'static str,
        /// Its value.
        name: String,
    },
    /// `identity.pool` names no pool.
    #[error("{origin}:{line}: identity.pool: no [[pool]] is named “{name}”: correct it")]
    NoPool {
        /// The file.
        origin: String,
        /// The line, from 1.
        line: usize,
        /// The name.
        name: String,
    },
}

impl ConfigError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "config-unreadable",
            Self::TooLarge(_) => "config-too-large",
            Self::Syntax { .. } => "config-syntax",
            Self::Share { source, .. } => source.code(),
            Self::Pattern { .. } => "config-pattern",
            Self::Identity { source, .. } | Self::PoolWord { source, .. } => source.code(),
            Self::Pool { source, .. } => source.code(),
            Self::PoolTwice { .. } => "config-pool-twice",
            Self::NoPool { .. } => "config-pool-unknown",
        }
    }
}
