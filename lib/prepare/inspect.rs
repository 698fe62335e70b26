//! What is known of a guest before it runs.

use std::path::PathBuf;

use serde::{Serialize, Serializer};

use super::receipt::Receipt;
use super::report::{Finding, host_path};
use super::survey::{self, ReceiptState};
use crate::editor::{self, Choice};
use crate::error::Error;
use crate::guest::{Ahead, GuestFacts};
use crate::image::{Child, MasterFormat};

/// An image and the guest in it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Inspection {
    /// The image.
    #[serde(serialize_with = "host_path")]
    pub image: PathBuf,
    /// The file that it is an overlay of; none for a master.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "master")]
    pub master: Option<PathBuf>,
    /// The format of that file: `qcow2`, `raw` or `vmdk`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub master_format: Option<&'static str>,
    /// The image's own format: `qcow2`, or `raw` or `vmdk` for a master.
    pub format: &'static str,
    /// The disk's size as the guest sees it, in bytes.
    pub virtual_size: u64,
    /// Bytes of one cluster; none for an image that is no qcow2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster_size: Option<u64>,
    /// Where the root file system lies, and why it is that one.
    pub root: String,
    /// What the guest is.
    pub facts: GuestFacts,
    /// What an earlier `prepare` left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
    /// Why that cannot be told, where something else lies in the receipt's place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt_problem: Option<Finding>,
}

/// Looks at a child or a master. Writes nothing.
///
/// # Errors
/// What keeps it from being looked at.
pub fn inspect(image: &Child) -> Result<Inspection, Error> {
    inspect_with(image, &Choice::auto())
}

/// The same, with an editor of the caller's choice.
///
/// # Errors
/// As for [`inspect`].
pub fn inspect_with(image: &Child, editor: &Choice) -> Result<Inspection, Error> {
    let open = image.read()?;
    let editor = &editor.clone().ahead(Ahead::facts());
    let ((facts, receipt), reached) = editor::look(&open, editor, |guest| {
        let facts = GuestFacts::gather(guest)?;
        let receipt = survey::receipt(guest)?.state;
        Ok::<_, Error>((facts, receipt))
    })?;
    let (receipt, receipt_problem) = match receipt {
        ReceiptState::Missing => (None, None),
        ReceiptState::Whole(_, receipt) => (Some(*receipt), None),
        ReceiptState::Damaged(_, error) | ReceiptState::Unusable(error) => {
            (None, Some(Finding::new(error.code(), error.to_string())))
        }
    };
    Ok(Inspection {
        image: image.path().to_owned(),
        master: open.master().map(ToOwned::to_owned),
        master_format: open.master_format().map(MasterFormat::as_str),
        format: open.format().as_str(),
        virtual_size: open.header().virtual_size(),
        cluster_size: (open.format() == MasterFormat::Qcow2).then(|| open.header().cluster_size()),
        root: reached.root,
        facts,
        receipt,
        receipt_problem,
    })
}

// Serde hands fields over by reference.
#[allow(clippy::ref_option)]
fn master<S: Serializer>(master: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
    match master {
        Some(path) => host_path(path, serializer),
        None => serializer.serialize_none(),
    }
}
