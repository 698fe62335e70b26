//! osgraft's definition.

use super::body::body;
use super::definition::{Definition, File, definitions, read, renderer};
use super::yaml::{Node, without, write};
use crate::identity::change::{Change, Owner};
use crate::identity::files::Files;
use crate::identity::flaw::Flaw;
use crate::identity::stack::choice::{Candidate, choose, in_words, is_for, judge_name};
use crate::identity::stack::resolver::Servers;
use crate::identity::stack::{network_manager, networkd, resolver};
use crate::identity::wanted::{Nic, Selector};
use crate::path::escape;

const HEADING: &str = "# Written by osgraft for this machine alone.\n";
const ETC: &str = "/etc/netplan";

/// The pattern of the names that hardware has.
const HARDWARE: &str = "e*";

/// Kinds of devices that stand on NICs, with the keys that name those.
const DEVICES: [(&str, &str); 6] = [
    ("bonds", "interfaces"),
    ("bridges", "interfaces"),
    ("vrfs", "interfaces"),
    ("vlans", "link"),
    ("tunnels", "link"),
    ("virtual-ethernets", "peer"),
];

pub(super) fn render(nic: &Nic, servers: &Servers, files: &Files) -> Result<Vec<Change>, Flaw> {
    judge_name(nic, files)?;
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
            changes.extend(network_manager::name_servers(nic, servers, files)?);
        }
        _ => changes.extend(resolver::where_resolved_is_off(nic, servers, files)?),
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
