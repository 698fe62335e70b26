//! netplan's generator and what it writes for, over the golden cases.

use super::lab::{cases, comes_up_as_asked, master_comes_up};

#[test]
fn each_golden_case_comes_up_as_asked_with_dhcp_dead() {
    for case in cases("netplan") {
        comes_up_as_asked("netplan", &case);
    }
}

#[test]
fn the_masters_own_files_bring_up_its_address() {
    master_comes_up("netplan", "two-files-add-up");
    master_comes_up("netplan", "renderer-network-manager");
}
