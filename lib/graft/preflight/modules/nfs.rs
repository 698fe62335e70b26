//! The NFS client of one kernel, as far as the mount needs it.

use super::tree::{State, Tree};
use crate::graft::preflight::nfs_version::NfsVersion;
use crate::guest::GuestError;
use crate::guest::facts::Probe;
use crate::path::GuestPath;

/// Place of the client's modules in a tree.
const FOLDER: &str = "kernel/fs/nfs";
/// Folders below it that only a kernel with NFS 4.1 has: each is a layout of pNFS.
const LAYOUTS: [&[u8]; 3] = [b"filelayout", b"flexfilelayout", b"blocklayout"];
/// Modules that the client needs where they are modules, and the folders of their files. Where one is
/// not there, `modules.dep` says whether it is needed.
const USUAL: [(&str, &str); 5] = [
    ("kernel/net/sunrpc", "sunrpc"),
    ("kernel/fs/lockd", "lockd"),
    ("kernel/fs/nfs_common", "grace"),
    ("kernel/fs/netfs", "netfs"),
    ("kernel/net/dns_resolver", "dns_resolver"),
];
/// Since Linux 6.8 it is part of netfs.
const BEFORE_6_8: (&str, &str) = ("kernel/fs/fscache", "fscache");

/// State of the client.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Nfs {
    Module,
    BuiltIn,
    /// This module is neither there nor built in.
    Lacks(&'static str),
    /// The file of this module is not there, though `modules.dep` has it.
    Gone(&'static str, String),
    /// A file that this module needs is not there.
    Dangling(&'static str, String),
    /// Nothing tells.
    Unknown,
}

impl Nfs {
    pub(super) fn is_there(&self) -> bool {
        matches!(self, Self::Module | Self::BuiltIn)
    }
}

/// Reads whether a kernel speaks this version of NFS. The folders of the modules tell what is usual;
/// else the kernel's own lists do.
pub(super) fn read(
    probe: &mut Probe<'_>,
    tree: &mut Tree<'_>,
    kernel: &str,
    version: NfsVersion,
) -> Result<Nfs, GuestError> {
    let needed = needed(kernel, version);
    let mut is_in_folder = true;
    for names in &needed {
        let mut holds = false;
        for name in names {
            holds = holds || tree.holds(probe, FOLDER, name)?;
        }
        is_in_folder &= holds;
    }
    if is_in_folder && has_usual(probe, tree, kernel)? {
        return Ok(Nfs::Module);
    }
    let mut all_built_in = true;
    let mut worst = (State::BuiltIn, needed[0][0]);
    for names in &needed {
        let mut best = None;
        for name in names {
            let state = tree.state(probe, name)?;
            if best
                .as_ref()
                .is_none_or(|(known, _)| rank(&state) < rank(known))
            {
                best = Some((state, *name));
            }
        }
        let Some((state, name)) = best else { continue };
        all_built_in &= state == State::BuiltIn;
        if rank(&state) > rank(&worst.0) {
            worst = (state, name);
        }
    }
    let (state, name) = worst;
    Ok(match state {
        State::BuiltIn | State::There if all_built_in => Nfs::BuiltIn,
        State::BuiltIn | State::There => Nfs::Module,
        State::Gone(file) => Nfs::Gone(name, file),
        State::Dangling(file) => Nfs::Dangling(name, file),
        State::Lacking | State::Unknown if is_in_folder => Nfs::Module,
        State::Lacking => Nfs::Lacks(name),
        // Without its lists, the kernel's configuration tells.
        State::Unknown if tree.config_says(probe, "CONFIG_NFS_FS=y")?.is_some() => Nfs::BuiltIn,
        State::Unknown => {
            for line in [
                "# CONFIG_NFS_FS is not set",
                "# CONFIG_NETWORK_FILESYSTEMS is not set",
            ] {
                if tree.config_says(probe, line)?.is_some() {
                    return Ok(Nfs::Lacks(name));
                }
            }
            Nfs::Unknown
        }
    })
}

/// Order of states, the best first.
fn rank(state: &State) -> u8 {
    match state {
        State::BuiltIn => 0,
        State::There => 1,
        State::Dangling(_) => 2,
        State::Gone(_) => 3,
        State::Unknown => 4,
        State::Lacking => 5,
    }
}

fn has_usual(probe: &mut Probe<'_>, tree: &mut Tree<'_>, kernel: &str) -> Result<bool, GuestError> {
    let older = (number(kernel) < (6, 8)).then_some(BEFORE_6_8);
    for (folder, module) in USUAL.into_iter().chain(older) {
        if !tree.holds(probe, folder, module)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The configuration and the line in it that says that a kernel was built without this minor version.
pub(super) fn unbuilt(
    probe: &mut Probe<'_>,
    tree: &mut Tree<'_>,
    version: NfsVersion,
) -> Result<Option<(GuestPath, &'static str)>, GuestError> {
    let lines = match version {
        NfsVersion::Four(Some(0)) => &["# CONFIG_NFS_V4_0 is not set"][..],
        NfsVersion::Four(Some(1)) => &["# CONFIG_NFS_V4_1 is not set"],
        NfsVersion::Four(Some(_)) => &[
            "# CONFIG_NFS_V4_2 is not set",
            "# CONFIG_NFS_V4_1 is not set",
        ],
        _ => return Ok(None),
    };
    if version == NfsVersion::Four(Some(1)) {
        let names = tree.names(probe, FOLDER.as_bytes())?;
        if names.iter().any(|name| LAYOUTS.contains(&&name[..])) {
            return Ok(None);
        }
    }
    for line in lines {
        if let Some(config) = tree.config_says(probe, line)? {
            return Ok(Some((config, line)));
        }
    }
    Ok(None)
}

/// Modules that are needed, each as the names that would do.
fn needed(kernel: &str, version: NfsVersion) -> Vec<Vec<&'static str>> {
    let mut needed = vec![vec!["nfs"]];
    match version.module() {
        // Before Linux 3.6 one module spoke all versions.
        _ if number(kernel) < (3, 6) => {}
        Some(module) => needed.push(vec![module]),
        None => needed.push(vec!["nfsv4", "nfsv3"]),
    }
    needed
}

/// The modules of which one speaks the version of NFS that is asked for.
pub(super) fn protocol(kernel: &str, version: NfsVersion) -> Vec<&'static str> {
    needed(kernel, version).pop().unwrap_or_default()
}

/// The first two numbers of a kernel's version.
fn number(kernel: &str) -> (u32, u32) {
    let mut numbers = kernel.split(|c: char| !c.is_ascii_digit());
    let mut next = || numbers.next().and_then(|text| text.parse().ok());
    (next().unwrap_or(u32::MAX), next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_kernel_has_one_module_for_all_versions() {
        let four = NfsVersion::Four(Some(1));
        assert_eq!(needed("2.6.32-754.el6.x86_64", four).len(), 1);
        assert_eq!(needed("3.2.0-4-amd64", four).len(), 1);
        assert_eq!(needed("3.10.0-1160.el7.x86_64", four).len(), 2);
        assert_eq!(needed("6.1.0-37-amd64", four), [["nfs"], ["nfsv4"]]);
    }

    #[test]
    fn a_version_is_compared_by_its_numbers() {
        assert!(number("6.1.0-37-amd64") < (6, 8));
        assert!(number("6.12.48+deb13") > (6, 8));
        assert_eq!(number("5"), (5, 0));
        assert_eq!(number("x"), (u32::MAX, 0));
    }
}
