//! From an identity to the changes that give it to a guest, read again before they are believed.

use std::net::IpAddr;

use ipnet::IpNet;

use super::change::Change;
use super::done::{Done, Subject, digest};
use super::files::{Files, Look, is_same_text};
use super::flaw::Flaw;
use super::fresh::Fresh;
use super::labels::{Label, Labelled, Labels};
use super::stack::resolver::{self, Servers};
use super::stack::{self, Claim, Stack};
use super::told::{Part, Told};
use super::wanted::{
    CloudInit, Hostname, Identity, KeysWish, Mac, MachineId, Nic, Selector, V4, V6,
};
use super::{cloud_init, labels, leftovers, machine_id, names, ssh_keys};
use crate::path::escape;

/// Changes that give a guest an identity.
#[derive(Debug, Default)]
pub(crate) struct Rendered {
    pub(crate) changes: Vec<(Subject, Change)>,
    /// Things to know about it.
    pub(crate) told: Vec<Told>,
}

/// Places that have to be looked at for this identity.
pub(crate) fn looks(wanted: &Identity) -> Vec<Look> {
    let mut looks = names::looks();
    looks.extend(machine_id::looks());
    looks.extend(ssh_keys::looks());
    looks.extend(leftovers::looks());
    looks.extend(cloud_init::looks());
    looks.extend(labels::looks());
    if !wanted.nics.is_empty() {
        looks.extend(stack::detect::looks());
        looks.extend(stack::ALL.iter().flat_map(|stack| stack.looks()));
    }
    looks
}

/// Places that the files seen so far lead to.
pub(crate) fn more(files: &Files) -> Vec<Look> {
    let mut more: Vec<Look> = stack::ALL
        .iter()
        .flat_map(|stack| stack.more(files))
        .collect();
    more.extend(ssh_keys::more(files));
    more.extend(labels::more(files));
    more
}

/// Renders the network of an identity onto the guest's own files.
pub(super) fn network(
    wanted: &Identity,
    files: &mut Files,
    rendered: &mut Rendered,
) -> Result<Vec<IpAddr>, Flaw> {
    let mut old = Vec::new();
    let mut given: Vec<(&dyn Stack, &Nic)> = Vec::new();
    let servers = Servers::of(&wanted.nics);
    for nic in &wanted.nics {
        let found = stack::detect::detect(&stack::ALL, nic, files)?;
        if found.is_unproven {
            let text = format!(
                "{} alone tells that {} configures this guest: nothing starts it that osgraft knows",
                found.proof,
                found.stack.name()
            );
            rendered.told.push(Told::new("stack-unproven", text));
        }
        let before = found.stack.claims(files)?;
        let changes = found.stack.render(nic, &servers, files)?;
        for change in &changes {
            change.apply(files);
        }
        let after = found.stack.claims(files)?;
        judge(found.stack, nic, &before, &after)?;
        old.extend(given_up(&before, &after));
        let changes = changes.into_iter();
        let changes = changes.map(|change| (Subject::Network, change));
        rendered.changes.extend(changes);
        given.push((found.stack, nic));
    }
    let changes = rendered.changes.iter().map(|(_, change)| change);
    rendered.told.extend(resolver::too_many(changes, files));
    // A NIC that came later may have taken the configuration of an earlier one.
    if given.len() > 1 {
        for (stack, nic) in given {
            judge(stack, nic, &[], &stack.claims(files)?)?;
        }
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
pub(super) fn judge(
    stack: &dyn Stack,
    nic: &Nic,
    before: &[Claim],
    after: &[Claim],
) -> Result<(), Flaw> {
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

/// Renders an identity onto the files of a guest as they were before an earlier one, but for what is made
/// once.
pub(crate) fn render(
    wanted: &Identity,
    before: &Files,
    earlier: Option<&Done>,
    fresh: &mut Fresh<'_>,
) -> Result<Rendered, Flaw> {
    let mut rendered = Rendered::default();
    let mut files = before.clone();
    let has = |subject| {
        let mut steps = earlier.iter().flat_map(|done| &done.steps);
        steps.any(|step| step.subject == subject)
    };

    let known = machine_id::stated(&files).filter(|_| has(Subject::MachineId));
    let made = known.unwrap_or_else(|| MachineId::of_random(fresh.bytes()));
    let part = machine_id::render(&wanted.machine_id, &made, &files)?;
    rendered.take(Subject::MachineId, part, &mut files);
    let seed = seed_of(&files, &made);

    // It writes the network itself where it gets a seed.
    let is_seeded = wanted.cloud_init == CloudInit::Seed && cloud_init::active(&files).is_some();
    let instance = format!("osgraft-{}", &digest(&seed)[..16]);
    let given = cloud_init::Seed {
        instance: &instance,
        hostname: wanted.hostname.as_ref(),
        nics: &wanted.nics,
    };
    let part = cloud_init::render(wanted.cloud_init, given, &files)?;
    rendered.take(Subject::CloudInit, part, &mut files);
    let from = match is_seeded {
        true => Vec::new(),
        false => network(wanted, &mut files, &mut rendered)?,
    };
    let to: Vec<IpAddr> = wanted.nics.iter().flat_map(addresses_of).collect();
    let moved = names::Moved {
        from: &from,
        to: &to,
    };
    let part = names::render(wanted.hostname.as_ref(), moved, &files)?;
    rendered.take(Subject::Names, part, &mut files);

    if wanted.ssh_keys == KeysWish::New {
        let host = wanted
            .hostname
            .as_ref()
            .map_or("localhost", Hostname::as_str);
        let part = ssh_keys::render(host, has(Subject::SshKeys), fresh, &files)?;
        rendered.take(Subject::SshKeys, part, &mut files);
    }
    let macs: Vec<Mac> = wanted.nics.iter().filter_map(mac_of).collect();
    let own = leftovers::Own {
        seed: &seed,
        macs: &macs,
        is_rid: earlier.is_some(),
    };
    let part = leftovers::render(own, &files)?;
    rendered.take(Subject::Leftovers, part, &mut files);
    Ok(rendered)
}

impl Rendered {
    fn take(&mut self, subject: Subject, part: Part, files: &mut Files) {
        for change in part.changes {
            change.apply(files);
            self.changes.push((subject, change));
        }
        self.told.extend(part.told);
    }
}

/// File that has systemd-tmpfiles label what the policy could not be read for.
const AT_BOOT: &str = "/etc/tmpfiles.d/osgraft.conf";

impl Rendered {
    /// Has the guest label the new files at its boot whose label cannot be told here (tmpfiles.d(5),
    /// “z”).
    pub(crate) fn relabel_at_boot(&mut self, labels: &Labels, before: &Files) {
        let mut lines = String::new();
        for (_, change) in &self.changes {
            let Change::Write { path, .. } = change else {
                continue;
            };
            if before.get(path).is_none()
                && let Label::Unsure(why) = labels.of(path, Labelled::File)
            {
                lines.push_str(&format!("z {path}\n"));
                let text = format!(
                    "{path}: its SELinux label cannot be told ({why}): {AT_BOOT} has the guest set it at \
                     its boot"
                );
                self.told.push(Told::new("identity-label-unsure", text));
            }
        }
        if !lines.is_empty() {
            let change = Change::text(AT_BOOT, lines);
            self.changes.push((Subject::Names, change));
        }
    }
}

/// Spare bytes of a padded file at least, and the multiple that its length becomes.
const SPARE: usize = 128;
const PADDED: usize = 512;

impl Rendered {
    /// Makes the files of several children equally long, by newlines at their ends. Readers of these files
    /// pass over them; a file of fixed length stays as it is.
    pub(crate) fn pad(&mut self) {
        for (subject, change) in &mut self.changes {
            let is_free = matches!(
                subject,
                Subject::Names | Subject::Network | Subject::SshKeys | Subject::CloudInit
            );
            if let Change::Write { content, .. } = change
                && is_free
                && content.ends_with(b"\n")
            {
                let len = (content.len() + SPARE).next_multiple_of(PADDED);
                content.resize(len, b'\n');
            }
        }
    }
}

/// Bytes of the child's own, the same at each prepare. What is made of them does not tell its
/// machine-id, which is confidential (machine-id(5)).
fn seed_of(files: &Files, made: &MachineId) -> [u8; 16] {
    let id = machine_id::stated(files).unwrap_or_else(|| made.clone());
    let hash = digest(format!("osgraft seed {id}").as_bytes());
    let mut seed = [0; 16];
    seed.copy_from_slice(&hash.as_bytes()[..16]);
    seed
}

fn mac_of(nic: &Nic) -> Option<Mac> {
    match nic.selector {
        Selector::Mac(mac) => Some(mac),
        _ => None,
    }
}

/// Static addresses that a NIC is to have.
fn addresses_of(nic: &Nic) -> Vec<IpAddr> {
    let mut addresses = Vec::new();
    if let V4::Static(given) = &nic.v4 {
        addresses.extend(given.addresses.iter().map(|net| IpAddr::V4(net.addr())));
    }
    if let V6::Static(given) = &nic.v6 {
        addresses.extend(given.addresses.iter().map(|net| IpAddr::V6(net.addr())));
    }
    addresses
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
                file.is_some_and(|file| is_same_text(&file.content, content))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::files::{Found, OldFile};

    #[test]
    fn rules_of_the_policy_and_keys_that_sshd_names_are_looked_at() {
        let mut files = Files::default();
        for (path, content) in [
            (
                "/etc/selinux/config",
                "SELINUX=enforcing\nSELINUXTYPE=targeted\n",
            ),
            (
                "/etc/ssh/sshd_config",
                "Include sshd_config.d/*.conf\nHostKey /data/key\n",
            ),
        ] {
            files.insert(path.parse().unwrap(), Found::File(OldFile::of(content)));
        }
        let more = more(&files);
        for look in [
            Look::file("/etc/selinux/targeted/contexts/files/file_contexts"),
            Look::folder("/etc/ssh/sshd_config.d"),
            Look::file("/data/key"),
        ] {
            assert!(more.contains(&look), "{look:?}");
        }
    }
}
