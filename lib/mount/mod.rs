//! Mount options, the fourth field of fstab(5), parsed where they enter.
//!
//! Items are split as libmount does (util-linux, `lib/optstr`): at commas, but not inside double
//! quotes (SELinux contexts) and not behind a backslash. Empty items, as in `ro,,bg,`, are kept.
//!
//! # Which options are taken
//! [`Options::read`] takes whatever a guest has. [`FromStr`] takes what an operator wrote, in a
//! registry, in the configuration and on the command line alike:
//!
//! - a name that mount(8), nfs(5), systemd.mount(5) or the kernel's drivers of NFS, virtiofs, erofs
//!   and squashfs know, with a value of its form where one belongs;
//! - any other name, as newer kernels bring them, which [`Options::unlisted`] tells for a warning;
//! - no name that is a slip away from a known one, and none that does harm on a share.

mod advice;
mod error;
mod item;
mod known;
mod merge;

use std::fmt;
use std::str::FromStr;

pub use advice::{Advice, Severity, advise};
pub use error::OptionsError;
pub use item::Item;

use crate::path::escape;

/// Mount options of an NFS share unless its operator says otherwise (nfs(5)): a boot that
/// waits for no server, one protocol version without helpers, and errors rather than hangs. A
/// read-only share needs nothing of NFS 4.2, whose READ_PLUS (Linux 6.12, nfs-ganesha 4.3) reads
/// files as holes.
pub const DEFAULT: &str = "ro,bg,nfsvers=4.1,soft,timeo=10,retrans=2,noatime,nodev";

/// Options for a share that is no NFS: nothing waits for a network, and a guest without the share
/// boots on its own tree.
pub const DEFAULT_LOCAL: &str = "ro,nofail,nodev";

/// A list of mount options, every byte of it.
///
/// [`read`](Self::read) takes whatever a guest has; [`FromStr`] takes what an operator may write.
///
/// ```
/// use osgraft::mount::{DEFAULT, Options};
/// let base: Options = DEFAULT.parse()?;
/// let merged = base.merge(&"port=12049,hard".parse()?);
/// assert_eq!(
///     merged.to_string(),
///     "ro,bg,nfsvers=4.1,hard,timeo=10,retrans=2,noatime,nodev,port=12049"
/// );
/// # Ok::<(), osgraft::mount::OptionsError>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Options {
    items: Vec<Item>,
}

impl Options {
    /// Default options for a share of this file system type.
    pub fn default_for(fs_type: &str) -> Self {
        Self::read(match fs_type {
            "nfs" | "nfs4" => DEFAULT.as_bytes(),
            _ => DEFAULT_LOCAL.as_bytes(),
        })
    }

    /// Options that nothing listed here knows. A newer kernel may: the mount fails where it does
    /// not.
    pub fn unlisted(&self) -> impl Iterator<Item = &Item> {
        self.iter().filter(|item| !known::is_listed(item))
    }

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

    /// The list as text; bytes that are no UTF-8, as a guest may have, are replaced.
    pub fn to_text(&self) -> String {
        String::from_utf8_lossy(&self.to_bytes()).into_owned()
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
        options.iter().try_for_each(known::check)?;
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

    #[test]
    fn the_defaults_stand_here_and_are_sound() {
        for (fs_type, text) in [
            ("nfs", DEFAULT),
            ("nfs4", DEFAULT),
            ("erofs", DEFAULT_LOCAL),
        ] {
            let options = Options::default_for(fs_type);
            assert_eq!(options, text.parse().unwrap());
            assert_eq!(options.unlisted().count(), 0);
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
