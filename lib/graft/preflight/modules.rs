//! The modules of the guest's own kernels: what the mount needs, and what the share will hide.

use super::modprobe::{self, Bar};
use super::nfs_version::NfsVersion;
use super::sought::Sought;
use super::verdict::Preflight;
use crate::guest::facts::{Kernel, Probe};
use crate::guest::{GuestError, GuestFacts};
use crate::path::{GuestPath, escape};

/// Bytes of `modules.dep` and of a kernel's configuration that are read.
const DEP_MAX: u64 = 8 << 20;
const CONFIG_MAX: u64 = 1 << 20;
/// Kernels that are looked at, the newest first.
const KERNELS: usize = 8;
/// Folders of a module tree that are listed, and modules in them that are told by name.
const FOLDERS: usize = 64;
const TOLD: usize = 3;
/// Names at the top of a module tree that a kernel's own package puts there.
const OF_KERNEL: [&[u8]; 18] = [
    b"kernel",
    b"build",
    b"source",
    b"vdso",
    b"initrd",
    b"config",
    b"vmlinuz",
    b"vmlinux",
    b"Image",
    b"System.map",
    b"systemtap",
    b"pkgbase",
    b"dtb",
    b"dtbs",
    b"bls.conf",
    b"symvers.gz",
    b"symvers.xz",
    b"symvers.zst",
];

/// Facts of the guest's kernels and their module trees that bear on the share.
#[derive(Clone, Debug, Default)]
pub(super) struct Modules {
    /// The newest kernel first.
    kernels: Vec<Seen>,
    bar: Option<Bar>,
}

#[derive(Clone, Debug)]
struct Seen {
    version: String,
    nfs: Nfs,
    /// The configuration that says `CONFIG_NFS_V4_2_READ_PLUS=y`.
    read_plus: Option<GuestPath>,
    /// Modules that are not of the kernel's own package, below its tree.
    foreign: Vec<String>,
    /// Relative links that lead out of the tree: name and target.
    leading_out: Vec<(String, String)>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Nfs {
    Module,
    BuiltIn,
    /// This module is neither there nor built in.
    Lacks(&'static str),
    /// Nothing tells.
    Unknown,
}

impl Modules {
    /// Reads the kernels that the guest can boot. `etc` is the names in `/etc`.
    pub(super) fn read(
        probe: &mut Probe<'_>,
        sought: &Sought<'_>,
        facts: &GuestFacts,
        etc: &[Vec<u8>],
    ) -> Result<Self, GuestError> {
        let mut found = Self::default();
        let version = sought.nfs_version();
        for kernel in bootable(facts).into_iter().rev().take(KERNELS) {
            let Some(tree) = &kernel.modules else {
                continue;
            };
            let mut seen = Seen {
                version: kernel.version.clone(),
                nfs: Nfs::Unknown,
                read_plus: None,
                foreign: Vec::new(),
                leading_out: Vec::new(),
            };
            if let Some(version) = version {
                // One kernel with NFS is enough to tell the newest one's lack.
                let is_known = found.kernels.iter().any(|seen: &Seen| seen.nfs.is_there());
                if !is_known {
                    seen.nfs = nfs(probe, kernel, tree, version)?;
                }
                if version.may_be_4_2() {
                    seen.read_plus = read_plus(probe, kernel, tree)?;
                }
            }
            if sought.is_boot_critical() {
                let names = probe.names(tree)?;
                seen.foreign = foreign(probe, tree, &names)?;
                seen.leading_out = leading_out(probe, tree, &names)?;
            }
            found.kernels.push(seen);
        }
        if let Some(version) = version {
            found.bar = modprobe::read(probe, version.module(), etc, facts.merged_usr)?;
        }
        Ok(found)
    }
}

impl Nfs {
    fn is_there(&self) -> bool {
        matches!(self, Self::Module | Self::BuiltIn)
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

/// True where a kernel can speak this version of NFS. The folder of the modules tells in one call
/// what is usual; else the kernel's own lists do.
fn nfs(
    probe: &mut Probe<'_>,
    kernel: &Kernel,
    tree: &GuestPath,
    version: NfsVersion,
) -> Result<Nfs, GuestError> {
    let needed = needed(&kernel.version, version);
    let lacks = |modules: &[Vec<u8>]| {
        let has = |name: &str| modules.iter().any(|found| found == name.as_bytes());
        needed
            .iter()
            .find(|names| !names.iter().any(|name| has(name)))
            .map(|names| names[0])
    };
    if let Some(folder) = below(tree, "kernel/fs/nfs") {
        let names = probe.names(&folder)?;
        let modules: Vec<_> = names.iter().filter_map(|name| module(name)).collect();
        if lacks(&modules).is_none() {
            return Ok(Nfs::Module);
        }
    }
    let mut lists = Vec::new();
    for name in ["modules.builtin", "modules.dep"] {
        let content = match below(tree, name) {
            Some(path) => probe.content_at(&path, DEP_MAX)?,
            None => None,
        };
        lists.push(content.as_deref().map(modules_of));
    }
    let [built_in, loadable] = &lists[..] else {
        return Ok(Nfs::Unknown);
    };
    if let Some(built_in) = built_in
        && lacks(built_in).is_none()
    {
        return Ok(Nfs::BuiltIn);
    }
    let all: Vec<_> = [built_in, loadable]
        .into_iter()
        .flatten()
        .flatten()
        .cloned()
        .collect();
    match lacks(&all) {
        None => Ok(Nfs::Module),
        Some(module) if built_in.is_some() && loadable.is_some() => Ok(Nfs::Lacks(module)),
        // Without its lists, the kernel's configuration tells.
        Some(module) => Ok(match config(probe, kernel, tree)? {
            Some((_, config)) if has_line(&config, b"CONFIG_NFS_FS=y") => Nfs::BuiltIn,
            Some((_, config))
                if has_line(&config, b"# CONFIG_NFS_FS is not set")
                    || has_line(&config, b"# CONFIG_NETWORK_FILESYSTEMS is not set") =>
            {
                Nfs::Lacks(module)
            }
            _ => Nfs::Unknown,
        }),
    }
}

/// Modules that are needed, each as the names that would do.
fn needed(kernel: &str, version: NfsVersion) -> Vec<Vec<&'static str>> {
    // Before Linux 3.6 one module spoke all versions.
    let mut numbers = kernel.split(|c: char| !c.is_ascii_digit());
    let mut number = || numbers.next().and_then(|text| text.parse::<u32>().ok());
    let is_old = (number(), number()) < (Some(3), Some(6));
    let mut needed = vec![vec!["nfs"]];
    match version.module() {
        _ if is_old => {}
        Some(module) => needed.push(vec![module]),
        None => needed.push(vec!["nfsv4", "nfsv3"]),
    }
    needed
}

/// Modules that a `modules.dep` or `modules.builtin` lists.
fn modules_of(list: &[u8]) -> Vec<Vec<u8>> {
    let lines = list.split(|byte| *byte == b'\n');
    lines
        .filter_map(|line| {
            let path = line.split(|byte| *byte == b':').next()?.trim_ascii();
            module(path.rsplit(|byte| *byte == b'/').next()?)
        })
        .filter(|name| name.starts_with(b"nfs"))
        .collect()
}

/// The name of the module in a file, compressed or not.
fn module(file: &[u8]) -> Option<Vec<u8>> {
    let plain = [&b".gz"[..], b".xz", b".zst", b".bz2"]
        .iter()
        .find_map(|suffix| file.strip_suffix(*suffix))
        .unwrap_or(file);
    plain.strip_suffix(b".ko").map(<[u8]>::to_vec)
}

/// A kernel's configuration, where a distribution keeps it.
fn config(
    probe: &mut Probe<'_>,
    kernel: &Kernel,
    tree: &GuestPath,
) -> Result<Option<(GuestPath, Vec<u8>)>, GuestError> {
    let in_boot = format!("/boot/config-{}", kernel.version).parse().ok();
    for path in in_boot.into_iter().chain(below(tree, "config")) {
        if let Some((path, _)) = probe.file_at(&path)?
            && let Some(content) = probe.content_at(&path, CONFIG_MAX)?
        {
            return Ok(Some((path, content)));
        }
    }
    Ok(None)
}

fn read_plus(
    probe: &mut Probe<'_>,
    kernel: &Kernel,
    tree: &GuestPath,
) -> Result<Option<GuestPath>, GuestError> {
    let found = config(probe, kernel, tree)?;
    Ok(found
        .filter(|(_, config)| has_line(config, b"CONFIG_NFS_V4_2_READ_PLUS=y"))
        .map(|(path, _)| path))
}

fn has_line(text: &[u8], wanted: &[u8]) -> bool {
    text.split(|byte| *byte == b'\n')
        .any(|line| line.trim_ascii() == wanted)
}

/// Modules outside the tree's `kernel`: what DKMS, akmods, vendors and the operator put there.
fn foreign(
    probe: &mut Probe<'_>,
    tree: &GuestPath,
    names: &[Vec<u8>],
) -> Result<Vec<String>, GuestError> {
    let mut found = Vec::new();
    let mut ahead: Vec<Vec<u8>> = names
        .iter()
        .filter(|name| {
            !OF_KERNEL.contains(&&name[..])
                && !name.starts_with(b"modules.")
                && !name.starts_with(b".")
        })
        .cloned()
        .collect();
    ahead.reverse();
    let mut listed = 0;
    while let Some(place) = ahead.pop() {
        let file = place.rsplit(|byte| *byte == b'/').next().unwrap_or(&place);
        if module(file).is_some() {
            found.push(escape(&place));
            if found.len() > TOLD {
                break;
            }
            continue;
        }
        let depth = place.iter().filter(|byte| **byte == b'/').count();
        if listed == FOLDERS || depth > 3 || file.contains(&b'.') {
            continue;
        }
        listed += 1;
        let Ok(folder) = GuestPath::new([tree.as_bytes(), b"/", &place].concat()) else {
            continue;
        };
        let inside = probe.names(&folder)?;
        ahead.extend(
            inside
                .into_iter()
                .rev()
                .map(|name| [&place[..], b"/", &name].concat()),
        );
    }
    Ok(found)
}

/// The links to a kernel's headers that lead elsewhere once the tree is moved.
fn leading_out(
    probe: &mut Probe<'_>,
    tree: &GuestPath,
    names: &[Vec<u8>],
) -> Result<Vec<(String, String)>, GuestError> {
    let mut found = Vec::new();
    for name in [&b"build"[..], b"source"] {
        if !names.iter().any(|known| known == name) {
            continue;
        }
        let Ok(link) = tree.join(name) else { continue };
        if let Some(target) = probe.link_at(&link)?
            && leads_out(&target)
        {
            found.push((escape(name), escape(&target)));
        }
    }
    Ok(found)
}

/// True where the target of a link in a kernel's tree leads out of the directory that all trees lie in.
fn leads_out(target: &[u8]) -> bool {
    let mut depth = 1_usize;
    if target.starts_with(b"/") {
        return false;
    }
    for name in target.split(|byte| *byte == b'/') {
        match name {
            b"" | b"." => {}
            b".." if depth == 0 => return true,
            b".." => depth -= 1,
            _ => depth += 1,
        }
    }
    false
}

fn below(tree: &GuestPath, path: &str) -> Option<GuestPath> {
    GuestPath::new([tree.as_bytes(), b"/", path.as_bytes()].concat()).ok()
}

impl Preflight {
    pub(super) fn nfs_in_kernel(&mut self, found: &Modules) {
        let has = found.kernels.iter().find(|seen| seen.nfs.is_there());
        let newest = found.kernels.first();
        if let Some((version, Nfs::Lacks(module))) = newest.map(|seen| (&seen.version, &seen.nfs)) {
            let text = format!(
                "kernel {version} has no module {module} and does not have it built in, so that the \
                 share cannot be mounted"
            );
            match has {
                Some(older) => self.warn(
                    "kernel-without-nfs",
                    format!(
                        "{text} (kernel {} has it): install the modules of the newest kernel too, as \
                         linux-modules-extra has them",
                        older.version
                    ),
                ),
                None if found.kernels.iter().any(|seen| seen.nfs == Nfs::Unknown) => self.warn(
                    "kernel-without-nfs",
                    format!("{text}: install a kernel with NFS, or linux-modules-extra"),
                ),
                None => self.block(
                    "kernel-without-nfs",
                    format!("{text}: install a kernel with NFS, or linux-modules-extra"),
                ),
            }
        }
        let Some(Bar { file, line }) = &found.bar else {
            return;
        };
        let is_built_in = newest.is_some_and(|seen| seen.nfs == Nfs::BuiltIn);
        let text = format!("{file} keeps the NFS client from being loaded (“{line}”)");
        match is_built_in {
            true => self.warn(
                "nfs-barred",
                format!(
                    "{text}; the newest kernel has it built in, but another one may not: remove that \
                     line in the master"
                ),
            ),
            false => self.block(
                "nfs-barred",
                format!("{text}, so that the share cannot be mounted: remove that line in the master"),
            ),
        }
    }

    pub(super) fn read_plus(&mut self, found: &Modules) {
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
    pub(super) fn hidden_modules(&mut self, found: &Modules) {
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
            let links = seen.leading_out.iter();
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
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_out_where_it_leaves_the_directory_of_all_trees() {
        for (target, wanted) in [
            ("../../../src/linux-headers-6.12", true),
            ("../../x", true),
            ("../6.1.0-36-amd64/build", false),
            ("build", false),
            ("a/../../b", false),
            ("a/../../../b", true),
            ("/usr/src/linux-headers-6.12", false),
        ] {
            assert_eq!(leads_out(target.as_bytes()), wanted, "{target}");
        }
    }

    #[test]
    fn modules_are_known_by_their_file_names() {
        for (file, wanted) in [
            ("nfs.ko", Some("nfs")),
            ("nfs.ko.xz", Some("nfs")),
            ("nfsv4.ko.zst", Some("nfsv4")),
            ("nfs.ko.gz", Some("nfs")),
            ("nfs", None),
            ("nfs.o", None),
        ] {
            let found = module(file.as_bytes());
            assert_eq!(found.as_deref(), wanted.map(str::as_bytes), "{file}");
        }
        let list = b"kernel/fs/nfs/nfs.ko.xz: kernel/fs/lockd/lockd.ko.xz\nkernel/x.ko:\n";
        assert_eq!(modules_of(list), [b"nfs".to_vec()]);
    }

    #[test]
    fn an_old_kernel_has_one_module_for_all_versions() {
        let four = NfsVersion::Four(Some(1));
        assert_eq!(needed("2.6.32-754.el6.x86_64", four).len(), 1);
        assert_eq!(needed("3.2.0-4-amd64", four).len(), 1);
        assert_eq!(needed("3.10.0-1160.el7.x86_64", four).len(), 2);
        assert_eq!(needed("6.1.0-37-amd64", four), [["nfs"], ["nfsv4"]]);
    }
}
