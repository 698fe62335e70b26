//! What tells a domain that goes on from one that starts.
//!
//! libvirt calls `prepare begin` alike for a cold start, a restore and an incoming migration; but
//! before the latter two it calls `restore begin` or `migrate begin`, in the same breath. That
//! leaves a marker, which the next `prepare begin` takes away and obeys.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::domain::Domain;
use super::operation::Operation;
use super::xml::{self, XmlError};
use crate::hook::error::HookError;
use crate::hook::verdict::{Failed, Verdict, Why};
use crate::path::escape;

/// How old a marker may be. Between the two calls lies a moment, or the wait for another job on the
/// domain. A marker whose domain never came would keep its next start from being prepared, which
/// does no harm; one that is not obeyed would let a running memory meet another disk.
const LIFETIME: Duration = Duration::from_secs(3600);

/// The markers of a host: empty files named by the domain's UUID, in a folder that does not outlive
/// the host's own run.
#[derive(Clone, Debug)]
pub struct Markers {
    folder: PathBuf,
}

/// Why a marker could not be left.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MarkerError {
    /// The domain cannot be told from its XML.
    #[error("the domain XML: {0}")]
    Xml(#[from] XmlError),
    /// It has no UUID.
    #[error("the domain has no <uuid>: libvirt gives each one")]
    NoUuid,
    /// The marker cannot be made.
    #[error("cannot leave a marker in {}: {source}; mend that and try again", .folder.display())]
    Io {
        /// The folder.
        folder: PathBuf,
        /// The host's error.
        source: io::Error,
    },
}

impl Default for Markers {
    /// Those in `/run/osgraft/hook`.
    fn default() -> Self {
        Self::under("/run/osgraft/hook")
    }
}

impl Markers {
    /// Those in a folder, which is made when it is needed.
    pub fn under(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// Remembers that a domain's next `prepare begin` is no cold start. Other operations than
    /// [`Operation::Restore`] and [`Operation::Migrate`] leave nothing.
    ///
    /// # Errors
    /// [`MarkerError`]; the domain had better not go on then, if it takes part.
    pub fn leave(&self, operation: Operation, xml: &[u8]) -> Result<(), MarkerError> {
        let kind = match operation {
            Operation::Restore => RESTORED,
            Operation::Migrate => MIGRATED,
            _ => return Ok(()),
        };
        let document = xml::parse(xml)?;
        let domain = Domain::of(&document)?;
        let uuid = domain.uuid().ok_or(MarkerError::NoUuid)?;
        let made = fs::create_dir_all(&self.folder).and_then(|()| {
            // Two of one domain cannot be: libvirt knows it but once.
            fs::write(self.at(uuid), kind)
        });
        made.map_err(|source| MarkerError::Io {
            folder: self.folder.clone(),
            source,
        })
    }

    /// Whether a domain that is about to start goes on instead, and forgets it.
    ///
    /// # Errors
    /// The host's, when that cannot be told.
    pub fn take(&self, uuid: &str) -> io::Result<Option<Why>> {
        let path = self.at(uuid);
        let kind = match fs::read(&path) {
            Ok(kind) => kind,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let age = age(&path)?;
        fs::remove_file(&path)?;
        if age > LIFETIME {
            return Ok(None);
        }
        Ok(Some(match kind == MIGRATED {
            true => Why::Migrated,
            false => Why::Restored,
        }))
    }

    /// A verdict on a domain that is about to start, once its marker is obeyed and forgotten.
    pub fn obeyed(&self, verdict: Verdict, uuid: &str) -> Verdict {
        let (name, on_failure) = match &verdict {
            Verdict::Prepare(request) => (request.name(), request.on_failure()),
            Verdict::Fail(failed) => ("", failed.on_failure),
            Verdict::Leave(_) => {
                // Whether there was one makes no difference.
                let _ = self.take(uuid);
                return verdict;
            }
        };
        match self.take(uuid) {
            Ok(None) => verdict,
            Ok(Some(why)) => Verdict::Leave(why),
            Err(source) => {
                let vm = match name {
                    "" => uuid.to_owned(),
                    name => escape(name.as_bytes()),
                };
                Verdict::Fail(Failed::new(on_failure, HookError::Marker { vm, source }))
            }
        }
    }

    fn at(&self, uuid: &str) -> PathBuf {
        debug_assert!(!uuid.contains(['/', '.']));
        self.folder.join(uuid)
    }
}

const RESTORED: &[u8] = b"restored\n";
const MIGRATED: &[u8] = b"migrated\n";

/// How long ago a file was written; a clock that was set back makes it new.
fn age(path: &Path) -> io::Result<Duration> {
    Ok(fs::metadata(path)?
        .modified()?
        .elapsed()
        .unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::time::SystemTime;

    use super::*;

    const UUID: &str = "4dea22b3-1d52-d8f3-2516-782e98ab3fa0";

    fn xml() -> Vec<u8> {
        format!("<domain><name>a</name><uuid>{UUID}</uuid></domain>").into_bytes()
    }

    #[test]
    fn a_marker_is_obeyed_once() {
        let folder = tempfile::tempdir().unwrap();
        let markers = Markers::under(folder.path().join("deep/er"));
        assert_eq!(markers.take(UUID).unwrap(), None);
        markers.leave(Operation::Prepare, &xml()).unwrap();
        markers.leave(Operation::Other, b"no XML").unwrap();
        assert_eq!(markers.take(UUID).unwrap(), None);
        markers.leave(Operation::Restore, &xml()).unwrap();
        assert_eq!(markers.take(UUID).unwrap(), Some(Why::Restored));
        assert_eq!(markers.take(UUID).unwrap(), None);
        markers.leave(Operation::Restore, &xml()).unwrap();
        markers.leave(Operation::Migrate, &xml()).unwrap();
        assert_eq!(markers.take(UUID).unwrap(), Some(Why::Migrated));
    }

    #[test]
    fn an_old_marker_is_forgotten_and_one_from_the_future_obeyed() {
        let folder = tempfile::tempdir().unwrap();
        let markers = Markers::under(folder.path());
        for (time, why) in [
            (SystemTime::now() - 2 * LIFETIME, None),
            (SystemTime::now() + 2 * LIFETIME, Some(Why::Restored)),
        ] {
            markers.leave(Operation::Restore, &xml()).unwrap();
            let file = File::options().write(true).open(folder.path().join(UUID));
            file.unwrap().set_modified(time).unwrap();
            assert_eq!(markers.take(UUID).unwrap(), why);
            assert_eq!(markers.take(UUID).unwrap(), None);
        }
    }

    #[test]
    fn what_cannot_be_marked_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let error = Markers::under(&file).leave(Operation::Restore, &xml());
        assert!(matches!(error, Err(MarkerError::Io { .. })), "{error:?}");
        let markers = Markers::under(folder.path());
        let evil =
            b"<domain><name>a</name><uuid>../../../../../../../etc/cron.daily/aa</uuid></domain>";
        let error = markers.leave(Operation::Restore, evil);
        assert!(matches!(error, Err(MarkerError::NoUuid)), "{error:?}");
    }
}
