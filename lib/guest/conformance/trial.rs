//! One trial of a guest, and the words that its cases are written in.

use crate::guest::{Attributes, FileKind, Guest, GuestError, Metadata};
use crate::path::GuestPath;

/// A guest to be tried, and what is known to lie in it that no call of the seam could make.
///
/// A case whose ground is missing is passed over.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Ground<G> {
    /// The guest.
    pub guest: G,
    /// Device nodes, FIFOs and sockets.
    pub specials: Vec<(GuestPath, FileKind)>,
    /// Two names of one regular file, which may be overwritten.
    pub hard_linked: Option<(GuestPath, GuestPath)>,
    /// A directory on another of the guest's file systems than the root, where entries may be made.
    pub other_filesystem: Option<GuestPath>,
    /// An immutable or append-only regular file.
    pub immutable: Option<GuestPath>,
    /// A sparse regular file of 4 GiB or more.
    pub huge: Option<GuestPath>,
}

impl<G: Guest> Ground<G> {
    /// A guest in which nothing is known.
    pub fn new(guest: G) -> Self {
        Self {
            guest,
            specials: Vec::new(),
            hard_linked: None,
            other_filesystem: None,
            immutable: None,
            huge: None,
        }
    }
}

/// One sentence of the contract.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    pub(super) name: &'static str,
    pub(super) run: fn(&mut Trial<'_>) -> Verdict,
}

impl Case {
    /// The sentence, as an identifier.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Tries it on a guest that no case has changed yet.
    ///
    /// # Errors
    /// The departure from the contract.
    pub fn try_on<G: Guest>(&self, ground: &mut Ground<G>) -> Result<(), Breach> {
        let mut trial = Trial {
            specials: &ground.specials,
            hard_linked: ground.hard_linked.as_ref(),
            other_filesystem: ground.other_filesystem.as_ref(),
            immutable: ground.immutable.as_ref(),
            huge: ground.huge.as_ref(),
            guest: &mut ground.guest,
        };
        trial
            .make_ground()
            .and_then(|()| (self.run)(&mut trial))
            .map_err(|found| Breach {
                case: self.name,
                found,
            })
    }
}

/// A departure from the contract.
#[derive(Debug, thiserror::Error)]
#[error("{case}: {found}")]
#[non_exhaustive]
pub struct Breach {
    /// The case's name.
    pub case: &'static str,
    /// The answer that was found instead.
    #[source]
    pub found: Deviation,
}

/// Departure of a guest from the contract.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Deviation {
    /// A call failed that had to succeed.
    #[error("a call failed that has to succeed: {0}")]
    Failed(#[from] GuestError),
    /// A call succeeded that had to fail.
    #[error("{call} has to fail as {wanted}, and succeeded with {found}")]
    Succeeded {
        /// The call.
        call: &'static str,
        /// The error it had to give.
        wanted: &'static str,
        /// Its answer.
        found: String,
    },
    /// A call failed otherwise than it had to.
    #[error("{call} has to fail as {wanted}, and failed otherwise: {found}")]
    FailedOtherwise {
        /// The call.
        call: &'static str,
        /// The error it had to give.
        wanted: &'static str,
        /// The error it gave.
        found: GuestError,
    },
    /// Something does not hold.
    #[error("{wanted} does not hold: {found}")]
    Untrue {
        /// The condition that had to hold.
        wanted: &'static str,
        /// The state that was found.
        found: String,
    },
}

pub(super) type Verdict = Result<(), Deviation>;

pub(super) const FILE: Attributes = Attributes::root(0o644);
pub(super) const DIRECTORY: Attributes = Attributes::root(0o755);

pub(super) struct Trial<'a> {
    pub(super) guest: &'a mut dyn Guest,
    pub(super) specials: &'a [(GuestPath, FileKind)],
    pub(super) hard_linked: Option<&'a (GuestPath, GuestPath)>,
    pub(super) other_filesystem: Option<&'a GuestPath>,
    pub(super) immutable: Option<&'a GuestPath>,
    pub(super) huge: Option<&'a GuestPath>,
}

impl Trial<'_> {
    pub(super) fn make_ground(&mut self) -> Verdict {
        Ok(self.guest.mkdir(&at(""), DIRECTORY)?)
    }

    pub(super) fn names(&mut self, path: &GuestPath) -> Result<Vec<Vec<u8>>, GuestError> {
        let entries = self.guest.read_dir(path)?;
        Ok(entries.into_iter().map(|entry| entry.name).collect())
    }

    /// All that the seam tells of a path, or that nothing is there.
    pub(super) fn state(&mut self, path: &GuestPath) -> Result<State, GuestError> {
        let metadata = match self.guest.lstat(path) {
            Err(GuestError::NotFound(_)) => return Ok(None),
            metadata => metadata?,
        };
        let content = match metadata.kind {
            FileKind::File => vec![self.guest.read(path, metadata.size)?],
            FileKind::Symlink => vec![self.guest.read_link(path)?],
            FileKind::Directory => self.names(path)?,
            _ => Vec::new(),
        };
        Ok(Some((metadata, content)))
    }
}

pub(super) type State = Option<(Metadata, Vec<Vec<u8>>)>;

/// A path below the ground.
pub(super) fn at(below: &str) -> GuestPath {
    format!("/conformance/{below}")
        .parse()
        .expect("the cases' paths are well formed")
}

/// Fails the case unless the call gives the error; without one named, any error.
macro_rules! refuses {
    ($call:expr) => {
        if let Ok(found) = $call {
            return Err($crate::guest::conformance::trial::Deviation::Succeeded {
                call: stringify!($call),
                wanted: "any error",
                found: format!("{found:?}"),
            });
        }
    };
    ($call:expr, $error:pat) => {
        match $call {
            Err($error) => {}
            Err(found) => {
                return Err(
                    $crate::guest::conformance::trial::Deviation::FailedOtherwise {
                        call: stringify!($call),
                        wanted: stringify!($error),
                        found,
                    },
                );
            }
            Ok(found) => {
                return Err($crate::guest::conformance::trial::Deviation::Succeeded {
                    call: stringify!($call),
                    wanted: stringify!($error),
                    found: format!("{found:?}"),
                });
            }
        }
    };
}

/// Fails the case unless both are equal.
macro_rules! equals {
    ($found:expr, $wanted:expr) => {{
        let (found, wanted) = (&$found, &$wanted);
        if found != wanted {
            return Err($crate::guest::conformance::trial::Deviation::Untrue {
                wanted: concat!(stringify!($found), " == ", stringify!($wanted)),
                found: format!("{found:?}, not {wanted:?}"),
            });
        }
    }};
}

/// The cases of a file, named by their functions.
macro_rules! sentences {
    ($($case:ident),+ $(,)?) => {
        pub(super) const CASES: &[super::trial::Case] = &[
            $(super::trial::Case { name: stringify!($case), run: $case }),+
        ];
    };
}

pub(super) use {equals, refuses, sentences};
