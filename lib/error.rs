//! Errors of a whole call, sorted by what the caller does next.

use std::any::Any;
use std::error::Error as StdError;
use std::fmt;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::codes::Severity;
use crate::editor::EditorError;
use crate::graft::{Finding, GraftError, KernelFault, Unfit};
use crate::guest::GuestError;
use crate::image::{ImageError, Mended};
use crate::path::{escape, printable};
use crate::prepare::{Cancelled, SavedMemory};
use crate::registry::{EditError, NoServer, RegistryError, shown_foreign};

/// A failed call. [`kind`](Self::kind) says what to do about it, [`code`](Self::code) what exactly is
/// wrong; the text is one line.
///
/// # As data
/// Serialized it has the fields `kind`, `code`, `codes`, `findings`, `message`, `causes` (the texts of its
/// [sources](StdError::source), outermost first) and `retryable`. Texts name files of the host and of
/// the guest, servers and their exports. No passphrase is in them, and no password that a caller's
/// registry says.
/// ```
/// use osgraft::image::Child;
///
/// let error = osgraft::Error::from(Child::open("/no/such.qcow2", "/no").unwrap_err());
/// let json = serde_json::to_value(&error)?;
/// assert_eq!(json["kind"], "host");
/// assert_eq!(json["code"], "image-not-found");
/// assert_eq!(json["message"], "no image at /no/such.qcow2: check the path");
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # Codes
/// A code is stable: a later version may add codes, and does not give an old one another meaning. One
/// code means one thing wherever it comes from: `no-root` is that of both editors, `io` a failed
/// call on a file of the host. [`codes`](crate::codes) has the table of all of them, those of findings
/// and of the hook included.
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
    /// The kernel of a release, which a child is to boot, cannot be had.
    #[error(transparent)]
    Kernel(#[from] KernelFault),
    /// The hypervisor keeps a memory of a machine that uses the disk.
    #[error("{0}")]
    SavedMemory(SavedMemory),
    /// The registry cannot be reached or read.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// A change of the registry did not land.
    #[error(transparent)]
    RegistryEdit(#[from] EditError),
    /// No server fits the child.
    #[error(transparent)]
    NoServer(#[from] NoServer),
    /// A call failed after the child's image was repaired for it, which stays so.
    #[error("{source}; before that, {mended}")]
    AfterMending {
        /// The repair or recovery.
        mended: Mended,
        /// The failure.
        source: Box<Error>,
    },
    /// A call panicked; only [`Preparer::prepare_all`](crate::prepare::Preparer::prepare_all)
    /// makes an error of that.
    #[error(transparent)]
    Panicked(#[from] Panicked),
    /// An [`Observer`](crate::prepare::Observer) ended the call before its edit was committed.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Some work panicked, which no work should.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "osgraft failed in a way that it should not ({what}): the child is as it was, or “osgraft \
     recover” finishes its edit; please report this"
)]
pub struct Panicked {
    /// Text of the panic, in one line.
    pub what: String,
}

impl Panicked {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        "panicked"
    }
    /// Takes the text of a panic.
    pub(crate) fn new(panic: &(dyn Any + Send)) -> Self {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        Self {
            what: escape(text.unwrap_or("a panic without words").as_bytes()),
        }
    }
}

/// Next step of the caller.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Fix the host, or try again.
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
    /// Fix the registry or the way to it.
    Registry,
    /// Nothing: the caller ended it; no edit was made.
    Cancelled,
}

impl ErrorKind {
    /// A stable name, in kebab-case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Usage => "usage",
            Self::Guest => "guest",
            Self::NoServer => "no-server",
            Self::ImageRefused => "image-refused",
            Self::ImageInUse => "image-in-use",
            Self::Registry => "registry",
            Self::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for ErrorKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
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

impl From<GraftError> for Error {
    fn from(error: GraftError) -> Self {
        match error {
            GraftError::Guest(error) => Self::Guest(error),
            GraftError::Unfit(unfit) => Self::Unfit(unfit),
            GraftError::Kernel(fault) => Self::Kernel(fault),
        }
    }
}

impl Error {
    /// An error that came after a child's image was repaired.
    pub(crate) fn after(mended: Mended, source: Self) -> Self {
        match mended.is_nothing() {
            true => source,
            false => Self::AfterMending {
                mended,
                source: Box::new(source),
            },
        }
    }

    /// The failure, whatever was done to the image before.
    pub fn cause(&self) -> &Self {
        match self {
            Self::AfterMending { source, .. } => Self::cause(source),
            error => error,
        }
    }

    /// Next step of the caller.
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
            Self::Kernel(fault) if fault.is_usage => ErrorKind::Usage,
            Self::Kernel(_) => ErrorKind::Host,
            Self::Editor(error) if error.is_host() => ErrorKind::Host,
            Self::Editor(_) | Self::Guest(_) | Self::Unfit(_) | Self::SavedMemory(_) => {
                ErrorKind::Guest
            }
            Self::Registry(_) => ErrorKind::Registry,
            Self::RegistryEdit(error) if error.is_usage() => ErrorKind::Usage,
            Self::RegistryEdit(error) if error.registry().is_some() => ErrorKind::Registry,
            Self::RegistryEdit(_) => ErrorKind::Host,
            Self::NoServer(_) => ErrorKind::NoServer,
            Self::Cancelled(_) => ErrorKind::Cancelled,
        }
    }

    /// A stable name of what is wrong, in kebab-case; where several things are, of the first.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Image(error) => error.code(),
            Self::Editor(error) => error.code(),
            Self::Guest(error) => error.code(),
            Self::Unfit(unfit) => unfit.code(),
            Self::Kernel(fault) => fault.code,
            Self::SavedMemory(_) => "saved-memory",
            Self::Registry(error) => error.code(),
            Self::RegistryEdit(error) => error.code(),
            Self::NoServer(error) => error.code(),
            Self::AfterMending { source, .. } => Self::code(source),
            Self::Panicked(error) => error.code(),
            Self::Cancelled(error) => error.code(),
        }
    }

    /// Stable names of all that is wrong: preflight may find several things, else there is one.
    pub fn codes(&self) -> Vec<&'static str> {
        match self {
            Self::Unfit(unfit) => unfit.codes(),
            Self::AfterMending { source, .. } => Self::codes(source),
            other => vec![other.code()],
        }
    }

    /// Findings, each with its severity and what to do: preflight may find several things, else there
    /// is one.
    pub fn findings(&self) -> Vec<Finding> {
        match self {
            Self::Unfit(Unfit::Preflight(blockers)) => blockers.clone(),
            Self::AfterMending { source, .. } => Self::findings(source),
            other => {
                let text = printable(&other.to_string());
                vec![Finding::new(other.code(), text).with(Severity::Error)]
            }
        }
    }

    /// `true` if the same call may succeed later without anybody correcting anything: the image is in
    /// use, another edit of the registry is under way, or the registry says so
    /// ([`RegistryError::is_retryable`]).
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Image(ImageError::InUse { .. }) | Self::RegistryEdit(EditError::Busy { .. }) => {
                true
            }
            Self::AfterMending { source, .. } => Self::is_retryable(source),
            Self::Registry(error) => error.is_retryable(),
            Self::RegistryEdit(error) => error.registry().is_some_and(RegistryError::is_retryable),
            _ => false,
        }
    }

    /// The texts of its sources, outermost first. A chain that leads in a circle ends.
    fn causes(&self) -> Vec<String> {
        let chain = std::iter::successors(self.source(), |error| (*error).source());
        chain.take(16).map(shown_foreign).collect()
    }
}

impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Error", 7)?;
        fields.serialize_field("kind", &self.kind())?;
        fields.serialize_field("code", self.code())?;
        fields.serialize_field("codes", &self.codes())?;
        fields.serialize_field("findings", &self.findings())?;
        fields.serialize_field("message", &printable(&self.to_string()))?;
        fields.serialize_field("causes", &self.causes())?;
        fields.serialize_field("retryable", &self.is_retryable())?;
        fields.end()
    }
}
