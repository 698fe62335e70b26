use std::fs;
use std::path::{Path, PathBuf};

use osgraft::image::{Child, ImageError, Masters};

use super::{converted, patterned};
use crate::support::{digest, run, text};

/// Every kind of VMDK that QEMU makes, and a delta.
fn kinds(folder: &Path) -> Vec<(PathBuf, &'static str)> {
    let mut kinds = Vec::new();
    for (kind, code) in [
        ("monolithicSparse", "vmdk"),
        ("streamOptimized", "vmdk"),
        ("monolithicFlat", "vmdk-type"),
        ("twoGbMaxExtentSparse", "vmdk-type"),
        ("twoGbMaxExtentFlat", "vmdk-type"),
    ] {
        let folder = folder.join(kind);
        fs::create_dir(&folder).unwrap();
        let vmdk = converted(&folder, &patterned(), &format!("subformat={kind}"));
        kinds.push((vmdk, code));
    }
    let delta = folder.join("delta.vmdk");
    let parent = &kinds[0].0;
    let args = ["create", "-q", "-f", "vmdk", "-F", "vmdk", "-b"];
    run(
        "qemu-img",
        &[&args[..], &[text(parent), text(&delta)]].concat(),
    );
    kinds.push((delta, "vmdk-delta"));
    kinds
}

#[test]
fn a_vmdk_is_never_edited_recovered_or_read_as_a_child() {
    let folder = tempfile::tempdir().unwrap();
    for (vmdk, want) in kinds(folder.path()) {
        let before = (
            digest(&vmdk),
            fs::metadata(&vmdk).unwrap().modified().unwrap(),
        );
        let child = Child::open(&vmdk, Masters::beside_child()).unwrap();
        let tried = [
            child.lock().map(drop),
            child.read().map(drop),
            child.recover().map(drop),
        ];
        // It may be looked at as the master that it is, where it is one.
        let looked = child.clone().or_master().read().map(drop);
        let tried = match want {
            "vmdk" => {
                looked.unwrap();
                Vec::from(tried)
            }
            _ => tried.into_iter().chain([looked]).collect(),
        };
        for refused in tried {
            let Err(ImageError::Refused { path, refusal }) = refused else {
                panic!("{}: {refused:?}", vmdk.display());
            };
            assert_eq!((refusal.code(), path), (want, vmdk.clone()));
            let told = refusal.to_string();
            assert!(
                told.contains("“osgraft clone") || told.contains("“qemu-img convert"),
                "{told}"
            );
        }
        let after = (
            digest(&vmdk),
            fs::metadata(&vmdk).unwrap().modified().unwrap(),
        );
        assert_eq!(after, before, "{}", vmdk.display());
    }
}

/// A writer's lock on a master, even for a moment, keeps its children from being opened.
#[test]
fn a_vmdk_that_backs_a_running_child_is_refused_for_what_it_is_and_not_locked() {
    let folder = tempfile::tempdir().unwrap();
    let vmdk = converted(folder.path(), &patterned(), "subformat=monolithicSparse");
    // qemu-nbd holds a reader's locks, as a virtual machine does on its backing file.
    let socket = folder.path().join("nbd");
    let mut nbd = std::process::Command::new("qemu-nbd")
        .args(["-r", "-t", "-f", "vmdk", "-k", text(&socket), text(&vmdk)])
        .spawn()
        .unwrap();
    while !socket.exists() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let child = Child::open(&vmdk, Masters::beside_child()).unwrap();
    let (locked, recovered) = (child.lock().map(drop), child.recover().map(drop));
    let made = super::overlay(&vmdk).create(folder.path().join("child.qcow2"));
    nbd.kill().unwrap();
    nbd.wait().unwrap();
    for refused in [locked, recovered] {
        assert!(
            matches!(&refused, Err(ImageError::Refused { refusal, .. }) if refusal.code() == "vmdk"),
            "{refused:?}"
        );
    }
    made.unwrap();
}
