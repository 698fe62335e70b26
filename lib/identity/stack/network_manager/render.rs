//! osgraft's profile.

use ipnet::IpNet;
use sha2::{Digest, Sha256};

use super::config::{Config, name_servers};
use super::profile::{ETC, Profile, is_numbered, mark_of, read, route_of, vendors};
use crate::identity::change::{Change, Owner};
use crate::identity::files::Files;
use crate::identity::flaw::Flaw;
use crate::identity::stack::choice::{Candidate, Choice, choose, in_words, is_for, judge_name};
use crate::identity::stack::family::{Families, Family, Kept};
use crate::identity::stack::ini::{Section, section, text};
use crate::identity::stack::resolver::Servers;
use crate::identity::stack::{On, resolver};
use crate::identity::wanted::{Nic, Selector, V4, V6};
use crate::path::escape;

const HEADING: &str = "# Written by osgraft for this machine alone.\n";

/// Methods under which a family takes name servers.
const WITH_DNS: [&str; 3] = ["auto", "manual", "dhcp"];

/// A method that configures nothing.
const OFF: [(&str, &str); 2] = [("ipv4", "disabled"), ("ipv6", "link-local")];

/// The Ethernet profiles that come up by themselves, with the NICs that they take.
fn wired(files: &Files) -> Vec<(Profile, On)> {
    let profiles = read(files).into_iter();
    profiles
        .filter(Profile::comes_up)
        .filter_map(|profile| profile.on().map(|on| (profile, on)))
        .collect()
}

fn chosen(nic: &Nic, profiles: &[(Profile, On)]) -> Result<Choice, Flaw> {
    let candidates: Vec<Candidate<'_>> = profiles
        .iter()
        .map(|(profile, on)| Candidate {
            on,
            is_ours: is_ours(profile),
        })
        .collect();
    choose(nic, &candidates)
}

pub(super) fn render(nic: &Nic, all: &Servers, files: &Files) -> Result<Vec<Change>, Flaw> {
    judge_name(nic, files)?;
    let profiles = wired(files);
    let choice = chosen(nic, &profiles)?;
    let own = choice.own.iter().map(|place| &profiles[*place].0);
    let general = choice.general.iter().map(|place| &profiles[*place].0);
    let mine: Vec<&Profile> = own.chain(general).collect();

    let mut names: Vec<String> = mine
        .iter()
        .filter_map(|one| one.on())
        .flat_map(|on| on.names)
        .collect();
    if let Selector::Name(name) = &nic.selector {
        names = vec![name.clone()];
    }
    let config = Config::read(files);
    config.judge(nic, &names, files)?;
    judge_sharing(nic, files, &mine, &names)?;

    let base = base(nic, &mine)?;
    let (path, stem) = place(nic, files, &profiles);
    let mut sections = body(nic, base, &config)?;
    let uuid = uuid_of(&stem, nic);
    head(nic, &stem, &uuid, &mut sections);
    let content = text(HEADING, &sections).into_bytes();

    let mut changes = Vec::new();
    if files.content(&path) != Some(content.as_slice()) {
        changes.push(profile_change(&path, content, &sections));
    }
    changes.extend(gone(mine.into_iter(), files)?);
    changes.extend(name_servers(nic, all, files)?);
    Ok(changes)
}

/// The profile as a change; a secret where it carries over a password or a key.
fn profile_change(path: &str, content: Vec<u8>, sections: &[Section]) -> Change {
    let mut change = Change::file(path, content, Owner::root(0o600));
    let is_secret = |key: &str| {
        ["password", "psk", "key", "pin"]
            .iter()
            .any(|word| key.contains(word))
    };
    let mut entries = sections.iter().flat_map(|section| &section.entries);
    let holds = entries.any(|(key, _)| is_secret(key));
    if let Change::Write { is_secret, .. } = &mut change {
        *is_secret = holds;
    }
    change
}

/// Changes that take away every profile that may take a NIC which another program's profile is for.
///
/// # Errors
/// As of rendering.
pub(in crate::identity::stack) fn others_go(nic: &Nic, files: &Files) -> Result<Vec<Change>, Flaw> {
    let profiles = wired(files);
    let choice = chosen(nic, &profiles)?;
    let mine = choice.own.iter().chain(&choice.general);
    gone(mine.map(|place| &profiles[*place].0), files)
}

/// Takes profiles away: the administrator's go, the vendor's are marked as NetworkManager itself marks one
/// that is deleted.
fn gone<'a>(
    profiles: impl Iterator<Item = &'a Profile>,
    files: &Files,
) -> Result<Vec<Change>, Flaw> {
    let vendors = vendors(files);
    let mut changes = Vec::new();
    for profile in profiles.filter(|profile| !is_ours(profile)) {
        let uuid = profile.uuid();
        if !profile.is_vendors {
            changes.push(Change::Aside {
                path: profile.path.clone(),
            });
        } else if uuid.is_none() {
            let text = "this profile of the vendor's has no UUID, by which osgraft could take it away: state \
                        one in it, or remove it in the master";
            return Err(Flaw::at("nic-vendor-profile", &profile.path, text));
        }
        let Some(uuid) = uuid else { continue };
        let is_below = profile.is_vendors
            || vendors
                .iter()
                .any(|vendor| vendor.uuid().as_ref() == Some(&uuid));
        let mark = mark_of(&uuid);
        if is_below && !files.exists(&mark) {
            let path = mark.parse().map_err(|_| {
                Flaw::at(
                    "nic-vendor-profile",
                    &profile.path,
                    "its UUID is none: remove it in the master",
                )
            })?;
            changes.push(Change::Symlink {
                path,
                target: b"/dev/null".to_vec(),
            });
        }
    }
    Ok(changes)
}

fn is_ours(profile: &Profile) -> bool {
    let name = String::from_utf8_lossy(profile.path.file_name().unwrap_or_default()).into_owned();
    let number = name
        .strip_prefix("osgraft-")
        .and_then(|rest| rest.strip_suffix(".nmconnection"));
    number.is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// The path and the name of osgraft's profile for this NIC.
fn place(nic: &Nic, files: &Files, profiles: &[(Profile, On)]) -> (String, String) {
    let mut number = 0;
    loop {
        let stem = format!("osgraft-{number}");
        let path = format!("{ETC}/{stem}.nmconnection");
        let there = profiles
            .iter()
            .find(|(profile, _)| profile.path.to_string() == path);
        let is_mine = there.is_some_and(|(_, on)| is_for(&nic.selector, on));
        if is_mine || !files.exists(&path) {
            return (path, stem);
        }
        number += 1;
    }
}

fn judge_sharing(
    nic: &Nic,
    files: &Files,
    mine: &[&Profile],
    names: &[String],
) -> Result<(), Flaw> {
    let refuse = |profile: &Profile, with: &str| {
        let text = format!(
            "it joins {} with another device ({}): configure that device in the guest, and ask for no address here",
            in_words(nic),
            escape(with.as_bytes())
        );
        Err(Flaw::at("nic-stacked", &profile.path, &text))
    };
    for profile in mine {
        if let Some(controller) = profile.controller() {
            return refuse(profile, controller);
        }
    }
    for profile in read(files).iter().filter(|profile| profile.comes_up()) {
        let Some(parent) = profile.parent() else {
            continue;
        };
        let is_uuid = |one: &&Profile| {
            one.uuid()
                .is_some_and(|uuid| uuid.eq_ignore_ascii_case(parent))
        };
        let is_elsewhere =
            !parent.is_empty() && !names.is_empty() && !names.iter().any(|name| name == parent);
        if mine.iter().any(is_uuid) || !is_elsewhere {
            return refuse(profile, &format!("{} on {parent}", profile.path));
        }
    }
    Ok(())
}

/// The profile that is carried over: the one that NetworkManager tries first.
fn base<'a>(nic: &Nic, mine: &[&'a Profile]) -> Result<Option<&'a Profile>, Flaw> {
    if let Some(ours) = mine.iter().find(|profile| is_ours(profile)) {
        return Ok(Some(ours));
    }
    let best = mine.iter().map(|profile| profile.priority()).max();
    let best: Vec<&'a Profile> = mine
        .iter()
        .copied()
        .filter(|profile| Some(profile.priority()) == best)
        .collect();
    let Some(first) = best.first().copied() else {
        return Ok(None);
    };
    let kept = [("ipv4", nic.v4 == V4::Keep), ("ipv6", nic.v6 == V6::Keep)];
    for (family, _) in kept.iter().filter(|(_, keeps)| *keeps) {
        if let Some(other) = best
            .iter()
            .find(|one| one.section(family) != first.section(family))
        {
            let text = format!(
                "it and {} both fit {}, and their [{family}] differs, so what is to be kept cannot be told: ask for \
                 that family as well, or remove one of them in the master",
                other.path,
                in_words(nic)
            );
            return Err(Flaw::at("nic-keep", &first.path, &text));
        }
    }
    Ok(Some(first))
}

/// A UUID that the same name and the same NIC always give (RFC 9562, version 8).
fn uuid_of(stem: &str, nic: &Nic) -> String {
    let nic = match &nic.selector {
        Selector::Sole => String::new(),
        Selector::Mac(mac) => mac.to_string(),
        Selector::Name(name) => name.clone(),
    };
    let digest = Sha256::digest(format!("osgraft profile {stem} {nic}").as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}

/// What says which profile it is, and which NIC it is for.
fn head(nic: &Nic, stem: &str, uuid: &str, sections: &mut Vec<Section>) {
    sections.retain(|section| section.name != "match" && !section.name.starts_with('.'));
    for section in sections.iter_mut() {
        if section.name == "802-3-ethernet" {
            section.name = "ethernet".to_owned();
        }
    }
    let connection = section(sections, "connection");
    connection.set("id", stem);
    connection.set("uuid", uuid);
    connection.set("type", "ethernet");
    for key in [
        "interface-name",
        "autoconnect",
        "timestamp",
        "permissions",
        "read-only",
    ] {
        connection.remove(key);
    }
    connection.set("autoconnect-priority", "999");
    if let Selector::Name(name) = &nic.selector {
        connection.push("interface-name", name.clone());
    }
    section(sections, "user").remove("org.freedesktop.NetworkManager.origin");
    let wired = section(sections, "ethernet");
    wired.entries.retain(|(key, value)| match key.as_str() {
        "mac-address" | "mac-address-blacklist" | "mac-address-denylist" => false,
        // The words keep; the master's address goes.
        "cloned-mac-address" | "assigned-mac-address" => !value.contains([':', '-', ';']),
        _ => true,
    });
    if let Selector::Mac(mac) = &nic.selector {
        wired.push("mac-address", mac.to_string());
    }
}

/// The sections of a profile with what is asked for.
fn body(nic: &Nic, base: Option<&Profile>, config: &Config) -> Result<Vec<Section>, Flaw> {
    let mut sections = base.map_or_else(Vec::new, |base| base.sections.clone());
    section(&mut sections, "connection");
    let families = Families::of(nic);
    for (family, off) in OFF {
        let is_v4 = family == "ipv4";
        let of = if is_v4 { Family::V4 } else { Family::V6 };
        let method = match (is_v4, &nic.v4, &nic.v6) {
            (true, V4::Keep, _) | (false, _, V6::Keep) => {
                match (base, config.makes_default_profiles()) {
                    (Some(base), _) => {
                        let section = base.section(family);
                        let method = section.and_then(|section| section.last("method"));
                        method.unwrap_or("auto").trim().to_owned()
                    }
                    // As of the profile that NetworkManager makes for a NIC that has none.
                    (None, true) => "auto".to_owned(),
                    (None, false) => off.to_owned(),
                }
            }
            (true, V4::Off, _) | (false, _, V6::Off) => off.to_owned(),
            (true, V4::Static(_), _) | (false, _, V6::Static(_)) => "manual".to_owned(),
            // NetworkManager asks DHCPv6 where a router says so, and has its routes of the router alone.
            (true, V4::Dhcp, _) | (false, _, V6::Auto | V6::Dhcp) => "auto".to_owned(),
        };
        let old = base.and_then(Profile::claim).unwrap_or_default();
        let had_dhcp = |family| match family {
            Family::V4 => old.dhcp4,
            Family::V6 => old.dhcp6,
        };
        let ip = section(&mut sections, family);
        if !families.keeps_family(of) {
            strip(ip, &families, had_dhcp).map_err(|text| match base {
                Some(base) => Flaw::at("nic-route", &base.path, &text),
                None => Flaw::new("nic-route", text),
            })?;
        }
        if [off, "ignore", "disabled", "link-local"].contains(&method.as_str())
            && !families.keeps_family(of)
        {
            ip.entries.clear();
        }
        ip.set("method", method.clone());
        if is_v4 && nic.v4 == V4::Dhcp {
            ip.push("dhcp-client-id", "mac");
        }
        let mut gateways = families
            .near_gateways()
            .iter()
            .chain(families.on_link_gateways());
        let gateway = gateways.find(|gateway| Family::of(**gateway) == of);
        let addresses = families
            .addresses()
            .iter()
            .filter(|net| Family::of(net.addr()) == of);
        for (number, net) in addresses.enumerate() {
            let via = gateway.filter(|_| number == 0);
            let via = via.map_or_else(String::new, |gateway| format!(",{gateway}"));
            ip.push(&format!("address{}", number + 1), format!("{net}{via}"));
        }
        if gateway.is_some() {
            ip.remove("never-default");
        }
    }
    name_server_entries(nic, &mut sections)?;
    Ok(sections)
}

/// Takes what a family had from its section. An error is what to say of a route that would not work.
fn strip(
    ip: &mut Section,
    families: &Families,
    had_dhcp: impl Fn(Family) -> bool,
) -> Result<(), String> {
    const GONE: [&str; 9] = [
        "method",
        "gateway",
        "dhcp-client-id",
        "dhcp-duid",
        "dhcp-iaid",
        "dhcp-hostname",
        "dhcp-fqdn",
        "token",
        "link-local",
    ];
    let mut kept = Vec::new();
    for (key, value) in ip.entries.drain(..) {
        // Options of a route stand in a key of their own, with the route's name.
        let route_key = key.strip_suffix("_options").unwrap_or(&key);
        let is_address = is_numbered(&key, "address") || is_numbered(&key, "addresses");
        if is_address || GONE.contains(&key.as_str()) {
            continue;
        }
        if is_numbered(&key, "routing-rule") {
            let mut ends = value
                .split_whitespace()
                .filter_map(|word| word.parse::<IpNet>().ok());
            if let Some(end) = ends.find(|end| !families.keeps(end.addr()) && end.prefix_len() > 0)
            {
                return Err(format!(
                    "a routing rule names {end}, of the addresses that go: remove the rule in the master"
                ));
            }
        }
        if let Some(route) = route_of(&key, &value) {
            match families.judge_route(route, &had_dhcp) {
                Kept::Yes => {}
                Kept::No => continue,
                Kept::Unreachable(why) => return Err(why),
            }
        }
        let is_option = route_key != key;
        let route_is_there = kept
            .iter()
            .any(|(known, _): &(String, String)| known == route_key);
        if !is_option || route_is_there {
            kept.push((key, value));
        }
    }
    ip.entries = kept;
    Ok(())
}

fn name_server_entries(nic: &Nic, sections: &mut Vec<Section>) -> Result<(), Flaw> {
    let mut search = nic
        .search
        .iter()
        .map(|domain| format!("{domain};"))
        .collect::<String>();
    for (family, _) in OFF {
        let is_v4 = family == "ipv4";
        let ip = section(sections, family);
        let takes = WITH_DNS.contains(&ip.last("method").unwrap_or_default());
        if !nic.dns.is_empty() {
            ip.remove("dns");
        }
        if !nic.search.is_empty() {
            ip.remove("dns-search");
        }
        let servers = nic.dns.iter().filter(|server| server.is_ipv4() == is_v4);
        let servers: String = servers.map(|server| format!("{server};")).collect();
        if !servers.is_empty() && !takes {
            let what = format!(
                "written by NetworkManager, which takes {} name servers only with {} addresses",
                family.replace("ip", "IP"),
                family.replace("ip", "IP")
            );
            return Err(resolver::no_way_in(&what));
        }
        if !servers.is_empty() {
            ip.push("dns", servers);
        }
        if takes && !search.is_empty() {
            ip.push("dns-search", std::mem::take(&mut search));
        }
    }
    if !search.is_empty() {
        return Err(resolver::no_way_in(
            "written by NetworkManager, which takes search domains only with addresses",
        ));
    }
    Ok(())
}
