//! Decisions over a small tree that actions are really applied to.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::links::{Kept, Link, Look, Reason};

#[derive(Clone, Debug, Eq, PartialEq)]
enum Node {
    /// Its file system, and a mark that tells it from any other.
    Directory(u64, u32),
    Symlink(String),
    File,
    Special,
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct Tree(BTreeMap<GuestPath, Node>);

fn path(text: &str) -> GuestPath {
    text.parse().unwrap()
}

impl Tree {
    /// Lines of `path`, `path -> target`, `path !` (file), `path %` (device), `path @2` (directory
    /// on file system 2).
    fn new(lines: &[&str]) -> Self {
        let mut tree = Self(BTreeMap::from([(path("/"), Node::Directory(1, 0))]));
        for (mark, line) in (1..).zip(lines) {
            let words: Vec<&str> = line.split(' ').collect();
            let node = match words[1..] {
                [] => Node::Directory(tree.filesystem_of(&path(words[0]).parent().unwrap()), mark),
                ["->", target] => Node::Symlink(target.to_owned()),
                ["!"] => Node::File,
                ["%"] => Node::Special,
                [number] => Node::Directory(number[1..].parse().unwrap(), mark),
                _ => panic!("{line}"),
            };
            tree.0.insert(path(words[0]), node);
        }
        tree
    }

    fn filesystem_of(&self, directory: &GuestPath) -> u64 {
        match self.0.get(directory) {
            Some(Node::Directory(filesystem, _)) => *filesystem,
            other => panic!("{directory} is {other:?}, not a directory"),
        }
    }

    fn names(&self, directory: &GuestPath) -> Vec<Vec<u8>> {
        let inside = self
            .0
            .keys()
            .filter(|path| path.parent().as_ref() == Some(directory));
        inside
            .map(|path| path.file_name().unwrap().to_vec())
            .collect()
    }

    fn observe(&self, looks: Vec<Look>) -> Observation {
        let found = |look: Look| {
            let found = match self.0.get(&look.path)? {
                Node::Directory(filesystem, _) => Found::Directory {
                    filesystem: *filesystem,
                    names: if look.names {
                        self.names(&look.path)
                    } else {
                        Vec::new()
                    },
                },
                Node::Symlink(target) => Found::Symlink {
                    target: target.clone().into_bytes(),
                },
                Node::File => Found::File,
                Node::Special => Found::Special,
            };
            Some((look.path, found))
        };
        looks.into_iter().filter_map(found).collect()
    }

    /// One level of links to directories, which is all these trees have.
    fn resolve(&self, place: &GuestPath) -> GuestPath {
        let mut names = place.components().rev();
        let last = names.next().unwrap().to_vec();
        let mut parent = GuestPath::root();
        for name in names.rev() {
            parent = parent.join(name).unwrap();
            if let Some(Node::Symlink(target)) = self.0.get(&parent) {
                parent = path(&format!("/{}", target.trim_start_matches('/')));
            }
        }
        parent.join(last).unwrap()
    }

    fn apply(&mut self, edits: &[Edit]) {
        for edit in edits {
            match edit {
                Edit::MakeDirectory { path, mode } => {
                    assert_eq!(*mode, 0o755);
                    let filesystem = self.filesystem_of(&path.parent().unwrap());
                    self.put(path, Node::Directory(filesystem, 0));
                }
                Edit::Symlink { path, target } => {
                    self.filesystem_of(&path.parent().unwrap());
                    let target = String::from_utf8(target.clone()).unwrap();
                    self.put(path, Node::Symlink(target));
                }
                Edit::Rename { from, to } => self.rename(from, to),
                Edit::Remove { path } => match self.0.remove(path) {
                    Some(Node::Symlink(_)) => {}
                    Some(Node::Directory(..)) => {
                        assert!(self.names(path).is_empty(), "{edit}");
                    }
                    other => panic!("{edit}: {other:?}"),
                },
                other @ (Edit::Write { .. } | Edit::Relabel { .. }) => {
                    panic!("no edit of links: {other}")
                }
            }
        }
    }

    fn put(&mut self, at: &GuestPath, node: Node) {
        assert_eq!(self.0.insert(at.clone(), node), None, "{at} is taken");
    }

    fn rename(&mut self, from: &GuestPath, to: &GuestPath) {
        let filesystem = self.filesystem_of(from);
        assert_eq!(
            filesystem,
            self.filesystem_of(&to.parent().unwrap()),
            "{from} to {to}"
        );
        assert!(!self.0.contains_key(to), "{to} is taken");
        let moved: Vec<GuestPath> = self
            .0
            .keys()
            .filter(|p| p.starts_with(from))
            .cloned()
            .collect();
        for old in moved {
            let node = self.0.remove(&old).unwrap();
            let tail = &old.as_bytes()[from.as_bytes().len()..];
            let new = GuestPath::new([to.as_bytes(), tail].concat()).unwrap();
            self.0.insert(new, node);
        }
    }
}

fn links(pairs: &[(&str, &str)]) -> Links {
    let link = |(at, to): &(&str, &str)| Link::new(path(at), to.parse().unwrap());
    Links::new(&path("/shared"), pairs.iter().map(link).collect()).unwrap()
}

fn modules() -> Links {
    links(&[("/lib/modules", "lib/modules")])
}

fn run(tree: &Tree, links: &Links, earlier: Option<&Done>) -> Result<Decision, LinksError> {
    let physical = links.locate(|path| Ok::<_, LinksError>(tree.resolve(path)))?;
    let observation = tree.observe(links.looks(&physical)?);
    decide(links, &physical, &observation, earlier)
}

fn steps(decision: &Decision) -> Vec<String> {
    decision.edits.iter().map(Edit::in_words).collect()
}

fn codes(decision: &Decision) -> Vec<&'static str> {
    decision.warnings.iter().map(Warning::code).collect()
}

/// Applies a decision and checks what must hold of every one: a second run changes nothing, and
/// both ways back lead to the tree as it was.
fn round_trip(tree: &Tree, links: &Links) -> (Tree, Decision) {
    let first = run(tree, links, None).unwrap();
    let mut after = tree.clone();
    after.apply(&first.edits);
    for earlier in [None, Some(&first.done)] {
        let second = run(&after, links, earlier).unwrap();
        assert_eq!(steps(&second), [""; 0]);
        assert_eq!(second.unchanged.len(), links.iter().count());
        assert!(second.done.is_empty());
        assert_eq!(second.done.after(&first.done), first.done);
    }
    let json = serde_json::to_string(&first.done).unwrap();
    let done: Done = serde_json::from_str(&json).unwrap();
    let undo = done.undo(&after.observe(done.looks()));
    assert_eq!(undo.kept, []);
    assert_eq!(undo.edits, done.reversed());
    let mut back = after.clone();
    back.apply(&undo.edits);
    assert_eq!(&back, tree);
    (after, first)
}

const MERGED: &[&str] = &[
    "/usr",
    "/usr/lib",
    "/lib -> usr/lib",
    "/usr/lib/modules",
    "/usr/lib/modules/6.1",
];

#[test]
fn a_directory_is_displaced_below_the_mount_point() {
    let (after, decision) = round_trip(&Tree::new(MERGED), &modules());
    assert_eq!(
        steps(&decision),
        [
            "mkdir /shared",
            "mkdir /shared/lib",
            "move /usr/lib/modules to /shared/lib/modules",
            "link /usr/lib/modules -> /shared/lib/modules",
        ]
    );
    assert_eq!(codes(&decision), [""; 0]);
    assert!(after.0.contains_key(&path("/shared/lib/modules/6.1")));
    assert_eq!(after.0[&path("/lib")], Node::Symlink("usr/lib".into()));
}

#[test]
fn another_file_system_parks_beside_and_says_so() {
    let tree = Tree::new(&["/lib", "/lib/modules", "/shared @2"]);
    let (_, decision) = round_trip(&tree, &modules());
    assert_eq!(
        steps(&decision),
        [
            "move /lib/modules to /lib/modules.osgraft-local",
            "link /lib/modules -> /shared/lib/modules",
        ]
    );
    assert_eq!(codes(&decision), ["no-local-fallback-other-file-system"]);
}

#[test]
fn where_nothing_is_only_the_link_is_made() {
    let (_, decision) = round_trip(&Tree::new(&[]), &modules());
    assert_eq!(
        steps(&decision)[1..],
        ["mkdir /lib", "link /lib/modules -> /shared/lib/modules"]
    );
    assert_eq!(codes(&decision), ["no-local-fallback-missing"]);
}

#[test]
fn an_empty_skeleton_below_the_mount_point_is_no_obstacle_and_comes_back() {
    let skeleton = [MERGED, &["/shared", "/shared/lib", "/shared/lib/modules"]].concat();
    let (_, decision) = round_trip(&Tree::new(&skeleton), &modules());
    assert_eq!(decision.done.directories, []);
    assert_eq!(
        decision.done.links[0].set_aside,
        Some(path("/shared/lib/modules.osgraft-local"))
    );
}

#[test]
fn what_is_not_ours_is_refused_by_code() {
    for (more, code) in [
        (&["/shared", "/shared/data"][..], "mount-point-occupied"),
        (
            &["/shared", "/shared/lib", "/shared/lib/x !"],
            "mount-point-occupied",
        ),
        (&["/shared", "/shared/lib !"], "link-fallback-occupied"),
        (
            &["/shared", "/shared/lib -> /srv"],
            "link-fallback-occupied",
        ),
        (
            &[
                "/shared",
                "/shared/lib",
                "/shared/lib/modules",
                "/shared/lib/modules/x",
            ],
            "link-fallback-occupied",
        ),
        (
            &["/shared", "/shared/lib", "/shared/lib/modules @3"],
            "link-fallback-occupied",
        ),
        (&["/shared -> /srv"], "mount-point-not-a-directory"),
        (&["/shared !"], "mount-point-not-a-directory"),
        (&["/shared %"], "mount-point-not-a-directory"),
        (
            &["/usr/lib/modules -> /opt/modules"],
            "link-foreign-symlink",
        ),
        (
            &["/usr/lib/modules -> /shared/lib/modules/"],
            "link-foreign-symlink",
        ),
        (
            &["/usr/lib/modules -> ../../shared/lib/modules"],
            "link-foreign-symlink",
        ),
        (&["/usr/lib/modules !"], "link-not-a-directory"),
        (&["/usr/lib/modules %"], "link-not-a-directory"),
        (&["/usr/lib/modules @2"], "link-is-mount-point"),
        (&["/usr/lib !"], "link-path-blocked"),
        (
            &["/shared @2", "/usr/lib/modules.osgraft-local !"],
            "link-parked-name-taken",
        ),
    ] {
        let tree = Tree::new(&[MERGED, more].concat());
        let error = run(&tree, &modules(), None).expect_err(code);
        assert_eq!(error.code(), code, "{more:?}: {error}");
    }
}

#[test]
fn names_that_meet_only_once_resolved_are_refused() {
    let twice = links(&[("/lib/modules", "a"), ("/usr/lib/modules", "b")]);
    assert_eq!(
        run(&Tree::new(MERGED), &twice, None).unwrap_err().code(),
        "links-nested"
    );
    let tree = Tree::new(&["/run", "/var", "/var/spool -> /run"]);
    let away = links(&[("/var/spool/x", "x")]);
    assert_eq!(run(&tree, &away, None).unwrap_err().code(), "link-reserved");
}

#[test]
fn a_second_run_mends_what_the_guest_took_away() {
    let tree = Tree::new(MERGED);
    let (mut after, first) = round_trip(&tree, &modules());
    after.0.remove(&path("/usr/lib/modules"));
    let second = run(&after, &modules(), Some(&first.done)).unwrap();
    assert_eq!(
        steps(&second),
        ["link /usr/lib/modules -> /shared/lib/modules"]
    );
    assert_eq!(codes(&second), [""; 0]);
    after.apply(&second.edits);
    let done = second.done.after(&first.done);
    assert_eq!(done, first.done);
    after.apply(&done.undo(&after.observe(done.looks())).edits);
    assert_eq!(after, tree);
}

#[test]
fn a_grafted_guest_is_told_of_hidden_files_rather_than_refused() {
    let (mut after, first) = round_trip(&Tree::new(MERGED), &modules());
    after.0.insert(path("/shared/README"), Node::File);
    let second = run(&after, &modules(), Some(&first.done)).unwrap();
    assert_eq!(
        (steps(&second), codes(&second)),
        (vec![], vec!["mount-point-hides"])
    );
}

#[test]
fn links_of_an_earlier_run_are_told_apart_from_foreign_ones() {
    let (after, first) = round_trip(&Tree::new(MERGED), &modules());
    let other = links(&[("/lib/modules", "elsewhere")]);
    let error = run(&after, &other, Some(&first.done)).unwrap_err();
    assert_eq!(error.code(), "link-other-graft");
    assert_eq!(
        codes(&run(&after, &links(&[]), Some(&first.done)).unwrap()),
        ["link-left-over"]
    );
}

#[test]
fn undo_keeps_what_the_guest_changed_and_says_what() {
    let (after, Decision { done, .. }) = round_trip(&Tree::new(MERGED), &modules());
    let link = "/usr/lib/modules";
    let local = "/shared/lib/modules";
    for (gone, new, expected) in [
        (Some(link), None, &[(link, Reason::LinkGone)][..]),
        (
            None,
            Some((link, Node::Symlink("/x".into()))),
            &[
                (link, Reason::LinkReplaced),
                (local, Reason::NoWayBack),
                ("/shared/lib", Reason::NotEmpty),
                ("/shared", Reason::NotEmpty),
            ],
        ),
        (Some(local), None, &[(local, Reason::LocalGone)]),
        (
            Some(local),
            Some((local, Node::File)),
            &[
                (local, Reason::LocalReplaced),
                ("/shared/lib", Reason::NotEmpty),
                ("/shared", Reason::NotEmpty),
            ],
        ),
        (
            None,
            Some(("/shared/README", Node::File)),
            &[("/shared", Reason::NotEmpty)],
        ),
        (
            Some("/shared"),
            Some(("/shared", Node::File)),
            &[
                (local, Reason::LocalGone),
                ("/shared", Reason::DirectoryReplaced),
            ],
        ),
    ] {
        let mut tree = after.clone();
        if let Some(gone) = gone {
            tree.0.retain(|p, _| !p.starts_with(&path(gone)));
        }
        if let Some((at, node)) = new {
            tree.0.insert(path(at), node);
        }
        let undo = done.undo(&tree.observe(done.looks()));
        let kept: Vec<(String, Reason)> = undo
            .kept
            .iter()
            .map(|Kept { path, why }| (path.to_string(), *why))
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(at, why)| ((*at).to_owned(), *why))
            .collect();
        assert_eq!(kept, expected);
        // The tree panics at any step that would clobber or remove what it must not.
        tree.apply(&undo.edits);
        assert_eq!(done.undo(&tree.observe(done.looks())).edits, []);
    }
}

#[test]
fn a_full_directory_at_the_target_of_a_link_to_be_made_is_not_taken_over() {
    let tree = Tree::new(&[
        "/lib",
        "/shared",
        "/shared/lib",
        "/shared/lib/modules",
        "/shared/lib/modules/x",
    ]);
    let error = run(&tree, &modules(), None).unwrap_err();
    assert_eq!(error.code(), "link-fallback-occupied");
}

#[test]
fn a_directory_that_was_made_stays_when_something_moves_back_into_it() {
    let tree = Tree::new(&["/shared", "/shared/x", "/new", "/new/at -> /shared/x"]);
    let mut done = Done::default();
    done.directories.push(path("/new"));
    done.links.push(made("/new/at", "/shared/x"));
    let undo = done.undo(&tree.observe(done.looks()));
    assert_eq!(
        undo.kept,
        [Kept {
            path: path("/new"),
            why: Reason::NotEmpty
        }]
    );
    tree.clone().apply(&undo.edits);
}

#[test]
fn a_record_that_names_one_place_twice_moves_only_one_back() {
    let tree = Tree::new(&["/shared", "/shared/x", "/shared/y", "/at -> /shared/x"]);
    let mut done = Done::default();
    done.links
        .extend([made("/at", "/shared/x"), made("/at", "/shared/y")]);
    let undo = done.undo(&tree.observe(done.looks()));
    let kept: Vec<Reason> = undo.kept.iter().map(|kept| kept.why).collect();
    assert!(kept.contains(&Reason::NoWayBack), "{kept:?}");
    tree.clone().apply(&undo.edits);
}

fn made(at: &str, displaced_to: &str) -> DoneLink {
    DoneLink {
        at: path(at),
        target: path("/shared/x"),
        displaced_to: Some(path(displaced_to)),
        set_aside: None,
        told: Vec::new(),
    }
}

proptest! {
    #[test]
    fn any_tree_that_is_not_refused_comes_back_exactly(
        picked in proptest::sample::subsequence(vec![
            "/usr", "/usr/lib", "/lib", "/lib/modules", "/lib/modules/6.1", "/lib/firmware",
            "/usr/share", "/usr/share/doc", "/usr/share/doc/a !", "/usr/share/man @2", "/shared",
            "/shared/lib", "/shared/lib/modules", "/shared/lib/firmware @2", "/shared/share",
            "/usr/share/doc.osgraft-local", "/lib/modules.osgraft-local !", "/opt !",
        ], 0..18),
        wanted in proptest::sample::subsequence(vec![
            ("/lib/modules", "lib/modules"), ("/lib/firmware", "lib/firmware"),
            ("/usr/share/doc", "share/doc"), ("/usr/share/man", "man"), ("/srv/new/x", "new"),
            ("/opt/x", "opt"),
        ], 0..6),
    ) {
        let mut lines: Vec<&str> = Vec::new();
        for line in picked {
            let parent = path(line.split(' ').next().unwrap()).parent().unwrap();
            if parent.is_root() || lines.iter().any(|known| path(known.split(' ').next().unwrap()) == parent) {
                lines.push(line);
            }
        }
        let (tree, links) = (Tree::new(&lines), links(&wanted));
        // Too many refusals would fail the test: most trees must really go there and back.
        prop_assume!(run(&tree, &links, None).is_ok());
        round_trip(&tree, &links);
    }
}
