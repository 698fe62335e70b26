//! Text of an error that a registry of another kind gave, made fit to be shown.

use std::fmt::Display;

use crate::path::printable;

/// Characters of it that are shown.
const SHOWN: usize = 500;
const HIDDEN: &str = "***";

/// One line, escaped, of bounded length, without passwords: those in a URL (`//user:password@`) and
/// those that follow `password=`, as drivers of databases quote them from their configuration.
pub(crate) fn shown(said: impl Display) -> String {
    let said = said.to_string();
    let line: String = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = printable(&without_settings(&without_userinfo(&line)));
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

fn without_userinfo(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        out.push_str(before);
        let end = after.find(|c: char| c.is_whitespace() || "/?#\"'”<>".contains(c));
        let (authority, after) = after.split_at(end.unwrap_or(after.len()));
        match authority.rsplit_once('@') {
            Some((userinfo, host)) => {
                let user = userinfo.split(':').next().unwrap_or_default();
                let password = if userinfo.contains(':') { ":***" } else { "" };
                out.push_str(&format!("{user}{password}@{host}"));
            }
            None => out.push_str(authority),
        }
        rest = after;
    }
    out + rest
}

fn without_settings(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let lower = line.to_ascii_lowercase();
    let mut done = 0;
    while let Some(at) = ["password", "passwd", "pwd"]
        .iter()
        .filter_map(|key| Some(done + lower[done..].find(key)? + key.len()))
        .min()
    {
        let value = lower[at..].trim_start_matches([' ', '"', '\'']);
        let Some(value) = value.strip_prefix(['=', ':']) else {
            out.push_str(&line[done..at]);
            done = at;
            continue;
        };
        let value = value.trim_start_matches(' ');
        let (quote, value) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => (Some(quote), &value[1..]),
            _ => (None, value),
        };
        let start = line.len() - value.len();
        let ends = |c: char| match quote {
            Some(quote) => c == quote,
            None => c.is_whitespace() || ";&,)".contains(c),
        };
        let end = start + value.find(ends).unwrap_or(value.len());
        out.push_str(&line[done..start]);
        if end > start {
            out.push_str(HIDDEN);
        }
        done = end;
    }
    out + &line[done..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_left_out() {
        for (said, is_shown) in [
            (
                "cannot reach etcd://db:2379/osgraft",
                "cannot reach etcd://db:2379/osgraft",
            ),
            (
                "postgres://os:geheim@db:5432/x is down",
                "postgres://os:***@db:5432/x is down",
            ),
            ("postgres://os:ge@heim@db/x", "postgres://os:***@db/x"),
            (
                "at “https://os@db/x”, https://a:b@c",
                "at “https://os@db/x”, https://a:***@c",
            ),
            (
                "host=db user=os password=geheim port=1",
                "host=db user=os password=*** port=1",
            ),
            ("password='ge heim' user=os", "password='***' user=os"),
            (
                r#"{"Password": "geheim", "user": "os"}"#,
                r#"{"Password": "***", "user": "os"}"#,
            ),
            ("Server=db;Pwd=geheim;Uid=os", "Server=db;Pwd=***;Uid=os"),
            ("no password supplied", "no password supplied"),
            (
                "password authentication failed for “os”",
                "password authentication failed for “os”",
            ),
            ("İ password=geheim", "İ password=***"),
            ("password=", "password="),
        ] {
            assert_eq!(shown(said), is_shown);
        }
    }

    #[test]
    fn it_is_one_line_escaped_and_bounded() {
        assert_eq!(shown("first\n  second\t\x1b[31m"), r"first second \x1b[31m");
        let long = shown("x".repeat(10_000));
        assert_eq!(long.chars().count(), SHOWN + 1);
    }
}
