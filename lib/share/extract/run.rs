//! The steps of one extraction: looked at, decided, surveyed.

use std::collections::{BTreeMap, BTreeSet};

use super::build::{Packages, packages};
use super::component::{ComponentPath, Verdict, judge};
use super::disk::Building;
use super::error::ExtractError;
use super::facts::{Booted, kernels};
use super::report::{Outcome, Report, Tally};
use super::reuse::Before;
use super::settings::{BootWish, Settings};
use super::supplement::supplements;
use super::survey::{Bounds, Survey, Walk};
use crate::graft::Finding;
use crate::guest::{FileKind, Guest, GuestFacts, TreeEntry, resolve};
use crate::path::GuestPath;
use crate::share::ShareError;
use crate::share::release::manifest::{Draft, MasterIdentity};
use crate::share::release::{
    BOOT, Component, Head, MadeFrom, Raw, ReleaseKernel, ReleaseName, TREE,
};

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    pub(super) copied: Tally,
    pub(super) linked: Tally,
    pub(super) cloned: Tally,
}

/// A file of `boot/`.
enum InBoot<'a> {
    Guests(Box<TreeEntry>, &'a GuestPath),
    Made(Vec<u8>),
}

/// Place of a kernel's supplement.
fn supplement_path(version: &str) -> Raw {
    Raw(format!("{BOOT}/supplement-{version}.cpio").into_bytes())
}

fn with_supplements(mut made_from: MadeFrom, supplements: &BTreeMap<String, Vec<u8>>) -> MadeFrom {
    for kernel in &mut made_from.kernels {
        let has = kernel.initrd.is_some() && supplements.contains_key(&kernel.version);
        kernel.supplement = has.then(|| supplement_path(&kernel.version));
    }
    made_from
}

/// A component and its place in the guest.
struct Placed<'a> {
    named: &'a ComponentPath,
    place: GuestPath,
}

pub(super) struct Run<'a> {
    pub(super) settings: &'a Settings,
    pub(super) guest: &'a mut dyn Guest,
    pub(super) building: Building,
    pub(super) warnings: Vec<Finding>,
    pub(super) sums: Sums,
}

impl<'a> Run<'a> {
    pub(super) fn run(
        mut self,
        release: &ReleaseName,
        master: &MasterIdentity,
        there: Option<Head>,
    ) -> Result<Report, ShareError> {
        let done = self.work(release, master, there);
        match done {
            Ok(done) => {
                if done.outcome == Outcome::Unchanged {
                    self.building.drop_all(&self.settings.out);
                }
                Ok(done)
            }
            Err(error) => {
                self.building.drop_all(&self.settings.out);
                Err(error)
            }
        }
    }

    fn work(
        &mut self,
        release: &ReleaseName,
        master: &MasterIdentity,
        there: Option<Head>,
    ) -> Result<Report, ShareError> {
        let facts = GuestFacts::gather(self.guest)?;
        let packages = packages(self.guest)?;
        let placed = self.place(&packages)?;
        let places: Vec<GuestPath> = placed.iter().map(|it| it.place.clone()).collect();
        let booted = kernels(self.guest, &facts, &places)?;
        let supplements = match self.settings.boot {
            BootWish::None => BTreeMap::new(),
            _ => supplements(self.guest, &facts, &booted, &mut self.warnings)?,
        };
        let made_from = self.made_from(&facts, packages, master, &placed, &booted)?;
        let made_from = with_supplements(made_from, &supplements);
        let mut survey = self.survey(&placed, &made_from, &booted, supplements)?;
        self.tell(&survey);
        let before = match there {
            Some(_) => None,
            None => Before::newest(&self.settings.out, release, self.settings.limits.files),
        };
        let files = match &there {
            Some(_) => self.digest(&mut survey)?,
            None => self.copy(&mut survey, before.as_ref())?,
        };
        let draft = Draft::of(release.clone(), made_from, &files)
            .map_err(ExtractError::io("sum up", &self.settings.out))?;
        let outcome = match &there {
            Some(head) if head.digest == draft.digest() => Outcome::Unchanged,
            Some(_) => {
                return Err(ExtractError::Exists {
                    release: release.clone(),
                }
                .into());
            }
            None => {
                self.publish(release, &draft, &files, &survey)?;
                Outcome::Changed
            }
        };
        Ok(Report {
            outcome,
            path: self.settings.out.join(release.as_str()),
            head: there.unwrap_or_else(|| draft.head().clone()),
            copied: self.sums.copied,
            linked: self.sums.linked,
            cloned: self.sums.cloned,
            before: before.map(|before| before.name),
            editor: "",
            reason: String::new(),
            warnings: std::mem::take(&mut self.warnings),
        })
    }

    /// Finds the components in the guest, and judges them.
    fn place(&mut self, packages: &Packages) -> Result<Vec<Placed<'a>>, ShareError> {
        let settings = self.settings;
        let wanted: BTreeSet<&ComponentPath> = settings.components.iter().collect();
        if wanted.is_empty() {
            return Err(ExtractError::NoComponent.into());
        }
        let mut placed: Vec<Placed<'a>> = Vec::new();
        for named in wanted {
            let component = named.to_string();
            let found = resolve(self.guest, named.in_guest())?;
            let place = match found.kind() {
                Some(FileKind::Directory) => found.path,
                Some(found) => {
                    return Err(ExtractError::NotADirectory { component, found }.into());
                }
                None => return Err(ExtractError::Missing { component }.into()),
            };
            for other in &placed {
                let (a, b) = (&other.place, &place);
                let (x, y) = (other.named.in_guest(), named.in_guest());
                if a.starts_with(b) || b.starts_with(a) || x.starts_with(y) || y.starts_with(x) {
                    return Err(ExtractError::Overlap {
                        first: other.named.to_string(),
                        second: component,
                    }
                    .into());
                }
            }
            match judge(&place, packages.has_dpkg) {
                Verdict::Fine => {}
                Verdict::Untried => self.warnings.push(Finding::new(
                    "component-untried",
                    format!("component {component} ({place} in the guest): it is not known how a guest takes its being read-only and away at times"),
                )),
                Verdict::BreaksDpkg => {
                    let error = ExtractError::BreaksDpkg { component, place: place.clone() };
                    if !settings.allowed.has(error.code()) {
                        return Err(error.into());
                    }
                    let text = format!("component {named} ({place} in the guest) is dpkg's, which fails with it on a read-only share");
                    let allowed = Finding::new(error.code(), text);
                    self.warnings.push(allowed.with(crate::codes::Severity::Warning));
                }
                Verdict::Refused(why) => {
                    return Err(ExtractError::Refused { component, place, why }.into());
                }
            }
            placed.push(Placed { named, place });
        }
        // The order of the manifest, name by name.
        placed.sort_by(|a, b| {
            let (a, b) = (a.named.in_guest(), b.named.in_guest());
            a.components().cmp(b.components())
        });
        Ok(placed)
    }

    fn made_from(
        &mut self,
        facts: &GuestFacts,
        packages: Packages,
        master: &MasterIdentity,
        placed: &[Placed<'_>],
        booted: &[Booted],
    ) -> Result<MadeFrom, ShareError> {
        let wish = self.settings.boot;
        let mut kernels = Vec::new();
        let below = |path: &GuestPath| {
            let name = path.file_name().unwrap_or_default();
            Raw([BOOT.as_bytes(), b"/", name].concat())
        };
        for kernel in booted {
            let files = kernel.files.as_ref().filter(|_| wish != BootWish::None);
            if files.is_none() && wish == BootWish::Found {
                let text = format!(
                    "kernel {}: the guest has no image and initramfs of it in /boot, so the release has its modules alone",
                    kernel.version
                );
                self.warnings
                    .push(Finding::new("release-without-boot", text));
            }
            kernels.push(ReleaseKernel {
                version: kernel.version.clone(),
                image: files.map(|(image, _)| below(image)),
                initrd: files.map(|(_, initrd)| below(initrd)),
                supplement: None,
            });
        }
        if wish == BootWish::Required && kernels.iter().all(|kernel| kernel.image.is_none()) {
            let versions: Vec<&str> = kernels.iter().map(|it| it.version.as_str()).collect();
            return Err(ExtractError::NoBoot {
                kernels: match versions.is_empty() {
                    true => "any kernel".to_owned(),
                    false => versions.join(", "),
                },
            }
            .into());
        }
        let os = facts.os.as_ref();
        Ok(MadeFrom {
            os: os.map(|os| os.id.clone()),
            version: os.and_then(|os| os.version_id.clone()),
            arch: facts
                .machine
                .as_ref()
                .map(|machine| machine.name.to_owned()),
            build: packages.build,
            kernels,
            components: placed
                .iter()
                .map(|it| Component {
                    path: Raw(it.named.below_tree().to_vec()),
                    from: Raw(it.place.as_bytes().to_vec()),
                })
                .collect(),
            master: master.clone(),
        })
    }

    /// Walks over all that is to be extracted.
    fn survey(
        &mut self,
        placed: &[Placed<'_>],
        made_from: &MadeFrom,
        booted: &[Booted],
        supplements: BTreeMap<String, Vec<u8>>,
    ) -> Result<Survey, ShareError> {
        let labels = self.building.keeps_labels();
        let keeps_labels = labels.map_err(ExtractError::io("write into", &self.settings.out))?;
        let limits = self.settings.limits;
        let mut walk = Walk {
            bounds: Bounds {
                files: limits.files,
                bytes: limits.bytes,
            },
            keeps_labels,
            guest: self.guest,
        };
        let mut survey = Survey::default();
        let mut images: Vec<&GuestPath> = Vec::new();
        if made_from
            .kernels
            .iter()
            .any(|kernel| kernel.image.is_some())
        {
            let files = booted.iter().filter_map(|kernel| kernel.files.as_ref());
            images = files.flat_map(|(image, initrd)| [image, initrd]).collect();
            images.sort_by_key(|path| path.file_name());
            images.dedup();
        }
        let mut entries = Vec::new();
        for image in images {
            entries.push((walk.entry_of(image)?, image));
        }
        let time = entries.iter().map(|(entry, _)| entry.modified).max();
        if let Some(time) = time {
            walk.lead(&mut survey, BOOT.as_bytes(), time)?;
            let mut of_boot: BTreeMap<Vec<u8>, InBoot<'_>> = BTreeMap::new();
            for (entry, image) in entries {
                let name = image.file_name().unwrap_or_default();
                let path = [BOOT.as_bytes(), b"/", name].concat();
                of_boot.insert(path, InBoot::Guests(Box::new(entry), image));
            }
            for (version, content) in supplements {
                let path = supplement_path(&version).0;
                of_boot.insert(path, InBoot::Made(content));
            }
            for (path, file) in of_boot {
                match file {
                    InBoot::Guests(entry, image) => {
                        walk.take(&mut survey, *entry, image.clone(), path)?;
                    }
                    InBoot::Made(content) => walk.make(&mut survey, &path, time, content)?,
                }
            }
        }
        let mut led: BTreeSet<Vec<u8>> = BTreeSet::new();
        for component in placed {
            let root = walk.entry_of(&component.place)?;
            let mut path = TREE.as_bytes().to_vec();
            for name in component.named.in_guest().components() {
                if led.insert(path.clone()) {
                    walk.lead(&mut survey, &path, root.modified)?;
                }
                path.push(b'/');
                path.extend_from_slice(name);
            }
            walk.take_all(&mut survey, root, component.place.clone(), path)?;
        }
        survey.close();
        Ok(survey)
    }

    fn tell(&mut self, survey: &Survey) {
        let shown = |paths: &[GuestPath]| {
            let paths: Vec<String> = paths.iter().map(ToString::to_string).collect();
            paths.join(", ")
        };
        let (count, first) = &survey.absolute;
        if *count > 0 {
            let text = format!(
                "{count} links have absolute targets, which lead to files of each guest and not of the share (first: {})",
                shown(first)
            );
            self.warnings
                .push(Finding::new("release-absolute-links", text));
        }
        let (count, first) = &survey.privileged;
        if *count > 0 {
            let text = format!(
                "{count} files have set-user-ID, set-group-ID or capabilities, so the release is closed to other users of this host (first: {})",
                shown(first)
            );
            self.warnings
                .push(Finding::new("release-privileged-files", text));
        }
        if survey.labels_left_out > 0 {
            let count = survey.labels_left_out;
            let text = format!(
                "{count} SELinux labels are left out: the file system of {} does not keep those that this user sets",
                self.settings.out.display()
            );
            self.warnings
                .push(Finding::new("release-without-labels", text));
        }
    }
}
