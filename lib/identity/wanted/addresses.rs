//! Static addresses, judged.

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

use super::error::WantedError;
use super::{Static, V4, V6};

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
