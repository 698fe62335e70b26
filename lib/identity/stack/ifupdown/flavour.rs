//! The program that reads the configuration, told by its files.

use crate::identity::files::Files;

pub(super) const MAIN: &str = "/etc/network/interfaces";
pub(super) const PROGRAMS: &[&str] = &["/sbin/ifup", "/usr/sbin/ifup"];
/// Hooks that hand `dns-nameservers` to resolvconf or openresolv.
pub(super) const RESOLVCONF_HOOKS: &[&str] = &[
    "/etc/network/if-up.d/000resolvconf",
    "/etc/network/if-up.d/resolvconf",
];
/// A file that came with the patterns of ifupdown 0.8.20.
pub(super) const PATTERNS: &str = "/usr/share/doc/ifupdown/examples/pattern-matching";
pub(super) const TWO: &str = "/usr/share/ifupdown2";
pub(super) const NG: &[&str] = &["/usr/libexec/ifupdown-ng", "/usr/lib/ifupdown-ng"];

/// The program that reads the configuration.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Flavour {
    /// Debian's ifupdown.
    Debian,
    /// ifupdown2.
    Two,
    /// ifupdown-ng.
    Ng,
    /// BusyBox.
    Busybox,
}

impl Flavour {
    /// The one that a guest has.
    pub(super) fn of(files: &Files) -> Self {
        let is_busybox = |path: &&str| {
            let target = files.target(path).unwrap_or_default();
            target.ends_with(b"busybox")
        };
        if files.exists(TWO) {
            Self::Two
        } else if NG.iter().any(|path| files.exists(path)) {
            Self::Ng
        } else if PROGRAMS.iter().any(is_busybox) {
            Self::Busybox
        } else {
            Self::Debian
        }
    }
}

/// True where `auto` takes patterns by hardware address: ifupdown 0.8.20, which Debian has since 10.
pub(super) fn has_patterns(files: &Files) -> bool {
    if files.exists(PATTERNS) {
        return true;
    }
    let text = files.content("/etc/os-release").unwrap_or_default();
    let text = String::from_utf8_lossy(text);
    let value = |key: &str| {
        let mut lines = text.lines().filter_map(|line| line.split_once('='));
        let found = lines.find(|(name, _)| *name == key)?.1;
        Some(found.trim_matches(['"', '\'']).to_owned())
    };
    let first = match value("ID").as_deref() {
        Some("debian" | "raspbian") => 10,
        Some("ubuntu") => 20,
        Some("devuan") => 3,
        _ => return false,
    };
    let version = value("VERSION_ID").unwrap_or_default();
    let major = version.split('.').next().unwrap_or_default().parse::<u32>();
    major.is_ok_and(|major| major >= first)
}
