//! NetworkManager over the golden cases.

use super::lab::{cases, come_up, comes_up_as_asked, master_comes_up};
use crate::support::fixture::root;

#[test]
fn each_golden_case_comes_up_as_asked_with_dhcp_dead() {
    for case in cases("NetworkManager") {
        comes_up_as_asked("NetworkManager", &case);
    }
}

#[test]
fn the_masters_own_files_bring_up_its_address() {
    master_comes_up("NetworkManager", "mac-over-a-static-name");
    // A copy of a profile is a profile, whatever its name ends in.
    master_comes_up("NetworkManager", "backup-beside-it-is-live");
    master_comes_up("NetworkManager", "vendors-default-is-marked-away");
}

#[test]
fn a_mark_alone_takes_a_vendors_profile_away() {
    let tree = tempfile::tempdir().unwrap();
    let case = root().join("fixtures/identity/NetworkManager/vendors-default-is-marked-away");
    let copy = |part: &str| {
        let from = case.join(part).join(".");
        let copied = std::process::Command::new("cp")
            .arg("-a")
            .args([&from, tree.path()])
            .status();
        assert!(copied.unwrap().success());
    };
    copy("before");
    copy("after");
    let own = "etc/NetworkManager/system-connections/osgraft-0.nmconnection";
    std::fs::remove_file(tree.path().join(own)).unwrap();
    if let Some(came) = come_up("NetworkManager", tree.path(), "ens3", &[]) {
        assert_eq!(came.addresses, Vec::<String>::new());
    }
}
