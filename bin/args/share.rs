//! Commands on shared trees.

use std::path::PathBuf;

use clap::{Subcommand, ValueHint};
use osgraft::share::disk_image::Format;

#[derive(Debug, Subcommand)]
pub(crate) enum ShareCommand {
    /// Show the releases of a folder
    List {
        /// The folder that holds the releases
        #[arg(value_name = "OUT", value_hint = ValueHint::DirPath)]
        folder: PathBuf,
    },
    /// Make a read-only disk image of a release, the same bytes each time
    Image(ImageArgs),
    /// Print the devices by which a machine has a server of disk or virtiofs: libvirt's XML, QEMU's
    /// arguments
    Snippet(SnippetArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct ImageArgs {
    /// The release, or the folder of any tree
    #[arg(value_name = "RELEASE", value_hint = ValueHint::DirPath)]
    pub(crate) from: PathBuf,
    /// The image [default: share.erofs or share.squashfs in the release]
    #[arg(value_name = "IMAGE", value_hint = ValueHint::FilePath)]
    pub(crate) image: Option<PathBuf>,
    /// The format: erofs is known by its UUID, squashfs is smaller
    #[arg(long, value_name = "FORMAT", default_value = "erofs")]
    pub(crate) format: Format,
    /// Compression: lz4hc, lz4, zstd, none (erofs); zstd, lz4, gzip, xz, none (squashfs)
    /// [default: lz4hc, zstd]
    #[arg(long, value_name = "NAME")]
    pub(crate) compression: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SnippetArgs {
    /// The server's name in the registry
    pub(crate) server: String,
    /// What the machine gets: the image of a disk, the tree of virtiofs
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) source: PathBuf,
    /// Memory of the machine, which virtiofs shares with it
    #[arg(long, value_name = "SIZE", default_value = "1G")]
    pub(crate) memory: String,
}
