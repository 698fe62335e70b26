//! Rules that know a NIC by the master's hardware address: udev's, and `.link` files (systemd.link(5)).
//!
//! A rule names a NIC, and the network's configuration goes by that name. So where one rule and one NIC
//! of the child are left, the rule gets the child's address. Elsewhere it goes, for it would keep the
//! name from the child's NIC.

use std::collections::BTreeSet;

use super::super::change::Owner;
use super::super::files::{Files, Look};
use super::super::flaw::Flaw;
use super::super::lines::{ending, lines};
use super::super::place::{put, put_aside};
use super::super::told::{Part, Told};
use super::super::wanted::Mac;

const UDEV: &str = "/etc/udev/rules.d";
const LINKS: &str = "/etc/systemd/network";
/// Attributes of a udev rule that are compared with a NIC's address.
const ATTRIBUTES: [&str; 4] = [
    "ATTR{address}==\"",
    "ATTRS{address}==\"",
    "SYSFS{address}==\"",
    "ATTR{permaddr}==\"",
];

pub(super) fn looks() -> Vec<Look> {
    vec![Look::folder(UDEV), Look::folder(LINKS)]
}

pub(super) fn render(part: &mut Part, macs: &[Mac], files: &Files) -> Result<(), Flaw> {
    let mut seen: BTreeSet<Mac> = BTreeSet::new();
    let rules = of_kind(files, UDEV, ".rules");
    let links = of_kind(files, LINKS, ".link");
    for (_, text) in &rules {
        seen.extend(lines(text).filter_map(rule_mac).map(|(mac, _)| mac));
    }
    for (_, text) in &links {
        seen.extend(link_lines(text).flat_map(|line| line.matched()));
    }
    let foreign: BTreeSet<Mac> = seen
        .iter()
        .filter(|mac| !macs.contains(mac))
        .copied()
        .collect();
    let has_own = seen.iter().any(|mac| macs.contains(mac));
    let heir = match macs {
        [mac] if foreign.len() == 1 && !has_own => Some(*mac),
        _ => None,
    };
    for (path, text) in rules {
        udev(part, &path, text, (macs, heir), files)?;
    }
    for (path, text) in links {
        link(part, &path, text, (macs, heir), files)?;
    }
    Ok(())
}

/// Files of a folder with an ending, by path.
fn of_kind<'a>(files: &'a Files, folder: &str, ending: &str) -> Vec<(String, &'a [u8])> {
    let within = files.files_in(folder);
    let named = within.map(|(path, file)| (path.to_string(), file.content.as_slice()));
    named.filter(|(path, _)| path.ends_with(ending)).collect()
}

/// The hardware address that a udev rule compares with, and where in the line it stands.
fn rule_mac(line: &[u8]) -> Option<(Mac, std::ops::Range<usize>)> {
    let text = std::str::from_utf8(ending(line).0).ok()?;
    if text.trim_start().starts_with('#') {
        return None;
    }
    let start = ATTRIBUTES.iter().find_map(|attribute| {
        let at = text.find(attribute)?;
        Some(at + attribute.len())
    })?;
    let length = text[start..].find('"')?;
    let range = start..start + length;
    Some((text[range.clone()].parse().ok()?, range))
}

fn udev(
    part: &mut Part,
    path: &str,
    text: &[u8],
    (macs, heir): (&[Mac], Option<Mac>),
    files: &Files,
) -> Result<(), Flaw> {
    let mut content = Vec::new();
    let mut gone = Vec::new();
    let mut has_rules = false;
    let mut is_continued = false;
    for line in lines(text) {
        let body = ending(line).0;
        let continues = body.ends_with(b"\\");
        match rule_mac(line).filter(|(mac, _)| !macs.contains(mac)) {
            Some((_, range)) if heir.is_some() => {
                let mac = heir.map(|mac| mac.to_string()).unwrap_or_default();
                content.extend_from_slice(&line[..range.start]);
                content.extend_from_slice(mac.as_bytes());
                content.extend_from_slice(&line[range.end..]);
                has_rules = true;
            }
            Some((mac, _)) if continues || is_continued => {
                return Err(Flaw::new(
                    "nic-rule-lines",
                    format!(
                        "{path} names a NIC by the address {mac} in a rule of several lines, which osgraft does not edit: write it on one line in the master, or remove it"
                    ),
                ));
            }
            Some((mac, _)) => gone.push(mac),
            None => {
                content.extend_from_slice(line);
                let is_rule = !body.trim_ascii().is_empty() && !body.trim_ascii().starts_with(b"#");
                has_rules |= is_rule;
            }
        }
        is_continued = continues;
    }
    for mac in &gone {
        part.tell(rule_gone(path, *mac));
    }
    if gone.is_empty() || has_rules {
        if content != text {
            put(part, files, path, &content, Owner::root(0o644))?;
        }
        return Ok(());
    }
    put_aside(part, files, path).map(|_| ())
}

/// A line of a `.link` file, with the section that it stands in.
struct LinkLine<'a> {
    section: &'a [u8],
    key: &'a [u8],
    value: &'a [u8],
    line: &'a [u8],
}

impl LinkLine<'_> {
    fn is_match(&self) -> bool {
        self.section == b"[Match]"
            && [&b"MACAddress"[..], b"PermanentMACAddress"].contains(&self.key)
    }

    fn is_pin(&self) -> bool {
        self.section == b"[Link]" && self.key == b"MACAddress"
    }

    fn macs(&self) -> Vec<Mac> {
        let text = String::from_utf8_lossy(self.value);
        text.split_ascii_whitespace()
            .filter_map(|word| word.parse().ok())
            .collect()
    }

    /// Addresses that the file is for.
    fn matched(&self) -> Vec<Mac> {
        if self.is_match() {
            self.macs()
        } else {
            Vec::new()
        }
    }
}

fn link_lines(text: &[u8]) -> impl Iterator<Item = LinkLine<'_>> {
    let mut section: &[u8] = b"";
    lines(text).map(move |line| {
        let body = ending(line).0.trim_ascii();
        if body.starts_with(b"[") {
            section = body;
        }
        let is_comment = body.starts_with(b"#") || body.starts_with(b";");
        let equals = body
            .iter()
            .position(|byte| *byte == b'=')
            .filter(|_| !is_comment);
        let (key, value) = equals.map_or((&b""[..], &b""[..]), |at| (&body[..at], &body[at + 1..]));
        LinkLine {
            section,
            key: key.trim_ascii(),
            value: value.trim_ascii(),
            line,
        }
    })
}

fn link(
    part: &mut Part,
    path: &str,
    text: &[u8],
    (macs, heir): (&[Mac], Option<Mac>),
    files: &Files,
) -> Result<(), Flaw> {
    let matched: Vec<Mac> = link_lines(text).flat_map(|line| line.matched()).collect();
    let is_foreign = !matched.is_empty() && !matched.iter().any(|mac| macs.contains(mac));
    if is_foreign && heir.is_none() {
        part.tell(rule_gone(path, matched[0]));
        return put_aside(part, files, path).map(|_| ());
    }
    let mut content = Vec::new();
    for line in link_lines(text) {
        let pinned = line.macs();
        let end = ending(line.line).1;
        if line.is_match() && is_foreign {
            let mac = heir.map(|mac| mac.to_string()).unwrap_or_default();
            content.extend_from_slice(&[line.key, b"=", mac.as_bytes(), end].concat());
        } else if line.is_pin() && pinned.first().is_some_and(|mac| !macs.contains(mac)) {
            part.tell(Told::new(
                "nic-address-pinned",
                format!(
                    "{path} gives a NIC the address {}, which every child would have: that line is taken out",
                    pinned[0]
                ),
            ));
        } else {
            content.extend_from_slice(line.line);
        }
    }
    if content != text {
        put(part, files, path, &content, Owner::root(0o644))?;
    }
    Ok(())
}

fn rule_gone(path: &str, mac: Mac) -> Told {
    Told::new(
        "nic-rule-gone",
        format!(
            "{path} names a NIC by the master's address {mac} and goes: the child's NIC has the name that its system gives it"
        ),
    )
}
