//! The stanza that belongs to the wanted NIC.

use std::collections::BTreeSet;

use super::config::{Config, Family, Stanza};
use super::flavour::{Flavour, has_patterns};
use crate::identity::files::Files;
use crate::identity::flaw::Flaw;
use crate::identity::stack::{On, glob, nic_name, refusal};
use crate::identity::wanted::{Mac, Selector};
use crate::path::{GuestPath, escape};

const STACK: &str = "ifupdown";

/// A name that its stanzas stand under, and the NICs that they go to.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// The name of its stanzas.
    pub(super) stanza: String,
    /// The NICs.
    pub(super) on: On,
    /// True where it is started at boot.
    pub(super) is_started: bool,
}

/// The stanza of the wanted NIC, and how it is started.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Target {
    /// The name of its stanzas.
    pub(super) stanza: String,
    /// Word of its start line.
    pub(super) start: StartWord,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum StartWord {
    /// It is started as it is.
    Kept,
    /// This word is added, with `auto`.
    Added(String),
    /// The words that start it become this one.
    Replaced(String),
}

/// All NICs that the configuration knows, the loopback, bonds, bridges and VLANs left out.
pub(super) fn candidates(config: &Config) -> Vec<Candidate> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for stanza in &config.stanzas {
        let name = stanza.name.as_str();
        if !seen.insert(name) || name.contains(':') || is_no_nic(name) {
            continue;
        }
        let all: Vec<&Stanza> = config.stanzas.iter().filter(|s| s.name == name).collect();
        let is_other = |s: &&Stanza| {
            s.family == Some(Family::Other)
                || ["loopback", "tunnel", "v4tunnel", "6to4", "ppp", "wvdial"]
                    .contains(&s.method.as_str())
        };
        if all.iter().all(is_other) || all.iter().any(|stanza| is_virtual(stanza)) {
            continue;
        }
        let starts: Vec<_> = config.starts.iter().filter(|s| s.starts(name)).collect();
        let is_parent = config
            .stanzas
            .iter()
            .any(|other| other.inherits.as_deref() == Some(name));
        if starts.is_empty() && is_parent {
            continue;
        }
        let mut on = On::default();
        for start in &starts {
            match (&start.logical, start.nic.split_once('/')) {
                (None, _) => on.names.push(name.to_owned()),
                (Some(_), None) => on.names.push(start.nic.clone()),
                (Some(_), Some(("", pattern))) => {
                    let pattern = pattern.split('/').next().unwrap_or(pattern);
                    on.names.push(pattern.to_owned());
                }
                (Some(_), Some(("mac", mac))) => on.macs.extend(mac.parse::<Mac>()),
                (Some(_), Some(_)) => on.names.push("*".to_owned()),
            }
        }
        if starts.is_empty() {
            on.names.push(name.to_owned());
        }
        on.names.dedup();
        found.push(Candidate {
            stanza: name.to_owned(),
            on,
            is_started: !starts.is_empty(),
        });
    }
    found
}

/// The stanza of the wanted NIC.
///
/// # Errors
/// [`Flaw`]: the NIC is not known for sure.
pub(super) fn choose(
    selector: &Selector,
    config: &Config,
    files: &Files,
    flavour: Flavour,
) -> Result<Target, Flaw> {
    let all = candidates(config);
    let namings = nic_name::namings(files);
    match selector {
        Selector::Sole => {
            let one = sole(&all, config)?;
            if let Some(mac) = one.on.macs.first() {
                let text = format!("the child’s, for it is matched by the hardware address {mac}");
                return Err(refusal::unknown(STACK, &text));
            }
            refuse_renamed(&one.on, &namings, None)?;
            Ok(as_started(one, config, flavour))
        }
        Selector::Name(name) => by_name(name, None, &all, &namings, config, flavour),
        Selector::Mac(mac) => {
            let is_its = |one: &&Candidate| {
                one.on.macs.contains(mac) || hardware_addresses(config, &one.stanza).contains(mac)
            };
            if let Some(one) = all.iter().find(is_its) {
                return Ok(as_started(one, config, flavour));
            }
            if let Some(naming) = namings.iter().find(|naming| naming.mac == *mac) {
                return by_name(&naming.name, Some(*mac), &all, &namings, config, flavour);
            }
            // Stanzas that osgraft added for other NICs of the child are theirs.
            let is_others = |one: &Candidate| matches!(one.on.macs.as_slice(), [of] if own_name(*of) == one.stanza);
            let all: Vec<Candidate> = all.into_iter().filter(|one| !is_others(one)).collect();
            let may_match = flavour == Flavour::Debian && has_patterns(files) && !config.is_dynamic;
            if all.is_empty() && !config.stanzas.iter().any(is_virtual) {
                if !may_match {
                    return Err(refusal::unknown(STACK, &format!("the one with {mac}")));
                }
                let stanza = own_name(*mac);
                let start = StartWord::Added(format!("mac/{mac}={stanza}"));
                return Ok(Target { stanza, start });
            }
            let one = sole(&all, config)?;
            if one.on.macs.is_empty() && refuse_renamed(&one.on, &namings, None).is_ok() {
                return Ok(as_started(one, config, flavour));
            }
            if !may_match {
                refuse_renamed(&one.on, &namings, None)?;
                return Err(refusal::unknown(STACK, &format!("the one with {mac}")));
            }
            Ok(Target {
                stanza: one.stanza.clone(),
                start: StartWord::Replaced(format!("mac/{mac}={}", one.stanza)),
            })
        }
    }
}

/// The name of the stanza that is added for a hardware address.
fn own_name(mac: Mac) -> String {
    let digits = mac.to_string().replace(':', "");
    format!("osg{digits}")
}

/// The only NIC; one that is not started counts where none is.
fn sole<'a>(all: &'a [Candidate], config: &Config) -> Result<&'a Candidate, Flaw> {
    let started: Vec<&Candidate> = all.iter().filter(|one| one.is_started).collect();
    let pool: Vec<&Candidate> = match started.is_empty() {
        true => all.iter().collect(),
        false => started,
    };
    match pool.as_slice() {
        [one] => Ok(one),
        [] => match config.stanzas.iter().find(|stanza| is_virtual(stanza)) {
            Some(stanza) => Err(refusal::stacked(
                config.path(stanza.file),
                &stanza.name,
                "is a bond, a bridge or a VLAN",
            )),
            None => Err(refusal::unknown(STACK, "the only one")),
        },
        several => {
            let names: Vec<String> = several.iter().map(|one| one.stanza.clone()).collect();
            Err(refusal::several(STACK, &names))
        }
    }
}

fn by_name(
    name: &str,
    mac: Option<Mac>,
    all: &[Candidate],
    namings: &[nic_name::Naming],
    config: &Config,
    flavour: Flavour,
) -> Result<Target, Flaw> {
    let is_its = |one: &&Candidate| one.on.names.iter().any(|known| glob::fits(known, name));
    let named = On {
        macs: Vec::new(),
        names: vec![name.to_owned()],
    };
    refuse_renamed(&named, namings, mac)?;
    if let Some(one) = all.iter().find(is_its) {
        return Ok(as_started(one, config, flavour));
    }
    if let Some(stanza) = config.stanzas.iter().find(|stanza| stanza.name == name) {
        if is_virtual(stanza) {
            let why = "is a bond, a bridge or a VLAN";
            return Err(refusal::stacked(config.path(stanza.file), name, why));
        }
        return Err(refusal::unknown(STACK, "the one with that name"));
    }
    Ok(Target {
        stanza: name.to_owned(),
        start: StartWord::Added(name.to_owned()),
    })
}

fn as_started(one: &Candidate, config: &Config, flavour: Flavour) -> Target {
    let is_at_boot = |key: &str| {
        let takes_hotplug = matches!(flavour, Flavour::Debian | Flavour::Two);
        key == "auto" || key == "allow-auto" || (takes_hotplug && key == "allow-hotplug")
    };
    let is_started = config
        .starts
        .iter()
        .any(|start| start.starts(&one.stanza) && is_at_boot(start.line.key()));
    Target {
        stanza: one.stanza.clone(),
        start: match is_started {
            true => StartWord::Kept,
            false => StartWord::Added(one.stanza.clone()),
        },
    }
}

/// Refuses a NIC whose name comes from the hardware address of another.
fn refuse_renamed(on: &On, namings: &[nic_name::Naming], own: Option<Mac>) -> Result<(), Flaw> {
    for naming in namings.iter().filter(|naming| !naming.is_generated) {
        if own != Some(naming.mac) && on.names.contains(&naming.name) {
            return Err(refusal::renamed(&naming.file, &naming.name, naming.mac));
        }
    }
    Ok(())
}

/// Hardware addresses that the stanzas of a name set.
pub(super) fn hardware_addresses(config: &Config, stanza: &str) -> Vec<Mac> {
    let stanzas = config.stanzas.iter().filter(|s| s.name == stanza);
    let options = stanzas.filter_map(|stanza| stanza.option("hwaddress"));
    options
        .flat_map(|line| line.words.iter().filter_map(|word| word.parse().ok()))
        .collect()
}

/// Refuses a NIC that a bond, a bridge, a VLAN, a mapping or a renaming takes part in.
pub(super) fn refuse_entangled(target: &Target, config: &Config) -> Result<(), Flaw> {
    let all = candidates(config);
    let one = all.iter().find(|one| one.stanza == target.stanza);
    let names = one.map_or_else(|| vec![target.stanza.clone()], |one| one.on.names.clone());
    for stanza in &config.stanzas {
        let file = config.path(stanza.file);
        for name in &names {
            if let Some(why) = part_of(stanza, name, &target.stanza) {
                return Err(refusal::stacked(file, name, &why));
            }
        }
        if stanza.inherits.as_deref() == Some(target.stanza.as_str()) {
            return Err(inherits(file, &target.stanza, "is inherited by another"));
        }
    }
    for (file, pattern) in &config.mappings {
        if names.iter().any(|name| glob::fits(pattern, name)) {
            let text = format!("the mapping “{}” takes it", escape(pattern.as_bytes()));
            return Err(moved(config.path(*file), &target.stanza, &text));
        }
    }
    for (file, word) in &config.renames {
        let (from, to) = word.split_once('=').unwrap_or((word, ""));
        let takes = |name: &String| {
            let pattern = from.strip_prefix('/').unwrap_or(from);
            to == name || glob::fits(pattern, name)
        };
        if names.iter().any(takes) {
            let text = format!("“rename {}” takes it", escape(word.as_bytes()));
            return Err(moved(config.path(*file), &target.stanza, &text));
        }
    }
    Ok(())
}

fn moved(file: &GuestPath, name: &str, why: &str) -> Flaw {
    Flaw::new(
        "ifupdown-mapping",
        format!(
            "{file}: the name of NIC {} is decided as the guest runs ({why}): take that out of the master",
            escape(name.as_bytes())
        ),
    )
}

/// A stanza that inherits what would have to go, or that others inherit from.
pub(super) fn inherits(file: &GuestPath, name: &str, why: &str) -> Flaw {
    Flaw::new(
        "ifupdown-inherits",
        format!(
            "{file}: “iface {}” {why}, so it cannot be changed alone: write it out in the master",
            escape(name.as_bytes())
        ),
    )
}

/// The way in which a stanza makes use of a NIC, or the NIC's own stanza gives it away.
fn part_of(stanza: &Stanza, name: &str, own: &str) -> Option<String> {
    let other = escape(stanza.name.as_bytes());
    let lists = |keys: &[&str]| {
        let options = stanza
            .options
            .iter()
            .filter(|line| keys.contains(&line.key()));
        options
            .flat_map(|line| &line.words[1..])
            .any(|word| word == name || word == "all" || word == "regex")
    };
    if stanza.name == own {
        let keys = ["bond-master", "bond_master", "ovs_bridge", "ovs-bridge"];
        let line = stanza
            .options
            .iter()
            .find(|line| keys.contains(&line.key()))?;
        return Some(format!("is a part of {}", escape(line.value().as_bytes())));
    }
    if lists(&["bridge_ports", "bridge-ports", "ovs_ports", "ovs-ports"]) {
        return Some(format!("is a port of bridge {other}"));
    }
    if lists(&[
        "bond-slaves",
        "bond_slaves",
        "slaves",
        "bond-members",
        "bond-primary",
    ]) {
        return Some(format!("is a part of bond {other}"));
    }
    let raw = [
        "vlan-raw-device",
        "vlan_raw_device",
        "tunnel-physdev",
        "vxlan-physdev",
    ];
    let vlan = stanza
        .name
        .strip_prefix(name)
        .is_some_and(|rest| rest.starts_with('.'));
    if vlan || lists(&raw) {
        return Some(format!("carries VLAN {other}"));
    }
    None
}

/// True for a stanza that makes an interface of its own.
pub(super) fn is_virtual(stanza: &Stanza) -> bool {
    const KEYS: &[&str] = &[
        "bridge_ports",
        "bridge-ports",
        "bond-slaves",
        "bond_slaves",
        "slaves",
        "bond-members",
        "bond-mode",
        "bond_mode",
        "vlan-raw-device",
        "vlan_raw_device",
        "vlan-id",
        "vxlan-id",
        "ovs_type",
        "ovs-type",
        "vrf-table",
        "tunnel-mode",
        "wireguard-config-path",
        "macvlan-mode",
        "veth-peer-name",
    ];
    let numbered = stanza.name.strip_prefix("vlan");
    stanza.options.iter().any(|line| KEYS.contains(&line.key()))
        || (stanza.name.contains('.') && !stanza.name.contains(':'))
        || numbered.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// True for names that only virtual interfaces have.
fn is_no_nic(name: &str) -> bool {
    const PREFIXES: &[&str] = &[
        "dummy", "docker", "veth", "virbr", "ppp", "gre", "sit", "ipip", "vxlan", "tun", "tap",
        "wg", "wl", "ifb", "lxc", "lxd",
    ];
    let is_numbered = |prefix: &&str| {
        let rest = name.strip_prefix(*prefix);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    name == "lo" || name.starts_with("wl") || PREFIXES.iter().any(is_numbered)
}

/// True for a stanza of the wanted NIC, or of an alias of it.
pub(super) fn is_its(stanza: &Stanza, target: &Target) -> bool {
    stanza.name == target.stanza || is_alias(stanza, target)
}

/// True for a stanza of an alias of the wanted NIC: `ens3:0`.
pub(super) fn is_alias(stanza: &Stanza, target: &Target) -> bool {
    let rest = stanza.name.strip_prefix(target.stanza.as_str());
    rest.is_some_and(|rest| rest.starts_with(':'))
}
