//! One line of the file, as its readers take it.

use std::ops::Range;

/// Line before our entry.
pub const BEGIN: &str = "# BEGIN osgraft";
/// Line behind our entry.
pub const END: &str = "# END osgraft";

/// A line with its ending, and where it lies.
#[derive(Clone, Debug)]
pub(super) struct Line<'a> {
    /// The first line is 1.
    pub(super) number: usize,
    /// Offset of its first byte.
    pub(super) start: usize,
    /// All of it, ending included.
    pub(super) raw: &'a [u8],
}

impl<'a> Line<'a> {
    /// Without LF or CRLF. One CR only: libmount drops no more.
    pub(super) fn body(&self) -> &'a [u8] {
        let body = self.raw.strip_suffix(b"\n").unwrap_or(self.raw);
        body.strip_suffix(b"\r").unwrap_or(body)
    }

    /// Range of the line in the file, ending included.
    pub(super) fn range(&self) -> Range<usize> {
        self.start..self.start + self.raw.len()
    }

    /// Range of [`body`](Self::body) in the file.
    pub(super) fn body_range(&self) -> Range<usize> {
        self.start..self.start + self.body().len()
    }

    /// Up to six fields, still encoded; none for blank lines and comments.
    pub(super) fn fields(&self) -> Vec<&'a [u8]> {
        if self.is_comment() {
            return Vec::new();
        }
        let text = self.body().split(|byte| *byte == 0).next();
        text.unwrap_or_default()
            .split(|byte| is_blank(*byte))
            .filter(|field| !field.is_empty())
            .take(6)
            .collect()
    }

    pub(super) fn is_comment(&self) -> bool {
        trim(self.body()).first() == Some(&b'#')
    }

    /// Blanks around a marker and between its words, or a CR behind it, do not hide it: editors and
    /// tools that align columns leave such.
    pub(super) fn is_begin(&self) -> bool {
        words(self.body()).eq(words(BEGIN.as_bytes()))
    }

    pub(super) fn is_end(&self) -> bool {
        words(self.body()).eq(words(END.as_bytes()))
    }
}

fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| is_blank(*byte))
        .filter(|word| !word.is_empty())
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

pub(super) fn trim(mut text: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = text
        && is_blank(*first)
    {
        text = rest;
    }
    while let [rest @ .., last] = text
        && is_blank(*last)
    {
        text = rest;
    }
    text
}

/// The lines of a file; one without a newline at its end is a line too.
#[derive(Clone, Debug)]
pub(super) struct Lines<'a> {
    rest: &'a [u8],
    number: usize,
    start: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            number: 1,
            start: 0,
        }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let newline = self.rest.iter().position(|byte| *byte == b'\n');
        let length = newline.map_or(self.rest.len(), |at| at + 1);
        let (raw, rest) = self.rest.split_at(length);
        let line = Line {
            number: self.number,
            start: self.start,
            raw,
        };
        self.rest = rest;
        self.number += 1;
        self.start += length;
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(raw: &[u8]) -> Line<'_> {
        Line {
            number: 1,
            start: 0,
            raw,
        }
    }

    #[test]
    fn one_carriage_return_before_the_newline_is_not_content() {
        assert_eq!(only(b"a b c\r\n").fields(), [b"a", b"b", b"c"]);
        assert_eq!(only(b"a b c\r\r\n").fields()[2], b"c\r");
    }

    #[test]
    fn other_white_space_separates_nothing() {
        assert_eq!(only(b"a\x0bb\x0cc\xc2\xa0d e\n").fields().len(), 2);
    }

    #[test]
    fn what_follows_the_sixth_field_is_no_field() {
        assert_eq!(only(b"a b c d 1 2 # rest\n").fields().len(), 6);
    }

    #[test]
    fn markers_are_whole_lines_only() {
        assert!(only(b" \t# BEGIN osgraft \r\n").is_begin());
        assert!(only(b"# END osgraft").is_end());
        assert!(only(b"#            END \tosgraft").is_end());
        for other in [
            &b"#BEGIN osgraft\n"[..],
            b"# BEGIN osgraft2\n",
            b"# begin osgraft\n",
        ] {
            assert!(!only(other).is_begin(), "{}", crate::path::escape(other));
        }
    }
}
