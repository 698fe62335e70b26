//! One launch for many children: the record cache, on XFS.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use osgraft::editor::Choice;
use osgraft::editor::appliance::Settings;
use osgraft::image::{Child, Masters, Overlay};
use osgraft::prepare::{Cache, Outcome, Preparer, Share};
use osgraft::registry::{MemoryRegistry, Server, Servers, Source};

use super::bench::{Bench, guest};
use crate::support::{assert_clean, digest, text};

fn registry() -> MemoryRegistry {
    let server =
        |name: &str, export: &str| Server::new(name, Source::nfs(export).unwrap()).unwrap();
    let servers = vec![server("a", "10.0.0.1:/v"), server("b", "10.0.0.2:/v")];
    MemoryRegistry::new(Servers::new(servers).unwrap())
}

fn preparer(cache: &Cache, settings: Settings) -> Preparer<MemoryRegistry> {
    let share = Share::at("/shared").unwrap();
    let share = share.link("/lib/modules", "lib/modules").unwrap();
    Preparer::new(registry(), share)
        .server("a")
        .editor(Choice::auto().settings(settings))
        .cache(cache.clone())
}

/// A master of this test's own, old enough to have a fingerprint.
fn settled_copy(folder: &Path) -> PathBuf {
    let master = folder.join("master.qcow2");
    fs::copy(guest("xfs"), &master).unwrap();
    std::thread::sleep(Duration::from_millis(2100));
    master
}

#[test]
fn the_second_fresh_child_of_a_master_needs_no_appliance() {
    let bench = Bench::of("xfs");
    let folder = bench.work().parent().unwrap().join("many");
    fs::create_dir(&folder).unwrap();
    let master = settled_copy(&folder);
    let before = digest(&master);
    let child = |number: usize| {
        let path = folder.join(format!("c{number}.qcow2"));
        Overlay::new(&master).create(&path).unwrap();
        Child::open(path, Masters::only(&master)).unwrap()
    };
    let cache = Cache::open(folder.join("cache")).unwrap();
    let first = preparer(&cache, bench.settings())
        .prepare(&child(0))
        .unwrap();
    assert_eq!(first.editor.name, "appliance");

    // No appliance starts in no time: what is not in the cache fails from here on.
    let hasty = || bench.settings().deadline(Duration::ZERO);
    let hasty_preparer = preparer(&cache, hasty());
    for number in 1..20 {
        let report = hasty_preparer.prepare(&child(number)).unwrap();
        assert_eq!(report.editor.name, "cache");
        assert_eq!(report.outcome, Outcome::Changed);
        assert_eq!(report.edits, first.edits);
        assert_eq!(report.redo_bytes, first.redo_bytes);
    }
    let same = digest(&folder.join("c0.qcow2"));
    assert!((1..20).all(|n| digest(&folder.join(format!("c{n}.qcow2"))) == same));
    assert_clean(&folder.join("c19.qcow2"));
    read_back(&folder, &[1, 10, 19]);

    // Another server, another share, another state of the child or of its master: none is known.
    let other_server = preparer(&cache, hasty()).server("b");
    assert!(other_server.prepare(&child(30)).is_err());
    assert!(
        hasty_preparer
            .prepare(&Child::open(folder.join("c1.qcow2"), Masters::only(&master)).unwrap())
            .is_err()
    );

    // A damaged entry is made anew, and never reaches a disk.
    let largest = fs::read_dir(cache.folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .max_by_key(|path| path.metadata().unwrap().len())
        .unwrap();
    let sound = fs::read(&largest).unwrap();
    let mut damaged = sound.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    fs::write(&largest, &damaged).unwrap();
    let untouched = child(31);
    let pristine = digest(untouched.path());
    assert!(hasty_preparer.prepare(&untouched).is_err());
    assert_eq!(digest(untouched.path()), pristine);
    assert!(!largest.exists(), "a damaged entry stayed");
    fs::write(&largest, &sound).unwrap();
    assert!(
        hasty_preparer.prepare(&untouched).is_ok(),
        "the premise: the sound entry serves"
    );

    let later = SystemTime::now() + Duration::from_secs(5);
    File::options()
        .write(true)
        .open(&master)
        .unwrap()
        .set_modified(later)
        .unwrap();
    std::thread::sleep(Duration::from_millis(2100));
    assert!(
        hasty_preparer.prepare(&child(32)).is_err(),
        "the master is another one now"
    );
    assert_eq!(digest(&master), before);
    bench.assert_tidy();
}

/// Three children at once in one guestfish.
fn read_back(folder: &Path, numbers: &[usize]) {
    let mut command = Command::new("guestfish");
    command
        .env("LIBGUESTFS_BACKEND", "direct")
        .env("LIBGUESTFS_BACKEND_SETTINGS", "force_tcg")
        .args(["--ro", "--format=qcow2"]);
    for number in numbers {
        command.args(["-a", text(&folder.join(format!("c{number}.qcow2")))]);
    }
    command.arg("run");
    for disk in ["sda", "sdb", "sdc"] {
        let root = format!("/dev/{disk}1");
        for step in [
            &["mount-ro", &root, "/"][..],
            &["cat", "/etc/fstab"],
            &["readlink", "/usr/lib/modules"],
            &["umount", "/"],
        ] {
            command.arg(":").args(step);
        }
    }
    let output = command
        .output()
        .expect("guestfish is needed; run “.ci/setup appliance”");
    let told = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert_eq!(
        told.matches("10.0.0.1:/v /shared nfs ").count(),
        3,
        "{told}"
    );
    assert_eq!(told.matches("\n/shared/lib/modules\n").count(), 3, "{told}");
}
