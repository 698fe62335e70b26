//! Errors of a measurement.

use std::io;
use std::path::PathBuf;

use crate::error::ErrorKind;
use crate::host::Cause;

/// A failed measurement.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SavingsError {
    /// A file cannot be measured.
    #[error("cannot measure {}: {}", path.display(), Cause::at(path, source))]
    Unmeasured {
        /// The file.
        path: PathBuf,
        /// The host's error.
        source: io::Error,
    },
    /// The master cannot be compressed for the comparison.
    #[error("cannot compress {} with qemu-img ({said}): leave --compressed out", path.display())]
    Compression {
        /// The master.
        path: PathBuf,
        /// The end of the program, or why it did not start.
        said: String,
    },
}

impl SavingsError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unmeasured { .. } => "savings-unmeasured",
            Self::Compression { .. } => "savings-compression",
        }
    }

    /// Next step of the caller.
    pub fn kind(&self) -> ErrorKind {
        ErrorKind::Host
    }
}
