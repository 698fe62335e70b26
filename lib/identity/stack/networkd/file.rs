//! `.network` files as networkd reads them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;

use crate::identity::files::{Files, Found};
use crate::identity::stack::choice::is_virtual;
use crate::identity::stack::glob::fits;
use crate::identity::stack::ini::{Dialect, Section, merged, parse};
use crate::identity::stack::{Claim, On, unit};
use crate::identity::wanted::Mac;
use crate::path::GuestPath;

/// Folders of `.network` files, the first one first.
pub(super) const FOLDERS: [&str; 4] = [
    "/etc/systemd/network",
    "/usr/local/lib/systemd/network",
    "/usr/lib/systemd/network",
    "/lib/systemd/network",
];

/// Sections of which each one is a thing of its own.
const APART: [&str; 12] = [
    "Address",
    "Route",
    "RoutingPolicyRule",
    "NextHop",
    "Neighbor",
    "IPv6AddressLabel",
    "IPv6Prefix",
    "IPv6RoutePrefix",
    "DHCPServerStaticLease",
    "BridgeFDB",
    "BridgeMDB",
    "BridgeVLAN",
];

/// A `.network` file with its drop-ins.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    pub(crate) path: GuestPath,
    pub(crate) name: String,
    pub(crate) sections: Vec<Section>,
    /// NICs that it takes; `None` for one that no Ethernet NIC fits.
    pub(crate) on: Option<On>,
    /// True where nothing but names, hardware addresses and the kind of NIC decides on it.
    is_plain: bool,
}

/// Names of the `.network` files, in the order in which networkd takes them.
pub(super) fn names(files: &Files) -> BTreeSet<String> {
    let all = FOLDERS.iter().flat_map(|folder| files.in_folder(folder));
    all.filter_map(|(path, _)| {
        let name = std::str::from_utf8(path.file_name()?).ok()?;
        (name.ends_with(".network") && !name.starts_with('.')).then(|| name.to_owned())
    })
    .collect()
}

/// The `.network` files in the order in which networkd takes them. Those that are masked, and those that
/// networkd passes over as damaged, are left out.
pub(crate) fn read(files: &Files) -> Vec<Network> {
    names(files)
        .iter()
        .filter_map(|name| read_one(files, name))
        .collect()
}

fn read_one(files: &Files, name: &str) -> Option<Network> {
    let places = FOLDERS.iter().map(|folder| format!("{folder}/{name}"));
    let path = places.into_iter().find(|place| files.exists(place))?;
    if unit::is_null(files.at(&path)) {
        return None;
    }
    let mut sections = parse(files.content(&path)?, Dialect::Systemd).ok()?;
    // An empty file masks as well.
    if sections.is_empty() {
        return None;
    }
    let mut drop_ins: BTreeMap<Vec<u8>, (GuestPath, &Found)> = BTreeMap::new();
    for folder in FOLDERS {
        for (path, found) in files.in_folder(&format!("{folder}/{name}.d")) {
            let file = path.file_name().unwrap_or_default();
            if file.ends_with(b".conf") && !file.starts_with(b".") {
                drop_ins
                    .entry(file.to_vec())
                    .or_insert((path.clone(), found));
            }
        }
    }
    for (path, found) in drop_ins.values() {
        if unit::is_null(Some(found)) {
            continue;
        }
        let content = files.content(&path.to_string()).unwrap_or_default();
        sections.extend(parse(content, Dialect::Systemd).ok()?);
    }
    let sections = merged(sections, &APART);
    let (on, is_plain) = matched(&sections);
    Some(Network {
        path: path.parse().ok()?,
        name: name.to_owned(),
        sections,
        on,
        is_plain,
    })
}

/// Words of all values of a key; an empty value takes back those before it.
pub(super) fn words<'a>(section: &'a Section, key: &str) -> Vec<&'a str> {
    let mut words = Vec::new();
    for (known, value) in &section.entries {
        if known == key {
            match value.is_empty() {
                true => words.clear(),
                false => words.extend(value.split_whitespace()),
            }
        }
    }
    words
}

/// NICs that the `[Match]` section takes, and whether nothing else decides on it. A file without
/// conditions is passed over (systemd 243 and later).
fn matched(sections: &[Section]) -> (Option<On>, bool) {
    let Some(section) = sections.iter().find(|section| section.name == "Match") else {
        return (None, false);
    };
    if section.entries.iter().all(|(_, value)| value.is_empty()) {
        return (None, false);
    }
    let is_known =
        |key: &str| ["MACAddress", "PermanentMACAddress", "Name", "Type", "Kind"].contains(&key);
    let mut is_plain = section.entries.iter().all(|(key, _)| is_known(key));
    let takes = |key: &str, fitting: &[&str]| {
        let words = words(section, key);
        match words.first().map(|word| word.strip_prefix('!')) {
            None => true,
            Some(None) => words
                .iter()
                .any(|word| fitting.iter().any(|name| fits(word, name))),
            Some(Some(first)) => {
                let mut refused = std::iter::once(first).chain(words[1..].iter().copied());
                !refused.any(|word| fitting.iter().all(|name| fits(word, name)))
            }
        }
    };
    let is_link_of_a_program = words(section, "Driver").iter().any(|driver| {
        [
            "veth",
            "tun",
            "bridge",
            "bonding",
            "dummy",
            "802.1Q*",
            "wireguard",
        ]
        .contains(driver)
    });
    let in_container = section
        .last("Virtualization")
        .is_some_and(|value| ["container", "no", "false", "0"].contains(&value));
    // Hardware has no kind: a condition that names one leaves it out, and “!*” takes it.
    let kinds = words(section, "Kind");
    let has_kind = kinds.first().is_some_and(|kind| !kind.starts_with('!'));
    if !takes("Type", &["ether"]) || has_kind || is_link_of_a_program || in_container {
        return (None, false);
    }
    let mut on = On::default();
    for key in ["MACAddress", "PermanentMACAddress"] {
        let macs = words(section, key);
        on.macs
            .extend(macs.iter().filter_map(|mac| mac.parse::<Mac>().ok()));
        if on.macs.is_empty() && !macs.is_empty() {
            return (None, false);
        }
    }
    let names = words(section, "Name");
    if names.first().is_some_and(|name| name.starts_with('!')) {
        is_plain = false;
    } else if !names.is_empty() {
        let hardware = names.iter().filter(|name| !is_virtual(name));
        on.names = hardware.map(|name| (*name).to_owned()).collect();
        if on.names.is_empty() {
            return (None, false);
        }
    }
    (Some(on), is_plain)
}

impl Network {
    pub(super) fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.name == name)
    }

    pub(super) fn is_unmanaged(&self) -> bool {
        let value = self.section("Link").and_then(|link| link.last("Unmanaged"));
        value.is_some_and(is_true)
    }

    /// True where this file, the earlier one, takes every NIC that another one is for.
    pub(super) fn leaves_nothing_of(&self, other: &On) -> bool {
        let Some(on) = self.on.as_ref().filter(|_| self.is_plain) else {
            return false;
        };
        let takes_macs = on.macs.is_empty()
            || !other.macs.is_empty() && other.macs.iter().all(|mac| on.macs.contains(mac));
        let covers = |name: &String| on.names.iter().any(|known| covers(known, name));
        let takes_names =
            on.names.is_empty() || !other.names.is_empty() && other.names.iter().all(covers);
        takes_macs && takes_names
    }

    pub(crate) fn claim(&self) -> Claim {
        let mut claim = Claim {
            file: Some(self.path.clone()),
            name: self.name.clone(),
            on: self.on.clone().unwrap_or_default(),
            ..Claim::default()
        };
        for section in &self.sections {
            match section.name.as_str() {
                "Network" => {
                    let addresses = words(section, "Address");
                    claim
                        .addresses
                        .extend(addresses.iter().filter_map(|word| net_of(word)));
                    let gateways = words(section, "Gateway");
                    claim.gateways.extend(
                        gateways
                            .iter()
                            .filter_map(|word| word.parse::<IpAddr>().ok()),
                    );
                    let servers = words(section, "DNS");
                    claim
                        .dns
                        .extend(servers.iter().filter_map(|word| server_of(word)));
                    (claim.dhcp4, claim.dhcp6) = dhcp(section.last("DHCP"));
                }
                "Address" => claim
                    .addresses
                    .extend(section.last("Address").and_then(net_of)),
                "Route" => {
                    let gateway = section
                        .last("Gateway")
                        .and_then(|word| word.parse::<IpAddr>().ok());
                    claim
                        .gateways
                        .extend(gateway.filter(|_| is_default(section)));
                }
                _ => {}
            }
        }
        claim
    }
}

/// True where one pattern takes every name that another takes.
pub(super) fn covers(known: &str, name: &str) -> bool {
    let start = known
        .strip_suffix('*')
        .filter(|start| !start.contains(['*', '?', '[']));
    known == name
        || start.is_some_and(|start| name.starts_with(start))
        || !name.contains(['*', '?', '[']) && fits(known, name)
}

/// An address with its prefix; a single host's where none is said.
pub(super) fn net_of(word: &str) -> Option<IpNet> {
    let host = || word.parse::<IpAddr>().ok().map(IpNet::from);
    word.parse().ok().or_else(host)
}

/// The address of a server, of `ADDRESS[:PORT][%NIC][#NAME]` with brackets round an IPv6 address that has
/// a port.
pub(super) fn server_of(word: &str) -> Option<IpAddr> {
    let word = word.split(['#', '%']).next()?;
    let bare = word
        .strip_prefix('[')
        .and_then(|rest| rest.split(']').next());
    let port = || word.split_once(':').map(|(address, _)| address);
    bare.unwrap_or(word)
        .parse()
        .ok()
        .or_else(|| port()?.parse().ok())
}

/// The families that `DHCP=` asks for.
pub(super) fn dhcp(value: Option<&str>) -> (bool, bool) {
    match value.unwrap_or_default() {
        "ipv4" | "v4" => (true, false),
        "ipv6" | "v6" => (false, true),
        "both" => (true, true),
        value => (is_true(value), is_true(value)),
    }
}

pub(super) fn is_true(value: &str) -> bool {
    let words = ["1", "yes", "y", "true", "t", "on"];
    words.iter().any(|word| value.eq_ignore_ascii_case(word))
}

/// True for a `[Route]` section without a destination, or with one that is everything.
pub(super) fn is_default(section: &Section) -> bool {
    let destination = section.last("Destination").unwrap_or_default();
    ["", "0.0.0.0/0", "::/0", "0.0.0.0", "::"].contains(&destination)
}
