//! Mount options: the fourth field as a list.
//!
//! Items are split as libmount does (util-linux, `lib/optstr`): at commas, but not inside double
//! quotes (SELinux contexts) and not behind a backslash. Empty items, as in `ro,,bg,`, are kept.

mod advice;
mod known;
mod merge;

use std::fmt;
use std::str::FromStr;

pub use advice::{Advice, Severity, advise};
pub use known::check_known;

use crate::path::escape;

/// Mount options of an NFS share unless its operator says otherwise (nfs(5)): a boot that
/// waits for no server, one protocol version without helpers, and errors rather than hangs. A
/// read-only share needs nothing of NFS 4.2, whose READ_PLUS (Linux 6.12, nfs-ganesha 4.3) reads
/// files as holes.
pub const DEFAULT: &str = "ro,bg,nfsvers=4.1,soft,timeo=10,retrans=2,noatime,nodev";

/// Reason that a text is no option list to write.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum OptionsError {
    /// A blank, a newline or another control character.
    #[error(
        "mount options “{0}” hold a blank or a control character: separate options with commas alone"
    )]
    Blank(String),
    /// A quote that is never closed would swallow every option behind it.
    #[error("mount options “{0}” open a quote that is never closed: close it")]
    OpenQuote(String),
    /// A trailing backslash would escape the separator of what is appended.
    #[error("mount options “{0}” end with a backslash: remove it")]
    Backslash(String),
    /// Nobody documents it.
    #[error(
        "mount option “{0}” is not known: correct it, or set it in the operator's own configuration"
    )]
    Unknown(String),
    /// It is known with a value only.
    #[error("mount option “{0}” needs a value: write “{0}=…”")]
    NeedsValue(String),
    /// It is known without a value only.
    #[error("mount option “{0}” takes no value: write its name alone")]
    TakesNoValue(String),
}

impl OptionsError {
    /// A stable name for scripts and reports.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Blank(_) => "options-blank",
            Self::OpenQuote(_) => "options-open-quote",
            Self::Backslash(_) => "options-backslash",
            Self::Unknown(_) => "option-unknown",
            Self::NeedsValue(_) => "option-needs-value",
            Self::TakesNoValue(_) => "option-takes-no-value",
        }
    }
}

/// A list of mount options, every byte of it.
///
/// [`read`](Self::read) takes whatever a guest has; [`FromStr`] takes what an operator may have
/// written.
///
/// ```
/// use osgraft::fstab::options::{DEFAULT, Options};
/// let base: Options = DEFAULT.parse()?;
/// let merged = base.merge(&"port=12049,hard".parse()?);
/// assert_eq!(
///     merged.to_string(),
///     "ro,bg,nfsvers=4.1,hard,timeo=10,retrans=2,noatime,nodev,port=12049"
/// );
/// # Ok::<(), osgraft::fstab::options::OptionsError>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Options {
    items: Vec<Item>,
}

/// One option as it is written, quotes included; empty between two commas.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Item(Vec<u8>);

impl Item {
    /// All of it.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Text before the first `=`.
    pub fn name(&self) -> &[u8] {
        self.0
            .split(|byte| *byte == b'=')
            .next()
            .unwrap_or_default()
    }

    /// Text behind the first `=`, quotes included.
    pub fn value(&self) -> Option<&[u8]> {
        let at = self.0.iter().position(|byte| *byte == b'=')?;
        Some(&self.0[at + 1..])
    }
}

impl Options {
    /// Splits any bytes; never fails and loses nothing.
    pub fn read(bytes: &[u8]) -> Self {
        let mut items = Vec::new();
        if bytes.is_empty() {
            return Self { items };
        }
        let (mut item, mut quoted, mut previous) = (Vec::new(), false, 0);
        for &byte in bytes {
            let escaped = previous == b'\\';
            quoted ^= byte == b'"' && !escaped;
            if byte == b',' && !quoted && !escaped {
                items.push(Item(std::mem::take(&mut item)));
            } else {
                item.push(byte);
            }
            previous = byte;
        }
        items.push(Item(item));
        Self { items }
    }

    /// The list as the fourth field has it, before octal encoding.
    pub fn to_bytes(&self) -> Vec<u8> {
        let items: Vec<&[u8]> = self.items.iter().map(Item::as_bytes).collect();
        items.join(&b',')
    }

    /// True if there is no option at all.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// The options in order, without the empty ones.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Item> {
        self.items.iter().filter(|item| !item.0.is_empty())
    }

    /// True if an option of this name is there.
    pub fn has(&self, name: &str) -> bool {
        self.iter().any(|item| item.name() == name.as_bytes())
    }

    /// The value of the last option of this name: the last one counts for mount(8).
    pub fn value(&self, name: &str) -> Option<&[u8]> {
        let mut named = self.iter().filter(|item| item.name() == name.as_bytes());
        named.next_back()?.value()
    }

    /// Last of these names in the list: the one that counts for mount(8).
    pub fn last<'a>(&self, names: &[&'a str]) -> Option<&'a str> {
        let named = |item: &Item| {
            let mut names = names.iter().copied();
            names.find(|name| name.as_bytes() == item.name())
        };
        self.iter().rev().find_map(named)
    }

    fn ends_in_quote(&self) -> bool {
        let mut previous = 0;
        let bytes = self.to_bytes();
        bytes.iter().fold(false, |quoted, &byte| {
            let toggles = byte == b'"' && previous != b'\\';
            previous = byte;
            quoted ^ toggles
        })
    }
}

impl FromStr for Options {
    type Err = OptionsError;

    fn from_str(text: &str) -> Result<Self, OptionsError> {
        let shown = || escape(text.as_bytes());
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(OptionsError::Blank(shown()));
        }
        if text.ends_with('\\') {
            return Err(OptionsError::Backslash(shown()));
        }
        let options = Self::read(text.as_bytes());
        if options.ends_in_quote() {
            return Err(OptionsError::OpenQuote(shown()));
        }
        Ok(options)
    }
}

/// The list, escaped for people; [`Options::to_bytes`] is for files.
impl fmt::Display for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&escape(&self.to_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn items(text: &str) -> Vec<String> {
        let options = Options::read(text.as_bytes());
        let text = |item: &Item| String::from_utf8(item.0.clone()).unwrap();
        options.items.iter().map(text).collect()
    }

    #[test]
    fn commas_in_quotes_or_behind_a_backslash_separate_nothing() {
        assert_eq!(
            items(r#"ro,context="system_u:object_r:tmp_t:s0:c127,c456",noexec"#),
            [
                "ro",
                r#"context="system_u:object_r:tmp_t:s0:c127,c456""#,
                "noexec"
            ]
        );
        assert_eq!(items(r"lowerdir=/a\,b,rw"), [r"lowerdir=/a\,b", "rw"]);
        assert_eq!(items(r#"a="x\",y",b"#), [r#"a="x\",y""#, "b"]);
    }

    #[test]
    fn empty_items_and_empty_values_are_kept() {
        assert_eq!(items("rw,,nodev,"), ["rw", "", "nodev", ""]);
        let options = Options::read(b",credentials=,uid=0");
        assert_eq!(options.value("credentials"), Some(&b""[..]));
        assert_eq!(options.iter().count(), 2);
    }

    #[test]
    fn what_would_break_a_line_or_its_neighbours_is_refused() {
        for (text, code) in [
            ("ro, bg", "options-blank"),
            ("ro\n/dev/sda / ext4", "options-blank"),
            ("ro\u{a0}bg", "options-blank"),
            ("a=\0", "options-blank"),
            (r#"ro,context="x,bg"#, "options-open-quote"),
            ("ro\\", "options-backslash"),
        ] {
            assert_eq!(
                text.parse::<Options>().unwrap_err().code(),
                code,
                "{text:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn reading_loses_nothing(bytes in proptest::collection::vec(
            prop_oneof![any::<u8>(), proptest::sample::select(&b",,\"\\=a"[..])], 0..64)) {
            prop_assert_eq!(Options::read(&bytes).to_bytes(), bytes);
        }
    }
}
