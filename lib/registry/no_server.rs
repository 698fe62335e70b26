//! Reasons why a child is given no server.

use super::lack::{Unfit, bounded};
use super::selection::Warning;

/// No server for a child.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NoServer {
    /// The registry has none at all.
    #[error("{origin}: holds no server; add one with “server add”")]
    Empty {
        /// The registry.
        origin: String,
    },
    /// Everything in the registry is left out.
    #[error("{origin}: holds no usable server: {}; correct these", bounded(.skipped, "; "))]
    AllSkipped {
        /// The registry.
        origin: String,
        /// A warning about each.
        skipped: Vec<Warning>,
    },
    /// None of them fits.
    #[error("{origin}: no server fits: {}; add one that does or correct these", joined(.servers))]
    NoneFits {
        /// The registry.
        origin: String,
        /// Every server and what it lacks, in the registry's order.
        servers: Vec<Unfit>,
    },
    /// The one that was named does not fit.
    #[error("{origin}: the server asked for does not fit: {unfit}; name another or none")]
    NamedUnfit {
        /// The registry.
        origin: String,
        /// Things that it lacks.
        unfit: Unfit,
    },
    /// The one that was named does not exist.
    #[error("{origin}: no server is named “{name}”; {}", match .nearest {
        Some(near) => format!("did you mean “{near}”?"),
        None => format!("there is {}", bounded(.known, ", ")),
    })]
    Unknown {
        /// The registry.
        origin: String,
        /// The name that was asked for, escaped.
        name: String,
        /// The name it is closest to.
        nearest: Option<String>,
        /// Every server's name.
        known: Vec<String>,
    },
    /// The one that the child is pinned to does not exist or does not fit.
    #[error(
        "the child is pinned to server “{name}” by its receipt: {why}; “osgraft prepare --server \
         auto” drops the pin and selects anew"
    )]
    Pinned {
        /// The name that the receipt holds, escaped.
        name: String,
        /// The reason.
        why: Box<NoServer>,
    },
}

impl NoServer {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty { .. } => "no-servers",
            Self::AllSkipped { .. } => "no-usable-server",
            Self::NoneFits { .. } => "no-server-fits",
            Self::NamedUnfit { .. } => "server-does-not-fit",
            Self::Unknown { .. } => "server-unknown",
            Self::Pinned { .. } => "server-pinned",
        }
    }
}

fn joined(servers: &[Unfit]) -> String {
    bounded(servers, "; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Lack;

    #[test]
    fn an_error_about_many_servers_is_bounded() {
        let unfit = |number: usize| Unfit {
            server: format!("s{number}"),
            lacks: vec![Lack::Down],
        };
        let error = |count| NoServer::NoneFits {
            origin: "f".into(),
            servers: (1..=count).map(unfit).collect(),
        };
        let text = error(20).to_string();
        assert!(text.contains("“s20” is down; add one"), "{text}");
        let text = error(10_000).to_string();
        assert!(
            text.contains("“s20” is down; and 9980 more; add one"),
            "{text}"
        );
    }
}
