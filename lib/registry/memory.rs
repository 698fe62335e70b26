//! A registry in memory.

use std::io;
use std::sync::{Mutex, PoisonError};

use std::collections::BTreeMap;

use super::Registry;
use super::content::ContentError;
use super::error::{EditError, RegistryError};
use super::server::Server;
use super::servers::Servers;
use super::setting::{Setting, replaced_sources};
use super::store::{Outcome, Store};
use crate::path::escape;

/// A registry in memory, for tests and for callers that keep their servers elsewhere.
///
/// ```
/// use std::io::ErrorKind;
/// use osgraft::registry::{MemoryRegistry, Registry, Servers};
/// let registry = MemoryRegistry::new(Servers::new(vec![])?);
/// assert!(registry.servers()?.is_empty());
/// registry.fail_with(Some(ErrorKind::TimedOut));
/// assert!(registry.servers().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct MemoryRegistry {
    origin: String,
    content: Mutex<Content>,
}

#[derive(Debug)]
struct Content {
    servers: Servers,
    failure: Option<io::ErrorKind>,
}

impl MemoryRegistry {
    /// A registry of these servers.
    pub fn new(servers: Servers) -> Self {
        Self {
            origin: servers.origin().to_owned(),
            content: Mutex::new(Content {
                servers,
                failure: None,
            }),
        }
    }

    /// Puts other servers in place of those it has.
    pub fn replace(&self, servers: Servers) {
        self.lock().servers = servers;
    }

    /// Makes every later look-up fail as [`RegistryError::Unreadable`] with this kind, or, with
    /// none, succeed again.
    pub fn fail_with(&self, failure: Option<io::ErrorKind>) {
        self.lock().failure = failure;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Content> {
        // Each change is one assignment, so a panic elsewhere leaves the content whole.
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Registry for MemoryRegistry {
    fn servers(&self) -> Result<Servers, RegistryError> {
        self.lock().servers()
    }
}

impl Content {
    fn servers(&self) -> Result<Servers, RegistryError> {
        match self.failure {
            None => Ok(self.servers.clone()),
            Some(kind) => Err(RegistryError::Unreadable {
                origin: self.servers.origin().to_owned(),
                source: kind.into(),
            }),
        }
    }

    /// Puts these servers in place of those that are there.
    fn put(&mut self, servers: Vec<Server>) -> Outcome {
        let servers = Servers::unique(self.servers.origin(), servers);
        if servers == self.servers {
            return Outcome::Unchanged;
        }
        self.servers = servers;
        Outcome::Changed
    }
}

impl Store for MemoryRegistry {
    fn origin(&self) -> &str {
        &self.origin
    }

    fn add(&self, server: &Server) -> Result<Outcome, EditError> {
        let mut content = self.lock();
        let servers = content.servers()?;
        match servers.get(server.name()) {
            Some(present) if present == server => return Ok(Outcome::Unchanged),
            Some(_) => {
                return Err(EditError::NameTaken {
                    origin: servers.origin().to_owned(),
                    name: server.name().to_owned(),
                });
            }
            None => {}
        }
        Ok(content.put(servers.iter().chain([server]).cloned().collect()))
    }

    fn remove(&self, name: &str) -> Result<Outcome, EditError> {
        let mut content = self.lock();
        let servers = content.servers()?;
        let others = servers.iter().filter(|server| server.name() != name);
        Ok(content.put(others.cloned().collect()))
    }

    fn set(&self, name: &str, settings: &[Setting]) -> Result<Outcome, EditError> {
        let mut content = self.lock();
        let servers = content.servers()?;
        let origin = || servers.origin().to_owned();
        let Some(server) = servers.get(name) else {
            return Err(EditError::UnknownServer {
                origin: origin(),
                name: escape(name.as_bytes()),
                nearest: servers.nearest(name).map(str::to_owned),
            });
        };
        let changed = changed(server, settings).and_then(|changed| {
            let is_taken = changed.name() != name && servers.get(changed.name()).is_some();
            match is_taken {
                true => Err(ContentError::NameTaken {
                    name: changed.name().to_owned(),
                }),
                false => Ok(changed),
            }
        });
        let changed = changed.map_err(|error| EditError::Refused {
            origin: origin(),
            name: escape(name.as_bytes()),
            error: Box::new(error),
        })?;
        let servers = servers.iter().map(|server| match server.name() == name {
            true => changed.clone(),
            false => server.clone(),
        });
        Ok(content.put(servers.collect()))
    }
}

/// A server with keys set or taken away.
pub(super) fn changed(server: &Server, settings: &[Setting]) -> Result<Server, ContentError> {
    let mut values: BTreeMap<_, _> = server.values().map(|value| (value.key(), value)).collect();
    for setting in settings.iter().chain(&replaced_sources(settings)) {
        match setting.value() {
            Some(value) => drop(values.insert(setting.key(), value.clone())),
            None => drop(values.remove(&setting.key())),
        }
    }
    Server::of_values(values.into_values()).map_err(|(_, error)| error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_injected_failure_lasts_until_it_is_taken_back() {
        let registry = MemoryRegistry::new(Servers::new(vec![]).unwrap());
        registry.fail_with(Some(io::ErrorKind::TimedOut));
        for _ in 0..2 {
            assert!(matches!(
                registry.servers(),
                Err(RegistryError::Unreadable { source, .. })
                    if source.kind() == io::ErrorKind::TimedOut
            ));
        }
        registry.fail_with(None);
        assert!(registry.servers().unwrap().is_empty());
    }
}
