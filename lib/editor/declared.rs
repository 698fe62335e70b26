//! Mounts and swap spaces, as a guest's own files name them.

use super::EditorError;
use super::bar::Bar;
use super::signature::{self, PAGES};
use crate::fstab::{Entry, Fstab};
use crate::guest::{FileKind, Guest, GuestError, resolve, resolve_spelled};
use crate::path::{GuestPath, escape};

/// Bytes of an fstab that are read.
const MAX_FSTAB: u64 = 1 << 20;
/// Bytes of a unit that are read.
const MAX_UNIT: u64 = 64 << 10;
/// Swap files, and units of them, that are looked at.
const MAX_SWAP: usize = 64;
/// Folder of the units of the guest's administrator.
const UNITS: &str = "/etc/systemd/system";
/// Swap files that distributions make; a guest may use one without a line in its fstab.
const USUAL: [&str; 5] = [
    "/swapfile",
    "/swap.img",
    "/swap/swapfile",
    "/var/swapfile",
    "/var/swap",
];
/// Mount options with which something else is mounted than the root of what lies on a device:
/// mount(8), btrfs(5), the kernel's `Documentation/filesystems/`.
const ELSEWHERE: [&str; 13] = [
    "bind",
    "cp",
    "encryption",
    "loop",
    "lowerdir",
    "move",
    "offset",
    "rbind",
    "sizelimit",
    "subvol",
    "subvolid",
    "upperdir",
    "x-mount.subdir",
];
/// The same, and libmount sets up dm-verity for it.
const VERITY: &[u8] = b"verity.";

/// Depth to which swap files are searched for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Search {
    /// Place of the swap file in nearly all guests: a guest that was shut down is not hibernated.
    Usual,
    /// By units too.
    Thorough,
}

/// Refuses a root that its own fstab mounts from elsewhere than this file system, and one that is
/// hibernated to a swap file.
pub(super) fn judge(guest: &mut dyn Guest, search: Search) -> Result<(), EditorError> {
    let fstab = fstab(guest)?;
    let of_root = |entry: &Entry| entry.mount_point().is_some_and(|at| at.is_root());
    for line in fstab.entries().filter(|line| of_root(&line.entry)) {
        if let Some(option) = elsewhere(&line.entry, &[]) {
            return Err(EditorError::MountOption {
                mount_point: GuestPath::root(),
                option,
            });
        }
    }
    match hibernated(guest, &fstab, search).map_err(EditorError::SwapFile)? {
        Some(bar) => Err(bar.into()),
        None => Ok(()),
    }
}

/// The first option of an entry, escaped, that mounts something else than the device's whole file
/// system, and is none of those that the caller follows.
pub(super) fn elsewhere(entry: &Entry, followed: &[&str]) -> Option<String> {
    let options = entry.options().split(|byte| *byte == b',');
    let is = |option: &&[u8]| {
        let end = option.iter().position(|byte| *byte == b'=');
        let name = &option[..end.unwrap_or(option.len())];
        let among = |names: &[&str]| {
            let mut names = names.iter();
            names.any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
        };
        (among(&ELSEWHERE) && !among(followed)) || name.starts_with(VERITY)
    };
    let mut options = options;
    options.find(is).map(escape)
}

/// The guest's fstab, and an empty one where preparing is to judge it.
fn fstab(guest: &mut dyn Guest) -> Result<Fstab, EditorError> {
    let read = match GuestPath::new("/etc/fstab") {
        Ok(path) => resolve(guest, &path).and_then(|at| guest.read(&at.path, MAX_FSTAB)),
        Err(_) => return Ok(Fstab::missing()),
    };
    match read {
        Ok(bytes) => Ok(Fstab::parse(&bytes)),
        Err(error @ GuestError::Io { .. }) => Err(EditorError::SwapFile(error)),
        Err(_) => Ok(Fstab::missing()),
    }
}

/// The bar of a guest whose memory is saved in one of its swap files.
pub(super) fn hibernated(
    guest: &mut dyn Guest,
    fstab: &Fstab,
    search: Search,
) -> Result<Option<Bar>, GuestError> {
    let swap = fstab
        .entries()
        .filter(|line| line.entry.vfstype() == b"swap")
        .map(|line| line.entry.spec().to_vec())
        .filter(|spec| is_file(spec));
    let mut files: Vec<Vec<u8>> = swap.take(MAX_SWAP).collect();
    if search == Search::Thorough {
        let units = of_units(guest)?.into_iter();
        files.extend(units.filter(|what| is_file(what)).take(MAX_SWAP));
    }
    files.extend(USUAL.iter().map(|path| path.as_bytes().to_vec()));
    for file in files {
        if is_hibernated(guest, &file)? {
            let place = escape(&file);
            return Ok(Some(Bar::Hibernated { place }));
        }
    }
    Ok(None)
}

/// True for a path that may be that of a swap file: no `UUID=…`, and no device.
fn is_file(path: &[u8]) -> bool {
    let goes_up = path.split(|byte| *byte == b'/').any(|name| name == b"..");
    path.starts_with(b"/") && !path.contains(&0) && (goes_up || !path.starts_with(b"/dev/"))
}

fn is_hibernated(guest: &mut dyn Guest, path: &[u8]) -> Result<bool, GuestError> {
    let at = match resolve_spelled(guest, path) {
        Ok(at) if at.kind() == Some(FileKind::File) => at.path,
        Err(error @ GuestError::Io { .. }) => return Err(error),
        // The guest does not swap there either.
        _ => return Ok(false),
    };
    let head = guest.read_start(&at, PAGES[PAGES.len() - 1])?;
    Ok(signature::starts_hibernated(&head))
}

/// Swap spaces that the swap units of the guest's administrator name (systemd.swap(5)).
fn of_units(guest: &mut dyn Guest) -> Result<Vec<Vec<u8>>, GuestError> {
    let folder = match GuestPath::new(UNITS).map(|path| resolve(guest, &path)) {
        Ok(Ok(at)) if at.kind() == Some(FileKind::Directory) => at.path,
        Ok(Err(error @ GuestError::Io { .. })) => return Err(error),
        _ => return Ok(Vec::new()),
    };
    let entries = known(guest.read_dir(&folder))?.unwrap_or_default();
    let mut named = Vec::new();
    let units = entries.iter().filter(|e| e.name.ends_with(b".swap"));
    for unit in units.take(MAX_SWAP) {
        let Ok(path) = folder.join(&unit.name) else {
            continue;
        };
        let read = resolve(guest, &path).and_then(|at| guest.read(&at.path, MAX_UNIT));
        let text = known(read)?.unwrap_or_default();
        let what = text.split(|byte| *byte == b'\n').filter_map(|line| {
            let value = line.trim_ascii().strip_prefix(b"What")?.trim_ascii_start();
            Some(value.strip_prefix(b"=")?.trim_ascii().to_vec())
        });
        named.extend(what);
    }
    Ok(named)
}

/// A failure of the disk is one; whatever else cannot be read says nothing.
fn known<T>(read: Result<T, GuestError>) -> Result<Option<T>, GuestError> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(error @ GuestError::Io { .. }) => Err(error),
        Err(_) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest::MemoryGuest;

    fn saved(page: usize) -> Vec<u8> {
        let mut bytes = vec![0; 80 << 10];
        bytes[page - 10..][..9].copy_from_slice(b"S1SUSPEND");
        bytes
    }

    fn guest(fstab: &str) -> MemoryGuest {
        MemoryGuest::new().file("/etc/fstab", fstab)
    }

    fn place(guest: &mut MemoryGuest) -> Option<String> {
        match judge(guest, Search::Thorough) {
            Ok(()) => None,
            Err(EditorError::Barred(Bar::Hibernated { place })) => Some(place),
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn saved_memory_is_seen_in_each_kind_of_swap_file() {
        let named = || guest("/data/swap none swap sw 0 0\nUUID=1 none swap sw 0 0\n");
        assert_eq!(place(&mut named()), None);
        let mut of_fstab = named().file("/data/swap", saved(16384));
        assert_eq!(place(&mut of_fstab), Some("/data/swap".into()));
        let mut linked = named()
            .link("/data/swap", "/srv/real")
            .file("/srv/real", saved(4096));
        assert_eq!(place(&mut linked), Some("/data/swap".into()));
        let unit = "[Unit]\n[Swap]\nWhat = /srv/unit\n";
        let mut of_unit = guest("")
            .file("/etc/systemd/system/srv-unit.swap", unit)
            .file("/srv/unit", saved(65536));
        assert_eq!(place(&mut of_unit), Some("/srv/unit".into()));
        for usual in USUAL {
            let mut usual_one = guest("").file(usual, saved(4096));
            assert_eq!(place(&mut usual_one), Some(usual.into()));
        }
    }

    #[test]
    fn saved_memory_is_seen_in_each_of_sixty_four_swap_files() {
        let lines: String = (1..=64)
            .map(|at| format!("UUID={at} none swap sw 0 0\n/swaps/{at} none swap sw 0 0\n"))
            .collect();
        for at in [1, 16, 17, 64] {
            let file = format!("/swaps/{at}");
            let mut guest = guest(&lines).file(&file, saved(4096));
            assert_eq!(place(&mut guest), Some(file));
        }
    }

    #[test]
    fn a_swap_file_with_dots_in_its_path_is_found_where_the_kernel_finds_it() {
        for (spec, file) in [
            ("/a/../a/b/sw", "/a/b/sw"),
            ("/../../a/./b//sw", "/a/b/sw"),
            // The link leads to /srv/deep, and `..` goes up from there.
            ("/link/../sw", "/srv/sw"),
            ("/dev/../a/sw", "/a/sw"),
        ] {
            let with = |file: &str| {
                guest(&format!("{spec} none swap sw 0 0\n"))
                    .dir("/a/b")
                    .dir("/dev")
                    .dir("/srv/deep")
                    .link("/link", "srv/deep")
                    .file(file, saved(4096))
            };
            assert_eq!(place(&mut with(file)), Some(spec.into()), "{spec}");
            assert_eq!(place(&mut with("/sw")), None, "{spec}");
        }
        let long = format!("{}sw", "/a/..".repeat(1000));
        let too_long = guest(&format!("{long} none swap sw 0 0\n")).dir("/a");
        let mut too_long = too_long.file("/sw", saved(4096));
        assert_eq!(place(&mut too_long), None);
    }

    #[test]
    fn the_quick_search_looks_below_var_too() {
        for file in ["/var/swap", "/var/swapfile"] {
            let mut guest = guest("").file(file, saved(4096));
            match judge(&mut guest, Search::Usual) {
                Err(EditorError::Barred(Bar::Hibernated { place })) => assert_eq!(place, file),
                other => panic!("{file}: {other:?}"),
            }
        }
    }

    #[test]
    fn plain_swap_and_what_is_no_file_is_passed_over() {
        let mut plain = vec![0; 4096];
        plain[4086..].copy_from_slice(b"SWAPSPACE2");
        let lines = "/plain none swap sw 0 0\n/fifo none swap sw 0 0\n/dev/sda2 none swap sw 0 0\n\
                     /gone none swap sw 0 0\n/loop none swap sw 0 0\nLABEL=s none swap sw 0 0\n";
        let mut guest = guest(lines)
            .file("/plain", plain)
            .fifo("/fifo")
            .link("/loop", "loop")
            .file("/dev/sda2", saved(4096))
            .hole("/swapfile", 8 << 30);
        assert_eq!(place(&mut guest), None);
    }

    #[test]
    fn a_root_that_is_mounted_from_elsewhere_is_refused_by_the_option() {
        let options = [
            "rw,loop",
            "loop=/dev/loop0",
            "offset=1048576",
            "sizelimit=4096",
            "bind",
            "subvol=@",
            "subvolid=256",
            "X-mount.subdir=os",
            "lowerdir=/a",
            "cp=3",
            "verity.roothash=00",
        ];
        for option in options {
            let line = format!("/dev/vda1 / ext4 noatime,{option} 0 1\n");
            match judge(&mut guest(&line), Search::Usual).unwrap_err() {
                EditorError::MountOption { option: found, .. } => {
                    assert!(option.ends_with(&found), "{option}: {found}");
                }
                other => panic!("{option}: {other}"),
            }
        }
        let plain = "defaults,errors=remount-ro,x-systemd.growfs,commit=30,discard,nofail,noauto";
        for of in [
            format!("/dev/vda1 / ext4 {plain} 0 1\n"),
            "x /srv none bind\n".into(),
        ] {
            assert_eq!(place(&mut guest(&of)), None);
        }
    }
}
