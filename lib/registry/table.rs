//! One `[[server]]` table to a server.

use std::collections::BTreeMap;
use std::ops::Range;

use toml_edit::{Item, Key as TomlKey, Table};

use super::content::{ContentError, Expected};
use super::key::{Key, Kind, UnknownKey};
use super::server::Server;
use super::setting::Setting;
use super::value::{Value, Written};

/// An error and the byte of the text where it shows.
pub(super) struct Spotted {
    pub(super) at: usize,
    pub(super) error: ContentError,
}

impl Spotted {
    pub(super) fn new(at: usize, error: impl Into<ContentError>) -> Self {
        Self {
            at,
            error: error.into(),
        }
    }
}

impl Server {
    /// A server with these settings; of two for one key, the later one counts.
    ///
    /// # Errors
    /// [`ContentError`], when the name is none or the settings do not make up a server.
    pub fn from_settings(name: &str, settings: &[Setting]) -> Result<Self, ContentError> {
        let mut values = BTreeMap::new();
        values.insert(Key::Name, Value::of_text(Key::Name, name)?);
        for setting in settings {
            match setting.value() {
                Some(value) => drop(values.insert(setting.key(), value.clone())),
                None => drop(values.remove(&setting.key())),
            }
        }
        Self::of_values(values.into_values()).map_err(|(_, error)| error)
    }
}

/// One server, and where its name stands.
pub(super) fn server(table: &Table) -> Result<(Server, usize), Spotted> {
    let header = start(table.span());
    let mut places = BTreeMap::new();
    let mut values = Vec::new();
    for (at, value) in entries(table)? {
        places.insert(value.key(), at);
        values.push(value);
    }
    let at = |key: Key| places.get(&key).copied().unwrap_or(header);
    match Server::of_values(values) {
        Ok(server) => Ok((server, at(Key::Name))),
        Err((key, error)) => Err(Spotted::new(key.map_or(header, at), error)),
    }
}

/// The values of a table, each with the byte where it stands.
fn entries(table: &Table) -> Result<Vec<(usize, Value)>, Spotted> {
    let mut entries = Vec::new();
    for (word, item) in table {
        let key: Key = word
            .parse()
            .map_err(|unknown: UnknownKey| Spotted::new(key_start(table, word), unknown))?;
        let at = item
            .span()
            .map_or_else(|| key_start(table, word), |span| span.start);
        entries.push((at, value(key, item, at)?));
    }
    Ok(entries)
}

fn value(key: Key, item: &Item, at: usize) -> Result<Value, Spotted> {
    let wrong = |at: usize, found: &'static str| {
        let expected = Expected(key.kind());
        Spotted::new(
            at,
            ContentError::WrongType {
                key,
                found,
                expected,
            },
        )
    };
    match key.kind() {
        Kind::Text => {
            let text = item.as_str().ok_or_else(|| wrong(at, found(item)))?;
            Value::of_text(key, text).map_err(|error| Spotted::new(at, error))
        }
        Kind::Integer => {
            let number = item.as_integer().ok_or_else(|| wrong(at, found(item)))?;
            Value::new(key, &Written::Integer(number)).map_err(|error| Spotted::new(at, error))
        }
        Kind::List => {
            let array = item.as_array().ok_or_else(|| wrong(at, found(item)))?;
            let mut texts = Vec::new();
            for element in array {
                let text = element.as_str().ok_or_else(|| {
                    let error = ContentError::WrongElement {
                        key,
                        found: named(element.type_name()),
                    };
                    Spotted::new(start(element.span()), error)
                })?;
                texts.push(text);
            }
            Value::of_list(key, &texts).map_err(|error| {
                let element = error.index.and_then(|index| array.get(index));
                Spotted::new(element.map_or(at, |element| start(element.span())), error)
            })
        }
    }
}

pub(super) fn key_start(table: &Table, name: &str) -> usize {
    start(
        table
            .get_key_value(name)
            .and_then(|(key, _): (&TomlKey, &Item)| key.span()),
    )
}

fn start(span: Option<Range<usize>>) -> usize {
    span.map_or(0, |span| span.start)
}

/// Kind of an item, for people.
pub(super) fn found(item: &Item) -> &'static str {
    named(item.type_name())
}

fn named(type_name: &str) -> &'static str {
    match type_name {
        "string" => "a string",
        "integer" => "an integer",
        "float" => "a float",
        "boolean" => "a boolean",
        "datetime" => "a date or time",
        "array" => "a list",
        "array of tables" => "a list of tables",
        _ => "a table",
    }
}
