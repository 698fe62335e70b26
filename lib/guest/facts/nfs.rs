//! A guest's client of NFS.

use serde::Serialize;

use super::super::GuestError;
use super::probe::Probe;
use crate::path::GuestPath;

/// A guest's client of NFS.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NfsClient {
    /// There is a mount.nfs(8).
    Present {
        /// Its place, links resolved.
        path: GuestPath,
    },
    /// mount(8) is busybox', which mounts NFS where it was built to.
    Maybe {
        /// busybox, links resolved.
        path: GuestPath,
    },
    /// Nothing that could.
    Missing,
}

/// Folders that mount(8) searches for its helpers (libmount's `FS_SEARCH_PATH`, and NixOS' profile).
const HELPERS: [&str; 7] = [
    "/sbin/mount.nfs",
    "/usr/sbin/mount.nfs",
    "/usr/bin/mount.nfs",
    "/usr/local/sbin/mount.nfs",
    "/sbin/mount.nfs4",
    "/usr/sbin/mount.nfs4",
    "/nix/var/nix/profiles/system/sw/bin/mount.nfs",
];

pub(super) fn gather(probe: &mut Probe<'_>) -> Result<NfsClient, GuestError> {
    if let Some((path, _)) = probe.first_file(&HELPERS)? {
        return Ok(NfsClient::Present { path });
    }
    Ok(match probe.first_file(&["/bin/mount", "/usr/bin/mount"])? {
        Some((path, _)) if is_busybox(&path) => NfsClient::Maybe { path },
        _ => NfsClient::Missing,
    })
}

fn is_busybox(path: &GuestPath) -> bool {
    path.file_name()
        .is_some_and(|name| name.starts_with(b"busybox"))
}
