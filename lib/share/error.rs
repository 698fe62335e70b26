//! The error of a call on shared trees.

use super::boot::BootError;
use super::extract::ExtractError;
use super::release::{NameError, ReleaseError};
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
    /// A thinned copy of a master.
    #[error(transparent)]
    Thin(#[from] ThinError),
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
            Self::Boot(error) => error.code(),
            Self::Extract(error) => error.code(),
            Self::Thin(error) => error.code(),
        }
    }

    /// Next step of the caller.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Master(error) => error.kind(),
            Self::Release(error) => error.kind(),
            Self::Boot(error) => error.kind(),
            Self::Extract(error) => error.kind(),
            Self::Thin(error) => error.kind(),
        }
    }
}
