//! Kernels that a guest holds, and which of them have their modules.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::{FileKind, GuestError};
use super::probe::{Probe, Reason};
use super::version::compare;
use crate::path::{GuestPath, escape};

/// Kernels that are told; more are no kernels of a guest that anybody runs.
const MAX: usize = 512;
/// Images named by a flavour that are looked into; distributions have a handful.
const FLAVOURS: usize = 8;
/// Largest kernel image that is read for its header.
const IMAGE_MAX: u64 = 64 << 20;
/// Largest `pkgbase`.
const PKGBASE_MAX: u64 = 4096;

/// A kernel of the guest, as it is known by its version (`uname -r`).
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Kernel {
    /// Its version, escaped.
    pub version: String,
    /// Its image in `/boot`; the first by name, where several hold one version.
    pub in_boot: Option<GuestPath>,
    /// Its module tree, links resolved.
    pub modules: Option<GuestPath>,
}

/// Beginnings of the names of image files in `/boot`.
const PREFIXES: [&str; 5] = ["vmlinuz-", "vmlinux-", "Image-", "kernel-", "zImage-"];
/// Suffixes that may follow the version in an image's name: compression, signing, a kept copy.
const SUFFIXES: [&str; 9] = [
    ".gz",
    ".xz",
    ".bz2",
    ".zst",
    ".signed",
    ".unsigned",
    ".efi",
    ".old",
    ".bak",
];

/// The kernels, and the images of which no version is known.
pub(super) fn gather(probe: &mut Probe<'_>) -> Result<(Vec<Kernel>, Vec<GuestPath>), GuestError> {
    let mut kernels = module_trees(probe)?;
    let mut unversioned = Vec::new();
    let Some((boot, names)) = probe.directory("/boot")? else {
        return Ok((sorted(kernels), unversioned));
    };
    let mut flavours = 0;
    let images = names.iter().filter_map(|name| Some((name, named(name)?)));
    for (number, (file, name)) in images.enumerate() {
        let Ok(path) = boot.join(file) else { continue };
        if number == MAX {
            let detail = format!("only the first {MAX} kernels in it are told");
            probe.note(&boot, Reason::TooMany, detail);
            break;
        }
        let version = match name {
            Name::Version(version) => Some(version),
            Name::Flavour(_) if flavours == FLAVOURS => None,
            Name::Flavour(flavour) => {
                flavours += 1;
                version_of(probe, &path, flavour, &kernels)?
            }
        };
        match version {
            Some(version) => {
                let kernel = entry(&mut kernels, version);
                kernel.in_boot.get_or_insert(path);
            }
            None => unversioned.push(path),
        }
    }
    Ok((sorted(kernels), unversioned))
}

type ByVersion = BTreeMap<Vec<u8>, Kernel>;

fn sorted(kernels: ByVersion) -> Vec<Kernel> {
    let mut kernels: Vec<_> = kernels.into_values().collect();
    kernels.sort_by(|a, b| compare(&a.version, &b.version));
    kernels
}

fn entry(kernels: &mut ByVersion, version: Vec<u8>) -> &mut Kernel {
    let text = escape(&version);
    kernels.entry(version).or_insert(Kernel {
        version: text,
        in_boot: None,
        modules: None,
    })
}

/// Information in an image's name.
#[derive(Debug, Eq, PartialEq)]
enum Name {
    /// Its version.
    Version(Vec<u8>),
    /// Flavour, as Alpine and Arch name it instead: `virt`, `linux-lts`.
    Flavour(Vec<u8>),
}

fn named(file: &[u8]) -> Option<Name> {
    let mut name = PREFIXES
        .iter()
        .find_map(|prefix| file.strip_prefix(prefix.as_bytes()))?;
    while let Some(shorter) = SUFFIXES
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix.as_bytes()))
    {
        name = shorter;
    }
    // dracut's rescue image is one of the other kernels under another name.
    if name.is_empty() || name.starts_with(b"0-rescue") {
        return None;
    }
    Some(match name[0].is_ascii_digit() {
        true => Name::Version(name.to_vec()),
        false => Name::Flavour(name.to_vec()),
    })
}

fn module_trees(probe: &mut Probe<'_>) -> Result<ByVersion, GuestError> {
    let mut kernels = ByVersion::new();
    let mut known = None;
    for directory in ["/lib/modules", "/usr/lib/modules"] {
        let trees = match probe.resolve(directory)? {
            Some(at) if at.kind() == Some(FileKind::Directory) => at.path,
            _ => continue,
        };
        if known.as_ref() == Some(&trees) {
            continue;
        }
        known = Some(trees.clone());
        let names = probe.names(&trees)?;
        let names = names
            .into_iter()
            .filter(|name| name.first().is_some_and(u8::is_ascii_digit));
        for (number, version) in names.enumerate() {
            if number == MAX {
                let detail = format!("only the first {MAX} module trees in it are told");
                probe.note(&trees, Reason::TooMany, detail);
                break;
            }
            let tree = match trees.join(&version) {
                Ok(path) => probe.resolve_at(&path)?,
                Err(_) => None,
            };
            if let Some(tree) = tree
                && tree.kind() == Some(FileKind::Directory)
                && holds_modules(&probe.names(&tree.path)?)
            {
                entry(&mut kernels, version)
                    .modules
                    .get_or_insert(tree.path);
            }
        }
    }
    Ok(kernels)
}

/// Removed kernels leave directories behind in which only `updates` or a build link stays.
fn holds_modules(names: &[Vec<u8>]) -> bool {
    names
        .iter()
        .any(|name| name == b"kernel" || name.starts_with(b"modules."))
}

/// The version of an image that is named by its flavour: as its own header says, else of the
/// one tree that is of this flavour.
fn version_of(
    probe: &mut Probe<'_>,
    path: &GuestPath,
    flavour: Vec<u8>,
    trees: &ByVersion,
) -> Result<Option<Vec<u8>>, GuestError> {
    let image = match probe.resolve_at(path)? {
        Some(image) if image.kind() == Some(FileKind::File) => image.path,
        _ => return Ok(None),
    };
    let content = probe.content_at(&image, IMAGE_MAX)?;
    if let Some(version) = content.as_deref().and_then(x86_version) {
        return Ok(Some(version.to_vec()));
    }
    let suffix = [b"-", flavour.as_slice()].concat();
    let mut found = Vec::new();
    for (version, kernel) in trees {
        if version.ends_with(&suffix) || pkgbase(probe, kernel)?.as_ref() == Some(&flavour) {
            found.push(version);
        }
    }
    Ok(match found.as_slice() {
        [one] => Some(one.to_vec()),
        _ => None,
    })
}

/// The package that a module tree of Arch belongs to, which is what its image is named by.
fn pkgbase(probe: &mut Probe<'_>, kernel: &Kernel) -> Result<Option<Vec<u8>>, GuestError> {
    let file = kernel
        .modules
        .as_ref()
        .and_then(|tree| tree.join("pkgbase").ok());
    let Some(file) = file else { return Ok(None) };
    let content = probe.content_at(&file, PKGBASE_MAX)?;
    Ok(content.map(|content| content.trim_ascii().to_vec()))
}

/// The version in the header of a kernel for x86 (Documentation/arch/x86/boot.rst,
/// `kernel_version`).
fn x86_version(image: &[u8]) -> Option<&[u8]> {
    if image.get(0x202..0x206)? != b"HdrS" {
        return None;
    }
    let offset = u16::from_le_bytes([*image.get(0x20e)?, *image.get(0x20f)?]);
    let text = image.get(usize::from(offset) + 0x200..)?;
    let end = text.iter().take(256).position(|b| *b == 0 || *b == b' ')?;
    let version = &text[..end];
    let sound = version.first().is_some_and(u8::is_ascii_digit)
        && version.iter().all(u8::is_ascii_graphic)
        && !version.contains(&b'/');
    (offset != 0 && sound).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_images_name_gives_its_version_or_flavour() {
        let version = |text: &str| Some(Name::Version(text.into()));
        let flavour = |text: &str| Some(Name::Flavour(text.into()));
        for (file, wanted) in [
            ("vmlinuz-6.1.0-37-amd64", version("6.1.0-37-amd64")),
            ("vmlinux-5.14.21-default.gz", version("5.14.21-default")),
            (
                "vmlinuz-3.13.0-24-generic.efi.signed",
                version("3.13.0-24-generic"),
            ),
            ("vmlinuz-6.1.0.old", version("6.1.0")),
            ("Image-6.4.0-default", version("6.4.0-default")),
            ("kernel-6.6.30-gentoo", version("6.6.30-gentoo")),
            ("vmlinuz-virt", flavour("virt")),
            ("vmlinuz-linux-lts", flavour("linux-lts")),
            ("vmlinuz-0-rescue-0123456789abcdef", None),
            ("vmlinuz", None),
            ("vmlinuz-", None),
            (".vmlinuz-5.14.0-70.el9.x86_64.hmac", None),
            ("initrd.img-6.1.0-37-amd64", None),
            ("System.map-6.1.0-37-amd64", None),
        ] {
            assert_eq!(named(file.as_bytes()), wanted, "{file}");
        }
    }

    fn image(version: &[u8], offset: u16) -> Vec<u8> {
        let mut image = vec![0; 0x400];
        image[0x202..0x206].copy_from_slice(b"HdrS");
        image[0x20e..0x210].copy_from_slice(&offset.to_le_bytes());
        image.extend_from_slice(version);
        image
    }

    #[test]
    fn the_header_of_an_x86_kernel_tells_its_version() {
        let good = image(b"6.6.30-0-virt (buildozer@build) #1\0", 0x200);
        assert_eq!(x86_version(&good), Some(&b"6.6.30-0-virt"[..]));
    }

    #[test]
    fn a_hostile_header_tells_nothing() {
        for bad in [
            image(b"6.6.30", 0x200),
            image(b"6.6.30 x", 0xffff),
            image(b"6.6.30 x", 0),
            image(b"6/../../x \0", 0x200),
            image(b"6\x1b[31m \0", 0x200),
            image(b"linux \0", 0x200),
            Vec::new(),
            vec![0; 0x206],
            b"#!".to_vec(),
        ] {
            assert_eq!(x86_version(&bad), None);
        }
    }
}
