//! The error of a call on shared trees.

use super::credentials::CredentialError;
use super::disk_image::DiskImageError;
use super::release::ReleaseError;
use super::snippet::SnippetError;
use crate::error::{Error, ErrorKind};

/// A failed call on shared trees: one variant for each part of this room.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ShareError {
    /// The master, or the guest in it.
    #[error(transparent)]
    Master(#[from] Error),
    /// A release, or the folder that holds releases.
    #[error(transparent)]
    Release(#[from] ReleaseError),
    /// A disk image of a release.
    #[error(transparent)]
    DiskImage(#[from] DiskImageError),
    /// Devices of a machine.
    #[error(transparent)]
    Snippet(#[from] SnippetError),
    /// A credential for a machine.
    #[error(transparent)]
    Credential(Box<CredentialError>),
}

impl From<CredentialError> for ShareError {
    fn from(error: CredentialError) -> Self {
        Self::Credential(Box::new(error))
    }
}

impl ShareError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Master(error) => error.code(),
            Self::Release(error) => error.code(),
            Self::DiskImage(error) => error.code(),
            Self::Snippet(error) => error.code(),
            Self::Credential(error) => error.code(),
        }
    }

    /// Next step of the caller.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Master(error) => error.kind(),
            Self::Release(error) => error.kind(),
            Self::DiskImage(error) => error.kind(),
            Self::Snippet(error) => error.kind(),
            Self::Credential(error) => error.kind(),
        }
    }
}
