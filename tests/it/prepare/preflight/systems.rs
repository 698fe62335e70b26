use super::*;

#[test]
fn a_system_that_no_edit_reaches_is_refused_by_its_name() {
    let os = |text: &str| without(debian(), "/etc/os-release").file("/etc/os-release", text);
    for (guest, name) in [
        (os("ID=nixos\n"), "NixOS"),
        (debian().file("/etc/NIXOS", ""), "NixOS"),
        (os("ID=guix\n"), "Guix System"),
        (os("ID=fedora\nVARIANT_ID=coreos\n"), "ostree"),
        (os("ID=fedora\nVARIANT_ID=silverblue\n"), "ostree"),
        (debian().dir("/ostree/deploy"), "ostree"),
        (os("ID=flatcar\n"), "Flatcar"),
        (os("ID=\"opensuse-microos\"\n"), "MicroOS"),
        (os("ID=ubuntu-core\n"), "Ubuntu Core"),
        (os("ID=chromeos\n"), "ChromeOS"),
    ] {
        let (found, text) = found_for(guest, share());
        assert_eq!(found, refused("os-unsupported"), "{name}");
        assert!(text.contains(name) && text.contains(": "), "{text}");
        assert!(!text.contains("appliance"), "{text}");
    }
}

#[test]
fn what_only_has_such_a_package_is_prepared() {
    for guest in [
        debian().dir("/nix/store"),
        debian().dir("/gnu/store"),
        debian().dir("/ostree"),
        debian().file("/usr/bin/transactional-update", "x"),
        debian().file("/usr/bin/ostree", "x"),
    ] {
        assert_eq!(found(guest), nothing());
    }
}

/// Other distributions' usual layouts bring no finding.
#[test]
fn usual_guests_are_prepared_without_a_word() {
    let fedora = debian()
        .file("/usr/lib/systemd/system/remote-fs.target", "x")
        .file("/usr/lib/systemd/system/tmp.mount", "[Mount]\nWhat=tmpfs\n")
        .file("/usr/lib/systemd/system/dev-hugepages.mount", "[Mount]\n")
        .file(
            "/usr/lib/systemd/system/var-lib-nfs-rpc_pipefs.mount",
            "[Mount]\n",
        )
        .file(
            "/usr/lib/systemd/system/proc-sys-fs-binfmt_misc.automount",
            "[Automount]\n",
        )
        .file(
            "/usr/lib/systemd/system-generators/systemd-fstab-generator",
            "x",
        )
        .link(
            "/etc/systemd/system/multi-user.target.wants/remote-fs.target",
            "/usr/lib/systemd/system/remote-fs.target",
        )
        .link(
            "/etc/systemd/system/timers.target.wants/dnf-makecache.timer",
            "/usr/lib/systemd/system/dnf-makecache.timer",
        )
        .file("/etc/dnf/dnf.conf", "[main]\ngpgcheck=True\n")
        .file(
            "/usr/lib/modprobe.d/dist-blacklist.conf",
            "blacklist i82875p_edac\n",
        )
        .file(
            "/etc/modprobe.d/firewalld-sysctls.conf",
            "install nf_conntrack /usr/sbin/modprobe --ignore-install nf_conntrack\n",
        )
        .file(
            "/etc/auto.master",
            "/misc /etc/auto.misc\n/net -hosts\n+dir:/etc/auto.master.d\n+auto.master\n",
        )
        .dir("/usr/lib/modules/6.1.0-37-amd64/updates")
        .dir("/usr/lib/modules/6.1.0-37-amd64/weak-updates")
        .file("/usr/lib/modules/6.1.0-37-amd64/vmlinuz", "x")
        .file("/usr/lib/modules/6.1.0-37-amd64/symvers.gz", "x")
        .link("/usr/lib/modules/6.1.0-37-amd64/source", "build")
        .link(
            "/usr/lib/modules/6.1.0-37-amd64/build",
            "/usr/src/kernels/6.1.0-37-amd64",
        );
    assert_eq!(found(fedora), nothing());

    let ubuntu = with_fstab(
        "LABEL=UEFI /boot/efi vfat umask=0077 0 1\n/swap.img none swap sw 0 0\n\
         tmpfs /tmp tmpfs defaults,nosuid 0 0\n/dev/disk/by-id/x /mnt/data xfs nofail,x-systemd.device-timeout=5 0 2\n\
         srv:/home /home nfs4 defaults,_netdev 0 0\n/dev/sr0 /media/cdrom0 udf,iso9660 user,noauto 0 0\n",
    )
    .file("/etc/apt/apt.conf.d/01autoremove", "APT { NeverAutoRemove { \"^x\"; }; };\n")
    .link("/etc/systemd/system/timers.target.wants/apt-daily-upgrade.timer", "/lib/systemd/system/apt-daily-upgrade.timer")
    .file("/etc/systemd/system/snap-core22-1.mount", "[Mount]\nWhat=/var/lib/snapd/snaps/core22_1.snap\nWhere=/snap/core22/1\nType=squashfs\n")
    .link("/etc/systemd/system/multi-user.target.wants/snap-core22-1.mount", "/etc/systemd/system/snap-core22-1.mount")
    .file("/etc/modprobe.d/blacklist-rare-network.conf", "alias net-pf-3 off\n# x\nalias net-pf-6 off\n");
    assert_eq!(found(ubuntu), nothing());
}
