//! `ifcfg-*` files of Red Hat's systems: the `network` service of initscripts, and NetworkManager's
//! plugin ifcfg-rh (nm-settings-ifcfg-rh(5)).

mod edit;
mod profile;

use self::profile::{NETWORK, Profile, Reader, SCRIPTS};
use super::resolver::Servers;
use super::{Claim, Stack, nic_name, resolver};
use crate::identity::change::Change;
use crate::identity::files::{Files, Found, Look};
use crate::identity::flaw::Flaw;
use crate::identity::wanted::Nic;

/// Folders that start the `network` service.
const RUNLEVELS: &[&str] = &[
    "/etc/rc.d/rc3.d",
    "/etc/rc.d/rc5.d",
    "/etc/rc3.d",
    "/etc/rc5.d",
];
const SERVICES: &[&str] = &["/etc/rc.d/init.d/network", "/etc/init.d/network"];
const SERVICE_MASK: &str = "/etc/systemd/system/network.service";
const MANAGER_WANTS: &[&str] = &[
    "/etc/systemd/system/multi-user.target.wants/NetworkManager.service",
    "/etc/systemd/system/network.target.wants/NetworkManager.service",
    "/etc/systemd/system/graphical.target.wants/NetworkManager.service",
];
const MANAGER_MASK: &str = "/etc/systemd/system/NetworkManager.service";
const MANAGER_FOLDERS: &[&str] = &["/usr/lib64/NetworkManager", "/usr/lib/NetworkManager"];
const PLUGIN: &[u8] = b"libnm-settings-plugin-ifcfg-rh.so";

/// `ifcfg-*` files.
#[derive(Debug)]
pub(crate) struct Ifcfg;

impl Stack for Ifcfg {
    fn name(&self) -> &'static str {
        "ifcfg"
    }

    fn looks(&self) -> Vec<Look> {
        let mut looks = vec![
            Look::folder(SCRIPTS),
            Look::file(NETWORK),
            Look::kind(SERVICE_MASK),
            Look::kind(MANAGER_MASK),
        ];
        let names = [RUNLEVELS, MANAGER_FOLDERS].concat();
        looks.extend(names.iter().map(|path| Look::names(path)));
        let kinds = [SERVICES, MANAGER_WANTS].concat();
        looks.extend(kinds.iter().map(|path| Look::kind(path)));
        looks.extend(nic_name::looks());
        looks.extend(resolver::looks());
        looks
    }

    /// NetworkManager keeps its plugins in a folder of its version.
    fn more(&self, files: &Files) -> Vec<Look> {
        let mut more = Vec::new();
        for folder in MANAGER_FOLDERS {
            for (path, found) in files.in_folder(folder) {
                let is_seen = files.in_folder(&path.to_string()).next().is_some();
                if *found == Found::Directory && !is_seen {
                    more.push(Look::Names(path.clone()));
                }
            }
        }
        more
    }

    fn active(&self, files: &Files) -> Option<String> {
        if let Some(proof) = service(files) {
            return Some(proof);
        }
        let proof = plugin(files)?;
        let profiles = profile::profiles(files, Reader::Manager).ok();
        let has_any = profiles.is_none_or(|all| all.iter().any(|profile| profile.is_nic()));
        has_any.then_some(proof)
    }

    fn claims(&self, files: &Files) -> Result<Vec<Claim>, Flaw> {
        let reader = reader(files);
        let profiles = profile::profiles(files, reader)?;
        let mut nics: Vec<&Profile> = profiles.iter().filter(|one| one.is_nic()).collect();
        // What is not brought up configures nothing, and is a sign where there is no other.
        if nics.iter().any(|one| one.is_started()) {
            nics.retain(|one| one.is_started());
        }
        let mut claims: Vec<Claim> = nics.into_iter().map(Profile::claim).collect();
        let namings = nic_name::namings(files);
        for claim in claims.iter_mut().filter(|claim| claim.on.macs.is_empty()) {
            claim.on.macs = nic_name::macs(&namings, &claim.on.names);
        }
        if reader == Reader::Service && resolver::way(files) == Ok(resolver::Way::File) {
            for claim in &mut claims {
                for server in resolver::standing(files, resolver::Way::File) {
                    if !claim.dns.contains(&server) {
                        claim.dns.push(server);
                    }
                }
            }
        }
        Ok(claims)
    }

    fn render(&self, nic: &Nic, all: &Servers, files: &Files) -> Result<Vec<Change>, Flaw> {
        edit::render(nic, all, files, reader(files))
    }
}

/// The program that reads the files.
fn reader(files: &Files) -> Reader {
    match service(files).is_none() && plugin(files).is_some() {
        true => Reader::Manager,
        false => Reader::Service,
    }
}

/// Proof that the `network` service is started at boot.
fn service(files: &Files) -> Option<String> {
    let script = SERVICES.iter().find(|path| files.exists(path))?;
    if files.target(SERVICE_MASK) == Some(b"/dev/null") {
        return None;
    }
    for folder in RUNLEVELS {
        let is_start =
            |name: &[u8]| name.starts_with(b"S") && name.get(3..) == Some(b"network".as_slice());
        let mut links = files.in_folder(folder).map(|(path, _)| path);
        if let Some(link) = links.find(|path| is_start(path.file_name().unwrap_or_default())) {
            return Some(format!("{link}, {script}"));
        }
    }
    None
}

/// Proof that NetworkManager is started at boot and reads the files.
fn plugin(files: &Files) -> Option<String> {
    if files.target(MANAGER_MASK) == Some(b"/dev/null") {
        return None;
    }
    let wants = MANAGER_WANTS.iter().find(|path| files.exists(path))?;
    let mut all = files.iter().map(|(path, _)| path);
    let plugin = all.find(|path| {
        let is_below = MANAGER_FOLDERS
            .iter()
            .any(|folder| path.as_bytes().starts_with(folder.as_bytes()));
        is_below && path.file_name() == Some(PLUGIN)
    })?;
    Some(format!("{wants}, {plugin}"))
}

#[cfg(test)]
mod tests;
