//! Places of a registry: a file, or etcd.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use osgraft::path::printable;

use crate::exit::{Failure, Usage};

/// A registry that was named on the command line.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    File(PathBuf),
    #[cfg(feature = "etcd")]
    Etcd {
        hosts: Vec<String>,
        prefix: String,
    },
}

impl Place {
    pub(crate) fn new(named: &OsStr) -> Result<Self, Failure> {
        match named.as_bytes().strip_prefix(b"etcd://") {
            Some(_) => etcd(&named.to_string_lossy()),
            None => Ok(Self::File(PathBuf::from(named))),
        }
    }

    pub(crate) fn file(&self) -> Option<&PathBuf> {
        match self {
            Self::File(file) => Some(file),
            #[cfg(feature = "etcd")]
            Self::Etcd { .. } => None,
        }
    }
}

#[cfg(not(feature = "etcd"))]
fn etcd(url: &str) -> Result<Place, Failure> {
    Err(Usage::NoEtcd(printable(url)).into())
}

#[cfg(feature = "etcd")]
fn etcd(url: &str) -> Result<Place, Failure> {
    let rest = url.trim_start_matches("etcd://");
    match rest.split_once('/') {
        Some((hosts, prefix)) if !hosts.is_empty() && !prefix.trim_matches('/').is_empty() => {
            Ok(Place::Etcd {
                hosts: hosts.split(',').map(str::to_owned).collect(),
                prefix: prefix.to_owned(),
            })
        }
        _ => Err(Usage::EtcdUrl(printable(url)).into()),
    }
}

#[cfg(feature = "etcd")]
pub(crate) use self::store::in_etcd;

#[cfg(feature = "etcd")]
mod store {
    use std::fs::{File, OpenOptions};
    use std::io::{self, Read};
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
    use std::path::Path;
    use std::sync::Arc;
    use std::time::Duration;

    use osgraft::config::EtcdRegistry;
    use osgraft::kv::{EtcdStore, KvError};
    use osgraft::path::escape;
    use osgraft::registry::{KvRegistry, RegistryError, Store};

    /// Most bytes of a certificate, a key or a password.
    const MOST: u64 = 1 << 20;

    /// The registry in etcd; each call on it ends within `timeout`. Nothing is asked yet.
    pub(crate) fn in_etcd(
        settings: &EtcdRegistry,
        timeout: Duration,
    ) -> Result<Arc<dyn Store>, RegistryError> {
        let store = store(settings)?.with_timeout(timeout);
        Ok(Arc::new(KvRegistry::new(store, &settings.prefix)))
    }

    fn store(settings: &EtcdRegistry) -> Result<EtcdStore, KvError> {
        let mut store = EtcdStore::at(&settings.servers)?;
        let unusable = |why: &str| KvError::Unusable {
            origin: "[registry]".to_owned(),
            why: why.to_owned(),
        };
        let prefix = &settings.prefix;
        if prefix.trim_matches('/').is_empty() || prefix.chars().any(char::is_control) {
            return Err(unusable(
                "the prefix is empty, or holds a control character; correct it",
            ));
        }
        if let Some(ca) = &settings.ca {
            store = store.with_ca(&read(ca)?)?;
        }
        store = match (&settings.cert, &settings.key) {
            (None, None) => store,
            (Some(cert), Some(key)) => store.with_certificate(&read(cert)?, &read(key)?)?,
            _ => return Err(unusable("cert and key go together; set both or none")),
        };
        match (&settings.user, &settings.password_file) {
            (None, None) => Ok(store),
            (Some(user), Some(file)) => store.with_user(user, &password(file)?),
            _ => Err(unusable(
                "user and password_file go together; set both or none",
            )),
        }
    }

    fn password(path: &Path) -> Result<String, KvError> {
        let unusable = |why: &str| KvError::Unusable {
            origin: escape(path.as_os_str().as_bytes()),
            why: why.to_owned(),
        };
        let (file, mode) = open(path).map_err(|source| failed(path, source))?;
        if mode & 0o077 != 0 {
            return Err(unusable(
                "other users may use this password; “chmod 600” it",
            ));
        }
        let bytes = bounded(file).map_err(|source| failed(path, source))?;
        let text = String::from_utf8(bytes).map_err(|_| unusable("is not UTF-8; correct it"))?;
        match text.lines().next() {
            Some(line) if !line.is_empty() => Ok(line.to_owned()),
            _ => Err(unusable(
                "its first line is empty; write the password there",
            )),
        }
    }

    fn read(path: &Path) -> Result<Vec<u8>, KvError> {
        let all = || bounded(open(path)?.0);
        all().map_err(|source| failed(path, source))
    }

    /// Opens a regular file, and tells its mode. Of another nothing is waited for, and the file that is
    /// judged is the one that is read.
    fn open(path: &Path) -> io::Result<(File, u32)> {
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY)
            .open(path)?;
        let found = file.metadata()?;
        match found.is_file() {
            true => Ok((file, found.mode())),
            false => Err(io::Error::other("it is not a regular file")),
        }
    }

    fn bounded(file: File) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        file.take(MOST + 1).read_to_end(&mut bytes)?;
        match bytes.len() as u64 > MOST {
            true => Err(io::Error::other("it is larger than 1 MiB")),
            false => Ok(bytes),
        }
    }

    fn failed(path: &Path, source: io::Error) -> KvError {
        KvError::Io {
            origin: escape(path.as_os_str().as_bytes()),
            source,
        }
    }
}
