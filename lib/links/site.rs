//! The real places of one guest that a set of links is about.

use super::Links;
use super::error::LinksError;
use super::form::{Form, overlay_directories};
use super::link::Link;
use super::observation::{Look, Looks, above};
use super::reserved::{self, PARKED};
use crate::path::{GuestPath, PathError};

/// Real places of the mount point and the links in one guest; made by [`Links::locate`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Physical {
    mount_point: GuestPath,
    ats: Vec<GuestPath>,
}

impl Physical {
    /// The mount point's real place.
    pub fn mount_point(&self) -> &GuestPath {
        &self.mount_point
    }

    /// The links' real places, in the order of the links.
    pub fn ats(&self) -> impl Iterator<Item = &GuestPath> {
        self.ats.iter()
    }
}

/// One link's places.
#[derive(Clone, Debug)]
pub(super) struct Site {
    /// Place of the link.
    pub(super) at: GuestPath,
    /// Target of the link.
    pub(super) target: GuestPath,
    /// Real place of its target: the place for what is displaced.
    pub(super) fallback: GuestPath,
    /// Beside the link, for what cannot be displaced.
    pub(super) parked: GuestPath,
    /// Beside the fallback, for an empty directory found there.
    pub(super) aside: GuestPath,
    pub(super) form: Form,
}

impl Site {
    /// The directories that its mount needs besides its place, outermost first.
    pub(super) fn mount_directories(&self) -> Result<Vec<GuestPath>, PathError> {
        match self.form {
            Form::Overlay => overlay_directories(&self.at),
            Form::Link | Form::Mount => Ok(Vec::new()),
        }
    }
}

impl Links {
    /// Finds the real places. `resolve` answers, for a path, the same place with every link on
    /// the way resolved inside the guest, but not a link at the place itself; names of which
    /// nothing exists yet stay as they are.
    ///
    /// # Errors
    /// Those of `resolve`.
    pub fn locate<E>(
        &self,
        mut resolve: impl FnMut(&GuestPath) -> Result<GuestPath, E>,
    ) -> Result<Physical, E> {
        Ok(Physical {
            mount_point: resolve(&self.mount_point)?,
            ats: self
                .iter()
                .map(|link| resolve(link.at()))
                .collect::<Result<_, E>>()?,
        })
    }

    /// The components that are mounted over a directory, with the directories' real places.
    pub fn mounted<'a>(
        &'a self,
        physical: &'a Physical,
    ) -> impl Iterator<Item = (&'a Link, &'a GuestPath)> {
        let places = self.iter().zip(physical.ats());
        places.filter(|(link, _)| link.form().is_mounted())
    }

    /// Every path that [`decide`](super::decide) has to know about.
    ///
    /// # Errors
    /// [`LinksError`], when links turn out to be at one place, or in a reserved one, only now
    /// that they are resolved.
    pub fn looks(&self, physical: &Physical) -> Result<Vec<Look>, LinksError> {
        let mut looks = Looks::default();
        looks.add_with_parents(&physical.mount_point, true);
        for site in self.sites(physical)? {
            looks.add_with_parents(&site.at, false);
            looks.add(&site.parked, false);
            looks.add(&site.fallback, true);
            looks.add(&site.aside, false);
            for directory in site.mount_directories()? {
                looks.add_with_parents(&directory, false);
            }
            for directory in on_the_way(&physical.mount_point, &site.fallback) {
                looks.add(&directory, true);
            }
        }
        Ok(looks.into_vec())
    }

    pub(super) fn sites(&self, physical: &Physical) -> Result<Vec<Site>, LinksError> {
        let ats: Vec<&GuestPath> = physical.ats.iter().collect();
        reserved::check(&physical.mount_point, &ats)?;
        let sites = self.iter().zip(ats).map(|(link, at)| {
            let fallback = link.to().below(&physical.mount_point)?;
            Ok(Site {
                at: at.clone(),
                target: link.to().below(self.mount_point())?,
                parked: beside(at)?,
                aside: beside(&fallback)?,
                fallback,
                form: link.form(),
            })
        });
        sites.collect()
    }
}

/// The directories from the mount point down to what holds the fallback.
pub(super) fn on_the_way(mount_point: &GuestPath, fallback: &GuestPath) -> Vec<GuestPath> {
    above(fallback)
        .take_while(|path| path.starts_with(mount_point))
        .collect()
}

fn beside(path: &GuestPath) -> Result<GuestPath, PathError> {
    let name = [path.file_name().unwrap_or_default(), PARKED].concat();
    path.parent().unwrap_or_else(GuestPath::root).join(name)
}
