//! Lines of a text by the bytes where they begin and end.

use std::ops::Range;

pub(super) fn spliced(text: &str, range: Range<usize>, new: &str) -> String {
    format!("{}{new}{}", &text[..range.start], &text[range.end..])
}

pub(super) fn line_end_of(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

pub(super) fn line_start(text: &str, at: usize) -> usize {
    text.as_bytes()[..at]
        .iter()
        .rposition(|b| *b == b'\n')
        .map_or(0, |lf| lf + 1)
}

/// Behind the line break that ends the line of a byte.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let behind = text.as_bytes()[at..].iter().position(|b| *b == b'\n');
    behind.map_or(text.len(), |lf| at + lf + 1)
}

/// The line that begins here, with its end.
pub(super) fn line(text: &str, start: usize) -> &str {
    &text[start..line_end(text, start)]
}

pub(super) fn is_comment(line: &str) -> bool {
    line.trim_start_matches('\u{feff}')
        .trim_start()
        .starts_with('#')
}

pub(super) fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

pub(super) fn skip_lines(text: &str, mut at: usize, skips: fn(&str) -> bool) -> usize {
    while !text[at..].is_empty() && skips(line(text, at)) {
        at = line_end(text, at);
    }
    at
}

/// Where the comment lines begin that end right above this line.
pub(super) fn comment_above(text: &str, mut start: usize) -> usize {
    while start > 0 {
        let above = line_start(text, start - 1);
        if !is_comment(line(text, above)) {
            break;
        }
        start = above;
    }
    start
}

pub(super) fn trimmed_of_blank_lines(text: &str) -> &str {
    let mut end = text.len();
    while end > 0 {
        let above = line_start(text, end - 1);
        if !is_blank(&text[above..end]) {
            break;
        }
        end = above;
    }
    &text[..end]
}
