//! osgraft's definition.

use super::definition::{Definition, File, address_of, definitions, read, renderer, route_of};
use super::yaml::{Node, without, write};
use crate::identity::change::{Change, Owner};
use crate::identity::files::Files;
use crate::identity::flaw::Flaw;
use crate::identity::stack::choice::{Candidate, choose, in_words, is_for};
use crate::identity::stack::family::{Families, Family, Kept};
use crate::identity::stack::{network_manager, networkd, refusal, resolv_conf};
use crate::identity::wanted::{Nic, Selector, V4, V6};
use crate::path::escape;

const HEADING: &str = "# Written by osgraft for this machine alone.\n";
const ETC: &str = "/etc/netplan";

/// The pattern of the names that hardware has.
const HARDWARE: &str = "e*";

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

/// Kinds of devices that stand on NICs, with the keys that name those.
const DEVICES: [(&str, &str); 6] = [
    ("bonds", "interfaces"),
    ("bridges", "interfaces"),
    ("vrfs", "interfaces"),
    ("vlans", "link"),
    ("tunnels", "link"),
    ("virtual-ethernets", "peer"),
];

pub(super) fn render(nic: &Nic, files: &Files) -> Result<Vec<Change>, Flaw> {
    refusal::judge_name(&nic.selector)?;
    let all = read(files)?;
    let known = definitions(&all);
    let ours = |definition: &Definition| {
        let mut places = definition.files.iter();
        places.all(|place| number_of(&all[*place]).is_some())
    };
    let candidates: Vec<Candidate<'_>> = known
        .iter()
        .map(|definition| Candidate {
            on: &definition.on,
            is_ours: ours(definition),
        })
        .collect();
    let choice = choose(nic, &candidates)?;
    let mut mine = choice.own.clone();
    mine.extend(&choice.general);
    // networkd takes the first definition by its ID.
    mine.sort_unstable();
    let base = choice
        .own
        .first()
        .or(mine.first())
        .map(|place| &known[*place]);
    let base = mine
        .iter()
        .map(|place| &known[*place])
        .find(|one| ours(one))
        .or(base);
    let backend = renderer(&all, base.map(|base| &base.tree));

    let goes = |place: &usize| {
        let is_alone = nic.selector == Selector::Sole || backend == "NetworkManager";
        let is_own = choice.own.contains(place);
        !ours(&known[*place])
            && (is_own || is_alone || !known[*place].claim(&all).addresses.is_empty())
    };
    let gone: Vec<&str> = mine
        .iter()
        .filter(|place| goes(place))
        .map(|place| known[*place].id.as_str())
        .collect();
    let mut staying = known.iter().filter(|one| !gone.contains(&one.id.as_str()));
    judge_sharing(
        nic,
        &all,
        mine.iter().map(|place| known[*place].id.as_str()),
    )?;
    judge_networkd(nic, files, backend)?;

    let (path, number) = place(nic, &all, &known);
    let general = choice.general.iter().filter(|place| !goes(place));
    let has_general = general.count() > 0;
    let mut id = match &nic.selector {
        Selector::Name(name) if !has_general => name.clone(),
        _ if has_general => format!("00-osg{number}"),
        _ => format!("osg{number}"),
    };
    while staying
        .clone()
        .any(|one| one.id == id && !is_in(one, &all, &path))
    {
        id.push('x');
    }

    let mut tree = body(nic, base, backend, &all)?;
    let mut head = Node::Map(Vec::new());
    if let Some(matched) = matched(nic, base, &id)? {
        head.set("match", matched);
    }
    if let Some(name) = set_name(nic, base)? {
        head.set("set-name", Node::text(name));
    }
    tree.remove("match");
    tree.remove("set-name");
    head.merge(&tree);

    let mut changes = Vec::new();
    let leaving = leave(&all, &gone, &mut changes)?;
    let mut network = Node::Map(Vec::new());
    network.set("version", Node::text("2"));
    let mut other = all.iter().enumerate();
    let stated = other.any(|(place, file)| {
        file.network.get("renderer").is_some()
            && !leaving.contains(&place)
            && file.path.to_string() != path
    });
    let was_stated = all
        .iter()
        .any(|file| file.network.get("renderer").is_some());
    if was_stated && !stated {
        network.set("renderer", Node::text(renderer(&all, None)));
    } else if renderer(&all, None) != backend && head.get("renderer").is_none() {
        head.set("renderer", Node::text(backend));
    }
    let mut ethernets = Node::Map(Vec::new());
    ethernets.set(&id, head);
    network.set("ethernets", ethernets);
    let mut document = Node::Map(Vec::new());
    document.set("network", network);
    let mut content = HEADING.to_owned();
    write(&document, 0, &mut content);
    if files.content(&path) != Some(content.as_bytes()) {
        let mut change = Change::file(&path, content, Owner::root(0o600));
        if let Change::Write { is_secret, .. } = &mut change {
            // The password of 802.1X.
            *is_secret = base.is_some_and(|base| base.tree.get("auth").is_some());
        }
        changes.insert(0, change);
    }
    if staying.any(|one| !ours(one) && one.id == id) {
        let text = format!(
            "“{}” is another NIC's definition as well: rename it in the master",
            escape(id.as_bytes())
        );
        return Err(Flaw::new("nic-ambiguous", text));
    }
    match backend {
        "NetworkManager" => {
            changes.extend(network_manager::others_go(nic, files)?);
            changes.extend(network_manager::name_servers(nic, files)?);
        }
        _ => changes.extend(resolv_conf::changes(nic, files)?),
    }
    Ok(changes)
}

fn is_in(definition: &Definition, files: &[File], path: &str) -> bool {
    let mut places = definition.files.iter();
    places.all(|place| files[*place].path.to_string() == path)
}

/// The number of a file of osgraft's.
fn number_of(file: &File) -> Option<usize> {
    let path = file.path.to_string();
    let name = path
        .strip_prefix(ETC)?
        .strip_prefix("/90-osgraft")?
        .strip_suffix(".yaml")?;
    match name {
        "" => Some(0),
        name => name.strip_prefix('-')?.parse().ok(),
    }
}

/// The path of osgraft's file for this NIC, and its number.
fn place(nic: &Nic, files: &[File], known: &[Definition]) -> (String, usize) {
    let mut number = 0;
    loop {
        let path = match number {
            0 => format!("{ETC}/90-osgraft.yaml"),
            _ => format!("{ETC}/90-osgraft-{number}.yaml"),
        };
        let there = files.iter().position(|file| file.path.to_string() == path);
        let is_mine = |place: usize| {
            let mut held = known.iter().filter(|one| one.files.contains(&place));
            held.all(|one| is_for(&nic.selector, &one.on))
        };
        if there.is_none_or(is_mine) {
            return (path, number);
        }
        number += 1;
    }
}

fn judge_sharing<'a>(
    nic: &Nic,
    files: &[File],
    ids: impl Iterator<Item = &'a str>,
) -> Result<(), Flaw> {
    let ids: Vec<&str> = ids.collect();
    for file in files {
        for (kind, key) in DEVICES {
            for entry in file.network.get(kind).map_or(&[][..], Node::entries) {
                let named = entry.value.get(key).map_or(&[][..], Node::items);
                let shared = named
                    .iter()
                    .filter_map(Node::as_str)
                    .find(|name| ids.contains(name));
                if let Some(name) = shared {
                    let text = format!(
                        "{} under “{kind}:” stands on {}, which is {}: configure that device in the guest, and ask for \
                         no address here",
                        escape(entry.key.as_bytes()),
                        escape(name.as_bytes()),
                        in_words(nic)
                    );
                    return Err(Flaw::at("nic-stacked", &file.path, &text));
                }
            }
        }
    }
    Ok(())
}

/// Judges files of networkd's own that sort before those that netplan writes for it.
fn judge_networkd(nic: &Nic, files: &Files, backend: &str) -> Result<(), Flaw> {
    if backend == "NetworkManager" {
        return Ok(());
    }
    let networks = networkd::read(files);
    let first = networks
        .iter()
        .filter(|network| network.name.as_str() < "10-netplan-");
    let with_on: Vec<_> = first
        .filter_map(|network| network.on.as_ref().map(|on| (network, on)))
        .collect();
    let candidates: Vec<Candidate<'_>> = with_on
        .iter()
        .map(|(_, on)| Candidate { on, is_ours: false })
        .collect();
    let choice = choose(nic, &candidates)?;
    let mut taken = choice.own.iter().chain(&choice.general);
    match taken.next() {
        None => Ok(()),
        Some(place) => {
            let text = format!(
                "systemd-networkd takes it for {} before any file that netplan writes: remove it in the master",
                in_words(nic)
            );
            Err(Flaw::at("nic-taken-first", &with_on[*place].0.path, &text))
        }
    }
}

/// `match:` of a NIC; none where its ID is its name.
fn matched(nic: &Nic, base: Option<&Definition>, id: &str) -> Result<Option<Node>, Flaw> {
    let mut matched = Node::Map(Vec::new());
    match &nic.selector {
        Selector::Mac(mac) => matched.set("macaddress", Node::text(mac.to_string())),
        Selector::Name(name) if name == id => return Ok(None),
        Selector::Name(name) => matched.set("name", Node::text(name.clone())),
        Selector::Sole => {
            let own = base.and_then(|base| match base.tree.get("match") {
                None => Some(base.id.clone()),
                Some(matched) => matched.str_at("name").map(str::to_owned),
            });
            let odd = own.filter(|name| !name.starts_with('e'));
            matched.set(
                "name",
                Node::text(odd.unwrap_or_else(|| HARDWARE.to_owned())),
            );
        }
    }
    Ok(Some(matched))
}

/// The name that the old definition gave its NIC. It keeps where the hardware address is known that it is
/// given by; systemd's own names come without it.
fn set_name(nic: &Nic, base: Option<&Definition>) -> Result<Option<String>, Flaw> {
    let old = base.and_then(|base| Some((base, base.tree.str_at("set-name")?)));
    let Some((base, old)) = old else {
        return Ok(None);
    };
    match &nic.selector {
        Selector::Mac(_) => Ok(Some(old.to_owned())),
        _ if old.starts_with("en") => Ok(None),
        _ => {
            let text = format!(
                "the definition {} names its NIC {} by the master's hardware address: name the NIC by its own \
                 hardware address",
                escape(base.id.as_bytes()),
                escape(old.as_bytes())
            );
            Err(Flaw::new("nic-renamed", text))
        }
    }
}

/// Takes definitions out of their files. A file that holds nothing else goes whole. Answers with the files
/// that go.
fn leave(files: &[File], gone: &[&str], changes: &mut Vec<Change>) -> Result<Vec<usize>, Flaw> {
    let mut leaving = Vec::new();
    for (place, file) in files.iter().enumerate() {
        let held = file.network.get("ethernets").map_or(&[][..], Node::entries);
        let ids: Vec<&str> = held
            .iter()
            .map(|entry| entry.key.as_str())
            .filter(|id| gone.contains(id))
            .collect();
        if ids.is_empty() {
            continue;
        }
        let mut rest = held
            .iter()
            .filter(|entry| !ids.contains(&entry.key.as_str()));
        let mut keys = file.network.entries().iter();
        let is_alone = rest.all(|entry| entry.key == "renderer")
            && keys.all(|entry| ["version", "renderer", "ethernets"].contains(&entry.key.as_str()));
        let path = file.path.to_string();
        let own = path.starts_with(ETC);
        let name = file.path.file_name().unwrap_or_default();
        // A file of the vendor's is replaced by one of its name.
        let replacement = format!("{ETC}/{}", escape(name));
        if is_alone {
            leaving.push(place);
            changes.push(match own {
                true => Change::Aside {
                    path: file.path.clone(),
                },
                false => Change::file(&replacement, "network:\n  version: 2\n", Owner::root(0o600)),
            });
            continue;
        }
        let Some(rest) = without(&file.text, &ids) else {
            let text = format!(
                "the definition {} does not stand on lines of its own, so it cannot be taken out without a change \
                 of the others: give it a file of its own in the master",
                escape(ids.join(", ").as_bytes())
            );
            return Err(Flaw::at("netplan-cut", &file.path, &text));
        };
        changes.push(match own {
            true => Change::rewrite(&file.path, rest),
            false => Change::file(&replacement, rest, Owner::root(0o600)),
        });
    }
    Ok(leaving)
}

/// The definition below `match:`: what the old one said, with what is asked for.
fn body(nic: &Nic, base: Option<&Definition>, backend: &str, files: &[File]) -> Result<Node, Flaw> {
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
        tree.set("dhcp6", flag(nic.v6 == V6::Dhcp));
        if nic.v6 != V6::Dhcp {
            tree.remove("dhcp6-overrides");
        }
        match nic.v6 {
            V6::Auto | V6::Dhcp => tree.set("accept-ra", flag(true)),
            // The words of the backend: NetworkManager takes none where the addresses are stated.
            _ if backend == "NetworkManager" => drop(tree.remove("accept-ra")),
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
