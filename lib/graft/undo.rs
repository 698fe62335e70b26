//! From a receipt to the edits that take a graft back.

use super::error::GraftError;
use super::part::Part;
use super::part::Undoing;
use super::parts::PARTS;
use super::receipt::Receipt;
use super::survey::ReceiptFile;
use crate::edit::Edit;
use crate::guest::{Guest, GuestError};

/// Plans the way back from what a receipt tells. With `force` an entry that the guest edited goes
/// as well.
pub(super) fn undo(
    guest: &mut dyn Guest,
    file: &ReceiptFile,
    receipt: &Receipt,
    force: bool,
) -> Result<Undoing, GraftError> {
    undo_parts(guest, file, receipt, force, |_| true)
}

/// Plans the way back of what serves a share. What is the child's own stays.
pub(super) fn undo_share(
    guest: &mut dyn Guest,
    file: &ReceiptFile,
    receipt: &Receipt,
) -> Result<Undoing, GraftError> {
    undo_parts(guest, file, receipt, false, |part| part.is_of_share())
}

fn undo_parts(
    guest: &mut dyn Guest,
    file: &ReceiptFile,
    receipt: &Receipt,
    force: bool,
    is_undone: fn(&dyn Part) -> bool,
) -> Result<Undoing, GraftError> {
    let mut undoing = Undoing::default();
    let mut rest = receipt.clone();
    for part in PARTS.into_iter().filter(|part| is_undone(*part)) {
        let of_part = part.undo(guest, receipt, force, &mut rest)?;
        undoing.edits.extend(of_part.edits);
        undoing.kept.extend(of_part.kept);
    }
    undo_receipt(guest, file, &rest, &mut undoing)?;
    Ok(undoing)
}

/// The receipt goes with the last thing that it tells of; its folders, where nothing else is in
/// them.
fn undo_receipt(
    guest: &mut dyn Guest,
    file: &ReceiptFile,
    rest: &Receipt,
    undoing: &mut Undoing,
) -> Result<(), GuestError> {
    if !rest.is_empty() {
        let before = file.bytes().map(<[u8]>::to_vec);
        let bytes = rest.to_bytes();
        let is_same = |before: &Vec<u8>| before.trim_ascii_end() == bytes.trim_ascii_end();
        if !before.as_ref().is_some_and(is_same) {
            let folders = file.missing.iter().cloned();
            let folders = folders.map(|path| Edit::MakeDirectory { path, mode: 0o755 });
            undoing.edits.extend(folders);
            undoing
                .edits
                .push(Edit::write(file.path.clone(), before, bytes, 0o600));
        }
        return Ok(());
    }
    if file.bytes().is_some() {
        undoing.edits.push(Edit::Remove {
            path: file.path.clone(),
        });
    }
    let mut gone = file.path.clone();
    for folder in rest.folders.iter().rev() {
        if gone.parent().as_ref() != Some(folder) {
            break;
        }
        let names = match guest.read_dir(folder) {
            Ok(names) => names,
            Err(error @ GuestError::Io { .. }) => return Err(error),
            Err(_) => break,
        };
        let stays = |name: &[u8]| {
            let path = folder.join(name).ok();
            Some(name) != gone.file_name()
                && !undoing.edits.iter().any(
                    |edit| matches!(edit, Edit::Remove { path: gone } if Some(gone) == path.as_ref()),
                )
        };
        if names.iter().any(|entry| stays(&entry.name)) {
            break;
        }
        undoing.edits.push(Edit::Remove {
            path: folder.clone(),
        });
        gone = folder.clone();
    }
    Ok(())
}
