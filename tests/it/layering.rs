//! The table of rooms and what each may import, held against every `crate::` path in the library. No file
//! imports another in a circle.

/// Circles between files.
mod circles;
/// Imports of a crate, from file to file.
mod imports;

use std::collections::BTreeSet;
use std::path::Path;

use circles::circles;
use imports::{Imports, of_folder, of_sources};

/// A room and what it may import, lowest first. Rooms of one line do not import each other, but
/// for `editor`, which stands on the guest's seam and the disk.
const ROOMS: &[(&str, &[&str])] = &[
    ("path", &[]),
    ("spelling", &[]),
    ("host", &["path"]),
    ("kv", &["host", "path"]),
    ("mount", &["path", "spelling"]),
    ("fstab", &["path"]),
    ("edit", &["path"]),
    ("links", &["edit", "path"]),
    ("unit", &["edit", "path"]),
    ("identity", &["edit", "path"]),
    ("pool", &["host", "identity", "path", "spelling"]),
    ("children", &["host", "identity", "path", "spelling"]),
    ("registry", &["host", "kv", "mount", "path", "spelling"]),
    ("codes", &["path", "spelling"]),
    ("guest", &["host", "path"]),
    ("image", &["host", "path"]),
    // It reads the guest's fstab to know what is mounted apart from the root.
    ("editor", &["fstab", "guest", "host", "image", "path"]),
    // It knows a guest's tree and no disk.
    (
        "graft",
        &[
            "codes", "edit", "fstab", "guest", "identity", "links", "mount", "path", "registry",
            "unit",
        ],
    ),
    (
        "prepare",
        &[
            "codes", "edit", "editor", "error", "fstab", "graft", "guest", "host", "identity",
            "image", "links", "path", "registry",
        ],
    ),
    // The error of a whole call wraps those of the rooms, prepare's own included.
    (
        "error",
        &[
            "codes", "editor", "graft", "guest", "image", "path", "prepare", "registry",
        ],
    ),
    // Releases of shared trees, made from masters.
    (
        "share",
        &[
            "codes", "edit", "editor", "error", "fstab", "graft", "guest", "host", "identity",
            "image", "links", "mount", "path", "prepare", "registry", "spelling",
        ],
    ),
    (
        "config",
        &[
            "codes", "graft", "host", "identity", "image", "path", "pool", "spelling",
        ],
    ),
    (
        "hook",
        &[
            "config", "editor", "error", "host", "identity", "image", "path", "pool", "prepare",
            "registry", "share",
        ],
    ),
    (
        "doctor",
        &[
            "codes", "config", "editor", "graft", "hook", "host", "image", "path", "registry",
        ],
    ),
];

/// Imports that close a circle, from a file to a file. An entry goes as soon as its circle is open; none
/// is added.
const CIRCLES: &[(&str, &str)] = &[];

/// The rooms that some source names behind `crate::`.
fn rooms_of(source: &str) -> BTreeSet<&str> {
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

/// Imports of a file of `room` that are not allowed.
fn wrong<'a>(room: &str, source: &'a str) -> Vec<&'a str> {
    let (_, allowed) = ROOMS
        .iter()
        .find(|(name, _)| *name == room)
        .unwrap_or_else(|| panic!("room “{room}” is missing in the table"));
    rooms_of(source)
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

/// Imports without the known ones that close a circle.
fn without(mut imports: Imports, known: &[(&str, &str)]) -> Imports {
    for (from, to) in known {
        imports.get_mut(*from).map(|targets| targets.remove(*to));
    }
    imports
}

/// Known imports that are not there, or close no circle.
fn open<'a>(imports: &Imports, known: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let circles = circles(imports);
    let closes = |from: &str, to: &str| {
        let is_there = imports
            .get(from)
            .is_some_and(|targets| targets.contains(to));
        is_there
            && circles
                .iter()
                .any(|circle| circle.contains(from) && circle.contains(to))
    };
    known
        .iter()
        .filter(|(from, to)| !closes(from, to))
        .copied()
        .collect()
}

#[test]
fn no_file_imports_another_in_a_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (folder, files, known) in [("lib", 200, CIRCLES), ("bin", 20, &[])] {
        let imports = of_folder(&root.join(folder));
        let count: usize = imports.values().map(BTreeSet::len).sum();
        assert!(
            imports.len() > files && count > 2 * files,
            "{folder}: {count} imports"
        );
        assert_eq!(
            open(&imports, known),
            [("", ""); 0],
            "{folder}: no circle any more, take it off"
        );
        let left = without(imports, known);
        let circles = circles(&left);
        assert!(circles.is_empty(), "{folder}: {circles:?}");
    }
}

#[test]
fn a_circle_is_found_through_modules_groups_and_re_exports() {
    // a takes B through its parent's re-export; b takes a function of c; c takes A by a group.
    let sources = [
        ("lib.rs", "pub mod room;\npub mod other;\n"),
        (
            "room/mod.rs",
            "mod a;\nmod b;\npub use a::A;\npub use b::B;\n",
        ),
        ("room/a.rs", "use super::B;\npub struct A(B);\n"),
        (
            "room/b.rs",
            "use crate::other;\npub struct B;\nfn f() { other::c::g() }\n",
        ),
        ("other/mod.rs", "pub mod c;\n"),
        (
            "other/c.rs",
            "use crate::{other, room::{A as First}};\npub fn g() { let _: First; }\n",
        ),
    ];
    let imports = of_sources(sources);
    let circle = ["other/c.rs", "room/a.rs", "room/b.rs"];
    assert_eq!(circles(&imports), [BTreeSet::from(circle)]);

    let known = [("room/b.rs", "other/c.rs")];
    assert!(circles(&without(imports.clone(), &known)).is_empty());
    assert!(open(&imports, &known).is_empty());
    let gone = [("room/mod.rs", "room/a.rs"), ("room/a.rs", "room/c.rs")];
    assert_eq!(open(&imports, &gone), gone);
}

#[test]
fn what_only_looks_like_an_import_closes_no_circle() {
    let sources = [
        ("a.rs", "use super::b::B;\npub struct A;\n"),
        (
            "b.rs",
            "// use crate::a::A;\n/* crate::a::A */\nconst T: &str = \"crate::a::A\";\n\
             const R: &str = r#\"crate::a::A \"# ;\nconst C: char = '\"';\n\
             pub struct B;\n#[cfg(test)]\nmod tests {\n    use crate::a::A;\n}\n",
        ),
    ];
    let imports = of_sources(sources);
    assert_eq!(imports["a.rs"], BTreeSet::from(["b.rs".to_owned()]));
    assert!(imports["b.rs"].is_empty(), "{imports:?}");
    let behind = [
        ("a.rs", "use crate::b::B;\n"),
        ("b.rs", "#[cfg(test)]\nmod tests { }\nuse crate::a::A;\n"),
    ];
    assert_eq!(circles(&of_sources(behind)).len(), 1);
}

#[test]
fn the_architecture_page_has_the_same_table() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md");
    let page = std::fs::read_to_string(page).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let rows: Vec<(String, Vec<String>)> = rows
        .map(|row| {
            let cells: Vec<&str> = row.split('|').collect();
            assert_eq!(cells.len(), 5, "{row}");
            assert!(!cells[2].trim().is_empty(), "{row}");
            let words = |cell: &str| -> Vec<String> {
                cell.split('`').skip(1).step_by(2).map(Into::into).collect()
            };
            (words(cells[1]).concat(), words(cells[3]))
        })
        .collect();
    let table: Vec<(String, Vec<String>)> = ROOMS
        .iter()
        .map(|(room, may)| {
            (
                (*room).to_owned(),
                may.iter().map(|&name| name.into()).collect(),
            )
        })
        .collect();
    assert_eq!(rows, table, "docs/architecture.md and ROOMS");
}
