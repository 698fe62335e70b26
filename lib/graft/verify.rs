//! Comparison of a guest's graft with its receipt, and with the share that it should have.

use super::error::GraftError;
use super::evidence;
use super::finding::{Finding, all_with};
use super::part::Held;
use super::parts::PARTS;
use super::share::Share;
use super::survey::{self, ReceiptState};
use crate::codes::Severity;
use crate::guest::Guest;

/// Differences of a guest's graft from its receipt and from `share`, whatever holds the tree;
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
                (_, Some(_)) => survey::lost(&file),
                (_, None) => survey::not_prepared(&file),
            });
            shown
        }
    };
    let Some(mut receipt) = receipt else {
        return Ok((None, differences));
    };
    let held = Held {
        file: &file,
        fstab: &fstab,
        share,
    };
    for part in PARTS {
        differences.extend(part.differences(guest, &held, &mut receipt)?);
    }
    let server = Some(receipt.server).filter(|name| !name.is_empty());
    Ok((server, differences))
}
