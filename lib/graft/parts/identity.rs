//! The child's own identity.

use crate::graft::error::GraftError;
use crate::graft::finding::Finding;
use crate::graft::identity_site::IdentitySite;
use crate::graft::known::Known;
use crate::graft::part::{Held, Part, PartPlan, Undoing};
use crate::graft::receipt::Receipt;
use crate::graft::share::Share;
use crate::graft::unfit::Unfit;
use crate::graft::{identity_site, survey};
use crate::guest::Guest;
use crate::identity::{self, Done, Fresh, Kept};
use crate::path::GuestPath;

/// The child's own identity.
pub(super) struct Own;

impl Part for Own {
    fn plan(&self, _: &Share, known: &Known<'_>, receipt: &mut Receipt) -> Result<PartPlan, Unfit> {
        let Some(planned) = known.identity else {
            let earlier = known.earlier.and_then(|receipt| receipt.identity.clone());
            receipt.set_identity(earlier);
            return Ok(PartPlan::default());
        };
        let mut edits = Vec::new();
        if planned.needs(&known.receipt.folder()) {
            let missing = known.receipt.missing.iter().cloned();
            edits.extend(missing.map(crate::edit::Edit::make_directory));
        }
        edits.extend(planned.plan.edits.iter().cloned());
        let steps = planned.plan.done.steps.iter();
        let touched = steps.map(|step| step.did.path().clone()).collect();
        receipt.set_identity(Some(planned.plan.done.clone()));
        Ok(PartPlan {
            edits,
            told: planned.told.clone(),
            touched,
            ..PartPlan::default()
        })
    }

    fn undo(
        &self,
        guest: &mut dyn Guest,
        receipt: &Receipt,
        force: bool,
        rest: &mut Receipt,
    ) -> Result<Undoing, GraftError> {
        let Some(done) = &receipt.identity else {
            return Ok(Undoing::default());
        };
        let file = survey::receipt(guest)?;
        let folders = identity_site::asides(guest, &file)?;
        let mut site = IdentitySite::default();
        site.look_at_done(guest, done)?;
        let is_inside = |path: &GuestPath| {
            let mut folders = folders.iter();
            folders.any(|folder| path.parent().as_ref() == Some(&folder.place.path))
        };
        let undo = done.undo(&site.files, is_inside, force);
        rest.set_identity(match undo.rest.is_empty() {
            true => None,
            false => Some(Done {
                asked: done.asked.clone(),
                steps: undo.rest,
            }),
        });
        Ok(Undoing {
            edits: undo.edits,
            kept: undo.kept.iter().map(Finding::from).collect(),
        })
    }

    fn differences(
        &self,
        guest: &mut dyn Guest,
        _: &Held<'_>,
        receipt: &mut Receipt,
    ) -> Result<Vec<Finding>, GraftError> {
        let Some(done) = &receipt.identity else {
            return Ok(Vec::new());
        };
        let mut site = IdentitySite::look(guest, identity::looks(&done.asked), identity::more)?;
        site.look_at_done(guest, done)?;
        // What would be made anew is not looked at.
        let mut same = |buffer: &mut [u8]| buffer.fill(0x5a);
        let mut fresh = Fresh::new(&mut same);
        let once = done.differences(&site.files);
        let mut differences: Vec<Finding> = once.iter().map(Finding::from).collect();
        differences.extend(
            identity::differences(done, &site.before(done), &site.files, &mut fresh)
                .into_iter()
                .map(|(code, text)| Finding::new(code, text)),
        );
        Ok(differences)
    }

    fn is_of_share(&self) -> bool {
        false
    }
}

impl From<&Kept> for Finding {
    fn from(kept: &Kept) -> Self {
        Self::new(kept.why.code(), kept.to_string())
    }
}
