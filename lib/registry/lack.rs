//! Reasons why a server does not fit a guest.

use std::fmt;

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

/// Most servers that one error tells of.
const MOST_TOLD: usize = 20;

pub(super) fn bounded(servers: &[impl ToString], between: &str) -> String {
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
