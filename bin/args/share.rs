//! Commands on shared trees.

use std::path::PathBuf;

use clap::{Subcommand, ValueHint};
use osgraft::share::extract::Limits;

use crate::explain::CodeWord;

#[derive(Debug, Subcommand)]
pub(crate) enum ShareCommand {
    /// Show which kernel each machine boots, or point a machine at the kernel of a release
    ///
    /// prepare and the hook do that by themselves for a machine whose description loads its kernel from
    /// boot.folder.
    Boot {
        /// The machine [default: show all of them]
        machine: Option<String>,
        /// Release whose kernel it boots at its next start, of those in boot.releases
        #[arg(
            long,
            value_name = "R",
            requires = "machine",
            conflicts_with = "forget"
        )]
        release: Option<String>,
        /// Remove its link
        #[arg(long, requires = "machine")]
        forget: bool,
    },
    /// Print the lines that have a machine's kernel loaded by its hypervisor, for its description
    BootSnippet {
        /// The machine
        machine: String,
        /// Disk whose own boot loader tells the kernel's command line: the machine's, or its master
        #[arg(value_hint = ValueHint::FilePath, required_unless_present = "cmdline")]
        disk: Option<PathBuf>,
        /// The kernel's command line
        #[arg(long, value_name = "WORDS", conflicts_with = "disk")]
        cmdline: Option<String>,
    },
    /// Make a release: extract parts of a master's tree, with the kernels to boot
    Extract(Box<ExtractArgs>),
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
