//! Pools of addresses: each child gets one of its own, and the same one again.
//!
//! A [`Pool`] says which addresses there are, and what goes with them. [`Reservations`] keep who has
//! which: in a file of this host ([`FileReservations`]), or in memory. [`Pools`] are both together.
//!
//! ```
//! use std::sync::Arc;
//! use osgraft::identity::Ask;
//! use osgraft::pool::{MemoryReservations, Pool, Pools};
//!
//! let pool = Pool::new("web", "10.0.0.10-10.0.0.99", Some(24))?.gateway("10.0.0.1".parse()?)?;
//! let pools = Pools::new(vec![pool], Arc::new(MemoryReservations::default()));
//! let mut ask = Ask::default();
//! let hold = pools.take("web-7", Some("web"), &mut ask)?;
//! assert_eq!(ask.addresses[0].to_string(), "10.0.0.10/24");
//! // Here the child is prepared.
//! hold.keep()?;
//! // The same child gets the same address again.
//! let mut again = Ask::default();
//! pools.take("web-7", Some("web"), &mut again)?.keep()?;
//! assert_eq!(again, ask);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Limits
//! A reservation is no lease: it ends when it is released, and nothing asks the network whether an
//! address is in use.

mod book;
mod definition;
mod error;
mod file;
mod pools;
mod store;

pub use book::{Book, Reservation};
pub use definition::Pool;
pub use error::{PoolError, PoolFault};
pub use file::FileReservations;
pub use pools::{Hold, Pools};
pub use store::{MemoryReservations, Reservations};
