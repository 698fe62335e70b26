//! Commands on shared trees.

use std::path::PathBuf;

use clap::{Subcommand, ValueHint};
use osgraft::image::MasterFormat;
use osgraft::share::extract::Limits;
use osgraft::share::thin::{Thinning, Transport};

use crate::explain::CodeWord;

#[derive(Debug, Subcommand)]
pub(crate) enum ShareCommand {
    /// Make a release: extract parts of a master's tree, with the kernels to boot
    Extract(Box<ExtractArgs>),
    /// Make a thin copy of a master: without the kernel modules that the share brings
    Thin(Box<ThinArgs>),
    /// Tell how much room many children take: as full copies, as overlays, and with a share
    Savings(Box<SavingsArgs>),
    /// Show the releases of a folder
    List {
        /// The folder that holds the releases
        #[arg(value_name = "OUT", value_hint = ValueHint::DirPath)]
        folder: PathBuf,
    },
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
pub(crate) struct ThinArgs {
    /// The disk, a master's or a child's; it does not change
    #[arg(value_name = "MASTER", value_hint = ValueHint::FilePath)]
    pub(crate) original: PathBuf,
    /// The new disk, which must not exist
    #[arg(value_name = "OUT", value_hint = ValueHint::FilePath)]
    pub(crate) out: PathBuf,
    /// Way in which the share will come; may be given several times. A kernel that lacks its modules is
    /// refused [default: nfs, and what the others need where a kernel has it]
    #[arg(long, value_name = "KIND", value_parser = ["nfs", "erofs", "squashfs", "virtiofs"])]
    transport: Vec<String>,
    /// Keep this module too, and what it needs; may be given several times
    #[arg(long, value_name = "MODULE")]
    pub(crate) keep: Vec<String>,
    /// Format of the new disk
    #[arg(long, value_name = "FORMAT", value_parser = ["qcow2", "raw"], default_value = "qcow2")]
    format: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SavingsArgs {
    /// The master, as it is without a share
    #[arg(value_name = "MASTER", value_hint = ValueHint::FilePath)]
    pub(crate) original: PathBuf,
    /// The number of children
    #[arg(long, value_name = "N")]
    pub(crate) children: u64,
    /// A thin copy of the master
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) thin: Option<PathBuf>,
    /// A prepared child; may be given several times: the mean counts
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) child: Vec<PathBuf>,
    /// A release, or another folder that is exported
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) release: Option<PathBuf>,
    /// A release as a disk image
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) image: Option<PathBuf>,
    /// A child in which a package was updated: what it grew by is in each child without a share
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) after_update: Option<PathBuf>,
    /// Compare with a compressed master too, which is made by qemu-img, measured and removed
    #[arg(long)]
    pub(crate) compressed: bool,
    /// Draw the figures into this file, as SVG
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) svg: Option<PathBuf>,
}

impl ThinArgs {
    /// The modules that are to stay.
    pub(crate) fn thinning(&self) -> Thinning {
        let named = |name: &String| Transport::named(name);
        let asked: Vec<_> = self.transport.iter().filter_map(named).collect();
        let thinning = match asked.is_empty() {
            true => Thinning::new(&[Transport::Nfs]).where_there(&Transport::ALL),
            false => Thinning::new(&asked),
        };
        thinning.keep(self.keep.clone())
    }

    /// The format of the new disk.
    pub(crate) fn format(&self) -> MasterFormat {
        MasterFormat::stated(&self.format).unwrap_or_default()
    }
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
