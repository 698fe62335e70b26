//! From changes to the edits that a guest is given, and the record of them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::change::Change;
use super::done::{COPY, Deed, Done, Step, Subject, digest};
use super::files::{Files, Found, OldFile, is_same_text};
use super::flaw::Flaw;
use super::wanted::{Identity, KeysWish, MachineIdWish};
use crate::edit::{Content, Edit};
use crate::path::{GuestPath, escape};

/// Physical place of a path, and what lies around it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Place {
    /// Links resolved; for a link that goes aside, the link itself.
    pub(crate) path: GuestPath,
    /// Directories to be made for it, outermost first.
    pub(crate) missing: Vec<GuestPath>,
    /// File system that it lies on.
    pub(crate) filesystem: u64,
    /// True where the immutable flag is set on its folder.
    pub(crate) is_immutable: bool,
}

/// A folder of osgraft's that keeps what an identity replaced.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Aside {
    pub(crate) place: Place,
    /// Names in it.
    pub(crate) names: BTreeSet<Vec<u8>>,
}

/// Knowledge of a guest that an identity's plan rests on. Paths are physical.
pub(crate) struct Site<'a> {
    pub(crate) files: &'a Files,
    /// Places of the changes, by the path that each spells.
    pub(crate) places: &'a BTreeMap<GuestPath, Place>,
    pub(crate) asides: &'a [Aside],
    pub(crate) earlier: Option<&'a Done>,
}

/// Edits that give a guest an identity, and the record of them.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) edits: Vec<Edit>,
    pub(crate) done: Done,
}

struct Planner<'a> {
    site: &'a Site<'a>,
    /// The files as the edits so far leave them.
    files: Files,
    edits: Vec<Edit>,
    steps: Vec<Step>,
    asides: Vec<Aside>,
    number: u64,
}

/// Plans these changes. What an earlier identity did and this one does not is undone; what is as it is
/// to be is left alone.
pub(crate) fn plan(
    wanted: &Identity,
    changes: &[(Subject, Change)],
    site: &Site<'_>,
) -> Result<Plan, Flaw> {
    let mut planner = Planner {
        site,
        files: site.files.clone(),
        edits: Vec::new(),
        steps: Vec::new(),
        asides: site.asides.to_vec(),
        number: 0,
    };
    planner.undo_unwanted(wanted, changes)?;
    for (subject, change) in changes {
        planner.change(*subject, change)?;
    }
    planner.finish(wanted)
}

impl Planner<'_> {
    fn place(&self, path: &GuestPath) -> Result<&Place, Flaw> {
        let place = self.site.places.get(path);
        place.ok_or_else(|| {
            let text = "a file on the way to it is no directory: correct it in the master";
            Flaw::at("identity-not-plain", path, text)
        })
    }

    /// Undoes the steps of an earlier identity that none of the changes does again.
    fn undo_unwanted(
        &mut self,
        wanted: &Identity,
        changes: &[(Subject, Change)],
    ) -> Result<(), Flaw> {
        let Some(earlier) = self.site.earlier else {
            return Ok(());
        };
        let mut again = BTreeSet::new();
        for (_, change) in changes {
            again.insert((kind_of(change), self.place(change.path())?.path.clone()));
        }
        let is_dropped = |subject| match subject {
            Subject::MachineId => wanted.machine_id == MachineIdWish::Keep,
            Subject::SshKeys => wanted.ssh_keys == KeysWish::Keep,
            _ => false,
        };
        let (stays, goes) = earlier.steps.iter().cloned().partition(|step: &Step| {
            let is_once = step.subject.is_once() && !is_dropped(step.subject);
            let is_folder = matches!(step.did, Deed::Made { .. });
            is_once
                || is_folder
                || again.contains(&(kind_of_deed(&step.did), step.did.path().clone()))
        });
        self.steps = stays;
        let unwanted = Done {
            asked: earlier.asked.clone(),
            steps: goes,
        };
        let undo = unwanted.undo(&self.files, |path| self.is_inside(path), false);
        for edit in undo.edits {
            self.edit(edit);
        }
        self.steps.extend(undo.rest);
        Ok(())
    }

    fn is_inside(&self, path: &GuestPath) -> bool {
        let mut asides = self.site.asides.iter();
        asides.any(|aside| path.parent().as_ref() == Some(&aside.place.path))
    }

    fn edit(&mut self, edit: Edit) {
        self.files.apply(&edit);
        self.edits.push(edit);
    }

    fn step(&mut self, subject: Subject, did: Deed) {
        self.steps.push(Step { subject, did });
    }

    /// Takes the step out that an earlier identity did to this place.
    fn take_step(&mut self, did: &str, path: &GuestPath) -> Option<Step> {
        let known = |step: &Step| kind_of_deed(&step.did) == did && step.did.path() == path;
        let at = self.steps.iter().position(known)?;
        Some(self.steps.remove(at))
    }

    fn change(&mut self, subject: Subject, change: &Change) -> Result<(), Flaw> {
        let place = self.place(change.path())?.clone();
        let path = &place.path;
        let earlier = self.take_step(kind_of(change), path);
        match change {
            Change::Write {
                content,
                new,
                is_secret,
                ..
            } => {
                let now = match self.files.get(path) {
                    None => None,
                    Some(Found::File(file)) => Some(file.clone()),
                    Some(_) => {
                        let text =
                            "it is no regular file: put a plain file in its place in the master";
                        return Err(Flaw::at("identity-not-plain", path, text));
                    }
                };
                let is_same = |file: &OldFile| {
                    file.content == *content
                        || (earlier.is_some() && is_same_text(&file.content, content))
                };
                if now.as_ref().is_some_and(is_same) {
                    self.steps.extend(earlier);
                    return Ok(());
                }
                if now.as_ref().is_some_and(|file| file.has_other_names) {
                    let text = "it has other names (hard links), which an edit would change too: \
                                make it a file of its own in the master";
                    return Err(Flaw::at("identity-not-plain", path, text));
                }
                let is_immutable = now.as_ref().is_some_and(|file| file.is_immutable);
                require_mutable(path, is_immutable || (now.is_none() && place.is_immutable))?;
                let old = match (earlier.map(|step| step.did), &now) {
                    (Some(Deed::Wrote { old, .. }), _) => old,
                    // A key of the master's moves, so that no copy of it is written.
                    (None, Some(_)) if *is_secret && subject == Subject::SshKeys => {
                        require_mutable(path, place.is_immutable)?;
                        self.move_aside(subject, &place)?;
                        None
                    }
                    (_, Some(file)) => {
                        let copy = self.free_aside(subject, &place)?;
                        let bytes = file.content.clone();
                        let bytes = secret_if(*is_secret, bytes);
                        self.edit(Edit::write_as(copy.clone(), None, bytes, COPY));
                        Some(copy)
                    }
                    (_, None) => None,
                };
                self.make_folders(subject, &place);
                let before = self.files.plain(path).map(|file| file.content.clone());
                let bytes = secret_if(*is_secret, content.clone());
                self.edit(Edit::write_as(path.clone(), before, bytes, *new));
                let did = Deed::Wrote {
                    path: path.clone(),
                    sha256: digest(content),
                    old,
                    secret: *is_secret,
                };
                self.step(subject, did);
            }
            Change::Aside { .. } => {
                match self.files.get(path) {
                    None => {
                        self.steps.extend(earlier);
                        return Ok(());
                    }
                    Some(Found::File(file)) => require_mutable(path, file.is_immutable)?,
                    Some(_) => {}
                }
                require_mutable(path, place.is_immutable)?;
                self.move_aside(subject, &place)?;
            }
            Change::Symlink { target, .. } => {
                match self.files.get(path) {
                    Some(Found::Link { target: now, .. }) if now == target => {
                        self.steps.extend(earlier);
                        return Ok(());
                    }
                    Some(_) => {
                        let text =
                            "something else is in the place of a link: remove it in the master";
                        return Err(Flaw::at("identity-not-plain", path, text));
                    }
                    None => {}
                }
                require_mutable(path, place.is_immutable)?;
                self.make_folders(subject, &place);
                let edit = Edit::Symlink {
                    path: path.clone(),
                    target: target.clone(),
                };
                self.edit(edit);
                let (path, target) = (path.clone(), escape(target));
                self.step(subject, Deed::Linked { path, target });
            }
        }
        Ok(())
    }

    /// Moves what stands in a place into the folder of osgraft's.
    fn move_aside(&mut self, subject: Subject, place: &Place) -> Result<(), Flaw> {
        let to = self.free_aside(subject, place)?;
        let path = place.path.clone();
        self.edit(Edit::Rename {
            from: path.clone(),
            to: to.clone(),
        });
        self.step(subject, Deed::Moved { path, to });
        Ok(())
    }

    fn make_folders(&mut self, subject: Subject, place: &Place) {
        for path in &place.missing {
            self.make_folder(subject, path, 0o755);
        }
    }

    fn make_folder(&mut self, subject: Subject, path: &GuestPath, mode: u32) {
        if self.files.get(path).is_some() {
            return;
        }
        let path = path.clone();
        self.edit(Edit::MakeDirectory {
            path: path.clone(),
            mode,
        });
        self.take_step("made", &path);
        self.step(subject, Deed::Made { path });
    }

    /// A free name in the folder of osgraft's that is on the file system of a place.
    fn free_aside(&mut self, subject: Subject, place: &Place) -> Result<GuestPath, Flaw> {
        let same = |aside: &&mut Aside| aside.place.filesystem == place.filesystem;
        let Some(aside) = self.asides.iter_mut().find(same) else {
            let text = "it lies on a file system where osgraft has no folder to keep it in: keep the \
                        configuration on the root file system in the master";
            return Err(Flaw::at("identity-other-file-system", &place.path, text));
        };
        let base = place.path.file_name().unwrap_or_default();
        let name = loop {
            self.number += 1;
            // A name with its number is never too long.
            let kept = &base[..base.len().min(200)];
            let name = [format!("{}-", self.number).as_bytes(), kept].concat();
            if aside.names.insert(name.clone()) {
                break name;
            }
        };
        let folder = aside.place.clone();
        let path = folder
            .path
            .join(&name)
            .map_err(|error| Flaw::new("identity-not-plain", error.to_string()))?;
        for missing in &folder.missing {
            self.make_folder(subject, missing, 0o755);
        }
        self.make_folder(subject, &folder.path, 0o700);
        Ok(path)
    }

    /// The folders first, so that they are the last to be taken back.
    fn finish(mut self, wanted: &Identity) -> Result<Plan, Flaw> {
        // What was done before keeps its place, so that the same identity makes the same record.
        let earlier = self.site.earlier.iter().flat_map(|done| &done.steps);
        let earlier: Vec<_> = earlier
            .map(|step| (kind_of_deed(&step.did), step.did.path().clone()))
            .collect();
        self.steps.sort_by_key(|step| {
            let known = (kind_of_deed(&step.did), step.did.path().clone());
            let at = earlier.iter().position(|step| *step == known);
            let is_made = matches!(step.did, Deed::Made { .. });
            (!is_made, at.unwrap_or(usize::MAX))
        });
        let asked = wanted.clone();
        let steps = self.steps;
        Ok(Plan {
            edits: self.edits,
            done: Done { asked, steps },
        })
    }
}

fn secret_if(is_secret: bool, bytes: Vec<u8>) -> Content {
    match is_secret {
        true => Content::secret(bytes),
        false => Content::from(bytes),
    }
}

fn require_mutable(path: &GuestPath, is_immutable: bool) -> Result<(), Flaw> {
    match is_immutable {
        true => {
            let text = "it is immutable (lsattr: i or a): take the flag away in the master";
            Err(Flaw::at("identity-immutable", path, text))
        }
        false => Ok(()),
    }
}

fn kind_of(change: &Change) -> &'static str {
    match change {
        Change::Write { .. } => "wrote",
        Change::Aside { .. } => "moved",
        Change::Symlink { .. } => "linked",
    }
}

fn kind_of_deed(did: &Deed) -> &'static str {
    match did {
        Deed::Made { .. } => "made",
        Deed::Wrote { .. } => "wrote",
        Deed::Moved { .. } => "moved",
        Deed::Linked { .. } => "linked",
    }
}
