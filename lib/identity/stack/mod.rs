//! The programs that configure a guest's network, each with the text of its own files.

#[cfg(test)]
mod asked;
mod choice;
mod claim;
pub(crate) mod detect;
mod family;
mod glob;
#[cfg(test)]
mod golden;
mod ifcfg;
mod ifupdown;
mod ini;
mod netplan;
mod network_manager;
mod networkd;
mod nic_name;
#[cfg(test)]
mod properties;
mod refusal;
pub(crate) mod resolver;
mod shell_vars;
mod unit;
mod wicked;

pub(crate) use claim::{Claim, On, Stack};

/// The stacks, in the order in which they take a NIC that none of them has a word about.
pub(crate) const ALL: [&dyn Stack; 6] = [
    &netplan::Netplan,
    &network_manager::NetworkManager,
    &networkd::Networkd,
    &ifupdown::Ifupdown,
    &ifcfg::Ifcfg,
    &wicked::Wicked,
];
