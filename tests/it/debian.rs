//! The main job on a real Debian in a disk of 10 GiB, with each of its ten thousand paths compared
//! before and after.

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::fixture::debian;
use crate::support::graft::{Expected, prove};
use crate::support::run;
use crate::support::servers::{open, system};

const MODULES: &str = "/usr/lib/modules";

#[test]
fn a_real_debian_is_grafted_and_restored_path_by_path() {
    let Some(guest) = debian() else { return };
    let installed = installed_paths(&guest.join("manifest"));
    let kernels: Vec<&str> = installed
        .iter()
        .filter_map(|path| path.strip_prefix(MODULES)?.strip_prefix('/'))
        .filter(|below| !below.contains('/'))
        .collect();
    let [kernel] = kernels[..] else {
        panic!("the premise: one kernel, not {kernels:?}");
    };
    let release = std::fs::read_to_string(guest.join("os-release")).unwrap();
    let (os, version) = (value(&release, "ID"), value(&release, "VERSION_ID"));
    let arch = run("uname", &["-m"]);

    let folder = tempfile::tempdir().unwrap();
    let registry = open(folder.path(), &system(os, version, arch.trim(), kernel));
    let expected = Expected {
        at: 1,
        fstab: "/etc/fstab",
        before: None,
        link: MODULES,
        displaced: true,
        came: vec![
            "/usr/lib/modules symlink 0777 0:0 -> /shared/lib/modules",
            "/shared directory 0755 0:0",
            "/shared/lib directory 0755 0:0",
            "/etc/systemd/system/osgraft-shared.service regular 0644 0:0",
            "/etc/systemd/system/shared.mount.wants directory 0755 0:0",
            "/etc/systemd/system/shared.mount.wants/osgraft-shared.service symlink 0777 0:0 -> \
             /etc/systemd/system/osgraft-shared.service",
            "/var/lib/osgraft directory 0755 0:0",
            "/var/lib/osgraft/receipt.json regular 0600 0:0",
        ],
        warnings: &[],
    };
    let master = guest.join("master.qcow2");
    let tree = prove(&master, folder.path(), &registry, &expected);

    // What was compared is all that the installer put there, and what mke2fs adds.
    assert!(installed.len() > 5_000, "the premise: {}", installed.len());
    let compared: BTreeSet<String> = tree
        .paths()
        .filter(|path| *path != "/lost+found")
        .map(str::to_owned)
        .collect();
    let missed: Vec<_> = installed.symmetric_difference(&compared).take(5).collect();
    assert!(missed.is_empty(), "not in both: {missed:?}");
    let modules = installed
        .iter()
        .filter(|path| path.starts_with(MODULES) && path.contains(".ko"))
        .count();
    assert!(
        modules > 100,
        "the premise: {modules} modules that the child keeps"
    );
}

/// Every path of the manifest, a character for each byte as [`Tree`](crate::support::tree::Tree)
/// has them.
fn installed_paths(manifest: &Path) -> BTreeSet<String> {
    let bytes = std::fs::read(manifest).unwrap();
    let text: String = bytes.into_iter().map(char::from).collect();
    let path = |line: &str| {
        // KIND MODE OWNER SIZE PATH TARGET; a path may hold blanks, and only links have a target.
        let [kind, _, _, _, rest] = line.splitn(5, ' ').collect::<Vec<_>>()[..] else {
            panic!("not a line of a manifest: {line}");
        };
        let path = match kind {
            "l" => rest.split_once(' ').expect("a link has a target").0,
            _ => rest.trim_end_matches(' '),
        };
        format!("/{}", path.trim_start_matches('/'))
    };
    text.lines().map(path).collect()
}

/// A value of os-release(5).
fn value<'a>(release: &'a str, key: &str) -> &'a str {
    let line = release.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        (name == key).then_some(value)
    });
    line.expect("os-release has it").trim_matches('"')
}
