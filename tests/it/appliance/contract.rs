//! The seam's own cases on ext4, XFS and btrfs in one launch, and a hostile guest's files.

use osgraft::editor::appliance::ApplianceGuest;
use osgraft::guest::conformance::{Ground, cases};
use osgraft::guest::{Attributes, FileKind, Guest, GuestError, resolve};
use osgraft::share::extract::{BootWish, Extractor};
use osgraft::share::release::{MasterIdentity, verify};

use super::below::Below;
use super::bench::{Bench, TIME, path};

#[test]
fn every_case_of_the_seam_holds_on_ext4_xfs_and_btrfs() {
    let bench = Bench::of("seam");
    let locked = bench.child().lock().unwrap();
    let mut guest = ApplianceGuest::open(locked.as_open(), &bench.settings(), TIME).unwrap();
    let mounts = guest.root().mounts.iter().map(|(at, _)| at.to_string());
    assert_eq!(mounts.collect::<Vec<_>>(), ["/srv/xfs", "/srv/btrfs"]);
    let mut breaches = Vec::new();
    for base in ["/", "/srv/xfs", "/srv/btrfs"] {
        for case in cases() {
            let below = Below {
                guest: &mut guest,
                base: path(base),
            };
            let mut ground = Ground::new(below);
            ground.specials = vec![
                (path("/special/fifo"), FileKind::Fifo),
                (path("/special/disk"), FileKind::BlockDevice),
                (path("/special/null"), FileKind::CharDevice),
                (path("/special/socket"), FileKind::Socket),
            ];
            ground.hard_linked = Some((path("/special/one"), path("/special/two")));
            ground.other_filesystem = (base == "/").then(|| path("/srv/xfs/other"));
            ground.immutable = Some(path("/special/fixed"));
            ground.huge = Some(path("/special/huge"));
            let breach = case.try_on(&mut ground).err();
            breaches.extend(breach.map(|breach| (base, breach)));
            // Out of the next case's way.
            let done = path(&format!("/done-{}", case.name()));
            ground.guest.rename(&path("/conformance"), &done).unwrap();
        }
        hostile_files_are_refused_by_name(&mut guest, base);
    }
    assert!(breaches.is_empty(), "{breaches:#?}");
    a_tree_on_xfs_is_extracted(&mut guest);
    let redo = guest.finish(locked.as_open()).unwrap();
    assert!(!redo.is_empty());
    locked.commit(&redo).unwrap();
    bench.assert_tidy();
    crate::support::assert_clean(&bench.child_path());
    read_back(&bench);
}

/// A release of a tree that only the appliance reads.
fn a_tree_on_xfs_is_extracted(guest: &mut ApplianceGuest) {
    let at = |below: &str| path(&format!("/srv/xfs/app{below}"));
    guest.mkdir(&at(""), Attributes::root(0o755)).unwrap();
    for number in 0..20 {
        let file = at(&format!("/{number:03}"));
        guest
            .write(&file, b"few bytes", Attributes::root(0o640))
            .unwrap();
    }
    let large: Vec<u8> = (0..3_000_000_u32)
        .map(|number| (number % 253) as u8)
        .collect();
    guest
        .write(&at("/large"), &large, Attributes::root(0o644))
        .unwrap();
    guest.symlink(&at("/link"), b"../large").unwrap();
    guest
        .set_label(&at("/large"), b"system_u:object_r:usr_t:s0\0")
        .unwrap();
    let out = tempfile::tempdir().unwrap();
    let report = Extractor::new(out.path())
        .component("srv/xfs/app".parse().unwrap())
        .boot(BootWish::None)
        .extract_guest(guest, &MasterIdentity::default(), &"r1".parse().unwrap())
        .unwrap();
    let release = out.path().join("r1");
    let verified = verify(&release).unwrap();
    assert!(verified.intact, "{:#?}", verified.differences);
    assert_eq!(report.head.bytes, 20 * 9 + 3_000_000);
    let copy = release.join("tree/srv/xfs/app");
    assert_eq!(std::fs::read(copy.join("large")).unwrap(), large);
    assert_eq!(
        std::fs::read_link(copy.join("link")).unwrap().to_str(),
        Some("../large")
    );
    let manifest = std::fs::read_to_string(release.join("manifest.json")).unwrap();
    let is_told = manifest.contains("usr_t") || !report.warnings.is_empty();
    assert!(is_told, "a label is kept, or its loss told");
}

/// What the seam's cases do not hold: links that lead out or round, what is immutable.
fn hostile_files_are_refused_by_name(guest: &mut ApplianceGuest, base: &str) {
    let mut guest = Below {
        guest,
        base: path(base),
    };
    let fixed = guest.write(&path("/special/fixed"), b"x", Attributes::root(0o644));
    assert!(
        matches!(fixed, Err(GuestError::Unsupported { .. })),
        "{fixed:?}"
    );
    let moved = guest.rename(&path("/special/fixed"), &path("/special/moved"));
    assert!(
        matches!(moved, Err(GuestError::Unsupported { .. })),
        "{moved:?}"
    );
    let looped = resolve(&mut guest, &path("/special/loop"));
    assert!(matches!(looped, Err(GuestError::LinkLoop(_))), "{looped:?}");
    // The host's file of that name is never meant; the guest has none.
    let out = resolve(&mut guest, &path("/special/out")).unwrap();
    assert!(!out.exists(), "{out:?}");
    let through = guest.read(&path("/special/out"), 1 << 20);
    assert!(
        matches!(through, Err(GuestError::WrongKind { .. })),
        "{through:?}"
    );
    guest
        .write(
            &path("/special/capable"),
            b"still capable",
            Attributes::root(0o644),
        )
        .unwrap();
}

/// Another program reads the child: the file systems are clean, and what was kept was kept.
fn read_back(bench: &Bench) {
    let told = bench.guestfish(
        "e2fsck /dev/sda1 correct:false forceall:true
        xfs-repair /dev/sda2 nomodify:true
        btrfs-fsck /dev/sda3
        mount-ro /dev/sda1 /
        mount-ro /dev/sda2 /srv/xfs
        mount-ro /dev/sda3 /srv/btrfs
        cap-get-file /special/capable
        cap-get-file /srv/xfs/special/capable
        cap-get-file /srv/btrfs/special/capable
        cat /srv/xfs/special/two",
    );
    assert_eq!(told.matches("cap_net_raw=ep").count(), 3, "{told}");
    assert!(told.contains("written once"), "{told}");
}
