//! Reasons why an identity is not taken as it is asked for.

use std::net::IpAddr;

use super::wanted::WantedError;

/// Reasons why an identity is not taken as it is asked for.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AskError {
    /// A word of it is not taken.
    #[error(transparent)]
    Word(#[from] WantedError),
    /// A word is none of those that are known.
    #[error("“{word}” is not known for {field}: say {known}")]
    Choice {
        /// The field.
        field: &'static str,
        /// The word.
        word: String,
        /// The words that are.
        known: &'static str,
    },
    /// A gateway without an address.
    #[error(
        "gateway {0}: no address of its family is asked for: give the address too, or leave it out"
    )]
    GatewayAlone(IpAddr),
    /// Two gateways of one family.
    #[error("gateways {0} and {1}: there is one for each family: leave one out")]
    Gateways(IpAddr, IpAddr),
    /// Something about a NIC that is not to be configured.
    #[error(
        "{0}: no address and no DHCP is asked for, which it belongs to: give one, or leave it out"
    )]
    NicAlone(&'static str),
    /// Two things that exclude each other.
    #[error("{0} and {1} exclude each other: leave one out")]
    Conflict(&'static str, &'static str),
    /// `on_link` without a gateway.
    #[error("on-link: no gateway is asked for, which it belongs to: give one, or leave it out")]
    OnLinkAlone,
    /// An address twice.
    #[error("address {0}: it is asked for twice: leave one out")]
    Twice(IpAddr),
}

impl AskError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Word(error) => error.code(),
            Self::Choice { .. } => "identity-choice",
            Self::GatewayAlone(_) => "identity-gateway-alone",
            Self::Gateways(..) => "identity-gateways",
            Self::NicAlone(_) => "identity-nic-alone",
            Self::Conflict(..) => "identity-conflict",
            Self::OnLinkAlone => "identity-on-link-alone",
            Self::Twice(_) => "identity-address-twice",
        }
    }
}
