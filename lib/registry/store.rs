//! A registry that can be changed.

use std::fmt::Debug;

use super::Registry;
use super::error::EditError;
use super::server::Server;
use super::setting::Setting;

/// A registry that can be changed, one server at a time and each change whole or not at all.
///
/// A caller that only reads takes a [`Registry`]. A later version adds calls that assign a server to a child
/// and release it.
///
/// ```
/// use osgraft::registry::{MemoryRegistry, Outcome, Server, Servers, Source, Store};
///
/// let store = MemoryRegistry::new(Servers::new(vec![])?);
/// let server = Server::new("deb12-a", Source::nfs("9.7.25.123:/vol/shared_lib")?)?;
/// assert_eq!(store.add(&server)?, Outcome::Changed);
/// assert_eq!(store.set("deb12-a", &["state=draining".parse()?])?, Outcome::Changed);
/// assert_eq!(store.remove("deb12-a")?, Outcome::Changed);
/// assert_eq!(store.remove("deb12-a")?, Outcome::Unchanged);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Store: Registry + Debug {
    /// Place of the registry, escaped, as errors name it.
    fn origin(&self) -> &str;

    /// Adds a server. Unchanged when the very same server is there.
    ///
    /// # Errors
    /// [`EditError::NameTaken`] when a different server has its name, and what can go wrong with the
    /// registry.
    fn add(&self, server: &Server) -> Result<Outcome, EditError>;

    /// Removes a server. Unchanged when there is none of that name.
    ///
    /// # Errors
    /// Errors of the registry.
    fn remove(&self, name: &str) -> Result<Outcome, EditError>;

    /// Sets or unsets keys of a server, all in one step. Giving it a source takes away the one it had.
    ///
    /// # Errors
    /// [`EditError::UnknownServer`]; [`EditError::Refused`] when the values are sound one by one but
    /// not together; and what can go wrong with the registry.
    fn set(&self, name: &str, settings: &[Setting]) -> Result<Outcome, EditError>;
}

/// Change that a call made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// The registry is different now.
    Changed,
    /// All was so already; nothing was written.
    Unchanged,
}
