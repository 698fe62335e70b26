//! Domains whose kernel libvirt loads: the disk and the root that the command line names.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::fixture::{guest, overlay};
use crate::support::program::{Ran, Workshop};
use crate::support::{run, text};

const UUID: &str = "4dea22b3-1d52-d8f3-2516-782e98ab3fa0";

/// A domain with two disks, `vda` and `vdb`, of one master or of two.
struct Host {
    workshop: Workshop,
}

impl Host {
    fn of(first: &str, second: &str) -> Option<Self> {
        let (workshop, second) = (Workshop::of(first)?, guest(second)?);
        let text = format!(
            "registry.file = {:?}\nimages.masters = [{:?}, {second:?}]\n[[hook.vm]]\nmatch = \"^web-\"\n",
            workshop.at("servers.toml"),
            workshop.master(),
        );
        fs::write(workshop.at("config.toml"), text).unwrap();
        let host = Self { workshop };
        overlay(&second).create(host.second()).unwrap();
        Some(host)
    }

    /// Makes the second disk one that was never partitioned.
    fn empty_second(&self) {
        fs::remove_file(self.second()).unwrap();
        let second = self.second();
        run(
            "qemu-img",
            &["create", "-q", "-f", "qcow2", text(&second), "8M"],
        );
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
    let Some(host) = Host::of("debian12", "debian12") else {
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
fn hold(name: &str, own: &[&str], others: &[&str]) {
    let Some(host) = Host::of(name, name) else {
        return;
    };
    host.empty_second();
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
fn a_root_in_a_named_partition_is_held_against_its_name() {
    let Some(host) = Host::of("debian12", "debian12") else {
        return;
    };
    host.empty_second();
    let (raw, master) = (host.workshop.at("raw"), host.workshop.at("named.qcow2"));
    let convert = |from: &Path, to: &Path, format: &str| {
        run("qemu-img", &["convert", "-O", format, text(from), text(to)]);
    };
    convert(host.workshop.master(), &raw, "raw");
    run(
        "sfdisk",
        &["-q", "--part-label", text(&raw), "1", "my root"],
    );
    convert(&raw, &master, "qcow2");
    let config = host.workshop.at("config.toml");
    let was = fs::read_to_string(&config).unwrap();
    let old = format!("{:?}", host.workshop.master());
    fs::write(&config, was.replace(&old, &format!("{master:?}"))).unwrap();
    let fresh = || {
        fs::remove_file(host.workshop.child()).unwrap();
        overlay(&master).create(host.workshop.child()).unwrap();
        host.disks()
    };
    let before = fresh();
    for root in ["PARTLABEL=my", "\"PARTLABEL=My root\"", "PARTLABEL=root"] {
        let told = host.start(&format!("root={root}")).failed(1);
        assert!(told.contains("the kernel command line says"), "{told}");
        assert_eq!(host.disks(), before);
    }
    for root in [
        "\"PARTLABEL=my root\"",
        "/dev/disk/by-partlabel/my\\x20root",
    ] {
        let before = fresh();
        assert_eq!(host.start(&format!("root={root}")).code, Some(0), "{root}");
        assert_ne!(host.disks(), before, "{root}");
    }
}

#[test]
fn a_root_that_is_named_by_its_content_is_found_on_either_disk() {
    let Some(host) = Host::of("debian12", "ubuntu2204") else {
        return;
    };
    let [first, second] = host.disks();
    let ran = host.start("root=LABEL=cloudimg-rootfs ro");
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""));
    let now = host.disks();
    assert_eq!(now[0], first, "it has no such label");
    assert_ne!(now[1], second);
    assert_eq!(host.start("root=LABEL=cloudimg-rootfs ro").code, Some(0));
    assert_eq!(host.disks(), now);
}

#[test]
fn a_root_that_two_disks_have_is_neither() {
    let Some(host) = Host::of("ubuntu2204", "ubuntu2204") else {
        return;
    };
    let fresh = host.disks();
    for root in [
        "root=LABEL=cloudimg-rootfs",
        "root=UUID=0a5fa617-0000-4000-8000-000000000001",
        "root=PARTUUID=0a5fa617-0000-4000-8000-0000000000f1",
    ] {
        let told = host.start(root).failed(1);
        assert!(told.contains("two of its disks"), "{told}");
        assert_eq!(host.disks(), fresh, "{root}");
    }
    assert_eq!(host.start("root=/dev/vda1").code, Some(0));
    assert_eq!(host.disks()[1], fresh[1]);
}

#[test]
fn what_is_prepared_already_is_held_against_the_command_line_too() {
    let Some(host) = Host::of("debian12", "debian12") else {
        return;
    };
    assert_eq!(host.start("root=/dev/vda1").code, Some(0));
    let prepared = host.disks();
    assert_eq!(host.start("root=/dev/vda1").code, Some(0));
    host.start("root=/dev/vda2").failed(1);
    assert_eq!(host.disks(), prepared);
}
