use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};

use osgraft::image::{BlockDevice, Child, ImageError, MasterFormat, Masters, Overlay};

use crate::support::fixture::{is_root, not_run};
use crate::support::refusal::assert_plain_line;
use crate::support::{assert_clean, digest, guest_bytes, patterned_master, run, text};

/// `masters/` with a master, and `vms/` with a child on it beneath a snapshot.
struct Chain {
    folder: tempfile::TempDir,
    snapshot: PathBuf,
    layer: PathBuf,
}

impl Chain {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["masters", "vms"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let master = patterned_master(&folder.path().join("masters"), 4);
        let layer = folder.path().join("vms/web.qcow2");
        Overlay::new(&master).create(&layer).unwrap();
        let chain = Self {
            snapshot: folder.path().join("vms/web.snap1"),
            layer,
            folder,
        };
        chain.snapshot_of("web.qcow2", "qcow2");
        chain
    }

    fn vms(&self, name: &str) -> PathBuf {
        self.folder.path().join("vms").join(name)
    }

    /// Makes the snapshot anew, on another file.
    fn snapshot_of(&self, backing: &str, format: &str) {
        let _ = fs::remove_file(&self.snapshot);
        let create = [
            "create", "-q", "-u", "-f", "qcow2", "-F", format, "-b", backing,
        ];
        let size = [text(&self.snapshot), "4M"];
        run("qemu-img", &[&create[..], &size].concat());
    }

    fn open(&self) -> Child {
        let masters = Masters::under([self.folder.path().join("masters")]);
        Child::open(&self.snapshot, masters).unwrap()
    }

    /// What is said where it is refused as something on no allowed master.
    fn refused(&self, what: &str) -> String {
        let told: Vec<String> = [self.open().read().map(drop), self.open().lock().map(drop)]
            .into_iter()
            .map(|refused| match refused {
                Err(ImageError::Refused { refusal, path }) if refusal.code() == "master" => {
                    let told = ImageError::Refused { refusal, path }.to_string();
                    assert_plain_line(&told);
                    told
                }
                other => panic!("{what}: {other:?}"),
            })
            .collect();
        assert_eq!(told[0], told[1]);
        told[0].clone()
    }
}

#[test]
fn a_child_beneath_an_external_snapshot_is_a_layer_of_its_own() {
    let chain = Chain::new();
    let (layer, master) = (
        digest(&chain.layer),
        chain.folder.path().join("masters/master.qcow2"),
    );
    let found = chain.open().read().unwrap();
    let names: Vec<_> = found.chain().collect();
    assert_eq!(
        names,
        [
            (chain.layer.as_path(), MasterFormat::Qcow2),
            (master.as_path(), MasterFormat::Qcow2)
        ]
    );
    drop(found);
    let locked = chain.open().lock().unwrap();
    let mut scratch = locked.scratch().unwrap();
    scratch.write_at(1 << 20, b"edited").unwrap();
    let redo = scratch.finish().unwrap();
    locked.commit(&redo).unwrap();
    assert_clean(&chain.snapshot);
    assert_eq!(&guest_bytes(&chain.snapshot)[1 << 20..][..6], b"edited");
    assert!(digest(&chain.layer) == layer, "the layer is not edited");
}

#[test]
fn snapshots_of_snapshots_are_layers_too() {
    let chain = Chain::new();
    fs::rename(&chain.snapshot, chain.vms("web.snap0")).unwrap();
    chain.snapshot_of("web.snap0", "qcow2");
    assert_eq!(chain.open().read().unwrap().chain().count(), 3);
    // The one master that the caller names ends the chain as well.
    let master = chain.folder.path().join("masters/master.qcow2");
    let only = Child::open(&chain.snapshot, Masters::only(master)).unwrap();
    assert_eq!(only.lock().unwrap().as_open().chain().count(), 3);
}

#[test]
fn a_file_beside_the_child_is_no_layer_where_others_decide_what_it_holds() {
    let chain = Chain::new();
    fs::set_permissions(&chain.layer, Permissions::from_mode(0o646)).unwrap();
    let told = chain.refused("everybody writes to it");
    assert!(
        told.contains("everybody may write") && told.contains("blockcommit"),
        "{told}"
    );
    fs::set_permissions(&chain.layer, Permissions::from_mode(0o600)).unwrap();
    chain.open().read().unwrap();
    if !is_root() {
        not_run("layers of other users: only root makes them");
        return;
    }
    chown(&chain.snapshot, Some(12345), None).unwrap();
    // Into root's own folder nobody else puts files: libvirt gave the upper one to QEMU's user.
    chain.open().read().unwrap();
    chown(chain.layer.parent().unwrap(), Some(12345), None).unwrap();
    let told = chain.refused("root's own file beneath a user's");
    assert!(
        told.contains("another user") && told.contains("images.masters"),
        "{told}"
    );
    // What everybody may read gives nothing away.
    fs::set_permissions(&chain.layer, Permissions::from_mode(0o644)).unwrap();
    chain.open().read().unwrap();
}

#[test]
fn a_layer_lies_beside_the_child_and_is_an_overlay_on_an_allowed_master() {
    let chain = Chain::new();
    let elsewhere = chain.folder.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::copy(&chain.layer, elsewhere.join("web.qcow2")).unwrap();
    chain.snapshot_of("../elsewhere/web.qcow2", "qcow2");
    let told = chain.refused("in another folder");
    assert!(told.contains("blockcommit"), "{told}");

    std::os::unix::fs::symlink("../elsewhere/web.qcow2", chain.vms("link")).unwrap();
    chain.snapshot_of("link", "qcow2");
    chain.refused("a link to another folder");

    chain.snapshot_of("web.qcow2", "raw");
    chain.refused("raw");

    let standalone = chain.vms("standalone.qcow2");
    run(
        "qemu-img",
        &["create", "-q", "-f", "qcow2", text(&standalone), "4M"],
    );
    chain.snapshot_of("standalone.qcow2", "qcow2");
    let told = chain.refused("an image of its own");
    assert!(told.contains("no overlay on an allowed master"), "{told}");

    overlay_on(&elsewhere.join("web.qcow2"), &chain.vms("astray.qcow2"));
    chain.snapshot_of("astray.qcow2", "qcow2");
    chain.refused("a layer on another file");

    // Beneath a master nothing is a layer.
    overlay_on(
        &chain.layer,
        &chain.folder.path().join("masters/on-a-child.qcow2"),
    );
    chain.snapshot_of("../masters/on-a-child.qcow2", "qcow2");
    chain.refused("a master on a child");
}

fn overlay_on(backing: &Path, overlay: &Path) {
    let create = ["create", "-q", "-f", "qcow2", "-F", "qcow2", "-b"];
    run(
        "qemu-img",
        &[&create[..], &[text(backing), text(overlay)]].concat(),
    );
}
