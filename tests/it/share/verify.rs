use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::time::{Duration, SystemTime};

use osgraft::share::release::{Change, ReleaseError, verify};

use super::bench::{KERNEL, Out, debian, module};
use crate::support::fixture::{is_root, not_run};

/// The changes that are found after something was done to a module tree, by path.
#[track_caller]
fn found(change: impl Fn(&Path)) -> Vec<(String, Change)> {
    let out = Out::new();
    let mut guest = debian()
        .hard_link(&module("kernel/twin.ko"), &module("kernel/b.ko"))
        .xattr(&module("kernel/a.ko"), "user.a", "b");
    out.extract(&mut guest, "r1").unwrap();
    out.assert_intact("r1");
    let tree = out.at(&format!("r1/tree/lib/modules/{KERNEL}"));
    // A change of one file shows as one, though its folder's time changes too.
    let folders = [tree.clone(), tree.join("kernel")];
    let times = folders
        .clone()
        .map(|folder| std::fs::metadata(folder).unwrap().modified().unwrap());
    change(&tree);
    for (folder, time) in folders.iter().zip(times) {
        let _ = std::fs::File::open(folder).map(|folder| folder.set_modified(time));
    }
    let verified = out.verify("r1");
    assert_eq!(verified.intact, verified.differences.is_empty());
    let prefix = format!("tree/lib/modules/{KERNEL}/");
    let told = verified.differences.iter();
    told.map(|it| (it.path.to_string().replace(&prefix, ""), it.change))
        .collect()
}

fn keep_time(path: &Path, change: impl Fn(&Path)) {
    let time = std::fs::metadata(path).unwrap().modified().unwrap();
    change(path);
    let file = std::fs::File::options().append(true).open(path).unwrap();
    file.set_modified(time).unwrap();
}

#[test]
fn each_kind_of_change_is_found_and_named() {
    let one = |path: &str, change: Change| vec![(path.to_owned(), change)];
    let bit = found(|tree| {
        keep_time(&tree.join("kernel/a.ko"), |path| {
            let mut bytes = std::fs::read(path).unwrap();
            bytes[40_000] ^= 1;
            std::fs::write(path, bytes).unwrap();
        });
    });
    assert_eq!(bit, one("kernel/a.ko", Change::Content));
    let longer = found(|tree| {
        keep_time(&tree.join("kernel/a.ko"), |path| {
            let mut bytes = std::fs::read(path).unwrap();
            bytes.push(0);
            std::fs::write(path, bytes).unwrap();
        });
    });
    assert_eq!(longer, one("kernel/a.ko", Change::Size));
    let gone = found(|tree| std::fs::remove_file(tree.join("modules.dep")).unwrap());
    assert_eq!(gone, one("modules.dep", Change::Missing));
    let added = found(|tree| std::fs::write(tree.join("kernel/a.ko.new"), "").unwrap());
    assert_eq!(added, one("kernel/a.ko.new", Change::Added));
    let mode = found(|tree| {
        let mode = std::fs::Permissions::from_mode(0o4644);
        std::fs::set_permissions(tree.join("modules.dep"), mode).unwrap();
    });
    assert_eq!(mode, one("modules.dep", Change::Mode));
    let time = found(|tree| {
        let file = std::fs::File::options()
            .append(true)
            .open(tree.join("modules.dep"))
            .unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_nanos(1))
            .unwrap();
    });
    assert_eq!(time, one("modules.dep", Change::Time));
    let target = found(|tree| {
        std::fs::remove_file(tree.join("build")).unwrap();
        symlink("/etc", tree.join("build")).unwrap();
    });
    assert!(
        target.contains(&("build".to_owned(), Change::Target)),
        "{target:?}"
    );
    let attribute = found(|tree| {
        let set = rustix::fs::XattrFlags::empty();
        rustix::fs::setxattr(tree.join("modules.dep"), "user.x", b"y", set).unwrap();
    });
    assert_eq!(attribute, one("modules.dep", Change::Attribute));
    let lost = found(|tree| rustix::fs::removexattr(tree.join("kernel/a.ko"), "user.a").unwrap());
    assert_eq!(lost, one("kernel/a.ko", Change::Attribute));
    let split = found(|tree| {
        keep_time(&tree.join("kernel/twin.ko"), |path| {
            let bytes = std::fs::read(path).unwrap();
            std::fs::remove_file(path).unwrap();
            std::fs::write(path, bytes).unwrap();
            let mode = std::fs::Permissions::from_mode(0o644);
            std::fs::set_permissions(path, mode).unwrap();
        });
    });
    assert_eq!(split, one("kernel/twin.ko", Change::Links));
    let kind = found(|tree| {
        std::fs::remove_file(tree.join("modules.dep")).unwrap();
        std::fs::create_dir(tree.join("modules.dep")).unwrap();
    });
    assert_eq!(kind, one("modules.dep", Change::Kind));
}

#[test]
fn another_owner_is_found() {
    if !is_root() {
        not_run("a file of another owner: only root gives one away");
        return;
    }
    let owner = found(|tree| {
        std::os::unix::fs::chown(tree.join("modules.dep"), Some(1), None).unwrap();
    });
    assert_eq!(owner, [("modules.dep".to_owned(), Change::Owner)]);
}

#[test]
fn many_differences_are_counted_and_some_are_told() {
    let out = Out::new();
    out.extract(&mut debian(), "r1").unwrap();
    for number in 0..500 {
        std::fs::write(out.at(&format!("r1/tree/{number:03}")), "").unwrap();
    }
    let found = out.verify("r1");
    assert!(
        found.differing >= 500 && found.differences.len() == 200,
        "{}",
        found.differing
    );
}

#[test]
fn a_manifest_that_was_changed_is_damaged_and_no_release_is_none() {
    let out = Out::new();
    out.extract(&mut debian(), "r1").unwrap();
    let manifest = out.at("r1/manifest.json");
    let text = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, text.replacen("\"0644\"", "\"0600\"", 1)).unwrap();
    let damaged = verify(&out.at("r1")).unwrap_err();
    assert_eq!(damaged.code(), "manifest-damaged");
    std::fs::remove_file(&manifest).unwrap();
    for missing in ["r1", "r9"] {
        let error = verify(&out.at(missing)).unwrap_err();
        assert!(matches!(error, ReleaseError::NoRelease(_)), "{error}");
    }
    // Neither a FIFO nor a link in the manifest's place is waited for or followed.
    rustix::fs::mkfifoat(rustix::fs::CWD, &manifest, rustix::fs::Mode::RWXU).unwrap();
    verify(&out.at("r1")).unwrap_err();
    std::fs::remove_file(&manifest).unwrap();
    symlink("/dev/zero", &manifest).unwrap();
    verify(&out.at("r1")).unwrap_err();
    assert!(std::fs::symlink_metadata(&manifest).unwrap().size() > 0);
}
