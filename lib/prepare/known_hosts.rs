//! The file in which the host's SSH clients find the keys of its children (sshd(8), SSH_KNOWN_HOSTS FILE
//! FORMAT).

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::OFlags;

use super::report::Report;
use crate::codes::Severity;
use crate::graft::Finding;
use crate::host::{Cause, Lock, LockError, WriteStep, lock_path, replace, resolve_file};
use crate::identity::ssh_keys::with_host;
use crate::path::escape;

/// Largest file that is read. 100,000 hosts take a tenth of it.
const MAX_LEN: u64 = 256 << 20;

/// A known_hosts file of this host, which the first child makes.
///
/// A change happens under a lock, and whole or not at all: several processes at once lose no line, and
/// a reader finds the old text or the new one. The file keeps its owner, mode and label.
///
/// ```no_run
/// use osgraft::prepare::KnownHosts;
/// # use osgraft::prepare::Report;
///
/// # fn tell(report: &Report) -> Result<(), osgraft::prepare::KnownHostsError> {
/// let known = KnownHosts::at("/root/.ssh/known_hosts");
/// let names = ["web-7".to_owned(), "10.0.0.17".to_owned()];
/// known.put(&names, &report.ssh_host_keys)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct KnownHosts {
    path: PathBuf,
    patience: Duration,
}

/// Reasons why keys are not in a known_hosts file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KnownHostsError {
    /// The file cannot be read.
    #[error("{origin}: cannot be read: {}; name a known_hosts file that can be, or a new one", Cause::at(Path::new(.origin), .source))]
    Unreadable {
        /// The file.
        origin: String,
        /// The host's error.
        source: io::Error,
    },
    /// Another change is under way.
    #[error(
        "{origin}: another osgraft has had the lock {lock} for more than {} s: wait for it, or end it",
        .waited.as_secs_f64().ceil()
    )]
    Busy {
        /// The file.
        origin: String,
        /// The lock file.
        lock: String,
        /// Time that was waited.
        waited: Duration,
    },
    /// The file cannot be written.
    #[error("{origin}: cannot {step}: {}; {}", Cause::at(Path::new(.origin), .source), state(*.step))]
    Write {
        /// The file.
        origin: String,
        /// The step that failed.
        step: WriteStep,
        /// The host's error.
        source: io::Error,
    },
}

/// State that the file is in after a step failed, and what to do.
fn state(step: WriteStep) -> &'static str {
    match step {
        WriteStep::Resolve => "nothing was written",
        WriteStep::SyncFolder => "the keys are in it, but a power cut may undo that: prepare again",
        _ => "it is as it was: correct that, and prepare again to have the keys in it",
    }
}

impl KnownHostsError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "known-hosts-unreadable",
            Self::Busy { .. } => "known-hosts-busy",
            Self::Write { .. } => "known-hosts-write",
        }
    }
}

impl KnownHosts {
    /// This file. It may be missing; its folder may not.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            patience: Duration::from_secs(30),
        }
    }

    /// Time that a change waits for another one to end; 30 s by default.
    #[must_use]
    pub fn with_lock_timeout(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Makes sure that the file can be read and that its folder can be written to, and changes nothing
    /// but the lock beside it.
    ///
    /// # Errors
    /// [`KnownHostsError`].
    pub fn require_writable(&self) -> Result<(), KnownHostsError> {
        self.change(|text| text.to_vec())
    }

    /// Gives a host these keys and no others ([`with_host`]). Without keys nothing changes.
    ///
    /// # Errors
    /// [`KnownHostsError`]; the file is then as it was.
    pub fn put(&self, names: &[String], keys: &[String]) -> Result<(), KnownHostsError> {
        match names.is_empty() || keys.is_empty() {
            true => Ok(()),
            false => self.change(|text| with_host(text, names, keys)),
        }
    }

    /// Gives a prepared child the keys of its report. A guest without keys gets a warning there.
    ///
    /// # Errors
    /// As for [`put`](Self::put).
    pub fn put_reported(
        &self,
        names: &[String],
        report: &mut Report,
    ) -> Result<(), KnownHostsError> {
        if report.ssh_host_keys.is_empty() {
            let text = format!(
                "the guest has no SSH host keys that {} could hold",
                self.origin()
            );
            let finding = Finding::new("known-hosts-none", text);
            report.warnings.push(finding.with(Severity::Warning));
        }
        self.put(names, &report.ssh_host_keys)
    }

    fn change(&self, change: impl FnOnce(&[u8]) -> Vec<u8>) -> Result<(), KnownHostsError> {
        let target = resolve_file(&self.path).map_err(self.failed(WriteStep::Resolve))?;
        let unreadable = |source| KnownHostsError::Unreadable {
            origin: self.origin(),
            source,
        };
        // Before the lock, whose file would be made beside a device as well.
        read(&target).map_err(unreadable)?;
        let lock = Lock::take(&target, self.patience).map_err(|error| match error {
            LockError::Io(error) => self.failed(WriteStep::Lock)(error),
            LockError::Held => KnownHostsError::Busy {
                origin: self.origin(),
                lock: escape(lock_path(&target).as_os_str().as_bytes()),
                waited: self.patience,
            },
        })?;
        let before = read(&target).map_err(unreadable)?;
        let after = change(&before);
        if after == before {
            return Ok(());
        }
        replace(&lock, &target, after).map_err(|(step, error)| self.failed(step)(error))
    }

    fn origin(&self) -> String {
        escape(self.path.as_os_str().as_bytes())
    }

    fn failed(&self, step: WriteStep) -> impl Fn(io::Error) -> KnownHostsError {
        let origin = self.origin();
        move |source| KnownHostsError::Write {
            origin: origin.clone(),
            step,
            source,
        }
    }
}

/// The bytes of a regular file; none where nothing is.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let file: File = match OpenOptions::new()
        .read(true)
        .custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed())
        .open(path)
    {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        file => file?,
    };
    let kind = file.metadata()?.file_type();
    if kind.is_dir() {
        return Err(io::Error::other("it is a folder: name a file in it"));
    }
    if !kind.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut text = Vec::new();
    file.take(MAX_LEN + 1).read_to_end(&mut text)?;
    match text.len() as u64 > MAX_LEN {
        true => Err(io::ErrorKind::FileTooLarge.into()),
        false => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::thread;

    use super::*;

    const KEY: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn eight_at_once_lose_no_line_and_keep_what_others_wrote() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("known_hosts");
        fs::write(&file, "# by hand\nold ssh-rsa AAAA\n").unwrap();
        fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
        let put = |worker: usize| {
            for number in 0..25 {
                // Each has a lock of its own, as each process has.
                let known = KnownHosts::at(&file).with_lock_timeout(Duration::from_secs(120));
                let names = words(&[&format!("web-{worker}-{number}")]);
                known.put(&names, &words(&[KEY])).unwrap();
            }
        };
        thread::scope(|scope| {
            for worker in 0..8 {
                scope.spawn(move || put(worker));
            }
        });
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("# by hand\nold ssh-rsa AAAA\n"), "{text}");
        assert_eq!(text.lines().count(), 202);
        for worker in 0..8 {
            for number in 0..25 {
                let line = format!("web-{worker}-{number} {KEY}\n");
                assert_eq!(text.matches(&line).count(), 1, "{line}");
            }
        }
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    #[test]
    fn the_same_keys_again_write_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("known_hosts");
        let known = KnownHosts::at(&file);
        known.require_writable().unwrap();
        assert!(!file.exists());
        let (names, keys) = (words(&["web-7", "10.0.0.17"]), words(&[KEY]));
        known.put(&names, &[]).unwrap();
        assert!(!file.exists());
        known.put(&names, &keys).unwrap();
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(text, format!("web-7,10.0.0.17 {KEY}\n"));
        let inode = || std::os::unix::fs::MetadataExt::ino(&fs::metadata(&file).unwrap());
        let before = inode();
        known.put(&names, &keys).unwrap();
        assert_eq!(inode(), before);
    }

    #[test]
    fn a_link_leads_to_the_file_that_is_changed() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&file, "").unwrap();
        std::os::unix::fs::symlink("real", &link).unwrap();
        let known = KnownHosts::at(&link);
        known.put(&words(&["a"]), &words(&[KEY])).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), format!("a {KEY}\n"));
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    fn a_file_that_cannot_be_used_is_told_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| KnownHosts::at(folder.path().join(name));
        fs::create_dir(folder.path().join("folder")).unwrap();
        std::os::unix::fs::symlink("nowhere", folder.path().join("dangling")).unwrap();
        fs::write(folder.path().join("file"), "").unwrap();
        let fifo = folder.path().join("fifo");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &fifo,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
            0,
        )
        .unwrap();
        let missing = format!(
            "the folder {}/none does not exist: make it",
            folder.path().display()
        );
        for (known, code, told) in [
            (
                at("folder"),
                "known-hosts-unreadable",
                "it is a folder: name a file in it",
            ),
            (
                at("fifo"),
                "known-hosts-unreadable",
                "it is not a regular file",
            ),
            (
                KnownHosts::at("/dev/null"),
                "known-hosts-unreadable",
                "not a regular file",
            ),
            (
                at("none/known_hosts"),
                "known-hosts-write",
                missing.as_str(),
            ),
            (at("none/.."), "known-hosts-write", missing.as_str()),
            (
                at("file/known_hosts"),
                "known-hosts-write",
                "a part of the path is no folder",
            ),
            (
                at("dangling"),
                "known-hosts-write",
                "a symbolic link to nowhere, where nothing is",
            ),
        ] {
            let error = known.put(&words(&["a"]), &words(&[KEY])).unwrap_err();
            assert_eq!(error.code(), code, "{error}");
            assert!(error.to_string().contains(told), "{error}");
            assert!(!error.to_string().contains("entity"), "{error}");
            assert!(!error.to_string().contains('\n'), "{error}");
            assert_eq!(known.require_writable().unwrap_err().code(), code);
        }
        assert!(!Path::new("/dev/.null.lock").exists());

        let path = folder.path().join("known_hosts");
        let _lock = Lock::take(&path, Duration::ZERO).unwrap_or_else(|_| panic!("free"));
        let known = KnownHosts::at(&path).with_lock_timeout(Duration::from_millis(30));
        let error = known.put(&words(&["a"]), &words(&[KEY])).unwrap_err();
        assert_eq!(error.code(), "known-hosts-busy");
        assert!(error.to_string().contains(".known_hosts.lock"), "{error}");
    }
}
