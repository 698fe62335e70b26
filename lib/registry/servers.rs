//! All servers of a registry.

use std::collections::HashSet;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::selection::Warning;
use super::server::Server;
use crate::spelling::nearest;

/// All servers of a registry, in its own order, no two of one name. A clone shares them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Servers {
    origin: Arc<str>,
    servers: Arc<Vec<Server>>,
    skipped: Arc<[Warning]>,
}

/// Two servers of one name.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("two servers are named “{name}”; rename one")]
#[non_exhaustive]
pub struct DuplicateName {
    /// The name.
    pub name: String,
}

impl DuplicateName {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        "server-name-twice"
    }
}

impl Servers {
    /// These servers, said to come from `memory`.
    ///
    /// # Errors
    /// [`DuplicateName`].
    pub fn new(servers: Vec<Server>) -> Result<Self, DuplicateName> {
        let mut names = HashSet::new();
        for server in &servers {
            if !names.insert(server.name()) {
                return Err(DuplicateName {
                    name: server.name().to_owned(),
                });
            }
        }
        Ok(Self::unique("memory", servers))
    }

    /// Servers whose names the caller has seen to be unique.
    pub(super) fn unique(origin: &str, servers: Vec<Server>) -> Self {
        Self {
            origin: origin.into(),
            servers: Arc::new(servers),
            skipped: Arc::new([]),
        }
    }

    /// The same, beside which these were found that are no servers.
    pub(super) fn with_skipped(mut self, skipped: Vec<Warning>) -> Self {
        self.skipped = skipped.into();
        self
    }

    /// Warnings about what was found in place of a server, and left out.
    pub fn skipped(&self) -> &[Warning] {
        &self.skipped
    }

    /// The same, said to come from `origin` (a file's path, say), which errors repeat as it is.
    #[must_use]
    pub fn with_origin(mut self, origin: &str) -> Self {
        self.origin = origin.into();
        self
    }

    /// Their origin, as errors tell it.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The server of this name.
    pub fn get(&self, name: &str) -> Option<&Server> {
        self.iter().find(|server| server.name() == name)
    }

    /// The name that a mistyped one is closest to, if any is close.
    pub fn nearest(&self, name: &str) -> Option<&str> {
        nearest(name, self.iter().map(Server::name))
    }

    /// Warnings about servers, whatever the guest, and about what was left out.
    pub fn warnings(&self) -> Vec<Warning> {
        let skipped = self.skipped.iter().cloned();
        skipped
            .chain(self.iter().flat_map(Server::warnings))
            .collect()
    }

    /// Each server, in the registry's order.
    pub fn iter(&self) -> std::slice::Iter<'_, Server> {
        self.servers.iter()
    }

    /// Number of servers.
    pub fn len(&self) -> usize {
        self.servers.len()
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.servers.is_empty()
    }
}

impl<'a> IntoIterator for &'a Servers {
    type Item = &'a Server;
    type IntoIter = std::slice::Iter<'a, Server>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Serialises as a list of servers.
impl Serialize for Servers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.servers.serialize(serializer)
    }
}
