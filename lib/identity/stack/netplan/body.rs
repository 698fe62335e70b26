//! What osgraft's definition says of its NIC.

use super::definition::{Definition, File, address_of, route_of};
use super::yaml::Node;
use crate::identity::flaw::Flaw;
use crate::identity::stack::choice::in_words;
use crate::identity::stack::family::{Families, Family, Kept};
use crate::identity::wanted::{Nic, V4, V6};

/// Keys that a rendering sets, in the order in which they are written, behind all others.
const ORDER: [&str; 10] = [
    "dhcp4",
    "dhcp4-overrides",
    "dhcp-identifier",
    "dhcp6",
    "dhcp6-overrides",
    "accept-ra",
    "link-local",
    "addresses",
    "routes",
    "nameservers",
];

/// The definition below `match:`: what the old one said, with what is asked for.
pub(super) fn body(
    nic: &Nic,
    base: Option<&Definition>,
    backend: &str,
    files: &[File],
) -> Result<Node, Flaw> {
    let mut tree = base.map_or_else(|| Node::Map(Vec::new()), |base| base.tree.clone());
    let families = Families::of(nic);
    let old = base.map(|base| base.claim(files)).unwrap_or_default();
    let refuse = |code, text: &str| match &old.file {
        Some(path) => Flaw::at(code, path, text),
        None => Flaw::new(code, text),
    };
    let had_dhcp = |family| match family {
        Family::V4 => old.dhcp4,
        Family::V6 => old.dhcp6,
    };
    tree.remove("macaddress");
    if tree.get("openvswitch").is_some() {
        let text = format!(
            "it makes {} a port of Open vSwitch: configure that in the guest",
            in_words(nic)
        );
        return Err(refuse("nic-stacked", &text));
    }
    if let Some(backend) = tree.remove("networkmanager") {
        let passed = backend.get("passthrough").map_or(&[][..], Node::entries);
        let holds = passed.iter().any(|entry| {
            let of = |family: &str| {
                entry.key.starts_with(family) && entry.key != format!("{family}method")
            };
            of("ipv4.") && families.keeps_family(Family::V4)
                || of("ipv6.") && families.keeps_family(Family::V6)
        });
        if holds {
            let text = "it hands settings of an address to NetworkManager (passthrough), which cannot be kept: ask for \
                        that family as well";
            return Err(refuse("nic-keep", text));
        }
    }

    let mut addresses: Vec<Node> = taken(&mut tree, "addresses");
    addresses.retain(|item| address_of(item).is_some_and(|net| families.keeps(net.addr())));
    let new = families.addresses().iter();
    addresses.extend(new.map(|net| Node::text(net.to_string())));

    let mut routes = Vec::new();
    for item in taken(&mut tree, "routes") {
        match families.judge_route(route_of(&item), had_dhcp) {
            Kept::Yes => routes.push(item),
            Kept::No => {}
            Kept::Unreachable(why) => return Err(refuse("nic-route", &why)),
        }
    }
    for rule in tree.get("routing-policy").map_or(&[][..], Node::items) {
        let ends = ["from", "to"].iter().filter_map(|key| rule.str_at(key));
        let mut ends = ends.filter_map(|word| address_of(&Node::text(word)));
        if let Some(end) = ends.find(|end| !families.keeps(end.addr())) {
            let text = format!(
                "a routing rule names {end}, of the addresses that go: remove the rule in the master"
            );
            return Err(refuse("nic-route", &text));
        }
    }
    let near = families
        .near_gateways()
        .iter()
        .map(|gateway| (gateway, false));
    let on_link = families
        .on_link_gateways()
        .iter()
        .map(|gateway| (gateway, true));
    for (gateway, on_link) in near.chain(on_link) {
        let mut route = Node::Map(Vec::new());
        // “default” is unknown before netplan 0.103.
        let to = if gateway.is_ipv4() {
            "0.0.0.0/0"
        } else {
            "::/0"
        };
        route.set("to", Node::text(to));
        route.set("via", Node::text(gateway.to_string()));
        if on_link {
            route.set("on-link", Node::text("true"));
        }
        routes.push(route);
    }

    let flag = |holds: bool| Node::text(if holds { "true" } else { "false" });
    if nic.v4 != V4::Keep {
        tree.remove("gateway4");
        tree.remove("dhcp-identifier");
        tree.set("dhcp4", flag(nic.v4 == V4::Dhcp));
        if nic.v4 == V4::Dhcp {
            tree.set("dhcp-identifier", Node::text("mac"));
            if let Some(mut overrides) = tree.remove("dhcp4-overrides") {
                overrides.remove("hostname");
                tree.set("dhcp4-overrides", overrides);
            }
        } else {
            tree.remove("dhcp4-overrides");
        }
    }
    if nic.v6 != V6::Keep {
        tree.remove("gateway6");
        tree.remove("ipv6-address-token");
        // NetworkManager listens to routers and asks DHCPv6 under one method, which netplan has “dhcp6” for.
        let is_networkmanager = backend == "NetworkManager";
        let asks = nic.v6 == V6::Dhcp || is_networkmanager && nic.v6 == V6::Auto;
        tree.set("dhcp6", flag(asks));
        if nic.v6 != V6::Dhcp {
            tree.remove("dhcp6-overrides");
        }
        match nic.v6 {
            V6::Auto => tree.set("accept-ra", flag(true)),
            _ if is_networkmanager => drop(tree.remove("accept-ra")),
            V6::Dhcp => tree.set("accept-ra", flag(true)),
            _ => tree.set("accept-ra", flag(false)),
        }
    }
    link_local(nic, &mut tree);
    for (key, items) in [("addresses", addresses), ("routes", routes)] {
        if !items.is_empty() {
            tree.set(key, Node::List(items));
        }
    }
    let mut servers = tree.remove("nameservers").unwrap_or(Node::Map(Vec::new()));
    let texts = |all: Vec<String>| Node::List(all.into_iter().map(Node::Scalar).collect());
    if !nic.dns.is_empty() {
        servers.set(
            "addresses",
            texts(nic.dns.iter().map(ToString::to_string).collect()),
        );
    }
    if !nic.search.is_empty() {
        servers.set(
            "search",
            texts(nic.search.iter().map(ToString::to_string).collect()),
        );
    }
    if !servers.entries().is_empty() {
        tree.set("nameservers", servers);
    }
    // netplan's own default, stated so that the definition is not empty.
    if tree.entries().is_empty() {
        tree.set("dhcp4", flag(false));
    }
    // One order, whatever the old one was.
    for key in ORDER {
        if let Some(value) = tree.remove(key) {
            tree.set(key, value);
        }
    }
    Ok(tree)
}

fn taken(tree: &mut Node, key: &str) -> Vec<Node> {
    tree.remove(key)
        .map(|node| node.items().to_vec())
        .unwrap_or_default()
}

/// Link-local addresses: those of IPv4 go with the old addresses, those of IPv6 come with new ones.
fn link_local(nic: &Nic, tree: &mut Node) {
    let Some(old) = tree.get("link-local") else {
        return;
    };
    let mut words: Vec<String> = old
        .items()
        .iter()
        .filter_map(Node::as_str)
        .map(str::to_owned)
        .collect();
    if nic.v4 != V4::Keep {
        words.retain(|word| word != "ipv4");
    }
    if !matches!(nic.v6, V6::Keep | V6::Off) && !words.iter().any(|word| word == "ipv6") {
        words.push("ipv6".to_owned());
    }
    tree.set(
        "link-local",
        Node::List(words.into_iter().map(Node::Scalar).collect()),
    );
}
