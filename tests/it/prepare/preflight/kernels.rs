use super::*;

const TREE: &str = "/usr/lib/modules/6.1.0-37-amd64";

/// A kernel with these in its two lists, and the files of the first.
fn listed(dep: &str, builtin: &str) -> MemoryGuest {
    let guest = without(debian(), &format!("{TREE}/modules.dep"));
    in_tree(guest, TREE, dep, builtin)
}

fn in_tree(mut guest: MemoryGuest, tree: &str, dep: &str, builtin: &str) -> MemoryGuest {
    for file in dep.lines().filter_map(|line| line.split(':').next()) {
        guest = guest.file(&format!("{tree}/{file}"), "module");
    }
    guest
        .file(&format!("{tree}/modules.dep"), dep)
        .file(&format!("{tree}/modules.builtin"), builtin)
}

#[test]
fn a_kernel_without_nfs_is_refused() {
    let nfs = "kernel/fs/nfs/nfs.ko";
    let nfsv4 = "kernel/fs/nfs/nfsv4.ko";
    for (dep, builtin, has) in [
        (String::new(), String::new(), false),
        ("kernel/fs/nfsd/nfsd.ko:\n".to_owned(), String::new(), false),
        (format!("{nfs}:\n{nfsv4}: {nfs}\n"), String::new(), true),
        (
            format!("{nfs}.xz:\n{nfsv4}.xz: {nfs}.xz\n"),
            String::new(),
            true,
        ),
        (
            format!("{nfs}.zst:\n{nfsv4}.zst: {nfs}.zst\n"),
            String::new(),
            true,
        ),
        (format!("{nfs}.gz:\n{nfsv4}.gz:\n"), String::new(), true),
        (String::new(), format!("{nfs}\n{nfsv4}\n"), true),
        (format!("{nfs}:\n"), format!("{nfsv4}\n"), true),
        (format!("{nfs}:\n"), String::new(), false),
        (format!("x.ko: {nfs} {nfsv4}\n"), String::new(), false),
    ] {
        let wanted = if has {
            nothing()
        } else {
            refused("nfs-module-unreachable")
        };
        assert_eq!(found(listed(&dep, &builtin)), wanted, "{dep:?} {builtin:?}");
    }
    // Version 3 needs another module.
    let three = "ro,bg,soft,nfsvers=3,nolock";
    assert_eq!(
        found_with(listed(&format!("{nfs}:\n{nfsv4}:\n"), ""), three),
        refused("nfs-module-unreachable")
    );
    let with = format!("{nfs}:\nkernel/fs/nfs/nfsv3.ko:\n");
    assert_eq!(found_with(listed(&with, ""), three), nothing());
}

#[test]
fn where_the_lists_are_missing_the_folder_or_the_configuration_tells() {
    let folder = |guest: MemoryGuest| {
        guest
            .file(&format!("{TREE}/kernel/fs/nfs/nfs.ko.xz"), "x")
            .file(&format!("{TREE}/kernel/fs/nfs/nfsv4.ko.xz"), "x")
    };
    assert_eq!(found(folder(debian())), nothing());
    assert_eq!(found(debian()), nothing(), "nothing tells");
    let config = |text: &str| debian().file("/boot/config-6.1.0-37-amd64", text);
    assert_eq!(
        found(config("# CONFIG_NFS_FS is not set\n")),
        refused("nfs-module-unreachable")
    );
    assert_eq!(found(config("CONFIG_NFS_FS=y\n")), nothing());
    assert_eq!(
        found(config("CONFIG_NFS_FS=m\n")),
        nothing(),
        "nothing tells"
    );
}

#[test]
fn of_several_kernels_the_newest_decides() {
    let newer = |dep: &str| {
        let guest = listed("kernel/fs/nfs/nfs.ko:\nkernel/fs/nfs/nfsv4.ko:\n", "")
            .file("/boot/vmlinuz-6.1.0-38-amd64", "kernel");
        in_tree(guest, "/usr/lib/modules/6.1.0-38-amd64", dep, "")
    };
    let server = || {
        use osgraft::registry::{MemoryRegistry, Server, Servers, Source};
        let server = Server::new("a", Source::nfs("10.0.0.1:/v").unwrap()).unwrap();
        MemoryRegistry::new(Servers::new(vec![server]).unwrap())
    };
    let told = |mut guest: MemoryGuest| {
        let graft = Preparer::new(server(), share())
            .graft(&mut guest, "c")
            .unwrap();
        let told = codes(&graft.warnings);
        told.contains(&"nfs-module-unreachable")
    };
    assert!(told(newer("")), "the newest lacks it, an older one has it");
    let old = newer("kernel/fs/nfs/nfs.ko:\nkernel/fs/nfs/nfsv4.ko:\n");
    let dep = "/usr/lib/modules/6.1.0-37-amd64/modules.dep";
    let stale = without(old, dep).file(dep, "");
    let nfs = format!("{TREE}/kernel/fs/nfs");
    let stale = without(
        without(stale, &format!("{nfs}/nfs.ko")),
        &format!("{nfs}/nfsv4.ko"),
    );
    assert!(!told(stale), "a stale one lacks it");
}

#[test]
fn a_client_that_modprobe_may_not_load_is_refused() {
    let module = || listed("kernel/fs/nfs/nfs.ko:\nkernel/fs/nfs/nfsv4.ko:\n", "");
    let built_in = || listed("", "kernel/fs/nfs/nfs.ko\nkernel/fs/nfs/nfsv4.ko\n");
    let bar = "install nfs /bin/false\n";
    for folder in [
        "/etc/modprobe.d",
        "/usr/lib/modprobe.d",
        "/usr/local/lib/modprobe.d",
    ] {
        let file = format!("{folder}/hardening.conf");
        assert_eq!(
            found(module().file(&file, bar)),
            refused("module-blocked"),
            "{folder}"
        );
    }
    let own = "/etc/modprobe.d/hardening.conf";
    for text in [
        "blacklist nfs\n",
        "install nfsv4 /bin/true\n",
        "install sunrpc \\\n  /bin/true\n",
    ] {
        assert_eq!(
            found(module().file(own, text)),
            refused("module-blocked"),
            "{text}"
        );
    }
    for text in [
        "",
        "# install nfs /bin/false\n",
        "install nfsd /bin/false\n",
        "options nfs x=1\n",
    ] {
        assert_eq!(found(module().file(own, text)), nothing(), "{text}");
    }
    assert_eq!(
        found(module().file("/etc/modprobe.d/x.conf.off", bar)),
        nothing()
    );
    assert_eq!(found(built_in().file(own, bar)), told("module-blocked"));
    // A file of the operator's replaces the one of its name that a package has.
    let replaced = module().file("/usr/lib/modprobe.d/x.conf", bar);
    assert_eq!(
        found(replaced.file("/etc/modprobe.d/x.conf", "")),
        nothing()
    );
    let masked = module().file("/usr/lib/modprobe.d/x.conf", bar);
    assert_eq!(
        found(masked.link("/etc/modprobe.d/x.conf", "/dev/null")),
        nothing()
    );
    assert_eq!(found(module().fifo("/etc/modprobe.d/x.conf")), nothing());
}

#[test]
fn read_plus_is_told_where_the_mount_can_come_to_it() {
    let with = |line: &str| debian().file("/boot/config-6.1.0-37-amd64", format!("A=y\n{line}\n"));
    let set = || with("CONFIG_NFS_V4_2_READ_PLUS=y");
    let base = "ro,bg,soft";
    for options in [
        "nfsvers=4.2",
        "vers=4.2",
        "v4.2",
        "nfsvers=4,minorversion=2",
        "vers=4",
    ] {
        let options = format!("{base},{options}");
        assert_eq!(
            found_with(set(), &options),
            told("nfs-read-plus"),
            "{options}"
        );
    }
    for options in [
        "nfsvers=4.1",
        "vers=4.1",
        "v4.1",
        "nfsvers=4.0",
        "nfsvers=3,nolock",
        "vers=4,minorversion=1",
    ] {
        let options = format!("{base},{options}");
        assert_eq!(found_with(set(), &options), nothing(), "{options}");
    }
    let four_two = "ro,bg,soft,nfsvers=4.2";
    assert_eq!(
        found_with(with("# CONFIG_NFS_V4_2_READ_PLUS is not set"), four_two),
        nothing()
    );
    assert_eq!(found_with(with("CONFIG_NFS_V4_2=y"), four_two), nothing());
    assert_eq!(found_with(debian(), four_two), nothing());
    let in_tree = debian().file(&format!("{TREE}/config"), "CONFIG_NFS_V4_2_READ_PLUS=y\n");
    assert_eq!(found_with(in_tree, four_two), told("nfs-read-plus"));
}

#[test]
fn modules_that_are_not_of_the_kernels_package_are_told_by_name() {
    for place in [
        "updates/dkms/nvidia.ko",
        "updates/nvidia.ko.xz",
        "extra/zfs/zfs.ko.zst",
        "weak-updates/x/y.ko",
        "misc/vmmon.ko",
        "dkms/a.ko.gz",
        "own.ko",
    ] {
        let guest = debian().file(&format!("{TREE}/{place}"), "x");
        let (found, text) = found_for(guest, share());
        assert_eq!(found, told("modules-of-its-own"), "{place}");
        assert!(text.contains(place), "{text}");
    }
    for guest in [
        debian()
            .dir(&format!("{TREE}/updates"))
            .dir(&format!("{TREE}/extra/x")),
        debian().file(&format!("{TREE}/kernel/drivers/x.ko"), "x"),
        debian().file(&format!("{TREE}/vdso/vdso64.so"), "x"),
        debian().file(&format!("{TREE}/updates/README"), "x"),
    ] {
        assert_eq!(found(guest), nothing());
    }
    let other = Share::at("/shared").unwrap();
    let guest = debian().file(&format!("{TREE}/extra/x.ko"), "x");
    assert_eq!(found_for(guest, other).0, nothing(), "no link hides them");
}

#[test]
fn more_than_a_few_foreign_modules_are_not_all_told() {
    let mut guest = debian();
    for number in 0..100 {
        guest = guest.file(&format!("{TREE}/extra/{number}/m{number}.ko"), "x");
    }
    let (found, text) = found_for(guest, share());
    assert_eq!(found, told("modules-of-its-own"));
    assert!(text.contains(" and more") && text.len() < 500, "{text}");
}

#[test]
fn links_to_headers_that_dangle_once_the_tree_is_moved_are_told() {
    let with = |name: &str, target: &str| debian().link(&format!("{TREE}/{name}"), target);
    for (name, target) in [
        ("build", "../../../src/linux-headers-6.1.0-37-amd64"),
        ("source", "../../../src/linux"),
    ] {
        let (found, text) = found_for(with(name, target), share());
        assert_eq!(found, told("module-links-relative"), "{name}");
        assert!(text.contains(target), "{text}");
    }
    for (name, target) in [
        ("build", "/usr/src/linux-headers-6.1.0-37-amd64"),
        ("source", "build"),
        ("build", "../6.1.0-36-amd64/build"),
    ] {
        assert_eq!(found(with(name, target)), nothing(), "{name} -> {target}");
    }
}
