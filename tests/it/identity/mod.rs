//! A child's own identity, judged by the programs that a guest reads it with.

/// A guest's own network program, run over its files.
mod lab;
/// netplan with systemd-networkd and with NetworkManager.
mod netplan;
/// NetworkManager on a NIC.
mod network_manager;
/// systemd-networkd on a NIC.
mod networkd;
