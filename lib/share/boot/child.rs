//! Kernels of the releases, for children that boot them from their own disks.

use super::error::BootError;
use super::folder::copy;
use super::releases::BootReleases;
use crate::error::ErrorKind;
use crate::graft::{ChildKernel, KernelFault, KernelPiece, KernelSource};

impl KernelSource for BootReleases {
    fn kernel(&self, release: &str) -> Result<ChildKernel, KernelFault> {
        let files = self.files(release)?;
        let pieces = std::iter::once(&files.vmlinuz).chain(&files.initrd);
        Ok(ChildKernel {
            pieces: pieces
                .map(|piece| KernelPiece {
                    size: piece.size,
                    sha256: piece.sha256.to_string(),
                })
                .collect(),
            release: files.release,
            kernel: files.kernel,
        })
    }

    fn read(&self, kernel: &ChildKernel) -> Result<Vec<Vec<u8>>, KernelFault> {
        let files = self.files(&kernel.release)?;
        let pieces = std::iter::once(&files.vmlinuz).chain(&files.initrd);
        let mut contents = Vec::new();
        for piece in pieces {
            let mut content = Vec::new();
            copy(piece, &mut content, &piece.path)?;
            contents.push(content);
        }
        Ok(contents)
    }
}

impl From<BootError> for KernelFault {
    fn from(error: BootError) -> Self {
        Self {
            code: error.code(),
            is_usage: error.kind() == ErrorKind::Usage,
            text: error.to_string(),
        }
    }
}
