//! Findings about the modules of the guest's kernels.

use super::foreign::TOLD;
use super::nfs::Nfs;
use super::nic::Driver;
use super::tree::State;
use super::{Modules, Seen};
use crate::graft::preflight::initramfs::Initramfs;
use crate::graft::preflight::sought::Sought;
use crate::graft::preflight::verdict::Preflight;
use crate::guest::facts::THINNED;

impl Modules {
    /// True where the initramfs loads all that the client needs.
    fn initramfs_loads_nfs(&self) -> bool {
        let mut protocol = self.protocol.iter();
        let initramfs = self.initramfs.as_ref();
        initramfs.is_some_and(|initramfs| protocol.any(|module| initramfs.loads(module)))
    }
}

impl Preflight {
    pub(in crate::graft::preflight) fn modules(&mut self, sought: &Sought<'_>, found: &Modules) {
        if sought.nfs_version().is_some() {
            self.nfs_in_kernel(sought, found);
            self.nfs_barred(found);
        }
        self.transports(sought, found);
        self.cards(found);
        let initramfs = found.initramfs.as_ref();
        if let Some((file, why)) = initramfs.and_then(|initramfs| initramfs.unread.as_ref()) {
            self.warn(
                "initramfs-unread",
                format!(
                    "{file} {why}, so that its configuration alone tells which modules it has: see \
                     what it holds with lsinitramfs or lsinitrd"
                ),
            );
        }
        self.read_plus(found);
        self.hidden_modules(found);
    }

    fn nfs_in_kernel(&mut self, sought: &Sought<'_>, found: &Modules) {
        let Some(newest) = found.kernels.first() else {
            return;
        };
        let version = &newest.version;
        let is_loaded = found.initramfs_loads_nfs();
        match &newest.nfs {
            Nfs::Lacks(module) => self.lacking(found, newest, module),
            Nfs::Gone(..) | Nfs::Dangling(..) if is_loaded => {}
            Nfs::Gone(module, file) => self.block(
                "nfs-module-unreachable",
                format!(
                    "kernel {version} has {module} as a module whose file {file} is not in its tree, so \
                     that it cannot be loaded before the share is mounted: keep it in the child's tree, \
                     or have the initramfs load it"
                ),
            ),
            Nfs::Dangling(module, file) => self.block(
                "module-dangling",
                format!(
                    "kernel {version} cannot load {module}, since {file}, which it needs, is not in its \
                     tree: install the kernel's modules again in the master"
                ),
            ),
            Nfs::Module if found.is_parked && !is_loaded => self.block(
                "nfs-module-unreachable",
                format!(
                    "kernel {version} has NFS as a module, and its tree is on another file system than \
                     the mount point {}, so that it is not found before the share is mounted: set \
                     share.mount_point to a directory on that file system, or have the initramfs load \
                     {}",
                    sought.links.mount_point(),
                    found.protocol.first().unwrap_or(&"nfs"),
                ),
            ),
            _ => {}
        }
        let is_reachable = !found.is_parked && !is_loaded;
        if let Some(tree) = newest.unindexed.as_ref().filter(|_| is_reachable) {
            let text = format!(
                "{tree} has no modules.dep.bin, which is all that the guest's modprobe (kmod) reads, so \
                 that it loads no module"
            );
            let remedy = format!("run depmod {version} in the master");
            match newest.nfs {
                Nfs::Module => self.block(
                    "module-index-missing",
                    format!("{text}, and NFS is one: {remedy}"),
                ),
                Nfs::Unknown => self.warn(
                    "module-index-missing",
                    format!("{text}: {remedy}, unless NFS is built in"),
                ),
                _ => {}
            }
        }
        if let Some((config, line)) = &newest.unbuilt {
            self.block(
                "nfs-version-unbuilt",
                format!(
                    "kernel {version} was built without the version of NFS that the mount options ask \
                     for ({config}: “{line}”): ask for another one by nfsvers="
                ),
            );
        }
    }

    fn lacking(&mut self, found: &Modules, newest: &Seen, module: &str) {
        let version = &newest.version;
        let has = found.kernels.iter().find(|seen| seen.nfs.is_there());
        let text = format!(
            "kernel {version} has no module {module} and does not have it built in, so that the share \
             cannot be mounted"
        );
        match has {
            Some(older) => self.warn(
                "nfs-module-unreachable",
                format!(
                    "{text} (kernel {} has it): install the modules of the newest kernel too, as \
                     linux-modules-extra has them",
                    older.version
                ),
            ),
            None if found.initramfs_loads_nfs() => {}
            None if found.is_thin => self.thin_lacks(version, module),
            None if found.kernels.iter().any(|seen| seen.nfs == Nfs::Unknown) => self.warn(
                "nfs-module-unreachable",
                format!("{text}: install a kernel with NFS, or linux-modules-extra"),
            ),
            None => self.block(
                "nfs-module-unreachable",
                format!("{text}: install a kernel with NFS, or linux-modules-extra"),
            ),
        }
    }

    /// A thinned tree that did not keep what the share is mounted by.
    pub(super) fn thin_lacks(&mut self, version: &str, module: &str) {
        self.block(
            "thin-lacks-transport",
            format!(
                "the module tree of kernel {version} is thinned ({THINNED}) and kept no {module}, so \
                 that the share cannot be mounted: thin the master again with the --transport of this \
                 server, or serve the share in a way that was kept"
            ),
        );
    }

    fn nfs_barred(&mut self, found: &Modules) {
        let newest = found.kernels.first();
        let is_built_in = newest.is_some_and(|seen| seen.nfs == Nfs::BuiltIn);
        if let Some(bar) = &found.bars.client {
            let text = format!(
                "{} keeps the NFS client from being loaded (“{}”)",
                bar.at, bar.line
            );
            match is_built_in {
                true => self.warn(
                    "module-blocked",
                    format!(
                        "{text}; the newest kernel has it built in, but another one may not: remove that \
                         line in the master"
                    ),
                ),
                false => self.block(
                    "module-blocked",
                    format!(
                        "{text}, so that the share cannot be mounted: remove that line in the master"
                    ),
                ),
            }
        }
        // What is built in is loaded by nobody.
        let words = found
            .words
            .iter()
            .filter(|(card, _)| card.is_none() && !is_built_in);
        for (_, said) in words {
            let text = format!(
                "{} keeps the NFS client from being loaded (“{}”)",
                said.at, said.word
            );
            match said.is_certain {
                true => self.block(
                    "module-blocked",
                    format!(
                        "{text}, so that the share cannot be mounted: remove that word in the master"
                    ),
                ),
                false => self.warn(
                    "module-blocked",
                    format!(
                        "{text}, though not in the entry that boots by default: remove that word in \
                         the master"
                    ),
                ),
            }
        }
    }

    fn cards(&mut self, found: &Modules) {
        let Some(newest) = found.kernels.first() else {
            return;
        };
        for card in &found.cards {
            if card.state == State::BuiltIn {
                continue;
            }
            self.card(found, &newest.version, card);
            self.card_barred(found, card);
        }
    }

    fn card(&mut self, found: &Modules, version: &str, card: &Driver) {
        let name = card.name;
        let why = match &card.state {
            State::There if found.is_parked => {
                "its tree is on another file system than the mount point".to_owned()
            }
            State::Gone(file) => format!("its file {file} is not in the tree"),
            State::Dangling(file) => format!("{file}, which it needs, is not in the tree"),
            State::Lacking => "it is neither in the tree nor built in".to_owned(),
            State::BuiltIn | State::There | State::Unknown => return,
        };
        let image = found.initramfs.as_ref().and_then(Initramfs::image);
        let why = match image {
            Some(image) => format!("{why}, and {image} does not hold it"),
            None => why,
        };
        let text = format!("kernel {version} finds no driver {name} for the network card: {why}");
        // No initramfs has a module that the kernel has not.
        if card.state == State::Lacking {
            let remedy = "install it in the master, or give the machine another card";
            match card.is_required {
                true => self.block("nic-driver-unreachable", format!("{text}; {remedy}")),
                false => self.warn("nic-driver-unreachable", format!("{text}; {remedy}")),
            }
            return;
        }
        let initramfs = found.initramfs.as_ref();
        let drives = initramfs.and_then(|initramfs| initramfs.drives(name));
        let host_only = initramfs.and_then(|initramfs| initramfs.host_only.as_ref());
        if let Some((file, line)) = host_only.filter(|_| drives == Some(false)) {
            self.warn(
                "initramfs-host-only",
                format!(
                    "kernel {version} finds {name} in its initramfs alone ({why}), and that is built for \
                     the machine that it was made on ({file}: “{line}”): build it for any machine in the \
                     master"
                ),
            );
            return;
        }
        if drives == Some(true) {
            return;
        }
        match card.is_required {
            true => self.block(
                "nic-driver-unreachable",
                format!(
                    "{text}; put it into the child's tree or the initramfs, or give the machine another \
                     card"
                ),
            ),
            false => self.warn(
                "nic-driver-unreachable",
                format!("{text}; see that the initramfs has it"),
            ),
        }
    }

    fn card_barred(&mut self, found: &Modules, card: &Driver) {
        let name = card.name;
        let bar = found.bars.cards.iter().find(|(known, _)| *known == name);
        if let Some((_, bar)) = bar {
            let text = format!(
                "{} keeps {name}, the driver of a network card, from being loaded (“{}”)",
                bar.at, bar.line
            );
            match card.is_required && !bar.is_blacklist {
                true => self.block(
                    "module-blocked",
                    format!("{text}, so that the share is not reached: remove that in the master"),
                ),
                false => self.warn(
                    "module-blocked",
                    format!("{text}: remove that in the master where the machine has such a card"),
                ),
            }
        }
        let words = found.words.iter().filter(|(known, _)| *known == Some(name));
        for (_, said) in words {
            let text = format!(
                "{} keeps {name}, the driver of a network card, from being loaded (“{}”)",
                said.at, said.word
            );
            match card.is_required && said.is_certain {
                true => self.block(
                    "module-blocked",
                    format!(
                        "{text}, so that the share is not reached: remove that word in the master"
                    ),
                ),
                false => self.warn(
                    "module-blocked",
                    format!(
                        "{text}: remove that word in the master where the machine has such a card"
                    ),
                ),
            }
        }
    }

    fn read_plus(&mut self, found: &Modules) {
        let with = found.kernels.iter();
        let mut with = with.filter_map(|seen| Some((&seen.version, seen.read_plus.as_ref()?)));
        if let Some((version, config)) = with.next() {
            self.warn(
                "nfs-read-plus",
                format!(
                    "mount options: they come to NFS 4.2, and kernel {version} reads with READ_PLUS \
                     there ({config}): from some servers (nfs-ganesha 4.3) files read as holes, and \
                     systemd-udevd restarts for ever; use nfsvers=4.1"
                ),
            );
        }
    }

    /// Modules of the guest's own that the share does not have.
    fn hidden_modules(&mut self, found: &Modules) {
        for seen in found.kernels.iter().filter(|seen| !seen.foreign.is_empty()) {
            let told = seen.foreign.iter().take(TOLD).cloned().collect::<Vec<_>>();
            let more = match seen.foreign.len() > TOLD {
                true => " and more",
                false => "",
            };
            self.warn(
                "modules-of-its-own",
                format!(
                    "kernel {} has modules that are not of its package ({}{more}): they are not \
                     found while the share is mounted, unless the export has them too; build them on \
                     the OS server",
                    seen.version,
                    told.join(", ")
                ),
            );
        }
        let mut dangling = found.kernels.iter().flat_map(|seen| {
            let links = seen.links.leading_out.iter();
            links.map(move |(name, target)| format!("{}/{name} -> {target}", seen.version))
        });
        if let Some(first) = dangling.next() {
            let told: Vec<_> = std::iter::once(first).chain(dangling.take(TOLD)).collect();
            self.warn(
                "module-links-relative",
                format!(
                    "relative links lead out of the module tree ({}) and lead nowhere from the share: \
                     a module cannot be built in this guest; make them absolute in the master",
                    told.join(", ")
                ),
            );
        }
        let built = found.kernels.iter();
        let built = built.filter_map(|seen| Some((&seen.version, seen.links.built_in.as_ref()?)));
        for (version, (link, folder)) in built {
            self.warn(
                "modules-other-builder",
                format!(
                    "kernel {version} was built by hand in {folder} ({link}), and modules of another \
                     build of that version are not loaded: see that those of the export are of this one"
                ),
            );
        }
    }
}
