//! `NetworkManager.conf` (NetworkManager.conf(5)): the NICs that are left alone, and the name servers' way.

use std::collections::BTreeMap;

use crate::identity::change::Change;
use crate::identity::files::{Files, Found, Look};
use crate::identity::flaw::Flaw;
use crate::identity::stack::choice::is_virtual;
use crate::identity::stack::glob::fits;
use crate::identity::stack::ini::{Dialect, parse};
use crate::identity::stack::resolver::{self, Servers};
use crate::identity::wanted::{Nic, Selector};
use crate::path::{GuestPath, escape};

const MAIN: &str = "/etc/NetworkManager/NetworkManager.conf";
/// Folders of its parts, the vendor's first.
const FOLDERS: [&str; 2] = [
    "/usr/lib/NetworkManager/conf.d",
    "/etc/NetworkManager/conf.d",
];
const INTERFACES: &str = "/etc/network/interfaces";
/// Programs that take name servers in the place of `/etc/resolv.conf`.
const RESOLVCONF: [&str; 2] = ["/sbin/resolvconf", "/usr/sbin/resolvconf"];

pub(super) fn looks() -> Vec<Look> {
    let mut looks: Vec<Look> = FOLDERS.iter().map(|folder| Look::folder(folder)).collect();
    looks.extend([Look::file(MAIN), Look::file(INTERFACES)]);
    looks.extend(RESOLVCONF.iter().map(|program| Look::kind(program)));
    looks
}

/// Its configuration: the last value of each key of each section.
#[derive(Debug, Default)]
pub(super) struct Config {
    values: BTreeMap<(String, String), String>,
}

/// NICs that are named in one way or another, as a list of NetworkManager's does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Match {
    Yes,
    Perhaps,
    No,
}

impl Config {
    pub(super) fn read(files: &Files) -> Self {
        let mut config = Self::default();
        let [lib, etc] = FOLDERS;
        let is_part = |path: &GuestPath| {
            let name = path.file_name().unwrap_or_default();
            name.ends_with(b".conf") && !name.starts_with(b".")
        };
        let replaced = |path: &GuestPath| {
            let name = path.file_name().unwrap_or_default();
            files
                .in_folder(etc)
                .any(|(other, _)| other.file_name() == Some(name))
        };
        for (path, file) in files.files_in(lib) {
            if is_part(path) && !replaced(path) {
                config.take(&file.content);
            }
        }
        config.take(files.content(MAIN).unwrap_or_default());
        for (path, file) in files.files_in(etc) {
            if is_part(path) {
                config.take(&file.content);
            }
        }
        config
    }

    fn take(&mut self, content: &[u8]) {
        for section in parse(content, Dialect::KeyFile).unwrap_or_default() {
            for (key, value) in section.entries {
                let (key, adds) = match key.strip_suffix('+') {
                    Some(key) => (key.trim().to_owned(), true),
                    None => (key, false),
                };
                let known = self.values.entry((section.name.clone(), key)).or_default();
                match adds && !known.is_empty() {
                    true => known.push_str(&format!(";{value}")),
                    false => *known = value,
                }
            }
        }
    }

    fn value(&self, section: &str, key: &str) -> Option<&str> {
        let value = self.values.get(&(section.to_owned(), key.to_owned()))?;
        Some(value.trim())
    }

    /// True where no Ethernet NIC is managed, whatever its name.
    pub(super) fn leaves_ethernet_alone(&self) -> bool {
        self.unmanaged(None, &["\u{0}".to_owned()]) == Match::Yes
    }

    /// True where a NIC without a profile gets one that asks DHCP.
    pub(super) fn makes_default_profiles(&self) -> bool {
        let except = self.value("main", "no-auto-default").unwrap_or_default();
        !list(except).any(|item| item == "*")
    }

    fn unmanaged(&self, nic: Option<&Nic>, names: &[String]) -> Match {
        let keyfile = self
            .value("keyfile", "unmanaged-devices")
            .unwrap_or_default();
        let mut all = vec![matched(keyfile, nic, names)];
        let sections = self.values.iter().filter(|((section, key), value)| {
            section.starts_with("device")
                && key == "managed"
                && ["0", "false", "no"].contains(&value.trim())
        });
        for ((section, _), _) in sections {
            let spec = self.value(section, "match-device").unwrap_or("*");
            all.push(matched(spec, nic, names));
        }
        match () {
            () if all.contains(&Match::Yes) => Match::Yes,
            () if all.contains(&Match::Perhaps) => Match::Perhaps,
            () => Match::No,
        }
    }

    /// Judges a NIC by what is known of it: its selector, and names that its profile has.
    ///
    /// # Errors
    /// Code `nic-unmanaged`.
    pub(super) fn judge(&self, nic: &Nic, names: &[String], files: &Files) -> Result<(), Flaw> {
        let who = crate::identity::stack::choice::in_words(nic);
        if self.unmanaged(Some(nic), names) != Match::No {
            let text = format!(
                "NetworkManager is told to leave {who} alone, or a NIC that may be it (unmanaged-devices, managed=0): \
                 remove that in the master, or name the NIC by its name"
            );
            return Err(Flaw::new("nic-unmanaged", text));
        }
        let plugins = self.value("main", "plugins").unwrap_or_default();
        let has_plugin = list(plugins).any(|plugin| plugin == "ifupdown");
        let managed = self.value("ifupdown", "managed").unwrap_or("false");
        if !has_plugin || ["true", "1", "yes"].contains(&managed) {
            return Ok(());
        }
        let text =
            String::from_utf8_lossy(files.content(INTERFACES).unwrap_or_default()).into_owned();
        let mut named = text.lines().filter_map(|line| {
            let mut words = line.split_whitespace();
            let name = words
                .next()
                .filter(|word| *word == "iface")
                .and(words.next())?;
            (name != "lo").then_some(name)
        });
        let other = |name: &str| !names.is_empty() && !names.iter().any(|known| known == name);
        match named.find(|name| !other(name)) {
            None => Ok(()),
            Some(name) => {
                let text = format!(
                    "{INTERFACES} names {}, so NetworkManager leaves that NIC alone, and it may be {who}: remove the \
                     stanza in the master, or set managed=true under [ifupdown]",
                    escape(name.as_bytes())
                );
                Err(Flaw::new("nic-unmanaged", text))
            }
        }
    }
}

fn list(value: &str) -> impl Iterator<Item = &str> {
    let items = value.split([',', ';']).map(str::trim);
    items.filter(|item| !item.is_empty())
}

/// A list of NICs: one that an `except:` names is not in it.
fn matched(spec: &str, nic: Option<&Nic>, names: &[String]) -> Match {
    let mut best = Match::No;
    for item in list(spec) {
        match item.strip_prefix("except:") {
            Some(item) if one(item, nic, names) == Match::Yes => return Match::No,
            Some(_) => {}
            None => match one(item, nic, names) {
                Match::Yes => best = Match::Yes,
                Match::Perhaps if best == Match::No => best = Match::Perhaps,
                _ => {}
            },
        }
    }
    best
}

fn one(item: &str, nic: Option<&Nic>, names: &[String]) -> Match {
    let is = |holds| if holds { Match::Yes } else { Match::No };
    let (tag, value) = item.split_once(':').unwrap_or(("", item));
    match tag {
        _ if item == "*" => Match::Yes,
        "type" => is(value == "ethernet"),
        "mac" => is(
            matches!(nic.map(|nic| &nic.selector), Some(Selector::Mac(mac)) if value.parse() == Ok(*mac)),
        ),
        "" | "interface-name" => {
            let pattern = value.trim_start_matches(['=', '~']);
            match names.is_empty() {
                false => is(names.iter().any(|name| fits(pattern, name))),
                true if is_virtual(pattern) => Match::No,
                true => Match::Perhaps,
            }
        }
        _ => Match::No,
    }
}

/// The change that lets a NIC's name servers be used, where NetworkManager does not write
/// `/etc/resolv.conf` itself.
///
/// # Errors
/// Code `dns-no-way-in`.
pub(in crate::identity::stack) fn name_servers(
    nic: &Nic,
    all: &Servers,
    files: &Files,
) -> Result<Option<Change>, Flaw> {
    if !resolver::asks(nic) {
        return Ok(None);
    }
    let config = Config::read(files);
    let is_global = |(section, _): &(String, String)| section.starts_with("global-dns-domain-");
    if config.values.keys().any(is_global) {
        return Err(resolver::no_way_in(
            "written from the [global-dns-domain-…] of NetworkManager.conf alone",
        ));
    }
    if config.value("main", "dns") == Some("none")
        || config.value("main", "rc-manager") == Some("unmanaged")
    {
        return resolver::where_resolved_is_off(nic, all, files);
    }
    match files.at(resolver::PATH) {
        Some(Found::Link { target, .. }) => {
            let text = String::from_utf8_lossy(target);
            let is_own = text.contains("run/NetworkManager/");
            let has_resolvconf = RESOLVCONF.iter().any(|program| files.exists(program));
            let by_resolved = resolver::leads_to_resolved(files) && resolver::has_resolved(files);
            match is_own || has_resolvconf || by_resolved {
                true => Ok(None),
                false => {
                    let what = format!(
                        "a link to {}, which NetworkManager leaves alone",
                        escape(target)
                    );
                    Err(resolver::no_way_in(&what))
                }
            }
        }
        _ => Ok(None),
    }
}
