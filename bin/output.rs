//! The only place that writes to standard output and standard error.
//!
//! People's text and JSON go to standard output, errors, hints and progress to standard error. A
//! reader that closes its end early has seen enough: that is a success, and the work goes on.

use std::borrow::Cow;
use std::error::Error;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use osgraft::path::printable;
use serde::Serialize;

use crate::exit::{Code, ErrorJson, Failure};
use crate::progress::Progress;
use crate::style::Style;

/// Destination of a command's results.
#[derive(Debug)]
pub(crate) struct Output {
    json: bool,
    quiet: bool,
    style: Style,
    progress: bool,
    /// Progress of long steps; `None` under the hook, whose caller is no person.
    steps: Option<Progress>,
    closed: bool,
    failed: Option<io::Error>,
}

/// Flags that say how much is printed, and in which form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) json: bool,
    pub(crate) quiet: bool,
    /// Number of `-v`.
    pub(crate) verbose: u8,
}

/// Version of what is printed with `--json`. Fields may be added to it; a change of those that are there
/// makes a new one.
const FORMAT_VERSION: u32 = 1;

/// A document on standard output.
#[derive(Serialize)]
struct Document<'a, T> {
    format_version: u32,
    #[serde(flatten)]
    content: &'a T,
}

/// A failed call, as the one document on standard output.
#[derive(Serialize)]
struct Failed<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    child: Option<Cow<'a, str>>,
    error: ErrorJson,
}

impl Output {
    /// As the flags and the terminal want it.
    pub(crate) fn new(look: Look, is_hook: bool) -> Self {
        let Look {
            json,
            quiet,
            verbose,
        } = look;
        let terminal = io::stdout().is_terminal();
        Self {
            json,
            quiet,
            style: Style {
                colour: terminal && !json && colour_is_welcome() && !terminal_is_dumb(),
                verbose: verbose > 0,
            },
            // Where the results themselves show on the terminal, they are the progress.
            progress: !quiet && !terminal && io::stderr().is_terminal() && !terminal_is_dumb(),
            steps: match is_hook {
                true => None,
                false => Progress::install(!quiet && !json, verbose > 1),
            },
            closed: false,
            failed: None,
        }
    }

    /// Without knowledge of the flags.
    pub(crate) fn plain(json: bool) -> Self {
        Self {
            json,
            quiet: false,
            style: Style::default(),
            progress: false,
            steps: None,
            closed: false,
            failed: None,
        }
    }

    /// Tells what was done: in JSON, or to a person, who may have asked for quiet.
    pub(crate) fn done(&mut self, json: &impl Serialize, text: impl FnOnce(&Style) -> String) {
        if self.json {
            self.document(json);
        } else if !self.quiet {
            let text = text(&self.style);
            self.write(&text);
        }
    }

    /// Shows what was asked to be shown, quiet or not.
    pub(crate) fn show(&mut self, json: &impl Serialize, text: impl FnOnce(&Style) -> String) {
        if self.json {
            self.document(json);
        } else {
            let text = text(&self.style);
            self.write(&text);
        }
    }

    /// Says something beside the results.
    pub(crate) fn hint(&mut self, text: &str) {
        if !self.quiet {
            to_stderr(&format!("osgraft: {}\n", printable(text)));
        }
    }

    /// Says how far a longer row of work is, where somebody watches.
    pub(crate) fn progress(&mut self, number: usize, of: usize, what: &Path) {
        if self.progress && of > 1 {
            let name = printable(&what.display().to_string());
            to_stderr(&format!("\r\x1b[K[{number}/{of}] {name}"));
        }
    }

    /// Tells an error of the whole call.
    pub(crate) fn failure(&mut self, failure: &Failure) -> Code {
        self.fail(None, failure)
    }

    /// Tells an error that concerns one child of several.
    pub(crate) fn child_failure(&mut self, child: &Path, failure: &Failure) -> Code {
        self.fail(Some(child), failure)
    }

    fn fail(&mut self, child: Option<&Path>, failure: &Failure) -> Code {
        if self.json {
            self.document(&Failed {
                child: child.map(|child| child.to_string_lossy()),
                error: failure.to_json(),
            });
        }
        self.complain(child, failure)
    }

    /// Tells an error on standard error alone.
    pub(crate) fn complain(&mut self, child: Option<&Path>, failure: &Failure) -> Code {
        let text = one_line(failure);
        let name = child.map(|child| printable(&child.to_string_lossy()));
        let whose = match name {
            Some(name) if !text.contains(&name) => format!("{name}: "),
            _ => String::new(),
        };
        self.clear_progress();
        let mut lines = format!("osgraft: {whose}{text}\n");
        let mut source = failure.source().filter(|_| self.style.verbose);
        while let Some(error) = source {
            lines.push_str(&format!("osgraft:   because: {}\n", one_line(error)));
            source = error.source();
        }
        to_stderr(&lines);
        failure.code()
    }

    /// Ends the program's output, and says how the program ends.
    pub(crate) fn finish(mut self, code: Code) -> ExitCode {
        self.clear_progress();
        let Some(error) = self.failed.take() else {
            return code.into();
        };
        let failure = Failure::Output(error);
        to_stderr(&format!("osgraft: {}\n", one_line(&failure)));
        code.or(failure.code()).into()
    }

    /// Tells an error to whoever called, and nothing else.
    pub(crate) fn say_error(&mut self, error: &dyn Error) {
        to_stderr(&format!("osgraft: {}\n", one_line(error)));
    }

    fn clear_progress(&self) {
        if let Some(steps) = &self.steps {
            steps.clear();
        }
        if self.progress {
            to_stderr("\r\x1b[K");
        }
    }

    fn document(&mut self, value: &impl Serialize) {
        let document = Document {
            format_version: FORMAT_VERSION,
            content: value,
        };
        match serde_json::to_string(&document) {
            Ok(line) => self.write(&format!("{line}\n")),
            Err(error) => self.failed = self.failed.take().or(Some(error.into())),
        }
    }

    fn write(&mut self, text: &str) {
        if self.closed {
            return;
        }
        self.clear_progress();
        let mut stdout = io::stdout().lock();
        let written = stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush());
        if let Err(error) = written {
            self.closed = true;
            self.failed = unless_broken_pipe(error).err();
        }
    }
}

/// A reader that has seen enough is no failure.
pub(crate) fn unless_broken_pipe(error: io::Error) -> io::Result<()> {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Ok(()),
        _ => Err(error),
    }
}

/// An error as one line in which nothing can be mistaken, whatever names and bytes are in it.
pub(crate) fn one_line(error: &dyn Error) -> String {
    printable(&error.to_string())
}

fn colour_is_welcome() -> bool {
    // https://no-color.org: set and not empty.
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

fn terminal_is_dumb() -> bool {
    std::env::var_os("TERM").is_none_or(|term| term == "dumb")
}

/// Without standard error there is nowhere left to complain to.
fn to_stderr(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_escaped_already_stays_as_it_is() {
        assert_eq!(printable(r"a\x1b[31m\n"), r"a\x1b[31m\n");
        assert_eq!(printable("\\"), "\\");
        assert_eq!(
            printable("a\u{1b}[31m\nb\u{202e}"),
            r"a\x1b[31m\x0ab\xe2\x80\xae"
        );
    }
}
