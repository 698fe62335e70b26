//! A value, the state of its key, and the lease that it goes with.

/// Number of a key's state: equal ones of one key mean the same state. Later states have larger ones.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Version(pub u64);

/// A value, and the state of its key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Versioned {
    /// The value.
    pub value: Vec<u8>,
    /// State of its key.
    pub version: Version,
    /// The lease that it goes with; `None` where it stays.
    pub lease: Option<Lease>,
}

/// A right to keep keys, which ends unless it is kept alive.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Lease(pub i64);
