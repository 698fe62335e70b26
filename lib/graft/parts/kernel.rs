//! The kernel of a release in the guest's own `/boot`.

use crate::graft::error::GraftError;
use crate::graft::finding::Finding;
use crate::graft::kernel;
use crate::graft::known::Known;
use crate::graft::part::{Held, Part, PartPlan, Undoing};
use crate::graft::receipt::Receipt;
use crate::graft::share::Share;
use crate::graft::unfit::Unfit;
use crate::guest::Guest;

/// The kernel that the guest's boot loader starts.
pub(super) struct Boots;

impl Part for Boots {
    fn plan(&self, _: &Share, known: &Known<'_>, receipt: &mut Receipt) -> Result<PartPlan, Unfit> {
        let Some(planned) = known.kernel else {
            return Ok(PartPlan::default());
        };
        receipt.set_kernel(planned.done.clone());
        let files = planned.done.iter().flat_map(|done| {
            let files = done.files.iter().map(|file| &file.path);
            files.chain([&done.custom.path])
        });
        Ok(PartPlan {
            edits: planned.edits.take(),
            told: planned.told.clone(),
            touched: files.cloned().collect(),
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
        let Some(done) = &receipt.kernel else {
            return Ok(Undoing::default());
        };
        let back = kernel::undo(guest, done, force)?;
        if !back.remains {
            rest.set_kernel(None);
        }
        Ok(Undoing {
            edits: back.edits,
            kept: back.kept,
        })
    }

    fn differences(
        &self,
        guest: &mut dyn Guest,
        _: &Held<'_>,
        receipt: &mut Receipt,
    ) -> Result<Vec<Finding>, GraftError> {
        match &receipt.kernel {
            Some(done) => kernel::differences(guest, done),
            None => Ok(Vec::new()),
        }
    }

    fn is_of_share(&self) -> bool {
        false
    }
}
