//! The links into the share, and what they displaced.

use crate::graft::error::GraftError;
use crate::graft::finding::Finding;
use crate::graft::known::Known;
use crate::graft::moved;
use crate::graft::part::{Held, Part, PartPlan, Undoing};
use crate::graft::receipt::Receipt;
use crate::graft::share::Share;
use crate::graft::survey;
use crate::graft::unfit::Unfit;
use crate::guest::Guest;
use crate::links::{self, Done, DoneLink, Kept, Physical, Reason};
use crate::path::GuestPath;

/// The code of a link that a later run does not want, and that the guest keeps it from removing.
pub(in crate::graft) const LEFT_OVER: &str = "link-left-over";

/// Links from the guest's directories into the share.
pub(super) struct Links;

impl Part for Links {
    fn plan(
        &self,
        share: &Share,
        known: &Known<'_>,
        receipt: &mut Receipt,
    ) -> Result<PartPlan, Unfit> {
        let earlier = known.earlier.map(|receipt| &receipt.links);
        let decision = links::decide(share.links(), known.physical, known.observation, earlier)?;
        let touched = decision.done.links.iter().flat_map(|link| {
            [Some(&link.at), link.displaced_to.as_ref()]
                .into_iter()
                .flatten()
        });
        let told = decision.warnings.iter();
        let plan = PartPlan {
            touched: known.physical.ats().chain(touched).cloned().collect(),
            told: told
                .map(|warning| Finding::new(warning.code(), warning.to_string()))
                .collect(),
            edits: decision.edits,
            ..PartPlan::default()
        };
        receipt.set_links(match earlier {
            Some(earlier) => decision.done.after(earlier),
            None => decision.done,
        });
        Ok(plan)
    }

    fn undo(
        &self,
        guest: &mut dyn Guest,
        receipt: &Receipt,
        _: bool,
        rest: &mut Receipt,
    ) -> Result<Undoing, GraftError> {
        let observation = survey::done(guest, &receipt.links)?;
        let undo = receipt.links.undo(&observation);
        rest.set_links(remaining(&receipt.links, &undo.kept));
        let kept = undo.kept.iter();
        Ok(Undoing {
            kept: kept
                .map(|kept| Finding::new(kept.why.code(), kept.to_string()))
                .collect(),
            edits: undo.edits,
        })
    }

    fn differences(
        &self,
        guest: &mut dyn Guest,
        held: &Held<'_>,
        receipt: &mut Receipt,
    ) -> Result<Vec<Finding>, GraftError> {
        let mut differences = Vec::new();
        let mut observation = survey::done(guest, &receipt.links)?;
        let mut kept = receipt.links.undo(&observation).kept;
        let is_changed = |kept: &Kept| kept.why != Reason::NotEmpty;
        if kept.iter().any(is_changed) && moved::follow(guest, &mut receipt.links)? {
            let text = format!(
                "the receipt {} tells of other places than the links and directories have now: \
                 prepare corrects it",
                held.file.path
            );
            differences.push(Finding::new("receipt-outdated", text));
            observation = survey::done(guest, &receipt.links)?;
            kept = receipt.links.undo(&observation).kept;
        }
        // A directory of ours that holds more by now still serves.
        for kept in kept.into_iter().filter(is_changed) {
            if !is_told(&receipt.links, &kept.path, kept.why.code()) {
                differences.push(Finding::new(kept.why.code(), kept.to_string()));
            }
        }
        let Some(share) = held.share else {
            return Ok(differences);
        };
        if receipt.mount_point != *share.mount_point() {
            let text = format!(
                "the share is mounted on {}, not on {}",
                receipt.mount_point,
                share.mount_point()
            );
            differences.push(Finding::new("mount-point-differs", text));
        } else {
            compare_links(guest, share.links(), &receipt.links, &mut differences)?;
        }
        Ok(differences)
    }
}

/// Record of what a later revert can still take back: places that the guest put something in the way of.
fn remaining(done: &Done, kept: &[Kept]) -> Done {
    let blocked = |path: &GuestPath| {
        kept.iter().any(|kept| {
            kept.path == *path
                && matches!(
                    kept.why,
                    Reason::LinkReplaced
                        | Reason::LinkNeeded
                        | Reason::LocalReplaced
                        | Reason::NoWayBack
                        | Reason::OtherFileSystem
                )
        })
    };
    let is_blocked = |link: &&DoneLink| {
        [
            Some(&link.at),
            link.displaced_to.as_ref(),
            link.set_aside.as_ref(),
        ]
        .into_iter()
        .flatten()
        .any(blocked)
    };
    let mut rest = done.clone();
    rest.links.retain(|link| is_blocked(&link));
    rest.mounts.clear();
    if rest.links.is_empty() {
        rest.directories.clear();
    }
    rest
}

/// True for what a later run has told already and could not mend.
fn is_told(done: &Done, path: &GuestPath, code: &str) -> bool {
    let told = done.link_of(path).map(|link| &link.told);
    told.is_some_and(|told| told.iter().any(|known| known == code || known == LEFT_OVER))
}

/// Findings about components that the guest has in another form than is wanted, or not at all.
fn other_forms(wanted: &links::Links, physical: &Physical, done: &Done) -> Vec<Finding> {
    let mut found = Vec::new();
    for (link, at) in wanted.iter().zip(physical.ats()) {
        let (is, form) = (done.form_at(at), link.form());
        // What is no mount and was never made is told as a link that is missing.
        if is == Some(form) || (is.is_none() && !form.is_mounted()) {
            continue;
        }
        let is = match is {
            Some(is) => format!("in the form {is}"),
            None => "not in the share".to_owned(),
        };
        let text = format!("{at} is {is}, and the form {form} is wanted: run osgraft prepare");
        found.push(Finding::new("component-form-differs", text));
    }
    found
}

fn compare_links(
    guest: &mut dyn Guest,
    wanted: &links::Links,
    done: &Done,
    differences: &mut Vec<Finding>,
) -> Result<(), GraftError> {
    let physical = survey::locate(guest, wanted)?;
    let others = other_forms(wanted, &physical, done);
    if !others.is_empty() {
        differences.extend(others);
        return Ok(());
    }
    let observation = survey::links(guest, wanted, &physical, None)?;
    match links::decide(wanted, &physical, &observation, Some(done)) {
        Err(error) => differences.push(Finding::new(error.code(), error.to_string())),
        Ok(decision) => {
            for edit in decision.edits {
                differences.push(Finding::new(
                    "link-missing",
                    format!("to do: {}", edit.in_words()),
                ));
            }
            for warning in decision.warnings {
                if let links::Warning::LeftOver { at } = &warning
                    && !is_told(done, at, LEFT_OVER)
                {
                    differences.push(Finding::new(warning.code(), warning.to_string()));
                }
            }
        }
    }
    Ok(())
}
