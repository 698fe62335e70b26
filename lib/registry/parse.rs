//! Text of a registry file to servers.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use toml_edit::{Document, Item, Key as TomlKey, Table};

use super::error::RegistryError;
use super::fault::{Expected, Fault, StrayHint};
use super::key::{Key, Kind};
use super::nearest::nearest;
use super::server::{Server, State};
use super::servers::Servers;
use super::source::Source;
use super::value::{ValueError, check, check_list, check_weight};
use crate::path::escape;

/// Servers from the text of a registry file; `origin` is what errors call the file.
///
/// The text is TOML 1.0 with nothing but `[[server]]` tables, whose keys are those of
/// [`Key`]. An empty text is a registry without servers. The order of the file is kept.
///
/// # Errors
/// [`RegistryError::Syntax`] and [`RegistryError::Invalid`], each for the first thing found, with
/// its line.
pub fn parse(text: &str, origin: &str) -> Result<Servers, RegistryError> {
    let document = document(text, origin)?;
    let lines = |at: usize| line_of(text, at);
    match servers(&document, &lines) {
        Ok(servers) => Ok(Servers::unique(origin, servers)),
        Err(Spotted { at, fault }) => Err(RegistryError::Invalid {
            origin: origin.to_owned(),
            line: lines(at),
            fault: Box::new(fault),
        }),
    }
}

/// Text to a document that still knows where each piece of it stood.
pub(super) fn document<'a>(
    text: &'a str,
    origin: &str,
) -> Result<Document<&'a str>, RegistryError> {
    Document::parse(text).map_err(|error| {
        let line = line_of(text, error.span().map_or(0, |span| span.start));
        let (line, why) =
            open_string_above(text, line).unwrap_or_else(|| (line, error.message().to_owned()));
        RegistryError::Syntax {
            origin: origin.to_owned(),
            line,
            why: escape(why.as_bytes()),
        }
    })
}

/// A string that a line break cut short. The parser stumbles only over the line after it, where
/// nothing is wrong.
fn open_string_above(text: &str, line: usize) -> Option<(usize, String)> {
    let above = line.checked_sub(1).filter(|above| *above > 0)?;
    let content = text.lines().nth(above - 1)?;
    let error = Document::parse(content).err()?;
    let cut = error.message().starts_with("invalid basic string")
        || error.message().starts_with("invalid literal string");
    let at_end = error
        .span()
        .is_some_and(|span| span.start >= content.trim_end().len());
    (cut && at_end).then(|| (above, "a string is not closed in its line".to_owned()))
}

/// The line of a byte of the text, from 1.
fn line_of(text: &str, at: usize) -> usize {
    let before = &text.as_bytes()[..at.min(text.len())];
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}

/// A fault and the byte of the text where it shows.
struct Spotted {
    at: usize,
    fault: Fault,
}

impl Spotted {
    fn new(at: usize, fault: impl Into<Fault>) -> Self {
        Self {
            at,
            fault: fault.into(),
        }
    }
}

fn servers(root: &Table, lines: &dyn Fn(usize) -> usize) -> Result<Vec<Server>, Spotted> {
    let mut servers = Vec::new();
    let mut names: HashMap<String, usize> = HashMap::new();
    for (name, item) in root {
        let at = key_start(root, name);
        if name != "server" {
            return Err(Spotted::new(at, stray(name)));
        }
        let tables = item.as_array_of_tables().ok_or_else(|| {
            let found = found(item);
            Spotted::new(at, Fault::NotTables { found })
        })?;
        for table in tables {
            let (server, name_at) = server(table)?;
            if let Some(first_at) = names.insert(server.name().to_owned(), name_at) {
                let fault = Fault::DuplicateName {
                    name: server.name().to_owned(),
                    first_line: lines(first_at),
                };
                return Err(Spotted::new(name_at, fault));
            }
            servers.push(server);
        }
    }
    Ok(servers)
}

fn stray(name: &str) -> Fault {
    let hint = if nearest(name, ["server", "servers"]).is_some() {
        StrayHint::Server
    } else if name.parse::<Key>().is_ok() {
        StrayHint::Key
    } else {
        StrayHint::Unknown
    };
    Fault::Stray {
        name: escape(name.as_bytes()),
        hint,
    }
}

/// One server, and where its name stands.
fn server(table: &Table) -> Result<(Server, usize), Spotted> {
    let header = start(table.span());
    let entries = entries(table)?;
    let at = |key: Key| entries.get(&key).map_or(header, |entry| entry.at);
    // Each value passed its own checks in `entries`, so what still fails here has its key there.
    let misplaced = |error: ValueError| Spotted::new(at(error.key), error);

    let name = text(&entries, Key::Name).ok_or_else(|| Spotted::new(header, Fault::NoName))?;
    let source = source(&entries, header)?;
    let mut server = Server::new(name, source).map_err(misplaced)?;
    for (key, entry) in &entries {
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
        let key: Key = word.parse().map_err(|unknown: super::key::UnknownKey| {
            Spotted::new(key_start(table, word), unknown)
        })?;
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
                let text = element
                    .as_str()
                    .ok_or_else(|| wrong(start(element.span()), "a list of something else"))?;
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

fn key_start(table: &Table, name: &str) -> usize {
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
fn found(item: &Item) -> &'static str {
    match item.type_name() {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_has_its_documented_default() {
        let text = "[[server]]\nname = \"a\"\nvirtiofs = \"tag\"\n";
        let servers = parse(text, "f").unwrap();
        let server = servers.get("a").unwrap();
        assert_eq!((server.state(), server.weight()), (State::Active, 1));
        assert_eq!((server.os(), server.kernels()), (None, None));
        assert_eq!(server.source().fs_type(), "virtiofs");
    }

    #[test]
    fn an_empty_list_is_known_to_be_empty() {
        let text = "[[server]]\nname = \"a\"\nvirtiofs = \"tag\"\nkernels = []\n";
        let servers = parse(text, "f").unwrap();
        assert_eq!(servers.get("a").unwrap().kernels(), Some(&[][..]));
    }

    #[test]
    fn a_byte_order_mark_and_crlf_do_not_shift_the_line() {
        let text = "\u{feff}# é\r\n[[server]]\r\nname = \"a\"\r\nexport = \"h:/x y\"\r\n";
        let error = parse(text, "f").unwrap_err().to_string();
        assert!(
            error.starts_with("f:4: export: “h:/x y” holds a blank"),
            "{error}"
        );
    }
}
