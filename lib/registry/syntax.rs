//! Text to TOML that still knows where each piece of it stood.

use toml_edit::{Document, TomlError};

use super::error::RegistryError;
use crate::path::escape;

/// Text to a document that still knows where each piece of it stood.
pub(super) fn document<'a>(
    text: &'a str,
    origin: &str,
) -> Result<Document<&'a str>, RegistryError> {
    Document::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let line = line_of(text, at);
        let (line, why) = cause(text, at, line).unwrap_or_else(|| (line, said(&error)));
        RegistryError::Syntax {
            origin: origin.to_owned(),
            line,
            why,
        }
    })
}

/// The parser's own words on one line. Its backslashes name themselves and escape nothing.
fn said(error: &TomlError) -> String {
    escape(error.message().as_bytes()).replace("\\x5c", "\\")
}

/// Cause behind an error of the parser, where it stumbles over a follow-up or says it in
/// terms of its grammar.
fn cause(text: &str, at: usize, line: usize) -> Option<(usize, String)> {
    let stray = text
        .get(at..)?
        .chars()
        .next()
        .filter(|c| c.is_control() && !"\t\r\n".contains(*c));
    if let Some(stray) = stray {
        let stray = escape(stray.to_string().as_bytes());
        return Some((line, format!("a control character, {stray}, stands in it")));
    }
    // A string that a line break cut short fails in the line after it, where nothing is wrong.
    [line, line - 1].into_iter().find_map(|number| {
        let content = text.lines().nth(number.checked_sub(1)?)?;
        let error = Document::parse(content).err()?;
        let string = ["invalid basic string", "invalid literal string"]
            .iter()
            .any(|start| error.message().starts_with(start));
        let at_end = error.span()?.start >= content.trim_end().len();
        let key = escape(content.split('=').next()?.trim().as_bytes());
        let why = format!("the string of “{key}” is not closed in its line");
        (string && at_end).then_some((number, why))
    })
}

/// The line of a byte of the text, from 1.
pub(super) fn line_of(text: &str, at: usize) -> usize {
    let before = &text.as_bytes()[..at.min(text.len())];
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_is_bounded() {
        for open in ["[", "{a="] {
            let text = format!("a = {}", open.repeat(200_000));
            assert!(document(&text, "f").is_err());
        }
    }

    #[test]
    fn a_text_that_ends_in_the_middle_is_told_with_its_last_line() {
        for text in [
            "a",
            "a=",
            "[",
            "[[server]",
            "a='",
            "a=\"\"\"\n\n",
            "a=[\n1",
            "\u{feff}[",
        ] {
            let lines = text.matches('\n').count() + 1;
            match document(text, "f") {
                Err(RegistryError::Syntax { line, .. }) => assert!(line <= lines, "{text:?}"),
                other => panic!("{text:?} gave {other:?}"),
            }
        }
    }
}
