//! The cache's folder.

use std::collections::BTreeSet;
use std::fs::{self, File, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use sha2::{Digest, Sha256};

use super::Records;
use super::entry::{CachedEdit, CachedNeeds};
use super::key::Key;
use super::slotted::Slotted;
use crate::host::{Cause, Flaw, PrivateFolder, PrivateFolderError};
use crate::image::{Faults, Fingerprint, Host, ImageError, OpenChild};

/// Largest entry, in bytes. An edit of a guest is a few hundred KiB.
const MAX_ENTRY: u64 = 64 << 20;
const DIGEST: usize = 32;
/// Templates that are kept of one edit: one for each shape of identities.
const MAX_TEMPLATES: u8 = 4;
/// Time that one waits for another's appliance.
const PATIENCE: Duration = Duration::from_secs(600);

/// A folder of cached entries, bounded in size; several processes may share it.
///
/// Entries that were not used for the longest go first. A cache that cannot be read or written
/// costs time and nothing else: every failure is a miss.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
    max_bytes: u64,
    host: Host,
}

/// Someone is making an entry.
#[derive(Debug)]
pub(in crate::prepare) struct Claim {
    path: PathBuf,
    host: Host,
    /// Its flock(2) falls with it, however the process ends.
    _file: File,
}

impl Drop for Claim {
    fn drop(&mut self) {
        // Those who wait hold the same file open and look into the cache next; a name that stays
        // is claimed again.
        let _ = self.host.remove(&self.path);
    }
}

/// Reasons why a folder cannot be a cache.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CacheError {
    /// It cannot be made or looked at.
    #[error("cannot use the cache folder {}: {}; name another or go without", .path.display(), Cause::at(.path, .source))]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The host's error.
        source: io::Error,
    },
    /// Somebody else could put entries there, which would end up on disks.
    #[error("the cache folder {} is not used, because {flaw}: remove it, or give it back by chown and chmod go-w", .path.display())]
    Shared {
        /// The folder.
        path: PathBuf,
        /// The step of its path, and who can change it.
        flaw: Flaw,
    },
}

impl CacheError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Folder { .. } => "cache-folder",
            Self::Shared { .. } => "cache-folder-shared",
        }
    }
}

impl Cache {
    /// Size bound unless [`max_bytes`](Self::max_bytes) says otherwise: 256 MiB.
    pub const MAX_BYTES: u64 = 256 << 20;

    /// Uses a folder, which is made (0700) where it is missing.
    ///
    /// # Errors
    /// [`CacheError::Shared`] when anybody else could write to it.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, CacheError> {
        let path = folder.into();
        match PrivateFolder::make(&path) {
            Ok(_) => {}
            Err(PrivateFolderError::Others { flaw, .. }) => {
                return Err(CacheError::Shared { path, flaw });
            }
            Err(PrivateFolderError::Io { source, .. }) => {
                return Err(CacheError::Folder { path, source });
            }
        }
        Ok(Self {
            folder: path,
            max_bytes: Self::MAX_BYTES,
            host: Host::default(),
        })
    }

    /// Bounds what all entries may take, in bytes.
    #[must_use]
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// The same, with every changing file call passed through `faults`. For tests.
    #[must_use]
    pub fn with_faults(mut self, faults: Faults) -> Self {
        self.host = Host::with_faults(faults);
        self
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub(in crate::prepare) fn keep_needs(&self, key: &Key, needs: &CachedNeeds) {
        self.put(key, &needs.to_bytes());
    }

    /// The templates of an edit.
    pub(in crate::prepare) fn templates(&self, key: &Key) -> impl Iterator<Item = Slotted> {
        let keys = (0..MAX_TEMPLATES).map(|number| key.of_template(number));
        keys.map_while(|key| self.read_as(&key, Slotted::from_bytes))
    }

    /// Keeps a template beside those of other shapes, where there is room; and what its server was
    /// selected by. Nothing is kept of one that would hold a secret.
    pub(in crate::prepare) fn keep_template(
        &self,
        (needs_key, needs): (Key, &CachedNeeds),
        (key, slotted): (Key, &Slotted),
        open: &OpenChild,
    ) {
        let mut keys = (0..MAX_TEMPLATES).map(|number| key.of_template(number));
        let free = keys.find(|key| !self.folder.join(key.file_name()).exists());
        if let (Some(key), Some(bytes)) = (free, slotted.to_bytes(open)) {
            self.keep_needs(&needs_key, needs);
            self.put(&key, &bytes);
        }
    }

    /// Notes that children like this one each take an appliance, so that none waits for another's.
    pub(in crate::prepare) fn keep_each(&self, child: &Fingerprint) {
        self.put(&Key::of_each(child), b"each");
    }

    /// True where children like this one each take an appliance.
    pub(in crate::prepare) fn is_each(&self, child: &Fingerprint) -> bool {
        self.get(&Key::of_each(child)).is_some()
    }

    /// The modules in an initramfs that was unpacked before.
    pub(in crate::prepare) fn modules(&self, key: &Key) -> Option<BTreeSet<String>> {
        self.read_as(key, |bytes| serde_json::from_slice(bytes).ok())
    }

    /// Keeps the modules in an initramfs.
    pub(in crate::prepare) fn keep_modules(&self, key: &Key, modules: &BTreeSet<String>) {
        self.put(key, &serde_json::to_vec(modules).expect("strings alone"));
    }

    /// Waits until nobody else makes the entries of this key, and keeps others from it until the
    /// claim is dropped; they find them then. Where waiting makes no sense, everybody makes their
    /// own.
    pub(in crate::prepare) fn claim(&self, key: &Key) -> Option<Claim> {
        let path = self.folder.join(format!(".making-{}", key.file_name()));
        let file = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
            .open(&path)
            .ok()?;
        let deadline = Instant::now() + PATIENCE;
        while file.try_lock().is_err() {
            if Instant::now() >= deadline {
                return None;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(Claim {
            path,
            host: self.host.clone(),
            _file: file,
        })
    }

    fn read_as<T>(&self, key: &Key, read: impl FnOnce(&[u8]) -> Option<T>) -> Option<T> {
        let value = read(&self.get(key)?);
        if value.is_none() {
            self.discard(key);
        }
        value
    }

    /// An entry's content. A damaged one is removed.
    fn get(&self, key: &Key) -> Option<Vec<u8>> {
        let path = self.folder.join(key.file_name());
        let mut file = File::options()
            .read(true)
            .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
            .open(&path)
            .ok()?;
        let metadata = file.metadata().ok()?;
        let mut bytes = Vec::new();
        let read = metadata.is_file()
            && metadata.len() <= MAX_ENTRY
            && file.read_to_end(&mut bytes).is_ok();
        let len = bytes.len().checked_sub(DIGEST);
        let sound =
            read && len.is_some_and(|len| Sha256::digest(&bytes[..len])[..] == bytes[len..]);
        if !sound {
            self.discard(key);
            return None;
        }
        bytes.truncate(len?);
        // The time of last use decides what goes first; where it cannot be set, nothing is lost.
        let _ = file.set_modified(SystemTime::now());
        Some(bytes)
    }

    /// Keeps an entry, in place of older ones where there is no room.
    fn put(&self, key: &Key, content: &[u8]) {
        let len = (content.len() + DIGEST) as u64;
        if len > MAX_ENTRY.min(self.max_bytes) {
            return;
        }
        // A cache that cannot be written is no cache, and no reason to fail.
        if self.make_room(len).is_ok() {
            let _ = self.write(key, content);
        }
    }

    /// Removes an entry that is of no use.
    fn discard(&self, key: &Key) {
        let _ = self.host.remove(&self.folder.join(key.file_name()));
    }

    /// Not flushed: what a power cut tears fails its digest and is made anew.
    fn write(&self, key: &Key, content: &[u8]) -> Result<(), ImageError> {
        let path = self.folder.join(key.file_name());
        let failed = |e| ImageError::io("write", &path, e);
        // Without a name until it is whole, so that a kill leaves nothing behind.
        if let Some(file) = self.host.create_unnamed(&self.folder, &path, 0o600)? {
            file.write_at(0, content).map_err(failed)?;
            file.write_at(content.len() as u64, &Sha256::digest(content))
                .map_err(failed)?;
            return match self.host.link_unnamed(&file) {
                // Somebody else's of the same key is as good.
                Err(ImageError::Exists(_)) => Ok(()),
                linked => linked,
            };
        }
        self.write_named(&path, content).map_err(failed)
    }

    /// The same on a file system without unnamed files.
    fn write_named(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let mut file = tempfile::Builder::new()
            .prefix(".new-")
            .permissions(Permissions::from_mode(0o600))
            .tempfile_in(&self.folder)?;
        file.write_all(content)?;
        file.write_all(&Sha256::digest(content))?;
        file.persist(path)?;
        Ok(())
    }

    fn make_room(&self, wanted: u64) -> io::Result<()> {
        let mut entries = Vec::new();
        let mut total = wanted;
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            // Others remove entries, too.
            let Ok(metadata) = entry.metadata() else {
                continue;
            };
            total += metadata.len();
            entries.push((metadata.modified()?, metadata.len(), entry.path()));
        }
        entries.sort();
        for (_, len, path) in entries {
            if total <= self.max_bytes {
                break;
            }
            self.host.remove(&path).map_err(io::Error::other)?;
            total -= len;
        }
        Ok(())
    }
}

impl Records for Cache {
    fn needs(&self, key: &Key) -> Option<CachedNeeds> {
        self.read_as(key, CachedNeeds::from_bytes)
    }

    fn edit(&self, key: &Key) -> Option<CachedEdit> {
        self.read_as(key, CachedEdit::from_bytes)
    }

    fn keep(&self, (needs_key, needs): (Key, CachedNeeds), (key, edit): (Key, CachedEdit)) {
        if edit.holds_secret() {
            return;
        }
        self.keep_needs(&needs_key, &needs);
        self.put(&key, &edit.to_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::links::Links;

    fn key(byte: u8) -> Key {
        let links = Links::new(&"/shared".parse().unwrap(), Vec::new()).unwrap();
        Key::of_needs(&Fingerprint::for_tests([byte; 32]), &links)
    }

    #[test]
    fn what_is_put_is_found_until_it_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path().join("cache")).unwrap();
        assert_eq!(cache.get(&key(1)), None);
        cache.put(&key(1), b"content");
        assert_eq!(cache.get(&key(1)).as_deref(), Some(&b"content"[..]));
        assert_eq!(cache.get(&key(2)), None);
        let path = cache.folder().join(key(1).file_name());
        let mut bytes = fs::read(&path).unwrap();
        bytes[0] ^= 1;
        fs::write(&path, bytes).unwrap();
        assert_eq!(cache.get(&key(1)), None);
        assert!(!path.exists(), "a damaged entry stayed");
    }

    #[test]
    fn what_was_used_longest_ago_goes_first() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path().join("cache")).unwrap();
        let cache = cache.max_bytes(3 * (1000 + DIGEST as u64));
        for byte in 1..=3 {
            cache.put(&key(byte), &[byte; 1000]);
            let path = cache.folder().join(key(byte).file_name());
            let time = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(u64::from(byte));
            File::options()
                .write(true)
                .open(path)
                .unwrap()
                .set_modified(time)
                .unwrap();
        }
        assert!(cache.get(&key(1)).is_some());
        cache.put(&key(4), &[4; 1000]);
        assert!(cache.get(&key(2)).is_none(), "2 was not used since");
        for byte in [1, 3, 4] {
            assert!(cache.get(&key(byte)).is_some(), "{byte}");
        }
        cache.put(&key(5), &[5; 4000]);
        assert!(cache.get(&key(5)).is_none(), "larger than the whole cache");
    }

    #[test]
    fn a_folder_that_others_can_write_to_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cache");
        Cache::open(&path).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o770)).unwrap();
        assert!(matches!(Cache::open(&path), Err(CacheError::Shared { .. })));
    }

    #[test]
    fn a_link_or_a_fifo_in_the_cache_is_no_entry() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path().join("cache")).unwrap();
        cache.put(&key(1), b"content");
        let path = |byte| cache.folder().join(key(byte).file_name());
        std::os::unix::fs::symlink(path(1), path(2)).unwrap();
        assert_eq!(cache.get(&key(2)), None);
        let made = std::process::Command::new("mkfifo").arg(path(3)).status();
        assert!(made.unwrap().success());
        assert_eq!(cache.get(&key(3)), None);
    }
}
