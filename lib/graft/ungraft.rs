//! The way back: a graft taken out of a guest's tree.

use super::apply::apply;
use super::error::GraftError;
use super::evidence;
use super::finding::{Finding, all_with};
use super::merge;
use super::moved;
use super::receipt::Receipt;
use super::share::Share;
use super::survey::{self, ReceiptFile, ReceiptState, not_prepared};
use super::undo::undo;
use super::unfit::Unfit;
use crate::codes::Severity;
use crate::edit::Edit;
use crate::guest::{FileKind, Guest};
use crate::path::GuestPath;

/// Edits that took a graft out of a guest's tree.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Ungrafted {
    /// Edits that were done, in order.
    pub edits: Vec<Edit>,
    /// Findings about what stays, because the guest changed it since.
    pub kept: Vec<Finding>,
    /// Things to know about it.
    pub warnings: Vec<Finding>,
}

/// Manner in which a graft is taken back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ungraft {
    /// The share, to know its links by where a receipt is lost.
    pub(crate) share: Option<Share>,
    /// True to go on where a person has to decide.
    pub(crate) force: bool,
}

/// Place of the receipt in a guest, links resolved.
///
/// # Errors
/// [`GraftError`].
pub(crate) fn receipt_path(guest: &mut dyn Guest) -> Result<GuestPath, GraftError> {
    Ok(survey::receipt(guest)?.path)
}

impl Ungraft {
    /// Takes the graft of a guest's tree back.
    ///
    /// # Errors
    /// [`GraftError`].
    pub(crate) fn apply(&self, guest: &mut dyn Guest) -> Result<Ungrafted, GraftError> {
        let undone = self.undo(guest)?;
        Ok(Ungrafted {
            edits: undone.edits,
            kept: all_with(undone.kept, Severity::Note),
            warnings: all_with(undone.warnings, Severity::Warning),
        })
    }

    fn undo(&self, guest: &mut dyn Guest) -> Result<Ungrafted, GraftError> {
        survey::refuse_server_disk(guest)?;
        let mut undone = Ungrafted::default();
        let file = self.receipt(guest, &mut undone)?;
        let Some(mut receipt) = self.earlier(guest, &file, &mut undone)? else {
            return Ok(undone);
        };
        moved::follow(guest, &mut receipt.links)?;
        let mount_point = receipt.mount_point.clone();
        let found = moved::find(guest, &mount_point, &mut receipt.links)?;
        undone.warnings.extend(found);
        let merged = merge::merge(guest, &mut receipt.links)?;
        let done = &mut receipt.links.links;
        done.retain(|link| !merged.restored.contains(&link.at));
        undone.edits.extend(merged.edits);
        undone.kept.extend(merged.told);
        if self.force {
            let cleared = moved::clear(guest, &receipt.links)?;
            undone.edits.extend(cleared.edits);
            undone.kept.extend(cleared.told);
        }
        let undoing = undo(guest, &file, &receipt, self.force)?;
        apply(&undoing.edits, guest)?;
        undone.edits.extend(undoing.edits);
        undone.kept.extend(undoing.kept);
        Ok(undone)
    }

    /// The receipt's place, with nothing in it that cannot be used.
    fn receipt(
        &self,
        guest: &mut dyn Guest,
        undone: &mut Ungrafted,
    ) -> Result<ReceiptFile, GraftError> {
        let file = survey::receipt(guest)?;
        let error = match file.state {
            ReceiptState::Unusable(error) => error,
            _ => return Ok(file),
        };
        if !self.force {
            return Err(Unfit::from(error).into());
        }
        let edit = match guest.lstat(&file.path)?.kind {
            FileKind::File | FileKind::Directory => {
                let Some(to) = moved::free_name(guest, &file.path)? else {
                    return Err(Unfit::from(error).into());
                };
                let text = format!("{}: not used ({}); kept as {to}", file.path, error.code());
                undone.kept.push(Finding::new(error.code(), text));
                let from = file.path.clone();
                Edit::Rename { from, to }
            }
            _ => Edit::Remove {
                path: file.path.clone(),
            },
        };
        apply(std::slice::from_ref(&edit), guest)?;
        undone.edits.push(edit);
        survey::receipt(guest)
    }

    /// Record of the graft: the receipt, else one made of what the guest shows.
    fn earlier(
        &self,
        guest: &mut dyn Guest,
        file: &ReceiptFile,
        undone: &mut Ungrafted,
    ) -> Result<Option<Receipt>, GraftError> {
        if let Some(receipt) = file.whole() {
            return Ok(Some(receipt.clone()));
        }
        let fstab = survey::fstab(guest)?;
        let share = self.share.clone().unwrap_or_default();
        let shown = evidence::anywhere(guest, &share, file, &fstab, None)?;
        match (&file.state, &shown) {
            (ReceiptState::Damaged(_, error), _) => {
                let warning = Finding::new(error.code(), error.to_string());
                undone.warnings.push(warning);
            }
            (_, Some(_)) => undone.warnings.push(survey::lost(file)),
            (_, None) => undone.kept.push(not_prepared(file)),
        }
        if shown.is_none() && file.bytes().is_some() {
            let edit = Edit::Remove {
                path: file.path.clone(),
            };
            apply(std::slice::from_ref(&edit), guest)?;
            undone.edits.push(edit);
        }
        Ok(shown)
    }
}
