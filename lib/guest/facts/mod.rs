//! Facts of a guest, read from its files alone.

mod elf;
mod init;
mod kernels;
pub(crate) mod module_lists;
mod nfs;
mod os_release;
mod probe;
mod selinux;
pub(crate) mod unreached;
mod version;

pub use elf::Machine;
pub use init::Init;
pub use kernels::Kernel;
pub use nfs::NfsClient;
pub use os_release::OsRelease;
pub(crate) use probe::Probe;
pub use probe::{Reason, Unreadable};
pub use selinux::SelinuxMode;

/// The record in a guest whose module trees hold a part of their modules.
pub const THINNED: &str = "/etc/osgraft/thinned.json";

/// Marker in a guest that is an OS server.
pub const SERVER_DISK: &str = "/etc/osgraft/server.json";

use serde::Serialize;

use super::{FileKind, Guest, GuestError};
use crate::path::GuestPath;

/// Facts of a guest before it runs.
///
/// A guest may be hostile. Texts that it made are [escaped](crate::path::escape) and bounded, no
/// special file is opened, and what is odd is told in [`unreadable`](Self::unreadable) rather than
/// ending the whole.
///
/// Only the file systems that the [`Guest`] shows are looked at: of a guest whose `/boot` is a
/// partition of its own, an editor that mounts the root alone sees no kernels in `/boot`.
///
/// ```
/// use osgraft::guest::{GuestFacts, MemoryGuest};
/// let mut guest = MemoryGuest::new()
///     .file("/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n")
///     .dir("/usr/lib/modules/6.1.0-37-amd64/kernel")
///     .link("/lib", "usr/lib");
/// let facts = GuestFacts::gather(&mut guest)?;
/// let os = facts.os.ok_or("no os-release")?;
/// assert_eq!((os.id.as_str(), os.version_id.as_deref()), ("debian", Some("12")));
/// assert_eq!(facts.kernels[0].version, "6.1.0-37-amd64");
/// assert!(facts.merged_usr);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GuestFacts {
    /// Its operating system, as it names itself.
    pub os: Option<OsRelease>,
    /// Architecture of its programs.
    pub machine: Option<Machine>,
    /// Its kernels, oldest version first.
    pub kernels: Vec<Kernel>,
    /// Kernels in `/boot` whose version neither their name nor their header tells.
    pub unversioned_kernels: Vec<GuestPath>,
    /// True where `/lib` is a link to `/usr/lib`.
    pub merged_usr: bool,
    /// True where its programs and libraries are to come from a `/usr` that is not there: `/lib`,
    /// `/sbin` or `/bin` leads into one that is missing or empty.
    pub usr_elsewhere: bool,
    /// Its init.
    pub init: Option<Init>,
    /// The first program that the kernel would find and start, links resolved; its init may be one
    /// that is not known.
    pub init_program: Option<GuestPath>,
    /// Its client of NFS.
    pub nfs_client: NfsClient,
    /// The mode that SELinux is configured for.
    pub selinux: Option<SelinuxMode>,
    /// Kind of its `/etc/fstab`.
    pub fstab: FstabState,
    /// True where cloud-init would run.
    pub cloud_init: CloudInit,
    /// True for what looks like a Windows system disk.
    pub looks_like_windows: bool,
    /// Files that had to be passed over, and why.
    pub unreadable: Vec<Unreadable>,
}

/// Kinds of `/etc/fstab`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FstabState {
    /// Not there.
    Missing,
    /// A regular file.
    Regular {
        /// Its place once links are resolved; `/etc/fstab` itself unless `/etc` is a link.
        path: GuestPath,
        /// Its length in bytes.
        size: u64,
    },
    /// A link to a regular file.
    Link {
        /// Its target.
        path: GuestPath,
        /// That file's length in bytes.
        size: u64,
    },
    /// A link that leads to nothing.
    Dangling {
        /// The first name on the way that is not there.
        path: GuestPath,
    },
    /// Something that is no regular file.
    Other {
        /// Its place.
        path: GuestPath,
        /// Its kind.
        kind: FileKind,
    },
    /// It cannot be looked at; [`GuestFacts::unreadable`] says why.
    Unreadable,
}

/// States of cloud-init.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CloudInit {
    /// It is not installed.
    Absent,
    /// It is installed, and `/etc/cloud/cloud-init.disabled` turns it off.
    Disabled,
    /// It is installed.
    Present,
}

impl GuestFacts {
    /// Looks at a guest.
    ///
    /// # Errors
    /// [`GuestError::Io`] when the disk cannot be read, and whatever the guest says of its root
    /// directory. Nothing else: a guest without an operating system has facts, too.
    pub fn gather(guest: &mut dyn Guest) -> Result<Self, GuestError> {
        let probe = &mut Probe::new(guest)?;
        let os = os_release::gather(probe)?;
        let machine = elf::gather(probe)?;
        let (kernels, unversioned_kernels) = kernels::gather(probe)?;
        let merged_usr = merged_usr(probe)?;
        let usr_elsewhere = usr_elsewhere(probe)?;
        let (init, init_program) = init::gather(probe)?;
        let nfs_client = nfs::gather(probe)?;
        let selinux = selinux::gather(probe)?;
        let fstab = fstab(probe)?;
        let cloud_init = cloud_init(probe)?;
        let looks_like_windows = looks_like_windows(probe)?;
        Ok(Self {
            os,
            machine,
            kernels,
            unversioned_kernels,
            merged_usr,
            usr_elsewhere,
            init,
            init_program,
            nfs_client,
            selinux,
            fstab,
            cloud_init,
            looks_like_windows,
            unreadable: probe.take_unreadable(),
        })
    }
}

fn merged_usr(probe: &mut Probe<'_>) -> Result<bool, GuestError> {
    let lib = probe.resolve("/lib")?;
    Ok(lib.is_some_and(|lib| lib.exists() && lib.path.as_bytes() == b"/usr/lib"))
}

fn usr_elsewhere(probe: &mut Probe<'_>) -> Result<bool, GuestError> {
    for folder in ["/lib", "/sbin", "/bin"] {
        match probe.resolve(folder)? {
            Some(at) if !at.exists() && at.path.as_bytes().starts_with(b"/usr/") => {
                let usr = probe.directory("/usr")?;
                return Ok(usr.is_none_or(|(_, names)| {
                    // An ext4 of its own has that one wherever it is mounted.
                    names.iter().all(|name| name == b"lost+found")
                }));
            }
            Some(at) if at.exists() => return Ok(false),
            _ => {}
        }
    }
    Ok(false)
}

fn fstab(probe: &mut Probe<'_>) -> Result<FstabState, GuestError> {
    let Some(at) = probe.resolve_parent("/etc/fstab")? else {
        return Ok(FstabState::Unreadable);
    };
    let is_link = at.kind() == Some(FileKind::Symlink);
    let Some(led) = probe.resolve("/etc/fstab")? else {
        return Ok(FstabState::Unreadable);
    };
    let path = led.path;
    Ok(match led.metadata {
        None if is_link => FstabState::Dangling { path },
        None => FstabState::Missing,
        Some(found) if found.kind != FileKind::File => FstabState::Other {
            path,
            kind: found.kind,
        },
        Some(found) if is_link => FstabState::Link {
            path,
            size: found.size,
        },
        Some(found) => FstabState::Regular {
            path,
            size: found.size,
        },
    })
}

fn cloud_init(probe: &mut Probe<'_>) -> Result<CloudInit, GuestError> {
    let programs = [
        "/usr/bin/cloud-init",
        "/usr/local/bin/cloud-init",
        "/usr/sbin/cloud-init",
    ];
    if probe.first_file(&programs)?.is_none() {
        return Ok(CloudInit::Absent);
    }
    Ok(match probe.exists("/etc/cloud/cloud-init.disabled")? {
        true => CloudInit::Disabled,
        false => CloudInit::Present,
    })
}

/// Windows takes names in any case, and so may whoever made the disk.
fn looks_like_windows(probe: &mut Probe<'_>) -> Result<bool, GuestError> {
    let mut at = GuestPath::root();
    for wanted in ["windows", "system32"] {
        let names = probe.names(&at)?;
        let found = names
            .into_iter()
            .find(|name| name.eq_ignore_ascii_case(wanted.as_bytes()));
        match found.and_then(|name| at.join(name).ok()) {
            Some(path) => at = path,
            None => return Ok(false),
        }
    }
    Ok(true)
}
