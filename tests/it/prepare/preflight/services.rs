use super::*;

const ETC: &str = "/etc/systemd/system";
const VENDOR: &str = "/usr/lib/systemd/system";

fn unit(guest: MemoryGuest, name: &str, text: &str) -> MemoryGuest {
    guest.file(&format!("{ETC}/{name}"), text)
}

fn wanted(guest: MemoryGuest, by: &str, name: &str) -> MemoryGuest {
    guest.link(&format!("{ETC}/{by}.wants/{name}"), format!("../{name}"))
}

#[test]
fn a_unit_of_the_guests_own_for_the_mount_point_is_refused() {
    let own = "[Mount]\nWhat=srv:/x\nWhere=/shared\nType=nfs\n";
    assert_eq!(
        found(unit(debian(), "shared.mount", own)),
        refused("mount-unit-own")
    );
    let linked = debian()
        .file("/opt/units/shared.mount", own)
        .link(&format!("{ETC}/shared.mount"), "/opt/units/shared.mount");
    assert_eq!(found(linked), refused("mount-unit-own"));
    let masked = debian().link(&format!("{ETC}/shared.mount"), "/dev/null");
    assert_eq!(found(masked), refused("mount-unit-masked"));
    let empty = unit(debian(), "shared.mount", "");
    assert_eq!(found(empty), refused("mount-unit-masked"));
    let control = debian().file("/etc/systemd/system.control/shared.mount", own);
    assert_eq!(found(control), refused("mount-unit-own"));
}

#[test]
fn units_that_fstab_goes_before_or_that_are_of_other_places_are_not() {
    let own = "[Mount]\nWhat=srv:/x\nWhere=/shared\nType=nfs\n";
    for guest in [
        debian().file(&format!("{VENDOR}/shared.mount"), own),
        debian().file("/usr/local/lib/systemd/system/shared.mount", own),
        debian().link(&format!("{ETC}/shared.mount"), "/opt/gone.mount"),
        debian().link(&format!("{ETC}/remote-fs-pre.target"), "/dev/null"),
        unit(debian(), "shared2.mount", own),
        unit(debian(), "srv-shared.mount", own),
        unit(debian(), "shared.service", "[Service]\n"),
    ] {
        assert_eq!(found(guest), nothing());
    }
}

#[test]
fn the_name_of_a_unit_is_escaped() {
    let share = || Share::at("/srv/os-share").unwrap();
    let guest = unit(debian(), r"srv-os\x5cx2dshare.mount", "[Mount]\n");
    assert_eq!(found_for(guest, share()).0, refused("mount-unit-own"));
    let guest = unit(debian(), "srv-os-share.mount", "[Mount]\n");
    assert_eq!(found_for(guest, share()).0, nothing());
}

#[test]
fn an_automount_of_the_share_is_refused_where_the_boot_would_start_it() {
    let own = |guest| unit(guest, "shared.automount", "[Automount]\nWhere=/shared\n");
    let started = wanted(own(debian()), "local-fs.target", "shared.automount");
    assert_eq!(found(started), refused("automount-boot-critical"));
    assert_eq!(found(own(debian())), told("automount-unit-own"));
    let vendor = debian().file(&format!("{VENDOR}/shared.automount"), "[Automount]\n");
    let started = wanted(vendor, "multi-user.target", "shared.automount");
    assert_eq!(found(started), refused("automount-boot-critical"));
    let masked = debian().link(&format!("{ETC}/shared.automount"), "/dev/null");
    assert_eq!(found(masked), nothing());
    let no_modules = Share::at("/shared").unwrap();
    let started = wanted(own(debian()), "local-fs.target", "shared.automount");
    assert_eq!(found_for(started, no_modules).0, told("automount-unit-own"));
}

#[test]
fn a_unit_that_hides_what_is_edited_is_refused_where_it_is_wanted() {
    for name in [
        "usr-lib-modules.mount",
        "lib-modules.mount",
        "var.mount",
        "usr.mount",
        "etc.mount",
    ] {
        let guest = || unit(debian(), name, "[Mount]\nWhat=/dev/vdb1\n");
        let started = wanted(guest(), "local-fs.target", name);
        assert_eq!(found(started), refused("separate-file-system"), "{name}");
        assert_eq!(found(guest()), told("mount-unit-hides"), "{name}");
        let masked = debian().link(&format!("{ETC}/{name}"), "/dev/null");
        assert_eq!(found(masked), nothing(), "{name}");
    }
    for name in [
        "home.mount",
        "tmp.mount",
        "var-log.mount",
        "usr-lib-modules2.mount",
    ] {
        let guest = unit(debian(), name, "[Mount]\nWhat=/dev/vdb1\n");
        assert_eq!(
            found(wanted(guest, "local-fs.target", name)),
            nothing(),
            "{name}"
        );
    }
}

#[test]
fn a_local_unit_that_needs_the_share_is_refused() {
    for (name, text) in [
        ("shared-data.mount", "[Mount]\nWhat=/dev/vdb1\nType=ext4\n"),
        ("opt-x.mount", "[Mount]\nWhat=/shared/x\nOptions=bind\n"),
        ("shared-swap.swap", "[Swap]\nWhat=/shared/swap\n"),
    ] {
        let guest = unit(debian(), name, text);
        let started = wanted(guest, "local-fs.target", name);
        assert_eq!(found(started), refused("local-mount-needs-share"), "{name}");
    }
    let text = "[Mount]\nWhat=srv:/y\nType=nfs\n";
    let guest = unit(debian(), "shared-data.mount", text);
    assert_eq!(
        found(wanted(guest, "remote-fs.target", "shared-data.mount")),
        nothing()
    );
}

#[test]
fn a_drop_in_is_told_where_it_changes_the_mount() {
    let with = |text: &str| debian().file(&format!("{ETC}/shared.mount.d/x.conf"), text);
    assert_eq!(
        found(with("[Mount]\nOptions=rw\n")),
        told("mount-unit-drop-in")
    );
    assert_eq!(
        found(with("[Unit]\nConditionPathExists=/x\n")),
        told("mount-unit-drop-in")
    );
    assert_eq!(found(with("[Mount]\nLazyUnmount=yes\n")), nothing());
    assert_eq!(found(with("[Unit]\nWants=x.service\n")), nothing());
}

#[test]
fn a_boot_without_remote_fs_target_mounts_no_network_file_system() {
    let masked = || debian().link(&format!("{ETC}/remote-fs.target"), "/dev/null");
    assert_eq!(found(masked()), refused("remote-mounts-off"));
    let installed = || {
        debian()
            .file(
                &format!("{VENDOR}/remote-fs.target"),
                "[Install]\nWantedBy=multi-user.target\n",
            )
            .file("/etc/machine-id", "")
            .dir(ETC)
    };
    assert_eq!(found(installed()), refused("remote-mounts-off"));
    // As Debian, Fedora and Arch enable it, and in other ways.
    assert_eq!(
        found(wanted(installed(), "multi-user.target", "remote-fs.target")),
        nothing()
    );
    assert_eq!(
        found(wanted(installed(), "graphical.target", "remote-fs.target")),
        nothing()
    );
    let vendor = format!("{VENDOR}/multi-user.target.wants/remote-fs.target");
    assert_eq!(
        found(installed().link(&vendor, "../remote-fs.target")),
        nothing()
    );
    let named = unit(
        installed(),
        "own.service",
        "[Unit]\nWants=remote-fs.target\n",
    );
    assert_eq!(found(named), nothing());
    // A first boot enables what the presets say.
    let first = installed().file("/etc/machine-id", "uninitialized\n");
    assert_eq!(found(first), nothing());
    assert_eq!(found(without(installed(), "/etc/machine-id")), nothing());
}

#[test]
fn a_systemd_that_reads_no_fstab_mounts_nothing_of_it() {
    let own = "/etc/systemd/system-generators/systemd-fstab-generator";
    let vendor = "/usr/lib/systemd/system-generators/systemd-fstab-generator";
    let whole = || debian().file(vendor, "x");
    assert_eq!(found(whole()), nothing());
    assert_eq!(
        found(whole().link(own, "/dev/null")),
        refused("fstab-generator-masked")
    );
    assert_eq!(
        found(whole().file(own, "")),
        refused("fstab-generator-masked")
    );
    assert_eq!(found(whole().file(own, "#!/bin/sh")), nothing());
    let other = "/etc/systemd/system-generators/systemd-gpt-auto-generator";
    assert_eq!(found(whole().link(other, "/dev/null")), nothing());
    let lacking = debian().file(
        "/usr/lib/systemd/system-generators/systemd-gpt-auto-generator",
        "x",
    );
    assert_eq!(found(lacking), refused("fstab-generator-missing"));
}

#[test]
fn a_map_of_autofs_that_meets_the_share_is_told() {
    let master = |text: &str| debian().file("/etc/auto.master", text);
    let direct = |key: &str| {
        master("/- /etc/auto.direct\n").file("/etc/auto.direct", format!("# x\n{key} -ro srv:/x\n"))
    };
    for guest in [
        direct("/shared"),
        direct("/shared/data"),
        direct("/usr/lib/modules"),
        direct("/lib/modules"),
        direct("/mnt/s").link("/mnt/s", "/shared"),
        master("/- auto.direct --timeout=60\n").file("/etc/auto.direct", "/shared srv:/x\n"),
        master("/- file:/etc/auto.direct\n").file("/etc/auto.direct", "/shared srv:/x\n"),
        master("/shared /etc/auto.shared\n"),
        debian().file("/etc/auto.master.d/x.autofs", "/shared /etc/auto.shared\n"),
        debian()
            .file("/etc/autofs/auto.master", "/- /etc/autofs/auto.direct\n")
            .file("/etc/autofs/auto.direct", "/shared srv:/x\n"),
    ] {
        assert_eq!(found(guest), told("autofs-map"));
    }
    let above = found_for(master("/srv auto.srv\n"), Share::at("/srv/os").unwrap()).0;
    assert_eq!(above, told("autofs-map"));
    for guest in [
        master("/misc /etc/auto.misc\n/net -hosts\n+dir:/etc/auto.master.d\n+auto.master\n"),
        master("# /- /etc/auto.direct\n").file("/etc/auto.direct", "/shared srv:/x\n"),
        direct("/home/x"),
        direct("# /shared"),
        master("/shared -null\n"),
        master("/- /etc/auto.gone\n"),
        debian().file("/etc/auto.master.d/x.bak", "/shared /etc/auto.shared\n"),
        debian().fifo("/etc/auto.master"),
    ] {
        assert_eq!(found(guest), nothing());
    }
}

/// An Alpine, but for its system's name: the server has one for Debian's kernel.
fn openrc() -> MemoryGuest {
    let guest = without(
        without(debian(), "/usr/sbin/init"),
        "/usr/lib/systemd/systemd",
    );
    guest
        .file("/usr/sbin/openrc", "x")
        .file("/bin/busybox", "x")
        .link("/usr/sbin/init", "/bin/busybox")
        .file("/etc/init.d/netmount", "#!/sbin/openrc-run\n")
        .file("/etc/init.d/nfsmount", "#!/sbin/openrc-run\n")
        .link("/etc/runlevels/boot/localmount", "/etc/init.d/localmount")
}

#[test]
fn openrc_needs_a_service_that_mounts_network_file_systems() {
    let off = refused("remote-mounts-off");
    assert_eq!(found(openrc()), off);
    for (level, service, wanted) in [
        ("default", "netmount", true),
        ("default", "nfsmount", true),
        ("boot", "netmount", true),
        ("own", "netmount", true),
        ("nonetwork", "netmount", false),
        ("shutdown", "netmount", false),
        ("default", "localmount", false),
        ("default", "networking", false),
    ] {
        let link = format!("/etc/runlevels/{level}/{service}");
        let guest = openrc().link(&link, format!("/etc/init.d/{service}"));
        let wanted = if wanted {
            nothing()
        } else {
            refused("remote-mounts-off")
        };
        assert_eq!(found(guest), wanted, "{level}/{service}");
    }
    // A link to a service that is not installed starts nothing.
    let gone = without(openrc(), "/etc/init.d/netmount");
    let gone = gone.link("/etc/runlevels/default/netmount", "/etc/init.d/netmount");
    assert_eq!(found(gone), off);
}

fn other_init(name: &str) -> MemoryGuest {
    let guest = without(
        without(debian(), "/usr/sbin/init"),
        "/usr/lib/systemd/systemd",
    );
    let program = format!("/usr/bin/{name}");
    guest.file(&program, "x").link("/usr/sbin/init", program)
}

#[test]
fn sysv_init_needs_a_script_of_a_run_level() {
    let sysv = || {
        other_init("sysvinit")
            .file("/etc/inittab", "x")
            .link("/etc/rc2.d/S01ssh", "../init.d/ssh")
    };
    assert_eq!(found(sysv()), refused("remote-mounts-off"));
    for script in [
        "/etc/rcS.d/S14mountnfs.sh",
        "/etc/rc3.d/S25netfs",
        "/etc/rc.d/rc3.d/S25netfs",
    ] {
        assert_eq!(
            found(sysv().link(script, "../init.d/x")),
            nothing(),
            "{script}"
        );
    }
    let stopped = sysv().link("/etc/rc3.d/K75netfs", "../init.d/netfs");
    assert_eq!(found(stopped), refused("remote-mounts-off"));
    let with_interface = sysv().file("/etc/network/if-up.d/mountnfs", "x");
    assert_eq!(found(with_interface), nothing());
    let without_levels = other_init("sysvinit").file("/etc/inittab", "x");
    assert_eq!(found(without_levels), told("network-mounts-unsure"));
}

#[test]
fn of_other_inits_it_is_told_that_nothing_is_known() {
    for name in ["busybox", "s6-linux-init", "dinit", "runit"] {
        let (found, text) = found_for(other_init(name), share());
        assert_eq!(found, told("network-mounts-unsure"), "{name}");
        assert!(text.contains("network file systems"), "{text}");
    }
    let netmount = "/etc/runit/runsvdir/default/netmount";
    let void = other_init("runit")
        .dir("/etc/sv/netmount")
        .link(netmount, "/etc/sv/netmount");
    assert_eq!(found(void), nothing());
}

#[test]
fn options_that_name_what_starts_the_mount_need_no_target() {
    let masked = || debian().link(&format!("{ETC}/remote-fs.target"), "/dev/null");
    let base = "ro,bg,soft,nfsvers=4.1";
    let other = format!("{base},x-systemd.wanted-by=multi-user.target");
    assert_eq!(found_with(masked(), base), refused("remote-mounts-off"));
    assert_eq!(found_with(masked(), &other), nothing());
}

#[test]
fn a_wait_for_a_networkd_that_configures_nothing_is_told() {
    let service = "systemd-networkd-wait-online.service";
    let waits = || wanted(debian(), "network-online.target", service);
    let (told_of, text) = found_for(waits(), share());
    assert_eq!(told_of, told("wait-online-hang"));
    assert!(
        text.contains(&format!("{ETC}/network-online.target.wants/{service}")),
        "{text}"
    );
    let vendor = "/usr/lib/systemd/network";
    let own = waits().file(&format!("{vendor}/80-container-host0.network"), "[Match]\n");
    assert_eq!(found(own), told("wait-online-hang"));
    for guest in [
        debian(),
        waits().file("/etc/systemd/network/10-all.network", "[Match]\nName=*\n"),
        waits().file(&format!("{vendor}/99-default.network"), "[Match]\n"),
        waits().file("/etc/netplan/50.yaml", "network:\n"),
        waits().file("/usr/bin/cloud-init", "x"),
        waits().link(&format!("{ETC}/{service}"), "/dev/null"),
        waits().link(&format!("{ETC}/systemd-networkd.service"), "/dev/null"),
        waits().file(&format!("{ETC}/{service}.d/any.conf"), "[Service]\n"),
        waits().file(
            "/boot/grub/grub.cfg",
            "menuentry 'x' {\nlinux /vmlinuz-6.1.0-37-amd64 ip=dhcp\n}\n",
        ),
        wanted(
            debian(),
            "network-online.target",
            "NetworkManager-wait-online.service",
        ),
    ] {
        assert_eq!(found(guest), nothing());
    }
    let disabled = waits()
        .file("/usr/bin/cloud-init", "x")
        .file("/etc/cloud/cloud-init.disabled", "");
    assert_eq!(found(disabled), told("wait-online-hang"));
}

#[test]
fn version_3_with_locks_needs_its_daemon() {
    let three = "ro,bg,soft,nfsvers=3";
    assert_eq!(found_with(debian(), three), told("nfs-v3-helper-missing"));
    let with = debian().file("/usr/sbin/rpc.statd", "x");
    assert_eq!(found_with(with, three), nothing());
    let without_locks = format!("{three},nolock");
    assert_eq!(found_with(debian(), &without_locks), nothing());
    let again = format!("{three},nolock,lock");
    assert_eq!(found_with(debian(), &again), told("nfs-v3-helper-missing"));
    assert_eq!(found_with(debian(), "ro,bg,soft,nfsvers=4.1"), nothing());
}
