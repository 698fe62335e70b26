//! Stable names of errors: documented, one meaning each.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

/// Codes that several types have because they mean the same there.
const SHARED: &[&str] = &[
    "ambiguous-root",
    "deadline",
    "encrypted",
    "io",
    "kernel-root",
    "mount-option",
    "no-root",
    "os-unsupported",
    "server-unknown",
    "swap-file",
];

/// Each source file below a folder, with the room that it is in.
fn sources(folder: &Path, room: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if path.is_dir() {
            let inner = [room, name].join("::");
            found.extend(sources(&path, inner.trim_start_matches("::")));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let room = if room.is_empty() { name } else { room };
            found.push((room.to_owned(), std::fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

/// Types by code, of each error's `code` and `codes`.
fn codes() -> BTreeMap<String, BTreeSet<String>> {
    let lib = Path::new(env!("CARGO_MANIFEST_DIR")).join("lib");
    let files = sources(&lib, "");
    let mut errors: BTreeSet<(&str, &str)> = [("editor", "Bar")].into();
    for (room, source) in &files {
        for part in source.split("thiserror::Error").skip(1) {
            let declared = part.lines().find_map(|line| {
                let line = line.trim_start_matches("pub ");
                line.strip_prefix("enum ").or(line.strip_prefix("struct "))
            });
            let name = declared.and_then(|name| name.split([' ', '{', '(', ';']).next());
            errors.extend(name.map(|name| (room.as_str(), name)));
        }
    }
    let mut codes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (room, source) in &files {
        let (mut owner, mut inside) = ("", false);
        for line in source.lines() {
            if let Some(name) = line.strip_prefix("impl ") {
                owner = name.trim_end_matches(" {");
            }
            inside |= line.starts_with("    pub fn code(") || line.starts_with("    pub fn codes(");
            inside &= line != "    }";
            let is_attribute = line.trim_start().starts_with("#[");
            if !inside || is_attribute || !errors.contains(&(room.as_str(), owner)) {
                continue;
            }
            let arm = line
                .split_once("=>")
                .map_or(line.trim_start(), |(_, arm)| arm);
            let literals = arm.split('"').skip(1).step_by(2);
            for code in literals {
                let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
                assert!(
                    !code.is_empty() && code.chars().all(kebab),
                    "{room}: {code}"
                );
                let owners = codes.entry(code.to_owned()).or_default();
                owners.insert(match room.as_str() {
                    // Its types are those of the crate's root.
                    "error" => owner.to_owned(),
                    room => format!("{room}::{owner}"),
                });
            }
        }
    }
    codes
}

#[test]
fn each_code_of_an_error_is_documented() {
    let mut text = "| code | error |\n|---|---|\n".to_owned();
    for (code, owners) in codes() {
        let owners: Vec<_> = owners.iter().map(|owner| format!("`{owner}`")).collect();
        writeln!(text, "| `{code}` | {} |", owners.join(", ")).unwrap();
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("lib/error_codes.md");
    if std::env::var_os("OSGRAFT_BLESS").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let documented = std::fs::read_to_string(&file).unwrap();
    assert_eq!(
        documented, text,
        "OSGRAFT_BLESS=1 cargo test error_codes writes it anew"
    );
}

#[test]
fn no_code_has_two_meanings() {
    let codes = codes();
    assert!(codes.len() > 120, "{} codes are not all", codes.len());
    let several = codes.iter().filter(|(_, owners)| owners.len() > 1);
    let several: Vec<_> = several.map(|(code, _)| code.as_str()).collect();
    assert_eq!(several, SHARED);
}
