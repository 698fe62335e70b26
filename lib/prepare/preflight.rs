//! What would fail in the boot, said before it.

use super::receipt::RECEIPT_FOLDER;
use super::report::Finding;
use crate::fstab::options::{Options, Severity, advise};
use crate::fstab::{Entry, Fstab};
use crate::guest::GuestFacts;
use crate::guest::facts::{NfsClient, SelinuxMode};
use crate::links::Links;
use crate::path::GuestPath;
use crate::registry::{Needs, Server, Source};

/// What was found: what stops the call, and what is told.
#[derive(Clone, Debug, Default)]
pub(super) struct Preflight {
    pub(super) blockers: Vec<Finding>,
    pub(super) warnings: Vec<Finding>,
}

/// What of a guest preflight looks at.
pub(super) struct Situation<'a> {
    pub(super) facts: &'a GuestFacts,
    pub(super) links: &'a Links,
    /// Every physical path that the edit touches.
    pub(super) touched: &'a [GuestPath],
    pub(super) fstab: &'a Fstab,
    pub(super) server: &'a Server,
    pub(super) entry: &'a Entry,
    /// Mount points of the guest's own at which its file systems are.
    pub(super) mounted: &'a [GuestPath],
    pub(super) upgrades_itself: bool,
}

impl Preflight {
    pub(super) fn check(situation: &Situation<'_>) -> Self {
        let mut found = Self::default();
        found.system(situation);
        found.client(situation);
        found.separate_file_systems(situation);
        found.options(situation);
        found.kernels(situation);
        found.updates(situation);
        found.labels(situation);
        found
    }

    fn block(&mut self, code: &'static str, text: impl Into<String>) {
        self.blockers.push(Finding::new(code, text));
    }

    fn warn(&mut self, code: &'static str, text: impl Into<String>) {
        self.warnings.push(Finding::new(code, text));
    }

    /// What is edited has to be what runs: a root without its `/usr` is half of a guest.
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
        if s.facts.init.is_none() {
            self.warn(
                "init-unknown",
                "the guest's init is none that osgraft knows: make sure that it mounts network \
                 file systems",
            );
        }
    }

    /// Below a mount of the guest's own that the editor did not make, it would edit what that mount
    /// hides.
    fn separate_file_systems(&mut self, s: &Situation<'_>) {
        let foreign = s.fstab.entries().filter(|line| !line.managed);
        let hiding = foreign
            .filter_map(|line| Some((line.entry.mount_point()?, line.entry)))
            .filter(|(at, _)| !s.mounted.contains(at));
        for (mount_point, entry) in hiding {
            let hidden = s
                .touched
                .iter()
                .find(|path| !mount_point.is_root() && path.starts_with(&mount_point));
            if let Some(path) = hidden {
                self.block(
                    "separate-file-system",
                    format!(
                        "{path} lies below {mount_point}, a file system of its own in the guest, \
                         which is not mounted for the edit: {}",
                        way_out(path, &mount_point, &entry, s)
                    ),
                );
            }
        }
    }

    fn options(&mut self, s: &Situation<'_>) {
        let Ok(vfstype) = std::str::from_utf8(s.entry.vfstype()) else {
            return;
        };
        let options = Options::read(s.entry.options());
        let boot_critical = s.links.iter().any(|link| is_modules(link.at()));
        for advice in advise(vfstype, &options, boot_critical) {
            let text = format!("mount options: {}; {}", advice.text, advice.remedy);
            match advice.severity {
                Severity::Blocker => self.block(advice.code, text),
                Severity::Warning => self.warn(advice.code, text),
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
    }

    fn updates(&mut self, s: &Situation<'_>) {
        if s.upgrades_itself && s.links.iter().any(|link| is_modules(link.at())) {
            self.warn(
                "unattended-upgrades",
                "the guest upgrades its packages by itself, and a kernel package cannot write \
                 into the share: hold kernel packages in the master",
            );
        }
    }

    fn labels(&mut self, s: &Situation<'_>) {
        if s.facts.selinux == Some(SelinuxMode::Enforcing)
            && matches!(s.server.source(), Source::Nfs(_))
            && !Options::read(s.entry.options()).has("context")
        {
            self.warn(
                "selinux-label",
                "SELinux is enforcing, and files of an NFS share are labelled nfs_t: set a \
                 context= option that fits what is shared",
            );
        }
    }
}

/// What can be done about a path that lies on a file system which is not mounted.
fn way_out(path: &GuestPath, mount_point: &GuestPath, entry: &Entry, s: &Situation<'_>) -> String {
    let share = s.entry.mount_point();
    let place = match path {
        path if path.to_string().starts_with(RECEIPT_FOLDER) => {
            format!(
                "osgraft keeps its receipt there, so have {mount_point} lie on the guest's root"
            )
        }
        path if share.is_some_and(|at| path.starts_with(&at) || at.starts_with(mount_point)) => {
            "set share.mount_point to a directory on the guest's root".to_owned()
        }
        path if path.file_name() == Some(b"fstab") => {
            format!("have {mount_point} lie on the guest's root")
        }
        _ => "leave this link out of share.links".to_owned(),
    };
    // In process nothing but the root is ever mounted; the appliance mounts what the disk holds.
    let on_disk = [
        &b"ext2"[..],
        b"ext3",
        b"ext4",
        b"xfs",
        b"btrfs",
        b"f2fs",
        b"jfs",
        b"auto",
    ];
    match s.mounted.is_empty() && on_disk.contains(&entry.vfstype()) {
        true => format!("{place}, or use --editor appliance, if it is on this disk"),
        false => place,
    }
}

/// What a child needs of a server.
pub(super) fn needs(child: &str, facts: &GuestFacts, links: &Links) -> Needs {
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
        let with_modules = || facts.kernels.iter().filter(|k| k.modules.is_some());
        let bootable = || with_modules().filter(|k| k.in_boot.is_some());
        // A guest booted with a kernel from outside has none in /boot; its trees tell which.
        let kernels: Vec<_> = match bootable().next() {
            Some(_) => bootable().collect(),
            None => with_modules().collect(),
        };
        needs.kernels = kernels.into_iter().map(|k| k.version.clone()).collect();
    }
    needs.components = links.iter().map(|link| link.to().to_string()).collect();
    needs
}

/// Whether a link replaces the tree that the kernel's modules are loaded from.
fn is_modules(at: &GuestPath) -> bool {
    let modules = [&b"/lib/modules"[..], b"/usr/lib/modules"];
    modules.iter().any(|tree| {
        let tree = GuestPath::new(tree).expect("a literal guest path");
        tree.starts_with(at)
    })
}
