//! Storages and their volumes: `storage.cfg`.

use std::path::{Path, PathBuf};

use crate::hook::error::DiskRefusal;
use crate::path::escape;

/// Storages whose volumes are files in a folder of this host.
const WITH_FOLDERS: [&str; 6] = ["dir", "nfs", "cifs", "cephfs", "glusterfs", "btrfs"];

/// A storage, as far as it matters here.
#[derive(Debug)]
struct Storage<'a> {
    kind: &'a str,
    path: Option<&'a str>,
    images: Option<&'a str>,
    snippets: Option<&'a str>,
}

/// The file of a volume, such as `local:100/vm-100-disk-0.qcow2`, of a linked clone
/// `local:9000/base-9000-disk-0.qcow2/100/vm-100-disk-0.qcow2`.
pub(super) fn file_of(volume: &str, storages: &str) -> Result<PathBuf, DiskRefusal> {
    let unknown = || DiskRefusal::Volume(escape(volume.as_bytes()));
    let (name, rest) = volume.split_once(':').ok_or_else(unknown)?;
    let refused = |kind: &str| DiskRefusal::Storage {
        storage: escape(name.as_bytes()),
        kind: escape(kind.as_bytes()),
    };
    let storage = find(name, storages).ok_or_else(|| refused("which is not configured"))?;
    if !WITH_FOLDERS.contains(&storage.kind) {
        return Err(refused(storage.kind));
    }
    let parts: Vec<&str> = rest.split('/').collect();
    let (owner, file) = match parts[..] {
        [owner, file] | [_, _, owner, file] => (owner, file),
        _ => return Err(unknown()),
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !is_number(owner) || file.is_empty() || file.starts_with('.') {
        return Err(unknown());
    }
    let root = storage
        .root(name)
        .ok_or_else(|| refused("whose path is not absolute"))?;
    let images = storage.images.unwrap_or("images").trim_start_matches('/');
    Ok(root.join(images).join(owner).join(file))
}

/// Folders in which storages have their snippets, in the file's order.
pub(super) fn snippet_folders(storages: &str) -> Vec<PathBuf> {
    let with_folders = all(storages)
        .into_iter()
        .filter(|(_, storage)| WITH_FOLDERS.contains(&storage.kind));
    with_folders
        .filter_map(|(name, storage)| {
            let folder = storage
                .snippets
                .unwrap_or("snippets")
                .trim_start_matches('/');
            Some(storage.root(name)?.join(folder))
        })
        .collect()
}

impl Storage<'_> {
    /// Its folder; `None` where its path is not absolute.
    fn root(&self, name: &str) -> Option<PathBuf> {
        let root = match self.path {
            Some(path) => PathBuf::from(path),
            None => Path::new("/mnt/pve").join(name),
        };
        root.is_absolute().then_some(root)
    }
}

/// A storage of that name; the first counts.
fn find<'a>(name: &str, text: &'a str) -> Option<Storage<'a>> {
    let mut all = all(text).into_iter();
    all.find(|(id, _)| *id == name).map(|(_, storage)| storage)
}

/// Every storage, with its name.
fn all(text: &str) -> Vec<(&str, Storage<'_>)> {
    let mut found: Vec<(&str, Storage<'_>)> = Vec::new();
    let mut here = false;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if !line.starts_with([' ', '\t']) {
            here = false;
            if let Some((kind, id)) = line.split_once(':') {
                here = true;
                let storage = Storage {
                    kind: kind.trim(),
                    path: None,
                    images: None,
                    snippets: None,
                };
                found.push((id.trim(), storage));
            }
            continue;
        }
        let Some((_, storage)) = found.last_mut().filter(|_| here) else {
            continue;
        };
        let line = line.trim();
        let (key, value) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        match key {
            "path" => storage.path = Some(value.trim()),
            "content-dirs" => {
                let folder = |of: &str| {
                    let mut pairs = value.split(',').filter_map(|pair| pair.split_once('='));
                    let pair = pairs.find(|(content, _)| content.trim() == of)?;
                    Some(pair.1.trim())
                };
                storage.images = folder("images");
                storage.snippets = folder("snippets");
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORAGES: &str = "\
dir: local
\tpath /var/lib/vz
\tcontent images,snippets

# dir: commented
lvmthin: local-lvm
\tthinpool data
\tvgname pve

nfs: far
\texport /e
\tpath /mnt/pve/far
\tserver 192.0.2.1

cifs: bare
\tserver 192.0.2.1

dir: odd
        path /srv/odd
        content-dirs iso=i,images=/disks
zfspool: tank
rbd: ceph
";

    fn path(volume: &str) -> String {
        file_of(volume, STORAGES).unwrap().display().to_string()
    }

    #[test]
    fn folders_hold_files() {
        let file = "/images/100/vm-100-disk-0.qcow2";
        let at = |storage: &str| path(&format!("{storage}:100/vm-100-disk-0.qcow2"));
        assert_eq!(at("local"), format!("/var/lib/vz{file}"));
        assert_eq!(at("far"), format!("/mnt/pve/far{file}"));
        assert_eq!(at("bare"), format!("/mnt/pve/bare{file}"));
        assert_eq!(at("odd"), "/srv/odd/disks/100/vm-100-disk-0.qcow2");
        let clone = "local:9000/base-9000-disk-0.qcow2/100/vm-100-disk-0.qcow2";
        assert_eq!(path(clone), format!("/var/lib/vz{file}"));
    }

    #[test]
    fn each_storage_of_files_has_a_folder_of_snippets() {
        let own = "dir: own\n\tpath /srv\n\tcontent-dirs snippets=/hooks,iso=i\n";
        let folders = snippet_folders(&format!("{STORAGES}{own}"));
        let shown: Vec<_> = folders.iter().map(|path| path.to_str().unwrap()).collect();
        assert_eq!(
            shown,
            [
                "/var/lib/vz/snippets",
                "/mnt/pve/far/snippets",
                "/mnt/pve/bare/snippets",
                "/srv/odd/snippets",
                "/srv/hooks",
            ]
        );
    }

    #[test]
    fn what_has_no_files_is_refused_by_name() {
        for (storage, kind) in [
            ("local-lvm", "lvmthin"),
            ("tank", "zfspool"),
            ("ceph", "rbd"),
            ("commented", "which is not configured"),
        ] {
            let refusal = file_of(&format!("{storage}:vm-100-disk-0"), STORAGES);
            assert_eq!(
                refusal,
                Err(DiskRefusal::Storage {
                    storage: storage.into(),
                    kind: kind.into()
                })
            );
        }
    }

    #[test]
    fn a_volume_does_not_lead_out_of_its_storage() {
        for volume in [
            "",
            "local",
            "local:",
            "local:vm-100-disk-0.qcow2",
            "local:../vm.qcow2",
            "local:100/..",
            "local:100/../../etc/passwd",
            "local:100/a/b",
            "local:100/",
        ] {
            let refusal = file_of(volume, STORAGES).unwrap_err();
            assert_eq!(refusal, DiskRefusal::Volume(volume.into()));
        }
    }
}
