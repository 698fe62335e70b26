//! Names that a guest gives to NICs by their hardware address: udev rules and systemd `.link` files.

use crate::identity::files::{Files, Look};
use crate::identity::wanted::Mac;
use crate::path::GuestPath;

const RULES: &str = "/etc/udev/rules.d";
const LINKS: &str = "/etc/systemd/network";
/// Rules of old udev that write the rules of [`GENERATED`] anew.
const GENERATORS: &[&str] = &[
    "/lib/udev/rules.d/75-persistent-net-generator.rules",
    "/usr/lib/udev/rules.d/75-persistent-net-generator.rules",
];
const GENERATED: &[u8] = b"70-persistent-net.rules";

/// A rule that names the NIC with a hardware address.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Naming {
    /// The file that it stands in.
    pub(super) file: GuestPath,
    /// The hardware address.
    pub(super) mac: Mac,
    /// The name.
    pub(super) name: String,
    /// True where udev writes such a rule for each NIC that it meets, so that the first NIC of a child
    /// gets the name without the rule.
    pub(super) is_generated: bool,
}

/// Places that the rules stand in.
pub(super) fn looks() -> Vec<Look> {
    let mut looks = vec![Look::folder(RULES), Look::folder(LINKS)];
    looks.extend(GENERATORS.iter().map(|path| Look::kind(path)));
    looks
}

/// All such rules, in the order of their files.
pub(super) fn namings(files: &Files) -> Vec<Naming> {
    let has_generator = GENERATORS.iter().any(|path| files.exists(path));
    let mut found = Vec::new();
    for (file, old) in files.files_in(RULES) {
        let name = file.file_name().unwrap_or_default();
        if !name.ends_with(b".rules") {
            continue;
        }
        let is_generated = has_generator && name == GENERATED;
        let text = String::from_utf8_lossy(&old.content).replace("\\\n", " ");
        for (mac, name) in text.lines().filter_map(of_rule) {
            found.push(Naming {
                file: file.clone(),
                mac,
                name,
                is_generated,
            });
        }
    }
    for (file, old) in files.files_in(LINKS) {
        if !file.file_name().unwrap_or_default().ends_with(b".link") {
            continue;
        }
        let (macs, name) = of_link(&String::from_utf8_lossy(&old.content));
        for mac in name.iter().flat_map(|_| &macs) {
            found.push(Naming {
                file: file.clone(),
                mac: *mac,
                name: name.clone().unwrap_or_default(),
                is_generated: false,
            });
        }
    }
    found
}

/// Hardware addresses of the NICs that are given one of these names. A rule that udev writes by itself
/// says nothing, for the first NIC of a child gets the name as well.
pub(super) fn macs(namings: &[Naming], names: &[String]) -> Vec<Mac> {
    let its = namings.iter().filter(|naming| !naming.is_generated);
    let its = its.filter(|naming| names.contains(&naming.name));
    its.map(|naming| naming.mac).collect()
}

/// Hardware address and name of a udev rule.
fn of_rule(line: &str) -> Option<(Mac, String)> {
    let line = line.trim();
    if line.starts_with('#') {
        return None;
    }
    let (mut mac, mut name) = (None, None);
    for part in line.split(',') {
        let Some((key, value)) = part.split_once('=') else {
            continue;
        };
        let value = value.trim_start_matches('=').trim().trim_matches('"');
        match key.trim().trim_end_matches(':') {
            "ATTR{address}" | "ATTRS{address}" | "SYSFS{address}" => mac = value.parse().ok(),
            "NAME" => name = Some(value.to_owned()),
            _ => {}
        }
    }
    Some((mac?, name.filter(|name| !name.is_empty())?))
}

/// Hardware addresses and the name of a `.link` file (systemd.link(5)).
fn of_link(text: &str) -> (Vec<Mac>, Option<String>) {
    let (mut macs, mut name, mut section) = (Vec::new(), None, "");
    for line in text.lines().map(str::trim) {
        if let Some(title) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            section = if title == "Match" || title == "Link" {
                title
            } else {
                ""
            };
        } else if let Some((key, value)) = line.split_once('=') {
            match (section, key.trim()) {
                ("Match", "MACAddress" | "PermanentMACAddress") => {
                    macs.extend(value.split_whitespace().flat_map(str::parse::<Mac>));
                }
                ("Link", "Name") => name = Some(value.trim().to_owned()),
                _ => {}
            }
        }
    }
    (macs, name.filter(|name: &String| !name.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::files::{Found, OldFile};

    fn files(of: &[(&str, &str)]) -> Files {
        let mut files = Files::default();
        for (path, text) in of {
            files.insert(path.parse().unwrap(), Found::File(OldFile::of(*text)));
        }
        files
    }

    #[test]
    fn a_udev_rule_and_a_link_file_name_a_nic_by_its_address() {
        let rule = "# 52:54:00:00:00:09\nSUBSYSTEM==\"net\", ACTION==\"add\", DRIVERS==\"?*\", ATTR{address}==\"52:54:00:00:00:01\", ATTR{type}==\"1\", KERNEL==\"eth*\", NAME=\"lan0\"\nKERNEL==\"eth1\", NAME=\"x\"\n";
        let link = "[Match]\nMACAddress=52:54:00:00:00:02 52:54:00:00:00:03\n[Link]\nName=wan0\n";
        let files = files(&[
            ("/etc/udev/rules.d/70-persistent-net.rules", rule),
            ("/etc/systemd/network/10-wan.link", link),
            ("/etc/systemd/network/20-x.network", link),
        ]);
        let seen: Vec<(String, String)> = namings(&files)
            .into_iter()
            .map(|naming| (naming.mac.to_string(), naming.name))
            .collect();
        let want = [
            ("52:54:00:00:00:01", "lan0"),
            ("52:54:00:00:00:02", "wan0"),
            ("52:54:00:00:00:03", "wan0"),
        ];
        assert_eq!(
            seen,
            want.map(|(mac, name)| (mac.to_owned(), name.to_owned()))
        );
        assert!(namings(&files).iter().all(|naming| !naming.is_generated));
    }

    #[test]
    fn a_rule_that_udev_writes_by_itself_is_told_apart() {
        let rule = "ATTR{address}==\"52:54:00:00:00:01\", NAME=\"eth0\"\n";
        let files = files(&[
            ("/etc/udev/rules.d/70-persistent-net.rules", rule),
            ("/lib/udev/rules.d/75-persistent-net-generator.rules", ""),
        ]);
        assert!(namings(&files)[0].is_generated);
    }
}
