//! Lines of a configuration, and texts of its parser.

use toml_edit::Document;

use crate::spelling::nearest;

pub(super) fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset.min(text.len())]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
        + 1
}

/// Adds the key that was probably meant to the parser's text on an unknown key.
pub(super) fn with_nearest(why: &str) -> String {
    let words: Vec<&str> = why.split('`').skip(1).step_by(2).collect();
    let meant = match words[..] {
        [typed, ref known @ ..] if why.starts_with("unknown ") => {
            nearest(typed, known.iter().copied())
        }
        _ => None,
    };
    match meant {
        Some(meant) => format!("{why}; did you mean “{meant}”?"),
        None => why.to_owned(),
    }
}

pub(super) fn one_line(text: &str) -> String {
    crate::path::escape(text.trim().replace('\n', ", ").as_bytes())
}

/// The line of a key of `[share]`, of a list that of one element, from 1; of the first line where
/// that cannot be told.
pub(super) fn line_of_share(text: &str, key: &str, number: usize) -> usize {
    let line = || {
        let document = Document::parse(text).ok()?;
        let item = document.get("share")?.get(key)?;
        let element = item.as_array().and_then(|array| array.get(number)?.span());
        let table = item
            .as_array_of_tables()
            .and_then(|tables| tables.get(number)?.span());
        let span = element.or(table).or(item.span())?;
        Some(line_of(text, span.start))
    };
    line().unwrap_or(1)
}

/// The line of a `hook.vm`'s pattern, from 1; of the first where that cannot be told.
pub(super) fn line_of_pattern(text: &str, number: usize) -> usize {
    let line = || {
        let document = Document::parse(text).ok()?;
        let vms = document.get("hook")?.get("vm")?;
        let span = vms.get(number)?.get("match")?.span()?;
        Some(line_of(text, span.start))
    };
    line().unwrap_or(1)
}

/// The line of a key of a table, of an array of tables that of one of them, from 1; of the table
/// where it has no such key, and of the first line where that cannot be told.
pub(super) fn line_of_key(text: &str, table: &str, number: usize, key: &str) -> usize {
    let line = || {
        let document = Document::parse(text).ok()?;
        let item = document.get(table)?;
        let one = item.get(number).unwrap_or(item);
        let span = one.get(key).and_then(|value| value.span());
        Some(line_of(text, span.or(one.span())?.start))
    };
    line().unwrap_or(1)
}
