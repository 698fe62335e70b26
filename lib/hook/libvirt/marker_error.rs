//! Errors of markers.

use std::io;
use std::path::PathBuf;

use super::xml::XmlError;
use crate::host::{Cause, PrivateFolderError};

/// Reason for which a marker could not be left.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MarkerError {
    /// The domain cannot be told from its XML.
    #[error("the domain XML: {0}")]
    Xml(#[from] XmlError),
    /// It has no UUID.
    #[error("the domain has no <uuid>: libvirt gives each one")]
    NoUuid,
    /// The folder cannot be had, or others may write to it.
    #[error("cannot leave a marker: {0}")]
    Folder(#[from] PrivateFolderError),
    /// The marker cannot be made.
    #[error("cannot leave a marker in {}: {}; fix that and try again", .folder.display(), Cause::at(.folder, .source))]
    Io {
        /// The folder.
        folder: PathBuf,
        /// The host's error.
        source: io::Error,
    },
}
