//! Texts of tables: named cells, row by row.

use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::error::{Fault, Kind};
use crate::path::printable;

/// A row as it stands: its line, and its cells with their column's name.
pub(super) struct Cells {
    pub(super) line: usize,
    pub(super) cells: Vec<(String, Vec<String>)>,
}

/// Rows of a table that were read, and faults of those that could not be.
#[derive(Default)]
pub(super) struct Found {
    pub(super) rows: Vec<Cells>,
    pub(super) faults: Vec<Fault>,
}

/// Rows of a CSV (RFC 4180) whose first line names the columns: it is the first row, without words.
/// Lines that begin with `#` and empty ones are passed over.
pub(super) fn csv(text: &str, origin: &str) -> Found {
    let mut found = Found::default();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let mut names: Option<Vec<String>> = None;
    let mut lines = Lines::of(text);
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(1, csv::Position::line);
                let text = printable(&error.to_string());
                found
                    .faults
                    .push(fault(origin, line as usize, Kind::Syntax, text));
                return found;
            }
        };
        let at = record.position().map_or(0, |at| at.byte() as usize);
        let line = lines.line_of_row(at);
        let cells = record.iter().map(|cell| cell.trim().to_owned());
        let Some(names) = &names else {
            names = Some(cells.collect());
            let names = names.iter().flatten().cloned();
            found.rows.push(Cells {
                line,
                cells: names.map(|name| (name, Vec::new())).collect(),
            });
            continue;
        };
        if record.len() != names.len() {
            let (has, of) = (record.len(), names.len());
            let text = format!("it has {has} cells, and the first line names {of} columns");
            found.faults.push(fault(origin, line, Kind::Cells, text));
            continue;
        }
        let words = cells.map(|cell| (!cell.is_empty()).then_some(cell).into_iter().collect());
        let cells = names.iter().cloned().zip(words);
        found.rows.push(Cells {
            line,
            cells: cells.collect(),
        });
    }
    found
}

/// Lines of a text, counted in one pass.
struct Lines<'a> {
    text: &'a str,
    line: usize,
    at: usize,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        Self {
            text,
            line: 1,
            at: 0,
        }
    }

    /// The line of a place, which does not lie before the last one that was asked for.
    fn line(&mut self, at: usize) -> usize {
        let between = &self.text.as_bytes()[self.at..at];
        self.line += between.iter().filter(|byte| **byte == b'\n').count();
        self.at = at;
        self.line
    }

    /// The line of the first byte from a place on that belongs to a row: before it lie empty lines
    /// and comments that were passed over.
    fn line_of_row(&mut self, at: usize) -> usize {
        let mut start = at;
        for line in self.text[at..].split_inclusive('\n') {
            if !line.trim().is_empty() && !line.starts_with('#') {
                break;
            }
            start += line.len();
        }
        self.line(start)
    }
}

fn fault(origin: &str, line: usize, code: Kind, text: String) -> Fault {
    Fault::at(origin, line, code, text)
}

/// Rows of a JSON array of objects. A value is a string, a list of them, a truth value or null.
pub(super) fn json(text: &str, origin: &str) -> Found {
    let mut found = Found::default();
    let rows: Vec<&RawValue> = match serde_json::from_str(text) {
        Ok(rows) => rows,
        Err(error) => {
            let told = error.to_string();
            let told = told.split(" at line ").next().unwrap_or_default();
            let told = format!("{}: write a list of objects", printable(told));
            found
                .faults
                .push(fault(origin, error.line().max(1), Kind::Syntax, told));
            return found;
        }
    };
    let mut lines = Lines::of(text);
    for row in rows {
        // Each is a part of the text.
        let line = lines.line(row.get().as_ptr() as usize - text.as_ptr() as usize);
        let mut deserializer = serde_json::Deserializer::from_str(row.get());
        let members = match deserializer.deserialize_map(Members) {
            Ok(members) => members,
            Err(error) => {
                let told = error.to_string();
                let told = told.split(" at line ").next().unwrap_or_default();
                let at = line + error.line().max(1) - 1;
                found
                    .faults
                    .push(fault(origin, at, Kind::Syntax, printable(told)));
                continue;
            }
        };
        let mut cells = Vec::new();
        for (name, value) in members {
            match strings(&value) {
                Some(words) => cells.push((name, words)),
                None => {
                    let name = printable(&name);
                    let text = format!("{name}: write a string, a list of strings, true or false");
                    found.faults.push(fault(origin, line, Kind::Syntax, text));
                }
            }
        }
        found.rows.push(Cells { line, cells });
    }
    found
}

fn strings(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Null => Some(Vec::new()),
        Value::Bool(truth) => Some(vec![if *truth { "yes" } else { "no" }.to_owned()]),
        Value::String(word) if word.is_empty() => Some(Vec::new()),
        Value::String(word) => Some(vec![word.clone()]),
        Value::Array(words) => {
            let words = words.iter().map(|word| word.as_str().map(str::to_owned));
            words.collect()
        }
        _ => None,
    }
}

/// The members of an object as they stand, one that stands there twice as well.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(String, Value)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with one child")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}
