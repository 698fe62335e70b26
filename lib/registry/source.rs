//! Where a guest mounts the shared tree from.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::flaw::Flaw;
use super::key::Key;
use super::value::{ValueError, check};

/// Where a guest mounts the shared tree from: exactly one per server.
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
    text: String,
    path_at: usize,
}

/// The tag of a virtiofs device, at most 36 bytes (virtio specification, 5.11.4).
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct VirtiofsTag(String);

/// A disk with the shared tree on it, and its file system.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct ShareDisk {
    spec: String,
    fstype: String,
}

impl Source {
    /// An NFS export, `host:/path`.
    ///
    /// # Errors
    /// [`ValueError`] of [`Key::Export`].
    pub fn nfs(export: &str) -> Result<Self, ValueError> {
        check(Key::Export, export)?;
        let path_at =
            split_export(export).map_err(|flaw| ValueError::new(Key::Export, export, flaw))?;
        Ok(Self::Nfs(NfsExport {
            text: export.to_owned(),
            path_at,
        }))
    }

    /// A virtiofs device by its tag.
    ///
    /// # Errors
    /// [`ValueError`] of [`Key::Virtiofs`].
    pub fn virtiofs(tag: &str) -> Result<Self, ValueError> {
        check(Key::Virtiofs, tag)?;
        Ok(Self::Virtiofs(VirtiofsTag(tag.to_owned())))
    }

    /// A disk, as `LABEL=`, `UUID=`, `PARTLABEL=`, `PARTUUID=` or a path under `/dev`, and its
    /// file system.
    ///
    /// # Errors
    /// [`ValueError`] of [`Key::Disk`] or [`Key::Fstype`].
    pub fn disk(spec: &str, fstype: &str) -> Result<Self, ValueError> {
        check(Key::Disk, spec)?;
        check(Key::Fstype, fstype)?;
        Ok(Self::Disk(ShareDisk {
            spec: spec.to_owned(),
            fstype: fstype.to_owned(),
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

    /// What is mounted: the first field of fstab, not yet octal-escaped.
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

impl VirtiofsTag {
    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ShareDisk {
    /// The disk, as fstab names it.
    pub fn spec(&self) -> &str {
        &self.spec
    }

    /// Its file system type.
    pub fn fstype(&self) -> &str {
        &self.fstype
    }
}

/// Where the path of `host:/path` begins.
pub(super) fn split_export(text: &str) -> Result<usize, Flaw> {
    if text.contains("://") {
        return Err(Flaw::Url);
    }
    let colon = text.find(":/").ok_or(Flaw::NotAnExport)?;
    let (host, path) = (&text[..colon], &text[colon + 1..]);
    let bracketed = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    match bracketed {
        Some(address) => check_ipv6(address)?,
        None if host.contains(':') => return Err(Flaw::BareIpv6),
        None => check_host(host)?,
    }
    if path.split('/').any(|name| name == "." || name == "..") {
        return Err(Flaw::Dots);
    }
    if path.len() > 1024 {
        return Err(Flaw::TooLong {
            len: path.len(),
            limit: 1024,
        });
    }
    Ok(colon + 1)
}

fn check_host(host: &str) -> Result<(), Flaw> {
    let named = host
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b));
    let numeric = host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let fits = !host.is_empty() && host.len() <= 255 && !host.starts_with(['-', '.']);
    // A mistyped address would otherwise pass as a name that never resolves.
    let wrong_address = numeric && host.parse::<Ipv4Addr>().is_err();
    (named && fits && !wrong_address)
        .then_some(())
        .ok_or(Flaw::NotAHost)
}

fn check_ipv6(text: &str) -> Result<(), Flaw> {
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
        .ok_or(Flaw::NotAHost)
}

pub(super) fn check_disk(spec: &str) -> Result<(), Flaw> {
    if let Some(device) = spec.strip_prefix("/dev/") {
        let named = !device.is_empty() && device.split('/').all(|n| !matches!(n, "" | "." | ".."));
        return named.then_some(()).ok_or(Flaw::NotADisk);
    }
    let tagged = spec.split_once('=').is_some_and(|(tag, value)| {
        matches!(tag, "LABEL" | "UUID" | "PARTLABEL" | "PARTUUID")
            && !value.is_empty()
            && !value.contains(['"', '\''])
    });
    tagged.then_some(()).ok_or(Flaw::NotADisk)
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
        for (text, flaw) in [
            ("/vol/x", Flaw::NotAnExport),
            ("host:vol", Flaw::NotAnExport),
            ("host:", Flaw::NotAnExport),
            ("nfs://host/vol", Flaw::Url),
            ("fe80::1:/x", Flaw::BareIpv6),
            ("::1:/x", Flaw::BareIpv6),
            (":/x", Flaw::NotAHost),
            ("[]:/x", Flaw::NotAHost),
            ("[fe80::1%]:/x", Flaw::NotAHost),
            ("[10.0.0.1]:/x", Flaw::NotAHost),
            ("a,b:/x", Flaw::NotAHost),
            ("-o:/x", Flaw::NotAHost),
            ("9.7.25.300:/x", Flaw::NotAHost),
            ("host:/x/../y", Flaw::Dots),
        ] {
            assert_eq!(Source::nfs(text).unwrap_err().flaw, flaw, "{text}");
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
            assert!(Source::disk(spec, "erofs").is_ok(), "{spec}");
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
            assert_eq!(
                Source::disk(spec, "erofs").unwrap_err().flaw,
                Flaw::NotADisk,
                "{spec}"
            );
        }
    }
}
