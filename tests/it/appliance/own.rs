//! Identities of a row of children on XFS: one launch, and each child its own.

use std::fs;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use osgraft::editor::Choice;
use osgraft::identity::{Identity, MachineIdWish};
use osgraft::image::{Child, Masters, Overlay};
use osgraft::prepare::{Cache, ChildRequest, Outcome, Preparer, Share};
use osgraft::registry::{MemoryRegistry, Server, Servers, Source};

use super::bench::{Bench, guest};
use crate::support::{assert_clean, digest, text};

const CHILDREN: usize = 200;
/// Children of later calls, each of one call.
const LATER: std::ops::RangeInclusive<usize> = 201..=203;

fn identity(number: usize) -> Identity {
    let mut identity = Identity::default();
    identity.hostname = Some(format!("web-{number}").parse().unwrap());
    identity.machine_id = MachineIdWish::Is(format!("{number:032x}").parse().unwrap());
    identity
}

#[test]
fn two_hundred_children_on_xfs_and_those_of_later_calls_have_identities_of_their_own_from_one_launch()
 {
    let bench = Bench::of("xfs");
    let folder = bench.work().parent().unwrap().join("own");
    fs::create_dir(&folder).unwrap();
    let master = folder.join("master.qcow2");
    fs::copy(guest("xfs"), &master).unwrap();
    // A master that was just written has no fingerprint.
    std::thread::sleep(Duration::from_millis(2100));
    let before = digest(&master);
    let file = |number: usize| folder.join(format!("c{number}.qcow2"));
    let request = |number: usize| {
        Overlay::new(&master).create(file(number)).unwrap();
        let child = Child::open(file(number), Masters::only(&master)).unwrap();
        ChildRequest::new(child).identity(identity(number))
    };
    let server = Server::new("a", Source::nfs("10.0.0.1:/v").unwrap()).unwrap();
    let registry = Arc::new(MemoryRegistry::new(Servers::new(vec![server]).unwrap()));
    let share = Share::at("/shared").unwrap();
    let share = share.link("/lib/modules", "lib/modules").unwrap();
    let each = || Preparer::new(registry.clone(), share.clone());
    let cache = || Cache::open(folder.join("cache")).unwrap();
    let row = each().keep_edits().cache(cache());
    let settings = || bench.settings();

    let preparer = row.clone().editor(Choice::auto().settings(settings()));
    let first = preparer.prepare_one(&request(1)).unwrap();
    assert_eq!(first.editor.name, "appliance");

    // No appliance starts in no time.
    let hasty = Choice::auto().settings(settings().deadline(Duration::ZERO));
    let preparer = row.clone().editor(hasty.clone());
    for number in 2..=CHILDREN {
        let report = preparer.prepare_one(&request(number)).unwrap();
        assert_eq!(report.editor.name, "cache");
        assert_eq!(report.outcome, Outcome::Changed);
        let steps = |edits: &[osgraft::prepare::Edit]| {
            let edits = edits.iter();
            edits.map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(steps(&report.edits), steps(&first.edits));
    }
    // An identity of another shape takes an appliance of its own.
    let mut other = identity(300);
    other.hostname = None;
    Overlay::new(&master).create(file(300)).unwrap();
    let child = Child::open(file(300), Masters::only(&master)).unwrap();
    assert!(
        preparer
            .prepare_one(&ChildRequest::new(child).identity(other))
            .is_err()
    );

    // A later call has the cache's folder alone.
    for number in LATER {
        let preparer = each().cache(cache()).editor(hasty.clone());
        let report = preparer.prepare_one(&request(number)).unwrap();
        assert_eq!(report.editor.name, "cache");
        assert_eq!(report.redo_bytes, first.redo_bytes);
    }
    let without = each().editor(hasty);
    assert!(without.prepare_one(&request(301)).is_err(), "the premise");

    let read = [1, CHILDREN, *LATER.end()];
    assert_clean(&file(CHILDREN));
    let told = read_back(&read.map(|number| text(&file(number)).to_owned()));
    for number in read {
        assert!(told.contains(&format!("\nweb-{number}\n")), "{told}");
        assert!(told.contains(&format!("\n{number:032x}\n")), "{told}");
        assert!(
            told.contains(&format!("\"hostname\": \"web-{number}\"")),
            "{told}"
        );
    }
    // Each receipt has the digest of the name that is on its own disk.
    let digests: Vec<&str> = told
        .lines()
        .filter(|line| line.len() == 64 && line.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .collect();
    assert_eq!(digests.len(), 3, "{told}");
    for digest in digests {
        assert!(
            told.contains(&format!("\"sha256\": \"{digest}\"")),
            "{told}"
        );
    }
    assert_eq!(digest(&master), before);
    bench.assert_tidy();
}

/// Names, ids and the file systems' own check of three children in one guestfish.
fn read_back(children: &[String; 3]) -> String {
    let mut command = Command::new("guestfish");
    command
        .env("LIBGUESTFS_BACKEND", "direct")
        .env("LIBGUESTFS_BACKEND_SETTINGS", "force_tcg")
        .args(["--ro", "--format=qcow2"]);
    for child in children {
        command.args(["-a", child]);
    }
    command.arg("run");
    for disk in ["sda", "sdb", "sdc"] {
        let root = format!("/dev/{disk}1");
        for step in [
            &["echo", ""][..],
            &["xfs-repair", &root, "nomodify:true"],
            &["mount-ro", &root, "/"],
            &["cat", "/etc/hostname"],
            &["echo", ""],
            &["cat", "/etc/machine-id"],
            &["checksum", "sha256", "/etc/hostname"],
            &["cat", "/var/lib/osgraft/receipt.json"],
            &["umount", "/"],
        ] {
            command.arg(":").args(step);
        }
    }
    let output = command
        .output()
        .expect("guestfish is needed; run “.ci/setup appliance”");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
