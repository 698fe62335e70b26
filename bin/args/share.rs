//! Commands on shared trees.

use std::path::PathBuf;

use clap::{Subcommand, ValueHint};

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
    /// Show the releases of a folder
    List {
        /// The folder that holds the releases
        #[arg(value_name = "OUT", value_hint = ValueHint::DirPath)]
        folder: PathBuf,
    },
}
