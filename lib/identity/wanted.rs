//! The identity that a child is to have, parsed where it enters.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnet::{Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};

use crate::path::printable;

/// Longest host name that Linux takes (`HOST_NAME_MAX`, limits.h), in bytes.
pub const HOST_NAME_MAX: usize = 64;

/// Identity that a child is to have. What is not said stays as the master has it.
///
/// ```
/// use osgraft::identity::{Identity, Nic, Selector, V4};
///
/// let address = V4::of(vec!["10.0.0.17/24".parse()?], Some("10.0.0.1".parse()?), false)?;
/// let nic = Nic::new(Selector::Mac("52:54:00:12:34:56".parse()?)).v4(address);
/// // Its machine-id and its SSH host keys are new as well.
/// let identity = Identity::new().hostname("web-7".parse()?).nic(nic);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Identity {
    /// Its host name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<Hostname>,
    /// Its machine-id (machine-id(5)).
    #[serde(default)]
    pub machine_id: MachineIdWish,
    /// Its SSH host keys.
    #[serde(default)]
    pub ssh_keys: KeysWish,
    /// Its NICs, as far as they are to be configured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nics: Vec<Nic>,
    /// The part that cloud-init has in it.
    #[serde(default)]
    pub cloud_init: CloudInit,
}

impl Identity {
    /// Of no name and no address, with a new machine-id and new SSH host keys.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the host name.
    #[must_use]
    pub fn hostname(mut self, hostname: Hostname) -> Self {
        self.hostname = Some(hostname);
        self
    }

    /// Says which machine-id it is to have.
    #[must_use]
    pub fn machine_id(mut self, wish: MachineIdWish) -> Self {
        self.machine_id = wish;
        self
    }

    /// Says which SSH host keys it is to have.
    #[must_use]
    pub fn ssh_keys(mut self, wish: KeysWish) -> Self {
        self.ssh_keys = wish;
        self
    }

    /// Adds a NIC.
    #[must_use]
    pub fn nic(mut self, nic: Nic) -> Self {
        self.nics.push(nic);
        self
    }

    /// Says which part cloud-init has in it.
    #[must_use]
    pub fn cloud_init(mut self, part: CloudInit) -> Self {
        self.cloud_init = part;
        self
    }
}

/// A machine-id that a child is to have.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum MachineIdWish {
    /// A new one, made once for the child.
    #[default]
    New,
    /// The master's.
    Keep,
    /// This one.
    Is(MachineId),
}

/// SSH host keys that a child is to have.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum KeysWish {
    /// New ones of the kinds that the master has, made once for the child.
    #[default]
    New,
    /// The master's.
    Keep,
}

/// The part that cloud-init has in a child's identity.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CloudInit {
    /// A guest whose cloud-init would write over the identity is refused.
    #[default]
    Refuse,
    /// cloud-init is switched off.
    Off,
    /// cloud-init gets the identity as a seed of its own, and does it.
    Seed,
}

/// A NIC that is to be configured.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Nic {
    /// The way to know it.
    pub selector: Selector,
    /// Its IPv4.
    #[serde(default)]
    pub v4: V4,
    /// Its IPv6.
    #[serde(default)]
    pub v6: V6,
    /// Name servers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dns: Vec<IpAddr>,
    /// Domains that short names are searched in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub search: Vec<Domain>,
}

impl Nic {
    /// A NIC of which nothing is said yet.
    pub fn new(selector: Selector) -> Self {
        Self {
            selector,
            v4: V4::default(),
            v6: V6::default(),
            dns: Vec::new(),
            search: Vec::new(),
        }
    }

    /// Sets its IPv4.
    #[must_use]
    pub fn v4(mut self, v4: V4) -> Self {
        self.v4 = v4;
        self
    }

    /// Sets its IPv6.
    #[must_use]
    pub fn v6(mut self, v6: V6) -> Self {
        self.v6 = v6;
        self
    }

    /// Sets its name servers.
    #[must_use]
    pub fn dns(mut self, servers: impl IntoIterator<Item = IpAddr>) -> Self {
        self.dns = servers.into_iter().collect();
        self
    }

    /// Sets the domains that short names are searched in.
    #[must_use]
    pub fn search(mut self, domains: impl IntoIterator<Item = Domain>) -> Self {
        self.search = domains.into_iter().collect();
        self
    }
}

/// The way to know a NIC.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Selector {
    /// The only one that the guest has.
    #[default]
    Sole,
    /// That with this hardware address.
    Mac(Mac),
    /// That with this name.
    Name(String),
}

/// IPv4 of a NIC.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum V4 {
    /// As the master configures it.
    #[default]
    Keep,
    /// None.
    Off,
    /// Asked of DHCP.
    Dhcp,
    /// These addresses.
    Static(Static<Ipv4Net, Ipv4Addr>),
}

/// IPv6 of a NIC.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum V6 {
    /// As the master configures it.
    #[default]
    Keep,
    /// None, but for what the kernel does by itself.
    Off,
    /// Router advertisements (SLAAC).
    Auto,
    /// Asked of DHCPv6.
    Dhcp,
    /// These addresses.
    Static(Static<Ipv6Net, Ipv6Addr>),
}

/// Static addresses of one family.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    bound(deserialize = "N: Deserialize<'de>, A: Deserialize<'de>")
)]
pub struct Static<N, A> {
    /// Addresses with their prefix lengths, the first one first; at least one.
    pub addresses: Vec<N>,
    /// Gateway of the default route.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<A>,
    /// True for a gateway that is on the link although no subnet holds it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub on_link: bool,
}

/// Reasons why a word of an identity is not taken.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum WantedError {
    /// It is no host name.
    #[error("“{0}” is no host name: {1}")]
    Hostname(String, &'static str),
    /// It is no domain.
    #[error("“{0}” is no domain: {1}")]
    Domain(String, &'static str),
    /// It is no hardware address of one NIC.
    #[error("“{0}” is no hardware address of a NIC: {1}")]
    Mac(String, &'static str),
    /// It is no machine-id.
    #[error("“{0}” is no machine-id: write 32 hexadecimal digits, not all zero")]
    MachineId(String),
    /// It is no name of a NIC.
    #[error("“{0}” is no name of a NIC: {1}")]
    Nic(String, &'static str),
    /// It is no address that a host can have.
    #[error("address {0}: {1}")]
    Address(String, &'static str),
    /// It is no gateway for the addresses.
    #[error("gateway {0}: {1}")]
    Gateway(String, &'static str),
}

impl WantedError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Hostname(..) => "identity-hostname",
            Self::Domain(..) => "identity-domain",
            Self::Mac(..) => "identity-mac",
            Self::MachineId(_) => "identity-machine-id",
            Self::Nic(..) => "identity-nic",
            Self::Address(..) => "identity-address",
            Self::Gateway(..) => "identity-gateway",
        }
    }
}

/// A host name: labels of letters, digits and hyphens, with single dots between them, at most
/// [`HOST_NAME_MAX`] bytes (hostname(5), RFC 1123).
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hostname(String);

impl Hostname {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the first dot.
    pub fn short(&self) -> &str {
        self.0.split('.').next().unwrap_or(&self.0)
    }
}

impl FromStr for Hostname {
    type Err = WantedError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |why| Err(WantedError::Hostname(printable(text), why));
        if text.len() > HOST_NAME_MAX {
            return refuse("it is longer than the 64 bytes that Linux takes");
        }
        match labels_of(text) {
            Err(why) => refuse(why),
            Ok(())
                if text
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b'.') =>
            {
                refuse("it holds digits alone, so it reads as an address")
            }
            Ok(()) if text == "localhost" || text.starts_with("localhost.") => {
                refuse("that name is every machine's")
            }
            Ok(()) => Ok(Self(text.to_owned())),
        }
    }
}

/// A domain that short names are searched in.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Domain(String);

impl Domain {
    /// Its text, without a dot at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Domain {
    type Err = WantedError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.strip_suffix('.').unwrap_or(text);
        let refuse = |why| Err(WantedError::Domain(printable(text), why));
        if name.len() > 253 {
            return refuse("it is longer than the 253 bytes that DNS takes");
        }
        match labels_of(name) {
            Err(why) => refuse(why),
            Ok(()) => Ok(Self(name.to_owned())),
        }
    }
}

/// Judges labels of letters, digits and hyphens.
fn labels_of(text: &str) -> Result<(), &'static str> {
    for label in text.split('.') {
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if label.is_empty() {
            return Err("it is empty, or a part between its dots is");
        }
        if label.contains('_') {
            return Err("“_” may not stand in it: use “-”");
        }
        if !label.bytes().all(is_letter) {
            return Err("use letters, digits and “-”, with single dots between them");
        }
        if label.starts_with('-') || label.ends_with('-') {
            return Err("no part of it may begin or end with “-”");
        }
        if label.len() > 63 {
            return Err("a part of it is longer than 63 bytes");
        }
    }
    Ok(())
}

/// A machine-id: 16 bytes, not all zero, written as 32 lower-case hexadecimal digits (machine-id(5)).
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MachineId(String);

impl MachineId {
    /// One made of random bytes, as systemd makes it: a UUID of version 4 (RFC 9562).
    pub fn of_random(mut bytes: [u8; 16]) -> Self {
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Its 32 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for MachineId {
    type Err = WantedError;

    /// Takes the form of a UUID, with hyphens, as well.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || WantedError::MachineId(printable(text));
        let is_uuid = text.len() == 36
            && [8, 13, 18, 23]
                .iter()
                .all(|at| text.as_bytes()[*at] == b'-');
        let digits = if is_uuid {
            text.replace('-', "")
        } else {
            text.to_owned()
        };
        let is_hex = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hex || digits.bytes().all(|byte| byte == b'0') {
            return Err(refuse());
        }
        Ok(Self(digits.to_ascii_lowercase()))
    }
}

/// A hardware address of one NIC, written with colons in lower case.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Mac([u8; 6]);

impl FromStr for Mac {
    type Err = WantedError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |why| Err(WantedError::Mac(printable(text), why));
        let separator = if text.contains('-') { '-' } else { ':' };
        let mut bytes = [0; 6];
        let mut pairs = text.split(separator);
        for byte in &mut bytes {
            let pair = pairs.next().filter(|pair| pair.len() == 2);
            let pair = pair.filter(|pair| pair.bytes().all(|byte| byte.is_ascii_hexdigit()));
            match pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
                Some(value) => *byte = value,
                None => {
                    return refuse("write six pairs of hexadecimal digits, as 52:54:00:12:34:56");
                }
            }
        }
        if pairs.next().is_some() {
            return refuse("write six pairs of hexadecimal digits, as 52:54:00:12:34:56");
        }
        if bytes[0] & 1 == 1 {
            return refuse("its first byte is odd, which makes it a group's");
        }
        if bytes == [0; 6] {
            return refuse("it is all zero");
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

macro_rules! text_form {
    ($($name:ident)*) => {$(
        impl TryFrom<String> for $name {
            type Error = WantedError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }
    )*};
}

macro_rules! shown_as_text {
    ($($name:ident)*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

text_form! { Hostname Domain MachineId Mac }
shown_as_text! { Hostname Domain MachineId }

impl V4 {
    /// Static addresses, judged: each is one that a host can have, and the gateway lies in a subnet
    /// of them, or is on the link.
    ///
    /// # Errors
    /// [`WantedError`].
    pub fn of(
        addresses: Vec<Ipv4Net>,
        gateway: Option<Ipv4Addr>,
        on_link: bool,
    ) -> Result<Self, WantedError> {
        for net in &addresses {
            let (address, prefix) = (net.addr(), net.prefix_len());
            let refuse = |why| Err(WantedError::Address(net.to_string(), why));
            if prefix == 0 {
                return refuse("a prefix of 0 makes every host a neighbour: state the subnet's");
            }
            if let Some(why) = unfit_v4(address) {
                return refuse(why);
            }
            if prefix < 31 && address == net.network() {
                return refuse("that is the subnet's own address");
            }
            if prefix < 31 && address == net.broadcast() {
                return refuse("that is the subnet's broadcast address");
            }
        }
        if let Some(gateway) = gateway {
            let refuse = |why| Err(WantedError::Gateway(gateway.to_string(), why));
            if let Some(why) = unfit_v4(gateway) {
                return refuse(why);
            }
            if addresses.iter().any(|net| net.addr() == gateway) {
                return refuse("that is the child's own address");
            }
            let holding = addresses.iter().find(|net| net.contains(&gateway));
            match holding {
                None if !on_link => {
                    return refuse(
                        "no subnet of the addresses holds it: correct it, or say that it is on the link",
                    );
                }
                Some(net)
                    if net.prefix_len() < 31
                        && (gateway == net.network() || gateway == net.broadcast()) =>
                {
                    return refuse("that is the subnet's own or broadcast address");
                }
                _ => {}
            }
        }
        Ok(Self::Static(Static {
            addresses,
            gateway,
            on_link,
        }))
    }
}

impl V6 {
    /// Static addresses, judged as by [`V4::of`]. A gateway may be link-local.
    ///
    /// # Errors
    /// [`WantedError`].
    pub fn of(
        addresses: Vec<Ipv6Net>,
        gateway: Option<Ipv6Addr>,
        on_link: bool,
    ) -> Result<Self, WantedError> {
        for net in &addresses {
            let refuse = |why| Err(WantedError::Address(net.to_string(), why));
            if net.prefix_len() == 0 {
                return refuse("a prefix of 0 makes every host a neighbour: state the subnet's");
            }
            if let Some(why) = unfit_v6(net.addr()) {
                return refuse(why);
            }
            if net.prefix_len() < 127 && net.addr() == net.network() {
                return refuse("that is the subnet's own address, which its routers answer to");
            }
        }
        if let Some(gateway) = gateway {
            let refuse = |why| Err(WantedError::Gateway(gateway.to_string(), why));
            if let Some(why) = unfit_v6(gateway) {
                return refuse(why);
            }
            if addresses.iter().any(|net| net.addr() == gateway) {
                return refuse("that is the child's own address");
            }
            let is_near = gateway.is_unicast_link_local()
                || addresses.iter().any(|net| net.contains(&gateway));
            if !is_near && !on_link {
                return refuse(
                    "no subnet of the addresses holds it: correct it, or say that it is on the link",
                );
            }
        }
        Ok(Self::Static(Static {
            addresses,
            gateway,
            on_link,
        }))
    }
}

fn unfit_v4(address: Ipv4Addr) -> Option<&'static str> {
    match address {
        _ if address.octets()[0] == 0 => Some("addresses of 0.0.0.0/8 are no host's"),
        _ if address.is_loopback() => Some("that is a loopback address"),
        _ if address.is_multicast() => Some("that is a multicast address"),
        _ if address.octets()[0] >= 240 => Some("addresses of 240.0.0.0/4 are no host's"),
        _ => None,
    }
}

fn unfit_v6(address: Ipv6Addr) -> Option<&'static str> {
    match address {
        _ if address.is_unspecified() => Some("“::” is no host's address"),
        _ if address.is_loopback() => Some("that is the loopback address"),
        _ if address.is_multicast() => Some("that is a multicast address"),
        _ if address.to_ipv4_mapped().is_some() => Some("write the IPv4 address as such"),
        _ => None,
    }
}
