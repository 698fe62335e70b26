//! A graft whose receipt is lost, damaged, or not to be used.

use osgraft::prepare::Reverter;

use super::*;

const RECEIPT: &str = "/var/lib/osgraft/receipt.json";

fn grafted() -> MemoryGuest {
    let mut guest = debian();
    Preparer::new(one(), share())
        .graft(&mut guest, "c")
        .unwrap();
    guest
}

fn put(guest: &mut MemoryGuest, content: &[u8]) {
    guest
        .write(&path(RECEIPT), content, Attributes::root(0o600))
        .unwrap();
}

/// Remains of a receipt after a crash, an editor or a cleaner, and the code that is told.
fn losses() -> Vec<(&'static str, MemoryGuest)> {
    let whole = text(&mut grafted(), RECEIPT);
    let written = |content: &[u8]| {
        let mut guest = grafted();
        put(&mut guest, content);
        guest
    };
    let mut losses = vec![
        ("receipt-damaged", written(b"")),
        (
            "receipt-damaged",
            written(&whole.as_bytes()[..whole.len() / 2]),
        ),
        ("receipt-damaged", written(&vec![0; whole.len()])),
        ("receipt-damaged", written(b"\xff\xfe not json")),
        ("receipt-damaged", written(b"{}")),
        ("receipt-damaged", written(b"[1, 2]")),
    ];
    let mut gone = grafted();
    gone.remove(&path(RECEIPT)).unwrap();
    losses.push(("receipt-missing", gone.clone()));
    gone.remove(&path("/var/lib/osgraft")).unwrap();
    losses.push(("receipt-missing", gone));
    losses
}

#[test]
fn a_lost_receipt_is_told_and_written_anew_from_what_the_guest_shows() {
    for (code, mut guest) in losses() {
        let (_, differences) = compare(&mut guest, Some(&share())).unwrap();
        assert_eq!(codes(&differences), [code]);
        let graft = Preparer::new(one(), share())
            .graft(&mut guest, "c")
            .unwrap();
        assert_eq!(codes(&graft.warnings), [code]);
        assert_eq!(compare(&mut guest, Some(&share())).unwrap().1, []);
        // It is the receipt that was lost.
        assert_eq!(text(&mut guest, RECEIPT), text(&mut grafted(), RECEIPT));
        assert_eq!(ungraft(&mut guest).unwrap().kept, []);
        let after = guest.snapshot();
        assert!(
            after == debian().snapshot(),
            "{}",
            debian().snapshot().diff(&after)
        );
    }
}

#[test]
fn a_revert_without_a_receipt_goes_by_what_the_guest_shows() {
    for (code, mut guest) in losses() {
        let undone = ungraft(&mut guest).unwrap();
        assert_eq!(
            (codes(&undone.kept), codes(&undone.warnings)),
            (vec![], vec![code])
        );
        let after = guest.snapshot();
        assert!(
            after == debian().snapshot(),
            "{}",
            debian().snapshot().diff(&after)
        );
        assert_eq!(codes(&ungraft(&mut guest).unwrap().kept), ["not-prepared"]);
    }
}

#[test]
fn a_damaged_receipt_in_a_guest_that_shows_no_graft_stops_nothing() {
    let mut guest = debian().file(RECEIPT, "{");
    let graft = Preparer::new(one(), share())
        .graft(&mut guest, "c")
        .unwrap();
    assert_eq!(codes(&graft.warnings), ["receipt-damaged"]);
    assert_eq!(compare(&mut guest, Some(&share())).unwrap().1, []);

    let mut guest = debian().file(RECEIPT, "{");
    assert_eq!(
        codes(&ungraft(&mut guest).unwrap().warnings),
        ["receipt-damaged"]
    );
    assert!(guest.lstat(&path(RECEIPT)).is_err());
}

#[test]
fn a_lost_receipt_of_a_graft_on_another_mount_point_is_taken_back_first() {
    let mut guest = grafted();
    guest.remove(&path(RECEIPT)).unwrap();
    let elsewhere = Share::at("/srv/os")
        .unwrap()
        .link("/lib/modules", "lib/modules")
        .unwrap();
    Preparer::new(one(), elsewhere.clone())
        .graft(&mut guest, "c")
        .unwrap();
    assert_eq!(compare(&mut guest, Some(&elsewhere)).unwrap().1, []);
    assert!(guest.lstat(&path("/shared")).is_err());
    ungraft(&mut guest).unwrap();
    let own = "/usr/lib/modules/6.1.0-37-amd64/kernel/dummy.ko";
    assert_eq!(text(&mut guest, own), "own");
}

#[test]
fn a_lost_receipt_and_lost_markers_leave_the_link_to_tell() {
    let mut guest = grafted();
    guest.remove(&path(RECEIPT)).unwrap();
    let fstab = text(&mut guest, "/etc/fstab").replace("# BEGIN osgraft\n", "");
    let fstab = fstab.replace("# END osgraft\n", "");
    let new = Attributes::root(0o644);
    guest
        .write(&path("/etc/fstab"), fstab.as_bytes(), new)
        .unwrap();
    Preparer::new(one(), share())
        .graft(&mut guest, "c")
        .unwrap();
    assert_eq!(compare(&mut guest, Some(&share())).unwrap().1, []);
    ungraft(&mut guest).unwrap();
    assert!(guest.snapshot() == debian().snapshot());
}

/// A mount point that the guest had before is not as osgraft makes one, and so stays.
#[test]
fn a_mount_point_of_the_guests_own_outlives_a_lost_receipt() {
    let mut guest = debian().dir("/shared").mode("/shared", 0o700);
    let before = guest.snapshot();
    Preparer::new(one(), share())
        .graft(&mut guest, "c")
        .unwrap();
    guest.remove(&path(RECEIPT)).unwrap();
    ungraft(&mut guest).unwrap();
    let after = guest.snapshot();
    assert!(after == before, "{}", before.diff(&after));
}

#[test]
fn a_receipt_that_cannot_be_used_is_refused_and_forced_out_of_the_way() {
    type Trap = fn(MemoryGuest) -> MemoryGuest;
    let traps: [(&str, Trap); 5] = [
        ("receipt-version", |guest| {
            guest.file(RECEIPT, r#"{"version":9,"x":[]}"#)
        }),
        ("receipt-unknown", |guest| {
            guest.file(RECEIPT, r#"{"version":1,"x":[]}"#)
        }),
        ("receipt-not-ours", |guest| guest.fifo(RECEIPT)),
        ("receipt-not-ours", |guest| {
            guest.link(RECEIPT, "/etc/shadow")
        }),
        ("receipt-not-ours", |guest| {
            guest.file(&format!("{RECEIPT}/x"), "")
        }),
    ];
    for (code, trap) in traps {
        let mut guest = grafted();
        guest.remove(&path(RECEIPT)).unwrap();
        let mut guest = trap(guest);
        let (_, differences) = compare(&mut guest, Some(&share())).unwrap();
        assert_eq!(codes(&differences), [code]);
        let before = guest.snapshot();
        let error = Preparer::new(one(), share())
            .graft(&mut guest, "c")
            .unwrap_err();
        assert!(
            error.to_string().contains("osgraft revert --force"),
            "{error}"
        );
        assert_eq!(refusal(error), [code]);
        assert_eq!(refusal(ungraft(&mut guest).unwrap_err()), [code]);
        assert!(guest.snapshot() == before, "{code}");

        // What the error says to do is enough.
        let reverter = Reverter::new().force(true);
        let undone = reverter.ungraft(&mut guest).unwrap();
        let own = "/usr/lib/modules/6.1.0-37-amd64/kernel/dummy.ko";
        assert_eq!(text(&mut guest, own), "own", "{code}: {undone:?}");
        assert_eq!(text(&mut guest, "/etc/fstab"), FSTAB);
        Preparer::new(one(), share())
            .graft(&mut guest, "c")
            .unwrap();
        assert_eq!(compare(&mut guest, Some(&share())).unwrap().1, []);
    }
}
