//! ext4 in the appliance: beside the in-process editor, and where that one hands on.

use std::path::Path;
use std::time::{Duration, SystemTime};

use osgraft::editor::Choice;
use osgraft::prepare::{Preparer, Share};
use osgraft::registry::{MemoryRegistry, Server, Servers, Source};

use super::bench::{Bench, TIME};
use crate::support::assert_clean;
use crate::support::fixture;
use crate::support::tree::Tree;

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

/// Every path, mode, owner, attribute, link and content; times aside. On a guest with labels, which
/// what is made takes over to the byte.
#[test]
fn both_editors_make_the_same_tree_of_the_same_child() {
    let master = small_guest("selinux");
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
