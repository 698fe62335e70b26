//! A VM's configuration, `VMID.conf`.

/// Keys before the first section: the VM as it is, not as a snapshot has it or as it will
/// be. Of a key that is there twice the last counts.
#[derive(Debug)]
pub(super) struct Conf<'a> {
    text: &'a str,
}

/// A disk on a bus that a guest boots from.
#[derive(Debug)]
pub(super) struct Drive<'a> {
    /// Such as `scsi0`.
    pub(super) key: &'a str,
    value: &'a str,
}

const BUSES: [&str; 4] = ["ide", "sata", "scsi", "virtio"];

impl<'a> Conf<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text }
    }

    /// A key's value.
    pub(super) fn get(&self, key: &str) -> Option<&'a str> {
        self.pairs(None)
            .filter(|(name, _)| *name == key)
            .last()
            .map(|(_, value)| value)
    }

    /// The keys of a name with a number behind it, such as `net0`; of one that is there twice the last.
    pub(super) fn numbered(&self, name: &str) -> impl Iterator<Item = (u32, &'a str)> {
        let mut found: Vec<(u32, &'a str)> = Vec::new();
        for (key, value) in self.pairs(None) {
            let number = key.strip_prefix(name);
            if let Some(number) = number.and_then(|number| number.parse().ok()) {
                found.retain(|(known, _)| *known != number);
                found.push((number, value));
            }
        }
        found.into_iter()
    }

    /// True if a snapshot holds the guest's memory.
    pub(super) fn has_memory(&self, snapshot: &str) -> bool {
        self.pairs(Some(snapshot))
            .any(|(name, _)| name == "vmstate")
    }

    /// Its disks, CDROMs apart, in its order.
    pub(super) fn drives(&self) -> Vec<Drive<'a>> {
        let mut drives: Vec<Drive<'a>> = Vec::new();
        for (key, value) in self.pairs(None) {
            let bus = key.trim_end_matches(|c: char| c.is_ascii_digit());
            if bus == key || !BUSES.contains(&bus) {
                continue;
            }
            drives.retain(|drive| drive.key != key);
            drives.push(Drive { key, value });
        }
        drives.retain(|drive| !drive.is_cdrom());
        drives
    }

    /// The keys of a section; of what stands before all of them by default.
    fn pairs(&self, section: Option<&str>) -> impl Iterator<Item = (&'a str, &'a str)> {
        let mut here = section.is_none();
        let section = section.map(|name| format!("[{name}]"));
        self.text.lines().filter_map(move |line| {
            if line.starts_with('[') {
                here = section
                    .as_deref()
                    .is_some_and(|name| line.trim_end() == name);
                return None;
            }
            let (key, value) = line.split_once(':').filter(|_| here)?;
            let is_key = !key.is_empty() && !key.contains(|c: char| c == '#' || c.is_whitespace());
            is_key.then_some((key, value.trim()))
        })
    }
}

/// Settings of a value, `KEY=VALUE` with commas between them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings<'a>(&'a str);

impl<'a> Settings<'a> {
    pub(super) fn of(value: &'a str) -> Self {
        Self(value)
    }

    /// One of them; of one that is there twice the last.
    pub(super) fn get(self, name: &str) -> Option<&'a str> {
        let settings = self.0.rsplit(',').filter_map(|part| part.split_once('='));
        let mut named = settings.filter(|(key, _)| key.trim() == name);
        named.next().map(|(_, value)| value.trim())
    }

    /// The first, where it has no key.
    pub(super) fn first(self) -> Option<&'a str> {
        let first = self.0.split(',').next()?.trim();
        (!first.is_empty() && !first.contains('=')).then_some(first)
    }
}

impl<'a> Drive<'a> {
    /// The volume or the path.
    pub(super) fn volume(&self) -> &'a str {
        let mut parts = self.value.split(',');
        let unnamed = parts.find(|part| !part.contains('='));
        unnamed
            .or_else(|| self.option("file"))
            .or_else(|| self.option("volume"))
            .unwrap_or_default()
            .trim()
    }

    /// One of its options; of one that is there twice the last.
    pub(super) fn option(&self, name: &str) -> Option<&'a str> {
        Settings::of(self.value).get(name)
    }

    /// True if a switch is on.
    pub(super) fn is_on(&self, name: &str) -> bool {
        self.option(name)
            .is_some_and(|value| matches!(value, "1" | "on" | "yes" | "true"))
    }

    fn is_cdrom(&self) -> bool {
        self.option("media") == Some("cdrom") || matches!(self.volume(), "none" | "cdrom")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_sections_is_not_the_vm() {
        let conf = Conf::new(
            "#name: a comment\nname: web-1\nlock: backup\nname: web-2 \n\n\
             [before]\nname: old\nvmstate: local:100/vm-100-state-before.raw\n\
             [PENDING]\nscsi9: local:100/a.qcow2\n",
        );
        assert_eq!(conf.get("name"), Some("web-2"));
        assert_eq!(conf.get("lock"), Some("backup"));
        assert_eq!(conf.get("vmstate"), None);
        assert!(conf.has_memory("before"));
        assert!(!conf.has_memory("PENDING"));
        assert!(!conf.has_memory("bef"));
        assert!(conf.drives().is_empty());
    }

    #[test]
    fn a_drive_is_its_volume_and_its_options() {
        let conf = Conf::new(
            "scsi0: local:100/vm-100-disk-0.qcow2,size=32G,iothread=1\n\
             scsi1: size=1G,file=local:100/vm-100-disk-1.raw,ro=1\n\
             ide2: none,media=cdrom\nide3: local:iso/a.iso,media=cdrom\nide0: cdrom\n\
             efidisk0: local:100/e.qcow2\nunused0: local:100/u.qcow2\nscsihw: virtio-scsi-pci\n\
             virtio1: volume=/dev/sdb\n",
        );
        let drives = conf.drives();
        let seen: Vec<_> = drives.iter().map(|d| (d.key, d.volume())).collect();
        assert_eq!(
            seen,
            [
                ("scsi0", "local:100/vm-100-disk-0.qcow2"),
                ("scsi1", "local:100/vm-100-disk-1.raw"),
                ("virtio1", "/dev/sdb"),
            ]
        );
        assert!(drives[1].is_on("ro"));
        assert_eq!(drives[0].option("size"), Some("32G"));
    }
}
