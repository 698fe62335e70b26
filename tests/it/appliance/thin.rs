//! A thin copy of a master on XFS: what the file system gives back is not in it.

use osgraft::editor::Choice;
use osgraft::editor::appliance::ApplianceGuest;
use osgraft::guest::{Attributes, Guest};
use osgraft::image::Masters;
use osgraft::share::thin::{Thinner, Thinning, Transport};

use super::bench::{Bench, TIME, guest, guestfish, path};
use crate::support::{assert_clean, digest};

const MODULES: &str = "/usr/lib/modules/6.1.0-37-amd64";
/// Bytes of a module that no boot needs.
const LARGE: usize = 8 << 20;

#[test]
fn a_guest_on_xfs_gives_its_blocks_back() {
    let bench = Bench::of("xfs");
    let locked = bench.child().lock().unwrap();
    let mut guest_of = ApplianceGuest::open(locked.as_open(), &bench.settings(), TIME).unwrap();
    let write = |guest: &mut ApplianceGuest, file: &str, text: &[u8]| {
        let file = path(&format!("{MODULES}/{file}"));
        guest.write(&file, text, Attributes::root(0o644)).unwrap();
    };
    let large: Vec<u8> = (0..LARGE).map(|at| (at >> 9) as u8 | 1).collect();
    let dep = "kernel/nfs.ko:\nkernel/large.ko:\nkernel/dummy.ko:\n";
    write(&mut guest_of, "modules.dep", dep.as_bytes());
    write(&mut guest_of, "kernel/nfs.ko", b"nfs");
    write(&mut guest_of, "kernel/large.ko", &large);
    let redo = guest_of.finish(locked.as_open()).unwrap();
    locked.commit(&redo).unwrap();

    let (child, out) = (bench.child_path(), bench.work().join("../thin.qcow2"));
    let before = digest(&child);
    let thinner = Thinner::new(Thinning::new(&[Transport::Nfs]))
        .masters(Masters::only(guest("xfs")))
        .editor(Choice::auto().settings(bench.settings()))
        .time(TIME);
    let report = thinner.thin(&child, &out).unwrap();
    assert_eq!(digest(&child), before);
    assert!(
        report.editor.starts_with("appliance: "),
        "{}",
        report.editor
    );
    assert_eq!(report.thinned.removed(), 2);
    assert!(
        report.whole - report.after > LARGE as u64 / 100 * 90,
        "{report:?}"
    );
    assert_clean(&out);
    let script = format!(
        "run\nxfs-repair /dev/sda1 nomodify:true\nmount-ro /dev/sda1 /\ncat {MODULES}/modules.dep\n\
         is-file {MODULES}/kernel/large.ko\nis-file {MODULES}/kernel/nfs.ko\nis-file /etc/osgraft/thinned.json"
    );
    let said = guestfish(&[&out], false, &script);
    let said: Vec<&str> = said.lines().filter(|line| !line.is_empty()).collect();
    assert!(
        said.ends_with(&["kernel/nfs.ko:", "false", "true", "true"]),
        "{said:?}"
    );
}
