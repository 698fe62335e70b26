//! One `[[server]]` table to a server.

use std::collections::BTreeMap;
use std::ops::Range;

use toml_edit::{Item, Key as TomlKey, Table};

use super::fault::{Expected, Fault};
use super::key::{Key, Kind, UnknownKey};
use super::server::{Server, State};
use super::setting::{NewValue, Setting};
use super::source::Source;
use super::value::{ValueError, check, check_list, check_weight};

/// A fault and the byte of the text where it shows.
pub(super) struct Spotted {
    pub(super) at: usize,
    pub(super) fault: Fault,
}

impl Spotted {
    pub(super) fn new(at: usize, fault: impl Into<Fault>) -> Self {
        Self {
            at,
            fault: fault.into(),
        }
    }
}

impl Server {
    /// A server with these settings; of two for one key, the later one counts.
    ///
    /// # Errors
    /// [`Fault`], when the name is none or the settings do not make up a server.
    pub fn from_settings(name: &str, settings: &[Setting]) -> Result<Self, Fault> {
        check(Key::Name, name)?;
        let mut entries = Entries::new();
        let mut put = |key: Key, value: Option<Value>| match value {
            Some(value) => drop(entries.insert(key, Entry { at: 0, value })),
            None => drop(entries.remove(&key)),
        };
        put(Key::Name, Some(Value::Text(name.to_owned())));
        for setting in settings {
            let value = match setting.value() {
                None => None,
                Some(NewValue::Text(text)) => Some(Value::Text(text.clone())),
                Some(NewValue::List(list)) => Some(Value::List(list.clone())),
                Some(NewValue::Integer(number)) => Some(Value::Weight(check_weight(*number)?)),
            };
            put(setting.key(), value);
        }
        from_entries(&entries, 0)
            .map(|(server, _)| server)
            .map_err(|spotted| spotted.fault)
    }
}

/// One server, and where its name stands.
pub(super) fn server(table: &Table) -> Result<(Server, usize), Spotted> {
    from_entries(&entries(table)?, start(table.span()))
}

fn from_entries(entries: &Entries, header: usize) -> Result<(Server, usize), Spotted> {
    let at = |key: Key| entries.get(&key).map_or(header, |entry| entry.at);
    // Each value passed its own checks in `entries`, so what still fails here has its key there.
    let misplaced = |error: ValueError| Spotted::new(at(error.key), error);

    let name = text(entries, Key::Name).ok_or_else(|| Spotted::new(header, Fault::NoName))?;
    let source = source(entries, header)?;
    let mut server = Server::new(name, source).map_err(misplaced)?;
    for (key, entry) in entries {
        server = match (key, &entry.value) {
            (Key::Os, Value::Text(value)) => server.with_os(value),
            (Key::Version, Value::Text(value)) => server.with_version(value),
            (Key::Arch, Value::Text(value)) => server.with_arch(value),
            (Key::Kernels, Value::List(values)) => server.with_kernels(values),
            (Key::Components, Value::List(values)) => server.with_components(values),
            (Key::State, Value::Text(value)) => match State::named(value) {
                Some(state) => Ok(server.with_state(state)),
                None => check(Key::State, value).map(|()| server),
            },
            (Key::Weight, Value::Weight(weight)) => server.with_weight(*weight),
            (Key::Release, Value::Text(value)) => server.with_release(value),
            (Key::Options, Value::Text(value)) => server.with_options(value),
            _ => Ok(server),
        }
        .map_err(misplaced)?;
    }
    Ok((server, at(Key::Name)))
}

/// One checked value and where it stands.
struct Entry {
    at: usize,
    value: Value,
}

enum Value {
    Text(String),
    List(Vec<String>),
    Weight(u32),
}

type Entries = BTreeMap<Key, Entry>;

fn text(entries: &Entries, key: Key) -> Option<&str> {
    match &entries.get(&key)?.value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

fn entries(table: &Table) -> Result<Entries, Spotted> {
    let mut entries = Entries::new();
    for (word, item) in table {
        let key: Key = word
            .parse()
            .map_err(|unknown: UnknownKey| Spotted::new(key_start(table, word), unknown))?;
        let at = item
            .span()
            .map_or_else(|| key_start(table, word), |span| span.start);
        entries.insert(
            key,
            Entry {
                at,
                value: value(key, item, at)?,
            },
        );
    }
    Ok(entries)
}

fn value(key: Key, item: &Item, at: usize) -> Result<Value, Spotted> {
    let wrong = |at: usize, found: &'static str| {
        let expected = Expected(key.kind());
        Spotted::new(
            at,
            Fault::WrongType {
                key,
                found,
                expected,
            },
        )
    };
    match key.kind() {
        Kind::Text => {
            let text = item.as_str().ok_or_else(|| wrong(at, found(item)))?;
            check(key, text).map_err(|error| Spotted::new(at, error))?;
            Ok(Value::Text(text.to_owned()))
        }
        Kind::Integer => {
            let number = item.as_integer().ok_or_else(|| wrong(at, found(item)))?;
            let weight = check_weight(number).map_err(|error| Spotted::new(at, error))?;
            Ok(Value::Weight(weight))
        }
        Kind::List => {
            let array = item.as_array().ok_or_else(|| wrong(at, found(item)))?;
            let mut texts = Vec::new();
            for element in array {
                let text = element.as_str().ok_or_else(|| {
                    let fault = Fault::WrongElement {
                        key,
                        found: named(element.type_name()),
                    };
                    Spotted::new(start(element.span()), fault)
                })?;
                texts.push(text.to_owned());
            }
            check_list(key, &texts).map_err(|error| {
                let element = error.index.and_then(|index| array.get(index));
                Spotted::new(element.map_or(at, |element| start(element.span())), error)
            })?;
            Ok(Value::List(texts))
        }
    }
}

fn source(entries: &Entries, header: usize) -> Result<Source, Spotted> {
    let mut given = Key::SOURCES
        .into_iter()
        .filter(|key| entries.contains_key(key));
    let first = given
        .next()
        .ok_or_else(|| Spotted::new(header, Fault::NoSource))?;
    let at = |key: Key| entries.get(&key).map_or(header, |entry| entry.at);
    if let Some(second) = given.next() {
        return Err(Spotted::new(
            at(second),
            Fault::TwoSources { first, second },
        ));
    }
    let spec = text(entries, first).unwrap_or_default();
    let fstype = text(entries, Key::Fstype);
    match (first, fstype) {
        (Key::Disk, None) => return Err(Spotted::new(at(first), Fault::NoFstype)),
        (Key::Disk, Some(fstype)) => Source::disk(spec, fstype),
        (_, Some(_)) => return Err(Spotted::new(at(Key::Fstype), Fault::FstypeAlone)),
        (Key::Virtiofs, None) => Source::virtiofs(spec),
        (_, None) => Source::nfs(spec),
    }
    .map_err(|error| Spotted::new(at(error.key), error))
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

/// What an item is, for people.
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
