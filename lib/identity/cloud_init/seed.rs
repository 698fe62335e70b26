//! A seed for cloud-init's data source NoCloud, on the guest's own disk.

use std::net::IpAddr;

use super::super::change::Owner;
use super::super::files::{Files, Look};
use super::super::flaw::Flaw;
use super::super::lines::lines;
use super::super::place::put;
use super::super::told::{Part, Told};
use super::super::wanted::{Hostname, Nic, Selector, V4, V6};

const FOLDER: &str = "/var/lib/cloud/seed/nocloud";
const SETTINGS: &str = "/etc/cloud/cloud.cfg.d/99-osgraft.cfg";
const SETTINGS_FOLDER: &str = "/etc/cloud/cloud.cfg.d";
const MAIN: &str = "/etc/cloud/cloud.cfg";

/// Content of the seed that cloud-init is given.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seed<'a> {
    /// A name of this child's own, in letters, digits and hyphens, which stays from one run to the next.
    pub instance: &'a str,
    /// The host name.
    pub hostname: Option<&'a Hostname>,
    /// The NICs, each with all that it is to have.
    pub nics: &'a [Nic],
}

pub(super) fn looks() -> Vec<Look> {
    let mut looks = vec![Look::folder(SETTINGS_FOLDER), Look::file(MAIN)];
    looks.extend(
        ["meta-data", "user-data", "network-config"].map(|name| Look::file(&in_seed(name))),
    );
    looks
}

pub(super) fn render(mut part: Part, seed: Seed<'_>, files: &Files) -> Result<Part, Flaw> {
    has_no_say(seed, files)?;
    let network = network(seed.nics)?;
    let mut meta = format!("instance-id: {}\n", quoted(seed.instance));
    if let Some(name) = seed.hostname {
        meta.push_str(&format!("local-hostname: {}\n", quoted(name.as_str())));
    }
    let secret = Owner::root(0o600);
    put(
        &mut part,
        files,
        &in_seed("meta-data"),
        meta.as_bytes(),
        secret,
    )?;
    put(
        &mut part,
        files,
        &in_seed("user-data"),
        b"#cloud-config\n{}\n",
        secret,
    )?;
    if let Some(network) = &network {
        put(
            &mut part,
            files,
            &in_seed("network-config"),
            network.as_bytes(),
            secret,
        )?;
    }
    let has_gateway = |nic: &Nic| matches!(&nic.v6, V6::Static(v6) if v6.gateway.is_some());
    if seed.nics.iter().any(has_gateway) {
        part.tell(Told::new(
            "cloud-init-gateway6",
            "some releases of cloud-init leave an IPv6 gateway out, or take it for one subnet's: look at the child's routes, or switch cloud-init off (--cloud-init off)",
        ));
    }
    let settings = settings(seed);
    put(
        &mut part,
        files,
        SETTINGS,
        settings.as_bytes(),
        Owner::root(0o644),
    )?;
    Ok(part)
}

/// Settings under which the seed is the only source, and the keys that were made stay.
fn settings(seed: Seed<'_>) -> String {
    let mut text = String::from(
        "# Written by osgraft. The identity of this machine is the seed in /var/lib/cloud/seed/nocloud.\n\
         datasource_list: [NoCloud]\n\
         datasource:\n  NoCloud:\n    fs_label: null\n\
         ssh_deletekeys: false\n",
    );
    text.push_str(match seed.hostname {
        Some(_) => "preserve_hostname: false\n",
        None => "preserve_hostname: true\n",
    });
    if seed.nics.is_empty() {
        text.push_str("network: {config: disabled}\n");
    }
    text
}

/// Holds the guest's own settings against the seed: a later file outweighs it, and one that switches the
/// network off hides it.
fn has_no_say(seed: Seed<'_>, files: &Files) -> Result<(), Flaw> {
    let within = files
        .files_in(SETTINGS_FOLDER)
        .map(|(path, file)| (path.to_string(), file));
    let main = files.file(MAIN).map(|file| (MAIN.to_owned(), file));
    for (path, file) in within.chain(main) {
        if !path.ends_with(".cfg") || path == SETTINGS {
            continue;
        }
        let is_later = path.as_str() > SETTINGS && path != MAIN;
        for line in lines(&file.content) {
            let has = |key: &str| line.starts_with(key.as_bytes());
            let outweighs = [
                "datasource_list:",
                "datasource:",
                "ssh_deletekeys:",
                "preserve_hostname:",
            ];
            if is_later && outweighs.iter().any(|key| has(key))
                || has("network:") && !seed.nics.is_empty()
            {
                let key = line.split(|byte| *byte == b':').next().unwrap_or_default();
                return Err(Flaw::new(
                    "cloud-init-settings",
                    format!(
                        "{path} sets “{}”, which outweighs a seed: remove it in the master, or switch cloud-init off (--cloud-init off)",
                        crate::path::escape(key)
                    ),
                ));
            }
        }
    }
    Ok(())
}

/// The network as cloud-init's configuration of version 2. `None` where no NIC is asked for.
fn network(nics: &[Nic]) -> Result<Option<String>, Flaw> {
    if nics.is_empty() {
        return Ok(None);
    }
    let mut text = String::from("version: 2\nethernets:\n");
    for (number, nic) in nics.iter().enumerate() {
        match &nic.selector {
            Selector::Mac(mac) => {
                // Older renderers take the entry's name for the NIC's, so that it has to be that.
                text.push_str(&format!(
                    "  osg{number}:\n    match:\n      macaddress: {}\n    set-name: osg{number}\n",
                    quoted(&mac.to_string())
                ));
            }
            Selector::Name(name) => text.push_str(&format!("  {}:\n", quoted(name))),
            Selector::Sole => {
                return Err(Flaw::new(
                    "cloud-init-nic",
                    "cloud-init has to know the NIC by its address or its name: state one (--mac)",
                ));
            }
        }
        text.push_str(&addresses(nic)?);
    }
    Ok(Some(text))
}

/// The settings of one NIC.
fn addresses(nic: &Nic) -> Result<String, Flaw> {
    let mut text = String::new();
    let mut static_addresses: Vec<String> = Vec::new();
    let mut gateways = String::new();
    match &nic.v4 {
        V4::Keep => {
            return Err(Flaw::new(
                "cloud-init-keep",
                "cloud-init configures a NIC as a whole, so that its IPv4 cannot be kept: state it, or switch cloud-init off (--cloud-init off)",
            ));
        }
        V4::Off => text.push_str("    dhcp4: false\n"),
        V4::Dhcp => text.push_str("    dhcp4: true\n    dhcp-identifier: mac\n"),
        V4::Static(v4) => {
            text.push_str("    dhcp4: false\n");
            static_addresses.extend(v4.addresses.iter().map(ToString::to_string));
            if let Some(gateway) = v4.gateway {
                let is_near = v4.addresses.iter().any(|net| net.contains(&gateway));
                gateways.push_str(&default_route("gateway4", gateway.into(), is_near)?);
            }
        }
    }
    match &nic.v6 {
        V6::Keep => {}
        V6::Off => text.push_str("    dhcp6: false\n    accept-ra: false\n"),
        V6::Auto => text.push_str("    dhcp6: false\n    accept-ra: true\n"),
        V6::Dhcp => text.push_str("    dhcp6: true\n"),
        V6::Static(v6) => {
            text.push_str("    dhcp6: false\n");
            static_addresses.extend(v6.addresses.iter().map(ToString::to_string));
            if let Some(gateway) = v6.gateway {
                let is_near = gateway.is_unicast_link_local()
                    || v6.addresses.iter().any(|net| net.contains(&gateway));
                gateways.push_str(&default_route("gateway6", gateway.into(), is_near)?);
            }
        }
    }
    if !static_addresses.is_empty() {
        text.push_str(&format!("    addresses: {}\n", list(&static_addresses)));
    }
    text.push_str(&gateways);
    let dns: Vec<String> = nic.dns.iter().map(ToString::to_string).collect();
    let search: Vec<String> = nic.search.iter().map(ToString::to_string).collect();
    if !dns.is_empty() || !search.is_empty() {
        text.push_str("    nameservers:\n");
        if !dns.is_empty() {
            text.push_str(&format!("      addresses: {}\n", list(&dns)));
        }
        if !search.is_empty() {
            text.push_str(&format!("      search: {}\n", list(&search)));
        }
    }
    Ok(text)
}

/// A default gateway. Of cloud-init's renderers, netplan's alone knows one outside of the subnet.
fn default_route(key: &str, gateway: IpAddr, is_near: bool) -> Result<String, Flaw> {
    if is_near {
        return Ok(format!("    {key}: {}\n", quoted(&gateway.to_string())));
    }
    Err(Flaw::new(
        "cloud-init-on-link",
        format!(
            "the gateway {gateway} lies outside of the subnet, which cloud-init does not set up everywhere: switch cloud-init off (--cloud-init off)"
        ),
    ))
}

fn in_seed(name: &str) -> String {
    format!("{FOLDER}/{name}")
}

/// A string of YAML. One of JSON is one of YAML too.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn list(texts: &[String]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", quoted.join(", "))
}
