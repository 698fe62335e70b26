//! Steps of a call on a child: told to an observer, timed, and a `tracing` span each.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use serde::{Serialize, Serializer};
use tracing::span::EnteredSpan;
use tracing::{Span, debug_span};

use crate::path::escape;

/// One step of [`Preparer::prepare`](super::Preparer::prepare) and its like. They begin in the order
/// in which they stand here; a call leaves out what it does not do. A guest that is handed to the
/// appliance in the middle of the work begins at [`Facts`](Self::Facts) again.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Step {
    /// Asks the registry.
    Registry,
    /// Opens and locks the child, finishes what an earlier call left, and judges header and chain.
    Lock,
    /// Finds the root file system and starts an editor on it. With an appliance this takes longest.
    Open,
    /// Reads what the guest is.
    Facts,
    /// Chooses a server.
    Select,
    /// Compares the guest with what is wished, and decides.
    Plan,
    /// Edits the guest, in memory or in the appliance's overlay.
    Edit,
    /// Makes the redo record.
    Redo,
    /// Writes to the child's file. Once it has begun, the call cannot be cancelled.
    Commit,
}

impl Step {
    /// Name in [`Report::timings_ms`](super::Report::timings_ms), and of the `tracing` span.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Lock => "lock",
            Self::Open => "open",
            Self::Facts => "facts",
            Self::Select => "select",
            Self::Plan => "plan",
            Self::Edit => "edit",
            Self::Redo => "redo",
            Self::Commit => "commit",
        }
    }

    fn span(self) -> Span {
        match self {
            Self::Registry => debug_span!("registry"),
            Self::Lock => debug_span!("lock"),
            Self::Open => debug_span!("open"),
            Self::Facts => debug_span!("facts"),
            Self::Select => debug_span!("select"),
            Self::Plan => debug_span!("plan"),
            Self::Edit => debug_span!("edit"),
            Self::Redo => debug_span!("redo"),
            Self::Commit => debug_span!("commit"),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// Follows calls on children, and may cancel them. A closure can be one:
///
/// ```
/// use std::ops::ControlFlow;
/// use std::path::Path;
/// use std::sync::atomic::{AtomicBool, Ordering};
///
/// use osgraft::prepare::{Preparer, Share, Step};
/// use osgraft::registry::FileRegistry;
///
/// static STOP: AtomicBool = AtomicBool::new(false);
/// # fn preparer(registry: FileRegistry) -> Preparer<FileRegistry> {
/// Preparer::new(registry, Share::default()).observer(|child: &Path, step: Step| {
///     eprintln!("{}: {step}", child.display());
///     match STOP.load(Ordering::Relaxed) {
///         true => ControlFlow::Break(()),
///         false => ControlFlow::Continue(()),
///     }
/// })
/// # }
/// ```
pub trait Observer: Send + Sync {
    /// Hears that a step of the work on a child begins, on the thread that does the work, and says
    /// whether it goes on. [`Break`](ControlFlow::Break) ends the call with
    /// [`Error::Cancelled`](crate::Error::Cancelled), without the edit. A step that has begun is not
    /// interrupted.
    fn begins(&self, child: &Path, step: Step) -> ControlFlow<()>;
}

impl<F: Fn(&Path, Step) -> ControlFlow<()> + Send + Sync> Observer for F {
    fn begins(&self, child: &Path, step: Step) -> ControlFlow<()> {
        self(child, step)
    }
}

/// A call that its [`Observer`] ended. The child is as it was, but for an interrupted edit of before,
/// which may have been finished.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{}: cancelled before the step “{before}”: no edit was made; call again to make it", escape(.child.as_os_str().as_encoded_bytes()))]
#[non_exhaustive]
pub struct Cancelled {
    /// The child.
    pub child: PathBuf,
    /// The step that would have begun.
    pub before: Step,
}

impl Cancelled {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        "cancelled"
    }
}

/// Observer of a preparer's calls, if any.
#[derive(Clone, Default)]
pub(super) struct Watch(Option<Arc<dyn Observer>>);

impl Watch {
    pub(super) fn new(observer: impl Observer + 'static) -> Self {
        Self(Some(Arc::new(observer)))
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Some(_) => "Watch(Some(_))",
            None => "Watch(None)",
        })
    }
}

/// Course of one call on one child.
pub(super) struct Progress<'a> {
    child: &'a Path,
    watch: &'a Watch,
    now: RefCell<Now>,
    whole: Span,
}

struct Now {
    step: Option<(Step, EnteredSpan)>,
    last: Instant,
    steps: BTreeMap<&'static str, f64>,
    /// The step before which the observer cancelled.
    cancelled: Option<Step>,
    // Left after the step's.
    _whole: EnteredSpan,
}

impl<'a> Progress<'a> {
    /// A call begins. `whole` is its span, with an empty field `server` where it selects one.
    pub(super) fn start(child: &'a Path, watch: &'a Watch, whole: Span) -> Self {
        let now = RefCell::new(Now {
            step: None,
            last: Instant::now(),
            steps: BTreeMap::new(),
            cancelled: None,
            _whole: whole.clone().entered(),
        });
        Self {
            child,
            watch,
            now,
            whole,
        }
    }

    /// The last step ends and another begins, unless the observer cancels.
    pub(super) fn begin(&self, step: Step) -> Result<(), Cancelled> {
        self.require_wanted()?;
        self.enter(Some(step));
        if let Some(observer) = &self.watch.0
            && observer.begins(self.child, step).is_break()
        {
            self.now.borrow_mut().cancelled = Some(step);
        }
        self.require_wanted()
    }

    /// Cancelled once is cancelled for good, whoever looked at the first error.
    pub(super) fn require_wanted(&self) -> Result<(), Cancelled> {
        match self.now.borrow().cancelled {
            Some(before) => Err(Cancelled {
                child: self.child.to_owned(),
                before,
            }),
            None => Ok(()),
        }
    }

    /// The last step failed in this editor; what comes now is finding another one.
    pub(super) fn reopen(&self) {
        self.enter(Some(Step::Open));
    }

    /// The server that was selected.
    pub(super) fn server(&self, name: &str) {
        self.whole.record("server", name);
    }

    /// The last step ends. Returns milliseconds by step.
    pub(super) fn finish(&self) -> BTreeMap<&'static str, f64> {
        self.enter(None);
        std::mem::take(&mut self.now.borrow_mut().steps)
    }

    fn enter(&self, step: Option<Step>) {
        let mut now = self.now.borrow_mut();
        let time = Instant::now();
        if let Some((ended, span)) = now.step.take() {
            drop(span);
            let micros = (time - now.last).as_micros() as f64;
            *now.steps.entry(ended.name()).or_default() += micros / 1000.0;
        }
        now.last = time;
        now.step = step.map(|step| (step, step.span().entered()));
    }
}
