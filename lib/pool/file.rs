//! Reservations in a file of this host.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::book::Book;
use super::error::PoolError;
use super::store::Reservations;
use crate::host::{Lock, LockError, WriteStep, lock_path, replace, resolve_file};
use crate::path::escape;

/// Name of the file beside the registry.
const NAME: &str = "pools.json";

/// Largest file that is read. 100,000 reservations take a fifth of it.
const MAX_LEN: u64 = 64 << 20;

/// Reservations in a JSON file of this host, which the first one makes.
///
/// A change happens under a lock, and whole or not at all: a reader, or a host after a power cut,
/// finds the old text or the new one.
#[derive(Clone, Debug)]
pub struct FileReservations {
    path: PathBuf,
    origin: String,
    patience: Duration,
}

impl FileReservations {
    /// Those in this file.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self {
            origin: escape(path.as_os_str().as_bytes()),
            path,
            patience: Duration::from_secs(10),
        }
    }

    /// Those in `pools.json` beside a registry's file.
    pub fn beside(registry: &Path) -> Self {
        Self::at(registry.with_file_name(NAME))
    }

    /// Time that a change waits for another one to end; 10 s by default.
    #[must_use]
    pub fn with_lock_timeout(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    fn load(&self, path: &Path) -> Result<Book, PoolError> {
        let unreadable = |source| PoolError::Unreadable {
            origin: self.origin.clone(),
            source,
        };
        let Some(text) = read(path).map_err(unreadable)? else {
            return Ok(Book::default());
        };
        Book::parse(&text).map_err(|why| PoolError::Invalid {
            origin: self.origin.clone(),
            why: escape(why.as_bytes()),
        })
    }

    fn failed(&self, step: WriteStep) -> impl Fn(io::Error) -> PoolError {
        let origin = self.origin.clone();
        move |source| PoolError::Write {
            origin: origin.clone(),
            step,
            source,
        }
    }
}

/// The text of a regular file; `None` where nothing is.
fn read(path: &Path) -> io::Result<Option<String>> {
    let file: File = match OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY)
        .open(path)
    {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut text = String::new();
    file.take(MAX_LEN + 1).read_to_string(&mut text)?;
    match text.len() as u64 > MAX_LEN {
        true => Err(io::ErrorKind::FileTooLarge.into()),
        false => Ok(Some(text)),
    }
}

impl Reservations for FileReservations {
    fn origin(&self) -> &str {
        &self.origin
    }

    fn read(&self) -> Result<Book, PoolError> {
        self.load(&self.path)
    }

    fn change(
        &self,
        change: &mut dyn FnMut(&mut Book) -> Result<(), PoolError>,
    ) -> Result<(), PoolError> {
        let target = resolve_file(&self.path).map_err(self.failed(WriteStep::Resolve))?;
        let lock = Lock::take(&target, self.patience).map_err(|error| match error {
            LockError::Io(error) => self.failed(WriteStep::Lock)(error),
            LockError::Held => PoolError::Busy {
                origin: self.origin.clone(),
                lock: escape(lock_path(&target).as_os_str().as_bytes()),
                waited: self.patience,
            },
        })?;
        let before = self.load(&target)?;
        let mut after = before.clone();
        change(&mut after)?;
        if after == before {
            return Ok(());
        }
        replace(&lock, &target, after.to_text()).map_err(|(step, error)| self.failed(step)(error))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;
    use std::thread;

    use super::*;
    use crate::identity::Ask;
    use crate::pool::{Pool, Pools};

    fn pools(folder: &Path, range: &str) -> Pools {
        let pool = Pool::new("web", range, Some(16)).unwrap();
        let store = FileReservations::beside(&folder.join("servers.toml"));
        let store = store.with_lock_timeout(Duration::from_secs(120));
        Pools::new(vec![pool], Arc::new(store))
    }

    #[test]
    fn eight_at_once_get_four_hundred_addresses_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let reserve = |worker: usize| {
            // Each has a store of its own, as each process has.
            let pools = pools(folder.path(), "10.0.0.1-10.0.3.255");
            let mut given = Vec::new();
            for number in 0..50 {
                let mut ask = Ask::default();
                let child = format!("child-{worker}-{number}");
                let hold = pools.take(&child, Some("web"), &mut ask).unwrap();
                hold.keep().unwrap();
                given.push(ask.addresses[0].addr());
            }
            given
        };
        let all: Vec<_> = thread::scope(|scope| {
            let workers: Vec<_> = (0..8)
                .map(|worker| scope.spawn(move || reserve(worker)))
                .collect();
            let given = workers.into_iter().map(|worker| worker.join().unwrap());
            given.flatten().collect()
        });
        assert_eq!(all.len(), 400);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 400);
        let kept = pools(folder.path(), "10.0.0.1-10.0.3.255").list().unwrap();
        assert_eq!(kept.len(), 400);
    }

    #[test]
    fn what_was_not_kept_leaves_no_reservation() {
        let folder = tempfile::tempdir().unwrap();
        let pools = pools(folder.path(), "10.0.0.1-10.0.0.9");
        let hold = pools.take("a", Some("web"), &mut Ask::default()).unwrap();
        assert_eq!(pools.list().unwrap().len(), 1);
        drop(hold);
        assert!(pools.list().unwrap().is_empty());
    }

    #[test]
    fn a_file_that_is_not_reservations_is_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pools.json");
        for (text, code) in [("{", "pool-invalid"), ("[]", "pool-invalid")] {
            std::fs::write(&file, text).unwrap();
            let pools = pools(folder.path(), "10.0.0.1-10.0.0.9");
            let error = pools.take("a", Some("web"), &mut Ask::default());
            let error = error.unwrap_err();
            assert_eq!(error.code(), code);
            assert!(!error.to_string().contains('\n'), "{error}");
            assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
        }
        std::fs::remove_file(&file).unwrap();
        std::fs::create_dir(&file).unwrap();
        let error = pools(folder.path(), "10.0.0.1-10.0.0.9")
            .list()
            .unwrap_err();
        assert_eq!(error.code(), "pool-unreadable");
        let nowhere = pools(&folder.path().join("none"), "10.0.0.1-10.0.0.9");
        let error = nowhere.take("a", Some("web"), &mut Ask::default());
        assert_eq!(error.unwrap_err().code(), "pool-write");
    }

    #[test]
    fn who_holds_the_lock_for_ever_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pools.json");
        let _lock = Lock::take(&path, Duration::ZERO).unwrap_or_else(|_| panic!("free"));
        let store = FileReservations::at(&path).with_lock_timeout(Duration::from_millis(30));
        let error = store.change(&mut |_| Ok(())).unwrap_err();
        assert_eq!(error.code(), "pool-busy");
        assert!(error.to_string().contains(".pools.json.lock"), "{error}");
    }
}
