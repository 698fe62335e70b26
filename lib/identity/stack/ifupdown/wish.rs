//! What is wanted of one address family, as ifupdown says it.

use std::net::IpAddr;

use ipnet::IpNet;

use super::config::Family;
use crate::identity::wanted::{Nic, V4, V6};

/// What is wanted of one address family.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Wish {
    pub(super) family: Family,
    /// `static`, `dhcp`, `auto`, or `manual` for none.
    pub(super) method: &'static str,
    pub(super) addresses: Vec<IpNet>,
    pub(super) gateway: Option<IpAddr>,
}

/// The content of one stanza.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Slot {
    pub(super) family: Family,
    pub(super) method: &'static str,
    pub(super) address: Option<IpNet>,
    pub(super) gateway: Option<IpAddr>,
}

impl Wish {
    /// IPv4; `None` where it stays.
    pub(super) fn v4(nic: &Nic) -> Option<Self> {
        let of = |method| Self {
            family: Family::Inet,
            method,
            addresses: Vec::new(),
            gateway: None,
        };
        match &nic.v4 {
            V4::Keep => None,
            V4::Off => Some(of("manual")),
            V4::Dhcp => Some(of("dhcp")),
            V4::Static(fixed) => Some(Self {
                addresses: fixed.addresses.iter().map(|net| (*net).into()).collect(),
                gateway: fixed.gateway.map(IpAddr::from),
                ..of("static")
            }),
        }
    }

    /// IPv6; `None` where it stays.
    pub(super) fn v6(nic: &Nic) -> Option<Self> {
        let of = |method| Self {
            family: Family::Inet6,
            method,
            addresses: Vec::new(),
            gateway: None,
        };
        match &nic.v6 {
            V6::Keep => None,
            V6::Off => Some(of("manual")),
            V6::Auto => Some(of("auto")),
            V6::Dhcp => Some(of("dhcp")),
            V6::Static(fixed) => Some(Self {
                addresses: fixed.addresses.iter().map(|net| (*net).into()).collect(),
                gateway: fixed.gateway.map(IpAddr::from),
                ..of("static")
            }),
        }
    }

    /// The stanzas that say it: one for each address.
    pub(super) fn slots(&self) -> Vec<Slot> {
        let slot = |address: Option<IpNet>, gateway| Slot {
            family: self.family,
            method: self.method,
            address,
            gateway,
        };
        if self.addresses.is_empty() {
            return vec![slot(None, None)];
        }
        // The route needs its subnet first.
        let holds = |gateway: IpAddr| self.addresses.iter().position(|net| net.contains(&gateway));
        let place = self.gateway.and_then(holds).unwrap_or(0);
        let slots = self.addresses.iter().enumerate();
        slots
            .map(|(index, net)| slot(Some(*net), self.gateway.filter(|_| index == place)))
            .collect()
    }

    /// True where the gateway lies in no subnet of the addresses, and is no link-local one.
    pub(super) fn is_off_link(&self) -> bool {
        self.gateway.is_some_and(|gateway| {
            let is_near = match gateway {
                IpAddr::V4(_) => false,
                IpAddr::V6(gateway) => gateway.is_unicast_link_local(),
            };
            !is_near && !self.addresses.iter().any(|net| net.contains(&gateway))
        })
    }
}

/// An address with its own prefix length, or that of `netmask`.
pub(super) fn address(text: &str, netmask: Option<u8>) -> Option<IpNet> {
    if let Some((address, mask)) = text.split_once('/') {
        return IpNet::new(address.parse().ok()?, prefix(mask)?).ok();
    }
    let address: IpAddr = text.parse().ok()?;
    let whole = if address.is_ipv4() { 32 } else { 128 };
    let net = netmask.and_then(|length| IpNet::new(address, length).ok());
    net.or_else(|| IpNet::new(address, whole).ok())
}

/// A prefix length, written as such or as a netmask.
pub(super) fn prefix(text: &str) -> Option<u8> {
    match text.parse::<IpAddr>() {
        Ok(mask) => ipnet::ip_mask_to_prefix(mask).ok(),
        Err(_) => text.parse().ok(),
    }
}

/// The family of an address.
pub(super) fn family_of(address: IpAddr) -> Family {
    match address {
        IpAddr::V4(_) => Family::Inet,
        IpAddr::V6(_) => Family::Inet6,
    }
}

/// Options that say something under this method alone, and mean nothing or another thing under the
/// others (interfaces(5)).
pub(super) fn options_of(family: Family, method: &str) -> &'static [&'static str] {
    match (family, method) {
        (Family::Inet, "static") => &["scope"],
        (Family::Inet, "dhcp" | "bootp") => &[
            "hostname",
            "leasehours",
            "leasetime",
            "vendor",
            "client",
            "script",
            "udhcpc_opts",
            "bootfile",
            "server",
            "hwaddr",
            "dhcp-client-id",
            "dhcp-hostname",
            "dhcp-leasetime",
            "dhcp-script",
            "dhcp-vendor",
        ],
        (Family::Inet6, "auto") => &[
            "privext",
            "accept_ra",
            "dhcp",
            "request_prefix",
            "ll-attempts",
            "ll-interval",
        ],
        (Family::Inet6, "dhcp") => &[
            "accept_ra",
            "autoconf",
            "request_prefix",
            "ll-attempts",
            "ll-interval",
            "hostname",
            "client",
        ],
        (Family::Inet6, "static") => &[
            "autoconf",
            "privext",
            "scope",
            "accept_ra",
            "preferred-lifetime",
            "dad-attempts",
            "dad-interval",
        ],
        _ => &[],
    }
}
