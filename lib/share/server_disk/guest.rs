//! A guest that is made a server.

use serde::Serialize;

use super::ROOT;
use super::files::Files;
use super::site;
use crate::edit::Edit;
use crate::graft::Finding;
use crate::guest::Guest;
use crate::guest::facts::SERVER_DISK;
use crate::path::GuestPath;
use crate::share::ShareError;
use crate::share::release::{Digest, ReleaseName};
use crate::share::serve::{Export, NfsServer, with_export};

/// A service of one release.
#[derive(Clone, Debug)]
pub struct Service {
    nfs: NfsServer,
    export: Export,
    record: Record,
}

/// The record in the guest of what it serves.
#[derive(Clone, Debug, Serialize)]
struct Record {
    /// Tells the record from a file of the guest's own.
    about: &'static str,
    schema: u32,
    release: ReleaseName,
    digest: Digest,
    nfs: NfsServer,
    export: String,
    disk: String,
    fstype: String,
}

/// Edits that made a guest a server.
#[derive(Clone, Debug, Default)]
pub(super) struct Served {
    pub(super) edits: Vec<Edit>,
    pub(super) warnings: Vec<Finding>,
}

impl Service {
    /// A service of the release with this name and digest, whose disk is `disk` in fstab and holds an
    /// `fstype`. No client is everybody.
    ///
    /// # Errors
    /// [`ServeError`](crate::share::serve::ServeError) for a client that no configuration takes.
    pub fn new(
        nfs: NfsServer,
        (release, digest): (&ReleaseName, Digest),
        (disk, fstype): (&str, &str),
        clients: &[String],
    ) -> Result<Self, ShareError> {
        let export = format!("{ROOT}/{release}/tree");
        Ok(Self {
            nfs,
            export: Export::of_absolute(export.clone().into(), clients)?,
            record: Record {
                about: "Made by osgraft: this guest is an OS server.",
                schema: 1,
                release: release.clone(),
                digest,
                nfs,
                export,
                disk: disk.to_owned(),
                fstype: fstype.to_owned(),
            },
        })
    }

    /// Path of the export, which is the mount point of the disk.
    pub fn path(&self) -> &str {
        &self.record.export
    }

    /// Refuses a guest that cannot serve; the unit that starts its NFS server.
    pub(super) fn judge(&self, guest: &mut dyn Guest) -> Result<GuestPath, ShareError> {
        site::unit_of(guest, self.nfs, &self.record.fstype)
    }

    /// Writes the export, has the server start with the guest, and marks the guest.
    pub(super) fn write(
        &self,
        guest: &mut dyn Guest,
        unit: &GuestPath,
    ) -> Result<Served, ShareError> {
        let warnings = site::firewalls(guest)?.into_iter().collect();
        let mut files = Files::of(guest);
        let (path, name) = (self.path(), self.nfs.unit());
        let text = self.export.text(self.nfs);
        files.change(&format!("/etc/{}", self.nfs.file()), |old| {
            Ok(with_export(old.unwrap_or_default(), path, &text))
        })?;
        match self.nfs {
            // exports(5) cannot say it.
            NfsServer::Kernel => files.own("/etc/nfs.conf.d/osgraft.conf", "[nfsd]\nvers3=n\n")?,
            NfsServer::Ganesha => files.change("/etc/ganesha/ganesha.conf", |old| {
                let old = old.unwrap_or_default();
                let include = "%include \"/etc/ganesha/osgraft.conf\"";
                Ok(match old.lines().any(|line| line.trim() == include) {
                    true => old.to_owned(),
                    false if old.is_empty() || old.ends_with('\n') => format!("{old}{include}\n"),
                    false => format!("{old}\n{include}\n"),
                })
            })?,
        }
        // Without its disk it would export an empty folder.
        let drop_in = format!("[Unit]\nRequiresMountsFor={path}\n");
        files.own(
            &format!("/etc/systemd/system/{name}.d/osgraft.conf"),
            &drop_in,
        )?;
        let wants = format!("/etc/systemd/system/multi-user.target.wants/{name}");
        files.link(&wants, unit)?;
        // Plain texts and numbers: nothing of it fails.
        let record = serde_json::to_string(&self.record).unwrap_or_default() + "\n";
        files.change(SERVER_DISK, |_| Ok(record))?;
        let edits = files.edits;
        Ok(Served { edits, warnings })
    }
}

/// Makes a guest the server of a release, whose disk it mounts already. The way of tests and of callers
/// that hold a guest themselves.
///
/// # Errors
/// [`ShareError`]; the guest may then be changed in part, so it must be one that can be thrown away.
pub fn serve_guest(guest: &mut dyn Guest, service: &Service) -> Result<Vec<Edit>, ShareError> {
    let unit = service.judge(guest)?;
    Ok(service.write(guest, &unit)?.edits)
}

#[cfg(test)]
mod tests;
