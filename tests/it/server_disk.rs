//! Disks of OS servers, on a real file system.

use std::fs;
use std::path::{Path, PathBuf};

use osgraft::identity::Identity;
use osgraft::image::{Child, MasterFormat, Masters};
use osgraft::prepare::{Preparer, Share};
use osgraft::registry::{MemoryRegistry, Server, Servers, Source};
use osgraft::share::extract::{BootWish, Extractor};
use osgraft::share::serve::NfsServer;
use osgraft::share::server_disk::ServerDisk;

use crate::support::fixture::{is_root, not_run};
use crate::support::guest::{KERNEL, debian_disk_with};
use crate::support::{digest, run, text};

/// Some second in 2027.
const TIME: i64 = 1_800_000_000;

/// A raw master with the kernel's NFS server, and a release of its modules.
fn ground(folder: &Path) -> Option<(PathBuf, PathBuf)> {
    if !is_root() {
        not_run("a server disk: extraction keeps owners, which takes root");
        return None;
    }
    let modules = format!("usr/lib/modules/{KERNEL}");
    let files = [
        (
            format!("{modules}/modules.dep"),
            "kernel/fs/erofs/erofs.ko:\nkernel/fs/nfsd/nfsd.ko:\nkernel/x.ko:\n",
        ),
        (format!("{modules}/kernel/fs/erofs/erofs.ko"), "erofs"),
        (format!("{modules}/kernel/fs/nfsd/nfsd.ko"), "nfsd"),
        (
            "usr/lib/systemd/system/nfs-server.service".to_owned(),
            "[Service]\n",
        ),
    ];
    let files: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(at, it)| (at.as_str(), it.as_bytes()))
        .collect();
    let master = debian_disk_with(folder, &files, &["-t", "ext4"], "16M");
    let out = folder.join("out");
    fs::create_dir(&out).unwrap();
    let child = Child::open(&master, Masters::only(&master))
        .unwrap()
        .or_master();
    Extractor::new(&out)
        .component("lib/modules".parse().unwrap())
        .boot(BootWish::None)
        .extract(&child, &"r1".parse().unwrap())
        .unwrap();
    Some((master, out.join("r1")))
}

fn disk_of(release: &Path) -> ServerDisk {
    let identity = Identity::new().hostname("os-3".parse().unwrap());
    ServerDisk::new(release, NfsServer::Kernel)
        .master_format(MasterFormat::Raw)
        .identity(identity)
        .time(TIME)
}

#[test]
fn a_server_mounts_the_release_exports_it_and_is_prepared_by_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let Some((master, release)) = ground(folder.path()) else {
        return;
    };
    let before = digest(&master);
    let out = folder.path().join("os-3.qcow2");
    let report = disk_of(&release).make(&master, &out).unwrap();
    assert_eq!(report.image.image, release.join("share.erofs"));
    assert_eq!(report.export, "/srv/osgraft/r1/tree");
    assert_eq!(digest(&master), before);
    let left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with('.'))
        .collect();
    assert!(left.is_empty(), "{left:?}");

    let raw = folder.path().join("os-3.raw");
    let convert = ["convert", "-O", "raw", text(&out), text(&raw)];
    run("qemu-img", &convert);
    run("e2fsck", &["-fn", text(&raw)]);
    let cat = |path: &str| run("debugfs", &["-R", &format!("cat {path}"), text(&raw)]);
    let line = format!(
        "{} /srv/osgraft/r1/tree erofs ro,",
        report.image.record.disk()
    );
    assert!(cat("/etc/fstab").contains(&line), "{}", cat("/etc/fstab"));
    assert!(cat("/etc/exports.d/osgraft.exports").contains("\"/srv/osgraft/r1/tree\" *(ro,"));
    assert_eq!(cat("/etc/hostname"), "os-3\n");
    let record: serde_json::Value = serde_json::from_str(&cat("/etc/osgraft/server.json")).unwrap();
    assert_eq!(record["digest"], report.release.digest.to_string());

    // A server that mounts itself.
    let server = Server::new("a", Source::nfs("192.0.2.1:/x").unwrap()).unwrap();
    let registry = MemoryRegistry::new(Servers::new(vec![server]).unwrap());
    let child = Child::open(&out, Masters::only(&master)).unwrap();
    let refused = Preparer::new(registry, Share::default()).prepare(&child);
    assert_eq!(refused.unwrap_err().code(), "server-disk");
    // Its name is taken now; another server has the same image.
    let again = disk_of(&release).make(&master, &out).unwrap_err();
    assert_eq!(again.code(), "image-exists");
    let other = disk_of(&release).make(&master, folder.path().join("os-4.qcow2"));
    assert!(!other.unwrap().image.changed);
}

#[test]
fn a_release_that_differs_from_its_manifest_is_not_served() {
    let folder = tempfile::tempdir().unwrap();
    let Some((master, release)) = ground(folder.path()) else {
        return;
    };
    let module = release.join(format!("tree/lib/modules/{KERNEL}/kernel/x.ko"));
    fs::write(module, "modulo").unwrap();
    let out = folder.path().join("os-3.qcow2");
    let refused = disk_of(&release).make(&master, &out).unwrap_err();
    assert_eq!(refused.code(), "server-disk-release-differs", "{refused}");
    assert!(!out.exists() && !release.join("share.erofs").exists());
}
