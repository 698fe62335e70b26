//! netplan: YAML files from which it writes those of systemd-networkd or NetworkManager at boot.
//!
//! netplan adds up what its files say of one NIC, and makes a configuration for each definition that fits
//! it. So the old definition goes: the file that holds nothing else is moved away, out of another one the
//! lines of the definition are cut. osgraft's definition takes over what it said.
//!
//! `/run/netplan` is not read: a boot mounts an empty `/run` over what the disk holds there.

mod body;
mod definition;
pub(super) mod generator;
mod render;
mod yaml;

use super::resolver::Servers;
use super::{Claim, On, Stack, network_manager, networkd, resolver};
use crate::identity::change::Change;
use crate::identity::files::{Files, Look};
use crate::identity::flaw::Flaw;
use crate::identity::wanted::Nic;
use definition::{definitions, read, renderer};

/// netplan.
pub(crate) struct Netplan;

impl Stack for Netplan {
    fn name(&self) -> &'static str {
        "netplan"
    }

    fn looks(&self) -> Vec<Look> {
        let mut looks = generator::looks();
        looks.extend(networkd::Networkd.looks());
        looks.extend(network_manager::looks());
        looks.extend(resolver::looks());
        looks
    }

    fn more(&self, files: &Files) -> Vec<Look> {
        networkd::Networkd.more(files)
    }

    fn active(&self, files: &Files) -> Option<String> {
        generator::generates(files)
    }

    /// Claims by ID, which is the order in which networkd takes them. A later one for every NIC is for those
    /// by name that no earlier one takes.
    fn claims(&self, files: &Files) -> Result<Vec<Claim>, Flaw> {
        let all = read(files)?;
        let mut claims: Vec<Claim> = Vec::new();
        for definition in definitions(&all) {
            let mut claim = definition.claim(&all);
            let is_later =
                !claims.is_empty() && renderer(&all, Some(&definition.tree)) != "NetworkManager";
            if is_later && claim.on == On::default() {
                claim.on.names.push("*".to_owned());
            }
            claims.push(claim);
        }
        Ok(claims)
    }

    fn render(&self, nic: &Nic, all: &Servers, files: &Files) -> Result<Vec<Change>, Flaw> {
        render::render(nic, all, files)
    }
}

#[cfg(test)]
mod tests;
