//! One kernel's module tree, as it is on the child before the share is mounted.

use std::collections::BTreeMap;

use crate::guest::GuestError;
use crate::guest::facts::module_lists::{List, is_file_of};
use crate::guest::facts::{Kernel, Probe};
use crate::path::{GuestPath, escape};

/// Bytes of `modules.dep` and of a kernel's configuration that are read.
const LIST_MAX: u64 = 8 << 20;
const CONFIG_MAX: u64 = 1 << 20;
/// Files of a closure that are looked for; the kernel's largest have a few dozen.
const CLOSURE: usize = 128;

/// A module tree that is looked at step by step, each thing once.
pub(super) struct Tree<'k> {
    kernel: &'k Kernel,
    path: &'k GuestPath,
    folders: BTreeMap<Vec<u8>, Vec<Vec<u8>>>,
    built_in: Option<Option<List>>,
    dep: Option<Option<List>>,
    config: Option<Option<(GuestPath, Vec<u8>)>>,
}

/// State of one module in a kernel and its tree.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum State {
    BuiltIn,
    /// Its file is there, and all that it needs.
    There,
    /// `modules.dep` names this file, which is not there.
    Gone(String),
    /// Its file is there, and this one that it needs is not.
    Dangling(String),
    /// Neither list has it.
    Lacking,
    /// A list is missing, so nothing tells.
    Unknown,
}

impl State {
    pub(super) fn is_there(&self) -> bool {
        matches!(self, Self::BuiltIn | Self::There)
    }
}

impl<'k> Tree<'k> {
    pub(super) fn new(kernel: &'k Kernel, path: &'k GuestPath) -> Self {
        Self {
            kernel,
            path,
            folders: BTreeMap::new(),
            built_in: None,
            dep: None,
            config: None,
        }
    }

    /// The names in a folder of the tree; none where it is not there.
    pub(super) fn names(
        &mut self,
        probe: &mut Probe<'_>,
        folder: &[u8],
    ) -> Result<&[Vec<u8>], GuestError> {
        if !self.folders.contains_key(folder) {
            let names = match self.below(folder) {
                Some(path) => probe.names(&path)?,
                None => Vec::new(),
            };
            self.folders.insert(folder.to_vec(), names);
        }
        Ok(&self.folders[folder])
    }

    /// True where a folder of the tree holds the file of a module.
    pub(super) fn holds(
        &mut self,
        probe: &mut Probe<'_>,
        folder: &str,
        module: &str,
    ) -> Result<bool, GuestError> {
        let mut names = self.names(probe, folder.as_bytes())?.iter();
        Ok(names.any(|name| is_file_of(name, module)))
    }

    /// The state of a module, as the tree's two lists have it and its files bear out.
    pub(super) fn state(
        &mut self,
        probe: &mut Probe<'_>,
        module: &str,
    ) -> Result<State, GuestError> {
        self.read_lists(probe)?;
        let (Some(built_in), Some(dep)) = (&self.built_in, &self.dep) else {
            return Ok(State::Unknown);
        };
        if built_in.as_ref().is_some_and(|list| list.has(module)) {
            return Ok(State::BuiltIn);
        }
        let Some(line) = dep.as_ref().and_then(|list| list.line(module)) else {
            return Ok(match built_in.is_some() && dep.is_some() {
                true => State::Lacking,
                false => State::Unknown,
            });
        };
        let file = line.file.to_vec();
        let needs: Vec<_> = line
            .needs
            .iter()
            .take(CLOSURE)
            .map(|p| p.to_vec())
            .collect();
        if !self.has_file(probe, &file)? {
            return Ok(State::Gone(escape(&file)));
        }
        for needed in needs {
            if !self.has_file(probe, &needed)? {
                return Ok(State::Dangling(escape(&needed)));
            }
        }
        Ok(State::There)
    }

    /// The kernel's configuration, where a distribution keeps it.
    pub(super) fn config(
        &mut self,
        probe: &mut Probe<'_>,
    ) -> Result<Option<&(GuestPath, Vec<u8>)>, GuestError> {
        if self.config.is_none() {
            let in_boot = format!("/boot/config-{}", self.kernel.version).parse().ok();
            let mut found = None;
            for path in in_boot.into_iter().chain(self.below(b"config")) {
                if let Some((path, _)) = probe.file_at(&path)?
                    && let Some(content) = probe.content_at(&path, CONFIG_MAX)?
                {
                    found = Some((path, content));
                    break;
                }
            }
            self.config = Some(found);
        }
        Ok(self.config.as_ref().and_then(Option::as_ref))
    }

    /// The configuration's place, where it has this line.
    pub(super) fn config_says(
        &mut self,
        probe: &mut Probe<'_>,
        line: &str,
    ) -> Result<Option<GuestPath>, GuestError> {
        let found = self.config(probe)?;
        Ok(found
            .filter(|(_, config)| {
                let mut lines = config.split(|byte| *byte == b'\n');
                lines.any(|found| found.trim_ascii() == line.as_bytes())
            })
            .map(|(path, _)| path.clone()))
    }

    fn read_lists(&mut self, probe: &mut Probe<'_>) -> Result<(), GuestError> {
        for name in ["modules.builtin", "modules.dep"] {
            let known = match name {
                "modules.dep" => self.dep.is_some(),
                _ => self.built_in.is_some(),
            };
            if known {
                continue;
            }
            let content = match self.below(name.as_bytes()) {
                Some(path) => probe.content_at(&path, LIST_MAX)?,
                None => None,
            };
            let list = Some(content.map(List::new));
            match name {
                "modules.dep" => self.dep = list,
                _ => self.built_in = list,
            }
        }
        Ok(())
    }

    fn has_file(&mut self, probe: &mut Probe<'_>, path: &[u8]) -> Result<bool, GuestError> {
        if path.starts_with(b"/") {
            let Ok(path) = GuestPath::new(path) else {
                return Ok(false);
            };
            return Ok(probe.resolve_at(&path)?.is_some_and(|at| at.exists()));
        }
        let split = path.iter().rposition(|byte| *byte == b'/');
        let (folder, name) = match split {
            Some(at) => (&path[..at], &path[at + 1..]),
            None => (&b""[..], path),
        };
        Ok(self.names(probe, folder)?.iter().any(|found| found == name))
    }

    fn below(&self, path: &[u8]) -> Option<GuestPath> {
        match path {
            b"" => Some(self.path.clone()),
            _ => GuestPath::new([self.path.as_bytes(), b"/", path].concat()).ok(),
        }
    }
}
