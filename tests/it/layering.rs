//! Which room may import which: the table, held against every `crate::` path in the library.

use std::collections::BTreeSet;
use std::path::Path;

/// A room and what it may import, lowest first. Rooms of one line do not import each other, but
/// for `editor`, which stands on the guest's seam and the disk.
const ROOMS: &[(&str, &[&str])] = &[
    ("path", &[]),
    ("spelling", &[]),
    ("host", &["path"]),
    ("mount", &["path", "spelling"]),
    ("fstab", &["path"]),
    ("links", &["path"]),
    ("unit", &["path"]),
    ("registry", &["host", "mount", "path", "spelling"]),
    ("guest", &["host", "path"]),
    ("image", &["host", "path"]),
    // It reads the guest's fstab to know what is mounted apart from the root.
    ("editor", &["fstab", "guest", "host", "image", "path"]),
    (
        "prepare",
        &[
            "editor", "error", "fstab", "guest", "host", "image", "links", "mount", "path",
            "registry", "unit",
        ],
    ),
    // The error of a whole call wraps those of the rooms, prepare's own included.
    (
        "error",
        &["editor", "guest", "image", "path", "prepare", "registry"],
    ),
    ("config", &["host", "image", "path", "prepare", "spelling"]),
    (
        "hook",
        &[
            "config", "editor", "error", "host", "image", "path", "prepare", "registry",
        ],
    ),
    (
        "doctor",
        &[
            "config", "editor", "hook", "host", "image", "path", "registry",
        ],
    ),
];

/// The rooms that some source names behind `crate::`.
fn imports(source: &str) -> BTreeSet<&str> {
    let code = source.lines().map(|line| match line.find("//") {
        Some(comment) => &line[..comment],
        None => line,
    });
    code.flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
            &rest[..end.unwrap_or(rest.len())]
        })
        .filter(|name| name.starts_with(char::is_lowercase))
        .collect()
}

/// What a file of `room` imports that it may not.
fn wrong<'a>(room: &str, source: &'a str) -> Vec<&'a str> {
    let (_, allowed) = ROOMS
        .iter()
        .find(|(name, _)| *name == room)
        .unwrap_or_else(|| panic!("room “{room}” is missing in the table"));
    imports(source)
        .into_iter()
        .filter(|name| *name != room && !allowed.contains(name))
        .collect()
}

fn walk(folder: &Path, each: &mut impl FnMut(&Path)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, each);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            each(&path);
        }
    }
}

#[test]
fn imports_point_one_way() {
    let lib = Path::new(env!("CARGO_MANIFEST_DIR")).join("lib");
    let mut files = 0;
    let mut seen = BTreeSet::new();
    walk(&lib, &mut |path| {
        let below = path.strip_prefix(&lib).unwrap();
        let room = below.iter().next().unwrap().to_str().unwrap();
        let room = room.trim_end_matches(".rs");
        if room == "lib" {
            return;
        }
        files += 1;
        seen.insert(room.to_owned());
        let source = std::fs::read_to_string(path).unwrap();
        assert_eq!(wrong(room, &source), [""; 0], "{}", below.display());
    });
    assert!(files > 60, "{files} files are not the library");
    let known: BTreeSet<String> = ROOMS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(seen, known, "the table and the folders");
}

#[test]
fn an_import_that_points_the_wrong_way_is_found() {
    assert_eq!(wrong("fstab", "use crate::image::Child;"), ["image"]);
    assert_eq!(
        wrong("guest", "    crate::editor::open_root(disk)"),
        ["editor"]
    );
    assert_eq!(
        wrong("fstab", "// crate::image stands in a comment"),
        [""; 0]
    );
    assert_eq!(wrong("fstab", "use crate::path::GuestPath;"), [""; 0]);
}

/// Grouped imports would slip past the test above, so there are none.
#[test]
fn nothing_is_imported_in_a_group_from_the_crates_root() {
    let lib = Path::new(env!("CARGO_MANIFEST_DIR")).join("lib");
    walk(&lib, &mut |path| {
        let source = std::fs::read_to_string(path).unwrap();
        assert!(!source.contains("use crate::{"), "{}", path.display());
    });
}
