//! Kernels that children boot from their own disks, as their source tells them.

use std::fmt::Debug;

/// Kernels of releases, for children that boot them from their own disks.
pub trait KernelSource: Debug + Send + Sync {
    /// The kernel of a release. Nothing of it is read yet.
    ///
    /// # Errors
    /// [`KernelFault`].
    fn kernel(&self, release: &str) -> Result<ChildKernel, KernelFault>;

    /// The bytes of its pieces, in their order, each held against its digest.
    ///
    /// # Errors
    /// [`KernelFault`].
    fn read(&self, kernel: &ChildKernel) -> Result<Vec<Vec<u8>>, KernelFault>;
}

/// A kernel of a release.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChildKernel {
    /// The release.
    pub release: String,
    /// The kernel's release, as `uname -r` says it.
    pub kernel: String,
    /// The kernel itself, then the archives of its initramfs in the order in which it unpacks them.
    pub pieces: Vec<KernelPiece>,
}

/// A file of a kernel.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KernelPiece {
    /// Its bytes.
    pub size: u64,
    /// SHA-256 of them, in hexadecimal digits.
    pub sha256: String,
}

/// A kernel that its source cannot give.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{text}")]
pub struct KernelFault {
    /// A stable name for scripts, in kebab-case.
    pub code: &'static str,
    /// Sentence of one line.
    pub text: String,
    /// True where the caller has to ask for something else; false where the host has to be mended.
    pub is_usage: bool,
}
