//! `prepare` and `plan`.

mod choices;
mod own;
mod recall;

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use tracing::field::Empty;
use tracing::info_span;

use super::assignment::Assignment;
use super::boot_need::boot_need;
use super::cache::{Cache, Row};
use super::progress::{Progress, Step, Watch};
use super::report::{EditorChoice, Outcome, Report, ServerChoice, launch_each, of_host};
use super::saved::MemoryCheck;
use super::unpacked::OfMasters;
use super::wish::{ChildRequest, ServerWish};
use crate::codes::{Allowed, Severity};
use crate::edit::Edit;
use crate::editor::{self, BootNeed, Choice, EditorError};
use crate::error::Error;
use crate::graft::{self, Checks, Finding, KernelSource, NicModel, Share, Unpacked, Wanted};
use crate::guest::{Guest, Remembering};
use crate::identity::{Fresh, Identity};
use crate::image::{Child, ImageError, LockedChild, OpenChild, Recovered, Redo, Refusal};
use crate::path::escape;
use crate::registry::{BootKernel, Needs, Reason, Registry, Server, Servers};

/// Prepares children: each gets a server of the registry and is grafted onto its share.
///
/// ```no_run
/// use osgraft::image::Child;
/// use osgraft::prepare::{Preparer, Share};
/// use osgraft::registry::FileRegistry;
///
/// let registry = FileRegistry::open("/etc/osgraft/servers.toml")?;
/// let share = Share::at("/shared")?.link("/lib/modules", "lib/modules")?;
/// let master = "/var/lib/osgraft/masters/deb12.qcow2";
/// let report = Preparer::new(&registry, share).prepare(&Child::open("web-7.qcow2", &master)?)?;
/// println!("{:?} by {}", report.outcome, report.editor.name);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Preparer<R> {
    registry: R,
    share: Share,
    server: ServerWish,
    known_as: Option<String>,
    identity: Option<Identity>,
    time: Option<SystemTime>,
    editor: Choice,
    cache: Option<Cache>,
    row: Option<Row>,
    memory: MemoryCheck,
    allowed: Allowed,
    nics: Vec<NicModel>,
    boots: Option<Vec<BootKernel>>,
    kernels: Option<Arc<dyn KernelSource>>,
    is_deep: bool,
    watch: Watch,
}

/// Edits that [`Preparer::graft`] did to a guest's tree.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Graft {
    /// The server whose share it is.
    pub server: Server,
    /// Reason why it is that one.
    pub reason: Reason,
    /// Edits, in order; none where everything was in place.
    pub edits: Vec<Edit>,
    /// Public SSH host keys of the guest afterwards, each as `TYPE BASE64`; none without an identity.
    pub ssh_host_keys: Vec<String>,
    /// Findings about it.
    pub warnings: Vec<Finding>,
    /// The graft as a template for identical children.
    template: Option<Arc<graft::Template>>,
    /// Needs that its server was selected by.
    needs: Needs,
    pins: Pins,
    /// Network cards that preflight judged for.
    nics: Vec<NicModel>,
    /// True if something would have blocked it that is allowed.
    is_allowed: bool,
}

/// The pins of a child's receipt.
#[derive(Clone, Debug, Default)]
struct Pins {
    /// Before the graft.
    found: Option<String>,
    /// After it.
    kept: Option<String>,
}

/// An edit that was made on a scratch, and what is to be said of it.
struct Edited {
    redo: Redo,
    report: Report,
}

impl<R: Registry> Preparer<R> {
    /// Children are to have this share, of a server of this registry.
    pub fn new(registry: R, share: Share) -> Self {
        Self {
            registry,
            share,
            server: ServerWish::Kept,
            known_as: None,
            identity: None,
            time: None,
            editor: Choice::auto(),
            cache: None,
            row: None,
            memory: MemoryCheck::default(),
            allowed: Allowed::default(),
            nics: Vec::new(),
            boots: None,
            kernels: None,
            is_deep: false,
            watch: Watch::default(),
        }
    }

    /// True where a child's root is the one of [`kernel_root`](Self::kernel_root), as far as that can be
    /// told in process; `None` where the child could not be read.
    pub(crate) fn has_kernel_root(&self, child: &Child) -> Option<bool> {
        let choice = self.editor.clone().without_appliance();
        let open = match child.read() {
            Err(ImageError::Pending(_)) => {
                child.recover().ok()?;
                child.read()
            }
            open => open,
        };
        let open = match open {
            Err(ImageError::Refused { refusal, .. }) if refusal != Refusal::Dirty => {
                return Some(false);
            }
            open => open.ok()?,
        };
        match editor::look(&open, &choice, |_| Ok::<_, EditorError>(())) {
            Ok(_) => Some(true),
            Err(error) if error.is_host() => None,
            Err(_) => Some(false),
        }
    }

    /// Prepares a child. Killed at any instant, it leaves the old disk or the new one; a second
    /// call changes nothing.
    ///
    /// # Errors
    /// [`Error`]; the child is then as it was, but for
    /// [`ImageError::Unfinished`](crate::image::ImageError::Unfinished).
    pub fn prepare(&self, child: &Child) -> Result<Report, Error> {
        self.prepare_one(&child.clone().into())
    }

    /// The same for a child that is known by a name, or is to have a server, of its own.
    ///
    /// # Errors
    /// As for [`prepare`](Self::prepare).
    pub fn prepare_one(&self, request: &ChildRequest) -> Result<Report, Error> {
        let whole = info_span!("prepare", child = %shown(&request.child), server = Empty);
        let progress = Progress::start(request.child.path(), &self.watch, whole);
        progress.begin(Step::Registry)?;
        let servers = self.registry.servers()?;
        progress.begin(Step::Lock)?;
        let locked = editor::lock(&request.child, &self.editor)?;
        let mended = locked.mended();
        self.prepare_locked(request, locked, &servers, &progress)
            .map_err(|error| Error::after(mended, error))
    }

    fn prepare_locked(
        &self,
        request: &ChildRequest,
        locked: LockedChild,
        servers: &Servers,
        progress: &Progress<'_>,
    ) -> Result<Report, Error> {
        let mut edited = self.edit(request, locked.as_open(), servers, progress)?;
        edited.report.recovered = locked.recovered();
        if !edited.redo.is_empty() {
            let memory = self.memory.require_none(request.child.path());
            memory.map_err(Error::SavedMemory)?;
        }
        progress.begin(Step::Commit)?;
        locked.commit(&edited.redo)?;
        edited.report.timings_ms = progress.finish();
        Ok(edited.report)
    }

    /// Shows the work of [`prepare`](Self::prepare). Nothing is written.
    ///
    /// # Errors
    /// As for [`prepare`](Self::prepare), and
    /// [`ImageError::Pending`](crate::image::ImageError::Pending) for an interrupted edit.
    pub fn plan(&self, child: &Child) -> Result<Report, Error> {
        self.plan_one(&child.clone().into())
    }

    /// Shows the work of [`prepare_one`](Self::prepare_one). Nothing is written.
    ///
    /// # Errors
    /// As for [`plan`](Self::plan).
    pub fn plan_one(&self, request: &ChildRequest) -> Result<Report, Error> {
        let whole = info_span!("plan", child = %shown(&request.child), server = Empty);
        let progress = Progress::start(request.child.path(), &self.watch, whole);
        progress.begin(Step::Registry)?;
        let servers = self.registry.servers()?;
        progress.begin(Step::Lock)?;
        let open = request.child.read()?;
        let mut report = self.edit(request, &open, &servers, &progress)?.report;
        if report.outcome == Outcome::Changed {
            report.outcome = Outcome::Planned;
            if let Some(overlay) = request.child.overlay_on(&open)? {
                let overlay = escape(overlay.as_os_str().as_encoded_bytes());
                let text = format!(
                    "it is the backing file of {overlay}, whose disk the edit would break: prepare \
                     refuses it without --force"
                );
                let finding = Finding::new("backs-others", text);
                report.warnings.push(finding.with(Severity::Warning));
            }
        }
        report.timings_ms = progress.finish();
        Ok(report)
    }

    /// Grafts a guest's tree, whatever holds it: facts, server, plan, edits, each of them done.
    /// This is all of [`prepare`](Self::prepare) that is not about the disk as a file.
    ///
    /// `name` is what the child is known by, unless [`known_as`](Self::known_as) says otherwise.
    ///
    /// # Errors
    /// [`Error`]; the tree may then be half done and has to be dropped.
    pub fn graft(&self, guest: &mut dyn Guest, name: &str) -> Result<Graft, Error> {
        let whole = info_span!("graft", child = %escape(name.as_bytes()), server = Empty);
        let progress = Progress::start(Path::new(name), &self.watch, whole);
        progress.begin(Step::Registry)?;
        let servers = self.registry.servers()?;
        let known_as = self.known_as.as_deref().unwrap_or(name);
        let assignment = Assignment::new(known_as, &self.server, &servers);
        let mut assignment = assignment
            .of_cards(&self.nics)
            .booting(self.boots.as_deref());
        let guest = &mut Remembering::new(guest);
        let wanted = self.identity.as_ref().map(|identity| (identity, false));
        self.graft_followed(guest, &mut assignment, wanted, None, &progress)
    }

    fn graft_followed(
        &self,
        guest: &mut dyn Guest,
        assignment: &mut Assignment<'_>,
        wanted: Option<(&Identity, bool)>,
        unpacked: Option<&dyn Unpacked>,
        progress: &Progress<'_>,
    ) -> Result<Graft, Error> {
        progress.begin(Step::Facts)?;
        let looked = graft::look(guest)?;
        progress.begin(Step::Select)?;
        let found = looked.pin().map(str::to_owned);
        let needs = looked.needs(assignment.known_as(), &self.share);
        let selection = assignment.select(&needs, found.as_deref())?;
        progress.server(selection.server.name());
        progress.begin(Step::Plan)?;
        let pin = assignment.pin_after(found.as_deref());
        let checks = Checks {
            allowed: &self.allowed,
            nics: assignment.nics(),
            is_deep: self.is_deep,
            unpacked,
            kernels: self.kernels.as_deref(),
        };
        let mut random = random;
        let mut fresh = Fresh::new(&mut random);
        let wanted = wanted.map(|(identity, is_padded)| Wanted {
            identity,
            fresh: &mut fresh,
            is_padded,
        });
        let planned = looked.plan(guest, &self.share, &selection, pin, &checks, wanted)?;
        progress.begin(Step::Edit)?;
        let grafted = planned.apply(guest)?;
        progress.begin(Step::Redo)?;
        Ok(Graft {
            server: selection.server,
            reason: selection.reason,
            edits: grafted.edits,
            ssh_host_keys: grafted.ssh_host_keys,
            warnings: grafted.warnings,
            template: grafted.template,
            needs,
            pins: Pins {
                found,
                kept: grafted.pin,
            },
            nics: assignment.nics().to_vec(),
            is_allowed: grafted.is_allowed,
        })
    }

    /// Opens the guest on a scratch, grafts it, and takes the edit as a value; or takes that from
    /// the cache.
    fn edit(
        &self,
        request: &ChildRequest,
        open: &OpenChild,
        servers: &Servers,
        progress: &Progress<'_>,
    ) -> Result<Edited, Error> {
        progress.begin(Step::Open)?;
        let child = &request.child;
        let name = known_by(child.path());
        let named = request.known_as.as_ref().or(self.known_as.as_ref());
        let known_as = named.map_or(&*name, String::as_str);
        let wish = request.server.as_ref().unwrap_or(&self.server);
        // Both closures take the server from it: the editor may call them again.
        let nics = request.nics.as_ref().unwrap_or(&self.nics);
        let assignment = Assignment::new(known_as, wish, servers)
            .of_cards(nics)
            .booting(self.boots.as_deref());
        let assignment = RefCell::new(assignment);
        let mut claim = None;
        // An identity is each child's own. What an appliance does is made so that it can be filled with
        // another.
        let own = request.identity.as_ref().or(self.identity.as_ref());
        let is_padded = Cell::new(false);
        let mut turn = None;
        let choice = self.editor.clone().ahead(graft::ahead_of(&self.share, own));
        let choice = choice.needing_boot(match self.kernels {
            Some(_) => BootNeed::Always,
            None => boot_need(),
        });
        // Asked before an appliance is launched, for which nobody waits who cancelled.
        let remembered = |_: &str| {
            progress.require_wanted()?;
            // The edit of such a child holds a kernel: too much to be kept.
            if self.kernels.is_some() {
                return Ok(None);
            }
            match own {
                Some(wanted) => {
                    is_padded.set(self.row.is_some() || self.cache.is_some());
                    turn = self.row.as_ref().map(Row::turn);
                    let assignment = &mut assignment.borrow_mut();
                    self.recall_filled_or_claim(open, assignment, wanted, &mut claim)
                }
                None => self.recall_or_claim(open, &mut assignment.borrow_mut(), &mut claim),
            }
        };
        let unpacked = match (&self.cache, self.is_deep) {
            (Some(cache), true) => OfMasters::of(cache, open)?,
            _ => None,
        };
        let unpacked = unpacked.as_ref().map(|known| known as &dyn Unpacked);
        let from_row = match own {
            Some(_) => None,
            None if self.kernels.is_some() => None,
            None => self.recall_from_row(open, &mut assignment.borrow_mut())?,
        };
        let edited = match from_row {
            Some(edited) => edited,
            None => {
                let mut edited = editor::edit_or_recall(
                    open,
                    &choice,
                    seconds(self.time),
                    remembered,
                    |guest| {
                        let assignment = &mut assignment.borrow_mut();
                        let wanted = own.map(|identity| (identity, is_padded.get()));
                        let graft =
                            self.graft_followed(guest, assignment, wanted, unpacked, progress);
                        graft.inspect_err(|_| progress.reopen())
                    },
                )?;
                if self.kernels.is_some() {
                    // Nothing of it is kept.
                } else if own.is_none() {
                    if edited.reached.editor == "appliance" {
                        self.remember(open, &edited.value, &edited.redo, self.cache.as_ref())?;
                    }
                    self.remember(open, &edited.value, &edited.redo, self.row.as_ref())?;
                } else {
                    self.remember_template(open, &mut edited)?;
                }
                edited
            }
        };
        drop((claim, turn));
        progress.server(edited.value.server.name());
        let (graft, redo) = (edited.value, edited.redo);
        let mut warnings = graft.warnings;
        warnings.extend(of_host(&edited.reached));
        warnings.extend(own.and_then(|_| launch_each(&edited.reached)));
        let report = Report {
            outcome: Outcome::of(&redo),
            child: child.path().to_owned(),
            master: open.master().unwrap_or(child.path()).to_owned(),
            server: Some(ServerChoice {
                name: graft.server.name().to_owned(),
                export: graft.server.source().fs_spec().to_owned(),
                release: graft.server.release().map(str::to_owned),
                reason: graft.reason.to_string(),
            }),
            editor: EditorChoice::from(&edited.reached),
            edits: graft.edits,
            ssh_host_keys: graft.ssh_host_keys,
            warnings,
            kept: Vec::new(),
            recovered: Recovered::Nothing,
            redo_bytes: redo.bytes(),
            timings_ms: std::collections::BTreeMap::new(),
        };
        Ok(Edited { redo, report })
    }
}

/// Fills a buffer with random bytes of the kernel's (getrandom(2)).
fn random(buffer: &mut [u8]) {
    let mut filled = 0;
    while filled < buffer.len() {
        // It fails for a signal alone: the flags are none, and the buffer is ours.
        let rest = &mut buffer[filled..];
        filled += rustix::rand::getrandom(rest, rustix::rand::GetRandomFlags::empty()).unwrap_or(0);
    }
}

/// A child's path for a span's field.
pub(super) fn shown(child: &Child) -> String {
    escape(child.path().as_os_str().as_encoded_bytes())
}

/// Name of a child where nothing else is said: its absolute path, links resolved. That of a file
/// which is made later is the same already.
pub fn known_by(path: &Path) -> String {
    let in_folder = || {
        let whole = std::path::absolute(path).ok()?;
        let folder = whole.parent()?.canonicalize().ok()?;
        Some(folder.join(whole.file_name()?))
    };
    let found = path.canonicalize().ok().or_else(in_folder);
    let found = found.or_else(|| std::path::absolute(path).ok());
    let path = found.unwrap_or_else(|| path.to_owned());
    path.to_string_lossy().into_owned()
}

/// The caller's time, or now, in seconds since 1970. Never 0, which libext2fs takes for "now".
pub(super) fn seconds(time: Option<SystemTime>) -> i64 {
    let time = time.unwrap_or_else(SystemTime::now);
    let seconds = time
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    i64::try_from(seconds).unwrap_or(i64::MAX).max(1)
}
