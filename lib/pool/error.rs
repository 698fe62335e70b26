//! Reasons why a pool gives no address.

use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use ipnet::IpNet;

use crate::host::{Cause, WriteStep};

/// Reasons why a pool is none.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PoolFault {
    /// Its name is none.
    #[error("“{0}” is no name of a pool: use up to 64 letters, digits, “.”, “_” and “-”")]
    Name(String),
    /// Its range is none.
    #[error("“{0}” is no range: write it as 10.0.0.10-10.0.0.99, or as 10.0.0.0/24")]
    Range(String),
    /// A range without a prefix length.
    #[error("the range has no prefix length: state it, as in prefix = 24")]
    NoPrefix,
    /// No prefix length of a subnet.
    #[error("a prefix length of {0} is none of a subnet: state the subnet's")]
    Prefix(u8),
    /// A range that is not of one subnet.
    #[error("the range goes beyond the subnet {0}: shorten it, or correct the prefix length")]
    TwoSubnets(IpNet),
    /// A gateway that is not of the subnet.
    #[error("the gateway {0} is not of the subnet {1}: correct one of them")]
    Gateway(IpAddr, IpNet),
}

impl PoolFault {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Name(_) => "pool-name",
            Self::Range(_) => "pool-range",
            Self::NoPrefix => "pool-no-prefix",
            Self::Prefix(_) => "pool-prefix",
            Self::TwoSubnets(_) => "pool-two-subnets",
            Self::Gateway(..) => "pool-gateway",
        }
    }
}

/// Reasons why a pool gives no address, or takes none back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PoolError {
    /// No pool has the name.
    #[error("no pool is named “{name}”{}; see [[pool]] in the configuration", meant(.near.as_deref()))]
    Unknown {
        /// The name.
        name: String,
        /// The pool that was probably meant.
        near: Option<String>,
    },
    /// Every address is taken.
    #[error(
        "pool “{pool}”: each of its addresses {range} is taken: release one (osgraft pool list), or make the range larger"
    )]
    Full {
        /// The pool.
        pool: String,
        /// Its range.
        range: String,
    },
    /// Fewer addresses are free than the children of a call need.
    #[error(
        "pool “{pool}”: {wanted} children need an address of its {range}, and {free} of them {}: release some (osgraft pool list), make the range larger, or prepare fewer",
        if *.free == 1 { "is free" } else { "are free" }
    )]
    TooFew {
        /// The pool.
        pool: String,
        /// Its range.
        range: String,
        /// Addresses that are needed and not reserved yet.
        wanted: usize,
        /// Addresses that are free.
        free: usize,
    },
    /// Another child has the address.
    #[error(
        "address {address}: pool “{pool}” has it reserved for {child}: choose another, or release that one (osgraft pool release)"
    )]
    Taken {
        /// The address.
        address: IpAddr,
        /// The pool.
        pool: String,
        /// The child that has it.
        child: String,
    },
    /// An address of the pool's range that no child may have.
    #[error(
        "address {address}: pool “{pool}” gives it to no child, for it is the subnet's own, its broadcast address, the gateway or a name server: choose another"
    )]
    Special {
        /// The address.
        address: IpAddr,
        /// The pool.
        pool: String,
    },
    /// An address and a pool of its family.
    #[error("an address and pool “{pool}” exclude each other: leave one out")]
    AddressToo {
        /// The pool.
        pool: String,
    },
    /// The reservations cannot be read.
    #[error("{origin}: cannot be read: {}", Cause::at(Path::new(.origin), .source))]
    Unreadable {
        /// The file.
        origin: String,
        /// The host's error.
        source: io::Error,
    },
    /// The reservations are not what osgraft writes.
    #[error("{origin}: its reservations cannot be used: {why}; restore it from a copy")]
    Invalid {
        /// The file.
        origin: String,
        /// Fault that was found.
        why: String,
    },
    /// Another change is under way.
    #[error(
        "{origin}: another osgraft has had the lock {lock} for more than {} s: wait for it, or end it",
        .waited.as_secs_f64().ceil()
    )]
    Busy {
        /// The file.
        origin: String,
        /// The lock file.
        lock: String,
        /// Time that was waited.
        waited: Duration,
    },
    /// The reservations cannot be written.
    #[error("{origin}: cannot {step}: {}; {}", Cause::at(Path::new(.origin), .source), .step.state())]
    Write {
        /// The file.
        origin: String,
        /// The step that failed.
        step: WriteStep,
        /// The host's error.
        source: io::Error,
    },
}

impl PoolError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "pool-unknown",
            Self::Full { .. } => "pool-full",
            Self::TooFew { .. } => "pool-too-few",
            Self::Taken { .. } => "pool-address-taken",
            Self::Special { .. } => "pool-address-special",
            Self::AddressToo { .. } => "pool-address-too",
            Self::Unreadable { .. } => "pool-unreadable",
            Self::Invalid { .. } => "pool-invalid",
            Self::Busy { .. } => "pool-busy",
            Self::Write { .. } => "pool-write",
        }
    }
}

fn meant(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!("; did you mean “{near}”?"))
}
