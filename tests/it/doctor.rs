//! A host examined: this one.

use std::fs;
use std::path::Path;

use osgraft::doctor::{Checkup, Doctor, Places, Probes, Verdict};
use osgraft::image::Overlay;
use serde_json::Value;

use crate::support::guest::debian_master;

const CODES: [&str; 19] = [
    "folder",
    "locks",
    "unnamed-files",
    "sync",
    "space",
    "libext2fs",
    "worker",
    "qemu-img",
    "config",
    "registry",
    "masters",
    "hook",
    "access",
    "libguestfs",
    "supermin",
    "qemu-system",
    "kernel",
    "kvm",
    "appliance",
];

/// Nothing of a virtual machine is started.
fn doctor(folder: &Path) -> Doctor {
    Doctor::new(folder).probes(Probes::default())
}

fn verdict(checkup: &Checkup, code: &str) -> Verdict {
    checkup.get(code).unwrap().verdict
}

#[test]
fn this_host_can_do_what_the_tests_need() {
    let folder = tempfile::tempdir().unwrap();
    let checkup = doctor(folder.path()).examine();
    let codes: Vec<_> = checkup.checks.iter().map(|check| check.code).collect();
    assert_eq!(codes, CODES);
    for code in ["folder", "locks", "libext2fs", "qemu-img"] {
        let check = checkup.get(code).unwrap();
        assert_eq!(check.verdict, Verdict::Ok, "{check:?}");
    }
    let libext2fs = &checkup.get("libext2fs").unwrap().found;
    assert!(libext2fs.starts_with("1."), "{libext2fs}");
    let qemu_img = &checkup.get("qemu-img").unwrap().found;
    assert!(qemu_img.contains("its check knows qcow2"), "{qemu_img}");
    let sync = &checkup.get("sync").unwrap().found;
    assert!(sync.contains(" ms (median of "), "{sync}");
    assert!(checkup.get("space").unwrap().found.contains(" GiB free"));
    assert_eq!(verdict(&checkup, "config"), Verdict::NotChecked);
    assert_eq!(verdict(&checkup, "registry"), Verdict::Warning);
    assert_eq!(verdict(&checkup, "appliance"), Verdict::NotChecked);
    assert!(checkup.is_healthy());
    let left = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 0, "the examination leaves nothing behind");
}

#[test]
fn what_is_to_be_mended_comes_with_what_mends_it() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("nowhere");
    let mut places = Places::default();
    for place in [
        &mut places.kvm,
        &mut places.boot,
        &mut places.modules,
        &mut places.libvirt,
        &mut places.proxmox,
    ] {
        place.clone_from(&nowhere);
    }
    let checkup = doctor(&nowhere)
        .config(&nowhere)
        .registry(&nowhere)
        .masters(&nowhere)
        .places(places)
        .examine();
    for check in &checkup.checks {
        let mends = matches!(check.verdict, Verdict::Warning | Verdict::Bad);
        assert!(!mends || check.remedy.is_some(), "{check:?}");
        assert!(!check.found.is_empty() && !check.found.contains('\n'));
    }
    for (code, expected) in [
        ("folder", Verdict::Bad),
        ("locks", Verdict::NotChecked),
        ("config", Verdict::Bad),
        ("registry", Verdict::Bad),
        ("masters", Verdict::Bad),
        ("kernel", Verdict::Warning),
        ("kvm", Verdict::Warning),
        ("hook", Verdict::Ok),
    ] {
        assert_eq!(verdict(&checkup, code), expected, "{code}");
    }
    assert!(!checkup.is_healthy());
    assert!(!nowhere.exists());
}

#[test]
fn masters_pass_the_gate_or_are_told() {
    let folder = tempfile::tempdir().unwrap();
    debian_master(folder.path());
    let config = folder.path().join("config.toml");
    fs::write(&config, "images.masters = [\".\"]\n").unwrap();
    let checkup = doctor(folder.path()).config(&config).examine();
    let masters = checkup.get("masters").unwrap();
    assert_eq!(masters.found, "1 of 1 images pass the gate");

    let mut bytes = fs::read(folder.path().join("master.qcow2")).unwrap();
    bytes.truncate(bytes.len() / 3);
    fs::write(folder.path().join("half.qcow2"), bytes).unwrap();
    let checkup = doctor(folder.path()).config(&config).examine();
    let masters = checkup.get("masters").unwrap();
    assert_eq!(masters.verdict, Verdict::Bad);
    assert!(
        masters.found.contains("half.qcow2: refused: truncated"),
        "{}",
        masters.found
    );
}

/// Whoever may name such a child as a backing file reads its guest's disk.
#[test]
fn a_folder_of_masters_that_holds_children_is_told() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    debian_master(folder.path());
    let (master, child) = (
        folder.path().join("master.qcow2"),
        folder.path().join("web-1.qcow2"),
    );
    Overlay::new(&master).create(&child).unwrap();
    let looked = || {
        let doctor = doctor(folder.path()).masters(folder.path());
        doctor.examine().get("masters").unwrap().clone()
    };
    let warned = looked();
    assert_eq!(warned.verdict, Verdict::Warning, "{warned:?}");
    assert!(warned.found.contains("web-1.qcow2") && !warned.found.contains("more"));
    assert!(warned.remedy.unwrap().contains("chmod a-w"));
    // A master that is itself an overlay, and that nobody may write to, is none.
    fs::set_permissions(&child, fs::Permissions::from_mode(0o444)).unwrap();
    assert_eq!(looked().verdict, Verdict::Ok);
}

#[test]
fn a_checkup_is_json_too() {
    let folder = tempfile::tempdir().unwrap();
    let checkup = doctor(folder.path()).examine();
    let json = serde_json::to_value(&checkup).unwrap();
    assert_eq!(json["folder"], folder.path().to_str().unwrap());
    let checks = json["checks"].as_array().unwrap();
    assert_eq!(checks.len(), CODES.len());
    for check in checks {
        let verdict = check["verdict"].as_str().unwrap();
        assert!(["ok", "warning", "bad", "not-checked"].contains(&verdict));
        assert!(check["found"].is_string());
        assert!(check["remedy"].is_string() || check.get("remedy").is_none());
    }
    assert_eq!(checks[1]["code"], Value::from("locks"));
}
