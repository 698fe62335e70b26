//! The program as Proxmox calls it.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use crate::support::program::{Ran, Workshop};

/// A node with a VM 100 on a directory storage.
fn node() -> Option<Workshop> {
    let workshop = Workshop::of("debian12")?;
    workshop.configure(&format!(
        "[hook.proxmox]\nconf = {:?}\nstorage = {:?}\n[[hook.vm]]\nmatch = \"^(web-.*|300)$\"\n",
        workshop.at("qemu-server"),
        workshop.at("storage.cfg")
    ));
    let images = workshop.at("vz/images/100");
    fs::create_dir_all(&images).unwrap();
    fs::create_dir(workshop.at("qemu-server")).unwrap();
    symlink(workshop.child(), images.join("vm-100-disk-0.qcow2")).unwrap();
    let storage = format!("dir: local\n\tpath {}\n", workshop.at("vz").display());
    fs::write(workshop.at("storage.cfg"), storage).unwrap();
    conf(&workshop, 100, "name: web-1\n");
    Some(workshop)
}

fn conf(workshop: &Workshop, vmid: u32, more: &str) {
    let text = format!("boot: order=scsi0\nscsi0: local:100/vm-100-disk-0.qcow2,size=1G\n{more}");
    fs::write(workshop.at(&format!("qemu-server/{vmid}.conf")), text).unwrap();
}

fn line(workshop: &Workshop, vmid: &str, phase: &str) -> Vec<String> {
    let config = workshop.at("config.toml").to_str().unwrap().to_owned();
    let mut line = vec![
        env!("CARGO_BIN_EXE_osgraft").into(),
        "--config".into(),
        config,
    ];
    line.extend(["hook", "proxmox", vmid, phase, "--kept"].map(String::from));
    line.push(workshop.at("kept").to_str().unwrap().to_owned());
    line
}

fn disk(workshop: &Workshop) -> Vec<u8> {
    fs::read(workshop.child()).unwrap()
}

#[test]
fn only_pre_start_prepares() {
    let Some(node) = node() else { return };
    let before = disk(&node);
    for phase in ["post-start", "pre-stop", "post-stop", "pre-migrate"] {
        assert_eq!(Ran::of(&line(&node, "100", phase)).code, Some(0), "{phase}");
        assert_eq!(disk(&node), before, "{phase}");
    }
    let ran = Ran::of(&line(&node, "100", "pre-start"));
    assert_eq!((ran.code, &*ran.stderr, &*ran.stdout), (Some(0), "", ""));
    assert_ne!(disk(&node), before);
}

#[test]
fn what_is_migrated_locked_or_not_meant_is_left_alone() {
    let Some(node) = node() else { return };
    let before = disk(&node);
    let command = line(&node, "100", "pre-start");
    let migrated = Command::new(&command[0])
        .args(&command[1..])
        .env("PVE_MIGRATED_FROM", "node-2")
        .status();
    assert_eq!(migrated.unwrap().code(), Some(0));
    for more in [
        "name: web-1\nlock: migrate\n",
        "name: db-1\n",
        "name: web-1\nvmstate: a\n",
    ] {
        conf(&node, 100, more);
        assert_eq!(Ran::of(&command).code, Some(0), "{more}");
    }
    // Neither has a configuration here. The one takes part by its number; of the other, whose name
    // is not known, the operator's choice decides.
    let unknown = Ran::of(&line(&node, "200", "pre-start")).failed(1);
    assert!(unknown.contains("200.conf"), "{unknown}");
    let mut choice = line(&node, "200", "pre-start");
    choice.extend(["--unknown", "start"].map(String::from));
    let started = Ran::of(&choice);
    assert_eq!(started.code, Some(0));
    assert!(started.stderr.contains("starts untouched"), "{started:?}");
    let missing = Ran::of(&line(&node, "300", "pre-start")).failed(1);
    assert!(missing.contains("300.conf"), "{missing}");
    assert_eq!(disk(&node), before);
}

#[test]
fn storages_that_cannot_be_read_are_told() {
    let Some(node) = node() else { return };
    fs::remove_file(node.at("storage.cfg")).unwrap();
    let told = Ran::of(&line(&node, "100", "pre-start")).failed(1);
    assert!(told.contains("storage.cfg"), "{told}");
    let path = format!(
        "name: web-1\nscsi0: {},format=qcow2\n",
        node.child().display()
    );
    conf(&node, 100, &path);
    assert_eq!(Ran::of(&line(&node, "100", "pre-start")).code, Some(0));
}
