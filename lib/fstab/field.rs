//! The octal code of fstab's fields (util-linux, `lib/mangle.c`; getmntent(3)).

/// Decodes a field: `\ooo` is the byte of that octal number. A backslash before anything else
/// stands for itself. A decoded NUL ends the value, as it does in the C readers.
pub(super) fn decode(field: &[u8]) -> Vec<u8> {
    let mut value = Vec::with_capacity(field.len());
    let mut rest = field;
    loop {
        rest = match rest {
            [] => break,
            [
                b'\\',
                a @ b'0'..=b'7',
                b @ b'0'..=b'7',
                c @ b'0'..=b'7',
                tail @ ..,
            ] => {
                // Past \377 the number wraps in a `char`.
                let number =
                    u32::from(a - b'0') * 64 + u32::from(b - b'0') * 8 + u32::from(c - b'0');
                value.push((number & 0xff) as u8);
                tail
            }
            [byte, tail @ ..] => {
                value.push(*byte);
                tail
            }
        };
    }
    if let Some(nul) = value.iter().position(|byte| *byte == 0) {
        value.truncate(nul);
    }
    value
}

/// Appends a value's spelling as one field: blanks, control bytes and the backslash as `\ooo`.
///
/// Every reader decodes space, tab, newline and backslash. Of the others glibc's getmntent(3)
/// decodes none; for it they are text, which is still one field.
pub(super) fn encode(value: &[u8], line: &mut Vec<u8>) {
    for byte in value {
        match byte {
            0..=b' ' | b'\\' | 0x7f => encode_byte(*byte, line),
            _ => line.push(*byte),
        }
    }
}

/// The same for the first field, where a leading `#` would make the line a comment.
pub(super) fn encode_first(value: &[u8], line: &mut Vec<u8>) {
    match value {
        [b'#', rest @ ..] => {
            encode_byte(b'#', line);
            encode(rest, line);
        }
        _ => encode(value, line),
    }
}

fn encode_byte(byte: u8, line: &mut Vec<u8>) {
    line.extend_from_slice(format!("\\{byte:03o}").as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoding_follows_libmount() {
        for (field, value) in [
            (&br"/mnt/with\040space"[..], &b"/mnt/with space"[..]),
            (br"\134\011\012", b"\\\t\n"),
            (br"a\\b", br"a\\b"),
            (br"a\08", br"a\08"),
            (br"tail\04", br"tail\04"),
            (br"\777", b"\xff"),
            (br"/shared\000/x", b"/shared"),
            (br"\134040", br"\040"),
        ] {
            assert_eq!(decode(field), value, "{}", crate::path::escape(field));
        }
    }

    #[test]
    fn only_a_leading_hash_is_escaped() {
        let mut line = Vec::new();
        encode_first(b"#a#b", &mut line);
        assert_eq!(line, br"\043a#b");
    }
}
