//! The edit of the wanted NIC's files.

use std::net::IpAddr;

use ipnet::IpNet;

use super::profile::{CONFIG, FOLDER, Profile, ROUTES, namings, profiles, route, unreadable};
use crate::identity::change::Change;
use crate::identity::files::Files;
use crate::identity::flaw::Flaw;
use crate::identity::stack::nic_name::Naming;
use crate::identity::stack::resolver::Servers;
use crate::identity::stack::shell_vars::Vars;
use crate::identity::stack::{refusal, resolver};
use crate::identity::wanted::{Mac, Nic, Selector, V4, V6};
use crate::path::{GuestPath, escape};

const STACK: &str = "wicked";

/// What is wanted of the addresses; `None` for a family that stays.
struct Wish {
    v4: Option<(Vec<IpNet>, Option<IpAddr>)>,
    v6: Option<(Vec<IpNet>, Option<IpAddr>)>,
}

impl Wish {
    fn of(nic: &Nic) -> Self {
        let v4 = match &nic.v4 {
            V4::Keep => None,
            V4::Static(fixed) => Some((
                fixed.addresses.iter().map(|net| (*net).into()).collect(),
                fixed.gateway.map(IpAddr::from),
            )),
            V4::Off | V4::Dhcp => Some((Vec::new(), None)),
        };
        let v6 = match &nic.v6 {
            V6::Keep => None,
            V6::Static(fixed) => Some((
                fixed.addresses.iter().map(|net| (*net).into()).collect(),
                fixed.gateway.map(IpAddr::from),
            )),
            V6::Off | V6::Auto | V6::Dhcp => Some((Vec::new(), None)),
        };
        Self { v4, v6 }
    }

    fn changes(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(_) => self.v4.is_some(),
            IpAddr::V6(_) => self.v6.is_some(),
        }
    }

    fn families(&self) -> impl Iterator<Item = &(Vec<IpNet>, Option<IpAddr>)> {
        [&self.v4, &self.v6].into_iter().flatten()
    }
}

/// Changes that give the NIC what is wanted.
pub(super) fn render(nic: &Nic, all: &Servers, files: &Files) -> Result<Vec<Change>, Flaw> {
    let asks_servers = resolver::asks(nic);
    let wish = Wish::of(nic);
    if wish.families().next().is_none() && !asks_servers {
        return Ok(Vec::new());
    }
    refusal::judge_name(&nic.selector)?;
    let profiles = profiles(files)?;
    let mut profile = choose(&nic.selector, &profiles, &namings(files))?;
    refuse_stacked(&profile, &profiles)?;
    let old = profile.vars.to_bytes();
    let is_new = files.get(&profile.path).is_none();
    set_hardware(&mut profile, &nic.selector)?;
    if !profile.is_started() {
        profile.vars.set("STARTMODE", "auto");
    }
    give_protocol(&mut profile, nic);
    give_addresses(&mut profile, &wish);
    let mut changes = Vec::new();
    let new = profile.vars.to_bytes();
    if new != old || is_new {
        changes.push(Change::rewrite(&profile.path, new));
    }
    changes.extend(routes(ROUTES, &profile.name, &wish, files, false));
    changes.extend(routes(
        &profile.route_file(),
        &profile.name,
        &wish,
        files,
        true,
    ));
    changes.extend(servers(nic, all, files)?);
    Ok(changes)
}

/// The file of the wanted NIC. wicked knows NICs by their names.
fn choose(selector: &Selector, all: &[Profile], namings: &[Naming]) -> Result<Profile, Flaw> {
    let own = match selector {
        Selector::Mac(mac) => Some(*mac),
        _ => None,
    };
    let by_rule = namings.iter().find(|naming| Some(naming.mac) == own);
    let name = match selector {
        Selector::Name(name) => Some(name),
        _ => by_rule.map(|naming| &naming.name),
    };
    let profile = match name {
        Some(name) => match all.iter().find(|profile| profile.name == *name) {
            Some(profile) => profile.clone(),
            None => Profile {
                path: format!("{FOLDER}/ifcfg-{name}")
                    .parse()
                    .map_err(|_| refusal::unknown(STACK, "the one with that name"))?,
                name: name.clone(),
                vars: Vars::default(),
            },
        },
        None => sole(all)?.clone(),
    };
    if !profile.is_nic() {
        let why = "is a bond, a bridge or a VLAN";
        return Err(refusal::stacked(&profile.path, &profile.name, why));
    }
    let foreign = namings.iter().find(|naming| {
        naming.name == profile.name && Some(naming.mac) != own && !naming.is_generated
    });
    match foreign {
        Some(naming) => Err(refusal::renamed(&naming.file, &naming.name, naming.mac)),
        None => Ok(profile),
    }
}

/// The only NIC; one that is not brought up counts where none is.
fn sole(all: &[Profile]) -> Result<&Profile, Flaw> {
    let nics: Vec<&Profile> = all.iter().filter(|profile| profile.is_nic()).collect();
    let started: Vec<&Profile> = nics
        .iter()
        .copied()
        .filter(|nic| nic.is_started())
        .collect();
    let pool = if started.is_empty() { nics } else { started };
    match pool.as_slice() {
        [one] => Ok(one),
        [] => match all.first() {
            Some(other) => Err(refusal::stacked(
                &other.path,
                &other.name,
                "is a bond, a bridge or a VLAN",
            )),
            None => Err(refusal::unknown(STACK, "the only one")),
        },
        several => {
            let names: Vec<String> = several.iter().map(|nic| nic.name.clone()).collect();
            Err(refusal::several(STACK, &names))
        }
    }
}

fn refuse_stacked(profile: &Profile, all: &[Profile]) -> Result<(), Flaw> {
    const PARTS: &[&str] = &[
        "BRIDGE_PORTS",
        "BONDING_SLAVE",
        "ETHERDEVICE",
        "TEAM_PORT_DEVICE",
        "MACVLAN_DEVICE",
        "OVS_BRIDGE_PORT_DEVICE",
        "TUNNEL_DEVICE",
        "VXLAN_DEVICE",
    ];
    for other in all.iter().filter(|other| other.name != profile.name) {
        let is_part = |key: &String| {
            let value = other.vars.get(key).unwrap_or_default();
            PARTS.iter().any(|part| key.starts_with(part))
                && value.split_whitespace().any(|word| word == profile.name)
        };
        let vlan = other.name.strip_prefix(&profile.name);
        if other.vars.keys().iter().any(is_part) || vlan.is_some_and(|rest| rest.starts_with('.')) {
            let why = format!("is used by {}", escape(other.name.as_bytes()));
            return Err(refusal::stacked(&other.path, &profile.name, &why));
        }
    }
    Ok(())
}

/// The hardware address that the file sets becomes the child's.
fn set_hardware(profile: &mut Profile, selector: &Selector) -> Result<(), Flaw> {
    let set: Option<Mac> = profile.vars.get("LLADDR").and_then(|mac| mac.parse().ok());
    match (set, selector) {
        (None, _) => {}
        (Some(set), Selector::Mac(own)) if set == *own => {}
        (Some(_), Selector::Mac(own)) => profile.vars.set("LLADDR", &own.to_string()),
        (Some(set), _) => return Err(refusal::hardware(&profile.path, &profile.name, set)),
    }
    Ok(())
}

fn give_protocol(profile: &mut Profile, nic: &Nic) {
    let (old4, old6) = profile.dhcp();
    let four = match nic.v4 {
        V4::Keep => old4,
        V4::Dhcp => true,
        _ => false,
    };
    let six = match nic.v6 {
        V6::Keep => old6,
        V6::Dhcp => true,
        _ => false,
    };
    if (four, six) == (old4, old6)
        && profile
            .vars
            .get("BOOTPROTO")
            .is_some_and(|old| old != "none")
    {
        return;
    }
    let protocol = match (four, six) {
        (true, true) => "dhcp",
        (true, false) => "dhcp4",
        (false, true) => "dhcp6",
        (false, false) => "static",
    };
    profile.vars.set("BOOTPROTO", protocol);
}

fn give_addresses(profile: &mut Profile, wish: &Wish) {
    let mut free: Vec<String> = Vec::new();
    let mut wanted: Vec<IpNet> = wish
        .families()
        .flat_map(|(nets, _)| nets)
        .copied()
        .collect();
    for (key, net) in profile.addresses() {
        if !wish.changes(net.addr()) {
            continue;
        }
        let rest = key["IPADDR".len()..].to_owned();
        if let Some(index) = wanted.iter().position(|new| *new == net) {
            wanted.remove(index);
            continue;
        }
        for part in [
            "NETMASK",
            "PREFIXLEN",
            "BROADCAST",
            "NETWORK",
            "REMOTE_IPADDR",
            "SCOPE",
            "LABEL",
        ] {
            profile.vars.unset(&format!("{part}{rest}"));
        }
        free.push(key);
    }
    // An empty value says nothing, and its place is taken first.
    let is_empty = |vars: &Vars, key: &str| vars.get(key).is_none();
    let mut number = 0;
    let mut wanted = wanted.into_iter();
    for key in &free {
        match wanted.next() {
            Some(net) => profile.vars.set(key, &net.to_string()),
            None => profile.vars.unset(key),
        }
    }
    for net in wanted {
        let key = loop {
            let key = match number {
                0 => "IPADDR".to_owned(),
                number => format!("IPADDR_{number}"),
            };
            number += 1;
            if is_empty(&profile.vars, &key) {
                break key;
            }
        };
        profile.vars.set(&key, &net.to_string());
        let rest = &key["IPADDR".len()..];
        for part in [
            "NETMASK",
            "PREFIXLEN",
            "BROADCAST",
            "NETWORK",
            "REMOTE_IPADDR",
        ] {
            profile.vars.unset(&format!("{part}{rest}"));
        }
    }
}

/// A route file without the old default routes over the NIC, and with the wanted ones in its own.
fn routes(path: &str, name: &str, wish: &Wish, files: &Files, is_own: bool) -> Option<Change> {
    let old = files.content(path);
    let text = old.unwrap_or_default();
    let goes = |line: &[u8]| {
        let Some(route) = route(line) else {
            return false;
        };
        let is_here = route.interface.as_deref().is_none_or(|of| of == name);
        let of = route.gateway.filter(|_| route.is_default);
        is_here && of.is_some_and(|gateway| wish.changes(gateway))
    };
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    let gone: Vec<IpAddr> = lines
        .iter()
        .filter(|line| goes(line))
        .filter_map(|line| route(line)?.gateway)
        .collect();
    let is_way = |line: &[u8]| {
        let route = route(line).filter(|route| route.gateway.is_none());
        is_own
            && route
                .and_then(|route| route.host)
                .is_some_and(|host| gone.contains(&host))
    };
    let mut added = Vec::new();
    for (nets, gateway) in wish.families().filter(|_| is_own) {
        let Some(gateway) = gateway else { continue };
        let is_local = matches!(gateway, IpAddr::V6(six) if six.is_unicast_link_local());
        if !is_local && !nets.iter().any(|net| net.contains(gateway)) {
            let whole = if gateway.is_ipv4() { 32 } else { 128 };
            added.push(format!("{gateway}/{whole} - - {name}\n"));
        }
        added.push(format!("default {gateway} - {name}\n"));
    }
    let stays = |line: &&&[u8]| !goes(line) && !is_way(line);
    let old_own: Vec<&[u8]> = lines.iter().filter(|line| !stays(line)).copied().collect();
    if old_own.concat() == added.concat().as_bytes() {
        return None;
    }
    let mut new = Vec::with_capacity(text.len());
    let mut is_placed = false;
    for line in &lines {
        if stays(&line) {
            new.extend_from_slice(line);
        } else if !is_placed {
            new.extend(added.concat().bytes());
            is_placed = true;
        }
    }
    if !is_placed {
        if !new.is_empty() && !new.ends_with(b"\n") {
            new.push(b'\n');
        }
        new.extend(added.concat().bytes());
    }
    Some(Change::text(path, new))
}

/// True where netconfig writes `/etc/resolv.conf`.
pub(super) fn is_netconfigs(config: &Vars) -> bool {
    // An empty policy switches netconfig off; without the key it is “auto”.
    let is_set = config
        .keys()
        .iter()
        .any(|key| key == "NETCONFIG_DNS_POLICY");
    !is_set || config.get("NETCONFIG_DNS_POLICY").is_some()
}

fn servers(nic: &Nic, all: &Servers, files: &Files) -> Result<Option<Change>, Flaw> {
    if !resolver::asks(nic) {
        return Ok(None);
    }
    let path: GuestPath = CONFIG.parse().expect("a literal guest path");
    let old = files.content(CONFIG).unwrap_or_default();
    let mut config = Vars::parse(old).ok_or_else(|| unreadable(&path))?;
    if !is_netconfigs(&config) {
        let way = resolver::way(files)?;
        return Ok(resolver::render(all, files, way));
    }
    if !all.dns().is_empty() {
        let servers: Vec<String> = all.dns().iter().map(IpAddr::to_string).collect();
        config.set("NETCONFIG_DNS_STATIC_SERVERS", &servers.join(" "));
    }
    if !all.search().is_empty() {
        config.set(
            "NETCONFIG_DNS_STATIC_SEARCHLIST",
            &resolver::joined(all.search()),
        );
    }
    let new = config.to_bytes();
    Ok((new != old).then(|| Change::text(CONFIG, new)))
}
