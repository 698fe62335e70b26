//! The stack that configures a guest's NIC, found as the guest itself decides.

use super::{Claim, Stack};
use crate::identity::files::Files;
use crate::identity::flaw::Flaw;
use crate::identity::wanted::{Nic, Selector};

/// The stack that a NIC is given to, and the proof of it.
pub(crate) struct Detected {
    pub(crate) stack: &'static dyn Stack,
    /// The file, link or generator by which the guest starts it.
    pub(crate) proof: String,
    /// True where only its files tell of it.
    pub(crate) is_unproven: bool,
}

/// Managers that are known and not written for, with the units that start them.
const OTHERS: [(&str, &str); 3] = [
    ("connman", "connman.service"),
    ("dhcpcd", "dhcpcd.service"),
    ("netctl", "netctl.service"),
];

/// Targets that pull a network manager in.
const TARGETS: [&str; 5] = [
    "multi-user.target.wants",
    "network.target.wants",
    "network-online.target.wants",
    "sysinit.target.wants",
    "basic.target.wants",
];

/// Places by which another manager is known.
pub(crate) fn looks() -> Vec<crate::identity::files::Look> {
    let folders = TARGETS.iter();
    let folders = folders.map(|target| format!("/etc/systemd/system/{target}"));
    folders
        .map(|folder| crate::identity::files::Look::names(&folder))
        .collect()
}

/// Finds the stack, of these, that a NIC is configured by: of several that run the one that claims it.
pub(crate) fn detect(
    stacks: &[&'static dyn Stack],
    nic: &Nic,
    files: &Files,
) -> Result<Detected, Flaw> {
    let mut active = Vec::new();
    for stack in stacks {
        if let Some(proof) = stack.active(files) {
            active.push((*stack, proof));
        }
    }
    // netplan writes the files of the two others at boot; the one it writes for is its renderer.
    if let Some(at) = active
        .iter()
        .position(|(stack, _)| stack.name() == "netplan")
    {
        let (stack, proof) = active.swap_remove(at);
        return Ok(Detected {
            stack,
            proof,
            is_unproven: false,
        });
    }
    let mut claiming = Vec::new();
    for (stack, proof) in &active {
        let claims = stack.claims(files)?;
        if claims
            .iter()
            .any(|claim| claim.names_a_nic() && claim.may_take(nic))
        {
            claiming.push((*stack, proof.clone()));
        }
    }
    match (claiming.as_slice(), active.as_slice()) {
        ([(stack, proof)], _) | ([], [(stack, proof)]) => Ok(Detected {
            stack: *stack,
            proof: proof.clone(),
            is_unproven: false,
        }),
        // None of them has a word about it: the first one, in the order of the list, takes it.
        ([], [(stack, proof), ..]) => Ok(Detected {
            stack: *stack,
            proof: proof.clone(),
            is_unproven: false,
        }),
        ([], []) => unproven(stacks, nic, files),
        (several, _) => {
            let all: Vec<String> = several
                .iter()
                .map(|(stack, proof)| format!("{} ({proof})", stack.name()))
                .collect();
            let text = format!(
                "{} configure {}: disable all but one in the master",
                all.join(" and "),
                in_words(nic)
            );
            Err(Flaw::new("stack-conflict", text))
        }
    }
}

/// A stack whose files alone tell of it, where exactly one has any.
fn unproven(stacks: &[&'static dyn Stack], nic: &Nic, files: &Files) -> Result<Detected, Flaw> {
    if let Some((name, proof)) = other_manager(files) {
        let text = format!(
            "{name} configures the network ({proof}), which osgraft does not write for: use ifupdown, \
             netplan, systemd-networkd or NetworkManager in the master"
        );
        return Err(Flaw::new("stack-unsupported", text));
    }
    let mut found = Vec::new();
    for stack in stacks {
        let claims = stack.claims(files)?;
        let claim = claims.into_iter().find(|claim| claim.may_take(nic));
        if let Some(claim) = claim {
            let file = claim.file.map_or_else(String::new, |file| file.to_string());
            found.push((*stack, file));
        }
    }
    match found.as_slice() {
        [(stack, proof)] => Ok(Detected {
            stack: *stack,
            proof: proof.clone(),
            is_unproven: true,
        }),
        _ => {
            let text = format!(
                "no program is enabled in this guest that configures {}: enable one in the master",
                in_words(nic)
            );
            Err(Flaw::new("stack-none", text))
        }
    }
}

fn other_manager(files: &Files) -> Option<(&'static str, String)> {
    OTHERS.iter().find_map(|(name, unit)| {
        let mut places = TARGETS
            .iter()
            .map(|target| format!("/etc/systemd/system/{target}/{unit}"));
        places
            .find(|place| files.exists(place))
            .map(|place| (*name, place))
    })
}

/// A NIC as a part of a sentence.
pub(crate) fn in_words(nic: &Nic) -> String {
    match &nic.selector {
        Selector::Sole => "the guest's NIC".to_owned(),
        Selector::Mac(mac) => format!("the NIC {mac}"),
        Selector::Name(name) => format!("the NIC {}", crate::path::printable(name)),
    }
}

impl Claim {
    /// True for a claim that is sure to take a NIC.
    pub(crate) fn takes(&self, nic: &Nic) -> bool {
        match &nic.selector {
            Selector::Sole => true,
            Selector::Mac(mac) => match self.on.macs.is_empty() {
                true => self.on.names.is_empty(),
                false => self.on.macs.contains(mac),
            },
            Selector::Name(name) => match self.on.names.is_empty() {
                true => self.on.macs.is_empty(),
                false => self.on.names.iter().any(|known| known == name),
            },
        }
    }

    /// True for a claim that may take a NIC: nothing that is known of the NIC speaks against it.
    pub(crate) fn may_take(&self, nic: &Nic) -> bool {
        match &nic.selector {
            Selector::Sole => true,
            Selector::Mac(mac) => self.on.macs.is_empty() || self.on.macs.contains(mac),
            Selector::Name(name) => {
                let names = &self.on.names;
                names.is_empty() || names.iter().any(|known| super::glob::fits(known, name))
            }
        }
    }

    /// True for a claim that states a NIC: not one for every NIC there may be.
    fn names_a_nic(&self) -> bool {
        !self.on.macs.is_empty() || !self.on.names.is_empty()
    }
}
