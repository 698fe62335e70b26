//! The answer to which server a child is given.

use std::fmt;

use super::lack::Lack;
use super::server::Server;
use super::state::State;
use crate::mount::{Item, Options};

/// A server for a child.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Selection {
    /// The server.
    pub server: Server,
    /// Reason why it is this one.
    pub reason: Reason,
    /// Warnings against it that do not rule it out.
    pub warnings: Vec<Warning>,
}

/// Reasons why a server was selected.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// The caller named it.
    Named,
    /// An earlier caller named it for good.
    Pinned,
    /// It alone fits.
    Only {
        /// Its state, which the servers that were considered share.
        state: State,
        /// Number of servers in the registry.
        servers: usize,
    },
    /// Several fit, and the hash of the child's identity fell to it.
    ByWeight {
        /// Their state.
        state: State,
        /// Number of servers that fit.
        fitting: usize,
        /// Its weight.
        weight: u32,
        /// The weight of all that fit.
        total: u64,
    },
}

/// Warnings against a selected server that do not rule it out.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Warning {
    /// It does not tell which kernels' modules it holds.
    KernelsUnknown {
        /// The server.
        server: String,
    },
    /// It does not tell which trees it holds.
    ComponentsUnknown {
        /// The server.
        server: String,
    },
    /// It is draining.
    Draining {
        /// The server.
        server: String,
    },
    /// Its weight is 0, but the caller named it.
    NoWeight {
        /// The server.
        server: String,
    },
    /// It has a mount option that nothing known lists.
    OptionUnlisted {
        /// The server.
        server: String,
        /// Warning about the option.
        doubt: String,
    },
    /// The guest is not known well enough to tell that it fits, but the caller named it.
    GuestUnknown {
        /// The server.
        server: String,
        /// Thing that it would lack.
        lack: Lack,
    },
    /// Another server was left out, because its entry in the registry is none.
    Skipped {
        /// The name that it has there, escaped.
        server: String,
        /// The reason, escaped.
        why: String,
    },
}

impl Server {
    /// Warnings about it, whatever the guest: mount options that nothing known lists.
    pub fn warnings(&self) -> Vec<Warning> {
        let options = self.options();
        options.map_or_else(Vec::new, |options| {
            Warning::of_options(self.name(), options)
        })
    }
}

impl Warning {
    pub(super) fn of_options(server: &str, options: &Options) -> Vec<Self> {
        let warning = |option: &Item| Self::OptionUnlisted {
            server: server.to_owned(),
            doubt: option.doubt(),
        };
        options.unlisted().map(warning).collect()
    }

    /// A word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::KernelsUnknown { .. } => "server-kernels-unknown",
            Self::ComponentsUnknown { .. } => "server-components-unknown",
            Self::Draining { .. } => "server-draining",
            Self::NoWeight { .. } => "server-weight-zero",
            Self::OptionUnlisted { .. } => "option-unlisted",
            Self::GuestUnknown { .. } => "server-guest-unknown",
            Self::Skipped { .. } => "server-skipped",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let none_active = |state: &State| match state {
            State::Active => "",
            _ => "no active server fits; ",
        };
        match self {
            Self::Named => f.write_str("asked for by name"),
            Self::Pinned => f.write_str("pinned by an earlier --server"),
            Self::Only { state, servers } => write!(
                f,
                "{}the only {state} server of {servers} that fits",
                none_active(state)
            ),
            Self::ByWeight {
                state,
                fitting,
                weight,
                total,
            } => write!(
                f,
                "{}by hash among {fitting} {state} servers that fit, with weight {weight} of {total}",
                none_active(state)
            ),
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KernelsUnknown { server } => write!(
                f,
                "server “{server}” does not tell its kernels, so its modules may not fit; set “kernels”"
            ),
            Self::ComponentsUnknown { server } => write!(
                f,
                "server “{server}” does not tell its components, so a link may lead nowhere; set “components”"
            ),
            Self::Draining { server } => {
                write!(
                    f,
                    "server “{server}” is draining; add an active one that fits"
                )
            }
            Self::NoWeight { server } => write!(
                f,
                "server “{server}” has weight 0 and is used because it was named"
            ),
            Self::OptionUnlisted { server, doubt } => {
                write!(f, "server “{server}”: mount options: {doubt}")
            }
            Self::GuestUnknown { server, lack } => write!(
                f,
                "server “{server}” {lack}; it is used because it was named"
            ),
            Self::Skipped { server, why } => write!(
                f,
                "server “{server}” is left out: {why}; correct it, or remove it"
            ),
        }
    }
}
