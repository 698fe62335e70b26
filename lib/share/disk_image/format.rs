//! Formats of images, and the programs that make them.

use std::ffi::OsString;
use std::fmt;
use std::path::Path;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::path::escape;

/// Format of a disk image.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Format {
    /// erofs: known by its UUID, and fast to read. Times of files become one.
    Erofs,
    /// squashfs: smaller. It has no UUID, so a guest knows it by the disk's serial.
    Squashfs,
}

/// Text that is no format.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("“{0}” is no format of an image: use erofs or squashfs")]
pub struct FormatError(String);

impl Format {
    /// Its name: that of the file system.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Erofs => "erofs",
            Self::Squashfs => "squashfs",
        }
    }

    /// The program that makes it.
    pub const fn program(self) -> &'static str {
        match self {
            Self::Erofs => "mkfs.erofs",
            Self::Squashfs => "mksquashfs",
        }
    }

    /// The package that has its programs.
    pub const fn package(self) -> &'static str {
        match self {
            Self::Erofs => "erofs-utils",
            Self::Squashfs => "squashfs-tools",
        }
    }

    /// Its compressions, the usual one first.
    pub const fn compressions(self) -> &'static [&'static str] {
        match self {
            Self::Erofs => &["lz4hc", "lz4", "zstd", "none"],
            Self::Squashfs => &["zstd", "lz4", "gzip", "xz", "none"],
        }
    }

    /// The compression that each tool and each usual kernel has.
    pub const fn usual(self) -> &'static str {
        match self {
            Self::Erofs => "lz4hc",
            Self::Squashfs => "gzip",
        }
    }

    /// Arguments that make an image of a tree, the same bytes each time.
    pub(super) fn arguments(
        self,
        compression: &str,
        time: u64,
        uuid: &str,
        (tree, image): (&Path, &Path),
    ) -> Vec<OsString> {
        let text = |text: String| OsString::from(text);
        match self {
            Self::Erofs => {
                let mut arguments = vec!["--quiet".into()];
                if compression != "none" {
                    arguments.push(text(format!("-z{compression}")));
                }
                arguments.extend([text(format!("-T{time}")), "-U".into(), uuid.into()]);
                arguments.extend([image.into(), tree.into()]);
                arguments
            }
            Self::Squashfs => {
                let mut arguments: Vec<OsString> = vec![tree.into(), image.into()];
                match compression {
                    "none" => arguments.extend(["-noI", "-noD", "-noF", "-noX"].map(Into::into)),
                    name => arguments.extend(["-comp".into(), name.into()]),
                }
                let time = time.to_string();
                // That of the tree's own folder is the time at which somebody put it there.
                arguments.extend(["-root-time".into(), time.clone().into()]);
                arguments.extend(["-mkfs-time".into(), time.into(), "-noappend".into()]);
                let quiet = ["-no-progress", "-quiet", "-exit-on-error"];
                arguments.extend(quiet.map(Into::into));
                arguments
            }
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Format {
    type Err = FormatError;

    fn from_str(text: &str) -> Result<Self, FormatError> {
        let mut all = [Self::Erofs, Self::Squashfs].into_iter();
        all.find(|format| format.as_str() == text)
            .ok_or_else(|| FormatError(escape(text.as_bytes())))
    }
}
