use std::os::unix::fs::MetadataExt;

use osgraft::guest::{Attributes, Guest};
use osgraft::share::extract::{Outcome, Report};

use super::bench::{KERNEL, Out, debian, module, set_time};

/// Files that came from the release before, by whichever way this host has.
fn shared(report: &Report) -> u64 {
    report.linked.files + report.cloned.files
}

#[test]
fn the_same_release_again_is_unchanged_and_another_one_is_refused() {
    let out = Out::new();
    let first = out.extract(&mut debian(), "r1").unwrap();
    let before = std::fs::read(out.at("r1/manifest.json")).unwrap();
    let again = out.extract(&mut debian(), "r1").unwrap();
    assert_eq!(again.outcome, Outcome::Unchanged);
    assert_eq!(again.head, first.head);
    assert_eq!(again.copied.files, 0);
    let mut other = debian().file(&module("kernel/a.ko"), vec![9; 70_000]);
    let refused = out.extract(&mut other, "r1").unwrap_err();
    assert_eq!(refused.code(), "release-exists");
    assert_eq!(std::fs::read(out.at("r1/manifest.json")).unwrap(), before);
    assert_eq!(out.names(), ["r1"]);
    out.assert_intact("r1");
    std::fs::create_dir(out.at("r2")).unwrap();
    let refused = out.extract(&mut debian(), "r2").unwrap_err();
    assert_eq!(refused.code(), "release-name-taken");
    assert!(out.at("r2").exists());
}

#[test]
fn unchanged_files_are_shared_with_the_release_before() {
    let out = Out::new();
    out.extract(&mut debian(), "r1").unwrap();
    let mut next = debian().file(&module("empty"), "");
    let changed = module("kernel/b.ko").parse().unwrap();
    next.write(&changed, &[1; 5000], Attributes::root(0o644))
        .unwrap();
    let report = out.extract(&mut next, "r2").unwrap();
    assert_eq!(report.before.as_ref().map(|it| it.as_str()), Some("r1"));
    // modules.dep, a.ko, the kernel and its initramfs; not b.ko, and not the empty file.
    assert_eq!((shared(&report), report.copied.files), (4, 2));
    out.assert_intact("r1");
    out.assert_intact("r2");
    if report.linked.files > 0 {
        let inode = |release: &str, name: &str| {
            let path = format!("{release}/tree/lib/modules/{KERNEL}/kernel/{name}");
            std::fs::metadata(out.at(&path)).unwrap().ino()
        };
        assert_eq!(inode("r1", "a.ko"), inode("r2", "a.ko"));
        assert_ne!(inode("r1", "b.ko"), inode("r2", "b.ko"));
    }
    // A removed release takes nothing along.
    osgraft::share::release::remove(&out.at("r1"), &[], false).unwrap();
    out.assert_intact("r2");
}

#[test]
fn a_file_is_shared_only_where_everything_is_equal() {
    type Change = fn(&mut osgraft::guest::MemoryGuest);
    let changes: [(&str, Change); 4] = [
        ("time", |guest| {
            set_time(guest, &module("kernel/a.ko"), 5, 5)
        }),
        ("mode", |guest| {
            *guest = guest.clone().mode(&module("kernel/a.ko"), 0o600);
        }),
        ("attribute", |guest| {
            *guest = guest.clone().xattr(&module("kernel/a.ko"), "user.a", "b");
        }),
        ("names", |guest| {
            *guest = guest
                .clone()
                .hard_link(&module("kernel/c.ko"), &module("kernel/a.ko"));
        }),
    ];
    for (what, change) in changes {
        let out = Out::new();
        out.extract(&mut debian(), "r1").unwrap();
        let mut next = debian();
        change(&mut next);
        let report = out.extract(&mut next, "r2").unwrap();
        assert_eq!((shared(&report), report.copied.files), (4, 1), "{what}");
        out.assert_intact("r1");
        out.assert_intact("r2");
    }
}

#[test]
fn a_file_that_changed_in_the_release_before_is_not_taken_over() {
    let out = Out::new();
    out.extract(&mut debian(), "r1").unwrap();
    let damaged = out.at(&format!("r1/tree/lib/modules/{KERNEL}/kernel/a.ko"));
    let time = std::fs::metadata(&damaged).unwrap().modified().unwrap();
    let mut bytes = vec![7; 70_000];
    bytes[69_999] = 0;
    std::fs::write(&damaged, bytes).unwrap();
    let file = std::fs::File::options().write(true).open(&damaged).unwrap();
    file.set_modified(time).unwrap();
    let report = out.extract(&mut debian(), "r2").unwrap();
    assert_eq!((shared(&report), report.copied.files), (4, 1));
    assert!(!out.verify("r1").intact);
    out.assert_intact("r2");
}
