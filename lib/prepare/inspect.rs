//! Facts of a guest before it runs.

use std::path::PathBuf;

use serde::{Serialize, Serializer};

use super::report::host_path;
use crate::editor::{self, Choice};
use crate::error::Error;
use crate::graft::{self, Finding, Receipt, ReceiptState};
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
    /// Place of the root file system, and why it is that one.
    pub root: String,
    /// Facts of the guest.
    pub facts: GuestFacts,
    /// Receipt of an earlier `prepare`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
    /// Reason why that cannot be told, where something else lies in the receipt's place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt_problem: Option<Finding>,
}

/// Looks at children and masters. Writes nothing.
#[derive(Clone, Debug, Default)]
pub struct Inspector {
    editor: Choice,
}

impl Inspector {
    /// Looks by the cheapest editor that fits.
    pub fn new() -> Self {
        Self::default()
    }

    /// Editor that opens the guest; the cheapest that fits by default.
    #[must_use]
    pub fn editor(mut self, editor: Choice) -> Self {
        self.editor = editor;
        self
    }

    /// Looks at one image.
    ///
    /// # Errors
    /// [`Error`], for an image or a guest that cannot be looked at.
    pub fn inspect(&self, image: &Child) -> Result<Inspection, Error> {
        let open = image.read()?;
        let editor = self.editor.clone().ahead(Ahead::facts());
        let ((facts, receipt), reached) = editor::look(&open, &editor, |guest| {
            let facts = GuestFacts::gather(guest)?;
            let receipt = graft::receipt(guest)?.state;
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
            cluster_size: (open.format() == MasterFormat::Qcow2)
                .then(|| open.header().cluster_size()),
            root: reached.root,
            facts,
            receipt,
            receipt_problem,
        })
    }
}

/// Looks at a child or a master. An [`Inspector`] has more options.
///
/// # Errors
/// As for [`Inspector::inspect`].
pub fn inspect(image: &Child) -> Result<Inspection, Error> {
    Inspector::new().inspect(image)
}

// Serde hands fields over by reference.
#[allow(clippy::ref_option)]
fn master<S: Serializer>(master: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
    match master {
        Some(path) => host_path(path, serializer),
        None => serializer.serialize_none(),
    }
}
