//! The record of an earlier graft, from what the guest shows of it.

use super::Links;
use super::error::LinksError;
use super::observation::{Found, Observation};
use super::record::{Done, DoneLink};
use super::site::{Physical, Site, on_the_way};
use crate::path::GuestPath;

impl Links {
    /// Record of an earlier run whose receipt is lost. A link that says exactly what it should
    /// is ours. `marked` tells that the guest's fstab has our block, so that the mount point is
    /// ours as well: then a directory at a link's target is the one that the link displaced,
    /// whatever became of the link.
    ///
    /// `observation` is that of [`looks`](Self::looks). Which directories were made for it is not
    /// told: see [`made_for`](Self::made_for).
    ///
    /// # Errors
    /// As for [`looks`](Self::looks).
    pub fn adopt(
        &self,
        physical: &Physical,
        observation: &Observation,
        marked: bool,
    ) -> Result<Done, LinksError> {
        let sites = self.sites(physical)?;
        let links = sites.iter().filter_map(|site| {
            let in_place = observation.at(&site.at).is_link_to(&site.target);
            let at_target = directory(observation, &site.fallback);
            let parked = directory(observation, &site.parked);
            let displaced = match in_place {
                true => at_target.or(parked),
                false => at_target.filter(|_| marked && is_full(observation, site)),
            };
            (in_place || displaced.is_some()).then(|| DoneLink {
                at: site.at.clone(),
                target: site.target.clone(),
                set_aside: displaced
                    .and_then(|at| {
                        if *at == site.fallback {
                            Some(&site.aside)
                        } else {
                            None
                        }
                    })
                    .and_then(|aside| directory(observation, aside))
                    .cloned(),
                displaced_to: displaced.cloned(),
                told: Vec::new(),
            })
        });
        Ok(Done {
            links: links.collect(),
            directories: Vec::new(),
            mounts: Vec::new(),
        })
    }

    /// The directories that a graft makes where they are missing, outermost first: the mount point
    /// and those on the way to what is displaced.
    ///
    /// # Errors
    /// As for [`looks`](Self::looks).
    pub fn made_for(&self, physical: &Physical) -> Result<Vec<GuestPath>, LinksError> {
        let mut made = vec![physical.mount_point().clone()];
        for site in self.sites(physical)? {
            let mut way = on_the_way(physical.mount_point(), &site.fallback);
            way.reverse();
            if site.form.is_mounted() {
                way.clear();
            }
            way.retain(|path| !made.contains(path));
            made.extend(way);
        }
        Ok(made)
    }
}

fn directory<'a>(observation: &Observation, path: &'a GuestPath) -> Option<&'a GuestPath> {
    observation.at(path).is_directory().then_some(path)
}

fn is_full(observation: &Observation, site: &Site) -> bool {
    matches!(observation.at(&site.fallback), Found::Directory { names, .. } if !names.is_empty())
}
