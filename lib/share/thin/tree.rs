//! The module trees of a guest: what goes, and the going.

use std::collections::BTreeSet;

use serde::Serialize;

use super::closure::{Closure, Reason, Wanted};
use super::error::ThinError;
use super::guards::{MARKER, MARKER_TEXT};
use super::index::{Index, MADE, source};
use super::lists::{Lists, Texts};
use super::wish::{FIREWALL, GuestNames, Transport, wanted};
use crate::guest::facts::Kernel;
use crate::guest::facts::module_lists::name;
use crate::guest::{Attributes, FileKind, Guest, GuestError, resolve};
use crate::path::GuestPath;

/// Bytes of a list that are read.
const LIST_MAX: u64 = 32 << 20;
/// Entries of one tree that are looked at.
const ENTRIES: usize = 200_000;
/// Folders in folders.
const DEPTH: usize = 32;

/// Module files by their places below the tree, each with its content.
pub(in crate::share) type Carried = Vec<(Vec<u8>, Vec<u8>)>;

/// A module that stays in a thinned tree.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct KeptModule {
    /// Its name.
    pub name: String,
    /// The reason why it stays.
    pub why: String,
}

/// A thinned tree.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ThinnedTree {
    /// The kernel's version, escaped.
    pub kernel: String,
    /// The modules that stay, in the order of `modules.dep`.
    pub kept: Vec<KeptModule>,
    /// Module files that went.
    pub removed: u64,
    /// Their bytes; of a file with another name none.
    pub removed_bytes: u64,
}

/// The kernels' modules that are to stay.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked<'a> {
    pub(super) required: &'a [Transport],
    pub(super) used: &'a [Transport],
    pub(super) keep: &'a [String],
}

/// Changes that are to be made to one tree.
#[derive(Debug)]
pub(super) struct TreePlan {
    path: GuestPath,
    pub(super) tree: ThinnedTree,
    /// Module files that stay, below the tree.
    kept: Vec<Vec<u8>>,
    files: Vec<GuestPath>,
    /// Folders that may be empty afterwards, the deepest first.
    folders: Vec<GuestPath>,
    indexes: Vec<(GuestPath, Vec<u8>)>,
}

impl TreePlan {
    /// Decides what goes of one kernel's tree. `None` for a folder that holds no modules, as a removed
    /// kernel leaves one.
    pub(super) fn of(
        guest: &mut dyn Guest,
        kernel: &Kernel,
        names: &GuestNames,
        asked: &Asked<'_>,
    ) -> Result<Option<Self>, ThinError> {
        let Some(path) = &kernel.modules else {
            return Ok(None);
        };
        let mut found = Found::default();
        found.walk(guest, path, 0)?;
        if found.modules.is_empty() {
            return Ok(None);
        }
        let mut text = |name: &str| read(guest, path, name);
        let Some(dep) = text("modules.dep")? else {
            return Err(ThinError::NoDep(path.clone()));
        };
        let builtin = text("modules.builtin")?;
        let (softdep, alias) = (text("modules.softdep")?, text("modules.alias")?);
        let or_none = |text: &Option<Vec<u8>>| text.clone().unwrap_or_default();
        let lists = Lists::parse(Texts {
            dep: &dep,
            builtin: &or_none(&builtin),
            softdep: &or_none(&softdep),
            alias: &or_none(&alias),
        });
        if lists.is_empty() {
            return Err(ThinError::NoDep(path.clone()));
        }
        let closure = Closure::of(&lists, &all_wanted(&lists, names, asked));
        if let Some((module, reason)) = closure.missing.first() {
            return Err(ThinError::TransportMissing {
                kernel: kernel.version.clone(),
                module: module.clone(),
                reason: reason.to_string(),
            });
        }
        let mut plan = Self {
            path: path.clone(),
            tree: ThinnedTree {
                kernel: kernel.version.clone(),
                kept: closure
                    .kept()
                    .map(|kept| KeptModule {
                        name: kept.name.clone(),
                        why: kept.reason.to_string(),
                    })
                    .collect(),
                removed: 0,
                removed_bytes: 0,
            },
            kept: closure.files(&lists).map(<[u8]>::to_vec).collect(),
            files: Vec::new(),
            folders: Vec::new(),
            indexes: Vec::new(),
        };
        plan.take_files(path, found, &closure.files(&lists).collect());
        // busybox's own list, which it makes again from the modules.
        let own = join(path, b"modules.dep.bb")?;
        if is_file(guest, &own)? {
            plan.files.push(own);
        }
        let index = Index::new(&lists, &closure);
        for name in MADE {
            // A text is made from itself, a binary index from its text.
            let Some(text) = read(guest, path, source(name).unwrap_or(name))? else {
                continue;
            };
            let at = join(path, name.as_bytes())?;
            if source(name).is_some() && !is_file(guest, &at)? {
                continue;
            }
            let made = match source(name) {
                None => index.text(name, &text),
                Some(from) => index
                    .text(from, &text)
                    .and_then(|text| index.binary(name, &text)),
            };
            let made = made.ok_or_else(|| ThinError::Index(at.clone()))?;
            plan.indexes.push((at, made));
        }
        Ok(Some(plan))
    }

    /// Everything below `kernel/` that is a module and not kept goes.
    fn take_files(&mut self, path: &GuestPath, found: Found, kept: &BTreeSet<&[u8]>) {
        let prefix = path.as_bytes().len() + 1;
        for module in found.modules {
            let below = module.path.as_bytes().get(prefix..).unwrap_or_default();
            if !below.starts_with(b"kernel/") || kept.contains(below) {
                continue;
            }
            self.tree.removed += 1;
            self.tree.removed_bytes += module.bytes;
            self.files.push(module.path);
        }
        let folders = found.folders.into_iter().rev();
        let below = [path.as_bytes(), b"/kernel/"].concat();
        self.folders = folders
            .filter(|folder| folder.as_bytes().starts_with(&below))
            .collect();
    }

    /// The tree that stays, file by file: its path below the tree, and what it holds.
    pub(super) fn carried(self, guest: &mut dyn Guest, most: u64) -> Result<Carried, ThinError> {
        let mut carried = Vec::new();
        let mut left = most;
        for file in self.kept {
            let at = [self.path.as_bytes(), b"/", &file].concat();
            let at = GuestPath::new(at).map_err(|_| GuestError::TooLong(self.path.clone()))?;
            let found = resolve(guest, &at)?.path;
            let content = guest.read(&found, left)?;
            left -= content.len() as u64;
            carried.push((file, content));
        }
        let made: BTreeSet<&[u8]> = MADE.iter().map(|name| name.as_bytes()).collect();
        for entry in guest.read_dir(&self.path)? {
            let name = entry.name;
            if !name.starts_with(b"modules.") || made.contains(&name[..]) || name.ends_with(b".bb")
            {
                continue;
            }
            let at = join(&self.path, &name)?;
            if is_file(guest, &at)? {
                carried.push((name, guest.read(&at, left.min(LIST_MAX))?));
            }
        }
        for (at, content) in self.indexes {
            let name = at.file_name().unwrap_or_default().to_vec();
            carried.push((name, content));
        }
        Ok(carried)
    }

    /// Does it.
    pub(super) fn apply(&self, guest: &mut dyn Guest) -> Result<(), GuestError> {
        for (path, text) in &self.indexes {
            guest.write(path, text, Attributes::root(0o644))?;
        }
        for file in &self.files {
            guest.remove(file)?;
        }
        for folder in &self.folders {
            match guest.remove(folder) {
                Ok(()) | Err(GuestError::NotEmpty(_)) => {}
                Err(error) => return Err(error),
            }
        }
        if let Ok(marker) = self.path.join(MARKER) {
            let text = MARKER_TEXT.as_bytes();
            guest.write(&marker, text, Attributes::root(0o644))?;
        }
        Ok(())
    }
}

/// All that is wanted of one kernel.
fn all_wanted(lists: &Lists, names: &GuestNames, asked: &Asked<'_>) -> Vec<Wanted> {
    let mut all = wanted(asked.required, names, &[]);
    let mut optional = wanted(asked.used, &GuestNames::default(), asked.keep);
    for wish in &mut optional {
        wish.is_required = false;
    }
    all.extend(optional);
    if let Some(unit) = &names.firewall {
        let of_firewall = |file: &[u8]| FIREWALL.iter().any(|folder| file.starts_with(folder));
        let modules = lists.modules.iter().filter(|it| of_firewall(&it.file));
        all.extend(modules.map(|module| Wanted {
            name: module.name.clone(),
            reason: Reason::Named(unit.clone()),
            is_required: false,
        }));
    }
    all
}

/// True where a kernel of the guest has a module of this name.
pub(super) fn knows(
    guest: &mut dyn Guest,
    kernel: &Kernel,
    module: &str,
) -> Result<bool, GuestError> {
    let Some(path) = &kernel.modules else {
        return Ok(false);
    };
    let dep = read(guest, path, "modules.dep")?.unwrap_or_default();
    let builtin = read(guest, path, "modules.builtin")?.unwrap_or_default();
    let alias = read(guest, path, "modules.alias")?.unwrap_or_default();
    let lists = Lists::parse(Texts {
        dep: &dep,
        builtin: &builtin,
        alias: &alias,
        ..Texts::default()
    });
    let wish = Wanted {
        name: module.as_bytes().to_vec(),
        reason: Reason::Asked,
        is_required: true,
    };
    Ok(Closure::of(&lists, &[wish]).missing.is_empty())
}

#[derive(Debug)]
struct Module {
    path: GuestPath,
    bytes: u64,
}

/// Files and folders of a tree.
#[derive(Debug, Default)]
struct Found {
    modules: Vec<Module>,
    /// A folder comes before what is in it.
    folders: Vec<GuestPath>,
    seen: usize,
}

impl Found {
    fn walk(
        &mut self,
        guest: &mut dyn Guest,
        at: &GuestPath,
        depth: usize,
    ) -> Result<(), ThinError> {
        if depth > DEPTH {
            return Err(ThinError::TooMany(at.clone()));
        }
        let mut after: Option<Vec<u8>> = None;
        loop {
            let page = guest.entries(at, after.as_deref())?;
            for entry in &page.entries {
                self.seen += 1;
                if self.seen > ENTRIES {
                    return Err(ThinError::TooMany(at.clone()));
                }
                let path = join(at, &entry.name)?;
                match entry.metadata.kind {
                    FileKind::Directory => {
                        self.folders.push(path.clone());
                        self.walk(guest, &path, depth + 1)?;
                    }
                    FileKind::File | FileKind::Symlink if name(&entry.name).is_some() => {
                        let bytes = match (entry.metadata.kind, entry.metadata.links) {
                            (FileKind::File, 0 | 1) => entry.metadata.size,
                            _ => 0,
                        };
                        self.modules.push(Module { path, bytes });
                    }
                    _ => {}
                }
            }
            match page.entries.last() {
                Some(last) if !page.is_last => after = Some(last.name.clone()),
                _ => return Ok(()),
            }
        }
    }
}

fn join(folder: &GuestPath, name: &[u8]) -> Result<GuestPath, GuestError> {
    folder
        .join(name)
        .map_err(|_| GuestError::TooLong(folder.clone()))
}

fn is_file(guest: &mut dyn Guest, path: &GuestPath) -> Result<bool, GuestError> {
    match guest.lstat(path) {
        Ok(found) => Ok(found.kind == FileKind::File),
        Err(GuestError::NotFound(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// A file of the tree; `None` where there is none.
fn read(
    guest: &mut dyn Guest,
    tree: &GuestPath,
    name: &str,
) -> Result<Option<Vec<u8>>, GuestError> {
    let path = join(tree, name.as_bytes())?;
    match is_file(guest, &path)? {
        true => guest.read(&path, LIST_MAX).map(Some),
        false => Ok(None),
    }
}
