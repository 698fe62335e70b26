//! Definitions of NICs over all of netplan's files.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;

use super::yaml::{Node, parse};
use crate::identity::files::Files;
use crate::identity::flaw::Flaw;
use crate::identity::stack::{Claim, On};
use crate::identity::wanted::Mac;
use crate::path::GuestPath;

/// Folders of netplan's files; a name in a later one replaces that in an earlier one.
pub(super) const FOLDERS: [&str; 2] = ["/lib/netplan", "/etc/netplan"];

/// One YAML file.
#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) path: GuestPath,
    pub(super) text: String,
    pub(super) network: Node,
}

/// A definition under `ethernets:`, with what all files say of it.
#[derive(Clone, Debug)]
pub(super) struct Definition {
    pub(super) id: String,
    pub(super) tree: Node,
    pub(super) on: On,
    /// Files that hold a part of it, as places in the list of files.
    pub(super) files: Vec<usize>,
}

/// All files, in the order in which netplan reads them.
///
/// # Errors
/// Code `network-syntax`: netplan configures nothing at all while one file is bad.
pub(super) fn read(files: &Files) -> Result<Vec<File>, Flaw> {
    let mut by_name: BTreeMap<Vec<u8>, (&GuestPath, &[u8])> = BTreeMap::new();
    for folder in FOLDERS {
        for (path, file) in files.files_in(folder) {
            let name = path.file_name().unwrap_or_default();
            if name.ends_with(b".yaml") && !name.starts_with(b".") {
                by_name.insert(name.to_vec(), (path, &file.content));
            }
        }
    }
    let all = by_name.into_values();
    all.map(|(path, content)| {
        let bad = |why: &str| {
            let text = format!(
                "netplan's file is not read as it stands ({why}): correct it in the master; netplan configures \
                 nothing while one of its files is wrong"
            );
            Flaw::at("network-syntax", path, &text)
        };
        let text = std::str::from_utf8(content).map_err(|_| bad("it is not UTF-8"))?;
        let tree = parse(text).map_err(|why| bad(&why))?;
        let network = tree.get("network").cloned();
        if network.is_none() && !tree.entries().is_empty() {
            return Err(bad("it has no “network:”"));
        }
        Ok(File {
            path: path.clone(),
            text: text.to_owned(),
            network: network.unwrap_or(Node::Map(Vec::new())),
        })
    })
    .collect()
}

/// Definitions of Ethernet NICs by ID.
pub(super) fn definitions(files: &[File]) -> Vec<Definition> {
    let mut all: BTreeMap<String, (Node, Vec<usize>)> = BTreeMap::new();
    for (place, file) in files.iter().enumerate() {
        for entry in file.network.get("ethernets").map_or(&[][..], Node::entries) {
            if entry.key == "renderer" {
                continue;
            }
            let known = all
                .entry(entry.key.clone())
                .or_insert_with(|| (Node::Map(Vec::new()), Vec::new()));
            known.0.merge(&entry.value);
            known.1.push(place);
        }
    }
    let all = all.into_iter();
    all.map(|(id, (tree, files))| Definition {
        on: on_of(&id, &tree),
        id,
        tree,
        files,
    })
    .collect()
}

/// The backend that a definition is for.
pub(super) fn renderer<'a>(files: &'a [File], tree: Option<&'a Node>) -> &'a str {
    let own = tree.and_then(|tree| tree.str_at("renderer"));
    let kind = files.iter().rev();
    let kind = kind
        .filter_map(|file| file.network.get("ethernets")?.str_at("renderer"))
        .next();
    let global = files.iter().rev();
    let global = global
        .filter_map(|file| file.network.str_at("renderer"))
        .next();
    own.or(kind).or(global).unwrap_or("networkd")
}

fn on_of(id: &str, tree: &Node) -> On {
    let mut on = On::default();
    let Some(matched) = tree.get("match") else {
        on.names.push(id.to_owned());
        return on;
    };
    let mac = matched.str_at("macaddress").map(str::parse::<Mac>);
    on.macs.extend(mac.and_then(Result::ok));
    let names = matched.get("name").map_or(&[][..], Node::items);
    on.names
        .extend(names.iter().filter_map(Node::as_str).map(str::to_owned));
    on.names.extend(tree.str_at("set-name").map(str::to_owned));
    on
}

/// The address of an item of `addresses:`, which may carry options.
pub(super) fn address_of(item: &Node) -> Option<IpNet> {
    let word = match item {
        Node::Scalar(text) => text.as_str(),
        Node::Map(entries) => &entries.first()?.key,
        Node::List(_) => return None,
    };
    net_of(word)
}

fn net_of(word: &str) -> Option<IpNet> {
    let host = || word.parse::<IpAddr>().ok().map(IpNet::from);
    word.parse().ok().or_else(host)
}

/// A route's destination, `None` for everything, and its gateway.
pub(super) fn route_of(item: &Node) -> (Option<IpNet>, Option<IpAddr>) {
    let to = item.str_at("to").and_then(net_of);
    let via = item.str_at("via").and_then(|via| via.parse().ok());
    let is_everything = |net: &IpNet| net.prefix_len() == 0;
    (to.filter(|net| !is_everything(net)), via)
}

/// A flag as netplan reads it.
pub(super) fn is_true(tree: &Node, key: &str) -> bool {
    let value = tree.str_at(key).unwrap_or_default();
    ["true", "on", "yes", "y"]
        .iter()
        .any(|word| value.eq_ignore_ascii_case(word))
}

impl Definition {
    pub(super) fn claim(&self, files: &[File]) -> Claim {
        let tree = &self.tree;
        let items = |key: &str| tree.get(key).map_or(&[][..], Node::items);
        // Beside “accept-ra” NetworkManager's “dhcp6” is what listens to routers.
        let listens_alone =
            is_true(tree, "accept-ra") && renderer(files, Some(tree)) == "NetworkManager";
        let mut claim = Claim {
            file: self.files.last().map(|place| files[*place].path.clone()),
            name: self.id.clone(),
            on: self.on.clone(),
            addresses: items("addresses").iter().filter_map(address_of).collect(),
            dhcp4: is_true(tree, "dhcp4"),
            dhcp6: is_true(tree, "dhcp6") && !listens_alone,
            ..Claim::default()
        };
        for key in ["gateway4", "gateway6"] {
            let gateway = tree
                .str_at(key)
                .and_then(|word| word.parse::<IpAddr>().ok());
            claim.gateways.extend(gateway);
        }
        for item in items("routes") {
            if let (None, Some(via)) = route_of(item) {
                claim.gateways.push(via);
            }
        }
        let servers = tree
            .get("nameservers")
            .and_then(|servers| servers.get("addresses"));
        let servers = servers.map_or(&[][..], Node::items);
        claim.dns = servers
            .iter()
            .filter_map(|item| item.as_str()?.parse().ok())
            .collect();
        claim
    }
}
