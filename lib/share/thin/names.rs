//! What a guest's own files say about the modules that it needs.

use super::guards::exists;
use super::wish::GuestNames;
use crate::fstab::Fstab;
use crate::guest::{FileKind, Guest, GuestError, resolve};
use crate::path::{GuestPath, escape};

/// Bytes of one file that are read.
const MAX: u64 = 1 << 20;
/// Files of one folder that are read.
const FILES: usize = 256;

/// Files that name one module a line.
const LISTS: [&str; 2] = ["/etc/modules", "/etc/initramfs-tools/modules"];
const FOLDERS: [&str; 2] = ["/etc/modules-load.d", "/usr/lib/modules-load.d"];

/// Units that load a firewall at boot.
const FIREWALLS: [&str; 6] = [
    "nftables.service",
    "ufw.service",
    "firewalld.service",
    "netfilter-persistent.service",
    "iptables.service",
    "ip6tables.service",
];
const TARGETS: [&str; 4] = ["sysinit", "basic", "multi-user", "network-pre"];

/// Reads them. What is not there says nothing.
pub(super) fn read(guest: &mut dyn Guest) -> Result<GuestNames, GuestError> {
    let mut names = GuestNames::default();
    if let Some(text) = content(guest, "/etc/fstab")? {
        for line in Fstab::parse(&text).entries() {
            let entry = &line.entry;
            let mut options = entry.options().split(|byte| *byte == b',');
            if line.managed || options.any(|option| option == b"noauto") {
                continue;
            }
            let (device, kind) = (escape(entry.spec()), escape(entry.vfstype()));
            if entry.mount_point().is_some_and(|at| at.is_root()) {
                names.root = Some(kind.clone());
            }
            names.mounts.push((device, kind));
        }
    }
    let mut files: Vec<String> = LISTS.map(str::to_owned).to_vec();
    for folder in FOLDERS {
        for name in listed(guest, folder)? {
            if name.ends_with(b".conf")
                && let Ok(name) = String::from_utf8(name)
            {
                files.push(format!("{folder}/{name}"));
            }
        }
    }
    for file in files {
        if let Some(text) = content(guest, &file)? {
            names.lists.push((file, text));
        }
    }
    let has_entry = |text: Option<Vec<u8>>, word: &[u8]| {
        let text = text.unwrap_or_default();
        let mut lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        lines.any(|line| !line.is_empty() && !line.starts_with(b"#") && line.starts_with(word))
    };
    names.has_crypttab = has_entry(content(guest, "/etc/crypttab")?, b"");
    for file in ["/etc/mdadm/mdadm.conf", "/etc/mdadm.conf"] {
        names.has_arrays |= has_entry(content(guest, file)?, b"ARRAY");
    }
    names.has_lvm = exists(guest, "/etc/lvm/lvm.conf")?;
    for target in TARGETS {
        for unit in FIREWALLS {
            let path = format!("/etc/systemd/system/{target}.target.wants/{unit}");
            if names.firewall.is_none() && is_linked(guest, &path)? {
                names.firewall = Some(unit.to_owned());
            }
        }
    }
    Ok(names)
}

/// The content of a file of the guest, links followed.
pub(super) fn content(guest: &mut dyn Guest, path: &str) -> Result<Option<Vec<u8>>, GuestError> {
    let Ok(path) = GuestPath::new(path) else {
        return Ok(None);
    };
    let found = match resolve(guest, &path) {
        Ok(found) if found.kind() == Some(FileKind::File) => found,
        Ok(_) => return Ok(None),
        Err(error) => return unread(error),
    };
    match guest.read(&found.path, MAX) {
        Ok(text) => Ok(Some(text)),
        Err(error) => unread(error),
    }
}

fn unread<T>(error: GuestError) -> Result<Option<T>, GuestError> {
    match error {
        GuestError::NotFound(_)
        | GuestError::NotADirectory(_)
        | GuestError::LinkLoop(_)
        | GuestError::TooLarge { .. } => Ok(None),
        error => Err(error),
    }
}

fn listed(guest: &mut dyn Guest, folder: &str) -> Result<Vec<Vec<u8>>, GuestError> {
    let Ok(path) = GuestPath::new(folder) else {
        return Ok(Vec::new());
    };
    let found = match resolve(guest, &path) {
        Ok(found) if found.kind() == Some(FileKind::Directory) => found,
        Ok(_) => return Ok(Vec::new()),
        Err(error) => return Ok(unread(error)?.unwrap_or_default()),
    };
    let entries = guest.read_dir(&found.path)?.into_iter();
    Ok(entries.take(FILES).map(|entry| entry.name).collect())
}

/// True where a link lies there, wherever it leads.
fn is_linked(guest: &mut dyn Guest, path: &str) -> Result<bool, GuestError> {
    let Ok(path) = GuestPath::new(path) else {
        return Ok(false);
    };
    match guest.lstat(&path) {
        Ok(_) => Ok(true),
        Err(error) => Ok(unread::<bool>(error)?.unwrap_or_default()),
    }
}
