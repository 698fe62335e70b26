//! ifupdown: `/etc/network/interfaces` (interfaces(5)), as Debian's ifupdown, ifupdown2, ifupdown-ng and
//! BusyBox read it.
//!
//! Stanzas of one interface add up, so the stanza of the NIC is edited where it stands. Where the
//! guest has none, one is added at the end of `/etc/network/interfaces`.

mod choice;
mod config;
mod edit;
mod lines;
mod standing;
mod wish;

use std::net::IpAddr;

use ipnet::IpNet;

use self::choice::candidates;
use self::config::{Config, Family, Stanza};
use super::{Claim, Stack, nic_name, resolver};
use crate::identity::change::Change;
use crate::identity::files::{Files, Look};
use crate::identity::flaw::Flaw;
use crate::identity::wanted::Nic;

const MAIN: &str = "/etc/network/interfaces";
const PROGRAMS: &[&str] = &["/sbin/ifup", "/usr/sbin/ifup"];
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
/// Hooks that hand `dns-nameservers` to resolvconf or openresolv.
const RESOLVCONF_HOOKS: &[&str] = &[
    "/etc/network/if-up.d/000resolvconf",
    "/etc/network/if-up.d/resolvconf",
];
/// A file that came with the patterns of ifupdown 0.8.20.
const PATTERNS: &str = "/usr/share/doc/ifupdown/examples/pattern-matching";
const TWO: &str = "/usr/share/ifupdown2";
const NG: &[&str] = &["/usr/libexec/ifupdown-ng", "/usr/lib/ifupdown-ng"];

/// The program that reads the configuration.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Flavour {
    /// Debian's ifupdown.
    Debian,
    /// ifupdown2.
    Two,
    /// ifupdown-ng.
    Ng,
    /// BusyBox.
    Busybox,
}

impl Flavour {
    fn of(files: &Files) -> Self {
        let is_busybox = |path: &&str| {
            let target = files.target(path).unwrap_or_default();
            target.ends_with(b"busybox")
        };
        if files.exists(TWO) {
            Self::Two
        } else if NG.iter().any(|path| files.exists(path)) {
            Self::Ng
        } else if PROGRAMS.iter().any(is_busybox) {
            Self::Busybox
        } else {
            Self::Debian
        }
    }
}

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
            Ok(way) => resolver::servers(files, way),
            Err(_) => Vec::new(),
        };
        let claims = candidates(&config).into_iter().map(|one| {
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

    fn render(&self, nic: &Nic, files: &Files) -> Result<Vec<Change>, Flaw> {
        edit::render(nic, files, Flavour::of(files))
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

/// An address with its own prefix length, or that of `netmask`.
fn address(text: &str, netmask: Option<u8>) -> Option<IpNet> {
    if let Some((address, mask)) = text.split_once('/') {
        return IpNet::new(address.parse().ok()?, prefix(mask)?).ok();
    }
    let address: IpAddr = text.parse().ok()?;
    let whole = if address.is_ipv4() { 32 } else { 128 };
    IpNet::new(address, netmask.unwrap_or(whole)).ok()
}

/// A prefix length, written as such or as a netmask.
fn prefix(text: &str) -> Option<u8> {
    match text.parse::<IpAddr>() {
        Ok(mask) => ipnet::ip_mask_to_prefix(mask).ok(),
        Err(_) => text.parse().ok(),
    }
}

/// True where `auto` takes patterns by hardware address: ifupdown 0.8.20, which Debian has since 10.
fn has_patterns(files: &Files) -> bool {
    if files.exists(PATTERNS) {
        return true;
    }
    let text = files.content("/etc/os-release").unwrap_or_default();
    let text = String::from_utf8_lossy(text);
    let value = |key: &str| {
        let mut lines = text.lines().filter_map(|line| line.split_once('='));
        let found = lines.find(|(name, _)| *name == key)?.1;
        Some(found.trim_matches(['"', '\'']).to_owned())
    };
    let first = match value("ID").as_deref() {
        Some("debian" | "raspbian") => 10,
        Some("ubuntu") => 20,
        Some("devuan") => 3,
        _ => return false,
    };
    let version = value("VERSION_ID").unwrap_or_default();
    let major = version.split('.').next().unwrap_or_default().parse::<u32>();
    major.is_ok_and(|major| major >= first)
}

#[cfg(test)]
mod tests;
