//! Settings of an extraction.

use std::path::PathBuf;

use super::component::ComponentPath;
use crate::codes::Allowed;

/// Bounds of an extraction.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Limits {
    /// Files, directories and links; 500,000 by default.
    pub files: u64,
    /// Bytes of content, without the holes of files of more than 1 GiB; 64 GiB by default.
    pub bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            files: 500_000,
            bytes: 64 << 30,
        }
    }
}

/// Wish for kernel images and initramfs in the release.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum BootWish {
    /// Those of the kernels whose modules are in the release and that have both.
    #[default]
    Found,
    /// The same, and an error where there are none.
    Required,
    /// None.
    None,
}

/// Wishes for a release.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    /// The folder that holds the releases.
    pub(super) out: PathBuf,
    pub(super) components: Vec<ComponentPath>,
    pub(super) boot: BootWish,
    pub(super) allowed: Allowed,
    pub(super) limits: Limits,
}

impl Settings {
    /// Releases lie in this folder.
    pub(super) fn of(out: PathBuf) -> Self {
        Self {
            out,
            ..Self::default()
        }
    }
}
