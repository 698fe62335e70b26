//! Reasons why a word of an identity is not taken.

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
