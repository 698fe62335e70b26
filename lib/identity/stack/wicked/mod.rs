//! wicked: `/etc/sysconfig/network` of SUSE's systems (ifcfg(5), routes(5), netconfig(8)).

mod edit;
mod profile;

use self::profile::{CONFIG, FOLDER, Profile, ROUTES, default_routes, namings, profiles};
use super::resolver::Servers;
use super::shell_vars::Vars;
use super::{Claim, Stack, nic_name, resolver};
use crate::identity::change::Change;
use crate::identity::files::{Files, Look};
use crate::identity::flaw::Flaw;
use crate::identity::wanted::Nic;

/// The link that makes a service the guest's network.
const NETWORK_UNIT: &str = "/etc/systemd/system/network.service";
const MASK: &str = "/etc/systemd/system/wicked.service";
const WANTS: &[&str] = &[
    "/etc/systemd/system/multi-user.target.wants/wicked.service",
    "/etc/systemd/system/network-online.target.wants/wicked.service",
];

/// wicked.
#[derive(Debug)]
pub(crate) struct Wicked;

impl Stack for Wicked {
    fn name(&self) -> &'static str {
        "wicked"
    }

    fn looks(&self) -> Vec<Look> {
        let mut looks = vec![
            Look::folder(FOLDER),
            Look::kind(NETWORK_UNIT),
            Look::kind(MASK),
        ];
        looks.extend(WANTS.iter().map(|path| Look::kind(path)));
        looks.extend(nic_name::looks());
        looks.extend(resolver::looks());
        looks
    }

    fn active(&self, files: &Files) -> Option<String> {
        if files.target(MASK) == Some(b"/dev/null") {
            return None;
        }
        match files.target(NETWORK_UNIT) {
            Some(target) if target.ends_with(b"wicked.service") => Some(NETWORK_UNIT.to_owned()),
            Some(_) => None,
            None => {
                let link = WANTS.iter().find(|path| files.exists(path))?;
                Some((*link).to_owned())
            }
        }
    }

    fn claims(&self, files: &Files) -> Result<Vec<Claim>, Flaw> {
        let dns = servers(files);
        let profiles = profiles(files)?;
        let namings = namings(files);
        let mut nics: Vec<&Profile> = profiles.iter().filter(|one| one.is_nic()).collect();
        // What is not brought up configures nothing, and is a sign where there is no other.
        if nics.iter().any(|one| one.is_started()) {
            nics.retain(|one| one.is_started());
        }
        let claims = nics.into_iter().map(|profile| {
            let mut claim = profile.claim();
            claim.on.macs = nic_name::macs(&namings, &claim.on.names);
            for path in [ROUTES.to_owned(), profile.route_file()] {
                let text = files.content(&path).unwrap_or_default();
                claim.gateways.extend(default_routes(text, &profile.name));
            }
            claim.dns = dns.clone();
            claim
        });
        Ok(claims.collect())
    }

    fn render(&self, nic: &Nic, all: &Servers, files: &Files) -> Result<Vec<Change>, Flaw> {
        edit::render(nic, all, files)
    }
}

/// Name servers of netconfig, or of `/etc/resolv.conf` where netconfig leaves it alone.
fn servers(files: &Files) -> Vec<std::net::IpAddr> {
    let config = Vars::parse(files.content(CONFIG).unwrap_or_default()).unwrap_or_default();
    if !edit::is_netconfigs(&config) {
        return resolver::standing(files, resolver::Way::File);
    }
    let servers = config
        .get("NETCONFIG_DNS_STATIC_SERVERS")
        .unwrap_or_default();
    servers.split_whitespace().flat_map(str::parse).collect()
}

#[cfg(test)]
mod tests;
