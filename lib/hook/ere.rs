//! A pattern of the configuration as grep(1) takes it: for the installed script, which has to do
//! without osgraft when osgraft is gone.

use regex_syntax::Parser;
use regex_syntax::hir::{Class, Hir, HirKind, Look, Repetition};

/// Most repetitions that every grep takes (`RE_DUP_MAX`, `limits.h(0p)`).
const MOST_REPEATED: u32 = 255;

/// An extended regular expression (`regex(7)`) for `LC_ALL=C grep -E` that finds every name, in one
/// line, that the pattern finds. It may find more: a character outside ASCII stands for any others.
/// `None` where the pattern asks for what grep does not have, such as word boundaries.
pub(super) fn for_grep(pattern: &str) -> Option<String> {
    let hir = Parser::new().parse(pattern).ok()?;
    let mut text = String::new();
    write(&hir, &mut text)?;
    Some(text)
}

fn write(hir: &Hir, out: &mut String) -> Option<()> {
    match hir.kind() {
        HirKind::Empty => {}
        HirKind::Literal(literal) => {
            for c in std::str::from_utf8(&literal.0).ok()?.chars() {
                write_char(c, out)?;
            }
        }
        HirKind::Class(class) => write_class(class, out)?,
        // A name is one line, so that its lines' ends are its own.
        HirKind::Look(Look::Start | Look::StartLF) => out.push('^'),
        HirKind::Look(Look::End | Look::EndLF) => out.push('$'),
        HirKind::Look(_) => return None,
        HirKind::Repetition(repetition) => write_repetition(repetition, out)?,
        HirKind::Capture(capture) => {
            out.push('(');
            write(&capture.sub, out)?;
            out.push(')');
        }
        HirKind::Concat(parts) => {
            for part in parts {
                write(part, out)?;
            }
        }
        HirKind::Alternation(parts) => {
            out.push('(');
            for (number, part) in parts.iter().enumerate() {
                if number > 0 {
                    out.push('|');
                }
                write(part, out)?;
            }
            out.push(')');
        }
    }
    Some(())
}

fn write_repetition(repetition: &Repetition, out: &mut String) -> Option<()> {
    let Repetition { min, max, .. } = *repetition;
    if max == Some(0) {
        return Some(());
    }
    if min.max(max.unwrap_or(0)) > MOST_REPEATED {
        return None;
    }
    out.push('(');
    write(&repetition.sub, out)?;
    out.push(')');
    match (min, max) {
        (0, None) => out.push('*'),
        (1, None) => out.push('+'),
        (0, Some(1)) => out.push('?'),
        (min, None) => out.push_str(&format!("{{{min},}}")),
        (min, Some(max)) => out.push_str(&format!("{{{min},{max}}}")),
    }
    Some(())
}

fn write_char(c: char, out: &mut String) -> Option<()> {
    match c {
        '^' => out.push_str("\\^"),
        '\\' => out.push_str("\\\\"),
        // A shell's read drops blanks at the ends.
        ' ' | '.' | '[' | ']' | '*' | '$' | '(' | ')' | '+' | '?' | '{' | '}' | '|' => {
            out.push_str(&format!("[{c}]"));
        }
        _ if c.is_control() => return None,
        _ => out.push(c),
    }
    Some(())
}

/// One of the characters of a class. No name has control characters.
fn write_class(class: &Class, out: &mut String) -> Option<()> {
    let has = |c: char| match class {
        Class::Unicode(class) => class
            .ranges()
            .iter()
            .any(|r| r.start() <= c && c <= r.end()),
        Class::Bytes(class) => {
            let byte = c as u32;
            let mut ranges = class.ranges().iter();
            ranges.any(|r| u32::from(r.start()) <= byte && byte <= u32::from(r.end()))
        }
    };
    let more = match class {
        Class::Unicode(class) => class.ranges().last().is_some_and(|r| !r.end().is_ascii()),
        Class::Bytes(class) => class.ranges().last().is_some_and(|r| !r.end().is_ascii()),
    };
    let printable: Vec<char> = (' '..='~').filter(|c| has(*c)).collect();
    let ascii = match &printable[..] {
        [] => None,
        [c] => {
            let mut one = String::new();
            write_char(*c, &mut one)?;
            Some(one)
        }
        all if all.len() == 95 => Some("[ -~]".to_owned()),
        several => Some(bracket(several)),
    };
    // In grep's C locale each byte of a longer character is one of its own.
    let beyond = "[^ -~[:cntrl:]]+";
    match (ascii, more) {
        (Some(ascii), false) => out.push_str(&ascii),
        (Some(ascii), true) => out.push_str(&format!("({ascii}|{beyond})")),
        (None, true) => out.push_str(beyond),
        // Nothing that a name can hold.
        (None, false) => return None,
    }
    Some(())
}

/// A bracket expression, with what means something in it where it means itself.
fn bracket(chars: &[char]) -> String {
    let has = |c: char| chars.contains(&c);
    let mut text = String::from("[");
    if has(']') {
        text.push(']');
    }
    let is_odd = |c: &char| matches!(c, ']' | '^' | '-');
    let mut left = chars.iter().copied().filter(|c| !is_odd(c)).peekable();
    while let Some(first) = left.next() {
        let mut last = first;
        // Runs of letters and of digits alone are told as such.
        while let Some(next) = left.next_if(|next| {
            *next as u32 == last as u32 + 1
                && next.is_ascii_alphanumeric()
                && first.is_ascii_alphanumeric()
        }) {
            last = next;
        }
        text.push(first);
        match last as u32 - first as u32 {
            0 => {}
            1 => text.push(last),
            _ => {
                text.push('-');
                text.push(last);
            }
        }
    }
    if has('^') {
        // Never first, where it would say “none of these”.
        if text.len() == 1 {
            return r"(\^|-)".to_owned();
        }
        text.push('^');
    }
    if has('-') {
        text.push('-');
    }
    text.push(']');
    text
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::{Command, Stdio};

    use super::*;

    fn grep(pattern: &str, name: &str) -> bool {
        let mut grep = Command::new("grep")
            .args(["-Eqe", pattern])
            .env("LC_ALL", "C")
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        writeln!(grep.stdin.take().unwrap(), "{name}").unwrap();
        let status = grep.wait().unwrap();
        assert!(matches!(status.code(), Some(0 | 1)), "{pattern}");
        status.success()
    }

    #[test]
    fn grep_finds_what_the_pattern_finds() {
        let names = [
            "web-1",
            "web-12",
            "web",
            "WEB-1",
            "db-1",
            "a.b",
            "axb",
            "a b",
            " web-1",
            "wéb-1",
            "é",
            "a^b",
            "a-b",
            "^",
            "-",
            "]",
            "a]b",
            "(x)",
            "x+y",
            "$1",
            "{a}",
            "a|b",
            "a\\b",
            "aaaa",
            "prod-web-003",
            "web_1",
            "x",
            "",
        ];
        for pattern in [
            "^web-[0-9]+$",
            "^web-",
            "web",
            "",
            "^(web|db)-\\d+$",
            "a.b",
            "a\\.b",
            "^a b$",
            "^ web",
            "^w.b",
            "^.$",
            "^\\w+$",
            "[^a-z]",
            "^[\\^-]$",
            "[\\]x]",
            "\\(x\\)",
            "x\\+y",
            "^\\$1",
            "\\{a\\}",
            "a\\|b",
            "a\\\\b",
            "^a{3,4}$",
            "^a{2}",
            "^(?:web|)$",
            "^prod-(?:web|db)-0*[1-9]$",
            "(?m)^web-1$",
            "^\\S+$",
            "é",
            "^[é-ü]",
            "^.*?-1$",
            "(a(b|c)?)+$",
            "^[!-~]+$",
            "x?$",
            "^\\^$",
            "[\\-\\^]",
            "(?i)^web-1$",
            "(?i:É)",
            "^(?i:w)eb",
            "(?i)^[k-x]+$",
        ] {
            let regex = regex::Regex::new(pattern).unwrap();
            let for_grep = for_grep(pattern).unwrap_or_else(|| panic!("{pattern}"));
            for name in names {
                let (expected, found) = (regex.is_match(name), grep(&for_grep, name));
                // More may be found where characters beyond ASCII are concerned.
                let may_be_more = !name.is_ascii() && found;
                assert!(
                    expected == found || may_be_more,
                    "{pattern} as {for_grep} on {name:?}: {found}"
                );
            }
        }
    }

    #[test]
    fn what_grep_cannot_say_is_left_out() {
        for pattern in ["\\bweb", "(?i)\\bweb", "^a{300}$", "a\\nb", "(", "\\x07"] {
            assert_eq!(for_grep(pattern), None, "{pattern}");
        }
    }
}
