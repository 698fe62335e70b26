//! Form in which a component of the share takes a directory's place.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::path::{GuestPath, PathError};

/// Folder in a guest that holds what overlays write.
pub const OVERLAYS: &str = "/var/lib/osgraft/overlay";
/// Name in an overlay's folder of what the guest wrote.
pub const UPPER: &str = "upper";
/// Name in an overlay's folder of what overlayfs needs for itself.
pub const WORK: &str = "work";

/// Form in which a component of the share takes a directory's place.
#[derive(
    Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Form {
    /// The directory becomes a link into the share, and is moved below the mount point.
    #[default]
    Link,
    /// The component is mounted over the directory, read-only. The directory stays as it is.
    Mount,
    /// An overlay is mounted over the directory: the component below, and above it a directory on
    /// the guest's own disk that takes what is written.
    Overlay,
}

impl Form {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Link, Self::Mount, Self::Overlay];

    /// Its name in a configuration and in a receipt.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Mount => "mount",
            Self::Overlay => "overlay",
        }
    }

    /// True for a form that mounts something over the directory.
    pub const fn is_mounted(self) -> bool {
        !matches!(self, Self::Link)
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Text that is no form.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("“{0}” is no form: use link, mount or overlay")]
pub struct FormError(String);

impl FormError {
    /// A stable name for scripts.
    pub fn code(&self) -> &'static str {
        "link-form"
    }
}

impl FromStr for Form {
    type Err = FormError;

    fn from_str(text: &str) -> Result<Self, FormError> {
        let mut all = Self::ALL.into_iter();
        let found = all.find(|form| form.as_str() == text);
        found.ok_or_else(|| FormError(crate::path::escape(text.as_bytes())))
    }
}

/// True for a path that an option of fstab can name as it is. Readers of overlayfs' options and of
/// systemd's take these bytes for something else.
pub(super) fn is_plain(path: &GuestPath) -> bool {
    let odd = |byte: &u8| matches!(byte, b',' | b':' | b'"' | b'\'' | b'\\') || *byte <= b' ';
    !path.as_bytes().iter().any(odd)
}

/// Folder of the overlay over a directory. Names of different directories differ.
///
/// # Errors
/// [`PathError`], where its name is too long for a file.
pub fn overlay_folder(at: &GuestPath) -> Result<GuestPath, PathError> {
    let mut name = String::new();
    for component in at.components() {
        if !name.is_empty() {
            name.push('-');
        }
        for byte in component {
            match byte {
                b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'.' => name.push(char::from(*byte)),
                byte => name.push_str(&format!("_{byte:02x}")),
            }
        }
    }
    GuestPath::new(OVERLAYS)?.join(name)
}

/// The directories of the overlay over a directory, outermost first.
pub(super) fn overlay_directories(at: &GuestPath) -> Result<Vec<GuestPath>, PathError> {
    let folder = overlay_folder(at)?;
    let (upper, work) = (folder.join(UPPER)?, folder.join(WORK)?);
    Ok(vec![GuestPath::new(OVERLAYS)?, folder, upper, work])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_have_overlays_of_different_names() {
        let folder = |at: &str| overlay_folder(&at.parse().unwrap()).unwrap().to_string();
        for (at, name) in [
            ("/usr/share/doc", "usr-share-doc"),
            ("/usr/share-doc", "usr-share_2ddoc"),
            ("/usr-share/doc", "usr_2dshare-doc"),
            ("/usr/lib/x_2dy", "usr-lib-x_5f2dy"),
            ("/usr/lib/3.1", "usr-lib-3.1"),
        ] {
            assert_eq!(folder(at), format!("{OVERLAYS}/{name}"));
        }
    }

    #[test]
    fn a_form_is_read_as_it_is_written() {
        for form in Form::ALL {
            assert_eq!(form.to_string().parse(), Ok(form));
            let json = serde_json::to_string(&form).unwrap();
            assert_eq!(json, format!("\"{form}\""));
        }
        assert_eq!("Mount".parse::<Form>().unwrap_err().code(), "link-form");
    }
}
