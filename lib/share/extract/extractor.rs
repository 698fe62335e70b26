//! One extraction, from the master to the release's name.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

use rustix::io::Errno;

use super::build::{Packages, packages};
use super::component::{ComponentPath, Verdict, judge};
use super::copy;
use super::disk::{Building, Dying, Refusal};
use super::error::ExtractError;
use super::facts::{Booted, kernels};
use super::report::{Outcome, Report, Tally};
use super::reuse::Before;
use super::supplement::supplements;
use super::survey::{Bounds, Planned, Survey, Walk};
use crate::codes::Allowed;
use crate::editor::{self, Choice};
use crate::graft::Finding;
use crate::guest::{FileKind, Guest, GuestFacts, TreeEntry, resolve};
use crate::host::Lock;
use crate::image::Child;
use crate::path::{GuestPath, escape};
use crate::share::ShareError;
use crate::share::release::manifest::{self, Draft, MasterIdentity};
use crate::share::release::{
    BOOT, Component, ContentDigest, ContentSum, FileEntry, Head, Kind, MANIFEST, MadeFrom, NEW,
    Raw, ReleaseKernel, ReleaseName, TREE, clear_leftovers, head, hold, sum_of,
};

/// Time that the guest may be read for, in an editor of its own.
const DEADLINE: Duration = Duration::from_secs(6 * 3600);

/// Bounds of an extraction.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Limits {
    /// Files, directories and links; 500,000 by default.
    pub files: u64,
    /// Bytes of content, without the holes of files of more than 1 GiB; 64 GiB by default.
    pub bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            files: 500_000,
            bytes: 64 << 30,
        }
    }
}

/// Wish for kernel images and initramfs in the release.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum BootWish {
    /// Those of the kernels whose modules are in the release and that have both.
    #[default]
    Found,
    /// The same, and an error where there are none.
    Required,
    /// None.
    None,
}

/// Makes releases in a folder.
///
/// ```no_run
/// use osgraft::Child;
/// use osgraft::share::extract::Extractor;
///
/// let master = Child::open("deb12.qcow2", ".")?.or_master();
/// let report = Extractor::new("/srv/osgraft")
///     .component("lib/modules".parse()?)
///     .extract(&master, &"2026-11-27".parse()?)?;
/// println!("{} files", report.head.files);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Extractor {
    out: PathBuf,
    components: Vec<ComponentPath>,
    boot: BootWish,
    allowed: Allowed,
    limits: Limits,
    editor: Choice,
    dying: Dying,
}

impl Extractor {
    /// Releases lie in this folder, which must exist.
    pub fn new(out: impl Into<PathBuf>) -> Self {
        Self {
            out: out.into(),
            ..Self::default()
        }
    }

    /// Extracts this part of the guest, beside those that were named before.
    #[must_use]
    pub fn component(mut self, component: ComponentPath) -> Self {
        self.components.push(component);
        self
    }

    /// Kernel images and initramfs; those that are found by default.
    #[must_use]
    pub fn boot(mut self, wish: BootWish) -> Self {
        self.boot = wish;
        self
    }

    /// Blockers that are warnings.
    #[must_use]
    pub fn allow(mut self, allowed: &Allowed) -> Self {
        self.allowed = self.allowed.and(allowed);
        self
    }

    /// Bounds.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Editor that opens the guest; the cheapest that fits by default.
    #[must_use]
    pub fn editor(mut self, editor: Choice) -> Self {
        self.editor = editor;
        self
    }

    /// Dies at some change of the host, for tests.
    #[must_use]
    pub fn dying(mut self, dying: Dying) -> Self {
        self.dying = dying;
        self
    }

    /// Makes a release of a master's guest, or of a child's.
    ///
    /// # Errors
    /// [`ShareError`]; no release has come of it, and nothing that looks like one.
    pub fn extract(&self, master: &Child, release: &ReleaseName) -> Result<Report, ShareError> {
        let open = master.read()?;
        let mut identity = MasterIdentity::default();
        let name = master.path().file_name().unwrap_or_default();
        identity.name = Raw(name.as_encoded_bytes().to_vec());
        let io = || ExtractError::io("read", master.path());
        let file = File::open(master.path()).map_err(io())?;
        let size = file.metadata().map_err(io())?.len();
        match sum_of(&file, size).map_err(io())? {
            ContentSum::Whole(digest) => identity.sha256 = Some(digest),
            ContentSum::Blocks(digest) => identity.sha256_blocks = Some(digest),
        }
        let choice = self.editor.clone().deadline(DEADLINE);
        let held = self.hold()?;
        let (mut report, reached) = editor::look_settled(&open, &choice, |guest| {
            self.make(guest, release, &identity, &held)
        })?;
        report.editor = reached.editor;
        report.reason = reached.reason;
        if let Some((code, text)) = reached.warning {
            report.warnings.push(Finding::new(code, text));
        }
        Ok(report)
    }

    /// The same of a guest that is open already. `master` tells what it was.
    ///
    /// # Errors
    /// As for [`extract`](Self::extract).
    pub fn extract_guest(
        &self,
        guest: &mut dyn Guest,
        master: &MasterIdentity,
        release: &ReleaseName,
    ) -> Result<Report, ShareError> {
        let held = self.hold()?;
        self.make(guest, release, master, &held)
    }

    /// The lock on the folder, under which nobody else makes or removes releases.
    fn hold(&self) -> Result<Lock, ShareError> {
        Ok(hold(&self.out)?)
    }

    fn make(
        &self,
        guest: &mut dyn Guest,
        release: &ReleaseName,
        master: &MasterIdentity,
        held: &Lock,
    ) -> Result<Report, ShareError> {
        clear_leftovers(&self.out, held)?;
        let there = self.existing(release)?;
        let hidden = format!(".{release}{NEW}");
        let building = Building::make(&self.out, &hidden, self.dying.clone())
            .map_err(ExtractError::io("make a folder in", &self.out))?;
        let run = Run {
            extractor: self,
            guest,
            building,
            warnings: Vec::new(),
            sums: Sums::default(),
        };
        run.run(release, master, there)
    }

    /// The release that has the name already.
    fn existing(&self, release: &ReleaseName) -> Result<Option<Head>, ShareError> {
        let path = self.out.join(release.as_str());
        match std::fs::symlink_metadata(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ExtractError::io("look at", &path)(error).into()),
            Ok(_) => match head(&self.out, release) {
                Ok(head) => Ok(Some(head)),
                Err(_) => Err(ExtractError::Taken(path).into()),
            },
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    copied: Tally,
    linked: Tally,
    cloned: Tally,
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

struct Run<'a> {
    extractor: &'a Extractor,
    guest: &'a mut dyn Guest,
    building: Building,
    warnings: Vec<Finding>,
    sums: Sums,
}

impl<'a> Run<'a> {
    fn run(
        mut self,
        release: &ReleaseName,
        master: &MasterIdentity,
        there: Option<Head>,
    ) -> Result<Report, ShareError> {
        let done = self.work(release, master, there);
        match done {
            Ok(done) => {
                if done.outcome == Outcome::Unchanged {
                    self.building.drop_all(&self.extractor.out);
                }
                Ok(done)
            }
            Err(error) => {
                self.building.drop_all(&self.extractor.out);
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
        let supplements = match self.extractor.boot {
            BootWish::None => BTreeMap::new(),
            _ => supplements(self.guest, &facts, &booted, &mut self.warnings)?,
        };
        let made_from = self.made_from(&facts, packages, master, &placed, &booted)?;
        let made_from = with_supplements(made_from, &supplements);
        let mut survey = self.survey(&placed, &made_from, &booted, supplements)?;
        self.tell(&survey);
        let before = match there {
            Some(_) => None,
            None => Before::newest(&self.extractor.out, release, self.extractor.limits.files),
        };
        let files = match &there {
            Some(_) => self.digest(&mut survey)?,
            None => self.copy(&mut survey, before.as_ref())?,
        };
        let draft = Draft::of(release.clone(), made_from, &files)
            .map_err(ExtractError::io("sum up", &self.extractor.out))?;
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
            path: self.extractor.out.join(release.as_str()),
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
        let extractor = self.extractor;
        let wanted: BTreeSet<&ComponentPath> = extractor.components.iter().collect();
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
                    if !extractor.allowed.has(error.code()) {
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
        let wish = self.extractor.boot;
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
        let keeps_labels = labels.map_err(ExtractError::io("write into", &self.extractor.out))?;
        let limits = self.extractor.limits;
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
                self.extractor.out.display()
            );
            self.warnings
                .push(Finding::new("release-without-labels", text));
        }
    }

    /// Digests every file, and writes none.
    fn digest(&mut self, survey: &mut Survey) -> Result<Vec<FileEntry>, ShareError> {
        let mut files = Vec::with_capacity(survey.planned.len());
        let mut known: HashMap<u64, ContentSum> = HashMap::new();
        for planned in &survey.planned {
            let mut entry = planned.entry.clone();
            if let Some(own) = &planned.own {
                let mut sum = ContentDigest::of(own.len() as u64);
                sum.add(0, own);
                entry.set_sum(sum.finish());
            }
            if let (Kind::File, Some(from)) = (entry.kind, &planned.from) {
                let group = entry.group.and_then(|group| known.get(&group).copied());
                let sum = match group {
                    Some(sum) => sum,
                    None => copy::read(self.guest, from, planned, &mut |_, _| Ok(()))?,
                };
                known.extend(entry.group.map(|group| (group, sum)));
                entry.set_sum(sum);
            }
            files.push(entry);
        }
        Ok(files)
    }

    /// Writes every file into the hidden folder.
    fn copy(
        &mut self,
        survey: &mut Survey,
        before: Option<&Before>,
    ) -> Result<Vec<FileEntry>, ShareError> {
        let mut files: Vec<FileEntry> = Vec::with_capacity(survey.planned.len());
        // The first file of each group.
        let mut first: HashMap<u64, usize> = HashMap::new();
        for planned in &survey.planned {
            let mut entry = planned.entry.clone();
            let failed = self.failed(planned);
            let twin = entry.group.and_then(|group| first.get(&group).copied());
            match (entry.kind, &planned.from, twin) {
                (_, _, Some(twin)) => {
                    let twin = &files[twin];
                    let linked = self.building.link(&entry.path.0, &twin.path.0);
                    linked.map_err(|error| failed(error.into()))?;
                    if let Some(sum) = twin.sum() {
                        entry.set_sum(sum);
                    }
                }
                (Kind::File, None, None) => {
                    let sum = self.write_own(planned, &failed)?;
                    entry.set_sum(sum);
                }
                (Kind::Directory, _, _) | (_, None, _) => {
                    let made = self.building.mkdir(&entry.path.0);
                    made.map_err(|error| failed(error.into()))?;
                }
                (Kind::Symlink, _, _) => self.building.symlink(&entry).map_err(&failed)?,
                (Kind::File, Some(from), _) => {
                    let sum = self.copy_file(from, planned, before, &failed)?;
                    entry.set_sum(sum);
                }
            }
            if let (Some(group), None) = (entry.group, twin) {
                first.insert(group, files.len());
            }
            files.push(entry);
        }
        // A directory's time changes with each name in it, and its mode may close it.
        for planned in survey.planned.iter().rev() {
            if planned.entry.kind == Kind::Directory {
                let failed = self.failed(planned);
                let folder = self.building.directory(&planned.entry.path.0);
                let folder = folder.map_err(|error| failed(error.into()))?;
                self.building
                    .dress(folder, &planned.entry)
                    .map_err(failed)?;
            }
        }
        Ok(files)
    }

    /// Writes a file that osgraft makes.
    fn write_own(
        &mut self,
        planned: &Planned,
        failed: &dyn Fn(Refusal) -> ShareError,
    ) -> Result<ContentSum, ShareError> {
        let own = planned.own.as_deref().unwrap_or_default();
        let file = self.building.create(&planned.entry.path.0);
        let file = file.map_err(|error| failed(error.into()))?;
        let written = self.building.write(&file, 0, own);
        written.map_err(|error| failed(error.into()))?;
        self.building.dress(&file, &planned.entry).map_err(failed)?;
        self.sums.copied.add(own.len() as u64);
        let mut sum = ContentDigest::of(own.len() as u64);
        sum.add(0, own);
        Ok(sum.finish())
    }

    fn copy_file(
        &mut self,
        from: &GuestPath,
        planned: &Planned,
        before: Option<&Before>,
        failed: &dyn Fn(Refusal) -> ShareError,
    ) -> Result<ContentSum, ShareError> {
        let entry = &planned.entry;
        let size = entry.size.unwrap_or_default();
        if let Some(before) = before
            && let Some(old) = before.candidate(entry)
        {
            let sum = copy::read(self.guest, from, planned, &mut |_, _| Ok(()))?;
            let same = old.sum() == Some(sum);
            if let Some(file) = same.then(|| before.sound(old)).flatten()
                && self.share(entry, &file, failed)?
            {
                return Ok(sum);
            }
        }
        let file = self.building.create(&entry.path.0);
        let file = file.map_err(|error| failed(error.into()))?;
        let sum = copy::write(self.guest, from, planned, &self.building, &file, failed)?;
        self.building.dress(&file, entry).map_err(failed)?;
        self.sums.copied.add(size);
        Ok(sum)
    }

    /// Lets a new file share that of the release before: its blocks, else its inode. False where the host
    /// can do neither.
    fn share(
        &mut self,
        entry: &FileEntry,
        old: &File,
        failed: &dyn Fn(Refusal) -> ShareError,
    ) -> Result<bool, ShareError> {
        let size = entry.size.unwrap_or_default();
        let path = &entry.path.0;
        let file = self.building.create(path);
        let file = file.map_err(|error| failed(error.into()))?;
        if self.building.clone_blocks(&file, old).is_ok() {
            self.building.dress(&file, entry).map_err(failed)?;
            self.sums.cloned.add(size);
            return Ok(true);
        }
        drop(file);
        let removed = self.building.remove(path);
        removed.map_err(|error| failed(error.into()))?;
        match self.building.link_file(path, old) {
            Ok(()) => {
                self.sums.linked.add(size);
                Ok(true)
            }
            // Another file system, or no more names for it.
            Err(error) if self.building.is_dead() => Err(failed(error.into())),
            Err(_) => Ok(false),
        }
    }

    fn publish(
        &mut self,
        release: &ReleaseName,
        draft: &Draft,
        files: &[FileEntry],
        survey: &Survey,
    ) -> Result<(), ShareError> {
        let out = &self.extractor.out;
        self.building
            .seal(MANIFEST, |mut to| manifest::write(&mut to, draft, files))
            .map_err(ExtractError::io("write the manifest in", out))?;
        let mode = match survey.privileged.0 {
            0 => 0o755,
            _ => 0o700,
        };
        let published = self.building.publish(release.as_str(), mode);
        Ok(published.map_err(ExtractError::io("name the release in", out))?)
    }

    /// The error of a call on the host, as said of one file.
    fn failed(&self, planned: &Planned) -> impl Fn(Refusal) -> ShareError + use<> {
        let out = self.extractor.out.clone();
        let shown = planned.entry.path.to_string();
        let (uid, gid) = (planned.entry.uid, planned.entry.gid);
        let from = planned.from.clone().unwrap_or_else(GuestPath::root);
        move |refusal| {
            let at = out.join(&shown);
            ShareError::from(match refusal {
                Refusal::Io(error)
                    if error.raw_os_error() == Some(Errno::PERM.raw_os_error())
                        && !rustix::process::geteuid().is_root() =>
                {
                    ExtractError::NotRoot {
                        path: from.clone(),
                        uid,
                        gid,
                    }
                }
                Refusal::Io(source) => ExtractError::io("write", &at)(source),
                Refusal::Attribute(name, source) => ExtractError::Attribute {
                    path: from.clone(),
                    attribute: escape(&name),
                    folder: out.clone(),
                    source,
                },
            })
        }
    }
}
