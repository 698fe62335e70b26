//! Whether a graft is in place and intact.

use std::path::PathBuf;

use serde::Serialize;

use super::report::host_path;
use crate::editor::{self, Choice};
use crate::error::Error;
use crate::graft::{Finding, Share, compare};
use crate::image::Child;

/// What of a child's graft differs from what its receipt tells.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Verification {
    /// The child.
    #[serde(serialize_with = "host_path")]
    pub child: PathBuf,
    /// Whether the graft is in place and intact: nothing differs.
    pub intact: bool,
    /// The server that it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// What differs.
    pub differences: Vec<Finding>,
}

/// Compares a child with its receipt and, where one is given, with the share that it should have.
/// Writes nothing.
///
/// # Errors
/// What keeps it from being looked at. A graft that is missing is no error but a difference.
pub fn verify(child: &Child, share: Option<&Share>) -> Result<Verification, Error> {
    verify_with(child, share, &Choice::auto())
}

/// The same, with an editor of the caller's choice.
///
/// # Errors
/// As for [`verify`].
pub fn verify_with(
    child: &Child,
    share: Option<&Share>,
    editor: &Choice,
) -> Result<Verification, Error> {
    let open = child.read()?;
    let ((server, differences), _) = editor::look(&open, editor, |guest| {
        Ok::<_, Error>(compare(guest, share)?)
    })?;
    Ok(Verification {
        child: child.path().to_owned(),
        intact: differences.is_empty(),
        server,
        differences,
    })
}
