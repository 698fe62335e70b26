//! systemd-networkd over the golden cases.

use super::lab::{cases, comes_up_as_asked, master_comes_up};

#[test]
fn each_golden_case_comes_up_as_asked_with_dhcp_dead() {
    for case in cases("systemd-networkd") {
        comes_up_as_asked("systemd-networkd", &case);
    }
}

#[test]
fn the_masters_own_files_bring_up_its_address() {
    master_comes_up("systemd-networkd", "mac-over-a-static-name");
    master_comes_up("systemd-networkd", "vendors-file-is-masked");
}
