//! An `ifcfg-*` file and what it claims.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::identity::files::{Files, Found};
use crate::identity::flaw::Flaw;
use crate::identity::stack::shell_vars::{Vars, digits};
use crate::identity::stack::{Claim, On};
use crate::path::{GuestPath, escape};

pub(super) const SCRIPTS: &str = "/etc/sysconfig/network-scripts";
pub(super) const NETWORK: &str = "/etc/sysconfig/network";

/// The program that reads the files.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Reader {
    /// The `network` service of initscripts.
    Service,
    /// NetworkManager's plugin.
    Manager,
}

/// One file.
#[derive(Clone, Debug)]
pub(super) struct Profile {
    pub(super) path: GuestPath,
    /// The part behind `ifcfg-`.
    pub(super) name: String,
    pub(super) vars: Vars,
    pub(super) reader: Reader,
}

/// All files that the reader takes, but the loopback's.
///
/// # Errors
/// [`Flaw`]: a file that takes a shell to be known.
pub(super) fn profiles(files: &Files, reader: Reader) -> Result<Vec<Profile>, Flaw> {
    let mut profiles = Vec::new();
    for (path, found) in files.in_folder(SCRIPTS) {
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
        if name == "lo" || is_ignored(&name, reader) {
            continue;
        }
        let vars = Vars::parse(content).ok_or_else(|| unreadable(path))?;
        profiles.push(Profile {
            path: path.clone(),
            name,
            vars,
            reader,
        });
    }
    Ok(profiles)
}

/// A file that only a shell reads.
pub(super) fn unreadable(path: &GuestPath) -> Flaw {
    Flaw::new(
        "ifcfg-unreadable",
        format!(
            "{path}: a value spans lines or takes a shell to be known: write it out in the master"
        ),
    )
}

/// Names that the reader passes over.
fn is_ignored(name: &str, reader: Reader) -> bool {
    const BOTH: &[&str] = &["~", ".bak", ".orig", ".rpmnew", ".rpmorig", ".rpmsave"];
    let own: &[&str] = match reader {
        Reader::Service => &[".old"],
        Reader::Manager => &[".rej", ".augnew", ".augtmp"],
    };
    name.is_empty() || BOTH.iter().chain(own).any(|end| name.ends_with(end))
}

impl Profile {
    /// The NIC's name that it says, or that its file has.
    pub(super) fn device(&self) -> Option<&str> {
        match self.vars.get("DEVICE") {
            Some(device) => Some(device),
            None if self.vars.get("HWADDR").is_some() => None,
            None if self.reader == Reader::Service => Some(&self.name),
            None => None,
        }
    }

    /// The profile of which this is an alias or a range: `eth0` of `eth0:1` and of `eth0-range0`.
    pub(super) fn base(&self) -> Option<&str> {
        if let Some((base, _)) = self.name.split_once(':') {
            return Some(base);
        }
        self.name.split_once("-range").map(|(base, _)| base)
    }

    /// True for a wired NIC, and no bond, bridge, VLAN, tunnel or alias.
    pub(super) fn is_nic(&self) -> bool {
        let kind = self.vars.get("TYPE").unwrap_or("Ethernet");
        let device = self.device().unwrap_or_default();
        kind.eq_ignore_ascii_case("ethernet")
            && self.base().is_none()
            && self
                .vars
                .get("DEVICETYPE")
                .is_none_or(|kind| kind.eq_ignore_ascii_case("ethernet"))
            && !self.is_vlan()
            && self.vars.get("BONDING_OPTS").is_none()
            && ![
                "ppp", "tun", "tap", "wg", "wl", "bond", "team", "virbr", "docker", "dummy",
            ]
            .iter()
            .any(|prefix| device.starts_with(prefix))
    }

    /// True for a VLAN.
    pub(super) fn is_vlan(&self) -> bool {
        let device = self.device().unwrap_or_default();
        self.vars.is_yes("VLAN")
            || self
                .vars
                .get("TYPE")
                .is_some_and(|kind| kind.eq_ignore_ascii_case("vlan"))
            || device.contains('.')
    }

    /// The bond, bridge or team that it is a part of.
    pub(super) fn master(&self) -> Option<String> {
        const KEYS: &[&str] = &[
            "MASTER",
            "MASTER_UUID",
            "BRIDGE",
            "BRIDGE_UUID",
            "TEAM_MASTER",
            "TEAM_MASTER_UUID",
            "OVS_BRIDGE",
        ];
        let key = KEYS.iter().find_map(|key| self.vars.get(key))?;
        Some(escape(key.as_bytes()))
    }

    /// True where it is brought up at boot.
    pub(super) fn is_started(&self) -> bool {
        !self.vars.is_no("ONBOOT")
    }

    /// NICs that it takes.
    pub(super) fn on(&self) -> On {
        let mac = self.vars.get("HWADDR").and_then(|mac| mac.parse().ok());
        On {
            macs: mac.into_iter().collect(),
            names: self.device().map(str::to_owned).into_iter().collect(),
        }
    }

    /// What it claims.
    pub(super) fn claim(&self) -> Claim {
        let vars = &self.vars;
        let boot = vars
            .get("BOOTPROTO")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let mut claim = Claim {
            file: Some(self.path.clone()),
            name: self.name.clone(),
            on: self.on(),
            dhcp4: boot == "dhcp" || boot == "bootp",
            dhcp6: vars.is_yes("DHCPV6C"),
            ..Claim::default()
        };
        for key in vars.numbered("IPADDR", digits) {
            let number = &key["IPADDR".len()..];
            claim.addresses.extend(self.v4(number));
        }
        let six = ["IPV6ADDR", "IPV6ADDR_SECONDARIES"];
        for text in six.iter().filter_map(|key| vars.get(key)) {
            claim
                .addresses
                .extend(text.split_whitespace().filter_map(net_v6));
        }
        let gateways = vars.numbered("GATEWAY", digits);
        for key in gateways
            .iter()
            .map(String::as_str)
            .chain(["IPV6_DEFAULTGW"])
        {
            let text = vars.get(key).unwrap_or_default();
            let text = text.split('%').next().unwrap_or_default();
            claim.gateways.extend(text.parse::<IpAddr>());
        }
        for key in vars.numbered("DNS", digits) {
            claim
                .dns
                .extend(vars.get(&key).and_then(|dns| dns.parse::<IpAddr>().ok()));
        }
        claim
    }

    /// The IPv4 address with this number.
    fn v4(&self, number: &str) -> Option<IpNet> {
        let address: IpAddr = self.vars.get(&format!("IPADDR{number}"))?.parse().ok()?;
        let length = self.vars.get(&format!("PREFIX{number}"));
        let length = length.and_then(|length| length.parse().ok());
        let mask = || {
            let mask = self.vars.get(&format!("NETMASK{number}"))?;
            ipnet::ip_mask_to_prefix(mask.parse().ok()?).ok()
        };
        IpNet::new(address, length.or_else(mask).unwrap_or(32)).ok()
    }
}

/// An IPv6 address with its prefix length, which is 64 where none is said.
fn net_v6(text: &str) -> Option<IpNet> {
    match text.contains('/') {
        true => text.parse().ok(),
        false => IpNet::new(text.parse().ok()?, 64).ok(),
    }
}
