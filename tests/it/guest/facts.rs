//! Facts of guests as they are in the field, and of hostile ones.

use osgraft::guest::facts::{
    CloudInit, FstabState, GuestFacts, Init, NfsClient, Reason, SelinuxMode,
};
use osgraft::guest::memory::{Fault, Op};
use osgraft::guest::{FileKind, GuestError, MemoryGuest};
use osgraft::path::GuestPath;

fn path(text: &str) -> GuestPath {
    text.parse().unwrap()
}

fn facts(guest: &MemoryGuest) -> GuestFacts {
    GuestFacts::gather(&mut guest.clone()).unwrap()
}

/// The facts of a guest in which nothing is odd.
fn plain_facts(guest: &MemoryGuest) -> GuestFacts {
    let facts = facts(guest);
    assert_eq!(facts.unreadable, []);
    facts
}

/// An ELF program of `size` bytes for this class, data encoding and machine.
fn elf(class: u8, data: u8, machine: [u8; 2], size: usize) -> Vec<u8> {
    let mut program = b"\x7fELF".to_vec();
    program.extend([class, data, 1]);
    program.resize(18, 0);
    program.extend(machine);
    program.resize(size, 0);
    program
}

fn amd64(size: usize) -> Vec<u8> {
    elf(2, 1, [62, 0], size)
}

/// `(version, has an image in /boot, has modules)` of each kernel.
fn kernels(facts: &GuestFacts) -> Vec<(&str, bool, bool)> {
    facts
        .kernels
        .iter()
        .map(|k| (k.version.as_str(), k.in_boot.is_some(), k.modules.is_some()))
        .collect()
}

fn os(facts: &GuestFacts) -> (&str, Option<&str>, String) {
    let os = facts.os.as_ref().unwrap();
    let source = os.source.as_ref().unwrap().to_string();
    (&os.id, os.version_id.as_deref(), source)
}

fn merged() -> MemoryGuest {
    MemoryGuest::new()
        .dir("/usr/bin")
        .dir("/usr/sbin")
        .dir("/usr/lib")
        .dir("/usr/lib64")
        .link("/bin", "usr/bin")
        .link("/sbin", "usr/sbin")
        .link("/lib", "usr/lib")
        .link("/lib64", "usr/lib64")
}

fn debian_12() -> MemoryGuest {
    merged()
        .file(
            "/usr/lib/os-release",
            "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\n\
             VERSION_ID=\"12\"\nVERSION=\"12 (bookworm)\"\nVERSION_CODENAME=bookworm\nID=debian\n",
        )
        .link("/etc/os-release", "../usr/lib/os-release")
        .file("/etc/debian_version", "12.11\n")
        .file("/usr/bin/dash", amd64(125_000))
        .link("/usr/bin/sh", "dash")
        .file("/usr/lib/systemd/systemd", amd64(90_000))
        .link("/usr/sbin/init", "/lib/systemd/systemd")
        .file("/usr/sbin/mount.nfs", amd64(10))
        .file("/boot/vmlinuz-6.1.0-37-amd64", "")
        .file("/boot/initrd.img-6.1.0-37-amd64", "")
        .file("/boot/vmlinuz-6.1.0-9-amd64", "")
        .file("/usr/lib/modules/6.1.0-37-amd64/modules.dep", "")
        .dir("/usr/lib/modules/6.1.0-30-amd64/updates")
        .file("/etc/fstab", "LABEL=root / ext4\n")
        .file("/usr/bin/cloud-init", "#!/usr/bin/python3\n")
}

#[test]
fn debian_12_is_known() {
    let facts = plain_facts(&debian_12());
    assert_eq!(
        os(&facts),
        ("debian", Some("12"), "/usr/lib/os-release".to_owned())
    );
    let machine = facts.machine.as_ref().unwrap();
    assert_eq!(machine.name, "x86_64");
    assert_eq!(machine.source, path("/usr/lib/systemd/systemd"));
    assert_eq!(
        kernels(&facts),
        [
            ("6.1.0-9-amd64", true, false),
            ("6.1.0-37-amd64", true, true)
        ]
    );
    assert_eq!(
        facts.kernels[1].modules,
        Some(path("/usr/lib/modules/6.1.0-37-amd64"))
    );
    assert!(facts.merged_usr);
    assert_eq!(facts.init, Some(Init::Systemd));
    let helper = path("/usr/sbin/mount.nfs");
    assert_eq!(facts.nfs_client, NfsClient::Present { path: helper });
    assert_eq!(facts.selinux, None);
    let size = 18;
    let path = path("/etc/fstab");
    assert_eq!(facts.fstab, FstabState::Regular { path, size });
    assert_eq!(facts.cloud_init, CloudInit::Present);
    assert!(!facts.looks_like_windows);
}

#[test]
fn ubuntu_22_04_is_known() {
    let guest = merged()
        .file(
            "/usr/lib/os-release",
            "PRETTY_NAME=\"Ubuntu 22.04.5 LTS\"\nVERSION_ID=\"22.04\"\nID=ubuntu\nID_LIKE=debian\n",
        )
        .link("/etc/os-release", "../usr/lib/os-release")
        .file("/usr/bin/dash", elf(2, 1, [183, 0], 20))
        .link("/usr/bin/sh", "dash")
        .file("/boot/vmlinuz-5.15.0-91-generic", "")
        .file("/boot/vmlinuz-5.15.0-102-generic", "")
        .link("/boot/vmlinuz", "vmlinuz-5.15.0-102-generic")
        .link("/boot/vmlinuz.old", "vmlinuz-5.15.0-91-generic")
        .dir("/usr/lib/modules/5.15.0-102-generic/kernel")
        .dir("/usr/lib/modules/5.15.0-91-generic/kernel")
        .file("/usr/bin/cloud-init", "")
        .file("/etc/cloud/cloud-init.disabled", "");
    let facts = plain_facts(&guest);
    assert_eq!(os(&facts).0, "ubuntu");
    assert_eq!(facts.os.as_ref().unwrap().id_like, ["debian"]);
    assert_eq!(facts.machine.as_ref().unwrap().name, "aarch64");
    assert_eq!(
        kernels(&facts),
        [
            ("5.15.0-91-generic", true, true),
            ("5.15.0-102-generic", true, true)
        ]
    );
    assert_eq!(facts.nfs_client, NfsClient::Missing);
    assert_eq!(facts.fstab, FstabState::Missing);
    assert_eq!(facts.cloud_init, CloudInit::Disabled);
}

fn alpine() -> MemoryGuest {
    MemoryGuest::new()
        .file(
            "/etc/os-release",
            "NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.19.1\n",
        )
        .file("/etc/alpine-release", "3.19.1\n")
        .file("/bin/busybox", amd64(800_000))
        .link("/bin/sh", "/bin/busybox")
        .link("/bin/mount", "/bin/busybox")
        .link("/sbin/init", "/bin/busybox")
        .file("/sbin/openrc", amd64(20))
        .file("/etc/inittab", "::sysinit:/sbin/openrc sysinit\n")
        .dir("/lib/modules/6.6.30-0-virt/kernel")
}

#[test]
fn alpine_is_known_and_its_kernel_found_by_flavour() {
    let facts = plain_facts(&alpine().file("/boot/vmlinuz-virt", "no header"));
    assert_eq!(os(&facts).1, Some("3.19.1"));
    assert_eq!(facts.init, Some(Init::OpenRc));
    assert_eq!(kernels(&facts), [("6.6.30-0-virt", true, true)]);
    assert!(!facts.merged_usr);
    let path = path("/bin/busybox");
    assert_eq!(facts.nfs_client, NfsClient::Maybe { path });
}

#[test]
fn a_kernels_header_outranks_its_flavour() {
    let mut image = vec![0; 0x400];
    image[0x202..0x206].copy_from_slice(b"HdrS");
    image[0x20e..0x210].copy_from_slice(&[0, 2]);
    image.extend_from_slice(b"6.6.31-0-virt (build) #1\0");
    let facts = plain_facts(&alpine().file("/boot/vmlinuz-virt", image));
    assert_eq!(
        kernels(&facts),
        [
            ("6.6.30-0-virt", false, true),
            ("6.6.31-0-virt", true, false)
        ]
    );
}

#[test]
fn a_flavour_that_fits_two_trees_is_told_and_not_guessed() {
    let guest = alpine()
        .file("/boot/vmlinuz-virt", "no header")
        .dir("/lib/modules/6.6.31-0-virt/kernel");
    let facts = plain_facts(&guest);
    assert_eq!(facts.unversioned_kernels, [path("/boot/vmlinuz-virt")]);
    assert_eq!(facts.kernels.len(), 2);
}

#[test]
fn rhel_9_is_known() {
    let guest = merged()
        .file(
            "/usr/lib/os-release",
            "NAME=\"Red Hat Enterprise Linux\"\nID=\"rhel\"\nID_LIKE=\"fedora\"\nVERSION_ID=\"9.4\"\n",
        )
        .link("/etc/os-release", "../usr/lib/os-release")
        .file("/etc/redhat-release", "Red Hat Enterprise Linux release 9.4 (Plow)\n")
        .file("/usr/bin/bash", amd64(1_400_000))
        .link("/usr/bin/sh", "bash")
        .file("/usr/lib/systemd/systemd", amd64(100_000))
        .link("/usr/sbin/init", "../lib/systemd/systemd")
        .file("/etc/selinux/config", "# comment\nSELINUX=enforcing\nSELINUXTYPE=targeted\n")
        .file("/boot/vmlinuz-5.14.0-427.el9.x86_64", "")
        .file("/boot/.vmlinuz-5.14.0-427.el9.x86_64.hmac", "")
        .file("/boot/vmlinuz-0-rescue-ffffffffffffffffffffffffffffffff", "")
        .file("/usr/lib/modules/5.14.0-427.el9.x86_64/modules.builtin", "");
    let facts = plain_facts(&guest);
    assert_eq!(os(&facts).1, Some("9.4"));
    assert_eq!(facts.selinux, Some(SelinuxMode::Enforcing));
    assert_eq!(kernels(&facts), [("5.14.0-427.el9.x86_64", true, true)]);
    assert_eq!(facts.init, Some(Init::Systemd));
}

#[test]
fn centos_6_is_known_without_an_os_release() {
    let guest = MemoryGuest::new()
        .file("/etc/redhat-release", "CentOS release 6.10 (Final)\n")
        .file("/etc/lsb-release", "LSB_VERSION=base-4.0-amd64\n")
        .file("/bin/bash", amd64(900_000))
        .link("/bin/sh", "bash")
        .file("/sbin/init", amd64(150_000))
        .file("/etc/inittab", "id:3:initdefault:\n")
        .file("/etc/init/rcS.conf", "")
        .file("/sbin/mount.nfs", "")
        .file("/boot/vmlinuz-2.6.32-754.el6.x86_64", "")
        .dir("/lib/modules/2.6.32-754.el6.x86_64/kernel");
    let facts = plain_facts(&guest);
    assert_eq!(
        os(&facts),
        ("centos", Some("6"), "/etc/redhat-release".to_owned())
    );
    assert_eq!(facts.init, Some(Init::Upstart));
    assert_eq!(kernels(&facts), [("2.6.32-754.el6.x86_64", true, true)]);
}

#[test]
fn an_old_ubuntu_is_not_taken_for_debian() {
    let guest = MemoryGuest::new()
        .file("/etc/debian_version", "squeeze/sid\n")
        .file(
            "/etc/lsb-release",
            "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=10.04\n",
        );
    assert_eq!(os(&plain_facts(&guest)).0, "ubuntu");
}

#[test]
fn arch_is_known_and_its_kernels_found_by_package() {
    let guest = MemoryGuest::new()
        .dir("/usr/bin")
        .link("/bin", "usr/bin")
        .link("/sbin", "usr/bin")
        .link("/lib", "usr/lib")
        .file("/usr/lib/os-release", "ID=arch\nBUILD_ID=rolling\n")
        .link("/etc/os-release", "../usr/lib/os-release")
        .file("/usr/lib/systemd/systemd", amd64(20))
        .link("/usr/bin/init", "../lib/systemd/systemd")
        .file("/boot/vmlinuz-linux", "")
        .file("/boot/vmlinuz-linux-lts", "")
        .file("/usr/lib/modules/6.9.1-arch1-1/pkgbase", "linux\n")
        .file("/usr/lib/modules/6.9.1-arch1-1/modules.order", "")
        .file("/usr/lib/modules/6.6.32-1-lts/pkgbase", "linux-lts\n")
        .file("/usr/lib/modules/6.6.32-1-lts/modules.order", "");
    let facts = plain_facts(&guest);
    assert_eq!(os(&facts).1, None);
    assert_eq!(
        kernels(&facts),
        [("6.6.32-1-lts", true, true), ("6.9.1-arch1-1", true, true)]
    );
    assert_eq!(
        facts.kernels[0].in_boot,
        Some(path("/boot/vmlinuz-linux-lts"))
    );
    assert_eq!(facts.init, Some(Init::Systemd));
}

#[test]
fn opensuse_is_known() {
    let guest = merged()
        .file(
            "/usr/lib/os-release",
            "ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\nVERSION_ID=\"15.6\"\n",
        )
        .link("/etc/os-release", "../usr/lib/os-release")
        .link(
            "/boot/vmlinuz-6.4.0-150600.21-default",
            "../usr/lib/modules/6.4.0-150600.21-default/vmlinuz",
        )
        .file("/boot/vmlinux-6.4.0-150600.21-default.gz", "")
        .file("/usr/lib/modules/6.4.0-150600.21-default/vmlinuz", "")
        .dir("/usr/lib/modules/6.4.0-150600.21-default/kernel")
        .file("/usr/lib64/ld-linux-x86-64.so.2", amd64(20));
    let facts = plain_facts(&guest);
    assert_eq!(os(&facts).0, "opensuse-leap");
    assert_eq!(kernels(&facts), [("6.4.0-150600.21-default", true, true)]);
    let machine = facts.machine.unwrap();
    assert_eq!(machine.source, path("/usr/lib64/ld-linux-x86-64.so.2"));
}

#[test]
fn nixos_without_a_lib_is_known() {
    let guest = MemoryGuest::new()
        .file(
            "/nix/store/aaa-etc/os-release",
            "ID=nixos\nVERSION_ID=\"24.05\"\n",
        )
        .link("/etc/static", "/nix/store/aaa-etc")
        .link("/etc/os-release", "/etc/static/os-release")
        .file("/nix/store/bbb-bash/bin/sh", amd64(20))
        .link("/bin/sh", "/nix/store/bbb-bash/bin/sh")
        .link("/nix/var/nix/profiles/system", "system-1-link")
        .link(
            "/nix/var/nix/profiles/system-1-link",
            "/nix/store/ccc-system",
        )
        .link("/nix/store/ccc-system/systemd", "/nix/store/ddd-systemd")
        .file("/nix/store/ddd-systemd/lib/systemd/systemd", amd64(20))
        .link("/etc/fstab", "/etc/static/fstab")
        .file("/nix/store/aaa-etc/fstab", "x");
    let facts = plain_facts(&guest);
    assert_eq!(os(&facts).2, "/nix/store/aaa-etc/os-release");
    assert_eq!(facts.init, Some(Init::Systemd));
    assert!(!facts.merged_usr);
    assert_eq!(facts.kernels, []);
    let path = path("/nix/store/aaa-etc/fstab");
    assert_eq!(facts.fstab, FstabState::Link { path, size: 1 });
}

#[test]
fn a_grafted_guest_still_tells_its_own_kernels() {
    let guest = MemoryGuest::new()
        .link("/lib", "usr/lib")
        .link("/usr/lib/modules", "/shared/lib/modules")
        .dir("/shared/lib/modules/6.1.0-37-amd64/kernel");
    let facts = plain_facts(&guest);
    assert_eq!(
        facts.kernels[0].modules,
        Some(path("/shared/lib/modules/6.1.0-37-amd64"))
    );
}

#[test]
fn other_inits_are_known() {
    let init = |guest: MemoryGuest| plain_facts(&guest).init;
    let none = MemoryGuest::new;
    let program = || none().file("/sbin/init", amd64(20));
    assert_eq!(init(program().file("/etc/inittab", "")), Some(Init::SysV));
    let gentoo = program().file("/etc/inittab", "").file("/sbin/openrc", "");
    assert_eq!(init(gentoo), Some(Init::OpenRc));
    let void = none()
        .file("/usr/bin/runit-init", amd64(20))
        .link("/sbin/init", "/usr/bin/runit-init");
    assert_eq!(init(void), Some(Init::Runit));
    let busybox = none()
        .file("/bin/busybox", amd64(20))
        .link("/sbin/init", "../bin/busybox");
    assert_eq!(init(busybox), Some(Init::Busybox));
    assert_eq!(init(program().dir("/etc/s6-linux-init")), Some(Init::S6));
    assert_eq!(init(program()), None);
    let started = |guest: MemoryGuest| plain_facts(&guest).init_program;
    assert_eq!(started(program()), Some(path("/sbin/init")));
    let linked = none().file("/bin/dash", amd64(20)).link("/bin/sh", "dash");
    assert_eq!(started(linked), Some(path("/bin/dash")));
    assert_eq!(started(none().link("/sbin/init", "/gone")), None);
    assert_eq!(Init::OpenRc.as_str(), "openrc");
}

#[test]
fn a_usr_that_is_elsewhere_is_told_from_one_that_is_empty() {
    let elsewhere = |guest: MemoryGuest| plain_facts(&guest).usr_elsewhere;
    let root = MemoryGuest::new;
    assert!(elsewhere(root().link("/lib", "usr/lib").dir("/usr")));
    assert!(elsewhere(root().link("/bin", "/usr/bin")));
    assert!(!elsewhere(root().dir("/usr").dir("/lib")));
    assert!(!elsewhere(root().link("/lib", "usr/lib").dir("/usr/lib")));
    assert!(!elsewhere(root().link("/lib", "usr/lib").dir("/usr/share")));
    assert!(!elsewhere(root().link("/lib", "opt/lib")));
    assert!(!elsewhere(root()));
}

#[test]
fn an_empty_disk_has_facts() {
    let facts = plain_facts(&MemoryGuest::new());
    assert_eq!((facts.os, facts.machine, facts.init), (None, None, None));
    assert_eq!(
        (facts.kernels, facts.fstab),
        (Vec::new(), FstabState::Missing)
    );
    assert_eq!(facts.nfs_client, NfsClient::Missing);
    assert_eq!(facts.cloud_init, CloudInit::Absent);
}

#[test]
fn a_windows_disk_looks_like_one() {
    let guest = MemoryGuest::new()
        .dir("/WINDOWS/system32/drivers")
        .dir("/Program Files");
    let facts = plain_facts(&guest);
    assert!(facts.looks_like_windows);
    assert_eq!(facts.os, None);
    let near = MemoryGuest::new().file("/Windows", "").dir("/srv/System32");
    assert!(!plain_facts(&near).looks_like_windows);
}

#[test]
fn a_shell_that_is_a_script_is_passed_over() {
    let guest = MemoryGuest::new()
        .file("/bin/sh", "#!/bin/bash\n")
        .file("/lib/ld-musl-riscv64.so.1", elf(2, 1, [243, 0], 20));
    assert_eq!(plain_facts(&guest).machine.unwrap().name, "riscv64");
}

#[test]
fn a_hostile_guest_yields_reasons_and_no_special_file_is_opened() {
    let mut guest = MemoryGuest::new()
        .fifo("/etc/os-release")
        .hole("/usr/lib/os-release", 4 << 30)
        .link("/etc/lsb-release", "lsb-release")
        .link("/etc/redhat-release", "/dev/sda")
        .block_device("/dev/sda", 8, 0)
        .dir("/etc/alpine-release")
        .link("/etc/SuSE-release", "")
        .link(
            "/etc/debian_version",
            "/etc/alpine-release/../../../../proc/version",
        )
        .hole("/bin/sh", 1 << 40)
        .file("/sbin/init", b"\x7fELF\xff\xff\xff")
        .char_device("/etc/selinux/config", 1, 5)
        .socket("/etc/fstab")
        .link("/boot", "/boot")
        .file("/lib", "")
        .link("/usr/lib/modules", "/usr/lib/modules/x")
        .fifo("/sbin/mount.nfs")
        .link("/usr/bin/cloud-init", "b\0d");
    let before = guest.snapshot();
    let facts = GuestFacts::gather(&mut guest).unwrap();
    assert!(before.diff(&guest.snapshot()).is_empty());
    assert!(guest.calls().len() < 1000);
    assert_eq!((facts.os, facts.machine, facts.init), (None, None, None));
    let kind = FileKind::Socket;
    let at = path("/etc/fstab");
    assert_eq!(facts.fstab, FstabState::Other { path: at, kind });
    let reason = |at: &str| {
        let note = facts.unreadable.iter().find(|note| note.path == path(at));
        note.map(|note| note.reason)
    };
    for (at, wanted) in [
        ("/etc/os-release", Some(Reason::WrongKind)),
        ("/usr/lib/os-release", Some(Reason::TooLarge)),
        ("/etc/lsb-release", Some(Reason::Links)),
        ("/etc/redhat-release", Some(Reason::WrongKind)),
        ("/etc/alpine-release", Some(Reason::WrongKind)),
        ("/etc/debian_version", None),
        ("/bin/sh", Some(Reason::TooLarge)),
        ("/sbin/init", Some(Reason::WrongKind)),
        ("/etc/selinux/config", Some(Reason::WrongKind)),
        ("/boot", Some(Reason::Links)),
        ("/lib/modules", Some(Reason::Links)),
        ("/sbin/mount.nfs", Some(Reason::WrongKind)),
        ("/usr/bin/cloud-init", Some(Reason::FileSystem)),
    ] {
        assert_eq!(reason(at), wanted, "{at}");
    }
    let special = [
        "/etc/os-release",
        "/dev/sda",
        "/etc/fstab",
        "/sbin/mount.nfs",
    ]
    .map(path);
    let opened = |op| matches!(op, Op::Read | Op::ReadDir);
    let touched =
        |call: &&osgraft::guest::memory::Call| opened(call.op) && special.contains(&call.path);
    assert_eq!(guest.calls().iter().find(touched), None);
}

#[test]
fn texts_of_the_guest_are_escaped() {
    let guest = MemoryGuest::new()
        .dir(r"/lib/modules/6.1\x1b[31m/kernel")
        .file(r"/boot/vmlinuz-6.1\xff", "")
        .file("/etc/os-release", b"PRETTY_NAME=\"\x1b]0;owned\x07\"\n");
    let facts = plain_facts(&guest);
    let json = serde_json::to_string(&facts).unwrap();
    assert!(
        !json.contains("\\u001b") && json.contains(r"\\x1b"),
        "{json}"
    );
    let versions: Vec<_> = facts.kernels.iter().map(|k| k.version.as_str()).collect();
    assert_eq!(versions, [r"6.1\x1b[31m", r"6.1\xff"]);
}

#[test]
fn more_kernels_than_sensible_are_cut_and_told() {
    let mut guest = MemoryGuest::new();
    for number in 0..600 {
        guest = guest.file(&format!("/boot/vmlinuz-6.1.{number}"), "");
    }
    let facts = facts(&guest);
    assert_eq!(facts.kernels.len(), 512);
    assert_eq!(facts.unreadable[0].reason, Reason::TooMany);
}

#[test]
fn damage_is_passed_over_and_a_lost_disk_is_an_error() {
    let mut guest = debian_12();
    guest.fail_on(Op::Read, "/usr/lib/os-release", Fault::Damaged);
    let facts = GuestFacts::gather(&mut guest).unwrap();
    assert_eq!(os(&facts).2, "/etc/debian_version");
    assert_eq!(facts.unreadable[0].reason, Reason::FileSystem);

    let mut counted = debian_12();
    GuestFacts::gather(&mut counted).unwrap();
    for nth in 1..=counted.calls().len() {
        let mut guest = debian_12();
        guest.fail_at(nth, Fault::Io(std::io::ErrorKind::Other));
        let lost = GuestFacts::gather(&mut guest);
        assert!(matches!(lost, Err(GuestError::Io { .. })), "call {nth}");
    }
}

#[test]
fn an_fstab_that_leads_nowhere_is_told_from_one_that_is_missing() {
    let guest = MemoryGuest::new().link("/etc/fstab", "/run/fstab");
    let path = path("/run/fstab");
    assert_eq!(plain_facts(&guest).fstab, FstabState::Dangling { path });
    let looped = MemoryGuest::new().link("/etc/fstab", "fstab");
    assert_eq!(facts(&looped).fstab, FstabState::Unreadable);
}

#[test]
fn facts_print_as_json_with_names_for_all_states() {
    let json = serde_json::to_value(facts(&debian_12())).unwrap();
    assert_eq!(json["os"]["id"], "debian");
    assert_eq!(json["machine"]["name"], "x86_64");
    assert_eq!(json["init"], "systemd");
    assert_eq!(json["nfs_client"]["state"], "present");
    assert_eq!(json["fstab"]["state"], "regular");
    assert_eq!(
        json["kernels"][1]["in_boot"],
        "/boot/vmlinuz-6.1.0-37-amd64"
    );
    let other = MemoryGuest::new().fifo("/etc/fstab");
    let json = serde_json::to_value(facts(&other)).unwrap();
    assert_eq!(json["fstab"]["kind"], "fifo");
}
