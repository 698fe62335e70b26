//! An identity as it is asked for: single words, put together and judged as a whole.

use std::net::IpAddr;

use ipnet::IpNet;

use super::ask_error::AskError;
use super::field::Field;
use super::wanted::{
    CloudInit, Domain, Hostname, Identity, KeysWish, Mac, MachineIdWish, Nic, Selector, V4, V6,
    WantedError,
};
use crate::path::printable;

/// Longest name of a NIC (`IFNAMSIZ` less its end, netdevice(7)), in bytes.
const NIC_NAME_MAX: usize = 15;

/// An identity as it is asked for, for a child with one NIC to configure.
///
/// Words come from flags, from the rows of a table, and from a machine's own description. What none
/// of them says stays as the master has it, but that machine-id and SSH host keys are new ones as
/// soon as anything is asked for.
///
/// ```
/// use osgraft::identity::{Ask, Field, V4};
///
/// let mut ask = Ask::default();
/// ask.put(Field::Hostname, "web-7")?;
/// ask.put(Field::Address, "10.0.0.17/24")?;
/// ask.put(Field::Gateway, "10.0.0.1")?;
/// let identity = ask.identity()?;
/// assert_eq!(identity.hostname.as_ref().map(|name| name.as_str()), Some("web-7"));
/// assert!(matches!(&identity.nics[0].v4, V4::Static(it) if it.addresses.len() == 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Ask {
    /// Its host name.
    pub hostname: Option<Hostname>,
    /// Its addresses, of both families.
    pub addresses: Vec<IpNet>,
    /// Its gateways, one of a family.
    pub gateways: Vec<IpAddr>,
    /// Its name servers.
    pub dns: Vec<IpAddr>,
    /// Domains that short names are searched in.
    pub search: Vec<Domain>,
    /// Hardware address of the NIC.
    pub mac: Option<Mac>,
    /// Name of the NIC.
    pub nic: Option<String>,
    /// True to ask DHCP for an IPv4 address.
    pub dhcp: bool,
    /// Way to an IPv6 address, where none is given.
    pub ipv6: Option<Ipv6Way>,
    /// True for gateways that are on the link although no subnet holds them.
    pub on_link: bool,
    /// Its machine-id.
    pub machine_id: Option<MachineIdWish>,
    /// Its SSH host keys.
    pub ssh_keys: Option<KeysWish>,
    /// The part that cloud-init has in it.
    pub cloud_init: Option<CloudInit>,
}

/// Way to an IPv6 address that is not given.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Ipv6Way {
    /// Router advertisements (SLAAC).
    Auto,
    /// DHCPv6.
    Dhcp,
    /// None.
    Off,
}

/// An address with its prefix length, as `10.0.0.17/24`.
///
/// # Errors
/// [`WantedError::Address`].
pub fn address_of(word: &str) -> Result<IpNet, WantedError> {
    word.parse().map_err(|_| {
        let why = match word.parse::<IpAddr>() {
            Ok(_) => "its prefix length is missing: write it as 10.0.0.17/24",
            Err(_) => "that is no IP address with a prefix length: write it as 10.0.0.17/24",
        };
        WantedError::Address(printable(word), why)
    })
}

fn ip_of(word: &str) -> Result<IpAddr, WantedError> {
    let why = "that is no IP address: write it as 10.0.0.1, without a prefix length";
    word.parse()
        .map_err(|_| WantedError::Address(printable(word), why))
}

fn nic_name_of(word: &str) -> Result<String, WantedError> {
    let refuse = |why| Err(WantedError::Nic(printable(word), why));
    if word.is_empty() || word.len() > NIC_NAME_MAX {
        return refuse("it has 1 to 15 bytes");
    }
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"._-@".contains(&byte);
    match word.bytes().all(is_letter) && word != "." && word != ".." && word != "lo" {
        true => Ok(word.to_owned()),
        false => refuse("write it as “ip link” shows it, such as ens3"),
    }
}

impl Ask {
    /// Takes a word. One of a list is added, any other replaces what was there.
    ///
    /// # Errors
    /// [`AskError`].
    pub fn put(&mut self, field: Field, word: &str) -> Result<(), AskError> {
        let unknown = |known| AskError::Choice {
            field: field.name(),
            word: printable(word),
            known,
        };
        let truth = || match word {
            "yes" | "true" | "1" => Ok(true),
            "no" | "false" | "0" => Ok(false),
            _ => Err(unknown("yes or no")),
        };
        match field {
            Field::Hostname => self.hostname = Some(word.parse()?),
            Field::Address => self.addresses.push(address_of(word)?),
            Field::Gateway => self.gateways.push(ip_of(word)?),
            Field::Dns => self.dns.push(ip_of(word)?),
            Field::Search => self.search.push(word.parse()?),
            Field::Mac => self.mac = Some(word.parse()?),
            Field::Nic => self.nic = Some(nic_name_of(word)?),
            Field::Dhcp => self.dhcp = truth()?,
            Field::OnLink => self.on_link = truth()?,
            Field::Ipv6 => {
                self.ipv6 = Some(match word {
                    "auto" => Ipv6Way::Auto,
                    "dhcp" => Ipv6Way::Dhcp,
                    "off" => Ipv6Way::Off,
                    _ => return Err(unknown("auto, dhcp or off")),
                });
            }
            Field::MachineId => {
                self.machine_id = Some(match word {
                    "new" => MachineIdWish::New,
                    "keep" => MachineIdWish::Keep,
                    id => MachineIdWish::Is(id.parse()?),
                });
            }
            Field::SshKeys => {
                self.ssh_keys = Some(match word {
                    "new" => KeysWish::New,
                    "keep" => KeysWish::Keep,
                    _ => return Err(unknown("new or keep")),
                });
            }
            Field::CloudInit => {
                self.cloud_init = Some(match word {
                    "refuse" => CloudInit::Refuse,
                    "off" => CloudInit::Off,
                    "seed" => CloudInit::Seed,
                    _ => return Err(unknown("refuse, off or seed")),
                });
            }
        }
        Ok(())
    }

    /// True where nothing is asked for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The same, and of another what is not said here. Gateways, name servers and search domains
    /// are taken where an address is given, gateways of its family alone: DHCP brings its own.
    /// Nothing is taken for a child that asks for nothing.
    #[must_use]
    pub fn or(mut self, other: &Self) -> Self {
        if self.is_empty() {
            return self;
        }
        self.hostname = self.hostname.or_else(|| other.hostname.clone());
        self.machine_id = self.machine_id.or_else(|| other.machine_id.clone());
        self.ssh_keys = self.ssh_keys.or(other.ssh_keys);
        self.cloud_init = self.cloud_init.or(other.cloud_init);
        if self.addresses.is_empty() {
            return self;
        }
        for gateway in &other.gateways {
            let same = |found: &IpAddr| found.is_ipv4() == gateway.is_ipv4();
            let is_said = self.gateways.iter().any(same);
            if !is_said && self.addresses.iter().any(|net| same(&net.addr())) {
                self.gateways.push(*gateway);
            }
        }
        if self.dns.is_empty() {
            self.dns.clone_from(&other.dns);
        }
        if self.search.is_empty() {
            self.search.clone_from(&other.search);
        }
        self
    }

    /// True where an address of the family of `gateway` is asked for.
    fn has_address_like(&self, gateway: &IpAddr) -> bool {
        let mut nets = self.addresses.iter();
        nets.any(|net| net.addr().is_ipv4() == gateway.is_ipv4())
    }

    /// True where the NIC is to be configured.
    pub fn is_about_nic(&self) -> bool {
        !self.addresses.is_empty() || self.dhcp || self.ipv6.is_some()
    }

    /// The identity that is asked for.
    ///
    /// # Errors
    /// [`AskError`]: something makes no sense, alone or beside the rest.
    pub fn identity(&self) -> Result<Identity, AskError> {
        let mut identity = Identity {
            hostname: self.hostname.clone(),
            machine_id: self.machine_id.clone().unwrap_or_default(),
            ssh_keys: self.ssh_keys.unwrap_or_default(),
            nics: Vec::new(),
            cloud_init: self.cloud_init.unwrap_or_default(),
        };
        self.judge()?;
        if !self.is_about_nic() {
            return Ok(identity);
        }
        let mut nic = Nic::new(match (self.mac, &self.nic) {
            (Some(mac), _) => Selector::Mac(mac),
            (None, Some(name)) => Selector::Name(name.clone()),
            (None, None) => Selector::Sole,
        });
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for net in &self.addresses {
            match net {
                IpNet::V4(net) => v4.push(*net),
                IpNet::V6(net) => v6.push(*net),
            }
        }
        let gateways = &self.gateways;
        if !v4.is_empty() {
            let gateway = gateways.iter().find_map(|gateway| match gateway {
                IpAddr::V4(gateway) => Some(*gateway),
                IpAddr::V6(_) => None,
            });
            nic.v4 = V4::of(v4, gateway, self.on_link && gateway.is_some())?;
        } else if self.dhcp {
            nic.v4 = V4::Dhcp;
        }
        if !v6.is_empty() {
            let gateway = gateways.iter().find_map(|gateway| match gateway {
                IpAddr::V6(gateway) => Some(*gateway),
                IpAddr::V4(_) => None,
            });
            nic.v6 = V6::of(v6, gateway, self.on_link && gateway.is_some())?;
        } else {
            nic.v6 = match self.ipv6 {
                Some(Ipv6Way::Auto) => V6::Auto,
                Some(Ipv6Way::Dhcp) => V6::Dhcp,
                Some(Ipv6Way::Off) => V6::Off,
                None => V6::Keep,
            };
        }
        nic.dns.clone_from(&self.dns);
        nic.search.clone_from(&self.search);
        identity.nics.push(nic);
        Ok(identity)
    }

    fn judge(&self) -> Result<(), AskError> {
        for (at, gateway) in self.gateways.iter().enumerate() {
            let before = self.gateways[..at].iter();
            if let Some(other) = { before }.find(|other| other.is_ipv4() == gateway.is_ipv4()) {
                return Err(AskError::Gateways(*other, *gateway));
            }
            if !self.has_address_like(gateway) {
                return Err(AskError::GatewayAlone(*gateway));
            }
        }
        for (at, net) in self.addresses.iter().enumerate() {
            let mut before = self.addresses[..at].iter();
            if before.any(|other| other.addr() == net.addr()) {
                return Err(AskError::Twice(net.addr()));
            }
        }
        if self.on_link && self.gateways.is_empty() {
            return Err(AskError::OnLinkAlone);
        }
        let mut nets = self.addresses.iter();
        let has_v4 = nets.clone().any(|net| net.addr().is_ipv4());
        if self.dhcp && has_v4 {
            return Err(AskError::Conflict("dhcp", "an IPv4 address"));
        }
        if self.ipv6.is_some() && nets.any(|net| net.addr().is_ipv6()) {
            return Err(AskError::Conflict("ipv6", "an IPv6 address"));
        }
        if self.mac.is_some() && self.nic.is_some() {
            return Err(AskError::Conflict("mac", "nic"));
        }
        let about_nic = [
            ("dns", !self.dns.is_empty()),
            ("search", !self.search.is_empty()),
            ("mac", self.mac.is_some()),
            ("nic", self.nic.is_some()),
        ];
        match about_nic.iter().find(|(_, is_said)| *is_said) {
            Some((name, _)) if !self.is_about_nic() => Err(AskError::NicAlone(name)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(words: &[(&str, &str)]) -> Result<Ask, AskError> {
        let mut ask = Ask::default();
        for (name, word) in words {
            ask.put(name.parse().unwrap(), word)?;
        }
        Ok(ask)
    }

    fn identity(words: &[(&str, &str)]) -> Result<Identity, AskError> {
        ask(words)?.identity()
    }

    fn code(words: &[(&str, &str)]) -> &'static str {
        let error = identity(words).unwrap_err();
        assert!(!error.to_string().contains('\n'), "{error}");
        error.code()
    }

    #[test]
    fn both_families_of_one_nic_are_put_together() {
        let words = [
            ("hostname", "web-7.example.org"),
            ("address", "10.0.0.17/24"),
            ("address", "2001:db8::17/64"),
            ("gateway", "fe80::1"),
            ("gateway", "10.0.0.1"),
            ("dns", "10.0.0.2"),
            ("search", "example.org"),
            ("mac", "52-54-00-AA-BB-CC"),
            ("machine_id", "keep"),
            ("ssh_keys", "keep"),
            ("cloud_init", "off"),
        ];
        let identity = identity(&words).unwrap();
        assert_eq!(identity.hostname.unwrap().as_str(), "web-7.example.org");
        assert_eq!(identity.machine_id, MachineIdWish::Keep);
        assert_eq!(identity.ssh_keys, KeysWish::Keep);
        assert_eq!(identity.cloud_init, CloudInit::Off);
        let [nic] = &identity.nics[..] else {
            panic!("{:?}", identity.nics)
        };
        let mac = "52:54:00:aa:bb:cc".parse().unwrap();
        assert_eq!(nic.selector, Selector::Mac(mac));
        let address = vec!["10.0.0.17/24".parse().unwrap()];
        let v4 = V4::of(address, Some("10.0.0.1".parse().unwrap()), false);
        assert_eq!(nic.v4, v4.unwrap());
        let address = vec!["2001:db8::17/64".parse().unwrap()];
        let v6 = V6::of(address, Some("fe80::1".parse().unwrap()), false);
        assert_eq!(nic.v6, v6.unwrap());
        assert_eq!(nic.dns, ["10.0.0.2".parse::<IpAddr>().unwrap()]);
        assert_eq!(nic.search[0].as_str(), "example.org");
    }

    #[test]
    fn whatever_is_asked_for_the_machine_id_and_the_keys_are_new() {
        let identity = identity(&[("hostname", "web-7")]).unwrap();
        assert_eq!(identity.machine_id, MachineIdWish::New);
        assert_eq!(identity.ssh_keys, KeysWish::New);
        assert_eq!(identity.cloud_init, CloudInit::Refuse);
        assert!(identity.nics.is_empty());
    }

    #[test]
    fn each_way_to_an_address_is_the_one_that_was_asked_for() {
        for (words, v4, v6) in [
            (&[("dhcp", "yes")][..], V4::Dhcp, V6::Keep),
            (&[("ipv6", "auto")], V4::Keep, V6::Auto),
            (&[("ipv6", "dhcp"), ("dhcp", "1")], V4::Dhcp, V6::Dhcp),
            (&[("ipv6", "off"), ("dhcp", "true")], V4::Dhcp, V6::Off),
        ] {
            let nic = identity(words).unwrap().nics.remove(0);
            assert_eq!((nic.v4, nic.v6), (v4, v6), "{words:?}");
            assert_eq!(nic.selector, Selector::Sole);
        }
        let named = identity(&[("dhcp", "yes"), ("nic", "ens3")]).unwrap();
        assert_eq!(named.nics[0].selector, Selector::Name("ens3".into()));
        assert!(identity(&[("dhcp", "no")]).unwrap().nics.is_empty());
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_name() {
        let address = ("address", "10.0.0.17/24");
        for (words, expected) in [
            (&[("gateway", "10.0.0.1")][..], "identity-gateway-alone"),
            (&[address, ("gateway", "fe80::1")], "identity-gateway-alone"),
            (
                &[address, ("gateway", "10.0.0.1"), ("gateway", "10.0.0.2")],
                "identity-gateways",
            ),
            (&[address, ("gateway", "10.0.1.1")], "identity-gateway"),
            (&[address, ("on_link", "yes")], "identity-on-link-alone"),
            (&[address, ("dhcp", "yes")], "identity-conflict"),
            (
                &[("address", "2001:db8::1/64"), ("ipv6", "off")],
                "identity-conflict",
            ),
            (
                &[address, ("mac", "52:54:00:00:00:01"), ("nic", "ens3")],
                "identity-conflict",
            ),
            (
                &[address, ("address", "10.0.0.17/16")],
                "identity-address-twice",
            ),
            (&[("dns", "10.0.0.2")], "identity-nic-alone"),
            (&[("search", "a.org")], "identity-nic-alone"),
            (&[("mac", "52:54:00:00:00:01")], "identity-nic-alone"),
            (&[("nic", "ens3"), ("hostname", "a")], "identity-nic-alone"),
            (&[("address", "10.0.0.17")], "identity-address"),
            (&[("address", "10.0.0.0/24")], "identity-address"),
            (&[("address", "web")], "identity-address"),
            (&[("dns", "10.0.0.2/24")], "identity-address"),
            (&[("nic", "a/b"), ("dhcp", "yes")], "identity-nic"),
            (&[("nic", "lo"), ("dhcp", "yes")], "identity-nic"),
            (
                &[("nic", "sixteen-letters-"), ("dhcp", "1")],
                "identity-nic",
            ),
            (&[("dhcp", "maybe")], "identity-choice"),
            (&[("ipv6", "on")], "identity-choice"),
            (&[("ssh_keys", "old")], "identity-choice"),
            (&[("cloud_init", "on")], "identity-choice"),
            (&[("machine_id", "old")], "identity-machine-id"),
            (&[("hostname", "a_b")], "identity-hostname"),
        ] {
            assert_eq!(code(words), expected, "{words:?}");
        }
    }

    #[test]
    fn a_gateway_beyond_the_subnet_is_taken_on_the_link() {
        let words = [
            ("address", "10.0.0.17/32"),
            ("gateway", "172.31.1.1"),
            ("on_link", "yes"),
        ];
        let nic = identity(&words).unwrap().nics.remove(0);
        let V4::Static(found) = nic.v4 else {
            panic!("{:?}", nic.v4)
        };
        assert!(found.on_link);
        assert_eq!(found.gateway, Some("172.31.1.1".parse().unwrap()));
    }

    #[test]
    fn defaults_fill_what_is_not_said_and_nothing_of_dhcp() {
        let defaults = ask(&[
            ("gateway", "10.0.0.1"),
            ("gateway", "2001:db8::1"),
            ("dns", "10.0.0.2"),
            ("search", "example.org"),
            ("ssh_keys", "keep"),
            ("cloud_init", "off"),
        ])
        .unwrap();
        let full = ask(&[("address", "10.0.0.17/24")]).unwrap().or(&defaults);
        assert_eq!(full.gateways, ["10.0.0.1".parse::<IpAddr>().unwrap()]);
        assert_eq!(full.dns, defaults.dns);
        assert_eq!(full.search, defaults.search);
        assert_eq!(full.ssh_keys, Some(KeysWish::Keep));
        full.identity().unwrap();
        let said = [
            ("address", "10.0.0.17/24"),
            ("gateway", "10.0.0.254"),
            ("dns", "10.0.0.9"),
            ("ssh_keys", "new"),
        ];
        let said = ask(&said).unwrap().or(&defaults);
        assert_eq!(said.gateways, ["10.0.0.254".parse::<IpAddr>().unwrap()]);
        assert_eq!(said.dns, ["10.0.0.9".parse::<IpAddr>().unwrap()]);
        assert_eq!(said.ssh_keys, Some(KeysWish::New));
        let dhcp = ask(&[("dhcp", "yes")]).unwrap().or(&defaults);
        assert!(dhcp.gateways.is_empty() && dhcp.dns.is_empty() && dhcp.search.is_empty());
        assert_eq!(dhcp.cloud_init, Some(CloudInit::Off));
        assert!(Ask::default().or(&defaults).is_empty());
    }
}
