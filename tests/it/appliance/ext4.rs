//! ext4 in the appliance: beside the in-process editor, and where that one hands on.

use std::path::Path;
use std::time::{Duration, SystemTime};

use osgraft::editor::Choice;
use osgraft::prepare::{Outcome, Preparer, Share};
use osgraft::registry::{MemoryRegistry, Server, Servers, Source};

use super::bench::{Bench, TIME};
use crate::support::fixture::{self, assert_sound};
use crate::support::tree::Tree;
use crate::support::{assert_clean, digest};

/// Where the root of the small guests begins, in bytes.
const AT: u64 = 1 << 20;

fn preparer(choice: Choice) -> Preparer<MemoryRegistry> {
    let server = Server::new("a", Source::nfs("10.0.0.1:/v").unwrap()).unwrap();
    let registry = MemoryRegistry::new(Servers::new(vec![server]).unwrap());
    let share = Share::at("/shared").unwrap();
    let share = share.link("/lib/modules", "lib/modules").unwrap();
    Preparer::new(registry, share)
        .editor(choice)
        .time(SystemTime::UNIX_EPOCH + Duration::from_secs(TIME as u64))
}

fn small_guest(name: &str) -> std::path::PathBuf {
    fixture::guest(name).expect("this guest is made everywhere")
}

fn tree(child: &Path) -> Tree {
    Tree::read(child, AT)
}

/// Every path, mode, owner, attribute, link and content; times aside. On a guest without labels:
/// libguestfs hands them over as C strings, so that those it makes lack the NUL at their end,
/// which the kernel takes for the same label.
#[test]
fn both_editors_make_the_same_tree_of_the_same_child() {
    let master = small_guest("debian12");
    let (here, there) = (Bench::new(&master), Bench::new(&master));
    let in_process = preparer(Choice::ext4()).prepare(&here.child()).unwrap();
    assert_eq!(in_process.editor.name, "ext4");
    let appliance = Choice::appliance().settings(there.settings());
    let in_appliance = preparer(appliance).prepare(&there.child()).unwrap();
    assert_eq!(in_appliance.editor.name, "appliance");
    assert_eq!(in_process.edits, in_appliance.edits);
    assert_clean(&there.child_path());

    let before = tree(&master);
    let (here, there) = (tree(&here.child_path()), tree(&there.child_path()));
    let same = |path: &str| path.to_owned();
    assert!(
        !before.differences(&here, same).is_empty(),
        "the premise: something changed"
    );
    let differences = here.differences(&there, same);
    assert!(differences.is_empty(), "{differences:#?}");
}

/// What the in-process editor refuses for a feature, or for a journal that waits.
#[test]
fn an_ext4_that_cannot_be_edited_in_process_is_edited_in_the_appliance() {
    for (name, reason) in [
        ("ext4-needs-recovery", "journal"),
        ("ext4-inline-data", "inline_data"),
        ("ext4-quota", "quota"),
    ] {
        let master = small_guest(name);
        let before = digest(&master);
        let bench = Bench::new(&master);
        let auto = Choice::auto().settings(bench.settings());
        let report = preparer(auto).prepare(&bench.child()).unwrap();
        assert_eq!(report.outcome, Outcome::Changed, "{name}");
        assert_eq!(report.editor.name, "appliance", "{name}");
        assert!(
            report.editor.reason.contains(reason),
            "{}",
            report.editor.reason
        );
        bench.assert_tidy();
        assert_clean(&bench.child_path());
        let raw = bench.work().join("raw");
        crate::support::run(
            "qemu-img",
            &[
                "convert",
                "-O",
                "raw",
                bench.child_path().to_str().unwrap(),
                raw.to_str().unwrap(),
            ],
        );
        assert_sound(&raw, AT);
        let told = crate::support::run(
            "debugfs",
            &[
                "-R",
                "cat /etc/fstab",
                &format!("{}?offset={}", raw.display(), AT),
            ],
        );
        assert!(told.contains("10.0.0.1:/v /shared nfs "), "{name}: {told}");
        if name == "ext4-needs-recovery" {
            assert!(
                told.starts_with("# journaled"),
                "the journal was dropped: {told}"
            );
        }
        assert_eq!(digest(&master), before, "{name}");
    }
}
