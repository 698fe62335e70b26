//! The error of a call on shared trees.

use super::boot::BootError;
use super::credentials::CredentialError;
use super::disk_image::DiskImageError;
use super::extract::ExtractError;
use super::release::{NameError, ReleaseError};
use super::savings::SavingsError;
use super::serve::ServeError;
use super::server_disk::ServerDiskError;
use super::snippet::SnippetError;
use super::thin::ThinError;
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
    /// The kernels that this hypervisor loads.
    #[error(transparent)]
    Boot(#[from] BootError),
    /// An extraction.
    #[error(transparent)]
    Extract(#[from] ExtractError),
    /// A measurement.
    #[error(transparent)]
    Savings(#[from] SavingsError),
    /// A thinned copy of a master.
    #[error(transparent)]
    Thin(Box<ThinError>),
    /// A server's configuration.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The disk of a server.
    #[error(transparent)]
    ServerDisk(Box<ServerDiskError>),
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

impl From<ServerDiskError> for ShareError {
    fn from(error: ServerDiskError) -> Self {
        Self::ServerDisk(Box::new(error))
    }
}

impl From<ThinError> for ShareError {
    fn from(error: ThinError) -> Self {
        match error {
            ThinError::Master(error) => Self::Master(error),
            error => Self::Thin(Box::new(error)),
        }
    }
}

impl ShareError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Master(error) => error.code(),
            Self::Release(error) => error.code(),
            Self::Boot(error) => error.code(),
            Self::Extract(error) => error.code(),
            Self::Savings(error) => error.code(),
            Self::Thin(error) => error.code(),
            Self::Serve(error) => error.code(),
            Self::ServerDisk(error) => error.code(),
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
            Self::Boot(error) => error.kind(),
            Self::Extract(error) => error.kind(),
            Self::Savings(error) => error.kind(),
            Self::Thin(error) => error.kind(),
            Self::Serve(error) => error.kind(),
            Self::ServerDisk(error) => error.kind(),
            Self::DiskImage(error) => error.kind(),
            Self::Snippet(error) => error.kind(),
            Self::Credential(error) => error.kind(),
        }
    }
}
