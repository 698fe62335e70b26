//! Prepared, read back with guestfish, reverted: guests that ext4 in process cannot open.

use osgraft::editor::Choice;
use osgraft::prepare::{Outcome, Preparer, Share, revert_with, verify_with};
use osgraft::registry::{MemoryRegistry, Server, Servers, Source};
use osgraft::{Error, ErrorKind};

use super::bench::Bench;
use crate::support::{assert_clean, digest};

const LINE: &str = "10.0.0.1:/vol/shared_lib /shared nfs";

fn registry() -> MemoryRegistry {
    let server = Server::new("a", Source::nfs("10.0.0.1:/vol/shared_lib").unwrap())
        .unwrap()
        .with_kernels(["6.1.0-37-amd64"])
        .unwrap()
        .with_components(["lib/modules"])
        .unwrap();
    MemoryRegistry::new(Servers::new(vec![server]).unwrap())
}

fn share() -> Share {
    let share = Share::at("/shared").unwrap();
    share.link("/lib/modules", "lib/modules").unwrap()
}

fn auto(bench: &Bench) -> Choice {
    Choice::auto().settings(bench.settings())
}

/// Prepares a child, and reads it back with another program.
fn prepare(bench: &Bench, reason: &str, mounts: &str) -> String {
    let preparer = Preparer::new(registry(), share()).editor(auto(bench));
    let report = preparer.prepare(&bench.child()).unwrap();
    assert_eq!(report.outcome, Outcome::Changed);
    assert_eq!(report.editor.name, "appliance");
    assert!(
        report.editor.reason.contains(reason),
        "{}",
        report.editor.reason
    );
    bench.assert_tidy();
    assert_clean(&bench.child_path());
    let script = format!(
        "{mounts}
        cat /etc/fstab
        readlink /usr/lib/modules
        stat /shared
        cat /var/lib/osgraft/receipt.json
        find /"
    );
    let told = bench.guestfish(&script);
    assert!(told.contains(LINE), "{told}");
    assert!(told.contains("/shared/lib/modules\n"), "{told}");
    told
}

/// A second call changes nothing, the graft is intact, and the way back leaves what there was.
fn revert(bench: &Bench) {
    let before = digest(&bench.child_path());
    let again = Preparer::new(registry(), share()).editor(auto(bench));
    let again = again.prepare(&bench.child()).unwrap();
    assert_eq!(again.outcome, Outcome::Unchanged, "{:?}", again.edits);
    assert_eq!(digest(&bench.child_path()), before);
    let found = verify_with(&bench.child(), Some(&share()), &auto(bench)).unwrap();
    assert!(found.intact, "{:?}", found.differences);
    assert_eq!(digest(&bench.child_path()), before);
    let report = revert_with(&bench.child(), &auto(bench)).unwrap();
    assert_eq!(report.outcome, Outcome::Changed);
    assert!(report.kept.is_empty(), "{:?}", report.kept);
    bench.assert_tidy();
    assert_clean(&bench.child_path());
}

/// Nothing of a graft is left.
fn assert_as_before(bench: &Bench, mounts: &str) -> String {
    let script = format!("{mounts}\ncat /etc/fstab\nis-dir /usr/lib/modules\nfind /");
    let told = bench.guestfish(&script);
    assert!(
        !told.contains("osgraft/receipt") && !told.contains("/vol/shared_lib"),
        "{told}"
    );
    assert!(told.contains("true"), "{told}");
    told
}

#[test]
fn a_root_on_xfs_is_prepared_and_reverted_and_keeps_its_labels() {
    let bench = Bench::of("xfs");
    let mounts = "mount-ro /dev/sda1 /";
    let master = bench.guestfish(&format!("{mounts}\nfind /"));
    let labelled = "xfs-repair /dev/sda1 nomodify:true
        mount-ro /dev/sda1 /
        lgetxattr /etc/fstab security.selinux
        lgetxattr /shared security.selinux
        lgetxattr /var/lib/osgraft security.selinux
        lgetxattr /var/lib/osgraft/receipt.json security.selinux
        lgetxattr /usr/lib/modules security.selinux";
    let told = prepare(&bench, "XFS", labelled);
    assert!(told.contains("fstab_t"), "{told}");
    assert_eq!(told.matches("etc_t:s0").count(), 4, "{told}");
    assert!(master.contains("kernel/dummy.ko"));
    revert(&bench);
    let told = assert_as_before(
        &bench,
        "xfs-repair /dev/sda1 nomodify:true\nmount-ro /dev/sda1 /",
    );
    for path in master.lines() {
        assert!(told.lines().any(|line| line == path), "{path} is gone");
    }
}

#[test]
fn a_root_in_a_btrfs_subvolume_is_prepared_and_its_snapshot_is_left_alone() {
    let bench = Bench::of("btrfs");
    let mounts = "btrfs-fsck /dev/sda1\nmount-vfs ro,subvol=@ btrfs /dev/sda1 /";
    prepare(&bench, "btrfs", mounts);
    let snapshot = bench.guestfish("mount-vfs ro,subvol=@snapshot btrfs /dev/sda1 /\nfind /");
    assert!(snapshot.contains("usr/lib/modules/6.1.0-37-amd64"));
    assert!(
        !snapshot.contains("shared") && !snapshot.contains("receipt"),
        "{snapshot}"
    );
    revert(&bench);
    assert_as_before(&bench, mounts);
}

#[test]
fn a_root_in_btrfs_default_subvolume_is_found() {
    let bench = Bench::of("btrfs-top");
    prepare(&bench, "btrfs", "mount-ro /dev/sda1 /");
}

#[test]
fn lvm_with_usr_var_and_boot_apart_is_mounted_as_its_fstab_says() {
    let bench = Bench::of("lvm-ext4");
    let mounts = "e2fsck /dev/os-graft/root correct:false forceall:true
        e2fsck /dev/os-graft/usr correct:false forceall:true
        e2fsck /dev/os-graft/var correct:false forceall:true
        mount-ro /dev/os-graft/root /
        mount-ro /dev/os-graft/usr /usr
        mount-ro /dev/os-graft/var /var";
    let told = prepare(&bench, "LVM2", mounts);
    // Another file system than /shared: no rename leads there, so it is parked beside.
    assert!(
        told.contains("usr/lib/modules.osgraft-local/6.1.0-37-amd64"),
        "{told}"
    );
    revert(&bench);
    assert_as_before(&bench, mounts);
}

#[test]
fn xfs_on_lvm_and_ext4_on_raid_are_prepared() {
    let bench = Bench::of("lvm-xfs");
    prepare(
        &bench,
        "LVM2",
        "xfs-repair /dev/rocky/root nomodify:true\nmount-ro /dev/rocky/root /",
    );
    let bench = Bench::of("md");
    prepare(
        &bench,
        "RAID",
        "e2fsck /dev/md127 correct:false forceall:true\nmount-ro /dev/md127 /",
    );
}

#[test]
fn what_is_encrypted_is_refused_by_name_before_anything_is_launched() {
    let bench = Bench::of("luks");
    let began = std::time::Instant::now();
    let preparer = Preparer::new(registry(), share()).editor(auto(&bench));
    let refused = preparer.prepare(&bench.child()).unwrap_err();
    assert!(began.elapsed().as_secs() < 5);
    assert_eq!(refused.kind(), ErrorKind::Guest);
    let Error::Editor(error) = &refused else {
        panic!("{refused}");
    };
    assert_eq!(error.code(), "encrypted");
    assert!(refused.to_string().contains("LUKS2"), "{refused}");
    bench.assert_tidy();
}
