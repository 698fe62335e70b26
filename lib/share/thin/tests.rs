use super::*;
use crate::guest::facts::THINNED;
use crate::guest::{Attributes, FileKind, Guest, GuestError, MemoryGuest};
use crate::path::GuestPath;

const KERNEL: &str = "6.1.0-37-amd64";

fn tree(name: &str) -> String {
    format!("/usr/lib/modules/{KERNEL}/{name}")
}

fn path(text: &str) -> GuestPath {
    text.parse().unwrap()
}

/// A Debian guest with NFS, a disk, a network card, and modules that no boot needs.
fn debian() -> MemoryGuest {
    let dep = "kernel/fs/nfs/nfs.ko: kernel/net/sunrpc/sunrpc.ko\n\
        kernel/net/sunrpc/sunrpc.ko:\n\
        kernel/drivers/block/virtio_blk.ko:\n\
        kernel/drivers/net/virtio_net.ko.xz:\n\
        kernel/sound/snd.ko:\n\
        kernel/net/netfilter/nf_tables.ko:\n\
        kernel/drivers/video/drm.ko: kernel/sound/snd.ko\n\
        updates/dkms/own.ko:\n";
    let mut guest = MemoryGuest::new()
        .file("/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n")
        .file("/etc/fstab", "/dev/vda1 / ext4 defaults 0 1\n")
        .file("/boot/vmlinuz-6.1.0-37-amd64", "")
        .file("/usr/lib/systemd/systemd", "")
        .link("/usr/sbin/init", "/lib/systemd/systemd")
        .link("/sbin", "usr/sbin")
        .link("/lib", "usr/lib")
        .file("/usr/sbin/update-initramfs", "")
        .file(&tree("modules.dep"), dep)
        .file(&tree("modules.dep.bin"), "old")
        .file(
            &tree("modules.alias"),
            "# Aliases\nalias pci:* snd\nalias fs-nfs nfs\n",
        )
        .file(&tree("modules.builtin"), "kernel/fs/ext4/ext4.ko\n")
        .file(&tree("modules.dep.bb"), "busybox")
        .file(&tree("modules.of.tomorrow"), "kept")
        .file(&tree("vdso/vdso64.so"), "kept")
        .link(&tree("build"), "/usr/src/linux-headers");
    for line in dep.lines() {
        let file = line.split(':').next().unwrap();
        guest = guest.file(&tree(file), "0123456789");
    }
    guest
}

fn is_there(guest: &mut MemoryGuest, file: &str) -> bool {
    match guest.lstat(&path(file)) {
        Ok(_) => true,
        Err(GuestError::NotFound(_)) => false,
        Err(error) => panic!("{error}"),
    }
}

fn content(guest: &mut MemoryGuest, file: &str) -> String {
    String::from_utf8_lossy(&guest.read(&path(file), 1 << 20).unwrap()).into_owned()
}

fn nfs() -> Thinning {
    Thinning::new(&[Transport::Nfs])
}

#[test]
fn modules_that_no_boot_needs_go_with_their_folders_and_their_lines() {
    let mut guest = debian();
    let thinned = thin_guest(&mut guest, &nfs()).unwrap();
    let [tree_of] = &thinned.trees[..] else {
        panic!("{:?}", thinned.trees)
    };
    assert_eq!((tree_of.removed, tree_of.removed_bytes), (3, 30));
    let kept: Vec<_> = tree_of.kept.iter().map(|kept| kept.name.as_str()).collect();
    assert_eq!(kept, ["nfs", "sunrpc", "virtio_blk", "virtio_net", "own"]);
    for gone in [
        "kernel/sound",
        "kernel/drivers/video",
        "kernel/net/netfilter",
        "modules.dep.bb",
    ] {
        assert!(!is_there(&mut guest, &tree(gone)), "{gone}");
    }
    for left in [
        "kernel/fs/nfs/nfs.ko",
        "kernel/net/sunrpc/sunrpc.ko",
        "kernel/drivers/net/virtio_net.ko.xz",
        "updates/dkms/own.ko",
        "modules.of.tomorrow",
        "vdso/vdso64.so",
        "build",
        ".osgraft-thinned",
    ] {
        assert!(is_there(&mut guest, &tree(left)), "{left}");
    }
    assert_eq!(
        content(&mut guest, &tree("modules.alias")),
        "# Aliases\nalias fs-nfs nfs\n"
    );
    let dep = content(&mut guest, &tree("modules.dep"));
    assert_eq!(dep.lines().count(), 5);
    assert!(!dep.contains("snd"));
    let binary = guest.read(&path(&tree("modules.dep.bin")), 4096).unwrap();
    assert!(binary.starts_with(b"\xb0\x07\xf4\x57\x00\x02\x00\x01"));
    assert!(
        !is_there(&mut guest, &tree("modules.alias.bin")),
        "the guest has none"
    );
}

#[test]
fn the_guards_are_there_and_a_hook_can_be_run() {
    let mut guest = debian();
    let thinned = thin_guest(&mut guest, &nfs()).unwrap();
    assert!(thinned.warnings.is_empty(), "{:?}", thinned.warnings);
    let guards: Vec<_> = thinned.guards.iter().map(ToString::to_string).collect();
    assert_eq!(
        guards,
        [
            "/etc/initramfs-tools/hooks/osgraft-share",
            "/etc/systemd/system/osgraft-thin.service",
            "/etc/systemd/system/multi-user.target.wants/osgraft-thin.service",
            "/etc/osgraft/thinned.json",
        ]
    );
    let hook = guest.lstat(&path(&guards[0])).unwrap();
    assert_eq!((hook.kind, hook.mode), (FileKind::File, 0o755));
    let unit = guest.read_link(&path(&guards[2])).unwrap();
    assert_eq!(unit, guards[1].as_bytes());
    let record: serde_json::Value = serde_json::from_str(&content(&mut guest, THINNED)).unwrap();
    assert_eq!(record["transports"], serde_json::json!(["nfs"]));
    assert_eq!(record["trees"][0]["kernel"], KERNEL);
    assert_eq!(record["trees"][0]["removed"], 3);
}

#[test]
fn a_second_time_nothing_changes() {
    let mut guest = debian();
    thin_guest(&mut guest, &nfs()).unwrap();
    let before = guest.snapshot();
    let again = thin_guest(&mut guest, &nfs()).unwrap();
    assert_eq!(again.removed(), 0);
    let diff = before.diff(&guest.snapshot()).to_string();
    // The record tells of the last time.
    assert_eq!(diff.lines().count(), 1, "{diff}");
    assert!(diff.contains(THINNED), "{diff}");
}

#[test]
fn rpm_and_dracut_guests_get_their_own_guards() {
    let mut guest = debian()
        .dir("/var/lib/rpm")
        .file("/usr/bin/dracut", "")
        .dir("/etc/dracut.conf.d");
    guest.remove(&path("/usr/sbin/update-initramfs")).unwrap();
    let thinned = thin_guest(&mut guest, &nfs()).unwrap();
    assert!(thinned.warnings.is_empty(), "{:?}", thinned.warnings);
    let rpm = content(&mut guest, "/etc/rpm/macros.osgraft");
    assert!(
        rpm.ends_with("\n%_netsharedpath /lib/modules:/usr/lib/modules\n"),
        "{rpm}"
    );
    assert!(is_there(
        &mut guest,
        "/etc/dracut.conf.d/00-osgraft-share.conf"
    ));
    assert!(!is_there(&mut guest, "/etc/initramfs-tools"));
}

#[test]
fn a_guest_that_cannot_be_guarded_is_told_of() {
    let mut guest = debian().file("/etc/osgraft/thinned.json", "somebody's own");
    guest.remove(&path("/usr/sbin/update-initramfs")).unwrap();
    guest.remove(&path("/usr/sbin/init")).unwrap();
    guest.remove(&path("/usr/lib/systemd/systemd")).unwrap();
    let thinned = thin_guest(&mut guest, &nfs()).unwrap();
    let codes: Vec<_> = thinned.warnings.iter().map(|it| it.code).collect();
    assert_eq!(
        codes,
        ["thin-unguarded", "thin-drivers-late", "thin-guard-taken"]
    );
    assert_eq!(content(&mut guest, THINNED), "somebody's own");
}

#[test]
fn a_firewall_that_loads_at_boot_keeps_its_modules() {
    let mut guest = debian().link(
        "/etc/systemd/system/sysinit.target.wants/nftables.service",
        "/lib/systemd/system/nftables.service",
    );
    let thinned = thin_guest(&mut guest, &nfs()).unwrap();
    let kept = &thinned.trees[0].kept;
    let nf_tables = kept.iter().find(|kept| kept.name == "nf_tables").unwrap();
    assert_eq!(nf_tables.why, "named in nftables.service");
    assert!(is_there(
        &mut guest,
        &tree("kernel/net/netfilter/nf_tables.ko")
    ));
}

#[test]
fn modules_that_are_named_stay_with_their_needs() {
    let mut guest = debian().file("/etc/modules-load.d/video.conf", "# video\ndrm\n");
    let thinned = thin_guest(&mut guest, &nfs()).unwrap();
    let why = |name: &str| {
        let kept = &thinned.trees[0].kept;
        kept.iter()
            .find(|kept| kept.name == name)
            .unwrap()
            .why
            .clone()
    };
    assert_eq!(why("drm"), "named in /etc/modules-load.d/video.conf");
    assert_eq!(why("snd"), "needed by drm");
    let keep = nfs().keep(vec!["snd".to_owned()]);
    let thinned = thin_guest(&mut debian(), &keep).unwrap();
    let kept = &thinned.trees[0].kept;
    assert!(
        kept.iter()
            .any(|kept| kept.name == "snd" && kept.why == "asked for")
    );
}

#[test]
fn what_cannot_be_thinned_is_refused_by_name_and_untouched() {
    let refused = |mut guest: MemoryGuest, thinning: Thinning| {
        let before = guest.snapshot();
        let error = thin_guest(&mut guest, &thinning).unwrap_err();
        assert_eq!(before, guest.snapshot(), "{error}");
        assert!(!error.to_string().contains('\n'));
        error.code()
    };
    let without = |name: &str| {
        let mut guest = debian();
        guest.remove(&path(&tree(name))).unwrap();
        guest
    };
    assert_eq!(
        refused(without("modules.dep"), nfs()),
        "thin-no-modules-dep"
    );
    let empty = |text: &str| {
        let mut guest = debian();
        let at = path(&tree("modules.dep"));
        guest
            .write(&at, text.as_bytes(), Attributes::root(0o644))
            .unwrap();
        guest
    };
    assert_eq!(refused(empty(""), nfs()), "thin-no-modules-dep");
    let erofs = Thinning::new(&[Transport::Erofs]);
    assert_eq!(refused(debian(), erofs), "thin-transport-missing");
    let unknown = nfs().keep(vec!["nosuch".to_owned()]);
    assert_eq!(refused(debian(), unknown), "thin-module-unknown");
    let bare = MemoryGuest::new().file("/etc/os-release", "ID=debian\n");
    assert_eq!(refused(bare, nfs()), "thin-no-modules");
}

/// A removed kernel leaves its folder, with what no package owns.
#[test]
fn a_folder_that_a_removed_kernel_left_is_passed_over() {
    let mut guest = debian().file("/usr/lib/modules/6.1.0-9-amd64/modules.dep", "");
    let thinned = thin_guest(&mut guest, &nfs()).unwrap();
    assert_eq!(thinned.trees.len(), 1);
    assert!(!is_there(
        &mut guest,
        "/usr/lib/modules/6.1.0-9-amd64/.osgraft-thinned"
    ));
}

#[test]
fn a_transport_that_is_built_in_needs_no_module() {
    let mut guest = debian();
    let builtin = path(&tree("modules.builtin"));
    let text = b"kernel/fs/erofs/erofs.ko\n";
    guest
        .write(&builtin, text, Attributes::root(0o644))
        .unwrap();
    thin_guest(&mut guest, &Thinning::new(&[Transport::Erofs])).unwrap();
    assert!(
        !is_there(&mut guest, &tree("kernel/fs")),
        "nfs was not asked for"
    );
}
