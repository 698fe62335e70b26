//! The way back: from a record to actions.

use std::collections::BTreeSet;
use std::fmt;

use super::form::{UPPER, WORK};
use super::observation::{Found, Look, Looks, Observation};
use super::record::{Done, DoneLink};
use super::reserved::PARKED;
use crate::edit::Edit;
use crate::path::GuestPath;

/// Directories that overlayfs makes in its work directory (Linux, fs/overlayfs/super.c).
const OF_OVERLAYFS: [&str; 2] = ["work", "index"];

/// Actions that take a graft back as far as the guest allows.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Undo {
    /// The steps, in order.
    pub edits: Vec<Edit>,
    /// Places that are not as they were made, and so are left.
    pub kept: Vec<Kept>,
}

/// Something that the guest changed since.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Kept {
    /// Bytes.
    pub path: GuestPath,
    /// In which way.
    pub why: Reason,
}

/// In which way something is not as it was made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// The link is not there any more.
    LinkGone,
    /// The link stays, since the directory that it displaced cannot be moved back.
    LinkNeeded,
    /// Something else is where the link was, or the link says something else.
    LinkReplaced,
    /// The displaced directory is not there any more.
    LocalGone,
    /// Something that is no directory is where the displaced one was.
    LocalReplaced,
    /// The place to move it back to is taken, or its parent is gone.
    NoWayBack,
    /// The place to move it back to is on another file system now.
    OtherFileSystem,
    /// Something was put into a directory that was made.
    NotEmpty,
    /// A directory that was made is something else now.
    DirectoryReplaced,
}

impl Reason {
    /// A stable name for scripts and reports.
    pub fn code(self) -> &'static str {
        match self {
            Self::LinkGone => "link-gone",
            Self::LinkNeeded => "link-needed",
            Self::LinkReplaced => "link-replaced",
            Self::LocalGone => "local-gone",
            Self::LocalReplaced => "local-replaced",
            Self::NoWayBack => "no-way-back",
            Self::OtherFileSystem => "other-file-system",
            Self::NotEmpty => "not-empty",
            Self::DirectoryReplaced => "directory-replaced",
        }
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        match self.why {
            Reason::LinkGone => write!(f, "{path}: the guest removed this link"),
            Reason::LinkNeeded => write!(
                f,
                "{path}: this link stays, since it leads to the guest's own directory"
            ),
            Reason::LinkReplaced => write!(f, "{path}: the guest replaced this link; kept"),
            Reason::LocalGone => {
                write!(
                    f,
                    "{path}: the guest removed this directory, or moved it away"
                )
            }
            Reason::LocalReplaced => write!(f, "{path}: the guest replaced this directory; kept"),
            Reason::NoWayBack => write!(f, "{path}: its old place is taken or gone; kept"),
            Reason::OtherFileSystem => {
                write!(
                    f,
                    "{path}: its old place is on another file system, to which nothing can be \
                     renamed; kept: copy it there in the guest"
                )
            }
            Reason::NotEmpty => write!(f, "{path}: the guest put something into it; kept"),
            Reason::DirectoryReplaced => write!(f, "{path}: no directory any more; kept"),
        }
    }
}

impl Done {
    /// The steps that take all of it back, in a guest where nothing changed since.
    pub fn reversed(&self) -> Vec<Edit> {
        let links = self.links.iter().rev().flat_map(back);
        let directories = self.directories.iter().rev();
        let directories = directories.map(|path| Edit::Remove { path: path.clone() });
        links.chain(directories).collect()
    }

    /// Every path that [`undo`](Self::undo) has to know about.
    pub fn looks(&self) -> Vec<Look> {
        let mut looks = Looks::default();
        for link in &self.links {
            looks.add_with_parents(&link.at, false);
            for path in [&link.displaced_to, &link.set_aside].into_iter().flatten() {
                looks.add_with_parents(path, false);
            }
        }
        for directory in &self.directories {
            looks.add(directory, true);
        }
        for path in self.overlays().flatten() {
            looks.add(&path, true);
        }
        looks.into_vec()
    }

    /// The places of each overlay whose folder was made: what overlayfs made in its work directory,
    /// that directory, and what the guest wrote.
    fn overlays(&self) -> impl Iterator<Item = Vec<GuestPath>> {
        self.mounts.iter().filter_map(|mount| {
            let folder = mount.overlay()?;
            let work = folder.join(WORK).ok()?;
            let mut places: Vec<_> = OF_OVERLAYFS
                .iter()
                .filter_map(|name| work.join(name).ok())
                .collect();
            places.extend([work, folder.join(UPPER).ok()?]);
            Some(places)
        })
    }

    /// The steps that take back what is still as it was made; the rest is kept and told. A record
    /// comes out of the guest, so nothing is taken from it that the observation does not bear out.
    pub fn undo(&self, observation: &Observation) -> Undo {
        let mut way = Way {
            observation,
            undo: Undo::default(),
            gone: BTreeSet::new(),
            back: BTreeSet::new(),
        };
        for link in self.links.iter().rev() {
            way.link(link);
        }
        for path in self.overlays().flatten() {
            let name = path.file_name().unwrap_or_default();
            let is_own = OF_OVERLAYFS.iter().any(|own| own.as_bytes() == name);
            let is_within = |made: &GuestPath| path.parent().as_ref() == Some(made);
            if is_own && self.directories.iter().any(is_within) {
                way.left_by_overlayfs(&path);
            }
        }
        for directory in self.directories.iter().rev() {
            way.directory(directory);
        }
        way.undo
    }
}

fn back(link: &DoneLink) -> Vec<Edit> {
    let mut edits = vec![remove(link)];
    if let Some(from) = link.displaced_to.clone() {
        let to = link.at.clone();
        edits.push(Edit::Rename { from, to });
    }
    if let (Some(from), Some(to)) = (link.set_aside.clone(), link.displaced_to.clone()) {
        edits.push(Edit::Rename { from, to });
    }
    edits
}

fn remove(link: &DoneLink) -> Edit {
    Edit::Remove {
        path: link.at.clone(),
    }
}

struct Way<'a> {
    observation: &'a Observation,
    undo: Undo,
    /// Paths that the actions so far take away.
    gone: BTreeSet<GuestPath>,
    /// Paths that they bring back.
    back: BTreeSet<GuestPath>,
}

impl Way<'_> {
    fn link(&mut self, link: &DoneLink) {
        if let Some(local) = &link.displaced_to
            && self.is_needed(link, local)
        {
            self.keep(&link.at, Reason::LinkNeeded);
            self.keep(local, Reason::OtherFileSystem);
            return;
        }
        let found = self.observation.at(&link.at);
        if found.is_link_to(&link.target) && !self.gone.contains(&link.at) {
            self.undo.edits.push(remove(link));
            self.gone.insert(link.at.clone());
        } else if self.is_free(&link.at) {
            self.keep(&link.at, Reason::LinkGone);
        } else {
            self.keep(&link.at, Reason::LinkReplaced);
        }
        let Some(local) = &link.displaced_to else {
            return;
        };
        self.restore(local, &link.at);
        if let Some(aside) = &link.set_aside {
            self.restore(aside, local);
        }
    }

    /// True for a link that leads to a directory that cannot be renamed to its place. Without the share
    /// it shows that directory, and without the link the guest would have none.
    fn is_needed(&self, link: &DoneLink, local: &GuestPath) -> bool {
        self.observation.at(&link.at).is_link_to(&link.target)
            && !local.file_name().unwrap_or_default().ends_with(PARKED)
            && self.observation.at(local).is_directory()
            && self.is_elsewhere(local, &link.at)
    }

    fn is_elsewhere(&self, from: &GuestPath, to: &GuestPath) -> bool {
        let filesystem = |path| self.observation.filesystem_above(path);
        filesystem(from) != filesystem(to) || self.observation.is_mount_point(from)
    }

    /// Moves a directory back to where it was, if it is there and its old place is free.
    fn restore(&mut self, from: &GuestPath, to: &GuestPath) {
        let why = match self.observation.at(from) {
            _ if self.gone.contains(from) => Some(Reason::LocalGone),
            Found::Missing => Some(Reason::LocalGone),
            Found::Directory { .. } => self.no_way(from, to),
            _ => Some(Reason::LocalReplaced),
        };
        if let Some(why) = why {
            self.keep(from, why);
            return;
        }
        self.undo.edits.push(Edit::Rename {
            from: from.clone(),
            to: to.clone(),
        });
        self.gone.insert(from.clone());
        self.back.insert(to.clone());
    }

    fn no_way(&self, from: &GuestPath, to: &GuestPath) -> Option<Reason> {
        let parent = to.parent()?;
        if !self.is_free(to) || !self.observation.at(&parent).is_directory() {
            return Some(Reason::NoWayBack);
        }
        self.is_elsewhere(from, to)
            .then_some(Reason::OtherFileSystem)
    }

    fn is_free(&self, path: &GuestPath) -> bool {
        !self.back.contains(path)
            && (self.gone.contains(path) || self.observation.at(path).is_missing())
    }

    /// Removes an empty directory that overlayfs made for itself.
    fn left_by_overlayfs(&mut self, path: &GuestPath) {
        if let Found::Directory { names, .. } = self.observation.at(path)
            && names.is_empty()
        {
            self.undo.edits.push(Edit::Remove { path: path.clone() });
            self.gone.insert(path.clone());
        }
    }

    fn directory(&mut self, path: &GuestPath) {
        match self.observation.at(path) {
            _ if self.gone.contains(path) => {}
            Found::Missing => {}
            Found::Directory { names, .. } => {
                let leaves =
                    |name: &Vec<u8>| path.join(name).is_ok_and(|path| self.gone.contains(&path));
                let refilled = self.back.iter().any(|back| back.starts_with(path));
                if refilled || !names.iter().all(leaves) {
                    self.keep(path, Reason::NotEmpty);
                    return;
                }
                self.undo.edits.push(Edit::Remove { path: path.clone() });
                self.gone.insert(path.clone());
            }
            _ => self.keep(path, Reason::DirectoryReplaced),
        }
    }

    fn keep(&mut self, path: &GuestPath, why: Reason) {
        self.undo.kept.push(Kept {
            path: path.clone(),
            why,
        });
    }
}
