use crate::support::namespace::in_own_namespace;
use crate::support::program::{Ran, Workshop};
use crate::support::text;

/// The commands of a script as one line of shell, with the program's flags.
fn program(workshop: &Workshop, args: &[&str]) -> String {
    let line = workshop.command_line(args);
    let quoted = line.iter().map(|word| {
        let word = word.to_str().expect("tests use UTF-8 paths");
        format!("'{}'", word.replace('\'', r"'\''"))
    });
    quoted.collect::<Vec<_>>().join(" ")
}

/// What the program in a script ended with, and its line.
fn told(ran: &Ran, key: &str) -> String {
    let prefix = format!("{key}=");
    let found = ran
        .stdout
        .lines()
        .find_map(|line| line.strip_prefix(&prefix));
    found
        .unwrap_or_else(|| panic!("no {key} in {ran:?}"))
        .to_owned()
}

/// A child on a file system with ever more room, until the edit fits.
#[test]
fn a_disk_that_fills_up_in_the_middle_leaves_the_child_as_it_was() {
    let Some(workshop) = Workshop::of("debian12") else {
        return;
    };
    let clone = program(
        &workshop,
        &["clone", text(workshop.master()), "disk/c.qcow2"],
    );
    let prepare = program(&workshop, &["prepare", "disk/c.qcow2"]);
    let verify = program(&workshop, &["verify", "disk/c.qcow2"]);
    let script = format!(
        "mkdir -p disk; mount -t tmpfs -o size=$1k none disk
         {clone} >clone.out 2>clone.err && echo clone=0 || {{ echo clone=$?; exit 0; }}
         echo before=$(sha256sum <disk/c.qcow2)
         code=0; {prepare} >prepare.out 2>prepare.err || code=$?
         echo prepare=$code
         echo line=$(cat prepare.err)
         echo lines=$(wc -l <prepare.err)
         echo after=$(sha256sum <disk/c.qcow2)
         echo names=$(ls -A disk)
         code=0; {verify} >verify.out 2>&1 || code=$?
         echo verify=$code
         qemu-img check -f qcow2 disk/c.qcow2 | grep -q 'No errors' && echo check=clean"
    );
    let mut filled = 0;
    for room in (8..4096).step_by(16) {
        let size = room.to_string();
        let Some(ran) = in_own_namespace(&workshop.at(""), &script, &[&size]) else {
            return;
        };
        assert_eq!(ran.code, Some(0), "{room} KiB: {ran:?}");
        if told(&ran, "clone") != "0" {
            assert_eq!(told(&ran, "clone"), "1", "{room} KiB: {ran:?}");
            continue;
        }
        assert_eq!(told(&ran, "names"), "c.qcow2", "{room} KiB");
        assert_eq!(told(&ran, "check"), "clean", "{room} KiB");
        if told(&ran, "prepare") == "0" {
            assert_eq!(told(&ran, "verify"), "0");
            assert!(
                filled >= 5,
                "the premise: full {filled} times before it fitted"
            );
            return;
        }
        filled += 1;
        assert_eq!(
            (told(&ran, "prepare"), told(&ran, "lines")),
            ("1".into(), "1".into())
        );
        let line = told(&ran, "line");
        assert!(line.contains("No space left"), "{line}");
        assert!(line.contains("c.qcow2"), "{line}");
        assert_eq!(
            told(&ran, "after"),
            told(&ran, "before"),
            "{room} KiB: {line}"
        );
        assert_eq!(told(&ran, "verify"), "8");
    }
    panic!("4 MiB are not enough for a small edit");
}

#[test]
fn a_read_only_folder_and_a_read_only_file_are_told_and_left() {
    let Some(workshop) = Workshop::of("debian12") else {
        return;
    };
    let child = workshop.child();
    let before = crate::support::digest(&child);
    for (what, mount) in [
        (
            "folder",
            "mount --bind . . && cd \"$0\" && mount -o remount,ro,bind .",
        ),
        (
            "file",
            "mount --bind child.qcow2 child.qcow2 && mount -o remount,ro,bind child.qcow2",
        ),
    ] {
        for (args, expected) in [
            (&["prepare", text(&child)][..], 1),
            (&["revert", text(&child)], 1),
            // Looking needs no right to write.
            (&["plan", text(&child)], 0),
            (&["verify", text(&child)], 8),
        ] {
            let script = format!("{mount}; exec {}", program(&workshop, args));
            let Some(ran) = in_own_namespace(&workshop.at(""), &script, &[]) else {
                return;
            };
            if expected == 1 {
                let line = ran.failed(1);
                assert!(line.contains("Read-only file system"), "{what}: {line}");
                assert!(line.contains("child.qcow2"), "{what}: {line}");
            } else {
                assert_eq!(ran.code, Some(expected), "{what}: {ran:?}");
            }
        }
    }
    let folder = "mount --bind . . && cd \"$0\" && mount -o remount,ro,bind .";
    let clone = program(
        &workshop,
        &["clone", text(workshop.master()), text(&workshop.at("new"))],
    );
    let script = format!("{folder}; exec {clone}");
    if let Some(ran) = in_own_namespace(&workshop.at(""), &script, &[]) {
        let line = ran.failed(1);
        assert!(line.contains("Read-only file system"), "{line}");
    }
    assert!(crate::support::digest(&child) == before);
    assert_eq!(
        workshop.names(),
        ["child.qcow2", "config.toml", "servers.toml"]
    );
}
