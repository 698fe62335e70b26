//! Whether a graft is in place and intact.

use std::path::PathBuf;

use serde::Serialize;

use super::report::{Finding, host_path};
use super::share::Share;
use super::survey;
use crate::editor::{self, Choice};
use crate::error::Error;
use crate::fstab::Fstab;
use crate::guest::Guest;
use crate::image::Child;
use crate::links::{self, Links};

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
    let ((server, differences), _) = editor::look(&open, editor, |guest| compare(guest, share))?;
    Ok(Verification {
        child: child.path().to_owned(),
        intact: differences.is_empty(),
        server,
        differences,
    })
}

/// What of a guest's graft differs from its receipt and from `share`, whatever holds the tree;
/// and the server that the receipt names.
///
/// # Errors
/// As for [`verify`].
pub fn compare(
    guest: &mut dyn Guest,
    share: Option<&Share>,
) -> Result<(Option<String>, Vec<Finding>), Error> {
    let mut differences = Vec::new();
    let file = survey::receipt(guest)?;
    let Some((_, receipt)) = &file.now else {
        differences.push(survey::not_prepared(&file));
        return Ok((None, differences));
    };
    compare_fstab(guest, receipt.fstab.as_ref(), &mut differences)?;

    let observation = survey::done(guest, &receipt.links)?;
    for kept in receipt.links.undo(&observation).kept {
        // A directory of ours that holds more by now still serves.
        if kept.why != links::Reason::NotEmpty {
            differences.push(Finding::new(kept.why.code(), kept.to_string()));
        }
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
    Ok((Some(receipt.server.clone()), differences))
}

fn compare_fstab(
    guest: &mut dyn Guest,
    done: Option<&super::receipt::FstabReceipt>,
    differences: &mut Vec<Finding>,
) -> Result<(), Error> {
    let file = survey::fstab(guest)?;
    let fstab = match &file.content {
        Some(bytes) => Fstab::parse(bytes),
        None => Fstab::missing(),
    };
    let path = &file.path;
    let (code, text) = match (fstab.managed(), done) {
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
                return Ok(());
            }
            let text = format!(
                "{path} line {}: “{now}” is not what was written",
                managed.line
            );
            ("fstab-block-edited", text)
        }
    };
    differences.push(Finding::new(code, text));
    Ok(())
}

fn compare_links(
    guest: &mut dyn Guest,
    wanted: &Links,
    done: &links::Done,
    differences: &mut Vec<Finding>,
) -> Result<(), Error> {
    let physical = survey::locate(guest, wanted)?;
    let observation = survey::links(guest, wanted, &physical)?;
    match links::decide(wanted, &physical, &observation, Some(done)) {
        Err(error) => differences.push(Finding::new(error.code(), error.to_string())),
        Ok(decision) => {
            for action in decision.actions {
                differences.push(Finding::new("link-missing", format!("to do: {action}")));
            }
            for warning in decision.warnings {
                if let links::Warning::LeftOver { .. } = warning {
                    differences.push(Finding::new(warning.code(), warning.to_string()));
                }
            }
        }
    }
    Ok(())
}
