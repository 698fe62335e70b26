//! Texts of a server, one type for each kind of key that has one.
//!
//! A type is made from text alone, and only from text that is sound: it breaks no line of fstab,
//! hides nothing, and is not longer than what reads it takes.

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use super::key::Key;
use super::value_error::{ValueError, ValueErrorKind};
use crate::path::escape;

/// Makes a type of text that a rule judges.
macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $rule:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name(Box<str>);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = ValueErrorKind;

            fn from_str(text: &str) -> Result<Self, ValueErrorKind> {
                let rule: fn(&str) -> Result<(), ValueErrorKind> = $rule;
                rule(text)?;
                Ok(Self(text.into()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

text! {
    /// Name of a server: `A-Z a-z 0-9 . _ -`, at most 128 bytes.
    Name, |text| name(text, 128)
}
text! {
    /// Words that a guest says of itself, such as `ID` of os-release(5). Single blanks may stand
    /// between them; they stand in no fstab.
    Words, |text| plain(text, 128, true)
}
text! {
    /// Patch level of a tree.
    Release, |text| plain(text, 128, false)
}
text! {
    /// Architecture, as `uname -m` says it.
    Arch, arch
}
text! {
    /// Release of a kernel, as `uname -r` says it: the name of a directory.
    KernelRelease, kernel
}
text! {
    /// Tree below the export, a path in its plain form.
    Component, component
}
text! {
    /// Tag of a virtiofs device, at most 36 bytes (virtio specification, 5.11.4).
    VirtiofsTag, |text| plain(text, 36, false)
}
text! {
    /// Disk as fstab names it: `LABEL=`, `UUID=`, `PARTLABEL=`, `PARTUUID=` or a path under `/dev`.
    DiskSpec, disk
}
text! {
    /// Type of a file system.
    FsType, |text| name(text, UTS_LEN)
}

/// `__NEW_UTS_LEN` (uapi/linux/utsname.h).
const UTS_LEN: usize = 64;

fn name(text: &str, limit: usize) -> Result<(), ValueErrorKind> {
    plain(text, limit, false)?;
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    match text.bytes().all(in_name) {
        true => Ok(()),
        false => Err(ValueErrorKind::NotAName),
    }
}

fn arch(text: &str) -> Result<(), ValueErrorKind> {
    plain(text, UTS_LEN, false)?;
    let said = match text {
        "amd64" | "x64" | "x86-64" => "x86_64",
        "arm64" => "aarch64",
        "ppc64el" => "ppc64le",
        _ => return Ok(()),
    };
    Err(ValueErrorKind::Alias(said))
}

fn kernel(text: &str) -> Result<(), ValueErrorKind> {
    plain(text, UTS_LEN, false)?;
    match text.contains('/') || text == "." || text == ".." {
        true => Err(ValueErrorKind::NotARelease),
        false => Ok(()),
    }
}

fn disk(text: &str) -> Result<(), ValueErrorKind> {
    plain(text, 1024, false)?;
    let is_named = match text.strip_prefix("/dev/") {
        Some(device) => is_relative(device),
        None => text.split_once('=').is_some_and(|(tag, value)| {
            matches!(tag, "LABEL" | "UUID" | "PARTLABEL" | "PARTUUID")
                && !value.is_empty()
                && !value.contains(['"', '\''])
        }),
    };
    match is_named {
        true => Ok(()),
        false => Err(ValueErrorKind::NotADisk),
    }
}

fn component(text: &str) -> Result<(), ValueErrorKind> {
    plain(text, 1024, false)?;
    match is_relative(text) {
        true => Ok(()),
        false => Err(ValueErrorKind::NotBelow),
    }
}

fn is_relative(path: &str) -> bool {
    !path.split('/').any(|name| matches!(name, "" | "." | ".."))
}

/// The rules that hold for every value. `blanks` allows single ones between words.
pub(super) fn plain(value: &str, limit: usize, blanks: bool) -> Result<(), ValueErrorKind> {
    if value.is_empty() {
        return Err(ValueErrorKind::Empty);
    }
    if !value.bytes().all(|byte| byte.is_ascii_graphic()) {
        odd_characters(value, blanks)?;
    }
    if value.starts_with('#') {
        return Err(ValueErrorKind::Comment);
    }
    if value.len() > limit {
        return Err(ValueErrorKind::TooLong {
            len: value.len(),
            limit,
        });
    }
    Ok(())
}

fn odd_characters(value: &str, blanks: bool) -> Result<(), ValueErrorKind> {
    let is_between = !value.starts_with(' ') && !value.ends_with(' ') && !value.contains("  ");
    for c in value.chars() {
        match c {
            ' ' if blanks && is_between => {}
            '\0' => return Err(ValueErrorKind::Nul),
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                return Err(ValueErrorKind::LineBreak);
            }
            _ if c.is_whitespace() => return Err(ValueErrorKind::Blank),
            // A backslash is escaped as well, but it neither hides nor breaks anything.
            _ if c != '\\' && escape(c.encode_utf8(&mut [0; 4]).as_bytes()).starts_with('\\') => {
                return Err(ValueErrorKind::Control);
            }
            _ => {}
        }
    }
    Ok(())
}

/// A key's value from text.
pub(super) fn made<T>(key: Key, text: &str) -> Result<T, ValueError>
where
    T: FromStr<Err = ValueErrorKind>,
{
    text.parse()
        .map_err(|kind| ValueError::new(key, text, kind))
}

/// A list key's values from texts, none of them there twice.
pub(super) fn list<T>(key: Key, texts: &[impl AsRef<str>]) -> Result<Vec<T>, ValueError>
where
    T: FromStr<Err = ValueErrorKind>,
{
    // A set costs more than it saves where a list is as short as most are.
    let mut seen = (texts.len() > 16).then(HashSet::new);
    let mut values = Vec::with_capacity(texts.len());
    for (index, text) in texts.iter().map(AsRef::as_ref).enumerate() {
        values.push(made(key, text).map_err(|error| error.at(index))?);
        let is_twice = match &mut seen {
            Some(seen) => !seen.insert(text),
            None => texts[..index].iter().any(|other| other.as_ref() == text),
        };
        if is_twice {
            return Err(ValueError::new(key, text, ValueErrorKind::Twice).at(index));
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(component(value), Err(ValueErrorKind::NotBelow), "{value}");
        }
        for value in ["lib", "lib/modules", "usr/lib/..x", r"lib/a\b"] {
            assert_eq!(component(value), Ok(()), "{value}");
        }
    }

    #[test]
    fn disks_are_named_as_fstab_names_them() {
        for spec in [
            "LABEL=osshare",
            "UUID=1-2",
            "PARTLABEL=a",
            "PARTUUID=b",
            "/dev/disk/by-id/x",
        ] {
            assert!(spec.parse::<DiskSpec>().is_ok(), "{spec}");
        }
        for spec in [
            "LABEL=",
            "label=x",
            "LABEL=\"x\"",
            "osshare",
            "/dev/",
            "/dev/../x",
            "/srv/x",
        ] {
            let error = spec.parse::<DiskSpec>().unwrap_err();
            assert_eq!(error, ValueErrorKind::NotADisk, "{spec}");
        }
    }
}
