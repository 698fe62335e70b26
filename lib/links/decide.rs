//! From what is wanted and what is there to what is to be done.

use std::collections::BTreeSet;
use std::fmt;

use super::Links;
use super::error::LinksError;
use super::form::{Form, OVERLAYS};
use super::observation::{Found, Observation};
use super::record::{Done, DoneLink, DoneMount};
use super::site::{Physical, Site, on_the_way};
use crate::edit::Edit;
use crate::path::{GuestPath, escape};

/// Edits that are to be done, and links that are in place already.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Decision {
    /// The steps, in order; none when everything is in place.
    pub edits: Vec<Edit>,
    /// Links that are in place, by their real paths.
    pub unchanged: Vec<GuestPath>,
    /// Warnings about the result.
    pub warnings: Vec<Warning>,
    /// Record for the receipt once the actions are done. After an earlier graft, merge it
    /// with that one's ([`Done::after`]).
    pub done: Done,
}

/// Something that works otherwise than one may expect.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Warning {
    /// Nothing was at the link's place: while the share is away, it leads nowhere.
    NothingLocal {
        /// The link.
        at: GuestPath,
    },
    /// The directory lies on another file system than the mount point and is parked beside the
    /// link: while the share is away, the link leads nowhere.
    OtherFileSystem {
        /// The link.
        at: GuestPath,
        /// New place of the directory.
        parked: GuestPath,
    },
    /// Something was put below the mount point since: the mount hides it.
    Hidden {
        /// Bytes.
        path: GuestPath,
    },
    /// An earlier run made a link that is wanted no more.
    LeftOver {
        /// The link.
        at: GuestPath,
    },
}

impl Warning {
    /// A stable name for scripts and reports.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NothingLocal { .. } => "no-local-fallback-missing",
            Self::OtherFileSystem { .. } => "no-local-fallback-other-file-system",
            Self::Hidden { .. } => "mount-point-hides",
            Self::LeftOver { .. } => "link-left-over",
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingLocal { at } => write!(
                f,
                "{at} was missing or empty: while the share is away, nothing is there"
            ),
            Self::OtherFileSystem { at, parked } => write!(
                f,
                "{at} is on another file system than the mount point and is kept as {parked}: while the share is away, nothing is there"
            ),
            Self::Hidden { path } => write!(f, "{path} is hidden while the share is mounted"),
            Self::LeftOver { at } => write!(
                f,
                "{at} is a link of an earlier run that is wanted no more: osgraft revert removes it"
            ),
        }
    }
}

/// Decides what makes the guest have these links. `earlier` is what an earlier run did, from the
/// guest's receipt.
///
/// A link that says exactly what it should is left alone, receipt or not.
///
/// # Errors
/// [`LinksError`], when anything that is not ours stands in the way; nothing of the guest is ever
/// overwritten.
pub fn decide(
    links: &Links,
    physical: &Physical,
    observation: &Observation,
    earlier: Option<&Done>,
) -> Result<Decision, LinksError> {
    let nothing = Done::default();
    let mut plan = Plan {
        observation,
        mount_point: physical.mount_point(),
        earlier: earlier.unwrap_or(&nothing),
        decision: Decision::default(),
    };
    let sites = links.sites(physical)?;
    plan.mount_point(&sites)?;
    for site in &sites {
        match site.form {
            Form::Link => plan.site(site)?,
            Form::Mount | Form::Overlay => plan.mounted(site)?,
        }
    }
    for link in &plan.earlier.links {
        if !sites.iter().any(|site| site.at == link.at) {
            let at = link.at.clone();
            plan.decision.warnings.push(Warning::LeftOver { at });
        }
    }
    Ok(plan.decision)
}

struct Plan<'a> {
    observation: &'a Observation,
    mount_point: &'a GuestPath,
    earlier: &'a Done,
    decision: Decision,
}

impl Plan<'_> {
    fn mount_point(&mut self, sites: &[Site]) -> Result<(), LinksError> {
        self.reachable(self.mount_point)?;
        let found = self.observation.at(self.mount_point);
        if !found.is_missing() && !found.is_directory() {
            return Err(LinksError::MountPointNotADirectory {
                path: self.mount_point.clone(),
                kind: found.kind(),
            });
        }
        let in_place = |site: &Site| self.observation.at(&site.at).is_link_to(&site.target);
        let grafted = !self.earlier.is_empty() || sites.iter().any(in_place);
        for path in self.foreign(sites)? {
            if !grafted {
                return Err(LinksError::MountPointOccupied {
                    path: self.mount_point.clone(),
                    entry: path,
                });
            }
            self.decision.warnings.push(Warning::Hidden { path });
        }
        self.make_directories_above(self.mount_point);
        self.make_directory(self.mount_point);
        Ok(())
    }

    /// Names below the mount point that are neither ours nor on the way to a fallback.
    fn foreign(&self, sites: &[Site]) -> Result<Vec<GuestPath>, LinksError> {
        let owned = self.earlier.owned();
        let expected = |path: &GuestPath| {
            let mut linked = sites.iter().filter(|site| site.form == Form::Link);
            owned.iter().any(|ours| ours.starts_with(path))
                || linked.any(|site| site.fallback.starts_with(path))
        };
        let mut directories = BTreeSet::from([self.mount_point.clone()]);
        for site in sites {
            directories.extend(on_the_way(self.mount_point, &site.fallback));
        }
        let mut foreign = Vec::new();
        for directory in &directories {
            for name in self.observation.at(directory).names() {
                let path = directory.join(name)?;
                if !expected(&path) {
                    foreign.push(path);
                }
            }
        }
        Ok(foreign)
    }

    fn site(&mut self, site: &Site) -> Result<(), LinksError> {
        let at = || site.at.clone();
        self.reachable(&site.at)?;
        match self.observation.at(&site.at) {
            found if found.is_link_to(&site.target) => self.decision.unchanged.push(at()),
            Found::Symlink { target } => return Err(self.other_link(site, target)),
            found @ (Found::File | Found::Special) => {
                return Err(LinksError::NotADirectory {
                    at: at(),
                    kind: found.kind(),
                });
            }
            Found::Missing => {
                self.fallback_of_nothing(site)?;
                self.link(site, None, None);
            }
            Found::Directory { .. } if self.observation.is_mount_point(&site.at) => {
                return Err(LinksError::IsMountPoint { at: at() });
            }
            Found::Directory { .. } => {
                let filesystem = |path| self.observation.filesystem_above(path);
                if filesystem(&site.at) == filesystem(&site.fallback) {
                    self.displace(site)?;
                } else {
                    self.park(site)?;
                }
            }
        }
        Ok(())
    }

    /// A component that fstab mounts over a directory, which stays as it is.
    fn mounted(&mut self, site: &Site) -> Result<(), LinksError> {
        let at = || site.at.clone();
        self.reachable(&site.at)?;
        if !self.observation.at(&site.fallback).is_missing() {
            return Err(LinksError::SourceOnDisk {
                at: at(),
                path: site.fallback.clone(),
            });
        }
        match self.observation.at(&site.at) {
            Found::Symlink { target } => return Err(self.other_link(site, target)),
            found @ (Found::File | Found::Special) => {
                return Err(LinksError::NotADirectory {
                    at: at(),
                    kind: found.kind(),
                });
            }
            Found::Missing => {
                self.decision
                    .warnings
                    .push(Warning::NothingLocal { at: at() });
                self.make_directories_above(&site.at);
                self.make_directory(&site.at);
            }
            Found::Directory { .. } if self.observation.is_mount_point(&site.at) => {
                return Err(LinksError::IsMountPoint { at: at() });
            }
            Found::Directory { .. } => {}
        }
        for directory in site.mount_directories()? {
            self.reachable(&directory)?;
            let found = self.observation.at(&directory);
            if !found.is_missing() && !found.is_directory() {
                return Err(LinksError::Blocked {
                    path: directory.clone(),
                    blocked: directory.clone(),
                    kind: found.kind(),
                });
            }
            let above = self.observation.missing_above(&directory);
            for directory in above.into_iter().chain([directory]) {
                self.make_for_overlay(&directory)?;
            }
        }
        self.decision.done.mounts.push(DoneMount::new(
            site.at.clone(),
            site.target.clone(),
            site.form,
        ));
        Ok(())
    }

    fn other_link(&self, site: &Site, target: &[u8]) -> LinksError {
        let (at, target) = (site.at.clone(), escape(target));
        match self.earlier.link(&site.at) {
            Some(done) if self.observation.at(&site.at).is_link_to(&done.target) => {
                LinksError::OtherGraft {
                    at,
                    target,
                    wanted: site.target.clone(),
                }
            }
            _ => LinksError::ForeignSymlink { at, target },
        }
    }

    /// Nothing is at the link's place: what may already be at its target?
    fn fallback_of_nothing(&mut self, site: &Site) -> Result<(), LinksError> {
        self.fallback_reachable(site)?;
        let displaced = self
            .earlier
            .link(&site.at)
            .and_then(|done| done.displaced_to.as_ref());
        match self.observation.at(&site.fallback) {
            Found::Directory { .. } if displaced == Some(&site.fallback) => {}
            Found::Directory { names, .. } if !names.is_empty() => {
                return Err(self.occupied(site, &site.fallback));
            }
            Found::Missing | Found::Directory { .. } => {
                let at = site.at.clone();
                self.decision.warnings.push(Warning::NothingLocal { at });
            }
            _ => return Err(self.occupied(site, &site.fallback)),
        }
        Ok(())
    }

    fn displace(&mut self, site: &Site) -> Result<(), LinksError> {
        self.fallback_reachable(site)?;
        // An empty directory goes aside rather than away: its mode, owner and labels come back.
        let aside = match self.observation.at(&site.fallback) {
            Found::Missing => None,
            Found::Directory { names, .. }
                if names.is_empty() && !self.observation.is_mount_point(&site.fallback) =>
            {
                Some(self.free(site, &site.aside)?)
            }
            _ => return Err(self.occupied(site, &site.fallback)),
        };
        self.make_directories_above(&site.fallback);
        if let Some(aside) = &aside {
            self.rename(&site.fallback, aside);
        }
        self.rename(&site.at, &site.fallback);
        self.link(site, Some(site.fallback.clone()), aside);
        Ok(())
    }

    fn park(&mut self, site: &Site) -> Result<(), LinksError> {
        let parked = self.free(site, &site.parked)?;
        self.rename(&site.at, &parked);
        self.decision.warnings.push(Warning::OtherFileSystem {
            at: site.at.clone(),
            parked: parked.clone(),
        });
        self.link(site, Some(parked), None);
        Ok(())
    }

    fn link(&mut self, site: &Site, displaced_to: Option<GuestPath>, aside: Option<GuestPath>) {
        self.make_directories_above(&site.at);
        let (at, target) = (site.at.clone(), site.target.clone());
        self.decision.done.links.push(DoneLink {
            at: at.clone(),
            target: target.clone(),
            displaced_to,
            set_aside: aside,
            told: Vec::new(),
        });
        self.decision.edits.push(Edit::symlink(at, &target));
    }

    fn rename(&mut self, from: &GuestPath, to: &GuestPath) {
        let (from, to) = (from.clone(), to.clone());
        self.decision.edits.push(Edit::Rename { from, to });
    }

    fn make_directories_above(&mut self, path: &GuestPath) {
        for directory in self.observation.missing_above(path) {
            self.make_directory(&directory);
        }
    }

    fn make_directory(&mut self, path: &GuestPath) {
        let done = &mut self.decision.done.directories;
        if self.observation.at(path).is_missing() && !done.contains(path) {
            done.push(path.clone());
            self.decision.edits.push(Edit::make_directory(path.clone()));
        }
    }

    /// A directory of an overlay. The folder around them is the receipt's, which goes with that.
    fn make_for_overlay(&mut self, path: &GuestPath) -> Result<(), LinksError> {
        if path.starts_with(&GuestPath::new(OVERLAYS)?) {
            self.make_directory(path);
            return Ok(());
        }
        let edit = Edit::make_directory(path.clone());
        if self.observation.at(path).is_missing() && !self.decision.edits.contains(&edit) {
            self.decision.edits.push(edit);
        }
        Ok(())
    }

    fn reachable(&self, path: &GuestPath) -> Result<(), LinksError> {
        match self.observation.blocked(path) {
            None => Ok(()),
            Some(blocked) => Err(LinksError::Blocked {
                path: path.clone(),
                kind: self.observation.at(&blocked).kind(),
                blocked,
            }),
        }
    }

    fn fallback_reachable(&self, site: &Site) -> Result<(), LinksError> {
        match self.observation.blocked(&site.fallback) {
            None => Ok(()),
            Some(blocked) => Err(self.occupied(site, &blocked)),
        }
    }

    fn free(&self, site: &Site, path: &GuestPath) -> Result<GuestPath, LinksError> {
        match self.observation.at(path) {
            Found::Missing => Ok(path.clone()),
            _ => Err(LinksError::ParkedNameTaken {
                at: site.at.clone(),
                path: path.clone(),
            }),
        }
    }

    fn occupied(&self, site: &Site, path: &GuestPath) -> LinksError {
        LinksError::FallbackOccupied {
            at: site.at.clone(),
            path: path.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
