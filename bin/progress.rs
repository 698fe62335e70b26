//! Progress of long steps, on a terminal.

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use osgraft::path::printable;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry;

/// Steps that are shown while they last: those of the appliance, which take seconds and more.
const LONG: &str = "osgraft::editor::appliance";
/// Time after which a line is written anew.
const TICK: Duration = Duration::from_secs(1);

/// The line that is shown, and since when.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    step: Option<(String, Instant)>,
    /// True while a thread keeps the line up to date.
    ticks: bool,
}

impl Progress {
    /// Shows long steps where standard error is a terminal and `show` is true; with `log`, a line for
    /// each step of any length instead.
    pub(crate) fn install(show: bool, log: bool) -> Option<Self> {
        let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        let progress = (show && !log && !dumb && io::stderr().is_terminal()).then(Self::default);
        if progress.is_none() && !log {
            return None;
        }
        let steps = Steps {
            progress: progress.clone(),
        };
        let ours = Targets::new().with_target("osgraft", LevelFilter::DEBUG);
        // There is but one, installed here.
        let _ = tracing::subscriber::set_global_default(registry().with(steps.with_filter(ours)));
        progress
    }

    /// Takes the line off the terminal, until another step begins.
    pub(crate) fn clear(&self) {
        if self.lock().step.take().is_some() {
            say("\r\x1b[K");
        }
    }

    fn begin(&self, step: &str) {
        let mut state = self.lock();
        state.step = Some((printable(step), Instant::now()));
        write(&state);
        if !state.ticks {
            let progress = self.clone();
            let ticker = thread::Builder::new().name("progress".into());
            // Without it the line stays as it is.
            state.ticks = ticker.spawn(move || progress.tick()).is_ok();
        }
    }

    /// Writes the line anew for as long as there is one.
    fn tick(&self) {
        loop {
            thread::sleep(TICK);
            let mut state = self.lock();
            if state.step.is_none() {
                state.ticks = false;
                return;
            }
            write(&state);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn write(state: &State) {
    if let Some((step, since)) = &state.step {
        say(&format!("\r\x1b[K{step} … {} s", since.elapsed().as_secs()));
    }
}

/// Writes to standard error; once that is gone, there is nowhere left to say so.
fn say(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Receiver of the steps that the library tells.
struct Steps {
    progress: Option<Progress>,
}

impl<S: Subscriber> Layer<S> for Steps {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut text = Message::default();
        event.record(&mut text);
        match &self.progress {
            Some(progress) if event.metadata().target().starts_with(LONG) => {
                progress.begin(&text.0)
            }
            Some(_) => {}
            None => say(&format!("osgraft: {}\n", printable(&text.0))),
        }
    }

    fn on_new_span(&self, span: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        if self.progress.is_none() {
            say(&format!("osgraft: begins: {}\n", span.metadata().name()));
        }
    }
}

/// The text of an event.
#[derive(Default)]
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}
