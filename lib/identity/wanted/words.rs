//! Words of an identity: names, domains, machine-ids, hardware addresses.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::error::WantedError;
use crate::path::printable;

/// Longest host name that Linux takes (`HOST_NAME_MAX`, limits.h), in bytes.
pub const HOST_NAME_MAX: usize = 64;

/// A host name: labels of letters, digits and hyphens, with single dots between them, at most
/// [`HOST_NAME_MAX`] bytes (hostname(5), RFC 1123).
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hostname(String);

impl Hostname {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the first dot.
    pub fn short(&self) -> &str {
        self.0.split('.').next().unwrap_or(&self.0)
    }
}

impl FromStr for Hostname {
    type Err = WantedError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |why| Err(WantedError::Hostname(printable(text), why));
        if text.len() > HOST_NAME_MAX {
            return refuse("it is longer than the 64 bytes that Linux takes");
        }
        match labels_of(text) {
            Err(why) => refuse(why),
            Ok(())
                if text
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b'.') =>
            {
                refuse("it holds digits alone, so it reads as an address")
            }
            Ok(()) if text == "localhost" || text.starts_with("localhost.") => {
                refuse("that name is every machine's")
            }
            Ok(()) => Ok(Self(text.to_owned())),
        }
    }
}

/// A domain that short names are searched in.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Domain(String);

impl Domain {
    /// Its text, without a dot at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Domain {
    type Err = WantedError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.strip_suffix('.').unwrap_or(text);
        let refuse = |why| Err(WantedError::Domain(printable(text), why));
        if name.len() > 253 {
            return refuse("it is longer than the 253 bytes that DNS takes");
        }
        match labels_of(name) {
            Err(why) => refuse(why),
            Ok(()) => Ok(Self(name.to_owned())),
        }
    }
}

/// Judges labels of letters, digits and hyphens.
fn labels_of(text: &str) -> Result<(), &'static str> {
    for label in text.split('.') {
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if label.is_empty() {
            return Err("it is empty, or a part between its dots is");
        }
        if label.contains('_') {
            return Err("“_” may not stand in it: use “-”");
        }
        if !label.bytes().all(is_letter) {
            return Err("use letters, digits and “-”, with single dots between them");
        }
        if label.starts_with('-') || label.ends_with('-') {
            return Err("no part of it may begin or end with “-”");
        }
        if label.len() > 63 {
            return Err("a part of it is longer than 63 bytes");
        }
    }
    Ok(())
}

/// A machine-id: 16 bytes, not all zero, written as 32 lower-case hexadecimal digits (machine-id(5)).
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MachineId(String);

impl MachineId {
    /// One made of random bytes, as systemd makes it: a UUID of version 4 (RFC 9562).
    pub fn of_random(mut bytes: [u8; 16]) -> Self {
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Its 32 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for MachineId {
    type Err = WantedError;

    /// Takes the form of a UUID, with hyphens, as well.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || WantedError::MachineId(printable(text));
        let is_uuid = text.len() == 36
            && [8, 13, 18, 23]
                .iter()
                .all(|at| text.as_bytes()[*at] == b'-');
        let digits = if is_uuid {
            text.replace('-', "")
        } else {
            text.to_owned()
        };
        let is_hex = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hex || digits.bytes().all(|byte| byte == b'0') {
            return Err(refuse());
        }
        Ok(Self(digits.to_ascii_lowercase()))
    }
}

/// A hardware address of one NIC, written with colons in lower case.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Mac([u8; 6]);

impl FromStr for Mac {
    type Err = WantedError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |why| Err(WantedError::Mac(printable(text), why));
        let separator = if text.contains('-') { '-' } else { ':' };
        let mut bytes = [0; 6];
        let mut pairs = text.split(separator);
        for byte in &mut bytes {
            let pair = pairs.next().filter(|pair| pair.len() == 2);
            let pair = pair.filter(|pair| pair.bytes().all(|byte| byte.is_ascii_hexdigit()));
            match pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
                Some(value) => *byte = value,
                None => {
                    return refuse("write six pairs of hexadecimal digits, as 52:54:00:12:34:56");
                }
            }
        }
        if pairs.next().is_some() {
            return refuse("write six pairs of hexadecimal digits, as 52:54:00:12:34:56");
        }
        if bytes[0] & 1 == 1 {
            return refuse("its first byte is odd, which makes it a group's");
        }
        if bytes == [0; 6] {
            return refuse("it is all zero");
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

macro_rules! text_form {
    ($($name:ident)*) => {$(
        impl TryFrom<String> for $name {
            type Error = WantedError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }
    )*};
}

macro_rules! shown_as_text {
    ($($name:ident)*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

text_form! { Hostname Domain MachineId Mac }
shown_as_text! { Hostname Domain MachineId }
