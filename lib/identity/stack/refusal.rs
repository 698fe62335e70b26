//! Refusals that several stacks share, so that each code has one meaning.

use crate::identity::flaw::Flaw;
use crate::identity::wanted::{Mac, Selector};
use crate::path::{GuestPath, escape};

/// Judges the name of a selector: one that Linux takes for a NIC, and that no configuration reads as
/// something else.
pub(super) fn judge_name(selector: &Selector) -> Result<(), Flaw> {
    let Selector::Name(name) = selector else {
        return Ok(());
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let is_fit = (1..=15).contains(&name.len()) && name.chars().all(is_plain);
    if is_fit && !name.starts_with(['.', '-']) {
        return Ok(());
    }
    Err(Flaw::new(
        "nic-name",
        format!(
            "“{}” is no name of a NIC: use at most 15 letters, digits, “.”, “_” and “-”",
            escape(name.as_bytes())
        ),
    ))
}

/// “The only NIC” was asked for, and several are configured.
pub(super) fn several(stack: &str, names: &[String]) -> Flaw {
    let names: Vec<String> = names.iter().map(|name| escape(name.as_bytes())).collect();
    Flaw::new(
        "nic-ambiguous",
        format!(
            "{stack} configures several NICs ({}), so the one that is meant is unknown: select it by its name",
            names.join(", ")
        ),
    )
}

/// The wanted NIC is not configured, and cannot be added under a name that is sure.
pub(super) fn unknown(stack: &str, wanted: &str) -> Flaw {
    Flaw::new(
        "nic-unknown",
        format!(
            "{stack} configures no NIC that is surely {wanted}: select it by the name that it has in the guest"
        ),
    )
}

/// The NIC carries a bond, a bridge, a VLAN or something of that kind, or is a part of it.
pub(super) fn stacked(file: &GuestPath, name: &str, why: &str) -> Flaw {
    Flaw::new(
        "nic-stacked",
        format!(
            "{file}: NIC {} {why}, which osgraft does not rewrite: take that out of the master, or configure the child from inside",
            escape(name.as_bytes())
        ),
    )
}

/// The NIC has its name from a rule about the master's hardware address.
pub(super) fn renamed(file: &GuestPath, name: &str, mac: Mac) -> Flaw {
    Flaw::new(
        "nic-renamed",
        format!(
            "{file}: NIC {} has its name from the hardware address {mac}, which the child's NIC does not have: take that rule out of the master, or select the name that the NIC has without it",
            escape(name.as_bytes())
        ),
    )
}

/// The configuration sets the hardware address of the NIC, and the child's is not known.
pub(super) fn hardware(file: &GuestPath, name: &str, mac: Mac) -> Flaw {
    Flaw::new(
        "nic-hardware",
        format!(
            "{file}: the hardware address of NIC {} is set to {mac}, which the master has as well: select the NIC by the child’s hardware address",
            escape(name.as_bytes())
        ),
    )
}

/// A gateway outside the subnet, which this stack cannot reach.
pub(super) fn off_link(stack: &str, gateway: &str) -> Flaw {
    Flaw::new(
        "gateway-off-link",
        format!(
            "gateway {gateway} lies outside the subnet, and this guest's {stack} sets no route to such a one: use a gateway inside it"
        ),
    )
}

/// Name servers or search domains cannot be given to this guest.
pub(super) fn no_dns(text: impl Into<String>) -> Flaw {
    Flaw::new("dns-no-way-in", text)
}
