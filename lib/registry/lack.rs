//! Reasons why a server does not fit a guest.

use std::fmt;

use super::selection::Warning;
use crate::path::printable;

/// Something that a server lacks for a guest.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Lack {
    /// It is down.
    Down,
    /// Its weight is 0.
    NoWeight,
    /// It serves another `ID`.
    Os {
        /// The one it serves.
        serves: String,
        /// The guest's, where it is known.
        guest: Option<String>,
    },
    /// It serves another `VERSION_ID`.
    Version {
        /// The one it serves.
        serves: String,
        /// The guest's, where it is known.
        guest: Option<String>,
    },
    /// It serves another architecture.
    Arch {
        /// The one it serves.
        serves: String,
        /// The guest's, where it is known.
        guest: Option<String>,
    },
    /// It has no modules for these kernel releases of the guest.
    Kernels {
        /// The releases.
        missing: Vec<String>,
    },
    /// The hypervisor is to load the kernel of its release, and has none at hand.
    BootRelease {
        /// Its release, where the registry tells it.
        release: Option<String>,
        /// The releases whose kernels are at hand.
        known: Vec<String>,
    },
    /// It does not hold these trees.
    Components {
        /// The trees, relative to the export.
        missing: Vec<String>,
    },
}

impl Lack {
    /// True where it is not a contradiction, only that the guest's side is unknown.
    pub(super) fn is_unknown(&self) -> bool {
        matches!(
            self,
            Self::Os { guest: None, .. }
                | Self::Version { guest: None, .. }
                | Self::Arch { guest: None, .. }
        )
    }
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, serves, guest) = match self {
            Self::Down => return f.write_str("is down"),
            Self::NoWeight => return f.write_str("has weight 0"),
            Self::Kernels { missing } => {
                return write!(f, "has no modules for kernel {}", listed(missing));
            }
            Self::Components { missing } => return write!(f, "does not hold {}", listed(missing)),
            Self::BootRelease { release, known } => return boot_release(f, release, known),
            Self::Os { serves, guest } => ("os", serves, guest),
            Self::Version { serves, guest } => ("version", serves, guest),
            Self::Arch { serves, guest } => ("arch", serves, guest),
        };
        let serves = printable(serves);
        match guest {
            Some(guest) => write!(f, "serves {what} {serves}, not {}", printable(guest)),
            None => write!(f, "serves {what} {serves} while the guest's is unknown"),
        }
    }
}

fn boot_release(
    f: &mut fmt::Formatter<'_>,
    release: &Option<String>,
    known: &[String],
) -> fmt::Result {
    match release {
        Some(release) => write!(f, "has release {}, whose kernel", printable(release))?,
        None => f.write_str("tells no release, so that its kernel")?,
    }
    f.write_str(" is not at hand to boot")?;
    match known.is_empty() {
        true => f.write_str(" (no release is)"),
        false => write!(f, " (that of {} is)", bounded(known, ", ")),
    }
}

fn listed(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| printable(word)).collect();
    words.join(", ")
}

/// A server that does not fit, and why.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Unfit {
    /// The server's name.
    pub server: String,
    /// Things that it lacks; at least one.
    pub lacks: Vec<Lack>,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lacks: Vec<String> = self.lacks.iter().map(Lack::to_string).collect();
        write!(f, "“{}” {}", self.server, lacks.join(" and "))
    }
}

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

/// Most servers that one error tells of.
const MOST_TOLD: usize = 20;

fn bounded(servers: &[impl ToString], between: &str) -> String {
    let told: Vec<String> = servers
        .iter()
        .take(MOST_TOLD)
        .map(ToString::to_string)
        .collect();
    let told = told.join(between);
    match servers.len().saturating_sub(MOST_TOLD) {
        0 => told,
        more => format!("{told}{between}and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
