//! Findings about the guest's systemd.

use super::{GENERATOR, Generator, Kind, State, Systemd, Unit};
use crate::graft::preflight::boot::{Boot, is_no};
use crate::graft::preflight::sought::Sought;
use crate::graft::preflight::verdict::Preflight;
use crate::unit::name;

impl Preflight {
    /// Units and generators that keep the share from being mounted, or mount something in its place.
    pub(in crate::graft::preflight) fn systemd(
        &mut self,
        sought: &Sought<'_>,
        found: &Systemd,
        boot: &Boot,
    ) {
        match &found.generator {
            Some(Generator::Masked(file)) => self.block(
                "fstab-generator-masked",
                format!(
                    "{file} masks {GENERATOR}, so that systemd mounts nothing of fstab: remove that \
                     file in the master"
                ),
            ),
            Some(Generator::Missing) => self.block(
                "fstab-generator-missing",
                format!(
                    "the guest's systemd lacks {GENERATOR}, so that it mounts nothing of fstab: \
                     install systemd whole in the master"
                ),
            ),
            None => {}
        }
        if let Some(file) = &found.masked_target {
            self.block(
                "remote-mounts-off",
                format!(
                    "{file} masks remote-fs.target, which mounts network file systems at boot: \
                     systemctl unmask remote-fs.target in the master"
                ),
            );
        }
        if found.unwanted_target {
            self.block(
                "remote-mounts-off",
                "nothing in the guest wants remote-fs.target, which mounts network file systems at \
                 boot: systemctl enable remote-fs.target in the master",
            );
        }
        // systemd-network-generator makes a configuration of `ip=`.
        if let Some(file) = &found.hanging_wait
            && boot.any("ip", |_| true).is_none()
        {
            self.warn(
                "wait-online-hang",
                format!(
                    "{file} has the boot wait for systemd-networkd, which configures no interface of \
                     this guest: the share is mounted after two minutes; systemctl disable \
                     systemd-networkd-wait-online.service in the master"
                ),
            );
        }
        for (file, setting) in &found.drop_ins {
            self.warn(
                "mount-unit-drop-in",
                format!(
                    "{file} changes the unit that mounts the share ({setting}): see that it still \
                     mounts it, or remove that file in the master"
                ),
            );
        }
        for unit in &found.units {
            self.unit(sought, unit);
        }
    }

    /// Words of the kernel's command line that keep systemd from mounting the share. Those with `rd.` are
    /// for the initramfs alone.
    pub(in crate::graft::preflight) fn boot_words(&mut self, sought: &Sought<'_>, boot: &Boot) {
        if let Some(said) = boot.last("fstab", is_no) {
            let text = format!(
                "{} has {}, with which systemd mounts nothing of fstab",
                said.at, said.word
            );
            self.said("fstab-generator-masked", said.is_certain, &text);
        }
        let is_target = |unit: &[u8]| unit == b"remote-fs.target";
        if sought.is_network()
            && !sought.is_wanted_elsewhere()
            && let Some(said) = boot.any("systemd.mask", is_target)
        {
            let text = format!(
                "{} has {}, with which systemd mounts no network file system at boot",
                said.at, said.word
            );
            self.said("remote-mounts-off", said.is_certain, &text);
        }
        let units: Vec<_> = sought
            .own()
            .map(|own| format!("{}.mount", name::of_path(own)))
            .collect();
        let is_own = |unit: &[u8]| units.iter().any(|own| own.as_bytes() == unit);
        if let Some(said) = boot.any("systemd.mask", is_own) {
            let text = format!(
                "{} has {}, with which the share is never mounted",
                said.at, said.word
            );
            self.said("mount-unit-masked", said.is_certain, &text);
        }
    }

    /// A word that stops the share where the entry that boots by default has it.
    fn said(&mut self, code: &'static str, is_certain: bool, text: &str) {
        let remedy = "remove that word in the master";
        match is_certain {
            true => self.block(code, format!("{text}: {remedy}")),
            false => self.warn(
                code,
                format!("{text}, though not in the entry that boots by default: {remedy}"),
            ),
        }
    }

    fn unit(&mut self, sought: &Sought<'_>, unit: &Unit) {
        let (file, place) = (&unit.file, &unit.place);
        let is_own = sought.own().any(|own| own == place);
        match (unit.kind, unit.state) {
            (Kind::Mount, State::Masked) if is_own => self.block(
                "mount-unit-masked",
                format!(
                    "{file} masks the unit that mounts the share, so that it is never mounted: \
                     remove that file in the master"
                ),
            ),
            (Kind::Mount, State::BeforeFstab) if is_own => self.block(
                "mount-unit-own",
                format!(
                    "{file} is a unit of the guest's own for {place}, and goes before the entry in \
                     fstab: remove that file in the master, or choose another mount point"
                ),
            ),
            (Kind::Automount, State::BeforeFstab | State::BehindFstab) if is_own => {
                self.automount(sought, unit);
            }
            (_, State::Masked) => {}
            // fstab's own entry for the place goes before it.
            (_, State::BehindFstab) if is_own => {}
            _ if sought.is_in_share(place)
                || unit.content.what().is_some_and(|what| sought.is_of_share(&what)) =>
            {
                self.local_unit(sought, unit);
            }
            (Kind::Mount | Kind::Automount, _) if unit.is_wanted => self.block(
                "separate-file-system",
                format!(
                    "{file} mounts a file system of its own on {place}, which is not mounted here \
                     and would hide the edit: have the guest keep {place} on the disk that is edited"
                ),
            ),
            (Kind::Mount | Kind::Automount, _) => self.warn(
                "mount-unit-hides",
                format!(
                    "{file} can mount a file system of its own on {place}, which then hides the \
                     edit: remove that file in the master where nothing needs it"
                ),
            ),
            _ => {}
        }
    }

    /// A unit that needs the share, and is started before the network is up.
    fn local_unit(&mut self, sought: &Sought<'_>, unit: &Unit) {
        let file = &unit.file;
        if unit.is_wanted && sought.is_network() && !unit.content.is_network() {
            self.block(
                "local-mount-needs-share",
                format!(
                    "{file} is mounted before the network is up and needs the share on {}: \
                             systemd breaks the cycle by dropping local-fs.target, and the guest \
                             does not boot; mount it elsewhere, or choose another mount point",
                    sought.links.mount_point()
                ),
            );
        }
    }

    fn automount(&mut self, sought: &Sought<'_>, unit: &Unit) {
        let file = &unit.file;
        if unit.is_wanted && sought.is_boot_critical() {
            self.block(
                "automount-boot-critical",
                format!(
                    "{file} makes an automount of the share, on a tree that the boot reads: udev \
                     waits for the mount, the mount for the network, and the network for udev, so \
                     the guest never comes up; remove that file in the master"
                ),
            );
        } else {
            self.warn(
                "automount-unit-own",
                format!(
                    "{file} can make an automount of the share, which is then mounted when \
                     somebody looks at it and not at boot: remove that file in the master"
                ),
            );
        }
    }
}
