//! The SSH host keys of sshd and dropbear, made anew before the boot.
//!
//! Most guests make no host keys at boot, so that one without keys would have no SSH. New keys are made
//! here, of the kinds that the master has: Ed25519 and ECDSA on P-256. No RSA and no DSA key is made; the
//! master's of these kinds are moved aside, as are its certificates. No key of the master's stays in use.

mod dropbear;
mod known;
mod made;
mod paths;
mod sshd_config;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::change::Owner;
use super::files::{Files, Found, Look, OldFile};
use super::flaw::Flaw;
use super::fresh::Fresh;
use super::place::{editable, put, put_aside, secret};
use super::told::{Part, Told};

pub use known::{host_names, known_hosts, public_keys, with_host};

pub(super) use made::is_private;
use made::{Kind, Pair};
use paths::{FOLDERS, certificate_of, file_of, public_of};
use sshd_config::Settings;

const SSHD: [&str; 3] = ["/usr/sbin/sshd", "/usr/bin/sshd", "/sbin/sshd"];
/// Folders of the keys that are built into an initramfs, for unlocking a disk by SSH.
const OF_INITRAMFS: [&str; 2] = ["/etc/dropbear/initramfs", "/etc/dropbear-initramfs"];

/// Places that the subject has to know, before what [`more`] adds.
pub(crate) fn looks() -> Vec<Look> {
    let mut looks = Vec::new();
    looks.extend(FOLDERS.map(Look::folder));
    looks.extend(SSHD.map(Look::kind));
    looks.extend(OF_INITRAMFS.map(Look::names));
    looks.extend(sshd_config::looks());
    looks.extend(dropbear::looks());
    looks
}

/// Places that the configuration seen so far leads to; none once all were seen.
pub(crate) fn more(files: &Files) -> Vec<Look> {
    let settings = Settings::of(files);
    let mut looks = settings.unseen;
    for key in &settings.host_keys {
        for path in [key.clone(), public_of(key), certificate_of(key)] {
            looks.push(Look::file(&path));
        }
    }
    for path in &settings.certificates {
        looks.push(Look::file(path));
    }
    let is_new = |look: &Look| match look {
        Look::File(path) => files.get(path).is_none(),
        _ => true,
    };
    looks.retain(is_new);
    looks
}

/// Changes that give the guest host keys of its own. `host` stands in their comments. A child that has
/// its own keys already (`kept`) keeps them.
///
/// # Errors
/// [`Flaw`]: sshd would be left without a key that it takes, or a key cannot be replaced.
pub fn render(host: &str, kept: bool, fresh: &mut Fresh<'_>, files: &Files) -> Result<Part, Flaw> {
    let mut part = Part::default();
    if kept {
        return Ok(part);
    }
    let comment = format!("root@{host}");
    let settings = Settings::of(files);
    if settings.has_agent {
        return Err(Flaw::new(
            "ssh-key-agent",
            "sshd_config names a HostKeyAgent, which keeps the keys elsewhere: keep the master's keys, or remove HostKeyAgent in the master",
        ));
    }
    let old = old_keys(&settings, files);
    let plan = wanted(&settings, &old, files)?;
    let sibling = sibling(&old);
    for (path, key) in &old {
        if plan.contains_key(path) {
            continue;
        }
        if matches!(files.at(path), Some(Found::Link { .. })) {
            return Err(Flaw::new(
                "ssh-key-link",
                format!(
                    "{path} is a link to a key that osgraft cannot make anew: remove that key in the master, or keep the master's keys"
                ),
            ));
        }
        put_aside(&mut part, files, path)?;
        put_aside(&mut part, files, &public_of(path))?;
        if settings.host_keys.contains(path) && key.is_host_key {
            part.tell(Told::new(
                "ssh-key-gone",
                format!(
                    "{path}, which sshd_config names, is moved aside: keys of this kind are not made; sshd goes on with its others"
                ),
            ));
        }
    }
    for (path, kind) in &plan {
        let pair = Pair::new(*kind, &comment, fresh);
        let owner = match editable(files, path)? {
            Some(file) if !is_taken_by_sshd(file.owner) => {
                return Err(Flaw::new(
                    "ssh-key-mode",
                    format!(
                        "{path} has mode {:04o}, with which sshd ignores it: run “chmod 600” on it in the master",
                        file.owner.mode
                    ),
                ));
            }
            Some(file) => file.owner,
            None => sibling,
        };
        part.changes.push(secret(path, pair.openssh(), owner));
        let public = pair.public_line();
        put(
            &mut part,
            files,
            &public_of(path),
            public.as_bytes(),
            Owner::root(0o644),
        )?;
    }
    certificates(&mut part, &settings, &old, files)?;
    dropbear::render(&mut part, &comment, fresh, files)?;
    let of_initramfs = OF_INITRAMFS
        .iter()
        .flat_map(|folder| files.in_folder(folder));
    let mut of_initramfs = of_initramfs.filter(|(path, _)| {
        path.file_name()
            .is_some_and(|name| name.ends_with(b"_host_key"))
    });
    if let Some((path, _)) = of_initramfs.next() {
        part.tell(Told::new(
            "ssh-key-initramfs",
            format!(
                "{path} is built into the initramfs, which is not changed: the child's SSH before its root is mounted has the master's key"
            ),
        ));
    }
    Ok(part)
}

/// A private key that the master has.
struct OldKey<'a> {
    kind: Option<Kind>,
    /// False for a copy of a key under another name.
    is_host_key: bool,
    /// True for the name that OpenSSH gives to DSA keys, which it made until version 6.
    is_dsa: bool,
    file: Option<&'a OldFile>,
}

/// The private keys that sshd's folders hold, and those that its configuration names.
fn old_keys<'a>(settings: &Settings, files: &'a Files) -> BTreeMap<String, OldKey<'a>> {
    let mut keys = BTreeMap::new();
    for (path, found) in FOLDERS.iter().flat_map(|folder| files.in_folder(folder)) {
        let text = path.to_string();
        let name = text.rsplit('/').next().unwrap_or_default();
        let file = file_of(found);
        let is_named = name.starts_with("ssh_host_") && name.ends_with("_key");
        let is_copy = name.starts_with("ssh_host_")
            && file.is_some_and(|file| made::is_private(&file.content));
        let is_listed = settings.host_keys.contains(&text);
        if !(is_named || is_copy || is_listed) || matches!(found, Found::Directory) {
            continue;
        }
        let key = OldKey {
            kind: Kind::of(name, file.map(|file| file.content.as_slice())),
            is_host_key: is_named || is_listed,
            is_dsa: name == "ssh_host_dsa_key",
            file,
        };
        keys.insert(text, key);
    }
    for path in &settings.host_keys {
        let Some(found) = files.at(path) else {
            continue;
        };
        let file = file_of(found);
        let name = path.rsplit('/').next().unwrap_or_default();
        keys.entry(path.clone()).or_insert_with(|| OldKey {
            kind: Kind::of(name, file.map(|file| file.content.as_slice())),
            is_host_key: true,
            is_dsa: false,
            file,
        });
    }
    keys
}

/// The keys to make, by path.
fn wanted(
    settings: &Settings,
    old: &BTreeMap<String, OldKey<'_>>,
    files: &Files,
) -> Result<BTreeMap<String, Kind>, Flaw> {
    let mut plan = BTreeMap::new();
    for (path, key) in old {
        if let Some(kind) = key.kind.filter(|_| key.is_host_key) {
            plan.insert(path.clone(), kind);
        }
    }
    for path in &settings.host_keys {
        let name = path.rsplit('/').next().unwrap_or_default();
        if let (None, Some(kind)) = (files.at(path), Kind::of(name, None)) {
            plan.insert(path.clone(), kind);
        }
    }
    let has_sshd = SSHD.iter().any(|path| files.exists(path));
    let has_keys = old.values().any(|key| key.is_host_key);
    if !has_sshd && !has_keys {
        return Ok(plan);
    }
    if plan.is_empty() && old.values().any(|key| key.is_dsa) {
        return Err(Flaw::new(
            "ssh-key-old",
            "the master's sshd has RSA and DSA keys alone, so it may be too old for a key that osgraft makes: keep the master's keys, or let the master make them at boot",
        ));
    }
    let allowed = [Kind::Ed25519, Kind::Ecdsa];
    let mut allowed = allowed
        .into_iter()
        .filter(|kind| settings.allows(kind.algorithm()));
    let is_served = |(path, kind): (&String, &Kind)| {
        let is_read = match settings.host_keys.is_empty() {
            true => path.starts_with(&format!("{}/ssh_host_", settings.folder)),
            false => settings.host_keys.contains(path),
        };
        is_read && settings.allows(kind.algorithm())
    };
    if plan.iter().any(is_served) {
        return Ok(plan);
    }
    match allowed.next() {
        Some(kind) if settings.host_keys.is_empty() => {
            plan.insert(format!("{}/{}", settings.folder, kind.file_name()), kind);
        }
        Some(kind) => {
            return Err(Flaw::new(
                "ssh-key-listed",
                format!(
                    "sshd_config names no HostKey that osgraft can make: add “HostKey {}/{}” in the master, or keep the master's keys",
                    settings.folder,
                    kind.file_name()
                ),
            ));
        }
        None => {
            return Err(Flaw::new(
                "ssh-key-algorithms",
                "sshd_config allows neither Ed25519 nor ECDSA keys (HostKeyAlgorithms), and osgraft makes no others: add ssh-ed25519 in the master, or keep the master's keys",
            ));
        }
    }
    Ok(plan)
}

/// Owner and mode for a key that the master has none of.
fn sibling(old: &BTreeMap<String, OldKey<'_>>) -> Owner {
    let owners = old
        .values()
        .filter_map(|key| key.file)
        .map(|file| file.owner);
    let mut sound = owners.filter(|owner| owner.uid == 0 && is_taken_by_sshd(*owner));
    sound.next().unwrap_or(Owner::root(0o600))
}

/// True where sshd takes a key of this owner and mode. RHEL up to 8 and its kin let a group of their own
/// read it.
fn is_taken_by_sshd(owner: Owner) -> bool {
    let others = owner.mode & 0o077;
    others == 0 || (others == 0o040 && owner.gid != 0)
}

/// Moves the certificates aside that belong to the master's keys.
fn certificates(
    part: &mut Part,
    settings: &Settings,
    old: &BTreeMap<String, OldKey<'_>>,
    files: &Files,
) -> Result<(), Flaw> {
    let mut paths: Vec<String> = old.keys().map(|path| certificate_of(path)).collect();
    paths.extend(settings.certificates.iter().cloned());
    paths.sort();
    paths.dedup();
    for path in paths {
        if put_aside(part, files, &path)? {
            part.tell(Told::new(
                "ssh-key-certificate",
                format!(
                    "{path} certifies a key of the master's and is moved aside: sign the child's new key"
                ),
            ));
        }
    }
    Ok(())
}
