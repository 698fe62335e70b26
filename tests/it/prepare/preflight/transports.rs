//! Drivers of file systems that a local share and an overlay need.

use osgraft::graft::Form;
use osgraft::registry::{Server, Servers, Source};

use super::*;

const TREE: &str = "/usr/lib/modules/6.1.0-37-amd64";

fn registry(source: Source) -> MemoryRegistry {
    let server = Server::new("a", source).unwrap();
    let server = server.with_kernels(["6.1.0-37-amd64"]).unwrap();
    let server = server.with_components(["lib/modules"]).unwrap();
    MemoryRegistry::new(Servers::new(vec![server]).unwrap())
}

fn disk(fs_type: &str) -> MemoryRegistry {
    registry(Source::disk("/dev/disk/by-id/virtio-os", fs_type).unwrap())
}

/// A guest whose kernel has these modules, each with those that it needs, and these built in.
fn with(modules: &[(&str, &[&str])], built_in: &[&str]) -> MemoryGuest {
    let mut guest = debian();
    guest.remove(&path(&format!("{TREE}/modules.dep"))).unwrap();
    let mut dep = String::new();
    for (module, needs) in modules {
        let needs: Vec<_> = needs.iter().map(|m| format!("kernel/{m}.ko")).collect();
        dep.push_str(&format!("kernel/{module}.ko: {}\n", needs.join(" ")));
        guest = guest.file(&format!("{TREE}/kernel/{module}.ko"), "");
    }
    let lines: Vec<_> = built_in
        .iter()
        .map(|m| format!("kernel/{m}.ko\n"))
        .collect();
    guest
        .file(&format!("{TREE}/modules.dep"), &dep)
        .file(&format!("{TREE}/modules.builtin"), lines.concat())
}

fn found_in(guest: MemoryGuest, registry: MemoryRegistry) -> Found {
    found_of(guest, Preparer::new(registry, share())).0
}

const EROFS: (&str, &[&str]) = ("fs/erofs/erofs", &["lib/lz4"]);

#[test]
fn a_driver_must_be_reached_before_the_share_is() {
    let lz4 = ("lib/lz4", &[][..]);
    let blocked = || refused("share-driver-unreachable");
    // The tree of a thin child lacks it; that of the share does not count.
    let thin = with(&[("fs/nfs/nfs", &[])], &[]);
    assert_eq!(found_in(thin.clone(), disk("erofs")), blocked());
    assert_eq!(found_in(with(&[EROFS, lz4], &[]), disk("erofs")), nothing());
    assert_eq!(
        found_in(with(&[], &["fs/erofs/erofs"]), disk("erofs")),
        nothing()
    );
    // A module that it needs is gone.
    assert_eq!(found_in(with(&[EROFS], &[]), disk("erofs")), blocked());
    let mut gone = with(&[EROFS, lz4], &[]);
    gone.remove(&path(&format!("{TREE}/kernel/fs/erofs/erofs.ko")))
        .unwrap();
    assert_eq!(found_in(gone.clone(), disk("erofs")), blocked());
    // The initramfs loads it.
    let loaded = gone.file("/etc/initramfs-tools/modules", "# x\nerofs\n");
    assert_eq!(found_in(loaded, disk("erofs")), nothing());

    assert_eq!(found_in(thin.clone(), disk("squashfs")), blocked());
    let squash = with(&[("fs/squashfs/squashfs", &[])], &[]);
    assert_eq!(found_in(squash, disk("squashfs")), nothing());

    let tag = || registry(Source::virtiofs("os").unwrap());
    let virtiofs = ("fs/fuse/virtiofs", &["fs/fuse/fuse"][..]);
    assert_eq!(found_in(thin.clone(), tag()), blocked());
    assert_eq!(found_in(with(&[virtiofs], &[]), tag()), blocked());
    let whole = with(&[virtiofs, ("fs/fuse/fuse", &[])], &[]);
    assert_eq!(found_in(whole, tag()), nothing());
    // Nothing is known of it.
    assert_eq!(found_in(thin, disk("f2fs")), nothing());
}

#[test]
fn a_tree_that_is_mounted_over_stays_where_the_kernel_looks() {
    let elsewhere = || {
        let mut guest = debian_in(MemoryGuest::new().mount("/srv", 7)).dir("/srv/os");
        guest.remove(&path(&format!("{TREE}/modules.dep"))).unwrap();
        guest
            .file(
                &format!("{TREE}/modules.dep"),
                "kernel/fs/erofs/erofs.ko:\n",
            )
            .file(&format!("{TREE}/modules.builtin"), "")
            .file(&format!("{TREE}/kernel/fs/erofs/erofs.ko"), "")
    };
    let found = |form| {
        let share = Share::at("/srv/os").unwrap();
        let share = share.component("/lib/modules", "lib/modules", form);
        found_of(elsewhere(), Preparer::new(disk("erofs"), share.unwrap())).0
    };
    assert_eq!(found(Form::Link), refused("share-driver-unreachable"));
    assert_eq!(found(Form::Mount), nothing());
}

#[test]
fn the_kernels_configuration_tells_where_the_tree_has_no_lists() {
    let config = |line: &str| {
        let mut guest = debian();
        guest.remove(&path(&format!("{TREE}/modules.dep"))).unwrap();
        guest.file("/boot/config-6.1.0-37-amd64", format!("{line}\n"))
    };
    let blocked = || refused("share-driver-unreachable");
    let no = "# CONFIG_EROFS_FS is not set";
    assert_eq!(found_in(config(no), disk("erofs")), blocked());
    assert_eq!(
        found_in(config("CONFIG_EROFS_FS=y"), disk("erofs")),
        nothing()
    );
    assert_eq!(
        found_in(config("CONFIG_EROFS_FS=m"), disk("erofs")),
        nothing()
    );

    // Without any tree there is no module.
    let bare = |line: &str| {
        let mut guest = config(line);
        guest
            .remove(&path(&format!("{TREE}/kernel/dummy.ko")))
            .unwrap();
        guest.remove(&path(&format!("{TREE}/kernel"))).unwrap();
        guest.remove(&path(TREE)).unwrap();
        guest
    };
    let found = |line: &str| found_in(bare(line), disk("erofs"));
    assert_eq!(found("CONFIG_EROFS_FS=m"), blocked());
    assert_eq!(found("CONFIG_EROFS_FS=y"), told("kernel-without-modules"));
}

#[test]
fn a_driver_without_what_usual_images_need_is_told() {
    let config = |text: &str| {
        let guest = with(
            &[("fs/erofs/erofs", &[]), ("fs/squashfs/squashfs", &[])],
            &[],
        );
        guest.file("/boot/config-6.1.0-37-amd64", text)
    };
    let unread = || told("share-image-unread");
    let zip = "# CONFIG_EROFS_FS_ZIP is not set\n";
    assert_eq!(found_in(config(zip), disk("erofs")), unread());
    assert_eq!(found_in(config(zip), disk("squashfs")), nothing());
    let zstd = "# CONFIG_SQUASHFS_ZSTD is not set\n";
    assert_eq!(found_in(config(zstd), disk("squashfs")), unread());
    assert_eq!(
        found_in(config("CONFIG_EROFS_FS_ZIP=y\n"), disk("erofs")),
        nothing()
    );
}

/// Benchmarks for hardened systems ask for such lines about squashfs.
#[test]
fn a_driver_that_modprobe_bars_is_told_before_the_boot() {
    let squash = || with(&[("fs/squashfs/squashfs", &[])], &[]);
    let barred = |line: &str| squash().file("/etc/modprobe.d/cis.conf", format!("{line}\n"));
    for line in [
        "install squashfs /bin/true",
        "install squashfs /bin/false",
        "blacklist squashfs",
    ] {
        let found = found_in(barred(line), disk("squashfs"));
        assert_eq!(found, refused("module-blocked"), "{line}");
        let other = with(&[EROFS, ("lib/lz4", &[])], &[]);
        let other = other.file("/etc/modprobe.d/cis.conf", format!("{line}\n"));
        assert_eq!(found_in(other, disk("erofs")), nothing(), "{line}");
    }
    let built_in = with(&[], &["fs/squashfs/squashfs"]);
    let built_in = built_in.file("/etc/modprobe.d/cis.conf", "install squashfs /bin/true\n");
    assert_eq!(found_in(built_in, disk("squashfs")), nothing());
}

#[test]
fn an_overlay_needs_its_driver_as_well() {
    let overlay = || {
        let share = Share::at("/shared").unwrap();
        share
            .component("/lib/modules", "lib/modules", Form::Overlay)
            .unwrap()
    };
    let found = |guest| found_of(guest, Preparer::new(disk("erofs"), overlay())).0;
    let erofs = ("fs/erofs/erofs", &[][..]);
    assert_eq!(
        found(with(&[erofs], &[])),
        refused("share-driver-unreachable")
    );
    let both = with(&[erofs, ("fs/overlayfs/overlay", &[])], &[]);
    assert_eq!(found(both), nothing());
}
