//! Places that will be asked for soon.
//!
//! A guest behind a connection answers one call with each message. Told beforehand what will be asked,
//! it looks at all of it at once, and its [`Memory`](super::Memory) goes back in one message.

use serde::{Deserialize, Serialize};

use super::{FileKind, Guest, GuestError, GuestFacts, resolve};
use crate::path::GuestPath;

/// Largest file that is read ahead, in bytes.
const MAX_CONTENT: u64 = 4096;
/// Files of a drop-in folder that are read ahead.
const MAX_DROP_INS: usize = 16;
/// Entries of another folder that are looked at ahead.
const MAX_ENTRIES: usize = 64;

/// Questions that will be asked of a guest. Naming them saves time and nothing else: one that is left out
/// costs a call, and so does one that nobody asks.
#[derive(Clone, Debug, Default, Eq, PartialEq, Deserialize, Serialize)]
pub(crate) struct Ahead {
    facts: bool,
    places: Vec<GuestPath>,
    in_tree: Vec<String>,
    folders: Vec<(GuestPath, bool)>,
}

impl Ahead {
    /// All that [`GuestFacts`] are gathered from.
    pub(crate) fn facts() -> Self {
        Self {
            facts: true,
            ..Self::default()
        }
    }

    /// These folders as well, in the module tree of the newest kernel that the guest can boot. It is known
    /// with the [`facts`](Self::facts) alone.
    pub(crate) fn in_tree(mut self, folders: impl IntoIterator<Item = String>) -> Self {
        self.in_tree.extend(folders);
        self
    }

    /// These paths as well, with all links followed: a small file with its content, a folder with its
    /// names, and a folder of drop-ins (`*.d`) with the files in it.
    pub(crate) fn places(mut self, places: impl IntoIterator<Item = GuestPath>) -> Self {
        self.places.extend(places);
        self
    }

    /// These folders as well, with links followed: the kind of each thing in them, and where that is `true` the
    /// content of the small files.
    pub(crate) fn folders(mut self, folders: impl IntoIterator<Item = (GuestPath, bool)>) -> Self {
        self.folders.extend(folders);
        self
    }

    /// Looks at all of it. Whoever asks again for what failed is told why.
    pub(crate) fn look(&self, guest: &mut dyn Guest) {
        if self.facts
            && let Ok(facts) = GuestFacts::gather(guest)
        {
            let mut newest = facts.kernels.iter().rev();
            let tree =
                newest.find_map(|kernel| kernel.in_boot.as_ref().and(kernel.modules.as_ref()));
            for folder in self.in_tree.iter().filter(|_| tree.is_some()) {
                let path = tree.map(|tree| [tree.as_bytes(), b"/", folder.as_bytes()].concat());
                if let Some(Ok(path)) = path.map(GuestPath::new) {
                    let _ = guest.read_dir(&path);
                }
            }
        }
        for place in &self.places {
            let _ = look_at(guest, place);
        }
        for (folder, has_content) in &self.folders {
            let _ = look_into(guest, folder, *has_content);
        }
    }
}

fn look_into(
    guest: &mut dyn Guest,
    folder: &GuestPath,
    has_content: bool,
) -> Result<(), GuestError> {
    let at = resolve(guest, folder)?;
    if at.kind() != Some(FileKind::Directory) {
        return Ok(());
    }
    for entry in guest.read_dir(&at.path)?.iter().take(MAX_ENTRIES) {
        let Ok(path) = at.path.join(&entry.name) else {
            continue;
        };
        let Ok(found) = guest.lstat(&path) else {
            continue;
        };
        match found.kind {
            FileKind::File if has_content && found.size <= MAX_CONTENT => {
                let _ = guest.read(&path, MAX_CONTENT);
            }
            FileKind::Symlink => {
                let _ = guest.read_link(&path);
            }
            _ => {}
        }
    }
    Ok(())
}

fn look_at(guest: &mut dyn Guest, place: &GuestPath) -> Result<(), GuestError> {
    let at = resolve(guest, place)?;
    let Some(found) = at.metadata else {
        return Ok(());
    };
    match found.kind {
        FileKind::File if found.size <= MAX_CONTENT => drop(guest.read(&at.path, MAX_CONTENT)?),
        FileKind::Directory => {
            let entries = guest.read_dir(&at.path)?;
            let name = at.path.file_name().unwrap_or_default();
            let drop_ins = match name.ends_with(b".d") {
                true => entries.len().min(MAX_DROP_INS),
                false => 0,
            };
            for entry in &entries[..drop_ins] {
                if let Ok(file) = at.path.join(&entry.name) {
                    let _ = guest.read(&file, MAX_CONTENT);
                }
            }
        }
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{MemoryGuest, Remembering};
    use super::*;

    #[test]
    fn what_was_looked_at_ahead_is_asked_for_without_a_call() {
        let guest = MemoryGuest::new()
            .file("/usr/lib/os-release", "ID=debian\n")
            .link("/etc/os-release", "../usr/lib/os-release")
            .file("/etc/apt.conf.d/10", "a")
            .file("/etc/fstab", "text");
        let mut guest = Remembering::new(Box::new(guest));
        let path = |text: &str| text.parse::<GuestPath>().unwrap();
        let places = ["/etc/apt.conf.d", "/etc/fstab", "/none/at/all"];
        Ahead::facts().places(places.map(path)).look(&mut guest);
        guest.below_mut().reset_calls();

        let facts = GuestFacts::gather(&mut guest).unwrap();
        assert_eq!(facts.os.unwrap().id, "debian");
        guest.read(&path("/etc/apt.conf.d/10"), 100).unwrap();
        guest.read(&path("/etc/fstab"), 100).unwrap();
        guest.lstat(&path("/none/at/all")).unwrap_err();
        assert_eq!(guest.below().calls(), []);
    }

    #[test]
    fn folders_of_the_newest_kernels_tree_are_looked_at() {
        let guest = MemoryGuest::new()
            .file("/boot/vmlinuz-6.1", "kernel")
            .file("/lib/modules/6.1/kernel/fs/nfs/nfs.ko", "module")
            .dir("/lib/modules/6.2/kernel/fs/nfs");
        let mut guest = Remembering::new(Box::new(guest));
        // A folder that is not there ends nothing.
        let folders = ["kernel/gone", "kernel/fs/nfs"].map(str::to_owned);
        Ahead::facts().in_tree(folders).look(&mut guest);
        guest.below_mut().reset_calls();
        let path = |text: &str| text.parse::<GuestPath>().unwrap();
        let names = guest
            .read_dir(&path("/lib/modules/6.1/kernel/fs/nfs"))
            .unwrap();
        assert_eq!(names.len(), 1);
        assert_eq!(guest.below().calls(), []);
        guest
            .read_dir(&path("/lib/modules/6.2/kernel/fs/nfs"))
            .unwrap();
        assert_eq!(
            guest.below().calls().len(),
            1,
            "the premise: this kernel is not in /boot"
        );
    }

    #[test]
    fn a_failure_ends_one_place_alone() {
        let guest = MemoryGuest::new()
            .link("/loop", "loop")
            .file("/file", "text")
            .file("/etc/fstab", "text");
        let mut guest = Remembering::new(Box::new(guest));
        let path = |text: &str| text.parse::<GuestPath>().unwrap();
        let places = ["/loop", "/file/below", "/etc/fstab"];
        Ahead::default().places(places.map(path)).look(&mut guest);
        guest.below_mut().reset_calls();
        guest.read(&path("/etc/fstab"), 100).unwrap();
        assert_eq!(guest.below().calls(), []);
    }
}
