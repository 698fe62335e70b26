//! Addresses of a numbered series of children.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// Reasons why a series of addresses is none.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SeriesError {
    /// Its first address is none that a child can have.
    #[error(
        "address {0}: a series cannot begin with the subnet's own or broadcast address: choose another"
    )]
    First(IpNet),
    /// The subnet ends before the series does.
    #[error(
        "address {first}: its subnet has {there} addresses from there on, and {wanted} are wanted: begin lower, or make fewer children"
    )]
    Past {
        /// The first address.
        first: IpNet,
        /// Number of addresses that there are.
        there: usize,
        /// Number of addresses that are wanted.
        wanted: usize,
    },
}

impl SeriesError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::First(_) => "series-first",
            Self::Past { .. } => "series-past-subnet",
        }
    }
}

/// So many addresses of a subnet, from one on. Those of `others`, such as the gateway, are passed over.
///
/// ```
/// use osgraft::children::addresses_from;
///
/// let gateway = "10.0.0.11".parse()?;
/// let found = addresses_from("10.0.0.10/24".parse()?, 2, &[gateway])?;
/// assert_eq!(found[1].to_string(), "10.0.0.12/24");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`SeriesError`].
pub fn addresses_from(
    first: IpNet,
    count: usize,
    others: &[IpAddr],
) -> Result<Vec<IpNet>, SeriesError> {
    let is_special = |address: IpAddr| match first {
        IpNet::V4(net) => {
            let ends = [net.network(), net.broadcast()].map(IpAddr::V4);
            net.prefix_len() < 31 && ends.contains(&address)
        }
        IpNet::V6(net) => net.prefix_len() < 127 && IpAddr::V6(net.network()) == address,
    };
    if is_special(first.addr()) {
        return Err(SeriesError::First(first));
    }
    let (mut found, mut at) = (Vec::new(), Some(first.addr()));
    while found.len() < count {
        let Some(address) = at.filter(|at| first.contains(at) && !is_special(*at)) else {
            return Err(SeriesError::Past {
                first,
                there: found.len(),
                wanted: count,
            });
        };
        if !others.contains(&address) {
            found.push(IpNet::new_assert(address, first.prefix_len()));
        }
        at = match address {
            IpAddr::V4(at) => at
                .to_bits()
                .checked_add(1)
                .map(Ipv4Addr::from_bits)
                .map(IpAddr::V4),
            IpAddr::V6(at) => at
                .to_bits()
                .checked_add(1)
                .map(Ipv6Addr::from_bits)
                .map(IpAddr::V6),
        };
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(first: &str, count: usize, others: &[&str]) -> Result<Vec<String>, SeriesError> {
        let others: Vec<IpAddr> = others.iter().map(|word| word.parse().unwrap()).collect();
        let found = addresses_from(first.parse().unwrap(), count, &others)?;
        Ok(found.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn addresses_follow_each_other_and_pass_over_the_gateway() {
        assert_eq!(
            series("10.0.0.254/23", 3, &["10.0.0.255"]).unwrap(),
            ["10.0.0.254/23", "10.0.1.0/23", "10.0.1.1/23"]
        );
        assert_eq!(
            series("2001:db8::ffff/64", 2, &[]).unwrap(),
            ["2001:db8::ffff/64", "2001:db8::1:0/64"]
        );
        assert_eq!(series("10.0.0.4/31", 2, &[]).unwrap().len(), 2);
    }

    #[test]
    fn a_series_ends_with_its_subnet() {
        assert_eq!(series("10.0.0.250/24", 5, &[]).unwrap().len(), 5);
        let past = series("10.0.0.250/24", 6, &[]).unwrap_err();
        assert_eq!(past.code(), "series-past-subnet");
        assert!(past.to_string().contains("has 5 addresses"), "{past}");
        let past = series("10.0.0.250/24", 5, &["10.0.0.252"]).unwrap_err();
        assert!(past.to_string().contains("has 4 addresses"), "{past}");
        assert!(series("255.255.255.255/32", 2, &[]).is_err());
        for first in ["10.0.0.0/24", "10.0.0.255/24", "2001:db8::/64"] {
            assert_eq!(series(first, 1, &[]).unwrap_err().code(), "series-first");
        }
    }
}
