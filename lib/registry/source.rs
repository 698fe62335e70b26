//! Source that a guest mounts the shared tree from.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use super::key::Key;
use super::text::{DiskSpec, FsType, VirtiofsTag, made, plain};
use super::value_error::{ValueError, ValueErrorKind};

/// Longest export: NFS4_MAXNAMLEN and NFS_MAXPATHLEN (Linux, fs/nfs and uapi/linux/nfs.h), brackets,
/// colon.
const EXPORT_MAX: usize = 255 + 1024 + 3;

/// Source that a guest mounts the shared tree from: exactly one per server.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Source {
    /// An NFS export.
    Nfs(NfsExport),
    /// A virtiofs device of the child.
    Virtiofs(VirtiofsTag),
    /// A disk of the child.
    Disk(ShareDisk),
}

/// An NFS export, `host:/path`.
///
/// The host is a name, an IPv4 address, or an IPv6 address in brackets with an optional zone
/// (nfs(5)). The path is absolute, without `.` and `..`, and holds no blank.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct NfsExport {
    text: Box<str>,
    path_at: usize,
}

/// A disk with the shared tree on it, and its file system.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct ShareDisk {
    spec: DiskSpec,
    fstype: FsType,
}

impl Source {
    /// An NFS export, `host:/path`.
    ///
    /// # Errors
    /// [`ValueError`] of [`Key::Export`].
    pub fn nfs(export: &str) -> Result<Self, ValueError> {
        made(Key::Export, export).map(Self::Nfs)
    }

    /// A virtiofs device by its tag.
    ///
    /// # Errors
    /// [`ValueError`] of [`Key::Virtiofs`].
    pub fn virtiofs(tag: &str) -> Result<Self, ValueError> {
        made(Key::Virtiofs, tag).map(Self::Virtiofs)
    }

    /// A disk, as `LABEL=`, `UUID=`, `PARTLABEL=`, `PARTUUID=` or a path under `/dev`, and its
    /// file system.
    ///
    /// # Errors
    /// [`ValueError`] of [`Key::Disk`] or [`Key::Fstype`].
    pub fn disk(spec: &str, fstype: &str) -> Result<Self, ValueError> {
        Ok(Self::Disk(ShareDisk {
            spec: made(Key::Disk, spec)?,
            fstype: made(Key::Fstype, fstype)?,
        }))
    }

    /// The key that holds it in a `[[server]]` table.
    pub const fn key(&self) -> Key {
        match self {
            Self::Nfs(_) => Key::Export,
            Self::Virtiofs(_) => Key::Virtiofs,
            Self::Disk(_) => Key::Disk,
        }
    }

    /// The first field of its line in fstab, not yet octal-escaped.
    pub fn fs_spec(&self) -> &str {
        match self {
            Self::Nfs(export) => export.as_str(),
            Self::Virtiofs(tag) => tag.as_str(),
            Self::Disk(disk) => disk.spec(),
        }
    }

    /// The file system type: the third field of fstab.
    pub fn fs_type(&self) -> &str {
        match self {
            Self::Nfs(_) => "nfs",
            Self::Virtiofs(_) => "virtiofs",
            Self::Disk(disk) => disk.fstype(),
        }
    }
}

impl NfsExport {
    /// `host:/path`, as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host; an IPv6 address without its brackets.
    pub fn host(&self) -> &str {
        let host = &self.text[..self.path_at - 1];
        host.strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host)
    }

    /// The path on the host.
    pub fn path(&self) -> &str {
        &self.text[self.path_at..]
    }
}

impl FromStr for NfsExport {
    type Err = ValueErrorKind;

    fn from_str(text: &str) -> Result<Self, ValueErrorKind> {
        plain(text, EXPORT_MAX, false)?;
        Ok(Self {
            path_at: split_export(text)?,
            text: text.into(),
        })
    }
}

impl ShareDisk {
    pub(super) fn new(spec: DiskSpec, fstype: FsType) -> Self {
        Self { spec, fstype }
    }

    pub(super) fn into_parts(self) -> (DiskSpec, FsType) {
        (self.spec, self.fstype)
    }

    /// The disk, as fstab names it.
    pub fn spec(&self) -> &str {
        self.spec.as_str()
    }

    /// Its file system type.
    pub fn fstype(&self) -> &str {
        self.fstype.as_str()
    }
}

/// Byte at which the path of `host:/path` begins.
fn split_export(text: &str) -> Result<usize, ValueErrorKind> {
    if text.contains("://") {
        return Err(ValueErrorKind::Url);
    }
    let colon = text.find(":/").ok_or(ValueErrorKind::NotAnExport)?;
    let (host, path) = (&text[..colon], &text[colon + 1..]);
    let bracketed = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    match bracketed {
        Some(address) => check_ipv6(address)?,
        None if host.contains(':') => return Err(ValueErrorKind::BareIpv6),
        None => check_host(host)?,
    }
    if path.split('/').any(|name| name == "." || name == "..") {
        return Err(ValueErrorKind::Dots);
    }
    if path.len() > 1024 {
        return Err(ValueErrorKind::TooLong {
            len: path.len(),
            limit: 1024,
        });
    }
    Ok(colon + 1)
}

fn check_host(host: &str) -> Result<(), ValueErrorKind> {
    let named = host
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b));
    let numeric = host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let fits = !host.is_empty() && host.len() <= 255 && !host.starts_with(['-', '.']);
    // A mistyped address would otherwise pass as a name that never resolves.
    let wrong_address = numeric && host.parse::<Ipv4Addr>().is_err();
    (named && fits && !wrong_address)
        .then_some(())
        .ok_or(ValueErrorKind::NotAHost)
}

fn check_ipv6(text: &str) -> Result<(), ValueErrorKind> {
    let (address, zone) = match text.split_once('%') {
        Some((address, zone)) => (address, Some(zone)),
        None => (text, None),
    };
    let zone_fits = zone.is_none_or(|zone| {
        !zone.is_empty()
            && zone
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b))
    });
    (address.parse::<Ipv6Addr>().is_ok() && zone_fits)
        .then_some(())
        .ok_or(ValueErrorKind::NotAHost)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_splits_into_host_and_path() {
        for (text, host, path) in [
            (
                "9.7.25.123:/vol/shared_lib",
                "9.7.25.123",
                "/vol/shared_lib",
            ),
            ("nfs-1.example.org:/", "nfs-1.example.org", "/"),
            ("[fe80::1]:/x", "fe80::1", "/x"),
            ("[fe80::1%eth0]:/x:/y", "fe80::1%eth0", "/x:/y"),
            ("[::ffff:10.0.2.2]:/x", "::ffff:10.0.2.2", "/x"),
        ] {
            let Ok(Source::Nfs(export)) = Source::nfs(text) else {
                panic!("{text} is an export");
            };
            assert_eq!((export.host(), export.path()), (host, path));
            assert_eq!(export.as_str(), text);
        }
    }

    #[test]
    fn what_mount_nfs_would_misread_is_refused() {
        for (text, kind) in [
            ("/vol/x", ValueErrorKind::NotAnExport),
            ("host:vol", ValueErrorKind::NotAnExport),
            ("host:", ValueErrorKind::NotAnExport),
            ("nfs://host/vol", ValueErrorKind::Url),
            ("fe80::1:/x", ValueErrorKind::BareIpv6),
            ("::1:/x", ValueErrorKind::BareIpv6),
            (":/x", ValueErrorKind::NotAHost),
            ("[]:/x", ValueErrorKind::NotAHost),
            ("[fe80::1%]:/x", ValueErrorKind::NotAHost),
            ("[10.0.0.1]:/x", ValueErrorKind::NotAHost),
            ("a,b:/x", ValueErrorKind::NotAHost),
            ("-o:/x", ValueErrorKind::NotAHost),
            ("9.7.25.300:/x", ValueErrorKind::NotAHost),
            ("host:/x/../y", ValueErrorKind::Dots),
        ] {
            assert_eq!(Source::nfs(text).unwrap_err().kind, kind, "{text}");
        }
    }
}
