//! Lines of a guest's text file, with their endings, and the assignments of shell files.

/// The lines of a text, each with its ending.
pub(super) fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|byte| *byte == b'\n')
}

/// A line without its ending, and the ending: `\n`, `\r\n`, or nothing at the end of the file.
pub(super) fn ending(line: &[u8]) -> (&[u8], &[u8]) {
    let body = line.strip_suffix(b"\n").unwrap_or(line);
    let body = body.strip_suffix(b"\r").unwrap_or(body);
    line.split_at(body.len())
}

/// The words of a text and the gaps between them, in turn, a gap first.
pub(super) fn words_and_gaps(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    let mut is_gap = true;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r');
        let end = rest.iter().position(|byte| is_blank(byte) != is_gap);
        let (piece, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        is_gap = !is_gap;
        Some(piece)
    })
}

/// An assignment `KEY=value` of a shell file, with the value's quotes apart.
pub(super) struct Assignment<'a> {
    /// All before the value, its opening quote included.
    pub(super) before: &'a [u8],
    pub(super) key: &'a [u8],
    pub(super) value: &'a [u8],
    /// All after the value: its closing quote, a comment, the line's ending.
    pub(super) after: &'a [u8],
}

impl<'a> Assignment<'a> {
    /// Reads a line. `None` for a comment, a command, and a value that is made of more than one piece.
    pub(super) fn read(line: &'a [u8]) -> Option<Self> {
        let (body, _) = ending(line);
        let start = body.iter().position(|byte| !byte.is_ascii_whitespace())?;
        let start = match body[start..].strip_prefix(b"export ") {
            Some(_) => start + b"export ".len(),
            None => start,
        };
        let equals = start + body[start..].iter().position(|byte| *byte == b'=')?;
        let key = &body[start..equals];
        let is_key = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        if key.is_empty() || !key.iter().all(is_key) {
            return None;
        }
        let at = equals + 1;
        let (from, to) = match body.get(at) {
            Some(quote @ (b'"' | b'\'')) => {
                let length = body[at + 1..].iter().position(|byte| byte == quote)?;
                (at + 1, at + 1 + length)
            }
            _ => {
                let end = body[at..]
                    .iter()
                    .position(|byte| byte.is_ascii_whitespace() || *byte == b';');
                (at, end.map_or(body.len(), |length| at + length))
            }
        };
        let value = &body[from..to];
        let after = &body[to..];
        let tail = after.strip_prefix(b"\"").or(after.strip_prefix(b"'"));
        let is_whole = tail
            .unwrap_or(after)
            .first()
            .is_none_or(|byte| byte.is_ascii_whitespace() || *byte == b';');
        let is_plain = !value.iter().any(|byte| b"$`\\\"'".contains(byte));
        (is_whole && is_plain).then_some(Self {
            before: &line[..from],
            key,
            value,
            after: &line[to..],
        })
    }

    /// The line with another value, which needs no quotes.
    pub(super) fn with(&self, value: &[u8]) -> Vec<u8> {
        [self.before, value, self.after].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<String> {
        let pieces = words_and_gaps(text.as_bytes());
        pieces
            .map(|piece| String::from_utf8_lossy(piece).into_owned())
            .collect()
    }

    #[test]
    fn words_and_gaps_take_turns_and_lose_nothing() {
        assert_eq!(pieces("a\t b "), ["", "a", "\t ", "b", " "]);
        assert_eq!(pieces("  a"), ["  ", "a"]);
        assert!(pieces("").is_empty());
    }

    #[test]
    fn an_assignment_keeps_its_quotes_and_its_comment() {
        for (line, value, with) in [
            ("HOSTNAME=old\n", "old", "HOSTNAME=new\n"),
            (
                "HOSTNAME=\"old\" # why\r\n",
                "old",
                "HOSTNAME=\"new\" # why\r\n",
            ),
            (
                "\texport HOSTNAME='old';",
                "old",
                "\texport HOSTNAME='new';",
            ),
            ("HOSTNAME=\n", "", "HOSTNAME=new\n"),
        ] {
            let read = Assignment::read(line.as_bytes()).unwrap();
            assert_eq!(read.key, b"HOSTNAME");
            assert_eq!(read.value, value.as_bytes());
            assert_eq!(read.with(b"new"), with.as_bytes());
        }
    }

    #[test]
    fn what_is_no_plain_assignment_is_not_read() {
        for line in [
            "# HOSTNAME=a",
            "HOSTNAME=$(x)",
            "if [ a = b ]",
            "HOSTNAME=\"a\"b",
            "",
            "A B=c",
        ] {
            assert!(Assignment::read(line.as_bytes()).is_none(), "{line}");
        }
    }
}
