//! Commands on shared trees.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum, ValueHint};
use osgraft::share::disk_image::Format;
use osgraft::share::extract::Limits;

use crate::explain::CodeWord;

#[derive(Debug, Subcommand)]
pub(crate) enum ShareCommand {
    /// Make a release: extract parts of a master's tree, with the kernels to boot
    Extract(Box<ExtractArgs>),
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
    /// Print or install what an NFS server needs to export the releases
    Serve(ServeArgs),
    /// Hold a release against its manifest, every byte of it (exit code 8 when it differs)
    Verify {
        /// The release's folder
        #[arg(value_name = "OUT/RELEASE", value_hint = ValueHint::DirPath)]
        release: PathBuf,
    },
    /// Remove a release that nothing uses
    Remove {
        /// The release's folder
        #[arg(value_name = "OUT/RELEASE", value_hint = ValueHint::DirPath)]
        release: PathBuf,
        /// Remove it although a server of the registry serves it
        #[arg(long)]
        force: bool,
    },
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

/// NFS servers whose configuration is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Nfs {
    /// The kernel's: /etc/exports.d/osgraft.exports
    Kernel,
    /// nfs-ganesha: /etc/ganesha/osgraft.conf
    Ganesha,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ServeArgs {
    /// The folder that holds the releases
    #[arg(value_name = "OUT", value_hint = ValueHint::DirPath)]
    pub(crate) folder: PathBuf,
    /// The NFS server
    #[arg(long, value_name = "SERVER")]
    pub(crate) nfs: Nfs,
    /// Host, address or network that may mount it; may be given several times [default: everybody]
    #[arg(long, value_name = "CLIENT")]
    pub(crate) client: Vec<String>,
    /// Print the configuration, which is the default
    #[arg(long, conflicts_with = "install")]
    print: bool,
    /// Write it into the server's configuration; the server is not restarted
    #[arg(long)]
    pub(crate) install: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ExtractArgs {
    /// The disk, a master's or a child's
    #[arg(value_name = "MASTER", value_hint = ValueHint::FilePath)]
    pub(crate) original: PathBuf,
    /// The folder that holds the releases, which must exist
    #[arg(value_name = "OUT", value_hint = ValueHint::DirPath)]
    pub(crate) out: PathBuf,
    /// Name of the new release, as in 2026-11-27
    #[arg(long, value_name = "NAME")]
    pub(crate) release: String,
    /// Part of the guest's tree to extract, as in lib/modules; may be given several times
    #[arg(long, value_name = "PATH", required = true)]
    pub(crate) component: Vec<String>,
    /// Require the image and the initramfs of a kernel whose modules are extracted
    /// [default: take those that are there]
    #[arg(long, conflicts_with = "no_boot")]
    pub(crate) boot: bool,
    /// Extract no kernel image and no initramfs
    #[arg(long)]
    pub(crate) no_boot: bool,
    /// Extract although this is found; see “osgraft explain CODE”
    #[arg(long, value_name = "CODE", value_parser = CodeWord::Allowable, hide_possible_values = true)]
    pub(crate) allow: Vec<String>,
    /// Most files, directories and links [default: 500000]
    #[arg(long, value_name = "N")]
    max_files: Option<u64>,
    /// Most bytes of content [default: 64 GiB]
    #[arg(long, value_name = "N")]
    max_bytes: Option<u64>,
}

impl ExtractArgs {
    /// Bounds of the extraction.
    pub(crate) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        limits.files = self.max_files.unwrap_or(limits.files);
        limits.bytes = self.max_bytes.unwrap_or(limits.bytes);
        limits
    }
}
