//! What a single value may hold.

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

/// What is wrong with a value, and what to do.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Flaw {
    /// Nothing between the quotes.
    #[error("is empty; give a value or leave the key out")]
    Empty,
    /// A NUL.
    #[error("holds a NUL; remove it")]
    Nul,
    /// A line feed, a carriage return, or what Unicode calls a line or paragraph separator.
    #[error("holds a line break; write one line")]
    LineBreak,
    /// A space, a tab or any other Unicode white space.
    #[error("holds a blank; no registry value may, so rename what it stands for")]
    Blank,
    /// Another control character, or one that hides or reorders its neighbours.
    #[error("holds a control or invisible character; remove it")]
    Control,
    /// `#` in front, where fstab sees a comment.
    #[error("begins with “#”, which makes a comment in fstab; rename what it stands for")]
    Comment,
    /// Too many bytes.
    #[error("is {len} bytes long; at most {limit} are taken, so shorten it")]
    TooLong {
        /// Its length in bytes.
        len: usize,
        /// The bound in bytes.
        limit: usize,
    },
    /// Not of the characters that a name is made of.
    #[error("is not a name; write letters, digits, “.”, “_” and “-” only")]
    NotAName,
    /// Another system's word for an architecture.
    #[error("is not what uname -m says; write “{0}”")]
    Alias(&'static str),
    /// A kernel release that cannot name a directory.
    #[error("is not a kernel release; write what uname -r says")]
    NotARelease,
    /// A component that leaves the export or is not in its plain form.
    #[error("is not a plain path below the export; write it like “lib/modules”")]
    NotBelow,
    /// None of the states.
    #[error("is no state; {}", .nearest.map_or_else(
        || "write active, draining or down".to_owned(),
        |near| format!("did you mean “{near}”?"),
    ))]
    NotAState {
        /// The state it is closest to.
        nearest: Option<State>,
    },
    /// Not a number.
    #[error("is not a whole number; write one from 0 to {MAX_WEIGHT}")]
    NotANumber,
    /// A number outside its bounds.
    #[error("is out of range; write 0 to {MAX_WEIGHT}")]
    OutOfRange,
    /// The same value twice in one list.
    #[error("is listed twice; remove one")]
    Twice,
    /// Not an NFS export.
    #[error("is not an NFS export; write “host:/path”")]
    NotAnExport,
    /// A URL in place of an NFS export.
    #[error("is a URL; write “host:/path”")]
    Url,
    /// An IPv6 address that runs into the path.
    #[error("holds an IPv6 address without brackets; write “[fe80::1]:/path”")]
    BareIpv6,
    /// A host that is neither a name nor an address.
    #[error("does not begin with a host name or address; write “host:/path” or “[fe80::1]:/path”")]
    NotAHost,
    /// `.` or `..` as a component of a path.
    #[error("holds a “.” or “..” component; write the path without")]
    Dots,
    /// No disk that a guest could name.
    #[error("names no disk; write LABEL=, UUID=, PARTLABEL=, PARTUUID= or /dev/…")]
    NotADisk,
}

impl ValueError {
    pub(super) fn new(key: Key, value: &str, flaw: Flaw) -> Self {
        let mut shown = escape(value.chars().take(SHOWN).collect::<String>().as_bytes());
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

/// Takes a text value of any key, or says why not.
pub(super) fn check(key: Key, value: &str) -> Result<(), ValueError> {
    let flawed = |flaw| Err(ValueError::new(key, value, flaw));
    if let Err(flaw) = plain(value, limit(key)) {
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
    for (index, value) in values.iter().enumerate() {
        let at = |error| ValueError {
            index: Some(index),
            ..error
        };
        check(key, value).map_err(at)?;
        if values[..index].contains(value) {
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

/// The rules that hold for every value.
fn plain(value: &str, limit: usize) -> Result<(), Flaw> {
    if value.is_empty() {
        return Err(Flaw::Empty);
    }
    for c in value.chars() {
        match c {
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
            ("a\u{a0}b", Flaw::Blank),
            ("a\u{1b}[31m", Flaw::Control),
            ("a\u{202e}b", Flaw::Control),
            ("#a", Flaw::Comment),
        ];
        for key in Key::ALL {
            for (value, flaw) in &cases {
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
