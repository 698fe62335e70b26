//! Domains whose kernel libvirt loads: the disk and the root that the command line names.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::fixture::overlay;
use crate::support::program::{Ran, Workshop};

const UUID: &str = "4dea22b3-1d52-d8f3-2516-782e98ab3fa0";

/// A domain with two disks, `vda` and `vdb`, both of one master.
struct Host {
    workshop: Workshop,
}

impl Host {
    fn of(guest: &str) -> Option<Self> {
        let workshop = Workshop::of(guest)?;
        workshop.configure("[[hook.vm]]\nmatch = \"^web-\"\n");
        let host = Self { workshop };
        overlay(host.workshop.master())
            .create(host.second())
            .unwrap();
        Some(host)
    }

    fn second(&self) -> PathBuf {
        self.workshop.at("second.qcow2")
    }

    fn start(&self, cmdline: &str) -> Ran {
        let disk = |path: &Path, target: &str| {
            format!(
                "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/>\
                 <source file='{}'/><target dev='{target}' bus='virtio'/></disk>",
                path.display()
            )
        };
        let xml = format!(
            "<domain type='kvm'><name>web-1</name><uuid>{UUID}</uuid><os><kernel>/boot/k</kernel>\
             <cmdline>{cmdline}</cmdline></os><devices>{}{}</devices></domain>",
            disk(&self.workshop.child(), "vda"),
            disk(&self.second(), "vdb"),
        );
        let at = |name: &str| self.workshop.at(name).to_str().unwrap().to_owned();
        let mut line = vec![env!("CARGO_BIN_EXE_osgraft").to_owned()];
        line.extend(["--config".into(), at("config.toml")]);
        line.extend(["hook", "libvirt", "--state"].map(String::from));
        line.extend([at("state"), "--".into(), "web-1".into()]);
        line.extend(["prepare", "begin", "-"].map(String::from));
        Ran::with_input(&line, xml.as_bytes())
    }

    fn disks(&self) -> [Vec<u8>; 2] {
        [self.workshop.child(), self.second()].map(|path| fs::read(path).unwrap())
    }
}

#[test]
fn the_disk_that_root_names_is_the_one_that_is_prepared() {
    let Some(host) = Host::of("debian12") else {
        return;
    };
    let [first, second] = host.disks();
    let ran = host.start("root=/dev/vdb1 ro");
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""));
    let now = host.disks();
    assert_eq!(now[0], first, "the other disk is left alone");
    assert_ne!(now[1], second);
    // Without a word about the root the domain has two disks to choose from.
    let told = host.start("console=ttyS0").failed(1);
    assert!(told.contains("several disks"), "{told}");
    assert_eq!(host.disks(), now);
}

/// What is taken for the root of this guest, and what is not.
fn hold(guest: &str, own: &[&str], others: &[&str]) {
    let Some(host) = Host::of(guest) else { return };
    let fresh = host.disks();
    for root in others {
        let told = host.start(&format!("quiet {root} ro")).failed(1);
        assert!(told.contains("the kernel command line says"), "{told}");
        assert!(told.contains(root.trim_end_matches(" ")), "{told}");
        assert_eq!(host.disks(), fresh, "{root}");
    }
    for root in own {
        host.workshop.fresh_child();
        let ran = host.start(&format!("quiet {root} ro"));
        assert_eq!(ran.code, Some(0), "{root}: {ran:?}");
        assert_ne!(host.disks()[0], fresh[0], "{root}");
        assert_eq!(host.disks()[1], fresh[1], "{root}");
    }
}

#[test]
fn a_root_in_a_gpt_is_held_against_what_the_command_line_names() {
    hold(
        "ubuntu2204",
        &[
            "root=/dev/vda1",
            "root=UUID=0A5FA617-0000-4000-8000-000000000001",
            "root=/dev/disk/by-uuid/0a5fa617-0000-4000-8000-000000000001",
            "root=LABEL=cloudimg-rootfs",
            "root=/dev/disk/by-label/cloudimg\\x2drootfs",
            "root=PARTUUID=0a5fa617-0000-4000-8000-0000000000f1",
        ],
        &[
            "root=/dev/vda2",
            "root=/dev/vda",
            "root=UUID=0a5fa617-0000-4000-8000-000000000002",
            "root=LABEL=cloudimg",
            "root=LABEL=Cloudimg-rootfs",
            "root=PARTUUID=0a5fa617-0000-4000-8000-0000000000f2",
            "root=PARTUUID=0a5fa617-01",
            "root=PARTLABEL=root",
            "root=/dev/mapper/vg-root",
            "root=/dev/md0",
            "root=/dev/vda1 rootflags=subvol=@",
        ],
    );
}

#[test]
fn a_root_in_a_dos_table_is_held_against_what_the_command_line_names() {
    hold(
        "alpine",
        &["root=PARTUUID=0a5fa617-01", "root=/dev/vda1"],
        &["root=PARTUUID=0a5fa617-02", "root=PARTUUID=0a5fa618-01"],
    );
}

#[test]
fn what_is_prepared_already_is_held_against_the_command_line_too() {
    let Some(host) = Host::of("debian12") else {
        return;
    };
    assert_eq!(host.start("root=/dev/vda1").code, Some(0));
    let prepared = host.disks();
    assert_eq!(host.start("root=/dev/vda1").code, Some(0));
    host.start("root=/dev/vda2").failed(1);
    assert_eq!(host.disks(), prepared);
}
