//! Reasons why a tree becomes no image.

use std::io;
use std::path::{Path, PathBuf};

use super::Format;
use crate::error::ErrorKind;
use crate::host::Cause;
use crate::path::printable;

/// A tree that became no image. Nothing is left in the image's place.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiskImageError {
    /// There is no tree.
    #[error("{} is no folder: name a release, or the folder of a tree", .0.display())]
    NoTree(PathBuf),
    /// A plain tree, and no name for the image.
    #[error("{} is no release, so the image has no place of its own: name a file for it", .0.display())]
    NoName(PathBuf),
    /// The image would be part of itself.
    #[error("{} lies in the tree that it is made of: name a file outside", .0.display())]
    InTree(PathBuf),
    /// A device, a FIFO or a socket.
    #[error("{} is a {kind}, which no share may hold: remove it from the tree", path.display())]
    Special {
        /// The file.
        path: PathBuf,
        /// Kind of it.
        kind: &'static str,
    },
    /// Something is mounted in the tree.
    #[error("{} is on another file system than the tree: unmount it", .0.display())]
    OtherFileSystem(PathBuf),
    /// The tree cannot be read.
    #[error("cannot {doing} {}: {}", path.display(), Cause::at(path, source))]
    Tree {
        /// Step that failed, as a verb.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The host's error.
        source: io::Error,
    },
    /// The image cannot be written.
    #[error("cannot {doing} {}: {}", path.display(), Cause::at(path, source))]
    Write {
        /// Step that failed, as a verb.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The host's error.
        source: io::Error,
    },
    /// Another image, or something else, has the name.
    #[error(
        "{} is there and is not the image of this tree: remove it, or name another file", .0.display()
    )]
    Exists(PathBuf),
    /// A compression that the format does not have.
    #[error("{format} has no compression “{name}”: use {}", format.compressions().join(", "))]
    Compression {
        /// The format.
        format: Format,
        /// The compression, escaped.
        name: String,
    },
    /// The tool is not installed.
    #[error(
        "{program} is missing, which makes {format} images: install {} (Debian, Fedora)", format.package()
    )]
    NoTool {
        /// The program.
        program: &'static str,
        /// The format.
        format: Format,
    },
    /// The installed tool lacks the compression.
    #[error(
        "the installed {program} lacks the compression {compression} ({said}): use {}, or install a newer {}",
        format.usual(), format.package()
    )]
    OldTool {
        /// The program.
        program: &'static str,
        /// The compression.
        compression: &'static str,
        /// The format.
        format: Format,
        /// Its own words, escaped.
        said: String,
    },
    /// The tool failed.
    #[error(
        "{program} failed ({status}): {said}: make room where the image is to be, and look at the tree"
    )]
    Tool {
        /// The program.
        program: &'static str,
        /// The way it ended.
        status: String,
        /// Its own words, escaped.
        said: String,
    },
    /// The image is not that of the tree.
    #[error(
        "the image that {program} made is not that of the tree ({what}): nothing was kept; try again while nothing changes the tree"
    )]
    Differs {
        /// The program.
        program: &'static str,
        /// The difference.
        what: String,
    },
}

impl DiskImageError {
    pub(super) fn tree(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Tree {
            doing,
            path,
            source,
        }
    }

    pub(super) fn write(
        doing: &'static str,
        path: &Path,
    ) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Write {
            doing,
            path,
            source,
        }
    }

    pub(super) fn differs(program: &'static str, what: impl AsRef<str>) -> Self {
        let what = printable(what.as_ref());
        Self::Differs { program, what }
    }

    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoTree(_) => "share-image-no-tree",
            Self::NoName(_) => "share-image-no-name",
            Self::InTree(_) => "share-image-in-tree",
            Self::Special { .. } => "share-image-special",
            Self::OtherFileSystem(_) => "share-image-other-file-system",
            Self::Tree { .. } => "share-image-tree",
            Self::Write { .. } => "share-image-write",
            Self::Exists(_) => "share-image-exists",
            Self::Compression { .. } => "share-image-compression",
            Self::NoTool { .. } => "share-image-no-tool",
            Self::OldTool { .. } => "share-image-old-tool",
            Self::Tool { .. } => "share-image-tool",
            Self::Differs { .. } => "share-image-differs",
        }
    }

    /// Next step of the caller.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NoTree(_)
            | Self::NoName(_)
            | Self::InTree(_)
            | Self::Exists(_)
            | Self::Compression { .. } => ErrorKind::Usage,
            Self::Special { .. } | Self::OtherFileSystem(_) => ErrorKind::Guest,
            _ => ErrorKind::Host,
        }
    }
}
