//! Errors of work on a guest's tree.

use super::kernel::KernelFault;
use super::unfit::Unfit;
use crate::guest::GuestError;

/// A graft that failed. The tree may be half done and has to be dropped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GraftError {
    /// A call inside the guest failed.
    #[error(transparent)]
    Guest(#[from] GuestError),
    /// This guest cannot be prepared as asked.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// The kernel of a release cannot be had.
    #[error(transparent)]
    Kernel(#[from] KernelFault),
}

impl GraftError {
    /// A stable name for scripts, in kebab-case; of several the first.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Guest(error) => error.code(),
            Self::Unfit(unfit) => unfit.code(),
            Self::Kernel(fault) => fault.code,
        }
    }
}
