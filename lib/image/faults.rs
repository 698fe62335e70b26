//! Faults on the host's side: what a test makes of one file call.
//!
//! Every call that changes a file or a folder goes through [`Faults`] first, numbered from 0 in
//! the order in which they are made. A test can stop the world at any of them, fail them, tear a
//! write, or leave a flush out, and read afterwards what was asked for. Without faults the check
//! costs one branch.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One changing call, as it was asked for.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Operation {
    /// A file made, with a name or without.
    Create,
    /// Bytes written at an offset of the image.
    Write {
        /// Place.
        offset: u64,
        /// Bytes.
        data: Vec<u8>,
    },
    /// Space reserved (fallocate(2)).
    Allocate,
    /// The file's length set.
    Truncate {
        /// Its new length in bytes.
        len: u64,
    },
    /// The file flushed to stable storage (fsync(2)).
    Sync,
    /// A file given its name.
    Link,
    /// A name removed.
    Remove,
    /// A folder flushed to stable storage.
    SyncFolder,
}

/// Fate of an operation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// The process is gone: this call and all after it do nothing.
    Kill,
    /// The first so many bytes of a write arrive, then the process is gone.
    Torn(usize),
    /// This call fails with an errno; later ones work.
    Error(i32),
    /// This call and all after it fail with an errno, as on a full or broken disk.
    ErrorFromHere(i32),
    /// This call is left out and reported as done.
    Skip,
}

/// A script of faults, and the log of what was asked. Clones share both.
///
/// ```
/// use osgraft::image::{Fault, Faults};
/// let faults = Faults::at(3, Fault::Kill);
/// assert!(faults.operations().is_empty());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    planned: Option<(usize, Fault)>,
    no_unnamed_files: bool,
    log: Vec<Operation>,
    dead: bool,
}

/// Instruction for a file call.
pub(super) enum Verdict {
    Proceed,
    Skip,
    /// Do this many bytes of it, then fail.
    Torn(usize, io::Error),
}

impl Faults {
    /// No fault: the operations are logged alone.
    pub fn none() -> Self {
        Self::default()
    }

    /// One fault at the operation of that number.
    pub fn at(operation: usize, fault: Fault) -> Self {
        Self(Arc::new(Mutex::new(State {
            planned: Some((operation, fault)),
            ..State::default()
        })))
    }

    /// The host's file system has no unnamed files (`O_TMPFILE`), as some have not.
    #[must_use]
    pub fn without_unnamed_files(self) -> Self {
        self.state().no_unnamed_files = true;
        self
    }

    /// Everything that was asked for so far, the failed ones included.
    pub fn operations(&self) -> Vec<Operation> {
        self.state().log.clone()
    }

    /// True if the planned fault has struck. A sweep that never struck proves nothing.
    pub fn struck(&self) -> bool {
        let state = self.state();
        state.planned.is_some_and(|(at, _)| state.log.len() > at)
    }

    pub(super) fn no_unnamed_files(&self) -> bool {
        self.state().no_unnamed_files
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn check(&self, operation: Operation) -> io::Result<Verdict> {
        let mut state = self.state();
        if state.dead {
            return Err(killed());
        }
        let number = state.log.len();
        state.log.push(operation);
        match state.planned {
            Some((at, Fault::ErrorFromHere(errno))) if number >= at => {
                Err(io::Error::from_raw_os_error(errno))
            }
            Some((at, fault)) if number == at => match fault {
                Fault::Kill => {
                    state.dead = true;
                    Err(killed())
                }
                Fault::Torn(bytes) => {
                    state.dead = true;
                    Ok(Verdict::Torn(bytes, killed()))
                }
                Fault::Error(errno) | Fault::ErrorFromHere(errno) => {
                    Err(io::Error::from_raw_os_error(errno))
                }
                Fault::Skip => Ok(Verdict::Skip),
            },
            _ => Ok(Verdict::Proceed),
        }
    }
}

fn killed() -> io::Error {
    io::Error::new(io::ErrorKind::Interrupted, "killed by a planned fault")
}
