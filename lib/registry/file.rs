//! A registry in a TOML file of this host.

use std::fmt;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::Registry;
use super::edit;
use super::error::{EditError, RegistryError};
use super::load::{MAX_LEN, load};
use super::parse::parse;
use super::server::Server;
use super::servers::Servers;
use super::setting::Setting;
use super::store::{Outcome, Store};
use crate::host::{Lock, LockError, Target, WriteStep, lock_path, replace, resolve};
use crate::path::escape;

/// A registry in a TOML file of this host (see [`parse()`] for its content).
///
/// Each look-up reads the file anew, so a long-lived process sees what was changed since; the same
/// text is parsed once. An edit keeps comments, order and spacing of all that it is not about. It
/// happens under a lock, so that of two at a time neither is lost, and whole or not at all: a reader,
/// or a host after a power cut, finds the old text or the new one. What would make the file invalid
/// is not written.
///
/// A file with CRLF line ends or a byte order mark keeps them. Where line ends are mixed,
/// [`set`](Self::set) and [`remove`](Self::remove) give every line the end of the first, if they
/// change anything.
#[derive(Clone, Debug)]
pub struct FileRegistry {
    path: PathBuf,
    origin: String,
    patience: Duration,
    last: Last,
}

/// Text that was read last, and its servers: a file that did not change is not parsed again.
#[derive(Clone, Default)]
struct Last(Arc<Mutex<Option<(String, Servers)>>>);

impl fmt::Debug for Last {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Last")
    }
}

impl FileRegistry {
    /// The registry in this file, once it is seen to be readable and valid.
    ///
    /// # Errors
    /// [`RegistryError`].
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, RegistryError> {
        let registry = Self::at(path);
        registry.servers()?;
        Ok(registry)
    }

    /// The registry in this file, which is not looked at yet and may not exist: the first
    /// [`add`](Self::add) makes it.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self {
            origin: escape(path.as_os_str().as_bytes()),
            path,
            patience: Duration::from_secs(10),
            last: Last::default(),
        }
    }

    /// Time that an edit waits for another one to end; 10 s by default.
    #[must_use]
    pub fn with_lock_timeout(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a server at the end of the file, which is made (mode 0644) where it is missing.
    /// Unchanged when the very same server is there.
    ///
    /// # Errors
    /// [`EditError::NameTaken`] when a different server has its name, and what can go wrong with
    /// the file.
    pub fn add(&self, server: &Server) -> Result<Outcome, EditError> {
        self.edit(server.name(), true, |text, servers| {
            match servers.and_then(|servers| servers.get(server.name())) {
                None => Ok(edit::added(text, server)),
                Some(present) if present == server => Ok(text.to_owned()),
                Some(_) => Err(EditError::NameTaken {
                    origin: self.origin.clone(),
                    name: server.name().to_owned(),
                }),
            }
        })
    }

    /// Removes a server with the comments that touch it. Unchanged when there is none of that
    /// name; [`Servers::nearest`] tells what may have been meant.
    ///
    /// # Errors
    /// Errors of the file.
    pub fn remove(&self, name: &str) -> Result<Outcome, EditError> {
        self.edit(name, false, |text, _| {
            Ok(edit::removed(text, &self.origin, name)?.unwrap_or_else(|| text.to_owned()))
        })
    }

    /// Sets or unsets keys of a server, all in one step. Giving it a source takes away the one it
    /// had; a new name keeps its place. Works on a file that is invalid, too, where the result is
    /// valid.
    ///
    /// # Errors
    /// [`EditError::UnknownServer`]; [`EditError::Refused`] when the values are sound one by one
    /// but not together; and what can go wrong with the file.
    pub fn set(&self, name: &str, settings: &[Setting]) -> Result<Outcome, EditError> {
        self.edit(name, false, |text, servers| {
            edit::set(text, &self.origin, name, settings)?.ok_or_else(|| EditError::UnknownServer {
                origin: self.origin.clone(),
                name: escape(name.as_bytes()),
                nearest: servers.and_then(|s| s.nearest(name)).map(str::to_owned),
            })
        })
    }

    /// One change from reading to writing. `change` sees the servers where the text is valid.
    fn edit(
        &self,
        name: &str,
        may_make: bool,
        change: impl FnOnce(&str, Option<&Servers>) -> Result<String, EditError>,
    ) -> Result<Outcome, EditError> {
        let origin = || self.origin.clone();
        let target = match resolve(&self.path).map_err(self.failed(WriteStep::Resolve))? {
            Target::Existing(target) => target,
            Target::Missing(target) if may_make => target,
            Target::NoFolder if may_make => {
                return Err(EditError::NoFolder { origin: origin() });
            }
            Target::Missing(_) | Target::NoFolder => {
                return Err(RegistryError::NotFound { origin: origin() }.into());
            }
            Target::Dangling => return Err(EditError::Dangling { origin: origin() }),
        };
        let lock = Lock::take(&target, self.patience).map_err(|error| match error {
            LockError::Io(error) => self.failed(WriteStep::Lock)(error),
            LockError::Held => EditError::Busy {
                origin: origin(),
                lock: escape(lock_path(&target).as_os_str().as_bytes()),
                waited: self.patience,
            },
        })?;

        let found = match load(&target, &self.origin) {
            Err(RegistryError::NotFound { .. }) if may_make => None,
            found => Some(found?),
        };
        let text = found.as_ref().map_or("", |found| &found.text);
        let before = parse(text, &self.origin);
        let after = match change(text, before.as_ref().ok()) {
            // In a file that is invalid, the server may be there in a form that is not seen.
            Ok(after) => after,
            Err(error @ EditError::UnknownServer { .. }) => {
                before?;
                return Err(error);
            }
            Err(error) => return Err(error),
        };
        match (parse(&after, &self.origin), before) {
            (Ok(_), _) if after.len() as u64 > MAX_LEN => {
                return Err(RegistryError::TooLarge {
                    origin: origin(),
                    limit: MAX_LEN,
                }
                .into());
            }
            (Ok(_), _) => {}
            (Err(_), Err(before)) => return Err(before.into()),
            (Err(RegistryError::Invalid { error, .. }), Ok(_)) => {
                return Err(EditError::Refused {
                    origin: origin(),
                    name: escape(name.as_bytes()),
                    error,
                });
            }
            (Err(error), Ok(_)) => return Err(error.into()),
        }
        if after == text {
            return Ok(Outcome::Unchanged);
        }
        if let Some(links) = found.map(|found| found.links).filter(|links| *links > 1) {
            return Err(EditError::HardLinked {
                origin: origin(),
                links,
            });
        }
        replace(&lock, &target, &after).map_err(|(step, error)| self.failed(step)(error))?;
        Ok(Outcome::Changed)
    }

    fn failed(&self, step: WriteStep) -> impl FnOnce(io::Error) -> EditError {
        let origin = self.origin.clone();
        move |source| EditError::Write {
            origin,
            step,
            source,
        }
    }
}

impl Registry for FileRegistry {
    fn servers(&self) -> Result<Servers, RegistryError> {
        let text = load(&self.path, &self.origin)?.text;
        // A panic elsewhere leaves it whole: each change is one assignment.
        let mut last = self.last.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, servers)) = &*last
            && *known == text
        {
            return Ok(servers.clone());
        }
        let servers = parse(&text, &self.origin)?;
        *last = Some((text, servers.clone()));
        Ok(servers)
    }
}

impl Store for FileRegistry {
    fn origin(&self) -> &str {
        &self.origin
    }

    fn add(&self, server: &Server) -> Result<Outcome, EditError> {
        self.add(server)
    }

    fn remove(&self, name: &str) -> Result<Outcome, EditError> {
        self.remove(name)
    }

    fn set(&self, name: &str, settings: &[Setting]) -> Result<Outcome, EditError> {
        self.set(name, settings)
    }
}

/// Store in a file of this host, which is not looked at yet and may not exist.
pub fn store_in(file: impl Into<PathBuf>) -> Arc<dyn Store> {
    Arc::new(FileRegistry::at(file))
}
