//! Name servers in `/etc/resolv.conf` (resolv.conf(5)), where no program of the guest writes it.

use super::unit;
use crate::identity::change::Change;
use crate::identity::files::{Files, Found, Look};
use crate::identity::flaw::Flaw;
use crate::identity::wanted::Nic;
use crate::path::escape;

/// The file.
pub(super) const PATH: &str = "/etc/resolv.conf";

const RESOLVED: &str = "systemd-resolved.service";
const RESOLVED_ALIAS: &str = "/etc/systemd/system/dbus-org.freedesktop.resolve1.service";

/// Places that tell where name servers go.
pub(super) fn looks() -> Vec<Look> {
    let mut looks = unit::looks(RESOLVED);
    looks.push(Look::file(PATH));
    looks.push(Look::kind(RESOLVED_ALIAS));
    looks
}

/// True where the guest runs systemd-resolved.
pub(super) fn has_resolved(files: &Files) -> bool {
    let masked = unit::is_null(files.at(&format!("/etc/systemd/system/{RESOLVED}")));
    let is_named = files.exists(RESOLVED_ALIAS) && !unit::is_null(files.at(RESOLVED_ALIAS));
    !masked && (is_named || unit::enabled(files, RESOLVED).is_some())
}

/// True where the file is systemd-resolved's own.
pub(super) fn leads_to_resolved(files: &Files) -> bool {
    let target = files.target(PATH).unwrap_or_default();
    let target = String::from_utf8_lossy(target);
    target.contains("/run/systemd/resolve/")
        || target.starts_with("run/systemd/resolve/")
        || target.ends_with("lib/systemd/resolv.conf")
}

/// Changes that let a NIC's name servers be used in a guest where only systemd-resolved takes them from
/// the network's configuration.
///
/// # Errors
/// Code `dns-no-way-in` where the file is a link to what another program writes.
pub(super) fn changes(nic: &Nic, files: &Files) -> Result<Option<Change>, Flaw> {
    if nic.dns.is_empty() && nic.search.is_empty() {
        return Ok(None);
    }
    let old = match files.at(PATH) {
        Some(Found::File(file)) => &file.content,
        None if has_resolved(files) => return Ok(None),
        None => &Vec::new(),
        Some(Found::Link { .. }) if has_resolved(files) && leads_to_resolved(files) => {
            return Ok(None);
        }
        Some(Found::Link { target, .. }) => {
            return Err(no_way_in(&format!(
                "a link to {}, which nothing enabled in this guest writes for it",
                escape(target)
            )));
        }
        Some(_) => return Err(no_way_in("no regular file")),
    };
    let content = rewritten(old, nic);
    Ok((content != *old).then(|| Change::text(PATH, content)))
}

/// The flaw of a guest that has no place for name servers.
pub(super) fn no_way_in(what: &str) -> Flaw {
    Flaw::new(
        "dns-no-way-in",
        format!(
            "{PATH} is {what}, so the name servers that are asked for would have no effect: enable \
             systemd-resolved in the master, or make {PATH} a regular file there, or ask for none"
        ),
    )
}

/// The file with a NIC's name servers and search domains in the place of the old ones. Other lines stay.
pub(super) fn rewritten(old: &[u8], nic: &Nic) -> Vec<u8> {
    let mut lines = Vec::new();
    if !nic.search.is_empty() {
        let search: Vec<&str> = nic.search.iter().map(|domain| domain.as_str()).collect();
        lines.push(format!("search {}\n", search.join(" ")));
    }
    lines.extend(
        nic.dns
            .iter()
            .map(|server| format!("nameserver {server}\n")),
    );
    let new = lines.concat().into_bytes();
    let goes = |line: &[u8]| {
        let word = line.split(|byte| byte.is_ascii_whitespace()).next();
        match word.unwrap_or_default() {
            b"nameserver" => !nic.dns.is_empty(),
            b"search" | b"domain" => !nic.search.is_empty(),
            _ => false,
        }
    };
    let mut content = Vec::new();
    let mut is_placed = false;
    for line in old.split_inclusive(|byte| *byte == b'\n') {
        if !goes(line) {
            content.extend_from_slice(line);
        } else if !is_placed {
            content.extend_from_slice(&new);
            is_placed = true;
        }
    }
    if !is_placed {
        if content.last().is_some_and(|byte| *byte != b'\n') {
            content.push(b'\n');
        }
        content.extend_from_slice(&new);
    }
    content
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::files::OldFile;
    use crate::identity::wanted::Selector;

    fn nic() -> Nic {
        let mut nic = Nic::new(Selector::Sole);
        nic.dns = vec![
            "192.0.2.53".parse().unwrap(),
            "2001:db8::53".parse().unwrap(),
        ];
        nic.search = vec!["lab.example".parse().unwrap()];
        nic
    }

    #[test]
    fn the_old_servers_give_their_place_to_the_new_ones() {
        let old =
            b"# mine\nnameserver 10.0.0.1\noptions edns0\ndomain old.example\nnameserver 10.0.0.2";
        let new = rewritten(old, &nic());
        let text = "# mine\nsearch lab.example\nnameserver 192.0.2.53\nnameserver 2001:db8::53\noptions edns0\n";
        assert_eq!(String::from_utf8(new.clone()).unwrap(), text);
        assert_eq!(rewritten(&new, &nic()), new);
        let mut only_search = nic();
        only_search.dns.clear();
        let text =
            "# mine\nnameserver 10.0.0.1\noptions edns0\nsearch lab.example\nnameserver 10.0.0.2";
        assert_eq!(rewritten(old, &only_search), text.as_bytes());
    }

    #[test]
    fn a_link_that_nothing_writes_is_no_way_in() {
        let mut files = Files::default();
        let link = |target: &str| Found::Link {
            target: target.as_bytes().to_vec(),
            file: None,
        };
        files.insert(
            PATH.parse().unwrap(),
            link("../run/systemd/resolve/stub-resolv.conf"),
        );
        assert_eq!(changes(&nic(), &files).unwrap_err().code(), "dns-no-way-in");
        assert_eq!(changes(&Nic::new(Selector::Sole), &files), Ok(None));
        files.insert(
            RESOLVED_ALIAS.parse().unwrap(),
            link("/lib/systemd/system/systemd-resolved.service"),
        );
        assert_eq!(changes(&nic(), &files), Ok(None));
        files.insert(
            format!("/etc/systemd/system/{RESOLVED}").parse().unwrap(),
            link("/dev/null"),
        );
        assert_eq!(changes(&nic(), &files).unwrap_err().code(), "dns-no-way-in");
        files.insert(PATH.parse().unwrap(), Found::File(OldFile::of("")));
        let change = changes(&nic(), &files).unwrap().unwrap();
        let mut after = files.clone();
        change.apply(&mut after);
        assert_eq!(changes(&nic(), &after), Ok(None));
    }
}
