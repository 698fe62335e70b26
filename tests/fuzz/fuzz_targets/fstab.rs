#![no_main]

use libfuzzer_sys::fuzz_target;
use osgraft::fstab::{Change, Entry, Fstab, Known, Ungraft};

fuzz_target!(|bytes: &[u8]| {
    let mut fstab = Fstab::parse(bytes);
    assert_eq!(fstab.to_bytes(), bytes);
    let before = fstab.entries().count();
    let ours = fstab.managed();
    let entry = Entry::new("192.0.2.7:/vol/lib", "/shared", "nfs", "ro,bg", 0, 0);
    let entry = entry.expect("a sound entry");
    let known = Known::at("/shared".parse().expect("a path")).spec(entry.spec());
    let mut whole = Fstab::parse(bytes);
    let _ = whole.mend(&known);
    assert!(whole.managed().is_ok(), "one block, or none");
    assert_eq!(whole.clone().mend(&known), [], "once is enough");
    let Ok(graft) = fstab.graft(&entry) else {
        assert_eq!(fstab.to_bytes(), bytes, "what is refused is left as it is");
        return;
    };
    let again = fstab.clone().graft(&entry).expect("what went in once");
    assert_eq!(again.change, Change::Unchanged);
    let managed = fstab.managed().expect("a sound block").expect("our block");
    assert_eq!(managed.entry, entry);
    if ours == Ok(None) {
        assert_eq!(fstab.entries().count(), before + 1);
        let out = fstab.ungraft(&graft.undo).expect("a sound block");
        assert!(matches!(out, Ungraft::Removed { remove_file: false }));
        assert_eq!(fstab.to_bytes(), bytes);
    }
});
