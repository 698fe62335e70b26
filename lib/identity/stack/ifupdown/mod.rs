//! ifupdown: `/etc/network/interfaces` (interfaces(5)), as Debian's ifupdown, ifupdown2, ifupdown-ng and
//! BusyBox read it.
//!
//! Stanzas of one interface add up, so the stanza of the NIC is edited where it stands. Where the
//! guest has none, one is added at the end of `/etc/network/interfaces`.

mod choice;
mod config;
mod edit;
mod flavour;
mod lines;
mod standing;
mod wish;

use std::net::IpAddr;

use self::choice::{candidates, hardware_addresses};
use self::config::{Config, Family, Stanza};
use self::flavour::{Flavour, MAIN, NG, PATTERNS, PROGRAMS, RESOLVCONF_HOOKS, TWO};
use self::wish::{address, prefix};
use super::resolver::Servers;
use super::{Claim, Stack, nic_name, resolver};
use crate::identity::change::Change;
use crate::identity::files::{Files, Look};
use crate::identity::flaw::Flaw;
use crate::identity::wanted::Nic;

const UNITS: &[&str] = &[
    "/lib/systemd/system/networking.service",
    "/usr/lib/systemd/system/networking.service",
];
/// Links by which systemd starts it.
const WANTS: &[&str] = &[
    "/etc/systemd/system/multi-user.target.wants/networking.service",
    "/etc/systemd/system/network-online.target.wants/networking.service",
    "/etc/systemd/system/network.target.wants/networking.service",
    "/etc/systemd/system/sysinit.target.wants/networking.service",
    "/etc/systemd/system/basic.target.wants/networking.service",
];
const MASK: &str = "/etc/systemd/system/networking.service";
const SCRIPTS: &str = "/etc/rcS.d";
const RUNLEVELS: &[&str] = &[
    "/etc/runlevels/boot/networking",
    "/etc/runlevels/default/networking",
    "/etc/runlevels/sysinit/networking",
];

/// ifupdown.
#[derive(Debug)]
pub(crate) struct Ifupdown;

impl Stack for Ifupdown {
    fn name(&self) -> &'static str {
        "ifupdown"
    }

    fn looks(&self) -> Vec<Look> {
        let mut looks = vec![
            Look::file(MAIN),
            Look::folder("/etc/network/interfaces.d"),
            Look::names(SCRIPTS),
            Look::kind(MASK),
            Look::kind(PATTERNS),
            Look::kind(TWO),
            Look::file("/etc/os-release"),
        ];
        let kinds = [PROGRAMS, UNITS, WANTS, RUNLEVELS, RESOLVCONF_HOOKS, NG].concat();
        looks.extend(kinds.iter().map(|path| Look::kind(path)));
        looks.extend(nic_name::looks());
        looks.extend(resolver::looks());
        looks
    }

    fn more(&self, files: &Files) -> Vec<Look> {
        let known = self.looks();
        let config = Config::read(files, Flavour::of(files)).unwrap_or_default();
        let is_new = |look: &Look| match look {
            Look::File(path) => files.get(path).is_none(),
            Look::Folder(path) => files.in_folder(&path.to_string()).next().is_none(),
            _ => false,
        };
        let more = config.places.into_iter();
        more.filter(|look| !known.contains(look) && is_new(look))
            .collect()
    }

    fn active(&self, files: &Files) -> Option<String> {
        let program = PROGRAMS.iter().find(|path| files.exists(path))?;
        if let Some(link) = RUNLEVELS.iter().find(|path| files.exists(path)) {
            return Some((*link).to_owned());
        }
        if files.target(MASK) == Some(b"/dev/null") {
            return None;
        }
        if UNITS.iter().any(|path| files.exists(path)) {
            let link = WANTS.iter().find(|path| files.exists(path))?;
            return Some(format!("{link}, {program}"));
        }
        let mut scripts = files.in_folder(SCRIPTS).map(|(path, _)| path);
        let script = scripts.find(|path| {
            let name = path.file_name().unwrap_or_default();
            name.starts_with(b"S") && name.get(3..) == Some(b"networking".as_slice())
        })?;
        Some(format!("{script}, {program}"))
    }

    fn claims(&self, files: &Files) -> Result<Vec<Claim>, Flaw> {
        let config = Config::read(files, Flavour::of(files))?;
        let elsewhere = match resolver::way(files) {
            Ok(way) => resolver::standing(files, way),
            Err(_) => Vec::new(),
        };
        let namings = nic_name::namings(files);
        let mut all = candidates(&config);
        // What nothing starts configures nothing, and is a sign where there is no other.
        if all.iter().any(|one| one.is_started) {
            all.retain(|one| one.is_started);
        }
        let claims = all.into_iter().map(|mut one| {
            if one.on.macs.is_empty() {
                one.on.macs = nic_name::macs(&namings, &one.on.names);
                one.on.macs.extend(hardware_addresses(&config, &one.stanza));
            }
            let mut claim = Claim {
                name: one.stanza.clone(),
                on: one.on,
                ..Claim::default()
            };
            let alias = format!("{}:", one.stanza);
            let is_its = |s: &&Stanza| s.name == one.stanza || s.name.starts_with(&alias);
            for stanza in config.stanzas.iter().filter(is_its) {
                let file = || config.path(stanza.file).clone();
                claim.file.get_or_insert_with(file);
                add(&mut claim, stanza, &config);
            }
            for server in &elsewhere {
                if !claim.dns.contains(server) {
                    claim.dns.push(*server);
                }
            }
            claim
        });
        Ok(claims.collect())
    }

    fn render(&self, nic: &Nic, all: &Servers, files: &Files) -> Result<Vec<Change>, Flaw> {
        edit::render(nic, all, files, Flavour::of(files))
    }
}

/// Adds what a stanza says to a claim.
fn add(claim: &mut Claim, stanza: &Stanza, config: &Config) {
    let mut all = vec![stanza];
    all.extend(config.parents(stanza));
    for part in &all {
        match (part.family, part.method.as_str()) {
            (Some(Family::Inet), "dhcp" | "bootp") => claim.dhcp4 = true,
            (Some(Family::Inet6), "dhcp") => claim.dhcp6 = true,
            _ => {}
        }
    }
    let netmask = all.iter().find_map(|part| part.option("netmask"));
    let netmask = netmask.and_then(|line| prefix(&line.value()));
    for line in all.iter().flat_map(|part| &part.options) {
        match line.key() {
            "address" => claim.addresses.extend(address(&line.value(), netmask)),
            "gateway" => {
                let words = line.words[1..].iter();
                claim
                    .gateways
                    .extend(words.flat_map(|word| word.parse::<IpAddr>()));
            }
            "dns-nameservers" | "dns-nameserver" => {
                let words = line.words[1..].iter();
                claim
                    .dns
                    .extend(words.flat_map(|word| word.parse::<IpAddr>()));
            }
            "use" if line.value() == "dhcp" => claim.dhcp4 = true,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
