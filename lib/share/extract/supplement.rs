//! The supplements of a release's kernels.

use std::collections::BTreeMap;

use super::facts::Booted;
use crate::graft::{Finding, initramfs_files};
use crate::guest::{Guest, GuestError, GuestFacts};
use crate::share::ShareError;
use crate::share::boot::{Initramfs, Supplement};
use crate::share::thin::{ThinError, carried};

/// Largest initramfs that is looked into.
const IMAGE_MAX: u64 = 64 << 20;

/// A supplement for each kernel that boots, by the kernel's version. A kernel that cannot have one is told:
/// its modules are in the share alone.
pub(super) fn supplements(
    guest: &mut dyn Guest,
    facts: &GuestFacts,
    booted: &[Booted],
    warnings: &mut Vec<Finding>,
) -> Result<BTreeMap<String, Vec<u8>>, ShareError> {
    let mut found = BTreeMap::new();
    for kernel in booted {
        let Some((_, initrd)) = &kernel.files else {
            continue;
        };
        let mut lacks = |why: &str| {
            let text = format!(
                "kernel {}: {initrd} {why}, so the release has no archive with the modules that mounting the share takes; a child that boots this kernel by direct boot mounts the share only if its own initramfs loads them",
                kernel.version
            );
            let finding = Finding::new("release-without-supplement", text);
            warnings.push(finding.with(crate::codes::Severity::Warning));
        };
        let image = match guest.read(initrd, IMAGE_MAX) {
            Ok(image) => image,
            Err(GuestError::TooLarge { .. }) => {
                lacks("is larger than is read (64 MiB)");
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let files = match initramfs_files(&image, &Initramfs::TOLD_BY) {
            Ok(files) => files,
            Err(why) => {
                lacks(why);
                continue;
            }
        };
        drop(image);
        let Some(behind) = Initramfs::of(|name| files.get(name).cloned()) else {
            lacks("is made neither by initramfs-tools nor by dracut");
            continue;
        };
        let known = facts.kernels.iter().find(|it| it.version == kernel.version);
        let carried = match known.map(|known| carried(guest, known)).transpose() {
            Ok(carried) => carried.flatten(),
            Err(ThinError::Master(error)) => return Err(ShareError::Master(error)),
            Err(error) => {
                lacks(&format!("has no modules to go with it ({error})"));
                continue;
            }
        };
        let mut supplement = Supplement::new(&kernel.version, behind);
        for (path, content) in carried.unwrap_or_default() {
            if let Ok(path) = String::from_utf8(path) {
                supplement = supplement.file(path, content);
            }
        }
        let mut archive = Vec::new();
        supplement
            .write(&mut archive)
            .expect("memory takes all of it, and each file is far below 4 GiB");
        found.insert(kernel.version.clone(), archive);
    }
    Ok(found)
}
