//! The kernel's command lines, as the guest's boot loader has them.

use super::error::ApplianceError;
use super::explain::unwrapped;
use super::mounts::literal;
use super::subvolume::Subvolume;
use super::tree::Tree;
use crate::guest::{FileKind, Guest, GuestError, resolve};
use crate::path::escape;

/// Files of boot loaders that hold them; of the first ones, the first line is what boots by default.
const FILES: [&str; 6] = [
    "/boot/grub/grub.cfg",
    "/boot/grub2/grub.cfg",
    "/boot/grub2/grubenv",
    "/boot/extlinux/extlinux.conf",
    "/boot/syslinux/syslinux.cfg",
    "/etc/kernel/cmdline",
];
const ENTRIES: [&str; 4] = [
    "/boot/loader/entries",
    "/boot/efi/loader/entries",
    "/efi/loader/entries",
    "/boot/EFI/loader/entries",
];
/// Entries of one folder that are read.
const MAX_ENTRIES: usize = 64;
/// Bytes of a file that are read.
const MAX_FILE: u64 = 1 << 20;
/// Options that put the root or `/usr` under dm-verity: systemd-veritysetup-generator(8), and
/// what dracut and Chromium OS take.
const VERITY: [&[u8]; 5] = [
    b"roothash=",
    b"usrhash=",
    b"verity.usrhash=",
    b"systemd.verity_root_data=",
    b"dm-mod.create=",
];

/// The root, as the command lines name it.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct CommandLines {
    /// The subvolumes that `rootflags=` names, in order, each once.
    pub(super) subvolumes: Vec<Subvolume>,
    /// True where the first of them is what boots by default.
    pub(super) first_boots: bool,
    /// The parameter that puts the root or `/usr` under dm-verity, escaped.
    pub(super) verity: Option<String>,
}

impl CommandLines {
    /// Reads what the mounted guest has.
    pub(super) fn read(tree: &mut Tree) -> Result<Self, ApplianceError> {
        let mut found = Self::default();
        for file in FILES {
            let text = read(tree, file)?;
            let before = found.subvolumes.len();
            found.take(&text);
            found.first_boots |=
                before == 0 && !found.subvolumes.is_empty() && file.ends_with("grub.cfg");
        }
        for folder in ENTRIES {
            for name in names(tree, folder)? {
                let name = String::from_utf8_lossy(&name).into_owned();
                let text = read(tree, &format!("{folder}/{name}"))?;
                found.take(&text);
            }
        }
        Ok(found)
    }

    fn take(&mut self, text: &[u8]) {
        let lines = text.split(|byte| *byte == b'\n');
        let lines = lines.filter(|line| !line.trim_ascii_start().starts_with(b"#"));
        for word in lines.flat_map(|line| line.split(u8::is_ascii_whitespace)) {
            let word: Vec<u8> = word
                .iter()
                .copied()
                .filter(|byte| !matches!(byte, b'"' | b'\''))
                .collect();
            // grubenv holds a variable with the whole line.
            let word = word.strip_prefix(b"kernelopts=").unwrap_or(&word);
            if let Some(subvolume) = word
                .strip_prefix(b"rootflags=")
                .and_then(Subvolume::of_options)
                && !self.subvolumes.contains(&subvolume)
            {
                self.subvolumes.push(subvolume);
            }
            if VERITY.iter().any(|known| word.starts_with(known)) {
                self.verity
                    .get_or_insert_with(|| escape(&word[..word.len().min(80)]));
            }
        }
    }
}

fn read(tree: &mut Tree, path: &str) -> Result<Vec<u8>, ApplianceError> {
    let Ok(path) = path.parse() else {
        return Ok(Vec::new());
    };
    let at = resolve(tree, &path);
    let text = at.and_then(|at| match at.kind() {
        Some(FileKind::File) => tree.read(&at.path, MAX_FILE),
        _ => Ok(Vec::new()),
    });
    known(text)
}

fn names(tree: &mut Tree, folder: &str) -> Result<Vec<Vec<u8>>, ApplianceError> {
    let at = resolve(tree, &literal(folder));
    let entries = at.and_then(|at| match at.kind() {
        Some(FileKind::Directory) => tree.read_dir(&at.path),
        _ => Ok(Vec::new()),
    });
    let names = known(entries)?.into_iter().map(|entry| entry.name);
    Ok(names
        .filter(|name| name.ends_with(b".conf"))
        .take(MAX_ENTRIES)
        .collect())
}

/// A file that cannot be read says nothing, unless the appliance itself failed.
fn known<T: Default>(read: Result<T, GuestError>) -> Result<T, ApplianceError> {
    match read {
        Err(GuestError::Io { source, .. }) => Err(unwrapped(source)),
        read => Ok(read.unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> CommandLines {
        let mut found = CommandLines::default();
        found.take(text.as_bytes());
        found
    }

    #[test]
    fn root_flags_are_found_in_each_kind_of_file() {
        let shown = |text: &str| {
            let found = of(text).subvolumes;
            found.iter().map(Subvolume::shown).collect::<Vec<_>>()
        };
        let grub = "menuentry 'a' {\n\tlinux\t/@/boot/vmlinuz root=UUID=1 ro rootflags=subvol=@ quiet\n}\n\
                    menuentry 'b' {\n linux /b root=UUID=1 rootflags=noatime,subvol=@old\n}\n\
                    # linux /c rootflags=subvol=@comment\n";
        assert_eq!(shown(grub), ["subvol=/@", "subvol=/@old"]);
        assert_eq!(
            shown("options root=x \"rootflags=subvolid=257\""),
            ["subvolid=257"]
        );
        assert_eq!(
            shown("kernelopts=rootflags=subvol=root ro\n"),
            ["subvol=/root"]
        );
        assert!(shown("linux /vmlinuz root=UUID=1 rootflags=noatime").is_empty());
    }

    #[test]
    fn a_command_line_with_hashes_is_told() {
        let hash = of("options roothash=00aa ro").verity;
        assert_eq!(hash.as_deref(), Some("roothash=00aa"));
        assert_eq!(of("options root=x ro").verity, None);
    }
}
