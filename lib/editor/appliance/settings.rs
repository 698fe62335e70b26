//! Settings of an appliance.

use std::path::PathBuf;
use std::time::Duration;

use super::passphrase::Passphrase;

/// Processors that the appliance may get.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Acceleration {
    /// KVM where it works, which is tried; else QEMU's own translator.
    #[default]
    Auto,
    /// QEMU's own translator (TCG): slow, and needs nothing of the host.
    Tcg,
}

/// Place of an appliance's files, and its limits of time.
///
/// Nothing of the environment is read: not `LIBGUESTFS_BACKEND`, not `TMPDIR`.
///
/// ```
/// use osgraft::editor::appliance::{Acceleration, Settings};
/// use std::time::Duration;
/// let settings = Settings::new()
///     .deadline(Duration::from_secs(120))
///     .acceleration(Acceleration::Tcg);
/// # let _ = settings;
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Settings {
    pub(super) work: PathBuf,
    pub(super) cache: PathBuf,
    pub(super) fixed: Option<PathBuf>,
    pub(super) kvm_state: Option<PathBuf>,
    pub(super) kvm_patience: Duration,
    pub(super) qemu: Option<PathBuf>,
    pub(super) deadline: Duration,
    pub(super) acceleration: Acceleration,
    pub(super) memory_mib: u16,
    pub(super) change_limit: u64,
    pub(super) passphrase: Option<Passphrase>,
    /// True where the guest may give blocks back to the overlay.
    pub(in crate::editor) discards: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}

impl Settings {
    /// Temporary files and libguestfs' own cache in `/var/tmp`, five minutes, 768 MiB of memory,
    /// nothing remembered of KVM.
    pub fn new() -> Self {
        Self {
            work: "/var/tmp".into(),
            cache: "/var/tmp".into(),
            fixed: None,
            kvm_state: None,
            kvm_patience: Duration::from_secs(60),
            qemu: None,
            deadline: Duration::from_secs(300),
            acceleration: Acceleration::default(),
            memory_mib: 768,
            change_limit: 512 << 20,
            passphrase: None,
            discards: false,
        }
    }

    /// Passphrase that opens each of the guest's LUKS volumes. Without it they are refused by name.
    #[must_use]
    pub fn passphrase(mut self, passphrase: Passphrase) -> Self {
        self.passphrase = Some(passphrase);
        self
    }

    /// True where encrypted guests can be tried.
    pub(in crate::editor) fn has_key(&self) -> bool {
        self.passphrase.is_some()
    }

    /// The folder for temporary overlays, which grow with what is changed. It is made (0700) where
    /// it is missing. No other user may be able to change it or a folder above it, but for a sticky
    /// one such as `/var/tmp`; each appliance has a folder of its own in it, closed to others.
    #[must_use]
    pub fn work_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.work = folder.into();
        self
    }

    /// The folder in which libguestfs keeps the appliance that it builds on first use, some
    /// hundred MB (guestfs(3), “CACHEDIR”).
    #[must_use]
    pub fn cache_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.cache = folder.into();
        self
    }

    /// A folder with an appliance made by libguestfs-make-fixed-appliance(1), which is then used
    /// as it is.
    #[must_use]
    pub fn fixed_appliance(mut self, folder: impl Into<PathBuf>) -> Self {
        self.fixed = Some(folder.into());
        self
    }

    /// The file in which a KVM that does not work is remembered, so that it is not tried anew each
    /// time. Its entry expires after six hours and with the host's next boot.
    #[must_use]
    pub fn kvm_state(mut self, file: impl Into<PathBuf>) -> Self {
        self.kvm_state = Some(file.into());
        self
    }

    /// Time that a launch under KVM may take, from when QEMU runs, before it counts as hung and is
    /// tried again without: 60 s by default, and at most half of what is left until the
    /// [deadline](Self::deadline).
    #[must_use]
    pub fn kvm_patience(mut self, patience: Duration) -> Self {
        self.kvm_patience = patience;
        self
    }

    /// The emulator, by default the one that libguestfs was built for. It is started with QEMU's
    /// options, so that it can also be a script that ends in `exec qemu-system-… "$@"`
    /// (guestfs(3), “QEMU WRAPPERS”).
    #[must_use]
    pub fn qemu(mut self, program: impl Into<PathBuf>) -> Self {
        self.qemu = Some(program.into());
        self
    }

    /// Time that everything together may take, from the launch to the last call.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Processor that the appliance gets.
    #[must_use]
    pub fn acceleration(mut self, acceleration: Acceleration) -> Self {
        self.acceleration = acceleration;
        self
    }

    /// The appliance's memory in MiB; at least 256.
    #[must_use]
    pub fn memory_mib(mut self, mib: u16) -> Self {
        self.memory_mib = mib.max(256);
        self
    }

    /// The most bytes of the disk that an edit may change, 512 MiB by default: a journal that is
    /// recovered counts. An overlay that grows past twice as much while the appliance runs, and
    /// 16 MiB for its tables, ends it at once.
    #[must_use]
    pub fn change_limit(mut self, bytes: u64) -> Self {
        self.change_limit = bytes;
        self
    }
}
