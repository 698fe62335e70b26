//! A child's own identity, judged by the programs that read it.

/// ifupdown, over a link in a network namespace.
mod ifupdown;
/// A guest's own network program, run over its files.
mod lab;
/// SELinux labels, as libselinux looks them up.
mod labels;
/// netplan with systemd-networkd and with NetworkManager.
mod netplan;
/// NetworkManager on a NIC.
mod network_manager;
/// systemd-networkd on a NIC.
mod networkd;
/// SSH host keys, as OpenSSH and dropbear take them.
mod ssh;

use std::path::PathBuf;

use osgraft::identity::Nic;

use super::support::fixture::root;

/// The folder of a golden case.
fn case(stack: &str, name: &str) -> PathBuf {
    root().join("fixtures/identity").join(stack).join(name)
}

/// The wish of a golden case.
fn want(stack: &str, name: &str) -> Nic {
    let text = std::fs::read(case(stack, name).join("want.json")).expect("a wish");
    serde_json::from_slice(&text).expect("a wish that reads")
}
