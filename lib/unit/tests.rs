use super::*;
use crate::edit::Edit;

fn path(text: &str) -> GuestPath {
    text.parse().unwrap()
}

fn unit() -> Unit {
    Unit::of(&path("/shared"))
}

fn site() -> Site {
    Site::empty(path(FOLDER))
}

/// A guest that has the unit as it was made.
fn made() -> Site {
    let mut made = site();
    made.file = Found::File {
        content: unit().text().into_bytes(),
    };
    made.wants = Found::Directory {
        names: vec![unit().name().into_bytes()],
        as_made: true,
    };
    made.link = Found::Symlink {
        target: b"/etc/systemd/system/osgraft-shared.service".to_vec(),
    };
    made
}

fn record() -> Done {
    decide(&unit(), &site(), None).done.unwrap()
}

fn codes(told: &[Told]) -> Vec<&'static str> {
    assert!(told.iter().all(|told| !told.to_string().contains('\n')));
    told.iter().map(Told::code).collect()
}

/// The right column is what `systemd-escape --path` of systemd 252 writes.
#[test]
fn names_are_those_of_systemd() {
    for (mount_point, name) in [
        ("/shared", "shared"),
        ("/srv/my-os", r"srv-my\x2dos"),
        ("/srv/a b", r"srv-a\x20b"),
        ("/.hidden/x", r"\x2ehidden-x"),
        ("/srv/50%$x", r"srv-50\x25\x24x"),
        (r"/a\x5cb", r"a\x5cb"),
        ("/ü", r"\xc3\xbc"),
        ("/o'k\"q", r"o\x27k\x22q"),
        ("/a.b/.c", "a.b-.c"),
        ("/x:y_z", "x:y_z"),
    ] {
        let unit = Unit::of(&path(mount_point));
        assert_eq!(unit.mount_unit(), format!("{name}.mount"));
        assert_eq!(unit.name(), format!("osgraft-{name}.service"));
    }
}

#[test]
fn a_path_is_one_argument_without_specifiers_or_variables() {
    for (mount_point, argument) in [
        ("/srv/my-os", "/srv/my-os"),
        ("/srv/a b", r"/srv/a\x20b"),
        ("/srv/50%i", "/srv/50%%i"),
        ("/srv/$HOME", "/srv/$$HOME"),
        ("/srv/a'b\"c;", r"/srv/a\x27b\x22c\x3b"),
        (r"/srv/a\x5cb\x0ac", r"/srv/a\x5cb\x0ac"),
        ("/ü", r"/\xc3\xbc"),
    ] {
        let text = Unit::of(&path(mount_point)).text();
        let arguments = format!("' sh {argument} ");
        assert!(text.contains(&arguments), "{mount_point}: {text}");
        let (_, rest) = text.split_once('\n').unwrap();
        assert!(rest.is_ascii(), "{mount_point}: {text}");
    }
}

#[test]
fn the_unit_runs_while_the_share_is_mounted_and_lets_go_of_it_first() {
    let text = unit().text();
    for line in [
        "BindsTo=shared.mount",
        "IgnoreOnIsolate=yes",
        "After=shared.mount network.target systemd-udevd.service",
        "RemainAfterExit=yes",
    ] {
        assert_eq!(text.lines().filter(|found| *found == line).count(), 1);
    }
    let at = |line: &str| text.find(line).unwrap();
    assert!(at("udevadm control --reload &") < at("umount -f -i -c"));
    assert!(
        at("umount -f -i -c")
            < at("umount -l -i -c \"$$1\" 2>/dev/null && { udevadm control --reload; ")
    );
    assert!(
        at("{ udevadm control --reload; ")
            < at("udevadm settle --timeout=5; }' sh /shared /shared\n")
    );
}

/// Escapes of mountinfo (proc(5)), and systemd's own on top.
#[test]
fn the_script_knows_the_mount_point_as_the_kernel_lists_it() {
    for (mount_point, listed) in [
        ("/srv/my-os", "/srv/my-os"),
        ("/srv/a b", r"/srv/a\x5c040b"),
        (r"/srv/a\x5cb\x0ac\x09d", r"/srv/a\x5c134b\x5c012c\x5c011d"),
        ("/srv/#1", r"/srv/\x231"),
    ] {
        let text = Unit::of(&path(mount_point)).text();
        let line = text.lines().find(|line| line.contains("' sh ")).unwrap();
        assert_eq!(line.split(' ').next_back(), Some(listed));
    }
}

/// The script does not depend on the mount point, and nothing in it ends systemd's quotes.
#[test]
fn the_script_is_one_argument() {
    assert_eq!(STOP.matches('\'').count(), 0);
    assert_eq!(STOP.matches('%').count(), 0);
    assert_eq!(STOP.matches('\\').count(), STOP.matches("\\\n").count());
    assert_eq!(STOP.matches('$').count(), 2 * STOP.matches("$$").count());
}

#[test]
fn a_unit_is_made_once_and_taken_back_whole() {
    let decision = decide(&unit(), &site(), None);
    let kinds: Vec<&str> = decision.edits.iter().map(kind).collect();
    assert_eq!(kinds, ["write", "mkdir", "link"]);
    assert_eq!(decision.told, []);
    let done = decision.done.unwrap();
    let again = decide(&unit(), &made(), Some(&done));
    assert_eq!(
        (again.edits, again.told, again.done.as_ref()),
        (vec![], vec![], Some(&done))
    );
    assert_eq!(done.differences(&made()), []);
    let undo = done.undo(&made(), false);
    assert_eq!((codes(&undo.kept), undo.remains), (vec![], false));
    let places = unit().places(&path(FOLDER)).unwrap();
    let gone = [places.file, places.link, places.wants];
    let edits = gone.map(|path| Edit::Remove { path });
    assert_eq!(undo.edits, edits);
}

fn kind(edit: &Edit) -> &'static str {
    match edit {
        Edit::MakeDirectory { .. } => "mkdir",
        Edit::Write { .. } => "write",
        Edit::Symlink { .. } => "link",
        Edit::Remove { .. } => "remove",
        Edit::Rename { .. } | Edit::Relabel { .. } => panic!("no edit of a unit: {edit}"),
    }
}

#[test]
fn a_name_that_is_too_long_is_told_and_nothing_is_made() {
    let long = Unit::of(&path(&format!("/{}", "-".repeat(100))));
    let decision = decide(&long, &site(), None);
    assert_eq!(codes(&decision.told), ["unit-name-too-long"]);
    assert_eq!((decision.edits, decision.done), (vec![], None));
}

#[test]
fn a_link_counts_however_it_is_spelled() {
    for target in [
        "/etc/systemd/system/osgraft-shared.service",
        "../osgraft-shared.service",
        "/data/units/osgraft-shared.service",
    ] {
        let mut site = made();
        site.folder = path("/data/units");
        site.link = Found::Symlink {
            target: target.into(),
        };
        assert_eq!(record().differences(&site), [], "{target}");
    }
}

/// A guest writes its receipt as it likes.
#[test]
fn a_record_takes_away_no_directory_that_no_unit_is_in() {
    let text = serde_json::to_string(&record()).unwrap();
    let forged = text.replace(
        r#""directories":["#,
        r#""directories":["/etc","/home","/etc/systemd/system/x.wants","#,
    );
    assert_ne!(forged, text, "the premise");
    let forged: Done = serde_json::from_str(&forged).unwrap();
    let mut site = made();
    for at in ["/etc", "/home", "/etc/systemd/system/x.wants"] {
        site.names.insert(path(at), Vec::new());
    }
    assert_eq!(
        forged.undo(&site, true).edits,
        record().undo(&made(), true).edits
    );
}

#[test]
fn the_folder_of_units_goes_only_where_it_was_made_and_is_empty() {
    let mut absent = site();
    absent.missing = vec![path("/etc/systemd"), path(FOLDER)];
    let done = decide(&unit(), &absent, None).done.unwrap();
    let with = |names: &[&str]| {
        let mut site = made();
        let names = names.iter().map(|name| name.as_bytes().to_vec());
        site.names.insert(path(FOLDER), names.collect());
        let above = vec![b"system".to_vec()];
        site.names.insert(path("/etc/systemd"), above);
        done.undo(&site, false)
    };
    let own = ["osgraft-shared.service", "shared.mount.wants"];
    let undo = with(&own);
    assert_eq!((undo.edits.len(), undo.kept), (5, vec![]));
    let undo = with(&[own[0], own[1], "sshd.service"]);
    assert_eq!(undo.edits.len(), 3);
    assert_eq!(codes(&undo.kept), ["not-empty", "not-empty"]);
}
