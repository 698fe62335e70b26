//! Lines of interfaces(5), as ifupdown reads them: comments and empty lines left out, continued ones joined.

use std::ops::Range;

/// A line that says something.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Line {
    /// Its bytes in the file, those of continued lines and of the newline included.
    pub(super) range: Range<usize>,
    /// Its words.
    pub(super) words: Vec<String>,
}

impl Line {
    /// Its first word.
    pub(super) fn key(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    /// Its other words, with one blank between them.
    pub(super) fn value(&self) -> String {
        self.words.get(1..).unwrap_or_default().join(" ")
    }
}

/// All lines that say something. A comment is a line of its own; it is never continued, and inside a
/// continued line there is none.
pub(super) fn lines(text: &[u8]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let start = at;
        let mut line = physical(text, &mut at).to_vec();
        let first = line.iter().find(|byte| !byte.is_ascii_whitespace());
        if first.is_none_or(|byte| *byte == b'#') {
            continue;
        }
        while line.last() == Some(&b'\\') {
            line.pop();
            if at == text.len() {
                break;
            }
            line.extend_from_slice(physical(text, &mut at));
        }
        let words: Vec<String> = String::from_utf8_lossy(&line)
            .split_ascii_whitespace()
            .map(str::to_owned)
            .collect();
        if !words.is_empty() {
            lines.push(Line {
                range: start..at,
                words,
            });
        }
    }
    lines
}

/// The line at a place, without its newline; the place moves behind it.
fn physical<'a>(text: &'a [u8], at: &mut usize) -> &'a [u8] {
    let rest = &text[*at..];
    match rest.iter().position(|byte| *byte == b'\n') {
        Some(end) => {
            *at += end + 1;
            &rest[..end]
        }
        None => {
            *at = text.len();
            rest
        }
    }
}

/// A line with its word at `index` replaced; what stands between the words stays. A continued line
/// becomes one.
pub(super) fn with_word(raw: &[u8], line: &Line, index: usize, new: &str) -> Vec<u8> {
    if is_continued(raw) {
        let mut words = line.words.clone();
        words[index] = new.to_owned();
        return [indent(raw), words.join(" ").as_bytes(), end(raw)].concat();
    }
    let mut out = Vec::with_capacity(raw.len() + new.len());
    let (mut seen, mut in_word) = (0, false);
    for byte in raw {
        if byte.is_ascii_whitespace() {
            seen += usize::from(in_word);
            in_word = false;
            out.push(*byte);
        } else {
            if !in_word && seen == index {
                out.extend_from_slice(new.as_bytes());
            }
            in_word = true;
            if seen != index {
                out.push(*byte);
            }
        }
    }
    out
}

/// A line with everything behind its first word replaced; the space before it stays.
pub(super) fn with_value(raw: &[u8], line: &Line, new: &str) -> Vec<u8> {
    let (indent, end) = (indent(raw), end(raw));
    let key = line.key().as_bytes();
    let behind = &raw[(indent.len() + key.len()).min(raw.len())..];
    let is_blank = |byte: &&u8| **byte == b' ' || **byte == b'\t';
    let space = behind.iter().take_while(is_blank).count();
    let space = if space == 0 { b" " } else { &behind[..space] };
    [indent, key, space, new.as_bytes(), end].concat()
}

/// Blanks and tabs that a line begins with.
pub(super) fn indent(raw: &[u8]) -> &[u8] {
    let is_blank = |byte: &&u8| **byte == b' ' || **byte == b'\t';
    &raw[..raw.iter().take_while(is_blank).count()]
}

/// Newline that a line ends with.
fn end(raw: &[u8]) -> &[u8] {
    if raw.ends_with(b"\r\n") {
        b"\r\n"
    } else if raw.ends_with(b"\n") {
        b"\n"
    } else {
        b""
    }
}

fn is_continued(raw: &[u8]) -> bool {
    raw.iter().filter(|byte| **byte == b'\n').count() > usize::from(raw.ends_with(b"\n"))
}

/// Newline of a text's lines.
pub(super) fn newline(text: &[u8]) -> &'static str {
    let first = text.split_inclusive(|byte| *byte == b'\n').next();
    if first.is_some_and(|line| line.ends_with(b"\r\n")) {
        "\r\n"
    } else {
        "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        lines(text.as_bytes())
            .iter()
            .map(|line| line.words.join("|"))
            .collect()
    }

    #[test]
    fn comments_stand_on_lines_of_their_own_and_are_not_continued() {
        let text =
            "# a \\\nauto x # b\n\n  #c\niface x \\\n  inet dhcp\n up echo \\\n# no comment\n";
        assert_eq!(
            words(text),
            ["auto|x|#|b", "iface|x|inet|dhcp", "up|echo|#|no|comment"]
        );
    }

    #[test]
    fn a_backslash_at_the_end_of_the_file_continues_nothing() {
        assert_eq!(words("auto x\\"), ["auto|x"]);
        assert_eq!(words("auto x\\\n"), ["auto|x"]);
    }

    #[test]
    fn a_word_is_replaced_between_its_blanks() {
        let raw = b"iface  ens3\tinet dhcp \r\n";
        let line = &lines(raw)[0];
        assert_eq!(
            with_word(raw, line, 3, "static"),
            b"iface  ens3\tinet static \r\n"
        );
        let raw = b" iface ens3 \\\n inet dhcp\n";
        let line = &lines(raw)[0];
        assert_eq!(
            with_word(raw, line, 3, "static"),
            b" iface ens3 inet static\n"
        );
    }

    #[test]
    fn a_value_is_replaced_behind_its_blanks() {
        let raw = b"\taddress   10.0.0.2\r\n";
        let line = &lines(raw)[0];
        assert_eq!(with_value(raw, line, "1.2.3.4"), b"\taddress   1.2.3.4\r\n");
        let raw = b"address\\\n 10.0.0.2";
        let line = &lines(raw)[0];
        assert_eq!(with_value(raw, line, "1.2.3.4"), b"address 1.2.3.4");
    }
}
