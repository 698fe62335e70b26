//! systemd-networkd: `.network` files (systemd.network(5)).
//!
//! The first file by name that matches a NIC configures it, whole. osgraft's file sorts before the
//! others, and carries over what the file said that configured the NIC before. A file with static
//! addresses, or with the master's hardware address, goes all the same: a NIC that osgraft's file does not
//! match must not come up with the master's address.
//!
//! `/run/systemd/network` is not read: a boot mounts an empty `/run` over what the disk holds there.

mod file;
mod render;

use super::netplan::generator;
use super::resolver::Servers;
use super::unit;
use super::{Claim, On, Stack, nic_name, resolver};
use crate::identity::change::Change;
use crate::identity::files::{Files, Look};
use crate::identity::flaw::Flaw;
use crate::identity::wanted::Nic;

use file::FOLDERS;
pub(super) use file::{Network, read};

const UNIT: &str = "systemd-networkd.service";
const ALIAS: &str = "/etc/systemd/system/dbus-org.freedesktop.network1.service";

/// systemd-networkd.
pub(crate) struct Networkd;

impl Stack for Networkd {
    fn name(&self) -> &'static str {
        "systemd-networkd"
    }

    fn looks(&self) -> Vec<Look> {
        let mut looks: Vec<Look> = FOLDERS.iter().map(|folder| Look::folder(folder)).collect();
        looks.extend(unit::looks(UNIT));
        looks.push(Look::kind(ALIAS));
        looks.extend(resolver::looks());
        looks.extend(generator::looks());
        looks.extend(nic_name::looks());
        looks
    }

    /// The folders of drop-ins, of each file that was found and of osgraft's own.
    fn more(&self, files: &Files) -> Vec<Look> {
        let mut names = file::names(files);
        names.extend(render::STEMS.iter().map(|stem| format!("{stem}.network")));
        let folders = FOLDERS.iter();
        let folders =
            folders.flat_map(|folder| names.iter().map(move |name| format!("{folder}/{name}.d")));
        folders
            .filter_map(|folder| folder.parse().ok())
            .map(Look::Folder)
            .collect()
    }

    fn active(&self, files: &Files) -> Option<String> {
        if generator::generates(files).is_some() {
            return None;
        }
        let alias = || files.exists(ALIAS).then(|| ALIAS.to_owned());
        unit::enabled(files, UNIT).or_else(|| {
            let masked = unit::is_null(files.at(&format!("/etc/systemd/system/{UNIT}")));
            alias().filter(|_| !masked)
        })
    }

    /// Claims in the order in which networkd takes them. A file that an earlier one leaves nothing to is
    /// none; a later one for every NIC is for those by name that no earlier one takes.
    fn claims(&self, files: &Files) -> Result<Vec<Claim>, Flaw> {
        let networks = read(files);
        let mut claims: Vec<Claim> = Vec::new();
        let mut before: Vec<&Network> = Vec::new();
        for network in &networks {
            let Some(on) = &network.on else { continue };
            if before.iter().any(|earlier| earlier.leaves_nothing_of(on)) {
                continue;
            }
            let mut claim = network.claim();
            if !before.is_empty() && *on == On::default() {
                claim.on.names.push("*".to_owned());
            }
            before.push(network);
            if !network.is_unmanaged() {
                claims.push(claim);
            }
        }
        Ok(claims)
    }

    fn render(&self, nic: &Nic, all: &Servers, files: &Files) -> Result<Vec<Change>, Flaw> {
        render::render(nic, all, files)
    }
}

#[cfg(test)]
mod tests;
