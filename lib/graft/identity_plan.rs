//! An identity, planned for one guest.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::GraftError;
use super::finding::Finding;
use super::identity_site::{self, IdentitySite};
use super::receipt::RECEIPT_FOLDER;
use super::survey::ReceiptFile;
use super::unfit::Unfit;
use crate::edit::Edit;
use crate::guest::{Guest, GuestError};
use crate::identity::labels::{Label, Labelled, Labels};
use crate::identity::{self, Aside, Done, Files, Flaw, Fresh, Identity, Place, Site, Told};
use crate::path::GuestPath;

/// An identity that is asked for.
pub(crate) struct Wanted<'a, 'f> {
    pub(crate) identity: &'a Identity,
    pub(crate) fresh: &'a mut Fresh<'f>,
    /// True where the files are made equally long for several children ([`Template`](super::Template)).
    pub(crate) is_padded: bool,
}

/// An identity, planned for one guest.
#[derive(Debug)]
pub(super) struct PlannedIdentity {
    pub(super) plan: identity::Plan,
    pub(super) told: Vec<Finding>,
    /// Public SSH host keys of the guest afterwards.
    pub(super) ssh_host_keys: Vec<String>,
    /// Inputs to plan another identity for an identical guest; of a padded one alone.
    pub(super) inputs: Option<Inputs>,
}

/// A guest that was never given an identity, as far as its plan rests on it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Inputs {
    files: Files,
    places: BTreeMap<GuestPath, Place>,
    asides: Vec<Aside>,
}

impl Inputs {
    /// The same without the master's private keys; `None` where its files may hold other secrets.
    pub(super) fn without_secrets(&self) -> Option<Self> {
        Some(Self {
            files: self.files.without_secrets()?,
            places: self.places.clone(),
            asides: self.asides.clone(),
        })
    }

    /// The private keys of the master's.
    pub(super) fn private_keys(&self) -> impl Iterator<Item = &[u8]> {
        self.files.private_keys()
    }

    /// True for a place in a folder that keeps what was replaced.
    pub(super) fn is_aside(&self, path: &GuestPath) -> bool {
        let mut asides = self.asides.iter();
        asides.any(|aside| path.parent().as_ref() == Some(&aside.place.path))
    }

    /// Plans another identity for an identical guest, but for the labels.
    pub(super) fn plan(
        &self,
        wanted: &Identity,
        fresh: &mut Fresh<'_>,
    ) -> Result<PlannedIdentity, Flaw> {
        let mut rendered = identity::render(wanted, &self.files, None, fresh)?;
        if let Some(labels) = Labels::read(&self.files) {
            rendered.relabel_at_boot(&labels, &self.files);
        }
        rendered.pad();
        let site = Site {
            files: &self.files,
            places: &self.places,
            asides: &self.asides,
            earlier: None,
        };
        let plan = identity::plan(wanted, &rendered.changes, &site)?;
        let mut after = self.files.clone();
        for (_, change) in &rendered.changes {
            change.apply(&mut after);
        }
        Ok(PlannedIdentity {
            plan,
            told: findings(rendered.told),
            ssh_host_keys: identity::ssh_keys::public_keys(&after),
            inputs: None,
        })
    }
}

fn findings(told: Vec<Told>) -> Vec<Finding> {
    let told = told.into_iter();
    told.map(|told| Finding::new(told.code, told.text))
        .collect()
}

impl PlannedIdentity {
    /// Plans an identity for a guest, in place of an earlier one.
    pub(super) fn new(
        guest: &mut dyn Guest,
        wanted: Wanted<'_, '_>,
        receipt: &ReceiptFile,
        earlier: Option<&Done>,
    ) -> Result<Self, GraftError> {
        let Wanted {
            identity,
            fresh,
            is_padded,
        } = wanted;
        let mut found = IdentitySite::look(guest, identity::looks(identity), identity::more)?;
        if let Some(done) = earlier {
            found.look_at_done(guest, done)?;
        }
        let before = match earlier {
            Some(done) => found.before(done),
            None => found.files.clone(),
        };
        let mut rendered =
            identity::render(identity, &before, earlier, fresh).map_err(Unfit::Identity)?;
        let labels = Labels::read(&before);
        if let Some(labels) = &labels {
            rendered.relabel_at_boot(labels, &before);
        }
        let is_padded = is_padded && earlier.is_none();
        if is_padded {
            rendered.pad();
        }
        let paths = rendered.changes.iter().map(|(_, change)| {
            let is_written = matches!(change, identity::Change::Write { .. });
            (change.path(), is_written)
        });
        let places = identity_site::places(guest, paths)?;
        let asides = identity_site::asides(guest, receipt)?;
        let site = Site {
            files: &found.files,
            places: &places,
            asides: &asides,
            earlier,
        };
        let mut plan =
            identity::plan(identity, &rendered.changes, &site).map_err(Unfit::Identity)?;
        let mut after = found.after(&plan.edits);
        for (_, change) in &rendered.changes {
            change.apply(&mut after);
        }
        if let Some(labels) = &labels {
            plan.edits = labelled(guest, labels, plan.edits)?;
        }
        let inputs = is_padded.then_some(Inputs {
            files: found.files,
            places,
            asides,
        });
        Ok(Self {
            plan,
            told: findings(rendered.told),
            inputs,
            ssh_host_keys: identity::ssh_keys::public_keys(&after),
        })
    }

    /// True where it puts something into the receipt's folder.
    pub(super) fn needs(&self, folder: &GuestPath) -> bool {
        let steps = self.plan.done.steps.iter();
        let mut kept = steps.filter_map(|step| step.did.kept_at());
        !self.plan.edits.is_empty() && kept.any(|path| path.starts_with(folder))
    }
}

/// The edits, with a label for each new file that is to have another one than its folder.
fn labelled(
    guest: &mut dyn Guest,
    labels: &Labels,
    edits: Vec<Edit>,
) -> Result<Vec<Edit>, GuestError> {
    let own: GuestPath = RECEIPT_FOLDER.parse().expect("a literal guest path");
    let mut labelled = Vec::new();
    for edit in edits {
        let made = match &edit {
            Edit::Write {
                path, before: None, ..
            } => Some((path.clone(), Labelled::File)),
            Edit::MakeDirectory { path, .. } => Some((path.clone(), Labelled::Directory)),
            Edit::Symlink { path, .. } => Some((path.clone(), Labelled::Link)),
            _ => None,
        };
        labelled.push(edit);
        let Some((path, kind)) = made.filter(|(path, _)| !path.starts_with(&own)) else {
            continue;
        };
        // A file in the place of one that moved has its label.
        let is_moved = |edit: &Edit| matches!(edit, Edit::Rename { from, .. } if *from == path);
        if labelled.iter().any(is_moved) {
            let old = guest.label(&path)?;
            let old = old
                .filter(|old| inherited(guest, &path).is_ok_and(|new| new.as_ref() != Some(old)));
            let old = old.and_then(|old| String::from_utf8(old).ok());
            labelled.extend(old.map(|old| Edit::Relabel {
                path,
                label: old.trim_end_matches('\0').to_owned(),
            }));
            continue;
        }
        // A tree that was never labelled is labelled whole at its next boot.
        let (Some(inherited), Label::Is(label)) =
            (inherited(guest, &path)?, labels.of(&path, kind))
        else {
            continue;
        };
        // A folder that is made as well may be labelled before it.
        let folder = path.parent();
        let is_made = labelled.iter().any(
            |edit| matches!(edit, Edit::MakeDirectory { path, .. } if Some(path) == folder.as_ref()),
        );
        if is_made || inherited.strip_suffix(b"\0").unwrap_or(&inherited) != label.as_bytes() {
            labelled.push(Edit::Relabel { path, label });
        }
    }
    Ok(labelled)
}

/// Label of the closest directory above a path that is there.
fn inherited(guest: &mut dyn Guest, path: &GuestPath) -> Result<Option<Vec<u8>>, GuestError> {
    for above in std::iter::successors(path.parent(), GuestPath::parent) {
        match guest.label(&above) {
            Err(GuestError::NotFound(_)) => {}
            label => return label,
        }
    }
    Ok(None)
}
