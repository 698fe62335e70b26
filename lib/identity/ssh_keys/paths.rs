//! Places of host keys and of what belongs to them.

use super::super::files::{Found, OldFile};

/// Folders of host keys: OpenSSH's, ALT Linux's, and openSUSE's for what the vendor ships.
pub(super) const FOLDERS: [&str; 3] = ["/etc/ssh", "/etc/openssh", "/usr/etc/ssh"];

pub(super) fn public_of(path: &str) -> String {
    format!("{path}.pub")
}

pub(super) fn certificate_of(path: &str) -> String {
    format!("{path}-cert.pub")
}

/// The regular file at a place or behind its link.
pub(super) fn file_of(found: &Found) -> Option<&OldFile> {
    match found {
        Found::File(file) => Some(file),
        Found::Link { file, .. } => file.as_ref(),
        _ => None,
    }
}
