//! The version of a guest's systemd.

use crate::guest::facts::Init;
use crate::guest::{Guest, GuestError, GuestFacts, resolve};
use crate::path::GuestPath;

/// Bytes of a package database that are read.
const STATUS_MAX: u64 = 64 << 20;
/// Begin of the name of the library that carries the version since systemd 231.
const LIBRARY: &[u8] = b"libsystemd-shared-";

/// A guest's systemd, as far as the guest tells.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Systemd {
    Version(u32),
    /// Another init.
    Other(&'static str),
    Unknown,
}

impl Systemd {
    pub(super) fn find(guest: &mut dyn Guest, facts: &GuestFacts) -> Result<Self, GuestError> {
        match facts.init {
            Some(Init::Systemd) => {}
            Some(other) => return Ok(Self::Other(other.as_str())),
            None => return Ok(Self::Unknown),
        }
        let mut folders = vec!["/usr/lib/systemd".to_owned(), "/lib/systemd".to_owned()];
        if let Some(machine) = &facts.machine {
            folders.push(format!("/usr/lib/{}-linux-gnu/systemd", machine.name));
            folders.push(format!("/lib/{}-linux-gnu/systemd", machine.name));
        }
        for folder in folders {
            let found = names(guest, &folder)?;
            if let Some(version) = found.iter().filter_map(|name| of_library(name)).max() {
                return Ok(Self::Version(version));
            }
        }
        let path: GuestPath = "/var/lib/dpkg/status".parse().expect("a literal path");
        let status = match resolve(guest, &path).and_then(|at| guest.read(&at.path, STATUS_MAX)) {
            Ok(status) => status,
            Err(error @ GuestError::Io { .. }) => return Err(error),
            Err(_) => Vec::new(),
        };
        Ok(of_status(&status).map_or(Self::Unknown, Self::Version))
    }
}

fn names(guest: &mut dyn Guest, folder: &str) -> Result<Vec<Vec<u8>>, GuestError> {
    let Ok(path) = folder.parse::<GuestPath>() else {
        return Ok(Vec::new());
    };
    let listed = resolve(guest, &path).and_then(|at| guest.read_dir(&at.path));
    match listed {
        Ok(entries) => Ok(entries.into_iter().map(|entry| entry.name).collect()),
        Err(error @ GuestError::Io { .. }) => Err(error),
        Err(_) => Ok(Vec::new()),
    }
}

/// `libsystemd-shared-252.so`, `libsystemd-shared-254.5-2.fc39.so`.
fn of_library(name: &[u8]) -> Option<u32> {
    number(name.strip_prefix(LIBRARY)?)
}

/// The version of the package `systemd` in dpkg's database.
fn of_status(status: &[u8]) -> Option<u32> {
    let mut inside = false;
    for line in status.split(|byte| *byte == b'\n') {
        if let Some(name) = line.strip_prefix(b"Package: ") {
            inside = name.trim_ascii() == b"systemd";
        } else if inside && let Some(version) = line.strip_prefix(b"Version: ") {
            let epoch = version.iter().position(|byte| *byte == b':');
            return number(epoch.map_or(version, |at| &version[at + 1..]));
        }
    }
    None
}

fn number(text: &[u8]) -> Option<u32> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit());
    let digits = &text[..end.unwrap_or(text.len())];
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_distributions_write_them() {
        for (name, version) in [
            ("libsystemd-shared-252.so", Some(252)),
            ("libsystemd-shared-257.so", Some(257)),
            ("libsystemd-shared-254.5-2.fc39.so", Some(254)),
            ("libsystemd-shared-252-32.el9.so", Some(252)),
            ("libsystemd-shared-.so", None),
            ("libsystemd.so.0", None),
        ] {
            assert_eq!(of_library(name.as_bytes()), version, "{name}");
        }
        let status = "Package: libsystemd0\nVersion: 1\n\nPackage: systemd\nStatus: install ok installed\n\
                      Version: 2:257.8-1~deb13u2\n";
        assert_eq!(of_status(status.as_bytes()), Some(257));
        assert_eq!(of_status(b"Package: systemd-sysv\nVersion: 3\n"), None);
    }
}
