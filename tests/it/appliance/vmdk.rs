//! XFS in a VMDK: prepared in the appliance once, and from the record after that.

use std::time::Duration;

use osgraft::editor::Choice;
use osgraft::image::{Child, Masters};
use osgraft::prepare::{Cache, Outcome, Preparer, Share};
use osgraft::registry::{MemoryRegistry, Server, Servers, Source};

use super::bench::{Bench, guest};
use crate::support::fixture::overlay;
use crate::support::{assert_clean, digest, run, text};

#[test]
fn a_child_of_a_vmdk_is_prepared_in_the_appliance_and_the_next_from_its_record() {
    let folder = tempfile::tempdir_in("/var/tmp").unwrap();
    let master = folder.path().join("master.vmdk");
    let convert = [
        "convert",
        "-f",
        "qcow2",
        "-O",
        "vmdk",
        "-o",
        "subformat=streamOptimized",
    ];
    let files = [text(&guest("xfs")).to_owned(), text(&master).to_owned()];
    run(
        "qemu-img",
        &[&convert[..], &[&files[0], &files[1]]].concat(),
    );
    // Old enough to have a fingerprint.
    std::thread::sleep(Duration::from_millis(2100));
    let before = digest(&master);
    let bench = Bench::new(&master);

    let server = Server::new("a", Source::nfs("10.0.0.1:/v").unwrap()).unwrap();
    let registry = MemoryRegistry::new(Servers::new(vec![server]).unwrap());
    let share = Share::at("/shared").unwrap();
    let share = share.link("/lib/modules", "lib/modules").unwrap();
    let cache = Cache::open(folder.path().join("cache")).unwrap();
    let preparer = |settings| {
        Preparer::new(&registry, share.clone())
            .editor(Choice::auto().settings(settings))
            .cache(cache.clone())
    };
    let first = preparer(bench.settings()).prepare(&bench.child()).unwrap();
    assert_eq!(first.outcome, Outcome::Changed);
    assert_eq!(first.editor.name, "appliance");
    bench.assert_tidy();
    assert_clean(&bench.child_path());

    // No appliance starts in no time.
    let second = folder.path().join("second.qcow2");
    overlay(&master).create(&second).unwrap();
    let handle = Child::open(&second, Masters::only(&master)).unwrap();
    let hasty = bench.settings().deadline(Duration::ZERO);
    let report = preparer(hasty).prepare(&handle).unwrap();
    assert_eq!(report.editor.name, "cache");
    assert_eq!(digest(&second), digest(&bench.child_path()));

    let told = bench.guestfish(
        "mount-ro /dev/sda1 /
        cat /etc/fstab
        readlink /usr/lib/modules
        is-file /var/lib/osgraft/receipt.json",
    );
    assert!(told.contains("10.0.0.1:/v /shared nfs"), "{told}");
    assert!(told.contains("/shared/lib/modules\n"), "{told}");
    assert!(told.ends_with("true\n"), "{told}");
    assert_eq!(digest(&master), before, "the master changed");
}
