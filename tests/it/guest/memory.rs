//! What the guest in memory does beyond the seam's contract.

use osgraft::guest::memory::{Fault, Op};
use osgraft::guest::{Attributes, Guest, GuestError, MemoryGuest};
use osgraft::path::GuestPath;

const NEW: Attributes = Attributes::root(0o644);

fn path(text: &str) -> GuestPath {
    text.parse().unwrap()
}

fn xattr(guest: &MemoryGuest, at: &str, name: &[u8]) -> Option<Vec<u8>> {
    let snapshot = guest.snapshot();
    snapshot.get(&path(at)).unwrap().xattrs.get(name).cloned()
}

#[test]
fn new_inodes_take_their_directorys_label_and_no_other_attribute() {
    let mut guest = MemoryGuest::new()
        .dir("/etc")
        .xattr("/etc", "security.selinux", "system_u:object_r:etc_t:s0")
        .xattr("/etc", "user.note", "mine");
    guest.write(&path("/etc/file"), b"", NEW).unwrap();
    guest.mkdir(&path("/etc/dir"), NEW).unwrap();
    guest.symlink(&path("/etc/dir/link"), b"x").unwrap();
    for at in ["/etc/file", "/etc/dir", "/etc/dir/link"] {
        let label = xattr(&guest, at, b"security.selinux").unwrap();
        assert_eq!(label, b"system_u:object_r:etc_t:s0");
        assert_eq!(xattr(&guest, at, b"user.note"), None);
    }
}

#[test]
fn a_write_keeps_attributes_and_a_rename_keeps_the_label() {
    let mut guest = MemoryGuest::new()
        .file("/a", b"old")
        .xattr("/a", "security.selinux", "one")
        .dir("/other")
        .xattr("/other", "security.selinux", "two");
    guest.write(&path("/a"), b"new", NEW).unwrap();
    guest.rename(&path("/a"), &path("/other/a")).unwrap();
    let label = xattr(&guest, "/other/a", b"security.selinux").unwrap();
    assert_eq!(label, b"one");
}

#[test]
fn removing_one_name_leaves_the_other() {
    let mut guest = MemoryGuest::new()
        .file("/a", b"content")
        .hard_link("/b", "/a");
    assert_eq!(guest.lstat(&path("/a")).unwrap().links, 2);
    guest.remove(&path("/a")).unwrap();
    assert_eq!(guest.lstat(&path("/b")).unwrap().links, 1);
    assert_eq!(guest.read(&path("/b"), 7).unwrap(), b"content");
}

#[test]
fn an_immutable_inode_is_not_changed_and_an_immutable_directory_keeps_its_entries() {
    let mut guest = MemoryGuest::new()
        .file("/etc/fstab", b"kept")
        .immutable("/etc/fstab")
        .file("/locked/file", b"")
        .immutable("/locked");
    let before = guest.snapshot();
    let fstab = path("/etc/fstab");
    let refused = [
        guest.write(&fstab, b"lost", NEW),
        guest.remove(&fstab),
        guest.rename(&fstab, &path("/etc/moved")),
        guest.mkdir(&path("/locked/new"), NEW),
        guest.remove(&path("/locked/file")),
        guest.rename(&path("/locked/file"), &path("/file")),
        guest.rename(&path("/etc"), &path("/locked/etc")),
    ];
    for result in refused {
        assert!(matches!(result, Err(GuestError::Unsupported { .. })));
    }
    assert_eq!(before.diff(&guest.snapshot()).lines(), [""; 0]);
    assert!(guest.write(&path("/locked/file"), b"new", NEW).is_ok());
}

#[test]
fn mounts_are_file_systems_of_their_own() {
    let mut guest = MemoryGuest::new()
        .mount("/boot", 7)
        .file("/boot/vmlinuz", b"")
        .dir("/etc");
    let number = |guest: &mut MemoryGuest, at| guest.lstat(&path(at)).unwrap().filesystem;
    assert_eq!(number(&mut guest, "/boot/vmlinuz"), 7);
    assert_eq!(number(&mut guest, "/etc"), 1);
    let out = guest.rename(&path("/boot/vmlinuz"), &path("/etc/vmlinuz"));
    assert!(matches!(out, Err(GuestError::CrossDevice { .. })));
    let moved = guest.rename(&path("/boot"), &path("/moved"));
    assert!(matches!(moved, Err(GuestError::Unsupported { .. })));
}

#[test]
fn a_full_file_system_refuses_and_stays_as_it_is() {
    let mut guest = MemoryGuest::new()
        .file("/a", [0; 4096])
        .mount("/boot", 2)
        .free(1, 4096);
    guest.write(&path("/b"), &[1; 4096], NEW).unwrap();
    let before = guest.snapshot();
    for (at, size) in [("/c", 1), ("/a", 4097)] {
        let full = guest.write(&path(at), &vec![2; size], NEW);
        assert!(matches!(full, Err(GuestError::NoSpace(_))), "{at}");
    }
    assert!(matches!(
        guest.mkdir(&path("/d"), NEW),
        Err(GuestError::NoSpace(_))
    ));
    assert!(before.diff(&guest.snapshot()).is_empty());
    guest.write(&path("/boot/c"), &[3; 9999], NEW).unwrap();
    guest.rename(&path("/b"), &path("/e")).unwrap();
    guest.remove(&path("/e")).unwrap();
    guest.mkdir(&path("/d"), NEW).unwrap();
}

#[test]
fn faults_come_where_asked_and_change_nothing() {
    let mut guest = MemoryGuest::new().file("/a", b"old");
    let before = guest.snapshot();
    guest.fail_on(Op::Write, "/a", Fault::NoSpace);
    for _ in 0..2 {
        let failed = guest.write(&path("/a"), b"new", NEW);
        assert!(matches!(failed, Err(GuestError::NoSpace(_))));
    }
    assert!(guest.read(&path("/a"), 3).is_ok());
    assert!(before.diff(&guest.snapshot()).is_empty());
    guest.reset_calls();
    guest.fail_from(2, Fault::Damaged);
    assert!(guest.lstat(&path("/a")).is_ok());
    assert!(guest.lstat(&path("/a")).is_err());
    assert!(guest.lstat(&path("/a")).is_err());
    let calls = guest.calls();
    assert_eq!(calls.len(), 3);
    assert_eq!((calls[0].op, &calls[0].path), (Op::Lstat, &path("/a")));
    assert!(!calls.iter().any(|call| call.op.is_edit()));
}

#[test]
fn a_diff_names_every_property_that_changed() {
    let old = MemoryGuest::new()
        .file("/same", b"")
        .file("/gone", b"12345")
        .file("/text", b"first line\nsecond line\n")
        .file("/owned", b"")
        .file("/one", b"")
        .file("/two", b"")
        .link("/link", "old")
        .hole("/hole", 10);
    let new = MemoryGuest::new()
        .file("/same", b"")
        .file("/text", b"first line\nthird line\n")
        .file("/owned", b"")
        .owner("/owned", 5, 6)
        .mode("/owned", 0o4600)
        .xattr("/owned", "user.a", "b\x1b")
        .file("/one", b"")
        .hard_link("/two", "/one")
        .link("/link", "new")
        .file("/hole", "\0")
        .fifo("/pipe");
    let diff = old.snapshot().diff(&new.snapshot());
    assert_eq!(
        diff.to_string(),
        "- /gone (file of 5 bytes)\n\
         ~ /hole: content “…” is now “\\x00”\n\
         ~ /link: content link to “old” is now link to “new”\n\
         ~ /one: names {“/one”} is now {“/one”, “/two”}\n\
         ~ /owned: mode 0644 is now 4600\n\
         ~ /owned: owner 0:0 is now 5:6\n\
         ~ /owned: xattr user.a nothing is now “b\\x1b”\n\
         + /pipe (FIFO)\n\
         ~ /text: content “…second line\\x0a” is now “…third line\\x0a”\n\
         ~ /two: names {“/two”} is now {“/one”, “/two”}\n"
    );
    assert!(old.snapshot().diff(&old.snapshot()).is_empty());
    assert!(diff.lines().len() == 10 && !diff.is_empty());
}

#[test]
fn a_hole_reads_as_zeros_within_the_limit() {
    let mut guest = MemoryGuest::new().hole("/hole", 3);
    assert_eq!(guest.read(&path("/hole"), 3).unwrap(), [0; 3]);
    assert!(guest.read(&path("/hole"), 2).is_err());
}

#[test]
#[should_panic(expected = "/lib is a symbolic link, not a directory")]
fn a_maker_does_not_follow_links() {
    drop(MemoryGuest::new().link("/lib", "usr/lib").dir("/lib"));
}
