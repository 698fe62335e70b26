//! Keys and values with fenced changes, which several hypervisors share.
//!
//! A [`Store`] keeps values under keys. A [`Change`] is applied whole or not at all, and only where each
//! key that it rests on is as it was when it was read. Who reads, decides and changes so can overrun
//! nobody: where another was faster the change is not applied, and the caller reads again.
//!
//! [`MemoryStore`] keeps them in this process, and `EtcdStore` (feature `etcd`) in etcd; [`conformance`]
//! holds what every store does. What lies under a key anybody may have written: a value is
//! bytes, and is judged by who reads it.
//!
//! ```
//! use osgraft::kv::{Applied, Change, MemoryStore, Store};
//!
//! let store = MemoryStore::new();
//! let take = Change::new().absent("slot/a/1").put("slot/a/1", "web-7");
//! assert_eq!(store.apply(&take)?, Applied::Yes);
//! assert_eq!(store.apply(&take)?, Applied::No, "it is taken");
//! assert_eq!(store.get("slot/a/1")?.map(|it| it.value), Some(b"web-7".to_vec()));
//! # Ok::<(), osgraft::kv::KvError>(())
//! ```

mod change;
pub mod conformance;
mod error;
#[cfg(feature = "etcd")]
mod etcd;
mod memory;
mod value;

pub use change::{Change, Compare, MAX_OPERATIONS, MAX_VALUE, Operation};
pub use error::KvError;
#[cfg(feature = "etcd")]
pub use etcd::EtcdStore;
pub use memory::{Failure, MemoryStore};
pub use value::{Lease, Version, Versioned};

use std::fmt::Debug;
use std::time::Duration;

/// Outcome of a change.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Applied {
    /// All of it was applied.
    Yes,
    /// A key was not as the change rests on; nothing was applied.
    No,
}

/// Keys and values that several processes share.
///
/// Every read is of the newest state that was agreed on (linearizable), unless its name says otherwise.
pub trait Store: Debug + Send + Sync {
    /// Place of the store, escaped, as errors name it.
    fn origin(&self) -> &str;

    /// The value of a key; `None` where it has none.
    ///
    /// # Errors
    /// [`KvError`].
    fn get(&self, key: &str) -> Result<Option<Versioned>, KvError>;

    /// All keys that begin with `prefix`, with their values, sorted by key, as of one moment. Keys that
    /// are not UTF-8 are left out.
    ///
    /// # Errors
    /// [`KvError`].
    fn list(&self, prefix: &str) -> Result<Vec<(String, Versioned)>, KvError>;

    /// The same as of some moment that may have passed, for when no newer one can be agreed on. How long
    /// ago that was, the store need not know.
    ///
    /// # Errors
    /// [`KvError`].
    fn list_stale(&self, prefix: &str) -> Result<Vec<(String, Versioned)>, KvError>;

    /// Applies a change, whole or not at all.
    ///
    /// # Errors
    /// [`KvError`]; after [`KvError::Unknown`] the change may have been applied: read again.
    fn apply(&self, change: &Change) -> Result<Applied, KvError>;

    /// A new lease, which ends after `ttl` unless it is kept alive. Stores count in whole seconds.
    ///
    /// # Errors
    /// [`KvError`].
    fn grant(&self, ttl: Duration) -> Result<Lease, KvError>;

    /// Keeps a lease alive for its whole time again; false where it has ended.
    ///
    /// # Errors
    /// [`KvError`].
    fn keep_alive(&self, lease: Lease) -> Result<bool, KvError>;

    /// Ends a lease, with its keys. One that has ended is no error.
    ///
    /// # Errors
    /// [`KvError`].
    fn revoke(&self, lease: Lease) -> Result<(), KvError>;
}
