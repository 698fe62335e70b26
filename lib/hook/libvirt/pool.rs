//! Volumes of storage pools: the file that a `type='volume'` disk stands for.
//!
//! libvirt is not asked, since it waits for its hook. It keeps a file `NAME.xml` for each pool that
//! is active, also for one that is transient, in `/run/libvirt/storage`; and one for each that is
//! configured in `/etc/libvirt/storage`. A pool with neither is unknown to libvirt as well.
//!
//! # Source
//! libvirt's page "Storage pool and volume XML format"; `virStoragePoolSaveState` and
//! `virDomainDiskTranslateSourcePool` of libvirt 11.

use std::io;
use std::path::{Path, PathBuf};

use roxmltree::Node;

use super::xml::{self, MAX_BYTES, child};
use crate::config::HookLibvirt;
use crate::hook::error::DiskRefusal;
use crate::hook::plain;
use crate::path::{NAME_MAX, escape};

/// Pools whose volumes are files in a folder of this host.
const WITH_FOLDERS: [&str; 3] = ["dir", "fs", "netfs"];
/// The pool that libvirt's tools make on each host, and where.
const DEFAULT: (&str, &str) = ("default", "/var/lib/libvirt/images");

/// Result of the search for a volume.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Volume {
    File(PathBuf),
    /// Nothing lies at this path, and no pool of the name is known. The domain cannot start.
    Absent(PathBuf),
}

/// The file of a volume, by the folders that pools are configured in.
pub(super) fn file_of(
    pool: &str,
    volume: &str,
    folders: &[PathBuf],
) -> Result<Volume, DiskRefusal> {
    let unknown = || DiskRefusal::Volume(escape(format!("{pool}/{volume}").as_bytes()));
    // A volume of such a pool is a name in its folder, and libvirt finds it by that name alone.
    if !is_name(pool) || !is_name(volume) {
        return Err(unknown());
    }
    let refused = |path: &Path, why: String| DiskRefusal::Pool {
        pool: escape(pool.as_bytes()),
        file: escape(path.as_os_str().as_encoded_bytes()),
        why,
    };
    for folder in folders {
        let path = folder.join(format!("{pool}.xml"));
        let text = match plain::read(&path, MAX_BYTES) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(refused(&path, error.to_string())),
        };
        let document = xml::parse(&text).map_err(|error| refused(&path, error.to_string()))?;
        let target =
            target(document.root_element(), pool).map_err(|why| refused(&path, why.to_owned()))?;
        return match target {
            Target::Folder(folder) => Ok(Volume::File(Path::new(folder).join(volume))),
            Target::Other(kind) => Err(DiskRefusal::Storage {
                storage: escape(pool.as_bytes()),
                kind: escape(kind.as_bytes()),
            }),
        };
    }
    let (name, place) = DEFAULT;
    // Only where all of libvirt's own folders were searched is the pool known to be undefined.
    let usual = HookLibvirt::default().pools;
    if pool != name || !usual.iter().all(|folder| folders.contains(folder)) {
        return Err(DiskRefusal::NoPool {
            pool: escape(pool.as_bytes()),
            folders: list(folders),
        });
    }
    let path = Path::new(place).join(volume);
    match path.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Volume::Absent(path)),
        // What is wrong with it is told where it is opened.
        _ => Ok(Volume::File(path)),
    }
}

enum Target<'a> {
    Folder(&'a str),
    Other(&'a str),
}

/// Folder of a pool. The state of an active pool is its description within `<poolstate>`.
fn target<'a>(root: Node<'a, 'a>, name: &str) -> Result<Target<'a>, &'static str> {
    let pool = match root.tag_name().name() {
        "pool" => root,
        "poolstate" => child(root, "pool").ok_or("it holds no <pool>")?,
        _ => return Err("it holds no <pool>"),
    };
    let text = |node: Node<'a, 'a>| node.text().map(str::trim);
    if child(pool, "name").and_then(text) != Some(name) {
        return Err("it is of a pool of another name");
    }
    let kind = pool.attribute("type").ok_or("its <pool> has no type")?;
    if !WITH_FOLDERS.contains(&kind) {
        return Ok(Target::Other(kind));
    }
    let path = child(pool, "target").and_then(|target| child(target, "path"));
    match path.and_then(text) {
        Some(path) if path.starts_with('/') => Ok(Target::Folder(path)),
        _ => Err("its <target> has no absolute <path>"),
    }
}

/// True if a text is the name of something in a folder, and of nothing elsewhere.
fn is_name(text: &str) -> bool {
    !matches!(text, "" | "." | "..") && text.len() <= NAME_MAX && !text.contains(['/', '\0'])
}

fn list(folders: &[PathBuf]) -> String {
    let shown = folders.iter();
    let shown = shown.map(|folder| escape(folder.as_os_str().as_encoded_bytes()));
    shown.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Folders of active and of configured pools.
    struct Pools(tempfile::TempDir);

    impl Pools {
        fn new() -> Self {
            let pools = Self(tempfile::tempdir().unwrap());
            for folder in pools.folders() {
                std::fs::create_dir(folder).unwrap();
            }
            pools
        }

        fn folders(&self) -> [PathBuf; 2] {
            ["run", "etc"].map(|name| self.0.path().join(name))
        }

        fn put(&self, name: &str, text: &str) -> &Self {
            std::fs::write(self.0.path().join(name), text).unwrap();
            self
        }

        fn find(&self, pool: &str, volume: &str) -> Result<Volume, &'static str> {
            file_of(pool, volume, &self.folders()).map_err(|refusal| {
                let told = refusal.to_string();
                assert!(!told.contains(char::is_control), "{told}");
                refusal.code()
            })
        }
    }

    fn pool(kind: &str, name: &str, path: &str) -> String {
        format!(
            "<!--\nWARNING: THIS IS AN AUTO-GENERATED FILE.\n-->\n<pool type='{kind}'>\n  \
             <name>{name}</name>\n  <uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>\n  \
             <source>\n  </source>\n  <target>\n    <path>{path}</path>\n  </target>\n</pool>\n"
        )
    }

    fn file(path: &str) -> Result<Volume, &'static str> {
        Ok(Volume::File(path.into()))
    }

    #[test]
    fn a_volume_is_a_file_of_its_pools_folder() {
        let pools = Pools::new();
        for kind in ["dir", "fs", "netfs"] {
            pools.put("etc/vms.xml", &pool(kind, "vms", "/srv/vms"));
            assert_eq!(
                pools.find("vms", "web-1.qcow2"),
                file("/srv/vms/web-1.qcow2")
            );
        }
        assert_eq!(pools.find("vms", "..qcow2"), file("/srv/vms/..qcow2"));
    }

    #[test]
    fn an_active_pool_goes_before_its_configuration() {
        let pools = Pools::new();
        let state = format!("<poolstate>{}</poolstate>", pool("dir", "a", "/now"));
        let state = state.replace("<!--\nWARNING: THIS IS AN AUTO-GENERATED FILE.\n-->\n", "");
        pools.put("etc/a.xml", &pool("dir", "a", "/next"));
        assert_eq!(pools.find("a", "v"), file("/next/v"));
        pools.put("run/a.xml", &state);
        assert_eq!(pools.find("a", "v"), file("/now/v"));
        // A transient pool has a state alone.
        std::fs::remove_file(pools.0.path().join("etc/a.xml")).unwrap();
        assert_eq!(pools.find("a", "v"), file("/now/v"));
    }

    #[test]
    fn pools_without_files_are_refused_by_their_kind() {
        let pools = Pools::new();
        let kinds = [
            "logical",
            "disk",
            "iscsi",
            "iscsi-direct",
            "scsi",
            "mpath",
            "rbd",
            "sheepdog",
            "gluster",
            "zfs",
            "vstorage",
            "new\n",
        ];
        for kind in kinds {
            pools.put("etc/a.xml", &pool(kind, "a", "/dev/a"));
            assert_eq!(pools.find("a", "v"), Err("disk-storage"), "{kind}");
        }
    }

    #[test]
    fn names_that_lead_elsewhere_are_none() {
        let pools = Pools::new();
        pools.put("etc/a.xml", &pool("dir", "a", "/srv"));
        pools.put("a.xml", &pool("dir", "../a", "/srv"));
        let long = "a".repeat(256);
        for name in ["", ".", "..", "../a", "/a", "a/b", "a\0", &long] {
            assert_eq!(pools.find("a", name), Err("disk-volume"), "{name}");
            assert_eq!(pools.find(name, "v"), Err("disk-volume"), "{name}");
        }
    }

    #[test]
    fn a_pools_file_that_cannot_be_used_is_told() {
        let pools = Pools::new();
        let sound = pool("dir", "a", "/srv");
        for text in [
            "",
            "<pool",
            "<domain/>",
            "<poolstate/>",
            "<pool><name>a</name><target><path>/a</path></target></pool>",
            "<pool type='dir'><name>a</name></pool>",
            "<pool type='dir'><name>a</name><target/></pool>",
            &pool("dir", "a", "srv"),
            &pool("dir", "b", "/srv"),
            &format!("<!DOCTYPE pool [<!ENTITY b \"c\">]>{sound}"),
            &format!("{sound}{}", " ".repeat(MAX_BYTES)),
        ] {
            pools.put("etc/a.xml", text);
            let head = &text[..text.len().min(60)];
            assert_eq!(pools.find("a", "v"), Err("disk-pool"), "{head}");
        }
        std::fs::remove_file(pools.0.path().join("etc/a.xml")).unwrap();
        std::fs::create_dir(pools.0.path().join("etc/a.xml")).unwrap();
        assert_eq!(pools.find("a", "v"), Err("disk-pool"), "a folder");
    }

    #[test]
    fn a_pool_that_is_nowhere_is_refused_but_for_the_default_one() {
        let pools = Pools::new();
        assert_eq!(pools.find("a", "v"), Err("disk-no-pool"));
        let missing = "osgraft-test-no-such-volume.qcow2";
        let path = Path::new("/var/lib/libvirt/images").join(missing);
        // Elsewhere than in libvirt's own folders it may be defined.
        assert_eq!(pools.find("default", missing), Err("disk-no-pool"));
        let usual = HookLibvirt::default().pools;
        let nowhere = [PathBuf::from("/nowhere/pools"), usual[1].clone()];
        let found = file_of("default", missing, &nowhere).map_err(|refusal| refusal.code());
        if !usual
            .iter()
            .any(|folder| folder.join("default.xml").exists())
        {
            assert_eq!(found, Err("disk-no-pool"));
            let found = file_of("default", missing, &usual);
            assert_eq!(found.unwrap(), Volume::Absent(path));
        }
        // With a file it is as any other.
        pools.put("etc/default.xml", &pool("dir", "default", "/srv"));
        assert_eq!(
            pools.find("default", missing),
            file(&format!("/srv/{missing}"))
        );
    }
}
