//! One extraction, from the master to the release's name.

use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

use super::component::ComponentPath;
use super::disk::{Building, Dying};
use super::error::ExtractError;
use super::report::Report;
use super::run::{Run, Sums};
use super::settings::{BootWish, Limits, Settings};
use crate::codes::Allowed;
use crate::editor::{self, Choice};
use crate::graft::Finding;
use crate::guest::Guest;
use crate::host::Lock;
use crate::image::Child;
use crate::share::ShareError;
use crate::share::release::manifest::MasterIdentity;
use crate::share::release::{
    ContentSum, Head, NEW, Raw, ReleaseName, clear_leftovers, head, hold, sum_of,
};

/// Time that the guest may be read for, in an editor of its own.
const DEADLINE: Duration = Duration::from_secs(6 * 3600);

/// Makes releases in a folder.
///
/// ```no_run
/// use osgraft::Child;
/// use osgraft::share::extract::Extractor;
///
/// let master = Child::open("deb12.qcow2", ".")?.or_master();
/// let report = Extractor::new("/srv/osgraft")
///     .component("lib/modules".parse()?)
///     .extract(&master, &"2026-11-27".parse()?)?;
/// println!("{} files", report.head.files);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Extractor {
    settings: Settings,
    editor: Choice,
    dying: Dying,
}

impl Extractor {
    /// Releases lie in this folder, which must exist.
    pub fn new(out: impl Into<PathBuf>) -> Self {
        Self {
            settings: Settings::of(out.into()),
            ..Self::default()
        }
    }

    /// Extracts this part of the guest, beside those that were named before.
    #[must_use]
    pub fn component(mut self, component: ComponentPath) -> Self {
        self.settings.components.push(component);
        self
    }

    /// Kernel images and initramfs; those that are found by default.
    #[must_use]
    pub fn boot(mut self, wish: BootWish) -> Self {
        self.settings.boot = wish;
        self
    }

    /// Blockers that are warnings.
    #[must_use]
    pub fn allow(mut self, allowed: &Allowed) -> Self {
        self.settings.allowed = self.settings.allowed.and(allowed);
        self
    }

    /// Bounds.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.settings.limits = limits;
        self
    }

    /// Editor that opens the guest; the cheapest that fits by default.
    #[must_use]
    pub fn editor(mut self, editor: Choice) -> Self {
        self.editor = editor;
        self
    }

    /// Dies at some change of the host, for tests.
    #[must_use]
    pub fn dying(mut self, dying: Dying) -> Self {
        self.dying = dying;
        self
    }

    /// Makes a release of a master's guest, or of a child's.
    ///
    /// # Errors
    /// [`ShareError`]; no release has come of it, and nothing that looks like one.
    pub fn extract(&self, master: &Child, release: &ReleaseName) -> Result<Report, ShareError> {
        let open = master.read()?;
        let mut identity = MasterIdentity::default();
        let name = master.path().file_name().unwrap_or_default();
        identity.name = Raw(name.as_encoded_bytes().to_vec());
        let io = || ExtractError::io("read", master.path());
        let file = File::open(master.path()).map_err(io())?;
        let size = file.metadata().map_err(io())?.len();
        match sum_of(&file, size).map_err(io())? {
            ContentSum::Whole(digest) => identity.sha256 = Some(digest),
            ContentSum::Blocks(digest) => identity.sha256_blocks = Some(digest),
        }
        let choice = self.editor.clone().deadline(DEADLINE);
        let held = self.hold()?;
        let (mut report, reached) = editor::look_settled(&open, &choice, |guest| {
            self.make(guest, release, &identity, &held)
        })?;
        report.editor = reached.editor;
        report.reason = reached.reason;
        if let Some((code, text)) = reached.warning {
            report.warnings.push(Finding::new(code, text));
        }
        Ok(report)
    }

    /// The same of a guest that is open already. `master` tells what it was.
    ///
    /// # Errors
    /// As for [`extract`](Self::extract).
    pub fn extract_guest(
        &self,
        guest: &mut dyn Guest,
        master: &MasterIdentity,
        release: &ReleaseName,
    ) -> Result<Report, ShareError> {
        let held = self.hold()?;
        self.make(guest, release, master, &held)
    }

    /// The lock on the folder, under which nobody else makes or removes releases.
    fn hold(&self) -> Result<Lock, ShareError> {
        Ok(hold(&self.settings.out)?)
    }

    fn make(
        &self,
        guest: &mut dyn Guest,
        release: &ReleaseName,
        master: &MasterIdentity,
        held: &Lock,
    ) -> Result<Report, ShareError> {
        clear_leftovers(&self.settings.out, held)?;
        let there = self.existing(release)?;
        let hidden = format!(".{release}{NEW}");
        let building = Building::make(&self.settings.out, &hidden, self.dying.clone())
            .map_err(ExtractError::io("make a folder in", &self.settings.out))?;
        let run = Run {
            settings: &self.settings,
            guest,
            building,
            warnings: Vec::new(),
            sums: Sums::default(),
        };
        run.run(release, master, there)
    }

    /// The release that has the name already.
    fn existing(&self, release: &ReleaseName) -> Result<Option<Head>, ShareError> {
        let path = self.settings.out.join(release.as_str());
        match std::fs::symlink_metadata(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ExtractError::io("look at", &path)(error).into()),
            Ok(_) => match head(&self.settings.out, release) {
                Ok(head) => Ok(Some(head)),
                Err(_) => Err(ExtractError::Taken(path).into()),
            },
        }
    }
}
