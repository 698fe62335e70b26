//! The two families of addresses of a wish, and what stays of the old ones beside them.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::identity::wanted::{Nic, Static, V4, V6};

/// A family of addresses.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Family {
    V4,
    V6,
}

impl Family {
    pub(super) fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(_) => Self::V4,
            IpAddr::V6(_) => Self::V6,
        }
    }
}

/// The end of one family.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum End {
    /// As it was.
    Kept,
    /// Nothing of it.
    Off,
    /// Asked of the network.
    Asked,
    /// The addresses of the wish.
    Static,
}

/// Both families of a wish.
#[derive(Clone, Debug)]
pub(super) struct Families {
    v4: End,
    v6: End,
    addresses: Vec<IpNet>,
    near: Vec<IpAddr>,
    on_link: Vec<IpAddr>,
}

/// A route of the old configuration.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Kept {
    Yes,
    No,
    /// Its gateway is not reached any more: what to say.
    Unreachable(String),
}

impl Families {
    pub(super) fn of(nic: &Nic) -> Self {
        let mut families = Self {
            v4: End::Kept,
            v6: End::Kept,
            addresses: Vec::new(),
            near: Vec::new(),
            on_link: Vec::new(),
        };
        families.v4 = match &nic.v4 {
            V4::Keep => End::Kept,
            V4::Off => End::Off,
            V4::Dhcp => End::Asked,
            V4::Static(given) => families.take(given),
        };
        families.v6 = match &nic.v6 {
            V6::Keep => End::Kept,
            V6::Off => End::Off,
            V6::Auto | V6::Dhcp => End::Asked,
            V6::Static(given) => families.take(given),
        };
        families
    }

    fn take<N: Copy + Into<IpNet>, A: Copy + Into<IpAddr>>(&mut self, given: &Static<N, A>) -> End {
        let nets = given.addresses.iter().map(|net| (*net).into());
        let nets: Vec<IpNet> = nets.collect();
        if let Some(gateway) = given.gateway.map(Into::into) {
            let is_local =
                matches!(gateway, IpAddr::V6(address) if address.is_unicast_link_local());
            match is_local || nets.iter().any(|net| net.contains(&gateway)) {
                true => self.near.push(gateway),
                false => self.on_link.push(gateway),
            }
        }
        self.addresses.extend(nets);
        End::Static
    }

    fn end(&self, family: Family) -> End {
        match family {
            Family::V4 => self.v4,
            Family::V6 => self.v6,
        }
    }

    /// True for an address of a family that stays as it was.
    pub(super) fn keeps(&self, address: IpAddr) -> bool {
        self.keeps_family(Family::of(address))
    }

    /// True for a family that stays as it was.
    pub(super) fn keeps_family(&self, family: Family) -> bool {
        self.end(family) == End::Kept
    }

    /// Addresses that are asked for.
    pub(super) fn addresses(&self) -> &[IpNet] {
        &self.addresses
    }

    /// Gateways that a subnet holds, and link-local ones.
    pub(super) fn near_gateways(&self) -> &[IpAddr] {
        &self.near
    }

    /// Gateways that are on the link although no subnet holds them.
    pub(super) fn on_link_gateways(&self) -> &[IpAddr] {
        &self.on_link
    }

    /// Judges a route of the old configuration: its destination, `None` for a default route, and its
    /// gateway. `had_dhcp` tells whether a family was asked of DHCP before.
    pub(super) fn judge_route(
        &self,
        (destination, via): (Option<IpNet>, Option<IpAddr>),
        had_dhcp: impl Fn(Family) -> bool,
    ) -> Kept {
        let family = match (via, destination) {
            (Some(via), _) => Family::of(via),
            (None, Some(net)) => Family::of(net.addr()),
            (None, None) => Family::V4,
        };
        let end = self.end(family);
        let is_default = destination.is_none_or(|net| net.addr().is_unspecified());
        match (end, via) {
            (End::Kept, _) => Kept::Yes,
            (End::Off, _) => Kept::No,
            _ if is_default => Kept::No,
            (_, None) => Kept::Yes,
            (End::Asked, Some(_)) if had_dhcp(family) => Kept::Yes,
            (_, Some(via)) if self.addresses.iter().any(|net| net.contains(&via)) => Kept::Yes,
            (_, Some(IpAddr::V6(via))) if via.is_unicast_link_local() => Kept::Yes,
            (_, Some(via)) => Kept::Unreachable(format!(
                "the route to {} goes by {via}, which the new addresses do not reach: remove the route in the master",
                destination.map_or_else(|| "everywhere".to_owned(), |net| net.to_string())
            )),
        }
    }
}
