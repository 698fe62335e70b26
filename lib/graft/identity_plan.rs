//! An identity, planned for one guest.

use super::error::GraftError;
use super::finding::Finding;
use super::identity_site::{self, IdentitySite};
use super::receipt::RECEIPT_FOLDER;
use super::survey::ReceiptFile;
use super::unfit::Unfit;
use crate::edit::Edit;
use crate::guest::{Guest, GuestError};
use crate::identity::labels::{Label, Labelled, Labels};
use crate::identity::{self, Done, Fresh, Identity, Site};
use crate::path::GuestPath;

/// An identity, planned for one guest.
#[derive(Debug)]
pub(super) struct PlannedIdentity {
    pub(super) plan: identity::Plan,
    pub(super) told: Vec<Finding>,
    /// Public SSH host keys of the guest afterwards.
    pub(super) ssh_host_keys: Vec<String>,
}

impl PlannedIdentity {
    /// Plans an identity for a guest, in place of an earlier one.
    pub(super) fn new(
        guest: &mut dyn Guest,
        wanted: &Identity,
        receipt: &ReceiptFile,
        earlier: Option<&Done>,
        fresh: &mut Fresh<'_>,
    ) -> Result<Self, GraftError> {
        let mut site = IdentitySite::look(guest, identity::looks(wanted), identity::more)?;
        if let Some(done) = earlier {
            site.look_at_done(guest, done)?;
        }
        let before = match earlier {
            Some(done) => site.before(done),
            None => site.files.clone(),
        };
        let mut rendered =
            identity::render(wanted, &before, earlier, fresh).map_err(Unfit::Identity)?;
        let labels = Labels::read(&before);
        if let Some(labels) = &labels {
            rendered.relabel_at_boot(labels, &before);
        }
        let paths = rendered.changes.iter().map(|(_, change)| {
            let is_written = matches!(change, identity::Change::Write { .. });
            (change.path(), is_written)
        });
        let places = identity_site::places(guest, paths)?;
        let asides = identity_site::asides(guest, receipt)?;
        let found = site;
        let site = Site {
            files: &found.files,
            places: &places,
            asides: &asides,
            earlier,
        };
        let mut plan = identity::plan(wanted, &rendered.changes, &site).map_err(Unfit::Identity)?;
        let mut after = found.after(&plan.edits);
        for (_, change) in &rendered.changes {
            change.apply(&mut after);
        }
        if let Some(labels) = &labels {
            plan.edits = labelled(guest, labels, plan.edits)?;
        }
        let told = rendered.told.into_iter();
        Ok(Self {
            plan,
            told: told
                .map(|told| Finding::new(told.code, told.text))
                .collect(),
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
