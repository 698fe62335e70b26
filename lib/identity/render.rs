//! From an identity to the changes that give it to a guest, read again before they are believed.

use std::net::IpAddr;

use ipnet::IpNet;

use super::change::Change;
use super::done::{Done, Subject};
use super::files::{Files, Look};
use super::flaw::Flaw;
use super::stack::{self, Claim, Stack};
use super::wanted::{Identity, Nic, V4, V6};
use crate::path::escape;

/// Changes that give a guest an identity.
#[derive(Debug, Default)]
pub(crate) struct Rendered {
    pub(crate) changes: Vec<(Subject, Change)>,
    /// Things to know about it: code and text.
    pub(crate) told: Vec<(&'static str, String)>,
}

/// Places that have to be looked at for this identity.
pub(crate) fn looks(wanted: &Identity) -> Vec<Look> {
    let mut looks = Vec::new();
    if !wanted.nics.is_empty() {
        looks.extend(stack::detect::looks());
        looks.extend(stack::ALL.iter().flat_map(|stack| stack.looks()));
    }
    looks
}

/// Places that the files seen so far lead to.
pub(crate) fn more(files: &Files) -> Vec<Look> {
    stack::ALL
        .iter()
        .flat_map(|stack| stack.more(files))
        .collect()
}

/// Renders the network of an identity onto the guest's own files.
pub(super) fn network(
    wanted: &Identity,
    files: &mut Files,
    rendered: &mut Rendered,
) -> Result<Vec<IpAddr>, Flaw> {
    let mut old = Vec::new();
    for nic in &wanted.nics {
        let found = stack::detect::detect(&stack::ALL, nic, files)?;
        if found.is_unproven {
            let text = format!(
                "{} alone tells that {} configures this guest: nothing starts it that osgraft knows",
                found.proof,
                found.stack.name()
            );
            rendered.told.push(("stack-unproven", text));
        }
        let before = found.stack.claims(files)?;
        let changes = found.stack.render(nic, files)?;
        for change in &changes {
            change.apply(files);
        }
        let after = found.stack.claims(files)?;
        judge(found.stack, nic, &before, &after)?;
        old.extend(given_up(&before, &after));
        let changes = changes.into_iter();
        let changes = changes.map(|change| (Subject::Network, change));
        rendered.changes.extend(changes);
    }
    Ok(old)
}

/// Addresses that were claimed and are not any more.
fn given_up<'a>(before: &'a [Claim], after: &'a [Claim]) -> impl Iterator<Item = IpAddr> + 'a {
    let addresses = before.iter().flat_map(|claim| &claim.addresses);
    let addresses = addresses.map(IpNet::addr);
    addresses.filter(|address| !after.iter().any(|claim| claim.has(*address)))
}

/// Reads the result as the stack does: one claim on the NIC, the wanted one, and the old address nowhere.
fn judge(stack: &dyn Stack, nic: &Nic, before: &[Claim], after: &[Claim]) -> Result<(), Flaw> {
    let refuse = |why: &str| {
        let text = format!(
            "{} would not give {} what is asked ({why}): nothing was changed; configure it in the master, \
             or report the configuration",
            stack.name(),
            stack::detect::in_words(nic)
        );
        Err(Flaw::new("identity-not-rendered", text))
    };
    let sure: Vec<&Claim> = after.iter().filter(|claim| claim.takes(nic)).collect();
    let possible: Vec<&Claim> = after.iter().filter(|claim| claim.may_take(nic)).collect();
    let claim = match (sure.as_slice(), possible.as_slice()) {
        ([claim], _) | ([], [claim]) => *claim,
        ([], []) => return refuse("nothing configures it"),
        _ => {
            let names: Vec<String> = match sure.is_empty() {
                true => possible
                    .iter()
                    .map(|claim| escape(claim.name.as_bytes()))
                    .collect(),
                false => sure
                    .iter()
                    .map(|claim| escape(claim.name.as_bytes()))
                    .collect(),
            };
            return refuse(&format!("{} all configure it", names.join(", ")));
        }
    };
    let mut wanted = Vec::new();
    let mut gateways = Vec::new();
    let mut keeps = (false, false);
    match &nic.v4 {
        V4::Static(given) => {
            wanted.extend(given.addresses.iter().map(|net| IpNet::V4(*net)));
            gateways.extend(given.gateway.map(IpAddr::V4));
        }
        V4::Keep => keeps.0 = true,
        _ => {}
    }
    match &nic.v6 {
        V6::Static(given) => {
            wanted.extend(given.addresses.iter().map(|net| IpNet::V6(*net)));
            gateways.extend(given.gateway.map(IpAddr::V6));
        }
        V6::Keep => keeps.1 = true,
        _ => {}
    }
    let is_judged = |address: &IpAddr| match address {
        IpAddr::V4(_) => !keeps.0,
        IpAddr::V6(_) => !keeps.1,
    };
    let mut found: Vec<IpNet> = claim.addresses.clone();
    found.retain(|net| is_judged(&net.addr()));
    let mut routes: Vec<IpAddr> = claim.gateways.clone();
    routes.retain(is_judged);
    found.sort();
    wanted.sort();
    routes.sort();
    gateways.sort();
    if found != wanted {
        return refuse(&format!("its addresses read {found:?}"));
    }
    if routes != gateways {
        return refuse(&format!("its gateways read {routes:?}"));
    }
    if !keeps.0 && claim.dhcp4 != (nic.v4 == V4::Dhcp) {
        return refuse("DHCP for IPv4 reads otherwise");
    }
    if !keeps.1 && claim.dhcp6 && nic.v6 != V6::Dhcp {
        return refuse("DHCP for IPv6 reads otherwise");
    }
    // An address of the claims that were replaced may stand in no other.
    let replaced = before.iter().filter(|claim| claim.may_take(nic));
    let old = replaced.flat_map(|claim| &claim.addresses).map(IpNet::addr);
    for address in old.filter(is_judged) {
        let is_wanted = wanted.iter().any(|net| net.addr() == address);
        let mut others = after.iter();
        if !is_wanted && others.any(|claim| claim.may_take(nic) && claim.has(address)) {
            return refuse(&format!("the old address {address} is still there"));
        }
    }
    Ok(())
}

impl Claim {
    fn has(&self, address: IpAddr) -> bool {
        self.addresses.iter().any(|net| net.addr() == address)
    }
}

/// New secrets, and the earlier identity.
pub(crate) struct Fresh<'a> {
    /// The source of random bytes.
    pub(crate) random: &'a mut dyn FnMut(&mut [u8]),
}

/// Renders an identity onto the files of a guest as they were before an earlier one.
pub(crate) fn render(
    wanted: &Identity,
    before: &Files,
    _earlier: Option<&Done>,
    _fresh: &mut Fresh<'_>,
) -> Result<Rendered, Flaw> {
    let mut rendered = Rendered::default();
    let mut files = before.clone();
    network(wanted, &mut files, &mut rendered)?;
    Ok(rendered)
}

/// Differences of a guest, as it is, from the identity that it was given: what a later prepare would
/// write anew.
pub(crate) fn differences(
    done: &Done,
    before: &Files,
    now: &Files,
    fresh: &mut Fresh<'_>,
) -> Vec<(&'static str, String)> {
    let rendered = match render(&done.asked, before, Some(done), fresh) {
        Ok(rendered) => rendered,
        Err(flaw) => return vec![(flaw.code(), flaw.to_string())],
    };
    let mut differences = Vec::new();
    for (subject, change) in &rendered.changes {
        let path = change.path();
        let is_done = match change {
            Change::Write { content, .. } => {
                let file = now.file(&path.to_string());
                file.is_some_and(|file| file.content == *content)
            }
            Change::Aside { .. } => now.get(path).is_none(),
            Change::Symlink { target, .. } => now.target(&path.to_string()) == Some(target),
        };
        if !is_done && !subject.is_once() {
            let text =
                format!("{path}: the guest no longer has the identity that it was given there");
            differences.push(("identity-differs", text));
        }
    }
    differences
}
