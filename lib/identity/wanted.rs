//! The identity that a child is to have, parsed where it enters.

mod addresses;
mod error;
mod words;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};

pub use self::error::WantedError;
pub use self::words::{Domain, HOST_NAME_MAX, Hostname, Mac, MachineId};

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
