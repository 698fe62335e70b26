//! Grafts that the guest's root, its tools or its packages changed: verify tells it, prepare ends
//! in a right graft or refuses, revert finds the way back.

use osgraft::prepare::Reverter;

use super::*;

const OWN: &str = "6.1.0-37-amd64/kernel/dummy.ko";

fn grafted() -> MemoryGuest {
    let mut guest = debian();
    prepare(&mut guest).unwrap();
    guest
}

fn prepare(guest: &mut MemoryGuest) -> Result<Vec<Finding>, Error> {
    let graft = Preparer::new(one(), share()).graft(guest, "c")?;
    Ok(graft.warnings)
}

fn differences(guest: &mut MemoryGuest) -> Vec<&'static str> {
    codes(&compare(guest, Some(&share())).unwrap().1)
}

fn put_fstab(guest: &mut MemoryGuest, text: &str) {
    guest
        .write(
            &path("/etc/fstab"),
            text.as_bytes(),
            Attributes::root(0o644),
        )
        .unwrap();
}

/// A step on the block's lines: the name of the tool or the hand, and what it makes of the file.
type Rewrite = (&'static str, fn(&str) -> String);

const REWRITES: &[Rewrite] = &[
    ("commented out", |text| text.replace("\n10.", "\n#10.")),
    ("commented out with a blank", |text| {
        text.replace("\n10.", "\n# 10.")
    }),
    ("begin lost", |text| text.replace("# BEGIN osgraft\n", "")),
    ("end lost", |text| text.replace("# END osgraft\n", "")),
    ("comments dropped", |text| {
        let kept = text.lines().filter(|line| !line.starts_with('#'));
        kept.map(|line| format!("{line}\n")).collect()
    }),
    ("entry deleted", |text| {
        let kept = text.lines().filter(|line| !line.starts_with("10."));
        kept.map(|line| format!("{line}\n")).collect()
    }),
    ("block deleted", |_| FSTAB.to_owned()),
    ("carriage returns", |text| text.replace('\n', "\r\n")),
    ("columns aligned", |text| {
        let aligned = text.lines().map(|line| {
            let words: Vec<String> = line.split(' ').map(|word| format!("{word:<24}")).collect();
            format!("{}\n", words.join(" ").trim_end())
        });
        aligned.collect()
    }),
    ("tabs", |text| text.replace(' ', "\t")),
    ("block twice", |text| {
        format!("{text}{}", &text[FSTAB.len()..])
    }),
    ("entry above the block", |text| {
        let line = text.lines().find(|line| line.starts_with("10.")).unwrap();
        let rest = text.replace(&format!("{line}\n"), "");
        format!("{line}\n{rest}")
    }),
    ("block moved to the top", |text| {
        format!("{}{FSTAB}", &text[FSTAB.len()..])
    }),
    ("options edited", |text| text.replace("nfs ro", "nfs rw")),
    ("mount point edited", |text| {
        text.replace(" /shared ", " /mnt ")
    }),
    ("written from what is mounted", |_| {
        let mounted = "10.0.0.1:/vol/shared_lib\t/shared\tnfs4\trw,relatime,vers=4.2\t0 0\n";
        format!("# generated\n{FSTAB}\n{mounted}")
    }),
    ("lines put into the block", |text| {
        text.replace("# END", "# mine\ntmpfs /x tmpfs rw 0 0\n# END")
    }),
    ("final newline lost", |text| text.trim_end().to_owned()),
];

#[test]
fn whatever_rewrote_fstab_the_guest_is_prepared_again_and_reverted() {
    for (name, rewrite) in REWRITES {
        let mut guest = grafted();
        let before = text(&mut guest, "/etc/fstab");
        let after = rewrite(&before);
        assert_ne!(after, before, "{name}: the premise");
        put_fstab(&mut guest, &after);
        let told = differences(&mut guest);
        let warned = prepare(&mut guest).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(differences(&mut guest), [""; 0], "{name}");
        // Whoever is told that something differs is told what became of it, and the other way.
        assert_eq!(
            warned.is_empty(),
            told.is_empty(),
            "{name}: {told:?}, {warned:?}"
        );
        let line = before.lines().find(|line| line.starts_with("10.")).unwrap();
        let fstab = text(&mut guest, "/etc/fstab");
        let active = fstab.lines().filter(|found| found.trim_end() == line);
        assert_eq!(active.count(), 1, "{name}: {fstab}");
        let calm = prepare(&mut guest).unwrap();
        assert_eq!(calm, [], "{name}: a second run");

        let undone = ungraft(&mut guest).unwrap();
        assert_eq!(undone.kept, [], "{name}");
        assert!(guest.lstat(&path("/shared")).is_err(), "{name}");
        let fstab = text(&mut guest, "/etc/fstab");
        assert!(
            !fstab.contains("osgraft") && !fstab.contains("10.0.0.1"),
            "{name}: {fstab}"
        );
        assert!(fstab.contains("UUID=0a"), "{name}: {fstab}");
    }
}

#[test]
fn a_revert_needs_no_prepare_before_it_and_keeps_what_was_edited_until_forced() {
    for (name, rewrite) in REWRITES {
        let mut guest = grafted();
        let after = rewrite(&text(&mut guest, "/etc/fstab"));
        put_fstab(&mut guest, &after);
        let undone = ungraft(&mut guest).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            text(&mut guest, &format!("/usr/lib/modules/{OWN}")),
            "own",
            "{name}"
        );
        let fstab = text(&mut guest, "/etc/fstab");
        let left = fstab.contains("10.0.0.1");
        let told = codes(&undone.kept).contains(&"fstab-block-edited");
        assert_eq!(left, told, "{name}: {fstab}, {undone:?}");
        if told {
            assert_eq!(fstab, after, "{name}");
            let text_of = &undone
                .kept
                .iter()
                .find(|kept| kept.code == "fstab-block-edited");
            assert!(text_of.unwrap().text.contains("revert --force"), "{name}");
            Reverter::new().force(true).ungraft(&mut guest).unwrap();
            let fstab = text(&mut guest, "/etc/fstab");
            assert!(!fstab.contains("10.0.0.1"), "{name}: {fstab}");
        }
        assert!(
            !text(&mut guest, "/etc/fstab").contains("osgraft"),
            "{name}"
        );
        assert_eq!(
            codes(&ungraft(&mut guest).unwrap().kept),
            ["not-prepared"],
            "{name}"
        );
    }
}

/// The fstab of a prepared guest with `own` in the place of our entry.
fn with_own_instead(guest: &mut MemoryGuest, own: &str) {
    let before = text(guest, "/etc/fstab");
    let ours = before.lines().find(|line| line.starts_with("10.")).unwrap();
    put_fstab(guest, &before.replace(ours, own));
}

#[test]
fn an_entry_of_the_guests_own_in_the_place_of_ours_stays_whatever_is_done() {
    for own in [
        "/dev/sdb1 /data ext4 defaults 0 2",
        "9.9.9.9:/x /y nfs defaults 0 0",
    ] {
        for force in [false, true] {
            let kept = format!("{FSTAB}{own}\n");
            let mut guest = grafted();
            let block = text(&mut guest, "/etc/fstab")[FSTAB.len()..].to_owned();
            with_own_instead(&mut guest, own);
            let own_instead = [
                "fstab-marker-stray",
                "fstab-block-foreign-line",
                "fstab-marker-stray",
            ];
            let told = differences(&mut guest);
            assert_eq!(told[..3], own_instead, "{own}");
            assert_eq!(told[3..], ["fstab-block-missing"], "{own}");

            let mut unprepared = guest.clone();
            let undone = Reverter::new().force(force).ungraft(&mut unprepared);
            assert_eq!(codes(&undone.unwrap().kept), ["fstab-block-gone"], "{own}");
            assert_eq!(text(&mut unprepared, "/etc/fstab"), kept);
            assert!(unprepared.lstat(&path("/shared")).is_err(), "{own}");

            assert_eq!(codes(&prepare(&mut guest).unwrap()), own_instead, "{own}");
            assert_eq!(text(&mut guest, "/etc/fstab"), format!("{kept}{block}"));
            assert_eq!(differences(&mut guest), [""; 0], "{own}");
            assert_eq!(prepare(&mut guest).unwrap(), [], "{own}: a second run");
            let undone = Reverter::new().force(force).ungraft(&mut guest).unwrap();
            assert_eq!(undone.kept, [], "{own}");
            assert_eq!(text(&mut guest, "/etc/fstab"), kept);
        }
    }
}

/// A comment that says more than our entry is the guest's.
#[test]
fn comments_of_the_guests_own_in_the_block_stay() {
    let mut guest = grafted();
    let text_before = text(&mut guest, "/etc/fstab");
    let note = "# 2026-11-20 the server was away, so no mount:\n#10.";
    put_fstab(&mut guest, &text_before.replace("10.", note));
    let warned = codes(&prepare(&mut guest).unwrap());
    assert_eq!(
        warned,
        ["fstab-block-foreign-line", "fstab-entry-commented-out"]
    );
    ungraft(&mut guest).unwrap();
    let note = "# 2026-11-20 the server was away, so no mount:\n";
    assert_eq!(text(&mut guest, "/etc/fstab"), format!("{FSTAB}{note}"));
}

/// An entry of somebody else's on our mount point is no line of ours, receipt or not.
#[test]
fn a_foreign_entry_on_the_mount_point_is_told_and_refused() {
    let mut guest = grafted();
    let fstab = text(&mut guest, "/etc/fstab");
    put_fstab(&mut guest, &format!("{fstab}nas:/x /shared nfs ro 0 0\n"));
    assert_eq!(differences(&mut guest), ["fstab-mount-point-taken"]);
    let error = prepare(&mut guest).unwrap_err();
    assert_eq!(refusal(error), ["fstab-mount-point-taken"]);
    assert_eq!(ungraft(&mut guest).unwrap().kept, []);
    let fstab = text(&mut guest, "/etc/fstab");
    assert_eq!(fstab, format!("{FSTAB}nas:/x /shared nfs ro 0 0\n"));
}

/// A Debian 11 with a real `/lib`.
fn split() -> MemoryGuest {
    let mut guest = debian();
    guest.remove(&path("/lib")).unwrap();
    guest.mkdir(&path("/lib"), Attributes::root(0o755)).unwrap();
    guest
        .rename(&path("/usr/lib/modules"), &path("/lib/modules"))
        .unwrap();
    guest
}

fn merge_usr(guest: &mut MemoryGuest) {
    guest
        .rename(&path("/lib/modules"), &path("/usr/lib/modules"))
        .unwrap();
    guest.remove(&path("/lib")).unwrap();
    guest.symlink(&path("/lib"), b"usr/lib").unwrap();
}

fn split_usr(guest: &mut MemoryGuest) {
    guest.remove(&path("/lib")).unwrap();
    guest.mkdir(&path("/lib"), Attributes::root(0o755)).unwrap();
    guest
        .rename(&path("/usr/lib/modules"), &path("/lib/modules"))
        .unwrap();
}

#[test]
fn a_usr_that_was_merged_or_split_since_takes_the_graft_with_it() {
    type Make = fn() -> MemoryGuest;
    type Step = fn(&mut MemoryGuest);
    let cases: [(Make, Step, &str); 2] = [
        (split, merge_usr, "/usr/lib/modules"),
        (debian, split_usr, "/lib/modules"),
    ];
    for (make, step, at) in cases {
        for prepared_again in [true, false] {
            let mut guest = make();
            prepare(&mut guest).unwrap();
            step(&mut guest);
            let told = differences(&mut guest);
            assert_eq!(told, ["receipt-outdated"], "{at}");
            if prepared_again {
                prepare(&mut guest).unwrap();
                assert_eq!(differences(&mut guest), [""; 0], "{at}");
                assert_eq!(guest.read_link(&path(at)).unwrap(), b"/shared/lib/modules");
            }
            assert_eq!(ungraft(&mut guest).unwrap().kept, [], "{at}");
            assert_eq!(text(&mut guest, &format!("{at}/{OWN}")), "own");
            assert!(guest.lstat(&path("/shared")).is_err());
            assert_eq!(text(&mut guest, "/etc/fstab"), FSTAB);
        }
    }
}

#[test]
fn a_directory_that_a_package_put_in_the_links_place_gets_the_displaced_one_back() {
    let new = "/usr/lib/modules/6.1.0-40-amd64/kernel/new.ko";
    for prepared_again in [true, false] {
        let mut guest = grafted();
        guest.remove(&path("/usr/lib/modules")).unwrap();
        let mut guest = guest.file(new, "new");
        assert_eq!(
            differences(&mut guest)[..2],
            ["link-replaced", "no-way-back"]
        );
        if prepared_again {
            let any = Server::new("a", Source::nfs("10.0.0.1:/vol/shared_lib").unwrap()).unwrap();
            let any = MemoryRegistry::new(Servers::new(vec![any]).unwrap());
            let graft = Preparer::new(any, share()).graft(&mut guest, "c").unwrap();
            assert!(codes(&graft.warnings).contains(&"link-replaced-merged"));
            assert_eq!(differences(&mut guest), [""; 0]);
            let at = "/shared/lib/modules/6.1.0-40-amd64/kernel/new.ko";
            assert_eq!(text(&mut guest, at), "new");
            assert_eq!(
                text(&mut guest, &format!("/shared/lib/modules/{OWN}")),
                "own"
            );
        }
        ungraft(&mut guest).unwrap();
        assert_eq!(text(&mut guest, new), "new");
        assert_eq!(text(&mut guest, &format!("/usr/lib/modules/{OWN}")), "own");
        assert!(guest.lstat(&path("/shared")).is_err());
        assert_eq!(codes(&ungraft(&mut guest).unwrap().kept), ["not-prepared"]);
    }
}

#[test]
fn what_both_directories_have_is_kept_beside_and_named() {
    let mut guest = grafted();
    guest.remove(&path("/usr/lib/modules")).unwrap();
    let mut guest = guest.file(&format!("/usr/lib/modules/{OWN}"), "reinstalled");
    let warned = prepare(&mut guest).unwrap();
    let merged = warned
        .iter()
        .find(|found| found.code == "link-replaced-merged");
    let kept = "/usr/lib/modules.osgraft-kept";
    assert!(merged.unwrap().text.contains(kept), "{warned:?}");
    assert_eq!(text(&mut guest, &format!("{kept}/{OWN}")), "own");
    assert_eq!(
        text(&mut guest, &format!("/shared/lib/modules/{OWN}")),
        "reinstalled"
    );
    assert_eq!(differences(&mut guest), [""; 0]);
    ungraft(&mut guest).unwrap();
    assert_eq!(
        text(&mut guest, &format!("/usr/lib/modules/{OWN}")),
        "reinstalled"
    );
    assert_eq!(text(&mut guest, &format!("{kept}/{OWN}")), "own");
}

/// A package that unpacks into a directory of the same name adds to it.
#[test]
fn directories_that_both_have_become_one() {
    let mut guest = grafted();
    guest.remove(&path("/usr/lib/modules")).unwrap();
    let mut guest = guest
        .file("/usr/lib/modules/6.1.0-37-amd64/extra/dkms.ko", "built")
        .dir("/usr/lib/modules/6.1.0-37-amd64/kernel");
    let warned = codes(&prepare(&mut guest).unwrap());
    assert!(warned.contains(&"link-replaced-merged"), "{warned:?}");
    ungraft(&mut guest).unwrap();
    assert_eq!(text(&mut guest, &format!("/usr/lib/modules/{OWN}")), "own");
    let built = "/usr/lib/modules/6.1.0-37-amd64/extra/dkms.ko";
    assert_eq!(text(&mut guest, built), "built");
    let kept = guest.lstat(&path("/usr/lib/modules.osgraft-kept"));
    assert!(kept.is_err(), "nothing was in two places");
}

#[test]
fn modules_written_into_the_displaced_directory_come_back_with_it() {
    let mut guest = grafted().file("/shared/lib/modules/6.1.0-40-amd64/new.ko", "new");
    assert_eq!(differences(&mut guest), [""; 0]);
    assert_eq!(prepare(&mut guest).unwrap(), []);
    assert_eq!(ungraft(&mut guest).unwrap().kept, []);
    assert_eq!(
        text(&mut guest, "/usr/lib/modules/6.1.0-40-amd64/new.ko"),
        "new"
    );
    assert_eq!(text(&mut guest, &format!("/usr/lib/modules/{OWN}")), "own");
}

#[test]
fn a_displaced_directory_that_is_gone_is_told_once_and_for_all() {
    let mut guest = grafted();
    guest
        .rename(&path("/shared"), &path("/shared.old"))
        .unwrap();
    assert!(differences(&mut guest).contains(&"local-gone"));
    let warned = codes(&prepare(&mut guest).unwrap());
    assert!(warned.contains(&"local-gone"), "{warned:?}");
    assert_eq!(differences(&mut guest), [""; 0]);
    assert!(warned.contains(&"local-moved"), "{warned:?}");
    // The way back finds it, where one place alone can be meant.
    let mut twice = guest.clone().dir("/copy/lib/modules");
    let undone = ungraft(&mut twice).unwrap();
    assert_eq!(codes(&undone.kept), ["local-gone"]);
    let old = format!("/shared.old/lib/modules/{OWN}");
    assert_eq!(text(&mut twice, &old), "own");
    let undone = ungraft(&mut guest).unwrap();
    assert_eq!(codes(&undone.warnings), ["local-moved"]);
    assert_eq!(text(&mut guest, &format!("/usr/lib/modules/{OWN}")), "own");
}

#[test]
fn a_mount_point_that_became_a_link_is_refused_and_reverted_through_it() {
    let mut guest = grafted().dir("/data");
    guest
        .rename(&path("/shared"), &path("/data/shared"))
        .unwrap();
    guest.symlink(&path("/shared"), b"data/shared").unwrap();
    let error = prepare(&mut guest.clone()).unwrap_err();
    assert_eq!(refusal(error), ["mount-point-not-a-directory"]);
    assert!(!differences(&mut guest).is_empty());
    let undone = ungraft(&mut guest).unwrap();
    assert_eq!(
        text(&mut guest, &format!("/usr/lib/modules/{OWN}")),
        "own",
        "{undone:?}"
    );
    assert_eq!(text(&mut guest, "/etc/fstab"), FSTAB);
    assert!(guest.lstat(&path("/var/lib/osgraft")).is_err());
}

#[test]
fn a_link_of_the_guests_own_in_our_links_place_is_refused_and_forced_aside() {
    let mut guest = grafted().file("/opt/modules/x.ko", "theirs");
    guest.remove(&path("/usr/lib/modules")).unwrap();
    let mut guest = guest.link("/usr/lib/modules", "/opt/modules");
    assert_eq!(
        differences(&mut guest)[..2],
        ["link-replaced", "no-way-back"]
    );
    assert_eq!(
        refusal(prepare(&mut guest.clone()).unwrap_err()),
        ["link-foreign-symlink"]
    );
    let undone = ungraft(&mut guest).unwrap();
    assert_eq!(codes(&undone.kept)[..2], ["link-replaced", "no-way-back"]);
    assert_eq!(
        guest.read_link(&path("/usr/lib/modules")).unwrap(),
        b"/opt/modules"
    );
    assert_eq!(
        text(&mut guest, &format!("/shared/lib/modules/{OWN}")),
        "own"
    );

    Reverter::new().force(true).ungraft(&mut guest).unwrap();
    assert_eq!(text(&mut guest, &format!("/usr/lib/modules/{OWN}")), "own");
    let aside = guest.read_link(&path("/usr/lib/modules.osgraft-kept"));
    assert_eq!(aside.unwrap(), b"/opt/modules");
    assert!(guest.lstat(&path("/shared")).is_err());
    prepare(&mut guest).unwrap();
    assert_eq!(differences(&mut guest), [""; 0]);
}

/// `/usr` got a file system of its own: no rename leads from one to the other.
#[test]
fn a_directory_that_cannot_be_moved_back_keeps_its_link() {
    let mut before = grafted();
    let (fstab, receipt) = ("/etc/fstab", "/var/lib/osgraft/receipt.json");
    let mut guest = MemoryGuest::new()
        .dir("/usr/lib")
        .mount("/usr/lib", 7)
        .file("/etc/os-release", text(&mut before, "/etc/os-release"))
        .file(fstab, text(&mut before, fstab))
        .file(receipt, text(&mut before, receipt))
        .file("/usr/sbin/mount.nfs", "nfs")
        .file("/usr/lib/systemd/systemd", "init")
        .link("/sbin", "usr/sbin")
        .link("/usr/sbin/init", "../lib/systemd/systemd")
        .link("/lib", "usr/lib")
        .link("/usr/lib/modules", "/shared/lib/modules")
        .file(&format!("/shared/lib/modules/{OWN}"), "own");
    assert!(differences(&mut guest).contains(&"other-file-system"));
    let warned = codes(&prepare(&mut guest).unwrap());
    assert!(warned.contains(&"other-file-system"), "{warned:?}");
    assert_eq!(differences(&mut guest), [""; 0]);
    let undone = ungraft(&mut guest).unwrap();
    assert!(codes(&undone.kept).contains(&"link-needed"), "{undone:?}");
    assert_eq!(text(&mut guest, "/etc/fstab"), FSTAB);
    // The link shows the guest's own directory, now that nothing is mounted over it.
    let link = guest.read_link(&path("/usr/lib/modules")).unwrap();
    assert_eq!(link, b"/shared/lib/modules");
    assert_eq!(
        text(&mut guest, &format!("/shared/lib/modules/{OWN}")),
        "own"
    );
}

#[test]
fn a_record_of_the_guests_making_moves_nothing_into_itself() {
    let mut guest = grafted();
    let receipt = text(&mut guest, "/var/lib/osgraft/receipt.json");
    for (at, displaced) in [("/etc", "/etc/x"), ("/usr/lib", "/usr"), ("/", "/home")] {
        let forged = receipt
            .replace("\"at\": \"/usr/lib/modules\"", &format!("\"at\": \"{at}\""))
            .replace(
                "\"displaced_to\": \"/shared/lib/modules\"",
                &format!("\"displaced_to\": \"{displaced}\""),
            );
        assert_ne!(forged, receipt, "the premise");
        let mut guest = guest.clone().dir("/etc/x").dir("/home");
        let files = |guest: &MemoryGuest| {
            let snapshot = guest.snapshot();
            let paths = snapshot.iter().map(|(path, _)| path.to_string());
            paths
                .filter(|path| path.starts_with("/boot") || path.ends_with(".ko"))
                .count()
        };
        guest
            .write(
                &path("/var/lib/osgraft/receipt.json"),
                forged.as_bytes(),
                Attributes::root(0o600),
            )
            .unwrap();
        let before = files(&guest);
        let _ = prepare(&mut guest);
        let _ = ungraft(&mut guest);
        assert_eq!(files(&guest), before, "{at}");
    }
}

/// Wherever a call into a guest that changed fails, the graft and the way back fail with it.
#[test]
fn no_failing_call_is_passed_over_in_a_guest_that_changed() {
    let merged = || {
        let mut guest = split();
        prepare(&mut guest).unwrap();
        merge_usr(&mut guest);
        guest.remove(&path("/usr/lib/modules")).unwrap();
        let mut guest = guest.file("/usr/lib/modules/6.1.0-40-amd64/new.ko", "new");
        let fstab = text(&mut guest, "/etc/fstab").replace("# END osgraft\n", "");
        put_fstab(&mut guest, &fstab);
        guest.reset_calls();
        guest
    };
    let any = || {
        let server = Server::new("a", Source::nfs("10.0.0.1:/vol/shared_lib").unwrap()).unwrap();
        let registry = MemoryRegistry::new(Servers::new(vec![server]).unwrap());
        Preparer::new(registry, share())
    };
    type Work<'a> = &'a dyn Fn(&mut MemoryGuest) -> Result<(), Error>;
    let works: [Work<'_>; 3] = [
        &|guest| any().graft(guest, "c").map(drop),
        &|guest| ungraft(guest).map(drop),
        &|guest| {
            compare(guest, Some(&share()))
                .map(drop)
                .map_err(Error::from)
        },
    ];
    for work in works {
        let mut whole = merged();
        work(&mut whole).unwrap();
        let calls = whole.calls().len();
        assert!(calls > 40, "{calls}");
        for call in 1..=calls {
            let mut guest = merged();
            guest.fail_at(call, Fault::Io(io::ErrorKind::Other));
            assert!(work(&mut guest).is_err(), "{:?}", whole.calls()[call - 1]);
        }
    }
}
