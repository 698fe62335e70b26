//! What the appliance can open, and must not edit; and what it must edit in the right place.

use osgraft::Error;
use osgraft::editor::Choice;
use osgraft::editor::appliance::ApplianceGuest;
use osgraft::guest::{Attributes, Guest, GuestError};
use osgraft::prepare::{Outcome, Preparer, Report, Share};
use osgraft::registry::{MemoryRegistry, Server, Servers, Source};

use super::bench::{Bench, TIME, path};
use crate::support::fixture;
use crate::support::refusal::refused;

fn prepare(bench: &Bench, choice: Choice) -> Result<Report, Error> {
    let server = Server::new("a", Source::nfs("10.0.0.1:/vol/shared_lib").unwrap()).unwrap();
    let registry = MemoryRegistry::new(Servers::new(vec![server]).unwrap());
    let share = Share::at("/shared").unwrap();
    let share = share.link("/lib/modules", "lib/modules").unwrap();
    let choice = choice.settings(bench.settings());
    let report = Preparer::new(registry, share).editor(choice);
    report.prepare(&bench.child())
}

/// The codes of a refusal that changes no byte; it may take a launch.
fn code(bench: &Bench, choice: Choice) -> &'static str {
    let before = crate::support::digest(&bench.child_path());
    let error = prepare(bench, choice).unwrap_err();
    assert_eq!(crate::support::digest(&bench.child_path()), before);
    assert_eq!(error.kind(), osgraft::ErrorKind::Guest, "{error}");
    crate::support::refusal::assert_plain_line(&error.to_string());
    bench.assert_tidy();
    match crate::support::refusal::codes(&error).as_slice() {
        [code] => code,
        codes => panic!("{codes:?}: {error}"),
    }
}

#[test]
fn a_subvolume_that_is_named_by_its_number_is_the_one_that_is_edited() {
    let bench = Bench::of("btrfs-id");
    let report = prepare(&bench, Choice::auto()).unwrap();
    assert_eq!(report.outcome, Outcome::Changed);
    let script = ["@", "@snapshot"].map(|subvolume| {
        format!("mount-options subvol={subvolume} /dev/sda1 /\nis-symlink /usr/lib/modules\numount-all\n")
    });
    assert_eq!(bench.guestfish(&script.concat()), "true\nfalse\n");
}

#[test]
fn a_boot_loader_that_mounts_another_subvolume_than_fstab_is_a_refusal() {
    assert_eq!(code(&Bench::of("btrfs-flags"), Choice::auto()), "subvolume");
}

#[test]
fn memory_saved_in_a_logical_volume_bars_every_change() {
    let bench = Bench::of("lvm-swap");
    assert_eq!(code(&bench, Choice::auto()), "hibernated");
    let locked = bench.child().lock().unwrap();
    let mut guest = ApplianceGuest::open(locked.as_open(), &bench.settings(), TIME).unwrap();
    assert_eq!(guest.bar().map(|bar| bar.code()), Some("hibernated"));
    assert!(guest.read(&path("/etc/fstab"), 1 << 20).is_ok());
    let changed = guest.mkdir(&path("/shared"), Attributes::root(0o755));
    assert!(
        matches!(changed, Err(GuestError::Unsupported { .. })),
        "{changed:?}"
    );
    assert!(guest.finish(locked.as_open()).unwrap().is_empty());
}

#[test]
fn a_mirror_that_is_alone_in_its_array_is_edited_and_one_of_two_is_not() {
    let report = prepare(&Bench::of("md-end"), Choice::auto()).unwrap();
    assert_eq!(report.outcome, Outcome::Changed);
    assert_eq!(report.editor.name, "appliance");
    assert!(
        report.editor.reason.contains("RAID"),
        "{}",
        report.editor.reason
    );

    let bench = Bench::of("md-leg");
    // Known before anything is launched.
    let (_, codes) = refused(&bench.child_path(), || prepare(&bench, Choice::auto()));
    assert_eq!(codes, ["raid-leg"]);
    // As the appliance assembles it.
    assert_eq!(code(&bench, Choice::appliance()), "raid-leg");
}

#[test]
fn what_the_disk_says_holds_for_an_appliance_that_was_asked_for() {
    for (name, wanted) in [
        ("disk-hibernated", "hibernated"),
        ("disk-raid-leg", "raid-leg"),
        ("disk-read-only", "read-only-partition"),
        ("root-in-a-file", "mount-option"),
        ("os-ostree", "os-unsupported"),
    ] {
        let Some(master) = fixture::guest(name) else {
            continue;
        };
        assert_eq!(
            code(&Bench::new(&master), Choice::appliance()),
            wanted,
            "{name}"
        );
    }
}
