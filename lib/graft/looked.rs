//! A graft in its three steps: a look at the guest, the plan for a server, the edit.

use std::sync::Arc;

use super::apply::apply;
use super::checks::Checks;
use super::error::GraftError;
use super::finding::{Finding, all_with};
use super::identity_plan::{PlannedIdentity, Wanted};
use super::kernel::{PlannedKernel, WantedKernel};
use super::known::Known;
use super::parts;
use super::plan::{Plan, receipt_edits, touched};
use super::preflight::{Observed, Sought, needs, refuse_unreached};
use super::settle::{Settled, amend, settle};
use super::share::{Share, components_in, entry_in};
use super::survey::{self, ReceiptFile};
use super::template::Template;
use crate::codes::Severity;
use crate::edit::Edit;
use crate::guest::{Guest, GuestFacts};
use crate::registry::{Needs, Selection};

/// A guest that was looked at, as far as that goes before its server is known.
pub(crate) struct Looked {
    facts: GuestFacts,
    receipt: ReceiptFile,
}

/// The edits that a guest is to have, none of them done but those that settled an earlier graft.
pub(crate) struct Planned {
    settled: Settled,
    plan: Plan,
    identity: Option<PlannedIdentity>,
}

/// The edits that were done to a guest.
pub(crate) struct Grafted {
    /// In order; none where everything was in place.
    pub(crate) edits: Vec<Edit>,
    pub(crate) warnings: Vec<Finding>,
    /// The graft as a template for identical children; of a padded identity alone.
    pub(crate) template: Option<Arc<Template>>,
    /// Public SSH host keys of a guest that was given an identity, as it is afterwards.
    pub(crate) ssh_host_keys: Vec<String>,
    /// The server that the receipt holds the child to.
    pub(crate) pin: Option<String>,
    /// True if something would have blocked it that is allowed.
    pub(crate) is_allowed: bool,
}

/// Looks at a guest: its facts, and the receipt of an earlier graft.
///
/// # Errors
/// [`GraftError`]: a system that no edit reaches, a receipt that must be left alone, a failed call.
pub(crate) fn look(guest: &mut dyn Guest) -> Result<Looked, GraftError> {
    let facts = GuestFacts::gather(guest)?;
    refuse_unreached(guest, &facts)?;
    survey::refuse_server_disk(guest)?;
    let receipt = survey::receipt(guest)?.usable()?;
    Ok(Looked { facts, receipt })
}

impl Looked {
    /// Pin in the receipt of an earlier graft.
    pub(crate) fn pin(&self) -> Option<&str> {
        self.receipt.whole()?.pin.as_deref()
    }

    /// Needs that a server is selected by, of a child that is known by this name.
    pub(crate) fn needs(&self, known_as: &str, share: &Share) -> Needs {
        needs(known_as, &self.facts, share.links())
    }

    /// Plans the graft of a share that the selected server serves. An earlier graft is settled for it
    /// in the guest first. `pin` is the server that the receipt is to hold the child to. Preflight judges
    /// by `checks`. Where no identity is wanted, the guest keeps the one that it has.
    ///
    /// # Errors
    /// [`GraftError`].
    pub(crate) fn plan(
        self,
        guest: &mut dyn Guest,
        share: &Share,
        selection: &Selection,
        pin: Option<String>,
        checks: &Checks<'_>,
        wanted: Option<Wanted<'_, '_>>,
    ) -> Result<Planned, GraftError> {
        let Self { facts, receipt } = self;
        let spec = selection.server.source().fs_spec();
        let has_unit = parts::unit::is_needed(&facts, &selection.server);
        let mut settled = settle(guest, share, receipt, spec, has_unit)?;
        let (server, init) = (&selection.server, facts.init);
        let entry = entry_in(share, server, init)?;
        let components = components_in(share, server, &entry, &settled.physical, init)?;
        let sought = Sought {
            links: share.links(),
            physical: &settled.physical,
            entry: &entry,
        };
        let given = settled.earlier.as_ref();
        let given = given.and_then(|receipt| receipt.identity.as_ref());
        let identity = match wanted {
            Some(wanted) => {
                let receipt = &settled.receipt;
                Some(PlannedIdentity::new(guest, wanted, receipt, given)?)
            }
            None => None,
        };
        let kernel = match checks.kernels {
            Some(source) => Some(WantedKernel::of(source, server)?),
            None => None,
        };
        let booted = settled.earlier.as_ref();
        let booted = booted.and_then(|receipt| receipt.kernel.as_ref());
        let kernel = PlannedKernel::new(guest, &facts, kernel, booted)?;
        let fstab = settled.fstab.content.as_deref();
        let touched = touched(&settled.physical, &settled.receipt, &settled.fstab);
        let known = Known {
            facts: &facts,
            entry: &entry,
            components: &components,
            observed: &Observed::read(guest, &facts, fstab, &sought, &touched, checks)?,
            fstab: &settled.fstab,
            receipt: &settled.receipt,
            earlier: settled.earlier.as_ref(),
            pin,
            allowed: checks.allowed,
            physical: &settled.physical,
            observation: &settled.observation,
            unit: settled.unit.as_ref(),
            identity: identity.as_ref(),
            kernel: kernel.as_ref(),
        };
        let plan = Plan::new(share, selection, &known)?;
        settled.receipt.are_made(&plan.edits);
        Ok(Planned {
            settled,
            plan,
            identity,
        })
    }
}

impl Planned {
    /// Does the edits, the receipt's last.
    ///
    /// # Errors
    /// [`GraftError`]; the tree is then half done.
    pub(crate) fn apply(self, guest: &mut dyn Guest) -> Result<Grafted, GraftError> {
        let Self {
            settled,
            mut plan,
            identity,
        } = self;
        apply(&plan.edits, guest)?;
        plan.edits.iter_mut().for_each(Edit::drop_image);
        let mut warnings = settled.warnings;
        warnings.extend(plan.warnings);
        if settled.doubtful {
            warnings.extend(amend(guest, &mut plan.receipt, &settled.physical)?);
        }
        let is_padded = identity.as_ref().is_some_and(|own| own.inputs.is_some());
        let receipt = receipt_edits(&settled.receipt, &plan.receipt, is_padded);
        apply(&receipt, guest)?;
        let mut edits = settled.edits;
        edits.extend(plan.edits);
        edits.extend(receipt);
        let pin = plan.receipt.pin.clone();
        let warnings = all_with(warnings, Severity::Warning);
        let keys = identity.as_ref().map(|own| own.ssh_host_keys.clone());
        let template = identity.and_then(|own| {
            let about = |warning: &&Finding| {
                !own.told
                    .iter()
                    .any(|told| told.code == warning.code && told.text == warning.text)
            };
            let others = warnings.iter().filter(about).cloned().collect();
            let path = settled.receipt.path.clone();
            Template::new(own, plan.receipt, path, edits.clone(), others).map(Arc::new)
        });
        Ok(Grafted {
            edits,
            warnings,
            template,
            ssh_host_keys: keys.unwrap_or_default(),
            pin,
            is_allowed: plan.is_allowed,
        })
    }
}
