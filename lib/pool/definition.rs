//! A pool: which addresses there are, and what goes with them.

use std::iter::successors;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::error::PoolFault;
use crate::identity::{Ask, Domain};
use crate::path::printable;

/// A pool of addresses of one subnet.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Pool {
    name: String,
    first: IpAddr,
    last: IpAddr,
    prefix: u8,
    gateway: Option<IpAddr>,
    dns: Vec<IpAddr>,
    search: Vec<Domain>,
    bridges: Vec<String>,
}

impl Pool {
    /// Addresses of a range, `10.0.0.10-10.0.0.99` with a prefix length, or all of a subnet,
    /// `10.0.0.0/24`.
    ///
    /// # Errors
    /// [`PoolFault`].
    pub fn new(
        name: impl Into<String>,
        range: &str,
        prefix: Option<u8>,
    ) -> Result<Self, PoolFault> {
        let name = name.into();
        let is_letter = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if name.is_empty() || name.len() > 64 || !name.chars().all(is_letter) {
            return Err(PoolFault::Name(printable(&name)));
        }
        let no_range = || PoolFault::Range(printable(range));
        let (first, last, prefix) = if let Some((first, last)) = range.split_once('-') {
            let address = |word: &str| word.trim().parse::<IpAddr>().map_err(|_| no_range());
            let prefix = prefix.ok_or(PoolFault::NoPrefix)?;
            (address(first)?, address(last)?, prefix)
        } else {
            let net: IpNet = range.trim().parse().map_err(|_| no_range())?;
            let prefix = prefix.unwrap_or(net.prefix_len());
            (net.network(), net.broadcast(), prefix)
        };
        let net = IpNet::new(first, prefix).map_err(|_| PoolFault::Prefix(prefix))?;
        if prefix == 0 {
            return Err(PoolFault::Prefix(prefix));
        }
        if first.is_ipv4() != last.is_ipv4() || first > last {
            return Err(no_range());
        }
        if !net.contains(&last) {
            return Err(PoolFault::TwoSubnets(net.trunc()));
        }
        Ok(Self {
            name,
            first,
            last,
            prefix,
            gateway: None,
            dns: Vec::new(),
            search: Vec::new(),
            bridges: Vec::new(),
        })
    }

    /// Gateway of its children. It is never given to one.
    ///
    /// # Errors
    /// [`PoolFault::Gateway`]: it is not of the pool's subnet.
    pub fn gateway(mut self, gateway: IpAddr) -> Result<Self, PoolFault> {
        let is_near = match gateway {
            IpAddr::V6(gateway) => gateway.is_unicast_link_local() && self.first.is_ipv6(),
            IpAddr::V4(_) => false,
        };
        if !is_near && !self.subnet().contains(&gateway) {
            return Err(PoolFault::Gateway(gateway, self.subnet().trunc()));
        }
        self.gateway = Some(gateway);
        Ok(self)
    }

    /// Name servers of its children.
    #[must_use]
    pub fn dns(mut self, dns: Vec<IpAddr>) -> Self {
        self.dns = dns;
        self
    }

    /// Search domains of its children.
    #[must_use]
    pub fn search(mut self, search: Vec<Domain>) -> Self {
        self.search = search;
        self
    }

    /// Bridges and networks of the hypervisor: a machine that has its NIC there gets an address of
    /// this pool, in the hook.
    #[must_use]
    pub fn bridges(mut self, bridges: Vec<String>) -> Self {
        self.bridges = bridges;
        self
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// True where it is for the machines of a bridge.
    pub fn is_for(&self, bridge: &str) -> bool {
        self.bridges.iter().any(|known| known == bridge)
    }

    /// Its range, as it is shown.
    pub fn range(&self) -> String {
        format!("{}-{}/{}", self.first, self.last, self.prefix)
    }

    fn subnet(&self) -> IpNet {
        IpNet::new_assert(self.first, self.prefix)
    }

    /// True where an address lies in its range, whether it may be given or not.
    pub fn holds(&self, address: &IpAddr) -> bool {
        self.first.is_ipv4() == address.is_ipv4() && self.first <= *address && *address <= self.last
    }

    /// True for an address that a child may be given: not the gateway, a name server, the subnet's own
    /// or its broadcast address.
    pub fn may_give(&self, address: &IpAddr) -> bool {
        let net = self.subnet();
        let is_special = match net {
            IpNet::V4(net) => {
                let ends = [net.network(), net.broadcast()].map(IpAddr::V4);
                self.prefix < 31 && ends.contains(address)
            }
            IpNet::V6(net) => self.prefix < 127 && IpAddr::V6(net.network()) == *address,
        };
        self.holds(address)
            && !is_special
            && self.gateway.as_ref() != Some(address)
            && !self.dns.contains(address)
    }

    /// The addresses that may be given and that are not taken, lowest first.
    fn free(&self, is_taken: impl Fn(&IpAddr) -> bool) -> impl Iterator<Item = IpAddr> {
        let all = successors(Some(self.first), |at| {
            next(*at).filter(|next| *next <= self.last)
        });
        all.filter(move |at| self.may_give(at) && !is_taken(at))
    }

    /// The lowest address that may be given, and that is not taken.
    pub(super) fn first_free(&self, is_taken: impl Fn(&IpAddr) -> bool) -> Option<IpAddr> {
        self.free(is_taken).next()
    }

    /// The number of addresses that may be given and that are not taken, counted up to `most`.
    pub(super) fn count_free(&self, most: usize, is_taken: impl Fn(&IpAddr) -> bool) -> usize {
        self.free(is_taken).take(most).count()
    }

    /// An address of it with the prefix length.
    pub fn with_prefix(&self, address: IpAddr) -> IpNet {
        // Where the families differ, it is an address that the pool never held.
        IpNet::new(address, self.prefix).unwrap_or_else(|_| IpNet::from(address))
    }

    /// Puts an address of it into what is asked for, and what goes with it where nothing else is
    /// said.
    pub(super) fn put_into(&self, ask: &mut Ask, address: IpAddr) {
        ask.addresses.push(self.with_prefix(address));
        let same = |found: &IpAddr| found.is_ipv4() == address.is_ipv4();
        if let Some(gateway) = self.gateway
            && !ask.gateways.iter().any(same)
        {
            ask.gateways.push(gateway);
        }
        if ask.dns.is_empty() {
            ask.dns.clone_from(&self.dns);
        }
        if ask.search.is_empty() {
            ask.search.clone_from(&self.search);
        }
    }

    /// True for a pool of IPv4 addresses.
    pub fn is_ipv4(&self) -> bool {
        self.first.is_ipv4()
    }
}

/// The address after this one.
fn next(address: IpAddr) -> Option<IpAddr> {
    Some(match address {
        IpAddr::V4(at) => Ipv4Addr::from_bits(at.to_bits().checked_add(1)?).into(),
        IpAddr::V6(at) => Ipv6Addr::from_bits(at.to_bits().checked_add(1)?).into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(word: &str) -> IpAddr {
        word.parse().unwrap()
    }

    #[test]
    fn a_subnet_gives_all_but_its_ends_its_gateway_and_its_name_servers() {
        let pool = Pool::new("web", "10.0.0.0/29", None).unwrap();
        let pool = pool.gateway(ip("10.0.0.1")).unwrap();
        let pool = pool.dns(vec![ip("10.0.0.3")]);
        let mut given = Vec::new();
        while let Some(address) = pool.first_free(|address| given.contains(address)) {
            given.push(address);
        }
        let expected = ["10.0.0.2", "10.0.0.4", "10.0.0.5", "10.0.0.6"].map(ip);
        assert_eq!(given, expected);
        let pair = Pool::new("p", "10.0.0.4/31", None).unwrap();
        assert!(pair.may_give(&ip("10.0.0.4")) && pair.may_give(&ip("10.0.0.5")));
    }

    #[test]
    fn a_range_is_taken_with_its_ends() {
        let pool = Pool::new("web", "10.0.0.10 - 10.0.0.11", Some(24)).unwrap();
        assert_eq!(pool.first_free(|_| false), Some(ip("10.0.0.10")));
        assert_eq!(
            pool.first_free(|at| *at == ip("10.0.0.10")),
            Some(ip("10.0.0.11"))
        );
        assert_eq!(pool.first_free(|_| true), None);
        assert_eq!(
            pool.with_prefix(ip("10.0.0.11")).to_string(),
            "10.0.0.11/24"
        );
        assert_eq!(pool.range(), "10.0.0.10-10.0.0.11/24");
    }

    #[test]
    fn a_large_subnet_of_ipv6_gives_at_once() {
        let pool = Pool::new("six", "2001:db8::/64", None).unwrap();
        let pool = pool.gateway(ip("fe80::1")).unwrap();
        assert_eq!(pool.first_free(|_| false), Some(ip("2001:db8::1")));
        let last =
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
        let last = Pool::new("end", last, Some(64)).unwrap();
        assert_eq!(last.first_free(|_| true), None);
    }

    #[test]
    fn what_is_no_pool_is_refused_by_name() {
        for (name, range, prefix, code) in [
            ("a b", "10.0.0.0/24", None, "pool-name"),
            ("", "10.0.0.0/24", None, "pool-name"),
            ("a", "10.0.0.9-10.0.0.1", Some(24), "pool-range"),
            ("a", "10.0.0.9-fe80::1", Some(24), "pool-range"),
            ("a", "10.0.0.9-x", Some(24), "pool-range"),
            ("a", "10.0.0.9", None, "pool-range"),
            ("a", "10.0.0.1-10.0.0.9", None, "pool-no-prefix"),
            ("a", "10.0.0.1-10.0.0.9", Some(33), "pool-prefix"),
            ("a", "0.0.0.0/0", None, "pool-prefix"),
            ("a", "10.0.0.1-10.0.1.9", Some(24), "pool-two-subnets"),
        ] {
            let error = Pool::new(name, range, prefix).unwrap_err();
            assert_eq!(error.code(), code, "{range}: {error}");
        }
        let pool = Pool::new("web", "10.0.0.0/24", None).unwrap();
        let error = pool.gateway(ip("10.0.1.1")).unwrap_err();
        assert_eq!(error.code(), "pool-gateway");
    }
}
