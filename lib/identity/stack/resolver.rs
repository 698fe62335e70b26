//! Ways in which name servers and search domains reach a guest whose stack does not set them by itself.
//!
//! These files are the guest's, not a NIC's: they get the name servers of every NIC that is asked for.

use std::net::IpAddr;

use super::{refusal, unit};
use crate::identity::change::Change;
use crate::identity::files::{Files, Found, Look};
use crate::identity::flaw::Flaw;
use crate::identity::told::Told;
use crate::identity::wanted::{Domain, Nic};
use crate::path::escape;

/// The file that the C library reads (resolv.conf(5)).
pub(super) const PATH: &str = "/etc/resolv.conf";
/// Name servers of it that the C library asks (`MAXNS`).
const MAX_SERVERS: usize = 3;

const DROP_INS: &str = "/etc/systemd/resolved.conf.d";
const DROP_IN: &str = "/etc/systemd/resolved.conf.d/90-osgraft.conf";
const RESOLVED: &str = "systemd-resolved.service";
const RESOLVED_ALIAS: &str = "/etc/systemd/system/dbus-org.freedesktop.resolve1.service";

/// Name servers and search domains of all NICs of a wish, in the order of the NICs, once each.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Servers {
    dns: Vec<IpAddr>,
    search: Vec<Domain>,
}

impl Servers {
    /// Those of these NICs.
    pub(crate) fn of<'a>(nics: impl IntoIterator<Item = &'a Nic>) -> Self {
        let mut all = Self::default();
        for nic in nics {
            for server in &nic.dns {
                if !all.dns.contains(server) {
                    all.dns.push(*server);
                }
            }
            for domain in &nic.search {
                if !all.search.contains(domain) {
                    all.search.push(domain.clone());
                }
            }
        }
        all
    }

    /// The name servers.
    pub(super) fn dns(&self) -> &[IpAddr] {
        &self.dns
    }

    /// The search domains.
    pub(super) fn search(&self) -> &[Domain] {
        &self.search
    }
}

/// True where name servers or domains are asked for a NIC.
pub(super) fn asks(nic: &Nic) -> bool {
    !nic.dns.is_empty() || !nic.search.is_empty()
}

/// The way that a guest takes its name servers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Way {
    /// `/etc/resolv.conf` is a file, or is not there.
    File,
    /// systemd-resolved, whose file `/etc/resolv.conf` leads to.
    Resolved,
    /// resolvconf or openresolv, whose file `/etc/resolv.conf` leads to.
    Resolvconf,
}

/// Places that the way is seen from.
pub(super) fn looks() -> Vec<Look> {
    let mut looks = unit::looks(RESOLVED);
    looks.push(Look::file(PATH));
    looks.push(Look::kind(RESOLVED_ALIAS));
    looks.push(Look::folder(DROP_INS));
    looks
}

/// The way that the guest takes.
///
/// # Errors
/// Code `dns-no-way-in`: `/etc/resolv.conf` leads to a file that nothing known writes.
pub(super) fn way(files: &Files) -> Result<Way, Flaw> {
    match files.at(PATH) {
        None | Some(Found::File(_)) => Ok(Way::File),
        Some(Found::Link { .. }) if leads_to_resolved(files) && !is_masked(files) => {
            Ok(Way::Resolved)
        }
        Some(Found::Link { target, .. }) if is_resolvconfs(target) => Ok(Way::Resolvconf),
        Some(Found::Link { target, .. }) => Err(written_by_nothing(target)),
        Some(_) => Err(no_way_in("no regular file")),
    }
}

fn written_by_nothing(target: &[u8]) -> Flaw {
    no_way_in(&format!(
        "a link to {}, which nothing enabled in this guest writes for it",
        escape(target)
    ))
}

fn is_resolvconfs(target: &[u8]) -> bool {
    String::from_utf8_lossy(target).contains("resolvconf/")
}

/// True where the guest runs systemd-resolved.
pub(super) fn has_resolved(files: &Files) -> bool {
    let is_named = files.exists(RESOLVED_ALIAS) && !unit::is_null(files.at(RESOLVED_ALIAS));
    !is_masked(files) && (is_named || unit::enabled(files, RESOLVED).is_some())
}

fn is_masked(files: &Files) -> bool {
    unit::is_null(files.at(&format!("/etc/systemd/system/{RESOLVED}")))
}

/// True where the file is systemd-resolved's own.
pub(super) fn leads_to_resolved(files: &Files) -> bool {
    let target = files.target(PATH).unwrap_or_default();
    let target = String::from_utf8_lossy(target);
    target.contains("/run/systemd/resolve/")
        || target.starts_with("run/systemd/resolve/")
        || target.ends_with("lib/systemd/resolv.conf")
}

/// Changes that give the wanted name servers and domains in this way; none for [`Way::Resolvconf`],
/// which takes them from the stack.
pub(super) fn render(servers: &Servers, files: &Files, way: Way) -> Option<Change> {
    if *servers == Servers::default() {
        return None;
    }
    let (path, new) = match way {
        Way::Resolvconf => return None,
        Way::File => (
            PATH,
            resolv_conf(files.content(PATH).unwrap_or_default(), servers),
        ),
        Way::Resolved => (DROP_IN, drop_in(servers).into_bytes()),
    };
    let is_there = files.content(path) == Some(&new);
    (!is_there).then(|| Change::text(path, new))
}

/// The change that lets a NIC's name servers be used in a guest whose stack hands them to
/// systemd-resolved, and to nothing else.
///
/// # Errors
/// Code `dns-no-way-in` where the file is a link to what another program writes.
pub(super) fn where_resolved_is_off(
    nic: &Nic,
    servers: &Servers,
    files: &Files,
) -> Result<Option<Change>, Flaw> {
    // systemd-resolved makes its link where nothing is.
    let is_made = files.at(PATH).is_none() && has_resolved(files);
    if !asks(nic) || is_made {
        return Ok(None);
    }
    match way(files)? {
        Way::File => Ok(render(servers, files, Way::File)),
        Way::Resolved if has_resolved(files) => Ok(None),
        Way::Resolved => Err(written_by_nothing(files.target(PATH).unwrap_or_default())),
        Way::Resolvconf => Err(no_way_in(
            "resolvconf’s, which this guest’s network does not feed",
        )),
    }
}

/// Name servers that stand in the guest in this way.
pub(super) fn standing(files: &Files, way: Way) -> Vec<IpAddr> {
    match way {
        Way::Resolvconf => Vec::new(),
        Way::File => {
            let text = String::from_utf8_lossy(files.content(PATH).unwrap_or_default());
            let servers = text.lines().filter_map(|line| {
                let mut words = line.split_whitespace();
                (words.next() == Some("nameserver")).then(|| words.next()?.parse().ok())?
            });
            servers.collect()
        }
        Way::Resolved => {
            let mut servers = Vec::new();
            for (path, old) in files.files_in(DROP_INS) {
                if !path.file_name().unwrap_or_default().ends_with(b".conf") {
                    continue;
                }
                for line in String::from_utf8_lossy(&old.content).lines() {
                    match line.trim().strip_prefix("DNS=").map(str::trim) {
                        Some("") => servers.clear(),
                        Some(list) => {
                            servers.extend(list.split_whitespace().flat_map(str::parse::<IpAddr>));
                        }
                        None => {}
                    }
                }
            }
            servers
        }
    }
}

/// A warning where a change puts more name servers into `/etc/resolv.conf` than are asked.
pub(crate) fn too_many<'a>(
    changes: impl IntoIterator<Item = &'a Change>,
    files: &Files,
) -> Option<Told> {
    let mut paths = changes.into_iter().map(|change| change.path().to_string());
    let all = standing(files, Way::File);
    let unused = all.get(MAX_SERVERS..).unwrap_or_default();
    if unused.is_empty() || !paths.any(|path| path == PATH) {
        return None;
    }
    let unused: Vec<String> = unused.iter().map(IpAddr::to_string).collect();
    let text = format!(
        "{PATH} has more than {MAX_SERVERS} name servers, and the guest asks the first {MAX_SERVERS} alone: {} \
         would not be asked; ask for fewer",
        unused.join(", ")
    );
    Some(Told::new("dns-more-than-three", text))
}

/// The flaw of a guest that has no place for name servers.
pub(super) fn no_way_in(what: &str) -> Flaw {
    refusal::no_dns(format!(
        "{PATH} is {what}, so the name servers that are asked for would have no effect: enable \
         systemd-resolved in the master, or make {PATH} a regular file there, or ask for none"
    ))
}

/// `/etc/resolv.conf` with these name servers and domains, where any are given, in the place of the old
/// ones; other lines stay (resolv.conf(5)).
fn resolv_conf(old: &[u8], servers: &Servers) -> Vec<u8> {
    let mut lines = Vec::new();
    if !servers.search.is_empty() {
        lines.push(format!("search {}\n", joined(&servers.search)));
    }
    let dns = servers.dns.iter();
    lines.extend(dns.map(|server| format!("nameserver {server}\n")));
    let new = lines.concat();
    let goes = |line: &[u8]| {
        let word = line.split(u8::is_ascii_whitespace).next();
        match word.unwrap_or_default() {
            b"nameserver" => !servers.dns.is_empty(),
            b"search" | b"domain" => !servers.search.is_empty(),
            _ => false,
        }
    };
    let mut content = Vec::with_capacity(old.len() + new.len());
    let mut is_placed = false;
    for line in old.split_inclusive(|byte| *byte == b'\n') {
        if !goes(line) {
            content.extend_from_slice(line);
        } else if !is_placed {
            content.extend(new.bytes());
            is_placed = true;
        }
    }
    if !is_placed {
        if content.last().is_some_and(|byte| *byte != b'\n') {
            content.push(b'\n');
        }
        content.extend(new.bytes());
    }
    content
}

/// A drop-in of systemd-resolved (resolved.conf(5)). An empty assignment takes away what was set before.
fn drop_in(servers: &Servers) -> String {
    let mut text = "[Resolve]\n".to_owned();
    if !servers.dns.is_empty() {
        let dns: Vec<String> = servers.dns.iter().map(IpAddr::to_string).collect();
        text.push_str(&format!("DNS=\nDNS={}\n", dns.join(" ")));
    }
    if !servers.search.is_empty() {
        text.push_str(&format!("Domains=\nDomains={}\n", joined(&servers.search)));
    }
    text
}

/// Domains with a blank between them.
pub(super) fn joined(search: &[Domain]) -> String {
    let search: Vec<&str> = search.iter().map(Domain::as_str).collect();
    search.join(" ")
}

#[cfg(test)]
mod tests;
