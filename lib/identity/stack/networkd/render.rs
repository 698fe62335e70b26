//! osgraft's `.network` file.

use std::net::IpAddr;

use ipnet::IpNet;

use super::file::{
    FOLDERS, Network, covers, dhcp, is_default, is_true, names, net_of, read, server_of, words,
};
use crate::identity::change::Change;
use crate::identity::files::Files;
use crate::identity::flaw::Flaw;
use crate::identity::stack::choice::{Candidate, choose, in_words, is_for, judge_name};
use crate::identity::stack::family::{Families, Family, Kept};
use crate::identity::stack::ini::{Section, section, text};
use crate::identity::stack::resolver::Servers;
use crate::identity::stack::{On, resolver};
use crate::identity::wanted::{Nic, Selector, V4, V6};
use crate::path::{escape, printable};

/// Names of osgraft's file without what follows, the usual one first. The second sorts before `00-…`.
pub(super) const STEMS: [&str; 2] = ["00-osgraft", "0-osgraft"];

const HEADING: &str = "# Written by osgraft for this machine alone.\n";

/// Names of the NICs that hardware has, with systemd's names and with the kernel's.
const HARDWARE: [&str; 2] = ["en*", "eth*"];

/// Keys of `[Network]` that make a NIC a part of another device, or another device a part of it.
const SHARING: [&str; 9] = [
    "Bond",
    "Bridge",
    "VRF",
    "VLAN",
    "MACVLAN",
    "MACVTAP",
    "IPVLAN",
    "IPVTAP",
    "BatmanAdvanced",
];

pub(super) fn render(nic: &Nic, all: &Servers, files: &Files) -> Result<Vec<Change>, Flaw> {
    judge_name(nic, files)?;
    let networks: Vec<Network> = read(files)
        .into_iter()
        .filter(|network| network.on.is_some())
        .collect();
    let on_of = |network: &Network| network.on.clone().unwrap_or_default();
    let ons: Vec<On> = networks.iter().map(on_of).collect();
    let candidates: Vec<Candidate<'_>> = networks
        .iter()
        .zip(&ons)
        .map(|(network, on)| Candidate {
            on,
            is_ours: is_ours(&network.name),
        })
        .collect();
    let choice = choose(nic, &candidates)?;
    let mut mine = choice.own.clone();
    mine.extend(&choice.general);
    mine.sort_unstable();
    for place in &choice.own {
        judge_sharing(nic, &networks[*place])?;
    }
    let base = mine.first().map(|place| &networks[*place]);
    if let Some(base) = base {
        judge_sharing(nic, base)?;
        if base.is_unmanaged() {
            let text = format!(
                "it tells systemd-networkd to leave {} alone (Unmanaged=): remove that in the master",
                in_words(nic)
            );
            return Err(Flaw::at("nic-unmanaged", &base.path, &text));
        }
    }
    let goes = |place: &usize| {
        let network = &networks[*place];
        let has_addresses = !network.claim().addresses.is_empty();
        let has_mac = choice.own.contains(place) && !ons[*place].macs.is_empty();
        !is_ours(&network.name) && (has_addresses || has_mac)
    };
    let staying: Vec<usize> = mine
        .iter()
        .copied()
        .filter(|place| !goes(place) && !is_ours(&networks[*place].name))
        .collect();

    let path = place(nic, files, &networks, &staying)?;
    let mut sections = vec![match_section(nic, staying.iter().map(|place| &ons[*place]))];
    sections.extend(body(nic, base)?);
    let content = text(HEADING, &sections).into_bytes();

    let mut changes = Vec::new();
    if files.content(&path) != Some(content.as_slice()) {
        changes.push(Change::text(&path, content));
    }
    for network in mine
        .iter()
        .filter(|place| goes(place))
        .map(|place| &networks[*place])
    {
        changes.extend(gone(network, files));
    }
    changes.extend(resolver::where_resolved_is_off(nic, all, files)?);
    Ok(changes)
}

/// Takes a file away; one of the vendor's is masked, as the administrator would do it.
fn gone(network: &Network, files: &Files) -> Vec<Change> {
    let own = format!("/etc/systemd/network/{}", network.name);
    if network.path.to_string() != own {
        return match own.parse() {
            Ok(path) => vec![Change::Symlink {
                path,
                target: b"/dev/null".to_vec(),
            }],
            Err(_) => Vec::new(),
        };
    }
    let mut changes = vec![Change::Aside {
        path: network.path.clone(),
    }];
    let below = FOLDERS[1..].iter();
    if below
        .into_iter()
        .any(|folder| files.exists(&format!("{folder}/{}", network.name)))
    {
        // The file below it would come up in its place.
        changes.push(Change::Symlink {
            path: network.path.clone(),
            target: b"/dev/null".to_vec(),
        });
    }
    changes
}

fn is_ours(name: &str) -> bool {
    let stem = name.strip_suffix(".network").unwrap_or(name);
    STEMS.iter().any(|ours| {
        let rest = stem.strip_prefix(ours);
        rest.is_some_and(|rest| {
            let number = rest.strip_prefix('-').unwrap_or(rest);
            number.bytes().all(|byte| byte.is_ascii_digit())
        })
    })
}

/// The path of osgraft's file for this NIC: one that sorts before every file that may take the NIC.
fn place(
    nic: &Nic,
    files: &Files,
    networks: &[Network],
    staying: &[usize],
) -> Result<String, Flaw> {
    let known = names(files);
    for stem in STEMS {
        for number in 0..=known.len() {
            let name = match number {
                0 => format!("{stem}.network"),
                _ => format!("{stem}-{number}.network"),
            };
            let path = format!("/etc/systemd/network/{name}");
            let there = networks.iter().find(|network| network.name == name);
            let is_mine = there
                .and_then(|network| network.on.as_ref())
                .is_some_and(|on| is_for(&nic.selector, on));
            if known.contains(&name) && !is_mine {
                continue;
            }
            if staying.iter().any(|place| networks[*place].name < name) {
                break;
            }
            let drop_ins = format!("{path}.d");
            if let Some((drop_in, _)) = files.in_folder(&drop_ins).next() {
                let text = "it would change the file that osgraft writes: remove it in the master";
                return Err(Flaw::at("nic-drop-in", drop_in, text));
            }
            return Ok(path);
        }
    }
    let first = staying.iter().map(|place| &networks[*place]).next();
    let shown = first.map_or_else(String::new, |network| network.path.to_string());
    let text = format!(
        "{shown}: its name sorts before any that osgraft would use, so it takes {} first: rename it in the master",
        in_words(nic)
    );
    Err(Flaw::new("nic-taken-first", text))
}

/// `[Match]` for a NIC. Bridges, bonds and VLANs carry the hardware address of the NIC below them, and a
/// container's link is of type `ether`, so the kind is stated too.
fn match_section<'a>(nic: &Nic, staying: impl Iterator<Item = &'a On>) -> Section {
    let mut section = Section::new("Match");
    match &nic.selector {
        Selector::Mac(mac) => {
            section.push("MACAddress", mac.to_string());
            section.push("Type", "ether");
        }
        Selector::Name(name) => section.push("Name", name.clone()),
        Selector::Sole => {
            section.push("Type", "ether");
            section.push("Kind", "!*");
            let mut names: Vec<String> = HARDWARE.iter().map(|name| (*name).to_owned()).collect();
            for on in staying {
                if on.names.is_empty() || on.names.iter().any(|name| name == "*") {
                    return section;
                }
                for name in &on.names {
                    if !names.iter().any(|known| covers(known, name)) {
                        names.push(name.clone());
                    }
                }
            }
            section.push("Name", names.join(" "));
        }
    }
    section
}

fn judge_sharing(nic: &Nic, network: &Network) -> Result<(), Flaw> {
    let shared = network.section("Network").and_then(|section| {
        let mut entries = section.entries.iter();
        entries.find(|(key, value)| SHARING.contains(&key.as_str()) && !value.is_empty())
    });
    match shared {
        None => Ok(()),
        Some((key, value)) => Err(Flaw::at(
            "nic-stacked",
            &network.path,
            &format!(
                "it joins {} with another device ({}={}): configure that device in the guest, and ask for no address here",
                in_words(nic),
                escape(key.as_bytes()),
                escape(value.as_bytes())
            ),
        )),
    }
}

/// The sections below `[Match]`: those of the file that configured the NIC before, with what is asked for.
fn body(nic: &Nic, base: Option<&Network>) -> Result<Vec<Section>, Flaw> {
    let mut sections: Vec<Section> = base.map_or_else(Vec::new, |base| base.sections.clone());
    let families = Families::of(nic);
    let old = base.map(Network::claim).unwrap_or_default();
    let path = base.map(|base| base.path.clone());
    let had_dhcp = |family| match family {
        Family::V4 => old.dhcp4,
        Family::V6 => old.dhcp6,
    };
    let refuse = |text: &str| match &path {
        Some(path) => Flaw::at("nic-route", path, text),
        None => Flaw::new("nic-route", text),
    };
    let mut kept = Vec::new();
    for one in sections.drain(..) {
        let keeps = match one.name.as_str() {
            "Match" => false,
            "Address" => {
                let address = one.last("Address").and_then(net_of);
                address.is_some_and(|net| families.keeps(net.addr()))
            }
            "Route" => match families.judge_route(route_of(&one), had_dhcp) {
                Kept::Yes => true,
                Kept::No => false,
                Kept::Unreachable(why) => return Err(refuse(&why)),
            },
            "RoutingPolicyRule" => {
                let ends = ["From", "To"].iter().filter_map(|key| one.last(key));
                let ends: Vec<IpAddr> = ends.filter_map(net_of).map(|net| net.addr()).collect();
                match ends.iter().find(|end| !families.keeps(**end)) {
                    None => true,
                    Some(end) => {
                        let text = format!(
                            "a routing rule names {end}, of the addresses that go: remove the rule in the master"
                        );
                        return Err(refuse(&text));
                    }
                }
            }
            _ => true,
        };
        if keeps {
            kept.push(one);
        }
    }
    let mut sections = kept;
    section(&mut sections, "Link").remove("MACAddress");
    network_section(nic, &families, section(&mut sections, "Network"));
    if nic.v4 == V4::Dhcp {
        // The section's name before systemd 243.
        for name in ["DHCP", "DHCPv4"] {
            let known = section(&mut sections, name);
            for key in [
                "ClientIdentifier",
                "DUIDType",
                "DUIDRawData",
                "IAID",
                "Hostname",
                "RequestAddress",
            ] {
                known.remove(key);
            }
        }
        section(&mut sections, "DHCPv4").push("ClientIdentifier", "mac");
    }
    for gateway in families.on_link_gateways() {
        let mut route = Section::new("Route");
        route.push("Gateway", gateway.to_string());
        route.push("GatewayOnLink", "yes");
        sections.push(route);
    }
    Ok(sections)
}

fn route_of(section: &Section) -> (Option<IpNet>, Option<IpAddr>) {
    let destination = section.last("Destination").and_then(net_of);
    let gateway = section.last("Gateway");
    let via = gateway.and_then(|word| word.parse::<IpAddr>().ok());
    // A gateway that DHCP or an advertisement brings has a family and no address.
    let unspecified = match gateway {
        Some("_dhcp4" | "_dhcp") => Some(IpNet::from(IpAddr::from([0; 4]))),
        Some("_ipv6ra") => Some(IpNet::from(IpAddr::from([0; 16]))),
        _ => None,
    };
    let destination = destination.filter(|_| !is_default(section));
    (destination.or(unspecified), via)
}

fn network_section(nic: &Nic, families: &Families, network: &mut Section) {
    let (old4, old6) = dhcp(network.last("DHCP"));
    let dhcp4 = match nic.v4 {
        V4::Keep => old4,
        _ => nic.v4 == V4::Dhcp,
    };
    let dhcp6 = match nic.v6 {
        V6::Keep => old6,
        _ => nic.v6 == V6::Dhcp,
    };
    let value = |v4, v6| match (v4, v6) {
        (true, true) => "yes",
        (true, false) => "ipv4",
        (false, true) => "ipv6",
        (false, false) => "no",
    };
    network.set("DHCP", value(dhcp4, dhcp6));
    let local = network.last("LinkLocalAddressing");
    let (local4, local6) = match local {
        None => (false, true),
        Some("fallback" | "ipv4-fallback" | "ipv4") => (true, local == Some("fallback")),
        Some("ipv6") => (false, true),
        Some(word) => (is_true(word), is_true(word)),
    };
    let needs6 = !matches!(nic.v6, V6::Keep | V6::Off);
    let new = (local4 && nic.v4 == V4::Keep, local6 || needs6);
    if new != (local4, local6) {
        network.set("LinkLocalAddressing", value(new.0, new.1));
    }
    match nic.v6 {
        V6::Keep => {}
        V6::Auto | V6::Dhcp => network.set("IPv6AcceptRA", "yes"),
        V6::Off | V6::Static(_) => network.set("IPv6AcceptRA", "no"),
    }

    let keep = |network: &mut Section, key: &str, keeps: &dyn Fn(&str) -> bool| {
        let old: Vec<String> = words(network, key)
            .iter()
            .map(|word| (*word).to_owned())
            .collect();
        let at = network.entries.iter().position(|(known, _)| known == key);
        network.remove(key);
        let at = at.unwrap_or(0).min(network.entries.len());
        let kept = old.into_iter().filter(|word| keeps(word));
        let kept: Vec<_> = kept.map(|word| (key.to_owned(), word)).collect();
        network.entries.splice(at..at, kept);
    };
    keep(network, "Address", &|word| {
        net_of(word).is_some_and(|net| families.keeps(net.addr()))
    });
    keep(network, "Gateway", &|word| match word {
        "_dhcp4" => nic.v4 == V4::Keep,
        "_ipv6ra" => nic.v6 == V6::Keep,
        _ => word.parse().is_ok_and(|address| families.keeps(address)),
    });
    keep(network, "DNS", &|word| {
        nic.dns.is_empty() && server_of(word).is_some()
    });
    keep(network, "Domains", &|word| {
        nic.search.is_empty() || word.starts_with('~')
    });
    for address in families.addresses() {
        network.push("Address", address.to_string());
    }
    for gateway in families.near_gateways() {
        network.push("Gateway", gateway.to_string());
    }
    for server in &nic.dns {
        network.push("DNS", server.to_string());
    }
    for domain in &nic.search {
        network.push("Domains", printable(domain.as_str()));
    }
}
