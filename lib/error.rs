//! What can go wrong in a whole call, sorted by what the caller does next.

use crate::editor::EditorError;
use crate::guest::GuestError;
use crate::image::{ImageError, Mended};
use crate::prepare::{Panicked, Unfit};
use crate::registry::{EditError, NoServer, RegistryError};

/// A failed call. [`kind`](Self::kind) says what to do about it; the text is one line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The image: refused, in use, or out of reach.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// No editor can open this guest.
    #[error(transparent)]
    Editor(EditorError),
    /// A call inside the guest failed.
    #[error(transparent)]
    Guest(#[from] GuestError),
    /// This guest cannot be prepared as asked.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// The registry cannot be reached or read.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// A change of the registry did not land.
    #[error(transparent)]
    RegistryEdit(#[from] EditError),
    /// No server fits the child.
    #[error(transparent)]
    NoServer(#[from] NoServer),
    /// A call failed after the child's image was mended for it, which stays so.
    #[error("{source}; before that, {mended}")]
    AfterMending {
        /// What was done.
        mended: Mended,
        /// What failed.
        source: Box<Error>,
    },
    /// A call panicked; only [`Preparer::prepare_all`](crate::prepare::Preparer::prepare_all)
    /// makes an error of that.
    #[error(transparent)]
    Panicked(#[from] Panicked),
}

/// What the caller does next.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Mend the host, or try again.
    Host,
    /// Ask for something else.
    Usage,
    /// Choose another guest or change this one; nothing was changed but what
    /// [`Error::AfterMending`] tells.
    Guest,
    /// Add a server or change one; nothing was changed.
    NoServer,
    /// Choose another image; nothing of it was opened.
    ImageRefused,
    /// Stop whoever uses the image.
    ImageInUse,
    /// Mend the registry or the way to it.
    Registry,
}

impl From<EditorError> for Error {
    /// An image that an editor could not use is an error of the image.
    fn from(error: EditorError) -> Self {
        match error {
            EditorError::Image(error) => Self::Image(error),
            error => Self::Editor(error),
        }
    }
}

impl Error {
    /// An error that came after a child's image was mended.
    pub(crate) fn after(mended: Mended, source: Self) -> Self {
        match mended.is_nothing() {
            true => source,
            false => Self::AfterMending {
                mended,
                source: Box::new(source),
            },
        }
    }

    /// What failed, whatever was done to the image before.
    pub fn cause(&self) -> &Self {
        match self {
            Self::AfterMending { source, .. } => source.cause(),
            error => error,
        }
    }

    /// What the caller does next.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::AfterMending { source, .. } => source.kind(),
            Self::Image(error) => match error.cause() {
                ImageError::Refused { .. } | ImageError::NotAFile { .. } => ErrorKind::ImageRefused,
                ImageError::InUse { .. } => ErrorKind::ImageInUse,
                ImageError::Exists(_) => ErrorKind::Usage,
                _ => ErrorKind::Host,
            },
            Self::Guest(GuestError::Io { .. }) | Self::Panicked(_) => ErrorKind::Host,
            Self::Editor(error) if error.is_host() => ErrorKind::Host,
            Self::Editor(_) | Self::Guest(_) | Self::Unfit(_) => ErrorKind::Guest,
            Self::Registry(_) => ErrorKind::Registry,
            Self::RegistryEdit(error) if error.is_usage() => ErrorKind::Usage,
            Self::RegistryEdit(error) if error.registry().is_some() => ErrorKind::Registry,
            Self::RegistryEdit(_) => ErrorKind::Host,
            Self::NoServer(_) => ErrorKind::NoServer,
        }
    }
}
