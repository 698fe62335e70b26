//! The error of a call on shared trees.

use super::credentials::CredentialError;
use super::disk_image::DiskImageError;
use super::extract::ExtractError;
use super::release::{NameError, ReleaseError};
use super::serve::ServeError;
use super::snippet::SnippetError;
use crate::editor::EditorError;
use crate::error::{Error, ErrorKind};
use crate::guest::GuestError;
use crate::image::ImageError;

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
    /// An extraction.
    #[error(transparent)]
    Extract(#[from] ExtractError),
    /// A server's configuration.
    #[error(transparent)]
    Serve(#[from] ServeError),
}

impl From<CredentialError> for ShareError {
    fn from(error: CredentialError) -> Self {
        Self::Credential(Box::new(error))
    }
}

impl From<EditorError> for ShareError {
    fn from(error: EditorError) -> Self {
        Self::Master(error.into())
    }
}

impl From<GuestError> for ShareError {
    fn from(error: GuestError) -> Self {
        Self::Master(error.into())
    }
}

impl From<ImageError> for ShareError {
    fn from(error: ImageError) -> Self {
        Self::Master(error.into())
    }
}

impl From<NameError> for ShareError {
    fn from(error: NameError) -> Self {
        Self::Release(error.into())
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
            Self::Extract(error) => error.code(),
            Self::Serve(error) => error.code(),
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
            Self::Extract(error) => error.kind(),
            Self::Serve(error) => error.kind(),
        }
    }
}
