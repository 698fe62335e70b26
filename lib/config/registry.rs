//! `[registry]`: where the OS servers are kept.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Below which keys a registry in etcd lies, unless it is told.
const PREFIX: &str = "osgraft";

/// A registry in etcd: `registry.etcd`, and what is needed to be let in.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct EtcdRegistry {
    /// The members, as `https://HOST:PORT` or `http://HOST:PORT`.
    pub servers: Vec<String>,
    /// Beginning of its keys: `registry.prefix`.
    pub prefix: String,
    /// The CA that the members' certificates are signed by, in PEM: `registry.ca`.
    pub ca: Option<PathBuf>,
    /// The client's certificate, in PEM: `registry.cert`.
    pub cert: Option<PathBuf>,
    /// Its key, in PEM: `registry.key`.
    pub key: Option<PathBuf>,
    /// The user: `registry.user`.
    pub user: Option<String>,
    /// The file whose first line is the user's password: `registry.password_file`.
    pub password_file: Option<PathBuf>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileRegistry {
    pub(super) file: Option<PathBuf>,
    etcd: Option<Vec<String>>,
    prefix: Option<String>,
    ca: Option<PathBuf>,
    cert: Option<PathBuf>,
    key: Option<PathBuf>,
    user: Option<String>,
    password_file: Option<PathBuf>,
}

impl FileRegistry {
    /// Settings of etcd; without servers where the file names none.
    pub(super) fn etcd(self) -> EtcdRegistry {
        EtcdRegistry {
            servers: self.etcd.unwrap_or_default(),
            prefix: self.prefix.unwrap_or_else(|| PREFIX.to_owned()),
            ca: self.ca,
            cert: self.cert,
            key: self.key,
            user: self.user,
            password_file: self.password_file,
        }
    }
}

impl EtcdRegistry {
    pub(super) fn in_folder(mut self, folder: &Path) -> Self {
        for file in [
            &mut self.ca,
            &mut self.cert,
            &mut self.key,
            &mut self.password_file,
        ] {
            *file = file.take().map(|file| folder.join(file));
        }
        self
    }
}
