//! What a single value may hold.

use std::collections::HashSet;

use super::flaw::Flaw;
use super::key::Key;
use super::nearest::nearest;
use super::server::{MAX_WEIGHT, State};
use super::source;
use crate::path::escape;

/// How much of a wrong value an error shows, in characters.
const SHOWN: usize = 60;

/// A value that a server cannot have.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{key}: “{shown}” {flaw}")]
#[non_exhaustive]
pub struct ValueError {
    /// Whose value it is.
    pub key: Key,
    /// The value, escaped, and cut where it is long.
    pub shown: String,
    /// Its place in a list, from 0.
    pub index: Option<usize>,
    /// What is wrong with it.
    pub flaw: Flaw,
}

impl ValueError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        "server-value"
    }
}

impl ValueError {
    pub(super) fn new(key: Key, value: &str, flaw: Flaw) -> Self {
        let mut shown: String = value.chars().take(SHOWN).map(shown).collect();
        if value.chars().nth(SHOWN).is_some() {
            shown.push('…');
        }
        Self {
            key,
            shown,
            index: None,
            flaw,
        }
    }
}

/// A character such that it cannot be mistaken for another.
fn shown(c: char) -> String {
    let text = c.to_string();
    if c.is_whitespace() && c != ' ' {
        text.bytes().map(|byte| format!("\\x{byte:02x}")).collect()
    } else {
        escape(text.as_bytes())
    }
}

/// Takes a text value of any key, or says why not.
pub(super) fn check(key: Key, value: &str) -> Result<(), ValueError> {
    let flawed = |flaw| Err(ValueError::new(key, value, flaw));
    // What a guest says of itself may be several words; it stands in no fstab.
    let blanks = matches!(key, Key::Os | Key::Version);
    if let Err(flaw) = plain(value, limit(key), blanks) {
        return flawed(flaw);
    }
    match key {
        Key::Name | Key::Fstype if !value.bytes().all(in_name) => flawed(Flaw::NotAName),
        Key::Export => source::split_export(value).map(drop).or_else(flawed),
        Key::Disk => source::check_disk(value).or_else(flawed),
        Key::Arch => match alias(value) {
            Some(canonical) => flawed(Flaw::Alias(canonical)),
            None => Ok(()),
        },
        Key::Kernels if value.contains('/') || value == "." || value == ".." => {
            flawed(Flaw::NotARelease)
        }
        Key::Components if value.split('/').any(|name| matches!(name, "" | "." | "..")) => {
            flawed(Flaw::NotBelow)
        }
        Key::State if State::named(value).is_none() => {
            let nearest = nearest(value, State::ALL.map(State::as_str)).and_then(State::named);
            flawed(Flaw::NotAState { nearest })
        }
        Key::Weight => match value.parse::<i64>() {
            Ok(weight) => check_weight(weight).map(drop),
            Err(_) => flawed(Flaw::NotANumber),
        },
        _ => Ok(()),
    }
}

/// Takes the values of a list key, or says which one is wrong.
pub(super) fn check_list(key: Key, values: &[String]) -> Result<(), ValueError> {
    let mut seen = HashSet::new();
    for (index, value) in values.iter().enumerate() {
        let at = |error| ValueError {
            index: Some(index),
            ..error
        };
        check(key, value).map_err(at)?;
        if !seen.insert(value) {
            return Err(at(ValueError::new(key, value, Flaw::Twice)));
        }
    }
    Ok(())
}

pub(super) fn check_weight(weight: i64) -> Result<u32, ValueError> {
    u32::try_from(weight)
        .ok()
        .filter(|weight| *weight <= MAX_WEIGHT)
        .ok_or_else(|| ValueError::new(Key::Weight, &weight.to_string(), Flaw::OutOfRange))
}

/// The rules that hold for every value. `blanks` allows single ones between words.
fn plain(value: &str, limit: usize, blanks: bool) -> Result<(), Flaw> {
    if value.is_empty() {
        return Err(Flaw::Empty);
    }
    let is_between = !value.starts_with(' ') && !value.ends_with(' ') && !value.contains("  ");
    for c in value.chars() {
        match c {
            ' ' if blanks && is_between => {}
            '\0' => return Err(Flaw::Nul),
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => return Err(Flaw::LineBreak),
            _ if c.is_whitespace() => return Err(Flaw::Blank),
            // A backslash is escaped as well, but it neither hides nor breaks anything.
            _ if c != '\\' && escape(c.encode_utf8(&mut [0; 4]).as_bytes()).starts_with('\\') => {
                return Err(Flaw::Control);
            }
            _ => {}
        }
    }
    if value.starts_with('#') {
        return Err(Flaw::Comment);
    }
    if value.len() > limit {
        return Err(Flaw::TooLong {
            len: value.len(),
            limit,
        });
    }
    Ok(())
}

/// Most bytes that a value may have.
const fn limit(key: Key) -> usize {
    match key {
        // NFS4_MAXNAMLEN and NFS_MAXPATHLEN (Linux, fs/nfs and uapi/linux/nfs.h), brackets, colon.
        Key::Export => 255 + 1024 + 3,
        // struct virtio_fs_config (uapi/linux/virtio_fs.h).
        Key::Virtiofs => 36,
        Key::Disk | Key::Components => 1024,
        // __NEW_UTS_LEN (uapi/linux/utsname.h).
        Key::Arch | Key::Kernels | Key::Fstype => 64,
        // mount(2) copies one page of options, the terminating NUL included.
        Key::Options => 4095,
        _ => 128,
    }
}

const fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')
}

/// What the kernel calls an architecture that packages call `name`.
fn alias(name: &str) -> Option<&'static str> {
    match name {
        "amd64" | "x64" | "x86-64" => Some("x86_64"),
        "arm64" => Some("aarch64"),
        "ppc64el" => Some("ppc64le"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_key_refuses_what_would_break_a_line_of_fstab() {
        let cases = [
            ("", Flaw::Empty),
            ("a\0b", Flaw::Nul),
            ("a\nb", Flaw::LineBreak),
            ("a\rb", Flaw::LineBreak),
            ("a\u{2028}b", Flaw::LineBreak),
            ("a b", Flaw::Blank),
            ("a\tb", Flaw::Blank),
            (" a", Flaw::Blank),
            ("a ", Flaw::Blank),
            ("a  b", Flaw::Blank),
            ("a\u{a0}b", Flaw::Blank),
            ("a\u{1b}[31m", Flaw::Control),
            ("a\u{202e}b", Flaw::Control),
            ("#a", Flaw::Comment),
        ];
        for key in Key::ALL {
            for (value, flaw) in &cases {
                if *value == "a b" && matches!(key, Key::Os | Key::Version) {
                    assert_eq!(check(key, value), Ok(()), "{key}");
                    continue;
                }
                assert_eq!(
                    &check(key, value).unwrap_err().flaw,
                    flaw,
                    "{key} {value:?}"
                );
            }
        }
    }

    #[test]
    fn every_text_key_has_a_bound_in_bytes() {
        for key in Key::ALL {
            let error = check(key, &"é".repeat(4096)).unwrap_err();
            assert!(
                matches!(error.flaw, Flaw::TooLong { len: 8192, .. }),
                "{key}"
            );
            assert!(error.shown.chars().count() < 70, "{key}");
        }
    }

    #[test]
    fn components_stay_below_the_export() {
        for value in [
            "/lib",
            "lib/",
            "lib//modules",
            "../lib",
            "lib/..",
            ".",
            "./lib",
        ] {
            let error = check(Key::Components, value).unwrap_err();
            assert_eq!(error.flaw, Flaw::NotBelow, "{value}");
        }
        for value in ["lib", "lib/modules", "usr/lib/..x"] {
            assert_eq!(check(Key::Components, value), Ok(()));
        }
    }

    #[test]
    fn an_error_shows_the_value_escaped() {
        let error = check(Key::Os, "de\u{1b}bian\n").unwrap_err().to_string();
        assert!(error.starts_with(r"os: “de\x1bbian\x0a” "), "{error}");
    }
}
