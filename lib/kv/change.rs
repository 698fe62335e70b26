//! A change, and what it rests on.

use std::collections::HashSet;

use super::value::{Lease, Version};

/// Most operations and comparisons of one change, as etcd takes them by default.
pub const MAX_OPERATIONS: usize = 128;
/// Longest value in bytes, below what etcd takes by default.
pub const MAX_VALUE: usize = 1 << 20;

/// State of a key that a change rests on.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Compare {
    /// It has no value.
    Absent(String),
    /// It is in this state.
    Is(String, Version),
}

/// Part of a change.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Operation {
    /// Gives a key a value, for as long as the lease lasts where there is one.
    Put {
        /// The key.
        key: String,
        /// The value.
        value: Vec<u8>,
        /// The lease.
        lease: Option<Lease>,
    },
    /// Takes a key's value away; a key without one is no error.
    Delete(String),
}

/// A change of some keys, each at most once, and the states of keys that it rests on.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Change {
    compares: Vec<Compare>,
    operations: Vec<Operation>,
}

impl Change {
    /// A change of nothing that rests on nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Rests on a key's having no value.
    #[must_use]
    pub fn absent(mut self, key: impl Into<String>) -> Self {
        self.compares.push(Compare::Absent(key.into()));
        self
    }

    /// Rests on a key's being in this state.
    #[must_use]
    pub fn is(mut self, key: impl Into<String>, version: Version) -> Self {
        self.compares.push(Compare::Is(key.into(), version));
        self
    }

    /// Rests on a key's being as it was read.
    #[must_use]
    pub fn as_read(self, key: impl Into<String>, version: Option<Version>) -> Self {
        match version {
            Some(version) => self.is(key, version),
            None => self.absent(key),
        }
    }

    /// Gives a key a value.
    #[must_use]
    pub fn put(mut self, key: impl Into<String>, value: impl Into<Vec<u8>>) -> Self {
        self.operations.push(Operation::Put {
            key: key.into(),
            value: value.into(),
            lease: None,
        });
        self
    }

    /// Gives a key a value for as long as a lease lasts.
    #[must_use]
    pub fn put_leased(
        mut self,
        key: impl Into<String>,
        value: impl Into<Vec<u8>>,
        lease: Lease,
    ) -> Self {
        self.operations.push(Operation::Put {
            key: key.into(),
            value: value.into(),
            lease: Some(lease),
        });
        self
    }

    /// Takes a key's value away.
    #[must_use]
    pub fn delete(mut self, key: impl Into<String>) -> Self {
        self.operations.push(Operation::Delete(key.into()));
        self
    }

    /// States that it rests on.
    pub fn compares(&self) -> &[Compare] {
        &self.compares
    }

    /// Its parts.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }
}

/// Reason why no store takes a change, and what to do; `None` where one may.
pub(super) fn refusal(change: &Change) -> Option<&'static str> {
    if change.operations().len() + change.compares().len() > MAX_OPERATIONS {
        return Some("a change of more than 128 parts is not taken: make it smaller");
    }
    let mut keys = HashSet::new();
    for operation in change.operations() {
        let (key, value) = match operation {
            Operation::Put { key, value, .. } => (key, value.as_slice()),
            Operation::Delete(key) => (key, &[][..]),
        };
        if value.len() > MAX_VALUE {
            return Some("a value of more than 1 MiB is not taken: keep less in it");
        }
        if !keys.insert(key) {
            return Some("a change of one key twice is not taken: make two changes of it");
        }
    }
    let compared = change.compares().iter().map(|compare| match compare {
        Compare::Absent(key) | Compare::Is(key, _) => key,
    });
    match keys.into_iter().chain(compared).any(String::is_empty) {
        true => Some("an empty key is not taken: name one"),
        false => None,
    }
}
