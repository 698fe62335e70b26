//! OS servers: what each one serves, and which of them a child is given.
//!
//! # Example
//! ```
//! use osgraft::registry::{MemoryRegistry, Needs, Registry, Server, Servers, Source, select};
//!
//! let export = Source::nfs("9.7.25.123:/vol/shared_lib")?;
//! let server = Server::new("deb12-a", export)?.with_os("debian")?.with_version("12")?;
//! let registry = MemoryRegistry::new(Servers::new(vec![server])?);
//!
//! let mut needs = Needs::new("web-7");
//! needs.os = Some("debian".into());
//! needs.version = Some("12".into());
//! let selection = select(&registry.servers()?, &needs)?;
//! assert_eq!(selection.server.name(), "deb12-a");
//! assert_eq!(selection.reason.to_string(), "the only active server of 1 that fits");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Loading
//! A [`Registry`] hands out [`Servers`], and a [`Store`] is one that can be changed.
//! [`FileRegistry`] reads a TOML file of `[[server]]` tables and edits it in place; [`parse()`] is
//! its pure half. [`KvRegistry`] lies in a [`kv::Store`](crate::kv::Store). [`MemoryRegistry`] holds servers itself and can be told to fail.
//!
//! # Selecting
//! [`select()`] and [`select_named`] are pure: the same servers and [`Needs`] give the same
//! [`Selection`] on every host. [`Selection::reason`] tells why, [`NoServer`] what each server
//! lacked.
//!
//! # Which server, exactly
//! Of the servers that fit and are in the same state, each child takes one by weighted rendezvous
//! hashing in whole numbers. Another implementation gives the same answers by this rule:
//!
//! 1. *h* is the first 8 bytes, big-endian, of SHA-256 over the 20 ASCII bytes
//!    `osgraft-rendezvous-1`, the length of the child's identity in bytes as 8 bytes big-endian,
//!    the identity, and the server's name. A 0 counts as 1. *u* is *h* / 2⁶⁴.
//! 2. The distance is −log₂(*u*) in units of 2⁻⁵⁶, rounded as follows. Let *n* be the number of
//!    leading zero bits of *h*, and *m* = *h* · 2ⁿ. Fifty-six times: *m* becomes ⌊*m*² / 2⁶³⌋; when
//!    that is 2⁶⁴ or more the next bit of *f* is 1 and *m* is halved, rounding down, else the bit
//!    is 0. The first bit is the highest of the 56. The distance is (*n* + 1) · 2⁵⁶ − *f*.
//! 3. Of two servers, the first wins when its distance times the other's weight is less than
//!    the other's distance times its weight, in exact arithmetic; when these are equal, the one
//!    whose name comes first in byte order.
//!
//! # Errors
//! [`RegistryError`]: the servers cannot be known, a matter of the registry. [`EditError`]: a
//! change did not land; [`EditError::is_usage`] tells a wrong request from a failing host.
//! [`ValueError`] and [`SettingError`]: one value is wrong. [`NoServer`]: no server fits.
//!
//! # Limits
//! A registry file is at most 4 MiB. No value holds a blank, a line break or any other control
//! character, because most of them end up in a line of a guest's fstab.

mod content;
mod edit;
mod error;
mod file;
mod foreign;
mod key;
mod kv;
mod lack;
mod lines;
mod list;
mod load;
mod memory;
mod no_server;
mod parse;
mod record;
mod row;
mod score;
mod select;
mod selection;
mod server;
mod servers;
mod setting;
mod source;
mod state;
mod store;
mod syntax;
mod table;
mod text;
mod value;
mod value_error;

pub use crate::host::WriteStep;
pub use content::ContentError;
pub use error::{EditError, RegistryError};
pub use file::{FileRegistry, store_in};
pub(crate) use foreign::shown as shown_foreign;
pub use key::{Key, MAX_WEIGHT, UnknownKey};
pub use kv::KvRegistry;
pub use lack::{Lack, Unfit};
pub use memory::MemoryRegistry;
pub use no_server::NoServer;
pub use parse::parse;
pub use select::{BootKernel, Needs, select, select_named, select_pinned};
pub use selection::{Reason, Selection, Warning};
pub use server::Server;
pub use servers::{DuplicateName, Servers};
pub use setting::{Setting, SettingError};
pub use source::{NfsExport, ShareDisk, Source};
pub use state::State;
pub use store::{Outcome, Store};
pub use text::{
    Arch, Component, DiskSpec, FsType, KernelRelease, Name, Release, VirtiofsTag, Words,
};
pub use value_error::{ValueError, ValueErrorKind};

use std::sync::Arc;

/// Place in which OS servers are looked up.
///
/// Each call asks afresh: a process that lives long sees what changed since.
///
/// A registry in a database makes its errors with [`RegistryError::unavailable`] and
/// [`RegistryError::unusable`]:
/// ```
/// use osgraft::registry::{Registry, RegistryError, Server, Servers, Source};
/// # struct Connection;
/// # impl Connection {
/// #     fn rows(&self) -> std::io::Result<Vec<(String, String)>> {
/// #         Err(std::io::Error::other("connection refused"))
/// #     }
/// # }
///
/// struct Database(Connection);
///
/// impl Registry for Database {
///     fn servers(&self) -> Result<Servers, RegistryError> {
///         let rows = self.0.rows().map_err(|e| RegistryError::unavailable("db.servers", e))?;
///         let server = |(name, export): (String, String)| {
///             Server::new(&name, Source::nfs(&export)?)
///         };
///         let servers: Result<Vec<_>, _> = rows.into_iter().map(server).collect();
///         let servers = servers.map_err(|e| RegistryError::unusable("db.servers", e))?;
///         Servers::new(servers).map_err(|e| RegistryError::unusable("db.servers", e))
///     }
/// }
///
/// let error = Database(Connection).servers().unwrap_err();
/// assert!(error.is_retryable());
/// ```
pub trait Registry: Send + Sync {
    /// All servers, in the registry's own order.
    ///
    /// # Errors
    /// [`RegistryError`], when they cannot be read or make no sense.
    fn servers(&self) -> Result<Servers, RegistryError>;
}

impl<R: Registry + ?Sized> Registry for &R {
    fn servers(&self) -> Result<Servers, RegistryError> {
        (**self).servers()
    }
}

impl<R: Registry + ?Sized> Registry for Box<R> {
    fn servers(&self) -> Result<Servers, RegistryError> {
        (**self).servers()
    }
}

impl<R: Registry + ?Sized> Registry for Arc<R> {
    fn servers(&self) -> Result<Servers, RegistryError> {
        (**self).servers()
    }
}
