//! NetworkManager with profiles in its own format (nm-settings-keyfile(5)).
//!
//! NetworkManager tries every profile that fits a NIC: where the first one fails, the next one follows. So
//! each profile that may take the NIC goes, and osgraft's takes over what the best of them said.
//!
//! `/run/NetworkManager` is not read: a boot mounts an empty `/run` over what the disk holds there.

mod config;
mod profile;
mod render;

use super::resolver::Servers;
use super::{Claim, Stack, nic_name, resolver, unit};
use crate::identity::change::Change;
use crate::identity::files::{Files, Look};
use crate::identity::flaw::Flaw;
use crate::identity::wanted::Nic;
use config::Config;
use profile::{ETC, LIB};

pub(super) use config::name_servers;
pub(super) use render::others_go;

const UNIT: &str = "NetworkManager.service";

/// NetworkManager.
pub(crate) struct NetworkManager;

impl Stack for NetworkManager {
    fn name(&self) -> &'static str {
        "NetworkManager"
    }

    fn looks(&self) -> Vec<Look> {
        let mut looks = looks();
        looks.extend(unit::looks(UNIT));
        looks.extend(nic_name::looks());
        looks
    }

    fn active(&self, files: &Files) -> Option<String> {
        let proof = unit::enabled(files, UNIT)?;
        (!Config::read(files).leaves_ethernet_alone()).then_some(proof)
    }

    fn claims(&self, files: &Files) -> Result<Vec<Claim>, Flaw> {
        let profiles = profile::read(files);
        let claims = profiles.iter().filter(|profile| profile.comes_up());
        Ok(claims.filter_map(profile::Profile::claim).collect())
    }

    fn render(&self, nic: &Nic, all: &Servers, files: &Files) -> Result<Vec<Change>, Flaw> {
        render::render(nic, all, files)
    }
}

/// Places of its profiles and its configuration.
pub(super) fn looks() -> Vec<Look> {
    let mut looks = vec![Look::folder(ETC), Look::folder(LIB)];
    looks.extend(config::looks());
    looks.extend(resolver::looks());
    looks
}

#[cfg(test)]
mod tests;
