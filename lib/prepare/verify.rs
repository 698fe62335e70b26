//! Comparison of a child's graft with its receipt.

use std::path::PathBuf;

use serde::Serialize;

use super::boot_need::boot_need;
use super::report::host_path;
use crate::editor::{self, Choice};
use crate::error::Error;
use crate::graft::{Finding, Share, compare};
use crate::image::Child;

/// Differences of a child's graft from its receipt.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Verification {
    /// The child.
    #[serde(serialize_with = "host_path")]
    pub child: PathBuf,
    /// True where the graft is in place and intact: nothing differs.
    pub intact: bool,
    /// The server that it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// Differences, one finding each.
    pub differences: Vec<Finding>,
}

/// Compares children with their receipts. Writes nothing.
///
/// ```no_run
/// use osgraft::image::Child;
/// use osgraft::prepare::{Share, Verifier};
///
/// let child = Child::open("web-7.qcow2", &"/var/lib/osgraft/masters/deb12.qcow2")?;
/// let found = Verifier::new().share(Share::default()).verify(&child)?;
/// assert!(found.intact, "{:?}", found.differences);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Verifier {
    share: Option<Share>,
    editor: Choice,
}

impl Verifier {
    /// Compares with the receipt alone, by the cheapest editor that fits.
    pub fn new() -> Self {
        Self::default()
    }

    /// Share that children should have; by default the one that the receipt tells of.
    #[must_use]
    pub fn share(mut self, share: Share) -> Self {
        self.share = Some(share);
        self
    }

    /// Editor that opens the guest; the cheapest that fits by default.
    #[must_use]
    pub fn editor(mut self, editor: Choice) -> Self {
        self.editor = editor.needing_boot(boot_need());
        self
    }

    /// Compares one child. A graft that is missing is no error but a difference.
    ///
    /// # Errors
    /// [`Error`], for a child that cannot be looked at.
    pub fn verify(&self, child: &Child) -> Result<Verification, Error> {
        let open = child.read()?;
        let look = editor::look(&open, &self.editor, |guest| {
            Ok::<_, Error>(compare(guest, self.share.as_ref())?)
        });
        let ((server, differences), _) = look?;
        Ok(Verification {
            child: child.path().to_owned(),
            intact: differences.is_empty(),
            server,
            differences,
        })
    }
}

/// Compares a child with its receipt and, where one is given, with the share that it should have.
/// A [`Verifier`] has more options.
///
/// # Errors
/// As for [`Verifier::verify`].
pub fn verify(child: &Child, share: Option<&Share>) -> Result<Verification, Error> {
    let share = share.cloned();
    let editor = Choice::auto().needing_boot(boot_need());
    Verifier { share, editor }.verify(child)
}
