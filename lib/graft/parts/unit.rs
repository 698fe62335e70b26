//! The unit that lets go of the share at a shutdown.

use crate::graft::error::GraftError;
use crate::graft::finding::Finding;
use crate::graft::known::Known;
use crate::graft::part::{Held, Part, PartPlan, Undoing};
use crate::graft::receipt::Receipt;
use crate::graft::share::Share;
use crate::graft::unfit::Unfit;
use crate::graft::unit_site::UnitSite;
use crate::guest::facts::Init;
use crate::guest::{Guest, GuestFacts};
use crate::registry::{Server, Source};
use crate::unit::{self, Told};

/// The unit that lets go of the share at a shutdown.
pub(super) struct LetGo;

impl Part for LetGo {
    fn plan(&self, _: &Share, known: &Known<'_>, receipt: &mut Receipt) -> Result<PartPlan, Unfit> {
        let Some(found) = known.unit else {
            return Ok(PartPlan::default());
        };
        let earlier = known.earlier.and_then(|receipt| receipt.unit.as_ref());
        let decision = unit::decide(&found.unit, &found.site, earlier);
        let steps = decision.edits;
        let (first, edits) = match &decision.done {
            Some(_) => (Vec::new(), steps),
            None => (steps, Vec::new()),
        };
        receipt.set_unit(decision.done);
        Ok(PartPlan {
            first,
            edits,
            told: decision.told.iter().map(Finding::from).collect(),
            touched: found.paths(),
        })
    }

    fn undo(
        &self,
        guest: &mut dyn Guest,
        receipt: &Receipt,
        force: bool,
        rest: &mut Receipt,
    ) -> Result<Undoing, GraftError> {
        let Some(done) = &receipt.unit else {
            return Ok(Undoing::default());
        };
        let found = UnitSite::look(guest, done.unit(), Some(done))?;
        let undo = done.undo(&found.site, force);
        if !undo.remains {
            rest.set_unit(None);
        }
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
        let Some(done) = &receipt.unit else {
            return Ok(Vec::new());
        };
        let found = UnitSite::look(guest, done.unit(), None)?;
        Ok(done
            .differences(&found.site)
            .iter()
            .map(Finding::from)
            .collect())
    }
}

/// The way back of the unit alone.
pub(in crate::graft) fn undo(
    guest: &mut dyn Guest,
    receipt: &Receipt,
) -> Result<Undoing, GraftError> {
    LetGo.undo(guest, receipt, false, &mut receipt.clone())
}

/// True for a guest whose shutdown would wait for the share: systemd stops the network before a
/// share of NFS that is in use is unmounted. Shares without a network are unmounted at the end.
pub(in crate::graft) fn is_needed(facts: &GuestFacts, server: &Server) -> bool {
    facts.init == Some(Init::Systemd) && matches!(server.source(), Source::Nfs(_))
}

impl From<&Told> for Finding {
    fn from(told: &Told) -> Self {
        Self::new(told.code(), told.to_string())
    }
}
