//! A guest that is thinned.

use serde::Serialize;

use super::error::ThinError;
use super::guards::{self, Site};
use super::names;
use super::tree::{self, Asked, Carried, ThinnedTree, TreePlan};
use super::wish::Transport;
use crate::graft::Finding;
use crate::guest::facts::{Kernel, THINNED};
use crate::guest::{Guest, GuestFacts};
use crate::path::GuestPath;

/// Modules that a thinned guest keeps beside those of every boot.
///
/// ```
/// use osgraft::guest::{Guest, MemoryGuest};
/// use osgraft::share::thin::{Thinning, Transport, thin_guest};
///
/// let tree = "/usr/lib/modules/6.1.0-37-amd64";
/// let mut guest = MemoryGuest::new()
///     .file("/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n")
///     .link("/lib", "usr/lib")
///     .file(&format!("{tree}/modules.dep"), "kernel/fs/nfs.ko: kernel/net/rpc.ko\nkernel/net/rpc.ko:\nkernel/x.ko:\n")
///     .file(&format!("{tree}/kernel/fs/nfs.ko"), "nfs")
///     .file(&format!("{tree}/kernel/net/rpc.ko"), "rpc")
///     .file(&format!("{tree}/kernel/x.ko"), "another");
/// let thinned = thin_guest(&mut guest, &Thinning::new(&[Transport::Nfs]))?;
/// assert_eq!((thinned.trees[0].removed, thinned.trees[0].removed_bytes), (1, 7));
/// assert!(guest.lstat(&format!("{tree}/kernel/x.ko").parse()?).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Thinning {
    required: Vec<Transport>,
    used: Vec<Transport>,
    keep: Vec<String>,
}

impl Thinning {
    /// Keeps what these transports need; a kernel that lacks it is refused.
    pub fn new(required: &[Transport]) -> Self {
        Self {
            required: required.to_vec(),
            ..Self::default()
        }
    }

    /// Keeps what these transports need as well, where a kernel has it.
    #[must_use]
    pub fn where_there(mut self, transports: &[Transport]) -> Self {
        self.used = transports.to_vec();
        self
    }

    /// Keeps these modules and what they need.
    #[must_use]
    pub fn keep(mut self, modules: Vec<String>) -> Self {
        self.keep = modules;
        self
    }
}

/// A guest that was thinned.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Thinned {
    /// Its module trees.
    pub trees: Vec<ThinnedTree>,
    /// Files that guard it.
    pub guards: Vec<GuestPath>,
    /// Things to know.
    pub warnings: Vec<Finding>,
}

impl Thinned {
    /// The module files that went.
    pub fn removed(&self) -> u64 {
        self.trees.iter().map(|tree| tree.removed).sum()
    }
}

/// The record in the guest that it is thin.
#[derive(Serialize)]
struct Record<'a> {
    /// Tells the record from a file of the guest's own.
    about: &'static str,
    schema: u32,
    transports: Vec<&'static str>,
    trees: Vec<RecordedTree<'a>>,
}

#[derive(Serialize)]
struct RecordedTree<'a> {
    kernel: &'a str,
    kept: Vec<&'a str>,
    removed: u64,
    removed_bytes: u64,
}

/// Thins a guest's module trees, and puts the guards in. The same guest, the same bytes.
///
/// # Errors
/// [`ThinError`]; the guest may then be changed in part, so it must be one that can be thrown away.
pub fn thin_guest(guest: &mut dyn Guest, thinning: &Thinning) -> Result<Thinned, ThinError> {
    let facts = GuestFacts::gather(guest)?;
    let names = names::read(guest)?;
    for module in &thinning.keep {
        let mut is_known = false;
        for kernel in &facts.kernels {
            is_known = is_known || tree::knows(guest, kernel, module)?;
        }
        if !is_known {
            return Err(ThinError::ModuleUnknown(crate::path::printable(module)));
        }
    }
    let asked = Asked {
        required: &thinning.required,
        used: &thinning.used,
        keep: &thinning.keep,
    };
    let mut plans = Vec::new();
    for kernel in &facts.kernels {
        plans.extend(TreePlan::of(guest, kernel, &names, &asked)?);
    }
    if plans.is_empty() {
        return Err(ThinError::NoModules);
    }
    for plan in &plans {
        plan.apply(guest)?;
    }
    let site = Site::look(guest, facts.init)?;
    let (mut guards, mut warnings) = guards::write(guest, &site)?;
    let trees: Vec<ThinnedTree> = plans.into_iter().map(|plan| plan.tree).collect();
    let record = record(&trees, thinning);
    match guards::put(guest, THINNED, record.as_bytes(), 0o644)? {
        Ok(path) => guards.push(path),
        Err(finding) => warnings.push(finding),
    }
    Ok(Thinned {
        trees,
        guards,
        warnings,
    })
}

/// Most bytes of a kernel's modules that a boot carries.
const CARRIED: u64 = 256 << 20;

/// The modules of a kernel that a boot needs before the share is mounted, whichever way that comes, and
/// their indexes: paths below the tree, and what the files hold. `None` for a kernel without a tree.
///
/// # Errors
/// [`ThinError`].
pub(in crate::share) fn carried(
    guest: &mut dyn Guest,
    kernel: &Kernel,
) -> Result<Option<Carried>, ThinError> {
    let names = names::read(guest)?;
    let asked = Asked {
        used: &Transport::ALL,
        ..Asked::default()
    };
    match TreePlan::of(guest, kernel, &names, &asked)? {
        Some(plan) => plan.carried(guest, CARRIED).map(Some),
        None => Ok(None),
    }
}

fn record(trees: &[ThinnedTree], thinning: &Thinning) -> String {
    let transports = thinning.required.iter().chain(&thinning.used);
    let mut transports: Vec<_> = transports.map(|it| it.as_str()).collect();
    transports.sort_unstable();
    transports.dedup();
    let record = Record {
        about: "Made by osgraft: the kernels' trees hold a part of their modules.",
        schema: 1,
        transports,
        trees: trees
            .iter()
            .map(|tree| RecordedTree {
                kernel: &tree.kernel,
                kept: tree.kept.iter().map(|kept| kept.name.as_str()).collect(),
                removed: tree.removed,
                removed_bytes: tree.removed_bytes,
            })
            .collect(),
    };
    // Plain numbers and texts: nothing of it fails.
    let mut text = serde_json::to_string(&record).unwrap_or_default();
    text.push('\n');
    text
}
