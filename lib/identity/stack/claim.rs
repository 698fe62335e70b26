//! The trait of a network's stack, and what its configuration claims.

use std::net::IpAddr;

use ipnet::IpNet;

use super::resolver::Servers;
use crate::identity::change::Change;
use crate::identity::files::{Files, Look};
use crate::identity::flaw::Flaw;
use crate::identity::wanted::{Mac, Nic};
use crate::path::GuestPath;

/// A program that configures a guest's network.
pub(crate) trait Stack: Sync {
    /// Its name in reports: `ifupdown`, `systemd-networkd`.
    fn name(&self) -> &'static str;

    /// Places that it has to know, whatever is in them.
    fn looks(&self) -> Vec<Look>;

    /// Places that files seen so far lead to; none once all were seen.
    fn more(&self, _: &Files) -> Vec<Look> {
        Vec::new()
    }

    /// The proof that the guest starts it at boot and that it configures NICs: the file, link or
    /// generator. `None` where it does not.
    fn active(&self, files: &Files) -> Option<String>;

    /// Every claim of its configuration on a NIC, the loopback's left out.
    ///
    /// # Errors
    /// [`Flaw`]: a text that cannot be read as the stack itself reads it.
    fn claims(&self, files: &Files) -> Result<Vec<Claim>, Flaw>;

    /// Changes that give a NIC what is wanted, and take away what else is configured on it. The text
    /// of other NICs, and comments, stay to the byte. A file of name servers that is no NIC's own gets
    /// `all`: those of every NIC that is asked for.
    ///
    /// # Errors
    /// [`Flaw`]: a configuration that is not understood, or that cannot be kept.
    fn render(&self, nic: &Nic, all: &Servers, files: &Files) -> Result<Vec<Change>, Flaw>;
}

/// A part of a configuration that gives NICs their addresses.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Claim {
    /// The file that it stands in.
    pub(crate) file: Option<GuestPath>,
    /// Its name there: an interface, a profile, a section.
    pub(crate) name: String,
    /// NICs that it takes.
    pub(crate) on: On,
    /// Static addresses.
    pub(crate) addresses: Vec<IpNet>,
    /// Gateways of default routes.
    pub(crate) gateways: Vec<IpAddr>,
    /// Name servers.
    pub(crate) dns: Vec<IpAddr>,
    /// True where it asks DHCP for an IPv4 address.
    pub(crate) dhcp4: bool,
    /// True where it asks DHCP for an IPv6 address.
    pub(crate) dhcp6: bool,
}

/// NICs that a claim takes. It takes a NIC that fits all that is said; an empty one takes every NIC.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct On {
    /// Hardware addresses, any of them; none where nothing is said of them.
    pub(crate) macs: Vec<Mac>,
    /// Names, any of them, with the patterns `*`, `?` and `[…]`; none where nothing is said of them.
    pub(crate) names: Vec<String>,
}
