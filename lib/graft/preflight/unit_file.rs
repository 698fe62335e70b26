//! A unit file of systemd's, as far as it bears on a mount (systemd.syntax(7)).

use super::network_type::is_network_type;
use crate::mount::Options;
use crate::path::{GuestPath, escape};

/// Characters of a setting that a message shows.
const SHOWN: usize = 100;

/// The settings of a unit file, in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct UnitFile {
    settings: Vec<Setting>,
}

#[derive(Clone, Debug)]
struct Setting {
    section: Vec<u8>,
    key: Vec<u8>,
    value: Vec<u8>,
}

impl UnitFile {
    /// Takes any bytes; a line that makes no sense is passed over.
    pub(super) fn parse(content: &[u8]) -> Self {
        let mut found = Self::default();
        let mut section = Vec::new();
        let mut joined = Vec::new();
        for line in content.split(|byte| *byte == b'\n') {
            let line = line.trim_ascii();
            let is_comment = matches!(line.first(), None | Some(b'#' | b';'));
            if is_comment && (!line.is_empty() || joined.is_empty()) {
                continue;
            }
            if let Some(begin) = line.strip_suffix(b"\\") {
                joined.extend_from_slice(begin);
                joined.push(b' ');
                continue;
            }
            joined.extend_from_slice(line);
            let whole = std::mem::take(&mut joined);
            let name = whole
                .strip_prefix(b"[")
                .and_then(|rest| rest.strip_suffix(b"]"));
            if let Some(name) = name {
                section = name.to_vec();
            } else if let Some(at) = whole.iter().position(|byte| *byte == b'=') {
                found.settings.push(Setting {
                    section: section.clone(),
                    key: whole[..at].trim_ascii().to_vec(),
                    value: whole[at + 1..].trim_ascii().to_vec(),
                });
            }
        }
        found
    }

    fn value(&self, section: &str, key: &str) -> Option<&[u8]> {
        let mut settings = self.settings.iter().rev();
        let found =
            settings.find(|set| set.section == section.as_bytes() && set.key == key.as_bytes())?;
        Some(&found.value)
    }

    /// The source of a mount, or the swap device, where that is a path.
    pub(super) fn what(&self) -> Option<GuestPath> {
        let what = self.value("Mount", "What").or(self.value("Swap", "What"))?;
        GuestPath::new(what).ok()
    }

    /// True where systemd takes the mount for one of a network file system.
    pub(super) fn is_network(&self) -> bool {
        let options = Options::read(self.value("Mount", "Options").unwrap_or_default());
        options.has("_netdev") || self.value("Mount", "Type").is_some_and(is_network_type)
    }

    /// The first setting that would have another mount made, or none.
    pub(super) fn changes_mount(&self) -> Option<String> {
        let setting = self.settings.iter().find(|set| match &set.section[..] {
            b"Mount" => [&b"What"[..], b"Where", b"Type", b"Options"].contains(&&set.key[..]),
            b"Unit" => set.key.starts_with(b"Condition") || set.key.starts_with(b"Assert"),
            _ => false,
        })?;
        let text = escape(&[&setting.key[..], b"=", &setting.value].concat());
        Some(text.chars().take(SHOWN).collect())
    }

    /// True where it has another unit started with it.
    pub(super) fn pulls_in(&self, unit: &[u8]) -> bool {
        let keys = [&b"Wants"[..], b"Requires", b"BindsTo", b"Upholds"];
        self.settings.iter().any(|set| {
            let mut names = set.value.split(u8::is_ascii_whitespace);
            set.section == b"Unit" && keys.contains(&&set.key[..]) && names.any(|name| name == unit)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_by_section_and_the_last_one_counts() {
        let unit = UnitFile::parse(
            b"[Unit]\n# What=/x\nWants=a.service \\\n  remote-fs.target\n[Mount]\nWhat = /shared/x\n\
              Type=ext4\nType=nfs4\n; Options=_netdev\n",
        );
        assert_eq!(unit.what(), "/shared/x".parse().ok());
        assert!(unit.is_network());
        assert!(unit.pulls_in(b"remote-fs.target"));
        assert!(!unit.pulls_in(b"remote-fs"));
        assert_eq!(unit.changes_mount().unwrap(), "What=/shared/x");
    }

    #[test]
    fn a_drop_in_that_changes_no_mount_is_told_from_one_that_does() {
        for (text, wanted) in [
            ("[Mount]\nLazyUnmount=yes\n", None),
            ("[Unit]\nDescription=x\nAfter=y\n", None),
            ("[Unit]\nConditionHost=x\n", Some("ConditionHost=x")),
            ("[Mount]\nOptions=rw\n", Some("Options=rw")),
            ("What=/x\n", None),
        ] {
            let changed = UnitFile::parse(text.as_bytes()).changes_mount();
            assert_eq!(changed.as_deref(), wanted, "{text}");
        }
    }
}
