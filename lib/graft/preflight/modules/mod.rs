//! The modules of the guest's own kernels: what the mount needs, and what the share will hide.
//!
//! Before the share is mounted a child has its own tree alone: the directory that a link displaced, below
//! the mount point. NFS, or the driver of another file system, has to come from there, be built in, or be
//! loaded by the initramfs.

mod findings;
mod foreign;
mod nfs;
mod nic;
mod transport;
mod transport_findings;
mod tree;

use super::boot::{Boot, Said};
use super::initramfs::Initramfs;
use super::modprobe::{self, Bar, Bars, CLIENT};
use super::sought::Sought;
use crate::graft::checks::Unpacked;
use crate::graft::nic::NicModel;
use crate::guest::facts::{Kernel, Probe, THINNED};
use crate::guest::{GuestError, GuestFacts};
use crate::path::GuestPath;
use nfs::Nfs;
use nic::Driver;
use tree::Tree;

/// Kernels that are looked at, the newest first.
const KERNELS: usize = 8;

/// Facts of the guest's kernels and their module trees that bear on the share.
#[derive(Clone, Debug, Default)]
pub(super) struct Modules {
    /// The newest kernel first.
    kernels: Vec<Seen>,
    /// Drivers of network cards, as the newest kernel has them.
    cards: Vec<Driver>,
    bars: Bars,
    /// Words of the kernel's command line that bar the client, and the driver of a card.
    words: Vec<(Option<&'static str>, Said)>,
    /// The file system that the trees are on, where it is not that of the mount point: the link then leads
    /// nowhere before the share is mounted.
    is_parked: bool,
    /// True where the trees hold a part of their modules.
    is_thin: bool,
    /// Configuration of the initramfs, where a module is not in the tree.
    initramfs: Option<Initramfs>,
    /// Names of modules that speak the version of NFS that is asked for.
    protocol: Vec<&'static str>,
}

#[derive(Clone, Debug)]
struct Seen {
    version: String,
    nfs: Nfs,
    /// Drivers of other file systems that the mounts need.
    transports: Vec<transport::Driver>,
    /// The configuration that says `CONFIG_NFS_V4_2_READ_PLUS=y`.
    read_plus: Option<GuestPath>,
    /// The configuration and its line that says that the version of NFS was not built.
    unbuilt: Option<(GuestPath, &'static str)>,
    /// The tree, where kmod finds no index in it.
    unindexed: Option<GuestPath>,
    /// Modules that are not of the kernel's own package, below its tree.
    foreign: Vec<String>,
    links: foreign::Links,
}

/// Purpose that the modules are judged for.
pub(super) struct Wanted<'a> {
    pub(super) sought: &'a Sought<'a>,
    pub(super) facts: &'a GuestFacts,
    /// The names in `/etc`.
    pub(super) etc: &'a [Vec<u8>],
    pub(super) boot: &'a Boot,
    /// Models of the machine's network cards; none where they are not known.
    pub(super) nics: &'a [NicModel],
    /// True where the initramfs is unpacked for a module that is not in the tree.
    pub(super) is_deep: bool,
    /// Those that were unpacked before.
    pub(super) unpacked: Option<&'a dyn Unpacked>,
}

impl Modules {
    /// Reads the kernels that the guest can boot.
    pub(super) fn read(probe: &mut Probe<'_>, wanted: &Wanted<'_>) -> Result<Self, GuestError> {
        let mut found = Self::default();
        let Wanted { sought, facts, .. } = wanted;
        let version = sought.nfs_version();
        for (number, kernel) in bootable(facts).into_iter().rev().take(KERNELS).enumerate() {
            let Some(path) = &kernel.modules else {
                continue;
            };
            let tree = &mut Tree::new(kernel, path);
            let mut seen = Seen::new(kernel);
            if let Some(version) = version {
                // One kernel with NFS is enough to tell the newest one's lack.
                let is_known = found.kernels.iter().any(|seen: &Seen| seen.nfs.is_there());
                if !is_known {
                    seen.nfs = nfs::read(probe, tree, &kernel.version, version)?;
                }
                if number == 0 {
                    found.protocol = nfs::protocol(&kernel.version, version);
                    seen.unbuilt = nfs::unbuilt(probe, tree, version)?;
                    seen.unindexed = unindexed(probe, tree, path)?;
                }
                if version.may_be_4_2() {
                    seen.read_plus = tree.config_says(probe, "CONFIG_NFS_V4_2_READ_PLUS=y")?;
                }
            }
            let is_known = found
                .kernels
                .iter()
                .any(|seen: &Seen| seen.has_transports());
            if !is_known {
                seen.transports = transport::read(probe, tree, sought, false)?;
            }
            let needs_tree = sought.is_network() || !seen.transports.is_empty();
            if needs_tree && number == 0 {
                found.is_parked = sought.moves_modules() && is_parked(probe, sought, path)?;
                if version.is_none() {
                    seen.unindexed = unindexed(probe, tree, path)?;
                }
            }
            let needs_cards = sought.is_boot_critical() || !wanted.nics.is_empty();
            if sought.is_network() && number == 0 && needs_cards {
                found.cards = nic::read(probe, tree, wanted.nics)?;
            }
            if sought.is_boot_critical() {
                let names = tree.names(probe, b"")?.to_vec();
                seen.foreign = foreign::foreign(probe, path, &names)?;
                seen.links = foreign::links(probe, path, &names)?;
            }
            found.kernels.push(seen);
        }
        if found.kernels.is_empty() && version.is_none() {
            found.kernels.extend(without_tree(probe, wanted)?);
        }
        found.read_bars(probe, wanted)?;
        let is_whole = found.kernels.first().is_none_or(|newest| {
            (version.is_none() || newest.nfs.is_there()) && newest.has_transports()
        }) && found.cards.iter().all(|card| card.state.is_there());
        if found.is_parked || !is_whole {
            found.is_thin = probe.exists(THINNED)?;
            let mut initramfs = Initramfs::read(probe, wanted.etc)?;
            if (wanted.is_deep || found.is_thin)
                && let Some(newest) = bootable(facts).last()
            {
                initramfs.unpack(probe, newest, wanted.unpacked)?;
            }
            found.initramfs = Some(initramfs);
        }
        Ok(found)
    }

    fn read_bars(&mut self, probe: &mut Probe<'_>, wanted: &Wanted<'_>) -> Result<(), GuestError> {
        let version = wanted.sought.nfs_version();
        let cards = self.cards.iter().map(|card| card.name);
        let cards: Vec<_> = cards.chain(transport::modules(wanted.sought)).collect();
        let protocol = version.and_then(super::nfs_version::NfsVersion::module);
        let (etc, merged) = (wanted.etc, wanted.facts.merged_usr);
        if version.is_some() || !cards.is_empty() {
            self.bars = modprobe::read(probe, protocol, &cards, etc, merged)?;
        }
        let is = |item: &[u8], module: &str| {
            let plain = item.iter().map(|b| if *b == b'-' { b'_' } else { *b });
            plain.eq(module.bytes())
        };
        if version.is_some() {
            let client = |item: &[u8]| {
                let mut modules = CLIENT.iter().copied().chain(protocol);
                modules.any(|module| is(item, module))
            };
            let said = wanted.boot.any("module_blacklist", client);
            // As a line of modprobe.d, it is for the alias by which the kernel asks for nfs.
            let said = said.or_else(|| {
                let nfs = |item: &[u8]| is(item, "nfs");
                wanted.boot.any("modprobe.blacklist", nfs)
            });
            self.words.extend(said.map(|said| (None, said)));
        }
        for card in cards {
            let said = wanted.boot.any("module_blacklist", |item| is(item, card));
            self.words.extend(said.map(|said| (Some(card), said)));
            let said = wanted.boot.any("modprobe.blacklist", |item| is(item, card));
            if let Some(Said { at, word, .. }) = said
                && !self.bars.cards.iter().any(|(known, _)| *known == card)
            {
                let (line, is_blacklist) = (word, true);
                let bar = Bar {
                    at,
                    line,
                    is_blacklist,
                };
                self.bars.cards.push((card, bar));
            }
        }
        Ok(())
    }
}

/// The newest kernel of a guest in which none has a tree of its own.
fn without_tree(probe: &mut Probe<'_>, wanted: &Wanted<'_>) -> Result<Option<Seen>, GuestError> {
    let mut kernels = wanted.facts.kernels.iter().rev();
    let Some(kernel) = kernels.find(|kernel| kernel.in_boot.is_some()) else {
        return Ok(None);
    };
    let Ok(path) = GuestPath::new(format!("/lib/modules/{}", kernel.version)) else {
        return Ok(None);
    };
    let mut seen = Seen::new(kernel);
    let tree = &mut Tree::new(kernel, &path);
    seen.transports = transport::read(probe, tree, wanted.sought, true)?;
    Ok(Some(seen))
}

impl Seen {
    fn new(kernel: &Kernel) -> Self {
        Self {
            version: kernel.version.clone(),
            nfs: Nfs::Unknown,
            transports: Vec::new(),
            read_plus: None,
            unbuilt: None,
            unindexed: None,
            foreign: Vec::new(),
            links: foreign::Links::default(),
        }
    }

    /// True where all drivers of file systems that the mounts need are there.
    fn has_transports(&self) -> bool {
        self.transports.iter().all(|driver| driver.state.is_there())
    }
}

/// Kernels with modules that are in `/boot`; where none is, those that are booted from outside.
pub(super) fn bootable(facts: &GuestFacts) -> Vec<&Kernel> {
    let with_modules = || facts.kernels.iter().filter(|k| k.modules.is_some());
    let bootable = || with_modules().filter(|k| k.in_boot.is_some());
    match bootable().next() {
        Some(_) => bootable().collect(),
        None => with_modules().collect(),
    }
}

/// The tree, where the guest's modprobe is kmod's and finds no index in it. kmod reads the binary index
/// alone, busybox the text alone.
fn unindexed(
    probe: &mut Probe<'_>,
    tree: &mut Tree<'_>,
    path: &GuestPath,
) -> Result<Option<GuestPath>, GuestError> {
    let names = tree.names(probe, b"")?;
    if names.iter().any(|name| name == b"modules.dep.bin") {
        return Ok(None);
    }
    // The kernel starts this one (`CONFIG_MODPROBE_PATH`).
    let modprobe = probe.resolve("/sbin/modprobe")?.filter(|at| at.exists());
    let is_kmod = modprobe.is_some_and(|at| at.path.file_name() == Some(b"kmod"));
    Ok(is_kmod.then(|| path.clone()))
}

/// True where a tree lies on another file system than the mount point, to which no rename leads.
fn is_parked(
    probe: &mut Probe<'_>,
    sought: &Sought<'_>,
    tree: &GuestPath,
) -> Result<bool, GuestError> {
    let Some(own) = probe.look_at(tree)? else {
        return Ok(false);
    };
    let mut place = Some(sought.physical.mount_point().clone());
    while let Some(at) = place {
        if let Some(found) = probe.look_at(&at)? {
            return Ok(found.filesystem != own.filesystem);
        }
        place = at.parent();
    }
    Ok(false)
}
