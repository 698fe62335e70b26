//! Children that earlier versions grafted. `fixtures/receipts/` keeps what those wrote into them.

use super::*;

/// The guest's own fstab, which each of them got.
const OWN: &str = "\
# /etc/fstab: static file system information.
#
# <file system> <mount point>   <type>  <options>       <dump>  <pass>
UUID=0a5fa617-0000-4000-8000-000000000001 /               ext4    errors=remount-ro 0       1
# swap was on /dev/vda2 during installation
UUID=0a5fa617-0000-4000-8000-000000000002 none            swap    sw              0       0
/dev/sr0        /media/cdrom0   udf,iso9660 user,noauto     0       0
";

/// A guest before its graft.
fn before(has_units: bool) -> MemoryGuest {
    let guest = MemoryGuest::new()
        .file("/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n")
        .file("/etc/fstab", OWN)
        .file("/usr/sbin/mount.nfs", "nfs")
        .file("/usr/lib/systemd/systemd", "init")
        .link("/sbin", "usr/sbin")
        .link("/usr/sbin/init", "../lib/systemd/systemd")
        .link("/lib", "usr/lib")
        .file("/usr/lib/modules/6.1.0-37-amd64/modules.dep", "own")
        .file("/boot/vmlinuz-6.1.0-37-amd64", "kernel")
        .dir("/var/lib");
    match has_units {
        true => guest,
        false => guest.dir("/etc/systemd/system"),
    }
}

/// The same as that version left it.
fn grafted(version: u32) -> MemoryGuest {
    let kept = |name: &str| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/receipts/version-");
        std::fs::read(format!("{folder}{version}/{name}")).unwrap()
    };
    let mut guest = before(version == 3);
    let new = |mode| Attributes::root(mode);
    for folder in ["/shared", "/shared/lib", "/var/lib/osgraft"] {
        guest.mkdir(&path(folder), new(0o755)).unwrap();
    }
    let modules = path("/usr/lib/modules");
    let local = path("/shared/lib/modules");
    guest.rename(&modules, &local).unwrap();
    guest.symlink(&modules, local.as_bytes()).unwrap();
    let fstab = kept("fstab");
    guest
        .write(&path("/etc/fstab"), &fstab, new(0o644))
        .unwrap();
    if version == 3 {
        let unit = path("/etc/systemd/system/osgraft-shared.service");
        let wants = path("/etc/systemd/system/shared.mount.wants");
        for folder in [&path("/etc/systemd"), &unit.parent().unwrap(), &wants] {
            guest.mkdir(folder, new(0o755)).unwrap();
        }
        let text = kept("osgraft-shared.service");
        guest.write(&unit, &text, new(0o644)).unwrap();
        let link = wants.join("osgraft-shared.service").unwrap();
        guest.symlink(&link, unit.as_bytes()).unwrap();
    }
    let receipt = path("/var/lib/osgraft/receipt.json");
    guest
        .write(&receipt, &kept("receipt.json"), new(0o600))
        .unwrap();
    guest
}

fn assert_same(guest: &MemoryGuest, wanted: &MemoryGuest, version: u32) {
    let (is, was) = (guest.snapshot(), wanted.snapshot());
    assert!(is == was, "version {version}: {}", was.diff(&is));
}

const EXPORT: &str = "192.0.2.10:/export/deb12";

#[test]
fn the_graft_of_an_earlier_version_is_intact_and_goes_back_exactly() {
    for version in [1, 2, 3] {
        let mut guest = grafted(version);
        let (server, differences) = compare(&mut guest, Some(&share())).unwrap();
        assert_eq!(server.as_deref(), Some("deb12-a"));
        assert_eq!(differences, [], "version {version}");
        assert_eq!(ungraft(&mut guest).unwrap().kept, []);
        assert_same(&guest, &before(version == 3), version);
    }
}

#[test]
fn the_graft_of_an_earlier_version_is_brought_up_to_date_once() {
    for version in [1, 2, 3] {
        let mut guest = grafted(version);
        let preparer = Preparer::new(servers(&[("deb12-a", EXPORT)]), share());
        let first = preparer.graft(&mut guest, "c").unwrap();
        // The last version writes what this one does.
        assert_eq!(first.edits.is_empty(), version == 3, "version {version}");
        assert_eq!(codes(&first.warnings), [""; 0]);
        assert!(text(&mut guest, "/etc/fstab").contains(",nfsvers=4.1,"));
        assert_eq!(compare(&mut guest, Some(&share())).unwrap().1, []);
        assert_eq!(preparer.graft(&mut guest, "c").unwrap().edits, []);
        assert_eq!(ungraft(&mut guest).unwrap().kept, []);
        assert_same(&guest, &before(version == 3), version);
    }
}

#[test]
fn a_child_of_an_earlier_version_gets_another_server_and_keeps_its_pin() {
    for version in [1, 2, 3] {
        let mut guest = grafted(version);
        let both = servers(&[("deb12-a", EXPORT), ("deb12-b", "192.0.2.11:/export/deb12")]);
        let kept = Preparer::new(&both, share()).graft(&mut guest.clone(), "c");
        if version == 2 {
            assert_eq!(kept.unwrap().server.name(), "deb12-a", "it is pinned");
        }
        let other = Preparer::new(&both, share()).server("deb12-b");
        let graft = other.graft(&mut guest, "c").unwrap();
        assert_eq!(graft.server.name(), "deb12-b");
        assert!(text(&mut guest, "/etc/fstab").contains("\n192.0.2.11:/export/deb12 /shared "));
        assert_eq!(ungraft(&mut guest).unwrap().kept, []);
        assert_same(&guest, &before(version == 3), version);
    }
}
