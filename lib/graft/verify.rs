//! Comparison of a guest's graft with its receipt, and with the share that it should have.

use super::error::GraftError;
use super::evidence;
use super::finding::{Finding, all_with};
use super::moved;
use super::receipt::Receipt;
use super::settle::{LEFT_OVER, lost};
use super::share::Share;
use super::survey::{self, FstabFile, ReceiptState};
use super::unit::UnitSite;
use crate::codes::Severity;
use crate::fstab::Fstab;
use crate::guest::Guest;
use crate::links::{self, Done, Kept, Links, Reason};
use crate::path::GuestPath;

/// What of a guest's graft differs from its receipt and from `share`, whatever holds the tree;
/// and the server that the receipt names.
///
/// # Errors
/// [`GraftError`].
pub fn compare(
    guest: &mut dyn Guest,
    share: Option<&Share>,
) -> Result<(Option<String>, Vec<Finding>), GraftError> {
    let (server, found) = differences(guest, share)?;
    Ok((server, all_with(found, Severity::Difference)))
}

fn differences(
    guest: &mut dyn Guest,
    share: Option<&Share>,
) -> Result<(Option<String>, Vec<Finding>), GraftError> {
    let mut differences = Vec::new();
    let file = survey::receipt(guest)?;
    let fstab = survey::fstab(guest)?;
    let receipt = match &file.state {
        ReceiptState::Whole(_, receipt) => Some(receipt.as_ref().clone()),
        ReceiptState::Unusable(error) => {
            differences.push(Finding::new(error.code(), error.to_string()));
            return Ok((None, differences));
        }
        ReceiptState::Missing | ReceiptState::Damaged(..) => {
            let wanted = share.cloned().unwrap_or_default();
            let shown = evidence::anywhere(guest, &wanted, &file, &fstab, None)?;
            differences.push(match (&file.state, &shown) {
                (ReceiptState::Damaged(_, error), _) => {
                    Finding::new(error.code(), error.to_string())
                }
                (_, Some(_)) => lost(&file),
                (_, None) => survey::not_prepared(&file),
            });
            shown
        }
    };
    let Some(mut receipt) = receipt else {
        return Ok((None, differences));
    };
    compare_fstab(&fstab, &receipt, &mut differences);

    let mut observation = survey::done(guest, &receipt.links)?;
    let mut kept = receipt.links.undo(&observation).kept;
    let is_changed = |kept: &Kept| kept.why != Reason::NotEmpty;
    if kept.iter().any(is_changed) && moved::follow(guest, &mut receipt.links)? {
        let text = format!(
            "the receipt {} tells of other places than the links and directories have now: \
             prepare corrects it",
            file.path
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
    if let Some(done) = &receipt.unit {
        let found = UnitSite::look(guest, done.unit(), None)?;
        let told = done.differences(&found.site);
        differences.extend(told.iter().map(Finding::from));
    }
    if let Some(share) = share {
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
    }
    let server = Some(receipt.server).filter(|name| !name.is_empty());
    Ok((server, differences))
}

/// True for what a later run has told already and could not mend.
fn is_told(done: &Done, path: &GuestPath, code: &str) -> bool {
    let told = done.link_of(path).map(|link| &link.told);
    told.is_some_and(|told| told.iter().any(|known| known == code || known == LEFT_OVER))
}

fn compare_fstab(file: &FstabFile, receipt: &Receipt, differences: &mut Vec<Finding>) {
    let mut fstab = match &file.content {
        Some(bytes) => Fstab::parse(bytes),
        None => Fstab::missing(),
    };
    let path = &file.path;
    let mended = fstab.mend(&receipt.known());
    for mended in &mended {
        let finding = Finding::new(mended.flaw.code(), mended.to_string());
        differences.push(finding);
    }
    let (code, text) = match (fstab.managed(), &receipt.fstab) {
        (Err(error), _) => (error.code(), error.to_string()),
        (Ok(None), _) => (
            "fstab-block-missing",
            format!("{path} has no osgraft entry"),
        ),
        (Ok(Some(_)), None) => (
            "fstab-block-foreign",
            format!("{path} has an osgraft entry that the receipt does not tell of"),
        ),
        (Ok(Some(managed)), Some(done)) => {
            let now = crate::path::escape(&managed.text);
            if now == done.undo.line() {
                // It serves only while nothing else stands in its way.
                match fstab.graft(&managed.entry) {
                    Ok(_) => return,
                    Err(error) => (error.code(), error.to_string()),
                }
            } else {
                let text = format!(
                    "{path} line {}: “{now}” is not what was written",
                    managed.line
                );
                ("fstab-block-edited", text)
            }
        }
    };
    differences.push(Finding::new(code, text));
}

fn compare_links(
    guest: &mut dyn Guest,
    wanted: &Links,
    done: &links::Done,
    differences: &mut Vec<Finding>,
) -> Result<(), GraftError> {
    let physical = survey::locate(guest, wanted)?;
    let observation = survey::links(guest, wanted, &physical, None)?;
    match links::decide(wanted, &physical, &observation, Some(done)) {
        Err(error) => differences.push(Finding::new(error.code(), error.to_string())),
        Ok(decision) => {
            for action in decision.actions {
                differences.push(Finding::new("link-missing", format!("to do: {action}")));
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
