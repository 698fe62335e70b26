//! The edit of the wanted NIC's `ifcfg-*` file.

use std::net::IpAddr;

use super::profile::{NETWORK, Profile, Reader, SCRIPTS, profiles, unreadable};
use crate::identity::change::Change;
use crate::identity::files::Files;
use crate::identity::flaw::Flaw;
use crate::identity::stack::nic_name::{Naming, namings};
use crate::identity::stack::resolver::Servers;
use crate::identity::stack::shell_vars::{Vars, digits};
use crate::identity::stack::{refusal, resolver};
use crate::identity::wanted::{Mac, Nic, Selector, V4, V6};
use crate::path::{GuestPath, escape};

const STACK: &str = "ifcfg";

/// Changes that give the NIC what is wanted.
pub(super) fn render(
    nic: &Nic,
    all: &Servers,
    files: &Files,
    reader: Reader,
) -> Result<Vec<Change>, Flaw> {
    let asks_servers = resolver::asks(nic);
    if nic.v4 == V4::Keep && nic.v6 == V6::Keep && !asks_servers {
        return Ok(Vec::new());
    }
    refusal::judge_name(&nic.selector)?;
    let profiles = profiles(files, reader)?;
    let namings = namings(files);
    let chosen = choose(&nic.selector, &profiles, &namings, reader)?;
    if let Some(profile) = &chosen {
        refuse_stacked(profile, &profiles)?;
        refuse_rivals(profile, &profiles)?;
    }
    let mut changes = Vec::new();
    let mut profile = chosen.unwrap_or_else(|| made(&nic.selector, reader));
    let old = profile.vars.to_bytes();
    let device = profile.device().map(str::to_owned);
    refuse_routes(nic, &profile, files)?;
    bind(&mut profile, &nic.selector, &namings)?;
    profile.vars.set("ONBOOT", "yes");
    give_v4(&mut profile.vars, &nic.v4);
    give_v6(&mut profile.vars, &nic.v6, device.as_deref());
    give_servers(&mut profile.vars, nic);
    let new = profile.vars.to_bytes();
    if new != old || files.get(&profile.path).is_none() {
        changes.push(Change::rewrite(&profile.path, new));
    }
    for alias in profiles.iter().filter(|other| {
        let base = other.base();
        nic.v4 != V4::Keep
            && base.is_some()
            && (base == device.as_deref() || base == Some(&profile.name))
    }) {
        changes.push(Change::Aside {
            path: alias.path.clone(),
        });
    }
    changes.extend(network(nic, device.as_deref(), files)?);
    if asks_servers && reader == Reader::Service && resolver::way(files) == Ok(resolver::Way::File)
    {
        changes.extend(resolver::render(all, files, resolver::Way::File));
    }
    Ok(changes)
}

/// The file of the wanted NIC; `None` where one has to be made.
fn choose(
    selector: &Selector,
    all: &[Profile],
    namings: &[Naming],
    reader: Reader,
) -> Result<Option<Profile>, Flaw> {
    let nics: Vec<&Profile> = all.iter().filter(|profile| profile.is_nic()).collect();
    let named = |name: &str| {
        let mut found = nics.iter().filter(|profile| profile.device() == Some(name));
        let first = found.next().map(|profile| (*profile).clone());
        match found.next() {
            Some(_) => Err(refusal::several(STACK, &files_of(&nics))),
            None => Ok(first),
        }
    };
    match selector {
        Selector::Sole => {
            let one = sole(&nics, all)?;
            Ok(Some(one.clone()))
        }
        Selector::Name(name) => {
            if let Some(other) = all.iter().find(|p| p.device() == Some(name) && !p.is_nic()) {
                return Err(refusal::stacked(
                    &other.path,
                    name,
                    "is a bond, a bridge or a VLAN",
                ));
            }
            named(name)
        }
        Selector::Mac(mac) => {
            let its: Vec<&&Profile> = nics.iter().filter(|p| p.on().macs == [*mac]).collect();
            match its.as_slice() {
                [one] => return Ok(Some((**one).clone())),
                [] => {}
                several => {
                    let several: Vec<&Profile> = several.iter().map(|one| **one).collect();
                    return Err(refusal::several(STACK, &files_of(&several)));
                }
            }
            if let Some(naming) = namings.iter().find(|naming| naming.mac == *mac)
                && let Some(profile) = named(&naming.name)?
            {
                return Ok(Some(profile));
            }
            if nics.is_empty() && reader == Reader::Manager && all.is_empty() {
                return Ok(None);
            }
            if nics.is_empty() && all.is_empty() {
                return Err(refusal::unknown(STACK, &format!("the one with {mac}")));
            }
            Ok(Some(sole(&nics, all)?.clone()))
        }
    }
}

fn files_of(profiles: &[&Profile]) -> Vec<String> {
    profiles
        .iter()
        .map(|profile| profile.name.clone())
        .collect()
}

/// The only NIC; one that is not brought up counts where none is.
fn sole<'a>(nics: &[&'a Profile], all: &[Profile]) -> Result<&'a Profile, Flaw> {
    let mut pool: Vec<&Profile> = nics
        .iter()
        .copied()
        .filter(|nic| nic.is_started())
        .collect();
    if pool.is_empty() {
        pool = nics.to_vec();
    }
    match pool.as_slice() {
        [one] => Ok(one),
        [] => match all.iter().find(|profile| profile.base().is_none()) {
            Some(other) => Err(refusal::stacked(
                &other.path,
                &other.name,
                "is a bond, a bridge or a VLAN",
            )),
            None => Err(refusal::unknown(STACK, "the only one")),
        },
        several => Err(refusal::several(STACK, &files_of(several))),
    }
}

/// A file for a NIC that has none.
fn made(selector: &Selector, reader: Reader) -> Profile {
    let (name, mut vars) = match selector {
        Selector::Name(name) => (name.clone(), Vars::default()),
        _ => ("osgraft0".to_owned(), Vars::default()),
    };
    vars.set("TYPE", "Ethernet");
    if let Selector::Name(name) = selector {
        vars.set("DEVICE", name);
    }
    let path = format!("{SCRIPTS}/ifcfg-{name}");
    Profile {
        path: path.parse().expect("a literal guest path"),
        name,
        vars,
        reader,
    }
}

fn refuse_stacked(profile: &Profile, all: &[Profile]) -> Result<(), Flaw> {
    if let Some(master) = profile.master() {
        let why = format!("is a part of {master}");
        return Err(refusal::stacked(&profile.path, &profile.name, &why));
    }
    let Some(device) = profile.device() else {
        return Ok(());
    };
    for other in all {
        let vlan = other.device().and_then(|name| name.strip_prefix(device));
        let is_vlan = vlan.is_some_and(|rest| rest.starts_with('.'))
            || (other.is_vlan() && other.vars.get("PHYSDEV") == Some(device));
        if is_vlan {
            let why = format!("carries VLAN {}", escape(other.name.as_bytes()));
            return Err(refusal::stacked(&other.path, device, &why));
        }
    }
    Ok(())
}

/// Refuses a NIC that a file for any NIC takes as well.
fn refuse_rivals(profile: &Profile, all: &[Profile]) -> Result<(), Flaw> {
    let is_rival = |other: &&Profile| {
        let on = other.on();
        let takes_any = on.macs.is_empty() && on.names.is_empty();
        let is_same = on.names == profile.on().names && !on.names.is_empty();
        other.path != profile.path && other.is_nic() && other.is_started() && (takes_any || is_same)
    };
    match all.iter().find(is_rival) {
        Some(other) => Err(refusal::several(STACK, &files_of(&[profile, other]))),
        None => Ok(()),
    }
}

/// Refuses routes and rules that would undo the wish.
fn refuse_routes(nic: &Nic, profile: &Profile, files: &Files) -> Result<(), Flaw> {
    let wanted_v4 = match &nic.v4 {
        V4::Static(fixed) => fixed
            .addresses
            .iter()
            .map(|net| IpAddr::V4(net.addr()))
            .collect(),
        _ => Vec::new(),
    };
    let wanted_v6 = match &nic.v6 {
        V6::Static(fixed) => fixed
            .addresses
            .iter()
            .map(|net| IpAddr::V6(net.addr()))
            .collect(),
        _ => Vec::new(),
    };
    let old: Vec<IpAddr> = profile
        .claim()
        .addresses
        .iter()
        .map(|net| net.addr())
        .filter(|old| match old {
            IpAddr::V4(_) => nic.v4 != V4::Keep && !wanted_v4.contains(old),
            IpAddr::V6(_) => nic.v6 != V6::Keep && !wanted_v6.contains(old),
        })
        .collect();
    let names: Vec<&str> = [Some(profile.name.as_str()), profile.device()]
        .into_iter()
        .flatten()
        .collect();
    for kind in ["route", "rule", "route6", "rule6"] {
        let is_wished = match kind.ends_with('6') {
            true => nic.v6 != V6::Keep,
            false => nic.v4 != V4::Keep,
        };
        for name in names.iter().filter(|_| is_wished) {
            let path = format!("{SCRIPTS}/{kind}-{name}");
            let text = String::from_utf8_lossy(files.content(&path).unwrap_or_default());
            let what = text.lines().find_map(|line| undoes(line, &old));
            if let Some(what) = what {
                let path: GuestPath = path.parse().expect("a guest path");
                return Err(Flaw::new(
                    "ifcfg-routes",
                    format!("{path}: a line {what}: take it out of the master"),
                ));
            }
        }
    }
    Ok(())
}

/// The way in which a line of a route file undoes the wish.
fn undoes(line: &str, old: &[IpAddr]) -> Option<&'static str> {
    let line = line.trim();
    if line.starts_with('#') {
        return None;
    }
    let is_part = |c: char| c.is_ascii_hexdigit() || c == '.' || c == ':';
    let mut parts = line.split(|c: char| !is_part(c));
    if parts.any(|part| part.parse().is_ok_and(|part: IpAddr| old.contains(&part))) {
        return Some("names the master’s address");
    }
    let mut words = line.split_whitespace();
    let is_default = words.any(|word| ["default", "0.0.0.0/0", "::/0"].contains(&word));
    let is_rule = line.contains("table") || line.contains("lookup");
    let is_old_form = line.strip_prefix("ADDRESS").is_some_and(|rest| {
        let value = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        value
            .trim_start_matches(['=', '"', '\''])
            .starts_with("0.0.0.0")
    });
    ((is_default && !is_rule) || is_old_form).then_some("sets a default route")
}

/// Binds the file to the NIC by its hardware address or its name.
fn bind(profile: &mut Profile, selector: &Selector, namings: &[Naming]) -> Result<(), Flaw> {
    let device = profile.device().map(str::to_owned);
    let own = match selector {
        Selector::Mac(mac) => Some(*mac),
        _ => None,
    };
    let set: Option<Mac> = profile.vars.get("MACADDR").and_then(|mac| mac.parse().ok());
    match (set, own) {
        (Some(set), None) => return Err(refusal::hardware(&profile.path, &profile.name, set)),
        (Some(set), Some(own)) if set != own => profile.vars.set("MACADDR", &own.to_string()),
        _ => {}
    }
    let foreign = namings.iter().find(|naming| {
        !naming.is_generated && Some(naming.mac) != own && Some(&naming.name) == device.as_ref()
    });
    match (own, foreign) {
        (None, Some(naming)) => {
            return Err(refusal::renamed(&naming.file, &naming.name, naming.mac));
        }
        (Some(_), Some(_)) if profile.reader == Reader::Manager => profile.vars.unset("DEVICE"),
        _ => {}
    }
    match own {
        Some(mac) => {
            let old = profile.vars.get("HWADDR").and_then(|old| old.parse().ok());
            if old != Some(mac) {
                profile.vars.set("HWADDR", &mac.to_string());
            }
        }
        None => {
            if profile.vars.get("DEVICE").is_none() && profile.vars.get("HWADDR").is_some() {
                let text = "the child’s, for it is matched by a hardware address";
                return Err(refusal::unknown(STACK, text));
            }
            profile.vars.unset("HWADDR");
        }
    }
    profile.vars.unset("UUID");
    if profile.reader == Reader::Manager && profile.vars.is_no("NM_CONTROLLED") {
        profile.vars.unset("NM_CONTROLLED");
    }
    Ok(())
}

/// Values that stand behind numbered keys, as `IPADDR`, `IPADDR1`, …
fn give_numbered(vars: &mut Vars, name: &str, values: &[String]) {
    let key = |index: usize| match index {
        0 => name.to_owned(),
        index => format!("{name}{index}"),
    };
    let wanted: Vec<String> = (0..values.len()).map(key).collect();
    for old in vars.numbered(name, digits) {
        if !wanted.contains(&old) {
            vars.unset(&old);
        }
    }
    for (key, value) in wanted.iter().zip(values) {
        vars.set(key, value);
    }
}

fn give_v4(vars: &mut Vars, v4: &V4) {
    let (protocol, fixed) = match v4 {
        V4::Keep => return,
        V4::Off => ("none", None),
        V4::Dhcp => ("dhcp", None),
        V4::Static(fixed) => ("none", Some(fixed)),
    };
    let old = vars
        .get("BOOTPROTO")
        .unwrap_or_default()
        .to_ascii_lowercase();
    if old != protocol && !(protocol == "none" && old == "static") {
        vars.set("BOOTPROTO", protocol);
    }
    for key in [
        "BROADCAST",
        "NETWORK",
        "DHCP_HOSTNAME",
        "DHCP_CLIENT_ID",
        "DHCP_FQDN",
    ] {
        vars.unset(key);
    }
    let nets = fixed.map_or(&[][..], |fixed| &fixed.addresses);
    let has_mask = !vars.numbered("NETMASK", digits).is_empty() && vars.get("PREFIX").is_none();
    let addresses: Vec<String> = nets.iter().map(|net| net.addr().to_string()).collect();
    give_numbered(vars, "IPADDR", &addresses);
    let (masks, prefixes) = match has_mask {
        true => (
            nets.iter().map(|net| net.netmask().to_string()).collect(),
            Vec::new(),
        ),
        false => (
            Vec::new(),
            nets.iter()
                .map(|net| net.prefix_len().to_string())
                .collect(),
        ),
    };
    give_numbered(vars, "NETMASK", &masks);
    give_numbered(vars, "PREFIX", &prefixes);
    let gateway = fixed.and_then(|fixed| fixed.gateway);
    let gateways: Vec<String> = gateway.iter().map(ToString::to_string).collect();
    give_numbered(vars, "GATEWAY", &gateways);
    if (gateway.is_some() || *v4 == V4::Dhcp) && vars.is_no("DEFROUTE") {
        vars.set("DEFROUTE", "yes");
    }
}

fn give_v6(vars: &mut Vars, v6: &V6, device: Option<&str>) {
    let fixed = match v6 {
        V6::Keep => return,
        V6::Static(fixed) => Some(fixed),
        _ => None,
    };
    vars.set("IPV6INIT", if *v6 == V6::Off { "no" } else { "yes" });
    if *v6 == V6::Off {
        vars.unset("IPV6_AUTOCONF");
    } else {
        vars.set("IPV6_AUTOCONF", if *v6 == V6::Auto { "yes" } else { "no" });
    }
    match v6 {
        V6::Dhcp => vars.set("DHCPV6C", "yes"),
        _ => vars.unset("DHCPV6C"),
    }
    let nets: Vec<String> = fixed
        .iter()
        .flat_map(|fixed| &fixed.addresses)
        .map(ToString::to_string)
        .collect();
    match nets.split_first() {
        Some((first, [])) => {
            vars.set("IPV6ADDR", first);
            vars.unset("IPV6ADDR_SECONDARIES");
        }
        Some((first, others)) => {
            vars.set("IPV6ADDR", first);
            vars.set("IPV6ADDR_SECONDARIES", &others.join(" "));
        }
        None => {
            vars.unset("IPV6ADDR");
            vars.unset("IPV6ADDR_SECONDARIES");
        }
    }
    match fixed.and_then(|fixed| fixed.gateway) {
        Some(gateway) => {
            // The scripts take a link-local gateway with its device alone.
            let scope = match device.filter(|_| gateway.is_unicast_link_local()) {
                Some(device) => format!("%{device}"),
                None => String::new(),
            };
            vars.set("IPV6_DEFAULTGW", &format!("{gateway}{scope}"));
            if vars.is_no("IPV6_DEFROUTE") {
                vars.set("IPV6_DEFROUTE", "yes");
            }
        }
        None => vars.unset("IPV6_DEFAULTGW"),
    }
}

fn give_servers(vars: &mut Vars, nic: &Nic) {
    if !nic.dns.is_empty() {
        let keys = (1..).map(|number: usize| format!("DNS{number}"));
        let wanted: Vec<(String, String)> =
            keys.zip(nic.dns.iter().map(IpAddr::to_string)).collect();
        for old in vars.numbered("DNS", digits) {
            if !wanted.iter().any(|(key, _)| *key == old) {
                vars.unset(&old);
            }
        }
        for (key, value) in &wanted {
            vars.set(key, value);
        }
    }
    if !nic.search.is_empty() {
        vars.set("DOMAIN", &resolver::joined(&nic.search));
        vars.unset("SEARCH");
    }
}

/// The file for all NICs, without the master's gateway.
fn network(nic: &Nic, device: Option<&str>, files: &Files) -> Result<Option<Change>, Flaw> {
    let path: GuestPath = NETWORK.parse().expect("a literal guest path");
    let Some(old) = files.content(NETWORK) else {
        return Ok(None);
    };
    let Some(mut vars) = Vars::parse(old) else {
        let text = String::from_utf8_lossy(old);
        let concerns = ["GATEWAY", "IPV6_DEFAULTGW", "NETWORKING_IPV6"];
        return match concerns.iter().any(|key| text.contains(key)) {
            true => Err(unreadable(&path)),
            false => Ok(None),
        };
    };
    let is_others = vars.get("GATEWAYDEV").is_some_and(|of| Some(of) != device);
    if nic.v4 != V4::Keep && !is_others {
        vars.unset("GATEWAY");
        vars.unset("GATEWAYDEV");
    }
    if nic.v6 != V6::Keep {
        vars.unset("IPV6_DEFAULTGW");
        vars.unset("IPV6_DEFAULTDEV");
        if nic.v6 != V6::Off && vars.is_no("NETWORKING_IPV6") {
            vars.set("NETWORKING_IPV6", "yes");
        }
    }
    let new = vars.to_bytes();
    Ok((new != old).then(|| Change::rewrite(&path, new)))
}
