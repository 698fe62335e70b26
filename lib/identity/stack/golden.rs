//! The golden cases of `fixtures/identity`: what each guest's files become, or why they are refused.
//!
//! A case is a folder `STACK/NAME` with the tree `before`, the wish `want.json` ([`Nic`]), and either the
//! tree `after` or the code of the refusal in `refused`. A file of `before` has mode 0644, a profile of
//! NetworkManager 0600, and another where the file `modes` has a line `MODE PATH`. `OSGRAFT_BLESS=1` writes `after` anew.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use super::resolver::Servers;
use super::{ALL, Claim, Stack};
use crate::identity::change::Change;
use crate::identity::files::{Files, Found, OldFile};
use crate::identity::render::judge;
use crate::identity::wanted::Nic;
use crate::path::GuestPath;

/// Fewest cases of a stack, in the folder of its name.
const FEWEST: &[(&str, usize)] = &[
    ("NetworkManager", 20),
    ("ifcfg", 5),
    ("ifupdown", 12),
    ("netplan", 20),
    ("systemd-networkd", 16),
    ("wicked", 4),
];

/// A tree as it is compared: content, or target of a link.
type Tree = BTreeMap<String, Vec<u8>>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/identity")
}

fn subfolders(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.is_dir());
    paths.sort();
    paths
}

/// Everything below a folder, by the path in the guest.
fn walk(folder: &Path) -> Vec<(GuestPath, PathBuf)> {
    let (mut left, mut found) = (vec![folder.to_owned()], Vec::new());
    while let Some(next) = left.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            let inside = path.strip_prefix(folder).unwrap().as_os_str().as_bytes();
            let guest = GuestPath::new([b"/", inside].concat()).unwrap();
            if path.is_dir() && !path.is_symlink() {
                left.push(path.clone());
            }
            found.push((guest, path));
        }
    }
    found
}

fn files(case: &Path) -> Files {
    let before = case.join("before");
    let modes = fs::read_to_string(case.join("modes")).unwrap_or_default();
    let modes: BTreeMap<String, u32> = modes
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(mode, path)| (path.to_owned(), u32::from_str_radix(mode, 8).unwrap()))
        .collect();
    let read = |guest: &GuestPath, path: &Path| {
        let mut old = OldFile::of(fs::read(path).unwrap());
        // NetworkManager ignores a profile that others may read.
        let is_profile = guest.to_string().contains("/system-connections/");
        let mode = modes.get(&guest.to_string()).copied();
        old.owner.mode = mode.unwrap_or(if is_profile { 0o600 } else { 0o644 });
        old
    };
    let mut files = Files::default();
    for (guest, path) in walk(&before) {
        let found = if path.is_symlink() {
            let target = fs::read_link(&path)
                .unwrap()
                .as_os_str()
                .as_bytes()
                .to_vec();
            // A link is followed inside the tree.
            let behind = match target.strip_prefix(b"/") {
                Some(inside) => before.join(std::ffi::OsStr::from_bytes(inside)),
                None => path
                    .parent()
                    .unwrap()
                    .join(std::ffi::OsStr::from_bytes(&target)),
            };
            let file = behind.is_file().then(|| read(&guest, &behind));
            Found::Link { target, file }
        } else if path.is_dir() {
            Found::Directory
        } else {
            Found::File(read(&guest, &path))
        };
        files.insert(guest, found);
    }
    files
}

/// Files and links.
fn tree(files: &Files) -> Tree {
    let all = files.iter().filter_map(|(path, found)| match found {
        Found::File(file) => Some((path.to_string(), file.content.clone())),
        Found::Link { target, .. } => {
            Some((path.to_string(), [b"-> ", target.as_slice()].concat()))
        }
        _ => None,
    });
    all.collect()
}

fn applied(changes: &[Change], files: &Files) -> Files {
    let mut after = files.clone();
    for change in changes {
        change.apply(&mut after);
    }
    after
}

/// Writes what the changes leave as the tree `after`.
fn bless(case: &Path, changes: &[Change], files: &Files) {
    let (before, after) = (case.join("before"), case.join("after"));
    let _ = fs::remove_dir_all(&after);
    let new = applied(changes, files);
    for (path, found) in new.iter() {
        let inside = std::ffi::OsStr::from_bytes(&path.as_bytes()[1..]);
        let to = after.join(inside);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        match found {
            Found::File(file) => fs::write(&to, &file.content).unwrap(),
            Found::Link { target, .. } => {
                std::os::unix::fs::symlink(std::ffi::OsStr::from_bytes(target), &to).unwrap();
            }
            _ => {}
        }
    }
    assert!(before.is_dir(), "{}", before.display());
}

/// Judges a case.
fn holds(stack: &dyn Stack, case: &Path) {
    let name = case.strip_prefix(root()).unwrap().display().to_string();
    let want = fs::read(case.join("want.json"))
        .unwrap_or_else(|error| panic!("{name}: want.json: {error}"));
    let nic: Nic = serde_json::from_slice(&want).unwrap_or_else(|error| panic!("{name}: {error}"));
    let files = files(case);
    let rendered = stack.render(&nic, &Servers::of([&nic]), &files);
    if let Ok(code) = fs::read_to_string(case.join("refused")) {
        let flaw = rendered.expect_err(&name);
        assert_eq!(flaw.code(), code.trim(), "{name}: {flaw}");
        assert!(
            flaw.to_string().chars().all(|c| !c.is_control()),
            "{name}: {flaw}"
        );
        return;
    }
    let changes = rendered.unwrap_or_else(|flaw| panic!("{name}: {}: {flaw}", flaw.code()));
    if std::env::var_os("OSGRAFT_BLESS").is_some() {
        bless(case, &changes, &files);
    }
    let after = applied(&changes, &files);
    let expected: Tree = walk(&case.join("after"))
        .into_iter()
        .filter(|(_, path)| path.is_symlink() || path.is_file())
        .map(|(guest, path)| match path.is_symlink() {
            true => {
                let target = fs::read_link(&path).unwrap();
                (
                    guest.to_string(),
                    [b"-> ", target.as_os_str().as_bytes()].concat(),
                )
            }
            false => (guest.to_string(), fs::read(&path).unwrap()),
        })
        .collect();
    let text = |tree: &Tree| -> Vec<String> {
        let lines = tree
            .iter()
            .map(|(path, content)| format!("{path}\n{}", content.escape_ascii()));
        lines.map(|line| line.replace("\\n", "\n")).collect()
    };
    let (new, expected) = (text(&tree(&after)), text(&expected));
    assert_eq!(new.join("\n"), expected.join("\n"), "{name}");
    assert!(!changes.is_empty(), "{name}: nothing was to do");

    let claims = |files: &Files| -> Vec<Claim> {
        let claims = stack.claims(files);
        claims.unwrap_or_else(|flaw| panic!("{name}: {flaw}"))
    };
    let (old, new) = (claims(&files), claims(&after));
    judge(stack, &nic, &old, &new).unwrap_or_else(|flaw| panic!("{name}: {flaw}"));
    let has = |claim: &&Claim| nic.dns.iter().all(|dns| claim.dns.contains(dns));
    let its = new.iter().filter(|claim| claim.may_take(&nic)).find(has);
    assert!(its.is_some(), "{name}: {new:#?}");
    let again = stack
        .render(&nic, &Servers::of([&nic]), &after)
        .unwrap_or_else(|flaw| panic!("{name}: again: {flaw}"));
    assert_eq!(again, [], "{name}: a second run");
}

#[test]
fn each_golden_guest_becomes_what_was_asked_or_is_refused_by_name() {
    let folders = subfolders(&root());
    for folder in &folders {
        let of = folder.file_name().unwrap().to_str().unwrap();
        let stack = ALL.iter().find(|stack| stack.name() == of);
        let stack = stack.unwrap_or_else(|| panic!("no stack “{of}”"));
        for case in subfolders(folder) {
            holds(*stack, &case);
        }
    }
    for stack in ALL {
        let fewest = FEWEST.iter().find(|(name, _)| *name == stack.name());
        let (name, fewest) = fewest.unwrap_or_else(|| panic!("no cases of {}", stack.name()));
        let cases = subfolders(&root().join(name)).len();
        assert!(cases >= *fewest, "{name}: {cases} cases");
    }
}

#[test]
fn the_whole_render_believes_each_golden_guest() {
    use crate::identity::render::{Rendered, network};
    use crate::identity::wanted::Identity;
    for of in ["netplan", "systemd-networkd", "NetworkManager"] {
        for case in subfolders(&root().join(of)) {
            let want = fs::read(case.join("want.json")).unwrap();
            let mut wanted = Identity::default();
            wanted.nics.push(serde_json::from_slice(&want).unwrap());
            let mut files = files(&case);
            let rendered = network(&wanted, &mut files, &mut Rendered::default());
            let refused = fs::read_to_string(case.join("refused")).ok();
            let flaw = rendered.err();
            assert_eq!(
                flaw.as_ref().map(|flaw| flaw.code()),
                refused.as_deref().map(str::trim),
                "{}: {flaw:?}",
                case.display()
            );
        }
    }
}
