//! Digest of a guest's list of packages: equal ones mean the same build of its software.

use crate::guest::{FileKind, Guest, GuestError, MAX_READ, resolve};
use crate::path::GuestPath;
use crate::share::release::{Digest, Digester};

/// Largest list that is read as text; Debian's takes 5 MiB for 3,000 packages.
const MAX_TEXT: u64 = 128 << 20;
/// Largest database that is digested.
const MAX_DATABASE: u64 = 1 << 30;

/// dpkg's list.
const DPKG: &str = "/var/lib/dpkg/status";
/// apk's, old and new.
const APK: [&str; 2] = ["/lib/apk/db/installed", "/usr/lib/apk/db/installed"];
/// rpm's, in the order in which rpm looks for them.
const RPM: [&str; 5] = [
    "/usr/lib/sysimage/rpm/rpmdb.sqlite",
    "/var/lib/rpm/rpmdb.sqlite",
    "/usr/lib/sysimage/rpm/Packages.db",
    "/var/lib/rpm/Packages.db",
    "/var/lib/rpm/Packages",
];

/// Facts of a guest's packages.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Packages {
    /// True where dpkg manages them.
    pub(super) has_dpkg: bool,
    /// Digest of their list.
    pub(super) build: Option<Digest>,
}

/// Looks at a guest's packages.
pub(super) fn packages(guest: &mut dyn Guest) -> Result<Packages, GuestError> {
    if let Some((path, size)) = file(guest, DPKG)? {
        let build = match size <= MAX_TEXT {
            true => Some(of_dpkg(&guest.read(&path, MAX_TEXT)?)),
            false => None,
        };
        return Ok(Packages {
            has_dpkg: true,
            build,
        });
    }
    for place in APK {
        if let Some((path, size)) = file(guest, place)?
            && size <= MAX_TEXT
        {
            let build = Some(of_apk(&guest.read(&path, MAX_TEXT)?));
            return Ok(Packages {
                has_dpkg: false,
                build,
            });
        }
    }
    for place in RPM {
        if let Some((path, size)) = file(guest, place)?
            && size <= MAX_DATABASE
        {
            let mut digester = Digester::default();
            let mut at = 0;
            while at < size {
                let part = guest.read_at(&path, at, MAX_READ)?;
                if part.is_empty() {
                    break;
                }
                digester.add(&part);
                at += part.len() as u64;
            }
            return Ok(Packages {
                has_dpkg: false,
                build: Some(digester.finish()),
            });
        }
    }
    Ok(Packages::default())
}

fn file(guest: &mut dyn Guest, place: &str) -> Result<Option<(GuestPath, u64)>, GuestError> {
    let place = place.parse().expect("a literal guest path");
    // What cannot be reached is no list: facts of a guest end no call.
    match resolve(guest, &place) {
        Ok(found) if found.kind() == Some(FileKind::File) => {
            let size = found.metadata.as_ref().map_or(0, |metadata| metadata.size);
            Ok(Some((found.path, size)))
        }
        Err(error @ GuestError::Io { .. }) => Err(error),
        _ => Ok(None),
    }
}

/// Digest over the installed packages, one line each: name, version, architecture. Their order in the
/// file, and all else that it says of them, makes no difference.
fn of_dpkg(status: &[u8]) -> Digest {
    let paragraphs = paragraphs(status);
    digest(paragraphs.filter_map(|lines| {
        let field = |name: &[u8]| {
            let mut lines = lines.iter();
            lines
                .find_map(|line| line.strip_prefix(name))
                .map(<[u8]>::trim_ascii)
        };
        let is_installed = field(b"Status:")?.ends_with(b" installed");
        let name = field(b"Package:").filter(|_| is_installed)?;
        let version = field(b"Version:").unwrap_or_default();
        Some([name, version, field(b"Architecture:").unwrap_or_default()].join(&b' '))
    }))
}

fn of_apk(installed: &[u8]) -> Digest {
    let paragraphs = paragraphs(installed);
    digest(paragraphs.filter_map(|lines| {
        let field = |name: &[u8]| lines.iter().find_map(|line| line.strip_prefix(name));
        let version = field(b"V:").unwrap_or_default();
        Some([field(b"P:")?, version, field(b"A:").unwrap_or_default()].join(&b' '))
    }))
}

fn paragraphs(text: &[u8]) -> impl Iterator<Item = Vec<&[u8]>> {
    let mut lines = text.split(|byte| *byte == b'\n');
    std::iter::from_fn(move || {
        let mut paragraph = Vec::new();
        for line in lines.by_ref() {
            match line.is_empty() {
                true if paragraph.is_empty() => {}
                true => return Some(paragraph),
                false => paragraph.push(line),
            }
        }
        (!paragraph.is_empty()).then_some(paragraph)
    })
}

fn digest(packages: impl Iterator<Item = Vec<u8>>) -> Digest {
    let mut packages: Vec<_> = packages.collect();
    packages.sort();
    let mut digester = Digester::default();
    for package in packages {
        digester.add(&package);
        digester.add(b"\n");
    }
    digester.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest::MemoryGuest;

    const STATUS: &str = "Package: b\nStatus: install ok installed\nVersion: 2\nArchitecture: amd64\n\
        Description: x\n more\n\nPackage: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n\
        Package: gone\nStatus: deinstall ok config-files\nVersion: 3\n";

    fn of(path: &str, text: &str) -> Packages {
        packages(&mut MemoryGuest::new().file(path, text)).unwrap()
    }

    #[test]
    fn the_build_is_that_of_the_installed_packages() {
        let found = of(DPKG, STATUS);
        assert!(found.has_dpkg);
        assert_eq!(found.build, Some(Digest::of(b"a 1 all\nb 2 amd64\n")));
        let other = STATUS.replace("Description: x", "Description: y");
        assert_eq!(of(DPKG, &other).build, found.build);
        let newer = STATUS.replace("Version: 2", "Version: 3");
        assert_ne!(of(DPKG, &newer).build, found.build);
    }

    #[test]
    fn other_package_managers_have_their_own_lists() {
        let apk = of(
            APK[0],
            "C:Q1\nP:musl\nV:1.2\nA:x86_64\n\nP:busybox\nV:3\nA:x86_64\n",
        );
        let wanted = Digest::of(b"busybox 3 x86_64\nmusl 1.2 x86_64\n");
        assert_eq!((apk.has_dpkg, apk.build), (false, Some(wanted)));
        let rpm = of(RPM[1], "a database");
        assert_eq!(
            (rpm.has_dpkg, rpm.build),
            (false, Some(Digest::of(b"a database")))
        );
        assert_eq!(of("/etc/os-release", "ID=x\n"), Packages::default());
        let mut fifo = MemoryGuest::new().fifo(DPKG);
        assert_eq!(packages(&mut fifo).unwrap(), Packages::default());
    }
}
