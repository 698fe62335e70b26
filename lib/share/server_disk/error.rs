//! Reasons why a disk of a server is not made.

use std::io;
use std::path::PathBuf;

use crate::error::ErrorKind;
use crate::host::Cause;
use crate::path::{GuestPath, escape};
use crate::share::serve::NfsServer;

/// A disk of a server that was not made. Nothing has its name.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerDiskError {
    /// The release is not what its manifest says.
    #[error(
        "{}: {differing} files differ from the manifest, the first is {first}: extract the release anew",
        escape(release.as_os_str().as_encoded_bytes())
    )]
    Differs {
        /// The release.
        release: PathBuf,
        /// Number of differences.
        differing: u64,
        /// The first of them, escaped.
        first: String,
    },
    /// The guest is not run by systemd.
    #[error(
        "the guest is not run by systemd, which is to start its NFS server: name a master with systemd"
    )]
    Init,
    /// The guest has no NFS server.
    #[error("the guest has no {unit}, so that it cannot serve: install {package} in the master")]
    NoNfsServer {
        /// The unit.
        unit: &'static str,
        /// Package that brings it.
        package: &'static str,
    },
    /// The guest's own configuration keeps the NFS server from starting.
    #[error("{0}: the guest masks its NFS server: unmask it in the master")]
    Masked(GuestPath),
    /// A kernel has no NFS server.
    #[error(
        "kernel {0} of the guest has no module nfsd: install the whole kernel in the master (a thinned one lacks it), or ask for --nfs ganesha"
    )]
    NoNfsd(String),
    /// A kernel does not export erofs.
    #[error(
        "kernel {0} of the guest is older than 5.19, and exports no erofs by NFS: ask for --format squashfs"
    )]
    OldErofs(String),
    /// Something of the guest's own lies where the server's configuration belongs.
    #[error(
        "{path}: {what} lies there, so that the server cannot be configured: move it away in the master"
    )]
    Taken {
        /// The place.
        path: GuestPath,
        /// Kind of file that lies there.
        what: &'static str,
    },
    /// The master is prepared as a child, or is a server already.
    #[error(
        "{0}: the master was prepared as a child or as a server: name a master that osgraft did not edit"
    )]
    Prepared(GuestPath),
    /// A folder or file of the host.
    #[error("{}: cannot {doing}: {}", escape(path.as_os_str().as_encoded_bytes()), Cause::at(path, source))]
    Io {
        /// Step that failed.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The host's error.
        source: io::Error,
    },
}

impl ServerDiskError {
    pub(super) fn no_server(nfs: NfsServer) -> Self {
        Self::NoNfsServer {
            unit: nfs.unit(),
            package: nfs.package(),
        }
    }

    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Differs { .. } => "server-disk-release-differs",
            Self::Init => "server-disk-init",
            Self::NoNfsServer { .. } => "server-disk-no-nfs-server",
            Self::Masked(_) => "server-disk-nfs-masked",
            Self::NoNfsd(_) => "server-disk-no-nfsd",
            Self::OldErofs(_) => "server-disk-old-erofs",
            Self::Taken { .. } => "server-disk-file-taken",
            Self::Prepared(_) => "server-disk-prepared",
            Self::Io { .. } => "server-disk-io",
        }
    }

    /// Next step of the caller.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Differs { .. } | Self::Io { .. } => ErrorKind::Host,
            _ => ErrorKind::Guest,
        }
    }
}
