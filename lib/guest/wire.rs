//! Errors that come from another process, which a hostile guest may have taken over: what is read
//! here is bounded and safe to print, whatever was sent.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Deserializer};

use crate::path::printable;

/// A text of this program's own. Under this name serde does not borrow it from what it reads.
pub(crate) type Known = &'static str;

/// Bytes of a text that are kept.
const MAX_TEXT: usize = 500;
/// Different texts that are kept for good; this program has some forty.
const MAX_KNOWN: usize = 200;

static KNOWN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// A text that the sender has as a constant. So many are kept as there can be, once each.
pub(crate) fn known<'de, D: Deserializer<'de>>(from: D) -> Result<Known, D::Error> {
    let text = text(from)?;
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(match known.get(text.as_str()) {
        Some(text) => text,
        None if known.len() < MAX_KNOWN => {
            let text: Known = text.leak();
            known.insert(text);
            text
        }
        None => "something that it has no name for",
    })
}

/// A text that is to be printed.
pub(crate) fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let mut text = printable(&String::deserialize(from)?);
    if let Some((end, _)) = text.char_indices().find(|(at, _)| *at >= MAX_TEXT) {
        text.truncate(end);
    }
    Ok(text)
}

/// An error of the host: its number, or its text where it has none.
pub(crate) mod host_error {
    use std::io;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::guest::wire::text;

    #[derive(Deserialize)]
    struct Received(Option<i32>, #[serde(deserialize_with = "text")] String);

    pub(crate) fn serialize<S: Serializer>(error: &io::Error, to: S) -> Result<S::Ok, S::Error> {
        (error.raw_os_error(), error.to_string()).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<io::Error, D::Error> {
        let Received(number, text) = Received::deserialize(from)?;
        Ok(match number {
            Some(number) => io::Error::from_raw_os_error(number),
            None => io::Error::other(text),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use crate::guest::GuestError;
    use crate::path::GuestPath;

    fn sent(error: &GuestError) -> GuestError {
        let json = serde_json::to_string(error).unwrap();
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn an_error_arrives_as_it_was_sent() {
        let path = GuestPath::new("/etc/a\nb").unwrap();
        for error in [
            GuestError::NotFound(path.clone()),
            GuestError::Unsupported {
                path: path.clone(),
                what: "a casefolded directory",
            },
            GuestError::Io {
                path: path.clone(),
                source: io::Error::from_raw_os_error(libc::EIO),
            },
            GuestError::Damaged {
                path,
                detail: "said".into(),
            },
        ] {
            let arrived = sent(&error);
            assert_eq!(arrived.to_string(), error.to_string());
            assert_eq!(arrived.code(), error.code());
        }
    }

    #[test]
    fn what_is_said_is_bounded_and_printable() {
        let detail = format!("\u{1b}[2J\n{}", "x".repeat(10_000));
        let arrived = sent(&GuestError::Damaged {
            path: GuestPath::root(),
            detail,
        });
        let text = arrived.to_string();
        assert!(text.len() < 700, "{}", text.len());
        assert!(!text.contains(['\u{1b}', '\n']), "{text}");
    }
}
