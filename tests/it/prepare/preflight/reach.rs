use super::*;
use osgraft::guest::facts::THINNED;

const TREE: &str = "/usr/lib/modules/6.1.0-37-amd64";
const NFS: &str = "kernel/fs/nfs/nfs.ko";
const NFSV4: &str = "kernel/fs/nfs/nfsv4.ko";
const SUNRPC: &str = "kernel/net/sunrpc/sunrpc.ko";
const VIRTIO: &str = "kernel/drivers/net/virtio_net.ko";
const FAILOVER: &str = "kernel/net/core/failover.ko";

/// Debian with kmod and a module tree as depmod leaves it, each file's name with this suffix.
fn whole_with(suffix: &str, built_in: &str) -> MemoryGuest {
    whole_in(debian(), suffix, built_in)
}

fn whole_in(guest: MemoryGuest, suffix: &str, built_in: &str) -> MemoryGuest {
    let lines = [
        (NFS, &[SUNRPC][..]),
        (NFSV4, &[NFS, SUNRPC]),
        (SUNRPC, &[]),
        (VIRTIO, &["kernel/drivers/net/net_failover.ko", FAILOVER]),
        ("kernel/drivers/net/net_failover.ko", &[FAILOVER]),
        (FAILOVER, &[]),
        ("kernel/drivers/net/vmxnet3/vmxnet3.ko", &[]),
    ];
    let mut guest = guest;
    let mut dep = String::new();
    for (file, needs) in lines {
        guest = guest.file(&format!("{TREE}/{file}{suffix}"), "module");
        let needs: String = needs
            .iter()
            .map(|need| format!(" {need}{suffix}"))
            .collect();
        dep += &format!("{file}{suffix}:{needs}\n");
    }
    guest
        .file(&format!("{TREE}/modules.dep"), dep)
        .file(&format!("{TREE}/modules.dep.bin"), "index")
        .file(&format!("{TREE}/modules.builtin"), built_in)
        .file("/usr/bin/kmod", "kmod")
        .link("/usr/sbin/modprobe", "../bin/kmod")
}

fn whole() -> MemoryGuest {
    whole_with("", "")
}

fn lacking(file: &str) -> MemoryGuest {
    without(whole(), &format!("{TREE}/{file}"))
}

#[test]
fn a_whole_tree_brings_no_finding() {
    for suffix in ["", ".xz", ".zst", ".gz"] {
        assert_eq!(found(whole_with(suffix, "")), nothing(), "{suffix}");
        let nics = [NicModel::Virtio, NicModel::Vmxnet3];
        assert_eq!(
            found_on(whole_with(suffix, ""), &nics),
            nothing(),
            "{suffix}"
        );
    }
}

#[test]
fn a_client_whose_file_went_from_the_tree_is_refused() {
    for file in [NFS, NFSV4] {
        let (refusal, text) = found_for(lacking(file), share());
        assert_eq!(refusal, refused("nfs-module-unreachable"), "{file}");
        assert!(text.contains(file), "{text}");
    }
    let built_in = format!("{NFS}\n{NFSV4}\n{SUNRPC}\n");
    let guest = without(whole_with("", &built_in), &format!("{TREE}/{NFSV4}"));
    assert_eq!(found(guest), nothing(), "it is built in");
}

#[test]
fn a_file_that_the_client_needs_is_looked_for_too() {
    let (refusal, text) = found_for(lacking(SUNRPC), share());
    assert_eq!(refusal, refused("module-dangling"));
    assert!(text.contains(SUNRPC), "{text}");
    let compressed = without(whole_with(".xz", ""), &format!("{TREE}/{SUNRPC}.xz"));
    let other_form = compressed.file(&format!("{TREE}/{SUNRPC}"), "module");
    assert_eq!(
        found(other_form),
        refused("module-dangling"),
        "the index names the other"
    );
    let plain = Share::at("/shared").unwrap();
    assert_eq!(
        found_for(lacking(SUNRPC), plain).0,
        refused("module-dangling"),
        "whatever is linked"
    );
}

#[test]
fn modules_that_the_initramfs_loads_need_no_tree() {
    let list = "/etc/initramfs-tools/modules";
    for file in [NFSV4, SUNRPC] {
        let guest = lacking(file).file(list, "# for the share\nnfsv4\n");
        assert_eq!(found(guest), nothing(), "{file}");
        let other = lacking(file).file(list, "nfsd\n");
        assert_ne!(found(other), nothing(), "{file}");
    }
    let dracut = "/etc/dracut.conf.d/share.conf";
    let forced = lacking(NFSV4).file(dracut, "force_drivers+=\" nfs nfsv4 \"\n");
    assert_eq!(found(forced), nothing());
    // Only put there, nobody loads it before the root is switched.
    let added = lacking(NFSV4).file(dracut, "add_drivers+=\" nfs nfsv4 \"\n");
    assert_eq!(found(added), refused("nfs-module-unreachable"));
}

#[test]
fn a_tree_that_is_parked_on_another_file_system_is_not_found_before_the_mount() {
    let usr = || debian_in(MemoryGuest::new().mount("/usr", 7));
    let parked = |built_in: &str| whole_in(usr(), "", built_in);
    let (refusal, text) = found_for(parked(""), share());
    assert_eq!(refusal, refused("nfs-module-unreachable"));
    assert!(text.contains("share.mount_point"), "{text}");
    let other_file_system = told("no-local-fallback-other-file-system");
    let built_in = format!("{NFS}\n{NFSV4}\n{VIRTIO}\n");
    let built_in = without(
        without(parked(&built_in), &format!("{TREE}/{NFS}")),
        &format!("{TREE}/{VIRTIO}"),
    );
    assert_eq!(found(built_in), other_file_system);
    let loaded = parked("").file("/etc/initramfs-tools/modules", "nfsv4\n");
    assert_eq!(found_on(loaded, &[NicModel::Virtio]), other_file_system);
    // On the file system of the tree, the link leads to it.
    let share = Share::at("/usr/shared").unwrap();
    let share = share.link("/lib/modules", "lib/modules").unwrap();
    assert_eq!(found_for(parked(""), share).0, nothing());
}

#[test]
fn kmod_needs_its_binary_index_and_busybox_does_not() {
    let index = format!("{TREE}/modules.dep.bin");
    let (refusal, text) = found_for(without(whole(), &index), share());
    assert_eq!(refusal, refused("module-index-missing"));
    assert!(text.contains("depmod 6.1.0-37-amd64"), "{text}");
    let busybox = without(without(whole(), &index), "/usr/sbin/modprobe")
        .file("/usr/bin/busybox", "busybox")
        .link("/usr/sbin/modprobe", "../bin/busybox");
    assert_eq!(found(busybox), nothing());
    let built_in = format!("{NFS}\n{NFSV4}\n");
    let mut built_in = without(whole_with("", &built_in), &index);
    for file in [NFS, NFSV4] {
        built_in = without(built_in, &format!("{TREE}/{file}"));
    }
    assert_eq!(found(built_in), nothing());
    let unknown = debian()
        .file("/usr/bin/kmod", "kmod")
        .link("/usr/sbin/modprobe", "../bin/kmod");
    assert_eq!(
        found(unknown),
        told("module-index-missing"),
        "nothing tells of NFS"
    );
}

#[test]
fn the_cards_driver_is_required_where_the_card_is_known() {
    use NicModel::{E1000e, Virtio, Vmxnet3};
    assert_eq!(
        found_on(whole(), &[E1000e]),
        refused("nic-driver-unreachable")
    );
    // One of two cards is enough to reach the share by.
    assert_eq!(
        found_on(whole(), &[Virtio, E1000e]),
        told("nic-driver-unreachable")
    );
    let both = Found::Refused(vec!["nic-driver-unreachable"; 2]);
    assert_eq!(found_on(lacking(VIRTIO), &[Virtio, E1000e]), both);
    for file in [VIRTIO, FAILOVER] {
        let (refusal, text) = found_by(lacking(file), share(), &[Virtio]);
        assert_eq!(refusal, refused("nic-driver-unreachable"), "{file}");
        assert!(text.contains(file), "{text}");
        assert_eq!(found_on(lacking(file), &[Vmxnet3]), nothing(), "{file}");
        // Another card's driver is there, and that may be the one.
        assert_eq!(found(lacking(file)), nothing(), "{file}");
        let built_in = without(whole_with("", VIRTIO), &format!("{TREE}/{VIRTIO}"));
        assert_eq!(found_on(built_in, &[Virtio]), nothing());
    }
    let none = without(
        lacking(VIRTIO),
        &format!("{TREE}/kernel/drivers/net/vmxnet3/vmxnet3.ko"),
    );
    assert_eq!(found(none), told("nic-driver-unreachable"));
    assert_eq!(found_on(debian(), &[Virtio]), nothing(), "nothing tells");
}

#[test]
fn the_initramfs_may_have_the_cards_driver() {
    let conf = "/etc/initramfs-tools/initramfs.conf";
    let on = |guest| found_on(guest, &[NicModel::Virtio]);
    let most = lacking(VIRTIO).file(conf, "MODULES=most\n");
    assert_eq!(on(most), nothing());
    let named = lacking(VIRTIO)
        .file(conf, "MODULES=list\n")
        .file("/etc/initramfs-tools/modules", "virtio_net\n");
    assert_eq!(on(named), nothing());
    let listed = lacking(VIRTIO).file(conf, "MODULES=list\n");
    assert_eq!(on(listed), refused("nic-driver-unreachable"));
    let (told_of, text) = found_by(
        lacking(VIRTIO).file(conf, "# x\nMODULES=dep\n"),
        share(),
        &[NicModel::Virtio],
    );
    assert_eq!(told_of, told("initramfs-host-only"));
    assert!(
        text.contains("MODULES=dep") && text.contains(conf),
        "{text}"
    );
    // With its driver in the tree, the initramfs is not asked.
    assert_eq!(on(whole().file(conf, "MODULES=dep\n")), nothing());
    let lacks = whole().file(conf, "MODULES=most\n");
    let wanted = refused("nic-driver-unreachable");
    assert_eq!(
        found_on(lacks, &[NicModel::Igb]),
        wanted,
        "the kernel has none"
    );
}

#[test]
fn lines_and_words_that_bar_a_cards_driver_are_told() {
    let own = "/etc/modprobe.d/x.conf";
    let on = |guest| found_on(guest, &[NicModel::Virtio]);
    let install = || whole().file(own, "install virtio_net /bin/false\n");
    assert_eq!(on(install()), refused("module-blocked"));
    assert_eq!(
        found(install()),
        told("module-blocked"),
        "the card is not known"
    );
    assert_eq!(
        on(whole().file(own, "blacklist virtio-net\n")),
        told("module-blocked")
    );
    assert_eq!(on(whole().file(own, "blacklist e1000\n")), nothing());
    let grub = |words: &str| {
        let cfg = format!("menuentry 'x' {{\nlinux /vmlinuz-6.1.0-37-amd64 {words}\n}}\n");
        whole().file("/boot/grub/grub.cfg", cfg)
    };
    assert_eq!(
        on(grub("module_blacklist=virtio_net")),
        refused("module-blocked")
    );
    assert_eq!(
        on(grub("modprobe.blacklist=virtio_net")),
        told("module-blocked")
    );
    let built_in = without(whole_with("", VIRTIO), &format!("{TREE}/{VIRTIO}"));
    let built_in = built_in.file(own, "install virtio_net /bin/false\n");
    assert_eq!(on(built_in), nothing());
}

#[test]
fn a_kernel_without_the_asked_minor_version_is_refused() {
    let config = |line: &str| whole().file("/boot/config-6.1.0-37-amd64", format!("A=y\n{line}\n"));
    let base = "ro,bg,soft";
    for (version, line, is_refused) in [
        ("nfsvers=4.1", "# CONFIG_NFS_V4_1 is not set", true),
        ("nfsvers=4.2", "# CONFIG_NFS_V4_2 is not set", true),
        ("nfsvers=4.2", "# CONFIG_NFS_V4_1 is not set", true),
        ("nfsvers=4.0", "# CONFIG_NFS_V4_0 is not set", true),
        ("nfsvers=4.1", "# CONFIG_NFS_V4_2 is not set", false),
        ("nfsvers=4.1", "# CONFIG_NFS_V4_0 is not set", false),
        ("nfsvers=4.0", "# CONFIG_NFS_V4_1 is not set", false),
        ("nfsvers=4", "# CONFIG_NFS_V4_1 is not set", false),
        ("nfsvers=4.1", "CONFIG_NFS_V4_1=y", false),
    ] {
        let wanted = match is_refused {
            true => refused("nfs-version-unbuilt"),
            false => nothing(),
        };
        let options = format!("{base},{version}");
        assert_eq!(
            found_with(config(line), &options),
            wanted,
            "{version} {line}"
        );
    }
    let in_tree = whole().file(&format!("{TREE}/config"), "# CONFIG_NFS_V4_1 is not set\n");
    let options = format!("{base},nfsvers=4.1");
    assert_eq!(
        found_with(in_tree, &options),
        refused("nfs-version-unbuilt")
    );
}

#[test]
fn a_kernel_that_was_built_by_hand_is_told() {
    let built_in = |folder: &str| whole().link(&format!("{TREE}/build"), folder);
    let (told_of, text) = found_for(built_in("/home/me/linux-6.1"), share());
    assert_eq!(told_of, told("modules-other-builder"));
    assert!(text.contains("/home/me/linux-6.1"), "{text}");
    for folder in [
        "/usr/src/linux-headers-6.1.0-37-amd64",
        "/usr/src/kernels/6.1.0-37-amd64",
        "/usr/lib/linux-kbuild-6.1",
    ] {
        assert_eq!(found(built_in(folder)), nothing(), "{folder}");
    }
}

/// An initramfs that holds these modules, uncompressed.
fn initramfs(modules: &[&str]) -> Vec<u8> {
    let paths = modules
        .iter()
        .map(|module| format!("usr/lib/modules/6.1/{module}.ko"));
    let mut bytes = Vec::new();
    for path in paths.chain(["TRAILER!!!".to_owned()]) {
        let fields = (0..13).map(|number| match number {
            11 => format!("{:08X}", path.len() + 1),
            _ => "0".repeat(8),
        });
        bytes.extend(format!("070701{}{path}\0", fields.collect::<String>()).bytes());
        bytes.resize(bytes.len().next_multiple_of(4), 0);
    }
    bytes
}

#[test]
fn an_initramfs_is_unpacked_for_what_the_tree_lacks() {
    let image = "/boot/initrd.img-6.1.0-37-amd64";
    let nics = [NicModel::Virtio];
    let with = |guest: MemoryGuest, modules: &[&str]| guest.file(image, initramfs(modules));
    // Its configuration says that it has all cards, and it says otherwise itself.
    let conf =
        |guest: MemoryGuest| guest.file("/etc/initramfs-tools/initramfs.conf", "MODULES=most\n");
    let refusal = refused("nic-driver-unreachable");
    assert_eq!(found_on(with(conf(lacking(VIRTIO)), &[]), &nics), nothing());
    assert_eq!(
        found_deep(with(conf(lacking(VIRTIO)), &["e1000"]), &nics),
        refusal
    );
    let holds = with(lacking(VIRTIO), &["x", "virtio_net"]);
    assert_eq!(found_deep(holds, &nics), nothing());
    assert_eq!(
        found_on(with(lacking(VIRTIO), &["virtio_net"]), &nics),
        refusal
    );
    // NFS has to be loaded there, too.
    let loads = || lacking(NFSV4).file("/etc/initramfs-tools/modules", "nfsv4\n");
    let gone = refused("nfs-module-unreachable");
    assert_eq!(found_deep(with(loads(), &["nfs", "nfsv4"]), &[]), nothing());
    assert_eq!(found_deep(with(loads(), &["nfs"]), &[]), gone);
    assert_eq!(
        found_deep(with(lacking(NFSV4), &["nfs", "nfsv4"]), &[]),
        gone
    );
}

#[test]
fn an_initramfs_that_cannot_be_unpacked_is_told() {
    let image = "/boot/initrd.img-6.1.0-37-amd64";
    let list = "/etc/initramfs-tools/modules";
    let loads = || lacking(NFSV4).file(list, "nfsv4\n");
    for guest in [
        loads().file(image, "BZh91AY"),
        loads().file(image, "0707"),
        loads().hole(image, 4 << 30),
    ] {
        assert_eq!(found_deep(guest, &[]), told("initramfs-unread"));
    }
    assert_eq!(
        found_deep(loads().fifo(image), &[]),
        nothing(),
        "none is there"
    );
    // With all in the tree, it is not looked at.
    assert_eq!(found_deep(whole().file(image, "BZh91AY"), &[]), nothing());
    let other_name = loads().file("/boot/initramfs-6.1.0-37-amd64.img", "BZh91AY");
    assert_eq!(found_deep(other_name, &[]), told("initramfs-unread"));
}

/// The tree kept what another transport needs.
#[test]
fn a_thinned_guest_whose_tree_did_not_keep_nfs_is_refused_as_such() {
    let dep = format!("{VIRTIO}: {FAILOVER}\n{FAILOVER}:\n");
    let thin = without(
        without(whole(), &format!("{TREE}/{NFS}")),
        &format!("{TREE}/{NFSV4}"),
    );
    let thin = thin
        .file(&format!("{TREE}/modules.dep"), dep)
        .file(THINNED, "{\"schema\":1}\n");
    let (refusal, text) = found_for(thin.clone(), share());
    assert_eq!(refusal, refused("thin-lacks-transport"));
    assert!(text.contains("kept no nfs"), "{text}");
    assert!(text.contains("--transport"), "{text}");
    // The same tree that was not thinned wants another kernel.
    let (refusal, _) = found_for(without(thin, THINNED), share());
    assert_eq!(refusal, refused("nfs-module-unreachable"));
}
