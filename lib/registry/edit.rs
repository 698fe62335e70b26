//! Changes the text of a registry file, leaving every other byte of it alone.
//!
//! A change is cut out of or put into the text at the places that the parser reports, so that
//! comments, order, spacing and line ends of all that it does not touch stay as they are.

use toml_edit::{Item, Table};

use super::error::RegistryError;
use super::key::Key;
use super::lines::{
    comment_above, is_blank, is_comment, line, line_end, line_end_of, line_start, skip_lines,
    spliced, trimmed_of_blank_lines,
};
use super::list;

use super::server::Server;
use super::setting::{NewValue, Setting};
use super::syntax::document;

/// The text with one more server at its end.
pub(super) fn added(text: &str, server: &Server) -> String {
    let eol = line_end_of(text);
    let mut new = text.to_owned();
    if !new.is_empty() && !new.ends_with('\n') {
        new.push_str(eol);
    }
    if !new.trim_start_matches('\u{feff}').is_empty() {
        new.push_str(eol);
    }
    new.push_str("[[server]]");
    new.push_str(eol);
    for key in Key::ALL {
        let value = if let Some(text) = server.text_of(key) {
            toml_edit::Value::from(text).to_string()
        } else if let Some(values) = server.list_of(key) {
            list::written(values.iter().map(String::as_str))
        } else if key == Key::Weight {
            server.weight().to_string()
        } else {
            continue;
        };
        new.push_str(&format!("{key} = {value}{eol}"));
    }
    new
}

/// The text without the server of this name; none when there is no such server.
///
/// The comment that touches its header from above goes with it, and so does one that touches its
/// last line from below but no other header; a comment at the very top of the file stays.
pub(super) fn removed(
    text: &str,
    origin: &str,
    name: &str,
) -> Result<Option<String>, RegistryError> {
    let document = document(text, origin)?;
    let Some(index) = position(document.as_table(), name) else {
        return Ok(None);
    };
    let Some(table) = nth(document.as_table(), index) else {
        return Ok(None);
    };
    let header = table.span().unwrap_or_default();
    let mut start = line_start(text, header.start);
    let comment = comment_above(text, start);
    if comment > text.len() - text.trim_start_matches('\u{feff}').len() {
        start = comment;
    }

    let mut end = line_end(text, last_byte(table));
    let below = skip_lines(text, end, is_comment);
    if text[below..].is_empty() || is_blank(line(text, below)) {
        end = below;
    }
    let next = skip_lines(text, end, is_blank);
    let (before, after) = if text[next..].is_empty() {
        (trimmed_of_blank_lines(&text[..start]), "")
    } else {
        (&text[..start], &text[next..])
    };
    Ok(Some(format!("{before}{after}")))
}

/// The text with a server's keys changed; none when there is no such server.
pub(super) fn set(
    text: &str,
    origin: &str,
    name: &str,
    settings: &[Setting],
) -> Result<Option<String>, RegistryError> {
    let Some(index) = position(document(text, origin)?.as_table(), name) else {
        return Ok(None);
    };
    let mut text = text.to_owned();
    for setting in settings.iter().chain(&replaced_sources(settings)) {
        text = set_one(&text, origin, index, setting)?;
    }
    Ok(Some(text))
}

/// A server has one source, so that giving it one takes away what it had, but not what the same
/// call gives as well.
fn replaced_sources(settings: &[Setting]) -> Vec<Setting> {
    let given = |key: Key| settings.iter().any(|setting| setting.key() == key);
    let sets = |key: Key| {
        settings
            .iter()
            .any(|setting| setting.key() == key && setting.value().is_some())
    };
    if !Key::SOURCES.into_iter().any(sets) {
        return Vec::new();
    }
    let fstype = (!sets(Key::Disk)).then_some(Key::Fstype);
    Key::SOURCES
        .into_iter()
        .chain(fstype)
        .filter(|key| !given(*key))
        .map(Setting::unset)
        .collect()
}

fn set_one(
    text: &str,
    origin: &str,
    index: usize,
    setting: &Setting,
) -> Result<String, RegistryError> {
    let document = document(text, origin)?;
    let unchanged = || Ok(text.to_owned());
    let Some(table) = nth(document.as_table(), index) else {
        return unchanged();
    };
    let entry = table.get_key_value(setting.key().as_str());
    let (key_span, item) = match (entry, setting.value()) {
        (None, None) => return unchanged(),
        (None, Some(value)) => return Ok(inserted(text, table, setting.key(), value)),
        (Some((key, item)), _) => (key.span().unwrap_or_default(), item),
    };
    // A table in place of a value is for the check of the result to refuse.
    let Some(span) = item.as_value().and_then(toml_edit::Value::span) else {
        return unchanged();
    };
    let Some(value) = setting.value() else {
        let lines = line_start(text, key_span.start)..line_end(text, span.end);
        return Ok(spliced(text, lines, ""));
    };
    if holds(item, value) {
        return unchanged();
    }
    if let NewValue::List(wanted) = value {
        let read = |text: &str| {
            let document = toml_edit::Document::parse(text).ok()?;
            let table = nth(document.as_table(), index)?;
            list::elements(table.get(setting.key().as_str())?.as_array()?)
        };
        if let Some(text) = list::changed(text, &read, wanted) {
            return Ok(text);
        }
    }
    Ok(spliced(text, span, &written(value)))
}

/// A new key goes behind the server's last one, indented like it.
fn inserted(text: &str, table: &Table, key: Key, value: &NewValue) -> String {
    let last = last_byte(table);
    let first_column = table
        .iter()
        .filter_map(|(name, _)| table.get_key_value(name)?.0.span())
        .last()
        .or(table.span())
        .map_or(0, |span| line_start(text, span.start));
    let content = line(text, first_column);
    let indent = &content[..content.len() - content.trim_start_matches([' ', '\t']).len()];
    let eol = line_end_of(text);
    let at = line_end(text, last);
    let fresh = if text[..at].ends_with('\n') { "" } else { eol };
    spliced(
        text,
        at..at,
        &format!("{fresh}{indent}{key} = {}{eol}", written(value)),
    )
}

fn holds(item: &Item, value: &NewValue) -> bool {
    match value {
        NewValue::Text(text) => item.as_str() == Some(text),
        NewValue::Integer(number) => item.as_integer() == Some(*number),
        NewValue::List(wanted) => item.as_array().is_some_and(|array| {
            let have = array.iter().map(|value| value.as_str());
            have.eq(wanted.iter().map(|value| Some(value.as_str())))
        }),
    }
}

fn written(value: &NewValue) -> String {
    match value {
        NewValue::Text(text) => toml_edit::Value::from(text).to_string(),
        NewValue::Integer(number) => number.to_string(),
        NewValue::List(values) => list::written(values.iter().map(String::as_str)),
    }
}

fn position(root: &Table, name: &str) -> Option<usize> {
    let tables = root.get("server")?.as_array_of_tables()?;
    tables
        .iter()
        .position(|table| table.get("name").and_then(Item::as_str) == Some(name))
}

fn nth(root: &Table, index: usize) -> Option<&Table> {
    root.get("server")?.as_array_of_tables()?.get(index)
}

/// The last byte of a table's last value, or of its header.
fn last_byte(table: &Table) -> usize {
    let values = table.iter().filter_map(|(_, item)| item.as_value()?.span());
    let ends = values.chain(table.span()).map(|span| span.end);
    ends.max().unwrap_or_default().saturating_sub(1)
}

#[cfg(test)]
#[path = "edit_tests.rs"]
mod tests;
