//! An `ifcfg-*` file of wicked, and its routes.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::identity::files::{Files, Found};
use crate::identity::flaw::Flaw;
use crate::identity::stack::nic_name::{self, Naming};
use crate::identity::stack::shell_vars::{Vars, suffix};
use crate::identity::stack::{Claim, On};
use crate::path::GuestPath;

pub(super) const FOLDER: &str = "/etc/sysconfig/network";
pub(super) const CONFIG: &str = "/etc/sysconfig/network/config";
pub(super) const ROUTES: &str = "/etc/sysconfig/network/routes";

/// One file. Its name is the NIC's.
#[derive(Clone, Debug)]
pub(super) struct Profile {
    pub(super) path: GuestPath,
    pub(super) name: String,
    pub(super) vars: Vars,
}

/// All files, but the loopback's and the template's.
///
/// # Errors
/// [`Flaw`]: a file that takes a shell to be known.
pub(super) fn profiles(files: &Files) -> Result<Vec<Profile>, Flaw> {
    let mut profiles = Vec::new();
    for (path, found) in files.in_folder(FOLDER) {
        let file = String::from_utf8_lossy(path.file_name().unwrap_or_default()).into_owned();
        let Some(name) = file.strip_prefix("ifcfg-").map(str::to_owned) else {
            continue;
        };
        let content = match found {
            Found::File(file) => &file.content,
            Found::Link {
                file: Some(file), ..
            } => &file.content,
            _ => continue,
        };
        if name == "lo" || !is_taken(&name) {
            continue;
        }
        let vars = Vars::parse(content).ok_or_else(|| unreadable(path))?;
        profiles.push(Profile {
            path: path.clone(),
            name,
            vars,
        });
    }
    Ok(profiles)
}

/// Rules that name NICs by hardware address. SUSE's kernels name the first NIC eth0 with or without one.
pub(super) fn namings(files: &Files) -> Vec<Naming> {
    let mut namings = nic_name::namings(files);
    if let [only] = namings.as_mut_slice() {
        only.is_generated |= only.name == "eth0";
    }
    namings
}

/// A file that only a shell reads.
pub(super) fn unreadable(path: &GuestPath) -> Flaw {
    Flaw::new(
        "wicked-unreadable",
        format!(
            "{path}: a value spans lines or takes a shell to be known: write it out in the master"
        ),
    )
}

/// Names that wicked takes for interfaces: no template, no backup.
fn is_taken(name: &str) -> bool {
    const ENDS: &[&str] = &[
        "~",
        ".old",
        ".bak",
        ".orig",
        ".scpmbackup",
        ".rpmnew",
        ".rpmsave",
        ".rpmorig",
        ".swp",
    ];
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    !name.is_empty()
        && name != "template"
        && name.chars().all(is_plain)
        && !ENDS.iter().any(|end| name.ends_with(end))
}

impl Profile {
    /// True for a wired NIC, and no bond, bridge, VLAN or tunnel.
    pub(super) fn is_nic(&self) -> bool {
        const KEYS: &[&str] = &[
            "BRIDGE",
            "BONDING_MASTER",
            "ETHERDEVICE",
            "VLAN_ID",
            "TEAM_RUNNER",
            "TUNNEL",
            "MACVLAN_DEVICE",
            "VXLAN",
            "OVS_BRIDGE",
            "DUMMY",
            "WIRELESS",
            "WIRELESS_ESSID",
        ];
        const PREFIXES: &[&str] = &[
            "ppp", "tun", "tap", "wg", "wl", "bond", "team", "virbr", "docker", "dummy", "vlan",
            "br",
        ];
        let is_virtual = |key: &&&str| self.vars.get(key).is_some() && !self.vars.is_no(key);
        !KEYS.iter().any(|key| is_virtual(&key))
            && !self.name.contains('.')
            && !PREFIXES.iter().any(|prefix| self.name.starts_with(prefix))
    }

    /// True where it is brought up at boot.
    pub(super) fn is_started(&self) -> bool {
        !matches!(self.vars.get("STARTMODE"), Some("off" | "manual") | None)
    }

    /// The file with its routes.
    pub(super) fn route_file(&self) -> String {
        format!("{FOLDER}/ifroute-{}", self.name)
    }

    /// True where it asks DHCP for IPv4 and for IPv6.
    pub(super) fn dhcp(&self) -> (bool, bool) {
        let protocol = self.vars.get("BOOTPROTO").unwrap_or_default();
        match protocol.to_ascii_lowercase().as_str() {
            "dhcp" | "dhcp+autoip" | "auto" => (true, true),
            "dhcp4" | "auto4" | "bootp" => (true, false),
            "dhcp6" | "auto6" => (false, true),
            _ => (false, false),
        }
    }

    /// Keys of its addresses, with what they say.
    pub(super) fn addresses(&self) -> Vec<(String, IpNet)> {
        let keys = self.vars.numbered("IPADDR", suffix).into_iter();
        keys.filter_map(|key| {
            let net = self.address(&key["IPADDR".len()..])?;
            Some((key, net))
        })
        .collect()
    }

    fn address(&self, suffix: &str) -> Option<IpNet> {
        let text = self.vars.get(&format!("IPADDR{suffix}"))?;
        if text.contains('/') {
            return text.parse().ok();
        }
        let address: IpAddr = text.parse().ok()?;
        let length = self.vars.get(&format!("PREFIXLEN{suffix}"));
        let length = length.and_then(|length| length.parse().ok());
        let mask = || {
            let mask = self.vars.get(&format!("NETMASK{suffix}"))?;
            ipnet::ip_mask_to_prefix(mask.parse().ok()?).ok()
        };
        let whole = if address.is_ipv4() { 32 } else { 128 };
        IpNet::new(address, length.or_else(mask).unwrap_or(whole)).ok()
    }

    /// What it claims; routes and name servers stand in other files.
    pub(super) fn claim(&self) -> Claim {
        let (dhcp4, dhcp6) = self.dhcp();
        Claim {
            file: Some(self.path.clone()),
            name: self.name.clone(),
            on: On {
                macs: Vec::new(),
                names: vec![self.name.clone()],
            },
            addresses: self.addresses().into_iter().map(|(_, net)| net).collect(),
            dhcp4,
            dhcp6,
            ..Claim::default()
        }
    }
}

/// A line of a route file: destination, gateway, netmask, interface; `-` for none.
pub(super) struct Route {
    pub(super) is_default: bool,
    /// The one address of a host route.
    pub(super) host: Option<IpAddr>,
    pub(super) gateway: Option<IpAddr>,
    pub(super) interface: Option<String>,
}

/// The route of a line; `None` for a comment.
pub(super) fn route(line: &[u8]) -> Option<Route> {
    let line = String::from_utf8_lossy(line).into_owned();
    let words: Vec<&str> = line.split_whitespace().collect();
    let first = words.first().filter(|word| !word.starts_with('#'))?;
    let word = |index: usize| words.get(index).copied().filter(|word| *word != "-");
    let host = match first.parse::<IpNet>() {
        Ok(net) if net.prefix_len() == net.max_prefix_len() => Some(net.addr()),
        _ => None,
    };
    Some(Route {
        is_default: ["default", "0.0.0.0/0", "::/0"].contains(first),
        host,
        gateway: word(1).and_then(|gateway| gateway.parse().ok()),
        interface: word(3).map(str::to_owned),
    })
}

/// Gateways of default routes that go over a NIC, or over any.
pub(super) fn default_routes(text: &[u8], name: &str) -> Vec<IpAddr> {
    let lines = text.split(|byte| *byte == b'\n').filter_map(route);
    let defaults = lines
        .filter(|route| route.is_default && route.interface.as_deref().is_none_or(|of| of == name));
    defaults.filter_map(|route| route.gateway).collect()
}
