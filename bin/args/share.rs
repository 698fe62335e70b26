//! Commands on shared trees.

use std::path::PathBuf;

use clap::{Subcommand, ValueHint};

#[derive(Debug, Subcommand)]
pub(crate) enum ShareCommand {
    /// Show the releases of a folder
    List {
        /// The folder that holds the releases
        #[arg(value_name = "OUT", value_hint = ValueHint::DirPath)]
        folder: PathBuf,
    },
}
