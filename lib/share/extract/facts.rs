//! Facts of the guest that a manifest keeps, and its kernels' files.

use crate::guest::facts::Kernel;
use crate::guest::{FileKind, Guest, GuestError, GuestFacts, resolve};
use crate::path::GuestPath;

/// A kernel whose modules are extracted.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Booted {
    /// Its version, escaped.
    pub(super) version: String,
    /// Its image and its initramfs, links resolved.
    pub(super) files: Option<(GuestPath, GuestPath)>,
}

/// Kernels whose module tree lies in one of the places, oldest first.
pub(super) fn kernels(
    guest: &mut dyn Guest,
    facts: &GuestFacts,
    places: &[GuestPath],
) -> Result<Vec<Booted>, GuestError> {
    let is_within = |kernel: &&Kernel| {
        let tree = kernel.modules.as_ref();
        tree.is_some_and(|tree| places.iter().any(|place| tree.starts_with(place)))
    };
    let mut found = Vec::new();
    for kernel in facts.kernels.iter().filter(is_within) {
        let image = match &kernel.in_boot {
            Some(image) => regular(guest, image)?,
            None => None,
        };
        let initrd = initrd(guest, kernel)?;
        found.push(Booted {
            version: kernel.version.clone(),
            files: image.zip(initrd),
        });
    }
    Ok(found)
}

/// The initramfs of a kernel, as distributions name it.
fn initrd(guest: &mut dyn Guest, kernel: &Kernel) -> Result<Option<GuestPath>, GuestError> {
    let image = kernel.in_boot.as_ref().and_then(GuestPath::file_name);
    let image = image.map(|name| String::from_utf8_lossy(name).into_owned());
    // Alpine and Arch name files by their flavour: vmlinuz-lts, vmlinuz-linux.
    let flavour = image.as_deref().and_then(|name| name.split_once('-'));
    let flavour = flavour.map(|(_, flavour)| flavour.to_owned());
    let names = [kernel.version.clone()].into_iter().chain(flavour);
    for name in names {
        for (prefix, suffix) in [
            ("initrd.img-", ""),
            ("initramfs-", ".img"),
            ("initrd-", ""),
            ("initrd-", ".img"),
            ("initramfs-", ""),
        ] {
            let Ok(path) = format!("/boot/{prefix}{name}{suffix}").parse() else {
                continue;
            };
            if let Some(found) = regular(guest, &path)? {
                return Ok(Some(found));
            }
        }
    }
    Ok(None)
}

/// A regular file's place, links resolved.
fn regular(guest: &mut dyn Guest, path: &GuestPath) -> Result<Option<GuestPath>, GuestError> {
    match resolve(guest, path) {
        Ok(found) if found.kind() == Some(FileKind::File) => Ok(Some(found.path)),
        Err(error @ GuestError::Io { .. }) => Err(error),
        _ => Ok(None),
    }
}
