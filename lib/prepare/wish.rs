//! Server, name and identity of one child.

use crate::graft::NicModel;
use crate::identity::Identity;
use crate::image::Child;
use crate::registry::{Needs, NoServer, Selection, Servers, select, select_named, select_pinned};

/// Choice of the server that a child is to have.
///
/// A name alone, `"deb12-a".into()`, is a pin.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum ServerWish {
    /// The server that the child's receipt is pinned to; without a pin one that is selected.
    #[default]
    Kept,
    /// One that is selected. A pin is dropped.
    Auto,
    /// This server, and from now on: the receipt keeps the pin until [`Auto`](Self::Auto).
    Pinned(String),
    /// This server, for this call alone. A pin stays as it is.
    Once(String),
}

/// A child, and what it is to have. Made of a [`Child`] alone, it has what the
/// [`Preparer`](super::Preparer) says.
///
/// ```no_run
/// use osgraft::image::Child;
/// use osgraft::prepare::{ChildRequest, ServerWish};
///
/// let child = Child::open("/images/7/disk", &"/masters/deb12.qcow2")?;
/// let request = ChildRequest::new(child)
///     .known_as("4dea22b3-1d52-d8f3-2516-782e98ab3fa0")
///     .server(ServerWish::Pinned("deb12-a".into()));
/// # Ok::<(), osgraft::image::ImageError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ChildRequest {
    pub(super) child: Child,
    pub(super) known_as: Option<String>,
    pub(super) identity: Option<Identity>,
    pub(super) server: Option<ServerWish>,
    pub(super) nics: Option<Vec<NicModel>>,
}

impl ChildRequest {
    /// This child, with what the preparer says.
    pub fn new(child: Child) -> Self {
        Self {
            child,
            known_as: None,
            identity: None,
            server: None,
            nics: None,
        }
    }

    /// Name that this child is known by when a server is selected, instead of the preparer's.
    #[must_use]
    pub fn known_as(mut self, name: impl Into<String>) -> Self {
        self.known_as = Some(name.into());
        self
    }

    /// Identity that this child is to have; none, so that it keeps its master's, by default.
    #[must_use]
    pub fn identity(mut self, identity: Identity) -> Self {
        self.identity = Some(identity);
        self
    }

    /// Server that this child is to have, instead of the preparer's.
    #[must_use]
    pub fn server(mut self, server: impl Into<ServerWish>) -> Self {
        self.server = Some(server.into());
        self
    }

    /// Models of its machine's network cards, instead of the preparer's. Preflight requires their drivers.
    #[must_use]
    pub fn nics(mut self, models: impl IntoIterator<Item = NicModel>) -> Self {
        self.nics = Some(models.into_iter().collect());
        self
    }

    /// The child.
    pub fn child(&self) -> &Child {
        &self.child
    }
}

impl From<Child> for ChildRequest {
    fn from(child: Child) -> Self {
        Self::new(child)
    }
}

impl From<&str> for ServerWish {
    fn from(name: &str) -> Self {
        Self::Pinned(name.to_owned())
    }
}

impl From<String> for ServerWish {
    fn from(name: String) -> Self {
        Self::Pinned(name)
    }
}

impl From<&String> for ServerWish {
    fn from(name: &String) -> Self {
        Self::Pinned(name.clone())
    }
}

impl ServerWish {
    /// The server, where the child's receipt holds this pin.
    pub(super) fn select(
        &self,
        servers: &Servers,
        needs: &Needs,
        pin: Option<&str>,
    ) -> Result<Selection, NoServer> {
        match (self, pin) {
            (Self::Pinned(name) | Self::Once(name), _) => select_named(servers, name, needs),
            (Self::Kept, Some(name)) => select_pinned(servers, name, needs),
            (Self::Kept, None) | (Self::Auto, _) => select(servers, needs),
        }
    }

    /// The pin that the receipt holds afterwards.
    pub(super) fn pin_after(&self, pin: Option<&str>) -> Option<String> {
        match self {
            Self::Pinned(name) => Some(name.clone()),
            Self::Auto => None,
            Self::Kept | Self::Once(_) => pin.map(str::to_owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_receipt_is_pinned_to_afterwards() {
        let once = ServerWish::Once("b".into());
        for (wish, before, after) in [
            (&ServerWish::Kept, Some("a"), Some("a")),
            (&ServerWish::Kept, None, None),
            (&ServerWish::Auto, Some("a"), None),
            (&ServerWish::from("b"), Some("a"), Some("b")),
            (&ServerWish::from("b"), None, Some("b")),
            (&once, Some("a"), Some("a")),
            (&once, None, None),
        ] {
            assert_eq!(
                wish.pin_after(before).as_deref(),
                after,
                "{wish:?} {before:?}"
            );
        }
    }
}
