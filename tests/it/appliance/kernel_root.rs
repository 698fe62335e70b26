//! The root that a kernel command line names, in guests that only the appliance opens.

use osgraft::editor::appliance::ApplianceGuest;
use osgraft::editor::{Choice, EditorError, KernelRoot, look};

use super::bench::Bench;

/// Holds what names a guest's root, and what does not, in one launch.
fn hold(name: &str, own: &[KernelRoot], others: &[KernelRoot]) {
    let bench = Bench::of(name);
    let open = bench.child().read().unwrap();
    let mut guest = ApplianceGuest::open_read_only(&open, &bench.settings()).unwrap();
    for root in own {
        assert!(guest.has_root(root).unwrap(), "{name}: {root}");
    }
    for root in others {
        assert!(!guest.has_root(root).unwrap(), "{name}: {root}");
    }
}

fn named(said: &str) -> KernelRoot {
    KernelRoot::by_content(said).unwrap()
}

#[test]
fn a_logical_volume_is_known_by_its_names() {
    hold(
        "lvm-ext4",
        &[
            named("/dev/mapper/os--graft-root"),
            named("/dev/os-graft/root"),
        ],
        &[
            named("/dev/mapper/os--graft-usr"),
            named("/dev/mapper/os-graft-root"),
            named("/dev/md0"),
            named("LABEL=root"),
            KernelRoot::partition("/dev/vda3", 3),
            named("/dev/os-graft/root").subvolume("@"),
        ],
    );
}

#[test]
fn a_subvolume_is_part_of_the_name() {
    hold(
        "btrfs",
        &[
            named("LABEL=osgraft").subvolume("@"),
            KernelRoot::partition("/dev/vda1", 1).subvolume("@"),
        ],
        &[
            named("LABEL=osgraft"),
            named("LABEL=osgraft").subvolume("@snapshot"),
            named("LABEL=other").subvolume("@"),
            KernelRoot::partition("/dev/vda2", 2).subvolume("@"),
            KernelRoot::partition("/dev/vda", 0).subvolume("@"),
        ],
    );
}

#[test]
fn another_root_ends_the_work_before_it_begins() {
    let bench = Bench::of("lvm-xfs");
    let open = bench.child().read().unwrap();
    let other = KernelRoot::partition("/dev/vda1", 1);
    let choice = Choice::auto().settings(bench.settings()).kernel_root(other);
    let looked = look(&open, &choice, |_| -> Result<(), EditorError> {
        panic!("the guest is another one")
    });
    let error = looked.unwrap_err();
    assert_eq!(error.code(), "other-kernel-root", "{error}");
    assert!(error.to_string().contains("root=/dev/vda1"), "{error}");
}
