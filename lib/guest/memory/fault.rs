//! Calls that are counted, logged, and made to fail.

use std::io;

use super::super::GuestError;
use crate::path::GuestPath;

/// A call of [`Guest`](crate::guest::Guest).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each is the call of its name")]
pub enum Op {
    Lstat,
    Read,
    ReadStart,
    ReadLink,
    ReadDir,
    Entries,
    ReadAt,
    Data,
    Write,
    Mkdir,
    Symlink,
    Rename,
    Remove,
    Modified,
    SetModified,
    Label,
    SetLabel,
}

impl Op {
    /// True for a call that can change the guest.
    pub fn is_edit(self) -> bool {
        !matches!(
            self,
            Self::Lstat
                | Self::Read
                | Self::ReadStart
                | Self::ReadLink
                | Self::ReadDir
                | Self::Entries
                | Self::ReadAt
                | Self::Data
                | Self::Modified
                | Self::Label
        )
    }
}

/// One call that was made, whether it then succeeded or not.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Call {
    /// The call.
    pub op: Op,
    /// On what; of a rename, its source.
    pub path: GuestPath,
}

/// Way in which a call is to fail.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// [`GuestError::Io`] with this kind.
    Io(io::ErrorKind),
    /// [`GuestError::NoSpace`].
    NoSpace,
    /// [`GuestError::Damaged`].
    Damaged,
    /// [`GuestError::Unsupported`].
    Unsupported,
}

impl Fault {
    fn error(self, path: &GuestPath) -> GuestError {
        let path = path.clone();
        match self {
            Self::Io(kind) => GuestError::Io {
                path,
                source: kind.into(),
            },
            Self::NoSpace => GuestError::NoSpace(path),
            Self::Damaged => GuestError::Damaged {
                path,
                detail: "a fault that was asked for".to_owned(),
            },
            Self::Unsupported => GuestError::Unsupported {
                path,
                what: "what a fault was asked for",
            },
        }
    }
}

#[derive(Clone, Debug)]
pub(super) enum When {
    Nth(usize),
    From(usize),
    On(Op, GuestPath),
}

#[derive(Clone, Debug, Default)]
pub(super) struct Calls {
    pub(super) log: Vec<Call>,
    pub(super) faults: Vec<(When, Fault)>,
}

impl Calls {
    /// Logs a call, and fails it when it is its turn.
    pub(super) fn enter(&mut self, op: Op, path: &GuestPath) -> Result<(), GuestError> {
        self.log.push(Call {
            op,
            path: path.clone(),
        });
        let number = self.log.len();
        let due = self.faults.iter().find(|(when, _)| match when {
            When::Nth(nth) => *nth == number,
            When::From(nth) => *nth <= number,
            When::On(on, at) => *on == op && at == path,
        });
        match due {
            Some((_, fault)) => Err(fault.error(path)),
            None => Ok(()),
        }
    }
}
