//! The unit that lets go of the share before the network goes.

use osgraft::prepare::{Graft, Reverter, Ungrafted};
use sha2::{Digest, Sha256};

use super::*;

const FOLDER: &str = "/etc/systemd/system";
const UNIT: &str = "/etc/systemd/system/osgraft-shared.service";
const WANTS: &str = "/etc/systemd/system/shared.mount.wants";
const LINK: &str = "/etc/systemd/system/shared.mount.wants/osgraft-shared.service";
const RECEIPT: &str = "/var/lib/osgraft/receipt.json";

fn graft(guest: &mut MemoryGuest) -> Graft {
    graft_onto(guest, share())
}

fn graft_onto(guest: &mut MemoryGuest, share: Share) -> Graft {
    let graft = Preparer::new(one(), share.clone()).graft(guest, "c");
    let graft = graft.unwrap();
    assert_eq!(compare(guest, Some(&share)).unwrap().1, []);
    let again = Preparer::new(one(), share).graft(guest, "c").unwrap();
    assert!(again.edits.is_empty(), "{:?}", again.edits);
    graft
}

fn grafted() -> MemoryGuest {
    let mut guest = debian();
    assert_eq!(codes(&graft(&mut guest).warnings), [""; 0]);
    guest
}

fn has(guest: &mut MemoryGuest, at: &str) -> bool {
    guest.lstat(&path(at)).is_ok()
}

fn write(guest: &mut MemoryGuest, at: &str, content: &str) {
    let new = Attributes::root(0o644);
    guest.write(&path(at), content.as_bytes(), new).unwrap();
}

fn assert_is(guest: &MemoryGuest, wanted: &MemoryGuest, name: &str) {
    let (wanted, found) = (wanted.snapshot(), guest.snapshot());
    assert!(found == wanted, "{name}: {}", wanted.diff(&found));
}

fn reverted(guest: &mut MemoryGuest) -> Ungrafted {
    ungraft(guest).unwrap()
}

#[test]
fn a_guest_under_systemd_gets_a_unit_that_its_mount_unit_pulls_in() {
    let mut guest = grafted();
    let made = guest.lstat(&path(UNIT)).unwrap();
    assert_eq!((made.mode, made.uid, made.gid), (0o644, 0, 0));
    assert!(text(&mut guest, UNIT).contains("' sh /shared /shared\n"));
    assert_eq!(guest.lstat(&path(WANTS)).unwrap().mode, 0o755);
    assert_eq!(guest.read_link(&path(LINK)).unwrap(), UNIT.as_bytes());
    assert!(text(&mut guest, RECEIPT).contains("\"version\": 3"));
    assert_eq!(codes(&reverted(&mut guest).kept), [""; 0]);
    assert_is(&guest, &debian(), "reverted");
}

#[test]
fn a_folder_of_units_that_is_not_there_is_made_and_taken_away_again() {
    let bare = || {
        let mut guest = debian();
        guest.remove(&path(FOLDER)).unwrap();
        guest.remove(&path("/etc/systemd")).unwrap();
        guest
    };
    let mut guest = bare();
    graft(&mut guest);
    assert!(has(&mut guest, UNIT));
    assert_eq!(codes(&reverted(&mut guest).kept), [""; 0]);
    assert_is(&guest, &bare(), "reverted");

    // By then another package may have put a unit of its own there.
    graft(&mut guest);
    write(&mut guest, "/etc/systemd/system/own.service", "[Unit]\n");
    assert_eq!(
        codes(&reverted(&mut guest).kept),
        ["not-empty", "not-empty"]
    );
    assert!(!has(&mut guest, UNIT) && !has(&mut guest, WANTS));
}

#[test]
fn a_folder_of_units_elsewhere_is_used_where_it_is() {
    let moved = || {
        let mut guest = debian().dir("/data/units");
        guest.remove(&path(FOLDER)).unwrap();
        guest.link(FOLDER, "/data/units")
    };
    let mut guest = moved();
    graft(&mut guest);
    assert!(has(&mut guest, "/data/units/osgraft-shared.service"));
    assert_eq!(codes(&reverted(&mut guest).kept), [""; 0]);
    assert_is(&guest, &moved(), "reverted");
}

#[test]
fn a_guest_that_needs_no_unit_gets_none() {
    let mut openrc = debian().file("/usr/sbin/openrc", "");
    openrc.remove(&path("/usr/sbin/init")).unwrap();
    let mut openrc = openrc
        .file("/usr/sbin/init", "")
        .file("/etc/init.d/netmount", "")
        .link("/etc/runlevels/default/netmount", "/etc/init.d/netmount");
    graft(&mut openrc);
    assert!(!has(&mut openrc, UNIT));
    assert!(text(&mut openrc, RECEIPT).contains("\"version\": 1"));

    // A share without a network is unmounted at the end of a shutdown. The unit goes with NFS.
    let local = Server::new("a", Source::virtiofs("os").unwrap()).unwrap();
    let local = MemoryRegistry::new(Servers::new(vec![local]).unwrap());
    let mut guest = grafted();
    let graft = Preparer::new(local, share()).graft(&mut guest, "c");
    assert!(graft.is_ok_and(|graft| !graft.edits.is_empty()));
    assert!(!has(&mut guest, UNIT) && !has(&mut guest, WANTS));
    assert_eq!(compare(&mut guest, Some(&share())).unwrap().1, []);
    reverted(&mut guest);
    assert_is(&guest, &debian(), "reverted");
}

#[test]
fn mount_points_of_any_name_have_units_of_their_own() {
    for (mount_point, at, name) in [
        ("/srv/my-os", "/srv/my-os", r"srv-my\x5cx2dos"),
        ("/srv/my os", "/srv/my os", r"srv-my\x5cx20os"),
        // Where systemd mounts it, links resolved.
        ("/mnt/os", "/data/os", "data-os"),
    ] {
        let fresh = || debian().dir("/data").link("/mnt", "data");
        let share = Share::at(mount_point).unwrap();
        let share = share.link("/lib/modules", "lib/modules").unwrap();
        let mut guest = fresh();
        graft_onto(&mut guest, share.clone());
        let file = format!("{FOLDER}/osgraft-{name}.service");
        let link = format!("{FOLDER}/{name}.mount.wants/osgraft-{name}.service");
        assert!(has(&mut guest, &file) && has(&mut guest, &link), "{file}");
        let argument = at.replace(' ', r"\x20");
        let unit = text(&mut guest, &file);
        assert!(unit.contains(&format!("' sh {argument} ")), "{unit}");
        reverted(&mut guest);
        assert_is(&guest, &fresh(), mount_point);
    }
}

#[test]
fn another_mount_point_takes_the_old_unit_away() {
    let elsewhere = || {
        let share = Share::at("/srv/os").unwrap();
        share.link("/lib/modules", "lib/modules").unwrap()
    };
    let mut guest = grafted();
    let again = graft_onto(&mut guest, elsewhere());
    assert_eq!(codes(&again.warnings), [""; 0]);
    assert!(!has(&mut guest, UNIT) && !has(&mut guest, WANTS));
    let mut fresh = debian();
    graft_onto(&mut fresh, elsewhere());
    assert_is(&guest, &fresh, "as one prepared for it at once");
    reverted(&mut guest);
    assert_is(&guest, &debian(), "reverted");

    // The receipt's share stays where it was, and what it is mounted on moved.
    let mut guest = debian().dir("/a").link("/srv", "a");
    graft_onto(&mut guest, elsewhere());
    guest.remove(&path("/srv")).unwrap();
    guest.rename(&path("/a"), &path("/b")).unwrap();
    let mut guest = guest.link("/srv", "b");
    Preparer::new(one(), elsewhere())
        .graft(&mut guest, "c")
        .unwrap();
    assert!(!has(&mut guest, &format!("{FOLDER}/osgraft-a-os.service")));
    assert!(has(&mut guest, &format!("{FOLDER}/osgraft-b-os.service")));
    assert_eq!(compare(&mut guest, Some(&elsewhere())).unwrap().1, []);
}

type Deed = fn(&mut MemoryGuest);

/// Deeds of the guest's, the code that verify and prepare tell, and the one that revert tells.
const DEEDS: &[(&str, Deed, &str, &str)] = &[
    (
        "removed",
        |guest| guest.remove(&path(UNIT)).unwrap(),
        "unit-missing",
        "unit-missing",
    ),
    (
        "disabled",
        |guest| guest.remove(&path(LINK)).unwrap(),
        "unit-link-missing",
        "unit-link-missing",
    ),
    (
        "disabled, and the empty directory removed",
        |guest| {
            guest.remove(&path(LINK)).unwrap();
            guest.remove(&path(WANTS)).unwrap();
        },
        "unit-link-missing",
        "unit-link-missing",
    ),
    (
        "all of it removed",
        |guest| {
            for at in [UNIT, LINK, WANTS] {
                guest.remove(&path(at)).unwrap();
            }
        },
        "unit-missing",
        "unit-missing",
    ),
    (
        "edited",
        |guest| {
            let edited = text(guest, UNIT).replace("umount -l", "umount -x");
            write(guest, UNIT, &edited);
        },
        "unit-edited",
        "unit-edited",
    ),
];

#[test]
fn whatever_the_guest_did_to_its_unit_is_told_and_put_back() {
    for (name, deed, differs, _) in DEEDS {
        let mut guest = grafted();
        deed(&mut guest);
        let (_, differences) = compare(&mut guest, Some(&share())).unwrap();
        assert_eq!(codes(&differences), [*differs], "{name}");
        let warnings = graft(&mut guest).warnings;
        assert_eq!(codes(&warnings), [*differs], "{name}");
        assert!(warnings[0].text.contains("; it is "), "{warnings:?}");
        assert_is(&guest, &grafted(), name);
        assert_eq!(codes(&reverted(&mut guest).kept), [""; 0]);
        assert_is(&guest, &debian(), name);
    }
}

#[test]
fn a_revert_keeps_a_unit_that_was_edited_until_forced() {
    for (name, deed, _, kept) in DEEDS {
        let mut guest = grafted();
        deed(&mut guest);
        assert_eq!(codes(&reverted(&mut guest).kept), [*kept], "{name}");
        assert_eq!(text(&mut guest, "/etc/fstab"), FSTAB, "{name}");
        if *kept == "unit-edited" {
            assert!(text(&mut guest, UNIT).contains("umount -x"));
            assert!(has(&mut guest, LINK) && has(&mut guest, RECEIPT));
            let forced = Reverter::new().force(true).ungraft(&mut guest);
            assert_eq!(codes(&forced.unwrap().kept), ["fstab-block-gone"; 0]);
        }
        assert_is(&guest, &debian(), name);
    }
}

/// Guests that have something of their own in the place of a unit, and the code that is told.
fn obstacles() -> Vec<(&'static str, MemoryGuest)> {
    let without_folder = || {
        let mut guest = debian();
        guest.remove(&path(FOLDER)).unwrap();
        guest
    };
    vec![
        ("unit-masked", debian().link(UNIT, "/dev/null")),
        ("unit-masked", debian().file(UNIT, "")),
        ("unit-foreign", debian().file(UNIT, "[Unit]\n")),
        ("unit-foreign", debian().link(UNIT, "/opt/x.service")),
        ("unit-foreign", debian().dir(UNIT)),
        ("unit-foreign", debian().fifo(UNIT)),
        ("unit-foreign", debian().hole(UNIT, 4 << 30)),
        (
            "unit-foreign",
            debian().file(UNIT, "").hard_link("/etc/other", UNIT),
        ),
        ("unit-link-foreign", debian().file(WANTS, "")),
        ("unit-link-foreign", debian().link(WANTS, "/opt")),
        ("unit-link-foreign", debian().link(LINK, "/dev/null")),
        ("unit-link-foreign", debian().file(LINK, "[Unit]\n")),
        ("unit-link-foreign", debian().fifo(LINK)),
        ("unit-folder", without_folder().file(FOLDER, "")),
        ("unit-folder", without_folder().fifo(FOLDER)),
        ("unit-folder", without_folder().link(FOLDER, "/opt/none")),
        ("unit-folder", without_folder().link(FOLDER, FOLDER)),
        ("unit-immutable", debian().immutable(FOLDER)),
        ("unit-immutable", debian().dir(WANTS).immutable(WANTS)),
        ("unit-immutable", without_folder().immutable("/etc/systemd")),
    ]
}

#[test]
fn what_is_the_guests_own_stays_and_the_guest_is_prepared_without_a_unit() {
    for (code, mut guest) in obstacles() {
        let before = guest.clone();
        let name = format!("{code}: {:?}", guest.lstat(&path(UNIT)));
        let made = graft(&mut guest);
        assert_eq!(codes(&made.warnings), [code], "{name}");
        assert!(made.warnings[0].text.contains("90 s longer"), "{name}");
        let touched = made.edits.iter().map(ToString::to_string);
        let touched: Vec<String> = touched.filter(|edit| edit.contains("systemd")).collect();
        assert_eq!(touched, [""; 0], "{name}");
        assert!(text(&mut guest, RECEIPT).contains("\"version\": 1"));
        assert_eq!(codes(&reverted(&mut guest).kept), [""; 0], "{name}");
        assert_is(&guest, &before, &name);
    }
}

/// systemd reads its units before the share is mounted.
#[test]
fn a_folder_of_units_that_a_link_would_take_into_the_share_gets_none() {
    let fresh = || {
        let mut guest = debian().file("/data/units/own.service", "[Unit]\n");
        guest.remove(&path(FOLDER)).unwrap();
        guest.link(FOLDER, "/data/units")
    };
    let share = || share().link("/data", "data").unwrap();
    let server = Server::new("a", Source::nfs("10.0.0.1:/v").unwrap()).unwrap();
    let registry = MemoryRegistry::new(Servers::new(vec![server]).unwrap());
    let preparer = Preparer::new(registry, share());
    let mut with_unit = fresh();
    graft(&mut with_unit);
    assert!(has(&mut with_unit, "/data/units/osgraft-shared.service"));
    for mut guest in [fresh(), with_unit] {
        let made = preparer.graft(&mut guest, "c").unwrap();
        assert!(codes(&made.warnings).contains(&"unit-folder"), "{made:?}");
        assert_eq!(compare(&mut guest, Some(&share())).unwrap().1, []);
        let again = preparer.graft(&mut guest, "c").unwrap();
        assert!(again.edits.is_empty(), "{:?}", again.edits);
        let unit = "/shared/data/units/osgraft-shared.service";
        assert!(!has(&mut guest, unit));
        assert_eq!(codes(&reverted(&mut guest).kept), [""; 0]);
        assert_is(&guest, &fresh(), "reverted");
    }
}

#[test]
fn a_unit_that_was_masked_since_stays_masked_and_leaves_nothing_else() {
    let mut guest = grafted();
    guest.remove(&path(UNIT)).unwrap();
    let mut guest = guest.link(UNIT, "/dev/null");
    let (_, differences) = compare(&mut guest, Some(&share())).unwrap();
    assert_eq!(codes(&differences), ["unit-masked"]);
    let mut prepared = guest.clone();
    assert_eq!(codes(&graft(&mut prepared).warnings), ["unit-masked"]);
    assert!(!has(&mut prepared, WANTS));
    for mut guest in [prepared, guest] {
        reverted(&mut guest);
        assert_is(&guest, &debian().link(UNIT, "/dev/null"), "reverted");
    }
}

#[test]
fn an_immutable_unit_is_kept_until_it_can_be_removed() {
    let mut guest = grafted().immutable(UNIT);
    // It serves as it is.
    assert!(graft(&mut guest).edits.is_empty());
    assert_eq!(codes(&reverted(&mut guest).kept), ["unit-immutable"]);
    assert!(has(&mut guest, UNIT) && has(&mut guest, LINK) && has(&mut guest, RECEIPT));
}

#[test]
fn a_child_of_an_osgraft_without_units_gets_one_and_is_reverted_as_before() {
    // The same guest, as one that needs no unit leaves it: versions 1 and 2 of a receipt.
    for pin in [None, Some("a")] {
        let old = || {
            let mut guest = debian().link(UNIT, "/dev/null");
            let mut preparer = Preparer::new(one(), share());
            if let Some(pin) = pin {
                preparer = preparer.server(pin);
            }
            preparer.graft(&mut guest, "c").unwrap();
            guest.remove(&path(UNIT)).unwrap();
            guest
        };
        let version = if pin.is_some() { 2 } else { 1 };
        let version = format!("\"version\": {version},");
        assert!(text(&mut old(), RECEIPT).contains(&version), "the premise");
        let mut guest = old();
        assert_eq!(compare(&mut guest, Some(&share())).unwrap().1, []);
        assert_eq!(codes(&reverted(&mut guest).kept), [""; 0]);
        assert_is(&guest, &debian(), "reverted");

        let mut guest = old();
        assert_eq!(codes(&graft(&mut guest).warnings), [""; 0]);
        assert!(has(&mut guest, UNIT));
        let receipt = text(&mut guest, RECEIPT);
        assert!(receipt.contains("\"version\": 3,"), "{receipt}");
        assert_eq!(receipt.contains("\"pin\": \"a\""), pin.is_some());
        assert_eq!(codes(&reverted(&mut guest).kept), [""; 0]);
        assert_is(&guest, &debian(), "reverted");
    }
}

/// A later osgraft may write another text.
#[test]
fn a_unit_as_an_earlier_osgraft_wrote_it_is_replaced_and_not_taken_for_edited() {
    let earlier = || {
        let mut guest = grafted();
        let now = text(&mut guest, UNIT);
        let old = now.replace("TimeoutStopSec=20\n", "");
        assert_ne!(old, now, "the premise");
        let digest = |text: &str| {
            let digest = Sha256::digest(text.as_bytes());
            let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            digest
        };
        let receipt = text(&mut guest, RECEIPT).replace(&digest(&now), &digest(&old));
        write(&mut guest, UNIT, &old);
        write(&mut guest, RECEIPT, &receipt);
        guest
    };
    let mut guest = earlier();
    assert_eq!(compare(&mut guest, Some(&share())).unwrap().1, []);
    assert_eq!(codes(&reverted(&mut guest).kept), [""; 0]);
    assert_is(&guest, &debian(), "reverted");
    let mut guest = earlier();
    assert_eq!(codes(&graft(&mut guest).warnings), [""; 0]);
    assert_is(&guest, &grafted(), "prepared");
}

#[test]
fn a_lost_receipt_leaves_the_unit_to_be_known_by_its_text() {
    let lost = |deed: Deed| {
        let mut guest = grafted();
        guest.remove(&path(RECEIPT)).unwrap();
        deed(&mut guest);
        guest
    };
    let mut guest = lost(|_| ());
    assert_eq!(codes(&graft(&mut guest).warnings), ["receipt-missing"]);
    assert_is(&guest, &grafted(), "prepared");

    // The block and the link went as well: the unit alone tells.
    let mut guest = lost(|guest| {
        write(guest, "/etc/fstab", FSTAB);
        guest.remove(&path("/usr/lib/modules")).unwrap();
        let own = path("/shared/lib/modules");
        guest.rename(&own, &path("/usr/lib/modules")).unwrap();
    });
    assert_eq!(codes(&reverted(&mut guest).warnings), ["receipt-missing"]);
    assert!(!has(&mut guest, UNIT) && !has(&mut guest, WANTS));

    // Nothing tells any more that an edited one is ours.
    let edit: Deed = |guest| write(guest, UNIT, "[Unit]\n");
    let mut guest = lost(edit);
    assert_eq!(
        codes(&graft(&mut guest).warnings),
        ["receipt-missing", "unit-foreign"]
    );
    assert_eq!(text(&mut guest, UNIT), "[Unit]\n");

    // A directory that holds more than our link stays.
    let other = "/etc/systemd/system/shared.mount.wants/own.service";
    let mut guest = lost(|_| ()).link(other, "/dev/null");
    reverted(&mut guest);
    assert!(has(&mut guest, other) && !has(&mut guest, LINK));
}

#[test]
fn a_receipt_of_the_guests_making_takes_away_nothing_but_units_of_osgraft() {
    let mut guest = grafted();
    let shadow = Sha256::digest(b"root:*\n");
    let shadow: String = shadow.iter().map(|byte| format!("{byte:02x}")).collect();
    let receipt = text(&mut guest, RECEIPT);
    let start = receipt.find("\"unit\"").unwrap();
    let forged = format!(
        "{}\"unit\": {{\"mount_point\": \"/../../shadow\", \"sha256\": \"{shadow}\"}},{}",
        &receipt[..start],
        &receipt[receipt[start..].find("},").unwrap() + start + 2..]
    );
    let mut forged_guest = guest.clone().file("/etc/shadow", "root:*\n");
    write(&mut forged_guest, RECEIPT, &forged);
    let (_, differences) = compare(&mut forged_guest, None).unwrap();
    assert_eq!(codes(&differences), ["receipt-damaged"]);

    let forged = forged.replace("/../../shadow", "/etc/shadow");
    let forged = forged.replace(
        "\"sha256\"",
        "\"directories\": [\"/etc\", \"/empty\"], \"sha256\"",
    );
    let mut guest = guest.file("/etc/shadow", "root:*\n").dir("/empty");
    write(&mut guest, RECEIPT, &forged);
    assert_eq!(codes(&reverted(&mut guest).kept), ["unit-missing"]);
    assert!(has(&mut guest, "/etc/shadow") && has(&mut guest, "/empty"));
}
