//! A registry in memory.

use std::io;
use std::sync::{Mutex, PoisonError};

use super::Registry;
use super::error::RegistryError;
use super::servers::Servers;

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
pub struct MemoryRegistry(Mutex<Content>);

#[derive(Debug)]
struct Content {
    servers: Servers,
    failure: Option<io::ErrorKind>,
}

impl MemoryRegistry {
    /// A registry of these servers.
    pub fn new(servers: Servers) -> Self {
        Self(Mutex::new(Content {
            servers,
            failure: None,
        }))
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
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Registry for MemoryRegistry {
    fn servers(&self) -> Result<Servers, RegistryError> {
        let content = self.lock();
        match content.failure {
            None => Ok(content.servers.clone()),
            Some(kind) => Err(RegistryError::Unreadable {
                origin: content.servers.origin().to_owned(),
                source: kind.into(),
            }),
        }
    }
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
