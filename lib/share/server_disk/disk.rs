//! A server's disk, made of a master.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;

use super::error::ServerDiskError;
use super::guest::Service;
use crate::codes::Allowed;
use crate::edit::Edit;
use crate::editor::{self, Choice};
use crate::graft::{Finding, Share};
use crate::host::ScratchFolder;
use crate::identity::Identity;
use crate::image::{Child, Faults, ImageError, MasterFormat, Masters, Overlay};
use crate::prepare::Preparer;
use crate::registry::{MemoryRegistry, Server, Servers, Source};
use crate::share::ShareError;
use crate::share::disk_image::{DiskImage, Format, Made};
use crate::share::release::{Head, verify};
use crate::share::serve::NfsServer;

/// Begin of the name of the folder that a disk is built in.
const HIDDEN: &str = ".osgraft-server-";
/// Options of the release's disk. The server has none of its set-user-ID programs itself.
const OPTIONS: &str = "ro,nodev,nosuid,nofail,x-systemd.device-timeout=90s";
/// Doubts about a registry's server, which the release's own disk is not.
const NOT_SAID: [&str; 2] = ["server-kernels-unknown", "server-components-unknown"];

/// Makes disks of servers.
///
/// ```no_run
/// use osgraft::share::serve::NfsServer;
/// use osgraft::share::server_disk::ServerDisk;
///
/// let report = ServerDisk::new("/srv/osgraft/2026-11-27", NfsServer::Kernel)
///     .make("masters/deb12-nfs.qcow2", "os-server-1.qcow2")?;
/// println!("{} with {}", report.out.display(), report.image.image.display());
/// # Ok::<(), osgraft::share::ShareError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ServerDisk {
    release: PathBuf,
    nfs: NfsServer,
    format: Format,
    data_disk: Option<PathBuf>,
    clients: Vec<String>,
    identity: Identity,
    master_format: MasterFormat,
    editor: Choice,
    allowed: Allowed,
    time: Option<i64>,
    faults: Option<Faults>,
}

/// A disk of a server that was made.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The server's own disk.
    pub out: PathBuf,
    /// The master behind it.
    pub master: PathBuf,
    /// The release.
    pub release: Head,
    /// Path of the export.
    pub export: String,
    /// The release's disk.
    pub image: Made,
    /// Edits of the guest, in order.
    pub edits: Vec<Edit>,
    /// Public SSH host keys of the guest, each as `TYPE BASE64`.
    pub ssh_host_keys: Vec<String>,
    /// The editor, and the reason for it.
    pub editor: String,
    /// Things to know.
    pub warnings: Vec<Finding>,
}

impl ServerDisk {
    /// Disks of servers of the release at a path, which get a machine-id and SSH host keys of their own.
    pub fn new(release: impl Into<PathBuf>, nfs: NfsServer) -> Self {
        Self {
            release: release.into(),
            nfs,
            format: Format::Erofs,
            data_disk: None,
            clients: Vec::new(),
            identity: Identity::default(),
            master_format: MasterFormat::Qcow2,
            editor: Choice::auto(),
            allowed: Allowed::default(),
            time: None,
            faults: None,
        }
    }

    /// Format of the release's disk; erofs by default.
    #[must_use]
    pub fn format(mut self, format: Format) -> Self {
        self.format = format;
        self
    }

    /// File of the release's disk; the one that `share image` makes in the release by default.
    #[must_use]
    pub fn data_disk(mut self, file: impl Into<PathBuf>) -> Self {
        self.data_disk = Some(file.into());
        self
    }

    /// Clients that may mount it; everybody by default.
    #[must_use]
    pub fn clients(mut self, clients: Vec<String>) -> Self {
        self.clients = clients;
        self
    }

    /// Identity of the server.
    #[must_use]
    pub fn identity(mut self, identity: Identity) -> Self {
        self.identity = identity;
        self
    }

    /// Format of the master; qcow2 by default.
    #[must_use]
    pub fn master_format(mut self, format: MasterFormat) -> Self {
        self.master_format = format;
        self
    }

    /// Editor that opens the guest.
    #[must_use]
    pub fn editor(mut self, editor: Choice) -> Self {
        self.editor = editor;
        self
    }

    /// Findings of preflight that do not block.
    #[must_use]
    pub fn allow(mut self, allowed: &Allowed) -> Self {
        self.allowed = allowed.clone();
        self
    }

    /// Time of what is made in the guest, in seconds since 1970; now by default.
    #[must_use]
    pub fn time(mut self, time: i64) -> Self {
        self.time = Some(time);
        self
    }

    /// The same, with every changing file call on the server's own disk passed through `faults`. For
    /// tests.
    #[must_use]
    pub fn with_faults(mut self, faults: Faults) -> Self {
        self.faults = Some(faults);
        self
    }

    /// Makes the disk of a server: an overlay on the master, under its name complete and durable, or not at
    /// all. The release is held against its manifest first. Its image is made where it is not there.
    ///
    /// # Errors
    /// [`ShareError`].
    pub fn make(
        &self,
        master: impl AsRef<Path>,
        out: impl AsRef<Path>,
    ) -> Result<Report, ShareError> {
        let (master, out) = (master.as_ref(), out.as_ref());
        let exists = || ImageError::Exists(out.to_owned());
        let name = out.file_name().ok_or_else(exists)?;
        if out.symlink_metadata().is_ok() {
            return Err(exists().into());
        }
        let overlay = Overlay::new(master).format(self.master_format);
        overlay.judge_master()?;
        let head = self.verified()?;
        let image = DiskImage::new(&self.release, self.data_disk.as_deref(), self.format, None)
            .and_then(|image| image.make())?;
        let disk = image.record.disk();
        let fstype = self.format.to_string();
        let service = Service::new(
            self.nfs,
            (&head.release, head.digest),
            (&disk, &fstype),
            &self.clients,
        )?;
        let folder = match out.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        let failed = |doing, path: &Path| {
            let path = path.to_owned();
            move |source| ServerDiskError::Io {
                doing,
                path,
                source,
            }
        };
        let scratch = ScratchFolder::make(folder, HIDDEN);
        let scratch = scratch.map_err(failed("make a folder in", folder))?;
        let hidden = folder.join(scratch.name()).join(name);
        let overlay = match &self.faults {
            Some(faults) => overlay.with_faults(faults.clone()),
            None => overlay,
        };
        overlay.create(&hidden)?;
        let mut child = Child::open(&hidden, Masters::only(master))?;
        if let Some(faults) = &self.faults {
            child = child.with_faults(faults.clone());
        }
        let locked = editor::lock(&child, &self.editor)?;
        let time = self.time.unwrap_or_else(now);
        let preparer = self.preparer(&service, &disk, &fstype, time)?;
        let known_as = out.to_string_lossy();
        let edited = editor::edit(locked.as_open(), &self.editor, time, |guest| {
            let unit = service.judge(guest)?;
            let graft = preparer.graft(guest, &known_as)?;
            let served = service.write(guest, &unit)?;
            Ok::<_, ShareError>((graft, served))
        })?;
        locked.commit(&edited.redo)?;
        rustix::fs::renameat_with(
            &scratch,
            name,
            rustix::fs::CWD,
            out,
            rustix::fs::RenameFlags::NOREPLACE,
        )
        .map_err(|error| match error {
            rustix::io::Errno::EXIST => ShareError::from(exists()),
            error => failed("put in place", out)(error.into()).into(),
        })?;
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(failed("sync", folder))?;
        let (graft, served) = edited.value;
        let mut warnings = graft.warnings;
        warnings.retain(|warning| !NOT_SAID.contains(&warning.code));
        warnings.extend(served.warnings);
        Ok(Report {
            out: out.to_owned(),
            master: master.to_owned(),
            release: head,
            export: service.path().to_owned(),
            image,
            edits: graft.edits.into_iter().chain(served.edits).collect(),
            ssh_host_keys: graft.ssh_host_keys,
            editor: format!("{}: {}", edited.reached.editor, edited.reached.reason),
            warnings,
        })
    }

    /// Head of the release, every byte of which is as its manifest says.
    fn verified(&self) -> Result<Head, ShareError> {
        let verified = verify(&self.release)?;
        match verified.differences.first() {
            None if verified.intact => Ok(verified.head),
            first => Err(ServerDiskError::Differs {
                release: self.release.clone(),
                differing: verified.differing,
                first: first.map_or_else(String::new, |first| first.text.clone()),
            }
            .into()),
        }
    }

    /// Preparer that has the guest mount the release's disk, and gives it its identity.
    fn preparer(
        &self,
        service: &Service,
        disk: &str,
        fstype: &str,
        time: i64,
    ) -> Result<Preparer<MemoryRegistry>, ShareError> {
        // The names come from an image that was just made, and from the name of a release.
        let source = Source::disk(disk, fstype).expect("a disk of an image of ours");
        let server = Server::new("release-disk", source).expect("a literal name");
        let servers = Servers::new(vec![server]).expect("one name");
        let share = Share::at(service.path()).expect("a path of a release");
        let share = share.options(OPTIONS).expect("literal options");
        let time = Duration::from_secs(u64::try_from(time).unwrap_or_default());
        Ok(Preparer::new(MemoryRegistry::new(servers), share)
            .allow(&self.allowed)
            .identity(self.identity.clone())
            .time(UNIX_EPOCH + time))
    }
}

fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(1, |now| i64::try_from(now.as_secs()).unwrap_or(i64::MAX))
}
