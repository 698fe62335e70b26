//! Edits, done to a guest's tree.

use crate::edit::{Edit, Owner};
use crate::guest::{Attributes, Guest, GuestError};

impl Edit {
    /// Does this one step.
    ///
    /// # Errors
    /// [`GuestError`]; the step is then not done, and the edit as a whole must be dropped.
    pub fn apply(&self, guest: &mut dyn Guest) -> Result<(), GuestError> {
        match self {
            Self::Write {
                path, content, new, ..
            } => guest.write(path, content, Attributes::from(*new)),
            Self::MakeDirectory { path, mode } => guest.mkdir(path, Attributes::root(*mode)),
            Self::Rename { from, to } => guest.rename(from, to),
            Self::Symlink { path, target } => guest.symlink(path, target),
            Self::Relabel { path, label } => {
                // With its NUL, as setfilecon(3) writes it.
                guest.set_label(path, &[label.as_bytes(), b"\0"].concat())
            }
            Self::Remove { path } => guest.remove(path),
        }
    }
}

impl From<Owner> for Attributes {
    fn from(owner: Owner) -> Self {
        let Owner { uid, gid, mode } = owner;
        Self { mode, uid, gid }
    }
}

/// Does edits in order. A failure leaves the tree half done, to be dropped.
pub(super) fn apply(edits: &[Edit], guest: &mut dyn Guest) -> Result<(), GuestError> {
    for edit in edits {
        edit.apply(guest)?;
    }
    Ok(())
}
