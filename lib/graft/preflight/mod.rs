//! Faults that the boot would show, told before it.
//!
//! Facts of a guest are gathered first, bounded, as values ([`Observed`]); each file here is a
//! subject that reads its part and judges it.

mod apt_conf;
mod autofs;
mod boot;
mod forms;
mod initramfs;
mod modprobe;
mod modules;
mod mounts;
mod network_type;
mod nfs_version;
mod observed;
mod other_init;
mod security;
mod sought;
mod systemd;
mod unit_file;
mod upgrades;
mod verdict;

pub(super) use observed::Observed;
pub(super) use sought::{Sought, is_network};
pub(super) use verdict::Preflight;

use super::finding::Finding;
use super::unfit::Unfit;
use crate::codes::Severity;
use crate::fstab::{Entry, Fstab};
use crate::graft::error::GraftError;
use crate::guest::facts::{Init, Kernel, NfsClient, Probe, unreached};
use crate::guest::{Guest, GuestError, GuestFacts};
use crate::links::Links;
use crate::mount::{self, Options, advise};
use crate::path::GuestPath;
use crate::registry::{Needs, Server, Source};
use sought::is_modules;

/// The guest, the share and the edit that are judged.
pub(super) struct Situation<'a> {
    pub(super) facts: &'a GuestFacts,
    /// Every physical path that the edit touches.
    pub(super) touched: &'a [GuestPath],
    pub(super) fstab: &'a Fstab,
    pub(super) server: &'a Server,
    pub(super) entry: &'a Entry,
    pub(super) sought: &'a Sought<'a>,
    pub(super) observed: &'a Observed,
}

impl Preflight {
    pub(super) fn check(situation: &Situation<'_>) -> Self {
        let Situation {
            sought, observed, ..
        } = situation;
        let mut found = Self::default();
        found.system(situation);
        found.client(situation);
        found.separate_file_systems(sought, &observed.mounts, situation.touched);
        found.mounts_after_share(sought, &observed.mounts);
        found.systemd(sought, &observed.systemd, &observed.boot);
        if situation.facts.init == Some(Init::Systemd) {
            found.boot_words(sought, &observed.boot);
        }
        found.network_mounts(sought, observed.network_mounts);
        found.autofs(sought, &observed.autofs);
        found.modules(sought, &observed.modules);
        found.forms(sought, situation.facts);
        found.options(situation);
        found.kernels(situation);
        found.boot_loader(&observed.boot);
        if sought.locks_modules() {
            found.upgrades(observed.upgrades.as_ref());
        }
        found.security(sought, situation.facts.selinux, &observed.security);
        found
    }

    /// The tree that is edited has to be the one that runs: a root without its `/usr` is half of a guest.
    fn system(&mut self, s: &Situation<'_>) {
        let facts = s.facts;
        let has_kernel = !facts.kernels.is_empty() || !facts.unversioned_kernels.is_empty();
        if facts.os.is_none() && facts.init_program.is_none() && !has_kernel {
            self.block(
                "no-os",
                "the guest's root holds no operating system (no os-release, no init, no kernel): \
                 name another disk, or have its fstab mount what is missing",
            );
            return;
        }
        let usr = |at: &GuestPath| at.as_bytes() == b"/usr";
        let is_mounted = |at: Option<GuestPath>| at.as_ref().is_some_and(usr);
        let mut entries = s.fstab.entries();
        if facts.usr_elsewhere && !entries.any(|line| is_mounted(line.entry.mount_point())) {
            self.block(
                "usr-elsewhere",
                "the guest's /usr is empty and its fstab mounts nothing there, so it comes from \
                 elsewhere at boot (mount.usr=), where no edit reaches: mount /usr by fstab",
            );
        }
    }

    fn client(&mut self, s: &Situation<'_>) {
        if s.facts.looks_like_windows {
            self.block(
                "windows",
                "the guest looks like Windows, which has no fstab: prepare Linux guests alone",
            );
            return;
        }
        if !matches!(s.server.source(), Source::Nfs(_)) {
            return;
        }
        match &s.facts.nfs_client {
            NfsClient::Missing => self.block(
                "nfs-client-missing",
                "the guest has no mount.nfs, so the share could not be mounted: \
                 install nfs-common (Debian) or nfs-utils in the master",
            ),
            NfsClient::Maybe { path } => self.warn(
                "nfs-client-unsure",
                format!("{path} mounts NFS only where it was built to: try it in the master"),
            ),
            _ => {}
        }
        // mount.nfs starts it for locks, and gives up without it (nfs(5), “lock”).
        if s.observed.lacks_statd {
            self.warn(
                "nfs-v3-helper-missing",
                "mount options: they come to NFSv3 with locks, and the guest has no rpc.statd, without \
                 which it is not mounted: use nfsvers=4.1, or add nolock",
            );
        }
        if s.facts.init.is_none() {
            self.warn(
                "init-unknown",
                "the guest's init is none that osgraft knows: make sure that it mounts network \
                 file systems",
            );
        }
    }

    fn options(&mut self, s: &Situation<'_>) {
        let Ok(vfstype) = std::str::from_utf8(s.entry.vfstype()) else {
            return;
        };
        let options = Options::read(s.entry.options());
        for item in options.unlisted() {
            self.warn(
                "option-unlisted",
                format!("mount options: {}", item.doubt()),
            );
        }
        for advice in advise(vfstype, &options, s.sought.is_boot_critical()) {
            let text = format!("mount options: {}; {}", advice.text, advice.remedy);
            match advice.severity {
                mount::Severity::Blocker => self.block(advice.code, text),
                mount::Severity::Warning => self.warn(advice.code, text),
            }
        }
    }

    fn kernels(&mut self, s: &Situation<'_>) {
        let bare = s.facts.kernels.iter().filter(|k| k.modules.is_none());
        for kernel in bare {
            self.warn(
                "kernel-without-modules",
                format!(
                    "kernel {} has no module tree in the guest: booted without the share it \
                     finds none",
                    kernel.version
                ),
            );
        }
        let started = s.observed.boot.kernel(s.facts);
        let started = started.filter(|kernel| kernel.modules.is_none());
        let is_served = |kernel: &Kernel| {
            let served = s.server.kernels();
            served.is_none_or(|served| served.iter().any(|v| v.as_str() == kernel.version))
        };
        if s.sought.is_boot_critical()
            && let Some(kernel) = started
            && !is_served(kernel)
        {
            self.block(
                "kernel-not-served",
                format!(
                    "the guest boots kernel {}, of which neither it nor server {} has modules: add its \
                     tree to the export and to the server's kernels, or boot another kernel",
                    kernel.version,
                    s.server.name()
                ),
            );
        }
    }
}

pub(crate) use initramfs::files as initramfs_files;

/// Command line of the kernel that the guest's boot loader starts by default; `None` where nothing tells it.
pub(crate) fn command_line(guest: &mut dyn Guest) -> Result<Option<String>, GraftError> {
    let facts = GuestFacts::gather(guest)?;
    let probe = &mut Probe::new(guest)?;
    let etc = probe.directory("/etc")?;
    let etc = etc.map(|(_, names)| names).unwrap_or_default();
    Ok(boot::Boot::read(probe, &facts, &etc)?.command_line())
}

/// The entry that the guest's boot loader starts by default; `None` where nothing tells it.
pub(super) fn first_entry(
    guest: &mut dyn Guest,
    facts: &GuestFacts,
) -> Result<Option<boot::FirstEntry>, GuestError> {
    let probe = &mut Probe::new(guest)?;
    Ok(boot::Boot::read(probe, facts, &[])?.first_entry())
}

/// Refuses a system by its name that no edit reaches, before anything else is asked of it.
pub(super) fn refuse_unreached(
    guest: &mut dyn Guest,
    facts: &GuestFacts,
) -> Result<(), GraftError> {
    let probe = &mut Probe::new(guest)?;
    match unreached::of_root(probe, facts.os.as_ref())? {
        None => Ok(()),
        Some(system) => {
            let text = format!("the guest is {system}");
            let finding = Finding::new("os-unsupported", text).with(Severity::Blocker);
            Err(Unfit::Preflight(vec![finding]).into())
        }
    }
}

/// Needs that a child's server has to meet.
pub(crate) fn needs(child: &str, facts: &GuestFacts, links: &Links) -> Needs {
    let mut needs = Needs::new(child);
    if let Some(os) = &facts.os {
        needs.os = Some(os.id.clone()).filter(|id| !id.is_empty());
        needs.version = os.version_id.clone();
    }
    needs.arch = facts
        .machine
        .as_ref()
        .map(|machine| machine.name.to_string());
    if links.iter().any(|link| is_modules(link.at())) {
        let kernels = modules::bootable(facts).into_iter();
        needs.kernels = kernels.map(|kernel| kernel.version.clone()).collect();
    }
    needs.components = links.iter().map(|link| link.to().to_string()).collect();
    needs
}
