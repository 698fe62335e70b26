//! Options of the wanted NIC's stanzas that stay, and must not undo the wish.

use std::net::IpAddr;

use ipnet::IpNet;

use super::choice::{Target, inherits, is_its};
use super::config::{Config, Family};
use super::lines::Line;
use super::wish::{Wish, address, family_of, prefix};
use crate::identity::flaw::Flaw;
use crate::identity::stack::refusal;
use crate::identity::wanted::{Mac, Nic, Selector};
use crate::path::escape;

/// Refuses options that would undo the wish and that are not osgraft's to rewrite.
///
/// # Errors
/// [`Flaw`]: a template that gives addresses, a hardware address, or a command.
pub(super) fn refuse_what_cannot_stay(
    nic: &Nic,
    config: &Config,
    target: &Target,
    wishes: &[Wish],
) -> Result<(), Flaw> {
    let asks_servers = !nic.dns.is_empty() || !nic.search.is_empty();
    let is_by_mac = matches!(nic.selector, Selector::Mac(_));
    let old = old_addresses(config, target, wishes);
    for stanza in config.stanzas.iter().filter(|s| is_its(s, target)) {
        let file = config.path(stanza.file);
        let name = escape(stanza.name.as_bytes());
        let is_bare = stanza.family.is_none() && stanza.inherits.is_some();
        let own = ["address", "netmask", "gateway", "broadcast", "network"];
        for parent in config.parents(stanza) {
            let has = |line: &Line| {
                own.contains(&line.key()) || (asks_servers && line.key().starts_with("dns-"))
            };
            if is_bare || parent.options.iter().any(has) {
                return Err(inherits(file, &stanza.name, "inherits its addresses"));
            }
        }
        for line in &stanza.options {
            let value = line.value();
            let what = match line.key() {
                "hwaddress" => {
                    let set = line.words.iter().find_map(|word| word.parse::<Mac>().ok());
                    match set.filter(|_| !is_by_mac) {
                        Some(set) => {
                            return Err(refusal::hardware(file, &stanza.name, set));
                        }
                        _ => continue,
                    }
                }
                "up" | "post-up" | "pre-up" | "down" | "pre-down" | "post-down" => {
                    undoes(&value, wishes, &old)
                }
                _ => None,
            };
            if let Some(what) = what {
                return Err(Flaw::new(
                    "ifupdown-command",
                    format!(
                        "{file}: “iface {name}” runs “{}”, which {what}: take it out of the master",
                        escape(value.as_bytes())
                    ),
                ));
            }
        }
    }
    Ok(())
}

/// Addresses of the NIC that will go, with their subnets.
fn old_addresses(config: &Config, target: &Target, wishes: &[Wish]) -> Vec<IpNet> {
    let stanzas = config.stanzas.iter().filter(|s| is_its(s, target));
    let found = stanzas.flat_map(|stanza| {
        let netmask = stanza.option("netmask");
        let netmask = netmask.and_then(|line| prefix(&line.value()));
        let lines = stanza.options.iter().filter(|line| line.key() == "address");
        lines.filter_map(move |line| address(&line.value(), netmask))
    });
    let wanted = |old: &IpNet| {
        let mut all = wishes.iter().flat_map(|wish| &wish.addresses);
        all.any(|net| net.addr() == old.addr())
    };
    let goes = |old: &IpNet| {
        wishes
            .iter()
            .any(|wish| family_of(old.addr()) == wish.family)
    };
    found.filter(|old| goes(old) && !wanted(old)).collect()
}

/// The reason why a command of a stanza cannot stay.
fn undoes(text: &str, wishes: &[Wish], old_nets: &[IpNet]) -> Option<&'static str> {
    let is_part = |c: char| c.is_ascii_hexdigit() || c == '.' || c == ':';
    let parts = || {
        let parts = text.split(|c: char| !is_part(c));
        parts.flat_map(str::parse::<IpAddr>)
    };
    if parts().any(|part| old_nets.iter().any(|old| old.addr() == part)) {
        return Some("names the master’s address");
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let hops = words
        .windows(2)
        .filter(|pair| ["via", "gw"].contains(&pair[0]));
    let is_lost = |hop: IpAddr| {
        let wanted = wishes.iter().flat_map(|wish| &wish.addresses);
        let wanted: Vec<&IpNet> = wanted
            .filter(|net| net.addr().is_ipv4() == hop.is_ipv4())
            .collect();
        // DHCP may give an address of the same subnet.
        !wanted.is_empty()
            && old_nets.iter().any(|old| old.contains(&hop))
            && !wanted.iter().any(|net| net.contains(&hop))
    };
    if hops.flat_map(|pair| pair[1].parse()).any(is_lost) {
        return Some("routes through the master’s subnet");
    }
    let has = |known: &[&str]| words.iter().any(|word| known.contains(word));
    let programs: Vec<&str> = words
        .iter()
        .filter_map(|word| word.rsplit('/').next())
        .collect();
    let runs = |known: &[&str]| programs.iter().any(|program| known.contains(program));
    let is_of = |family: Family| {
        let is_six = text.contains("-6") || text.contains("inet6") || text.contains("::");
        wishes.iter().any(|wish| wish.family == family) && is_six == (family == Family::Inet6)
    };
    let concerns = is_of(Family::Inet) || is_of(Family::Inet6);
    let adds = has(&["add", "replace", "change", "append"]);
    if concerns && runs(&["ip"]) && has(&["addr", "address", "a"]) && adds {
        return Some("adds an address");
    }
    let is_default = has(&["default", "0.0.0.0/0", "::/0"]) && !has(&["table"]);
    if concerns && runs(&["ip", "route"]) && is_default && adds {
        return Some("adds a default route");
    }
    if concerns && runs(&["dhclient", "dhcpcd", "udhcpc"]) {
        return Some("asks DHCP");
    }
    None
}
