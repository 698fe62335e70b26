//! Record of what was done, as a receipt keeps it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::form::{self, Form};
use crate::path::GuestPath;

/// A link that was made, and where what it replaced went.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DoneLink {
    /// Real place of the link.
    pub at: GuestPath,
    /// Target of the link.
    pub target: GuestPath,
    /// New place of the directory that was there; `None` where nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub displaced_to: Option<GuestPath>,
    /// New place of the empty directory that was at `displaced_to`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_aside: Option<GuestPath>,
    /// Codes of what is not as it was made, which a later run has told and cannot fix.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<String>,
}

/// A component that fstab mounts over a directory.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct DoneMount {
    /// Real place of the directory.
    pub at: GuestPath,
    /// The component, below the mount point.
    pub from: GuestPath,
    /// Form: a bind mount or an overlay.
    pub form: Form,
}

impl DoneMount {
    /// A component `from`, over the directory `at`.
    pub fn new(at: GuestPath, from: GuestPath, form: Form) -> Self {
        Self { at, from, form }
    }

    /// The directories of its overlay, outermost first; none for another form.
    pub fn directories(&self) -> Vec<GuestPath> {
        match self.form {
            Form::Overlay => form::overlay_directories(&self.at).unwrap_or_default(),
            Form::Link | Form::Mount => Vec::new(),
        }
    }

    /// Folder of its overlay; none for another form.
    pub fn overlay(&self) -> Option<GuestPath> {
        match self.form {
            Form::Overlay => form::overlay_folder(&self.at).ok(),
            Form::Link | Form::Mount => None,
        }
    }
}

/// All that was done for links.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Done {
    /// Directories made, in that order.
    #[serde(default)]
    pub directories: Vec<GuestPath>,
    /// Links made, in that order.
    #[serde(default)]
    pub links: Vec<DoneLink>,
    /// Components that are mounted over directories.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mounts: Vec<DoneMount>,
}

impl Done {
    /// True if nothing was done.
    pub fn is_empty(&self) -> bool {
        self.directories.is_empty() && self.links.is_empty() && self.mounts.is_empty()
    }

    /// Form in which a place has its component; none where it has none.
    pub fn form_at(&self, at: &GuestPath) -> Option<Form> {
        let mut mounts = self.mounts.iter();
        match mounts.find(|mount| mount.at == *at) {
            Some(mount) => Some(mount.form),
            None => self.link(at).map(|_| Form::Link),
        }
    }

    /// This on top of what an earlier run did: one record that undoes both.
    pub fn after(self, earlier: &Self) -> Self {
        let mut merged = earlier.clone();
        merged.mounts = self.mounts;
        for directory in self.directories {
            if !merged.directories.contains(&directory) {
                merged.directories.push(directory);
            }
        }
        for link in self.links {
            match merged.links.iter_mut().find(|known| known.at == link.at) {
                Some(known) => {
                    known.target = link.target;
                    known.told = link.told;
                    if link.displaced_to.is_some() {
                        known.displaced_to = link.displaced_to;
                        known.set_aside = link.set_aside;
                    }
                }
                None => merged.links.push(link),
            }
        }
        merged
    }

    /// Every path that exists because of this.
    pub(super) fn owned(&self) -> BTreeSet<&GuestPath> {
        let links = self.links.iter().flat_map(|link| {
            let moved = [&link.displaced_to, &link.set_aside].into_iter().flatten();
            moved.chain([&link.at])
        });
        self.directories.iter().chain(links).collect()
    }

    /// The link that a path belongs to: its own place, or that of what it displaced.
    pub fn link_of(&self, path: &GuestPath) -> Option<&DoneLink> {
        self.links
            .iter()
            .find(|link| link.paths().any(|own| own == path))
    }

    pub(super) fn link(&self, at: &GuestPath) -> Option<&DoneLink> {
        self.links.iter().find(|link| link.at == *at)
    }
}

impl DoneLink {
    /// Its place, and those of what it displaced.
    pub fn paths(&self) -> impl Iterator<Item = &GuestPath> {
        let moved = [&self.displaced_to, &self.set_aside].into_iter().flatten();
        std::iter::once(&self.at).chain(moved)
    }
}
