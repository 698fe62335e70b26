//! Reasons why the appliance did not serve.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::editor::raid::RaidRefusal;
use crate::guest::GuestError;
use crate::host::{Cause, Flaw, PrivateFolderError};
use crate::image::ImageError;
use crate::path::{GuestPath, escape};

/// A failure of the appliance as a whole; one of a path is a
/// [`GuestError`](crate::guest::GuestError).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApplianceError {
    /// It did not start.
    #[error(
        "the libguestfs appliance did not start: {0}; run “libguestfs-test-tool” to see what it lacks"
    )]
    Launch(#[source] Failure),
    /// The host has no libguestfs that could run it.
    #[error(
        "the libguestfs appliance is not installed: {}; on Debian or Ubuntu: apt-get install libguestfs-tools", .0.said
    )]
    Missing(#[source] Failure),
    /// It took too long, and was ended.
    #[error(
        "the libguestfs appliance was ended in “{during}” after {} s: see whether the host is too busy, or allow more time (hook.deadline_s); if neither helps, check the guest's file system", .after.as_secs()
    )]
    Deadline {
        /// The call that did not return.
        during: &'static str,
        /// The whole time it was given.
        after: Duration,
    },
    /// A call failed that has nothing to do with a path in the guest.
    #[error("the libguestfs appliance failed: {0}; see “osgraft doctor --deep”")]
    Call(#[from] Failure),
    /// A file or folder of the host.
    #[error("cannot {action} {}: {}", .path.display(), Cause::at(.path, .source))]
    Host {
        /// The ways that were tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// The host's error.
        source: io::Error,
    },
    /// Another user could exchange what the appliance works on.
    #[error(
        "the work folder {} is not used, because {flaw}: name a folder that its owner alone may change", escape(.path.as_os_str().as_encoded_bytes())
    )]
    WorkFolder {
        /// The folder.
        path: PathBuf,
        /// The step of its path, and who can change it.
        flaw: Flaw,
    },
    /// The work folder could not be made.
    #[error(transparent)]
    Folder(#[from] PrivateFolderError),
    /// QEMU could not be held to its bounds, and was ended.
    #[error(
        "cannot bound what the appliance's QEMU may use ({}): see that this user may set its limits (prlimit(2))", Cause::of(.0)
    )]
    Unbounded(#[source] io::Error),
    /// The child could not be put under an overlay, or taken over from it.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// No file system could be the root.
    #[error("no Linux root file system found ({}): name the disk of a Linux guest, and see that each image states its backing file in the right format (“qemu-img info --backing-chain”)", list(.held))]
    NoRoot {
        /// Content of each device.
        held: Vec<(String, String)>,
    },
    /// A system that keeps its root where no edit reaches it.
    #[error("{device} is of {system}")]
    Unreached {
        /// The device.
        device: String,
        /// The system by its name, and what to do instead.
        system: &'static str,
    },
    /// Two file systems could be the root.
    #[error("both {first} and {second} hold /etc/fstab or os-release: {remedy}")]
    AmbiguousRoot {
        /// One of them.
        first: String,
        /// Another.
        second: String,
        /// Advice that makes one of them the only one.
        remedy: &'static str,
    },
    /// It can only be reached with a key.
    #[error(
        "{device} is encrypted ({kind}), and no key opens it: name the file with its passphrase \
         (--key-file), or decrypt the master"
    )]
    Encrypted {
        /// The device.
        device: String,
        /// With what.
        kind: &'static str,
    },
    /// The passphrase that was given does not open it.
    #[error(
        "{device} is encrypted, and the passphrase does not open it ({failure}): name the right one"
    )]
    Passphrase {
        /// The device.
        device: String,
        /// The message.
        failure: Failure,
    },
    /// Not Linux.
    #[error(
        "{device} holds NTFS and nothing holds a Linux root: Windows guests cannot be prepared"
    )]
    Windows {
        /// The device.
        device: String,
    },
    /// An edit would reach a part of a RAID alone.
    #[error(transparent)]
    Raid(#[from] RaidRefusal),
    /// The guest's own fstab mounts something else than what lies on the device.
    #[error(
        "the guest's fstab mounts {mount_point} with the option “{option}”, and what that mounts \
         is not edited: take the option away where the image is built"
    )]
    MountOption {
        /// The mount point.
        mount_point: GuestPath,
        /// The option, escaped.
        option: String,
    },
    /// The subvolume that the guest mounts is not the one that would be edited.
    #[error(
        "the guest mounts {mount_point} with {wanted}, and that is not what is found ({found}): \
         correct its fstab, or rootflags= of its boot loader, where the image is built"
    )]
    Subvolume {
        /// The mount point.
        mount_point: GuestPath,
        /// Its name, escaped.
        wanted: String,
        /// The content found instead, escaped.
        found: String,
    },
    /// A swap file of the guest's cannot be read, so that nothing tells whether it is hibernated.
    #[error("a swap file cannot be looked at ({0}): check the guest's file system")]
    SwapFile(#[source] GuestError),
    /// A file system that the guest needs is not on this disk.
    #[error(
        "the guest mounts {spec} on {mount_point}, and no file system of this disk is that: \
         put it on this disk, or take the line out of its fstab"
    )]
    MissingMount {
        /// The mount point.
        mount_point: GuestPath,
        /// The option, as fstab has it, escaped.
        spec: String,
    },
}

/// Message of libguestfs or its daemon.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{operation}: {said}")]
#[non_exhaustive]
pub struct Failure {
    /// The call.
    pub operation: &'static str,
    /// The errno that goes with it; 0 where none is known.
    pub errno: i32,
    /// The text, in one line and escaped.
    pub said: String,
}

impl Failure {
    pub(super) fn new(operation: &'static str, said: impl Into<String>) -> Self {
        Self {
            operation,
            errno: 0,
            said: said.into(),
        }
    }
}

impl From<guestfs::Error> for Failure {
    fn from(error: guestfs::Error) -> Self {
        match error {
            guestfs::Error::API(error) => {
                let line: Vec<u8> = error
                    .message
                    .iter()
                    .map(|b| match b {
                        b'\n' | b'\r' | b'\t' => b' ',
                        other => *other,
                    })
                    .collect();
                let said = escape(line.trim_ascii());
                Self {
                    operation: error.operation,
                    errno: error.errno,
                    said: said.chars().take(500).collect(),
                }
            }
            guestfs::Error::IllegalString(_) => Self::new("a call", "an argument holds a NUL byte"),
            guestfs::Error::TooLarge => Self::new("a call", "an argument is too long"),
            guestfs::Error::Load(said) => Self::new("load", escape(said.as_bytes())),
            guestfs::Error::Create => Self::new("create", "libguestfs gives no handle"),
        }
    }
}

impl ApplianceError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Launch(_) => "appliance-launch",
            Self::Missing(_) => "appliance-missing",
            Self::Deadline { .. } => "deadline",
            Self::Call(_) => "appliance-call",
            Self::Host { .. } => "io",
            Self::WorkFolder { .. } | Self::Folder(_) => "work-folder",
            Self::Unbounded(_) => "appliance-unbounded",
            Self::Image(error) => error.code(),
            Self::NoRoot { .. } => "no-root",
            Self::Unreached { .. } => "os-unsupported",
            Self::AmbiguousRoot { .. } => "ambiguous-root",
            Self::Encrypted { .. } => "encrypted",
            Self::Passphrase { .. } => "passphrase",
            Self::Windows { .. } => "windows",
            Self::MissingMount { .. } => "missing-mount",
            Self::Raid(refusal) => refusal.code(),
            Self::MountOption { .. } => "mount-option",
            Self::Subvolume { .. } => "subvolume",
            Self::SwapFile(_) => "swap-file",
        }
    }

    /// True where the host is to be mended, rather than another guest chosen.
    pub fn is_host(&self) -> bool {
        matches!(
            self,
            Self::Launch(_)
                | Self::Missing(_)
                | Self::Deadline { .. }
                | Self::Call(_)
                | Self::Host { .. }
                | Self::WorkFolder { .. }
                | Self::Folder(_)
                | Self::Unbounded(_)
                | Self::Image(_)
        )
    }
}

fn list(held: &[(String, String)]) -> String {
    let each: Vec<_> = held
        .iter()
        .take(16)
        .map(|(device, kind)| format!("{device}: {kind}"))
        .collect();
    match each.is_empty() {
        true => "nothing known is on the disk".to_owned(),
        false => each.join(", "),
    }
}
