//! Verdict on a virtual machine that is about to start.

use std::fmt;
use std::path::{Path, PathBuf};

use super::asked::{Asked, MachineNic};
use super::error::HookError;
use crate::config::OnFailure;
use crate::editor::KernelRoot;
use crate::identity::Identity;
use crate::image::{MasterFormat, Masters};

/// Verdict on a virtual machine that is about to start.
#[derive(Debug)]
#[non_exhaustive]
pub enum Verdict {
    /// Its disks are left alone, and it starts.
    Leave(Why),
    /// This disk of it is to be prepared.
    Prepare(Request),
    /// It takes part, and cannot be prepared.
    Fail(Failed),
}

/// Reason that a machine's disks are left alone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Why {
    /// No pattern matches its name.
    NoPattern,
    /// Its own description says that it takes no part.
    OptedOut,
    /// It goes on from a saved memory, which knows the disk as it is.
    Restored,
    /// It comes running from another host.
    Migrated,
    /// Its configuration is locked: it is being migrated, resumed, rolled back or backed up.
    Locked,
    /// It descends from a snapshot with memory, and a rollback to that looks like a start.
    Snapshot,
    /// It is a template.
    Template,
    /// Its root disk is a volume that does not exist, of a pool that libvirt has no file of. It
    /// cannot start, and libvirt says why.
    NoVolume,
}

/// A machine that takes part and cannot be prepared.
#[derive(Debug)]
#[non_exhaustive]
pub struct Failed {
    /// Policy for the machine.
    pub on_failure: OnFailure,
    /// Reason that it cannot be prepared.
    pub reason: HookError,
}

/// A disk to prepare.
#[derive(Clone, Debug)]
pub struct Request {
    pub(super) nics: Box<[MachineNic]>,
    pub(super) asked: Box<Asked>,
    pub(super) identity: Option<Box<Identity>>,
    pub(super) name: String,
    pub(super) disk: PathBuf,
    pub(super) chain: Option<Vec<Backing>>,
    pub(super) root: Option<KernelRoot>,
    /// Further disks that may hold the root, where it is named by content.
    pub(super) others: Box<[(PathBuf, Option<Vec<Backing>>)]>,
    pub(super) known_as: Option<String>,
    pub(super) server: Option<String>,
    /// Name of its kernel in the folder of `boot.folder`.
    pub(super) machine: Option<Box<str>>,
    pub(super) on_failure: OnFailure,
    pub(super) masters: Masters,
}

/// A backing file as the machine's description states it, which is what its hypervisor opens
/// whatever the image's header says.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Backing {
    /// The file.
    pub path: PathBuf,
    /// Its format; `None` where nothing is stated.
    pub format: Option<MasterFormat>,
}

impl Failed {
    /// A machine that cannot be prepared for some other reason than its description.
    pub fn new(on_failure: OnFailure, reason: HookError) -> Self {
        Self { on_failure, reason }
    }
}

impl Request {
    /// The machine.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The disk that its root file system is looked for on. Where a kernel command line names the root
    /// by its content, another disk of the machine may turn out to hold it.
    pub fn disk(&self) -> &Path {
        &self.disk
    }

    /// The backing chain that its description states, top first; `None` where it is left to the
    /// image's header. Another one than the header's is refused.
    pub fn chain(&self) -> Option<&[Backing]> {
        self.chain.as_deref()
    }

    /// The root that its kernel command line names, where the hypervisor loads the kernel. A disk
    /// with another root is refused.
    pub fn root(&self) -> Option<&KernelRoot> {
        self.root.as_ref()
    }

    /// Identity of the machine when a server is selected: its UUID.
    pub fn known_as(&self) -> Option<&str> {
        self.known_as.as_deref()
    }

    /// The server that its description asks for.
    pub fn server(&self) -> Option<&str> {
        self.server.as_deref()
    }

    /// Name by which its kernel is kept in [`Boot::folder`](crate::config::Boot::folder), where its
    /// hypervisor loads it from there: it boots the kernel of its server's release.
    pub fn boot_machine(&self) -> Option<&str> {
        self.machine.as_deref()
    }

    /// Policy for the machine when it cannot be prepared.
    pub fn on_failure(&self) -> OnFailure {
        self.on_failure
    }
}

impl Why {
    /// A stable name for scripts and logs.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoPattern => "no-pattern",
            Self::OptedOut => "opted-out",
            Self::Restored => "restored",
            Self::Migrated => "migrated",
            Self::Locked => "locked",
            Self::Snapshot => "snapshot",
            Self::Template => "template",
            Self::NoVolume => "no-volume",
        }
    }

    /// True if an operator has to fix something.
    pub fn is_warning(self) -> bool {
        matches!(self, Self::NoVolume)
    }

    /// True if the machine would have been prepared, were it not for the way it starts.
    pub fn takes_part(self) -> bool {
        !matches!(self, Self::NoPattern | Self::OptedOut)
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoPattern => "it takes no part: no hook.vm.match matches its name",
            Self::OptedOut => "it takes no part: its own description says so",
            Self::Restored => "it goes on from a saved memory, so its disk is not touched",
            Self::Migrated => "it comes running from another host, so its disk is not touched",
            Self::Locked => "its configuration is locked, so its disk is not touched",
            Self::Snapshot => {
                "it descends from a snapshot with memory and may be going back to it, so its disk \
                 is not touched: delete that snapshot, or prepare the disk by hand"
            }
            Self::Template => "it is a template, so its disk is not touched",
            Self::NoVolume => {
                "its disk was not prepared, since it is a volume of the pool “default” that does not \
                 exist: make the volume, or define the pool"
            }
        })
    }
}
