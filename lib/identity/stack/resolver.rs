//! Ways in which name servers and search domains reach a guest whose stack does not set them by itself.

use std::net::IpAddr;

use super::refusal;
use crate::identity::change::Change;
use crate::identity::files::{Files, Found, Look};
use crate::identity::flaw::Flaw;
use crate::identity::wanted::{Domain, Nic};
use crate::path::{GuestPath, escape};

const RESOLV_CONF: &str = "/etc/resolv.conf";
const RESOLVED_FOLDER: &str = "/etc/systemd/resolved.conf.d";
const RESOLVED: &str = "/etc/systemd/resolved.conf.d/90-osgraft.conf";

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
    vec![Look::file(RESOLV_CONF), Look::folder(RESOLVED_FOLDER)]
}

/// The way that the guest takes.
///
/// # Errors
/// [`Flaw`]: `/etc/resolv.conf` leads to a file that nobody known writes.
pub(super) fn way(files: &Files) -> Result<Way, Flaw> {
    match files.at(RESOLV_CONF) {
        None | Some(Found::File(_)) => Ok(Way::File),
        Some(Found::Link { target, .. }) => {
            let target = String::from_utf8_lossy(target);
            if target.contains("systemd/resolve/") {
                Ok(Way::Resolved)
            } else if target.contains("resolvconf/") {
                Ok(Way::Resolvconf)
            } else {
                Err(refusal::no_dns(format!(
                    "{RESOLV_CONF} is a link to {}, which something unknown writes: make it a file in the master, or ask for no name servers",
                    escape(target.as_bytes())
                )))
            }
        }
        Some(_) => Err(refusal::no_dns(format!(
            "{RESOLV_CONF} is no file: make it one in the master, or ask for no name servers"
        ))),
    }
}

/// Changes that give the wanted name servers and domains in this way; none for [`Way::Resolvconf`],
/// which takes them from the stack.
pub(super) fn render(nic: &Nic, files: &Files, way: Way) -> Vec<Change> {
    if nic.dns.is_empty() && nic.search.is_empty() {
        return Vec::new();
    }
    let (path, new) = match way {
        Way::Resolvconf => return Vec::new(),
        Way::File => {
            let old = files.content(RESOLV_CONF).unwrap_or_default();
            (RESOLV_CONF, resolv_conf(old, &nic.dns, &nic.search))
        }
        Way::Resolved => (RESOLVED, resolved_conf(&nic.dns, &nic.search).into_bytes()),
    };
    if files.content(path) == Some(&new) {
        return Vec::new();
    }
    vec![Change::text(path, new)]
}

/// Name servers that stand in the guest in this way.
pub(super) fn servers(files: &Files, way: Way) -> Vec<IpAddr> {
    match way {
        Way::Resolvconf => Vec::new(),
        Way::File => {
            let text = String::from_utf8_lossy(files.content(RESOLV_CONF).unwrap_or_default());
            let servers = text.lines().filter_map(|line| {
                let mut words = line.split_whitespace();
                (words.next() == Some("nameserver")).then(|| words.next()?.parse().ok())?
            });
            servers.collect()
        }
        Way::Resolved => {
            let mut servers = Vec::new();
            for (path, old) in files.files_in(RESOLVED_FOLDER) {
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

/// The file that the way leads to.
pub(super) fn file(way: Way) -> GuestPath {
    let path = match way {
        Way::Resolved => RESOLVED,
        Way::File | Way::Resolvconf => RESOLV_CONF,
    };
    path.parse().expect("a literal guest path")
}

/// `/etc/resolv.conf` with these name servers and domains, where any are given; other lines stay
/// (resolv.conf(5)).
fn resolv_conf(old: &[u8], dns: &[IpAddr], search: &[Domain]) -> Vec<u8> {
    let mut servers: String = dns
        .iter()
        .map(|dns| format!("nameserver {dns}\n"))
        .collect();
    let mut domains = String::new();
    if !search.is_empty() {
        domains = format!("search {}\n", joined(search));
    }
    let (has_servers, has_domains) = (!dns.is_empty(), !search.is_empty());
    let mut new = Vec::with_capacity(old.len() + servers.len() + domains.len());
    for line in old.split_inclusive(|byte| *byte == b'\n') {
        let word = line
            .split(u8::is_ascii_whitespace)
            .next()
            .unwrap_or_default();
        match word {
            b"nameserver" if has_servers => new.extend(std::mem::take(&mut servers).bytes()),
            b"search" | b"domain" if has_domains => {
                new.extend(std::mem::take(&mut domains).bytes());
            }
            _ => new.extend_from_slice(line),
        }
    }
    let is_added = !domains.is_empty() || !servers.is_empty();
    if is_added && !new.is_empty() && !new.ends_with(b"\n") {
        new.push(b'\n');
    }
    new.extend(domains.bytes());
    new.extend(servers.bytes());
    new
}

/// A drop-in of systemd-resolved (resolved.conf(5)). An empty assignment takes away what was set before.
fn resolved_conf(dns: &[IpAddr], search: &[Domain]) -> String {
    let mut text = "[Resolve]\n".to_owned();
    if !dns.is_empty() {
        let dns: Vec<String> = dns.iter().map(IpAddr::to_string).collect();
        text.push_str(&format!("DNS=\nDNS={}\n", dns.join(" ")));
    }
    if !search.is_empty() {
        text.push_str(&format!("Domains=\nDomains={}\n", joined(search)));
    }
    text
}

/// Domains with a blank between them.
pub(super) fn joined(search: &[Domain]) -> String {
    let search: Vec<&str> = search.iter().map(Domain::as_str).collect();
    search.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::files::OldFile;
    use crate::identity::wanted::Selector;

    fn nic(dns: &[&str], search: &[&str]) -> Nic {
        let mut nic = Nic::new(Selector::Sole);
        nic.dns = dns.iter().map(|dns| dns.parse().unwrap()).collect();
        nic.search = search.iter().map(|name| name.parse().unwrap()).collect();
        nic
    }

    #[test]
    fn lines_of_resolv_conf_that_were_not_asked_for_stay() {
        let old =
            b"# by hand\nsearch old.test\nnameserver 10.0.0.1\noptions edns0\nnameserver 10.0.0.2";
        let nic = nic(&["9.9.9.9", "2620:fe::fe"], &[]);
        let new = resolv_conf(old, &nic.dns, &nic.search);
        let want = "# by hand\nsearch old.test\nnameserver 9.9.9.9\nnameserver 2620:fe::fe\noptions edns0\n";
        assert_eq!(String::from_utf8(new.clone()).unwrap(), want);
        assert_eq!(resolv_conf(&new, &nic.dns, &nic.search), new);
    }

    #[test]
    fn a_missing_line_is_added_and_a_missing_file_made() {
        let nic = nic(&["9.9.9.9"], &["lab.test", "test"]);
        let new = resolv_conf(b"options edns0", &nic.dns, &nic.search);
        let want = "options edns0\nsearch lab.test test\nnameserver 9.9.9.9\n";
        assert_eq!(String::from_utf8(new).unwrap(), want);
        let changes = render(&nic, &Files::default(), Way::File);
        assert_eq!(changes.len(), 1);
        assert_eq!(changes[0].path().to_string(), RESOLV_CONF);
    }

    #[test]
    fn the_way_is_the_one_that_resolv_conf_leads_to() {
        let with = |target: &str| {
            let mut files = Files::default();
            let target = target.as_bytes().to_vec();
            let found = Found::Link { target, file: None };
            files.insert(RESOLV_CONF.parse().unwrap(), found);
            way(&files)
        };
        assert_eq!(way(&Files::default()), Ok(Way::File));
        assert_eq!(
            with("../run/systemd/resolve/stub-resolv.conf"),
            Ok(Way::Resolved)
        );
        assert_eq!(with("/run/resolvconf/resolv.conf"), Ok(Way::Resolvconf));
        let flaw = with("/run/NetworkManager/resolv.conf").unwrap_err();
        assert_eq!(flaw.code(), "dns-no-way-in");
    }

    #[test]
    fn resolved_reads_back_what_was_written() {
        let nic = nic(&["9.9.9.9", "1.1.1.1"], &["lab.test"]);
        let mut files = Files::default();
        files.insert(
            "/etc/systemd/resolved.conf.d/10-old.conf".parse().unwrap(),
            Found::File(OldFile::of("[Resolve]\nDNS=10.0.0.1\n")),
        );
        for change in render(&nic, &files, Way::Resolved) {
            change.apply(&mut files);
        }
        assert_eq!(servers(&files, Way::Resolved), nic.dns);
        assert_eq!(render(&nic, &files, Way::Resolved), []);
    }
}
