//! An identity, planned for one guest.

use super::error::GraftError;
use super::finding::Finding;
use super::identity_site::{self, IdentitySite};
use super::survey::ReceiptFile;
use super::unfit::Unfit;
use crate::guest::Guest;
use crate::identity::{self, Done, Fresh, Identity, Site};
use crate::path::GuestPath;

/// An identity, planned for one guest.
#[derive(Debug)]
pub(super) struct PlannedIdentity {
    pub(super) plan: identity::Plan,
    pub(super) told: Vec<Finding>,
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
        let rendered =
            identity::render(wanted, &before, earlier, fresh).map_err(Unfit::Identity)?;
        let paths = rendered.changes.iter().map(|(_, change)| {
            let is_written = matches!(change, identity::Change::Write { .. });
            (change.path(), is_written)
        });
        let places = identity_site::places(guest, paths)?;
        let asides = identity_site::asides(guest, receipt)?;
        let site = Site {
            files: &site.files,
            places: &places,
            asides: &asides,
            earlier,
        };
        let plan = identity::plan(wanted, &rendered.changes, &site).map_err(Unfit::Identity)?;
        let told = rendered.told.into_iter();
        Ok(Self {
            plan,
            told: told.map(|(code, text)| Finding::new(code, text)).collect(),
        })
    }

    /// True where it puts something into the receipt's folder.
    pub(super) fn needs(&self, folder: &GuestPath) -> bool {
        let steps = self.plan.done.steps.iter();
        let mut kept = steps.filter_map(|step| step.did.kept_at());
        !self.plan.edits.is_empty() && kept.any(|path| path.starts_with(folder))
    }
}
