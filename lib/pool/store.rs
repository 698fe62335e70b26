//! Places where reservations are kept.

use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};

use super::book::Book;
use super::error::PoolError;

/// A place where reservations are kept.
///
/// A change sees the newest book, and lands whole or not at all; of two at once neither is lost. An
/// implementation may call `change` again with a newer book.
pub trait Reservations: Debug + Send + Sync {
    /// Its place, escaped, as errors name it.
    fn origin(&self) -> &str;

    /// The reservations.
    ///
    /// # Errors
    /// [`PoolError`].
    fn read(&self) -> Result<Book, PoolError>;

    /// Changes them, unless `change` fails.
    ///
    /// # Errors
    /// [`PoolError`]; nothing has changed then.
    fn change(
        &self,
        change: &mut dyn FnMut(&mut Book) -> Result<(), PoolError>,
    ) -> Result<(), PoolError>;
}

/// Reservations in memory.
#[derive(Debug, Default)]
pub struct MemoryReservations(Mutex<Book>);

impl Reservations for MemoryReservations {
    fn origin(&self) -> &str {
        "memory"
    }

    fn read(&self) -> Result<Book, PoolError> {
        // Each change is one assignment: a panic elsewhere leaves it whole.
        Ok(self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone())
    }

    fn change(
        &self,
        change: &mut dyn FnMut(&mut Book) -> Result<(), PoolError>,
    ) -> Result<(), PoolError> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut book = kept.clone();
        change(&mut book)?;
        *kept = book;
        Ok(())
    }
}
