//! One option list over another, key by key.

use super::Options;
use super::item::Item;

/// Names that set one and the same thing, so that the last of them counts (mount(8), nfs(5)).
const RIVALS: &[&[&str]] = &[
    &["ro", "rw"],
    &["soft", "hard", "softerr"],
    &["bg", "fg"],
    &[
        "atime",
        "noatime",
        "relatime",
        "norelatime",
        "strictatime",
        "nostrictatime",
    ],
    &["diratime", "nodiratime"],
    &["lazytime", "nolazytime"],
    &["suid", "nosuid"],
    &["dev", "nodev"],
    &["exec", "noexec"],
    &["auto", "noauto"],
    &["user", "users", "nouser"],
    &["sync", "async"],
    &["mand", "nomand"],
    &["iversion", "noiversion"],
    &["silent", "loud"],
    &["symfollow", "nosymfollow"],
    &["nfsvers", "vers", "v2", "v3", "v4", "v4.0", "v4.1", "v4.2"],
    &["proto", "tcp", "udp", "rdma"],
    &["intr", "nointr"],
    &["ac", "noac"],
    &["acl", "noacl"],
    &["cto", "nocto"],
    &["lock", "nolock"],
    &["posix", "noposix"],
    &["fsc", "nofsc"],
    &["rdirplus", "nordirplus"],
    &["resvport", "noresvport"],
    &["sharecache", "nosharecache"],
    &["softreval", "nosoftreval"],
    &["migration", "nomigration"],
    &["trunkdiscovery", "notrunkdiscovery"],
    &["user_xattr", "nouser_xattr"],
];

/// Names that add up instead (systemd.mount(5)).
const ADDITIVE: &[&str] = &[
    "x-systemd.requires",
    "x-systemd.before",
    "x-systemd.after",
    "x-systemd.wanted-by",
    "x-systemd.required-by",
    "x-systemd.requires-mounts-for",
];

impl Options {
    /// These options with `over` laid on them: an option replaces the one of its name, or its
    /// opposite (`rw` over `ro`, `vers=` over `nfsvers=`), where that stands; others are
    /// appended. Empty items of `over` say nothing.
    #[must_use]
    pub fn merge(&self, over: &Self) -> Self {
        let mut merged = self.clone();
        for item in over.iter() {
            merged.set(item, over);
        }
        merged
    }

    fn set(&mut self, new: &Item, over: &Self) {
        if is_additive(new) {
            if !self.items.contains(new) {
                self.push(new.clone());
            }
            return;
        }
        // `vers=4,minorversion=1` is one version in two options.
        let stale_minor = is_version(new) && !over.has("minorversion");
        let mut replaced = false;
        self.items.retain_mut(|item| {
            if !same_key(item, new) {
                return !(stale_minor && item.name() == b"minorversion");
            }
            // A second of the same key would win over the one just replaced.
            let first = !std::mem::replace(&mut replaced, true);
            if first {
                *item = new.clone();
            }
            first
        });
        if !replaced {
            self.push(new.clone());
        }
    }

    /// Before a trailing comma's empty item, so that `ro,` and `bg` make `ro,bg,`.
    fn push(&mut self, item: Item) {
        let full = self
            .items
            .iter()
            .rposition(|item| !item.as_bytes().is_empty());
        self.items.insert(full.map_or(0, |at| at + 1), item);
    }
}

fn same_key(a: &Item, b: &Item) -> bool {
    a.name() == b.name() || rivals(a).is_some_and(|names| has(names, b))
}

fn rivals(item: &Item) -> Option<&'static [&'static str]> {
    RIVALS.iter().copied().find(|names| has(names, item))
}

fn has(names: &[&str], item: &Item) -> bool {
    names.iter().any(|name| name.as_bytes() == item.name())
}

fn is_additive(item: &Item) -> bool {
    has(ADDITIVE, item)
}

fn is_version(item: &Item) -> bool {
    rivals(item).is_some_and(|names| names.contains(&"nfsvers"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mount::DEFAULT;

    fn merged(base: &str, over: &str) -> String {
        let base = Options::read(base.as_bytes());
        base.merge(&Options::read(over.as_bytes())).to_string()
    }

    #[test]
    fn an_option_replaces_its_name_or_its_opposite_in_place() {
        for (base, over, result) in [
            ("ro,port=2049,bg", "port=12049", "ro,port=12049,bg"),
            ("ro,soft,bg", "rw,hard,fg", "rw,hard,fg"),
            ("soft", "softerr", "softerr"),
            ("noatime,nodev", "relatime", "relatime,nodev"),
            ("ro,nfsvers=4.2", "vers=3", "ro,vers=3"),
            ("v4,ro", "nfsvers=4.1", "nfsvers=4.1,ro"),
            ("vers=4,minorversion=1", "nfsvers=4.2", "nfsvers=4.2"),
            (
                "nfsvers=4.2",
                "vers=4,minorversion=1",
                "vers=4,minorversion=1",
            ),
            ("timeo=3,timeo=5,ro", "timeo=7", "timeo=7,ro"),
            ("fsc", "nofsc", "nofsc"),
            ("ro", "ro,rw", "rw"),
        ] {
            assert_eq!(merged(base, over), result, "{base} ← {over}");
        }
    }

    #[test]
    fn what_adds_up_is_not_replaced() {
        assert_eq!(
            merged(
                "x-systemd.after=a.service",
                "x-systemd.after=b.service,x-systemd.after=a.service"
            ),
            "x-systemd.after=a.service,x-systemd.after=b.service"
        );
    }

    #[test]
    fn nothing_over_a_list_leaves_every_byte() {
        for over in ["", ",", ",,"] {
            assert_eq!(merged("ro,,bg,", over), "ro,,bg,");
        }
        assert_eq!(merged("ro,,bg,", "soft"), "ro,,bg,soft,");
        assert_eq!(merged("", "soft"), "soft");
    }

    #[test]
    fn merging_twice_is_merging_once() {
        let over = "rw,port=12049,vers=3,x-systemd.after=a.service";
        let once = merged(DEFAULT, over);
        assert_eq!(merged(&once, over), once);
    }
}
