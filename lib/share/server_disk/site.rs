//! A guest that is to serve, as far as it must be one that can.

use super::error::ServerDiskError;
use super::files::literal;
use crate::graft::{Finding, RECEIPT_FOLDER, RECEIPT_NAME};
use crate::guest::facts::{Init, SERVER_DISK};
use crate::guest::{FileKind, Guest, GuestError, GuestFacts, resolve, resolve_parent};
use crate::path::GuestPath;
use crate::share::ShareError;
use crate::share::serve::NfsServer;

/// Folders of systemd's units, strongest first (systemd.unit(5)).
const UNITS: [&str; 4] = [
    "/etc/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
];
/// Links of firewalls that are enabled.
const FIREWALLS: [&str; 4] = [
    "/etc/systemd/system/multi-user.target.wants/firewalld.service",
    "/etc/systemd/system/multi-user.target.wants/nftables.service",
    "/etc/systemd/system/sysinit.target.wants/nftables.service",
    "/etc/systemd/system/multi-user.target.wants/netfilter-persistent.service",
];
/// Largest list of a kernel's modules.
const LIST: u64 = 16 << 20;
/// First kernel that exports erofs.
const EROFS: (u32, u32) = (5, 19);

/// Path of the unit that starts the NFS server, in a guest that can serve.
///
/// # Errors
/// [`ServerDiskError`], by the first thing that is missing.
pub(super) fn unit_of(
    guest: &mut dyn Guest,
    nfs: NfsServer,
    fstype: &str,
) -> Result<GuestPath, ShareError> {
    for path in [
        format!("{RECEIPT_FOLDER}/{RECEIPT_NAME}"),
        SERVER_DISK.to_owned(),
    ] {
        let path = literal(&path);
        if kind(guest, &path)?.is_some() {
            return Err(ServerDiskError::Prepared(path).into());
        }
    }
    let facts = GuestFacts::gather(guest)?;
    if facts.init != Some(Init::Systemd) {
        return Err(ServerDiskError::Init.into());
    }
    let unit = find_unit(guest, nfs)?;
    let kernels = facts
        .kernels
        .iter()
        .filter(|kernel| kernel.in_boot.is_some());
    for kernel in kernels {
        let version = crate::path::printable(&kernel.version);
        if fstype == "erofs" && number(&kernel.version).is_some_and(|it| it < EROFS) {
            return Err(ServerDiskError::OldErofs(version).into());
        }
        if let (NfsServer::Kernel, Some(tree)) = (nfs, &kernel.modules)
            && !has_nfsd(guest, tree)?
        {
            return Err(ServerDiskError::NoNfsd(version).into());
        }
    }
    Ok(unit)
}

/// Firewalls that are enabled: they may drop what comes to port 2049.
pub(super) fn firewalls(guest: &mut dyn Guest) -> Result<Option<Finding>, ShareError> {
    let mut names = Vec::new();
    for path in FIREWALLS {
        if kind(guest, &literal(path))?.is_some() {
            names.extend(path.rsplit('/').next());
        }
    }
    names.dedup();
    let text = format!(
        "the guest enables {}, which may keep clients from port 2049",
        names.join(", ")
    );
    Ok((!names.is_empty()).then(|| Finding::new("server-disk-firewall", text)))
}

fn find_unit(guest: &mut dyn Guest, nfs: NfsServer) -> Result<GuestPath, ShareError> {
    for folder in UNITS {
        let path = literal(&format!("{folder}/{}", nfs.unit()));
        if kind(guest, &path)?.is_none() {
            continue;
        }
        // A mask is a link to /dev/null, or an empty file (systemd.unit(5)).
        return match resolve(guest, &path)?.metadata {
            Some(found) if found.kind == FileKind::File && found.size > 0 => Ok(path),
            _ => Err(ServerDiskError::Masked(path).into()),
        };
    }
    Err(ServerDiskError::no_server(nfs).into())
}

/// Kind of what lies at a path itself, links of its folders followed.
fn kind(guest: &mut dyn Guest, path: &GuestPath) -> Result<Option<FileKind>, GuestError> {
    match resolve_parent(guest, path) {
        Ok(at) => Ok(at.kind()),
        Err(GuestError::NotADirectory(_) | GuestError::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn has_nfsd(guest: &mut dyn Guest, tree: &GuestPath) -> Result<bool, GuestError> {
    for list in ["modules.dep", "modules.builtin"] {
        let at = resolve(guest, &literal(&format!("{tree}/{list}")))?;
        if at.kind() == Some(FileKind::File) {
            let text = guest.read(&at.path, LIST)?;
            if text
                .windows(9)
                .any(|window| window == b"/nfsd.ko:" || window == b"/nfsd.ko.")
                || text
                    .split(|&c| c == b'\n')
                    .any(|line| line.ends_with(b"/nfsd.ko"))
            {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The two first numbers of a kernel's version.
fn number(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.split(|c: char| !c.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}
