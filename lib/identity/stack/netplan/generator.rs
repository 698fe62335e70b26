//! The generator by which a boot runs netplan.

use super::definition::FOLDERS;
use crate::identity::files::{Files, Look};
use crate::identity::stack::unit;

/// Places of the program that systemd runs before it loads units.
const GENERATORS: [&str; 3] = [
    "/usr/lib/systemd/system-generators/netplan",
    "/lib/systemd/system-generators/netplan",
    "/usr/lib/systemd/system/netplan-configure.service",
];
const MASK: &str = "/etc/systemd/system-generators/netplan";

/// Places that tell whether netplan configures the guest.
pub(in crate::identity::stack) fn looks() -> Vec<Look> {
    let mut looks: Vec<Look> = FOLDERS.iter().map(|folder| Look::folder(folder)).collect();
    looks.extend(GENERATORS.iter().map(|place| Look::kind(place)));
    looks.push(Look::kind(MASK));
    looks
}

/// The generator, where a boot runs it and there is a file for it.
pub(in crate::identity::stack) fn generates(files: &Files) -> Option<String> {
    if unit::is_null(files.at(MASK)) {
        return None;
    }
    let has_file = FOLDERS.iter().any(|folder| {
        files.files_in(folder).any(|(path, _)| {
            let name = path.file_name().unwrap_or_default();
            name.ends_with(b".yaml") && !name.starts_with(b".")
        })
    });
    let generator = GENERATORS.iter().find(|place| files.exists(place))?;
    has_file.then(|| (*generator).to_owned())
}
