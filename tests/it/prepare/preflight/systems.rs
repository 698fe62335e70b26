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

/// Each file that preflight reads, as a hostile guest would have it.
#[test]
fn what_is_no_plain_file_of_sensible_size_is_passed_over() {
    let tree = "/usr/lib/modules/6.1.0-37-amd64";
    let paths = [
        "/etc/systemd/system/shared.automount",
        "/etc/systemd/system/var.mount",
        "/etc/systemd/system/shared.mount.d/x.conf",
        "/etc/systemd/system-generators/systemd-fstab-generator",
        "/etc/machine-id",
        "/etc/auto.master",
        "/etc/auto.master.d/x.autofs",
        "/etc/modprobe.d/x.conf",
        "/etc/modprobe.conf",
        "/etc/apt/apt.conf.d/20auto-upgrades",
        "/etc/apt/apt.conf",
        "/var/lib/dpkg/status",
        "/etc/dnf/automatic.conf",
        "/boot/config-6.1.0-37-amd64",
        "/boot/grub/grub.cfg",
        "/boot/loader/entries/x.conf",
        "/boot/extlinux/extlinux.conf",
        "/boot/efi/EFI/Linux/x.efi",
        "/etc/default/grub",
        "/etc/kernel/cmdline",
        "/etc/ima/ima-policy",
        "/etc/selinux/config",
        "/etc/systemd/system/network-online.target.wants",
    ];
    let modules = [
        "modules.builtin",
        "modules.dep.bin",
        "kernel/fs",
        "kernel/fs/nfs/nfs.ko",
        "kernel/drivers/net",
        "build",
        "extra",
        "updates",
    ];
    let modules = modules.map(|name| format!("{tree}/{name}"));
    for at in paths.into_iter().chain(modules.iter().map(String::as_str)) {
        for guest in [
            on_its_way(at).fifo(at),
            on_its_way(at).hole(at, 4 << 30),
            on_its_way(at).char_device(at, 1, 5),
            on_its_way(at).dir(&format!("{at}/x")),
            on_its_way(at).link(at, at),
            on_its_way(at).file(at, [0xff; 4096]),
        ] {
            let (_, text) = found_for(guest, share());
            assert!(
                text.chars().all(|c| !c.is_control() || c == '\n'),
                "{at}: {text:?}"
            );
        }
    }
}

/// A guest that preflight reads all of, where nothing stands at `at`.
fn on_its_way(at: &str) -> MemoryGuest {
    let mut guest = debian();
    for (path, text) in [
        (
            "/etc/apt/apt.conf.d/20auto-upgrades",
            "APT::Periodic::Unattended-Upgrade \"1\";\n",
        ),
        ("/etc/auto.master", "/- auto.direct\n"),
        ("/usr/lib/systemd/system/remote-fs.target", "x"),
    ] {
        if path != at {
            guest = guest.file(path, text);
        }
    }
    guest
}
