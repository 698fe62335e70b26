//! Line ends of a text, and the comments at its beginning and end.

/// Byte order mark, which a text may begin with.
const BOM: char = '\u{feff}';

/// Ends of a text's lines, and the mark before the first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Ends {
    has_bom: bool,
    is_crlf: bool,
}

impl Ends {
    /// Those of a text, and the text with LF ends alone and no byte order mark.
    pub(super) fn of(text: &str) -> (Self, String) {
        let plain = text.strip_prefix(BOM).unwrap_or(text);
        let first = plain.split_inclusive('\n').next().unwrap_or_default();
        let ends = Self {
            has_bom: plain.len() < text.len(),
            is_crlf: first.ends_with("\r\n"),
        };
        (ends, plain.replace("\r\n", "\n"))
    }

    /// The text with these ends.
    pub(super) fn give(self, text: &str) -> String {
        let mark = if self.has_bom { "\u{feff}" } else { "" };
        format!("{mark}{}", self.give_lines(text))
    }

    /// The same of a part of a text.
    pub(super) fn give_lines(self, part: &str) -> String {
        match self.is_crlf {
            true => part.replace('\n', "\r\n"),
            false => part.to_owned(),
        }
    }
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

/// Length of the lines at a text's beginning that are comments.
pub(super) fn comments_first(text: &str) -> usize {
    lines_first(text, is_comment)
}

/// Length of the lines at a text's beginning that are blank.
pub(super) fn blanks_first(text: &str) -> usize {
    lines_first(text, is_blank)
}

/// Byte where the comments begin that end a text.
pub(super) fn comments_last(text: &str) -> usize {
    text.len() - lines_last(text, is_comment)
}

/// Byte where the blank lines begin that end a text.
pub(super) fn blanks_last(text: &str) -> usize {
    text.len() - lines_last(text, is_blank)
}

fn lines_first(text: &str, is: fn(&str) -> bool) -> usize {
    let lines = text.split_inclusive('\n').take_while(|line| is(line));
    lines.map(str::len).sum()
}

fn lines_last(text: &str, is: fn(&str) -> bool) -> usize {
    let lines = text.split_inclusive('\n').rev().take_while(|line| is(line));
    lines.map(str::len).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_of_one_kind_and_a_mark_come_back() {
        for text in [
            "",
            "a",
            "a\nb\n",
            "a\r\nb\r\n",
            "\u{feff}a\r\n",
            "\u{feff}\n\n",
        ] {
            let (ends, plain) = Ends::of(text);
            assert!(!plain.contains(['\r', BOM]), "{text:?}");
            assert_eq!(ends.give(&plain), text);
        }
    }

    #[test]
    fn mixed_line_ends_become_those_of_the_first_line() {
        for (text, uniform) in [
            ("a\r\nb\nc\r\n", "a\r\nb\r\nc\r\n"),
            ("a\nb\r\nc\n", "a\nb\nc\n"),
        ] {
            let (ends, plain) = Ends::of(text);
            assert_eq!(ends.give(&plain), uniform);
        }
    }
}
