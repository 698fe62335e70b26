//! Paths inside a guest.
//!
//! A guest's paths and the host's never mix: [`GuestPath`] has no conversion to or from
//! [`std::path::Path`]. Its text form escapes whatever a terminal, a log or a JSON reader could
//! mistake for something else, because part of it may have been made by a hostile guest.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Longest path the kernel takes (`PATH_MAX`, limits.h), without the terminating NUL.
pub const PATH_MAX: usize = 4095;
/// Longest single name (`NAME_MAX`, limits.h).
pub const NAME_MAX: usize = 255;

/// Reason that some bytes are no [`GuestPath`].
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// It does not begin with `/`.
    #[error("guest path “{0}” is not absolute: begin it with “/”")]
    NotAbsolute(String),
    /// It holds a `..`, which means something only once every link before it is resolved.
    #[error("guest path “{0}” holds “..”: write it without")]
    DotDot(String),
    /// It holds a NUL byte.
    #[error("guest path “{0}” holds a NUL byte")]
    Nul(String),
    /// A name is longer than [`NAME_MAX`], or the whole longer than [`PATH_MAX`].
    #[error("guest path “{0}” is longer than the kernel takes (name 255, path 4095 bytes)")]
    TooLong(String),
    /// A name that was to be one component is empty, `.`, `..`, or holds a `/`.
    #[error("“{0}” is not a file name")]
    NotAName(String),
    /// The text form holds a backslash that begins no `\xNN`.
    #[error("guest path “{0}” holds a stray backslash: write “\\x5c”")]
    BadEscape(String),
}

impl PathError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAbsolute(_) => "path-not-absolute",
            Self::DotDot(_) => "path-dot-dot",
            Self::Nul(_) => "path-nul",
            Self::TooLong(_) => "path-too-long",
            Self::NotAName(_) => "path-not-a-name",
            Self::BadEscape(_) => "path-bad-escape",
        }
    }
}

/// An absolute, normalised path inside a guest: no empty, `.` or `..` component, no trailing
/// slash, any bytes but NUL.
///
/// [`Display`](fmt::Display), [`FromStr`] and serde share one form, in which a byte that is not
/// printable UTF-8, and the backslash itself, is written `\xNN`.
///
/// ```
/// use osgraft::path::GuestPath;
/// let modules: GuestPath = "/lib//modules/".parse()?;
/// assert_eq!(modules.to_string(), "/lib/modules");
/// assert!("lib/modules".parse::<GuestPath>().is_err());
/// # Ok::<(), osgraft::path::PathError>(())
/// ```
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct GuestPath(Vec<u8>);

impl GuestPath {
    /// The guest's root directory.
    pub fn root() -> Self {
        Self(b"/".to_vec())
    }

    /// Takes raw bytes, as a guest would use them (no escapes).
    ///
    /// # Errors
    /// [`PathError`], when it is not absolute, holds `..` or NUL, or is too long.
    pub fn new(bytes: impl AsRef<[u8]>) -> Result<Self, PathError> {
        let bytes = bytes.as_ref();
        let shown = || escape(bytes);
        if bytes.first() != Some(&b'/') {
            return Err(PathError::NotAbsolute(shown()));
        }
        if bytes.contains(&0) {
            return Err(PathError::Nul(shown()));
        }
        let mut normal = Vec::with_capacity(bytes.len());
        for name in bytes.split(|b| *b == b'/') {
            match name {
                b"" | b"." => continue,
                b".." => return Err(PathError::DotDot(shown())),
                _ if name.len() > NAME_MAX => return Err(PathError::TooLong(shown())),
                _ => {
                    normal.push(b'/');
                    normal.extend_from_slice(name);
                }
            }
        }
        if normal.len() > PATH_MAX {
            return Err(PathError::TooLong(shown()));
        }
        if normal.is_empty() {
            normal.push(b'/');
        }
        Ok(Self(normal))
    }

    /// The raw bytes, as a guest would use them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// True if this is `/`.
    pub fn is_root(&self) -> bool {
        self.0 == b"/"
    }

    /// The names from the root down; none for `/`.
    pub fn components(&self) -> impl DoubleEndedIterator<Item = &[u8]> {
        self.0.split(|b| *b == b'/').filter(|name| !name.is_empty())
    }

    /// The last name; `None` for `/`.
    pub fn file_name(&self) -> Option<&[u8]> {
        self.components().next_back()
    }

    /// The directory that holds this; `None` for `/`.
    pub fn parent(&self) -> Option<Self> {
        let name = self.file_name()?;
        let end = self.0.len() - name.len() - 1;
        Some(if end == 0 {
            Self::root()
        } else {
            Self(self.0[..end].to_vec())
        })
    }

    /// This directory's entry of that name.
    ///
    /// # Errors
    /// [`PathError::NotAName`] when `name` is not exactly one component, and
    /// [`PathError::TooLong`].
    pub fn join(&self, name: impl AsRef<[u8]>) -> Result<Self, PathError> {
        let name = name.as_ref();
        if name.is_empty() || name == b"." || name == b".." || name.contains(&b'/') {
            return Err(PathError::NotAName(escape(name)));
        }
        let mut bytes = self.0.clone();
        if !self.is_root() {
            bytes.push(b'/');
        }
        bytes.extend_from_slice(name);
        Self::new(bytes)
    }

    /// True if this is `other`, or lies anywhere below it.
    pub fn starts_with(&self, other: &Self) -> bool {
        other.is_root()
            || self.0 == other.0
            || (self.0.starts_with(&other.0) && self.0.get(other.0.len()) == Some(&b'/'))
    }
}

/// Text in which nothing can be mistaken: printable UTF-8 stands for itself, every other byte and
/// the backslash become `\xNN`.
///
/// ```
/// assert_eq!(osgraft::path::escape(b"a\x1b[31m\n\xff"), r"a\x1b[31m\x0a\xff");
/// ```
pub fn escape(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    let hex = |text: &mut String, bytes: &[u8]| {
        for byte in bytes {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    };
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c == '\\' || c.is_control() || is_invisible(c) {
                hex(&mut text, c.encode_utf8(&mut [0; 4]).as_bytes());
            } else {
                text.push(c);
            }
        }
        hex(&mut text, chunk.invalid());
    }
    text
}

/// The bytes that [`escape`] made a text of; `None` for a backslash that begins no `\xNN`.
pub(crate) fn unescape(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        let digits = rest.get(at + 1..at + 4)?.strip_prefix('x')?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &rest[at + 4..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    Some(bytes)
}

/// Text with every character escaped that a terminal or a log could mistake for something else.
/// Backslashes stay: this is for text of which parts are [escaped](escape) already.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for part in text.split_inclusive('\\') {
        match part.strip_suffix('\\') {
            Some(part) => {
                out.push_str(&escape(part.as_bytes()));
                out.push('\\');
            }
            None => out.push_str(&escape(part.as_bytes())),
        }
    }
    out
}

/// Characters that reorder or hide their neighbours on a terminal (Unicode TR36, section 3).
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

impl fmt::Display for GuestPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&escape(&self.0))
    }
}

impl fmt::Debug for GuestPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "“{self}”")
    }
}

impl FromStr for GuestPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        match unescape(text) {
            Some(bytes) => Self::new(bytes),
            None => Err(PathError::BadEscape(escape(text.as_bytes()))),
        }
    }
}

impl TryFrom<String> for GuestPath {
    type Error = PathError;

    fn try_from(text: String) -> Result<Self, PathError> {
        text.parse()
    }
}

impl From<GuestPath> for String {
    fn from(path: GuestPath) -> Self {
        path.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_prefix_of_a_name_is_not_a_parent() {
        let path: GuestPath = "/lib/modules-old".parse().unwrap();
        assert!(!path.starts_with(&"/lib/modules".parse().unwrap()));
        assert!(path.starts_with(&"/lib".parse().unwrap()));
        assert!(path.starts_with(&GuestPath::root()));
    }

    #[test]
    fn dot_dot_is_refused_because_a_link_may_stand_before_it() {
        assert!(matches!(
            "/a/../b".parse::<GuestPath>(),
            Err(PathError::DotDot(_))
        ));
    }

    #[test]
    fn join_takes_one_name_only() {
        for name in ["", ".", "..", "a/b", "/"] {
            assert!(
                matches!(GuestPath::root().join(name), Err(PathError::NotAName(_))),
                "{name}"
            );
        }
    }

    proptest! {
        #[test]
        fn the_text_form_reads_back_as_the_same_bytes(bytes in proptest::collection::vec(1u8.., 0..64)) {
            let mut raw = b"/".to_vec();
            raw.extend(bytes);
            if let Ok(path) = GuestPath::new(&raw) {
                prop_assert_eq!(path.to_string().parse::<GuestPath>().unwrap(), path.clone());
                prop_assert!(path.to_string().chars().all(|c| !c.is_control()));
            }
        }
    }
}
