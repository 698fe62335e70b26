//! Changes the text of a registry file, leaving comments, order and spacing of all that it does not
//! touch as they are.

use std::borrow::Cow;

use toml_edit::{ArrayOfTables, Decor, DocumentMut, Item, Table};

use super::error::RegistryError;
use super::key::Key;
use super::lines::{Ends, blanks_first, blanks_last, comments_first, comments_last};
use super::list;
use super::server::Server;
use super::setting::{Setting, replaced_sources};
use super::syntax::document;
use super::value::{Value, Written};

/// The text with one more server at its end. No other byte changes.
pub(super) fn added(text: &str, server: &Server) -> String {
    let (ends, plain) = Ends::of(text);
    let mut new = String::new();
    if !plain.is_empty() {
        let is_ended = plain.ends_with('\n');
        new.push_str(if is_ended { "\n" } else { "\n\n" });
    }
    new.push_str("[[server]]\n");
    for value in server.values() {
        let written = toml(&value.written());
        new.push_str(&format!("{} = {written}\n", value.key()));
    }
    format!("{text}{}", ends.give_lines(&new))
}

/// The text without the server of this name; `None` when there is no such server.
///
/// The comment that touches its header from above goes with it, and so does one that touches its
/// last line from below but no other header; a comment at the very top of the file stays.
pub(super) fn removed(
    text: &str,
    origin: &str,
    name: &str,
) -> Result<Option<String>, RegistryError> {
    edited(text, origin, |document| {
        let trailing = document.trailing().as_str().unwrap_or_default().to_owned();
        let Some(tables) = tables(document) else {
            return Edit::NoServer;
        };
        let Some(index) = position(tables, name) else {
            return Edit::NoServer;
        };
        let above = tables
            .get(index)
            .map(|table| prefix(table.decor()).to_owned());
        let above = above.unwrap_or_default();
        let above = &above[..above.rfind('\n').map_or(0, |lf| lf + 1)];
        let comment = comments_last(above);
        let is_top = index == 0 && comment == 0;
        let stays = if is_top { above } else { &above[..comment] };

        let next = tables.get(index + 1);
        let below = next.map_or(trailing, |next| prefix(next.decor()).to_owned());
        let (below, indent) = below.split_at(below.rfind('\n').map_or(0, |lf| lf + 1));
        let comment = comments_first(below);
        let is_its_own =
            below[comment..].is_empty() && next.is_none() || blanks_first(&below[comment..]) > 0;
        let below = if is_its_own { &below[comment..] } else { below };
        let below = &below[blanks_first(below)..];
        let between = match next {
            None if below.is_empty() => stays[..blanks_last(stays)].to_owned(),
            _ => format!("{stays}{below}{indent}"),
        };
        tables.remove(index);
        match tables.get_mut(index) {
            Some(next) => next.decor_mut().set_prefix(between),
            None => document.set_trailing(between),
        }
        Edit::Changed
    })
}

/// The text with a server's keys changed; `None` when there is no such server.
pub(super) fn set(
    text: &str,
    origin: &str,
    name: &str,
    settings: &[Setting],
) -> Result<Option<String>, RegistryError> {
    edited(text, origin, |document| {
        let Some(tables) = tables(document) else {
            return Edit::NoServer;
        };
        let Some(index) = position(tables, name) else {
            return Edit::NoServer;
        };
        let Some(table) = tables.get_mut(index) else {
            return Edit::NoServer;
        };
        let (mut is_changed, mut comments) = (false, String::new());
        for setting in settings.iter().chain(&replaced_sources(settings)) {
            is_changed |= match setting.value() {
                Some(value) => put(table, value),
                None => taken_away(table, setting.key(), &mut comments),
            };
        }
        // Comments of the last key stand before what follows it.
        if !comments.is_empty() {
            match tables.get_mut(index + 1) {
                Some(next) => {
                    let prefix = format!("{comments}{}", prefix(next.decor()));
                    next.decor_mut().set_prefix(prefix);
                }
                None => {
                    let trailing = document.trailing().as_str().unwrap_or_default();
                    document.set_trailing(format!("{comments}{trailing}"));
                }
            }
        }
        match is_changed {
            true => Edit::Changed,
            false => Edit::Unchanged,
        }
    })
}

/// Result of an edit.
enum Edit {
    NoServer,
    Unchanged,
    Changed,
}

/// The text after an edit of its document; the text itself where nothing changed.
fn edited(
    text: &str,
    origin: &str,
    edit: impl FnOnce(&mut DocumentMut) -> Edit,
) -> Result<Option<String>, RegistryError> {
    let (ends, plain) = Ends::of(text);
    let mut document = document(&plain, origin)?.into_mut();
    Ok(match edit(&mut document) {
        Edit::NoServer => None,
        Edit::Unchanged => Some(text.to_owned()),
        Edit::Changed => Some(ends.give(&document.to_string())),
    })
}

/// Gives a key its value; false where it has it, or is a table, which the check of the result
/// refuses.
fn put(table: &mut Table, value: &Value) -> bool {
    let key = value.key().as_str();
    let written = value.written();
    let Some(item) = table.get_mut(key) else {
        // A new key goes behind the last one, indented like it.
        let last = table.iter().last().map(|(last, _)| last.to_owned());
        let last = last.and_then(|last| table.key(&last).map(|key| prefix(key.leaf_decor())));
        let indent = last.map_or("", |last| &last[last.rfind('\n').map_or(0, |lf| lf + 1)..]);
        let indent = indent.to_owned();
        table.insert(key, Item::Value(toml(&written)));
        if let Some(mut key) = table.key_mut(key) {
            key.leaf_decor_mut().set_prefix(indent);
        }
        return true;
    };
    let Some(old) = item.as_value_mut() else {
        return false;
    };
    if holds(old, &written) {
        return false;
    }
    if let (Written::List(wanted), Some(array)) = (&written, old.as_array_mut())
        && list::change(array, wanted)
    {
        return true;
    }
    let decor = old.decor().clone();
    *old = toml(&written);
    *old.decor_mut() = decor;
    true
}

/// Takes a key away with its lines. The comments above them stay; those of a last key go to
/// `comments`.
fn taken_away(table: &mut Table, key: Key, comments: &mut String) -> bool {
    let key = key.as_str();
    if !table.get(key).is_some_and(Item::is_value) {
        return false;
    }
    let names: Vec<String> = table.iter().map(|(name, _)| name.to_owned()).collect();
    let next = names.iter().skip_while(|name| *name != key).nth(1);
    let above = table.key(key).map(|key| prefix(key.leaf_decor()));
    let above = above.map_or("", |above| {
        &above[..above.rfind('\n').map_or(0, |lf| lf + 1)]
    });
    let above = above.to_owned();
    table.remove(key);
    match next.and_then(|next| table.key_mut(next)) {
        Some(mut next) => {
            let prefix = format!("{above}{}", prefix(next.leaf_decor()));
            next.leaf_decor_mut().set_prefix(prefix);
        }
        None => comments.insert_str(0, &above),
    }
    true
}

fn holds(value: &toml_edit::Value, written: &Written<'_>) -> bool {
    match written {
        Written::Text(text) => value.as_str() == Some(text),
        Written::Integer(number) => value.as_integer() == Some(*number),
        Written::List(wanted) => value.as_array().is_some_and(|array| {
            let have = array.iter().map(toml_edit::Value::as_str);
            have.eq(wanted.iter().map(|value| Some(&**value)))
        }),
    }
}

fn toml(written: &Written<'_>) -> toml_edit::Value {
    match written {
        Written::Text(text) => toml_edit::Value::from(&**text),
        Written::Integer(number) => toml_edit::Value::from(*number),
        Written::List(values) => values.iter().map(Cow::as_ref).collect::<toml_edit::Value>(),
    }
}

fn tables(document: &mut DocumentMut) -> Option<&mut ArrayOfTables> {
    document.get_mut("server")?.as_array_of_tables_mut()
}

fn position(tables: &ArrayOfTables, name: &str) -> Option<usize> {
    tables
        .iter()
        .position(|table| table.get("name").and_then(Item::as_str) == Some(name))
}

fn prefix(decor: &Decor) -> &str {
    decor
        .prefix()
        .and_then(|raw| raw.as_str())
        .unwrap_or_default()
}

#[cfg(test)]
#[path = "edit_tests.rs"]
mod tests;
