//! Markers that tell a domain that goes on from one that starts.
//!
//! libvirt calls `prepare begin` alike for a cold start, a restore and an incoming migration; but
//! before the latter two it calls `restore begin` or `migrate begin`, in the same breath. That
//! leaves a marker, which the next `prepare begin` takes away and obeys.
//!
//! A restore or a migration can fail between the two calls. Its marker is then taken away by
//! `stopped end` or `release end`, which follow a start that failed, and by `started begin`. Where
//! libvirt calls nothing any more, the marker is void as soon as that libvirt process has ended, and
//! after ten minutes in any case.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::daemon::Daemon;
use super::domain::Domain;
use super::marker_error::MarkerError;
use super::operation::Operation;
use super::xml;
use crate::hook::error::HookError;
use crate::hook::verdict::{Failed, Verdict, Why};
use crate::host::PrivateFolder;
use crate::path::escape;

/// Longest time between the two calls: a moment, the wait for another job on the domain (30 s at
/// most, `QEMU_JOB_WAIT_TIME`), or another hook that takes its time. A marker of a restore that
/// failed before the second call keeps the next start from being prepared for as long; one that is
/// not obeyed would let a running memory meet another disk.
const LIFETIME: Duration = Duration::from_secs(600);
/// Time for which the end of an earlier run of a domain may cross its own restore: libvirt lets it wait
/// for the other's job for 30 s (`QEMU_JOB_WAIT_TIME`), doubled.
const CROSSING: Duration = Duration::from_secs(60);
/// Folder of the process numbers of running domains, libvirt's own.
const RUNNING: &str = "/run/libvirt/qemu";
/// Most bytes of a marker.
const MOST: u64 = 256;

/// The markers of a host: small files named by the domain's UUID, in a folder of osgraft's own that
/// does not outlive the host's own run.
#[derive(Clone, Debug)]
pub struct Markers {
    folder: PathBuf,
    running: PathBuf,
}

/// A marker's content.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Marker {
    why: Why,
    /// The libvirt process that left it; `None` where the hook was called by hand.
    by: Option<Daemon>,
    /// Time at which it was left, in seconds since 1970.
    at: u64,
    /// True if an earlier run of the domain had not ended yet.
    crosses: bool,
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
            running: RUNNING.into(),
        }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Tells whether there is no marker at all. A folder that cannot be looked into may hold some.
    pub fn are_none(&self) -> bool {
        match PrivateFolder::open(&self.folder) {
            Ok(None) => true,
            Ok(Some(folder)) => folder.is_empty().unwrap_or(false),
            Err(_) => false,
        }
    }

    /// Remembers that a domain's next `prepare begin` is no cold start. Other operations than
    /// [`Operation::Restore`] and [`Operation::Migrate`] leave nothing.
    ///
    /// # Errors
    /// [`MarkerError`]; the domain had better not go on then, if it takes part.
    pub fn leave(&self, operation: Operation, xml: &[u8]) -> Result<(), MarkerError> {
        let why = match operation {
            Operation::Restore => Why::Restored,
            Operation::Migrate => Why::Migrated,
            _ => return Ok(()),
        };
        let document = xml::parse(xml)?;
        let domain = Domain::of(&document)?;
        let uuid = domain.uuid().ok_or(MarkerError::NoUuid)?;
        let marker = Marker {
            why,
            by: Daemon::above(),
            at: now(),
            crosses: self.runs(domain.name()),
        };
        let folder = PrivateFolder::make(&self.folder)?;
        // Two of one domain cannot be: libvirt knows it but once.
        let made = folder.write(&name_of(uuid), marker.to_text().as_bytes());
        made.map_err(|source| MarkerError::Io {
            folder: self.folder.clone(),
            source,
        })
    }

    /// Forgets that a domain was to go on: it has started, or that has failed. Whether there was a
    /// marker.
    ///
    /// A marker that was left while the domain's earlier run had not ended stays for a minute: what
    /// ends may be that run, and the restore may still come.
    ///
    /// # Errors
    /// [`MarkerError`].
    pub fn forget(&self, xml: &[u8]) -> Result<bool, MarkerError> {
        let Some(folder) = PrivateFolder::open(&self.folder)? else {
            return Ok(false);
        };
        let document = xml::parse(xml)?;
        let uuid = Domain::of(&document)?.uuid().ok_or(MarkerError::NoUuid)?;
        let failed = |source| MarkerError::Io {
            folder: self.folder.clone(),
            source,
        };
        let name = name_of(uuid);
        let Some(text) = folder.read(&name, MOST).map_err(failed)? else {
            return Ok(false);
        };
        let may_come =
            Marker::of(&text).is_some_and(|marker| marker.crosses && marker.age() <= CROSSING);
        match may_come {
            true => Ok(false),
            false => folder.remove(&name).map_err(failed),
        }
    }

    /// Takes the marker of a domain that goes on instead of starting; `None` for one that starts.
    ///
    /// # Errors
    /// The host's, when that cannot be told.
    pub fn take(&self, uuid: &str) -> io::Result<Option<Why>> {
        let folder = PrivateFolder::open(&self.folder).map_err(io::Error::other)?;
        let Some(folder) = folder else {
            return Ok(None);
        };
        let name = name_of(uuid);
        let Some(text) = folder.read(&name, MOST)? else {
            return Ok(None);
        };
        folder.remove(&name)?;
        let marker = Marker::of(&text).ok_or_else(|| {
            io::Error::other(format!(
                "{} is no marker of osgraft's, and is removed",
                self.folder.join(&name).display()
            ))
        })?;
        Ok(marker.stands().then_some(marker.why))
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

    /// Tells whether libvirt has a running domain of that name.
    fn runs(&self, name: &str) -> bool {
        !name.contains('/') && self.running.join(format!("{name}.pid")).exists()
    }
}

/// A marker's file. libvirt writes UUIDs in lower case; a hand may not.
fn name_of(uuid: &str) -> String {
    debug_assert!(!uuid.contains(['/', '.']));
    uuid.to_ascii_lowercase()
}

impl Marker {
    fn to_text(self) -> String {
        let kind = match self.why {
            Why::Migrated => "migrated",
            _ => "restored",
        };
        let mut text = format!("{kind}\nat {}\n", self.at);
        if let Some(by) = self.by {
            text.push_str(&format!("by {} {}\n", by.pid, by.started));
        }
        if self.crosses {
            text.push_str("crosses\n");
        }
        text
    }

    fn of(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let mut lines = text.lines();
        let why = match lines.next()? {
            "restored" => Why::Restored,
            "migrated" => Why::Migrated,
            _ => return None,
        };
        let mut marker = Self {
            why,
            by: None,
            at: now(),
            crosses: false,
        };
        for line in lines {
            let mut words = line.split(' ');
            match (words.next(), words.next(), words.next()) {
                (Some("at"), Some(at), None) => marker.at = at.parse().ok()?,
                (Some("by"), Some(pid), Some(started)) => {
                    marker.by = Some(Daemon {
                        pid: pid.parse().ok()?,
                        started: started.parse().ok()?,
                    });
                }
                (Some("crosses"), None, None) => marker.crosses = true,
                _ => return None,
            }
        }
        Some(marker)
    }

    /// Age since it was left; a clock that was set back makes it new.
    fn age(self) -> Duration {
        Duration::from_secs(now().saturating_sub(self.at))
    }

    /// Tells whether what it announces can still come: its libvirt runs, is the one that asks, and did
    /// not leave it long ago.
    fn stands(self) -> bool {
        let is_of_another = self
            .by
            .is_some_and(|by| !by.runs() || Daemon::above().is_some_and(|above| above != by));
        !is_of_another && self.age() <= LIFETIME
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use std::fs;

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
        assert!(!folder.path().join("deep").exists(), "nothing needed it");
        markers.leave(Operation::Restore, &xml()).unwrap();
        assert_eq!(markers.take(UUID).unwrap(), Some(Why::Restored));
        assert_eq!(markers.take(UUID).unwrap(), None);
        markers.leave(Operation::Restore, &xml()).unwrap();
        markers.leave(Operation::Migrate, &xml()).unwrap();
        assert_eq!(
            markers.take(&UUID.to_uppercase()).unwrap(),
            Some(Why::Migrated)
        );
    }

    /// Leaves a marker and changes it.
    fn put(markers: &Markers, change: impl FnOnce(&mut Marker)) {
        markers.leave(Operation::Restore, &xml()).unwrap();
        let path = markers.folder().join(UUID);
        let mut marker = Marker::of(&fs::read(&path).unwrap()).unwrap();
        change(&mut marker);
        fs::write(path, marker.to_text()).unwrap();
    }

    #[test]
    fn an_old_marker_is_forgotten_and_one_from_the_future_obeyed() {
        let folder = tempfile::tempdir().unwrap();
        let markers = Markers::under(folder.path());
        let two = 2 * LIFETIME.as_secs();
        for (at, why) in [(now() - two, None), (now() + two, Some(Why::Restored))] {
            put(&markers, |marker| marker.at = at);
            assert_eq!(markers.take(UUID).unwrap(), why);
            assert_eq!(markers.take(UUID).unwrap(), None);
        }
    }

    #[test]
    fn a_marker_ends_with_the_libvirt_that_left_it() {
        let folder = tempfile::tempdir().unwrap();
        let markers = Markers::under(folder.path());
        let gone = Daemon {
            pid: u32::MAX,
            started: 1,
        };
        put(&markers, |marker| marker.by = Some(gone));
        assert_eq!(markers.take(UUID).unwrap(), None);
        assert!(markers.are_none(), "it is taken away too");
        // By hand, or by an osgraft of before: nothing is known of who left it.
        fs::write(folder.path().join(UUID), "migrated\n").unwrap();
        assert_eq!(markers.take(UUID).unwrap(), Some(Why::Migrated));
        fs::write(folder.path().join(UUID), "odd\n").unwrap();
        assert!(markers.take(UUID).is_err());
    }

    #[test]
    fn what_failed_or_started_is_forgotten_but_for_what_may_still_come() {
        let folder = tempfile::tempdir().unwrap();
        let mut markers = Markers::under(folder.path().join("m"));
        markers.running = folder.path().join("running");
        assert!(!markers.forget(&xml()).unwrap());
        markers.leave(Operation::Restore, &xml()).unwrap();
        assert!(markers.forget(&xml()).unwrap());
        assert_eq!(markers.take(UUID).unwrap(), None);
        // The domain was still running: what ends next may be that run.
        fs::create_dir(&markers.running).unwrap();
        fs::write(markers.running.join("a.pid"), "1\n").unwrap();
        markers.leave(Operation::Restore, &xml()).unwrap();
        assert!(!markers.forget(&xml()).unwrap());
        assert_eq!(markers.take(UUID).unwrap(), Some(Why::Restored));
        put(&markers, |marker| marker.at -= 2 * CROSSING.as_secs());
        assert!(markers.forget(&xml()).unwrap());
    }

    #[test]
    fn what_cannot_be_marked_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let error = Markers::under(&file).leave(Operation::Restore, &xml());
        assert!(matches!(error, Err(MarkerError::Folder(_))), "{error:?}");
        assert!(Markers::under(&file).take(UUID).is_err());
        let markers = Markers::under(folder.path());
        let evil =
            b"<domain><name>a</name><uuid>../../../../../../../etc/cron.daily/aa</uuid></domain>";
        let error = markers.leave(Operation::Restore, evil);
        assert!(matches!(error, Err(MarkerError::NoUuid)), "{error:?}");
    }
}
