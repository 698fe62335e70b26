//! Blocks that were taken apart, by hand and at random.

use proptest::prelude::*;

use super::*;
use crate::fstab::Ungraft;
use crate::fstab::line::{BEGIN, END};

const LINE: &str = "10.0.0.1:/v /shared nfs ro,bg 0 0";
const HEAD: &str = "UUID=0a / ext4 defaults 0 1\n";
const TAIL: &str = "/dev/sr0 /media udf noauto 0 0";

fn entry() -> Entry {
    Entry::new("10.0.0.1:/v", "/shared", "nfs", "ro,bg", 0, 0).unwrap()
}

fn known(undo: &Undo) -> Known {
    let known = Known::at("/shared".parse().unwrap());
    known.spec("10.0.0.1:/v").written(undo)
}

fn undo() -> Undo {
    Fstab::parse(b"").graft(&entry()).unwrap().undo
}

fn codes(mended: &[Mended]) -> Vec<&'static str> {
    mended.iter().map(|mended| mended.flaw.code()).collect()
}

/// Text as somebody left it, what is told of it, and what is between head and tail once it is
/// mended, grafted, and taken out again.
type Case = (&'static str, &'static [&'static str], &'static str);

/// Text about an entry of the guest's own in the place of ours.
const OWN_INSTEAD: &[&str] = &[
    "fstab-marker-stray",
    "fstab-block-foreign-line",
    "fstab-marker-stray",
];

const CASES: &[Case] = &[
    (
        "# BEGIN osgraft\n#LINE\n# END osgraft\n",
        &["fstab-entry-commented-out"],
        "",
    ),
    (
        "# BEGIN osgraft\n# LINE \n# END osgraft\n",
        &["fstab-entry-commented-out"],
        "",
    ),
    ("LINE\n# END osgraft\n", &["fstab-markers-lost"], ""),
    ("# BEGIN osgraft\nLINE\n", &["fstab-markers-lost"], ""),
    ("LINE\n", &["fstab-markers-lost"], ""),
    ("LINE\r\n", &["fstab-markers-lost"], ""),
    ("##LINE\n", &["fstab-entry-commented-out"], ""),
    (
        "10.0.0.1:/v   /shared   nfs\tro,bg  0  0\n",
        &["fstab-markers-lost"],
        "",
    ),
    (
        "# END osgraft\nLINE\n# BEGIN osgraft\n",
        &["fstab-markers-lost"],
        "",
    ),
    (
        "# BEGIN osgraft\n# END osgraft\nx /x ext4\nLINE\n",
        &["fstab-markers-lost"],
        "x /x ext4\n",
    ),
    (
        "# BEGIN osgraft\nLINE\n# END osgraft\n# BEGIN osgraft\nLINE\n# END osgraft\n",
        &["fstab-entry-copied"],
        "",
    ),
    (
        "# BEGIN osgraft\n# BEGIN osgraft\nLINE\n# END osgraft\n# END osgraft\n",
        &[],
        "",
    ),
    (
        "# BEGIN osgraft\n# mine\nLINE\ny /y ext4\n# END osgraft\n",
        &["fstab-block-foreign-line", "fstab-block-foreign-line"],
        "# mine\ny /y ext4\n",
    ),
    (
        "# BEGIN osgraft\nLINE\n# END osgraft\nLINE\n",
        &["fstab-entry-copied"],
        "",
    ),
    (
        "# BEGIN osgraft\nLINE\n# END osgraft\n10.0.0.1:/v /shared/ nfs4 rw\n",
        &["fstab-entry-second"],
        "#10.0.0.1:/v /shared/ nfs4 rw\n",
    ),
    (
        "# BEGIN osgraft\n# END osgraft\n",
        &["fstab-marker-stray", "fstab-marker-stray"],
        "",
    ),
    (
        "# BEGIN osgraft\n/dev/sdb1 /data ext4 defaults 0 2\n# END osgraft\n",
        OWN_INSTEAD,
        "/dev/sdb1 /data ext4 defaults 0 2\n",
    ),
    (
        "# BEGIN osgraft\n9.9.9.9:/x /y nfs defaults 0 0\r\n# END osgraft\n",
        OWN_INSTEAD,
        "9.9.9.9:/x /y nfs defaults 0 0\r\n",
    ),
    (
        "# BEGIN osgraft\n/dev/sdb2 none swap\n# END osgraft\n",
        OWN_INSTEAD,
        "/dev/sdb2 none swap\n",
    ),
    (
        "#LINE\n# BEGIN osgraft\n/dev/sdb1 /data ext4\n# END osgraft\n",
        &["fstab-entry-commented-out", "fstab-block-foreign-line"],
        "/dev/sdb1 /data ext4\n",
    ),
    (
        "# END osgraft\nz /z ext4\n",
        &["fstab-marker-stray"],
        "z /z ext4\n",
    ),
];

#[test]
fn a_block_taken_apart_is_made_whole_and_comes_out_without_a_trace() {
    for (text, told, rest) in CASES {
        let file = format!("{HEAD}{}{TAIL}", text.replace("LINE", LINE));
        let mut fstab = Fstab::parse(file.as_bytes());
        assert_eq!(codes(&fstab.mend(&known(&undo()))), *told, "{text}");
        assert_eq!(fstab.mend(&known(&undo())), [], "{text}: a second time");
        let graft = fstab.graft(&entry()).unwrap();
        let managed = fstab.managed().unwrap().expect("a block");
        assert_eq!(managed.text, LINE.as_bytes(), "{text}");
        let ungraft = fstab.ungraft(&graft.undo).unwrap();
        assert_eq!(ungraft, Ungraft::Removed { remove_file: false }, "{text}");
        assert_eq!(
            fstab,
            Fstab::parse(format!("{HEAD}{rest}{TAIL}").as_bytes())
        );

        // The way back goes without a graft before it.
        let mut fstab = Fstab::parse(file.as_bytes());
        let _ = fstab.withdraw(&known(&undo()), &undo(), false);
        let left = String::from_utf8(fstab.to_bytes().to_vec()).unwrap();
        assert_eq!(left, format!("{HEAD}{rest}{TAIL}"), "{text}");
    }
}

#[test]
fn a_tool_that_writes_what_is_mounted_is_seen_through() {
    let text = b"10.0.0.1:/v/\t/shared\tnfs4\trw,relatime,vers=4.2\t0 0\n";
    let mut fstab = Fstab::parse(text);
    assert_eq!(codes(&fstab.mend(&known(&undo()))), ["fstab-markers-lost"]);
    let graft = fstab.graft(&entry()).unwrap();
    assert!(graft.replaced.unwrap().ends_with(b"vers=4.2\t0 0"));
    // The way back keeps what was changed, unless it is told not to.
    let mut fstab = Fstab::parse(text);
    let ungraft = fstab.withdraw(&known(&undo()), &undo(), false).unwrap();
    assert!(
        matches!(ungraft, Ungraft::Edited { line: 1, .. }),
        "{ungraft:?}"
    );
    assert_eq!(fstab.to_bytes(), text);
    let _ = fstab.withdraw(&known(&undo()), &undo(), true).unwrap();
    assert_eq!(fstab.to_bytes(), b"");
}

#[test]
fn an_entry_of_the_guests_own_in_the_place_of_ours_is_never_taken_out() {
    for own in [
        "/dev/sdb1 /data ext4 defaults 0 2",
        "9.9.9.9:/x /y nfs defaults 0 0",
        "10.0.0.1:/v2 /shared2 nfs ro,bg 0 0",
    ] {
        let text = format!("{HEAD}# BEGIN osgraft\n{own}\n# END osgraft\n{TAIL}");
        for force in [false, true] {
            let mut fstab = Fstab::parse(text.as_bytes());
            let ungraft = fstab.withdraw(&known(&undo()), &undo(), force).unwrap();
            assert_eq!(ungraft, Ungraft::Missing, "{own}");
            let left = format!("{HEAD}{own}\n{TAIL}");
            assert_eq!(fstab.to_bytes(), left.as_bytes(), "{own}");
        }
    }
}

#[test]
fn an_entry_of_the_block_with_our_mount_point_or_our_spec_is_ours_edited() {
    for edited in [
        "9.9.9.9:/x /shared nfs rw 0 0",
        "/dev/sdb1 /shared/ ext4 defaults 0 2",
        "10.0.0.1:/v/ /mnt nfs4 rw 0 0",
    ] {
        let text = format!("{HEAD}# BEGIN osgraft\n{edited}\n# END osgraft\n{TAIL}");
        let mut fstab = Fstab::parse(text.as_bytes());
        assert_eq!(fstab.mend(&known(&undo())), [], "{edited}");
        let ungraft = fstab.withdraw(&known(&undo()), &undo(), false).unwrap();
        assert!(
            matches!(&ungraft, Ungraft::Edited { line: 3, text } if text == edited),
            "{ungraft:?}"
        );
        assert_eq!(fstab.to_bytes(), text.as_bytes());
        let _ = fstab.withdraw(&known(&undo()), &undo(), true).unwrap();
        assert_eq!(fstab.to_bytes(), format!("{HEAD}{TAIL}").as_bytes());
    }
}

#[test]
fn an_entry_without_markers_on_another_mount_point_is_told_rather_than_missing() {
    let text = format!("{HEAD}{}\n{TAIL}", LINE.replace("/shared", "/mnt"));
    let mut fstab = Fstab::parse(text.as_bytes());
    let ungraft = fstab.withdraw(&known(&undo()), &undo(), false).unwrap();
    assert!(
        matches!(&ungraft, Ungraft::Edited { line: 2, text } if text.contains(" /mnt ")),
        "{ungraft:?}"
    );
    assert_eq!(fstab.to_bytes(), text.as_bytes());
    let ungraft = fstab.withdraw(&known(&undo()), &undo(), true).unwrap();
    assert_eq!(ungraft, Ungraft::Removed { remove_file: false });
    assert_eq!(fstab.to_bytes(), format!("{HEAD}{TAIL}").as_bytes());
    // The same export with other options is a mount of the guest's own.
    let own = format!("{HEAD}10.0.0.1:/v /mnt nfs rw 0 0\n");
    let mut fstab = Fstab::parse(own.as_bytes());
    let ungraft = fstab.withdraw(&known(&undo()), &undo(), true).unwrap();
    assert_eq!(ungraft, Ungraft::Missing);
}

#[test]
fn without_a_receipt_a_marker_vouches_for_our_mount_point_alone() {
    let bare = Known::at("/shared".parse().unwrap());
    for (text, told) in [
        (
            "a:/v /shared nfs ro\n# END osgraft\n",
            &["fstab-markers-lost"][..],
        ),
        (
            "# BEGIN osgraft\n#a:/v /shared nfs ro\n# END osgraft\n",
            &["fstab-entry-commented-out"],
        ),
        ("a:/v /shared nfs ro\n", &[]),
        ("#a:/v /shared nfs ro\n", &[]),
    ] {
        assert_eq!(
            codes(&Fstab::parse(text.as_bytes()).mend(&bare)),
            told,
            "{text}"
        );
    }
    let mut other = Fstab::parse(b"a:/v /srv nfs ro\n# END osgraft\n");
    assert_eq!(codes(&other.mend(&bare)), ["fstab-marker-stray"]);
    assert_eq!(other.to_bytes(), b"a:/v /srv nfs ro\n");
}

#[test]
fn a_root_that_a_receipt_names_is_never_ours() {
    let known = Known::at("/".parse().unwrap()).spec("UUID=0a");
    let mut fstab = Fstab::parse(HEAD.as_bytes());
    assert_eq!(fstab.mend(&known), []);
}

proptest! {
    /// However lines are thrown together, no line of the guest's is lost, and mending once is
    /// enough.
    #[test]
    fn no_line_of_the_guest_is_lost(
        picked in proptest::collection::vec(proptest::sample::select(vec![
            BEGIN, END, LINE, "#10.0.0.1:/v /shared nfs ro,bg 0 0", "# note", "", "a /a ext4",
            "#\tBEGIN  osgraft", "10.0.0.1:/v /shared nfs4 rw", "b:/b /srv nfs", "  # END osgraft\r",
        ]), 0..12),
        newline in any::<bool>(),
    ) {
        let mut text = picked.join("\n");
        if newline {
            text.push('\n');
        }
        let mut fstab = Fstab::parse(text.as_bytes());
        let foreign = |fstab: &Fstab| -> Vec<String> {
            let text = String::from_utf8(fstab.to_bytes().to_vec()).unwrap();
            text.lines().map(str::to_owned).filter(|line| {
                ["# note", "a /a ext4", "b:/b /srv nfs"].contains(&line.as_str())
            }).collect()
        };
        let before = foreign(&fstab);
        let told = fstab.mend(&known(&undo()));
        prop_assert_eq!(foreign(&fstab), before);
        prop_assert!(fstab.managed().is_ok(), "{:?}", fstab);
        prop_assert_eq!(fstab.mend(&known(&undo())), []);
        if told.is_empty() && Fstab::parse(text.as_bytes()).managed().is_ok() {
            prop_assert_eq!(fstab.to_bytes(), text.as_bytes());
        }
    }
}

const COMPONENT: &str = "/shared/doc /usr/share/doc none bind,ro,nofail 0 0";

/// Finding, block once it is fixed, and text once it is taken out, of a block with a
/// component.
fn with_component(text: &str) -> (Vec<&'static str>, String, String) {
    let component = Entry::new(
        "/shared/doc",
        "/usr/share/doc",
        "none",
        "bind,ro,nofail",
        0,
        0,
    );
    let component = [component.unwrap()];
    let none = crate::fstab::Places::default();
    let graft = Fstab::parse(b"").graft_with(&entry(), &component, &none);
    let undo = graft.unwrap().undo;
    let text = text.replace("LINE", LINE).replace("COMPONENT", COMPONENT);
    let mut fstab = Fstab::parse(format!("{HEAD}{text}{TAIL}\n").as_bytes());
    let mended = codes(&fstab.mend(&known(&undo)));
    let middle = |fstab: &Fstab| {
        let text = String::from_utf8(fstab.to_bytes().to_vec()).unwrap();
        let text = text.strip_prefix(HEAD).unwrap().to_owned();
        let text = text.strip_suffix(&format!("{TAIL}\n")).unwrap().to_owned();
        text.replace(LINE, "LINE").replace(COMPONENT, "COMPONENT")
    };
    let whole = middle(&fstab);
    let _ = fstab.graft_with(&entry(), &component, &none).unwrap();
    assert_eq!(fstab.mend(&known(&undo)), []);
    assert!(matches!(fstab.ungraft(&undo), Ok(Ungraft::Removed { .. })));
    (mended, whole, middle(&fstab))
}

#[test]
fn a_block_with_components_is_made_whole_again() {
    const BLOCK: &str = "# BEGIN osgraft\nLINE\nCOMPONENT\n# END osgraft\n";
    let stray = "fstab-component-stray";
    for (text, told, whole, left) in [
        (BLOCK, &[][..], BLOCK, ""),
        (
            "LINE\nCOMPONENT\n",
            &["fstab-markers-lost", stray],
            BLOCK,
            "",
        ),
        (
            "COMPONENT\n# BEGIN osgraft\nLINE\n# END osgraft\n",
            &[stray],
            BLOCK,
            "",
        ),
        (
            "# BEGIN osgraft\nLINE\nCOMPONENT\n# END osgraft\nCOMPONENT\n",
            &[stray],
            BLOCK,
            "",
        ),
        (
            "# BEGIN osgraft\nLINE\nx /x ext4\nCOMPONENT\n# END osgraft\n",
            &["fstab-block-foreign-line"],
            "# BEGIN osgraft\nLINE\nCOMPONENT\n# END osgraft\nx /x ext4\n",
            "x /x ext4\n",
        ),
        (
            "# BEGIN osgraft\nCOMPONENT\n# END osgraft\n",
            &["fstab-marker-stray", stray, "fstab-marker-stray"],
            "",
            "",
        ),
        (
            "# BEGIN osgraft\n#LINE\nCOMPONENT\n# END osgraft\n",
            &["fstab-entry-commented-out"],
            BLOCK,
            "",
        ),
    ] {
        let (codes, mended, taken_out) = with_component(text);
        assert_eq!(codes, told, "{text}");
        assert_eq!(mended, whole, "{text}");
        assert_eq!(taken_out, left, "{text}");
    }
}
