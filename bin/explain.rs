//! `explain`, and the codes as words of the command line.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, TypedValueParser};
use osgraft::codes::{self, Code as Known, Severity};
use osgraft::path::printable;
use serde::Serialize;

use crate::exit::{Code, Failure, Usage};
use crate::human;
use crate::output::Output;
use crate::style::Style;

/// Word for a code. Any word parses, so that the error for a wrong one can name those that are close
/// to it; the known codes are for completions.
#[derive(Clone, Copy, Debug)]
pub(crate) enum CodeWord {
    /// Any code.
    Any,
    /// A code that may be allowed.
    Allowable,
}

/// All codes, as JSON has them.
#[derive(Serialize)]
struct Codes {
    codes: &'static [Known],
}

impl TypedValueParser for CodeWord {
    type Value = String;

    fn parse_ref(
        &self,
        _: &clap::Command,
        _: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        Ok(value.to_string_lossy().into_owned())
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let is_wanted = |code: &&Known| matches!(self, Self::Any) || code.is_allowable();
        let codes = codes::all().iter().filter(is_wanted);
        Some(Box::new(codes.map(|code| PossibleValue::new(code.name()))))
    }
}

pub(crate) fn explain(word: Option<&str>, out: &mut Output) -> Result<Code, Failure> {
    let Some(word) = word else {
        let codes = codes::all();
        out.show(&Codes { codes }, list);
        return Ok(Code::Done);
    };
    let code = codes::find(word).ok_or_else(|| Usage::UnknownCode {
        code: printable(word),
        near: codes::near(word),
    })?;
    out.show(code, |style| one(code, style));
    Ok(Code::Done)
}

fn one(code: &Known, style: &Style) -> String {
    let severity = severity(code.severity(), code.severity().as_str(), style);
    let allow = match (code.is_allowable(), code.severity()) {
        (true, _) => format!("yes: with --allow {} it is a warning", code.name()),
        (false, Severity::Blocker) => "no: an edit would not help such a guest".to_owned(),
        (false, _) => "no: it is not a preflight blocker".to_owned(),
    };
    format!(
        "{}: {severity}\n  meaning  {}\n  to do    {}\n  --allow  {allow}\n",
        style.strong(code.name()),
        code.meaning(),
        code.remedy(),
    )
}

fn list(style: &Style) -> String {
    let row = |code: &Known| {
        let severity = code.severity().to_string();
        [code.name().to_owned(), severity, code.meaning().to_owned()]
    };
    let rows: Vec<_> = codes::all().iter().map(row).collect();
    human::table(["CODE", "SEVERITY", "MEANING"], &rows, style)
}

fn severity(severity: Severity, text: &str, style: &Style) -> String {
    match severity {
        Severity::Error | Severity::Blocker => style.bad(text),
        Severity::Warning | Severity::Difference => style.careful(text),
        _ => style.faint(text),
    }
}
