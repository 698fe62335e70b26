//! Steps, spans, errors and cancellation, as a program that links the library has them.

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::fmt;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use osgraft::image::{Child, Holder, ImageError, Masters, Overlay};
use osgraft::prepare::{Observer, Outcome, Preparer, Reverter, Share, Step, verify};
use osgraft::registry::{MemoryRegistry, Registry, RegistryError, Server, Servers, Source};
use osgraft::{Error, ErrorKind};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::support::guest::debian_master;
use crate::support::{assert_clean, digest};

const STEPS: [Step; 9] = [
    Step::Registry,
    Step::Lock,
    Step::Open,
    Step::Facts,
    Step::Select,
    Step::Plan,
    Step::Edit,
    Step::Redo,
    Step::Commit,
];

fn registry() -> MemoryRegistry {
    let source = Source::nfs("192.0.2.10:/export/deb12").unwrap();
    let server = Server::new("deb12-a", source).unwrap();
    MemoryRegistry::new(Servers::new(vec![server]).unwrap())
}

/// A fresh child of a small Debian.
fn child(folder: &Path) -> Child {
    let master = debian_master(folder);
    let path = folder.join("web-7.qcow2");
    Overlay::new(&master).create(&path).unwrap();
    Child::open(path, Masters::only(&master)).unwrap()
}

/// Keeps the steps it hears, and cancels before one.
fn stops_before(last: Option<Step>) -> (Arc<Mutex<Vec<Step>>>, impl Observer) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let steps = Arc::clone(&heard);
    let observer = move |child: &Path, step: Step| {
        assert!(child.ends_with("web-7.qcow2"), "{}", child.display());
        steps.lock().unwrap().push(step);
        match last == Some(step) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    };
    (heard, observer)
}

#[test]
fn an_observer_hears_each_step_in_order_and_the_report_has_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let child = child(folder.path());
    let (heard, observer) = stops_before(None);
    let preparer = Preparer::new(registry(), Share::default()).observer(observer);
    let report = preparer.prepare(&child).unwrap();
    assert_eq!(report.outcome, Outcome::Changed);
    assert_eq!(std::mem::take(&mut *heard.lock().unwrap()), STEPS);
    let mut names: Vec<_> = STEPS.iter().map(|step| step.name()).collect();
    names.sort_unstable();
    assert_eq!(report.timings_ms.keys().copied().collect::<Vec<_>>(), names);

    preparer.plan(&child).unwrap();
    assert_eq!(*heard.lock().unwrap(), STEPS[..8]);

    let (heard, observer) = stops_before(None);
    Reverter::new().observer(observer).revert(&child).unwrap();
    let steps = [Step::Lock, Step::Open, Step::Edit, Step::Redo, Step::Commit];
    assert_eq!(*heard.lock().unwrap(), steps);
}

#[test]
fn a_call_cancelled_before_any_step_leaves_the_child_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let child = child(folder.path());
    let before = digest(child.path());
    let assert_cancelled = |error: Error, step: Step| {
        assert_eq!(error.kind(), ErrorKind::Cancelled);
        assert_eq!(error.code(), "cancelled");
        let Error::Cancelled(cancelled) = &error else {
            panic!("{error:?}");
        };
        assert_eq!(cancelled.before, step);
        assert_eq!(cancelled.child, child.path());
        assert!(
            error
                .to_string()
                .contains(&format!("before the step “{step}”")),
            "{error}"
        );
    };
    for (number, step) in STEPS.into_iter().enumerate() {
        let (heard, observer) = stops_before(Some(step));
        let preparer = Preparer::new(registry(), Share::default()).observer(observer);
        assert_cancelled(preparer.prepare(&child).unwrap_err(), step);
        assert_eq!(*heard.lock().unwrap(), STEPS[..=number]);
        assert!(digest(child.path()) == before, "cancelled before {step}");
    }
    assert_clean(child.path());

    // Nothing is left locked or half done.
    let preparer = Preparer::new(registry(), Share::default());
    assert_eq!(preparer.prepare(&child).unwrap().outcome, Outcome::Changed);
    assert!(verify(&child, None).unwrap().intact);
    let prepared = digest(child.path());
    for step in [Step::Lock, Step::Open, Step::Edit, Step::Redo, Step::Commit] {
        let (_, observer) = stops_before(Some(step));
        let error = Reverter::new()
            .observer(observer)
            .revert(&child)
            .unwrap_err();
        assert_cancelled(error, step);
        assert!(digest(child.path()) == prepared, "cancelled before {step}");
    }
}

#[test]
fn a_row_of_children_is_cancelled_from_one_on() {
    let folder = tempfile::tempdir().unwrap();
    let master = debian_master(folder.path());
    let made = (0..6).map(|number| {
        let path = folder.path().join(format!("web-{number}.qcow2"));
        Overlay::new(&master).create(&path).unwrap();
        Child::open(path, Masters::only(&master)).unwrap()
    });
    let children: Vec<_> = made.collect();
    let begun = AtomicUsize::new(0);
    let preparer = Preparer::new(registry(), Share::default()).observer(
        move |_: &Path, step: Step| match step {
            Step::Registry if begun.fetch_add(1, Ordering::SeqCst) >= 2 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        },
    );
    let mut kinds = Vec::new();
    preparer.prepare_all(children, NonZeroUsize::MIN, |_, result| {
        kinds.push(
            result
                .map_err(|error| error.kind())
                .map(|report| report.outcome),
        );
    });
    let done = Ok(Outcome::Changed);
    let stopped = Err(ErrorKind::Cancelled);
    assert_eq!(kinds, [done, done, stopped, stopped, stopped, stopped]);
}

/// Keeps each span: its name, its parent's name, its fields.
#[derive(Clone, Default)]
struct Spans {
    next: Arc<AtomicU64>,
    seen: Arc<Mutex<BTreeMap<u64, Seen>>>,
    entered: Arc<Mutex<Vec<u64>>>,
}

#[derive(Debug)]
struct Seen {
    name: &'static str,
    parent: Option<u64>,
    fields: BTreeMap<&'static str, String>,
}

impl Visit for Seen {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.fields.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.insert(field.name(), value.to_owned());
    }
}

impl Subscriber for Spans {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && metadata.target().starts_with("osgraft")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let id = self.next.fetch_add(1, Ordering::SeqCst) + 1;
        let mut seen = Seen {
            name: span.metadata().name(),
            parent: self.entered.lock().unwrap().last().copied(),
            fields: BTreeMap::new(),
        };
        span.record(&mut seen);
        self.seen.lock().unwrap().insert(id, seen);
        Id::from_u64(id)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut seen = self.seen.lock().unwrap();
        values.record(seen.get_mut(&span.into_u64()).unwrap());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, span: &Id) {
        self.entered.lock().unwrap().push(span.into_u64());
    }

    fn exit(&self, span: &Id) {
        let left = self.entered.lock().unwrap().pop();
        assert_eq!(
            left,
            Some(span.into_u64()),
            "spans are left in the order of a stack"
        );
    }
}

#[test]
fn each_step_is_a_span_below_the_calls_own_which_names_child_and_server() {
    let folder = tempfile::tempdir().unwrap();
    let child = child(folder.path());
    let spans = Spans::default();
    // With one subscriber alive, a span that another test's thread meets first would be off for all.
    let _another = tracing::Dispatch::new(Spans::default());
    tracing::subscriber::with_default(spans.clone(), || {
        let preparer = Preparer::new(registry(), Share::default());
        preparer.prepare(&child).unwrap();
        Reverter::new().revert(&child).unwrap();
    });
    assert!(spans.entered.lock().unwrap().is_empty());
    let seen = spans.seen.lock().unwrap();
    let whole = |name: &str| {
        let mut found = seen.iter().filter(|(_, span)| span.name == name);
        let (id, span) = found.next().unwrap_or_else(|| panic!("no span {name}"));
        assert!(found.next().is_none() && span.parent.is_none());
        (*id, span)
    };
    let below = |id: u64| -> Vec<_> {
        let children = seen.values().filter(|span| span.parent == Some(id));
        children.map(|span| span.name).collect()
    };
    let (id, prepare) = whole("prepare");
    assert_eq!(prepare.fields["child"], child.path().display().to_string());
    assert_eq!(prepare.fields["server"], "deb12-a");
    assert_eq!(below(id), STEPS.map(Step::name));
    let (lock, _) = seen.iter().find(|(_, span)| span.name == "lock").unwrap();
    assert!(below(*lock).contains(&"gate"), "{:?}", below(*lock));
    let (id, revert) = whole("revert");
    assert_eq!(revert.fields["child"], child.path().display().to_string());
    assert_eq!(below(id), ["lock", "open", "edit", "redo", "commit"]);
}

/// A registry in a database that fails.
struct Database {
    retryable: bool,
}

#[derive(Debug, thiserror::Error)]
#[error("cannot reach postgres://os:geheim@db:5432/servers\n\x1b[31m(attempt 3)")]
struct NoConnection(#[source] std::io::Error);

impl Registry for Database {
    fn servers(&self) -> Result<Servers, RegistryError> {
        let refused = std::io::Error::other("connection refused, password=geheim");
        let error = NoConnection(refused);
        Err(match self.retryable {
            true => RegistryError::unavailable("postgres://os:geheim@db/servers", error),
            false => RegistryError::unusable("postgres://os:geheim@db/servers", error),
        })
    }
}

#[test]
fn a_database_that_fails_is_an_error_of_the_registry_with_its_chain_and_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let child = child(folder.path());
    let before = digest(child.path());
    for (retryable, code) in [(true, "registry-unavailable"), (false, "registry-unusable")] {
        let database: Box<dyn Registry> = Box::new(Database { retryable });
        let preparer = Preparer::new(database, Share::default());
        let error = preparer.prepare(&child).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Registry);
        assert_eq!(error.is_retryable(), retryable);
        assert_eq!(error.code(), code);
        let source = error.source().unwrap();
        assert!(
            source.is::<NoConnection>(),
            "the error is there as it was given"
        );
        let json = serde_json::to_value(&error).unwrap();
        assert_eq!(json["kind"], "registry");
        assert_eq!(json["code"], code);
        assert_eq!(json["codes"], serde_json::json!([code]));
        assert_eq!(json["retryable"], retryable);
        let expected = r"postgres://os:***@db/servers: cannot reach postgres://os:***@db:5432/servers \x1b[31m(attempt 3); ";
        let message = json["message"].as_str().unwrap();
        assert!(message.starts_with(expected), "{message}");
        let causes = serde_json::json!([
            r"cannot reach postgres://os:***@db:5432/servers \x1b[31m(attempt 3)",
            "connection refused, password=***",
        ]);
        assert_eq!(json["causes"], causes);
        assert!(!json.to_string().contains("geheim"));
    }
    assert!(digest(child.path()) == before);
}

#[test]
fn errors_of_every_kind_are_data_with_a_code_a_line_and_their_causes() {
    let folder = tempfile::tempdir().unwrap();
    let child = child(folder.path());
    let prepare = |preparer: Preparer<MemoryRegistry>| preparer.prepare(&child).unwrap_err();
    let default = || Preparer::new(registry(), Share::default());
    let gone = PathBuf::from("/no/such\nimage");
    let missing = Child::open(&gone, "/no").and_then(|child| child.read().map(drop));
    let no_backing = Child::open(folder.path().join("master.qcow2"), "/no");
    let no_backing = no_backing.and_then(|child| child.read().map(drop));
    let empty = MemoryRegistry::new(Servers::new(Vec::new()).unwrap());
    let in_use = ImageError::InUse {
        path: gone.clone(),
        by: Holder::Qemu,
    };
    let unwritten = ImageError::NotCommitted {
        path: gone,
        source: std::io::Error::from_raw_os_error(28),
    };
    let cases: [(Error, &str, &str, usize); 6] = [
        (missing.unwrap_err().into(), "host", "image-not-found", 0),
        (
            no_backing.unwrap_err().into(),
            "image-refused",
            "no-backing",
            0,
        ),
        (in_use.into(), "image-in-use", "image-in-use", 0),
        (
            prepare(Preparer::new(empty, Share::default())),
            "no-server",
            "no-servers",
            0,
        ),
        (
            prepare(default().server("none")),
            "no-server",
            "server-unknown",
            0,
        ),
        (unwritten.into(), "host", "not-committed", 1),
    ];
    for (error, kind, code, causes) in cases {
        let json = serde_json::to_value(&error).unwrap();
        assert_eq!(json["kind"], kind, "{error}");
        assert_eq!(json["code"], code, "{error}");
        assert_eq!(json["codes"][0], code, "{error}");
        assert_eq!(json["causes"].as_array().unwrap().len(), causes, "{error}");
        assert!(!json["message"].as_str().unwrap().contains('\n'), "{error}");
        assert_eq!(json["retryable"], code == "image-in-use", "{error}");
    }
}
