//! Disks that are volumes of libvirt's storage pools.

use std::fs;

use osgraft::config::HookLibvirt;

use crate::support::program::{Ran, Workshop};

const UUID: &str = "4dea22b3-1d52-d8f3-2516-782e98ab3fa0";

/// A child that is the volume `child.qcow2` of the pool `vms`.
fn host() -> Option<Workshop> {
    let workshop = Workshop::of("debian12")?;
    workshop.configure(&format!(
        "[hook.libvirt]\npools = [{:?}, {:?}]\n[[hook.vm]]\nmatch = \"^web-\"\n",
        workshop.at("no-such-folder"),
        workshop.at("pools"),
    ));
    fs::create_dir(workshop.at("pools")).unwrap();
    let text = format!(
        "<pool type='dir'><name>vms</name><target><path>{}</path></target></pool>",
        workshop.at("").display()
    );
    fs::write(workshop.at("pools/vms.xml"), text).unwrap();
    Some(workshop)
}

fn start(workshop: &Workshop, pool: &str, volume: &str) -> Ran {
    let xml = format!(
        "<domain type='kvm'><name>web-1</name><uuid>{UUID}</uuid><devices>\
         <disk type='volume' device='disk'><driver name='qemu' type='qcow2'/>\
         <source pool='{pool}' volume='{volume}'/><target dev='vda' bus='virtio'/></disk>\
         </devices></domain>"
    );
    let at = |name: &str| workshop.at(name).to_str().unwrap().to_owned();
    let mut line = vec![env!("CARGO_BIN_EXE_osgraft").to_owned()];
    line.extend(["--config".into(), at("config.toml")]);
    line.extend(["hook", "libvirt", "--state"].map(String::from));
    line.extend([at("state"), "--".into(), "web-1".into()]);
    line.extend(["prepare", "begin", "-"].map(String::from));
    Ran::with_input(&line, xml.as_bytes())
}

#[test]
fn a_volume_of_a_pool_of_files_is_prepared() {
    let Some(host) = host() else { return };
    let before = fs::read(host.child()).unwrap();
    let ran = start(&host, "vms", "child.qcow2");
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""));
    assert_ne!(fs::read(host.child()).unwrap(), before);
}

#[test]
fn a_volume_that_cannot_be_found_is_told() {
    let Some(host) = host() else { return };
    let before = fs::read(host.child()).unwrap();
    let folder = host.at("pools").display().to_string();
    for (pool, volume, what) in [
        ("vms", "missing.qcow2", "missing.qcow2"),
        ("vms", "../child.qcow2", "not a volume"),
        ("../pools/vms", "child.qcow2", "not a volume"),
        ("other", "child.qcow2", &*folder),
    ] {
        let told = start(&host, pool, volume).failed(1);
        assert!(told.contains(what), "{told}");
    }
    fs::write(host.at("pools/vms.xml"), "<pool").unwrap();
    let told = start(&host, "vms", "child.qcow2").failed(1);
    assert!(told.contains("vms.xml"), "{told}");
    assert_eq!(fs::read(host.child()).unwrap(), before);
}

/// Nothing at all is known of the pool, and nothing lies where it would be: libvirt cannot start the
/// domain, and says why better than its hook can.
#[test]
fn a_volume_of_an_undefined_default_pool_that_does_not_exist_is_left_to_libvirt() {
    let Some(host) = host() else { return };
    // Folders that were named may not be all that libvirt has.
    let told = start(&host, "default", "osgraft-test-no-such-volume.qcow2").failed(1);
    assert!(
        told.contains("default") && told.contains("no-such-folder"),
        "{told}"
    );
    let own = HookLibvirt::default().pools;
    if !own.iter().any(|folder| folder.join("default.xml").exists()) {
        let named = fs::read_to_string(host.at("config.toml")).unwrap();
        host.configure("[[hook.vm]]\nmatch = \"^web-\"\n");
        let ran = start(&host, "default", "osgraft-test-no-such-volume.qcow2");
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(ran.stderr.contains("was not prepared"), "{ran:?}");
        fs::write(host.at("config.toml"), named).unwrap();
    }
    // The same volume of a pool that is defined is a disk that is missing.
    let text = fs::read_to_string(host.at("pools/vms.xml")).unwrap();
    fs::write(
        host.at("pools/default.xml"),
        text.replace("<name>vms<", "<name>default<"),
    )
    .unwrap();
    let told = start(&host, "default", "osgraft-test-no-such-volume.qcow2").failed(1);
    assert!(told.contains("osgraft-test-no-such-volume"), "{told}");
}
